//! Writing: the rows of a commit, and the ledger that says which are new.

use std::collections::{BTreeSet, HashMap};

use onefold_fact::{Fact, FactId, Inserted};
use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension};

use super::ledger::{Entry, Ledger};
use super::read::{Found, Reader, rows_after};
use super::row::{Encoded, Seal, checkpoint_seal, content_key, id, micros, tombstone};
use super::{SqliteStore, Tally};
use crate::error::StoreError;
use crate::memory::fits;
use crate::store::{Certificate, Committed, Derive, Derived, Position};

/// From so many facts on they are encoded side by side.
const MANY: usize = 64;

/// Why a row could not be written.
enum Failure {
    Database(rusqlite::Error),
    Other(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Failure::Database(error)
    }
}

impl SqliteStore {
    /// Writes a commit and removes the contents of erased facts, in one transaction.
    pub(super) fn write(
        &mut self,
        facts: &[Fact],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> Result<(Committed, Certificate), StoreError> {
        if self.refused {
            return Err(StoreError::Refused { path: self.main.path.clone() });
        }
        let encode = |fact: &Fact| {
            let unwritable =
                |error: serde_json::Error| StoreError::Unwritable { fact: fact.id(), reason: error.to_string() };
            Encoded::of(fact).map_err(unwritable)
        };
        let encoded: Vec<Encoded> = if facts.len() < MANY {
            facts.iter().map(encode).collect::<Result<_, _>>()?
        } else {
            facts.par_iter().map(encode).collect::<Result<_, _>>()?
        };
        match self.transact(facts, &encoded, erased, derive) {
            Ok((tally, committed, certificate)) => {
                self.ledger.keep();
                certificate.facts.iter().for_each(|id| self.ledger.erase(*id));
                self.tally = tally;
                Ok((committed, certificate))
            }
            Err(failure) => {
                self.ledger.forget();
                self.written.forget();
                Err(match failure {
                    Failure::Database(error) => self.failed(error),
                    Failure::Other(error) => {
                        self.refused |= self.main.db.execute_batch("ROLLBACK").is_err();
                        error
                    }
                })
            }
        }
    }

    fn transact(
        &mut self,
        facts: &[Fact],
        encoded: &[Encoded],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> Result<(Tally, Committed, Certificate), Failure> {
        let Self { main, ledger, tally, written, .. } = self;
        let db = &main.db;
        let mut tally = *tally;
        let written_before = tally.deliveries;
        db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut inserted = Vec::with_capacity(encoded.len());
        let mut names = Numbers::new(db);
        // By position, counted from the end of the log before: the fact in this commit.
        let mut rows: Vec<(&Fact, &Encoded)> = Vec::with_capacity(encoded.len());
        let mut insert = db.prepare_cached(INSERT)?;
        for (fact, told) in facts.iter().zip(encoded) {
            let position = tally.deliveries + 1;
            let first = |at: u64| match at.checked_sub(written_before + 1) {
                Some(place) => match usize::try_from(place).ok().and_then(|place| rows.get(place)) {
                    Some((fact, told)) => Ok((told.seal, content_key(fact))),
                    None => Err(Failure::Database(rusqlite::Error::QueryReturnedNoRows)),
                },
                None => delivery(main, at),
            };
            let entry = ledger.enter(fact, told.seal, position, first)?;
            let outcome = match entry {
                Entry::Known(outcome) => {
                    inserted.push(outcome);
                    continue;
                }
                Entry::Full(outcome) => outcome,
                Entry::Again(_) => Inserted::Delivered,
            };
            let again = match entry {
                Entry::Again(at) => Some(at),
                Entry::Full(Inserted::Conflicting) => Some(position),
                _ => None,
            };
            let whole = !matches!(entry, Entry::Again(_));
            let key = fact.key().filter(|_| whole);
            insert.execute((
                position,
                fact.id().as_uuid().as_bytes(),
                names.source(fact.source().as_str())?,
                names.batch(fact.batch().as_str())?,
                micros(fact.received_at()),
                again,
                key.map(|key| key.party() as i64),
                key.map(onefold_fact::RecordKey::name),
                told.identifiers.as_deref().filter(|_| whole),
                fact.occurred_at().filter(|_| whole).map(micros),
                whole.then_some(told.body.as_str()),
                told.seal,
            ))?;
            tally.deliveries = position;
            tally.add(told.seal);
            rows.push((fact, told));
            inserted.push(outcome);
        }
        keep_tally(db, tally)?;
        let committed = Committed { position: Position::new(tally.deliveries), inserted };
        let Derived { views, checkpoints } = derive(&*main, &committed).map_err(Failure::Other)?;
        views.iter().try_for_each(fits).map_err(Failure::Other)?;
        let certificate = erase(db, ledger, &mut tally, erased)?;
        for write in &views {
            written.write(db, write, tally.deliveries, !erased.is_empty())?;
        }
        for (name, checkpoint) in &checkpoints {
            db.prepare_cached("INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3, ?4, ?5)")?.execute((
                name,
                checkpoint.version,
                checkpoint.position.number(),
                &checkpoint.bytes,
                checkpoint_seal(name, checkpoint),
            ))?;
        }
        if !erased.is_empty() {
            keep_tally(db, tally)?;
        }
        db.prepare_cached("COMMIT")?.execute([])?;
        Ok((tally, committed, certificate))
    }
}

fn keep_tally(db: &Connection, tally: Tally) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE log SET deliveries = ?1, erased = ?2, sum = ?3")?.execute((
        tally.deliveries,
        tally.erased,
        tally.sum.to_le_bytes(),
    ))?;
    Ok(())
}

const INSERT: &str = "INSERT INTO facts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

/// The seal and the content of the delivery at a position.
fn delivery(main: &Reader, at: u64) -> Result<(Seal, Seal), Failure> {
    let damaged = |what| Failure::Other(StoreError::Damaged { path: main.path.clone(), what });
    match rows_after(&main.db, at.saturating_sub(1), 1)?.pop() {
        Some(Found::Row(row)) => {
            let fact = row.decode().map_err(damaged)?;
            Ok((row.seal, content_key(&fact)))
        }
        Some(Found::Broken { what, .. }) => Err(damaged(what)),
        Some(Found::Erased(_)) | None => Err(damaged(format!("the fact at position {at} is not there"))),
    }
}

/// Removes the contents of facts from the log.
fn erase(
    db: &Connection,
    ledger: &Ledger,
    tally: &mut Tally,
    erased: &BTreeSet<FactId>,
) -> rusqlite::Result<Certificate> {
    let mut certificate = Certificate { facts: BTreeSet::new(), deliveries: 0, pending: false };
    for fact in erased {
        for position in ledger.positions(*fact) {
            let seal = db
                .prepare_cached("SELECT seal FROM facts WHERE position = ?1")?
                .query_row([position], |row| row.get::<_, Seal>(0))?;
            let without = tombstone(position, *fact);
            db.prepare_cached(
                "UPDATE facts SET again = NULL, party = NULL, key = NULL, identifiers = NULL, occurred_at = NULL,
                 body = NULL, seal = ?2 WHERE position = ?1",
            )?
            .execute((position, without))?;
            tally.remove(seal);
            tally.add(without);
            tally.erased += 1;
            certificate.deliveries += 1;
            certificate.facts.insert(*fact);
        }
    }
    Ok(certificate)
}

/// The numbers of names, looked up or given, once each in a commit.
struct Numbers<'a> {
    db: &'a Connection,
    sources: HashMap<&'a str, i64>,
    batches: HashMap<&'a str, i64>,
}

impl<'a> Numbers<'a> {
    fn new(db: &'a Connection) -> Self {
        Self { db, sources: HashMap::new(), batches: HashMap::new() }
    }

    fn source(&mut self, name: &'a str) -> rusqlite::Result<i64> {
        const QUERIES: [&str; 2] =
            ["SELECT number FROM sources WHERE name = ?1", "INSERT INTO sources (name) VALUES (?1)"];
        number(self.db, &mut self.sources, QUERIES, name)
    }

    fn batch(&mut self, name: &'a str) -> rusqlite::Result<i64> {
        const QUERIES: [&str; 2] =
            ["SELECT number FROM batches WHERE name = ?1", "INSERT INTO batches (name) VALUES (?1)"];
        number(self.db, &mut self.batches, QUERIES, name)
    }
}

fn number<'a>(
    db: &Connection,
    known: &mut HashMap<&'a str, i64>,
    [select, insert]: [&str; 2],
    name: &'a str,
) -> rusqlite::Result<i64> {
    if let Some(number) = known.get(name) {
        return Ok(*number);
    }
    let found = db.prepare_cached(select)?.query_row([name], |row| row.get(0)).optional()?;
    let number = match found {
        Some(number) => number,
        None => db.prepare_cached(insert)?.insert([name])?,
    };
    known.insert(name, number);
    Ok(number)
}

/// Reads which deliveries the log holds.
pub(super) fn read_ledger(main: &Reader, deliveries: u64) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::with_capacity(usize::try_from(deliveries).unwrap_or(0).min(1 << 28));
    let mut contents = Vec::new();
    let mut read = || -> rusqlite::Result<()> {
        let mut statement =
            main.db.prepare("SELECT position, id, again, seal, body IS NULL FROM facts ORDER BY position")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (position, id): (u64, FactId) = (row.get(0)?, id(row.get(1)?));
            match row.get::<_, Option<u64>>(2)? {
                Some(at) => {
                    ledger.restore_later(id, position, row.get(3)?, at);
                    if at == position {
                        contents.push(at);
                    }
                }
                None if row.get(4)? => ledger.erase(id),
                None => ledger.restore_first(id, position),
            }
        }
        Ok(())
    };
    read().map_err(|error| main.fail(error))?;
    for at in contents {
        let (_, content) = delivery(main, at).map_err(|failure| match failure {
            Failure::Database(error) => main.fail(error),
            Failure::Other(error) => error,
        })?;
        ledger.restore_content(content, at);
    }
    Ok(ledger)
}
