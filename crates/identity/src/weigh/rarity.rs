//! What agreement on a value is worth, from how frequent the values are.

use rayon::prelude::*;

use crate::compare::RareBy;
use crate::compare::level::{BINS, together};
use crate::records::{Field, Records};

/// By bin: the share of the records whose value lies in it, and how often two random records agree on such a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rarity {
    pub(super) share: [f64; BINS],
    pub(super) agreement: [f64; BINS],
}

impl Rarity {
    /// The same where two random records agree by this chance, however frequent the values are.
    pub(super) fn of_chance(mut self, chance: f64) -> Self {
        let all: f64 = self.agreement.iter().sum();
        if all > 0.0 {
            self.agreement.iter_mut().for_each(|agreement| *agreement *= chance / all);
        }
        self
    }
}

/// By field: what agreement in its values is worth.
pub(super) struct Rarities(Vec<Rarity>);

impl Rarities {
    pub(super) fn of(records: &Records) -> Self {
        let fields = 0..records.layout().chances().len();
        Self(fields.into_par_iter().map(|field| of_field(records.field(field))).collect())
    }

    /// What agreement in the values of a field is worth.
    pub(super) fn field(&self, field: usize) -> Rarity {
        self.0[field]
    }

    /// What agreement in the values of this field, or of both fields, is worth.
    pub(super) fn by(&self, by: RareBy) -> Rarity {
        match by {
            RareBy::One(field) => self.field(field),
            RareBy::Both(a, b) => both(&self.field(a), &self.field(b)),
        }
    }
}

/// Two fields that are independent of each other.
fn both(a: &Rarity, b: &Rarity) -> Rarity {
    let mut both = Rarity { share: [0.0; BINS], agreement: [0.0; BINS] };
    for x in 0..BINS {
        for y in 0..BINS {
            let bin = together(x, y);
            both.share[bin] += a.share[x] * b.share[y];
            both.agreement[bin] += a.agreement[x] * b.agreement[y];
        }
    }
    both
}

/// Measures a field. Counts are whole numbers, so the order in which values were first seen does not show.
fn of_field(field: Field<'_>) -> Rarity {
    let (mut held, mut by_others, mut expected) = ([0_u64; BINS], [0_u64; BINS], [0_u128; BINS]);
    for symbol in field.symbols() {
        let holders = u64::from(field.holders(symbol));
        let bin = usize::from(field.bin(symbol));
        held[bin] += holders;
        expected[bin] += field.expected(symbol);
        by_others[bin] += holders * holders.saturating_sub(1);
    }
    // A record with several values has several chances; shares are of values.
    let all = held.iter().sum::<u64>().max(1) as f64;
    let mut rarity = Rarity { share: [0.0; BINS], agreement: [0.0; BINS] };
    for bin in 0..BINS {
        rarity.share[bin] = held[bin] as f64 / all;
        rarity.agreement[bin] = field.agreement(expected[bin], by_others[bin]);
    }
    rarity
}
