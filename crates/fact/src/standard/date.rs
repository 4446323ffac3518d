//! Dates as people write them, whole or in part.

use serde::{Deserialize, Serialize};

use super::date_table::{FILLERS, MONTHS};
use super::partial_date::{EXPECTED, whole};
use super::{Malformed, text};

pub use super::partial_date::PartialDate;
pub use super::timestamp::parse_timestamp;

/// Which comes first in a date such as `03/04/1990`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// The day, as nearly everywhere: 3 April.
    DayFirst,
    /// The month, as in the United States: March 4.
    MonthFirst,
}

/// Longer texts are no dates, not even with weekday, time and zone.
const LONGEST: usize = 100;

/// The date that a text writes; of a time stamp its date, as written and without regard to its zone.
///
/// Read are `1990-03-12`, `19900312`, `12/03/1990` with any of `/ . -` or space between, `12 March 1990`,
/// `Mar 12th, 1990`, `12-Mar-90` (months in the languages of Europe with most speakers), `1990年3月12日`, `12031990`,
/// the day of the year `1990-071`, `Mon Mar 12 10:00:00 CET 1990`, and in part `1990-03`, `03/1990`, `March 1990`,
/// `Mar-90`, `1990`. A day or month of `00`, `99`, `XX` or `??` is unknown; a word for roughly (`c. 1990`) and a label
/// (`DOB: 12/03/1990`) say nothing.
///
/// When only one order of day and month is possible it is taken. Otherwise `order` decides, and without it the day
/// comes first. A year of two digits is 2000 to 2029 or 1930 to 1999. Of eight digits in a row the year comes first, unless
/// that makes no date of the years 1600 to 2199 and another order does.
///
/// # Errors
///
/// [`Malformed`] when the text is no date or the date does not exist; the message says why. Years go from 1 to 9999.
///
/// ```
/// use onefold_fact::standard::{DateOrder, date::parse_date};
///
/// assert_eq!(parse_date("03/04/1990", None)?.to_string(), "1990-04-03");
/// assert_eq!(parse_date("03/04/1990", Some(DateOrder::MonthFirst))?.to_string(), "1990-03-04");
/// assert_eq!(parse_date("12. März 1990", None)?.to_string(), "1990-03-12");
/// assert_eq!(parse_date("Apr 1956", None)?.to_string(), "1956-04");
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
pub fn parse_date(input: &str, order: Option<DateOrder>) -> Result<PartialDate, Malformed> {
    let trimmed = input.trim();
    if let [_, _, _, _, b'-', _, _, b'-', _, _] = trimmed.as_bytes()
        && let Ok(date) = trimmed.parse()
    {
        return Ok(date);
    }
    if trimmed.len() > LONGEST {
        return Err(Malformed::value(trimmed, "is too long for a date", EXPECTED));
    }
    let written = without_label(trimmed);
    let (date, time) = split_time(written);
    let read = read(trimmed, date, order);
    match (read, time.and_then(|time| time.rsplit_once(' '))) {
        // `Mon Mar 12 10:00:00 CET 1990`
        (Err(_), Some((_, year))) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => {
            self::read(trimmed, &format!("{date} {year}"), order)
        }
        (read, _) => read,
    }
}

/// What stands behind a label: `DOB: 12/03/1990`.
fn without_label(text: &str) -> &str {
    match text.split_once(':') {
        Some((label, date)) if label.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.')) => date.trim_start(),
        _ => text,
    }
}

/// Whether a date is one that systems write where they have none: the first days of their calendars and the last.
///
/// 1 January of 1, 1753, 1900, 1901 and 1970, 30 December 1899, and 31 December 9999. A person may be born on one of
/// them; a caller weighs how often each occurs.
///
/// ```
/// use onefold_fact::standard::{PartialDate, date::is_placeholder_date};
///
/// assert!(is_placeholder_date("1900-01-01".parse()?));
/// assert!(!is_placeholder_date("1980-01-01".parse()?));
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
pub fn is_placeholder_date(date: PartialDate) -> bool {
    match (date.year(), date.month(), date.day()) {
        (year, Some(1), Some(1)) => matches!(year, 1 | 1753 | 1900 | 1901 | 1970),
        (1899, Some(12), Some(30 | 31)) | (9999, Some(12), Some(31)) | (9999 | 1, _, None) => true,
        _ => false,
    }
}

/// Splits a time of day off: what stands before it and, if there is one, the time and what follows.
pub(super) fn split_time(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    if let Some(colon) = text.find(':') {
        let mut start = colon;
        while start > 0 && colon - start < 2 && bytes[start - 1].is_ascii_digit() {
            start -= 1;
        }
        let before = text[..start].trim_end_matches([' ', ',', 'T', 't', '\u{A0}', '\u{202F}', '_']);
        // A colon between year and month, as cameras write it, is left to fail as a date.
        return (before, Some(&text[start..]));
    }
    // `20240131T101500Z`, `2024-01-31T10Z`
    if let Some(at) = text.find(['T', 't'])
        && at >= 8
        && bytes[at - 1].is_ascii_digit()
        && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    {
        return (&text[..at], Some(&text[at + 1..]));
    }
    (text, None)
}

/// The parts of a written date.
#[derive(Default)]
struct Parts {
    /// Value and count of digits of each number.
    numbers: [(u32, usize); 3],
    count: usize,
    /// A named month and how many numbers precede it.
    month: Option<u32>,
}

/// Reads `date`, a piece of `whole_text`, which errors quote.
pub(super) fn read(whole_text: &str, date: &str, order: Option<DateOrder>) -> Result<PartialDate, Malformed> {
    let not_a_date = || Malformed::value(whole_text, "is not a date", EXPECTED);
    let parts = parts(date).ok_or_else(not_a_date)?;
    let numbers = &parts.numbers[..parts.count];
    match (parts.month, numbers) {
        (Some(month), &[(year, digits)]) if digits >= 3 => whole(whole_text, year, Some(month), None),
        (Some(month), &[(year, 4), (day, ..=2)]) => whole(whole_text, year, Some(month), Some(day)),
        (Some(month), &[(day, ..=2), (year, digits)]) => {
            whole(whole_text, full_year(year, digits), Some(month), Some(day))
        }
        (None, &[(number, 8)]) => eight_digits(whole_text, number, order),
        (None, &[(year, 4), (day, 3)]) => day_of_year(year, day).ok_or_else(not_a_date),
        // `Mar-90`: no month has so many days.
        (Some(month), &[(year @ 32.., 2)]) => whole(whole_text, full_year(year, 2), Some(month), None),
        (None, &[(year, 4)]) => whole(whole_text, year, None, None),
        (None, &[(year, 4), (month, ..=2)]) | (None, &[(month, ..=2), (year, 4)]) => {
            whole(whole_text, year, Some(month), None)
        }
        (None, &[(year, 4), (month, ..=2), (day, ..=2)]) => whole(whole_text, year, Some(month), Some(day)),
        (None, &[(year, 2), (month, ..=2), (day, ..=2)]) if year > 31 => {
            whole(whole_text, full_year(year, 2), Some(month), Some(day))
        }
        (None, &[(a, ..=2), (b, ..=2), (year, digits @ (2 | 4))]) => {
            let month_first = match order {
                _ if b == UNKNOWN => true,
                _ if a > 12 => false,
                _ if b > 12 => true,
                order => order == Some(DateOrder::MonthFirst),
            };
            let (day, month) = if month_first { (b, a) } else { (a, b) };
            whole(whole_text, full_year(year, digits), Some(month), Some(day))
        }
        _ => Err(not_a_date()),
    }
}

/// The number that stands for a day or month that is not known.
const UNKNOWN: u32 = 0;

/// Eight digits in a row: the year first, or the year last where only that is plausible.
fn eight_digits(text: &str, number: u32, order: Option<DateOrder>) -> Result<PartialDate, Malformed> {
    let year_first = whole(text, number / 10_000, Some(number / 100 % 100), Some(number % 100));
    let plausible = |date: &Result<PartialDate, _>| date.as_ref().is_ok_and(|date| (1600..2200).contains(&date.year()));
    if plausible(&year_first) {
        return year_first;
    }
    let (a, b, year) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    let month_first = if a > 12 || b > 12 { b > 12 } else { order == Some(DateOrder::MonthFirst) };
    let (day, month) = if month_first { (b, a) } else { (a, b) };
    let year_last = whole(text, year, Some(month), Some(day));
    if plausible(&year_last) { year_last } else { year_first }
}

fn day_of_year(year: u32, day: u32) -> Option<PartialDate> {
    chrono::NaiveDate::from_yo_opt(i32::try_from(year).ok().filter(|year| *year > 0)?, day).map(PartialDate::Day)
}

fn parts(date: &str) -> Option<Parts> {
    let ascii;
    let date = if date.is_ascii() {
        date
    } else {
        // 年, 月 and 日 would be transliterated into words.
        ascii = text::to_ascii(&date.replace(['年', '月', '日', '년', '월', '일'], " ")).into_owned();
        &ascii
    };
    let mut parts = Parts::default();
    let bytes = date.as_bytes();
    let mut at = 0;
    // `mar.` is Tuesday in French, Spanish and Italian when a month follows.
    let mut maybe_tuesday = false;
    while at < bytes.len() {
        let start = at;
        let unknown = unknown(&bytes[at..]);
        if unknown > 0 {
            at += unknown;
            // Behind a number it is doubt: `1990?`, `19xx`.
            if start > 0 && bytes[start - 1].is_ascii_digit() {
                if bytes[start] == b'?' {
                    continue;
                }
                return None;
            }
            if parts.count == 3 {
                return None;
            }
            parts.numbers[parts.count] = (UNKNOWN, unknown);
            parts.count += 1;
        } else if bytes[at].is_ascii_digit() {
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                at += 1;
            }
            if at - start > 8 || parts.count == 3 {
                return None;
            }
            let value = bytes[start..at].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
            parts.numbers[parts.count] = (value, at - start);
            parts.count += 1;
        } else if bytes[at].is_ascii_alphabetic() {
            while at < bytes.len() && bytes[at].is_ascii_alphabetic() {
                at += 1;
            }
            let word = date[start..at].to_ascii_lowercase();
            if let Ok(found) = MONTHS.binary_search_by(|(name, _)| name.cmp(&word.as_str())) {
                if parts.month.is_some() && !maybe_tuesday {
                    return None;
                }
                maybe_tuesday = word == "mar";
                parts.month = Some(MONTHS[found].1);
            } else if FILLERS.binary_search(&word.as_str()).is_err() {
                return None;
            }
        } else if matches!(
            bytes[at],
            b' ' | b'-' | b'/' | b'.' | b',' | b'\'' | b'\t' | b'|' | b'_' | b'(' | b')' | b'~'
        ) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(parts)
}

/// How many signs at the beginning stand for something that is not known: `XX`, `??`, `__`.
fn unknown(bytes: &[u8]) -> usize {
    let Some(sign) = bytes.first().filter(|b| matches!(b, b'x' | b'X' | b'?' | b'_')) else { return 0 };
    let count = bytes.iter().take_while(|b| b.eq_ignore_ascii_case(sign)).count();
    if *sign == b'_' && count == 1 { 0 } else { count }
}

fn full_year(year: u32, digits: usize) -> u32 {
    match (digits, year) {
        (3.., _) => year,
        (_, ..30) => 2000 + year,
        _ => 1900 + year,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read() {
        use DateOrder::{DayFirst, MonthFirst};
        for (input, order, expected) in [
            ("1990-03-12", None, "1990-03-12"),
            (" 19560409 ", None, "1956-04-09"),
            ("12/03/1990", None, "1990-03-12"),
            ("12/03/1990", Some(MonthFirst), "1990-12-03"),
            ("25/12/1990", Some(MonthFirst), "1990-12-25"),
            ("12/25/1990", Some(DayFirst), "1990-12-25"),
            ("12.3.1990", None, "1990-03-12"),
            ("12-03-1990", None, "1990-03-12"),
            ("1990/3/12", None, "1990-03-12"),
            ("12.03.90", None, "1990-03-12"),
            ("12.03.29", None, "2029-03-12"),
            ("12.03.30", None, "1930-03-12"),
            ("90-03-12", None, "1990-03-12"),
            ("12 March 1990", None, "1990-03-12"),
            ("March 12, 1990", None, "1990-03-12"),
            ("Mar 12th 1990", None, "1990-03-12"),
            ("12-MAR-90", None, "1990-03-12"),
            ("12MAR1990", None, "1990-03-12"),
            ("1990 Mar 12", None, "1990-03-12"),
            ("Monday, 12 March 1990", None, "1990-03-12"),
            ("12. März 1990", None, "1990-03-12"),
            ("1er août 1990", None, "1990-08-01"),
            ("mar. 12 mars 1991", None, "1991-03-12"),
            ("12 de marzo de 1990", None, "1990-03-12"),
            ("12 de março de 1990", None, "1990-03-12"),
            ("12 maart 1990", None, "1990-03-12"),
            ("1990年3月12日", None, "1990-03-12"),
            ("1990-03-12T23:59:59+14:00", None, "1990-03-12"),
            ("1990-03-12 10:00", None, "1990-03-12"),
            ("12/03/1990 10:00 PM", None, "1990-03-12"),
            ("19900312T101500Z", None, "1990-03-12"),
            ("Mon Mar 12 1990 10:00:00 GMT+0100 (CET)", None, "1990-03-12"),
            ("13 stycznia 1990", None, "1990-01-13"),
            ("13 января 1990 г.", None, "1990-01-13"),
            ("13-янв-1990", None, "1990-01-13"),
            ("13 січня 1990", None, "1990-01-13"),
            ("13. ledna 1990", None, "1990-01-13"),
            ("13. tammikuuta 1990", None, "1990-01-13"),
            ("13 Ocak 1990", None, "1990-01-13"),
            ("13 Ιανουαρίου 1990", None, "1990-01-13"),
            ("13 ianuarie 1990", None, "1990-01-13"),
            ("1990. augusztus 13.", None, "1990-08-13"),
            ("13 de març de 1990", None, "1990-03-13"),
            ("1990년 1월 13일", None, "1990-01-13"),
            ("13011990", None, "1990-01-13"),
            ("01131990", None, "1990-01-13"),
            ("01021990", Some(MonthFirst), "1990-01-02"),
            ("1990-013", None, "1990-01-13"),
            ("Sat Jan 13 00:00:00 CET 1990", None, "1990-01-13"),
            ("DOB: 13/01/1990", None, "1990-01-13"),
            ("geb. 13.01.1990", None, "1990-01-13"),
            ("1990-01-13 (approx)", None, "1990-01-13"),
            ("13|01|1990", None, "1990-01-13"),
            ("13_01_1990", None, "1990-01-13"),
            ("c. 1990", None, "1990"),
            ("~1990", None, "1990"),
            ("1990?", None, "1990"),
            ("(1990)", None, "1990"),
            ("Jan-90", None, "1990-01"),
            ("01/00/1990", None, "1990-01"),
            ("00/01/1990", None, "1990-01"),
            ("xx/01/1990", None, "1990-01"),
            ("??/01/1990", None, "1990-01"),
            ("XX-XX-1990", None, "1990"),
            ("__/__/1990", None, "1990"),
            ("1990-01-XX", None, "1990-01"),
            ("1990-01-99", None, "1990-01"),
            ("1990-99-99", None, "1990"),
            ("99/99/9999", None, "9999"),
            ("1956-04", None, "1956-04"),
            ("04/1956", None, "1956-04"),
            ("April 1956", None, "1956-04"),
            ("1956", None, "1956"),
            ("1956-04-00", None, "1956-04"),
            ("1956-00-00", None, "1956"),
            ("0001-01-01", None, "0001-01-01"),
            ("2000-02-29", None, "2000-02-29"),
        ] {
            assert_eq!(parse_date(input, order).map(|date| date.to_string()), Ok(expected.to_owned()), "{input}");
        }
    }

    #[test]
    fn what_is_no_date_says_why() {
        for (input, what) in [
            ("", "is not a date"),
            ("hello", "is not a date"),
            ("12 March", "is not a date"),
            ("1/2/3", "is not a date"),
            ("32944", "is not a date"),
            ("19xx", "is not a date"),
            ("1990s", "is not a date"),
            ("before 1990", "is not a date"),
            ("1990-366", "is not a date"),
            ("1990-02-30", "is not a date: February 1990 has 28 days"),
            ("30/02/2000", "is not a date: February 2000 has 29 days"),
            ("1990-13-01", "is not a date: there is no month 13"),
            ("13/13/1990", "is not a date: there is no month 13"),
            ("1990-00-12", "is not a date: it has a day but no month"),
            ("0000-00-00", "is not a date: years go from 1 to 9999"),
            ("12-12-12-12", "is not a date"),
            ("Jan Feb 1990", "is not a date"),
        ] {
            assert_eq!(parse_date(input, None).unwrap_err().problem(), format!("`{input}` {what}"));
        }
        assert!(parse_date(&"1".repeat(1_000_000), None).is_err());
    }

    #[test]
    fn the_words_are_sorted() {
        assert!(MONTHS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(FILLERS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn placeholders() {
        for text in ["1900-01-01", "1901-01-01", "1970-01-01", "0001-01-01", "9999-12-31"] {
            assert!(is_placeholder_date(text.parse().unwrap()), "{text}");
        }
        assert!(!is_placeholder_date("1990-01-01".parse().unwrap()) && !is_placeholder_date("1970".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn a_date_written_is_the_date_read(input in ".*|[0-9]{1,4}[-/. ][0-9a-z]{1,4}[-/. ][0-9]{1,4}", number in 1_i32..3_652_059) {
            if let Ok(date) = parse_date(&input, None) {
                prop_assert_eq!(parse_date(&date.to_string(), None), Ok(date));
                prop_assert_eq!(date.to_string().parse(), Ok(date));
                prop_assert!(date.first_day() <= date.last_day());
            }
            let day = PartialDate::Day(NaiveDate::from_num_days_from_ce_opt(number).unwrap());
            prop_assert_eq!(day.to_string().parse(), Ok(day));
        }
    }
}
