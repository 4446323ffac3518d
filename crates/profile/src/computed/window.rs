//! [`Window`]: which time counts, seen from a clock.

use chrono_tz::Tz;
use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

use super::calendar::{Period, end_of_rolling, start_of_period, start_of_rolling};
use super::span::Span;

/// Which events count at a clock. An event that lies after the clock never does: it counts once the clock reaches it.
///
/// ```
/// use onefold_profile::Window;
///
/// let window: Window = serde_json::from_str(r#"{"sliding":"30d"}"#)?;
/// assert_eq!(window, Window::Sliding("30d".parse()?));
/// let last_month = r#"{"calendar":{"period":"month","extent":"completed","count":1,"zone":"Europe/Berlin"}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Window>(last_month)?)?, last_month);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Window {
    /// All that ever happened.
    Lifetime,
    /// What happened less than this long ago.
    Sliding(Span),
    /// What happened between two instants.
    Absolute {
        /// From this instant on; from ever if there is none.
        from: Option<Timestamp>,
        /// Before this instant; for ever if there is none.
        until: Option<Timestamp>,
    },
    /// What happened in periods of the calendar, as a zone lives them.
    Calendar(Calendar),
    /// What happened in a session: a run of events, of whatever name, of which none is further than the gap from the
    /// one before it.
    Session {
        /// The longest silence within a session.
        gap: Span,
        /// Which session.
        which: Session,
    },
}

/// Periods of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Which periods.
    pub period: Period,
    /// Which of them, seen from the clock.
    pub extent: Extent,
    /// How many: 1 to 1000.
    pub count: u16,
    /// The zone whose midnights count, by its IANA name.
    pub zone: Tz,
}

/// Which periods of the calendar count, seen from the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The present period as far as it has come, and those before it: with a count of 1 this month to date.
    ToDate,
    /// Whole periods before the present one: with a count of 1 last month.
    Completed,
    /// From the day that lies so many periods back: with a count of 3 months, on 14 May, from the beginning of
    /// 14 February.
    Rolling,
}

/// Which session counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Session {
    /// The one that goes on: none once the gap has passed.
    Current,
    /// The latest, whether or not it goes on.
    Latest,
}

/// The events of a window at a clock, as times in microseconds: from the first inclusive to the second exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) clock: i64,
    pub(crate) from: i64,
    pub(crate) until: i64,
    /// From this clock on the frame of a calendar window is another one.
    changes_at: i64,
}

impl Frame {
    pub(crate) fn changes_at(&self) -> i64 {
        self.changes_at
    }

    /// Moves the clock on; a clock that would go back stays.
    pub(crate) fn advance_to(&mut self, window: &Window, clock: i64) {
        if clock <= self.clock {
            return;
        }
        match window {
            Window::Calendar(calendar) if clock < self.changes_at => {
                self.clock = clock;
                if calendar.extent != Extent::Completed {
                    self.until = clock.saturating_add(1);
                }
            }
            _ => *self = window.frame(clock),
        }
    }
}

impl Window {
    /// The frame at a clock. A session's reaches back for ever: which part of it counts follows from the events.
    pub(crate) fn frame(&self, clock: i64) -> Frame {
        let now = clock.saturating_add(1);
        let (from, until, changes_at) = match *self {
            Window::Lifetime | Window::Session { .. } => (i64::MIN, now, i64::MAX),
            Window::Sliding(span) => (now.saturating_sub(span.micros()), now, i64::MAX),
            Window::Absolute { from, until } => {
                let from = from.map_or(i64::MIN, |from| from.timestamp_micros());
                (from, until.map_or(now, |until| now.min(until.timestamp_micros())), i64::MAX)
            }
            Window::Calendar(Calendar { period, extent, count, zone }) => {
                let start = |periods, beyond| start_of_period(clock, period, periods, zone, beyond);
                let before = -i64::from(count);
                match extent {
                    Extent::ToDate => (start(before + 1, i64::MIN), now, start(1, i64::MAX)),
                    Extent::Completed => (start(before, i64::MIN), start(0, i64::MIN), start(1, i64::MAX)),
                    Extent::Rolling => (
                        start_of_rolling(clock, period, count.into(), zone),
                        now,
                        start_of_period(clock, Period::Day, 1, zone, i64::MAX),
                    ),
                }
            }
        };
        Frame { clock, from, until, changes_at }
    }

    /// The first clock at which an event of this time counts, if it ever does.
    pub(crate) fn enters_at(&self, time: i64) -> Option<i64> {
        match *self {
            Window::Calendar(Calendar { period, extent: Extent::Completed, count: _, zone }) => {
                Some(start_of_period(time, period, 1, zone, i64::MAX)).filter(|clock| *clock < i64::MAX)
            }
            Window::Absolute { .. } if !self.admits(time) => None,
            _ => Some(time),
        }
    }

    /// The first clock at which an event of this time no longer counts, if that comes by time alone.
    pub(crate) fn leaves_at(&self, time: i64) -> Option<i64> {
        match *self {
            Window::Lifetime | Window::Absolute { .. } | Window::Session { .. } => None,
            Window::Sliding(span) => time.checked_add(span.micros()),
            Window::Calendar(Calendar { period, extent, count, zone }) => {
                let start = |periods| {
                    let start = start_of_period(time, period, periods, zone, i64::MAX);
                    (start < i64::MAX).then_some(start)
                };
                match extent {
                    Extent::ToDate => start(count.into()),
                    Extent::Completed => start(i64::from(count) + 1),
                    Extent::Rolling => end_of_rolling(time, period, count.into(), zone),
                }
            }
        }
    }

    /// Whether an event of this time counts at any clock.
    pub(crate) fn admits(&self, time: i64) -> bool {
        match self {
            Window::Absolute { from, until } => {
                from.is_none_or(|from| from.timestamp_micros() <= time)
                    && until.is_none_or(|until| time < until.timestamp_micros())
            }
            _ => true,
        }
    }

    /// Whether what counts once counts for ever.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Window::Lifetime | Window::Absolute { .. })
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Window::Absolute { from: Some(from), until: Some(until) } if from >= until => Err(format!(
                "its window ends ({}) before it begins ({}); let `until` be later than `from`",
                until.to_rfc3339(),
                from.to_rfc3339()
            )),
            Window::Calendar(calendar) if !(1..=1000).contains(&calendar.count) => {
                Err(format!("its window has a count of {}; expected 1 to 1000", calendar.count))
            }
            _ => Ok(()),
        }
    }
}
