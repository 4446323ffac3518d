//! [`SqliteStore`]: a store in one SQLite file.

mod append;
mod check;
mod format;
mod ledger;
mod making;
mod pool;
mod read;
mod row;
mod texts;
mod views;

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onefold_fact::{Cell, Fact, FactId, ViewTable};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::ledger::Ledger;
use self::making::Making;
use self::pool::Pool;
use self::read::Reader;
use self::row::Seal;
use crate::error::StoreError;
use crate::store::{Certificate, CheckReport, Checkpoint, Committed, Derive, Logged, Position, Read, Readers, Store};
use crate::text::{TextMatch, TextQuery};

/// A store in one SQLite file, and beside it SQLite's own files (`-wal`, `-shm`) and a lock (`-lock`) while it is open.
/// Any tool for SQLite may read the file, also meanwhile; only one store at a time may write it.
///
/// ```
/// use onefold_store::{SqliteStore, Store, StoreError};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("onefold-sqlite-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("customers.onefold");
/// # let _ = std::fs::remove_file(&path);
/// let store = SqliteStore::create(&path)?;
/// assert!(store.check()?.is_sound());
/// // One writer at a time.
/// assert!(matches!(SqliteStore::open(&path), Err(StoreError::Locked { .. })));
/// # drop(store);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    main: Reader,
    readers: Arc<Pool>,
    ledger: Ledger,
    tally: Tally,
    written: views::Written,
    /// A write failed in a way that leaves open what is on disk.
    refused: bool,
    /// Held, and given back last.
    _lock: Lock,
}

/// What the log holds, as the table `log` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tally {
    deliveries: u64,
    erased: u64,
    sum: u128,
}

impl Tally {
    fn read(db: &Connection) -> rusqlite::Result<Self> {
        db.query_row("SELECT deliveries, erased, sum FROM log", [], |row| {
            Ok(Self { deliveries: row.get(0)?, erased: row.get(1)?, sum: u128::from_le_bytes(row.get(2)?) })
        })
    }

    fn add(&mut self, seal: Seal) {
        self.sum = self.sum.wrapping_add(u128::from_le_bytes(seal));
    }

    fn remove(&mut self, seal: Seal) {
        self.sum = self.sum.wrapping_sub(u128::from_le_bytes(seal));
    }
}

impl SqliteStore {
    /// Makes a new file.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let making = Making::new(path)?;
        let mut db = connect(making.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        format::create(&mut db, path)?;
        db.close().map_err(|(_, error)| failure(path, error))?;
        making.finish()?;
        Self::open(path)
    }

    /// Opens a file. What an earlier version wrote is brought to the latest format.
    ///
    /// # Errors
    /// When the file is not there, cannot be written, is open elsewhere, is not of onefold, is of a later format, or is
    /// damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        format::inspect(path)?;
        let permissions = std::fs::metadata(path).map(|metadata| metadata.permissions());
        if permissions.is_ok_and(|permissions| permissions.readonly()) {
            return Err(StoreError::ReadOnly { path: path.to_owned() });
        }
        let lock = lock(path)?;
        let mut db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        format::upgrade(&mut db, path)?;
        let main = Reader { db, path: path.to_owned() };
        truncate_log(&main.db).map_err(|error| main.fail(error))?;
        format::inspect(path)?;
        let tally = Tally::read(&main.db).map_err(|error| main.fail(error))?;
        let ledger = append::read_ledger(&main, tally.deliveries)?;
        let readers = Pool::new(path);
        Ok(Self { main, readers, ledger, tally, written: views::Written::default(), refused: false, _lock: lock })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.main.path
    }

    /// Lets the file grow to so many pages of 4 KiB and no further: beyond that a commit fails as on a full disk
    /// ([`StoreError::Full`]). It holds until the store is closed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn limit_pages(&mut self, pages: u32) -> Result<(), StoreError> {
        self.main.db.pragma_update(None, "max_page_count", pages).map_err(|error| self.main.fail(error))
    }

    /// A reader of a file as it is now, also while another process writes it.
    ///
    /// # Errors
    /// When the file is not there, not of onefold, of a later format, or cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Box<dyn Read + Send>, StoreError> {
        let path = path.as_ref();
        format::inspect(path)?;
        Pool::new(path).reader()
    }

    /// An error of a write. After one of the disk no more is accepted.
    fn failed(&mut self, error: rusqlite::Error) -> StoreError {
        let rolled_back = self.main.db.is_autocommit() || self.main.db.execute_batch("ROLLBACK").is_ok();
        let of_disk = matches!(
            error.sqlite_error_code(),
            Some(
                ErrorCode::SystemIoFailure
                    | ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
                    | ErrorCode::FileLockingProtocolFailed
            )
        );
        self.refused |= of_disk || !rolled_back;
        self.main.fail(error)
    }
}

impl Read for SqliteStore {
    fn position(&self) -> Result<Position, StoreError> {
        self.main.position()
    }

    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError> {
        self.main.facts(after, limit)
    }

    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.main.rows(table, prefix)
    }

    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.main.rows_after(table, key, limit)
    }

    fn search(
        &self,
        table: &ViewTable,
        query: &TextQuery,
        within: &[Cell],
        limit: usize,
    ) -> Result<Vec<TextMatch>, StoreError> {
        self.main.search(table, query, within, limit)
    }

    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError> {
        self.main.stands_at(table)
    }

    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError> {
        self.main.facts_at(positions)
    }

    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError> {
        self.main.checkpoint(name)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.main.backup(to)
    }
}

/// What is closed is in the file alone, if nobody reads it still: it may be copied as any file. Where it cannot be done, the
/// write-ahead log beside the file has what is missing.
impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.readers.close_idle();
        if !self.refused {
            let _ = truncate_log(&self.main.db);
        }
    }
}

impl Store for SqliteStore {
    fn commit_with(
        &mut self,
        facts: &[Fact],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> Result<(Committed, Certificate), StoreError> {
        if !erased.is_empty() {
            // Then this commit begins the write-ahead log anew, and cuts it: what is left to cut while readers wait is
            // little.
            self.main
                .db
                .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                .map_err(|error| self.failed(error))?;
        }
        let (committed, mut certificate) = self.write(facts, erased, derive)?;
        if !erased.is_empty() {
            certificate.pending = !self.finish_erasure()?;
        }
        Ok((committed, certificate))
    }

    fn positions(&self, fact: FactId) -> Vec<Position> {
        self.ledger.positions(fact).into_iter().map(Position::new).collect()
    }

    fn readers(&self) -> Arc<dyn Readers> {
        Arc::clone(&self.readers) as Arc<dyn Readers>
    }

    fn finish_erasure(&mut self) -> Result<bool, StoreError> {
        truncate_log(&self.main.db).map_err(|error| self.failed(error))
    }

    fn compact(&mut self) -> Result<(), StoreError> {
        if self.refused {
            return Err(StoreError::Refused { path: self.main.path.clone() });
        }
        self.main.db.execute_batch("VACUUM").map_err(|error| self.failed(error))?;
        self.finish_erasure().map(drop)
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        check::check(&read_only(self.path())?)
    }
}

fn read_only(path: &Path) -> Result<Reader, StoreError> {
    Ok(Reader { db: connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?, path: path.to_owned() })
}

/// Opens a connection with the settings that every one of ours has.
fn connect(path: &Path, mode: OpenFlags) -> Result<Connection, StoreError> {
    let fail = |error| failure(path, error);
    let db = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fail)?;
    db.busy_timeout(std::time::Duration::from_secs(5)).map_err(fail)?;
    db.set_prepared_statement_cache_capacity(64);
    if mode.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        db.pragma_update(None, "journal_mode", "wal").map_err(fail)?;
        // Each commit is synced, and what is deleted is written over.
        db.pragma_update(None, "synchronous", "full").map_err(fail)?;
        db.pragma_update(None, "secure_delete", "on").map_err(fail)?;
        db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(fail)?;
        db.pragma_update(None, "journal_size_limit", LOG_BYTES).map_err(fail)?;
    }
    db.pragma_update(None, "trusted_schema", "off").map_err(fail)?;
    db.pragma_update(None, "cell_size_check", "on").map_err(fail)?;
    db.pragma_update(None, "temp_store", "memory").map_err(fail)?;
    let cache = if mode.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) { WRITER_CACHE_KIB } else { CACHE_KIB };
    db.pragma_update(None, "cache_size", -cache).map_err(fail)?;
    Ok(db)
}

/// The write-ahead log is copied into the file from so many pages on: 64 MiB. Each copying costs two syncs more, and a page
/// that was written several times since is copied once. Keys are ids, which are hashes, so a commit writes all over.
const CHECKPOINT_PAGES: i64 = 16_384;

/// What a large commit made of the write-ahead log is cut to when it begins anew: 16 MiB.
const LOG_BYTES: i64 = 16 << 20;

/// Pages that a reader may keep in memory.
const CACHE_KIB: i64 = 16 << 10;

/// Pages that the writer may keep in memory: those above the leaves of the tables of millions of records, and more.
const WRITER_CACHE_KIB: i64 = 64 << 10;

/// Copies the write-ahead log into the file and empties it. Gives whether it is empty: not while a reader needs it.
fn truncate_log(db: &Connection) -> rusqlite::Result<bool> {
    db.busy_timeout(std::time::Duration::ZERO)?;
    let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    match busy {
        Ok(busy) => Ok(!busy),
        Err(error)
            if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// The lock that says who writes. The system gives it back when the process ends, however it ends.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would do, were it not for a process that is just being started and has the file open until it runs.
        // A lock that cannot be given back goes with the process.
        let _ = self.0.unlock();
    }
}

/// Takes the lock that says who writes.
fn lock(path: &Path) -> Result<Lock, StoreError> {
    let name: PathBuf = format::beside(path, "-lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(|source| match source.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path: path.to_owned() }
        }
        _ => StoreError::Io { action: "lock", path: name.clone(), source },
    })?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(StoreError::Io { action: "lock", path: name, source }),
    }
}

/// What an error of SQLite means to whoever uses a store.
fn failure(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match &error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::QueryReturnedNoRows
        | rusqlite::Error::Utf8Error(..) => {
            return StoreError::Damaged { path, what: format!("a table holds what was not written there ({error})") };
        }
        _ => {}
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { path },
        Some(ErrorCode::NotADatabase) => StoreError::Foreign { path },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, what: error.to_string() },
        _ => StoreError::Database { path, reason: error.to_string() },
    }
}
