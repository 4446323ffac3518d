//! `cargo run --release -p onefold-benches --bin live -- CUSTOMERS`: puts the records of made-up customers into a
//! resolver one by one, takes some out and in again, searches, and prints as JSON how long each takes, how much memory the
//! records take, and whether the customers are those that linking all at once finds.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

use onefold::Silent;
use onefold::fact::{RecordId, RecordKey, Source};
use onefold::identity::{Decisions, Linker, Records, Resolver, Search};
use onefold_benches::{People, Result, Sample, instant};

fn main() -> Result<()> {
    let customers = std::env::args().nth(1).ok_or("expected a number of customers")?.parse()?;
    let people = Sample::of(customers, &std::env::temp_dir().to_string_lossy())?.people()?;
    let rows: Vec<Vec<(usize, &str)>> = people.cells().map(Iterator::collect).collect();
    let (model, _) = Linker::new(&people.standardised(), &mut Silent).train()?;
    let mut ids: Vec<RecordId> =
        (0..rows.len()).map(|n| RecordId::of(&Source::from("bench"), &RecordKey::person(n.to_string()))).collect();
    // In the order of the ids, as who links them all at once has them.
    ids.sort_unstable();

    let mut out = std::io::stdout().lock();
    let before = resident()?;
    let mut resolver = Resolver::new(People::columns(), model.clone())?;
    let inserts: Vec<Duration> = ids
        .iter()
        .zip(&rows)
        .map(|(id, row)| timed(|| drop(resolver.insert(*id, instant(), row.iter().copied()))))
        .collect();
    say(&mut out, "insert", inserts)?;
    let values: usize = rows.iter().flatten().map(|(_, cell)| cell.len()).sum();
    let bytes = (resident()?.saturating_sub(before) as f64 - values as f64) / rows.len() as f64;
    writeln!(out, r#"{{"records": {}, "bytes_a_record_beyond_values": {bytes:.0}}}"#, rows.len())?;

    let again: Vec<Duration> = (0..20_000)
        .map(|n| {
            let at = n * 7919 % rows.len();
            resolver.remove(ids[at]);
            timed(|| drop(resolver.insert(ids[at], instant(), rows[at].iter().copied())))
        })
        .collect();
    say(&mut out, "insert_among_all", again)?;
    let searches = (0..20_000)
        .map(|n| {
            let partial = rows[n * 104_729 % rows.len()].iter().copied().take(5);
            timed(|| drop(resolver.search(partial, Search::default())))
        })
        .collect();
    say(&mut out, "search", searches)?;

    opened(&mut out, &resolver, &ids, &rows)?;

    let mut builder = Records::builder(People::columns());
    rows.iter().for_each(|row| builder.push(row.iter().copied()));
    let records = builder.finish_under(&model)?;
    let linkage = Linker::new(&records, &mut Silent).link(&model, &Decisions::default(), &mut Silent);
    let at_once: BTreeSet<Vec<RecordId>> =
        linkage.members().into_iter().map(|members| members.into_iter().map(|at| ids[at as usize]).collect()).collect();
    let one_by_one: BTreeSet<Vec<RecordId>> = resolver
        .customers()
        .map(|(_, mut members)| {
            members.sort_unstable();
            members
        })
        .collect();
    let differing = at_once.symmetric_difference(&one_by_one).count();
    writeln!(out, r#"{{"customers": {}, "differing_from_all_at_once": {differing}}}"#, one_by_one.len())?;
    Ok(())
}

/// How long loading all at once takes, and a snapshot and its opening; and whether they are of the same customers.
fn opened(out: &mut impl Write, resolver: &Resolver, ids: &[RecordId], rows: &[Vec<(usize, &str)>]) -> Result<()> {
    let begin = Instant::now();
    let mut loaded = Resolver::new(People::columns(), resolver.model().clone())?;
    loaded.load(ids.iter().zip(rows).map(|(id, row)| (*id, instant(), row.iter().copied())));
    let load = begin.elapsed();
    let begin = Instant::now();
    let bytes = loaded.snapshot();
    let snapshot = begin.elapsed();
    let same = bytes == resolver.snapshot();
    drop(loaded);
    let begin = Instant::now();
    let opened = Resolver::open(People::columns(), &bytes)?;
    let open = begin.elapsed();
    let values: usize = rows.iter().flatten().map(|(_, cell)| cell.len()).sum();
    let beyond = (bytes.len() as f64 - values as f64) / rows.len() as f64;
    writeln!(
        out,
        r#"{{"load_s": {:.2}, "snapshot_s": {:.2}, "bytes_a_record": {:.0}, "beyond_values": {beyond:.0}, "open_s": {:.2}, "same": {}}}"#,
        load.as_secs_f64(),
        snapshot.as_secs_f64(),
        bytes.len() as f64 / rows.len() as f64,
        open.as_secs_f64(),
        same && opened.len() == rows.len(),
    )?;
    Ok(())
}

fn timed(step: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    step();
    begin.elapsed()
}

fn say(out: &mut impl Write, name: &str, mut each: Vec<Duration>) -> Result<()> {
    each.sort_unstable();
    let micros = |duration: Duration| duration.as_nanos() as f64 / 1000.0;
    let at = |share: f64| micros(each[((each.len() - 1) as f64 * share) as usize]);
    let mean = each.iter().sum::<Duration>() / u32::try_from(each.len())?;
    writeln!(
        out,
        r#"{{"{name}": {}, "mean_us": {:.1}, "p50_us": {:.1}, "p99_us": {:.1}, "max_us": {:.1}}}"#,
        each.len(),
        micros(mean),
        at(0.5),
        at(0.99),
        at(1.0)
    )?;
    Ok(())
}

/// Bytes of memory in use, where the system says so.
fn resident() -> Result<u64> {
    let Ok(status) = std::fs::read_to_string("/proc/self/statm") else { return Ok(0) };
    Ok(status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096)
}
