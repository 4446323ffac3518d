//! The format of the file: how it is told from others, made, and brought up to date.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::failure;
use crate::error::StoreError;

/// Stands in the header of each file of ours, at byte 68: `onef`.
const APPLICATION: i32 = 0x6f6e_6566;

/// What each format adds to the one before it. The first makes an empty file into one of ours; the number of steps is
/// the latest format. A step that has been released is never changed.
const STEPS: [&str; 1] = [include_str!("schema.sql")];

/// The format that this version writes.
pub(super) const LATEST: u32 = STEPS.len() as u32;

/// What every file of SQLite begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Looks at the header alone, so that nothing of a stranger's file is touched.
///
/// # Errors
/// When the file is not there, not of ours, of a later format, or shorter than it says.
pub(super) fn inspect(path: &Path) -> Result<(), StoreError> {
    let owned = || path.to_owned();
    let io = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => StoreError::Missing { path: owned() },
        _ => StoreError::Io { action: "open", path: owned(), source },
    };
    let mut file = File::open(path).map_err(io)?;
    let found = file.metadata().map_err(io)?.len();
    let mut header = [0; 100];
    if let Err(error) = file.read_exact(&mut header) {
        return Err(match error.kind() {
            std::io::ErrorKind::UnexpectedEof => StoreError::Foreign { path: owned() },
            _ => io(error),
        });
    }
    let number = |at: usize| header.get(at..at + 4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    if !header.starts_with(MAGIC) || number(68) != APPLICATION as u32 {
        return Err(StoreError::Foreign { path: owned() });
    }
    if number(60) > LATEST {
        return Err(StoreError::NewerFormat { path: owned(), found: number(60), known: LATEST });
    }
    // Where the log beside the file holds pages, the header may be ahead of the file.
    let beside = std::fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len());
    let page = match u32::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        size => size,
    };
    let expected = u64::from(page) * u64::from(number(28));
    if beside == 0 && found < expected {
        return Err(StoreError::Truncated { path: owned(), expected, found });
    }
    Ok(())
}

/// Makes an empty file into one of ours.
pub(super) fn create(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |error| failure(path, error);
    db.pragma_update(None, "application_id", APPLICATION).map_err(fail)?;
    upgrade(db, path)
}

/// Brings a file to the latest format, step by step, in one transaction.
pub(super) fn upgrade(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |error| failure(path, error);
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
    if found < LATEST {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        for step in STEPS.iter().skip(found as usize) {
            transaction.execute_batch(step).map_err(fail)?;
        }
        transaction.pragma_update(None, "user_version", LATEST).map_err(fail)?;
        transaction.commit().map_err(fail)?;
    }
    Ok(())
}

/// The file that stands beside another, by its suffix.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
