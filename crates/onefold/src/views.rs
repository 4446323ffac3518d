//! [`Views`]: what follows from the facts, all of one state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use onefold_fact::{
    AttributeName, Body, Cell, CustomerId, Decision, Digest, Digester, Fact, FactId, FactSet, Identifier, RecordId,
    RecordKey, Retraction, Schema, Source, SourceMode, Standing, Timestamp,
};
use onefold_identity::Explanation;
use onefold_profile::Profile;
use onefold_store::{Logged, Position, Read, StoreError};
use rayon::prelude::*;

use crate::HashMap;
use crate::error::OnefoldError;
use crate::folding::Gathered;
use crate::governance::Governance;
use crate::linking::{Layout, Names, explain_alone};
use crate::policies::reached_by;
use crate::reading::Reading;
use crate::tables::{
    BATCHES, IDENTIFIERS, MEMBERS, RecordRow, STRETCHES, Told, first_id, id, identifier_row, ids, last_id,
};

/// Why two records are one customer, or are not.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Why {
    /// Whether they are one customer now.
    pub same_customer: bool,
    /// What the last steward to decide on this very pair said: `true` for one customer, `false` for two; `None` if
    /// nobody did.
    pub decided: Option<bool>,
    /// Whether one of the two is a stretch of a shared device during which the other was signed in. That alone makes
    /// them one customer.
    pub signed_in: bool,
    /// The evidence about this pair. `None` if the records are not compared with each other: a person and an
    /// organisation, or a stretch of a shared device, which belongs to whoever was signed in.
    pub evidence: Option<Explanation>,
}

/// Where a record's id leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// The record is held by this customer.
    Customer(CustomerId),
    /// The record is gone. This fact took it away: an erasure, a retraction, or a snapshot without it.
    Gone(FactId),
}

/// What follows from the facts: who is who, and what is known of whom, all of one state, read from where it is kept. A
/// writer goes on meanwhile.
pub struct Views {
    pub(crate) read: Box<dyn Read + Send>,
    pub(crate) governance: Arc<Governance>,
    /// When they are read, if somebody said so.
    pub(crate) clock: Option<Timestamp>,
    /// The key of the list of the suppressed.
    pub(crate) suppression_key: Option<Arc<[u8]>>,
    /// Of a reading of the past the views of the present, which say what may be seen of it.
    pub(crate) present: Option<Box<Views>>,
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Views").field("position", &self.read.position()).finish_non_exhaustive()
    }
}

impl Views {
    /// The governance has to be that of the state that is read.
    pub(crate) fn new(read: Box<dyn Read + Send>, governance: Arc<Governance>) -> Self {
        Self { read, governance, clock: None, suppression_key: None, present: None }
    }

    /// The same, read at a clock. Time goes on though nobody writes, and the house does not look at any clock: what is shown of
    /// bought data ends with their licence, at the clock of what was last written ([`clock`](Self::clock)) or this one,
    /// whichever is later. Who is who follows once the house's own clock is moved on
    /// ([`advance_to`](crate::Onefold::advance_to)).
    ///
    /// ```
    /// use onefold::profile::Licences;
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let day = |day: u32| format!("2026-03-{day:02}T09:00:00Z").parse::<Timestamp>();
    /// let house = Onefold::in_memory(Options::default());
    /// house.adopt(&serde_json::from_str::<Licences>(r#"{"sources": {"bought": {"days": 7}}}"#)?, day(1)?)?;
    /// let rich = Draft::new("bought", Body::set([("income", "high")])).key(RecordKey::person("17"));
    /// house.accept("list", day(2)?, [rich])?;
    /// let ada = house.customers()?[0];
    ///
    /// let income = |at| Ok::<_, onefold::OnefoldError>(house.views()?.at(at).customer(ada)?.map(|it| it.value("income").cloned()));
    /// assert!(income(day(8)?)?.flatten().is_some());
    /// assert!(income(day(9)?)?.flatten().is_none());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn at(mut self, clock: Timestamp) -> Self {
        self.clock = self.clock.max(Some(clock));
        self
    }

    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading::new(&*self.read, &self.governance).at(self.clock)
    }

    /// The record that an id names: of a shared device, the first stretch.
    fn resolve(&self, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
        if let Some(row) = RecordRow::read(&*self.read, record)? {
            return Ok(Some(row));
        }
        if ids(&*self.read, &STRETCHES, id(record))?.is_empty() {
            return Ok(None);
        }
        let facts = self.reading().facts_of(record, &[Told::Identity, Told::Else])?;
        let made = self.reading().records(record, &facts)?;
        made.first().map_or(Ok(None), |first| RecordRow::read(&*self.read, first.id))
    }

    /// Where a record's id leads; `None` if no record ever had it. Every id that was given out leads somewhere, for
    /// ever.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn whereabouts(&self, id: impl Into<RecordId>) -> Result<Option<Whereabouts>, OnefoldError> {
        let id = id.into();
        if let Some(row) = self.resolve(id)? {
            return Ok(Some(Whereabouts::Customer(row.customer)));
        }
        let governing = |takes: &dyn Fn(&Fact) -> bool| {
            let taking = self.governance.facts().iter().filter(|fact| takes(fact));
            taking.max_by_key(|fact| (fact.received_at(), fact.id())).map(|fact| Whereabouts::Gone(fact.id()))
        };
        let erased = |fact: &Fact| matches!(fact.body(), Body::Erase(erasure) if erasure.records.contains(&id));
        if let Some(gone) = governing(&erased) {
            return Ok(Some(gone));
        }
        if let Some(fact) = self.expired(id) {
            return Ok(Some(Whereabouts::Gone(fact)));
        }
        let facts = self.reading().facts_of(id, &[Told::Identity, Told::Else])?;
        let of_record: Vec<&Fact> = facts.all().filter(|fact| fact.record() == Some(id)).collect();
        let Some(source) = of_record.first().map(|fact| fact.source()) else { return Ok(None) };
        let batches: BTreeSet<_> = of_record.iter().map(|fact| fact.batch()).collect();
        let ids: BTreeSet<_> = of_record.iter().map(|fact| fact.id()).collect();
        Ok(governing(&|fact| match fact.body() {
            Body::Retract(Retraction::Fact(fact)) => ids.contains(fact),
            Body::Retract(Retraction::Batch(batch)) => batches.contains(batch),
            Body::Complete => fact.source() == source,
            _ => false,
        }))
    }

    /// The profile of a customer; any record's id names the customer who holds it. `None` if there is no such record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer(&self, id: impl Into<RecordId>) -> Result<Option<Profile>, OnefoldError> {
        self.customer_as_of(id, None)
    }

    /// The profile of a customer as we now know that it was at a time: from the facts that happened by then (all, if
    /// `None`).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer_as_of(
        &self,
        id: impl Into<RecordId>,
        as_of: Option<Timestamp>,
    ) -> Result<Option<Profile>, OnefoldError> {
        self.profile(id.into(), as_of, None)
    }

    /// The profile of a customer that may be shown at a clock.
    pub(crate) fn customer_at(
        &self,
        id: impl Into<RecordId>,
        clock: Timestamp,
    ) -> Result<Option<Profile>, OnefoldError> {
        self.profile(id.into(), None, Some(clock))
    }

    /// The same as it was at a time.
    pub(crate) fn profile(
        &self,
        id: RecordId,
        as_of: Option<Timestamp>,
        clock: Option<Timestamp>,
    ) -> Result<Option<Profile>, OnefoldError> {
        let Some(row) = self.resolve(id)? else { return Ok(None) };
        let told = self.reading().at(clock).told(row.customer)?;
        Ok(Some(match as_of {
            Some(at) => told.fold(&self.governance.schema_at(at), self.governance.rules(), as_of),
            None => told.fold(self.governance.schema(), self.governance.rules(), None),
        }))
    }

    /// The profiles of customers, in the order given. Those of whom there are none are left out.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn profiles(&self, customers: &[CustomerId]) -> Result<Vec<Profile>, OnefoldError> {
        self.profiles_as_of(customers, None, None)
    }

    /// The same as they were at a time, of what may be shown at a clock.
    pub(crate) fn profiles_as_of(
        &self,
        customers: &[CustomerId],
        as_of: Option<Timestamp>,
        clock: Option<Timestamp>,
    ) -> Result<Vec<Profile>, OnefoldError> {
        let reading = self.reading().at(clock);
        let told = customers.iter().map(|customer| reading.told(*customer));
        let told: Vec<Gathered> = told.collect::<Result<_, _>>()?;
        let then = as_of.map(|at| self.governance.schema_at(at));
        let (schema, rules) = (then.as_ref().unwrap_or(self.governance.schema()), self.governance.rules());
        let there = told.par_iter().filter(|told| !told.is_empty());
        Ok(there.map(|told| told.fold(schema, rules, as_of)).collect())
    }

    /// All customers, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn customers(&self) -> Result<Vec<CustomerId>, OnefoldError> {
        let mut customers: Vec<CustomerId> = Vec::new();
        let mut after = [Cell::Bytes(Vec::new()), Cell::Bytes(Vec::new())];
        loop {
            let rows = self.read.rows_after(&MEMBERS, &after, PAGE)?;
            let Some(last) = rows.last() else { return Ok(customers) };
            after.clone_from_slice(&last[..2]);
            for customer in rows.iter().filter_map(|row| first_id(row)).map(CustomerId::from) {
                if customers.last() != Some(&customer) {
                    customers.push(customer);
                }
            }
        }
    }

    /// The customers who hold an identifier, by id: usually one, several where a mailbox or a device is shared.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn customers_with(&self, identifier: &Identifier) -> Result<Vec<CustomerId>, OnefoldError> {
        let prefix = [Cell::Text(identifier.namespace().to_string()), Cell::Text(identifier.value().to_owned())];
        let mut customers = BTreeSet::new();
        for row in self.read.rows(&IDENTIFIERS, &prefix)? {
            if let Some(record) = crate::tables::last_id(&row) {
                customers.extend(RecordRow::read(&*self.read, record)?.map(|row| row.customer));
            }
        }
        Ok(customers.into_iter().collect())
    }

    /// The record that the fact at a place in the log is in: of a shared device, the stretch; of a pin, the record that
    /// it names. With its customer.
    pub(crate) fn home(&self, position: Position) -> Result<Option<(RecordId, CustomerId)>, StoreError> {
        let Some(logged) = self.read.facts_at(&[position])?.pop() else { return Ok(None) };
        let named = match logged.fact.body() {
            Body::Decision(Decision::Pin { record, .. }) => Some(*record),
            _ => logged.fact.record(),
        };
        let Some(record) = named else { return Ok(None) };
        let is_it = |standing: &Standing<'_>| standing.fact().id() == logged.fact.id();
        let row = if matches!(logged.fact.body(), Body::Decision(_)) {
            let pins = self.reading().facts_of(record, &[Told::Pin])?;
            if !pins.standing(&self.governance).iter().any(is_it) {
                return Ok(None);
            }
            self.resolve(record)?
        } else {
            let facts = self.reading().facts_of(record, &[Told::Identity, Told::Else])?;
            let made = self.reading().records(record, &facts)?;
            let Some(made) = made.iter().find(|made| made.standing.iter().any(is_it)) else { return Ok(None) };
            RecordRow::read(&*self.read, made.id)?
        };
        Ok(row.map(|row| (row.id, row.customer)))
    }

    /// The same of many facts, each by the places of its deliveries. A record is made once, whatever it was told.
    pub(crate) fn homes(&self, facts: &[Vec<Position>]) -> Result<Vec<Option<(RecordId, CustomerId)>>, StoreError> {
        let mut asked: BTreeMap<Position, Vec<usize>> = BTreeMap::new();
        for (number, positions) in facts.iter().enumerate() {
            positions.iter().for_each(|position| asked.entry(*position).or_default().push(number));
        }
        let mut homes = vec![None; facts.len()];
        let mut by_record: BTreeMap<RecordId, Vec<(FactId, Position)>> = BTreeMap::new();
        let all: Vec<Position> = asked.keys().copied().collect();
        for some in all.chunks(PAGE) {
            for Logged { position, fact } in self.read.facts_at(some)? {
                match (fact.body(), fact.record()) {
                    (Body::Decision(_), _) => {
                        let home = self.home(position)?;
                        asked
                            .get(&position)
                            .into_iter()
                            .flatten()
                            .for_each(|number| homes[*number] = homes[*number].or(home));
                    }
                    (_, Some(record)) => by_record.entry(record).or_default().push((fact.id(), position)),
                    _ => {}
                }
            }
        }
        for (record, told) in by_record {
            let facts = self.reading().facts_of(record, &[Told::Identity, Told::Else])?;
            let mut home_of: HashMap<FactId, (RecordId, CustomerId)> = HashMap::default();
            for made in self.reading().records(record, &facts)? {
                let Some(row) = RecordRow::read(&*self.read, made.id)? else { continue };
                home_of.extend(made.standing.iter().map(|standing| (standing.fact().id(), (row.id, row.customer))));
            }
            for (fact, position) in told {
                let home = home_of.get(&fact).copied();
                asked.get(&position).into_iter().flatten().for_each(|number| homes[*number] = homes[*number].or(home));
            }
        }
        Ok(homes)
    }

    /// The record that founds the customer who holds a record: of those that are nobody else's too, the earliest.
    pub(crate) fn founder(&self, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
        self.earliest(record, |_| false)
    }

    /// The record under which is kept what the house says of a customer: the earliest, if there is one, of those of a source
    /// that does not deliver snapshots, since the next of these knows nothing of it.
    pub(crate) fn keeper(&self, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
        self.earliest(record, |row| {
            let declared = self.schema().sources.get(&row.source).is_some_and(|spec| spec.mode == SourceMode::Snapshot);
            declared || self.governance.governing().snapshot(&row.source).is_some()
        })
    }

    fn earliest(&self, record: RecordId, last: impl Fn(&RecordRow) -> bool) -> Result<Option<RecordRow>, StoreError> {
        let Some(customer) = self.holding(record)? else { return Ok(None) };
        let members = self.reading().members(customer)?;
        let own = members.into_iter().filter(|row| !row.shareable);
        Ok(own.min_by_key(|row| (last(row), row.first_received, row.id)))
    }

    /// The customer who holds a record.
    pub(crate) fn holding(&self, record: RecordId) -> Result<Option<CustomerId>, StoreError> {
        Ok(self.resolve(record)?.map(|row| row.customer))
    }

    /// What the source calls the customer whom a record is about.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn key_of(&self, record: RecordId) -> Result<Option<RecordKey>, OnefoldError> {
        Ok(self.resolve(record)?.map(|row| row.key))
    }

    /// The records of a customer: who keeps them, and under which key.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn records_of(&self, customer: CustomerId) -> Result<Vec<(Source, RecordKey)>, OnefoldError> {
        Ok(self.reading().members(customer)?.into_iter().map(|row| (row.source, row.key)).collect())
    }

    /// Why two records are one customer, or are not. `None` if there is no such record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn why(&self, a: RecordId, b: RecordId) -> Result<Option<Why>, OnefoldError> {
        let (Some(a), Some(b)) = (self.resolve(a)?, self.resolve(b)?) else { return Ok(None) };
        let evidence = if a.shareable || b.shareable || a.key.party() != b.key.party() {
            None
        } else {
            let facts = [&a, &b].map(|row| self.reading().facts_of(row.id, &[Told::Identity]));
            let [of_a, of_b] = facts;
            let (of_a, of_b) = (of_a?, of_b?);
            let (told_a, told_b) = (self.reading().identifying(a.id, &of_a)?, self.reading().identifying(b.id, &of_b)?);
            match self.governance.model(a.key.party()) {
                Some(model) => model.explain(&told_a, &told_b, [a.id, b.id]),
                None => {
                    let names = Names::read(&*self.read)?.remove(&a.key.party()).unwrap_or_default();
                    explain_alone(&Layout::of(&names, self.governance.schema()), &told_a, &told_b)
                }
            }
        };
        Ok(Some(Why {
            same_customer: a.customer == b.customer,
            decided: self.governance.decided_on(a.id, b.id),
            signed_in: a.owner == Some(b.id) || b.owner == Some(a.id),
            evidence,
        }))
    }

    /// The attributes that any record has or had.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn attributes(&self) -> Result<BTreeSet<AttributeName>, OnefoldError> {
        Ok(Names::read(&*self.read)?.values().flat_map(Names::attributes).cloned().collect())
    }

    /// The schema in force.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.governance.schema()
    }

    /// Whether anything was delivered in a batch of this name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn has_batch(&self, batch: &str) -> Result<bool, OnefoldError> {
        let mut after = vec![Cell::Text(String::new()), Cell::Text(String::new())];
        loop {
            let rows = self.read.rows_after(&BATCHES, &after, PAGE)?;
            if rows.iter().any(|row| matches!(row.last(), Some(Cell::Text(of)) if of == batch)) {
                return Ok(true);
            }
            match rows.into_iter().next_back() {
                Some(last) => after = last,
                None => return Ok(false),
            }
        }
    }

    /// The log, a part after the other: every delivery that is kept, whether it stands or not.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn each_fact(&self, mut each: impl FnMut(Fact)) -> Result<(), OnefoldError> {
        let end = self.read.position()?.number();
        for after in (0..end).step_by(PAGE) {
            self.read.facts(Position::new(after), PAGE)?.into_iter().for_each(|logged| each(logged.fact));
        }
        Ok(())
    }

    /// The digest of the whole state: equal for the same facts, whatever their order and batches of arrival.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn digest(&self) -> Result<Digest, OnefoldError> {
        let mut digester = Digester::default();
        for customers in self.customers()?.chunks(PAGE) {
            for profile in self.profiles(customers)? {
                let customer = profile.id();
                digester.one(&customer).each(&ids(&*self.read, &MEMBERS, id(customer))?);
                digester.one(&Some(profile.digest()));
            }
        }
        self.each_object(None, |kind, object, told| {
            let standing = told.standing();
            if !standing.is_empty() {
                digester.text(kind).text(object);
                digester.each(standing.iter().map(|standing| standing.fact().content()));
            }
        })?;
        Ok(digester.finish())
    }

    /// Which records an erasure of a customer takes along, and where in the log the facts are.
    pub(crate) fn to_erase(&self, customer: CustomerId) -> Result<(BTreeSet<RecordId>, Vec<Position>), StoreError> {
        let members = self.reading().members(customer)?;
        let own: BTreeSet<RecordId> = members.iter().map(|row| row.id).collect();
        let mut positions: BTreeSet<Position> = BTreeSet::new();
        let mut records = own.clone();
        let mut whole: BTreeMap<RecordId, bool> = BTreeMap::new();
        for row in &members {
            let bare = row.stretch_of.unwrap_or(row.id);
            // A shared device goes as a whole only if nobody else used it.
            let others = ids(&*self.read, &STRETCHES, id(bare))?;
            whole.insert(bare, others.iter().all(|other| own.contains(other)));
        }
        for (bare, is_whole) in whole {
            if is_whole {
                records.insert(bare);
                // What no longer stands is still kept, and goes too.
                for what in [Told::Identity, Told::Else, Told::Pin] {
                    positions.extend(self.reading().positions_of(bare, what)?);
                }
                continue;
            }
            for what in [Told::Identity, Told::Else] {
                let told: Vec<Vec<Position>> =
                    self.reading().positions_of(bare, what)?.into_iter().map(|position| vec![position]).collect();
                let is_own =
                    |home: &Option<(RecordId, CustomerId)>| home.is_some_and(|(record, _)| own.contains(&record));
                let homes = self.homes(&told)?;
                positions.extend(
                    told.into_iter().zip(homes).filter(|(_, home)| is_own(home)).flat_map(|(position, _)| position),
                );
            }
        }
        for record in &records {
            positions.extend(self.reading().positions_of(*record, Told::Pin)?);
        }
        Ok((records, positions.into_iter().collect()))
    }

    /// The same of a record of which nothing stands any more: what is still kept of it.
    pub(crate) fn gone_to_erase(&self, record: RecordId) -> Result<(BTreeSet<RecordId>, Vec<Position>), StoreError> {
        let mut positions: BTreeSet<Position> = BTreeSet::new();
        for what in [Told::Identity, Told::Else, Told::Pin] {
            positions.extend(self.reading().positions_of(record, what)?);
        }
        Ok(([record].into(), positions.into_iter().collect()))
    }

    /// The records of which nothing stands any more, and of which an identifier was said. It reads the log once.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn gone_with(&self, identifier: &Identifier) -> Result<BTreeSet<RecordId>, OnefoldError> {
        let mut said: BTreeSet<RecordId> = BTreeSet::new();
        self.each_fact(|fact| {
            let named = fact.identifiers().contains(identifier);
            said.extend(fact.record().filter(|_| named));
        })?;
        let mut gone = BTreeSet::new();
        for record in said {
            if matches!(self.whereabouts(record)?, Some(Whereabouts::Gone(_))) {
                gone.insert(record);
            }
        }
        Ok(gone)
    }

    /// The identifiers that facts name and that records hold, or held if they are gone, but none beside these.
    pub(crate) fn held_by_nobody_else(
        &self,
        facts: &[onefold_store::Logged],
        records: &BTreeSet<RecordId>,
        is_gone: bool,
    ) -> Result<BTreeSet<Identifier>, StoreError> {
        let mut only = BTreeSet::new();
        for identifier in facts.iter().flat_map(|logged| logged.fact.identifiers()) {
            let row = identifier_row(identifier, RecordId::from(uuid::Uuid::nil()));
            let holders = self.read.rows(&IDENTIFIERS, row.get(..2).unwrap_or(&row))?;
            // What nobody holds any more was said of records that are gone; a device that many use is in no such list.
            let spec = self.schema().namespace(identifier.namespace());
            if (!holders.is_empty() || (is_gone && !spec.shareable))
                && holders.iter().all(|row| last_id(row).is_some_and(|id| records.contains(&id)))
            {
                only.insert(identifier.clone());
            }
        }
        Ok(only)
    }

    /// The deliveries of facts that name one of these identifiers and do not stand, beside those that are `known` to go.
    /// Nobody holds what does not stand, so no table leads there: the log is read, as the changes are in any case when
    /// somebody is erased; but only where something was taken back, or a source delivers snapshots.
    pub(crate) fn withdrawn(
        &self,
        identifiers: &BTreeSet<Identifier>,
        known: &[Logged],
        positions: impl Fn(FactId) -> Vec<Position>,
    ) -> Result<Vec<Logged>, OnefoldError> {
        let governing = self.governance.governing();
        if identifiers.is_empty() || !governing.withdraws() {
            return Ok(Vec::new());
        }
        let known: BTreeSet<FactId> = known.iter().map(|logged| logged.fact.id()).collect();
        let mut found: BTreeSet<FactId> = BTreeSet::new();
        self.each_fact(|fact| {
            let names = |it: &Identifier| identifiers.contains(it);
            let is_named = fact.identifiers().iter().any(names) || reached_by(&fact, self.schema()).iter().any(names);
            if is_named && !known.contains(&fact.id()) {
                found.insert(fact.id());
            }
        })?;
        let mut withdrawn = Vec::new();
        for fact in found {
            let deliveries = self.read.facts_at(&positions(fact))?;
            let told: FactSet = deliveries.iter().map(|logged| logged.fact.clone()).collect();
            if told.standing_under(governing).is_empty() {
                withdrawn.extend(deliveries);
            }
        }
        Ok(withdrawn)
    }

    pub(crate) fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        self.read.facts_at(positions)
    }
}

/// Rows that are read at a time.
const PAGE: usize = 1 << 12;
