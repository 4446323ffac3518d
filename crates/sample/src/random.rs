//! The random stream of one household.

use chrono::{Days, NaiveDate};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Draws that are the same on every platform: integers only, from ChaCha.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// The stream numbered `stream` under `seed`. A household has its own, so what one draws never shifts the next.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut chacha = ChaCha8Rng::from_seed(key);
        chacha.set_stream(stream);
        Self(chacha)
    }

    /// A number below `end`; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // Multiply and shift: for the small ranges drawn here its bias is below one in a million.
        ((u64::from(self.0.next_u32()) * end as u64) >> 32) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below((high - low + 1) as usize) as u32
    }

    /// True in `per_mille` of a thousand draws.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille as usize
    }

    /// One of `items`, which are not empty, each as likely as the other.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// One of `items` by weight; the last if all weights are 0.
    pub(crate) fn weighted<T: Copy>(&mut self, items: &[(T, u32)]) -> T {
        let total: u32 = items.iter().map(|item| item.1).sum();
        let mut drawn = self.below(total as usize) as u32;
        for &(item, weight) in items {
            if drawn < weight {
                return item;
            }
            drawn -= weight;
        }
        items[items.len() - 1].0
    }

    /// A day from `first` to `last`, both included.
    pub(crate) fn day(&mut self, first: NaiveDate, last: NaiveDate) -> NaiveDate {
        let span = (last - first).num_days().max(0) as u32;
        first + Days::new(u64::from(self.between(0, span)))
    }

    /// `count` decimal digits, the first of them from `first`.
    pub(crate) fn digits(&mut self, first: &str, count: usize) -> String {
        let mut digits = String::with_capacity(count);
        if count > 0 {
            digits.push(char::from(self.pick(first.as_bytes())));
        }
        while digits.len() < count {
            digits.push(char::from(b'0' + self.below(10) as u8));
        }
        digits
    }

    /// `count` hexadecimal digits.
    pub(crate) fn hex(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"0123456789abcdef"[self.below(16)])).collect()
    }
}
