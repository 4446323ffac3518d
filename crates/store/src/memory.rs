//! [`MemoryStore`]: a store that forgets everything when it is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use onefold_fact::{Cell, FactId, FactSet, Inserted, ViewTable};

use crate::error::StoreError;
use crate::sqlite::SqliteStore;
use crate::store::{
    Certificate, CheckReport, Checkpoint, Commit, Committed, Logged, Position, Read, RowChange, Store, ViewWrite,
};

/// A store in memory: what tests need, and the plain reference that other stores are compared with.
///
/// ```
/// use onefold_fact::{Body, Draft};
/// use onefold_store::{MemoryStore, Read, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut store = MemoryStore::default();
/// store.append(&[Draft::new("crm", Body::Complete).received("monday", "2026-03-01T09:00:00Z".parse()?)])?;
/// assert_eq!(store.position()?.number(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    /// Which deliveries are known.
    known: FactSet,
    state: State,
}

/// What readers see. A reader keeps its own; shared parts are copied when they are written next.
#[derive(Debug, Clone, Default)]
struct State {
    /// By position; `None` is erased.
    log: Arc<Vec<Option<Logged>>>,
    views: Arc<BTreeMap<&'static str, View>>,
    checkpoints: Arc<BTreeMap<String, Checkpoint>>,
}

#[derive(Debug, Clone)]
struct View {
    table: ViewTable,
    stands_at: Position,
    /// By key: the whole row.
    rows: BTreeMap<Vec<Cell>, Vec<Cell>>,
}

impl State {
    fn end(&self) -> Position {
        Position::new(self.log.len() as u64)
    }

    fn view(&self, table: &ViewTable) -> Option<&View> {
        self.views.get(table.name).filter(|view| view.table == *table)
    }
}

impl Read for State {
    fn position(&self) -> Result<Position, StoreError> {
        Ok(self.end())
    }

    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError> {
        let from = usize::try_from(after.number()).unwrap_or(usize::MAX);
        Ok(self.log.iter().skip(from).take(limit).flatten().cloned().collect())
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        fits_prefix(table, prefix)?;
        let rows = self.view(table).into_iter().flat_map(|view| view.rows.range(prefix.to_vec()..));
        Ok(rows.take_while(|(key, _)| key.starts_with(prefix)).map(|(_, row)| row.clone()).collect())
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        fits_key(table, key)?;
        let after = (Bound::Excluded(key.to_vec()), Bound::Unbounded);
        let rows = self.view(table).into_iter().flat_map(|view| view.rows.range(after.clone()));
        Ok(rows.take(limit).map(|(_, row)| row.clone()).collect())
    }

    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError> {
        Ok(self.view(table).map_or(Position::START, |view| view.stands_at))
    }

    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.checkpoints.get(name).cloned())
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let mut copy = SqliteStore::create(to)?;
        let facts: Vec<_> = self.log.iter().flatten().map(|logged| logged.fact.clone()).collect();
        let views: Vec<ViewWrite<'_>> = self
            .views
            .values()
            .map(|view| ViewWrite {
                table: &view.table,
                // Positions of erased facts are not copied.
                stands_at: (view.stands_at < self.end()).then_some(Position::START),
                rows: view.rows.values().cloned().map(RowChange::Put).collect(),
            })
            .collect();
        copy.commit(&Commit { facts: &facts, views: &views, checkpoints: &[] })?;
        Ok(())
    }
}

impl Read for MemoryStore {
    fn position(&self) -> Result<Position, StoreError> {
        self.state.position()
    }

    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError> {
        self.state.facts(after, limit)
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.state.rows(table, prefix)
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.state.rows_after(table, key, limit)
    }

    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError> {
        self.state.stands_at(table)
    }

    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        self.state.checkpoint(name)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.state.backup(to)
    }
}

impl Store for MemoryStore {
    fn commit(&mut self, commit: &Commit<'_>) -> Result<Committed, StoreError> {
        commit.views.iter().try_for_each(fits)?;
        let mut inserted = Vec::with_capacity(commit.facts.len());
        let log = Arc::make_mut(&mut self.state.log);
        for fact in commit.facts {
            let outcome = self.known.insert(fact.clone());
            if !matches!(outcome, Inserted::Identical | Inserted::Erased) {
                let position = Position::new(log.len() as u64 + 1);
                log.push(Some(Logged { position, fact: fact.clone() }));
            }
            inserted.push(outcome);
        }
        let position = self.state.end();
        if !commit.views.is_empty() {
            let views = Arc::make_mut(&mut self.state.views);
            for write in commit.views {
                apply(views, write, position);
            }
        }
        for (name, checkpoint) in commit.checkpoints {
            Arc::make_mut(&mut self.state.checkpoints).insert((*name).to_owned(), checkpoint.clone());
        }
        Ok(Committed { position, inserted })
    }

    fn reader(&self) -> Result<Box<dyn Read + Send>, StoreError> {
        Ok(Box::new(self.state.clone()))
    }

    fn erase(&mut self, facts: &BTreeSet<FactId>, commit: &Commit<'_>) -> Result<Certificate, StoreError> {
        self.commit(commit)?;
        let mut certificate = Certificate { facts: BTreeSet::new(), deliveries: 0, pending: false };
        for entry in Arc::make_mut(&mut self.state.log) {
            if let Some(logged) = entry
                && facts.contains(&logged.fact.id())
            {
                certificate.facts.insert(logged.fact.id());
                certificate.deliveries += 1;
                *entry = None;
            }
        }
        certificate.facts.iter().for_each(|id| self.known.erase(*id));
        Ok(certificate)
    }

    fn finish_erasure(&mut self) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn compact(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        let erased = self.state.log.iter().filter(|entry| entry.is_none()).count() as u64;
        Ok(CheckReport { deliveries: self.state.log.len() as u64, erased, problems: Vec::new() })
    }
}

fn apply(views: &mut BTreeMap<&'static str, View>, write: &ViewWrite<'_>, end: Position) {
    let table = write.table;
    let fresh = || View { table: *table, stands_at: Position::START, rows: BTreeMap::new() };
    let view = views.entry(table.name).or_insert_with(fresh);
    if view.table != *table {
        *view = fresh();
    }
    for change in &write.rows {
        match change {
            RowChange::Clear => view.rows.clear(),
            RowChange::Put(row) => {
                let key = row.iter().take(table.key.len()).cloned().collect();
                view.rows.insert(key, row.clone());
            }
            RowChange::Remove(key) => drop(view.rows.remove(key)),
        }
    }
    view.stands_at = write.stands_at.unwrap_or(end);
}

/// Whether a write fits its table's declaration.
pub(crate) fn fits(write: &ViewWrite<'_>) -> Result<(), StoreError> {
    let table = write.table;
    let wrong = |what: String| Err(StoreError::View { table: table.name.to_owned(), what });
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let names: Vec<&str> = table.columns().map(|column| column.name).collect();
    if let Some(name) = std::iter::once(&table.name).chain(&names).find(|name| !is_name(name)) {
        return wrong(format!("`{name}` is no name; expected lower-case letters, digits and underscores"));
    }
    if table.key.is_empty() {
        return wrong("it has no key; expected at least one column".to_owned());
    }
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        return wrong("two columns have one name".to_owned());
    }
    for change in &write.rows {
        match change {
            RowChange::Clear => {}
            RowChange::Put(row) => {
                if row.len() != names.len() {
                    return wrong(format!("a row has {} cells; expected {}", row.len(), names.len()));
                }
                fits_prefix(table, row.get(..table.key.len()).unwrap_or_default())?;
                if let Some((column, _)) = table.columns().zip(row).find(|(column, cell)| !cell.fits(column.kind)) {
                    return wrong(format!("a cell of `{}` is of another kind", column.name));
                }
            }
            RowChange::Remove(key) => fits_key(table, key)?,
        }
    }
    Ok(())
}

/// Whether cells are a whole key of a table.
pub(crate) fn fits_key(table: &ViewTable, key: &[Cell]) -> Result<(), StoreError> {
    if key.len() != table.key.len() {
        let what = format!("a key has {} cells; expected {}", key.len(), table.key.len());
        return Err(StoreError::View { table: table.name.to_owned(), what });
    }
    fits_prefix(table, key)
}

/// Whether cells fit the first columns of a table's key.
pub(crate) fn fits_prefix(table: &ViewTable, prefix: &[Cell]) -> Result<(), StoreError> {
    let wrong = |what: String| Err(StoreError::View { table: table.name.to_owned(), what });
    if prefix.len() > table.key.len() {
        return wrong(format!("{} cells of a key of {}", prefix.len(), table.key.len()));
    }
    match table.key.iter().zip(prefix).find(|(column, cell)| **cell == Cell::Null || !cell.fits(column.kind)) {
        Some((column, _)) => wrong(format!("a cell of the key `{}` is of another kind or empty", column.name)),
        None => Ok(()),
    }
}
