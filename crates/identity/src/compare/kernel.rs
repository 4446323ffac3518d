//! String metrics for short text, without allocation. Each equals its namesake in `strsim` on every pair of strings that
//! a property test finds.

/// Longest text, in bytes, for which the positions that matched fit a machine word.
const WORD: usize = 64;

/// Whether at most one edit (insertion, deletion, substitution, or the exchange of two neighbouring characters) makes
/// one text the other.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    if !(a.is_ascii() && b.is_ascii()) {
        return a.len().abs_diff(b.len()) <= 4 && strsim::osa_distance(a, b) <= 1;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let more = long.len() - short.len();
    if more > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[same..], &long[same..]);
    if more == 1 {
        return long.get(1..) == Some(short);
    }
    match (short, long) {
        ([], []) => true,
        ([_, short @ ..], [_, long @ ..]) if short == long => true,
        ([x, y, short @ ..], [v, w, long @ ..]) => x == w && y == v && short == long,
        _ => false,
    }
}

/// The Jaro–Winkler similarity, 0 to 1, where it is at least `cutoff`; 0 where it is not.
///
/// The boost for a common prefix of up to four characters counts only above a Jaro similarity of 0.7.
pub(crate) fn jaro_winkler(a: &str, b: &str, cutoff: f64) -> f64 {
    if !(a.is_ascii() && b.is_ascii() && a.len() <= WORD && b.len() <= WORD) {
        let similarity = strsim::jaro_winkler(a, b);
        return if similarity >= cutoff { similarity } else { 0.0 };
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count() as f64;
    let boosted = |jaro: f64| if jaro > 0.7 { jaro + 0.1 * prefix * (1.0 - jaro) } else { jaro };
    // The most that these lengths allow: every character of the shorter one matches, in order.
    let (short, long) = (a.len().min(b.len()) as f64, a.len().max(b.len()) as f64);
    if long > 0.0 && boosted((2.0 + short / long) / 3.0) < cutoff {
        return 0.0;
    }
    let similarity = boosted(jaro(a, b)).min(1.0);
    if similarity >= cutoff { similarity } else { 0.0 }
}

/// The Jaro similarity of two ASCII texts of at most [`WORD`] bytes.
fn jaro(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    // Bit i: the character at position i has found its like.
    let (mut matched_a, mut matched_b) = (0_u64, 0_u64);
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(reach);
        let to = (i + reach + 1).min(b.len());
        for (j, y) in b.iter().enumerate().take(to).skip(from) {
            if x == y && matched_b & (1 << j) == 0 {
                matched_a |= 1 << i;
                matched_b |= 1 << j;
                break;
            }
        }
    }
    let matches = f64::from(matched_a.count_ones());
    if matches == 0.0 {
        return 0.0;
    }
    let mut out_of_place = 0_u32;
    while matched_a != 0 {
        let (i, j) = (matched_a.trailing_zeros() as usize, matched_b.trailing_zeros() as usize);
        out_of_place += u32::from(a[i] != b[j]);
        matched_a &= matched_a - 1;
        matched_b &= matched_b - 1;
    }
    let transpositions = f64::from(out_of_place / 2);
    (matches / a.len() as f64 + matches / b.len() as f64 + (matches - transpositions) / matches) / 3.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Catches a wrong reach, a boost below 0.7, a cutoff that cuts too early.
        #[test]
        fn jaro_winkler_is_that_of_strsim(a in "[abc]{0,9}|\\PC{0,6}|[a-z]{50,70}", b in "[abc]{0,9}|\\PC{0,6}|[a-z]{50,70}") {
            let expected = strsim::jaro_winkler(&a, &b);
            prop_assert!((jaro_winkler(&a, &b, 0.0) - expected).abs() < 1e-12);
            for cutoff in [0.7, 0.88, 0.92] {
                let found = jaro_winkler(&a, &b, cutoff);
                let expected = if expected >= cutoff { expected } else { 0.0 };
                prop_assert!((found - expected).abs() < 1e-12);
            }
        }

        /// Catches a lost exchange of neighbours, and an insertion at either end.
        #[test]
        fn one_slip_is_an_osa_distance_of_one(a in "[ab]{0,6}|\\PC{0,4}", b in "[ab]{0,6}|\\PC{0,4}") {
            prop_assert_eq!(one_slip(&a, &b), strsim::osa_distance(&a, &b) <= 1);
        }
    }
}
