//! [`Sketch`]: what tells most pairs of different values apart without looking at their text.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use onefold_fact::standard::name::given_meanings;

/// Two words about a text, beside which most others can be seen to differ: which letters and digits it has and how many,
/// and something that depends on what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sketch {
    /// From the lowest bit: the letters, the digits, whether there is any other character; then the length, then some
    /// bits of a hash.
    letters: u64,
    extra: u64,
}

/// What is kept beside the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SketchOf {
    /// Of a given name: the names that its words can stand for, as bits.
    Given,
    /// Of words: each, as a bit.
    Words,
    /// Of a mailbox: a hash of what stands before the `@`.
    Mailbox,
    /// Of digits: the digits, the last one lowest.
    Digits,
    /// Of a short code: its first eight letters, the first one highest.
    Code,
}

const HASHER: FixedState = FixedState::with_seed(3);
const SET: u64 = (1 << 37) - 1;
const OTHER: u64 = 1 << 36;
const LENGTH: u32 = 37;
const HASH: u32 = 45;
/// Longest text of which a sketch says anything.
const LONGEST: u32 = 255;

impl Sketch {
    /// The sketch of a text of which nothing is known.
    pub(crate) const NONE: Self = Self { letters: OTHER, extra: 0 };

    pub(crate) fn of(text: &str, of: SketchOf) -> Self {
        // Given names are compared by their first word.
        let compared = if of == SketchOf::Given { text.split(' ').next().unwrap_or(text) } else { text };
        let set = compared.bytes().fold(0, |set, byte| set | bit(byte));
        let length = u64::try_from(compared.len()).unwrap_or(u64::MAX).min(u64::from(LONGEST));
        let letters = set | length << LENGTH | HASHER.hash_one(text) << HASH;
        let mask = |word: &str| 1_u64 << (HASHER.hash_one(word) & 63);
        let extra = match of {
            SketchOf::Given => {
                let meanings = given_meanings(compared).fold(0, |bits, meaning| bits | mask(meaning));
                text.split(' ').fold(meanings, |bits, word| bits | mask(word))
            }
            SketchOf::Words => text.split(' ').fold(0, |bits, word| bits | mask(word)),
            SketchOf::Mailbox => HASHER.hash_one(text.split('@').next().unwrap_or(text)),
            SketchOf::Digits => {
                let digits = text.bytes().filter(u8::is_ascii_digit);
                digits.fold(0, |packed, digit| packed << 4 | u64::from(digit - b'0'))
            }
            SketchOf::Code => {
                let bytes = text.bytes().chain(std::iter::repeat(0)).take(8);
                bytes.fold(0, |packed, byte| packed << 8 | u64::from(byte))
            }
        };
        Self { letters, extra }
    }

    pub(crate) fn length(self) -> u32 {
        (self.letters >> LENGTH) as u32 & LONGEST
    }

    pub(crate) fn extra(self) -> u64 {
        self.extra
    }

    /// Whether two texts can be equal. Texts of any kind can be asked: the hash is of the whole text.
    pub(crate) fn same_text(self, other: Self) -> bool {
        self.letters >> HASH == other.letters >> HASH
    }

    /// Whether the bits of two texts have one in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.extra & other.extra != 0
    }

    /// How many characters of each text the other surely does not have, if that can be said.
    fn apart(self, other: Self) -> Option<(u32, u32)> {
        let (a, b) = (self.letters & SET, other.letters & SET);
        let known = (a | b) & OTHER == 0 && self.length().max(other.length()) < LONGEST;
        known.then(|| ((a & !b).count_ones(), (b & !a).count_ones()))
    }

    /// Whether two texts can be so many edits from each other.
    pub(crate) fn within_edits(self, other: Self, edits: u32) -> bool {
        let near = |(a, b): (u32, u32)| a.max(b) <= edits && self.length().abs_diff(other.length()) <= edits;
        self.apart(other).is_none_or(near)
    }

    /// Whether the Jaro similarity of two texts can reach `least`.
    pub(crate) fn within_jaro(self, other: Self, least: f64) -> bool {
        let Some((a, b)) = self.apart(other) else { return true };
        let (of_a, of_b) = (f64::from(self.length()), f64::from(other.length()));
        if of_a == 0.0 || of_b == 0.0 {
            return true;
        }
        let common = f64::from((self.length() - a).min(other.length() - b));
        (common / of_a + common / of_b + 1.0) / 3.0 >= least
    }
}

/// The bit of a character. Spaces and signs that names have are counted as other characters are not: they never keep two
/// texts apart.
fn bit(byte: u8) -> u64 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b'A'..=b'Z' => 1 << (byte - b'A'),
        b'0'..=b'9' => 1 << (26 + byte - b'0'),
        128.. => OTHER,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::similarity::{jaro, osa};

    proptest! {
        /// Catches characters counted as apart that are not, and a length taken of the wrong side.
        #[test]
        fn never_denies_what_is_so(a in "[a-f0-2 ]{0,9}|\\PC{0,5}", b in "[a-f0-2 ]{0,9}|\\PC{0,5}") {
            let (x, y) = (Sketch::of(&a, SketchOf::Words), Sketch::of(&b, SketchOf::Words));
            let similarity = jaro(&a, &b);
            prop_assert!(x.within_jaro(y, similarity - 1e-9));
            let edits = u32::try_from(osa(&a, &b)).unwrap();
            prop_assert!(x.within_edits(y, edits));
            prop_assert_eq!(x.same_text(y), a == b);
        }
    }
}
