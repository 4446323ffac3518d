//! [`Level`]: how alike two records are in one respect, as one of a few ordered answers.

use serde::{Deserialize, Serialize};

/// The number of rarity bins of an exact level.
pub(crate) const BINS: usize = 12;

/// Highest number of levels of a comparison, both kinds of missing included.
pub(crate) const LEVELS: usize = 20;

/// Position of a level, with its rarity bin, in a table of weights.
pub(crate) type Slot = u8;

/// Number of positions in a table of weights.
pub(crate) const SLOTS: usize = LEVELS * BINS;

/// The last two levels of every comparison: nothing is known on one side, on both sides.
pub(crate) const ONE_MISSING: Slot = ((LEVELS - 2) * BINS) as Slot;
pub(crate) const BOTH_MISSING: Slot = ((LEVELS - 1) * BINS) as Slot;

/// A level of a comparison, best first, with what is to be expected of it before anything was learned from the data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    pub(crate) name: &'static str,
    /// How often records of one person agree just so.
    pub(crate) m: f64,
    /// How often records of two people agree just so. Where `by_rarity`, the frequencies of the values say how often
    /// they agree, and this is how often such an agreement amounts to this level.
    pub(crate) u: f64,
    /// How often records of two relatives agree just so.
    pub(crate) relatives: f64,
    /// Agreement on a rare value says more: the level is split by how frequent the value is.
    pub(crate) by_rarity: bool,
}

impl Level {
    pub(crate) const fn new(name: &'static str, m: f64, u: f64, relatives: f64) -> Self {
        Self { name, m, u, relatives, by_rarity: false }
    }

    /// A level of agreement in a value, whose `u` follows from the frequencies of the values.
    pub(crate) const fn exact(name: &'static str, m: f64, relatives: f64) -> Self {
        Self { name, m, u: 1.0, relatives, by_rarity: true }
    }

    /// The level reached only by this share of the agreements in its value.
    pub(crate) const fn with_chance(self, u: f64) -> Self {
        Self { u, ..self }
    }
}

/// The bin of a value that this share of the records hold: two bits of rarity a bin, the first for a share of a
/// quarter or more, the last for 1 in 4 million and less.
pub(crate) fn bin(frequency: f64) -> usize {
    // Powers of four, compared rather than computed: logarithms may differ between platforms.
    let mut bound = 0.25;
    for bin in 0..BINS - 1 {
        if frequency >= bound {
            return bin;
        }
        bound /= 4.0;
    }
    BINS - 1
}

/// Why relatives agree in some respect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Kinship {
    /// By kinship, as in a house or a telephone: how often is learned.
    Shared,
    /// In family names by kinship, in given names by chance or habit.
    Names,
    /// Some as one party does, the others by chance, as in a column whose meaning is not known: how many is learned.
    Perhaps,
    /// This share as one party does, the others by chance.
    Rarely {
        /// The share.
        share: f64,
    },
}

/// Which values say how rare an agreement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RareBy {
    /// The values of a field.
    One(usize),
    /// The values of two fields, which are rare together.
    Both(usize, usize),
}

impl RareBy {
    /// How many bits of rarity a bin is wide.
    pub(crate) const fn width(self) -> usize {
        match self {
            RareBy::One(_) => 2,
            RareBy::Both(..) => 4,
        }
    }
}

/// The bin of two values that are rare together: four bits a bin, so that twice the rarity finds room.
pub(crate) const fn together(a: usize, b: usize) -> usize {
    (a + b) / 2
}

/// The slot of a level without bins.
pub(crate) const fn slot(level: usize) -> Slot {
    (level * BINS) as Slot
}

/// The slot of an exact level for a value in this bin of frequency.
pub(crate) const fn rare(level: usize, bin: u8) -> Slot {
    slot(level) + bin
}

/// The level of a slot.
pub(crate) const fn level(slot: Slot) -> usize {
    slot as usize / BINS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_two_bits_wide() {
        assert_eq!(bin(1.0), 0);
        assert_eq!(bin(0.25), 0);
        assert_eq!(bin(0.2), 1);
        assert_eq!(bin(1.0 / 16384.0), 6);
        assert_eq!(bin(0.0), BINS - 1);
        assert_eq!(level(rare(3, 7)), 3);
    }
}
