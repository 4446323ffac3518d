//! [`Verdicts`]: what is known of the pairs of large components, until one of the two records changes.

use crate::cluster::Verdict;

/// Components of fewer records are weighed again: that takes less than a tenth of a millisecond.
const LARGE: usize = 24;

/// Every pair of a component is weighed when it is solved. Of a customer of hundreds of records that is most of the
/// time, and a record that comes, or a decision, changes few of them or none. Room is made for the largest component
/// that came up, of which a newer pair may displace an older one.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    /// By place: how often the record there has changed.
    changes: Vec<u32>,
    known: Vec<Known>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    pair: (u32, u32),
    changes: (u32, u32),
    verdict: Verdict,
}

/// A record is never weighed with itself.
const NOTHING: Known = Known { pair: (0, 0), changes: (0, 0), verdict: Verdict::Impossible };

impl Verdicts {
    /// Forgets what is known of a record.
    pub(super) fn forget(&mut self, place: u32) {
        let at = place as usize;
        if at >= self.changes.len() {
            self.changes.resize(at + 1, 0);
        }
        self.changes[at] = self.changes[at].wrapping_add(1);
    }

    /// Makes room for the pairs of a component, if it is large.
    pub(super) fn make_room(&mut self, records: usize) {
        let pairs = records.saturating_mul(records).next_power_of_two();
        if records >= LARGE && self.known.len() < pairs {
            self.known = vec![NOTHING; pairs];
        }
    }

    /// What is known of two records of a component of so many, or is found now.
    pub(super) fn of(&mut self, records: usize, a: u32, b: u32, find: impl FnOnce() -> Verdict) -> Verdict {
        let pair = (a.min(b), a.max(b));
        let key = u64::from(pair.0) << 32 | u64::from(pair.1);
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_right(32) as usize;
        let room = self.known.len();
        if records < LARGE || room == 0 {
            return find();
        }
        let changed = |place: u32| self.changes.get(place as usize).copied().unwrap_or(0);
        let changes = (changed(pair.0), changed(pair.1));
        let known = &mut self.known[hash & (room - 1)];
        if known.pair != pair || known.changes != changes {
            *known = Known { pair, changes, verdict: find() };
        }
        known.verdict
    }
}
