//! Moments that time alone brings: days that fields say, and every so often.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use onefold_fact::{Timestamp, Value};
use onefold_profile::Span;
use onefold_segment::Subject;
use onefold_worktime::Calendar;
use serde::{Deserialize, Serialize};

/// The day that a field of a subject says, or so long before or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateMoment {
    /// The field.
    pub field: String,
    /// How far from it.
    pub offset: Offset,
    /// In the working time of this calendar; without one, of 24 hours a day.
    pub calendar: Option<String>,
    /// At which time of that day, on the subject's clock; the start of it if none is said.
    pub at: Option<NaiveTime>,
    /// Whether it comes each year, like a birthday.
    pub yearly: bool,
}

/// How far from a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offset {
    /// At it.
    None,
    /// Before it.
    Before(Span),
    /// After it.
    After(Span),
}

impl Offset {
    pub(super) fn written(self) -> (Option<Span>, Option<Span>) {
        match self {
            Self::None => (None, None),
            Self::Before(span) => (Some(span), None),
            Self::After(span) => (None, Some(span)),
        }
    }
}

impl DateMoment {
    pub(super) fn new(
        field: String,
        before: Option<Span>,
        after: Option<Span>,
        calendar: Option<String>,
        at: Option<&str>,
        yearly: bool,
    ) -> Result<Self, String> {
        let offset = match (before, after) {
            (None, None) => Offset::None,
            (Some(span), None) => Offset::Before(span),
            (None, Some(span)) => Offset::After(span),
            (Some(_), Some(_)) => return Err("`before` and `after` exclude each other: say one".to_owned()),
        };
        Ok(Self { field, offset, calendar, at: at.map(time_of_day).transpose()?, yearly })
    }

    /// The first such moment of a subject after a clock, in its zone.
    pub(super) fn next(
        &self,
        subject: &dyn Subject,
        zone: Tz,
        calendar: Option<&Calendar>,
        clock: Timestamp,
    ) -> Option<Timestamp> {
        let value = subject.field(&self.field)?;
        if let (Value::Timestamp(at), false) = (value, self.yearly) {
            return self.shifted(*at, calendar).filter(|at| *at > clock);
        }
        let day = match value {
            Value::Date(day) => *day,
            Value::Timestamp(at) => at.with_timezone(&zone).date_naive(),
            Value::Text(text) => text.parse().ok()?,
            _ => return None,
        };
        if !self.yearly {
            return self.shifted(self.on(day, zone)?, calendar).filter(|at| *at > clock);
        }
        let year = clock.with_timezone(&zone).year();
        // An offset of more than a year is not of this year.
        let years = year - 1..=year + 2;
        // The 29th of February is the 28th where there is none.
        let of = |year: i32| {
            let day = NaiveDate::from_ymd_opt(year, day.month(), day.day())
                .or_else(|| NaiveDate::from_ymd_opt(year, day.month(), 28))?;
            self.shifted(self.on(day, zone)?, calendar)
        };
        years.filter_map(of).find(|at| *at > clock)
    }

    fn on(&self, day: NaiveDate, zone: Tz) -> Option<Timestamp> {
        local(day, self.at.unwrap_or(NaiveTime::MIN), zone)
    }

    fn shifted(&self, at: Timestamp, calendar: Option<&Calendar>) -> Option<Timestamp> {
        let delta = |span: Span| TimeDelta::seconds(i64::from(span.seconds()));
        match (self.offset, calendar) {
            (Offset::None, _) => Some(at),
            (Offset::Before(span), Some(calendar)) => calendar.before(at, delta(span)),
            (Offset::After(span), Some(calendar)) => calendar.after(at, delta(span)),
            (Offset::Before(span), None) => at.checked_sub_signed(delta(span)),
            (Offset::After(span), None) => at.checked_add_signed(delta(span)),
        }
    }
}

/// Every so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    /// On which days.
    pub on: Days,
    /// At which time of the day.
    pub at: NaiveTime,
}

/// Which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// All.
    Day,
    /// Each of this day of the week.
    Weekday(Weekday),
    /// The first of each month.
    Month,
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Weekday(Weekday::Mon) => "monday",
            Self::Weekday(Weekday::Tue) => "tuesday",
            Self::Weekday(Weekday::Wed) => "wednesday",
            Self::Weekday(Weekday::Thu) => "thursday",
            Self::Weekday(Weekday::Fri) => "friday",
            Self::Weekday(Weekday::Sat) => "saturday",
            Self::Weekday(Weekday::Sun) => "sunday",
        })
    }
}

impl Every {
    pub(super) fn new(on: &str, at: Option<&str>) -> Result<Self, String> {
        let on = match on {
            "day" => Days::Day,
            "month" => Days::Month,
            day => Days::Weekday(day.parse().map_err(|_| {
                format!("`every` says `{day}`; expected `day`, `month`, or a day of the week like `monday`")
            })?),
        };
        Ok(Self { on, at: at.map(time_of_day).transpose()?.unwrap_or(NaiveTime::MIN) })
    }

    /// The first such moment after a clock, on the clocks of a zone.
    pub(super) fn next(&self, zone: Tz, clock: Timestamp) -> Option<Timestamp> {
        let today = clock.with_timezone(&zone).date_naive();
        let falls = |day: &NaiveDate| match self.on {
            Days::Day => true,
            Days::Weekday(weekday) => day.weekday() == weekday,
            Days::Month => day.day() == 1,
        };
        // A month and a day hold each kind of day.
        let days = today.iter_days().take(33).filter(falls);
        days.filter_map(|day| local(day, self.at, zone)).find(|at| *at > clock)
    }
}

fn time_of_day(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map_err(|_| format!("`{text}` is no time of day; expected one like `09:00`"))
}

/// The instant at which the wall clock of a zone first shows a time of a day; in a gap, the instant at which the gap ends.
fn local(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let wall = day.and_time(time);
    if let Some(at) = zone.from_local_datetime(&wall).earliest() {
        return Some(at.to_utc());
    }
    // No zone skips more than a day; the gap ends with the first minute that is there.
    let minutes = (1..=26 * 60).map(|minutes| wall + TimeDelta::minutes(minutes));
    minutes.filter_map(|wall| zone.from_local_datetime(&wall).earliest()).map(|at| at.to_utc()).next()
}
