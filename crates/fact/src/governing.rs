//! [`Governing`]: what some facts say of others, so that these do not stand.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use crate::body::{Body, Choice, Erasure, Retraction};
use crate::digest::Digest;
use crate::fact::{Fact, FactId, Order, Timestamp};
use crate::identifier::RecordId;
use crate::name::{Batch, Source};
use crate::set::Delivery;

type Map<K, V> = HashMap<K, V, FixedState>;

/// What holds facts back, of what was received by one time: retractions, erasures, and the snapshots of sources that
/// deliver such. These are few; with them, the facts of one record are enough to say which of them stand
/// ([`FactSet::standing_under`](crate::FactSet::standing_under)).
///
/// ```
/// use onefold_fact::{Body, Draft, FactSet, RecordKey, Retraction};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let at = "2026-03-01T09:00:00Z".parse()?;
/// let retraction = Draft::new("onefold", Body::Retract(Retraction::Batch("monday".into())));
/// let governing = FactSet::from_iter([retraction.received("retract", at)]).governing(None);
///
/// let told = |batch| Draft::new("crm", Body::set([("city", "Bonn")])).key(RecordKey::person("1")).received(batch, at);
/// assert!(FactSet::from_iter([told("monday")]).standing_under(&governing).is_empty());
/// assert_eq!(FactSet::from_iter([told("tuesday")]).standing_under(&governing).len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Governing {
    known_at: Option<Timestamp>,
    facts: Map<FactId, Timestamp>,
    batches: Map<Batch, Timestamp>,
    erased: Map<RecordId, Timestamp>,
    /// By key of the hashes: until when an identifier is erased.
    erased_identifiers: BTreeMap<Digest, Map<Digest, Timestamp>>,
    snapshots: Map<Source, Snapshot>,
}

/// The latest complete snapshot of a source.
#[derive(Debug, Clone)]
struct Snapshot {
    batch: Batch,
    /// When the source's snapshot before it was complete, if one before it bears the same name.
    since: Option<Timestamp>,
}

impl Snapshot {
    fn holds(&self, delivery: &Delivery) -> bool {
        self.batch == delivery.batch && self.since.is_none_or(|since| delivery.received_at > since)
    }
}

impl Fact {
    /// Whether it says of other facts that they do not stand.
    #[must_use]
    pub fn governs(&self) -> bool {
        matches!(self.body(), Body::Retract(_) | Body::Erase(_) | Body::Complete)
    }
}

impl Governing {
    pub(crate) fn of<'a>(told: impl Iterator<Item = (&'a Fact, &'a Delivery)>, known_at: Option<Timestamp>) -> Self {
        let mut governing = Self { known_at, ..Self::default() };
        let mut completed: Vec<(&Fact, &Delivery)> = Vec::new();
        for (fact, delivery) in told.filter(|(_, delivery)| known_at.is_none_or(|at| delivery.received_at <= at)) {
            let at = delivery.received_at;
            match fact.body() {
                Body::Retract(Retraction::Fact(id)) => {
                    let latest = governing.facts.entry(*id).or_insert(at);
                    *latest = at.max(*latest);
                }
                Body::Retract(Retraction::Batch(batch)) => {
                    let latest = governing.batches.entry(batch.clone()).or_insert(at);
                    *latest = at.max(*latest);
                }
                Body::Erase(Erasure { records, identifiers, key, until }) => {
                    for record in records {
                        let latest = governing.erased.entry(*record).or_insert(*until);
                        *latest = (*until).max(*latest);
                    }
                    for (key, identifier) in key.iter().flat_map(|key| identifiers.iter().map(move |hash| (key, hash)))
                    {
                        let of_key = governing.erased_identifiers.entry(*key).or_default();
                        let latest = of_key.entry(*identifier).or_insert(*until);
                        *latest = (*until).max(*latest);
                    }
                }
                _ => completed.push((fact, delivery)),
            }
        }
        // Snapshots last: a retracted batch is no snapshot.
        completed.retain(|(fact, delivery)| governing.leaves(fact, delivery));
        let mut completed_by: Map<&Source, Vec<(Order, &Delivery)>> = Map::default();
        for (fact, delivery) in completed {
            let order = Order::of(fact, delivery.received_at);
            completed_by.entry(fact.source()).or_default().push((order, delivery));
        }
        for (source, completed) in completed_by {
            let Some((_, last)) = completed.iter().max() else { continue };
            let all = completed.iter().map(|(_, delivery)| *delivery);
            let earlier = all.filter(|delivery| delivery.received_at < last.received_at);
            // A name that recurs names several snapshots; the latest begins where the one before it ended.
            let recurs = earlier.clone().any(|delivery| delivery.batch == last.batch);
            let since = if recurs { earlier.map(|delivery| delivery.received_at).max() } else { None };
            governing.snapshots.insert(source.clone(), Snapshot { batch: last.batch.clone(), since });
        }
        governing
    }

    /// Until when a record is erased, if it is.
    #[must_use]
    pub fn erased_until(&self, record: RecordId) -> Option<Timestamp> {
        self.erased.get(&record).copied()
    }

    /// Whether a fact is about an erased record, or names an identifier that only erased records held, and states no time
    /// after the erasure.
    #[must_use]
    pub fn erases(&self, fact: &Fact) -> bool {
        let of_record = fact.record().and_then(|record| self.erased_until(record));
        let hashed = |identifier| {
            let of_key = self.erased_identifiers.iter();
            of_key.filter_map(move |(key, erased)| erased.get(&Erasure::hash(key, identifier)).copied()).max()
        };
        let until = of_record.max(match fact.governs() || self.erased_identifiers.is_empty() {
            true => None,
            false => fact.identifiers().iter().filter_map(hashed).max(),
        });
        until.is_some_and(|until| fact.occurred_at().is_none_or(|at| at <= until))
    }

    /// The key under which identifiers were hashed at the first erasure that hashed any; later ones use it too, so that an
    /// identifier is hashed once to be looked up.
    #[must_use]
    pub fn erasure_key(&self) -> Option<Digest> {
        self.erased_identifiers.keys().next().copied()
    }

    /// Whether deliveries of a batch were taken back.
    #[must_use]
    pub fn retracts(&self, batch: &Batch) -> bool {
        self.batches.contains_key(batch)
    }

    /// Whether a delivery of anything may not stand since it was taken back, or since a later snapshot is without it.
    #[must_use]
    pub fn withdraws(&self) -> bool {
        !self.facts.is_empty() || !self.batches.is_empty() || !self.snapshots.is_empty()
    }

    /// The latest complete snapshot of a source, if it delivers such.
    #[must_use]
    pub fn snapshot(&self, source: &Source) -> Option<&Batch> {
        self.snapshots.get(source).map(|snapshot| &snapshot.batch)
    }

    /// Whether a delivery of a fact stands.
    pub(crate) fn admits(&self, fact: &Fact, delivery: &Delivery) -> bool {
        let snapshot = self.snapshots.get(fact.source());
        // What is decided of somebody in the course of work is no part of what their source tells anew; and who refused a
        // use of their data has not consented because a source is silent about it.
        let stays = match fact.body() {
            Body::Object(_) => true,
            Body::Consent(consent) => consent.choice != Choice::Granted,
            _ => false,
        };
        let is_told = fact.key().is_some() && !stays;
        self.leaves(fact, delivery) && snapshot.is_none_or(|snapshot| snapshot.holds(delivery) || !is_told)
    }

    /// Whether a delivery stands as far as nothing but snapshots is looked at.
    fn leaves(&self, fact: &Fact, delivery: &Delivery) -> bool {
        let after = |retracted: Option<&Timestamp>| retracted.is_none_or(|at| delivery.received_at > *at);
        self.known_at.is_none_or(|known_at| delivery.received_at <= known_at)
            && (self.facts.is_empty() || after(self.facts.get(&fact.id())))
            && (self.batches.is_empty() || after(self.batches.get(&delivery.batch)))
            && ((self.erased.is_empty() && self.erased_identifiers.is_empty()) || !self.erases(fact))
    }
}
