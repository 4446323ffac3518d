//! Civil times as instants of a zone.

use std::collections::BTreeSet;
use std::iter::Peekable;

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use onefold_fact::Timestamp;

use super::expand::Occurrences;

/// The instant of a civil time, as RFC 5545 (section 3.3.5) has it: one that is skipped when the clocks go forward is
/// later by what was skipped, one that comes twice is the first.
#[must_use]
pub fn instant_of(local: NaiveDateTime, zone: Tz) -> Timestamp {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        LocalResult::None => {
            let before = GapInfo::new(&local, &zone).and_then(|gap| gap.begin);
            let east = before.map_or(0, |(_, offset)| offset.fix().local_minus_utc());
            let utc = local.checked_sub_signed(TimeDelta::seconds(east.into())).unwrap_or(local);
            DateTime::from_naive_utc_and_offset(utc, Utc)
        }
    }
}

/// The instants of a recurrence, in order, each once.
#[derive(Debug, Clone)]
pub struct Instants<'a> {
    times: Peekable<Occurrences<'a>>,
    zone: Tz,
    /// Those that are known and that an earlier one may still come before: skipped times are moved behind others.
    waiting: BTreeSet<Timestamp>,
    /// Nothing before this comes any more.
    sure: Option<Timestamp>,
}

impl<'a> Instants<'a> {
    /// Those after an instant, and perhaps some before it.
    pub(super) fn from(mut times: Occurrences<'a>, zone: Tz, after: Timestamp) -> Self {
        // A zone may be left out for a whole day.
        let local = after.with_timezone(&zone).naive_local();
        times.skip_to(local.checked_sub_signed(TimeDelta::days(2)).unwrap_or(local));
        Self::new(times, zone)
    }

    pub(super) fn new(times: Occurrences<'a>, zone: Tz) -> Self {
        Self { times: times.peekable(), zone, waiting: BTreeSet::new(), sure: None }
    }
}

impl Iterator for Instants<'_> {
    type Item = Timestamp;

    fn next(&mut self) -> Option<Timestamp> {
        loop {
            let first = self.waiting.first().copied();
            if let Some(first) = first.filter(|first| self.times.peek().is_none() || self.sure > Some(*first)) {
                self.waiting.remove(&first);
                return Some(first);
            }
            let local = self.times.next()?;
            let at = instant_of(local, self.zone);
            // A skipped time is moved behind times that come after it.
            if at.with_timezone(&self.zone).naive_local() == local {
                self.sure = Some(at);
            }
            self.waiting.insert(at);
        }
    }
}
