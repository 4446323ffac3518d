//! Which keys are used: those that find most of the likely matches for the pairs that they cost, chosen without labels.
//!
//! A part of the blocks of every key that is considered is made, and a part of their pairs is weighed. A pair that is
//! likely a match counts for all keys under which its records meet, by how rarely it would have been drawn. Keys are
//! then taken one by one, most new matches for each new pair first, while the pairs stay within a budget.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::key::{BlockingKey, Considered, Keys};
use super::piece::Pieces;
use crate::records::Records;

/// Pairs that the chosen keys make, at most, where each counts for every key that makes it: so many in any case,
const BUDGET: f64 = 2_600_000.0;

/// and of large tables so many, and so many more for each record.
const BUDGET_OF_MANY: f64 = 1_300_000.0;
const BUDGET_A_RECORD: f64 = 1.5;

/// Estimates hold if the counted pairs are at most so many times the budget.
const OVERDRAWN: f64 = 2.0;

/// Most keys that are used.
const MOST_KEYS: usize = 26;

/// A key is used if it adds this share of the matches that all keys together would find,
const LEAST_SHARE: f64 = 0.000_1;

/// and a match for so many pairs at least; for fewer as the budget runs out.
const MOST_PAIRS_A_MATCH: f64 = 4_000.0;

/// So many records are looked at whole; of more, a part of the blocks.
const WHOLE: usize = 25_000;

/// Pairs that are weighed for each key: one for every ten records, at least and at most so many.
const FEWEST_WEIGHED: usize = 1_000;
const MOST_WEIGHED: usize = 4_000;

/// Pairs less probable than this say nothing of what keys find.
const LEAST_PROBABLE: f64 = 0.1;

/// Spreads numbers over all numbers of 64 bits.
const EACH: u64 = 0xa076_1d64_78bd_642f;

/// Likely matches of which it is found out which keys find them; of more, a part.
const LIKELY: usize = 50_000;

/// So many pairs are nothing: keys that cost no more are used though no match was drawn that needs them.
const FREE: f64 = 100_000.0;

/// What was chosen.
#[derive(Debug)]
pub(super) struct Choice {
    /// Positions of the keys, in the order in which they were chosen.
    pub(super) keys: Vec<usize>,
    /// The estimated share of the matches that any considered key finds which these keys find.
    pub(super) recall: f64,
}

/// The part of the records that is looked at: whole blocks are drawn, since all records of a block have their pieces in
/// common.
struct Part {
    /// One in so many values of a piece is drawn.
    every: u64,
    /// By piece: the records that have a value of it which is drawn.
    by_piece: Vec<Vec<u32>>,
}

impl Part {
    fn of(records: &Records, pieces: &Pieces, count: usize) -> Self {
        let every = records.len().div_ceil(WHOLE).max(1) as u64;
        let drawn = |piece: usize| pieces.drawn(records, piece, |hash| hash % every == 0);
        let by_piece = (0..count).into_par_iter().map(drawn);
        Self { every, by_piece: by_piece.collect() }
    }
}

/// A key with what was drawn of it.
struct Drawn {
    /// The number of pairs that it makes, estimated.
    pairs: f64,
    /// Pairs that were drawn, and how probable a match each is.
    sample: Vec<(u32, u32, f64)>,
    /// Keys of blocks that are left out for their size, as far as they were made.
    oversized: HashSet<u64, FixedState>,
    /// Whether so many records are in blocks too large that a block that was not made is taken for one.
    mostly_oversized: bool,
}

/// What the choice is made by: what was drawn of each key, and the likely matches among it.
pub(super) struct Choosing {
    drawn: Vec<Drawn>,
    /// Each likely match: its weight, and the keys that find it.
    likely: Vec<(f64, Vec<bool>)>,
    budget: f64,
}

impl Choosing {
    /// Draws of all keys. `probability` says how probable a match two records are.
    pub(super) fn of<S>(
        records: &Records,
        considered: &Considered,
        pieces: &Pieces,
        room: impl Fn() -> S + Sync + Send,
        probability: impl Fn(&mut S, u32, u32) -> f64 + Sync,
    ) -> Self {
        let part = Part::of(records, pieces, considered.pieces.len());
        let drawn: Vec<Drawn> = considered
            .keys
            .par_iter()
            .map_init(&room, |room, key| Drawn::of(records, key, pieces, &part, |a, b| probability(room, a, b)))
            .collect();
        // Each likely match that was drawn: its weight, and the keys that find it.
        let likely: Vec<(usize, u32, u32, f64)> = drawn
            .iter()
            .enumerate()
            .flat_map(|(at, key)| {
                let each = key.pairs / key.sample.len().max(1) as f64;
                key.sample.iter().filter(|pair| pair.2 > LEAST_PROBABLE).map(move |(a, b, p)| (at, *a, *b, each * p))
            })
            .collect();
        let step = likely.len().div_ceil(LIKELY).max(1);
        let found: Vec<(f64, Vec<bool>)> = likely
            .par_iter()
            .step_by(step)
            .map_init(
                || [Keys::default(), Keys::default()],
                |keys, (at, a, b, weight)| {
                    let mut meet: Vec<bool> = considered
                        .keys
                        .iter()
                        .zip(&drawn)
                        .map(|(key, drawn)| drawn.meet(records, key, pieces, *a, *b, keys))
                        .collect();
                    if let Some(own) = meet.get_mut(*at) {
                        *own = true;
                    }
                    let by = meet.iter().filter(|meet| **meet).count().max(1);
                    (weight / by as f64, meet)
                },
            )
            .collect();
        Self { drawn, likely: found, budget: f64::max(BUDGET, BUDGET_OF_MANY + records.len() as f64 * BUDGET_A_RECORD) }
    }

    /// Whether so many counted pairs are as good as within the budget; many of them come up under several keys.
    pub(super) fn has_room_for(&self, pairs: usize) -> bool {
        pairs as f64 <= self.budget * OVERDRAWN
    }

    /// Puts the number of pairs that a key makes, counted, in place of the estimate.
    pub(super) fn correct(&mut self, key: usize, pairs: usize) {
        if let Some(drawn) = self.drawn.get_mut(key) {
            drawn.pairs = pairs as f64;
        }
    }

    /// Chooses among the keys.
    pub(super) fn choose(&self) -> Choice {
        let Self { drawn, budget, .. } = self;
        let budget = *budget;
        let mut left: Vec<&(f64, Vec<bool>)> = self.likely.iter().collect();
        let total: f64 = left.iter().map(|(weight, _)| weight).sum();
        let mut choice = Choice { keys: Vec::new(), recall: 0.0 };
        let (mut spent, mut missed) = (0.0, total);
        while choice.keys.len() < MOST_KEYS {
            let mut gains = vec![0.0; drawn.len()];
            for (weight, meet) in &left {
                meet.iter().zip(&mut gains).filter(|(meet, _)| **meet).for_each(|(_, gain)| *gain += weight);
            }
            let affordable = |(at, gain): &(usize, f64)| {
                let pairs = drawn.get(*at).map_or(0.0, |key| key.pairs);
                !choice.keys.contains(at)
                    && *gain > total * LEAST_SHARE
                    && spent + pairs <= budget
                    && pairs <= gain * MOST_PAIRS_A_MATCH * (1.0 - spent / budget)
            };
            // Costs count from a floor, so that of two cheap keys the one that finds more is taken.
            let floor = budget / 200.0;
            let worth = |(at, gain): &(usize, f64)| gain / (drawn.get(*at).map_or(0.0, |key| key.pairs) + floor);
            let best = gains.into_iter().enumerate().filter(affordable).fold(
                None,
                |best: Option<(usize, f64)>, key| match best {
                    Some(best) if worth(&best) >= worth(&key) => Some(best),
                    _ => Some(key),
                },
            );
            let Some((at, gain)) = best else { break };
            choice.keys.push(at);
            spent += drawn.get(at).map_or(0.0, |key| key.pairs);
            missed -= gain;
            left.retain(|(_, meet)| !meet.get(at).copied().unwrap_or(false));
        }
        choice.recall = if total > 0.0 { (1.0 - missed / total).clamp(0.0, 1.0) } else { 1.0 };
        let pairs = |at: usize| drawn.get(at).map_or(0.0, |key| key.pairs);
        let mut others: Vec<usize> =
            (0..drawn.len()).filter(|at| !choice.keys.contains(at) && pairs(*at) > 0.0).collect();
        others.sort_by(|a, b| pairs(*a).total_cmp(&pairs(*b)).then(a.cmp(b)));
        for at in others {
            spent += pairs(at);
            if spent > FREE || choice.keys.len() >= MOST_KEYS {
                break;
            }
            choice.keys.push(at);
        }
        choice
    }
}

impl Drawn {
    /// Makes a part of the blocks of a key, and draws of their pairs.
    fn of(
        records: &Records,
        key: &BlockingKey,
        pieces: &Pieces,
        part: &Part,
        mut probability: impl FnMut(u32, u32) -> f64,
    ) -> Self {
        // Blocks are drawn by the piece with the most values, so that many small parts of them are.
        let by = key.pieces().iter().copied().max_by_key(|piece| pieces.distinct(*piece)).unwrap_or(0);
        let mut keyed: Vec<(u64, u32)> = Vec::new();
        let mut keys = Keys::default();
        for &record in part.by_piece.get(by).into_iter().flatten() {
            key.of(records, pieces, record, &mut keys);
            keyed.extend(keys.found().iter().map(|key| (*key, record)));
        }
        keyed.sort_unstable_by_key(|(key, record)| (*key, records.fingerprint(*record)));
        let blocks = || keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1);
        let fits = |block: &&[(u64, u32)]| block.len() <= key.most_records();
        let pairs: usize = blocks().filter(fits).map(|block| block.len() * (block.len() - 1) / 2).sum();
        let weighed = (records.len() / 10).clamp(FEWEST_WEIGHED, MOST_WEIGHED) as f64;
        let bound = (weighed / pairs.max(1) as f64).min(1.0) * u64::MAX as f64;
        let mut sample = Vec::new();
        for block in blocks().filter(fits) {
            // Records of one content are told apart by their number among them: else all their pairs would be drawn, or
            // none.
            let prints: Vec<u64> = block
                .chunk_by(|a, b| records.fingerprint(a.1) == records.fingerprint(b.1))
                .flat_map(|same| (0..).zip(same))
                .map(|(nth, (_, record))| records.fingerprint(*record).wrapping_add(u64::wrapping_mul(nth, EACH)))
                .collect();
            for (i, &(_, a)) in block.iter().enumerate() {
                for (j, &(_, b)) in block.iter().enumerate().skip(i + 1) {
                    let print = prints[i].wrapping_add(prints[j].rotate_left(32));
                    let drawn = print.wrapping_mul(0xd6e8_feb8_6659_fd93);
                    if (drawn ^ drawn >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) as f64 <= bound {
                        sample.push((a, b, probability(a, b)));
                    }
                }
            }
        }
        // By content, so that the order of rows does not show in what is added up.
        let prints = |pair: &(u32, u32, f64)| {
            let (a, b) = (records.fingerprint(pair.0), records.fingerprint(pair.1));
            (a.min(b), a.max(b))
        };
        sample.sort_unstable_by_key(prints);
        let mut oversized: HashSet<u64, FixedState> =
            blocks().filter(|block| !fits(block)).filter_map(|block| Some(block.first()?.0)).collect();
        let within: usize = blocks().filter(|block| !fits(block)).map(<[_]>::len).sum();
        let mostly_oversized = key.pieces().len() > 1 && within * 4 > keyed.len();
        if part.every > 1 && key.pieces().len() == 1 {
            oversized.extend(key.oversized(records, pieces));
        }
        Self { pairs: pairs as f64 * part.every as f64, sample, oversized, mostly_oversized }
    }

    /// Whether two records meet under a key, as far as is known of the blocks.
    fn meet(
        &self,
        records: &Records,
        key: &BlockingKey,
        pieces: &Pieces,
        a: u32,
        b: u32,
        keys: &mut [Keys; 2],
    ) -> bool {
        let [of_a, of_b] = keys;
        key.of(records, pieces, a, of_a);
        if of_a.found().is_empty() || self.mostly_oversized {
            return false;
        }
        key.of(records, pieces, b, of_b);
        of_a.found().iter().any(|hash| of_b.found().contains(hash) && !self.oversized.contains(hash))
    }
}
