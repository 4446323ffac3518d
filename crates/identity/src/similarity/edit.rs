//! Levenshtein distance, and optimal string alignment, which also exchanges neighbours.
//!
//! Bit-parallel: H. Hyyrö, *A bit-vector algorithm for computing Levenshtein and Damerau edit distances*, 2003, after
//! G. Myers, 1999. A column of the table is one machine word; longer texts take several words, one after the other.

use super::codes::{coded, trimmed};
use super::masks::{Kernel, Masks, dispatch, low};

/// The Levenshtein distance: the fewest insertions, deletions and substitutions of a character that make one text the
/// other. 0 for equal texts, at most the length of the longer one in characters.
///
/// ```
/// # use onefold_identity::similarity::levenshtein;
/// assert_eq!(levenshtein("kitten", "sitting"), 3);
/// ```
#[must_use]
pub fn levenshtein(a: &str, b: &str) -> usize {
    levenshtein_within(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// The [`levenshtein`] distance if it is at most `max`. Faster the lower `max` is.
///
/// ```
/// # use onefold_identity::similarity::levenshtein_within;
/// assert_eq!(levenshtein_within("smith", "smyth", 1), Some(1));
/// assert_eq!(levenshtein_within("smith", "jones", 1), None);
/// ```
#[must_use]
#[inline]
pub fn levenshtein_within(a: &str, b: &str, max: usize) -> Option<usize> {
    coded(a, b, |a, b| short::<false>(a, b, max), |a, b| blocks(a, b, max))
}

/// The distance of optimal string alignment: [`levenshtein`], with the exchange of two neighbouring characters as one
/// edit, where no part of the text is edited twice. It may break the triangle inequality; see
/// [`damerau_levenshtein`](super::damerau_levenshtein) for the distance that does not.
///
/// ```
/// # use onefold_identity::similarity::osa;
/// assert_eq!(osa("martha", "marhta"), 1);
/// assert_eq!(osa("ca", "abc"), 3);
/// ```
#[must_use]
pub fn osa(a: &str, b: &str) -> usize {
    osa_within(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// The [`osa`] distance if it is at most `max`. Faster the lower `max` is.
///
/// ```
/// # use onefold_identity::similarity::osa_within;
/// assert_eq!(osa_within("martha", "marhta", 1), Some(1));
/// assert_eq!(osa_within("martha", "robert", 1), None);
/// ```
#[must_use]
#[inline]
pub fn osa_within(a: &str, b: &str, max: usize) -> Option<usize> {
    coded(a, b, |a, b| short::<true>(a, b, max), |a, b| rows(a, b, max))
}

#[inline]
fn short<const SWAP: bool>(a: &[u8], b: &[u8], max: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    let (a, b) = trimmed(a, b);
    if a.is_empty() || b.is_empty() {
        return at_most(a.len().max(b.len()), max);
    }
    if max <= 1 {
        // Both ends differ: one edit is all there is, or there are more.
        return match (a, b) {
            ([_], [_]) => at_most(1, max),
            ([v, w], [x, y]) if SWAP && v == y && w == x => at_most(1, max),
            _ => None,
        };
    }
    dispatch(Columns::<SWAP> { max }, a, b)
}

fn at_most(distance: usize, max: usize) -> Option<usize> {
    (distance <= max).then_some(distance)
}

/// Computes the table column by column, with `SWAP` counting the exchange of neighbours as one edit.
pub(super) struct Columns<const SWAP: bool> {
    pub(super) max: usize,
}

impl<const SWAP: bool> Kernel for Columns<SWAP> {
    type Out = Option<usize>;

    #[inline]
    fn run<M: Masks>(self, masks: &M, pattern: &[u8], text: &[u8]) -> Option<usize> {
        self.columns((pattern.len(), text.len()), text.iter().map(|code| masks.at(*code)))
    }
}

impl<const SWAP: bool> Columns<SWAP> {
    /// The distance of a pattern and a text of these lengths, at most 64, from where the pattern has each character
    /// of the text.
    #[inline]
    pub(super) fn columns(self, (rows, length): (usize, usize), text: impl Iterator<Item = u64>) -> Option<usize> {
        if rows == 0 || rows.abs_diff(length) > self.max {
            return at_most(rows.max(length), self.max);
        }
        let last = rows - 1;
        let max = self.max.min(rows.max(length));
        // Characters that are not edited keep their place to within `max`. Each one of the text that has no like
        // there is an edit of its own.
        let mut window = low(max.saturating_add(1));
        let mut misses = 0_usize;
        let (mut vp, mut vn, mut d0, mut before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
        let mut distance = rows;
        for (j, equal) in text.enumerate() {
            misses = misses.wrapping_add(usize::from(equal & window == 0));
            if misses > max {
                return None;
            }
            window = window.wrapping_shl(1) | u64::from(j < max);
            let swapped = if SWAP { ((!d0 & equal).wrapping_shl(1)) & before } else { 0 };
            d0 = ((equal & vp).wrapping_add(vp) ^ vp) | equal | vn | swapped;
            let mut hp = vn | !(d0 | vp);
            let mut hn = d0 & vp;
            distance = distance.wrapping_add((hp >> last & 1) as usize).wrapping_sub((hn >> last & 1) as usize);
            hp = hp.wrapping_shl(1) | 1;
            hn = hn.wrapping_shl(1);
            vp = hn | !(d0 | hp);
            vn = hp & d0;
            before = equal;
        }
        at_most(distance, max)
    }
}

/// Levenshtein distance of texts of any length, numbered densely, by words of 64 rows.
fn blocks(a: &[u32], b: &[u32], max: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    let (a, b) = trimmed(a, b);
    let (pattern, text) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if pattern.is_empty() {
        return at_most(text.len(), max);
    }
    let words = pattern.len().div_ceil(64);
    let known = pattern.iter().max().map_or(0, |most| *most as usize + 1);
    let mut masks = vec![0_u64; known * words];
    for (i, code) in pattern.iter().enumerate() {
        if let Some(mask) = masks.get_mut(*code as usize * words + i / 64) {
            *mask |= 1 << (i % 64);
        }
    }
    let absent = vec![0_u64; words];
    let mut columns = vec![(u64::MAX, 0_u64); words];
    let last = (pattern.len() - 1) % 64;
    let mut distance = pattern.len();
    for (j, code) in text.iter().enumerate() {
        let from = *code as usize * words;
        let equal = masks.get(from..from + words).unwrap_or(&absent);
        let (mut carry_up, mut carry_down) = (1_u64, 0_u64);
        for (word, ((vp, vn), equal)) in columns.iter_mut().zip(equal).enumerate() {
            let x = equal | carry_down;
            let d0 = ((x & *vp).wrapping_add(*vp) ^ *vp) | x | *vn;
            let hp = *vn | !(d0 | *vp);
            let hn = d0 & *vp;
            if word + 1 == words {
                distance = distance + (hp >> last & 1) as usize - (hn >> last & 1) as usize;
            }
            let (up, down) = (hp >> 63, hn >> 63);
            let (hp, hn) = (hp << 1 | carry_up, hn << 1 | carry_down);
            (carry_up, carry_down) = (up, down);
            *vp = hn | !(d0 | hp);
            *vn = hp & d0;
        }
        // Every character that is left may take one off.
        if distance.saturating_sub(text.len() - j - 1) > max {
            return None;
        }
    }
    at_most(distance, max)
}

/// Optimal string alignment of texts of any length, row by row.
fn rows(a: &[u32], b: &[u32], max: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    let (a, b) = trimmed(a, b);
    let mut upper: Vec<usize> = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut next = row.clone();
    for (i, x) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut least = left;
        next[0] = left;
        for (j, y) in b.iter().enumerate() {
            let mut cost = (row[j] + usize::from(x != y)).min(row[j + 1] + 1).min(left + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                cost = cost.min(upper[j - 1] + 1);
            }
            next[j + 1] = cost;
            left = cost;
            least = least.min(cost);
        }
        // An exchange reaches over one row, and costs one more than the row before it.
        if least > max.saturating_add(1) {
            return None;
        }
        std::mem::swap(&mut upper, &mut row);
        std::mem::swap(&mut row, &mut next);
    }
    at_most(row[b.len()], max)
}
