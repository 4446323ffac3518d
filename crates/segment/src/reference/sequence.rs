//! What a sequence means.

use onefold_fact::{FactId, Timestamp, Value};
use onefold_profile::{Aggregate, Event, EventSelector, Session, Span, Timeline, Window};

use super::{Reading, instant};
use crate::sequence::{Sequence, Silence, Step};

fn micros(span: Span) -> i64 {
    i64::from(span.seconds()) * 1_000_000
}

fn time(event: &Event) -> i64 {
    event.at().timestamp_micros()
}

pub(super) fn read(sequence: &Sequence, timeline: &Timeline, at: Timestamp) -> Reading {
    let clock = at.timestamp_micros();
    let (_, mut changes) = frame(&sequence.window, timeline, clock);
    let holds = steps(sequence, timeline, at).is_some();
    let selected = timeline.iter().filter(|it| sequence.selectors().any(|s| s.selects(it.name(), it.properties())));
    for time in selected.map(time) {
        let quiet = sequence.since.as_ref().map(|silence| time + micros(silence.span));
        let window = &sequence.window;
        changes.extend([Some(time), quiet, window.entry(time), window.exit(time)].into_iter().flatten());
    }
    let next = changes.into_iter().filter(|change| *change > clock).min();
    Reading { truth: Some(holds), next: next.and_then(instant) }
}

/// The events, one a step, of one of the runs that make the sequence hold.
pub(crate) fn steps(sequence: &Sequence, timeline: &Timeline, at: Timestamp) -> Option<Vec<FactId>> {
    let clock = at.timestamp_micros();
    let (frame, _) = frame(&sequence.window, timeline, clock);
    keys(sequence, timeline).into_iter().find_map(|key| {
        let agreeing = |selector: &EventSelector| -> Vec<&Event> {
            let agrees = |event: &&Event| {
                selector.selects(event.name(), event.properties()) && self::key(sequence, event).as_ref() == Some(&key)
            };
            timeline.iter().filter(agrees).collect()
        };
        let times = |selector: &EventSelector| agreeing(selector).into_iter().map(time).collect::<Vec<i64>>();
        let is_quiet = |end: i64| match &sequence.since {
            None => true,
            Some(Silence { event, span }) => {
                let is_broken = times(event).into_iter().any(|time| end < time && time <= clock);
                end + micros(*span) <= clock && !is_broken
            }
        };
        let chains = chains(sequence, &times, frame.clone()).into_iter();
        let chain = chains.rev().find(|chain| chain.last().is_some_and(|end| is_quiet(*end)))?;
        let event = |(step, at): (&Step, i64)| {
            agreeing(&step.event).into_iter().find(|event| time(event) == at).map(|event| event.provenance().fact())
        };
        sequence.steps.iter().zip(chain).map(event).collect()
    })
}

/// The times of runs of events that follow the steps within a frame of time: of those with one end that with the latest
/// beginning, since it allows whatever an earlier one does.
fn chains(
    sequence: &Sequence,
    times: &dyn Fn(&EventSelector) -> Vec<i64>,
    frame: std::ops::Range<i64>,
) -> Vec<Vec<i64>> {
    let mut chains: Vec<Vec<i64>> = Vec::new();
    for (nth, Step { event, after, within, without }) in sequence.steps.iter().enumerate() {
        let steps = times(event).into_iter().filter(|time| frame.contains(time));
        if nth == 0 {
            chains = steps.map(|time| vec![time]).collect();
            continue;
        }
        let excluded = without.as_ref().map(times).unwrap_or_default();
        let follows = |last: i64, time: i64| {
            last < time
                && after.is_none_or(|after| time.saturating_sub(last) >= micros(after))
                && within.is_none_or(|within| time.saturating_sub(last) <= micros(within))
                && !excluded.iter().any(|excluded| last < *excluded && *excluded < time)
        };
        let in_time =
            |start: i64, time: i64| sequence.within.is_none_or(|within| time.saturating_sub(start) <= micros(within));
        let extended = steps.filter_map(|time| {
            let before = chains.iter().filter(|chain| {
                let (Some(start), Some(last)) = (chain.first(), chain.last()) else { return false };
                follows(*last, time) && in_time(*start, time)
            });
            let mut chain = before.max_by_key(|chain| chain.first().copied())?.clone();
            chain.push(time);
            Some(chain)
        });
        chains = extended.collect();
    }
    chains
}

/// What events agree in: the values of each path; `None` of an event without one of them.
fn key(sequence: &Sequence, event: &Event) -> Option<Vec<Vec<Value>>> {
    let values = |path: &onefold_fact::PropertyPath| {
        let mut values = Vec::new();
        Aggregate::DistinctCount(path.clone())
            .contributions(event.properties(), |contribution| values.extend(contribution.value().cloned()));
        (!values.is_empty()).then_some(values)
    };
    sequence.agreeing.iter().map(values).collect()
}

/// All that the first steps can have in common with others.
fn keys(sequence: &Sequence, timeline: &Timeline) -> Vec<Vec<Vec<Value>>> {
    let Some(first) = sequence.steps.first() else { return Vec::new() };
    let firsts = timeline.iter().filter(|event| first.event.selects(event.name(), event.properties()));
    let mut keys: Vec<_> = firsts.filter_map(|event| key(sequence, event)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The times that a window reaches, and of a session clocks at which that changes.
pub(crate) fn frame(window: &Window, timeline: &Timeline, clock: i64) -> (std::ops::Range<i64>, Vec<i64>) {
    let Window::Session { gap, which } = window else { return (window.reach(clock).times, Vec::new()) };
    let gap = micros(*gap);
    let times: Vec<i64> = timeline.iter().map(time).filter(|time| *time <= clock).collect();
    let mut changes: Vec<i64> = timeline.iter().map(time).filter(|time| *time > clock).collect();
    let Some(last) = times.last().copied() else { return (0..0, changes) };
    if *which == Session::Current {
        changes.push(last + gap + 1);
        if clock > last + gap {
            return (0..0, changes);
        }
    }
    let breaks = times.windows(2).rev().find(|two| two[1].saturating_sub(two[0]) > gap);
    let start = breaks.map_or(times[0], |two| two[1]);
    (start..clock + 1, changes)
}
