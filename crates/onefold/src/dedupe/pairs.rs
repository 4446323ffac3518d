//! The table of pairs.

use std::io::{self, Write};

use onefold_identity::ScoredPair;
use rayon::prelude::*;

use super::Dedupe;
use super::text::Writer;

impl Dedupe {
    /// Writes scored pairs as CSV, the one with the smaller id left, in the order of their ids: `match_weight` is in bits
    /// with four digits, higher is more alike.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_pairs(&self, pairs: &[ScoredPair], out: &mut dyn Write) -> io::Result<()> {
        let mut ranked: Vec<u32> = (0..self.rows.ids.len()).collect();
        ranked.par_sort_by(|a, b| self.order(*a, *b));
        let mut rank = vec![0_u32; ranked.len()];
        for (at, record) in (0_u32..).zip(&ranked) {
            if let Some(rank) = rank.get_mut(*record as usize) {
                *rank = at;
            }
        }
        let rank_of = |record: u32| rank.get(record as usize).copied().unwrap_or(u32::MAX);
        let mut sorted: Vec<(u32, u32, &ScoredPair)> = pairs
            .iter()
            .map(|pair| {
                let (a, b) = (rank_of(pair.a), rank_of(pair.b));
                (a.min(b), a.max(b), pair)
            })
            .collect();
        sorted.par_sort_unstable_by_key(|(left, right, _)| (*left, *right));
        let mut writer = Writer::new(out);
        writer.row(["id_l", "source_l", "id_r", "source_r", "match_weight", "match_probability"])?;
        let record_at = |rank: u32| ranked.get(rank as usize).copied().unwrap_or(u32::MAX);
        for (left, right, pair) in sorted {
            let (left, right) = (record_at(left), record_at(right));
            let (bits, probability) = (pair.weight.bits(), pair.weight.probability());
            writer.row([
                self.id(left),
                self.source(left),
                self.id(right),
                self.source(right),
                &format!("{bits:.4}"),
                &format!("{probability:.6}"),
            ])?;
        }
        writer.finish()
    }
}
