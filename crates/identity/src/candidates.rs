//! [`Candidates`]: the pairs of records that are worth weighing, with how they agree.

use rayon::prelude::*;

use crate::block::{Blocks, MissedKey, PassReport};
use crate::compare::{Memos, levels};
use crate::records::Records;
use crate::weigh::{Model, Pattern, Weights};

/// A pair of records that share a blocking key, with how they agree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) pattern: Pattern,
}

/// All candidate pairs of a table, compared.
#[derive(Debug)]
pub(crate) struct Candidates {
    blocks: Blocks,
    pairs: Vec<Candidate>,
}

/// Most candidate pairs that training looks at.
const MOST_TRAINED: usize = 1_000_000;

impl Candidates {
    /// Finds and compares the pairs; `expected` says what is a likely match.
    pub(crate) fn of(records: &Records, expected: &Model) -> Self {
        let weights = Weights::of(expected);
        let blocks = Blocks::of(
            records,
            || Memos::new(records),
            |memos, a, b| weights.score(levels(records, a, b, memos)).weight().probability(),
        );
        Self::within(records, blocks)
    }

    /// Finds and compares the pairs by keys that were chosen before.
    pub(crate) fn by_keys(records: &Records, keys: &[String]) -> Self {
        Self::within(records, Blocks::by_names(records, keys))
    }

    fn within(records: &Records, blocks: Blocks) -> Self {
        let pairs = blocks.pairs(
            records,
            || Memos::new(records),
            |memos, a, b| Candidate { a, b, pattern: Pattern::of(levels(records, a, b, memos)) },
        );
        Self { blocks, pairs }
    }

    pub(crate) fn pairs(&self) -> &[Candidate] {
        &self.pairs
    }

    /// The estimated share of the matches that the keys find, of those that any key considered would find.
    pub(crate) fn recall(&self) -> Option<f64> {
        self.blocks.recall()
    }

    /// The blocking keys, by name.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.blocks.keys().map(str::to_owned).collect()
    }

    /// What each blocking key gave.
    pub(crate) fn reports(&self) -> Vec<PassReport> {
        self.blocks.reports()
    }

    /// The keys under which two records meet.
    pub(crate) fn meetings<'a>(&'a self, a: u32, b: u32) -> impl Iterator<Item = &'a str> + 'a {
        self.blocks.meetings(a, b)
    }

    /// The keys under which two records do not meet, the nearest first.
    pub(crate) fn missed(&self, records: &Records, a: u32, b: u32) -> Vec<MissedKey> {
        self.blocks.missed(records, a, b)
    }

    /// The patterns of the pairs with their number, sorted. Of very many pairs a part is taken, chosen by the content
    /// of the records, and its numbers are scaled up.
    pub(crate) fn patterns(&self, records: &Records) -> Vec<(Pattern, f64)> {
        let keep = MOST_TRAINED as f64 / self.pairs.len().max(1) as f64;
        // Fingerprints are spread evenly over all numbers of 64 bits.
        let bound = if keep < 1.0 { (keep * u64::MAX as f64) as u64 } else { u64::MAX };
        let taken = |pair: &Candidate| {
            let mixed = records.fingerprint(pair.a).wrapping_add(records.fingerprint(pair.b));
            mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) <= bound
        };
        let patterns: Vec<Pattern> =
            self.pairs.par_iter().filter(|pair| taken(pair)).map(|pair| pair.pattern).collect();
        let scale = self.pairs.len() as f64 / patterns.len().max(1) as f64;
        counted(patterns, scale)
    }
}

/// Pairs of records drawn at random, with how they agree: nearly all are strangers. Records are drawn by their content:
/// each is paired with those that follow it in the order of fingerprints.
pub(crate) fn random(records: &Records) -> Vec<(Pattern, f64)> {
    let order = records.by_fingerprint();
    let partners = MOST_RANDOM.div_ceil(order.len().max(1));
    let patterns: Vec<Pattern> = (0..order.len().min(MOST_RANDOM))
        .into_par_iter()
        .map_init(
            || Memos::new(records),
            |memos, at| {
                let a = order[at];
                let differs = |b: &&u32| records.fingerprint(**b) != records.fingerprint(a);
                let others = order.iter().skip(at + 1).take(partners).filter(differs);
                others.map(|b| Pattern::of(levels(records, a, *b, memos))).collect::<Vec<_>>()
            },
        )
        .flatten_iter()
        .collect();
    counted(patterns, 1.0)
}

/// Most pairs that are drawn at random.
const MOST_RANDOM: usize = 150_000;

/// The distinct patterns with their number times `scale`, sorted.
fn counted(mut patterns: Vec<Pattern>, scale: f64) -> Vec<(Pattern, f64)> {
    patterns.par_sort_unstable();
    patterns.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as f64 * scale))).collect()
}
