//! [`Sessions`]: where the sessions of a customer begin.

use std::collections::VecDeque;
use std::ops::Range;

use super::window::Session;

/// The times of all events, and at which of them a session begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sessions {
    /// In order; one time as often as events have it.
    times: VecDeque<i64>,
    /// In order.
    starts: VecDeque<i64>,
}

impl Sessions {
    pub(crate) fn insert(&mut self, at: i64, gap: i64) {
        let place = insertion(&self.times, at);
        self.times.insert(place, at);
        self.mark(at, gap);
        if let Some(next) = self.times.get(place + 1).copied() {
            self.mark(next, gap);
        }
    }

    pub(crate) fn remove(&mut self, at: i64, gap: i64) {
        let place = self.times.partition_point(|time| *time < at);
        if self.times.get(place) != Some(&at) {
            return;
        }
        self.times.remove(place);
        self.mark(at, gap);
        if let Some(next) = self.times.get(place).copied() {
            self.mark(next, gap);
        }
    }

    /// Notes whether a session begins at a time.
    fn mark(&mut self, at: i64, gap: i64) {
        let place = self.times.partition_point(|time| *time < at);
        let is_there = self.times.get(place) == Some(&at);
        let before = place.checked_sub(1).and_then(|place| self.times.get(place));
        let begins = is_there && before.is_none_or(|before| at.saturating_sub(*before) > gap);
        let start = self.starts.partition_point(|start| *start < at);
        match (self.starts.get(start) == Some(&at), begins) {
            (false, true) => self.starts.insert(start, at),
            (true, false) => drop(self.starts.remove(start)),
            _ => {}
        }
    }

    /// The frame of a session at a clock, and the next clock at which that changes by time alone.
    pub(crate) fn frame(&self, clock: i64, gap: i64, which: Session) -> (Range<i64>, Option<i64>) {
        let seen = self.times.partition_point(|time| *time <= clock);
        let next = self.times.get(seen).copied();
        let Some(last) = seen.checked_sub(1).and_then(|last| self.times.get(last)).copied() else {
            return (0..0, next);
        };
        let over = last.saturating_add(gap).saturating_add(1);
        if which == Session::Current && over <= clock {
            // Nothing counts from here on, so what comes next begins anew.
            return (over..over, next);
        }
        let begun = self.starts.partition_point(|start| *start <= last);
        let start = begun.checked_sub(1).and_then(|start| self.starts.get(start)).copied().unwrap_or(last);
        let ends = (which == Session::Current).then_some(over);
        (start..clock.saturating_add(1), next.into_iter().chain(ends).min())
    }
}

/// Where a time goes among times in order, after its equals; nearly always at the end.
pub(crate) fn insertion(times: &VecDeque<i64>, at: i64) -> usize {
    match times.back() {
        Some(last) if *last > at => times.partition_point(|time| *time <= at),
        _ => times.len(),
    }
}
