//! [`Lifecycle`]: the stage of a customer, by when it was last active.

use std::collections::VecDeque;
use std::fmt;

use onefold_fact::{Configuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::calendar::instant;
use super::definition::{EventSelector, InvalidComputation, Occurrence};
use super::sessions::insertion;
use super::span::Span;
use crate::timeline::Timeline;

/// The rules by which a customer's stage follows from its activity.
///
/// ```
/// use onefold_profile::{EventSelector, Lifecycle};
///
/// let lifecycle = Lifecycle {
///     activity: EventSelector::named(["Order Completed"]),
///     new_for: "30d".parse()?,
///     active_for: "90d".parse()?,
///     lost_after: "365d".parse()?,
///     returned_for: "60d".parse()?,
/// };
/// assert!(lifecycle.check().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// Which events are activity.
    pub activity: EventSelector,
    /// How long after its first activity a customer is new.
    pub new_for: Span,
    /// How long after its last activity a customer is active; then it lapses.
    pub active_for: Span,
    /// How long after its last activity a customer is lost.
    pub lost_after: Span,
    /// How long a customer that was lost and is active again counts as returned.
    pub returned_for: Span,
}

/// The stage of a customer. The first that holds, from the last to the first: lost, lapsing, new, returned, active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Its first activity is recent.
    New,
    /// Its last activity is recent.
    Active,
    /// Its last activity is no longer recent.
    Lapsing,
    /// Its last activity is long ago.
    Lost,
    /// It is active again after it was lost.
    Returned,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::New => "new",
            Stage::Active => "active",
            Stage::Lapsing => "lapsing",
            Stage::Lost => "lost",
            Stage::Returned => "returned",
        })
    }
}

/// The stage of a customer at a clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Staged {
    /// The stage; `None` if it never was active.
    pub stage: Option<Stage>,
    /// The first clock after this one at which time alone changes the stage, or brings activity that lies ahead.
    pub next_change_at: Option<Timestamp>,
}

impl Lifecycle {
    /// The part of the configuration that it is: under a name, since a house may have several.
    pub const PART: &str = "lifecycle";

    /// As configuration: adopted, it is known by this name.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn named(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json: serde_json::to_string(self)? })
    }

    /// Checks what the types leave open.
    ///
    /// # Errors
    /// When the filter cannot be used, or a customer would be lost before it lapses.
    pub fn check(&self) -> Result<(), InvalidComputation> {
        self.activity.filter.check().map_err(|error| InvalidComputation(error.to_string()))?;
        if self.lost_after <= self.active_for {
            return Err(InvalidComputation(format!(
                "a customer is lost after {}, yet active for {}; let `lost_after` be longer than `active_for`",
                self.lost_after, self.active_for
            )));
        }
        Ok(())
    }

    /// The stage at a clock, computed anew from a timeline.
    #[must_use]
    pub fn evaluate(&self, timeline: &Timeline, clock: Timestamp) -> Staged {
        let activity = timeline.iter().filter(|event| self.activity.selects(event.name(), event.properties()));
        let times = activity.map(|event| event.at().timestamp_micros()).collect();
        LifecycleState { times }.read(self, clock)
    }
}

/// What is kept of a customer's activity: its times.
#[derive(Debug, Clone, Default)]
pub struct LifecycleState {
    /// In order.
    times: VecDeque<i64>,
}

/// Of activity at these times.
impl FromIterator<Timestamp> for LifecycleState {
    fn from_iter<I: IntoIterator<Item = Timestamp>>(times: I) -> Self {
        let mut times: Vec<i64> = times.into_iter().map(|at| at.timestamp_micros()).collect();
        times.sort_unstable();
        Self { times: times.into() }
    }
}

impl LifecycleState {
    /// Adds an event.
    pub fn insert(&mut self, lifecycle: &Lifecycle, event: &Occurrence<'_>) {
        if lifecycle.activity.selects(event.name, event.properties) {
            let at = event.order.at().timestamp_micros();
            self.times.insert(insertion(&self.times, at), at);
        }
    }

    /// Takes an event away that was added before.
    pub fn remove(&mut self, lifecycle: &Lifecycle, event: &Occurrence<'_>) {
        if lifecycle.activity.selects(event.name, event.properties) {
            let at = event.order.at().timestamp_micros();
            let place = self.times.partition_point(|time| *time < at);
            if self.times.get(place) == Some(&at) {
                self.times.remove(place);
            }
        }
    }

    /// The stage at a clock, which may be any: all activity is kept.
    #[must_use]
    pub fn read(&self, lifecycle: &Lifecycle, clock: Timestamp) -> Staged {
        let clock = clock.timestamp_micros();
        let seen = self.times.partition_point(|time| *time <= clock);
        let ahead = self.times.get(seen).copied();
        let (Some(first), Some(last)) = (self.times.front(), seen.checked_sub(1).and_then(|at| self.times.get(at)))
        else {
            return Staged { stage: None, next_change_at: ahead.and_then(instant) };
        };
        let after = |time: i64, span: Span| time.saturating_add(span.micros());
        let lost = after(*last, lifecycle.lost_after);
        let lapses = after(*last, lifecycle.active_for);
        let not_new = after(*first, lifecycle.new_for);
        let not_returned = self.returned(lifecycle, seen, clock);
        let (stage, ends) = match not_returned {
            _ if clock >= lost => (Stage::Lost, None),
            _ if clock >= lapses => (Stage::Lapsing, Some(lost)),
            _ if clock < not_new => (Stage::New, Some(not_new.min(lapses))),
            Some(not_returned) => (Stage::Returned, Some(not_returned.min(lapses))),
            None => (Stage::Active, Some(lapses)),
        };
        Staged { stage: Some(stage), next_change_at: ends.into_iter().chain(ahead).min().and_then(instant) }
    }

    /// Until when the latest return counts, if one does still.
    fn returned(&self, lifecycle: &Lifecycle, seen: usize, clock: i64) -> Option<i64> {
        let mut later = *self.times.get(seen.checked_sub(1)?)?;
        for time in self.times.range(..seen - 1).rev().copied() {
            let until = later.saturating_add(lifecycle.returned_for.micros());
            if until <= clock {
                return None;
            }
            if later.saturating_sub(time) >= lifecycle.lost_after.micros() {
                return Some(until);
            }
            later = time;
        }
        None
    }
}
