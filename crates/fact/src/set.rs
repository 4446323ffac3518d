//! [`FactSet`]: the set of accepted facts, and which of them stand.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;

use crate::digest::{Digest, DigestInto, Digester};
use crate::fact::{Fact, FactId, Order, Timestamp};
use crate::governing::Governing;
use crate::name::Batch;

/// Content-derived ids are spread evenly already, so a fast hash will do; its order shows nowhere.
type HashMap<K, V> = std::collections::HashMap<K, V, FixedState>;
type HashSet<K> = std::collections::HashSet<K, FixedState>;

/// The set of accepted facts in memory. It knows each fact once, with all its deliveries, and says which facts stand at
/// a time. Two sets that were given the same facts in any order, number and batching are the same set.
///
/// A fact with a stated time counts once, from its earliest delivery. A fact without a stated time counts at each of
/// its deliveries, since saying `A`, then `B`, then `A` again without dates ends at `A`. Of two contents that a source
/// delivers under one message id the first received stands; the other is kept and counted.
#[derive(Debug, Clone, Default)]
pub struct FactSet {
    entries: HashMap<FactId, Entry>,
    /// What was erased is not taken again.
    erased: HashSet<FactId>,
}

/// What inserting a fact did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// The fact was not known.
    New,
    /// The fact was known; this is a further delivery of it.
    Delivered,
    /// The fact was known and this very delivery too.
    Identical,
    /// The source delivered another content under the same message id. One of the two stands.
    Conflicting,
    /// The fact was erased earlier. It is not taken again.
    Erased,
    /// A contract or a suppression does not let it in. It was not taken.
    SetAside,
}

/// A fact that stands, as it counts at one time.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    fact: &'a Fact,
    order: Order,
}

impl<'a> Standing<'a> {
    /// A fact by itself, as received once.
    #[must_use]
    pub fn alone(fact: &'a Fact) -> Self {
        Self { fact, order: Order::of(fact, fact.received_at()) }
    }

    /// The fact.
    #[must_use]
    pub fn fact(&self) -> &'a Fact {
        self.fact
    }

    /// Its place in the canonical order.
    #[must_use]
    pub fn order(&self) -> Order {
        self.order
    }

    /// The time at which it counts.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.order.at()
    }
}

/// The contents delivered under one id; nearly always one.
#[derive(Debug, Clone)]
struct Entry {
    /// The one that stands: first received, of those received at the same time of the smallest hash.
    first: Box<Content>,
    /// The others, by content hash. A source may give thousands of lines one message id.
    others: BTreeMap<Digest, Content>,
}

impl Entry {
    fn new(content: Content) -> Self {
        Self { first: Box::new(content), others: BTreeMap::new() }
    }

    fn contents(&self) -> impl Iterator<Item = &Content> {
        std::iter::once(&*self.first).chain(self.others.values())
    }

    fn get(&self, content: Digest) -> Option<&Content> {
        if self.first.fact.content() == content { Some(&self.first) } else { self.others.get(&content) }
    }

    fn get_mut(&mut self, content: Digest) -> Option<&mut Content> {
        if self.first.fact.content() == content { Some(&mut self.first) } else { self.others.get_mut(&content) }
    }

    /// Brings a content to the front if it was received before the one that is there.
    fn reorder(&mut self, content: Digest) {
        if self.others.get(&content).is_some_and(|other| other.place() < self.first.place())
            && let Some(mut other) = self.others.remove(&content)
        {
            std::mem::swap(&mut *self.first, &mut other);
            self.others.insert(other.fact.content(), other);
        }
    }
}

#[derive(Debug, Clone)]
struct Content {
    fact: Fact,
    /// Sorted and distinct.
    deliveries: Vec<Delivery>,
}

impl Content {
    /// Its place among the contents under one id. The kept fact is the earliest delivery.
    fn place(&self) -> (Timestamp, Digest) {
        (self.fact.received_at(), self.fact.content())
    }

    /// The standing deliveries, earliest first.
    fn standing<'c>(&'c self, governing: &Governing) -> impl Iterator<Item = &'c Delivery> {
        self.deliveries.iter().filter(|delivery| governing.admits(&self.fact, delivery))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Delivery {
    pub(crate) received_at: Timestamp,
    pub(crate) batch: Batch,
}

impl FactSet {
    /// Adds a delivery of a fact.
    pub fn insert(&mut self, fact: Fact) -> Inserted {
        let delivery = Delivery { received_at: fact.received_at(), batch: fact.batch().clone() };
        let id = fact.id();
        if !self.erased.is_empty() && self.erased.contains(&id) {
            return Inserted::Erased;
        }
        let Some(entry) = self.entries.get_mut(&id) else {
            self.entries.insert(id, Entry::new(Content { fact, deliveries: vec![delivery] }));
            return Inserted::New;
        };
        let hash = fact.content();
        let Some(content) = entry.get_mut(hash) else {
            entry.others.insert(hash, Content { fact, deliveries: vec![delivery] });
            entry.reorder(hash);
            return Inserted::Conflicting;
        };
        match content.deliveries.binary_search(&delivery) {
            Ok(_) => Inserted::Identical,
            Err(place) => {
                if place == 0 {
                    // The kept fact is the earliest delivery, whatever order they came in.
                    content.fact = fact;
                }
                content.deliveries.insert(place, delivery);
                entry.reorder(hash);
                Inserted::Delivered
            }
        }
    }

    /// Forgets all contents and deliveries of a fact, and takes none of it again.
    ///
    /// ```
    /// use onefold_fact::{Body, Draft, FactSet, Inserted, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let draft = Draft::new("crm", Body::set([("city", "Bonn")])).key(RecordKey::person("1"));
    /// let fact = draft.received("monday", "2026-03-01T09:00:00Z".parse()?);
    /// let mut facts = FactSet::from_iter([fact.clone()]);
    /// facts.erase(fact.id());
    /// assert!(facts.is_empty());
    /// assert_eq!(facts.insert(fact), Inserted::Erased);
    /// # Ok(())
    /// # }
    /// ```
    pub fn erase(&mut self, id: FactId) {
        self.entries.remove(&id);
        self.erased.insert(id);
    }

    /// The number of facts, each counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no fact.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The set as it was when no fact later than `known_at` had been received.
    #[must_use]
    pub fn received_by(&self, known_at: Timestamp) -> Self {
        let mut set = Self::default();
        for content in self.entries.values().flat_map(Entry::contents) {
            for delivery in content.deliveries.iter().filter(|delivery| delivery.received_at <= known_at) {
                set.insert(content.fact.delivered(delivery.batch.clone(), delivery.received_at));
            }
        }
        set
    }

    /// Whether this very delivery of this very fact is known.
    #[must_use]
    pub fn contains(&self, fact: &Fact) -> bool {
        let content = self.entries.get(&fact.id()).and_then(|entry| entry.get(fact.content()));
        let is_it = |delivery: &Delivery| delivery.received_at == fact.received_at() && delivery.batch == *fact.batch();
        content.is_some_and(|content| content.deliveries.iter().any(is_it))
    }

    /// Every content once, whether it stands or not, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.entries.values().flat_map(Entry::contents).map(|content| &content.fact)
    }

    /// The contents that a source delivered under the message id of another content and that do not stand.
    #[must_use]
    pub fn conflicting(&self) -> usize {
        self.entries.values().map(|entry| entry.others.len()).sum()
    }

    /// Whether `content` is what stands under the id `id`: of the contents delivered under it the first received, of
    /// those received at the same time the one of the smallest hash. It is the same in whatever order they came.
    ///
    /// This compares what was delivered under the id and nothing else: that a fact was retracted, erased or left out of
    /// a later snapshot is not looked at.
    ///
    /// ```
    /// use onefold_fact::{Body, Draft, FactSet, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let said = |city| Draft::new("crm", Body::set([("city", city)])).key(RecordKey::person("1")).message_id("m");
    /// let first = said("Bonn").received("monday", "2026-03-01T09:00:00Z".parse()?);
    /// let later = said("Ulm").received("tuesday", "2026-03-02T09:00:00Z".parse()?);
    /// let facts = FactSet::from_iter([later.clone(), first.clone()]);
    /// assert!(facts.stands(first.id(), first.content()));
    /// assert!(!facts.stands(later.id(), later.content()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn stands(&self, id: FactId, content: Digest) -> bool {
        self.entries.get(&id).is_some_and(|entry| entry.first.fact.content() == content)
    }

    /// The facts that stand, of those received by `known_at` (all if `None`), in canonical order.
    ///
    /// Left out are retracted facts and batches, facts of erased records, and, of a source that delivers snapshots,
    /// all but its latest complete batch. A batch name may recur: what is delivered under it after the source's last
    /// complete batch is a new one.
    #[must_use]
    pub fn standing(&self, known_at: Option<Timestamp>) -> Vec<Standing<'_>> {
        self.standing_under(&self.governing(known_at))
    }

    /// The facts that stand under what other facts say of them, in canonical order. The set may be a part of a larger
    /// one, such as the facts of a record.
    #[must_use]
    pub fn standing_under(&self, governing: &Governing) -> Vec<Standing<'_>> {
        let mut standing = Vec::with_capacity(self.entries.len());
        for entry in self.entries.values() {
            let Some((content, first)) = entry
                .contents()
                .filter_map(|content| Some((content, content.standing(governing).next()?)))
                .min_by_key(|(content, first)| (first.received_at, content.fact.content()))
            else {
                continue;
            };
            let fact = &content.fact;
            // Whether it is a message takes a hash to find out.
            let once = fact.occurred_at().is_some() || content.deliveries.len() == 1 || fact.is_message();
            if once {
                standing.push(Standing { fact, order: Order::of(fact, first.received_at) });
            } else {
                let mut last = None;
                for delivery in content.standing(governing) {
                    if last != Some(delivery.received_at) {
                        standing.push(Standing { fact, order: Order::of(fact, delivery.received_at) });
                        last = Some(delivery.received_at);
                    }
                }
            }
        }
        standing.sort_unstable_by_key(|standing| standing.order);
        standing
    }

    /// The fact at a place in the canonical order, as [`standing`](Self::standing) gave it; `None` if there is none.
    #[must_use]
    pub fn resolve(&self, order: Order) -> Option<Standing<'_>> {
        let content = self.entries.get(&order.id())?.get(order.content())?;
        Some(Standing { fact: &content.fact, order })
    }

    /// What holds facts back, of what was received by `known_at` (all if `None`).
    #[must_use]
    pub fn governing(&self, known_at: Option<Timestamp>) -> Governing {
        let contents = self.entries.values().flat_map(Entry::contents);
        let told = contents.filter(|content| content.fact.governs());
        Governing::of(told.flat_map(|content| content.deliveries.iter().map(|at| (&content.fact, at))), known_at)
    }
}

/// Facts with all their deliveries, by id and content.
impl DigestInto for FactSet {
    fn digest_into(&self, digester: &mut Digester) {
        let contents: BTreeMap<(FactId, Digest), &Content> = self
            .entries
            .iter()
            .flat_map(|(id, entry)| entry.contents().map(|c| ((*id, c.fact.content()), c)))
            .collect();
        digester.u64(contents.len() as u64);
        for ((id, hash), content) in contents {
            digester.one(&id).one(&hash).u64(content.deliveries.len() as u64);
            for Delivery { received_at, batch } in &content.deliveries {
                digester.time(*received_at).one(batch);
            }
        }
    }
}

impl Extend<Fact> for FactSet {
    fn extend<I: IntoIterator<Item = Fact>>(&mut self, facts: I) {
        for fact in facts {
            self.insert(fact);
        }
    }
}

impl FromIterator<Fact> for FactSet {
    fn from_iter<I: IntoIterator<Item = Fact>>(facts: I) -> Self {
        let mut set = Self::default();
        set.extend(facts);
        set
    }
}
