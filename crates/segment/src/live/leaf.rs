//! What a condition is of a subject at a clock, from what is kept of the subject.

use std::ops::Range;

use onefold_fact::{Test, Value};
use onefold_profile::{Aggregate, LifecycleState, Reach, Session, Span, Window, days_between};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::column::Column;
use super::plan::{Framed, Leaf, Plan, SequenceLeaf, Tree, UNIT_PLACES};
use super::sequence;
use crate::reference::instant;

/// What a condition is at a clock, `None` where it is not known of the past; and the next clock at which that may
/// change by time alone, `i64::MAX` if it does not.
pub(super) type Read = (Option<bool>, i64);

pub(super) const NEVER: i64 = i64::MAX;

/// What a field or a consent is at all clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    /// Since when that is known.
    pub(super) since: i64,
    /// What it was from ever.
    pub(super) first: bool,
    /// The clocks at which it became the other.
    pub(super) flips: Box<[i64]>,
}

impl Stated {
    fn read(&self, clock: i64, is_past: bool) -> Read {
        let passed = self.flips.partition_point(|flip| *flip <= clock);
        let next = self.flips.get(passed).copied().unwrap_or(NEVER);
        if is_past && clock < self.since {
            return (None, next.min(self.since));
        }
        (Some(self.first == (passed % 2 == 0)), next)
    }
}

/// What is kept of one subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// By column.
    pub(super) columns: Vec<(u32, Column)>,
    /// By leaf, those of which something was ever said.
    pub(super) stated: Vec<(u32, Stated)>,
}

impl Kept {
    pub(super) fn column(&self, column: u32) -> Option<&Column> {
        self.columns.binary_search_by_key(&column, |entry| entry.0).ok().map(|place| &self.columns[place].1)
    }

    pub(super) fn times(&self, column: u32) -> &[i64] {
        match self.column(column) {
            Some(Column::Times(times)) => times,
            _ => &[],
        }
    }
}

/// The reach of each window at the clock, so that a calendar is looked at once a day and not for each subject.
#[derive(Debug, Default)]
pub(super) struct Reaches(Vec<(Window, i64, Reach)>);

impl Reaches {
    fn of(&mut self, window: &Window, clock: i64) -> Range<i64> {
        let Window::Calendar(calendar) = window else { return window.reach(clock).times };
        let Some((_, at, reach)) = self.0.iter_mut().find(|(known, ..)| known == window) else {
            let reach = window.reach(clock);
            self.0.push((*window, clock, reach.clone()));
            return reach.times;
        };
        if clock < *at || clock >= reach.holds_until {
            *reach = window.reach(clock);
        } else if calendar.extent != onefold_profile::Extent::Completed {
            reach.times.end = clock.saturating_add(1);
        }
        *at = clock;
        reach.times.clone()
    }
}

/// A look at what is kept of a subject.
pub(super) struct Look<'a> {
    pub(super) plan: &'a Plan,
    pub(super) id: Uuid,
    pub(super) kept: &'a Kept,
    pub(super) clock: i64,
    pub(super) is_past: bool,
}

fn micros(span: Span) -> i64 {
    i64::from(span.seconds()) * 1_000_000
}

impl Look<'_> {
    /// What a leaf is; those that ask of members are read elsewhere.
    pub(super) fn leaf(&self, leaf: u32, reaches: &mut Reaches) -> Read {
        match &self.plan.leaves[leaf as usize] {
            Leaf::Count { column, window, is } => self.count(self.kept.times(*column), window, is, reaches),
            Leaf::Days { column, window, end, zone, is } => {
                let times = self.kept.times(*column);
                let (frame, changes) = self.frame(window, reaches);
                let (from, to) = places(times, &frame, |time| *time);
                let since = match end {
                    onefold_profile::End::First => times[from..to].first(),
                    onefold_profile::End::Last => times[from..to].last(),
                };
                let next = self.next(window, (times, |time| *time), (from, to), changes);
                let Some(since) = since else { return (Some(false), next) };
                let (days, tick) = days_between(*since, self.clock, *zone);
                let holds = days.is_some_and(|days| is.passes(&Value::Integer(days)));
                let tick = match (days, zone) {
                    (Some(days), None) => {
                        flip_day(is, days).map_or(NEVER, |day| since.saturating_add(day.saturating_mul(DAY)))
                    }
                    _ => tick.unwrap_or(NEVER),
                };
                (Some(holds), next.min(tick))
            }
            Leaf::Sum { column, window, aggregate, is } => match self.kept.column(*column) {
                Some(Column::Sums(sums)) => self.sum(sums, window, (aggregate, is), reaches),
                Some(Column::Items(items)) => self.items(items, window, (aggregate, is), reaches),
                _ => self.items(&[], window, (aggregate, is), reaches),
            },
            Leaf::Items { column, window, aggregate, is } => match self.kept.column(*column) {
                Some(Column::Items(items)) => self.items(items, window, (aggregate, is), reaches),
                _ => self.items(&[], window, (aggregate, is), reaches),
            },
            Leaf::Sequence(of) => self.sequence(of, reaches),
            Leaf::Lifecycle { column, of, stage } => {
                let Some(clock) = instant(self.clock) else { return (Some(false), NEVER) };
                let state: LifecycleState = self.kept.times(*column).iter().filter_map(|time| instant(*time)).collect();
                let staged = state.read(of, clock);
                let next = staged.next_change_at.map_or(NEVER, |next| next.timestamp_micros());
                (Some(staged.stage == Some(*stage)), next)
            }
            Leaf::Field { path, is } => match self.stated(leaf) {
                Some(stated) => stated.read(self.clock, self.is_past),
                None => (Some(is.passes(path, None, self.clock).0), NEVER),
            },
            Leaf::Consent { state, .. } => match self.stated(leaf) {
                Some(stated) => stated.read(self.clock, self.is_past),
                None => (Some(*state == onefold_profile::ConsentState::Unknown), NEVER),
            },
            Leaf::HasBeen { tree, span } => self.has_been(tree, micros(*span)),
            Leaf::Members { .. } | Leaf::Never => (Some(false), NEVER),
        }
    }

    fn stated(&self, leaf: u32) -> Option<&Stated> {
        let stated = &self.kept.stated;
        stated.binary_search_by_key(&leaf, |entry| entry.0).ok().map(|place| &stated[place].1)
    }

    /// The times that count, and the next clock at which a session begins or ends.
    fn frame(&self, window: &Framed, reaches: &mut Reaches) -> (Range<i64>, Option<i64>) {
        match (window.window, window.all) {
            (Window::Session { gap, which }, Some(all)) => {
                let (frame, next) = session(self.kept.times(all), self.clock, micros(gap), which);
                (frame, Some(next))
            }
            (window, _) if self.is_past => (window.reach(self.clock).times, None),
            (window, _) => (reaches.of(&window, self.clock), None),
        }
    }

    /// The next clock at which an entry enters or leaves.
    fn next<T>(
        &self,
        window: &Framed,
        (entries, time): (&[T], impl Fn(&T) -> i64),
        (from, to): (usize, usize),
        changes: Option<i64>,
    ) -> i64 {
        if let Some(changes) = changes {
            return changes;
        }
        let exit = if from < to { entries.get(from).and_then(|first| window.window.exit(time(first))) } else { None };
        let entry = entries.get(to).and_then(|next| window.window.entry(time(next)));
        [exit, entry].into_iter().flatten().filter(|at| *at > self.clock).min().unwrap_or(NEVER)
    }

    fn count(&self, times: &[i64], window: &Framed, is: &Test, reaches: &mut Reaches) -> Read {
        let (frame, changes) = self.frame(window, reaches);
        let (from, to) = places(times, &frame, |time| *time);
        let count = i64::try_from(to - from).unwrap_or(i64::MAX);
        let holds = is.passes(&Value::Integer(count));
        let next = match (is, changes) {
            // So many are enough until so many are left, and never too many.
            (Test::AtLeast(Value::Integer(least)), None) if (1..=count).contains(least) => {
                let last = usize::try_from(*least).ok().and_then(|least| to.checked_sub(least));
                last.and_then(|last| window.window.exit(times[last])).filter(|at| *at > self.clock).unwrap_or(NEVER)
            }
            (Test::AtLeast(Value::Integer(least)), None) if count < *least => {
                let entry = times.get(to).and_then(|next| window.window.entry(*next));
                entry.filter(|at| *at > self.clock).unwrap_or(NEVER)
            }
            _ => self.next(window, (times, |time| *time), (from, to), changes),
        };
        (Some(holds), next)
    }

    fn sum(
        &self,
        sums: &[(i64, i64)],
        window: &Framed,
        (aggregate, is): (&Aggregate, &Test),
        reaches: &mut Reaches,
    ) -> Read {
        let (frame, changes) = self.frame(window, reaches);
        let (from, to) = places(sums, &frame, |entry| entry.0);
        let next = self.next(window, (sums, |entry| entry.0), (from, to), changes);
        let up_to = |place: usize| place.checked_sub(1).map_or(0, |last| sums[last].1);
        let total = up_to(to) - up_to(from);
        let sum = Decimal::new(total, UNIT_PLACES).normalize();
        let value = match aggregate {
            Aggregate::Average(_) => sum.checked_div(Decimal::from(to - from)),
            _ => Some(sum),
        };
        let value = value.map(|number| Value::Decimal(number.normalize()));
        (Some(value.is_some_and(|value| is.passes(&value))), next)
    }

    fn items(
        &self,
        items: &[(i64, onefold_profile::Contribution)],
        window: &Framed,
        (aggregate, is): (&Aggregate, &Test),
        reaches: &mut Reaches,
    ) -> Read {
        let (frame, changes) = self.frame(window, reaches);
        let (from, to) = places(items, &frame, |entry| entry.0);
        let next = self.next(window, (items, |entry| entry.0), (from, to), changes);
        let value = aggregate.of(items[from..to].iter().map(|(_, contribution)| contribution));
        (Some(value.is_some_and(|value| is.passes(&value))), next)
    }

    fn sequence(&self, of: &SequenceLeaf, reaches: &mut Reaches) -> Read {
        let (frame, changes) = self.frame(&of.window, reaches);
        let mut next = changes.unwrap_or(NEVER);
        let mut at =
            |time: Option<i64>| next = time.filter(|time| *time > self.clock).map_or(next, |time| next.min(time));
        let columns =
            of.steps.iter().flat_map(|(step, without)| std::iter::once(*step).chain(*without)).chain(of.since);
        for column in columns {
            each_time(self.kept, column, |times| {
                at(times.get(times.partition_point(|time| *time <= self.clock)).copied());
            });
        }
        for (step, _) in &of.steps {
            each_time(self.kept, *step, |times| {
                let (from, to) = places(times, &frame, |time| *time);
                at(times.get(from).filter(|_| from < to).and_then(|first| of.window.window.exit(*first)));
                at(times.get(to).and_then(|after| of.window.window.entry(*after)));
            });
        }
        if let (Some(silence), Some((last, _))) = (&of.of.since, of.steps.last()) {
            let span = micros(silence.span);
            each_time(self.kept, *last, |times| {
                let due = times.partition_point(|time| time.saturating_add(span) <= self.clock);
                at(times.get(due).map(|time| time.saturating_add(span)));
            });
        }
        (Some(sequence::holds(self.kept, of, &frame, self.clock)), next)
    }

    fn has_been(&self, tree: &Tree, span: i64) -> Read {
        let start = self.clock.saturating_sub(span);
        let mut clock = start;
        let mut held_from = None;
        let last = loop {
            let (truth, next) = Look { clock, is_past: true, ..*self }.tree(tree);
            held_from = if truth == Some(true) { held_from.or(Some(clock)) } else { None };
            if next > self.clock {
                break next;
            }
            clock = next;
        };
        let holds = held_from == Some(start);
        let comes = held_from.filter(|_| !holds).map_or(NEVER, |from| from.saturating_add(span));
        (Some(holds), last.min(comes))
    }

    /// What a tree is in the past, from its leaves anew.
    fn tree(&self, tree: &Tree) -> Read {
        let mut next = NEVER;
        let truth = evaluate(tree, self.id, &mut |leaf| {
            let (truth, changes) = self.leaf(leaf, &mut Reaches::default());
            next = next.min(changes);
            truth
        });
        (truth, next)
    }
}

/// What a tree is, given what its leaves are. It asks for every leaf.
pub(super) fn evaluate(tree: &Tree, id: Uuid, leaf: &mut dyn FnMut(u32) -> Option<bool>) -> Option<bool> {
    match tree {
        Tree::All(parts) | Tree::Any(parts) => {
            let decides = matches!(tree, Tree::Any(_));
            let mut truth = Some(!decides);
            for part in parts {
                match evaluate(part, id, leaf) {
                    Some(found) if found == decides => truth = Some(decides),
                    None if truth != Some(decides) => truth = None,
                    _ => {}
                }
            }
            truth
        }
        Tree::Not(part) => evaluate(part, id, leaf).map(|truth| !truth),
        Tree::Leaf(number) => leaf(*number),
        Tree::Random(bucket) => Some(bucket.holds(id)),
        Tree::Score(parts, at_least) => {
            let (mut least, mut most) = (0, 0);
            for (weight, part) in parts {
                match evaluate(part, id, leaf) {
                    Some(true) => (least, most) = (least + weight, most + weight),
                    Some(false) => {}
                    None => (least, most) = (least + weight.min(&0), most + weight.max(&0)),
                }
            }
            ((least >= *at_least) == (most >= *at_least)).then_some(least >= *at_least)
        }
    }
}

const DAY: i64 = 86_400_000_000;

/// The next number of days at which a test of them turns out otherwise, if it ever does; for tests without a bound the
/// next day.
fn flip_day(is: &Test, days: i64) -> Option<i64> {
    let flip = match is {
        Test::AtLeast(Value::Integer(bound)) | Test::Less(Value::Integer(bound)) => *bound,
        Test::Greater(Value::Integer(bound)) | Test::AtMost(Value::Integer(bound)) => bound.saturating_add(1),
        _ => days + 1,
    };
    Some(flip).filter(|flip| *flip > days)
}

/// Which entries lie within a frame.
pub(super) fn places<T>(entries: &[T], frame: &Range<i64>, time: impl Fn(&T) -> i64) -> (usize, usize) {
    // Most windows end now, and most entries are before that.
    let to = match entries.last() {
        Some(last) if time(last) >= frame.end => entries.partition_point(|entry| time(entry) < frame.end),
        _ => entries.len(),
    };
    let from = match entries.first() {
        Some(first) if time(first) < frame.start => entries.partition_point(|entry| time(entry) < frame.start),
        _ => 0,
    };
    (from.min(to), to)
}

/// Calls with the times of a column, whatever else it keeps.
fn each_time(kept: &Kept, column: u32, mut found: impl FnMut(&[i64])) {
    match kept.column(column) {
        Some(Column::Times(times)) => found(times),
        Some(column @ Column::Keys(_)) => found(&column.keyed().iter().map(|entry| entry.0).collect::<Vec<_>>()),
        _ => {}
    }
}

/// The times of a session at a clock, and the next clock at which that changes.
fn session(times: &[i64], clock: i64, gap: i64, which: Session) -> (Range<i64>, i64) {
    let seen = times.partition_point(|time| *time <= clock);
    let next = times.get(seen).copied().unwrap_or(NEVER);
    let Some(last) = seen.checked_sub(1).map(|last| times[last]) else { return (0..0, next) };
    let over = last.saturating_add(gap).saturating_add(1);
    if which == Session::Current && over <= clock {
        return (0..0, next);
    }
    let mut start = seen - 1;
    while start > 0 && times[start].saturating_sub(times[start - 1]) <= gap {
        start -= 1;
    }
    let ends = if which == Session::Current { over } else { NEVER };
    (times[start]..clock.saturating_add(1), next.min(ends))
}
