//! [`Decisions`]: what a steward, or a sign-in, has settled about pairs of records.

use std::collections::BTreeMap;

/// Pairs of records that are settled, whatever the evidence says. Records are numbered in the order in which they were
/// added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    settled: BTreeMap<(u32, u32), bool>,
}

impl Decisions {
    /// The two records are one party. The last word on a pair counts.
    pub fn link(&mut self, a: u32, b: u32) {
        self.settle(a, b, true);
    }

    /// The two records are two parties.
    pub fn unlink(&mut self, a: u32, b: u32) {
        self.settle(a, b, false);
    }

    fn settle(&mut self, a: u32, b: u32, same: bool) {
        if a != b {
            self.settled.insert((a.min(b), a.max(b)), same);
        }
    }

    /// What is settled about a pair: `true` for one party.
    pub(crate) fn between(&self, a: u32, b: u32) -> Option<bool> {
        if self.settled.is_empty() {
            return None;
        }
        self.settled.get(&(a.min(b), a.max(b))).copied()
    }

    pub(crate) fn links(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.settled.iter().filter(|(_, same)| **same).map(|(pair, _)| *pair)
    }
}
