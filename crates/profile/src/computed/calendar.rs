//! Days, weeks, months and years as a place lives them, as ranges of instants in microseconds.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::{GapInfo, Tz};
use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

/// A period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday (ISO 8601).
    Week,
    /// A month of the calendar.
    Month,
    /// January to March, and so on.
    Quarter,
    /// A year of the calendar.
    Year,
}

impl Period {
    /// The first day of the period that holds a day.
    fn start(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Period::Day => Some(day),
            Period::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Period::Month => day.with_day(1),
            Period::Quarter => day.with_day(1)?.with_month0(day.month0() / 3 * 3),
            Period::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        }
    }

    /// The day so many periods later or earlier; the last of the month where that has fewer days.
    fn shift(self, day: NaiveDate, periods: i64) -> Option<NaiveDate> {
        let by = |each: u64| each.checked_mul(periods.unsigned_abs());
        let days = |each| {
            let days = Days::new(by(each)?);
            if periods < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
        };
        let months = |each| {
            let months = Months::new(by(each)?.try_into().ok()?);
            if periods < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }
        };
        match self {
            Period::Day => days(1),
            Period::Week => days(7),
            Period::Month => months(1),
            Period::Quarter => months(3),
            Period::Year => months(12),
        }
    }
}

/// The day of an instant: the last one that has begun by then. Where clocks go back over midnight, the hour that the
/// old day lives again belongs to the new day, so that days follow one another.
pub(super) fn day(micros: i64, zone: Tz) -> Option<NaiveDate> {
    // Near the ends of what the calendar counts, local time would lie beyond them.
    let at = instant(micros).filter(|at| at.year().abs() < 262_000)?;
    let day = at.with_timezone(&zone).date_naive();
    let next = day.succ_opt()?;
    Some(if start_of_day(next, zone) <= micros { next } else { day })
}

/// The first instant of a day; of a day that a place skipped, of the next one.
pub(super) fn start_of_day(day: NaiveDate, zone: Tz) -> i64 {
    let midnight = day.and_time(NaiveTime::MIN);
    let start = zone.from_local_datetime(&midnight).earliest();
    let start = start.or_else(|| GapInfo::new(&midnight, &zone)?.end);
    start.map_or_else(|| midnight.and_utc().timestamp_micros(), |start| start.timestamp_micros())
}

/// The beginning of the period that holds an instant, moved by so many periods; `beyond` what the calendar counts.
pub(super) fn start_of_period(micros: i64, period: Period, periods: i64, zone: Tz, beyond: i64) -> i64 {
    let start = || period.shift(period.start(day(micros, zone)?)?, periods);
    start().map_or(beyond, |start| start_of_day(start, zone))
}

/// The beginning of the day that lies so many periods before the day of an instant.
pub(super) fn start_of_rolling(micros: i64, period: Period, periods: u32, zone: Tz) -> i64 {
    let start = || period.shift(day(micros, zone)?, -i64::from(periods));
    start().map_or(i64::MIN, |start| start_of_day(start, zone))
}

/// The beginning of the first day whose rolling window no longer holds an instant.
pub(super) fn end_of_rolling(micros: i64, period: Period, periods: u32, zone: Tz) -> Option<i64> {
    let held = day(micros, zone)?;
    let mut first = period.shift(held, i64::from(periods))?;
    // Months differ in length: at most the days by which the shift was cut.
    while period.shift(first, -i64::from(periods))? <= held {
        first = first.succ_opt()?;
    }
    Some(start_of_day(first, zone))
}

/// The instant of so many microseconds since 1970, if the calendar counts that far.
pub(crate) fn instant(micros: i64) -> Option<Timestamp> {
    DateTime::from_timestamp_micros(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().timestamp_micros()
    }

    fn shown(micros: i64) -> String {
        instant(micros).unwrap().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    }

    /// Mutations: take the offset of the instant for the midnight; let a day that was skipped begin at midnight UTC.
    #[test]
    fn days_begin_where_clocks_change() {
        for (zone, day, start) in [
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"), // clocks go forward at 2
            ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"),
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"), // midnight does not exist
            ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),    // midnight is twice
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),      // the day does not exist
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(shown(start_of_day(day.parse().unwrap(), zone.parse().unwrap())), start, "{zone} {day}");
        }
    }

    /// Clocks of St John's went back from 00:01 to 23:01.
    #[test]
    fn days_follow_one_another() {
        let zone: Tz = "America/St_Johns".parse().unwrap();
        let (mut at, end) = (micros("2010-11-07T01:00:00Z"), micros("2010-11-07T05:00:00Z"));
        let mut last = day(at, zone).unwrap();
        while at < end {
            at += 60_000_000;
            let now = day(at, zone).unwrap();
            assert!(now >= last);
            last = now;
        }
    }

    #[test]
    fn months_are_real() {
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let at = micros("2026-05-31T12:00:00Z");
        assert_eq!(shown(start_of_period(at, Period::Month, 0, zone, 0)), "2026-04-30T22:00:00Z");
        assert_eq!(shown(start_of_period(at, Period::Quarter, -1, zone, 0)), "2025-12-31T23:00:00Z");
        assert_eq!(shown(start_of_period(at, Period::Week, 1, zone, 0)), "2026-05-31T22:00:00Z");
        // 31 May less three months is the last of February.
        assert_eq!(shown(start_of_rolling(at, Period::Month, 3, zone)), "2026-02-27T23:00:00Z");
        // The last of February stays for all days whose third month back is no later.
        let held = micros("2026-02-28T12:00:00Z");
        assert_eq!(shown(end_of_rolling(held, Period::Month, 3, zone).unwrap()), "2026-05-31T22:00:00Z");
    }
}
