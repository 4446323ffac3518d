//! [`Shift`]: what a commit changes in the views.
//!
//! A fact that only adds to a record costs what it says. Where facts come to stand or cease to, the record is made anew
//! from its facts. Customers follow from the records and, once a model is in force, from resolving those that changed.

mod customers;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use onefold_fact::{Batch, Body, Cell, Fact, FactId, Inserted, Party, RecordId, Retraction, Source, Timestamp};
use onefold_store::{Logged, Position, Read, StoreError, ViewWrite};

use crate::HashMap;
use crate::change::What;
use crate::governance::{Governance, governs};
use crate::linking::Names;
use crate::live::Live;
use crate::reading::{Made, Reading, device, devices_used, is_of_record, told};
use crate::tables::{
    BATCHES, CONTESTED, DEVICES, Desk, GOVERNING, IDENTIFIERS, MEMBERS, NAMES, OBJECTS, OWNED, RECORDS, RecordRow,
    SIGN_INS, STRETCHES, TOLD, Told, at, id, identifier_row, ids, object_row,
};

use crate::policies::GROUPS;
use crate::texts::{TEXTS, group_row, text_row};

/// What the writer keeps between commits.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) governance: Arc<Governance>,
    pub(crate) names: BTreeMap<Party, Names>,
    /// Made when it is first needed.
    pub(crate) live: Option<Live>,
    /// The clock that segments are kept at.
    pub(crate) clock: Option<Timestamp>,
    /// When licences end of what may say who a record is; made when it is first needed.
    pub(crate) licence_ends: Option<BTreeSet<(Timestamp, RecordId)>>,
}

/// A delivery that was written.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) logged: Logged,
    pub(crate) inserted: Inserted,
}

/// What a commit takes along.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    pub(crate) taken: Vec<Taken>,
    /// By id of a fact that was delivered before: where.
    pub(crate) before: HashMap<FactId, Vec<Position>>,
    /// Facts that are retracted one by one.
    pub(crate) retracted: Vec<Logged>,
    /// Facts whose contents are removed.
    pub(crate) erased: Vec<Logged>,
    /// The groups of two and more records that a linkage of all of them found, if it goes with a model that is adopted.
    pub(crate) groups: Option<Vec<Vec<RecordId>>>,
    /// The clock, if it moves on.
    pub(crate) clock: Option<Timestamp>,
    /// Whether only what it would do is asked.
    pub(crate) is_rehearsal: bool,
}

/// What was done, and when it is so, if not at the stamp of the facts that did it.
type Done = (Option<Timestamp>, What);

/// The next state of the views, as it is worked out.
pub(crate) struct Shift<'a> {
    read: &'a dyn Read,
    desk: Desk<'a>,
    /// Before.
    was: Arc<Governance>,
    kept: &'a mut Kept,
    /// Records to be made anew.
    anew: BTreeSet<RecordId>,
    /// Records that say something new of who they are.
    identity: BTreeSet<RecordId>,
    /// Of those the ones that say only more than before, with what they say in addition.
    added: HashMap<RecordId, Vec<&'a Fact>>,
    /// Records of which there are none any more.
    gone: BTreeSet<RecordId>,
    /// Records whose customer has to be looked at.
    moved: BTreeSet<RecordId>,
    /// Records of whose customers something may be otherwise.
    touched: BTreeSet<RecordId>,
}

impl<'a> Shift<'a> {
    /// What is to be written, and what linking did.
    ///
    /// # Errors
    /// When the state cannot be read. What is kept may then be ahead of what is written.
    pub(crate) fn of(
        read: &'a dyn Read,
        kept: &'a mut Kept,
        incoming: &'a Incoming,
    ) -> Result<(Vec<ViewWrite<'static>>, Vec<Done>), StoreError> {
        let was = Arc::clone(&kept.governance);
        let mut shift = Self {
            read,
            desk: Desk::new(read),
            was,
            kept,
            anew: BTreeSet::new(),
            identity: BTreeSet::new(),
            added: HashMap::default(),
            gone: BTreeSet::new(),
            moved: BTreeSet::new(),
            touched: BTreeSet::new(),
        };
        if read.stands_at(&RECORDS)? == Position::START {
            shift.desk.open(&TEXTS);
            shift.desk.open(&GROUPS);
        }
        shift.forget(&incoming.erased)?;
        shift.index(&incoming.taken)?;
        shift.contest(incoming)?;
        shift.govern(incoming)?;
        if shift.kept.governance.schema().namespaces != shift.was.schema().namespaces {
            shift.begin_again()?;
        } else {
            shift.add(&incoming.taken)?;
        }
        shift.make_anew()?;
        shift.end_licences(incoming)?;
        let regrouped = shift.regroup(incoming.groups.as_deref())?;
        let mut changes: Vec<Done> = regrouped.into_iter().map(|what| (None, what)).collect();
        changes.extend(shift.segment(incoming.clock)?.into_iter().map(|(at, what)| (Some(at), what)));
        Ok((shift.desk.writes(), changes))
    }

    fn reading(&self) -> Reading<'_> {
        Reading::new(&self.desk, &self.kept.governance)
    }

    /// Takes facts whose contents go out of all tables.
    fn forget(&mut self, erased: &[Logged]) -> Result<(), StoreError> {
        for Logged { position, fact } in erased {
            if let Some((record, what)) = told(fact) {
                self.desk.remove(&TOLD, vec![id(record), Cell::Integer(what as i64), at(*position)]);
                self.desk.remove(&TEXTS, vec![id(record), at(*position)]);
                if let Some(row) = group_row(record, fact) {
                    self.desk.remove(&GROUPS, row);
                }
                let mut records = ids(&self.desk, &STRETCHES, id(record))?;
                records.push(record);
                for identifier in fact.identifiers() {
                    records.iter().for_each(|of| self.desk.remove(&IDENTIFIERS, identifier_row(identifier, *of)));
                }
                self.anew.insert(record);
            }
            if let Body::Object(object) = fact.body() {
                self.desk.remove(&OBJECTS, object_row(object, *position));
            }
            for device in devices_used(fact, self.was.schema()) {
                self.desk.remove(&SIGN_INS, vec![Cell::Text(device.to_string()), at(*position)]);
                self.anew.extend(ids(&self.desk, &DEVICES, Cell::Text(device.to_string()))?);
            }
            if let (Some(device), Some(record)) =
                (fact.key().and_then(|key| device(key, self.was.schema())), fact.record())
            {
                self.desk.remove(&DEVICES, vec![Cell::Text(device.to_string()), id(record)]);
            }
        }
        Ok(())
    }

    /// Notes where facts are found.
    fn index(&mut self, taken: &[Taken]) -> Result<(), StoreError> {
        let mut known: HashSet<(&Source, &Batch)> = HashSet::new();
        for Logged { position, fact } in taken.iter().map(|taken| &taken.logged) {
            if let Some((record, what)) = told(fact) {
                self.desk.put(&TOLD, vec![id(record), Cell::Integer(what as i64), at(*position)]);
                if let Some(row) = text_row(record, *position, fact) {
                    self.desk.put(&TEXTS, row);
                }
                if let Some(row) = group_row(record, fact) {
                    self.desk.put(&GROUPS, row);
                }
                self.touched.insert(record);
            }
            if let Body::Object(object) = fact.body() {
                self.desk.put(&OBJECTS, object_row(object, *position));
            }
            if governs(fact) {
                self.desk.put(&GOVERNING, vec![at(*position)]);
            }
            if known.insert((fact.source(), fact.batch())) {
                let row = vec![Cell::Text(fact.source().to_string()), Cell::Text(fact.batch().to_string())];
                if self.desk.rows(&BATCHES, &row)?.is_empty() {
                    self.desk.put(&BATCHES, row);
                }
            }
            if let Some(key) = fact.key().filter(|_| is_of_record(fact)) {
                let desk = &mut self.desk;
                self.kept.names.entry(key.party()).or_default().add(fact, |what, name| {
                    let party = Cell::Integer(key.party() as i64);
                    desk.put(&NAMES, vec![party, Cell::Integer(what), Cell::Text(name.to_owned())]);
                });
            }
        }
        Ok(())
    }

    /// Notes of which facts several contents were delivered under one id: whose records they are of is looked at again.
    fn contest(&mut self, incoming: &Incoming) -> Result<(), StoreError> {
        let mut contested: BTreeMap<FactId, BTreeSet<Position>> = BTreeMap::new();
        for Taken { logged, inserted } in &incoming.taken {
            let id = logged.fact.id();
            if *inserted == Inserted::Conflicting || self.kept.governance.contents(id).is_some() {
                contested.entry(id).or_default().extend(incoming.before.get(&id).into_iter().flatten());
            }
        }
        for Taken { logged, .. } in &incoming.taken {
            if let Some(positions) = contested.get_mut(&logged.fact.id()) {
                positions.insert(logged.position);
            }
        }
        for (fact, positions) in contested {
            let all: Vec<Position> = positions.iter().copied().collect();
            for logged in self.read.facts_at(&all)? {
                self.anew.extend(told(&logged.fact).map(|(record, _)| record));
            }
            for position in &positions {
                let bytes = fact.as_uuid().as_bytes().to_vec();
                self.desk.put(&CONTESTED, vec![Cell::Bytes(bytes), at(*position)]);
                self.desk.put(&GOVERNING, vec![at(*position)]);
            }
            Arc::make_mut(&mut self.kept.governance).contest(fact, positions);
        }
        Ok(())
    }

    /// Brings into force what facts say of all others, and finds the records that it is about.
    fn govern(&mut self, incoming: &Incoming) -> Result<(), StoreError> {
        let new = |logged: &&Logged| governs(&logged.fact) || self.kept.governance.contents(logged.fact.id()).is_some();
        let new: Vec<Logged> = incoming.taken.iter().map(|taken| &taken.logged).filter(new).cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        Arc::make_mut(&mut self.kept.governance).add(new.iter().cloned());
        for Logged { fact, .. } in &new {
            match fact.body() {
                Body::Erase(erasure) => self.anew.extend(&erasure.records),
                Body::Retract(Retraction::Fact(_)) => {}
                Body::Retract(Retraction::Batch(batch)) => self.all_delivered_in(batch)?,
                // A first snapshot takes nothing away.
                Body::Complete if !self.is_only_batch(fact)? => self.all_of(Some(fact.source()))?,
                _ => {}
            }
        }
        for logged in &incoming.retracted {
            match logged.fact.body() {
                // What held others back does not any more.
                _ if logged.fact.governs() => self.all_of(None)?,
                _ => self.anew.extend(told(&logged.fact).map(|(record, _)| record)),
            }
        }
        Ok(())
    }

    /// Whether a source has delivered in no other batch than that of a fact, and at no other time.
    fn is_only_batch(&self, fact: &Fact) -> Result<bool, StoreError> {
        if self.was.governing().snapshot(fact.source()).is_some() {
            return Ok(false);
        }
        let (source, batch) = (Cell::Text(fact.source().to_string()), Cell::Text(fact.batch().to_string()));
        let first = [source.clone(), Cell::Text(String::new())];
        let mut delivered = self.desk.rows(&BATCHES, &first)?;
        delivered.extend(self.desk.rows_after(&BATCHES, &first, 2)?);
        let others = |row: &Vec<Cell>| row.first() == Some(&source) && row.last() != Some(&batch);
        Ok(!delivered.iter().any(others))
    }

    /// The records that facts of a batch say something of are to be made anew.
    fn all_delivered_in(&mut self, batch: &Batch) -> Result<(), StoreError> {
        for after in (0..self.read.position()?.number()).step_by(PAGE) {
            for Logged { fact, .. } in self.read.facts(Position::new(after), PAGE)? {
                if fact.batch() != batch {
                    continue;
                }
                if fact.governs() {
                    // What held others back does not any more.
                    return self.all_of(None);
                }
                self.anew.extend(told(&fact).map(|(record, _)| record));
                // Of several contents under its id another stands now, maybe of another record.
                let contents = self.kept.governance.contents(fact.id());
                let others: Vec<Position> = contents.into_iter().flatten().copied().collect();
                for other in self.read.facts_at(&others)? {
                    self.anew.extend(told(&other.fact).map(|(record, _)| record));
                }
            }
        }
        Ok(())
    }

    /// All records, or those of a source, are to be made anew.
    fn all_of(&mut self, source: Option<&Source>) -> Result<(), StoreError> {
        let mut after = [Cell::Bytes(Vec::new()), Cell::Integer(0), Cell::Integer(0)];
        loop {
            let rows = self.desk.rows_after(&TOLD, &after, PAGE)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from_slice(&last[..3]);
            let mut records: Vec<RecordId> = rows.iter().filter_map(|row| crate::tables::first_id(row)).collect();
            records.dedup();
            for record in records {
                let of_source = match source {
                    // A record without a row, or of which nothing stands, may stand again.
                    Some(source) => RecordRow::read(self.read, record)?.is_none_or(|row| row.source == *source),
                    None => true,
                };
                if of_source {
                    self.anew.insert(record);
                }
            }
        }
    }

    /// Lays all tables out anew, since what the facts mean has changed.
    fn begin_again(&mut self) -> Result<(), StoreError> {
        self.desk.clear();
        self.kept.live = None;
        let end = self.read.position()?.number();
        let mut taken: Vec<Taken> = Vec::new();
        for after in (0..end).step_by(PAGE) {
            let logged = self.read.facts(Position::new(after), PAGE)?;
            taken.extend(logged.into_iter().map(|logged| Taken { logged, inserted: Inserted::Delivered }));
        }
        self.index(&taken)?;
        for (fact, positions) in self.kept.governance.contested() {
            for position in positions {
                let bytes = fact.as_uuid().as_bytes().to_vec();
                self.desk.put(&CONTESTED, vec![Cell::Bytes(bytes), at(*position)]);
                self.desk.put(&GOVERNING, vec![at(*position)]);
            }
        }
        self.sign_in(&taken)?;
        self.anew.extend(taken.iter().filter_map(|taken| Some(told(&taken.logged.fact)?.0)));
        Ok(())
    }

    /// Notes who used which shared device, and which records such devices are.
    fn sign_in(&mut self, taken: &[Taken]) -> Result<(), StoreError> {
        let mut used: BTreeSet<String> = BTreeSet::new();
        for Logged { position, fact } in taken.iter().map(|taken| &taken.logged) {
            let schema = self.kept.governance.schema();
            for device in devices_used(fact, schema) {
                let device = device.to_string();
                self.desk.put(&SIGN_INS, vec![Cell::Text(device.clone()), at(*position)]);
                used.insert(device);
            }
            if let (Some(device), Some(record)) =
                (fact.key().filter(|_| is_of_record(fact)).and_then(|key| device(key, schema)), fact.record())
            {
                self.desk.put(&DEVICES, vec![Cell::Text(device.to_string()), id(record)]);
            }
        }
        for device in used {
            let records = ids(&self.desk, &DEVICES, Cell::Text(device))?;
            self.anew.extend(records);
        }
        Ok(())
    }

    /// Adds what facts say to their records, where nothing else follows from them.
    fn add(&mut self, taken: &'a [Taken]) -> Result<(), StoreError> {
        self.sign_in(taken)?;
        for Taken { logged: Logged { fact, .. }, inserted } in taken {
            let (Some(record), Some(key)) = (fact.record().filter(|_| is_of_record(fact)), fact.key()) else {
                // A pin shows when the profile is read.
                continue;
            };
            let governing = self.kept.governance.governing();
            let adds = *inserted == Inserted::New
                && device(key, self.kept.governance.schema()).is_none()
                && (governing.snapshot(fact.source()).is_none() || self.is_only_batch(fact)?)
                && !governing.retracts(fact.batch())
                && governing.erased_until(record).is_none();
            if !adds || self.anew.contains(&record) {
                self.anew.insert(record);
                continue;
            }
            if matches!(told(fact), Some((_, Told::Identity))) {
                self.added.entry(record).or_default().push(fact);
            }
            let mut says_more = matches!(fact.body(), Body::Set(_));
            let held = self.kept.live.as_ref().is_some_and(|live| live.holds(record));
            if !held && self.desk.rows(&RECORDS, &[id(record)])?.is_empty() {
                if self.was_told(record)? {
                    self.anew.insert(record);
                    continue;
                }
                let row = RecordRow {
                    id: record,
                    source: fact.source().clone(),
                    key: key.clone(),
                    first_received: fact.received_at(),
                    customer: record.into(),
                    stretch_of: None,
                    owner: None,
                    shareable: false,
                };
                self.desk.put(&RECORDS, row.to_row());
                self.desk.put(&MEMBERS, vec![id(record), id(record)]);
                self.moved.insert(record);
                says_more = true;
            }
            for identifier in fact.identifiers() {
                let row = identifier_row(identifier, record);
                if self.desk.rows(&IDENTIFIERS, &row)?.is_empty() {
                    self.desk.put(&IDENTIFIERS, row);
                    says_more = true;
                }
            }
            if says_more {
                self.identity.insert(record);
            }
        }
        Ok(())
    }

    /// Whether a record was told of before this commit.
    fn was_told(&self, record: RecordId) -> Result<bool, StoreError> {
        let before = [id(record), Cell::Integer(-1), Cell::Integer(0)];
        let first = self.read.rows_after(&TOLD, &before, 1)?;
        Ok(first.first().and_then(|row| crate::tables::first_id(row)) == Some(record))
    }

    /// Makes records anew from their facts.
    fn make_anew(&mut self) -> Result<(), StoreError> {
        let mut done: BTreeSet<RecordId> = BTreeSet::new();
        while let Some(record) = self.anew.pop_first() {
            if !done.insert(record) {
                continue;
            }
            self.added.remove(&record);
            self.touched.insert(record);
            let facts = self.reading().facts_of(record, &[Told::Identity, Told::Else])?;
            let governance = Arc::clone(&self.kept.governance);
            let schema = governance.schema();
            let of_record = || facts.all().filter(|fact| fact.record() == Some(record));
            for used in of_record().flat_map(|fact| devices_used(fact, schema)).collect::<BTreeSet<_>>() {
                let others = ids(&self.desk, &DEVICES, Cell::Text(used.to_string()))?;
                self.anew.extend(others.into_iter().filter(|other| !done.contains(other)));
            }
            // Of several facts about a group one may have been erased.
            of_record().filter_map(|fact| group_row(record, fact)).for_each(|row| self.desk.put(&GROUPS, row));
            let made = self.reading().records(record, &facts)?;
            let mut before = ids(&self.desk, &STRETCHES, id(record))?;
            before.push(record);
            let said: BTreeSet<_> = of_record().flat_map(Fact::identifiers).collect();
            for gone in before.iter().filter(|before| made.iter().all(|made| made.id != **before)) {
                said.iter().for_each(|identifier| self.desk.remove(&IDENTIFIERS, identifier_row(identifier, *gone)));
                self.take_out(*gone)?;
            }
            if let Some(device) = made.first().filter(|made| made.shareable).and_then(|made| device(&made.key, schema))
            {
                self.desk.put(&DEVICES, vec![Cell::Text(device.to_string()), id(record)]);
            }
            for made in &made {
                let own: HashSet<_> = made.standing.iter().flat_map(|standing| standing.fact().identifiers()).collect();
                for identifier in &said {
                    let row = identifier_row(identifier, made.id);
                    if own.contains(identifier) {
                        self.desk.put(&IDENTIFIERS, row);
                    } else {
                        self.desk.remove(&IDENTIFIERS, row);
                    }
                }
                self.bring_in(made)?;
            }
        }
        Ok(())
    }

    fn take_out(&mut self, record: RecordId) -> Result<(), StoreError> {
        let Some(row) = RecordRow::read(&self.desk, record)? else { return Ok(()) };
        self.desk.remove(&RECORDS, vec![id(record)]);
        self.desk.remove(&MEMBERS, vec![id(row.customer), id(record)]);
        if let Some(device) = row.stretch_of {
            self.desk.remove(&STRETCHES, vec![id(device), id(record)]);
        }
        if let Some(owner) = row.owner {
            self.desk.remove(&OWNED, vec![id(owner), id(record)]);
        }
        // Whoever was one customer with it may have another founder.
        self.moved.extend(ids(&self.desk, &MEMBERS, id(row.customer))?);
        self.gone.insert(record);
        self.touched.insert(record);
        Ok(())
    }

    fn bring_in(&mut self, made: &Made<'_>) -> Result<(), StoreError> {
        let before = RecordRow::read(&self.desk, made.id)?;
        let row = RecordRow {
            id: made.id,
            source: made.source.clone(),
            key: made.key.clone(),
            first_received: made.first_received,
            customer: before.as_ref().map_or(made.id.into(), |before| before.customer),
            stretch_of: made.stretch.map(|(device, _)| device),
            owner: made.stretch.map(|(_, owner)| owner),
            shareable: made.shareable,
        };
        if before.is_none() {
            self.desk.put(&MEMBERS, vec![id(made.id), id(made.id)]);
        }
        if let Some(before) = before.as_ref().filter(|before| before.owner != row.owner)
            && let Some(owner) = before.owner
        {
            self.desk.remove(&OWNED, vec![id(owner), id(made.id)]);
            // Whom it leaves may have been known by it.
            self.moved.extend(ids(&self.desk, &MEMBERS, id(before.customer))?);
        }
        if let Some((device, owner)) = made.stretch {
            self.desk.put(&STRETCHES, vec![id(device), id(made.id)]);
            self.desk.put(&OWNED, vec![id(owner), id(made.id)]);
        }
        if !made.shareable {
            self.identity.insert(made.id);
        }
        self.touched.insert(made.id);
        if before.as_ref() != Some(&row) {
            self.desk.put(&RECORDS, row.to_row());
            self.moved.insert(made.id);
        }
        Ok(())
    }
}

/// Rows that are read at a time.
const PAGE: usize = 1 << 12;
