//! What agreement on a value is worth, from how frequent the values are.

use crate::compare::level::BINS;
use crate::records::Field;

/// By bin: the share of the records whose value lies in it, and how often two random records agree on such a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rarity {
    pub(super) share: [f64; BINS],
    pub(super) agreement: [f64; BINS],
}

/// Measures a field: over the values of a bin, the sum of their shares, and of share times frequency.
pub(super) fn measure(field: Field<'_>) -> Rarity {
    let mut rarity = Rarity { share: [0.0; BINS], agreement: [0.0; BINS] };
    let mut values = 0.0;
    for symbol in field.symbols() {
        let share = field.share(symbol);
        let bin = usize::from(field.bin(symbol));
        rarity.share[bin] += share;
        rarity.agreement[bin] += share * field.frequency(symbol);
        values += share;
    }
    // A record with several values has several chances; shares are of values.
    rarity.share.iter_mut().for_each(|share| *share /= f64::max(values, f64::MIN_POSITIVE));
    rarity
}
