//! [`MemoryStore`]: a store that forgets everything when it is dropped.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::FixedState;
use onefold_fact::{Cell, CellKind, Fact, FactId, FactSet, Inserted, ViewTable};
use rpds::{RedBlackTreeMapSync, VectorSync};

use crate::error::StoreError;
use crate::sqlite::SqliteStore;
use crate::store::{
    Certificate, CheckReport, Checkpoint, Commit, Committed, Derive, Logged, Position, Read, Readers, RowChange, Store,
    ViewWrite,
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
#[derive(Debug, Default)]
pub struct MemoryStore {
    /// Which deliveries are known.
    known: FactSet,
    /// By id of a fact: where its deliveries stand.
    positions: HashMap<FactId, Vec<Position>, FixedState>,
    erased: BTreeSet<FactId>,
    state: State,
    /// What readers begin with.
    shown: Arc<Shown>,
}

/// What readers see. A reader keeps its own; what it has in common with the writer's is shared.
#[derive(Debug, Clone, Default)]
struct State {
    /// By position; `None` is erased.
    log: VectorSync<Option<Arc<Logged>>>,
    views: BTreeMap<&'static str, View>,
    checkpoints: Arc<BTreeMap<String, Checkpoint>>,
}

#[derive(Debug, Clone)]
struct View {
    table: ViewTable,
    stands_at: Position,
    /// By key: the whole row.
    rows: RedBlackTreeMapSync<Vec<Cell>, Arc<[Cell]>>,
}

#[derive(Debug, Default)]
struct Shown(RwLock<State>);

impl Readers for Shown {
    fn reader(&self) -> Result<Box<dyn Read + Send>, StoreError> {
        Ok(Box::new(self.0.read().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}

impl State {
    fn end(&self) -> Position {
        Position::new(self.log.len() as u64)
    }

    fn at(&self, position: Position) -> Option<&Logged> {
        let place = usize::try_from(position.number().checked_sub(1)?).ok()?;
        self.log.get(place)?.as_deref()
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
        let from = after.number();
        let to = from.saturating_add(limit as u64).min(self.end().number());
        Ok((from..to).filter_map(|number| self.at(Position::new(number + 1)).cloned()).collect())
    }

    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        Ok(positions.iter().filter_map(|position| self.at(*position).cloned()).collect())
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        fits_prefix(table, prefix)?;
        let Some(view) = self.view(table) else { return Ok(Vec::new()) };
        if prefix.len() == table.key.len() {
            return Ok(view.rows.get(prefix).map(|row| row.to_vec()).into_iter().collect());
        }
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let rows = view.rows.range::<[Cell], _>(from).take_while(|(key, _)| key.starts_with(prefix));
        Ok(rows.map(|(_, row)| row.to_vec()).collect())
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        fits_key(table, key)?;
        let Some(view) = self.view(table) else { return Ok(Vec::new()) };
        let after = (Bound::Excluded(key), Bound::Unbounded);
        Ok(view.rows.range::<[Cell], _>(after).take(limit).map(|(_, row)| row.to_vec()).collect())
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
                rows: view.rows.values().map(|row| RowChange::Put(row.to_vec())).collect(),
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

    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        self.state.facts_at(positions)
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

impl MemoryStore {
    fn write(
        &mut self,
        facts: &[Fact],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> Result<(Committed, Certificate), StoreError> {
        let mut inserted = Vec::with_capacity(facts.len());
        for fact in facts {
            let outcome = self.known.insert(fact.clone());
            if !matches!(outcome, Inserted::Identical | Inserted::Erased) {
                let position = Position::new(self.state.log.len() as u64 + 1);
                self.state.log.push_back_mut(Some(Arc::new(Logged { position, fact: fact.clone() })));
                self.positions.entry(fact.id()).or_default().push(position);
            }
            inserted.push(outcome);
        }
        let committed = Committed { position: self.state.end(), inserted };
        let derived = derive(&self.state, &committed)?;
        derived.views.iter().try_for_each(fits)?;
        let mut certificate = Certificate::default();
        for id in erased {
            for position in self.positions.remove(id).unwrap_or_default() {
                let place = usize::try_from(position.number()).unwrap_or(usize::MAX).wrapping_sub(1);
                self.state.log.set_mut(place, None);
                certificate.facts.insert(*id);
                certificate.deliveries += 1;
            }
        }
        certificate.facts.iter().for_each(|id| self.known.erase(*id));
        self.erased.extend(&certificate.facts);
        for write in &derived.views {
            apply(&mut self.state.views, write, committed.position);
        }
        for (name, checkpoint) in derived.checkpoints {
            Arc::make_mut(&mut self.state.checkpoints).insert(name, checkpoint);
        }
        Ok((committed, certificate))
    }
}

impl Store for MemoryStore {
    fn commit_with(
        &mut self,
        facts: &[Fact],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> Result<(Committed, Certificate), StoreError> {
        let before = self.state.clone();
        let done = self.write(facts, erased, derive);
        if done.is_err() {
            // Nothing was written: what came is taken out again.
            for logged in self.state.log.iter().skip(before.log.len()).flatten() {
                if let Some(positions) = self.positions.get_mut(&logged.fact.id()) {
                    positions.pop();
                }
            }
            let kept = before.log.iter().flatten().map(|logged| logged.fact.clone());
            self.known = kept.collect();
            self.erased.iter().for_each(|id| self.known.erase(*id));
            self.state = before;
        }
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = self.state.clone();
        done
    }

    fn positions(&self, fact: FactId) -> Vec<Position> {
        self.positions.get(&fact).cloned().unwrap_or_default()
    }

    fn readers(&self) -> Arc<dyn Readers> {
        Arc::clone(&self.shown) as Arc<dyn Readers>
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
    let fresh = || View { table: *table, stands_at: Position::START, rows: RedBlackTreeMapSync::new_sync() };
    let view = views.entry(table.name).or_insert_with(fresh);
    if view.table != *table {
        *view = fresh();
    }
    for change in &write.rows {
        match change {
            RowChange::Clear => view.rows = RedBlackTreeMapSync::new_sync(),
            RowChange::Put(row) => {
                let key: Vec<Cell> = row.iter().take(table.key.len()).cloned().collect();
                view.rows.insert_mut(key, row.as_slice().into());
            }
            RowChange::Remove(key) => {
                view.rows.remove_mut(key.as_slice());
            }
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
    let prose = |column: &&onefold_fact::ViewColumn| column.kind == CellKind::Prose;
    if table.key.iter().any(|column| prose(&column)) || table.values.iter().filter(prose).count() > 1 {
        return wrong(
            "it has prose in its key, or twice; expected at most one column of prose, beside the key".to_owned(),
        );
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
