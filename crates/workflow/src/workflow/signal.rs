//! [`Signal`]: what workflows react to; and [`Decision`], what they decide.

use onefold_fact::{Properties, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::run::{Cause, Decided};

/// Something that workflows react to, about one subject.
#[derive(Debug, Clone, Copy)]
pub struct Signal<'a> {
    /// The clock at which is decided.
    pub at: Timestamp,
    /// What tells it from all others: seen twice, it starts nothing twice.
    pub key: &'a str,
    /// What it is.
    pub what: Stimulus<'a>,
    /// The runs that caused it, the first first.
    pub causes: &'a [Cause],
}

/// What a signal is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Stimulus<'a> {
    /// Something happened.
    Event {
        /// What.
        name: &'a str,
        /// Its details.
        properties: &'a Properties,
        /// When, which may be before it was told.
        occurred_at: Timestamp,
    },
    /// The subject has come to be in a segment.
    Entered {
        /// The segment.
        segment: &'a str,
        /// Whether it was when the segment came into force.
        existing: bool,
    },
    /// The subject is no longer in a segment.
    Left {
        /// The segment.
        segment: &'a str,
    },
    /// A service level of the subject, or of something of its, is about to be missed.
    Danger {
        /// Which.
        metric: &'a str,
        /// Of what.
        about: Option<&'a str>,
    },
    /// Something else about the subject is known otherwise.
    Told,
    /// Time has gone by.
    Clock {
        /// Since this clock, up to which all that time brings was decided.
        since: Timestamp,
    },
}

/// What was decided about a signal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// In order, what is to be kept.
    pub decided: Vec<Decided>,
    /// What could have started and did not.
    pub passed_over: Vec<PassedOver>,
}

/// A workflow that could have started and did not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PassedOver {
    /// When.
    pub at: Timestamp,
    /// For whom.
    pub subject: Uuid,
    /// The workflow.
    pub workflow: String,
    /// Why not.
    pub why: NotStarted,
    /// That in words.
    pub message: String,
}

/// Why a workflow did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotStarted {
    /// The event was told too late.
    Late,
    /// A run of it caused what would start it.
    Loop,
    /// It is not for this subject.
    Suppressed,
    /// What has to hold does not.
    Unmet,
    /// It runs.
    Running,
    /// It has run, and does so once.
    Once,
}
