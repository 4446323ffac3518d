//! [`Accumulator`]: what is kept of a customer's events for one computed attribute.

use std::ops::Range;

use onefold_fact::standard::Currency;
use onefold_fact::{Order, Properties, Timestamp, Value};
use rust_decimal::Decimal;

use super::aggregate::{Aggregate, Amount, End, Measure, Unit, canonical};
use super::calendar::{day, instant, start_of_day};
use super::definition::{Computation, Occurrence};
use super::series::{Keep, Series};
use super::sessions::Sessions;
use super::tally::{Multiset, Nothing, Sums, Tally};
use super::window::{Frame, Window};
use crate::timeline::{Event, Timeline};

/// The value of a computed attribute at a clock, and what it rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Computed {
    /// The value; `None` where there is nothing to compute it from.
    pub value: Option<Value>,
    /// How many values it is made of; of a count how many events.
    pub counted: u64,
    /// How many values were left out, since they are no numbers, or of another unit.
    pub skipped: u64,
    /// The first clock after this one at which time alone may change the value; before it, nothing but other events
    /// does. `None`: never.
    pub next_change_at: Option<Timestamp>,
}

/// What is kept of a customer's events for one computed attribute, so that an event can be added, taken away or
/// outlived without looking at the others. It follows one clock that never goes back; for another date,
/// [`Computation::evaluate`] computes anew.
///
/// ```
/// use onefold_fact::{Body, Draft, RecordKey, Standing, Value};
/// use onefold_profile::{Accumulator, Aggregate, Computation, ComputedAttribute, EventSelector, Occurrence, Window};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let events = EventSelector::named(["Order Completed"]);
/// let orders = ComputedAttribute { events, aggregate: Aggregate::Count, window: Window::Sliding("30d".parse()?) };
/// let orders = Computation::new(orders)?;
///
/// let at = "2026-03-01T12:00:00Z".parse()?;
/// let order = Draft::new("shop", Body::event("Order Completed", [("total", 12)])).key(RecordKey::person("17"));
/// let order = order.occurred_at(at).received("stream", at);
/// let order = Occurrence::of(Standing::alone(&order)).ok_or("an event")?;
///
/// let mut accumulator = Accumulator::new(&orders, at);
/// accumulator.insert(&orders, &order);
/// let computed = accumulator.read(&orders, at);
/// assert_eq!(computed.value, Some(Value::Integer(1)));
///
/// // Thirty days later it is over, and that was known all along.
/// let over = computed.next_change_at.ok_or("a time")?;
/// assert_eq!(over, "2026-03-31T12:00:00Z".parse::<onefold_fact::Timestamp>()?);
/// assert_eq!(accumulator.read(&orders, over).value, Some(Value::Integer(0)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Accumulator {
    clock: i64,
    frame: Frame,
    kept: Kept,
    /// Of a session window only.
    sessions: Option<Box<Sessions>>,
}

/// What an aggregate needs.
#[derive(Debug, Clone)]
enum Kept {
    Times(Series<Nothing<()>>),
    Ranked(Series<Nothing<(Rank, Value)>>),
    Sums(Series<Sums>),
    Amounts(Series<Multiset<Amount>>),
    Values(Series<Multiset<Value>>),
}

/// The canonical order of values at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    stated: bool,
    received: i64,
    /// The beginning of the hash of the content.
    content: u64,
    /// The place among the values of one event.
    nth: u32,
}

impl Rank {
    fn of(order: Order) -> Self {
        let content = order.content().as_bytes().iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte));
        Self { stated: order.is_stated(), received: order.received_at().timestamp_micros(), content, nth: 0 }
    }
}

impl Computation {
    /// The value at a clock, computed anew from a timeline.
    #[must_use]
    pub fn evaluate(&self, timeline: &Timeline, clock: Timestamp) -> Computed {
        let mut accumulator = Accumulator::new(self, clock);
        for (nth, event) in timeline.iter().enumerate() {
            accumulator.insert_nth(self, event, nth);
        }
        accumulator.read_settled(self)
    }
}

/// Calls one of the methods of a series with the frame of the moment, whatever it keeps.
macro_rules! each_series {
    ($kept:expr, $series:ident => $call:expr) => {
        match $kept {
            Kept::Times($series) => $call,
            Kept::Ranked($series) => $call,
            Kept::Sums($series) => $call,
            Kept::Amounts($series) => $call,
            Kept::Values($series) => $call,
        }
    };
}

impl Accumulator {
    /// Of no event yet, at a clock.
    #[must_use]
    pub fn new(computation: &Computation, clock: Timestamp) -> Self {
        Self::within(computation, computation.frame(clock.timestamp_micros()))
    }

    pub(crate) fn within(computation: &Computation, frame: Frame) -> Self {
        let kept = match computation.aggregate() {
            Aggregate::Count | Aggregate::DaysSince { .. } => Kept::Times(Series::default()),
            Aggregate::Sum(_) | Aggregate::Average(_) => Kept::Sums(Series::default()),
            Aggregate::Smallest(_) | Aggregate::Largest(_) => Kept::Amounts(Series::default()),
            Aggregate::First(_) | Aggregate::Last(_) => Kept::Ranked(Series::default()),
            Aggregate::MostFrequent(_) | Aggregate::DistinctCount(_) | Aggregate::DistinctList { .. } => {
                Kept::Values(Series::default())
            }
        };
        let is_session = matches!(computation.window(), Window::Session { .. });
        Self { clock: frame.clock, frame, kept, sessions: is_session.then(Box::default) }
    }

    /// Adds an event; one that the computation does not select changes nothing, but may cut its sessions.
    pub fn insert(&mut self, computation: &Computation, event: &Occurrence<'_>) {
        self.change(computation, event, true);
    }

    /// Takes an event away that was added before.
    pub fn remove(&mut self, computation: &Computation, event: &Occurrence<'_>) {
        self.change(computation, event, false);
    }

    fn change(&mut self, computation: &Computation, event: &Occurrence<'_>, inserts: bool) {
        let at = event.order.at().timestamp_micros();
        if let (Some(sessions), Window::Session { gap, which: _ }) = (&mut self.sessions, computation.window()) {
            if inserts {
                sessions.insert(at, gap.micros());
            } else {
                sessions.remove(at, gap.micros());
            }
        }
        let rank = || Rank::of(event.order);
        self.change_if_selected(computation, (at, rank), (event.name, event.properties), inserts);
    }

    fn change_if_selected(
        &mut self,
        computation: &Computation,
        (at, rank): (i64, impl FnOnce() -> Rank),
        (name, properties): (&str, &Properties),
        inserts: bool,
    ) {
        let selects = || computation.attribute().events.selects(name, properties);
        // What left the window for good need not be looked at; a session's frame says nothing about that.
        let has_left = self.sessions.is_none() && at < self.frame.from;
        if !has_left && computation.window().admits(at) && selects() {
            self.change_selected(computation, (at, rank()), properties, inserts);
        }
    }

    /// Adds an event of a timeline, where its place tells its rank.
    pub(super) fn insert_nth(&mut self, computation: &Computation, event: &Event, nth: usize) {
        let at = event.at().timestamp_micros();
        if let (Some(sessions), Window::Session { gap, which: _ }) = (&mut self.sessions, computation.window()) {
            sessions.insert(at, gap.micros());
        }
        let received = nth.try_into().unwrap_or(i64::MAX);
        let rank = || Rank { stated: false, received, content: 0, nth: 0 };
        self.change_if_selected(computation, (at, rank), (event.name(), event.properties()), true);
    }

    /// Adds or takes away an event that is selected and within the window at some clock.
    fn change_selected(
        &mut self,
        computation: &Computation,
        (at, mut rank): (i64, Rank),
        properties: &Properties,
        inserts: bool,
    ) {
        let frame = self.settle(computation);
        let keep = keep(computation);
        match &mut self.kept {
            Kept::Times(series) => put(series, at, Some(()), frame, keep, inserts),
            Kept::Ranked(series) => {
                each_value(computation.aggregate(), properties, |value| {
                    put(series, at, Some((rank, canonical(value))), frame.clone(), keep, inserts);
                    rank.nth = rank.nth.saturating_add(1);
                });
            }
            Kept::Sums(series) => each_amount(computation.aggregate(), properties, |amount| {
                put(series, at, amount, frame.clone(), keep, inserts);
            }),
            Kept::Amounts(series) => each_amount(computation.aggregate(), properties, |amount| {
                put(series, at, amount, frame.clone(), keep, inserts);
            }),
            Kept::Values(series) => each_value(computation.aggregate(), properties, |value| {
                put(series, at, Some(canonical(value)), frame.clone(), keep, inserts);
            }),
        }
    }

    /// The value at a clock. A clock before the last one that was named counts as that one.
    pub fn read(&mut self, computation: &Computation, clock: Timestamp) -> Computed {
        self.frame.advance_to(computation.window(), clock.timestamp_micros());
        self.read_settled(computation)
    }

    pub(crate) fn read_within(&mut self, computation: &Computation, frame: Frame) -> Computed {
        self.follow(frame);
        self.read_settled(computation)
    }

    /// Takes over a frame of the same window.
    pub(crate) fn follow(&mut self, frame: Frame) {
        if frame.clock > self.frame.clock {
            self.frame = frame;
        }
    }

    /// The value at a clock, where it changes with the events that count only; and the time of the last of them.
    pub(super) fn read_last(&mut self, computation: &Computation, clock: Timestamp) -> (Computed, Option<i64>) {
        self.frame.advance_to(computation.window(), clock.timestamp_micros());
        let (computed, _) = self.read_apart(computation);
        (computed, each_series!(&self.kept, series => series.last_at()))
    }

    fn read_settled(&mut self, computation: &Computation) -> Computed {
        let (mut computed, ticks_at) = self.read_apart(computation);
        computed.next_change_at = computed.next_change_at.into_iter().chain(ticks_at).min();
        computed
    }

    /// The value, and the clock at which it changes though the same events count.
    fn read_apart(&mut self, computation: &Computation) -> (Computed, Option<Timestamp>) {
        self.settle(computation);
        let (value, ticks_at) = self.value(computation.aggregate());
        let (counted, skipped) = each_series!(&self.kept, series => (series.counted(), series.skipped()));
        let (first, next) = each_series!(&self.kept, series => (series.first_at(), series.next_at()));
        let window = computation.window();
        let by_entries = match &self.sessions {
            Some(sessions) => session_frame(sessions, window, self.clock).1,
            None => {
                let leaves = first.and_then(|at| window.leaves_at(at));
                leaves.into_iter().chain(next.and_then(|at| window.enters_at(at))).min()
            }
        };
        let next_change_at = by_entries.filter(|at| *at > self.clock).and_then(instant);
        (Computed { value, counted, skipped, next_change_at }, ticks_at.and_then(instant))
    }

    /// Lets the clock's frame count.
    fn settle(&mut self, computation: &Computation) -> Range<i64> {
        self.clock = self.frame.clock;
        let frame = match &self.sessions {
            Some(sessions) => session_frame(sessions, computation.window(), self.clock).0,
            None => self.frame.from..self.frame.until,
        };
        let keep = keep(computation);
        each_series!(&mut self.kept, series => series.settle(frame.clone(), keep));
        frame
    }

    /// The value of what counts, and the clock at which it changes though the same events count.
    fn value(&self, aggregate: &Aggregate) -> (Option<Value>, Option<i64>) {
        let value = match (&self.kept, aggregate) {
            (Kept::Times(series), Aggregate::DaysSince { event, zone }) => {
                let since = match event {
                    End::First => series.first_at(),
                    End::Last => series.last_at(),
                };
                return since.map_or((None, None), |since| days_since(since, self.clock, *zone));
            }
            (Kept::Times(series), _) => Some(integer(series.counted())),
            (Kept::Ranked(series), Aggregate::First(_)) => series.first().map(|(_, value)| value.clone()),
            (Kept::Ranked(series), _) => series.last().map(|(_, value)| value.clone()),
            (Kept::Sums(series), aggregate) => sums(series.tally(), aggregate),
            (Kept::Amounts(series), aggregate) => extreme(series.tally(), aggregate),
            (Kept::Values(series), aggregate) => of_values(series.tally(), aggregate),
        };
        (value, None)
    }
}

/// The frame of a session window.
fn session_frame(sessions: &Sessions, window: &Window, clock: i64) -> (Range<i64>, Option<i64>) {
    match window {
        Window::Session { gap, which } => sessions.frame(clock, gap.micros(), *which),
        _ => (0..0, None),
    }
}

fn put<T: Tally>(series: &mut Series<T>, at: i64, item: Option<T::Item>, frame: Range<i64>, keep: Keep, inserts: bool) {
    if inserts {
        series.insert(at, item, frame, keep);
    } else {
        series.remove(at, item, frame, keep);
    }
}

fn keep(computation: &Computation) -> Keep {
    let asks_for_entries =
        matches!(computation.aggregate(), Aggregate::First(_) | Aggregate::Last(_) | Aggregate::DaysSince { .. });
    match computation.window() {
        Window::Session { .. } => Keep::All,
        window if window.is_lasting() && !asks_for_entries => Keep::Waiting,
        _ => Keep::Counted,
    }
}

pub(crate) fn measure(aggregate: &Aggregate) -> Option<&Measure> {
    match aggregate {
        Aggregate::Sum(measure)
        | Aggregate::Average(measure)
        | Aggregate::Smallest(measure)
        | Aggregate::Largest(measure) => Some(measure),
        _ => None,
    }
}

fn each_amount(aggregate: &Aggregate, properties: &Properties, found: impl FnMut(Option<Amount>)) {
    if let Some(measure) = measure(aggregate) {
        measure.each(properties, found);
    }
}

pub(crate) fn each_value<'a>(aggregate: &Aggregate, properties: &'a Properties, mut found: impl FnMut(&'a Value)) {
    if let Aggregate::First(path)
    | Aggregate::Last(path)
    | Aggregate::MostFrequent(path)
    | Aggregate::DistinctCount(path)
    | Aggregate::DistinctList { path, limit: _ } = aggregate
    {
        path.any(properties, |value| {
            found(value);
            false
        });
    }
}

fn integer(number: u64) -> Value {
    Value::Integer(number.try_into().unwrap_or(i64::MAX))
}

/// The days from one time to another, and when there will be one more.
pub(crate) fn days_since(since: i64, clock: i64, zone: Option<chrono_tz::Tz>) -> (Option<Value>, Option<i64>) {
    const DAY: i64 = 86_400_000_000;
    match zone {
        None => {
            let days = clock.saturating_sub(since).max(0) / DAY;
            let next = (days + 1).checked_mul(DAY).and_then(|days| since.checked_add(days));
            (Some(Value::Integer(days)), next)
        }
        Some(zone) => {
            let (Some(from), Some(to)) = (day(since, zone), day(clock, zone)) else { return (None, None) };
            let days = to.signed_duration_since(from).num_days().max(0);
            (Some(Value::Integer(days)), to.succ_opt().map(|next| start_of_day(next, zone)))
        }
    }
}

/// One number, or an object of numbers by currency.
fn by_unit(unit: Unit, each: impl Iterator<Item = (Option<Currency>, Option<Decimal>)>) -> Option<Value> {
    let mut each = each.map(|(currency, number)| (currency, number.map(|number| Value::Decimal(number.normalize()))));
    if unit != Unit::EachCurrency {
        return each.next()?.1;
    }
    let by_currency = each.filter_map(|(currency, number)| Some((currency?.as_str().into(), number)));
    Some(Value::Map(by_currency.collect()))
}

pub(crate) fn sums(sums: &Sums, aggregate: &Aggregate) -> Option<Value> {
    let totals = sums.totals().into_iter();
    match aggregate {
        Aggregate::Average(measure) => {
            let averages = totals
                .map(|(currency, sum, values)| (currency, sum.and_then(|sum| sum.checked_div(Decimal::from(values)))));
            by_unit(measure.unit, averages)
        }
        Aggregate::Sum(measure) => {
            let totals: Vec<_> = totals.map(|(currency, sum, _)| (currency, sum)).collect();
            if totals.is_empty() && measure.unit != Unit::EachCurrency {
                return Some(Value::Decimal(Decimal::ZERO));
            }
            by_unit(measure.unit, totals.into_iter())
        }
        _ => None,
    }
}

pub(crate) fn extreme(amounts: &Multiset<Amount>, aggregate: &Aggregate) -> Option<Value> {
    let unit = measure(aggregate)?.unit;
    let is_smallest = matches!(aggregate, Aggregate::Smallest(_));
    let pair = |amount: &Amount| (amount.currency, Some(amount.number));
    if unit != Unit::EachCurrency {
        let mut amounts = amounts.iter();
        let extreme = if is_smallest { amounts.next() } else { amounts.next_back() };
        return by_unit(unit, extreme.map(|(amount, _)| pair(amount)).into_iter());
    }
    let mut of_each: Vec<(Option<Currency>, Option<Decimal>)> = Vec::new();
    for (amount, _) in amounts.iter() {
        match of_each.last_mut() {
            // In order: the first of a currency is its smallest, the last its largest.
            Some(last) if last.0 == amount.currency => {
                if !is_smallest {
                    *last = pair(amount);
                }
            }
            _ => of_each.push(pair(amount)),
        }
    }
    by_unit(unit, of_each.into_iter())
}

pub(crate) fn of_values(values: &Multiset<Value>, aggregate: &Aggregate) -> Option<Value> {
    match aggregate {
        Aggregate::MostFrequent(_) => values.mode().cloned(),
        Aggregate::DistinctCount(_) => Some(integer(values.distinct() as u64)),
        Aggregate::DistinctList { path: _, limit } => {
            let listed = values.iter().take((*limit).into()).map(|(value, _)| Some(value.clone()));
            Some(Value::List(listed.collect()))
        }
        _ => None,
    }
}
