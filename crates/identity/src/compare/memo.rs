//! [`Memos`]: what was found for pairs of distinct values, so that frequent pairs are compared once.

use super::Slot;
use crate::records::{Records, Symbol};

/// Number of pairs that are remembered. A power of two.
const PAIRS: usize = 1 << 11;

/// Room to remember comparisons of values, field by field; one such for each thread of work.
#[derive(Debug)]
pub(crate) struct Memos(Vec<Memo>);

impl Memos {
    pub(crate) fn new(records: &Records) -> Self {
        Self(vec![Memo::new(); records.layout().chances().len()])
    }

    pub(super) fn of(&mut self, field: usize) -> &mut Memo {
        &mut self.0[field]
    }
}

/// Remembers results by pair of symbols of one field. A newer pair displaces an older one of the same place; what is
/// remembered never changes a result, only its cost.
#[derive(Debug, Clone)]
pub(super) struct Memo {
    pairs: Box<[(u64, Slot)]>,
}

impl Memo {
    fn new() -> Self {
        Self { pairs: Box::default() }
    }

    /// The result for two different symbols, remembered or computed. `compute` must not depend on their order.
    pub(super) fn get(&mut self, x: Symbol, y: Symbol, compute: impl FnOnce() -> Slot) -> Slot {
        if self.pairs.is_empty() {
            // Room is made when it is first needed: most fields of a wide table never need any. A value is never
            // paired with itself, so the key 0 never comes up.
            self.pairs = vec![(0, 0); PAIRS].into_boxed_slice();
        }
        let key = u64::from(x.min(y)) << 32 | u64::from(x.max(y));
        let place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53) as usize;
        match self.pairs.get_mut(place) {
            Some((known, slot)) if *known == key => *slot,
            Some(entry) => {
                *entry = (key, compute());
                entry.1
            }
            None => compute(),
        }
    }
}

const _: () = assert!(PAIRS == 1 << (64 - 53));
