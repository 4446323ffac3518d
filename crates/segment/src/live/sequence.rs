//! Whether a sequence holds, from the times that are kept of its steps.

use std::ops::Range;

use onefold_profile::Span;

use super::leaf::{Kept, places};
use super::plan::SequenceLeaf;

fn micros(span: Span) -> i64 {
    i64::from(span.seconds()) * 1_000_000
}

/// Whether events follow the steps within a frame of time, at a clock.
pub(super) fn holds(kept: &Kept, of: &SequenceLeaf, frame: &Range<i64>, clock: i64) -> bool {
    if of.of.agreeing.is_empty() {
        return follow(of, frame, clock, &|column| kept.times(column).into());
    }
    let keyed = |column: u32| kept.column(column).map(super::column::Column::keyed).unwrap_or_default();
    let Some((first, _)) = of.steps.first() else { return false };
    let mut keys: Vec<u128> =
        keyed(*first).iter().filter(|entry| frame.contains(&entry.0)).map(|entry| entry.1).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().any(|key| {
        let agreeing =
            |column| keyed(column).iter().filter(|entry| entry.1 == key).map(|entry| entry.0).collect::<Vec<i64>>();
        follow(of, frame, clock, &|column| agreeing(column).into())
    })
}

type Times<'a> = std::borrow::Cow<'a, [i64]>;

/// For each step the times at which runs can have got so far, each with the latest beginning of such a run.
fn follow<'a>(of: &SequenceLeaf, frame: &Range<i64>, clock: i64, times: &dyn Fn(u32) -> Times<'a>) -> bool {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for (nth, ((column, without), step)) in of.steps.iter().zip(&of.of.steps).enumerate() {
        let events = times(*column);
        let (from, to) = places(&events, frame, |time| *time);
        let events = &events[from..to];
        if nth == 0 {
            runs = events.iter().map(|time| (*time, *time)).collect();
        } else {
            let without = without.map(times);
            let extended = events.iter().filter_map(|time| {
                let at_least = step.after.map_or(1, micros).max(1);
                let latest = time.saturating_sub(at_least);
                let mut earliest = step.within.map_or(i64::MIN, |within| time.saturating_sub(micros(within)));
                if let Some(without) = &without {
                    // Nothing excluded lies between: the step before is no earlier than the last of them.
                    let before = without.partition_point(|excluded| excluded < time);
                    earliest = earliest.max(before.checked_sub(1).map_or(i64::MIN, |last| without[last]));
                }
                let from = runs.partition_point(|run| run.0 < earliest);
                let to = runs.partition_point(|run| run.0 <= latest);
                let start = runs.get(from..to)?.iter().map(|run| run.1).max()?;
                let in_time = of.of.within.is_none_or(|within| time.saturating_sub(start) <= micros(within));
                in_time.then_some((*time, start))
            });
            runs = extended.collect();
        }
        if runs.is_empty() {
            return false;
        }
    }
    let (Some(silence), Some(column)) = (&of.of.since, of.since) else { return !runs.is_empty() };
    let broken = times(column);
    let seen = broken.partition_point(|time| *time <= clock);
    let last_broken = seen.checked_sub(1).map_or(i64::MIN, |last| broken[last]);
    runs.iter().any(|run| run.0 >= last_broken && run.0.saturating_add(micros(silence.span)) <= clock)
}
