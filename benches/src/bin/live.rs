//! `cargo run --release -p onefold-benches --bin live -- CUSTOMERS [OPERATIONS]`: puts the records of made-up customers
//! into a resolver one by one, takes some out and in again, searches, and prints as JSON how long each takes, by the clock
//! and of the processor, how much memory the records take, and whether the customers are those that linking all at once
//! finds. With a number of operations that many more follow, mixed: insertions, updates, removals and decisions, and the
//! customers are compared again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::{Duration, Instant};

use onefold::Silent;
use onefold::fact::{RecordId, RecordKey, Source};
use onefold::identity::{Decisions, Linker, Model, Records, Resolver, Search};
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
    let (before, cpu) = (resident()?, processor()?);
    let mut resolver = Resolver::new(People::columns(), model.clone())?;
    let inserts: Vec<Duration> = ids
        .iter()
        .zip(&rows)
        .map(|(id, row)| timed(|| drop(resolver.insert(*id, instant(), row.iter().copied()))))
        .collect();
    let cpu = (processor()? - cpu) * 1e6 / rows.len() as f64;
    say(&mut out, "insert", inserts)?;
    let values: usize = rows.iter().flatten().map(|(_, cell)| cell.len()).sum();
    let bytes = (resident()?.saturating_sub(before) as f64 - values as f64) / rows.len() as f64;
    writeln!(
        out,
        r#"{{"records": {}, "bytes_a_record_beyond_values": {bytes:.0}, "processor_us_an_insert": {cpu:.1}}}"#,
        rows.len()
    )?;

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

    let mut held: BTreeMap<RecordId, usize> = ids.iter().copied().zip(0..).collect();
    let mut decided = BTreeMap::new();
    compared(&mut out, &resolver, &rows, &held, &decided)?;
    unmerged(&mut out, &model)?;
    let Some(operations) = std::env::args().nth(2) else { return Ok(()) };
    let soak = mixed(operations.parse()?, &mut resolver, (&ids, &rows), &mut held, &mut decided);
    say(&mut out, "mixed", soak)?;
    compared(&mut out, &resolver, &rows, &held, &decided)
}

type Rows<'a> = [Vec<(usize, &'a str)>];
type Decided = BTreeMap<(RecordId, RecordId), bool>;

/// Mixed operations, the same each time. `held` says which row each record has.
fn mixed(
    operations: usize,
    resolver: &mut Resolver,
    (ids, rows): (&[RecordId], &Rows<'_>),
    held: &mut BTreeMap<RecordId, usize>,
    decided: &mut Decided,
) -> Vec<Duration> {
    let mut state = 7_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 33) as usize % below
    };
    let one = |draw: usize| -> (RecordId, usize) { (ids[draw % ids.len()], draw % ids.len()) };
    (0..operations)
        .map(|_| {
            let ((a, own), (_, other)) = (one(draw(1 << 30)), one(draw(1 << 30)));
            match draw(10) {
                0..=3 => {
                    held.insert(a, own);
                    timed(|| drop(resolver.insert(a, instant(), rows[own].iter().copied())))
                }
                4..=5 => {
                    held.insert(a, other);
                    timed(|| drop(resolver.insert(a, instant(), rows[other].iter().copied())))
                }
                6..=8 => {
                    held.remove(&a);
                    timed(|| drop(resolver.remove(a)))
                }
                _ => {
                    let near = ids[(own + 1) % ids.len()];
                    let same = draw(3) > 0;
                    decided.insert((a.min(near), a.max(near)), same);
                    timed(|| drop(resolver.decide(a, near, Some(same))))
                }
            }
        })
        .collect()
}

/// How many customers are not those that linking all at once finds.
fn compared(
    out: &mut impl Write,
    resolver: &Resolver,
    rows: &Rows<'_>,
    held: &BTreeMap<RecordId, usize>,
    decided: &Decided,
) -> Result<()> {
    let mut builder = Records::builder(People::columns());
    held.values().for_each(|row| builder.push(rows[*row].iter().copied()));
    let ids: Vec<RecordId> = held.keys().copied().collect();
    let records = builder.finish_under(resolver.model())?;
    let mut decisions = Decisions::default();
    for ((a, b), same) in decided {
        if let (Ok(a), Ok(b)) = (ids.binary_search(a), ids.binary_search(b)) {
            let (a, b) = (u32::try_from(a)?, u32::try_from(b)?);
            if *same { decisions.link(a, b) } else { decisions.unlink(a, b) }
        }
    }
    let linkage = Linker::new(&records, &mut Silent).link(resolver.model(), &decisions, &mut Silent);
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

/// How long it takes to take apart and to join again a customer of 1,000 identifiers: 334 records, each with a mailbox, a
/// number and an id of its own, that one more record joins.
fn unmerged(out: &mut impl Write, model: &Model) -> Result<()> {
    let mut resolver = Resolver::new(People::columns(), model.clone())?;
    let id = |n: usize| RecordId::of(&Source::from("web"), &RecordKey::person(n.to_string()));
    for n in 0..334 {
        let (email, phone) = (format!("ada.byron{n}@x{n}.example"), format!("0113 49{n:05}"));
        let street = format!("{n} Mill Lane");
        resolver.insert(id(n), instant(), [(0, "Ada"), (1, "Byron"), (3, &email), (4, &phone), (5, &street)]);
        resolver.decide(id(n / 2), id(n), Some(true));
    }
    let size = resolver.members(id(0)).len();
    let each = (0..40)
        .map(|n| {
            let same = n % 2 == 1;
            timed(|| drop(resolver.decide(id(0), id(1), Some(same))))
        })
        .collect();
    writeln!(out, r#"{{"records_of_the_customer": {size}}}"#)?;
    say(out, "unmerge_and_merge", each)
}

/// How long loading all at once takes, and a snapshot and its opening; and whether they are of the same customers.
fn opened(out: &mut impl Write, resolver: &Resolver, ids: &[RecordId], rows: &Rows<'_>) -> Result<()> {
    let (begin, cpu) = (Instant::now(), processor()?);
    let mut loaded = Resolver::new(People::columns(), resolver.model().clone())?;
    loaded.load(ids.iter().zip(rows).map(|(id, row)| (*id, instant(), row.iter().copied())));
    let (load, load_cpu) = (begin.elapsed(), processor()? - cpu);
    let begin = Instant::now();
    let bytes = loaded.snapshot();
    let snapshot = begin.elapsed();
    let same = bytes == resolver.snapshot();
    drop(loaded);
    let (begin, cpu) = (Instant::now(), processor()?);
    let opened = Resolver::open(People::columns(), &bytes)?;
    let (open, open_cpu) = (begin.elapsed(), processor()? - cpu);
    let values: usize = rows.iter().flatten().map(|(_, cell)| cell.len()).sum();
    let beyond = (bytes.len() as f64 - values as f64) / rows.len() as f64;
    writeln!(
        out,
        r#"{{"load_s": {:.2}, "load_processor_s": {load_cpu:.2}, "snapshot_s": {:.2}, "bytes_a_record": {:.0}, "beyond_values": {beyond:.0}, "open_s": {:.2}, "open_processor_s": {open_cpu:.2}, "same": {}}}"#,
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
    if each.is_empty() {
        return Ok(());
    }
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

/// Seconds of the processor that were spent, where the system says so: in parts of a hundredth.
fn processor() -> Result<f64> {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return Ok(0.0) };
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = [11, 12].into_iter().filter_map(|at| fields.get(at)?.parse::<f64>().ok()).sum::<f64>();
    Ok(ticks / 100.0)
}
