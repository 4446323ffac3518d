//! [`Resolver`]: whose record is it, one record at a time.
//!
//! Under one model, records that come, change and go one by one end up in the customers that linking them all at once
//! finds: by the same keys, weights and clustering. What a record touches is the component of records that evidence
//! connects it with; that component is solved from scratch, so nothing depends on the order in which records came.

mod change;
mod customers;
mod generic;
mod history;
mod links;
mod load;
mod refresh;
mod related;
mod search;
mod snapshot;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use onefold_fact::{CustomerId, RecordId, Timestamp};

pub use change::{Change, Moved, Possible, Resolution};
use customers::Customers;
use generic::Holders;
pub use history::History;
use links::Links;
pub use related::Related;
pub use search::{Found, Search};
pub use snapshot::SnapshotError;
use verdicts::Verdicts;

use crate::block::LiveBlocks;
use crate::cluster::{DECIDED, Edge, LARGEST, components, solve};
use crate::compare::Memos;
use crate::decision::Decisions;
use crate::explain::Explanation;
use crate::link::verdict;
use crate::records::{Column, Row, Table};
use crate::weigh::{MatchWeight, Model, ModelError, Weights};

/// Pairs with evidence down to so many bits below the threshold may be one party: odds of one to eight.
const NEAR: f64 = -3.0;

/// Evidence that is shown of what joins for certain, in bits.
const SURE: f64 = 100.0;

/// Records that come, change and go one at a time, and the customers that they are of.
///
/// ```
/// use onefold_fact::{Kind, RecordId, RecordKey, Silent, Source};
/// use onefold_identity::{Column, Linker, Records, Resolver};
///
/// let columns = vec![Column::new("name", Kind::FullName), Column::new("email", Kind::Email)];
/// let rows = [["Ada Byron", "ada@x.io"], ["Byron, Ada", "ada@x.io"], ["Mary Shelley", "mary@y.io"]];
/// let mut builder = Records::builder(columns.clone());
/// rows.iter().for_each(|row| builder.push(row.iter().copied().enumerate()));
/// let records = builder.finish();
/// let (model, _) = Linker::new(&records, &mut Silent).train()?;
///
/// let mut resolver = Resolver::new(columns, model)?;
/// let at = "2026-03-01T09:00:00Z".parse()?;
/// let ids = ["17", "c-204", "18"].map(|key| RecordId::of(&Source::from("crm"), &RecordKey::person(key)));
/// for (id, row) in ids.into_iter().zip(rows) {
///     resolver.insert(id, at, row.into_iter().enumerate());
/// }
/// assert_eq!(resolver.customer(ids[0]), resolver.customer(ids[1]));
/// assert_ne!(resolver.customer(ids[0]), resolver.customer(ids[2]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Resolver {
    model: Model,
    weights: Weights,
    table: Table,
    memos: Memos,
    blocks: LiveBlocks,
    holders: Holders,
    links: Links,
    verdicts: Verdicts,
    customers: Customers,
    ids: Ids,
    /// By pair of record ids, the smaller first: what a steward decided. It holds for records that come later, too.
    decided: BTreeMap<(RecordId, RecordId), bool>,
    /// By record id: the other records that a decision is about.
    decided_of: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

/// Which record is where, and since when it is known.
#[derive(Debug, Default)]
struct Ids {
    places: HashTable<u32>,
    /// By place.
    ids: Vec<RecordId>,
    since: Vec<Timestamp>,
}

const HASHER: FixedState = FixedState::with_seed(5);

impl Ids {
    fn place(&self, id: RecordId) -> Option<u32> {
        self.places.find(HASHER.hash_one(id), |place| self.ids.get(*place as usize) == Some(&id)).copied()
    }

    fn add(&mut self, place: u32, id: RecordId, since: Timestamp) {
        let at = place as usize;
        if at >= self.ids.len() {
            self.ids.resize(at + 1, id);
            self.since.resize(at + 1, since);
        }
        (self.ids[at], self.since[at]) = (id, since);
        let Self { places, ids, .. } = self;
        places.insert_unique(HASHER.hash_one(id), place, |place| HASHER.hash_one(ids[*place as usize]));
    }

    /// Leaves a place empty.
    fn skip(&mut self, place: u32, id: RecordId, since: Timestamp) {
        let len = place as usize + 1;
        self.ids.resize(len.max(self.ids.len()), id);
        self.since.resize(len.max(self.since.len()), since);
    }

    fn remove(&mut self, id: RecordId) {
        let Self { places, ids, .. } = self;
        if let Ok(entry) = places.find_entry(HASHER.hash_one(id), |place| ids.get(*place as usize) == Some(&id)) {
            entry.remove();
        }
    }

    /// What the order of founders goes by.
    fn rank(&self, place: u32) -> (Timestamp, RecordId) {
        (self.since[place as usize], self.ids[place as usize])
    }
}

impl Resolver {
    /// No records yet, with these columns, under a model.
    ///
    /// # Errors
    /// If the model compares other things than the columns hold.
    pub fn new(columns: Vec<Column>, model: Model) -> Result<Self, ModelError> {
        Ok(Self::under(Table::new(columns, &model)?, model))
    }

    /// What holds of a table of which nothing is linked yet.
    fn under(table: Table, model: Model) -> Self {
        Self {
            weights: Weights::of(&model),
            memos: Memos::new(table.records()),
            blocks: LiveBlocks::new(table.records().layout(), model.keys()),
            holders: Holders::new(table.records().layout()),
            links: Links::default(),
            verdicts: Verdicts::default(),
            customers: Customers::default(),
            ids: Ids::default(),
            decided: BTreeMap::new(),
            decided_of: BTreeMap::new(),
            table,
            model,
        }
    }

    /// The model that all is weighed by.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.places.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a record in, or what it says now in place of what it said before: its cells by column, of which a column
    /// may have several. `since` is when it was first received; the earliest record of a customer gives it its id.
    pub fn insert<'a>(
        &mut self,
        id: RecordId,
        since: Timestamp,
        cells: impl IntoIterator<Item = (usize, &'a str)>,
    ) -> Resolution {
        let row = self.table.row(cells);
        let mut touched = Touched::default();
        if let Some(place) = self.ids.place(id) {
            self.take_out(place, &mut touched);
        }
        let place = self.take_in(id, since, row, &mut touched);
        self.settle(touched, Some(place))
    }

    /// Takes a record out. Of an unknown record nothing changes.
    pub fn remove(&mut self, id: RecordId) -> Resolution {
        let mut touched = Touched::default();
        if let Some(place) = self.ids.place(id) {
            self.take_out(place, &mut touched);
        }
        self.settle(touched, None)
    }

    /// What a steward says of two records: `Some(true)` that they are one customer, `Some(false)` that they are two,
    /// `None` takes that back. It holds whatever the evidence, and for records that come later. Where what was said of
    /// several pairs cannot hold at once, as much of it holds as can.
    pub fn decide(&mut self, a: RecordId, b: RecordId, same: Option<bool>) -> Resolution {
        self.settled(a, b, same);
        let places = [a, b].into_iter().filter_map(|id| self.ids.place(id)).collect();
        self.settle(Touched { places, ..Touched::default() }, None)
    }

    /// Keeps what is decided.
    fn settled(&mut self, a: RecordId, b: RecordId, same: Option<bool>) {
        let pair = (a.min(b), a.max(b));
        if a != b {
            match same {
                Some(same) => {
                    self.decided.insert(pair, same);
                    self.decided_of.entry(a).or_default().insert(b);
                    self.decided_of.entry(b).or_default().insert(a);
                }
                None => {
                    self.decided.remove(&pair);
                    for (one, other) in [(a, b), (b, a)] {
                        if let Some(others) = self.decided_of.get_mut(&one) {
                            others.remove(&other);
                        }
                    }
                }
            }
        }
    }

    /// What a decision would change, without deciding it.
    pub fn simulate(&mut self, a: RecordId, b: RecordId, same: Option<bool>) -> Vec<Change> {
        let before = self.decided.get(&(a.min(b), a.max(b))).copied();
        let changes = self.decide(a, b, same).changes;
        // Undoing is exact: what a decision touches is solved from scratch.
        self.decide(a, b, before);
        changes
    }

    /// The customer that a record is of. `None` if there is no such record.
    #[must_use]
    pub fn customer(&self, id: RecordId) -> Option<CustomerId> {
        let founder = self.customers.founder(self.ids.place(id)?);
        Some(CustomerId::from(self.ids.ids[founder as usize]))
    }

    /// The records of the customer that a record is of, in the order in which they became known. Empty if there is no
    /// such record.
    #[must_use]
    pub fn members(&self, id: RecordId) -> Vec<RecordId> {
        let Some(place) = self.ids.place(id) else { return Vec::new() };
        let mut members = self.customers.members(place).to_vec();
        members.sort_unstable_by_key(|member| self.ids.rank(*member));
        members.into_iter().map(|member| self.ids.ids[member as usize]).collect()
    }

    /// All customers with their records.
    pub fn customers(&self) -> impl Iterator<Item = (CustomerId, Vec<RecordId>)> {
        let founders = self.ids.places.iter().copied().filter(|place| self.customers.founder(*place) == *place);
        founders.map(|place| {
            let id = self.ids.ids[place as usize];
            (CustomerId::from(id), self.members(id))
        })
    }

    /// The other customers that a record may be of, the most probable first.
    #[must_use]
    pub fn possible(&self, id: RecordId) -> Vec<Possible> {
        let Some(place) = self.ids.place(id) else { return Vec::new() };
        let mut best: BTreeMap<u32, Possible> = BTreeMap::new();
        for (other, weight) in self.links.of(place) {
            if let Some(possible) = self.doubt(place, *other, *weight) {
                let known = best.entry(self.customers.founder(*other)).or_insert_with(|| possible.clone());
                if Possible::most_probable_first(&possible, known).is_lt() {
                    *known = possible;
                }
            }
        }
        let mut possible: Vec<Possible> = best.into_values().collect();
        possible.sort_by(Possible::most_probable_first);
        possible
    }

    /// The pairs of records of different customers that may be one, for a steward to decide: the most useful questions
    /// first, at most `most`. A question is useful as its answer is uncertain and as many records hang on it.
    #[must_use]
    pub fn review(&self, most: usize) -> Vec<Possible> {
        let mut best: BTreeMap<(u32, u32), Possible> = BTreeMap::new();
        for place in self.ids.places.iter().copied() {
            for (other, weight) in self.links.of(place).iter().filter(|(other, _)| *other > place) {
                let (x, y) = (self.customers.founder(place), self.customers.founder(*other));
                // The smaller id first, so that the order in which records came does not show.
                let in_order = self.ids.ids[place as usize] < self.ids.ids[*other as usize];
                let (one, other) = if in_order { (place, *other) } else { (*other, place) };
                if let Some(possible) = self.doubt(one, other, *weight) {
                    let known = best.entry((x.min(y), x.max(y))).or_insert_with(|| possible.clone());
                    if Possible::most_probable_first(&possible, known).is_lt() {
                        *known = possible;
                    }
                }
            }
        }
        let usefulness = |possible: &Possible| {
            let size = |id| self.ids.place(id).map_or(1, |place| self.customers.members(place).len());
            (size(possible.record) * size(possible.other)) as f64 / (1.0 + possible.weight.bits().abs())
        };
        let mut questions: Vec<(f64, Possible)> = best.into_values().map(|it| (usefulness(&it), it)).collect();
        questions.sort_by(|(x, a), (y, b)| y.total_cmp(x).then_with(|| Possible::most_probable_first(a, b)));
        questions.into_iter().take(most).map(|(_, possible)| possible).collect()
    }

    /// Takes apart what the model says of two records. `None` if one of them is unknown.
    #[must_use]
    pub fn explain(&self, a: RecordId, b: RecordId) -> Option<Explanation> {
        let (a, b) = (self.ids.place(a)?, self.ids.place(b)?);
        let keys = self.blocks.meetings(self.table.records(), a, b).into_iter().map(str::to_owned).collect();
        let missed = self.blocks.missed(self.table.records(), a, b);
        Explanation::under(self.table.records(), &self.model, (keys, missed), a, b)
    }

    fn doubt(&self, place: u32, other: u32, weight: f32) -> Option<Possible> {
        if self.customers.founder(place) == self.customers.founder(other) {
            return None;
        }
        let (record, other) = (self.ids.ids[place as usize], self.ids.ids[other as usize]);
        if self.decided.contains_key(&(record.min(other), record.max(other))) {
            return None;
        }
        Some(Possible {
            record,
            other,
            customer: self.customer(other)?,
            weight: MatchWeight(f64::from(weight).min(SURE)),
        })
    }

    fn take_in(&mut self, id: RecordId, since: Timestamp, row: Row, touched: &mut Touched) -> u32 {
        let place = self.table.add(row);
        self.ids.add(place, id, since);
        self.customers.add(place);
        touched.places.insert(place);
        if touched.gone.iter().all(|(gone, _)| *gone != id) {
            touched.new = Some(id);
        }
        for (field, symbol) in self.holders.add(&self.table, place) {
            for holder in self.holders.of(field, symbol) {
                if holder != place {
                    self.disconnect(holder, touched);
                    self.table.hide(holder, field, symbol);
                    self.connect(holder, touched);
                }
            }
        }
        for (field, symbol) in self.holders.generic_of(&self.table, place) {
            self.table.hide(place, field, symbol);
        }
        self.connect(place, touched);
        place
    }

    fn take_out(&mut self, place: u32, touched: &mut Touched) {
        let id = self.ids.ids[place as usize];
        let founder = self.customers.founder(place);
        touched.gone.push((id, CustomerId::from(self.ids.ids[founder as usize])));
        for other in self.customers.members(place).to_vec() {
            touched.before(self, other);
            touched.places.insert(other);
        }
        self.disconnect(place, touched);
        let shown = self.holders.remove(&self.table, place);
        self.table.remove(place);
        self.ids.remove(id);
        touched.places.remove(&place);
        self.customers.remove(place, |member| self.ids.rank(member));
        for (field, symbol) in shown {
            for holder in self.holders.of(field, symbol) {
                self.disconnect(holder, touched);
                self.table.show(holder, field, symbol);
                self.connect(holder, touched);
            }
        }
    }

    /// Puts a record into its blocks, and weighs it with those it meets there.
    fn connect(&mut self, place: u32, touched: &mut Touched) {
        touched.places.insert(place);
        self.verdicts.forget(place);
        let Self { blocks, table, .. } = self;
        let (mut candidates, mut grown) = (Vec::new(), Vec::new());
        blocks.add(table.records(), place, |shift| match shift.compared {
            [_, true] => candidates.extend(shift.others),
            [true, false] => grown.push(shift.others),
            _ => {}
        });
        candidates.sort_unstable();
        candidates.dedup();
        candidates.into_iter().for_each(|other| self.weigh(place, other, touched));
        // Records that met only in a block that is too large now do not meet any more.
        for block in grown {
            let within: BTreeSet<u32> = block.iter().copied().collect();
            for &a in &block {
                let linked: Vec<u32> = self.links.of(a).iter().map(|(other, _)| *other).collect();
                for b in linked.into_iter().filter(|b| *b > a && within.contains(b)) {
                    if self.blocks.meetings(self.table.records(), a, b).is_empty() {
                        self.links.remove(a, b);
                        touched.places.extend([a, b]);
                    }
                }
            }
        }
    }

    /// Takes a record out of its blocks, and away from those it was weighed with.
    fn disconnect(&mut self, place: u32, touched: &mut Touched) {
        let Self { blocks, table, links, .. } = self;
        let mut shrunk = Vec::new();
        blocks.remove(table.records(), place, |shift| {
            if shift.compared == [false, true] {
                shrunk.push(shift.others);
            }
        });
        touched.places.insert(place);
        for (other, _) in links.clear(place) {
            touched.places.insert(other);
        }
        // Records meet again in a block that was too large.
        for block in shrunk {
            for (at, &a) in block.iter().enumerate() {
                for &b in block.iter().skip(at + 1) {
                    self.weigh(a, b, touched);
                }
            }
        }
    }

    /// Weighs two records that meet.
    fn weigh(&mut self, a: u32, b: u32, touched: &mut Touched) {
        let Self { table, weights, memos, links, .. } = self;
        let Some(weight) = verdict(table.records(), weights, memos, a, b).weight() else { return };
        if weight.bits() > NEAR {
            links.add(a, b, weight.bits());
            touched.places.extend([a, b]);
        }
    }

    /// Solves anew what was touched.
    fn settle(&mut self, mut touched: Touched, inserted: Option<u32>) -> Resolution {
        let mut seen: BTreeSet<u32> = BTreeSet::new();
        for start in std::mem::take(&mut touched.places) {
            if seen.contains(&start) {
                continue;
            }
            let component = self.component(start);
            seen.extend(&component);
            component.iter().for_each(|place| touched.before(self, *place));
            self.solve(component);
        }
        self.resolution(touched, seen, inserted)
    }

    /// The records that evidence and decisions connect with one, in the order of their ids.
    fn component(&self, start: u32) -> Vec<u32> {
        let mut component = vec![start];
        let mut known: BTreeSet<u32> = [start].into();
        let mut next = 0;
        while let Some(&place) = component.get(next) {
            next += 1;
            let linked = self.links.of(place).iter().filter(|(_, weight)| *weight > 0.0).map(|(other, _)| *other);
            let id = self.ids.ids[place as usize];
            let decided = self.decided_of.get(&id).into_iter().flatten();
            let decided = decided
                .filter(|other| self.decided.get(&(id.min(**other), id.max(**other))) == Some(&true))
                .filter_map(|other| self.ids.place(*other));
            component.extend(linked.chain(decided).filter(|other| known.insert(*other)));
        }
        component.sort_unstable_by_key(|place| self.ids.ids[*place as usize]);
        component
    }

    /// Finds the customers of a component, as linking all at once does.
    fn solve(&mut self, component: Vec<u32>) {
        let ids: Vec<RecordId> = component.iter().map(|place| self.ids.ids[*place as usize]).collect();
        let mut decisions = Decisions::default();
        for (at, id) in (0_u32..).zip(&ids) {
            for other in self.decided_of.get(id).into_iter().flatten().filter(|other| *other > id) {
                let same = self.decided.get(&(*id, *other));
                if let (Some(same), Ok(to)) = (same, ids.binary_search(other)) {
                    let to = u32::try_from(to).unwrap_or(u32::MAX);
                    if *same { decisions.link(at, to) } else { decisions.unlink(at, to) }
                }
            }
        }
        let Self { table, weights, memos, links, verdicts, customers, ids: of, .. } = self;
        let records = table.records();
        verdicts.make_room(component.len());
        let count = u32::try_from(component.len()).unwrap_or(u32::MAX);
        let fingerprint = |at: u32| records.fingerprint(component[at as usize]);
        let mut weigh = |a: u32, b: u32| {
            let (a, b) = (component[a as usize], component[b as usize]);
            verdicts.of(component.len(), a, b, || verdict(records, weights, memos, a, b))
        };
        let parts: Vec<Vec<u32>> = if component.len() <= LARGEST {
            vec![(0..count).collect()]
        } else {
            let position: BTreeMap<u32, u32> = component.iter().copied().zip(0..).collect();
            let mut edges: Vec<Edge> = Vec::new();
            for (a, place) in (0_u32..).zip(&component) {
                let later = links.of(*place).iter().filter(|(_, weight)| *weight > 0.0);
                for b in later.filter_map(|(other, _)| position.get(other).copied()).filter(|b| *b > a) {
                    if let Some(weight) = weigh(a, b).weight() {
                        edges.push(Edge { a, b, weight });
                    }
                }
            }
            edges.extend(decisions.links().map(|(a, b)| Edge { a, b, weight: MatchWeight(DECIDED) }));
            let (mut parts, _) = components(count, &edges, LARGEST, &fingerprint);
            let within: BTreeSet<u32> = parts.iter().flatten().copied().collect();
            parts.extend((0..count).filter(|at| !within.contains(at)).map(|at| vec![at]));
            parts
        };
        for part in parts {
            for members in solve(&part, &decisions, &mut weigh, &fingerprint) {
                let places: Vec<u32> = members.into_iter().map(|at| component[at as usize]).collect();
                customers.set(places, |place| of.rank(place));
            }
        }
    }
}

/// What has to be solved anew, and how it was before.
#[derive(Debug, Default)]
struct Touched {
    places: BTreeSet<u32>,
    /// By record: its customer before.
    customers: BTreeMap<RecordId, CustomerId>,
    /// Records that were taken out, with their customers before.
    gone: Vec<(RecordId, CustomerId)>,
    /// The record that came and was not there before.
    new: Option<RecordId>,
}

impl Touched {
    /// Keeps the customer that a record is of, unless one is kept already.
    fn before(&mut self, resolver: &Resolver, place: u32) {
        let id = resolver.ids.ids[place as usize];
        let founder = resolver.customers.founder(place);
        let was_there = self.new != Some(id) && self.gone.iter().all(|(gone, _)| *gone != id);
        if was_there && let Some(customer) = resolver.ids.ids.get(founder as usize) {
            self.customers.entry(id).or_insert(CustomerId::from(*customer));
        }
    }
}
