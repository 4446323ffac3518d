//! [`Reach`]: the times that a window reaches at a clock, for those who keep the events themselves.

use std::ops::Range;

use super::window::Window;

/// The times that a window reaches at a clock, all in microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// From the first time that counts to the first after the last one.
    pub times: Range<i64>,
    /// Of a calendar window, the clock from which on its first time is another one.
    pub holds_until: i64,
}

impl Window {
    /// The times that it reaches at a clock. A session's are all up to the clock: which of them count follows from the
    /// events.
    #[must_use]
    pub fn reach(&self, clock: i64) -> Reach {
        let frame = self.frame(clock);
        Reach { times: frame.from..frame.until.max(frame.from), holds_until: frame.changes_at() }
    }

    /// The first clock at which an event of this time counts, if it ever does.
    #[must_use]
    pub fn entry(&self, time: i64) -> Option<i64> {
        self.enters_at(time)
    }

    /// The first clock at which an event of this time no longer counts, if that comes by time alone.
    #[must_use]
    pub fn exit(&self, time: i64) -> Option<i64> {
        self.leaves_at(time)
    }
}
