//! [`LiveBlocks`]: the blocks of records that come and go.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;

use super::key::{BlockingKey, Considered, Keys};
use super::missed::{MissedKey, missed};
use super::piece::{Piece, Pieces};
use crate::records::{Cells, Layout, Records};

/// The blocks of the keys of a model.
#[derive(Debug)]
pub(crate) struct LiveBlocks {
    pieces: Vec<Piece>,
    passes: Vec<Pass>,
    keys: Keys,
}

#[derive(Debug)]
struct Pass {
    key: BlockingKey,
    /// By key: the position of its block. The hash of a key is in two parts, so that an entry takes twelve bytes.
    table: HashTable<[u32; 3]>,
    /// By block: its records.
    blocks: Cells,
    /// Blocks without records.
    free: Vec<u32>,
}

/// What became of a block that a record came into or left.
#[derive(Debug)]
pub(crate) struct Shift {
    /// The other records in it.
    pub(crate) others: Vec<u32>,
    /// Whether its records are compared with each other, before and now.
    pub(crate) compared: [bool; 2],
}

impl LiveBlocks {
    /// No blocks yet, of these keys. Those that records of the layout cannot have are passed over.
    pub(crate) fn new(layout: &Layout, names: &[String]) -> Self {
        let considered = Considered::of(layout);
        let pass = |key: &BlockingKey| Pass {
            key: key.clone(),
            table: HashTable::new(),
            blocks: Cells::new(1),
            free: Vec::new(),
        };
        let passes = considered.wanted(names).map(pass).collect();
        Self { pieces: considered.pieces, passes, keys: Keys::default() }
    }

    /// Takes all records of a table in. There was none before.
    pub(crate) fn fill(&mut self, records: &Records) {
        let hashed = Pieces::of(records, &self.pieces);
        self.passes.par_iter_mut().for_each(|pass| pass.fill(records, &hashed));
    }

    /// The pairs of records that are compared, each once, the smaller first.
    pub(crate) fn pairs(&self) -> Vec<(u32, u32)> {
        let of = |pass: &Pass| {
            let mut pairs: Vec<(u32, u32)> = Vec::new();
            let blocks = (0..pass.blocks.records()).filter_map(|block| u32::try_from(block).ok());
            for members in blocks.map(|block| pass.blocks.of(block, 0)) {
                if members.len() <= pass.key.most_records() {
                    for (at, a) in members.iter().enumerate() {
                        pairs.extend(members.iter().skip(at + 1).map(|b| (*a.min(b), *a.max(b))));
                    }
                }
            }
            pairs
        };
        let mut pairs: Vec<(u32, u32)> = self.passes.par_iter().flat_map_iter(of).collect();
        pairs.par_sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Takes a record in. `shifted` is told what became of each block.
    pub(crate) fn add(&mut self, records: &Records, record: u32, mut shifted: impl FnMut(Shift)) {
        let Self { pieces, passes, keys } = self;
        for pass in passes {
            pass.key.of(records, pieces.as_slice(), record, keys);
            keys.found().iter().for_each(|key| shifted(pass.add(*key, record)));
        }
    }

    /// Takes a record out.
    pub(crate) fn remove(&mut self, records: &Records, record: u32, mut shifted: impl FnMut(Shift)) {
        let Self { pieces, passes, keys } = self;
        for pass in passes {
            pass.key.of(records, pieces.as_slice(), record, keys);
            keys.found().iter().for_each(|key| shifted(pass.remove(*key, record)));
        }
    }

    /// The records that share a block with a record that need not be in any, at most `most`; those of smaller blocks
    /// first. With whether there were more.
    pub(crate) fn near(&mut self, records: &Records, record: u32, most: usize) -> (Vec<u32>, bool) {
        let Self { pieces, passes, keys } = self;
        let mut blocks: Vec<Vec<u32>> = Vec::new();
        for pass in passes {
            pass.key.of(records, pieces.as_slice(), record, keys);
            let found = keys.found().iter().filter_map(|key| pass.of(*key));
            let others =
                found.map(|block| block.iter().copied().filter(|other| *other != record).collect::<Vec<u32>>());
            blocks.extend(others.filter(|others| others.len() < pass.key.most_records()));
        }
        blocks.sort_by_key(Vec::len);
        let mut near: Vec<u32> = Vec::new();
        for block in blocks {
            near.extend(block);
            if near.len() > most {
                near.truncate(most);
                near.sort_unstable();
                near.dedup();
                return (near, true);
            }
        }
        near.sort_unstable();
        near.dedup();
        (near, false)
    }

    /// The keys under which two records meet.
    pub(crate) fn meetings(&self, records: &Records, a: u32, b: u32) -> Vec<&str> {
        let (mut of_a, mut of_b) = (Keys::default(), Keys::default());
        let mut meetings = Vec::new();
        for pass in &self.passes {
            pass.key.of(records, self.pieces.as_slice(), a, &mut of_a);
            pass.key.of(records, self.pieces.as_slice(), b, &mut of_b);
            let compared = |key: &&u64| pass.of(**key).is_some_and(|block| block.len() <= pass.key.most_records());
            if of_a.found().iter().filter(|key| of_b.found().contains(key)).any(|key| compared(&key)) {
                meetings.push(pass.key.name());
            }
        }
        meetings
    }
}

impl LiveBlocks {
    /// The keys under which two records do not meet, the nearest first.
    pub(crate) fn missed(&self, records: &Records, a: u32, b: u32) -> Vec<MissedKey> {
        let met = self.meetings(records, a, b);
        let apart = self.passes.iter().map(|pass| &pass.key).filter(|key| !met.contains(&key.name()));
        missed(records, &self.pieces, apart, a, b)
    }
}

impl Pass {
    fn fill(&mut self, records: &Records, hashed: &Pieces) {
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(records.len());
        let mut keys = Keys::default();
        for record in 0..u32::try_from(records.len()).unwrap_or(u32::MAX) {
            self.key.of(records, hashed, record, &mut keys);
            keyed.extend(keys.found().iter().map(|key| (*key, record)));
        }
        keyed.par_sort_unstable();
        let blocks = keyed.chunk_by(|a, b| a.0 == b.0);
        self.table.reserve(blocks.clone().count(), whole);
        let mut members = Vec::new();
        for block in blocks {
            let Some((key, _)) = block.first() else { continue };
            let [low, high] = halves(*key);
            let at = u32::try_from(self.blocks.records()).unwrap_or(u32::MAX);
            self.table.insert_unique(*key, [low, high, at], whole);
            members.clear();
            members.extend(block.iter().map(|(_, record)| *record));
            self.blocks.push(&members);
        }
    }

    fn of(&self, key: u64) -> Option<&[u32]> {
        let [low, high] = halves(key);
        let block = self.table.find(key, |entry| entry[..2] == [low, high])?[2];
        Some(self.blocks.of(block, 0))
    }

    fn add(&mut self, key: u64, record: u32) -> Shift {
        let [low, high] = halves(key);
        let block = match self.table.entry(key, |entry| entry[..2] == [low, high], whole) {
            Entry::Occupied(entry) => entry.get()[2],
            Entry::Vacant(entry) => {
                let block = self.free.pop().unwrap_or_else(|| {
                    self.blocks.push(&[]);
                    u32::try_from(self.blocks.records() - 1).unwrap_or(u32::MAX)
                });
                entry.insert([low, high, block]);
                block
            }
        };
        let others = self.blocks.of(block, 0).to_vec();
        let mut members = others.clone();
        members.push(record);
        self.blocks.replace(block, 0, &members);
        let most = self.key.most_records();
        Shift { compared: [others.len() <= most, members.len() <= most], others }
    }

    fn remove(&mut self, key: u64, record: u32) -> Shift {
        let [low, high] = halves(key);
        let Ok(entry) = self.table.find_entry(key, |entry| entry[..2] == [low, high]) else {
            return Shift { others: Vec::new(), compared: [true; 2] };
        };
        let block = entry.get()[2];
        let mut others = self.blocks.of(block, 0).to_vec();
        let before = others.len();
        others.retain(|of| *of != record);
        self.blocks.replace(block, 0, &others);
        if others.is_empty() {
            entry.remove();
            self.free.push(block);
        }
        let most = self.key.most_records();
        Shift { compared: [before <= most, others.len() <= most], others }
    }
}

fn whole(entry: &[u32; 3]) -> u64 {
    u64::from(entry[1]) << 32 | u64::from(entry[0])
}

fn halves(key: u64) -> [u32; 2] {
    [key as u32, (key >> 32) as u32]
}
