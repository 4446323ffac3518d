//! The offsets of a zone from UTC, as spans of time.

use chrono::{DateTime, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

use crate::hours::DAY;

/// How far apart the zone is looked at. All transitions of the database are more than six days apart; a test looks
/// closer, at every zone.
const STEP: i64 = 3 * DAY;

/// The days that calendars know, counted from 1970-01-01: 1900 to 2099. The compiled time zones have daylight saving
/// up to there and none later.
pub(crate) const FIRST_DAY: i64 = -25_567;
/// The day after them.
pub(crate) const END_DAY: i64 = 47_482;

/// The seconds of UTC from which on each offset (seconds east) holds. The first holds from ever.
pub(crate) fn offsets(zone: Tz) -> Vec<(i64, i64)> {
    // An offset is never more than a day, so these hold all local times of the days.
    let (first, last) = ((FIRST_DAY - 2) * DAY, (END_DAY + 2) * DAY);
    let mut spans = vec![(i64::MIN, offset_at(zone, first))];
    let (mut from, mut offset) = (first, offset_at(zone, first));
    while from < last {
        let to = from + STEP;
        let after = offset_at(zone, to);
        if after != offset {
            spans.push((turn(zone, from, to, offset), after));
            offset = after;
        }
        from = to;
    }
    spans
}

/// The first second in `from..=to` with another offset than at `from`.
fn turn(zone: Tz, from: i64, to: i64, offset: i64) -> i64 {
    let (mut before, mut after) = (from, to);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if offset_at(zone, middle) == offset { before = middle } else { after = middle }
    }
    after
}

/// Seconds east of UTC at a second of UTC.
fn offset_at(zone: Tz, second: i64) -> i64 {
    let utc = DateTime::from_timestamp(second, 0).unwrap_or_default();
    zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc().into()
}

/// The number of a date, counted from 1970-01-01.
pub(crate) fn day_of(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

/// The date of a number.
pub(crate) fn date_of(day: i64) -> Option<NaiveDate> {
    let second = day.checked_mul(DAY)?;
    DateTime::from_timestamp(second, 0).map(|utc| utc.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(date_of(FIRST_DAY), NaiveDate::from_ymd_opt(1900, 1, 1));
        assert_eq!(date_of(END_DAY), NaiveDate::from_ymd_opt(2100, 1, 1));
        assert_eq!(date_of(END_DAY).map(day_of), Some(END_DAY));
        assert_eq!(date_of(i64::MAX), None);
    }

    /// Catches a transition that is undone before the next look, here or in a later version of the database.
    #[test]
    fn no_zone_turns_twice_between_two_looks() {
        for zone in chrono_tz::TZ_VARIANTS {
            let spans = offsets(zone);
            for (at, second) in (FIRST_DAY * DAY..END_DAY * DAY).step_by(12 * 3_600).enumerate() {
                // Not always at the same time of day.
                let second = second + (at as i64 * 7_919) % 43_200;
                let span = spans.partition_point(|(start, _)| *start <= second) - 1;
                assert_eq!(spans[span].1, offset_at(zone, second), "{zone} at {second}");
            }
        }
    }

    #[test]
    fn an_offset_holds_from_its_first_second() {
        for zone in chrono_tz::TZ_VARIANTS {
            for (start, offset) in offsets(zone).into_iter().skip(1) {
                assert_eq!(offset_at(zone, start), offset, "{zone} at {start}");
                assert_ne!(offset_at(zone, start - 1), offset, "{zone} at {start}");
            }
        }
    }
}
