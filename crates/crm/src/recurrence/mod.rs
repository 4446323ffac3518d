//! [`Recurrence`]: something that happens again and again, as RFC 5545 writes it.

mod expand;
mod parse;
mod print;
mod rule;
mod zone;

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use onefold_fact::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::expand::Occurrences;
pub use self::parse::RecurrenceError;
pub use self::rule::{Frequency, RecurrenceRule};
pub use self::zone::{Instants, instant_of};

/// A first time, a rule for more of them, times on top and times that are left out. Times are civil times; the zone is
/// applied last, so "every day at nine" stays at nine when the clocks change.
///
/// The first time counts only if the rule hits it, as in most calendars; RFC 5545 leaves open what it means otherwise.
///
/// ```
/// use onefold_crm::Recurrence;
///
/// let last_friday: Recurrence = "DTSTART;TZID=Europe/Berlin:20260101T090000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3".parse()?;
/// let days: Vec<String> = last_friday.occurrences(None).map(|time| time.to_string()).collect();
/// assert_eq!(days, ["2026-01-30 09:00:00", "2026-02-27 09:00:00", "2026-03-27 09:00:00"]);
/// let no = "DTSTART:20260101T090000\nRRULE:FREQ=MONTHLY;BYDAY=FR;COUNT=zero".parse::<Recurrence>().unwrap_err();
/// assert_eq!(no.to_string(), "line 2, column 35: `zero` is not a count: give a whole number from 1 on");
/// # Ok::<(), onefold_crm::RecurrenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    pub(super) start: NaiveDateTime,
    pub(super) is_date: bool,
    pub(super) zone: Option<Tz>,
    pub(super) rule: Option<RecurrenceRule>,
    pub(super) more: BTreeSet<NaiveDateTime>,
    pub(super) without: BTreeSet<NaiveDateTime>,
}

impl Recurrence {
    /// By a rule, from a first time on, in the zone of whoever asks.
    #[must_use]
    pub fn new(start: NaiveDateTime, rule: RecurrenceRule) -> Self {
        let (more, without) = (BTreeSet::new(), BTreeSet::new());
        Self { start, is_date: false, zone: None, rule: Some(rule), more, without }
    }

    /// Its first time; whether it happens then is what the rule says.
    #[must_use]
    pub fn start(&self) -> NaiveDateTime {
        self.start
    }

    /// Whether it is about days, not times of day.
    #[must_use]
    pub fn is_date(&self) -> bool {
        self.is_date
    }

    /// Its zone, if it has one of its own.
    #[must_use]
    pub fn zone(&self) -> Option<Tz> {
        self.zone
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> Option<&RecurrenceRule> {
        self.rule.as_ref()
    }

    /// Without one of its times.
    #[must_use]
    pub fn except(mut self, time: NaiveDateTime) -> Self {
        self.without.insert(time);
        self
    }

    /// The civil times at which it happens, in order, each once. `zone` is that of whoever asks, for what has none of its
    /// own; it only says when an end that is given in UTC is.
    ///
    /// It ends with the year 9999, and when four centuries, or one interval if that is longer, go by without a time: then
    /// no time ever comes, as of the 31st of February.
    #[must_use]
    pub fn occurrences(&self, zone: Option<Tz>) -> Occurrences<'_> {
        Occurrences::new(self, self.zone.or(zone))
    }

    /// The instants at which it happens in its zone, or in this one if it has none of its own; in order, each once. A time
    /// that is skipped when the clocks go forward is later by what was skipped, one that comes twice is the first.
    #[must_use]
    pub fn instants(&self, zone: Tz) -> Instants<'_> {
        let zone = self.zone.unwrap_or(zone);
        Instants::new(self.occurrences(Some(zone)), zone)
    }

    /// The first instant after another. `None` if there is none.
    #[must_use]
    pub fn next_after(&self, after: Timestamp, zone: Tz) -> Option<Timestamp> {
        let zone = self.zone.unwrap_or(zone);
        Instants::from(self.occurrences(Some(zone)), zone, after).find(|instant| *instant > after)
    }

    /// Whether it happens at all.
    #[must_use]
    pub fn happens(&self) -> bool {
        self.occurrences(None).next().is_some()
    }
}

/// As its text.
impl Serialize for Recurrence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Recurrence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
