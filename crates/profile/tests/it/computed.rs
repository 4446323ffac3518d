//! Computed attributes: the incremental engine against a slow and obvious reference, and frozen cases.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use onefold_fact::{Body, Fact, FactSet, Filter, Standing, Test, Timestamp, Value};
use onefold_profile::{
    Accumulator, Aggregate, Calendar, Computation, ComputedAttribute, End, EventSelector, Extent, Measure, Occurrence,
    Period, Session, Span, Unit, Window,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rust_decimal::Decimal;

use crate::support::{draft, profile, schema, value};

const BERLIN: Tz = Tz::Europe__Berlin;

/// So many hours after a time shortly before clocks go forward in Berlin (29 March 2026).
fn hour(hour: i64) -> Timestamp {
    "2026-03-26T21:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::hours(hour)
}

fn span(text: &str) -> Span {
    text.parse().unwrap()
}

fn computation(aggregate: Aggregate, window: Window) -> Computation {
    let filter = Filter::Not(Box::new(Filter::test("void".parse().unwrap(), Test::Present)));
    Computation::new(ComputedAttribute { events: EventSelector::named(["buy"]).filtered(filter), aggregate, window })
        .unwrap()
}

fn any_window() -> impl Strategy<Value = Window> {
    let calendar = (
        select(vec![Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year]),
        select(vec![Extent::ToDate, Extent::Completed, Extent::Rolling]),
        1_u16..4,
        select(vec![BERLIN, Tz::UTC, Tz::America__St_Johns]),
    );
    let absolute = (proptest::option::of(0_i64..200), proptest::option::of(200_i64..400));
    prop_oneof![
        Just(Window::Lifetime),
        select(vec!["1h", "36h", "5d"]).prop_map(|text| Window::Sliding(span(text))),
        absolute.prop_map(|(from, until)| Window::Absolute { from: from.map(hour), until: until.map(hour) }),
        calendar
            .prop_map(|(period, extent, count, zone)| { Window::Calendar(Calendar { period, extent, count, zone }) }),
        (select(vec!["1h", "20h"]), select(vec![Session::Current, Session::Latest]))
            .prop_map(|(gap, which)| Window::Session { gap: span(gap), which }),
    ]
}

fn any_aggregate() -> impl Strategy<Value = Aggregate> {
    let path = || "what".parse().unwrap();
    let measures = [
        Measure::number(path()),
        Measure::money(path(), "EUR".parse().unwrap()),
        Measure::each_currency(path()).currency_at("unit".parse().unwrap()),
    ];
    let measure = select(measures.to_vec());
    prop_oneof![
        Just(Aggregate::Count),
        measure.clone().prop_map(Aggregate::Sum),
        measure.clone().prop_map(Aggregate::Average),
        measure.clone().prop_map(Aggregate::Smallest),
        measure.prop_map(Aggregate::Largest),
        select(vec![
            Aggregate::First(path()),
            Aggregate::Last(path()),
            Aggregate::MostFrequent(path()),
            Aggregate::DistinctCount(path()),
            Aggregate::DistinctList { path: path(), limit: 3 },
        ]),
        (select(vec![End::First, End::Last]), select(vec![None, Some(BERLIN)]))
            .prop_map(|(event, zone)| Aggregate::DaysSince { event, zone }),
    ]
}

/// An event: mostly purchases, often at one time, of values of every type.
fn any_event() -> impl Strategy<Value = Fact> {
    let what = select(vec![
        "1",
        "2",
        "2.0",
        "0.10",
        "0.1",
        "-3",
        r#""a""#,
        r#""b""#,
        "true",
        "null",
        "[1,\"a\",0.2]",
        r#"{"amount":5,"currency":"EUR"}"#,
        r#"{"amount":5.50,"currency":"EUR"}"#,
        r#"{"amount":7,"currency":"USD"}"#,
    ]);
    let name = prop_oneof![4 => Just("buy"), 1 => Just("look")];
    // Some lie far in the future, some state no time.
    let when = prop_oneof![6 => 0_i64..400, 1 => 9_000_i64..9_100];
    let unit = select(vec![None, Some("EUR"), Some("USD")]);
    (name, what, unit, proptest::option::weighted(0.1, Just(true)), proptest::option::weighted(0.9, when), 0_i64..400)
        .prop_map(|(name, what, unit, void, said, received)| {
            let properties = [
                ("what".to_owned(), Value::from_json(what).unwrap().value),
                ("unit".to_owned(), unit.map(Value::from)),
                ("void".to_owned(), void.map(Value::from)),
            ];
            let draft = draft("shop", "1", Body::Event { name: name.into(), properties: properties.into() });
            match said {
                Some(at) => draft.occurred_at(hour(at)).received("batch", hour(received)),
                None => draft.received("batch", hour(received)),
            }
        })
}

/// The first day of a period, by its definition.
fn begins(day: NaiveDate, period: Period) -> bool {
    match period {
        Period::Week => day.weekday() == chrono::Weekday::Mon,
        Period::Month => day.day() == 1,
        Period::Quarter => day.day() == 1 && [1, 4, 7, 10].contains(&day.month()),
        Period::Year => day.ordinal() == 1,
        _ => true,
    }
}

fn back(day: NaiveDate, period: Period, count: u32) -> NaiveDate {
    match period {
        Period::Week => day - Days::new(7 * u64::from(count)),
        Period::Month => day - Months::new(count),
        Period::Quarter => day - Months::new(3 * count),
        Period::Year => day - Months::new(12 * count),
        _ => day - Days::new(count.into()),
    }
}

/// Whether an event of a time counts at a clock, by the definition of its window. `all` are the times of all events.
fn counts(window: &Window, at: Timestamp, clock: Timestamp, all: &[Timestamp]) -> bool {
    if at > clock {
        return false;
    }
    match *window {
        Window::Sliding(span) => (clock - at).num_microseconds().unwrap() < i64::from(span.seconds()) * 1_000_000,
        Window::Absolute { from, until } => from.is_none_or(|from| at >= from) && until.is_none_or(|until| at < until),
        Window::Calendar(Calendar { period, extent, count, zone }) => {
            let day = |at: Timestamp| at.with_timezone(&zone).date_naive();
            let start = |day: NaiveDate| day.iter_days().rev().find(|day| begins(*day, period)).unwrap();
            let (at, now) = (day(at), day(clock));
            match extent {
                Extent::ToDate => at >= back(start(now), period, u32::from(count) - 1),
                Extent::Completed => at >= back(start(now), period, count.into()) && at < start(now),
                Extent::Rolling => at >= back(now, period, count.into()),
            }
        }
        Window::Session { gap, which } => {
            let gap = TimeDelta::seconds(gap.seconds().into());
            let mut times: Vec<Timestamp> = all.iter().copied().filter(|at| *at <= clock).collect();
            times.sort();
            let last = *times.last().unwrap();
            let goes_on = which == Session::Latest || clock - last <= gap;
            let unbroken = times.windows(2).all(|two| two[0] < at || two[1] - two[0] <= gap);
            goes_on && unbroken
        }
        _ => true,
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// A number with its currency, if it is one of this unit.
fn amount(measure: &Measure, value: &Value, beside: Option<&Value>) -> Option<(String, Decimal)> {
    let (number, currency) = match value {
        Value::Map(money) => (decimal(money["amount"].as_ref()?)?, Some(money["currency"].as_ref()?.to_string())),
        value => (decimal(value)?, beside.filter(|_| measure.currency.is_some()).map(ToString::to_string)),
    };
    match measure.unit {
        Unit::Number => currency.is_none().then(|| (String::new(), number)),
        Unit::Money(asked) => (currency? == asked.as_str()).then(|| (String::new(), number)),
        _ => Some((currency?, number)),
    }
}

/// The value of a computed attribute by its definition: everything that counts, looked at anew.
fn reference(computation: &Computation, events: &FactSet, clock: Timestamp) -> (Option<Value>, u64, u64) {
    let mut standing: Vec<Standing<'_>> = events.standing(None);
    standing.sort_by_key(Standing::order);
    let all: Vec<Timestamp> = standing.iter().map(Standing::at).collect();
    let ComputedAttribute { events: _, aggregate, window } = computation.attribute();
    let mut times = Vec::new();
    let mut values: Vec<(Value, Option<Value>)> = Vec::new();
    for it in &standing {
        let Body::Event { name, properties } = it.fact().body() else { continue };
        if name != "buy" || properties["void"].is_some() || !counts(window, it.at(), clock, &all) {
            continue;
        }
        times.push(it.at());
        match &properties["what"] {
            Some(Value::List(items)) => {
                values.extend(items.iter().flatten().map(|it| (it.clone(), properties["unit"].clone())));
            }
            Some(value) => values.push((value.clone(), properties["unit"].clone())),
            None => {}
        }
    }
    // `2` and `2.0` are one number.
    let plain: Vec<Value> = values
        .iter()
        .map(|(value, _)| match decimal(value).map(|it| it.normalize()) {
            Some(number) if number.is_integer() => Value::Integer(number.try_into().unwrap()),
            Some(number) => Value::Decimal(number),
            None => value.clone(),
        })
        .map(|value| match value {
            Value::Map(mut money) => {
                if let Some(Some(Value::Decimal(amount))) = money.get_mut("amount") {
                    *amount = amount.normalize();
                }
                Value::Map(money)
            }
            other => other,
        })
        .collect();
    let distinct: BTreeSet<Value> = plain.iter().cloned().collect();
    let of_numbers = |measure: &Measure, make: &dyn Fn(&[Decimal]) -> Option<Decimal>, none: Option<Value>| {
        let mut numbers: BTreeMap<String, Vec<Decimal>> = BTreeMap::new();
        for (value, unit) in &values {
            if let Some((currency, number)) = amount(measure, value, unit.as_ref()) {
                numbers.entry(currency).or_default().push(number);
            }
        }
        let counted: usize = numbers.values().map(Vec::len).sum();
        let made = |numbers: &Vec<Decimal>| make(numbers).map(Value::Decimal);
        let value = match measure.unit {
            Unit::EachCurrency => {
                Some(Value::Map(numbers.iter().map(|(unit, it)| (unit.as_str().into(), made(it))).collect()))
            }
            _ => numbers.get("").map_or(none, made),
        };
        (value, counted as u64, (values.len() - counted) as u64)
    };
    let sum = |numbers: &[Decimal]| Some(numbers.iter().sum());
    let count = plain.len() as u64;
    match aggregate {
        Aggregate::Count => (Some(Value::Integer(times.len() as i64)), times.len() as u64, 0),
        Aggregate::Sum(measure) => of_numbers(measure, &sum, Some(Value::from(Decimal::ZERO))),
        Aggregate::Average(measure) => {
            of_numbers(measure, &|it| Some(it.iter().sum::<Decimal>() / Decimal::from(it.len())), None)
        }
        Aggregate::Smallest(measure) => of_numbers(measure, &|it| it.iter().min().copied(), None),
        Aggregate::Largest(measure) => of_numbers(measure, &|it| it.iter().max().copied(), None),
        Aggregate::First(_) => (plain.first().cloned(), count, 0),
        Aggregate::Last(_) => (plain.last().cloned(), count, 0),
        Aggregate::MostFrequent(_) => {
            let times = |value: &Value| plain.iter().filter(|other| *other == value).count();
            // Of the last that nobody beats, from the largest down, the smallest.
            (distinct.iter().rev().max_by_key(|value| times(value)).cloned(), count, 0)
        }
        Aggregate::DistinctCount(_) => (Some(Value::Integer(distinct.len() as i64)), count, 0),
        Aggregate::DistinctList { limit, .. } => {
            (Some(Value::List(distinct.into_iter().take((*limit).into()).map(Some).collect())), count, 0)
        }
        Aggregate::DaysSince { event, zone } => {
            let since = if *event == End::First { times.first() } else { times.last() };
            let days = |since: &Timestamp| match zone {
                None => (clock - since).num_days(),
                Some(zone) => {
                    let day = |at: &Timestamp| at.with_timezone(zone).date_naive();
                    (day(&clock) - day(since)).num_days()
                }
            };
            (since.map(|since| Value::Integer(days(since))), times.len() as u64, 0)
        }
        other => panic!("no reference for {other:?}"),
    }
}

fn check(
    computation: &Computation,
    accumulator: &mut Accumulator,
    events: &FactSet,
    clock: Timestamp,
) -> Result<(), TestCaseError> {
    let computed = accumulator.read(computation, clock);
    let expected = reference(computation, events, clock);
    prop_assert_eq!((computed.value.clone(), computed.counted, computed.skipped), expected, "at {}", clock);
    let anew = computation.evaluate(profile(events, &schema([]), None, None).timeline(), clock);
    prop_assert_eq!(&anew, &computed, "at {}", clock);
    // Nothing changes before it is said to, and each change is said before.
    let next = computed.next_change_at;
    prop_assert!(next.is_none_or(|next| next > clock));
    for hours in 1..80 {
        let later = clock + TimeDelta::hours(hours);
        let later = next.map_or(later, |next| later.min(next - TimeDelta::microseconds(1)));
        let then = reference(computation, events, later);
        prop_assert_eq!(&(computed.value.clone(), computed.counted, computed.skipped), &then, "until {:?}", next);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    /// What is kept up to date event by event, in any order of arrival, with events taken away again, equals what the
    /// definition says of the events that are there, at each clock; and nothing changes before `next_change_at`.
    ///
    /// Mutations: let a sliding window hold its far end; let an event count before its time; count days of 24 hours in
    /// a zone; cut sessions by selected events only; sum into one cell whatever the currency; forget the events that
    /// wait when one is taken away; say the next change of what has left already.
    #[test]
    fn incremental_equals_recomputed(
        aggregate in any_aggregate(),
        window in any_window(),
        steps in vec((any_event(), proptest::option::weighted(0.3, any::<Index>()), 0_i64..30), 1..16),
    ) {
        let computation = computation(aggregate, window);
        let mut clock = hour(0);
        let mut accumulator = Accumulator::new(&computation, clock);
        let mut present: Vec<Fact> = Vec::new();
        for (fact, taken, hours) in steps {
            clock += TimeDelta::hours(hours);
            if present.iter().any(|other| other.id() == fact.id()) {
                continue;
            }
            accumulator.insert(&computation, &Occurrence::of(Standing::alone(&fact)).unwrap());
            present.push(fact);
            if let Some(taken) = taken {
                let gone = present.swap_remove(taken.index(present.len()));
                accumulator.remove(&computation, &Occurrence::of(Standing::alone(&gone)).unwrap());
            }
            check(&computation, &mut accumulator, &present.iter().cloned().collect(), clock)?;
        }
        // Time alone.
        let events: FactSet = present.into_iter().collect();
        for _ in 0..3 {
            let Some(next) = accumulator.read(&computation, clock).next_change_at else { break };
            clock = next;
            check(&computation, &mut accumulator, &events, clock)?;
        }
    }

    /// A declaration reads back as it was written.
    #[test]
    fn declarations_round_trip(aggregate in any_aggregate(), window in any_window()) {
        let declared = computation(aggregate, window).attribute().clone();
        let json = serde_json::to_string(&declared).unwrap();
        prop_assert_eq!(serde_json::from_str::<ComputedAttribute>(&json).unwrap(), declared);
    }
}

fn bought(at: &str, what: &str) -> Fact {
    let at: Timestamp = at.parse().unwrap();
    draft("shop", "1", Body::event("buy", [("what", value(what))])).occurred_at(at).received("batch", at)
}

/// The value at a clock, as text, and the next change.
fn read(aggregate: Aggregate, window: Window, events: &[Fact], clock: &str) -> (Option<String>, Option<String>) {
    let computation = computation(aggregate, window);
    let mut accumulator = Accumulator::new(&computation, clock.parse().unwrap());
    for event in events {
        accumulator.insert(&computation, &Occurrence::of(Standing::alone(event)).unwrap());
    }
    let computed = accumulator.read(&computation, clock.parse().unwrap());
    (computed.value.map(|it| it.to_string()), computed.next_change_at.map(|it| Value::Timestamp(it).to_string()))
}

fn some(value: &str, next: &str) -> (Option<String>, Option<String>) {
    (Some(value.to_owned()), (!next.is_empty()).then(|| next.to_owned()))
}

/// Mutations: take a month for 30 days; take midnight UTC for midnight.
#[test]
fn months_are_those_of_the_zone() {
    // The second is already April in Berlin.
    let events = [bought("2026-03-31T21:59:59Z", "1"), bought("2026-03-31T22:00:00Z", "2")];
    let month = |extent| Window::Calendar(Calendar { period: Period::Month, extent, count: 1, zone: BERLIN });
    let sum = || Aggregate::Sum(Measure::number("what".parse().unwrap()));
    assert_eq!(read(sum(), month(Extent::ToDate), &events, "2026-04-10T00:00:00Z"), some("2", "2026-04-30T22:00:00Z"));
    assert_eq!(
        read(sum(), month(Extent::Completed), &events, "2026-04-10T00:00:00Z"),
        some("1", "2026-04-30T22:00:00Z")
    );
}

/// Events of 1970 and of 2999 are events like others: one is long ago, the other counts when its time comes.
#[test]
fn the_ends_of_time_are_times() {
    let events = [bought("1970-01-01T00:00:00Z", "1"), bought("2999-12-31T00:00:00Z", "2")];
    let clock = "2026-01-01T00:00:00Z";
    assert_eq!(read(Aggregate::Count, Window::Lifetime, &events, clock), some("1", "2999-12-31T00:00:00Z"));
    assert_eq!(read(Aggregate::Count, Window::Sliding(span("30d")), &events, clock), some("0", "2999-12-31T00:00:00Z"));
    let days = Aggregate::DaysSince { event: End::Last, zone: None };
    assert_eq!(read(days, Window::Lifetime, &events, clock), some("20454", "2026-01-02T00:00:00Z"));
    let ever = [Timestamp::MIN_UTC, Timestamp::MAX_UTC];
    let events = ever.map(|at| draft("shop", "1", Body::event("buy", [("what", 1)])).occurred_at(at).received("b", at));
    for window in [
        Window::Sliding(span("36500d")),
        Window::Calendar(Calendar { period: Period::Year, extent: Extent::Rolling, count: 1000, zone: BERLIN }),
        Window::Calendar(Calendar { period: Period::Quarter, extent: Extent::Completed, count: 1000, zone: BERLIN }),
        Window::Session { gap: span("1d"), which: Session::Current },
    ] {
        for clock in ever {
            let computation = computation(Aggregate::Count, window);
            let mut accumulator = Accumulator::new(&computation, clock);
            events
                .iter()
                .for_each(|it| accumulator.insert(&computation, &Occurrence::of(Standing::alone(it)).unwrap()));
            assert!(accumulator.read(&computation, clock).counted <= 2);
        }
    }
}

/// A property that changes its type is reported, not guessed.
#[test]
fn values_that_are_no_numbers_are_counted_as_left_out() {
    let computation = computation(Aggregate::Sum(Measure::number("what".parse().unwrap())), Window::Lifetime);
    let mut accumulator = Accumulator::new(&computation, hour(0));
    for what in ["12.5", r#""12.5""#, r#"{"amount":1,"currency":"EUR"}"#, "true"] {
        let event = bought("2026-01-01T00:00:00Z", what);
        accumulator.insert(&computation, &Occurrence::of(Standing::alone(&event)).unwrap());
    }
    let computed = accumulator.read(&computation, hour(0));
    assert_eq!((computed.value, computed.counted, computed.skipped), (Some(value("12.5")), 1, 3));
}

/// 100,000 events of one customer, newest first, and a million different values: bounded by what they say.
#[test]
fn a_busy_customer_is_folded() {
    let path = || "what".parse().unwrap();
    for (aggregate, window, expected) in [
        (Aggregate::Count, Window::Sliding(span("30d")), "43200"),
        (Aggregate::DistinctCount(path()), Window::Lifetime, "100000"),
        (Aggregate::Last(path()), Window::Lifetime, "99999"),
        (Aggregate::Count, Window::Session { gap: span("5m"), which: Session::Latest }, "100000"),
    ] {
        let computation = computation(aggregate, window);
        let clock = hour(0) + TimeDelta::minutes(99_999);
        let mut accumulator = Accumulator::new(&computation, clock);
        let order = |n: i64| bought("2026-01-01T00:00:00Z", &n.to_string());
        for n in (0..100_000).rev() {
            let at = hour(0) + TimeDelta::minutes(n);
            let Body::Event { name, properties } = order(n).body().clone() else { unreachable!() };
            let fact = draft("shop", "1", Body::Event { name, properties }).occurred_at(at).received("b", at);
            accumulator.insert(&computation, &Occurrence::of(Standing::alone(&fact)).unwrap());
        }
        assert_eq!(accumulator.read(&computation, clock).value.unwrap().to_string(), expected);
    }
}

#[test]
fn a_declaration_that_cannot_be_computed_says_why() {
    let declared = |aggregate: &str, window: &str| {
        let json = format!(r#"{{"aggregate":{aggregate},"window":{window}}}"#);
        Computation::new(serde_json::from_str(&json).unwrap()).unwrap_err().to_string()
    };
    let calendar = r#"{"calendar":{"period":"day","extent":"rolling","count":0,"zone":"UTC"}}"#;
    assert_eq!(declared(r#""count""#, calendar), "its window has a count of 0; expected 1 to 1000");
    let list = r#"{"distinct_list":{"path":"a","limit":0}}"#;
    assert_eq!(declared(list, r#""lifetime""#), "its list has a limit of 0; expected 1 to 10000");
    let sum = r#"{"sum":{"path":"a","currency":"b"}}"#;
    assert!(declared(sum, r#""lifetime""#).starts_with("`a` has a path to its currency, yet counts plain numbers"));
    let zone = r#"{"calendar":{"period":"day","extent":"rolling","count":1,"zone":"Mars/Base"}}"#;
    assert!(serde_json::from_str::<Window>(zone).is_err());
    for text in ["", "0d", "d", "+1d", "5", "40000d", "5 d", "99999999999d"] {
        let error = text.parse::<Span>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{text}` is not a length of time; expected")), "{error}");
    }
}
