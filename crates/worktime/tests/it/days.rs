//! Holidays by rule, what wins on a date, and the arithmetic of working days.

use chrono::{Month, NaiveDate, Weekday};
use onefold_worktime::{Calendar, CalendarSpec, Holiday, HolidayRule, Observance, Override, Reason, Week};
use proptest::prelude::*;

use crate::support::{any_spec, any_zone, at, date, dates_around};

fn office() -> CalendarSpec {
    CalendarSpec::new("Europe/London".parse().expect("a zone"), Week::weekdays("09:00-17:00".parse().expect("hours")))
}

#[test]
fn rules_fall_where_calendars_have_them() {
    let cases = [
        ("12-25", 2026, Some("2026-12-25")),
        ("02-29", 2026, None),
        ("02-29", 2028, Some("2028-02-29")),
        ("2026-06-05", 2026, Some("2026-06-05")),
        ("2026-06-05", 2027, None),
        ("easter - 2", 2026, Some("2026-04-03")),
        ("easter +60", 2026, Some("2026-06-04")),
        ("orthodox easter + 1", 2026, Some("2026-04-13")),
        ("4th thursday of november + 1", 2026, Some("2026-11-27")),
        ("last monday of may", 2026, Some("2026-05-25")),
        ("5th friday of february", 2026, None),
        ("monday before 05-25", 2026, Some("2026-05-18")),
        ("monday on or before 05-25", 2026, Some("2026-05-25")),
        ("saturday on or after 06-20", 2026, Some("2026-06-20")),
        ("saturday after 06-20", 2026, Some("2026-06-27")),
    ];
    for (rule, year, expected) in cases {
        let rule: HolidayRule = rule.parse().expect("a rule");
        assert_eq!(rule.in_year(year), expected.map(date), "{rule}");
        assert_eq!(rule.to_string().parse(), Ok(rule));
    }
}

/// Christmas and Boxing Day in England, as the government's list of bank holidays has them.
#[test]
fn holidays_on_weekends_are_observed() {
    let mut spec = office();
    for (name, on) in [("Christmas", "12-25"), ("Boxing Day", "12-26")] {
        let mut holiday = Holiday::new(name, [on.parse().expect("a rule")]);
        holiday.observed = Observance::NextWeekday;
        spec.holidays.push(holiday);
    }
    let reason = |on: &str| spec.day(date(on)).reason.to_string();
    assert_eq!((reason("2021-12-27"), reason("2021-12-28")), ("Christmas".into(), "Boxing Day".into()));
    assert_eq!((reason("2022-12-26"), reason("2022-12-27")), ("Boxing Day".into(), "Christmas".into()));
    assert_eq!(reason("2020-12-28"), "Boxing Day");

    let mut us = office();
    let mut independence = Holiday::new("Independence Day", ["07-04".parse().expect("a rule")]);
    independence.observed = Observance::NearestWeekday;
    us.holidays.push(independence);
    assert!(us.day(date("2026-07-03")).hours.is_closed());
    assert!(us.day(date("2027-07-05")).hours.is_closed());
}

#[test]
fn an_override_wins_over_a_holiday_and_breaks_are_cut_from_all() {
    let mut spec = office();
    spec.breaks = Week::daily("12:00-12:30".parse().expect("hours"));
    let mut eve = Holiday::new("Christmas Eve", ["12-24".parse().expect("a rule")]);
    eve.open = "00:00-14:00".parse().expect("hours");
    spec.holidays = vec![eve, Holiday::new("Christmas", ["12-25".parse().expect("a rule")])];
    let hours = |spec: &CalendarSpec, on: &str| spec.day(date(on)).hours.to_string();
    assert_eq!(hours(&spec, "2026-12-24"), "09:00-12:00, 12:30-14:00");
    assert_eq!(hours(&spec, "2026-12-25"), "closed");
    spec.overrides.insert(date("2026-12-25"), Override::Open);
    assert_eq!(hours(&spec, "2026-12-25"), "09:00-12:00, 12:30-17:00");
    spec.overrides.insert(date("2026-12-26"), Override::Like(Weekday::Mon));
    assert_eq!(hours(&spec, "2026-12-26"), "09:00-12:00, 12:30-17:00");
    spec.overrides.insert(date("2026-12-24"), Override::Hours("10:00-13:00".parse().expect("hours")));
    assert_eq!(hours(&spec, "2026-12-24"), "10:00-12:00, 12:30-13:00");
    assert_eq!(spec.day(date("2026-12-24")).reason, Reason::Override);
}

#[test]
fn working_days_of_a_month() {
    let mut spec = office();
    spec.holidays = vec![Holiday::new("Good Friday", ["easter - 2".parse().expect("a rule")])];
    let calendar = Calendar::new(&spec);
    assert_eq!(calendar.working_days(date("2026-04-01"), date("2026-05-01")), 21);
    assert_eq!(calendar.nth_working_day(2026, Month::April, 3), Some(date("2026-04-06")));
    assert_eq!(calendar.nth_working_day(2026, Month::April, -1), Some(date("2026-04-30")));
    assert_eq!(calendar.nth_working_day(2026, Month::April, 22), None);
    assert_eq!(calendar.nth_working_day(2026, Month::April, 0), None);
    assert_eq!(calendar.add_working_days(date("2026-04-02"), 1), Some(date("2026-04-06")));
    assert_eq!(calendar.add_working_days(date("2026-04-04"), -1), Some(date("2026-04-02")));
    // 18:00 on Thursday, after hours; Monday 18:00 is after hours too.
    assert_eq!(calendar.after_days(at("2026-04-02T17:00:00Z"), 1), Some(at("2026-04-07T08:00:00Z")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A working day is a date with working time on it, the same in the specification as in the calendar, but for
    /// dates whose hours the clock skips; adding days inverts counting them.
    /// Mutations: count the last date; take a date for a working day that its holidays close.
    #[test]
    fn working_days_are_those_with_hours(
        spec in any_spec(any_zone(), dates_around(at("2026-03-29T01:00:00Z").timestamp())),
        start in 0_i64..60_000,
        days in 1_i64..300,
    ) {
        let calendar = Calendar::new(&spec);
        let first = date("1905-01-01") + chrono::TimeDelta::days(start);
        let next = |date: NaiveDate| date.succ_opt().expect("a date");
        let mut counted = 0;
        for day in first.iter_days().take(40) {
            prop_assert_eq!(calendar.working_days(first, day), counted);
            if spec.day(day).hours.is_closed() {
                prop_assert!(!calendar.is_working_day(day));
            }
            counted += i64::from(calendar.is_working_day(day));
        }
        if let Some(found) = calendar.add_working_days(first, days) {
            prop_assert!(calendar.is_working_day(found));
            prop_assert_eq!(calendar.working_days(next(first), next(found)), days);
        }
        if let Some(found) = calendar.add_working_days(first, -days) {
            prop_assert!(calendar.is_working_day(found));
            prop_assert_eq!(calendar.working_days(found, first), days);
        }
    }
}
