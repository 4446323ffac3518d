//! Damerau–Levenshtein distance without restriction.
//!
//! C. Zhao and S. Sahni, *String correction using the Damerau–Levenshtein distance*, 2019: three rows in place of the
//! whole table.

use super::codes::{WORD, coded, trimmed};

/// The Damerau–Levenshtein distance: the fewest insertions, deletions, substitutions and exchanges of neighbouring
/// characters that make one text the other, where a part may be edited again. A metric, unlike [`osa`](super::osa).
///
/// ```
/// # use onefold_identity::similarity::damerau_levenshtein;
/// assert_eq!(damerau_levenshtein("ca", "abc"), 2);
/// ```
#[must_use]
pub fn damerau_levenshtein(a: &str, b: &str) -> usize {
    damerau_levenshtein_within(a, b, usize::MAX).unwrap_or(usize::MAX)
}

/// The [`damerau_levenshtein`] distance if it is at most `max`.
///
/// ```
/// # use onefold_identity::similarity::damerau_levenshtein_within;
/// assert_eq!(damerau_levenshtein_within("ca", "abc", 2), Some(2));
/// assert_eq!(damerau_levenshtein_within("ca", "abc", 1), None);
/// ```
#[must_use]
pub fn damerau_levenshtein_within(a: &str, b: &str, max: usize) -> Option<usize> {
    let short = |a: &[u8], b: &[u8]| {
        if a.len().abs_diff(b.len()) > max {
            return None;
        }
        let (a, b) = trimmed(a, b);
        let rows = &mut [[0; WORD + 2]; 3];
        let [row, upper, saved] = rows;
        run(a, b, max, Room { row, upper, saved, seen: &mut [0; 128] }, |code| usize::from(code & 127))
    };
    let long = |a: &[u32], b: &[u32]| {
        if a.len().abs_diff(b.len()) > max {
            return None;
        }
        let known = a.iter().chain(b).max().map_or(0, |most| *most as usize + 1);
        let (a, b) = trimmed(a, b);
        let row = || vec![0; b.len() + 2];
        let (row, upper, saved) = (&mut row(), &mut row(), &mut row());
        run(a, b, max, Room { row, upper, saved, seen: &mut vec![0; known] }, |code| code as usize)
    };
    coded(a, b, short, long)
}

/// Room for the work.
struct Room<'r> {
    row: &'r mut [usize],
    upper: &'r mut [usize],
    saved: &'r mut [usize],
    /// By code: the row, from 1, in which it came up last in the first text.
    seen: &'r mut [usize],
}

fn run<T: Copy + PartialEq>(a: &[T], b: &[T], max: usize, room: Room<'_>, at: impl Fn(T) -> usize) -> Option<usize> {
    let Room { mut row, mut upper, saved, seen } = room;
    let never = a.len().max(b.len()) + 1;
    // Column j stands at j + 1; the column before the first is out of reach.
    for (j, cell) in row.iter_mut().enumerate() {
        *cell = if j == 0 { never } else { j - 1 };
    }
    upper.fill(never);
    saved.fill(never);
    for (i, x) in (1..).zip(a) {
        std::mem::swap(&mut row, &mut upper);
        let mut last_column = 0;
        let mut above_left = row[1];
        let mut exchanged = never;
        row[1] = i;
        let mut least = i;
        for (j, y) in (1..).zip(b) {
            let mut cost = (upper[j] + usize::from(x != y)).min(row[j] + 1).min(upper[j + 1] + 1);
            if x == y {
                last_column = j;
                saved[j + 1] = upper[j - 1];
                exchanged = above_left;
            } else {
                let last_row = seen[at(*y)];
                if last_column > 0 && j - last_column == 1 {
                    cost = cost.min(saved[j + 1] + (i - last_row));
                } else if last_row > 0 && i - last_row == 1 {
                    cost = cost.min(exchanged + (j - last_column));
                }
            }
            above_left = row[j + 1];
            row[j + 1] = cost;
            least = least.min(cost);
        }
        seen[at(*x)] = i;
        // An exchange reaches over rows, at one edit for each.
        if least > max.saturating_add(1) {
            return None;
        }
    }
    let distance = row[b.len() + 1];
    (distance <= max).then_some(distance)
}
