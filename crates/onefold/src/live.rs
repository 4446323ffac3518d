//! [`Live`]: the records one at a time, under the models in force, and how that is kept beside the log.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Body, Party, RecordId, Timestamp};
use onefold_identity::Resolver;
use onefold_store::{Checkpoint, Logged, Position, StoreError};

use crate::HashMap;
use crate::governance::governs;
use crate::memberships;
use crate::reading::{Reading, told};
use crate::tables::{RECORDS, RecordRow, Told};

/// What a record says who it is, by column.
pub(crate) type Cells = Vec<(usize, String)>;

/// A record as a resolver takes it: its id, when it was first heard of, its values by column.
type Row = (RecordId, Timestamp, Cells);

/// The parties that records are of.
const PARTIES: [Party; 2] = [Party::Person, Party::Organisation];

/// The form in which a resolver is kept in the store.
const VERSION: u32 = 1;

/// Of so few changes it is read from the log anew sooner than it is kept.
const FEW: usize = 1 << 10;

/// From so many facts on, whatever they say, it is kept again: they are read when it is opened.
const FAR: u64 = 1 << 20;

/// More bytes than these a store need not take as one value; then it is made from the records.
const MOST_BYTES: usize = 900_000_000;

/// The records of a state one at a time, under the models in force: who is who as facts come and go. It is opened when it
/// is first needed: as it was kept, with what came since, or else from all records.
#[derive(Debug, Default)]
pub(crate) struct Live {
    resolvers: BTreeMap<Party, Resolver>,
    /// How much has changed since it was kept.
    changed: usize,
    /// Where in the log it was kept.
    kept_at: Position,
}

impl Live {
    /// All records of a state, and the decisions on them.
    pub(crate) fn load(reading: Reading<'_>) -> Result<Self, StoreError> {
        Ok(Self::load_with(reading, &BTreeSet::new())?.0)
    }

    /// The same, with what those of some records say who they are that had to be read for it.
    pub(crate) fn load_with(
        reading: Reading<'_>,
        wanted: &BTreeSet<RecordId>,
    ) -> Result<(Self, HashMap<RecordId, Cells>), StoreError> {
        let mut said: HashMap<RecordId, Cells> = HashMap::default();
        if let Some(live) = Self::open(reading)? {
            return Ok((live, said));
        }
        let mut live = Self { kept_at: reading.read.stands_at(&RECORDS)?, ..Self::default() };
        for party in PARTIES {
            let resolver = reading.governance.model(party).and_then(|model| model.resolver());
            live.resolvers.extend(resolver.map(|resolver| (party, resolver)));
        }
        let mut rows: BTreeMap<Party, Vec<Row>> = BTreeMap::new();
        let layout_of = |party| reading.governance.model(party).map(|model| &model.layout);
        reading.each_record(layout_of, |row, cells| {
            if wanted.contains(&row.id) {
                said.insert(row.id, cells.clone());
            }
            rows.entry(row.key.party()).or_default().push((row.id, row.first_received, cells));
        })?;
        live.changed = rows.values().map(Vec::len).sum();
        for (party, resolver) in &mut live.resolvers {
            let records = rows.get(party).map_or(&[][..], Vec::as_slice).iter();
            resolver.load(
                records.map(|(id, since, cells)| (*id, *since, cells.iter().map(|(at, cell)| (*at, cell.as_str())))),
            );
        }
        for resolver in live.resolvers.values_mut() {
            for ((a, b), same) in reading.governance.decided() {
                resolver.decide(*a, *b, Some(*same));
            }
        }
        Ok((live, said))
    }

    /// As it was kept, with what came since. `None` if it was not, or under another model, or if facts came that say
    /// something of others: then all is looked at.
    fn open(reading: Reading<'_>) -> Result<Option<Self>, StoreError> {
        let end = reading.read.stands_at(&RECORDS)?;
        let mut live = Self { kept_at: end, ..Self::default() };
        for party in PARTIES {
            let Some(model) = reading.governance.model(party) else { continue };
            let Some(kept) = reading.read.checkpoint(checkpoint(party))?.filter(|kept| kept.version == VERSION) else {
                return Ok(None);
            };
            let Some(resolver) = model.reopened(&kept.bytes) else { return Ok(None) };
            live.resolvers.insert(party, resolver);
            live.kept_at = live.kept_at.min(kept.position);
        }
        let mut changed: BTreeSet<RecordId> = BTreeSet::new();
        for after in (live.kept_at.number()..end.number()).step_by(PAGE) {
            let part = reading.read.facts(Position::new(after), PAGE)?;
            for Logged { fact, .. } in part.iter().filter(|logged| logged.position <= end) {
                let decides = matches!(fact.body(), Body::Decision(_));
                if governs(fact) && !decides || reading.governance.contents(fact.id()).is_some() {
                    return Ok(None);
                }
                // Who is told of for the first time is a record, whatever is said: a decision may name it.
                let concerns = |(record, what): &(RecordId, Told)| *what == Told::Identity || !live.holds(*record);
                changed.extend(told(fact).filter(concerns).map(|(record, _)| record));
            }
        }
        // Licences may have ended since it was kept, though no fact came.
        if !reading.governance.settings().licences.sources.is_empty() {
            let clock = memberships::clock(reading.read)?.unwrap_or(Timestamp::UNIX_EPOCH);
            let ends = reading.licence_ends()?;
            changed.extend(ends.into_iter().take_while(|(end, _)| *end <= clock).map(|(_, record)| record));
        }
        live.changed = changed.len();
        for record in changed {
            let Some(row) = RecordRow::read(reading.read, record)?.filter(|row| !row.shareable) else {
                live.resolvers.values_mut().for_each(|resolver| drop(resolver.remove(record)));
                continue;
            };
            let party = row.key.party();
            let (Some(model), Some(resolver)) = (reading.governance.model(party), live.resolvers.get_mut(&party))
            else {
                continue;
            };
            let cells = reading.cells_of(record, &model.layout)?;
            resolver.insert(record, row.first_received, cells.iter().map(|(at, cell)| (*at, cell.as_str())));
        }
        for resolver in live.resolvers.values_mut() {
            for ((a, b), same) in reading.governance.decided() {
                resolver.decide(*a, *b, Some(*same));
            }
        }
        Ok(Some(live))
    }

    /// Takes note of changes.
    pub(crate) fn note(&mut self, changes: usize) {
        self.changed += changes;
    }

    /// Whether it has not changed since it was kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.changed == 0
    }

    /// What is to be kept of it where the log ends at a position, if so much has changed since it was kept.
    pub(crate) fn due(&mut self, end: Position) -> Vec<(String, Checkpoint)> {
        let records: usize = self.resolvers.values().map(Resolver::len).sum();
        let far = self.changed > 0 && end.number().saturating_sub(self.kept_at.number()) > FAR;
        if far || self.changed > FEW.max(records / 4) { self.keep(end) } else { Vec::new() }
    }

    /// What is to be kept of it where the log ends at a position.
    pub(crate) fn keep(&mut self, end: Position) -> Vec<(String, Checkpoint)> {
        (self.changed, self.kept_at) = (0, end);
        let kept = |(party, resolver): (&Party, &Resolver)| {
            let bytes = resolver.snapshot();
            let bytes = if bytes.len() > MOST_BYTES { Vec::new() } else { bytes };
            (checkpoint(*party).to_owned(), Checkpoint { version: VERSION, position: end, bytes })
        };
        self.resolvers.iter().map(kept).collect()
    }

    /// Nothing is to be kept any more: what is kept holds values that go.
    pub(crate) fn forgotten(end: Position) -> Vec<(String, Checkpoint)> {
        let empty = |party| (checkpoint(party).to_owned(), Checkpoint { version: 0, position: end, bytes: Vec::new() });
        PARTIES.map(empty).into()
    }

    /// Whether it holds a record: then that is in the tables too, and need not be looked for.
    pub(crate) fn holds(&self, record: RecordId) -> bool {
        self.resolvers.values().any(|resolver| resolver.customer(record).is_some())
    }

    pub(crate) fn of(&self, party: Party) -> Option<&Resolver> {
        self.resolvers.get(&party)
    }

    pub(crate) fn of_mut(&mut self, party: Party) -> Option<&mut Resolver> {
        self.resolvers.get_mut(&party)
    }
}

/// The name under which the resolver of a party is kept.
fn checkpoint(party: Party) -> &'static str {
    match party {
        Party::Person => "resolver of persons",
        Party::Organisation => "resolver of organisations",
    }
}

/// Facts that are read at a time.
const PAGE: usize = 1 << 12;
