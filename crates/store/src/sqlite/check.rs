//! The integrity check: SQLite's own, then ours over every row of the log.

use rayon::prelude::*;

use super::Tally;
use super::read::{Found, Reader, rows_after};
use super::row::{Seal, id, tombstone};
use crate::error::StoreError;
use crate::store::CheckReport;

/// Rows that are checked at a time.
const CHUNK: u64 = 1 << 15;

/// Problems that are told of; more say no more.
const MOST_PROBLEMS: usize = 100;

pub(super) fn check(reader: &Reader) -> Result<CheckReport, StoreError> {
    let mut report = CheckReport::default();
    let checked = reader.db.execute_batch("BEGIN").and_then(|()| check_all(reader, &mut report));
    match checked {
        Ok(()) => {}
        // A page so broken that reading ends there.
        Err(error) => match reader.fail(error) {
            StoreError::Damaged { what, .. } => {
                report.problems.push(format!("{what}; what lies behind is not checked"));
            }
            error => return Err(error),
        },
    }
    report.problems.truncate(MOST_PROBLEMS);
    Ok(report)
}

fn check_all(reader: &Reader, report: &mut CheckReport) -> rusqlite::Result<()> {
    let db = &reader.db;
    let mut pragma = db.prepare("PRAGMA integrity_check")?;
    let mut lines = pragma.query([])?;
    while let Some(line) = lines.next()? {
        let line: String = line.get(0)?;
        if line != "ok" {
            report.problems.push(line);
        }
    }
    drop(lines);

    let said = Tally::read(db)?;
    let mut seen = Tally { deliveries: 0, erased: 0, sum: 0 };
    loop {
        let found = rows_after(db, seen.deliveries, CHUNK)?;
        if found.is_empty() {
            break;
        }
        let expected = seen.deliveries + 1;
        let verified: Vec<(u64, Option<Seal>, Option<String>)> = found
            .into_par_iter()
            .map(|found| match found {
                Found::Row(row) => (row.position, Some(row.seal), row.decode().err()),
                Found::Erased(position) => (position, None, None),
                Found::Broken { position, what } => (position, None, Some(what)),
            })
            .collect();
        for (expected, (position, seal, problem)) in (expected..).zip(verified) {
            if position != expected {
                report.problems.push(format!("the log has position {position} where {expected} is due"));
                return Ok(());
            }
            seen.deliveries = position;
            report.problems.extend(problem);
            match seal {
                Some(seal) => seen.add(seal),
                None => {
                    let row = |row: &rusqlite::Row<'_>| Ok((id(row.get(0)?), row.get::<_, Seal>(1)?));
                    let (id, seal) = db
                        .prepare_cached("SELECT id, seal FROM facts WHERE position = ?1")?
                        .query_row([position], row)?;
                    seen.add(seal);
                    seen.erased += 1;
                    if seal != tombstone(position, id) {
                        report.problems.push(format!(
                            "the fact at position {position} lost its content otherwise than by erasure"
                        ));
                    }
                }
            }
            if report.problems.len() >= MOST_PROBLEMS {
                return Ok(());
            }
        }
    }
    report.deliveries = seen.deliveries;
    report.erased = seen.erased;
    if seen != said {
        report.problems.push(format!(
            "the log holds {} deliveries, {} of them erased, where {} and {} were written; or their seals do not add up",
            seen.deliveries, seen.erased, said.deliveries, said.erased
        ));
    }
    check_caches(reader, said, report)
}

/// View tables and checkpoints: none may be ahead of the log, and a checkpoint is what was written.
fn check_caches(reader: &Reader, said: Tally, report: &mut CheckReport) -> rusqlite::Result<()> {
    use crate::store::Read as _;

    let mut views = reader.db.prepare("SELECT name, stands_at FROM views")?;
    let mut rows = views.query([])?;
    while let Some(row) = rows.next()? {
        let (name, stands_at): (String, u64) = (row.get(0)?, row.get(1)?);
        if stands_at > said.deliveries {
            report.problems.push(format!("view table `{name}` is ahead of the log"));
        }
    }
    let mut checkpoints = reader.db.prepare("SELECT name FROM checkpoints")?;
    let mut rows = checkpoints.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        match reader.checkpoint(&name) {
            Ok(Some(checkpoint)) if checkpoint.position.number() > said.deliveries => {
                report.problems.push(format!("checkpoint `{name}` is ahead of the log"));
            }
            Ok(_) => {}
            Err(error) => report.problems.push(error.to_string()),
        }
    }
    Ok(())
}
