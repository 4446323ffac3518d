//! [`Pattern`]: the levels of all comparisons of a pair, as one number.

use crate::compare::Slot;
use crate::compare::level::SLOTS;
use crate::records::MOST_COMPARISONS;

/// The levels of all comparisons of a pair. Few patterns occur, however many pairs there are, so what is learned and
/// what is weighed is done once a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pattern(u128);

/// Bits that a slot takes.
const BITS: usize = 8;

const _: () = assert!(MOST_COMPARISONS * BITS <= 128);

const _: () = assert!(SLOTS <= 1 << BITS);

impl Pattern {
    pub(crate) fn of(slots: impl Iterator<Item = Slot>) -> Self {
        let pack = |packed: u128, (at, slot): (usize, Slot)| packed | u128::from(slot) << (at * BITS);
        Self(slots.take(MOST_COMPARISONS).enumerate().fold(0, pack))
    }

    /// The slot of each comparison.
    pub(crate) fn slots(self, comparisons: usize) -> impl Iterator<Item = Slot> {
        let slot = move |at: usize| ((self.0 >> (at * BITS)) & ((1 << BITS) - 1)) as Slot;
        (0..comparisons.min(MOST_COMPARISONS)).map(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_its_slots() {
        let slots: Vec<Slot> = (0..MOST_COMPARISONS).map(|at| (at * 37 % SLOTS) as Slot).collect();
        let pattern = Pattern::of(slots.iter().copied());
        assert_eq!(pattern.slots(MOST_COMPARISONS).collect::<Vec<_>>(), slots);
    }
}
