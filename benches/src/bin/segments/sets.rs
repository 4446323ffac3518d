//! Sets of members.

use std::time::Instant;

use onefold_segment::Members;

use crate::data::{Failure, Numbers};

/// The least milliseconds of twenty that an expression over ten random halves of so many customers takes, and how many
/// are in it.
pub(crate) fn sets(customers: u32, numbers: &mut Numbers) -> Result<(f64, u64), Failure> {
    let mut half = || (0..customers).filter(|_| numbers.next() & 1 == 1).collect::<Members>();
    let sets: Vec<Members> = (0..10).map(|_| half()).collect();
    let mut least = f64::MAX;
    let mut found = 0;
    for _ in 0..20 {
        let [a, b, c, d, e, f, g, h, i, j] = std::array::from_fn(|nth| sets[nth].part());
        let begin = Instant::now();
        let some = (((a & b) | (c & d)) - (e & f)) & ((g | h) - (i & j));
        found = some.evaluate().len();
        least = least.min(begin.elapsed().as_secs_f64() * 1000.0);
    }
    Ok((least, found))
}
