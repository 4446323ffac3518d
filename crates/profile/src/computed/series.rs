//! [`Series`]: values by time, and the tally of those within a frame.

use std::collections::VecDeque;
use std::ops::Range;

use super::tally::Tally;

/// What is kept beside the tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// What has not counted yet. What counts once counts for ever, and the tally can take it away.
    Waiting,
    /// That, and what counts: it will leave, or is asked for itself.
    Counted,
    /// That, and what counted before: frames may go back.
    All,
}

/// Values by time, and the tally of those within a frame. `None` stands for a value that cannot be counted.
#[derive(Debug, Clone)]
pub(crate) struct Series<T: Tally> {
    /// In order of time, then of the values.
    entries: VecDeque<(i64, Option<T::Item>)>,
    /// Which entries the tally holds.
    from: usize,
    to: usize,
    /// How many values the tally holds, and how many it could not; with [`Keep::Waiting`] they are no entries any more.
    counted: u32,
    skipped: u32,
    tally: T,
}

impl<T: Tally> Default for Series<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), from: 0, to: 0, counted: 0, skipped: 0, tally: T::default() }
    }
}

impl<T: Tally> Series<T> {
    pub(crate) fn tally(&self) -> &T {
        &self.tally
    }

    pub(crate) fn counted(&self) -> u64 {
        self.counted.into()
    }

    pub(crate) fn skipped(&self) -> u64 {
        self.skipped.into()
    }

    /// The time of the first entry that counts, if entries that count are kept.
    pub(crate) fn first_at(&self) -> Option<i64> {
        (self.from < self.to).then(|| self.entries.get(self.from)).flatten().map(|(at, _)| *at)
    }

    /// The time of the last entry that counts.
    pub(crate) fn last_at(&self) -> Option<i64> {
        (self.from < self.to).then(|| self.entries.get(self.to - 1)).flatten().map(|(at, _)| *at)
    }

    /// The first value that counts.
    pub(crate) fn first(&self) -> Option<&T::Item> {
        self.entries.range(self.from..self.to).find_map(|(_, item)| item.as_ref())
    }

    /// The last value that counts.
    pub(crate) fn last(&self) -> Option<&T::Item> {
        self.entries.range(self.from..self.to).rev().find_map(|(_, item)| item.as_ref())
    }

    /// The time of the next value that does not count yet.
    pub(crate) fn next_at(&self) -> Option<i64> {
        self.entries.get(self.to).map(|(at, _)| *at)
    }

    /// Moves the frame: entries enter the tally and leave it.
    pub(crate) fn settle(&mut self, frame: Range<i64>, keep: Keep) {
        let is_before = |place: usize, time: i64| self.entries.get(place).is_some_and(|(at, _)| *at < time);
        let settled = |place: usize, time: i64| {
            !is_before(place, time) && place.checked_sub(1).is_none_or(|last| is_before(last, time))
        };
        let end = frame.end.max(frame.start);
        if !(settled(self.from, frame.start) && settled(self.to, end)) {
            let from = self.entries.partition_point(|(at, _)| *at < frame.start);
            let to = self.entries.partition_point(|(at, _)| *at < end);
            self.move_to(from, to);
        }
        let dropped = match keep {
            Keep::Waiting => self.to,
            Keep::Counted => self.from,
            Keep::All => 0,
        };
        if dropped > 0 {
            self.entries.drain(..dropped);
            self.from = self.from.saturating_sub(dropped);
            self.to -= dropped;
            // A burst of events leaves room that no longer serves.
            if self.entries.capacity() > 64 && self.entries.len() < self.entries.capacity() / 4 {
                self.entries.shrink_to_fit();
            }
        }
    }

    fn move_to(&mut self, from: usize, to: usize) {
        if from >= self.to || to <= self.from {
            self.take_entries(self.from..self.to);
            self.add_entries(from..to);
        } else {
            self.take_entries(self.from..from.max(self.from));
            self.add_entries(from..self.from.max(from));
            self.add_entries(self.to..to.max(self.to));
            self.take_entries(to..self.to.max(to));
        }
        (self.from, self.to) = (from, to);
    }

    fn add_entries(&mut self, entries: Range<usize>) {
        for (_, item) in self.entries.range(entries) {
            count(&mut self.tally, &mut self.counted, &mut self.skipped, item.as_ref());
        }
    }

    fn take_entries(&mut self, entries: Range<usize>) {
        for (_, item) in self.entries.range(entries) {
            discount(&mut self.tally, &mut self.counted, &mut self.skipped, item.as_ref());
        }
    }

    /// Adds a value, within a frame that is settled.
    pub(crate) fn insert(&mut self, at: i64, item: Option<T::Item>, frame: Range<i64>, keep: Keep) {
        let counts = frame.contains(&at);
        if counts {
            count(&mut self.tally, &mut self.counted, &mut self.skipped, item.as_ref());
            if keep == Keep::Waiting {
                return;
            }
        } else if at < frame.start && keep != Keep::All {
            return;
        }
        let entry = (at, item);
        let place = match self.entries.back() {
            Some(last) if *last > entry => self.entries.partition_point(|other| *other <= entry),
            _ => self.entries.len(),
        };
        self.entries.insert(place, entry);
        self.to += usize::from(at < frame.end.max(frame.start));
        self.from += usize::from(at < frame.start);
    }

    /// Takes a value away that was added before, within a frame that is settled.
    pub(crate) fn remove(&mut self, at: i64, item: Option<T::Item>, frame: Range<i64>, keep: Keep) {
        let counts = frame.contains(&at);
        if counts && keep == Keep::Waiting {
            discount(&mut self.tally, &mut self.counted, &mut self.skipped, item.as_ref());
            return;
        }
        let entry = (at, item);
        let place = self.entries.partition_point(|other| *other < entry);
        if self.entries.get(place) != Some(&entry) {
            return;
        }
        self.entries.remove(place);
        if counts {
            discount(&mut self.tally, &mut self.counted, &mut self.skipped, entry.1.as_ref());
        }
        self.to -= usize::from(at < frame.end.max(frame.start));
        self.from -= usize::from(at < frame.start);
    }
}

fn count<T: Tally>(tally: &mut T, counted: &mut u32, skipped: &mut u32, item: Option<&T::Item>) {
    match item {
        Some(item) => {
            *counted = counted.saturating_add(1);
            tally.add(item);
        }
        None => *skipped = skipped.saturating_add(1),
    }
}

fn discount<T: Tally>(tally: &mut T, counted: &mut u32, skipped: &mut u32, item: Option<&T::Item>) {
    match item {
        Some(item) => {
            *counted = counted.saturating_sub(1);
            tally.take(item);
        }
        None => *skipped = skipped.saturating_sub(1),
    }
}
