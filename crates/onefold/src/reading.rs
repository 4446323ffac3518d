//! The records of a state, read from the log and the tables: which facts of a record stand, and where a shared device
//! changes hands.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{
    Body, Cell, Decision, Fact, FactSet, Identifier, Order, Party, RecordId, RecordKey, Schema, Source, Standing,
    Timestamp,
};
use onefold_profile::Licences;
use onefold_store::{Logged, Position, Read, StoreError};

use crate::governance::Governance;
use crate::linking::Layout;
use crate::memberships;
use crate::tables::{RECORDS, RecordRow, SIGN_INS, TOLD, Told, id, last_position};

/// Reads one state.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) read: &'a dyn Read,
    pub(crate) governance: &'a Governance,
    /// When it is read, if that is later than the clock that is kept.
    clock: Option<Timestamp>,
}

/// Facts of one record, or of a few.
#[derive(Debug, Default)]
pub(crate) struct Facts(FactSet);

impl Facts {
    /// Those that stand, in canonical order.
    pub(crate) fn standing(&self, governance: &Governance) -> Vec<Standing<'_>> {
        self.0.standing_under(governance.governing())
    }

    /// The fact at a place in the canonical order.
    pub(crate) fn resolve(&self, order: Order) -> Option<Standing<'_>> {
        self.0.resolve(order)
    }

    /// All contents.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter()
    }
}

/// A record as its facts make it.
#[derive(Debug)]
pub(crate) struct Made<'a> {
    pub(crate) id: RecordId,
    pub(crate) key: RecordKey,
    pub(crate) source: Source,
    pub(crate) first_received: Timestamp,
    /// The device of which it is a stretch, with the record of whoever was signed in.
    pub(crate) stretch: Option<(RecordId, RecordId)>,
    pub(crate) shareable: bool,
    /// In canonical order.
    pub(crate) standing: Vec<Standing<'a>>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(read: &'a dyn Read, governance: &'a Governance) -> Self {
        Self { read, governance, clock: None }
    }

    /// The same at a clock, unless the one that is kept is later.
    pub(crate) fn at(self, clock: impl Into<Option<Timestamp>>) -> Self {
        Self { clock: self.clock.max(clock.into()), ..self }
    }

    /// The clock at which licences hold.
    pub(crate) fn clock(&self) -> Result<Timestamp, StoreError> {
        Ok(memberships::clock(self.read)?.max(self.clock).unwrap_or(Timestamp::UNIX_EPOCH))
    }
}

impl Reading<'_> {
    /// The facts of a record, by its bare id: those that stand and others.
    pub(crate) fn facts_of(&self, record: RecordId, what: &[Told]) -> Result<Facts, StoreError> {
        let mut positions = Vec::new();
        for what in what {
            positions.extend(self.positions_of(record, *what)?);
        }
        self.facts_at(&positions)
    }

    /// Where in the log the facts of a record are, by its bare id.
    pub(crate) fn positions_of(&self, record: RecordId, what: Told) -> Result<Vec<Position>, StoreError> {
        let told = self.read.rows(&TOLD, &[id(record), Cell::Integer(what as i64)])?;
        Ok(told.iter().filter_map(|row| last_position(row)).collect())
    }

    pub(crate) fn facts_at(&self, positions: &[Position]) -> Result<Facts, StoreError> {
        Ok(Facts(self.logged_at(positions)?.into_iter().map(|logged| logged.fact).collect()))
    }

    fn logged_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        let mut facts: Vec<Logged> = self.read.facts_at(positions)?;
        // Which of several contents under one id stands depends on all of them, wherever they are.
        let others: BTreeSet<Position> =
            facts.iter().filter_map(|logged| self.governance.contents(logged.fact.id())).flatten().copied().collect();
        if !others.is_empty() {
            let here: BTreeSet<Position> = positions.iter().copied().collect();
            let others: Vec<Position> = others.difference(&here).copied().collect();
            facts.extend(self.read.facts_at(&others)?);
        }
        Ok(facts)
    }

    /// The facts of a record that a test lets pass, as [`facts_of`](Self::facts_of): the others are not held, however many.
    pub(crate) fn facts_of_that(
        &self,
        record: RecordId,
        what: &[Told],
        passes: &dyn Fn(&Fact) -> bool,
    ) -> Result<Facts, StoreError> {
        let mut kept = Facts::default();
        for what in what {
            for part in self.positions_of(record, *what)?.chunks(PAGE) {
                for Logged { fact, .. } in self.logged_at(part)? {
                    // Of several contents under one id each may keep another from standing.
                    if passes(&fact) || self.governance.contents(fact.id()).is_some() {
                        kept.0.insert(fact);
                    }
                }
            }
        }
        Ok(kept)
    }

    /// What a record ever said of who it is, by column: distinct, in a fixed order. Its facts are held a part at a time.
    pub(crate) fn cells_of(&self, record: RecordId, layout: &Layout) -> Result<Vec<(usize, String)>, StoreError> {
        let positions = self.positions_of(record, Told::Identity)?;
        // When a fact is licensed depends on its first delivery, wherever that is. Otherwise each stands by itself.
        let at_once =
            if self.governance.settings().licences.sources.is_empty() { PAGE } else { positions.len().max(1) };
        let mut cells: BTreeSet<(usize, String)> = BTreeSet::new();
        for part in positions.chunks(at_once) {
            let facts = self.facts_at(part)?;
            let standing = self.identifying(record, &facts)?;
            let told = layout.cells(&standing);
            if positions.len() <= at_once {
                return Ok(told.into_iter().map(|(column, cell)| (column, cell.into_owned())).collect());
            }
            cells.extend(told.into_iter().map(|(column, cell)| (column, cell.into_owned())));
        }
        Ok(cells.into_iter().collect())
    }

    /// The records that the facts of a bare id are: none if none stands, several of a shared device.
    pub(crate) fn records<'f>(&self, record: RecordId, facts: &'f Facts) -> Result<Vec<Made<'f>>, StoreError> {
        let mut standing = facts.standing(self.governance);
        standing.retain(|standing| is_of_record(standing.fact()) && standing.fact().record() == Some(record));
        let Some(first) = standing.first() else { return Ok(Vec::new()) };
        let (source, Some(key)) = (first.fact().source().clone(), first.fact().key().cloned()) else {
            return Ok(Vec::new());
        };
        let device = device(&key, self.governance.schema());
        let sign_ins = device.as_ref().map(|device| self.sign_ins(device)).transpose()?.unwrap_or_default();
        let mut parts: BTreeMap<RecordId, Made<'f>> = BTreeMap::new();
        for standing in standing {
            let sign_in = at(&sign_ins, standing.order());
            let of = sign_in.map_or(record, |sign_in| record.stretch(&sign_in.identifier));
            let received = standing.order().received_at();
            let made = parts.entry(of).or_insert_with(|| Made {
                id: of,
                key: key.clone(),
                source: source.clone(),
                first_received: received,
                stretch: sign_in.map(|sign_in| (record, sign_in.owner)),
                shareable: device.is_some(),
                standing: Vec::new(),
            });
            made.first_received = made.first_received.min(received);
            made.standing.push(standing);
        }
        let mut parts: Vec<Made<'f>> = parts.into_values().collect();
        // The bare id leads to the first.
        parts.sort_by_key(|made| made.standing.first().map(Standing::order));
        Ok(parts)
    }

    /// Whether there are so many records.
    pub(crate) fn has_records(&self, count: usize) -> Result<bool, StoreError> {
        Ok(self.read.rows_after(&RECORDS, &[Cell::Bytes(Vec::new())], count)?.len() == count)
    }

    /// Hands over each record that is somebody's own, in the order of ids, with what it ever said of who it is
    /// ([`cells_of`](Self::cells_of)). Records of a party without a layout are left out.
    pub(crate) fn each_record<'l>(
        &self,
        layout_of: impl Fn(Party) -> Option<&'l Layout>,
        mut each: impl FnMut(&RecordRow, Vec<(usize, String)>),
    ) -> Result<(), StoreError> {
        let mut after = [Cell::Bytes(Vec::new())];
        loop {
            let page = self.read.rows_after(&RECORDS, &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from_slice(&last[..1]);
            let rows = page.iter().filter_map(|row| RecordRow::of_row(row)).filter(|row| !row.shareable);
            for row in rows {
                if let Some(layout) = layout_of(row.key.party()) {
                    each(&row, self.cells_of(row.id, layout)?);
                }
            }
        }
    }

    /// Of the facts of a record those that say who it is, at the clock that is kept: bought data do so as long as they
    /// are licensed.
    pub(crate) fn identifying<'f>(&self, record: RecordId, facts: &'f Facts) -> Result<Vec<Standing<'f>>, StoreError> {
        let mut standing = facts.standing(self.governance);
        standing.retain(|standing| standing.fact().record() == Some(record));
        let licences = &self.governance.settings().licences;
        if !licences.sources.is_empty() {
            let clock = self.clock()?;
            standing.retain(|standing| licences.allow(standing, clock));
        }
        Ok(standing)
    }

    /// The records of sources whose data are bought.
    pub(crate) fn bought(&self, licences: &Licences) -> Result<Vec<RecordId>, StoreError> {
        let mut bought = Vec::new();
        let mut after = [Cell::Bytes(Vec::new())];
        loop {
            let page = self.read.rows_after(&RECORDS, &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(bought) };
            after.clone_from_slice(&last[..1]);
            let rows = page.iter().filter_map(|row| RecordRow::of_row(row)).filter(|row| !row.shareable);
            bought.extend(rows.filter(|row| licences.sources.contains_key(&row.source)).map(|row| row.id));
        }
    }

    /// When the licences end of what may say who somebody is, with the record of each.
    pub(crate) fn licence_ends(&self) -> Result<BTreeSet<(Timestamp, RecordId)>, StoreError> {
        let licences = &self.governance.settings().licences;
        let mut ends = BTreeSet::new();
        for record in self.bought(licences)? {
            let facts = self.facts_of(record, &[Told::Identity])?;
            let of_record = facts.standing(self.governance);
            ends.extend(of_record.iter().filter_map(|standing| Some((licences.end(standing)?, record))));
        }
        Ok(ends)
    }

    /// Who signed in on a shared device, in canonical order; only where the person changes.
    fn sign_ins(&self, device: &Identifier) -> Result<Vec<SignIn>, StoreError> {
        let rows = self.read.rows(&SIGN_INS, &[Cell::Text(device.to_string())])?;
        let positions: Vec<Position> = rows.iter().filter_map(|row| last_position(row)).collect();
        let facts = self.facts_at(&positions)?;
        let mut sign_ins: Vec<SignIn> = Vec::new();
        for standing in facts.standing(self.governance) {
            let fact = standing.fact();
            let (Some(key), Some(owner)) = (fact.key(), fact.record()) else { continue };
            if !is_of_record(fact) || !fact.identifiers().contains(device) {
                continue;
            }
            let identifier = signed_in(fact, key, self.governance.schema());
            if sign_ins.last().is_none_or(|last| last.identifier != identifier) {
                sign_ins.push(SignIn { at: standing.order(), identifier, owner });
            }
        }
        Ok(sign_ins)
    }
}

/// Whether a fact is a source's word about a customer. Decisions and what governs other facts are not, and make no
/// record even under a key.
pub(crate) fn is_of_record(fact: &Fact) -> bool {
    matches!(
        fact.body(),
        Body::Set(_) | Body::Unset(_) | Body::Event { .. } | Body::Group(_) | Body::Consent(_) | Body::Object(_)
    )
}

/// Under which record a fact is found, and as what; none for what is not of a record.
pub(crate) fn told(fact: &Fact) -> Option<(RecordId, Told)> {
    if let Body::Decision(Decision::Pin { record, .. }) = fact.body() {
        return Some((*record, Told::Pin));
    }
    let record = fact.record().filter(|_| is_of_record(fact))?;
    let identifies = matches!(fact.body(), Body::Set(_)) || !fact.identifiers().is_empty();
    Some((record, if identifies { Told::Identity } else { Told::Else }))
}

/// The shareable identifier that a key stands for, if it stands for one.
pub(crate) fn device(key: &RecordKey, schema: &Schema) -> Option<Identifier> {
    let (namespace, _) = key.name().split_once(':')?;
    if !schema.namespaces.get(namespace)?.shareable {
        return None;
    }
    key.name().parse().ok()
}

/// The shared devices that somebody used by a fact of their own.
pub(crate) fn devices_used<'f>(fact: &'f Fact, schema: &Schema) -> Vec<&'f Identifier> {
    if !is_of_record(fact) || fact.key().is_none_or(|key| device(key, schema).is_some()) {
        return Vec::new();
    }
    let shareable = |identifier: &&Identifier| {
        schema.namespaces.get(identifier.namespace()).is_some_and(|namespace| namespace.shareable)
    };
    fact.identifiers().iter().filter(shareable).collect()
}

/// Who used a shared device from a time on.
#[derive(Debug)]
struct SignIn {
    at: Order,
    identifier: Identifier,
    owner: RecordId,
}

/// Who used a device: the last to have signed in, or, before anybody had, the first to do so.
fn at(sign_ins: &[SignIn], at: Order) -> Option<&SignIn> {
    let after = sign_ins.partition_point(|sign_in| sign_in.at <= at);
    sign_ins.get(after.saturating_sub(1))
}

/// The identifier that somebody signed in with: an exclusive one, else the one of highest priority, else the source's
/// own key.
fn signed_in(fact: &Fact, key: &RecordKey, schema: &Schema) -> Identifier {
    let rank = |identifier: &&Identifier| {
        let spec = schema.namespace(identifier.namespace());
        (!spec.exclusive, spec.priority)
    };
    let personal = fact.identifiers().iter().filter(|id| !schema.namespace(id.namespace()).shareable);
    personal.min_by_key(rank).cloned().unwrap_or_else(|| Identifier::new(fact.source().as_str(), key.name()))
}

/// Rows that are read at a time.
const PAGE: usize = 1 << 12;
