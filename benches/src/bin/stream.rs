//! `cargo run --release -p onefold-benches --bin stream -- FOLDER CUSTOMERS BATCHES`: a file that holds the records of
//! made-up customers, linked, takes in a stream: batches of 1,000 facts, each synced, of which nine in ten are events of
//! known records and one in ten says who somebody is. Prints as JSON the facts a second, the part of the time that the
//! store takes (reading and writing), how long opening the file and the first record after it take, and how long a reader
//! waits at most for a profile while others write, erase, adopt and link.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use onefold::fact::{Cell, Fact, ViewTable};
use onefold::store::{
    Certificate, CheckReport, Checkpoint, Committed, Derive, Logged, Position, Read, Readers, SqliteStore, Store,
    StoreError,
};
use onefold::{
    AttributeSpec, Body, CustomerId, Draft, FactId, Kind, Onefold, OnefoldError, Options, RecordKey, Schema, Silent,
};
use onefold_benches::{People, Result, Sample, instant};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(customers), Some(batches)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("expected a folder to write in, a number of customers and a number of batches".into());
    };
    let batches: usize = batches.parse()?;
    let people = Sample::of(customers.parse()?, &folder)?.people()?;
    let path = Path::new(&folder).join("stream.onefold");
    if path.exists() {
        return Err(format!("`{}` is there already", path.display()).into());
    }
    let columns = People::columns();
    let rows: Vec<Vec<(&str, &str)>> = people
        .cells()
        .map(|row| row.filter_map(|(at, cell)| Some((columns[at].kind().attribute()?, cell))).collect())
        .collect();
    // The last tenth comes in the stream.
    let (known, coming) = rows.split_at(rows.len() - (rows.len() / 10).min(batches * 100));
    let draft = |number: usize, row: &[(&str, &str)]| {
        Draft::new("bench", Body::set(row.iter().copied())).key(RecordKey::person(number.to_string()))
    };
    let mut out = std::io::stdout().lock();

    let in_store = Arc::new(AtomicU64::new(0));
    let timed = Timed { store: Box::new(SqliteStore::create(&path)?), clock: Clock(Arc::clone(&in_store)) };
    let house = Onefold::over(Box::new(timed), Options::default())?;
    let started = Instant::now();
    for (batch, part) in known.chunks(1000).enumerate() {
        let drafts = part.iter().enumerate().map(|(at, row)| draft(1000 * batch + at, row));
        house.accept(format!("known {batch}"), instant(), drafts)?;
    }
    let rate = known.len() as f64 / started.elapsed().as_secs_f64();
    let started = Instant::now();
    house.relink(&mut Silent)?;
    let relink = started.elapsed().as_secs_f64();
    writeln!(
        out,
        r#"{{"records": {}, "accepted_per_second": {rate:.0}, "relink_seconds": {relink:.1}}}"#,
        known.len()
    )?;

    let mut coming = (known.len()..).zip(coming);
    let mut times: Vec<Duration> = Vec::with_capacity(batches);
    let mut facts = 0;
    for batch in 0..batches {
        let event = |n: usize| {
            let of = (batch * 900 + n) * 7919 % known.len();
            Draft::new("bench", Body::event("Page Viewed", [("path", format!("/p/{}", n % 97))]))
                .key(RecordKey::person(of.to_string()))
                .message_id(format!("{batch} {n}"))
        };
        let mut drafts: Vec<Draft> = (0..900).map(event).collect();
        drafts.extend(coming.by_ref().take(100).map(|(number, row)| draft(number, row)));
        facts += drafts.len();
        if batch == 1 {
            // The first one made the resolver.
            in_store.store(0, Ordering::Relaxed);
        }
        let started = Instant::now();
        house.accept(format!("stream {batch}"), instant(), drafts)?;
        times.push(started.elapsed());
    }
    let first = times.remove(0);
    let all: Duration = times.iter().sum();
    let share = in_store.load(Ordering::Relaxed) as f64 / all.as_nanos() as f64;
    times.sort_unstable();
    let per = |share: usize| times.get(times.len() * share / 100).map_or(0, Duration::as_millis);
    let rate = (facts - 1000) as f64 / all.as_secs_f64();
    writeln!(
        out,
        r#"{{"facts": {facts}, "facts_per_second": {rate:.0}, "of_it_in_the_store": {share:.2}, "first_batch_seconds": {:.2}, "batch_ms_p50": {}, "batch_ms_p99": {}}}"#,
        first.as_secs_f64(),
        per(50),
        per(99)
    )?;
    let started = Instant::now();
    house.checkpoint()?;
    let kept = started.elapsed().as_secs_f64();
    drop(house);

    let started = Instant::now();
    let house = Onefold::open(&path, Options::default())?;
    let opened = started.elapsed().as_secs_f64();
    let started = Instant::now();
    house.accept("after", instant(), [draft(rows.len(), &rows[0])])?;
    let first = started.elapsed().as_secs_f64();
    writeln!(
        out,
        r#"{{"checkpoint_seconds": {kept:.2}, "open_seconds": {opened:.2}, "first_record_seconds": {first:.2}}}"#
    )?;

    let customers = house.customers()?;
    let event = |of: usize, n: usize| {
        Draft::new("bench", Body::event("Page Viewed", [("path", format!("/q/{n}"))]))
            .key(RecordKey::person(of.to_string()))
            .message_id(format!("read {n}"))
    };
    let mut schema = Schema::default();
    read_meanwhile(&mut out, "accept", &house, &customers, || {
        (0..20).try_for_each(|batch| {
            let drafts = (0..1000).map(|n| event((batch * 1000 + n) * 7919 % known.len(), batch * 1000 + n));
            house.accept(format!("read {batch}"), instant(), drafts).map(drop)
        })
    })?;
    read_meanwhile(&mut out, "erase", &house, &customers, || {
        customers.iter().step_by((customers.len() / 20).max(1)).try_for_each(|id| house.erase(*id, instant()).map(drop))
    })?;
    read_meanwhile(&mut out, "retract", &house, &customers, || house.retract("stream 1", instant()).map(drop))?;
    schema.attributes.insert("nickname".into(), AttributeSpec::of(Kind::GivenName));
    read_meanwhile(&mut out, "adopt", &house, &customers, || house.adopt(&schema, instant()).map(drop))?;
    schema.namespaces.entry("device".into()).or_default().shareable = false;
    read_meanwhile(&mut out, "adopt_namespaces", &house, &customers, || house.adopt(&schema, instant()).map(drop))?;
    read_meanwhile(&mut out, "relink", &house, &customers, || house.relink(&mut Silent).map(drop))?;
    Ok(())
}

/// How long a reader waits for profiles while something is written.
fn read_meanwhile(
    out: &mut impl Write,
    name: &str,
    house: &Onefold,
    customers: &[CustomerId],
    write: impl FnOnce() -> std::result::Result<(), OnefoldError>,
) -> Result<()> {
    let done = AtomicBool::new(false);
    let (wrote, mut reads) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads: Vec<Duration> = Vec::new();
            for n in 0.. {
                if done.load(Ordering::Acquire) {
                    break;
                }
                let started = Instant::now();
                if std::hint::black_box(house.customer(customers[n * 7919 % customers.len()])).is_err() {
                    break;
                }
                reads.push(started.elapsed());
                std::thread::sleep(Duration::from_millis(1));
            }
            reads
        });
        let started = Instant::now();
        let wrote = write().map(|()| started.elapsed());
        done.store(true, Ordering::Release);
        (wrote, reader.join().unwrap_or_default())
    });
    reads.sort_unstable();
    let at =
        |of: usize| reads.get(reads.len().saturating_sub(1) * of / 1000).map_or(0.0, |wait| wait.as_secs_f64() * 1e3);
    writeln!(
        out,
        r#"{{"while": "{name}", "seconds": {:.2}, "reads": {}, "read_ms_p50": {:.2}, "read_ms_p999": {:.2}, "read_ms_max": {:.2}}}"#,
        wrote?.as_secs_f64(),
        reads.len(),
        at(500),
        at(999),
        at(1000)
    )?;
    Ok(())
}

/// Nanoseconds spent in a store.
#[derive(Debug, Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn of<T>(&self, run: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = run();
        self.0.fetch_add(started.elapsed().as_nanos() as u64, Ordering::Relaxed);
        done
    }
}

/// A store that notes how long it takes, without what is asked back of who writes.
#[derive(Debug)]
struct Timed {
    store: Box<SqliteStore>,
    clock: Clock,
}

/// What it reads meanwhile counts again.
struct TimedRead<'a> {
    read: &'a dyn Read,
    clock: &'a Clock,
}

macro_rules! timed_read {
    ($($lifetime:lifetime)?, $timed:ty, $inner:ident) => {
        impl$(<$lifetime>)? Read for $timed {
            fn position(&self) -> std::result::Result<Position, StoreError> {
                self.clock.of(|| self.$inner.position())
            }
            fn facts(&self, after: Position, limit: usize) -> std::result::Result<Vec<Logged>, StoreError> {
                self.clock.of(|| self.$inner.facts(after, limit))
            }
            fn facts_at(&self, positions: &[Position]) -> std::result::Result<Vec<Logged>, StoreError> {
                self.clock.of(|| self.$inner.facts_at(positions))
            }
            fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> std::result::Result<Vec<Vec<Cell>>, StoreError> {
                self.clock.of(|| self.$inner.rows(table, prefix))
            }
            fn rows_after(
                &self,
                table: &ViewTable,
                key: &[Cell],
                limit: usize,
            ) -> std::result::Result<Vec<Vec<Cell>>, StoreError> {
                self.clock.of(|| self.$inner.rows_after(table, key, limit))
            }
            fn stands_at(&self, table: &ViewTable) -> std::result::Result<Position, StoreError> {
                self.clock.of(|| self.$inner.stands_at(table))
            }
            fn checkpoint(&self, name: &str) -> std::result::Result<Option<Checkpoint>, StoreError> {
                self.clock.of(|| self.$inner.checkpoint(name))
            }
            fn backup(&self, to: &Path) -> std::result::Result<(), StoreError> {
                self.clock.of(|| self.$inner.backup(to))
            }
        }
    };
}

timed_read!(, Timed, store);
timed_read!('a, TimedRead<'a>, read);

impl Store for Timed {
    fn commit_with(
        &mut self,
        facts: &[Fact],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> std::result::Result<(Committed, Certificate), StoreError> {
        let (clock, mut outside) = (self.clock.clone(), Duration::ZERO);
        let started = Instant::now();
        let done = self.store.commit_with(facts, erased, &mut |read, committed| {
            let started = Instant::now();
            let derived = derive(&TimedRead { read, clock: &clock }, committed);
            outside += started.elapsed();
            derived
        });
        let inside = started.elapsed() - outside;
        self.clock.0.fetch_add(inside.as_nanos() as u64, Ordering::Relaxed);
        done
    }

    fn positions(&self, fact: FactId) -> Vec<Position> {
        self.clock.of(|| self.store.positions(fact))
    }

    fn readers(&self) -> Arc<dyn Readers> {
        self.store.readers()
    }

    fn finish_erasure(&mut self) -> std::result::Result<bool, StoreError> {
        self.store.finish_erasure()
    }

    fn compact(&mut self) -> std::result::Result<(), StoreError> {
        self.store.compact()
    }

    fn check(&self) -> std::result::Result<CheckReport, StoreError> {
        self.store.check()
    }
}
