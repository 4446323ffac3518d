//! Working time: when people work, and how much of it lies between two instants.
//!
//! A [`CalendarSpec`] says when: hours by weekday on the wall clock of a zone, breaks, holidays by rule, and dates with
//! other hours; it is data, read from and written to TOML and JSON. A [`Calendar`] made of it answers: working time
//! between instants, the instant after so much of it, opening and closing, working days. Calendars can be intersected
//! and united, across zones.
//!
//! The one decision that shaped it: *a calendar is open at an instant if the wall clock then shows a time in its
//! hours*, and nothing else. Nothing is converted from civil time, so no gap, fold or missing date needs a convention.
//!
//! ```
//! use chrono::TimeDelta;
//! use onefold_worktime::{Calendar, CalendarSpec};
//!
//! let spec = CalendarSpec::from_toml(r#"
//!     zone = "Europe/Berlin"
//!     holidays = [{ name = "Easter Monday", on = "easter + 1" }]
//!
//!     [hours]
//!     monday-friday = "09:00-12:30, 13:00-17:00"
//! "#)?;
//! let support = Calendar::new(&spec);
//! let asked = "2026-04-02T14:00:00Z".parse()?; // Thursday, 16:00
//! let due = support.after(asked, TimeDelta::hours(10)).ok_or("there are hours enough")?;
//! assert_eq!(due.to_rfc3339(), "2026-04-07T08:30:00+00:00"); // Tuesday, 10:30
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It never knows about any other crate of the house, what time it is, or what the work is, and is good alone.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

mod calendar;
mod combine;
mod days;
mod easter;
mod error;
mod file;
mod holiday;
mod hours;
mod line;
mod pattern;
mod rule;
mod spec;
mod time_of_day;
mod week;
mod words;
mod zone;

pub use calendar::{Calendar, Period};
pub use chrono_tz::Tz;
pub use error::CalendarError;
pub use holiday::{Holiday, Observance};
pub use hours::{Hours, Interval};
pub use rule::{Anchor, Beside, HolidayRule, MonthDay, Ordinal};
pub use spec::{CalendarSpec, Day, Override, Reason};
pub use time_of_day::TimeOfDay;
pub use week::Week;
