//! Live segments under load: many customers, many rules, a stream of events, as one program that prints what it
//! measured. `segments [customers] [events] [rules]`, by default 20,000, 400,000 and 1,000.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use onefold_segment::{Applied, Happening, Live, Rule, Segments};
use uuid::Uuid;

type Failure = Box<dyn std::error::Error>;
type Properties = BTreeMap<String, Option<onefold::fact::Value>>;

/// A stream of numbers that is the same everywhere (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// How many names of events there are. A rule asks for one or two of them, so that an event touches tens of leaves.
const NAMES: u64 = 100;

/// A rule: half of them windowed, a quarter with sums, a tenth with sequences, a tenth with negation.
fn rule(numbers: &mut Numbers) -> String {
    let name = |numbers: &mut Numbers| format!("\"event {}\"", numbers.below(NAMES));
    let window = |numbers: &mut Numbers| match numbers.below(8) {
        0 => " in the last 1h".to_owned(),
        1 => " in the last 1d".to_owned(),
        2 => " in the last 7d".to_owned(),
        3 => format!(" in the last {}d", 14 + numbers.below(17)),
        _ => String::new(),
    };
    let filter = |numbers: &mut Numbers| match numbers.below(3) {
        0 => format!(" where (sku = \"s{}\")", numbers.below(4)),
        1 => format!(" where (worth >= {})", 20 * numbers.below(5)),
        _ => String::new(),
    };
    let part = |numbers: &mut Numbers| {
        let (event, filter, window) = (name(numbers), filter(numbers), window(numbers));
        match numbers.below(20) {
            0..5 => format!("sum of worth of {event}{filter} >= {}{window}", 50 * (1 + numbers.below(5))),
            5..7 => format!("sequence ({event}{filter} then {} within 2d){window}", name(numbers)),
            7..9 => format!("not did {event}{filter}{window}"),
            _ => format!("did {event}{filter} at least {} times{window}", 1 + numbers.below(4)),
        }
    };
    match numbers.below(3) {
        0 => part(numbers),
        1 => format!("{} and {}", part(numbers), part(numbers)),
        _ => format!("{} or ({} and not {})", part(numbers), part(numbers), part(numbers)),
    }
}

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let mut given = std::env::args().skip(1).map(|it| it.parse::<u64>());
    let mut next = |default| given.next().unwrap_or(Ok(default));
    let (customers, events, rules) = (next(20_000)?, next(400_000)?, next(1_000)?);
    let mut numbers = Numbers(1);
    let named = (0..rules).map(|nth| Ok((format!("segment {nth:04}"), rule(&mut numbers).parse::<Rule>()?)));
    let segments = Segments::new(named.collect::<Result<Vec<_>, Failure>>()?)?;

    let begin = Instant::now();
    let oddities = segments.oddities(&onefold::fact::Schema::default()).len();
    writeln!(out, "{rules} rules analysed in {:.2} s, {oddities} oddities", begin.elapsed().as_secs_f64())?;

    let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse()?;
    let mut live = Live::new(&segments, start);
    // The stream runs over sixty days.
    let step = 60 * 86_400_000_000 / events.max(1);
    let kinds: Vec<Properties> = (0..400)
        .map(|nth: i32| {
            let worth = onefold::fact::Value::from(nth % 100);
            let sku = onefold::fact::Value::from(format!("s{}", nth % 4));
            BTreeMap::from([("worth".to_owned(), Some(worth)), ("sku".to_owned(), Some(sku))])
        })
        .collect();
    let names: Vec<String> = (0..NAMES).map(|nth| format!("event {nth}")).collect();
    let mut slowest: Vec<u64> = Vec::new();
    let mut changes = 0;
    let begin = Instant::now();
    for nth in 0..events {
        let at = start + TimeDelta::microseconds(i64::try_from(nth * step)?);
        // A few customers do most of it: the product of two numbers is nearly always small.
        let customer = numbers.below(customers) * numbers.below(customers) / customers;
        let kind = usize::try_from(numbers.below(400))?;
        let name = usize::try_from(numbers.below(NAMES))?;
        let event = Happening { at, name: &names[name], properties: &kinds[kind] };
        let one = Instant::now();
        live.advance_to(at);
        if live.insert(Uuid::from_u128(customer.into()), &event) == Applied::ReadAgain {
            return Err("no rule asks for the first or the last".into());
        }
        slowest.push(u64::try_from(one.elapsed().as_nanos())?);
        changes += live.changes().len();
    }
    let seconds = begin.elapsed().as_secs_f64();
    slowest.sort_unstable();
    let at = |part: usize| slowest.get(slowest.len() * part / 1000).copied().unwrap_or(0) as f64 / 1000.0;
    let footprint = live.footprint();
    let per = |bytes: u64, of: u64| bytes as f64 / of.max(1) as f64;
    writeln!(out, "{rules} rules, {customers} customers, {events} events, one core")?;
    writeln!(out, "{:.0} events/s, expiries counted; {changes} changes", events as f64 / seconds)?;
    writeln!(out, "microseconds an event: median {:.1}, 99 % {:.1}, 99.9 % {:.1}", at(500), at(990), at(999))?;
    writeln!(
        out,
        "{:.0} leaves in use a customer, {:.1} bytes each; {:.0} bytes of events a customer",
        per(footprint.leaves, footprint.subjects),
        per(footprint.leaf_bytes, footprint.leaves),
        per(footprint.event_bytes, footprint.subjects),
    )?;
    Ok(())
}
