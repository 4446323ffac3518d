//! What an erasure costs in a file with many notes, as one program that prints what it measured. `erasure FOLDER
//! [customers] [notes each]`, by default 100,000 and 5. It reads the time of the process, so it measures on Linux only.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use onefold::fact::FactId;
use onefold::{Body, CustomerId, Draft, Onefold, Options, RecordKey, Timestamp};
use onefold_benches::Result;

/// The words that notes are made of; the first few are in nearly all.
const WORDS: u64 = 20_000;

/// The time that this process has run.
fn ran() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/schedstat")?;
    Ok(Duration::from_nanos(stat.split(' ').next().ok_or("a time")?.parse()?))
}

/// A note of twenty words.
fn note(number: u64) -> String {
    let word = |nth: u64| {
        let mixed = (number * 20 + nth).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let word = mixed % (1 + mixed / 7 % WORDS);
        format!("word{word}")
    };
    (0..20).map(word).collect::<Vec<_>>().join(" ")
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("expected a folder to write in, and numbers of customers and of notes")?;
    let mut next = |default| arguments.next().map_or(Ok(default), |it| it.parse::<u64>());
    let (customers, notes) = (next(100_000)?, next(5)?);
    let path = Path::new(&folder).join("erasure.onefold");
    if path.exists() {
        return Err(format!("`{}` exists; name a folder without it", path.display()).into());
    }
    let mut out = std::io::stdout().lock();
    let at: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    let house = Onefold::open(&path, Options::default())?;
    let drafts = |customer: u64| {
        let key = RecordKey::person(customer.to_string());
        (0..notes).map(move |nth| {
            let said = Body::event("Note", [("text", note(customer * notes + nth))]);
            Draft::new("desk", said).key(key.clone()).message_id(format!("{customer}-{nth}"))
        })
    };
    let mut facts: Vec<FactId> = Vec::new();
    for start in (0..customers).step_by(1_000) {
        let batch = (start..customers.min(start + 1_000)).flat_map(drafts);
        facts.extend(house.accept(format!("batch {start}").as_str(), at, batch)?.facts.iter().map(|(id, _)| *id));
    }
    let bytes = std::fs::metadata(&path)?.len();
    writeln!(out, "{} notes of {customers} customers, {} MB", facts.len(), bytes / 1_000_000)?;
    let all = house.customers()?;
    let erased: Vec<CustomerId> = all.iter().copied().step_by((all.len() / 10).max(1)).take(10).collect();
    let mut times: Vec<(Duration, Duration)> = Vec::new();
    for customer in erased {
        let (begin, before) = (Instant::now(), ran()?);
        house.erase(customer, at)?;
        times.push((begin.elapsed(), ran()?.saturating_sub(before)));
    }
    times.sort_unstable();
    let middle = times.get(times.len() / 2).ok_or("an erasure")?;
    let most = times.last().ok_or("an erasure")?;
    writeln!(out, "an erasure, elapsed: {:?} in the middle, {:?} at most", middle.0, most.0)?;
    writeln!(out, "of the processor: {:?} in the middle", middle.1)?;
    Ok(())
}
