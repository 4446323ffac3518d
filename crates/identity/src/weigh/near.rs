//! How often two strangers have names that are alike, from names drawn at random.

use rayon::prelude::*;

use super::rarity::Rarities;
use crate::compare::level::{BINS, level};
use crate::compare::{Memos, NameLevels, NamePart, best_name};
use crate::records::Records;

/// By level of two names, and by bin of the more frequent one: how probable it is between two strangers.
pub(super) type Near = [[f64; BINS]; NamePart::LEVELS];

/// Most pairs of names that are drawn.
const MOST_DRAWN: usize = 100_000;

/// How many drawn pairs of a level what is expected of it weighs against.
const EXPECTED: f64 = 10.0;

/// Measures one part of the names. How often names are equal is counted, how often they are alike is drawn.
pub(super) fn measure(records: &Records, part: NamePart, rarities: &Rarities) -> Near {
    let order = records.by_fingerprint();
    let partners = MOST_DRAWN.div_ceil(order.len().max(1));
    let counts = |mut sum: Vec<f64>, slot: u8| {
        if let Some(count) = sum.get_mut(usize::from(slot)) {
            *count += 1.0;
        }
        sum
    };
    let drawn = (0..order.len().min(MOST_DRAWN))
        .into_par_iter()
        .map_init(
            || Memos::new(records),
            |memos, at| {
                let others = order.iter().skip(at + 1).take(partners);
                others.map(|b| best_name(records, part, order[at], *b, memos)).collect::<Vec<u8>>()
            },
        )
        .flatten_iter();
    let slots = drawn.fold(|| vec![0.0; 256], counts).reduce(
        || vec![0.0; 256],
        |mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        },
    );
    let known: f64 = slots.iter().take(NamePart::LEVELS * BINS).sum();
    let equal = rarities.field(part.field).agreement;
    let mut near: Near = [[0.0; BINS]; NamePart::LEVELS];
    for (slot, seen) in slots.iter().enumerate().take(NamePart::LEVELS * BINS) {
        let (at, bin) = (level(slot as u8), slot % BINS);
        near[at][bin] = match part.expected(at) {
            None => equal[bin],
            Some(ratio) => {
                let expected = f64::max(equal[bin] * ratio, 1e-12);
                expected * (seen + EXPECTED) / (expected * known + EXPECTED)
            }
        };
    }
    near
}

/// How probable it is that two strangers agree at a level of both parts of their names, by bin of both together.
pub(super) fn joint(given: &Near, family: &Near, levels: &NameLevels) -> [f64; BINS] {
    let mut joint = [0.0; BINS];
    for (x, y) in levels.given.clone().flat_map(|x| levels.family.clone().map(move |y| (x, y))) {
        for (i, p) in given[x].iter().enumerate() {
            for (j, q) in family[y].iter().enumerate() {
                joint[levels.bin(i, j)] += p * q;
            }
        }
    }
    joint
}
