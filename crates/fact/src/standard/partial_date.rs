use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Malformed;

/// A date of which the day, or the month too, may be unknown. Written in ISO 8601: `1956-04-09`, `1956-04`, `1956`.
///
/// ```
/// use onefold_fact::standard::PartialDate;
///
/// let born: PartialDate = "1956-04".parse()?;
/// assert_eq!((born.year(), born.month(), born.day()), (1956, Some(4), None));
/// assert_eq!(born.to_string(), "1956-04");
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartialDate {
    /// A day.
    Day(NaiveDate),
    /// A month of a year.
    Month {
        /// 1 to 9999.
        year: i32,
        /// 1 to 12.
        month: u32,
    },
    /// A year, 1 to 9999.
    Year(i32),
}

impl PartialDate {
    /// The year.
    pub fn year(self) -> i32 {
        match self {
            PartialDate::Day(day) => day.year(),
            PartialDate::Month { year, .. } | PartialDate::Year(year) => year,
        }
    }

    /// The month, 1 to 12, if it is known.
    pub fn month(self) -> Option<u32> {
        match self {
            PartialDate::Day(day) => Some(day.month()),
            PartialDate::Month { month, .. } => Some(month),
            PartialDate::Year(_) => None,
        }
    }

    /// The day of the month, 1 to 31, if it is known.
    pub fn day(self) -> Option<u32> {
        match self {
            PartialDate::Day(day) => Some(day.day()),
            _ => None,
        }
    }

    /// The earliest day that this can be.
    pub fn first_day(self) -> NaiveDate {
        self.day_at(self.month().unwrap_or(1), |_, _| 1)
    }

    /// The latest day that this can be.
    pub fn last_day(self) -> NaiveDate {
        self.day_at(self.month().unwrap_or(12), days_in)
    }

    fn day_at(self, month: u32, day: impl Fn(i32, u32) -> u32) -> NaiveDate {
        if let PartialDate::Day(day) = self {
            return day;
        }
        let (year, month) = (self.year().clamp(1, 9999), month.clamp(1, 12));
        NaiveDate::from_ymd_opt(year, month, day(year, month)).unwrap_or_default()
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartialDate::Day(day) => write!(f, "{:04}-{:02}-{:02}", day.year(), day.month(), day.day()),
            PartialDate::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            PartialDate::Year(year) => write!(f, "{year:04}"),
        }
    }
}

impl FromStr for PartialDate {
    type Err = Malformed;

    /// Reads the written form only; [`parse_date`](super::date::parse_date) reads what people write.
    fn from_str(input: &str) -> Result<Self, Malformed> {
        let bytes = input.as_bytes();
        let number = |from: usize, to: usize| {
            let digits = bytes.get(from..to)?;
            digits.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
        };
        let parts = match bytes {
            [_, _, _, _, b'-', _, _, b'-', _, _] => {
                number(0, 4).zip(number(5, 7)).zip(number(8, 10)).map(|((y, m), d)| (y, Some(m), Some(d)))
            }
            [_, _, _, _, b'-', _, _] => number(0, 4).zip(number(5, 7)).map(|(y, m)| (y, Some(m), None)),
            [_, _, _, _] => number(0, 4).map(|y| (y, None, None)),
            _ => None,
        };
        match parts {
            Some((year, month, day)) => whole(input, year, month, day),
            None => Err(Malformed::value(input, "is not a date", "a date such as `1990-03-12`, `1990-03` or `1990`")),
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

pub(super) const EXPECTED: &str = "a date such as `1990-03-12` or `12 March 1990`";

/// The date of these numbers, 0 and 99 standing for unknown in month and day.
pub(super) fn whole(input: &str, year: u32, month: Option<u32>, day: Option<u32>) -> Result<PartialDate, Malformed> {
    let impossible = |why: String| Err(Malformed::value(input, &format!("is not a date: {why}"), EXPECTED));
    let Some(signed) = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year)) else {
        return impossible("years go from 1 to 9999".to_owned());
    };
    let known = |number: Option<u32>| number.map(|number| if number == 99 { 0 } else { number });
    let (month, day) = match (known(month), known(day)) {
        (None | Some(0), None | Some(0)) => return Ok(PartialDate::Year(signed)),
        (None | Some(0), Some(_)) => return impossible("it has a day but no month".to_owned()),
        (Some(month), day) => (month, day.unwrap_or(0)),
    };
    let Some(name) = month.checked_sub(1).and_then(|at| NAMES.get(usize::try_from(at).ok()?)) else {
        return impossible(format!("there is no month {month}"));
    };
    if day == 0 {
        return Ok(PartialDate::Month { year: signed, month });
    }
    match NaiveDate::from_ymd_opt(signed, month, day) {
        Some(day) => Ok(PartialDate::Day(day)),
        None => impossible(format!("{name} {year} has {} days", days_in(signed, month))),
    }
}

const NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Days in a month of the proleptic Gregorian calendar.
fn days_in(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_a_part() {
        for (text, first, last) in [
            ("1956-02", "1956-02-01", "1956-02-29"),
            ("1900", "1900-01-01", "1900-12-31"),
            ("1990-03-12", "1990-03-12", "1990-03-12"),
        ] {
            let date: PartialDate = text.parse().unwrap();
            assert_eq!(
                (date.first_day().to_string(), date.last_day().to_string()),
                (first.to_owned(), last.to_owned())
            );
        }
    }
}
