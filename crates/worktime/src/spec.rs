//! [`CalendarSpec`]: what a calendar says, as data.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;

use crate::holiday::{Holiday, holidays_in};
use crate::hours::Hours;
use crate::week::Week;

/// What a calendar says, as data that people write and keep. A [`Calendar`](crate::Calendar) made of it answers
/// questions.
///
/// The hours of a date are, first of these that says something: the override of the date; the hours of its weekday as
/// far as the holidays on it leave them; the hours of its weekday. Breaks are cut out of them all.
///
/// ```
/// use onefold_worktime::CalendarSpec;
///
/// let spec = CalendarSpec::from_toml(r#"
///     zone = "Europe/Berlin"
///     breaks = "12:30-13:00"
///     holidays = [{ name = "New Year", on = "01-01" }, { name = "Good Friday", on = "easter - 2" }]
///
///     [hours]
///     monday-thursday = "09:00-17:00"
///     friday = "09:00-15:00"
///
///     [overrides]
///     2026-12-24 = "09:00-12:00"
///     "2026-12-28..2026-12-31" = "closed"
/// "#)?;
/// let day = spec.day("2026-04-03".parse()?);
/// assert_eq!(day.hours.to_string(), "closed");
/// assert_eq!(day.reason.to_string(), "Good Friday");
/// assert_eq!(spec.day("2026-04-10".parse()?).hours.to_string(), "09:00-12:30, 13:00-15:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarSpec {
    /// Whose wall clock the hours are on.
    pub zone: Tz,
    /// The usual hours.
    pub hours: Week,
    /// What is cut out of the hours of every such weekday, whatever they come from.
    pub breaks: Week,
    /// Days off by rule.
    pub holidays: Vec<Holiday>,
    /// Dates with other hours, holiday or not.
    pub overrides: BTreeMap<NaiveDate, Override>,
}

/// What is said about one date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Override {
    /// The hours of its weekday, though it may be a holiday: `open`.
    Open,
    /// The hours and breaks of another weekday: `like monday`.
    Like(Weekday),
    /// Other hours: `10:00-14:00`, or none: `closed`.
    Hours(Hours),
}

impl Override {
    /// No hours.
    pub const CLOSED: Self = Self::Hours(Hours::CLOSED);
}

/// The hours of one date, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The hours, breaks cut out.
    pub hours: Hours,
    /// Where they come from.
    pub reason: Reason,
}

/// Where the hours of a date come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The hours of the weekday.
    Weekday(Weekday),
    /// These holidays.
    Holidays(Vec<String>),
    /// What is said about the date.
    Override,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Weekday(day) => f.write_str(crate::words::weekday_name(*day)),
            Self::Holidays(names) => f.write_str(&names.join(", ")),
            Self::Override => f.write_str("override"),
        }
    }
}

impl CalendarSpec {
    /// Hours by weekday on the wall clock of a zone, without breaks, holidays or overrides.
    #[must_use]
    pub fn new(zone: Tz, hours: Week) -> Self {
        Self { zone, hours, breaks: Week::default(), holidays: Vec::new(), overrides: BTreeMap::new() }
    }

    /// Always open.
    #[must_use]
    pub fn around_the_clock(zone: Tz) -> Self {
        Self::new(zone, Week::daily(Hours::all_day()))
    }

    /// The hours of a date, and where they come from.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> Day {
        let holidays = holidays_in(&self.holidays, date.year()..=date.year());
        self.day_among(date, holidays.get(&date).map_or(&[], Vec::as_slice))
    }

    /// The hours of a weekday that is nothing else.
    pub(crate) fn usual(&self, weekday: Weekday) -> Hours {
        self.hours.on(weekday).difference(self.breaks.on(weekday))
    }

    /// The dates in these years with hours that may not be those of their weekday.
    pub(crate) fn special(&self, years: RangeInclusive<i32>) -> BTreeMap<NaiveDate, Hours> {
        let mut dates = holidays_in(&self.holidays, years.clone());
        for date in self.overrides.keys().filter(|date| years.contains(&date.year())) {
            dates.entry(*date).or_default();
        }
        dates.into_iter().map(|(date, holidays)| (date, self.day_among(date, &holidays).hours)).collect()
    }

    /// The hours of a date with these holidays on it.
    fn day_among(&self, date: NaiveDate, holidays: &[&Holiday]) -> Day {
        let said = self.overrides.get(&date);
        let weekday = if let Some(Override::Like(weekday)) = said { *weekday } else { date.weekday() };
        let usual = self.hours.on(weekday).clone();
        let (hours, reason) = match (said, holidays) {
            (Some(Override::Open | Override::Like(_)), _) => (usual, Reason::Override),
            (Some(Override::Hours(hours)), _) => (hours.clone(), Reason::Override),
            (None, []) => (usual, Reason::Weekday(weekday)),
            (None, holidays) => {
                let left = holidays.iter().fold(usual, |left, holiday| left.intersection(&holiday.open));
                (left, Reason::Holidays(holidays.iter().map(|holiday| holiday.name.clone()).collect()))
            }
        };
        Day { hours: hours.difference(self.breaks.on(weekday)), reason }
    }
}
