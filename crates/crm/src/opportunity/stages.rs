//! How long a deal was at each stage, and whether it rots.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use onefold_fact::Timestamp;
use serde::Serialize;

use super::Opportunity;
use crate::pipeline::Pipeline;

/// How long a deal was at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StageTime {
    /// How often it came there.
    pub visits: u32,
    /// When it last came.
    pub entered_at: Timestamp,
    /// When it last left; `None` as long as it is there.
    pub left_at: Option<Timestamp>,
    /// In seconds: the last visit.
    pub latest: i64,
    /// In seconds: all visits.
    pub cumulative: i64,
}

impl Opportunity {
    /// How long it was at each stage, as of a clock.
    #[must_use]
    pub fn stage_times(&self, clock: Timestamp) -> BTreeMap<&str, StageTime> {
        let mut times: BTreeMap<&str, StageTime> = BTreeMap::new();
        let history = &self.history[..self.history.partition_point(|snapshot| snapshot.at <= clock)];
        let mut visits = history.chunk_by(|a, b| a.stage == b.stage).peekable();
        while let Some(visit) = visits.next() {
            let [first, ..] = visit else { continue };
            let left_at = visits.peek().and_then(|next| next.first()).map(|next| next.at);
            let latest = (left_at.unwrap_or(clock) - first.at).num_seconds();
            let (before, spent) = times.get(first.stage.as_str()).map_or((0, 0), |time| (time.visits, time.cumulative));
            let time =
                StageTime { visits: before + 1, entered_at: first.at, left_at, latest, cumulative: spent + latest };
            times.insert(&first.stage, time);
        }
        times
    }

    /// Since when it rots at a clock: its stage's days after it came there or was last touched, whichever is later. `None`
    /// if it does not, or is over.
    #[must_use]
    pub fn rots_since(&self, pipeline: &Pipeline, clock: Timestamp) -> Option<Timestamp> {
        self.rots_at(pipeline).filter(|at| *at <= clock)
    }

    /// When it rots if nothing happens.
    #[must_use]
    pub fn rots_at(&self, pipeline: &Pipeline) -> Option<Timestamp> {
        let (_, stage) = pipeline.stage(&self.stage).filter(|_| self.closed.is_none())?;
        let days = stage.rots_after_days?;
        let entered = *self.since.get("stage")?;
        let last = self.touched.as_ref().map_or(entered, |(at, _)| entered.max(*at));
        last.checked_add_signed(TimeDelta::days(days.into()))
    }
}
