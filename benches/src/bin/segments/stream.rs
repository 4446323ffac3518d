//! Events one after the other, as they happen.

use std::io::Write;
use std::time::Instant;

use chrono::TimeDelta;
use onefold_segment::{Applied, Happening, Live, Segments};
use uuid::Uuid;

use crate::data::{DAYS, Failure, NAMES, Numbers, kinds, names, start};

/// Measures each event, with all who enter and leave until it comes.
pub(crate) fn stream(
    out: &mut impl Write,
    segments: &Segments,
    customers: u64,
    events: u64,
    numbers: &mut Numbers,
) -> Result<(), Failure> {
    let start = start()?;
    let rules = segments.names().count();
    let mut live = Live::new(segments, start);
    let step = DAYS.unsigned_abs() * 86_400_000_000 / events.max(1);
    let (kinds, names) = (kinds(), names());
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
