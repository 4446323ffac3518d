//! Jaro and Jaro–Winkler similarity.
//!
//! M. A. Jaro, *Advances in record-linkage methodology*, 1989; W. E. Winkler, *String comparator metrics*, 1990. The
//! boost counts only above a Jaro similarity of 0.7, as in Winkler's own program. Characters are matched one after the
//! other by position masks, as `rapidfuzz` does; a pair is given up at the first character after which the cutoff is
//! out of reach.
//!
//! Which text is matched against which does not change what is found: of the occurrences of one character, the first
//! that are in reach of each other are matched from either side, and so on with the rest.

use super::codes::{coded, common_prefix};
use super::masks::{Kernel, Masks, dispatch, low};

/// Jaro similarity above which a common prefix counts.
const BOOST_ABOVE: f64 = 0.7;
/// What each character of the common prefix takes off the way to 1.
const BOOST: f64 = 0.1;
/// Longest prefix that counts.
const PREFIX: usize = 4;

/// The Jaro similarity of two texts, 0 (nothing in common) to 1 (equal). Two empty texts are equal; an empty one has
/// nothing in common with any other.
///
/// ```
/// # use onefold_identity::similarity::jaro;
/// assert!((jaro("martha", "marhta") - 0.944_444).abs() < 1e-6);
/// ```
#[must_use]
pub fn jaro(a: &str, b: &str) -> f64 {
    jaro_within(a, b, 0.0).unwrap_or(0.0)
}

/// The [`jaro`] similarity if it is at least `cutoff`. Faster the higher the cutoff.
///
/// ```
/// # use onefold_identity::similarity::jaro_within;
/// assert!(jaro_within("martha", "marhta", 0.9).is_some());
/// assert_eq!(jaro_within("martha", "robert", 0.9), None);
/// ```
#[must_use]
pub fn jaro_within(a: &str, b: &str, cutoff: f64) -> Option<f64> {
    within(a, b, Metric { cutoff, winkler: false })
}

/// The Jaro–Winkler similarity of two texts, 0 to 1: [`jaro`], raised for a common prefix of up to four characters
/// where it is above 0.7.
///
/// ```
/// # use onefold_identity::similarity::jaro_winkler;
/// assert!((jaro_winkler("dwayne", "duane") - 0.84).abs() < 1e-6);
/// ```
#[must_use]
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    jaro_winkler_within(a, b, 0.0).unwrap_or(0.0)
}

/// The [`jaro_winkler`] similarity if it is at least `cutoff`. Faster the higher the cutoff.
///
/// ```
/// # use onefold_identity::similarity::jaro_winkler_within;
/// assert!(jaro_winkler_within("johnson", "jonhson", 0.92).is_some());
/// assert_eq!(jaro_winkler_within("johnson", "jackson", 0.92), None);
/// ```
#[must_use]
#[inline]
pub fn jaro_winkler_within(a: &str, b: &str, cutoff: f64) -> Option<f64> {
    within(a, b, Metric { cutoff, winkler: true })
}

#[inline]
fn within(a: &str, b: &str, metric: Metric) -> Option<f64> {
    coded(a, b, |a, b| metric.short(a, b), |a, b| metric.long(a, b))
}

/// Which of the two similarities, and from where on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metric {
    pub(super) cutoff: f64,
    pub(super) winkler: bool,
}

impl Metric {
    /// Compares two texts of at most 64 codes.
    #[inline]
    fn short(self, a: &[u8], b: &[u8]) -> Option<f64> {
        let task = match self.task(a.len(), b.len(), common_prefix(a, b)) {
            Ok(task) => task,
            Err(done) => return done,
        };
        let (a, b) = (a.get(task.prefix..)?, b.get(task.prefix..)?);
        dispatch(Matching { task, skip: 0 }, a, b)
    }

    /// Compares a pattern of at most 64 codes, whose masks are known, with a text of as many, of which the length and
    /// the prefix common with the pattern are known.
    #[inline]
    pub(super) fn prepared<M: Masks>(
        self,
        masks: &M,
        pattern: &[u8],
        (length, prefix): (usize, usize),
        text: impl Text,
    ) -> Option<f64> {
        match self.task(pattern.len(), length, prefix) {
            Ok(task) => Matching { task, skip: prefix }.matching(masks, pattern, length - prefix, text),
            Err(done) => done,
        }
    }

    /// What is left to do for two texts of these lengths, or the result where nothing is.
    #[inline]
    fn task(self, a: usize, b: usize, prefix: usize) -> Result<Task, Option<f64>> {
        if a == prefix && b == prefix {
            return Err(self.checked(1.0));
        }
        if a == 0 || b == 0 {
            return Err(self.checked(0.0));
        }
        let needed = self.needed(a, b, prefix);
        if needed > a.min(b) {
            return Err(None);
        }
        let reach = (a.max(b) / 2).saturating_sub(1);
        Ok(Task { metric: self, lengths: (a, b), prefix, needed: needed.saturating_sub(prefix), reach })
    }

    fn checked(self, similarity: f64) -> Option<f64> {
        (similarity >= self.cutoff).then_some(similarity)
    }

    /// How many characters have to match for the cutoff, at best.
    #[inline]
    fn needed(self, a: usize, b: usize, prefix: usize) -> usize {
        let jaro = if self.winkler && self.cutoff > BOOST_ABOVE {
            let boost = BOOST * prefix.min(PREFIX) as f64;
            ((self.cutoff - boost) / (1.0 - boost)).max(BOOST_ABOVE)
        } else {
            self.cutoff
        };
        let (a, b) = (a as f64, b as f64);
        // Solved for the matches, with all of them in order; the margin is above what rounding can do to 64 characters.
        let matches = (3.0 * jaro - 1.0) * (a * b) / (a + b) - 1e-6;
        if matches > 0.0 { matches.ceil() as usize } else { 0 }
    }

    /// The similarity of texts of so many characters, of which so many match and so many are out of place.
    #[inline]
    fn finish(self, lengths: (usize, usize), prefix: usize, matches: usize, out_of_place: usize) -> Option<f64> {
        if matches == 0 {
            return self.checked(0.0);
        }
        let (a, b, m) = (lengths.0 as f64, lengths.1 as f64, matches as f64);
        let jaro = (m / a + m / b + (m - (out_of_place / 2) as f64) / m) / 3.0;
        let boosted = if self.winkler && jaro > BOOST_ABOVE {
            (jaro + BOOST * prefix.min(PREFIX) as f64 * (1.0 - jaro)).min(1.0)
        } else {
            jaro
        };
        self.checked(boosted)
    }

    /// Compares texts of any length.
    fn long(self, a: &[u32], b: &[u32]) -> Option<f64> {
        let task = match self.task(a.len(), b.len(), common_prefix(a, b)) {
            Ok(task) => task,
            Err(done) => return done,
        };
        let mut taken = vec![false; b.len()];
        let mut matched = Vec::with_capacity(a.len());
        for (i, x) in a.iter().enumerate() {
            let from = i.saturating_sub(task.reach);
            let window = taken.iter_mut().zip(b).skip(from).take(i + task.reach + 1 - from);
            if let Some((taken, _)) = window.into_iter().find(|(taken, y)| !**taken && *y == x) {
                *taken = true;
                matched.push(x);
            }
        }
        let others = b.iter().zip(taken).filter_map(|(y, taken)| taken.then_some(y));
        let out_of_place = matched.iter().zip(others).filter(|(x, y)| **x != *y).count();
        self.finish(task.lengths, task.prefix, matched.len(), out_of_place)
    }
}

/// A comparison of which lengths and prefix are known.
#[derive(Debug, Clone, Copy)]
struct Task {
    metric: Metric,
    lengths: (usize, usize),
    prefix: usize,
    /// Matches that are needed behind the prefix.
    needed: usize,
    /// How far apart characters match.
    reach: usize,
}

/// Matches what stands behind the common prefix, whose characters always match each other.
struct Matching {
    task: Task,
    /// Characters of either text that are to be left out, since the prefix is still there.
    skip: usize,
}

/// The codes of a text from the common prefix on.
pub(super) trait Text {
    /// The code at a place, asked for one by one from the first.
    fn next(&mut self, at: usize) -> Option<u8>;
    /// The code at a place that was asked for before.
    fn again(&self, at: usize) -> Option<u8>;
}

impl Text for &[u8] {
    #[inline(always)]
    fn next(&mut self, at: usize) -> Option<u8> {
        self.get(at).copied()
    }

    #[inline(always)]
    fn again(&self, at: usize) -> Option<u8> {
        self.get(at).copied()
    }
}

impl Kernel for Matching {
    type Out = Option<f64>;

    #[inline]
    fn run<M: Masks>(self, masks: &M, pattern: &[u8], text: &[u8]) -> Option<f64> {
        self.matching(masks, pattern, text.len(), text)
    }
}

impl Matching {
    #[inline]
    fn matching<M: Masks>(self, masks: &M, pattern: &[u8], length: usize, mut text: impl Text) -> Option<f64> {
        let Self { task, skip } = self;
        let first = 1_u64.checked_shl(skip as u32).unwrap_or(0);
        // Bit i of the window: position i of the pattern is in reach; of `free`: it has found nothing yet.
        let mut window = low(skip + task.reach + 1) & !low(skip);
        let unmatched = low(pattern.len()) & !low(skip);
        let mut free = unmatched;
        let mut matched_text = 0_u64;
        let spare = length.checked_sub(task.needed)?;
        let mut misses = 0_usize;
        for j in 0..length {
            let found = masks.at(text.next(j)?) & window & free;
            free ^= found & found.wrapping_neg();
            let hit = u64::from(found != 0);
            matched_text |= hit.wrapping_shl(j as u32);
            misses = misses.wrapping_add((hit ^ 1) as usize);
            if misses > spare {
                return None;
            }
            window = window.wrapping_shl(1) | if j < task.reach { first } else { 0 };
        }
        let mut matched = unmatched ^ free;
        let matches = length.wrapping_sub(misses);
        let mut out_of_place = 0_usize;
        while matched != 0 {
            let i = matched.trailing_zeros() as usize;
            let j = matched_text.trailing_zeros() as usize;
            out_of_place = out_of_place.wrapping_add(usize::from(pattern.get(i).copied() != text.again(j)));
            matched &= matched.wrapping_sub(1);
            matched_text &= matched_text.wrapping_sub(1);
        }
        task.metric.finish(task.lengths, task.prefix, task.prefix + matches, out_of_place)
    }
}
