//! Reading from a connection: by the store itself, and by readers that keep one state.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onefold_fact::{Batch, Cell, Source, ViewTable};
use rayon::prelude::*;
use rusqlite::backup::Backup;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use super::failure;
use super::making::Making;
use super::row::{RawContent, RawRow, Seal, checkpoint_seal, id};
use super::texts;
use super::views::{declaration, table_name};
use crate::error::StoreError;
use crate::memory::{fits_key, fits_prefix};
use crate::store::{Checkpoint, Logged, Position, Read};
use crate::text::{TextMatch, TextQuery, prose_column};

/// A connection that is only read.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
}

/// Names by number, looked up once each for the rows of one reading.
struct Names<'a> {
    db: &'a Connection,
    sources: HashMap<i64, Source>,
    batches: HashMap<i64, Batch>,
}

impl<'a> Names<'a> {
    fn new(db: &'a Connection) -> Self {
        Self { db, sources: HashMap::new(), batches: HashMap::new() }
    }

    fn source(&mut self, number: i64) -> rusqlite::Result<Option<Source>> {
        named(self.db, &mut self.sources, "SELECT name FROM sources WHERE number = ?1", number)
    }

    fn batch(&mut self, number: i64) -> rusqlite::Result<Option<Batch>> {
        named(self.db, &mut self.batches, "SELECT name FROM batches WHERE number = ?1", number)
    }
}

fn named<T: Clone + From<String>>(
    db: &Connection,
    known: &mut HashMap<i64, T>,
    query: &str,
    number: i64,
) -> rusqlite::Result<Option<T>> {
    if let Some(name) = known.get(&number) {
        return Ok(Some(name.clone()));
    }
    let name: Option<String> = db.prepare_cached(query)?.query_row([number], |row| row.get(0)).optional()?;
    Ok(name.map(|name| known.entry(number).or_insert_with(|| name.into()).clone()))
}

const COLUMNS: &str =
    "position, id, source, batch, received_at, again, party, key, identifiers, occurred_at, body, seal";

/// A row of the log as read, before what it refers to is looked up.
pub(super) enum Found {
    Row(RawRow),
    Erased(u64),
    Broken { position: u64, what: String },
}

/// Reads the rows after a position, at most `limit` positions on.
pub(super) fn rows_after(db: &Connection, after: u64, limit: u64) -> rusqlite::Result<Vec<Found>> {
    let mut names = Names::new(db);
    let to = after.saturating_add(limit).min(i64::MAX as u64);
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM facts WHERE position > ?1 AND position <= ?2 ORDER BY position"
    ))?;
    let mut rows = statement.query([after.min(i64::MAX as u64), to])?;
    let mut found = Vec::with_capacity(usize::try_from(limit).unwrap_or(usize::MAX).min(1 << 16));
    while let Some(row) = rows.next()? {
        found.push(read_row(db, row, &mut names)?);
    }
    Ok(found)
}

/// Reads the row at a position.
fn row_at(db: &Connection, position: u64, names: &mut Names<'_>) -> rusqlite::Result<Option<Found>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM facts WHERE position = ?1"))?;
    let mut rows = statement.query([position.min(i64::MAX as u64)])?;
    rows.next()?.map(|row| read_row(db, row, names)).transpose()
}

fn read_row(db: &Connection, row: &rusqlite::Row<'_>, names: &mut Names<'_>) -> rusqlite::Result<Found> {
    let position: u64 = row.get(0)?;
    let again: Option<u64> = row.get(5)?;
    let broken =
        |what: &str| Ok(Found::Broken { position, what: format!("the fact at position {position} has {what}") });
    let content = match (again, content(row, 6)?) {
        (_, Some(content)) => content,
        (None, None) => return Ok(Found::Erased(position)),
        (Some(at), None) => {
            let mut told =
                db.prepare_cached("SELECT party, key, identifiers, occurred_at, body FROM facts WHERE position = ?1")?;
            match told.query_row([at], |row| content(row, 0)).optional()?.flatten() {
                Some(content) => content,
                None => return broken("a content elsewhere, and none is there"),
            }
        }
    };
    let (Some(source), Some(batch)) = (names.source(row.get(2)?)?, names.batch(row.get(3)?)?) else {
        return broken("a source or a batch without a name");
    };
    Ok(Found::Row(RawRow {
        position,
        id: id(row.get(1)?),
        source,
        batch,
        received_at: row.get(4)?,
        seal: row.get(11)?,
        content: Arc::new(content),
    }))
}

fn content(row: &rusqlite::Row<'_>, from: usize) -> rusqlite::Result<Option<RawContent>> {
    let Some(body) = row.get(from + 4)? else { return Ok(None) };
    Ok(Some(RawContent {
        party: row.get(from)?,
        key: row.get(from + 1)?,
        identifiers: row.get(from + 2)?,
        occurred_at: row.get(from + 3)?,
        body,
    }))
}

impl Reader {
    pub(super) fn fail(&self, error: rusqlite::Error) -> StoreError {
        failure(&self.path, error)
    }

    fn damaged(&self, what: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), what }
    }

    /// The rows of a table that meet a condition on its key.
    fn select(
        &self,
        table: &ViewTable,
        condition: &str,
        cells: &[Cell],
        limit: usize,
    ) -> rusqlite::Result<Vec<Vec<Cell>>> {
        if self.declared(table)?.is_none() {
            return Ok(Vec::new());
        }
        let columns: Vec<&str> = table.columns().map(|column| column.name).collect();
        let order: Vec<&str> = table.key.iter().map(|column| column.name).collect();
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {} FROM {} WHERE {} ORDER BY {}",
            columns.join(", "),
            table_name(table),
            if condition.is_empty() { "true" } else { condition },
            order.join(", ")
        ))?;
        let mut rows = statement.query(rusqlite::params_from_iter(cells.iter().map(value)))?;
        let mut read = Vec::new();
        while read.len() < limit
            && let Some(row) = rows.next()?
        {
            read.push((0..columns.len()).map(|at| Ok(cell(row.get_ref(at)?))).collect::<rusqlite::Result<_>>()?);
        }
        Ok(read)
    }

    /// Whether there is a table of this very declaration.
    fn declared(&self, table: &ViewTable) -> rusqlite::Result<Option<u64>> {
        self.db
            .prepare_cached("SELECT stands_at FROM views WHERE name = ?1 AND declaration = ?2")?
            .query_row([table.name, &declaration(table)], |row| row.get(0))
            .optional()
    }
}

impl Read for Reader {
    fn position(&self) -> Result<Position, StoreError> {
        let end = |row: &rusqlite::Row<'_>| row.get::<_, u64>(0);
        let last = self.db.prepare_cached("SELECT deliveries FROM log").and_then(|mut all| all.query_row([], end));
        last.map(Position::new).map_err(|error| self.fail(error))
    }

    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError> {
        let found = rows_after(&self.db, after.number(), limit as u64).map_err(|error| self.fail(error))?;
        let decoded: Vec<Option<Logged>> = found
            .into_par_iter()
            .map(|found| match found {
                Found::Row(row) => {
                    let fact = row.decode().map_err(Broken)?;
                    Ok(Some(Logged { position: Position::new(row.position), fact }))
                }
                Found::Erased(_) => Ok(None),
                Found::Broken { what, .. } => Err(Broken(what)),
            })
            .collect::<Result<_, Broken>>()
            .map_err(|Broken(what)| self.damaged(what))?;
        Ok(decoded.into_iter().flatten().collect())
    }

    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        let mut names = Names::new(&self.db);
        let mut facts = Vec::with_capacity(positions.len());
        for position in positions {
            match row_at(&self.db, position.number(), &mut names).map_err(|error| self.fail(error))? {
                Some(Found::Row(row)) => {
                    let fact = row.decode().map_err(|what| self.damaged(what))?;
                    facts.push(Logged { position: *position, fact });
                }
                Some(Found::Broken { what, .. }) => return Err(self.damaged(what)),
                Some(Found::Erased(_)) | None => {}
            }
        }
        Ok(facts)
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        fits_prefix(table, prefix)?;
        let keys = table.key.iter().take(prefix.len()).enumerate();
        let wheres: Vec<String> = keys.map(|(at, column)| format!("{} = ?{}", column.name, at + 1)).collect();
        self.select(table, &wheres.join(" AND "), prefix, usize::MAX).map_err(|error| self.fail(error))
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        fits_key(table, key)?;
        let names: Vec<&str> = table.key.iter().map(|column| column.name).collect();
        let marks: Vec<String> = (1..=key.len()).map(|at| format!("?{at}")).collect();
        let condition = format!("({}) > ({})", names.join(", "), marks.join(", "));
        self.select(table, &condition, key, limit).map_err(|error| self.fail(error))
    }

    fn search(
        &self,
        table: &ViewTable,
        query: &TextQuery,
        within: &[Cell],
        limit: usize,
    ) -> Result<Vec<TextMatch>, StoreError> {
        fits_prefix(table, within)?;
        prose_column(table)?;
        let found = match self.declared(table) {
            Ok(Some(_)) => texts::search(&self.db, table, query, within, limit),
            Ok(None) => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        found.map_err(|error| self.fail(error))
    }

    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError> {
        let found = self.declared(table).map_err(|error| self.fail(error))?;
        Ok(found.map_or(Position::START, Position::new))
    }

    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        let read = |row: &rusqlite::Row<'_>| {
            let position = Position::new(row.get(1)?);
            Ok((Checkpoint { version: row.get(0)?, position, bytes: row.get(2)? }, row.get(3)?))
        };
        let found: Option<(Checkpoint, Seal)> = self
            .db
            .prepare_cached("SELECT version, position, bytes, seal FROM checkpoints WHERE name = ?1")
            .and_then(|mut one| one.query_row([name], read).optional())
            .map_err(|error| self.fail(error))?;
        match found {
            Some((checkpoint, seal)) if checkpoint_seal(name, &checkpoint) != seal => {
                Err(self.damaged(format!("checkpoint `{name}` is not the one that was written")))
            }
            found => Ok(found.map(|(checkpoint, _)| checkpoint)),
        }
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let making = Making::new(to)?;
        let mut copy = Connection::open(making.path()).map_err(|error| failure(to, error))?;
        // All pages in one step, so that no writer can come between.
        Backup::new(&self.db, &mut copy).and_then(|backup| backup.step(-1)).map_err(|error| failure(to, error))?;
        copy.close().map_err(|(_, error)| failure(to, error))?;
        making.finish()
    }
}

/// What is wrong with a row.
struct Broken(String);

pub(super) fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::Integer(*number),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Bytes(bytes) => Value::Blob(bytes.clone()),
    }
}

pub(super) fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        // No table of ours has a column of floats.
        ValueRef::Real(number) => Cell::Text(number.to_string()),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}
