use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::date::{read, split_time};
use super::partial_date::EXPECTED;
use super::{DateOrder, Malformed, PartialDate};

const MOMENT: &str = "a time such as `2024-03-12T10:15:00Z` or a date";

/// The moment that a text writes, to the microsecond; finer digits are cut.
///
/// Read are RFC 3339 and its relatives (a space instead of `T`, no zone: UTC, `+0100`, `2024/03/12 10:15`), any date
/// of [`parse_date`](super::date::parse_date) with a time of 24 or 12 hours behind it, a date alone (midnight UTC),
/// and Unix time: 10 digits are seconds, with a fraction if there is one, 13 are milliseconds, 16 microseconds. Named
/// zones other than UTC and GMT are not read: several share a name.
///
/// # Errors
///
/// [`Malformed`] when date, time or zone cannot be read or do not exist, when day or month is missing, and beyond the
/// years 1 to 9999.
///
/// ```
/// use onefold_fact::standard::date::parse_timestamp;
///
/// for text in ["2024-03-12T10:15:00Z", "2024-03-12 11:15+01:00", "12/03/2024 10:15 AM", "1710238500", "1710238500000"] {
///     assert_eq!(parse_timestamp(text, None)?.to_rfc3339(), "2024-03-12T10:15:00+00:00");
/// }
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
pub fn parse_timestamp(input: &str, order: Option<DateOrder>) -> Result<DateTime<Utc>, Malformed> {
    let text = input.trim();
    if text.len() > 100 {
        return Err(Malformed::value(text, "is too long for a time", MOMENT));
    }
    if let Some(moment) = unix_time(text) {
        return Ok(moment);
    }
    let (date, time) = split_time(text);
    let date = match read(text, date, order)? {
        PartialDate::Day(day) => day,
        _ => return Err(Malformed::value(text, "has no day", EXPECTED)),
    };
    let Some(time) = time else {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    };
    let Clock { since_midnight, offset } = Clock::read(time).map_err(|what| Malformed::value(text, what, MOMENT))?;
    moment(date, since_midnight, offset).ok_or_else(|| Malformed::value(text, "is beyond the years 1 to 9999", MOMENT))
}

fn moment(date: NaiveDate, since_midnight: TimeDelta, offset: TimeDelta) -> Option<DateTime<Utc>> {
    let local = date.and_time(NaiveTime::MIN).checked_add_signed(since_midnight)?;
    let moment = local.checked_sub_signed(offset)?.and_utc();
    (1..=9999).contains(&moment.year()).then_some(moment)
}

fn unix_time(text: &str) -> Option<DateTime<Utc>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().all(|b| b.is_ascii_digit()) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        10 => DateTime::from_timestamp(number, micros(fraction)? * 1000),
        13 => DateTime::from_timestamp_millis(number),
        16 => DateTime::from_timestamp_micros(number),
        _ => None,
    }
}

/// The first six digits of a fraction of a second as microseconds.
fn micros(fraction: &str) -> Option<u32> {
    let digits = fraction.get(..fraction.len().min(6))?;
    if digits.is_empty() {
        return Some(0);
    }
    Some(digits.parse::<u32>().ok()? * 10_u32.pow(6 - u32::try_from(digits.len()).ok()?))
}

/// A time of day and how far its zone is ahead of UTC.
struct Clock {
    since_midnight: TimeDelta,
    offset: TimeDelta,
}

impl Clock {
    fn read(text: &str) -> Result<Clock, &'static str> {
        let mut rest = text;
        let (mut hour, minute, mut second, mut fraction) =
            match rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()) {
                // Without colons: `101500`, `1015`, `10`.
                length @ (2 | 4 | 6) if !rest[length..].starts_with(':') => {
                    let digits = &rest[..length];
                    rest = &rest[length..];
                    let pair = |at: usize| digits.get(at..at + 2).and_then(|pair| pair.parse().ok()).unwrap_or(0);
                    (pair(0), pair(2), pair(4), 0)
                }
                _ => {
                    let hour = take_number(&mut rest)?;
                    rest = rest.strip_prefix(':').ok_or("is not a time")?;
                    (hour, take_number(&mut rest)?, 0, 0)
                }
            };
        if let Some(after) = rest.strip_prefix(':') {
            rest = after;
            second = take_number(&mut rest)?;
        }
        if let Some(after) = rest.strip_prefix(['.', ',', ':'])
            && after.starts_with(|c: char| c.is_ascii_digit())
        {
            let length = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            fraction = micros(&after[..length]).ok_or("is not a time")?;
            rest = &after[length..];
        }
        rest = rest.trim();
        if let Some((half, after)) = half_of_day(rest) {
            if !(1..=12).contains(&hour) {
                return Err("has an hour that a clock of twelve hours does not have");
            }
            hour = hour % 12 + 12 * half;
            rest = after.trim_start();
        }
        // 24:00 is the end of a day; a second of 60 is a leap second.
        let end_of_day = hour == 24 && minute == 0 && second == 0 && fraction == 0;
        if (hour > 23 && !end_of_day) || minute > 59 || second > 60 {
            return Err("has a time of day that does not exist");
        }
        let since_midnight = TimeDelta::seconds(i64::from(hour * 3600 + minute * 60 + second))
            + TimeDelta::microseconds(i64::from(fraction));
        Ok(Clock { since_midnight, offset: zone(rest)? })
    }
}

/// A number of one or two digits at the beginning, which it takes away.
fn take_number(rest: &mut &str) -> Result<u32, &'static str> {
    let length = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let number =
        rest.get(..length).filter(|digits| (1..=2).contains(&digits.len())).and_then(|digits| digits.parse().ok());
    *rest = rest.get(length..).unwrap_or_default();
    number.ok_or("is not a time")
}

/// 0 for AM, 1 for PM, and what follows.
fn half_of_day(rest: &str) -> Option<(u32, &str)> {
    for (sign, half) in [("am", 0), ("pm", 1), ("a.m.", 0), ("p.m.", 1), ("a. m.", 0), ("p. m.", 1)] {
        if rest.get(..sign.len()).is_some_and(|start| start.eq_ignore_ascii_case(sign)) {
            return Some((half, &rest[sign.len()..]));
        }
    }
    None
}

fn zone(text: &str) -> Result<TimeDelta, &'static str> {
    const UNKNOWN: &str = "has a time zone that is not an offset from UTC";
    // Some browsers add the name of the zone in brackets.
    let mut rest = text.split(['(', '[']).next().unwrap_or_default().trim();
    for name in ["UTC", "GMT", "Z"] {
        if rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            rest = rest[name.len()..].trim_start();
            break;
        }
    }
    if rest.is_empty() {
        return Ok(TimeDelta::zero());
    }
    let (sign, digits) = match rest.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, rest.strip_prefix(['-', '\u{2212}']).ok_or(UNKNOWN)?),
    };
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits, "0"),
        _ if !digits.is_ascii() => return Err(UNKNOWN),
        4 => digits.split_at(2),
        _ => digits.split_once(':').ok_or(UNKNOWN)?,
    };
    let number = |digits: &str, most: i64| {
        let number = digits.parse().ok().filter(|number| (0..=most).contains(number));
        number.filter(|_| digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit())).ok_or(UNKNOWN)
    };
    // The farthest zone is 14 hours ahead; ISO 8601 itself allows up to a day.
    Ok(TimeDelta::minutes(sign * (number(hours, 18)? * 60 + number(minutes, 59)?)))
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;
    use proptest::prelude::*;

    use super::*;

    fn shown(input: &str) -> Result<String, String> {
        parse_timestamp(input, None)
            .map(|moment| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
            .map_err(|error| error.problem().to_owned())
    }

    #[test]
    fn moments_are_read() {
        for (input, expected) in [
            ("2024-03-12T10:15:30Z", "2024-03-12T10:15:30Z"),
            ("2024-03-12t10:15:30z", "2024-03-12T10:15:30Z"),
            ("2024-03-12 10:15:30", "2024-03-12T10:15:30Z"),
            ("2024-03-12T10:15:30.123456789+01:00", "2024-03-12T09:15:30.123456Z"),
            ("2024-03-12T10:15:30,5-0530", "2024-03-12T15:45:30.500Z"),
            ("2024/03/12 10:15", "2024-03-12T10:15:00Z"),
            ("12.03.2024 10:15 Uhr", ""),
            ("12/03/2024, 1:05 pm", "2024-03-12T13:05:00Z"),
            ("Mar 12, 2024 12:05 AM", "2024-03-12T00:05:00Z"),
            ("12/03/2024 12:05:09 p.m.", "2024-03-12T12:05:09Z"),
            ("Tue, 12 Mar 2024 10:15:30 GMT", "2024-03-12T10:15:30Z"),
            ("Tue Mar 12 2024 10:15:30 GMT+0100 (Central European Standard Time)", "2024-03-12T09:15:30Z"),
            ("2024-03-12 10:15:30 UTC", "2024-03-12T10:15:30Z"),
            ("2024-03-12 10:15:30 +00", "2024-03-12T10:15:30Z"),
            ("20240312T101530Z", "2024-03-12T10:15:30Z"),
            ("2024-03-12T10Z", "2024-03-12T10:00:00Z"),
            ("2024-03-12", "2024-03-12T00:00:00Z"),
            ("2024-03-12T24:00:00Z", "2024-03-13T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("1710238530", "2024-03-12T10:15:30Z"),
            ("1710238530.25", "2024-03-12T10:15:30.250Z"),
            ("1710238530123", "2024-03-12T10:15:30.123Z"),
            ("1710238530123456", "2024-03-12T10:15:30.123456Z"),
        ] {
            assert_eq!(shown(input).unwrap_or_default(), expected, "{input}");
        }
    }

    #[test]
    fn what_is_no_moment_says_why() {
        for (input, what) in [
            ("now", "is not a date"),
            ("2024-03", "has no day"),
            ("2024-03-12 25:00", "has a time of day that does not exist"),
            ("2024-03-12 10:61", "has a time of day that does not exist"),
            ("2024-03-12 13:00 PM", "has an hour that a clock of twelve hours does not have"),
            ("2024-03-12 10:15 CET", "has a time zone that is not an offset from UTC"),
            ("2024-03-12 10:15 +99", "has a time zone that is not an offset from UTC"),
            ("9999-12-31T23:00:00-05:00", "is beyond the years 1 to 9999"),
            ("0001-01-01T00:00:00+05:00", "is beyond the years 1 to 9999"),
            ("2024-02-30T10:00:00Z", "is not a date: February 2024 has 29 days"),
            ("2024:03:12 10:15:00", "is not a date"),
        ] {
            assert_eq!(shown(input), Err(format!("`{input}` {what}")));
        }
    }

    proptest! {
        #[test]
        fn a_moment_written_is_the_moment_read(input in ".*|2024-0[1-9]-[0-3][0-9][T ][0-9:]{0,9}[.,0-9]{0,4}[ Z+0-9:-]{0,7}", micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            if let Ok(moment) = parse_timestamp(&input, None) {
                prop_assert_eq!(parse_timestamp(&moment.to_rfc3339(), None), Ok(moment));
            }
            let moment = DateTime::from_timestamp_micros(micros).unwrap();
            prop_assert_eq!(parse_timestamp(&moment.to_rfc3339(), None), Ok(moment));
        }
    }
}
