//! Block: which pairs are worth comparing.
//!
//! Several passes, each by one key. A pair comes up in the first pass in which its records meet, and only there. A block
//! of more records than the cap is left out of its pass and counted: a key that so many share says nothing, and the
//! records meet by other keys.

mod key;

pub(crate) use key::{BlockingKey, default_keys};
use rayon::prelude::*;

use crate::records::Records;

/// Most records in a block. A block of this size gives 4,950 pairs.
const MOST_RECORDS: u32 = 100;

/// What a pass did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PassReport {
    /// The key.
    pub key: String,
    /// Blocks with at least two records.
    pub blocks: usize,
    /// Blocks left out because they were too large.
    pub oversized: usize,
    /// Records in the largest block, left out or not.
    pub largest: usize,
}

/// The blocks of all passes.
#[derive(Debug)]
pub(crate) struct Blocks {
    passes: Vec<Pass>,
}

#[derive(Debug)]
struct Pass {
    report: PassReport,
    /// Blocks of at least two records, end to end.
    members: Vec<u32>,
    /// Where each block ends.
    ends: Vec<u32>,
    /// By record: the blocks that it is in, end to end.
    blocks_of: Vec<u32>,
    blocks_end: Vec<u32>,
}

impl Blocks {
    pub(crate) fn of(records: &Records, keys: &[BlockingKey]) -> Self {
        Self { passes: keys.par_iter().map(|key| Pass::of(records, key)).collect() }
    }

    pub(crate) fn reports(&self) -> Vec<PassReport> {
        self.passes.iter().map(|pass| pass.report.clone()).collect()
    }

    /// Calls `pair` for each pair of records that share a block, once, and gathers what it returns, in an order that
    /// does not depend on the number of threads. `room` makes the room that one thread of calls works in.
    pub(crate) fn pairs<S, T: Send>(
        &self,
        room: impl Fn() -> S + Sync + Send,
        pair: impl Fn(&mut S, u32, u32) -> Option<T> + Sync,
    ) -> (Vec<T>, u64) {
        let mut kept = Vec::new();
        let mut pairs = 0;
        for (at, pass) in self.passes.iter().enumerate() {
            let before = &self.passes[..at];
            let blocks: Vec<(u32, u32)> = pass.blocks().collect();
            let parts: Vec<(Vec<T>, u64)> = blocks
                .par_chunks(256)
                .map_init(&room, |room, blocks| {
                    let (mut kept, mut pairs) = (Vec::new(), 0);
                    for &(start, end) in blocks {
                        let members = pass.members.get(start as usize..end as usize).unwrap_or(&[]);
                        for (i, &a) in members.iter().enumerate() {
                            for &b in &members[i + 1..] {
                                if before.iter().any(|earlier| earlier.meet(a, b)) || pass.meet_before(start, a, b) {
                                    continue;
                                }
                                pairs += 1;
                                kept.extend(pair(room, a, b));
                            }
                        }
                    }
                    (kept, pairs)
                })
                .collect();
            for (mut part, count) in parts {
                kept.append(&mut part);
                pairs += count;
            }
        }
        (kept, pairs)
    }

    /// The keys under which two records meet, with whether the block was small enough to count.
    pub(crate) fn meetings<'a>(&'a self, a: u32, b: u32) -> impl Iterator<Item = &'a str> + 'a {
        self.passes.iter().filter(move |pass| pass.meet(a, b)).map(|pass| pass.report.key.as_str())
    }
}

impl Pass {
    fn of(records: &Records, key: &BlockingKey) -> Self {
        let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(records.len());
        let mut keys = Vec::new();
        for record in 0..count {
            key.of(records, record, &mut keys);
            keyed.extend(keys.iter().map(|key| (*key, record)));
        }
        keyed.par_sort_unstable();
        let mut report =
            PassReport { key: key.to_string(), blocks: 0, oversized: 0, largest: 0 };
        let (mut members, mut ends, mut belongs) = (Vec::new(), Vec::new(), Vec::new());
        for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
            report.blocks += 1;
            report.largest = report.largest.max(block.len());
            if block.len() > MOST_RECORDS as usize {
                report.oversized += 1;
                continue;
            }
            let id = u32::try_from(ends.len()).unwrap_or(u32::MAX);
            belongs.extend(block.iter().map(|(_, record)| (*record, id)));
            members.extend(block.iter().map(|(_, record)| *record));
            ends.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
        }
        belongs.par_sort_unstable();
        let mut blocks_of = Vec::with_capacity(belongs.len());
        let mut blocks_end = Vec::with_capacity(records.len());
        let mut rest = belongs.as_slice();
        for record in 0..count {
            let own = rest.iter().take_while(|(of, _)| *of == record).count();
            blocks_of.extend(rest[..own].iter().map(|(_, block)| *block));
            rest = &rest[own..];
            blocks_end.push(u32::try_from(blocks_of.len()).unwrap_or(u32::MAX));
        }
        Self { report, members, ends, blocks_of, blocks_end }
    }

    /// The blocks, as where they start and end.
    fn blocks(&self) -> impl Iterator<Item = (u32, u32)> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends.iter().copied())
    }

    fn blocks_of(&self, record: u32) -> &[u32] {
        let at = record as usize;
        let start = at.checked_sub(1).and_then(|before| self.blocks_end.get(before)).copied().unwrap_or(0);
        let end = self.blocks_end.get(at).copied().unwrap_or(start);
        self.blocks_of.get(start as usize..end as usize).unwrap_or(&[])
    }

    fn meet(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.blocks_of(a), self.blocks_of(b));
        a.iter().any(|block| b.contains(block))
    }

    /// Whether two records meet in a block of this pass that starts before `start`.
    fn meet_before(&self, start: u32, a: u32, b: u32) -> bool {
        let (a, b) = (self.blocks_of(a), self.blocks_of(b));
        if a.len() < 2 || b.len() < 2 {
            return false;
        }
        let starts_before = |block: &u32| {
            let begins = (*block as usize).checked_sub(1).and_then(|before| self.ends.get(before)).copied();
            begins.unwrap_or(0) < start
        };
        a.iter().any(|block| starts_before(block) && b.contains(block))
    }
}
