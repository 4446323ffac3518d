//! The tables of the views, and a desk on which their next rows are laid out.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;

use onefold_fact::{
    Cell, CellKind, CustomerId, Identifier, ObjectEvent, Party, RecordId, RecordKey, Source, Timestamp, ViewColumn,
    ViewTable,
};
use onefold_store::{Checkpoint, Logged, Position, Read, RowChange, StoreError, ViewWrite};
use uuid::Uuid;

use crate::memberships::{AGENDA, CLOCK, CUSTOMER_SEGMENTS, NEXT_CHANGES, SEGMENT_MEMBERS};
use crate::policies::GROUPS;
use crate::texts::TEXTS;

pub(crate) const fn bytes(name: &'static str) -> ViewColumn {
    ViewColumn { name, kind: CellKind::Bytes }
}

pub(crate) const fn text(name: &'static str) -> ViewColumn {
    ViewColumn { name, kind: CellKind::Text }
}

pub(crate) const fn integer(name: &'static str) -> ViewColumn {
    ViewColumn { name, kind: CellKind::Integer }
}

/// The records, and whose each is.
pub(crate) const RECORDS: ViewTable = ViewTable {
    name: "records",
    key: &[bytes("record")],
    values: &[
        text("source"),
        text("key"),
        integer("party"),
        integer("first_received"),
        bytes("customer"),
        // Of a stretch of a shared device: the device's own id, and the record of whoever was signed in.
        bytes("stretch_of"),
        bytes("owner"),
        // Whether several people may share it.
        integer("shareable"),
    ],
};

/// By customer: the records.
pub(crate) const MEMBERS: ViewTable =
    ViewTable { name: "members", key: &[bytes("customer"), bytes("record")], values: &[] };

/// By record (of a shared device the bare id): where in the log its facts are; those that identify it first, then the
/// others.
pub(crate) const TOLD: ViewTable =
    ViewTable { name: "told", key: &[bytes("record"), integer("what"), integer("position")], values: &[] };

/// What a row of [`TOLD`] leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// A fact that may say who somebody is.
    Identity = 0,
    /// Another fact of the record.
    Else = 1,
    /// A value that a steward pinned.
    Pin = 2,
}

/// By identifier: the records that hold it.
pub(crate) const IDENTIFIERS: ViewTable =
    ViewTable { name: "identifiers", key: &[text("namespace"), text("value"), bytes("record")], values: &[] };

/// By shareable identifier: the bare ids of the records that are such a device.
pub(crate) const DEVICES: ViewTable =
    ViewTable { name: "devices", key: &[text("device"), bytes("record")], values: &[] };

/// By shareable identifier: where in the log somebody used it.
pub(crate) const SIGN_INS: ViewTable =
    ViewTable { name: "sign_ins", key: &[text("device"), integer("position")], values: &[] };

/// By bare id of a shared device: its stretches.
pub(crate) const STRETCHES: ViewTable =
    ViewTable { name: "stretches", key: &[bytes("device"), bytes("record")], values: &[] };

/// By record: the stretches of shared devices during which its person was signed in.
pub(crate) const OWNED: ViewTable = ViewTable { name: "owned", key: &[bytes("owner"), bytes("record")], values: &[] };

/// Where in the log the facts are that say something of others.
pub(crate) const GOVERNING: ViewTable = ViewTable { name: "governing", key: &[integer("position")], values: &[] };

/// By id of a fact under which several contents were delivered: where in the log they are.
pub(crate) const CONTESTED: ViewTable =
    ViewTable { name: "contested", key: &[bytes("fact"), integer("position")], values: &[] };

/// By source: the batches that it delivered.
pub(crate) const BATCHES: ViewTable = ViewTable { name: "batches", key: &[text("source"), text("batch")], values: &[] };

/// By object of work: where in the log what happened to it is.
pub(crate) const OBJECTS: ViewTable =
    ViewTable { name: "objects", key: &[text("kind"), text("object"), integer("position")], values: &[] };

/// By party: the attributes (0) and namespaces (1) that its records have or had.
pub(crate) const NAMES: ViewTable =
    ViewTable { name: "names", key: &[integer("party"), integer("what"), text("name")], values: &[] };

/// Those that follow from the log alone.
pub(crate) const OF_LOG: [&ViewTable; 15] = [
    &RECORDS,
    &MEMBERS,
    &TOLD,
    &IDENTIFIERS,
    &DEVICES,
    &SIGN_INS,
    &STRETCHES,
    &OWNED,
    &GOVERNING,
    &CONTESTED,
    &BATCHES,
    &OBJECTS,
    &NAMES,
    &TEXTS,
    &GROUPS,
];

/// Those that follow from the log and from the clock.
const OF_CLOCK: [&ViewTable; 5] = [&SEGMENT_MEMBERS, &CUSTOMER_SEGMENTS, &NEXT_CHANGES, &AGENDA, &CLOCK];

pub(crate) fn id(record: impl Into<RecordId>) -> Cell {
    Cell::Bytes(record.into().as_uuid().as_bytes().to_vec())
}

pub(crate) fn at(position: Position) -> Cell {
    Cell::Integer(i64::try_from(position.number()).unwrap_or(i64::MAX))
}

pub(crate) fn identifier_row(identifier: &Identifier, record: RecordId) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![text(identifier.namespace().as_str()), text(identifier.value()), id(record)]
}

pub(crate) fn object_row(object: &ObjectEvent, position: Position) -> Vec<Cell> {
    vec![Cell::Text(object.kind.clone()), Cell::Text(object.id.clone()), at(position)]
}

/// The id in the first cell of a row.
pub(crate) fn first_id(row: &[Cell]) -> Option<RecordId> {
    row.first().and_then(|cell| last_id(std::slice::from_ref(cell)))
}

/// The id in the last cell of a row.
pub(crate) fn last_id(row: &[Cell]) -> Option<RecordId> {
    match row.last() {
        Some(Cell::Bytes(bytes)) => Some(RecordId::from(Uuid::from_slice(bytes).ok()?)),
        _ => None,
    }
}

/// The position in the last cell of a row.
pub(crate) fn last_position(row: &[Cell]) -> Option<Position> {
    match row.last() {
        Some(Cell::Integer(number)) => Some(Position::new(u64::try_from(*number).ok()?)),
        _ => None,
    }
}

/// A row of [`RECORDS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordRow {
    pub(crate) id: RecordId,
    pub(crate) source: Source,
    pub(crate) key: RecordKey,
    pub(crate) first_received: Timestamp,
    pub(crate) customer: CustomerId,
    pub(crate) stretch_of: Option<RecordId>,
    pub(crate) owner: Option<RecordId>,
    /// Whether several people may share it, so that what it says is nobody's in particular.
    pub(crate) shareable: bool,
}

impl RecordRow {
    pub(crate) fn to_row(&self) -> Vec<Cell> {
        let optional = |record: Option<RecordId>| record.map_or(Cell::Null, id);
        vec![
            id(self.id),
            Cell::Text(self.source.to_string()),
            Cell::Text(self.key.name().to_owned()),
            Cell::Integer(self.key.party() as i64),
            Cell::Integer(self.first_received.timestamp_micros()),
            id(self.customer),
            optional(self.stretch_of),
            optional(self.owner),
            Cell::Integer(self.shareable.into()),
        ]
    }

    /// `None` where a row is none that was written.
    pub(crate) fn of_row(row: &[Cell]) -> Option<Self> {
        let record = |cell: &Cell| match cell {
            Cell::Bytes(bytes) => Uuid::from_slice(bytes).ok().map(RecordId::from),
            _ => None,
        };
        let [
            of,
            Cell::Text(source),
            Cell::Text(key),
            Cell::Integer(party),
            Cell::Integer(received),
            customer,
            stretch,
            owner,
            Cell::Integer(shareable),
        ] = row
        else {
            return None;
        };
        let party = if *party == Party::Organisation as i64 { Party::Organisation } else { Party::Person };
        Some(Self {
            id: record(of)?,
            source: Source::from(source.as_str()),
            key: RecordKey::new(party, key.as_str()),
            first_received: Timestamp::from_timestamp_micros(*received)?,
            customer: record(customer)?.into(),
            stretch_of: record(stretch),
            owner: record(owner),
            shareable: *shareable != 0,
        })
    }

    pub(crate) fn read(read: &dyn Read, record: RecordId) -> Result<Option<Self>, StoreError> {
        Ok(read.rows(&RECORDS, &[id(record)])?.first().and_then(|row| Self::of_row(row)))
    }
}

/// The ids that the rows of a table with this first cell end with.
pub(crate) fn ids(read: &dyn Read, table: &ViewTable, first: Cell) -> Result<Vec<RecordId>, StoreError> {
    Ok(read.rows(table, &[first])?.iter().filter_map(|row| last_id(row)).collect())
}

/// The rows of tables as they will be: those that are kept, and over them what is laid out.
pub(crate) struct Desk<'a> {
    kept: &'a dyn Read,
    /// Whether all that is kept in tables of the log goes.
    is_cleared: bool,
    /// By table and key: the row that will be there; `None` if none will.
    laid: BTreeMap<&'static str, BTreeMap<Vec<Cell>, Option<Vec<Cell>>>>,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(kept: &'a dyn Read) -> Self {
        Self { kept, is_cleared: false, laid: BTreeMap::new() }
    }

    pub(crate) fn put(&mut self, table: &ViewTable, row: Vec<Cell>) {
        let key = row.iter().take(table.key.len()).cloned().collect();
        self.laid.entry(table.name).or_default().insert(key, Some(row));
    }

    pub(crate) fn remove(&mut self, table: &ViewTable, key: Vec<Cell>) {
        self.laid.entry(table.name).or_default().insert(key, None);
    }

    /// Lets a table be there, whether or not it has a row.
    pub(crate) fn open(&mut self, table: &ViewTable) {
        self.laid.entry(table.name).or_default();
    }

    /// Takes all rows of the tables of the log away, kept and laid out.
    pub(crate) fn clear(&mut self) {
        self.is_cleared = true;
        OF_LOG.iter().for_each(|table| drop(self.laid.remove(table.name)));
    }

    fn clears(&self, table: &ViewTable) -> bool {
        self.is_cleared && OF_LOG.contains(&table)
    }

    fn of_kept(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        if self.clears(table) { Ok(Vec::new()) } else { self.kept.rows(table, prefix) }
    }

    /// What has to be written. [`RECORDS`] is always among it: where it stands in the log, all stand.
    pub(crate) fn writes(mut self) -> Vec<ViewWrite<'static>> {
        let mut writes = Vec::new();
        for table in OF_LOG.into_iter().chain(OF_CLOCK) {
            let laid = self.laid.remove(table.name);
            let is_laid = laid.is_some();
            let laid = laid.unwrap_or_default();
            if is_laid || self.clears(table) || table == &RECORDS {
                let row =
                    |(key, row): (Vec<Cell>, Option<Vec<Cell>>)| row.map_or(RowChange::Remove(key), RowChange::Put);
                let clear = self.clears(table).then_some(RowChange::Clear);
                let rows = clear.into_iter().chain(laid.into_iter().map(row)).collect();
                writes.push(ViewWrite { table, stands_at: None, rows });
            }
        }
        writes
    }
}

impl Read for Desk<'_> {
    fn position(&self) -> Result<Position, StoreError> {
        self.kept.position()
    }

    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError> {
        self.kept.facts(after, limit)
    }

    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        self.kept.facts_at(positions)
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        let Some(laid) = self.laid.get(table.name) else { return self.of_kept(table, prefix) };
        if prefix.len() == table.key.len() {
            return match laid.get(prefix) {
                Some(row) => Ok(row.iter().cloned().collect()),
                None => self.of_kept(table, prefix),
            };
        }
        let mut over = laid.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix)).peekable();
        let kept = self.of_kept(table, prefix)?;
        if over.peek().is_none() {
            return Ok(kept);
        }
        let of_key = |row: Vec<Cell>| (row.iter().take(table.key.len()).cloned().collect::<Vec<_>>(), Some(row));
        let mut rows: BTreeMap<Vec<Cell>, Option<Vec<Cell>>> = kept.into_iter().map(of_key).collect();
        rows.extend(over.map(|(key, row)| (key.clone(), row.clone())));
        Ok(rows.into_values().flatten().collect())
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        let nothing = BTreeMap::new();
        let laid = self.laid.get(table.name).unwrap_or(&nothing);
        let mut key = key.to_vec();
        let mut rows = Vec::new();
        loop {
            let kept = if self.clears(table) { Vec::new() } else { self.kept.rows_after(table, &key, limit)? };
            let key_of = |row: &Vec<Cell>| row.iter().take(table.key.len()).cloned().collect::<Vec<Cell>>();
            let whole = kept.len() < limit;
            let to = kept.last().map(key_of).filter(|_| !whole);
            let over = laid.range((Bound::Excluded(key.clone()), to.clone().map_or(Bound::Unbounded, Bound::Included)));
            let mut merged: BTreeMap<Vec<Cell>, Option<Vec<Cell>>> =
                kept.into_iter().map(|row| (key_of(&row), Some(row))).collect();
            merged.extend(over.map(|(key, row)| (key.clone(), row.clone())));
            rows.extend(merged.into_values().flatten());
            match to {
                // All that was read may have been taken away.
                Some(to) if rows.len() < limit => key = to,
                _ => break,
            }
        }
        rows.truncate(limit);
        Ok(rows)
    }

    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError> {
        self.kept.stands_at(table)
    }

    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        self.kept.checkpoint(name)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.kept.backup(to)
    }
}
