//! [`Clock`]: how a metric of a ticket stands at a moment.

use std::fmt;

use chrono::TimeDelta;
use onefold_fact::Timestamp;
use serde::{Serialize, Serializer};

use super::policy::Metric;

/// How a metric of a ticket stands at a moment. Times are exact; lengths are those that count, written in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// What is measured.
    pub metric: Metric,
    /// The policy that asks for it.
    pub policy: String,
    /// How long it may take.
    #[serde(serialize_with = "seconds")]
    pub target: TimeDelta,
    /// Since when it is measured.
    pub started_at: Timestamp,
    /// How it stands.
    pub state: ClockState,
    /// How long it has taken.
    #[serde(serialize_with = "seconds")]
    pub elapsed: TimeDelta,
    /// How much is left; negative, if it took longer than it may.
    #[serde(serialize_with = "seconds")]
    pub remaining: TimeDelta,
    /// When it is late if nothing happens, or was; `None` while it pauses, and if it never will be.
    pub due_at: Option<Timestamp>,
    /// When it was late.
    pub breached_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How many of the policy's warnings it has passed.
    pub warnings: usize,
    /// The next moment at which time alone changes its state or its warnings.
    pub next_change_at: Option<Timestamp>,
}

fn seconds<S: Serializer>(length: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(length.num_seconds())
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// It runs, and there is time; outside working hours too, when nothing is counted.
    Running,
    /// It runs, and a warning has been passed.
    InDanger,
    /// It waits: the ticket is pending, or on hold.
    Paused,
    /// It is late, and not done.
    Breached,
    /// It was done in time.
    Met,
    /// It was done late, or never.
    Missed,
    /// The ticket was closed before it was done or late.
    Dropped,
}

impl ClockState {
    /// Whether somebody has to do something.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::InDanger | Self::Paused | Self::Breached)
    }
}

/// As words: `in danger`.
impl fmt::Display for ClockState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running => "running",
            Self::InDanger => "in danger",
            Self::Paused => "paused",
            Self::Breached => "breached",
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Dropped => "dropped",
        })
    }
}

/// A moment at which a clock passes a warning, or is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Escalation {
    /// When.
    pub at: Timestamp,
    /// Of what.
    pub metric: Metric,
    /// Which.
    pub level: EscalationLevel,
}

/// How far a clock has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationLevel {
    /// It has passed the policy's warning of this place, from 0.
    Warned(usize),
    /// It is late.
    Breached,
}
