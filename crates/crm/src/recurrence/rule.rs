//! [`RecurrenceRule`]: an RRULE.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use chrono::{NaiveDate, NaiveDateTime, Weekday};
use chrono_tz::Tz;
use onefold_fact::Timestamp;

/// How often something happens (RFC 5545, section 3.3.10). It is read from text (`FREQ=WEEKLY;BYDAY=MO,WE`) and written
/// as the same in standard order.
///
/// What a rule does not say is taken from the first time: the time of day, and the day of the week, of the month, or of
/// the year. A week (`BYWEEKNO`) without a day of the week has that of the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurrenceRule {
    pub(super) frequency: Frequency,
    pub(super) interval: NonZeroU32,
    pub(super) ends: Ends,
    pub(super) by_second: BTreeSet<u32>,
    pub(super) by_minute: BTreeSet<u32>,
    pub(super) by_hour: BTreeSet<u32>,
    pub(super) by_day: Vec<Day>,
    pub(super) by_month_day: BTreeSet<i32>,
    pub(super) by_year_day: BTreeSet<i32>,
    pub(super) by_week: BTreeSet<i32>,
    pub(super) by_month: BTreeSet<u32>,
    pub(super) by_position: BTreeSet<i32>,
    pub(super) week_start: Weekday,
}

/// The unit that a rule counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of RFC 5545")]
pub enum Frequency {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Never,
    /// After so many times.
    Count(u32),
    /// After this day.
    Day(NaiveDate),
    /// After this civil time.
    Local(NaiveDateTime),
    /// After this instant.
    Utc(Timestamp),
}

/// A day of the week, or the nth of them in its month or year; counted from the end if negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) nth: Option<i32>,
    pub(super) weekday: Weekday,
}

/// Days of the week as RFC 5545 writes them.
pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];

/// Frequencies as RFC 5545 writes them.
pub(super) const FREQUENCIES: [(&str, Frequency); 7] = [
    ("SECONDLY", Frequency::Secondly),
    ("MINUTELY", Frequency::Minutely),
    ("HOURLY", Frequency::Hourly),
    ("DAILY", Frequency::Daily),
    ("WEEKLY", Frequency::Weekly),
    ("MONTHLY", Frequency::Monthly),
    ("YEARLY", Frequency::Yearly),
];

impl RecurrenceRule {
    /// Every so often, without more.
    #[must_use]
    pub fn every(interval: NonZeroU32, frequency: Frequency) -> Self {
        Self {
            frequency,
            interval,
            ends: Ends::Never,
            by_second: BTreeSet::new(),
            by_minute: BTreeSet::new(),
            by_hour: BTreeSet::new(),
            by_day: Vec::new(),
            by_month_day: BTreeSet::new(),
            by_year_day: BTreeSet::new(),
            by_week: BTreeSet::new(),
            by_month: BTreeSet::new(),
            by_position: BTreeSet::new(),
            week_start: Weekday::Mon,
        }
    }

    /// The unit that it counts in.
    #[must_use]
    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// Whether it says when it ends.
    #[must_use]
    pub fn ends(&self) -> bool {
        self.ends != Ends::Never
    }

    /// The last civil time that may be, as far as it says so.
    pub(super) fn until(&self, zone: Option<Tz>) -> Option<NaiveDateTime> {
        match self.ends {
            Ends::Never | Ends::Count(_) => None,
            Ends::Day(day) => day.and_hms_opt(23, 59, 59),
            Ends::Local(time) => Some(time),
            Ends::Utc(at) => Some(zone.map_or(at.naive_utc(), |zone| at.with_timezone(&zone).naive_local())),
        }
    }
}
