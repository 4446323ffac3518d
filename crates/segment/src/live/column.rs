//! [`Column`]: what is kept of the events of one subject that a selector selects, in order of time.

use onefold_fact::{Digester, Properties, PropertyPath};
use onefold_profile::{Aggregate, Contribution};
use rust_decimal::Decimal;

use super::few::{Few, grow};
use super::plan::{Keeps, UNIT_PLACES, units};

/// What is kept of events, in order of time. Any window of it at any clock is two searches away, so that nothing has to
/// be kept for a window, and a late or removed event is one like any other.
#[derive(Debug, Clone)]
pub(super) enum Column {
    Times(Few<i64>),
    /// The sum up to and with each amount. A sum over a window is a difference of two.
    Sums(Few<(i64, i64)>),
    Items(Vec<(i64, Contribution)>),
    /// A hash of what the event has in common with others.
    Keys(Vec<(i64, u128)>),
}

impl Column {
    fn new(keeps: &Keeps) -> Self {
        match keeps {
            Keeps::Times => Column::Times(Few::default()),
            Keeps::Sums(_) => Column::Sums(Few::default()),
            Keeps::Items(_) => Column::Items(Vec::with_capacity(1)),
            Keeps::Keys(_) => Column::Keys(Vec::with_capacity(1)),
        }
    }

    /// A column with one event in it; `None` if the event gives nothing.
    pub(super) fn of(keeps: &Keeps, at: i64, properties: &Properties) -> Option<Self> {
        let mut column = Self::new(keeps);
        column.insert(keeps, at, properties);
        (!column.is_empty()).then_some(column)
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Column::Times(times) => times.is_empty(),
            Column::Sums(sums) => sums.is_empty(),
            Column::Items(items) => items.is_empty(),
            Column::Keys(keys) => keys.is_empty(),
        }
    }

    /// Adds an event. Returns whether it has to be read in the order of the timeline to know what it gives: it is of
    /// the same instant as another, and the first or the last counts.
    pub(super) fn insert(&mut self, keeps: &Keeps, at: i64, properties: &Properties) -> bool {
        let mut is_open = false;
        match (self, keeps) {
            (Column::Times(times), _) => {
                let place = after(times, at, |time| *time);
                times.insert(place, at);
            }
            (column @ (Column::Sums(_) | Column::Items(_)), Keeps::Sums(aggregate) | Keeps::Items(aggregate)) => {
                let was_there = column.holds_at(at);
                aggregate.contributions(properties, |contribution| {
                    if !contribution.is_skipped() {
                        column.add(at, contribution);
                        is_open |= was_there;
                    }
                });
                is_open &= matches!(aggregate, Aggregate::First(_) | Aggregate::Last(_));
            }
            (Column::Keys(keys), Keeps::Keys(paths)) => {
                if let Some(key) = key(paths, properties) {
                    let place = after(keys, at, |entry| entry.0);
                    grow(keys);
                    keys.insert(place, (at, key));
                }
            }
            _ => {}
        }
        is_open
    }

    fn holds_at(&self, at: i64) -> bool {
        match self {
            Column::Items(items) => items.binary_search_by_key(&at, |item| item.0).is_ok(),
            _ => false,
        }
    }

    fn add(&mut self, at: i64, contribution: Contribution) {
        if let Column::Sums(sums) = self {
            match contribution.number().and_then(units).filter(|_| sums.len() < MAX_SUMS) {
                Some(amount) => {
                    let place = after(sums, at, |entry| entry.0);
                    let before = place.checked_sub(1).map_or(0, |last| sums[last].1);
                    sums.insert(place, (at, before + amount));
                    sums[place + 1..].iter_mut().for_each(|entry| entry.1 += amount);
                    return;
                }
                // Numbers of more digits than units hold, and too many of them, are kept as they are.
                None => *self = Column::Items(amounts(sums)),
            }
        }
        if let Column::Items(items) = self {
            let place = after(items, at, |entry| entry.0);
            grow(items);
            items.insert(place, (at, contribution));
        }
    }

    /// Takes an event away that was added before.
    pub(super) fn remove(&mut self, keeps: &Keeps, at: i64, properties: &Properties) {
        match (self, keeps) {
            (Column::Times(times), _) => {
                if let Ok(place) = times.binary_search(&at) {
                    times.remove(place);
                }
            }
            (column @ (Column::Sums(_) | Column::Items(_)), Keeps::Sums(aggregate) | Keeps::Items(aggregate)) => {
                aggregate.contributions(properties, |contribution| column.take(at, &contribution));
            }
            (Column::Keys(keys), Keeps::Keys(paths)) => {
                let entry = key(paths, properties).map(|key| (at, key));
                if let Some(place) = keys.iter().position(|other| Some(*other) == entry) {
                    keys.remove(place);
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, at: i64, contribution: &Contribution) {
        match self {
            Column::Sums(sums) => {
                let Some(amount) = contribution.number().and_then(units) else { return };
                let first = sums.partition_point(|entry| entry.0 < at);
                let of_time = sums[first..].iter().take_while(|entry| entry.0 == at).count();
                let is_it = |place: &usize| {
                    let before = place.checked_sub(1).map_or(0, |last| sums[last].1);
                    sums[*place].1 - before == amount
                };
                if let Some(place) = (first..first + of_time).find(is_it) {
                    sums.remove(place);
                    sums[place..].iter_mut().for_each(|entry| entry.1 -= amount);
                }
            }
            Column::Items(items) => {
                let first = items.partition_point(|entry| entry.0 < at);
                let is_it = |entry: &(i64, Contribution)| entry.0 == at && entry.1 == *contribution;
                if let Some(place) = items[first..].iter().position(is_it) {
                    items.remove(first + place);
                }
            }
            _ => {}
        }
    }

    /// The times of the events, with what tells those apart that agree.
    pub(super) fn keyed(&self) -> &[(i64, u128)] {
        match self {
            Column::Keys(keys) => keys,
            _ => &[],
        }
    }

    /// How many bytes it takes, itself not counted.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Column::Times(times) => times.bytes(),
            Column::Sums(sums) => sums.bytes(),
            Column::Items(items) => items.capacity() * size_of::<(i64, Contribution)>(),
            Column::Keys(keys) => keys.capacity() * size_of::<(i64, u128)>(),
        }
    }
}

/// How many amounts a column of sums has: together they are less than 2^62 units.
const MAX_SUMS: usize = 1 << 18;

/// Where an entry of a time goes: after its equals, nearly always at the end.
fn after<T>(entries: &[T], at: i64, time: impl Fn(&T) -> i64) -> usize {
    match entries.last() {
        Some(last) if time(last) > at => entries.partition_point(|entry| time(entry) <= at),
        _ => entries.len(),
    }
}

fn amounts(sums: &[(i64, i64)]) -> Vec<(i64, Contribution)> {
    let before = std::iter::once(0).chain(sums.iter().map(|entry| entry.1));
    sums.iter().zip(before).map(|((at, sum), before)| (*at, amount(sum - before))).collect()
}

/// An amount of so many units.
fn amount(units: i64) -> Contribution {
    Contribution::of_number(Decimal::new(units, UNIT_PLACES))
}

/// What an event has in common with others; `None` if it lacks one of the properties.
fn key(paths: &[PropertyPath], properties: &Properties) -> Option<u128> {
    let mut digester = Digester::default();
    for path in paths {
        let mut values = Vec::new();
        Aggregate::DistinctCount(path.clone())
            .contributions(properties, |contribution| values.extend(contribution.value().cloned()));
        if values.is_empty() {
            return None;
        }
        digester.each(&values);
    }
    let digest = digester.finish();
    Some(digest.as_bytes().iter().take(16).fold(0, |hash, byte| hash << 8 | u128::from(*byte)))
}
