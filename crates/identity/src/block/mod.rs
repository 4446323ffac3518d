//! Block: which pairs are worth comparing.
//!
//! Several passes, each by one key. A pair comes up in the first pass in which its records meet, and only there. A block
//! of more records than the cap is left out of its pass and counted: a key that so many share says nothing, and the
//! records meet by other keys.

mod choose;
mod key;
mod live;
mod membership;
mod missed;
mod piece;

use std::collections::BTreeMap;

use choose::Choosing;
use key::{BlockingKey, Considered, Keys};
pub(crate) use live::LiveBlocks;
use membership::Membership;
pub use missed::MissedKey;
use piece::Pieces;
use rayon::prelude::*;

use crate::records::{Layout, Records};

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

/// The first of the keys that records of a layout cannot have.
pub(crate) fn unknown_key<'a>(layout: &Layout, names: &'a [String]) -> Option<&'a str> {
    let considered = Considered::of(layout);
    names.iter().find(|name| considered.named(name).is_none()).map(String::as_str)
}

/// The keys that are good for whatever records of a layout come.
pub(crate) fn usual_keys(layout: &Layout) -> Vec<String> {
    Considered::of(layout).usual().map(|key| key.name().to_owned()).collect()
}

/// The blocks of all passes.
#[derive(Debug)]
pub(crate) struct Blocks {
    passes: Vec<Pass>,
    membership: Membership,
    recall: Option<f64>,
}

#[derive(Debug)]
struct Pass {
    report: PassReport,
    /// Blocks of at least two records and at most as many as the key allows, end to end.
    members: Vec<u32>,
    /// Where each block ends.
    ends: Vec<u32>,
}

impl Blocks {
    /// Chooses keys and makes their blocks. `probability` says how probable a match two records are; `room` makes the
    /// room that one thread of it works in.
    pub(crate) fn of<S>(
        records: &Records,
        room: impl Fn() -> S + Sync + Send,
        probability: impl Fn(&mut S, u32, u32) -> f64 + Sync,
    ) -> Self {
        let considered = Considered::of(records.layout());
        let pieces = Pieces::of(records, &considered.pieces);
        let mut choosing = Choosing::of(records, &considered, &pieces, room, probability);
        // The blocks of the chosen keys are made and their pairs counted. Where they are more than there is room for, it
        // is chosen again by the counts: of a large table, of which a small part was looked at, the keys that seemed
        // cheap are those whose pairs were underrated.
        let mut made: BTreeMap<usize, Pass> = BTreeMap::new();
        loop {
            let choice = choosing.choose();
            let new: Vec<usize> = choice.keys.iter().copied().filter(|at| !made.contains_key(at)).collect();
            let make = |at: &usize| Some((*at, Pass::of(records, considered.keys.get(*at)?, &pieces)));
            made.extend(new.par_iter().filter_map(make).collect::<Vec<_>>());
            let counted = || choice.keys.iter().filter_map(|at| Some((*at, made.get(at)?.pairs())));
            if new.is_empty() || choosing.has_room_for(counted().map(|(_, pairs)| pairs).sum()) {
                // Records that share an id that joins meet whatever that costs: it is bounded by the block.
                let chosen: Vec<String> =
                    choice.keys.iter().filter_map(|at| Some(considered.keys.get(*at)?.name().to_owned())).collect();
                let further = considered.wanted(&chosen).skip(chosen.len());
                let further: Vec<Pass> = further.map(|key| Pass::of(records, key, &pieces)).collect();
                let passes = choice.keys.iter().filter_map(|at| made.remove(at)).chain(further).collect();
                return Self::within(records, passes, Some(choice.recall));
            }
            counted().for_each(|(at, pairs)| choosing.correct(at, pairs));
        }
    }

    /// Makes the blocks of keys that were chosen before. Those that these records cannot have are passed over.
    pub(crate) fn by_names(records: &Records, names: &[String]) -> Self {
        let considered = Considered::of(records.layout());
        let keys: Vec<&BlockingKey> = considered.wanted(names).collect();
        let pieces = Pieces::of(records, &considered.pieces);
        let passes = keys.par_iter().map(|key| Pass::of(records, key, &pieces)).collect();
        Self::within(records, passes, None)
    }

    fn within(records: &Records, passes: Vec<Pass>, recall: Option<f64>) -> Self {
        let membership = Membership::of(records.len(), &passes);
        Self { passes, membership, recall }
    }

    /// The estimated share of the matches that the keys find, of those that any key considered would find; unknown of
    /// keys that were not chosen for these records.
    pub(crate) fn recall(&self) -> Option<f64> {
        self.recall
    }

    /// The keys, by name.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.passes.iter().map(|pass| pass.report.key.as_str())
    }

    pub(crate) fn reports(&self) -> Vec<PassReport> {
        self.passes.iter().map(|pass| pass.report.clone()).collect()
    }

    /// Calls `pair` for each pair of records that share a block, once, and gathers what it returns, in an order that
    /// does not depend on the number of threads. `room` makes the room that one thread of calls works in.
    pub(crate) fn pairs<S, T: Send>(
        &self,
        records: &Records,
        room: impl Fn() -> S + Sync + Send,
        pair: impl Fn(&mut S, u32, u32) -> T + Sync,
    ) -> Vec<T> {
        let mut pairs = Vec::new();
        for (at, pass) in self.passes.iter().enumerate() {
            let blocks: Vec<(u32, &[u32])> = (0..).zip(pass.blocks()).collect();
            let parts: Vec<Vec<T>> = blocks
                .par_chunks(256)
                .map_init(&room, |room, blocks| {
                    let mut pairs = Vec::new();
                    for &(block, members) in blocks {
                        for (i, &a) in members.iter().enumerate() {
                            for &b in members.iter().skip(i + 1) {
                                let first = || self.membership.first_meeting(a, b) == Some((at, block));
                                if !records.tell_apart(a, b) && first() {
                                    pairs.push(pair(room, a, b));
                                }
                            }
                        }
                    }
                    pairs
                })
                .collect();
            parts.into_iter().for_each(|mut part| pairs.append(&mut part));
        }
        pairs
    }

    /// The keys under which two records meet.
    pub(crate) fn meetings<'a>(&'a self, a: u32, b: u32) -> impl Iterator<Item = &'a str> + 'a {
        let meet = move |(pass, _): &(usize, &Pass)| self.membership.meeting(*pass, a, b).is_some();
        self.passes.iter().enumerate().filter(meet).map(|(_, pass)| pass.report.key.as_str())
    }
}

/// Leaves out most keys that one record has alone: they make no block, and need not be sorted.
fn drop_single(keyed: &mut Vec<(u64, u32)>) {
    // A bit for each key that was seen, and one for each seen again, at the place where the hash points. Several bits a
    // key keep most places to one key, few enough of them to stay in the cache.
    let places = (keyed.len() * BITS_A_KEY).next_power_of_two().max(64);
    let [mut seen, mut again] = [vec![0_u64; places / 64], vec![0_u64; places / 64]];
    let place = |key: u64| ((key >> 40) as usize & (places / 64 - 1), 1_u64 << (key >> 32 & 63));
    for (key, _) in keyed.iter() {
        let (word, bit) = place(*key);
        again[word] |= seen[word] & bit;
        seen[word] |= bit;
    }
    keyed.retain(|(key, _)| {
        let (word, bit) = place(*key);
        again[word] & bit != 0
    });
}

/// Bits for each key that is looked for twice.
const BITS_A_KEY: usize = 4;

impl Pass {
    fn of(records: &Records, key: &BlockingKey, pieces: &Pieces) -> Self {
        let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(records.len());
        let mut keys = Keys::default();
        for record in 0..count {
            key.of(records, pieces, record, &mut keys);
            keyed.extend(keys.found().iter().map(|key| (*key, record)));
        }
        drop_single(&mut keyed);
        keyed.par_sort_unstable();
        let mut report = PassReport { key: key.to_string(), blocks: 0, oversized: 0, largest: 0 };
        let (mut members, mut ends) = (Vec::new(), Vec::new());
        for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
            report.blocks += 1;
            report.largest = report.largest.max(block.len());
            if block.len() > key.most_records() {
                report.oversized += 1;
                continue;
            }
            members.extend(block.iter().map(|(_, record)| *record));
            ends.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
        }
        Self { report, members, ends }
    }

    /// How many pairs its blocks make.
    fn pairs(&self) -> usize {
        self.blocks().map(|block| block.len() * block.len().saturating_sub(1) / 2).sum()
    }

    /// The blocks, by number.
    fn blocks(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let members = |(start, end): (u32, u32)| self.members.get(start as usize..end as usize).unwrap_or(&[]);
        starts.zip(self.ends.iter().copied()).map(members)
    }
}
