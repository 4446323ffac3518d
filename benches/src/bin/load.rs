//! `cargo run --release -p onefold-benches --bin load -- FOLDER CUSTOMERS`: fills a file with customers of five facts
//! each and prints, as JSON, how fast that was, how long opening takes, and how much memory.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use onefold::fact::Fact;
use onefold::store::{Read, SqliteStore, Store};
use onefold::{Onefold, Options};
use onefold_benches::{Result, drafts, facts, instant};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(customers)) = (arguments.next(), arguments.next()) else {
        return Err("expected a folder to write in, and a number of customers".into());
    };
    let customers: u64 = customers.parse()?;
    let path = Path::new(&folder).join("load.onefold");
    must_be_absent(&path)?;
    let mut out = std::io::stdout().lock();

    let mut probe = File::create(Path::new(&folder).join("probe"))?;
    let started = Instant::now();
    for _ in 0..200 {
        probe.seek(SeekFrom::Start(0))?;
        probe.write_all(&[1; 4096])?;
        probe.sync_data()?;
    }
    writeln!(out, r#"{{"sync_microseconds": {}}}"#, started.elapsed().as_micros() / 200)?;

    // Batches of 1,000, each synced before the next. What is stamped and hashed before appending is not counted.
    let mut store = SqliteStore::create(&path)?;
    let total = customers * 5;
    let mut appending = std::time::Duration::ZERO;
    let mut slowest = std::time::Duration::ZERO;
    let mut next = 0;
    while next < total {
        let batch: Vec<Fact> = facts(next..(next + 1000).min(total)).collect();
        next += batch.len() as u64;
        let started = Instant::now();
        store.append(&batch)?;
        appending += started.elapsed();
        slowest = slowest.max(started.elapsed());
    }
    let rate = total as f64 / appending.as_secs_f64();
    let bytes = std::fs::metadata(&path)?.len();
    writeln!(
        out,
        r#"{{"facts": {total}, "appended_per_second": {rate:.0}, "slowest_batch_ms": {}, "bytes_a_fact": {}}}"#,
        slowest.as_millis(),
        bytes / total.max(1)
    )?;
    drop(store);

    let started = Instant::now();
    let store = SqliteStore::open(&path)?;
    let end = store.position()?.number();
    writeln!(
        out,
        r#"{{"open_store_seconds": {:.2}, "end": {end}, "peak_mb": {}}}"#,
        started.elapsed().as_secs_f64(),
        peak()
    )?;
    drop(store);

    let started = Instant::now();
    let house = Onefold::open(&path, Options::default())?;
    writeln!(out, r#"{{"open_house_seconds": {:.2}, "peak_mb": {}}}"#, started.elapsed().as_secs_f64(), peak())?;
    let started = Instant::now();
    let held = house.customers()?;
    writeln!(
        out,
        r#"{{"first_view_seconds": {:.2}, "customers": {}, "peak_mb": {}}}"#,
        started.elapsed().as_secs_f64(),
        held.len(),
        peak()
    )?;
    let started = Instant::now();
    for id in held.iter().step_by((held.len() / 1000).max(1)) {
        std::hint::black_box(house.customer(*id)?);
    }
    let profiles = held.iter().step_by((held.len() / 1000).max(1)).count() as f64;
    writeln!(out, r#"{{"profile_microseconds": {:.1}}}"#, started.elapsed().as_secs_f64() * 1e6 / profiles)?;

    // Single facts, each acknowledged when it is synced: by one caller, and by many at once.
    for callers in [1_u64, 16, 64, 256] {
        let each = (2000 / callers).max(10);
        let started = Instant::now();
        std::thread::scope(|scope| {
            for caller in 0..callers {
                let house = house.clone();
                scope.spawn(move || {
                    for number in 0..each {
                        let next = total + (callers << 32) + caller * each + number;
                        let accepted = house.accept(next.to_string(), instant(), drafts(next..next + 1));
                        assert!(accepted.is_ok());
                    }
                });
            }
        });
        let rate = (callers * each) as f64 / started.elapsed().as_secs_f64();
        writeln!(out, r#"{{"callers": {callers}, "single_facts_per_second": {rate:.0}}}"#)?;
    }
    Ok(())
}

fn must_be_absent(path: &Path) -> Result<()> {
    if path.exists() { Err(format!("`{}` is there already", path.display()).into()) } else { Ok(()) }
}

/// The most memory that this process ever had, in megabytes; 0 where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
