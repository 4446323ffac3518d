//! Random calendars and instants, and the slow, obvious reference.

use chrono::{DateTime, NaiveDate, TimeZone, Timelike, Utc, Weekday};
use onefold_worktime::{CalendarSpec, Holiday, Hours, Interval, Observance, Override, TimeOfDay, Tz, Week};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// Whether the wall clock shows a time in the hours: the meaning of a calendar, from the time zones themselves.
pub(crate) fn is_open(spec: &CalendarSpec, at: DateTime<Utc>) -> bool {
    let clock = spec.zone.from_utc_datetime(&at.naive_utc()).naive_local();
    let time = TimeOfDay::from_seconds(clock.num_seconds_from_midnight()).expect("a time of day");
    spec.day(clock.date()).hours.contains(time)
}

pub(crate) fn any_zone() -> impl Strategy<Value = Tz> {
    select(&chrono_tz::TZ_VARIANTS[..])
}

/// Hours on the quarter, so that minutes are fine enough for a reference.
pub(crate) fn any_hours() -> impl Strategy<Value = Hours> {
    let interval = (0_u32..96, 1_u32..=96).prop_filter_map("not empty", |(start, length)| {
        let time = |quarter: u32| TimeOfDay::from_seconds(quarter.min(96) * 900);
        Interval::new(time(start)?, time(start + length)?)
    });
    prop_oneof![
        1 => Just(Hours::CLOSED),
        1 => Just(Hours::all_day()),
        4 => vec(interval, 1..4).prop_map(Hours::from_iter),
    ]
}

fn any_weekday() -> impl Strategy<Value = Weekday> {
    (0_u8..7).prop_map(|day| Weekday::try_from(day).expect("a weekday"))
}

fn any_week() -> impl Strategy<Value = Week> {
    vec(any_hours(), 7).prop_map(|hours| {
        let day = |at: usize| Weekday::try_from(at as u8).expect("a weekday");
        hours.into_iter().enumerate().fold(Week::default(), |week, (at, hours)| week.with([day(at)], hours))
    })
}

fn any_holiday() -> impl Strategy<Value = Holiday> {
    let rules = [
        "01-01",
        "02-29",
        "03-29",
        "10-25",
        "12-25",
        "12-31 + 1",
        "easter - 2",
        "orthodox easter + 1",
        "1st monday of november + 1",
        "last sunday of march",
        "5th friday of october",
        "monday before 05-25",
        "wednesday on or after 10-20",
        "friday after 03-06",
        "saturday on or before 04-01",
        "2026-03-08",
    ];
    let observed =
        [Observance::None, Observance::NearestWeekday, Observance::NextWeekday, Observance::NextWeekdayIfSunday];
    let years = proptest::option::of(1990_i32..2040);
    (vec(select(rules.to_vec()), 1..3), select(observed.to_vec()), years.clone(), years, any_hours()).prop_map(
        |(rules, observed, since, until, open)| {
            let rules: Vec<_> = rules.into_iter().map(|rule| rule.parse().expect("a rule")).collect();
            let mut holiday = Holiday::new(format!("On \"{}\"\n", rules[0]), rules);
            (holiday.observed, holiday.since, holiday.open) = (observed, since, open);
            holiday.until = until.filter(|until| since.is_none_or(|since| since <= *until));
            holiday
        },
    )
}

fn any_override() -> impl Strategy<Value = Override> {
    prop_oneof![Just(Override::Open), any_weekday().prop_map(Override::Like), any_hours().prop_map(Override::Hours)]
}

/// A calendar with overrides among these dates.
pub(crate) fn any_spec(zone: impl Strategy<Value = Tz>, dates: Vec<NaiveDate>) -> impl Strategy<Value = CalendarSpec> {
    let overrides = btree_map(select(dates), any_override(), 0..6);
    (zone, any_week(), any_week(), any::<bool>(), vec(any_holiday(), 0..5), overrides).prop_map(
        |(zone, hours, breaks, has_breaks, holidays, overrides)| {
            let breaks = if has_breaks { breaks } else { Week::default() };
            let mut spec = CalendarSpec::new(zone, hours);
            (spec.breaks, spec.holidays, spec.overrides) = (breaks, holidays, overrides);
            spec
        },
    )
}

/// Dates around a second of UTC.
pub(crate) fn dates_around(second: i64) -> Vec<NaiveDate> {
    let day = DateTime::from_timestamp(second, 0).expect("an instant").date_naive();
    (-3..=3).filter_map(|days| day.checked_add_signed(chrono::TimeDelta::days(days))).collect()
}

/// The transitions of a zone, as the zone itself tells them: its offset looked at every six hours, then bisected.
pub(crate) fn transitions(zone: Tz) -> Vec<i64> {
    use chrono::Offset;
    let offset = |second: i64| {
        let utc = DateTime::from_timestamp(second, 0).expect("an instant").naive_utc();
        zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    };
    let (first, step) = (at("1900-01-02T00:00:00Z").timestamp(), 6 * 3_600);
    let looks = (first..at("2099-12-30T00:00:00Z").timestamp()).step_by(step as usize);
    looks
        .filter(|look| offset(*look) != offset(look + step))
        .map(|look| {
            let (mut low, mut high) = (look, look + step);
            while high - low > 1 {
                let middle = (low + high) / 2;
                if offset(middle) == offset(look) { low = middle } else { high = middle }
            }
            high
        })
        .collect()
}
