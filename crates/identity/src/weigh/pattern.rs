//! [`Pattern`]: the levels of all comparisons of a pair, as one number.

use crate::compare::Slot;
use crate::compare::level::SLOTS;

/// The levels of all comparisons of a pair. Few patterns occur, however many pairs there are, so what is learned and
/// what is weighed is done once a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pattern(u128);

/// Bits that a slot takes.
const BITS: usize = 7;

/// Most comparisons that a pattern holds.
pub(crate) const MOST: usize = 128 / BITS;

const _: () = assert!(SLOTS <= 1 << BITS);

impl Pattern {
    pub(crate) fn of(slots: impl Iterator<Item = Slot>) -> Self {
        let pack = |packed: u128, (at, slot): (usize, Slot)| packed | u128::from(slot) << (at * BITS);
        Self(slots.take(MOST).enumerate().fold(0, pack))
    }

    /// The slot of each comparison.
    pub(crate) fn slots(self, comparisons: usize) -> impl Iterator<Item = Slot> {
        (0..comparisons.min(MOST)).map(move |at| (self.0 >> (at * BITS)) as Slot & ((1 << BITS) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_its_slots() {
        let slots = [0, 79, 8, 64, 72, 1];
        assert_eq!(Pattern::of(slots.into_iter()).slots(6).collect::<Vec<_>>(), slots);
    }
}
