//! [`HolidayRule`]: on which dates a holiday falls.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Month, NaiveDate, Weekday};

use crate::easter;
use crate::error::CalendarError;
use crate::words;

/// A day of the year, such as 25 December. 29 February is there in leap years only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

impl MonthDay {
    /// This day of this month; `None` if no year has it.
    #[must_use]
    pub fn new(month: Month, day: u32) -> Option<Self> {
        let month = month.number_from_month();
        // 2000 was a leap year.
        NaiveDate::from_ymd_opt(2000, month, day).map(|_| Self { month, day })
    }

    /// The date in a year; `None` if the year does not have it.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// Which of the weekdays of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ordinal {
    First,
    Second,
    Third,
    Fourth,
    /// Not in every month; then there is no such holiday in that year.
    Fifth,
    Last,
}

/// Where a weekday lies beside a day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Beside {
    Before,
    OnOrBefore,
    OnOrAfter,
    After,
}

/// What a holiday is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Anchor {
    /// One date in one year: `2026-06-05`.
    Date(NaiveDate),
    /// Every year: `12-25`.
    Yearly(MonthDay),
    /// A weekday of a month: `4th thursday of november`, `last monday of may`.
    OfMonth(Ordinal, Weekday, Month),
    /// The nearest such weekday on one side of a day of the year: `monday before 05-25`, `saturday on or after 06-20`.
    Near(Weekday, Beside, MonthDay),
    /// Easter Sunday of the western churches: `easter`.
    Easter,
    /// Easter Sunday of the eastern churches: `orthodox easter`.
    OrthodoxEaster,
}

/// On which dates a holiday falls: an anchor, and how many days later (or earlier, if negative) it is.
///
/// As text: `12-25`, `2026-06-05`, `easter - 2`, `4th thursday of november + 1`, `monday before 05-25`.
///
/// ```
/// use onefold_worktime::HolidayRule;
///
/// let good_friday: HolidayRule = "easter - 2".parse()?;
/// assert_eq!(good_friday.in_year(2026), Some("2026-04-03".parse()?));
/// let thanksgiving: HolidayRule = "4th thursday of november".parse()?;
/// assert_eq!(thanksgiving.in_year(2026), Some("2026-11-26".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HolidayRule {
    anchor: Anchor,
    days: i16,
}

impl From<Anchor> for HolidayRule {
    fn from(anchor: Anchor) -> Self {
        Self { anchor, days: 0 }
    }
}

impl From<NaiveDate> for HolidayRule {
    fn from(date: NaiveDate) -> Self {
        Anchor::Date(date).into()
    }
}

impl HolidayRule {
    /// The most days from its anchor.
    const REACH: u16 = 366;

    /// The rule so many days later, or earlier if negative; `None` more than 366 days from its anchor.
    #[must_use]
    pub fn plus_days(self, days: i16) -> Option<Self> {
        let days = self.days.checked_add(days).filter(|days| days.unsigned_abs() <= Self::REACH)?;
        Some(Self { days, ..self })
    }

    /// What it is counted from.
    #[must_use]
    pub fn anchor(self) -> Anchor {
        self.anchor
    }

    /// How many days after its anchor it is; before it if negative.
    #[must_use]
    pub fn days(self) -> i16 {
        self.days
    }

    /// The date whose anchor is in this year; `None` if the year has none.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        let anchor = self.anchor.in_year(year)?;
        let days = Days::new(self.days.unsigned_abs().into());
        if self.days < 0 { anchor.checked_sub_days(days) } else { anchor.checked_add_days(days) }
    }
}

impl Anchor {
    fn in_year(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => (date.year() == year).then_some(date),
            Self::Yearly(day) => day.in_year(year),
            Self::OfMonth(ordinal, weekday, month) => {
                let month = month.number_from_month();
                let nth = |n| NaiveDate::from_weekday_of_month_opt(year, month, weekday, n);
                match ordinal {
                    Ordinal::First => nth(1),
                    Ordinal::Second => nth(2),
                    Ordinal::Third => nth(3),
                    Ordinal::Fourth => nth(4),
                    Ordinal::Fifth => nth(5),
                    Ordinal::Last => nth(5).or_else(|| nth(4)),
                }
            }
            Self::Near(weekday, beside, day) => {
                let day = day.in_year(year)?;
                let ahead = u64::from(weekday.days_since(day.weekday()));
                let behind = u64::from(day.weekday().days_since(weekday));
                match beside {
                    Beside::OnOrAfter => day.checked_add_days(Days::new(ahead)),
                    Beside::After => day.checked_add_days(Days::new(if ahead == 0 { 7 } else { ahead })),
                    Beside::OnOrBefore => day.checked_sub_days(Days::new(behind)),
                    Beside::Before => day.checked_sub_days(Days::new(if behind == 0 { 7 } else { behind })),
                }
            }
            Self::Easter => easter::western(year),
            Self::OrthodoxEaster => easter::orthodox(year),
        }
    }
}

/// What a rule may say.
const RULES: &str = "`12-25`, `2026-06-05`, `easter - 2`, `orthodox easter + 1`, `4th thursday of november`, `last \
                     monday of may` or `monday before 05-25`, with `+ 1` for the day after";

impl FromStr for HolidayRule {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let lower = text.to_lowercase();
        let mut words: Vec<&str> = lower.split_whitespace().collect();
        let days = offset(&mut words);
        anchor(&words)
            .zip(days)
            .and_then(|(anchor, days)| Self::from(anchor).plus_days(days))
            .ok_or_else(|| CalendarError::text(format!("`{text}` is no rule of a holiday"), RULES))
    }
}

/// Takes `+ 1` or `-2` from the end; `None` where it is no number.
fn offset(words: &mut Vec<&str>) -> Option<i16> {
    let (sign, number, taken) = match words.as_slice() {
        [.., "+", number] => (1, *number, 2),
        [.., "-", number] => (-1, *number, 2),
        [.., last] if last.starts_with('+') => (1, last.trim_start_matches('+'), 1),
        [.., last] if last.starts_with('-') => (-1, last.trim_start_matches('-'), 1),
        _ => return Some(0),
    };
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let days: i16 = if digits { number.parse().ok()? } else { return None };
    words.truncate(words.len() - taken);
    Some(sign * days)
}

fn anchor(words: &[&str]) -> Option<Anchor> {
    match words {
        ["easter"] => Some(Anchor::Easter),
        ["orthodox", "easter"] => Some(Anchor::OrthodoxEaster),
        [date] => month_day(date).map(Anchor::Yearly).or_else(|| Some(Anchor::Date(date_of(date)?))),
        [nth, weekday, "of" | "in", month] => {
            Some(Anchor::OfMonth(ordinal(nth)?, words::weekday(weekday)?, words::month(month)?))
        }
        [weekday, beside @ .., day] => {
            let beside = match beside {
                ["before"] => Beside::Before,
                ["on", "or", "before"] => Beside::OnOrBefore,
                ["on", "or", "after"] => Beside::OnOrAfter,
                ["after"] => Beside::After,
                _ => return None,
            };
            Some(Anchor::Near(words::weekday(weekday)?, beside, month_day(day)?))
        }
        [] => None,
    }
}

/// A date with four digits of a year, as ISO 8601 writes it.
pub(crate) fn date_of(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

fn month_day(text: &str) -> Option<MonthDay> {
    let (month, day) = text.split_once('-').filter(|_| text.len() == 5)?;
    MonthDay::new(Month::try_from(month.parse::<u8>().ok()?).ok()?, day.parse().ok()?)
}

fn ordinal(word: &str) -> Option<Ordinal> {
    Some(match word {
        "1st" | "first" => Ordinal::First,
        "2nd" | "second" => Ordinal::Second,
        "3rd" | "third" => Ordinal::Third,
        "4th" | "fourth" => Ordinal::Fourth,
        "5th" | "fifth" => Ordinal::Fifth,
        "last" => Ordinal::Last,
        _ => return None,
    })
}

impl fmt::Display for HolidayRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.anchor {
            Anchor::Date(date) => write!(f, "{date}")?,
            Anchor::Yearly(day) => write!(f, "{day}")?,
            Anchor::OfMonth(ordinal, weekday, month) => {
                let nth = match ordinal {
                    Ordinal::First => "1st",
                    Ordinal::Second => "2nd",
                    Ordinal::Third => "3rd",
                    Ordinal::Fourth => "4th",
                    Ordinal::Fifth => "5th",
                    Ordinal::Last => "last",
                };
                write!(f, "{nth} {} of {}", words::weekday_name(weekday), month.name().to_lowercase())?;
            }
            Anchor::Near(weekday, beside, day) => {
                let beside = match beside {
                    Beside::Before => "before",
                    Beside::OnOrBefore => "on or before",
                    Beside::OnOrAfter => "on or after",
                    Beside::After => "after",
                };
                write!(f, "{} {beside} {day}", words::weekday_name(weekday))?;
            }
            Anchor::Easter => f.write_str("easter")?,
            Anchor::OrthodoxEaster => f.write_str("orthodox easter")?,
        }
        match self.days {
            0 => Ok(()),
            days if days < 0 => write!(f, " - {}", days.unsigned_abs()),
            days => write!(f, " + {days}"),
        }
    }
}
