//! When a message was true, by a clock that can be trusted.

use onefold_fact::Timestamp;

/// The times that a message states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// When it happened, by the clock of the sender.
    pub(super) original: Option<Timestamp>,
    /// When it happened, as corrected by a server or given by the caller.
    pub(super) timestamp: Option<Timestamp>,
    /// When it was sent, by the clock of the sender.
    pub(super) sent: Option<Timestamp>,
    /// When it was received, by the clock of the server.
    pub(super) received: Option<Timestamp>,
}

impl Times {
    /// When it happened. The sender's clock may be wrong, but it is wrong by the same amount when the message is made
    /// and when it is sent; so the time between the two is right, and
    ///
    /// `happened = received − (sent − original)`
    ///
    /// (the formula in the public documentation of Segment's "Common Fields", section on timestamps). Where one of the
    /// three is missing: the `timestamp`, which a server has corrected already; else the original time as it stands;
    /// else when it was received or sent.
    pub(super) fn happened(&self) -> Option<Timestamp> {
        let corrected = || {
            let (original, sent, received) = (self.original?, self.sent?, self.received?);
            received.checked_sub_signed(sent.signed_duration_since(original))
        };
        corrected().or(self.timestamp).or(self.original).or(self.received).or(self.sent)
    }

    /// The sender's own time, where it differs from when it happened.
    pub(super) fn original_if_corrected(&self) -> Option<Timestamp> {
        self.original.filter(|original| self.happened() != Some(*original))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<Timestamp> {
        Timestamp::from_timestamp(seconds, 0)
    }

    #[test]
    fn the_skew_of_the_senders_clock_is_taken_out() {
        // The sender's clock is an hour fast, and the message waited ten seconds.
        let times = Times { original: at(4600), timestamp: None, sent: at(4610), received: at(1010) };
        assert_eq!(times.happened(), at(1000));
        assert_eq!(times.original_if_corrected(), at(4600));
    }

    #[test]
    fn what_is_missing_is_replaced_step_by_step() {
        let times = Times { original: at(1), timestamp: at(2), sent: at(3), received: None };
        assert_eq!(times.happened(), at(2));
        assert_eq!(Times { timestamp: None, ..times }.happened(), at(1));
        assert_eq!(Times { timestamp: None, original: None, received: at(9), ..times }.happened(), at(9));
        assert_eq!(Times { timestamp: None, original: None, ..times }.happened(), at(3));
        assert_eq!(Times::default().happened(), None);
        let extreme = Times {
            original: Some(Timestamp::MIN_UTC),
            sent: Some(Timestamp::MAX_UTC),
            received: Some(Timestamp::MIN_UTC),
            timestamp: None,
        };
        assert_eq!(extreme.happened(), Some(Timestamp::MIN_UTC));
    }
}
