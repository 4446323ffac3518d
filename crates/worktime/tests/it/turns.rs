//! Known nights on which clocks are changed, and calendars that never open.

use chrono::{DateTime, TimeDelta, Utc};
use onefold_worktime::{Calendar, CalendarSpec, Hours, Week};

use crate::support::{at, date};

fn daily(zone: &str, hours: &str) -> Calendar {
    let hours = Week::daily(hours.parse().expect("hours"));
    Calendar::new(&CalendarSpec::new(zone.parse().expect("a zone"), hours))
}

/// Minutes of work on the days of a zone, from one instant to another.
fn minutes(calendar: &Calendar, from: &str, to: &str) -> i64 {
    calendar.within(at(from), at(to)).num_minutes()
}

#[test]
fn days_have_23_24_and_25_hours() {
    let berlin = daily("Europe/Berlin", "00:00-24:00");
    assert_eq!(berlin.within(at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z")), TimeDelta::hours(23));
    let night = daily("Europe/Berlin", "01:30-03:30");
    assert_eq!(minutes(&night, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 60);
    assert_eq!(minutes(&night, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 180);
    assert_eq!(minutes(&night, "2026-05-24T12:00:00Z", "2026-05-25T12:00:00Z"), 120);
}

#[test]
fn lord_howe_turns_by_half_an_hour() {
    let night = daily("Australia/Lord_Howe", "01:00-03:00");
    assert_eq!(minutes(&night, "2026-04-04T06:00:00Z", "2026-04-05T06:00:00Z"), 150);
    assert_eq!(minutes(&night, "2026-10-03T06:00:00Z", "2026-10-04T06:00:00Z"), 90);
}

#[test]
fn samoa_had_no_30_december_2011() {
    let apia = daily("Pacific/Apia", "09:00-17:00");
    assert!(apia.is_working_day(date("2011-12-29")) && apia.is_working_day(date("2011-12-31")));
    assert!(!apia.is_working_day(date("2011-12-30")));
    assert_eq!(minutes(&apia, "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z"), 2 * 480);
    assert_eq!(apia.add_working_days(date("2011-12-29"), 1), Some(date("2011-12-31")));
    // 16:00 on the 29th, then 16:00 on the 31st, a day of clocks and 24 hours later.
    assert_eq!(apia.after_days(at("2011-12-30T02:00:00Z"), 1), Some(at("2011-12-31T02:00:00Z")));
}

#[test]
fn a_date_that_comes_twice_is_one_day() {
    // Kwajalein skipped 21 August 1993; St John's turned at 00:01 and showed the end of Saturday again.
    let kwajalein = daily("Pacific/Kwajalein", "09:00-17:00");
    assert!(!kwajalein.is_working_day(date("1993-08-21")));
    let st_johns = daily("America/St_Johns", "23:00-24:00");
    assert_eq!(minutes(&st_johns, "1998-10-24T15:00:00Z", "1998-10-25T15:00:00Z"), 60 + 59);
    assert_eq!(st_johns.working_days(date("1998-10-24"), date("1998-10-26")), 2);
}

#[test]
fn a_calendar_that_never_opens_says_so() {
    let now = at("2026-01-01T00:00:00Z");
    let closed = daily("Europe/Berlin", "closed");
    let hour = TimeDelta::hours(1);
    assert_eq!((closed.next_open(now), closed.after(now, hour), closed.before(now, hour)), (None, None, None));
    assert_eq!((closed.next_change(now), closed.add_working_days(date("2026-01-01"), 1)), (None, None));
    assert_eq!(closed.periods(now, DateTime::<Utc>::MAX_UTC).count(), 0);
    let (early, late) = (daily("Europe/Berlin", "06:00-12:00"), daily("Europe/Berlin", "12:00-18:00"));
    assert_eq!(early.intersection(&late).next_open(now), None);
}

#[test]
fn a_calendar_that_never_closes_says_so() {
    let now = at("2026-01-01T00:00:00Z");
    let always = Calendar::new(&CalendarSpec::around_the_clock("Asia/Tokyo".parse().expect("a zone")));
    assert_eq!((always.next_close(now), always.next_change(now)), (None, None));
    assert_eq!(always.after(now, TimeDelta::days(100)), Some(now + TimeDelta::days(100)));
    assert_eq!(always.after(now, TimeDelta::MAX), None);
    assert_eq!(always.after(now, TimeDelta::MIN), None);
}

#[test]
fn there_is_an_answer_at_the_ends_of_time() {
    let calendar = daily("America/New_York", "09:00-17:00");
    for end in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert!(!calendar.is_open(end));
        assert_eq!(calendar.next_close(end), Some(end));
        let _ =
            (calendar.after_days(end, 1), calendar.after(end, TimeDelta::MAX), calendar.before(end, TimeDelta::MAX));
        let _ = (
            calendar.add_working_days(end.date_naive(), i64::MAX),
            calendar.add_working_days(end.date_naive(), i64::MIN),
        );
    }
    assert_eq!(calendar.next_open(DateTime::<Utc>::MIN_UTC), Some(at("1900-01-01T14:00:00Z")));
    assert!(Hours::CLOSED.is_closed());
}
