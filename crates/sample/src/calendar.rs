//! The days of the sample: it has no clock, so its today is a constant.

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, Utc};

use crate::random::Random;

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// The last day that any record tells of.
pub(crate) const TODAY: NaiveDate = date(2026, 6, 30);

/// The first day that any record tells of.
pub(crate) const FIRST_DAY: NaiveDate = date(2019, 1, 1);

/// The days between which people moved, married, and changed addresses and numbers.
pub(crate) const FIRST_CHANGE: NaiveDate = date(2020, 6, 1);
pub(crate) const LAST_CHANGE: NaiveDate = date(2025, 6, 30);

/// The day on which someone who is `age` today was born at the latest, and a year before.
pub(crate) fn born(age: u32, random: &mut Random) -> NaiveDate {
    let last = date(2026 - age as i32, 6, 30);
    random.day(last - Duration::days(364), last)
}

/// The day that fills a field nobody asked for.
pub(crate) const FILLER_BIRTH: NaiveDate = date(1900, 1, 1);

/// A waking moment of a day.
pub(crate) fn moment(day: NaiveDate, random: &mut Random) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    midnight + Duration::milliseconds(i64::from(random.between(6 * 3_600_000, 22 * 3_600_000)))
}

/// `2026-06-30T12:00:00Z`.
pub(crate) fn to_second(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `2026-06-30T12:00:00.000Z`.
pub(crate) fn to_millisecond(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
