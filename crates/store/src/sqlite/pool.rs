//! [`Pool`]: connections for readers, kept open between readings.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use onefold_fact::{Cell, ViewTable};

use super::read::Reader;
use super::read_only;
use crate::error::StoreError;
use crate::store::{Checkpoint, Logged, Position, Read, Readers};
use crate::text::{TextMatch, TextQuery};

/// So many connections are kept while nobody reads.
const IDLE: usize = 16;

/// Opening a connection takes longer than a short reading, so those that are not needed any more are kept. While it is
/// kept a connection is in no transaction, and so holds no state back.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Reader>>,
    this: Weak<Self>,
}

impl Pool {
    pub(super) fn new(path: &Path) -> Arc<Self> {
        Arc::new_cyclic(|this| Self { path: path.to_owned(), idle: Mutex::default(), this: this.clone() })
    }

    /// Closes the connections that nobody uses.
    pub(super) fn close_idle(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers for Pool {
    fn reader(&self) -> Result<Box<dyn Read + Send>, StoreError> {
        let kept = self.idle().pop();
        let reader = kept.map_or_else(|| read_only(&self.path), Ok)?;
        let begun = reader.db.prepare_cached("BEGIN").and_then(|mut begin| begin.execute([]));
        begun.map_err(|error| reader.fail(error))?;
        // The state is fixed by the first read in a transaction.
        reader.position()?;
        Ok(Box::new(Pooled { reader: Some(reader), pool: self.this.clone() }))
    }
}

/// A reader of one state, which goes back when it is dropped.
struct Pooled {
    /// There until it is dropped.
    reader: Option<Reader>,
    pool: Weak<Pool>,
}

impl Pooled {
    fn get(&self) -> Result<&Reader, StoreError> {
        let gone = || StoreError::Database { path: PathBuf::new(), reason: "the reader is closed".to_owned() };
        self.reader.as_ref().ok_or_else(gone)
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let (Some(reader), Some(pool)) = (self.reader.take(), self.pool.upgrade()) else { return };
        let ended = reader.db.prepare_cached("COMMIT").and_then(|mut end| end.execute([])).is_ok();
        let mut idle = pool.idle();
        if ended && idle.len() < IDLE {
            idle.push(reader);
        }
    }
}

impl Read for Pooled {
    fn position(&self) -> Result<Position, StoreError> {
        self.get()?.position()
    }

    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError> {
        self.get()?.facts(after, limit)
    }

    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        self.get()?.facts_at(positions)
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.get()?.rows(table, prefix)
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.get()?.rows_after(table, key, limit)
    }

    fn search(
        &self,
        table: &ViewTable,
        query: &TextQuery,
        within: &[Cell],
        limit: usize,
    ) -> Result<Vec<TextMatch>, StoreError> {
        self.get()?.search(table, query, within, limit)
    }

    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError> {
        self.get()?.stands_at(table)
    }

    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        self.get()?.checkpoint(name)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.get()?.backup(to)
    }
}
