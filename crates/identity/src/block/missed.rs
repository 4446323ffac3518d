//! [`MissedKey`]: what a blocking key was of two records that do not meet under it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Blocks;
use super::key::{BlockingKey, Considered};
use super::piece::Piece;
use crate::records::Records;
use crate::similarity::jaro_winkler;

/// A blocking key under which two records do not meet, with what it was of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MissedKey {
    /// The key.
    pub key: String,
    /// By piece of the key: what the first record has; several values with `or` between them, empty if none.
    pub left: Vec<String>,
    /// The same of the second record.
    pub right: Vec<String>,
    /// Whether the two have the key in common, but too many others have it too, so that its block was left out.
    pub oversized: bool,
    /// How near the two came to meeting, from 0 to 1: the mean similarity of the pieces.
    pub nearness: f64,
}

impl Blocks {
    /// The keys under which two records do not meet, the nearest first.
    pub(crate) fn missed(&self, records: &Records, a: u32, b: u32) -> Vec<MissedKey> {
        let considered = Considered::of(records.layout());
        let apart = self.keys().enumerate().filter(|(pass, _)| self.membership.meeting(*pass, a, b).is_none());
        let keys = apart.filter_map(|(_, key)| considered.named(key));
        missed(records, &considered.pieces, keys, a, b)
    }
}

/// What each of these keys was of two records, the nearest first.
pub(super) fn missed<'a>(
    records: &Records,
    pieces: &[Piece],
    keys: impl Iterator<Item = &'a BlockingKey>,
    a: u32,
    b: u32,
) -> Vec<MissedKey> {
    let of = |key: &BlockingKey| {
        let pieces = key.pieces().iter().filter_map(|at| pieces.get(*at));
        let texts: Vec<[Vec<String>; 2]> =
            pieces.map(|piece| [a, b].map(|record| texts(records, piece, record))).collect();
        let side = |side: usize| texts.iter().map(|piece| piece[side].join(" or ")).collect();
        MissedKey {
            key: key.name().to_owned(),
            left: side(0),
            right: side(1),
            oversized: texts.iter().all(|[left, right]| left.iter().any(|text| right.contains(text))),
            nearness: texts.iter().map(|[left, right]| near(left, right)).sum::<f64>() / texts.len().max(1) as f64,
        }
    };
    let mut missed: Vec<MissedKey> = keys.map(of).collect();
    missed.sort_by(|x, y| y.nearness.total_cmp(&x.nearness));
    missed
}

/// The key and what it was of both: `postal code and birthday: LS14AP, 05-12 / LS14AP, 12-05`.
impl fmt::Display for MissedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |texts: &[String]| {
            let shown: Vec<&str> = texts.iter().map(|text| if text.is_empty() { "—" } else { text }).collect();
            shown.join(", ")
        };
        if self.oversized {
            return write!(f, "{}: {} of both, but its block was left out for its size", self.key, side(&self.left));
        }
        write!(f, "{}: {} / {}", self.key, side(&self.left), side(&self.right))
    }
}

/// What a piece is of a record, sorted.
fn texts(records: &Records, piece: &Piece, record: u32) -> Vec<String> {
    let mut texts = Vec::new();
    for field in piece.fields.iter().map(|field| records.field(*field)) {
        for symbol in field.of(record) {
            piece.take.each(field, *symbol, |text| texts.push(text.to_owned()));
        }
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The similarity of the two values that are most alike; 0 if there is none of one.
fn near(left: &[String], right: &[String]) -> f64 {
    let each_two = left.iter().flat_map(|x| right.iter().map(move |y| (x, y)));
    each_two.map(|(x, y)| if x == y { 1.0 } else { jaro_winkler(x, y) }).fold(0.0, f64::max)
}
