//! Birth dates, in ISO form; a month or a year where no more is known.

use super::level::{rare, slot};
use super::{Level, Slot, Values};
use crate::records::{Field, Sketch, Symbol};

/// A birth date does not change in life, so only error explains a difference. Two dates of a lifetime of 80 years
/// agree in the year once in 80 times and in month and day once in 365. Relatives are twins once in
/// fifty times.
pub(super) const LEVELS: &[Level] = &[
    Level::exact("equal", 0.86, 0.02),
    Level::exact("one digit off, or day and month swapped", 0.07, 0.002).with_chance(20.0),
    Level::exact("two of day, month and year equal", 0.03, 0.006).with_chance(100.0),
    Level::new("known to the month or year only, which agrees", 0.01, 0.008, 0.012),
    Level::new("same year", 0.008, 0.012, 0.02),
    Level::new("different", 0.022, 0.975, 0.94),
];

const EQUAL: usize = 0;
const CLOSE: usize = 1;
const TWO_PARTS: usize = 2;
const PARTIAL: usize = 3;
const YEAR: usize = 4;
const DIFFERENT: usize = 5;

/// A month or a year that agrees is neither better nor worse than a slip in a whole day.
pub(super) fn outranks(better: usize, worse: usize) -> bool {
    !(matches!(better, CLOSE | TWO_PARTS) && worse == PARTIAL)
}

pub(super) const VALUES: Values = Values { glance, read: compare };

/// Two whole days of which neither two parts nor the year agree are different.
fn glance(x: Sketch, y: Sketch) -> Option<Slot> {
    if x.length() as usize != DAY || y.length() as usize != DAY {
        return None;
    }
    let differing = x.extra() ^ y.extra();
    let digits = (differing | differing >> 1 | differing >> 2 | differing >> 3) & 0x1111_1111;
    let (year, month, day) = (digits >> 16 & 0xFFFF, digits >> 8 & 0xFF, digits & 0xFF);
    let equal = usize::from(year == 0) + usize::from(month == 0) + usize::from(day == 0);
    (digits.count_ones() > 2 && year != 0 && equal < 2).then_some(slot(DIFFERENT))
}

fn compare(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        // A year alone is no day: agreement in it is worth what its frequency says, but not more than a year.
        let whole = field.text(x).len() == DAY;
        return if whole { rare(EQUAL, field.bin(x)) } else { slot(PARTIAL) };
    }
    match level(field.text(x).as_bytes(), field.text(y).as_bytes()) {
        near @ (CLOSE | TWO_PARTS) => rare(near, field.bin(x).min(field.bin(y))),
        level => slot(level),
    }
}

/// Length of `1990-02-28`.
const DAY: usize = 10;

fn level(a: &[u8], b: &[u8]) -> usize {
    if a.len() != DAY || b.len() != DAY {
        let shorter = a.len().min(b.len());
        let agrees = shorter >= 4 && a.get(..shorter) == b.get(..shorter);
        return if agrees { PARTIAL } else { DIFFERENT };
    }
    let parts = |date: &[u8]| -> [[u8; 2]; 4] {
        let two = |at: usize| [date.get(at).copied().unwrap_or(0), date.get(at + 1).copied().unwrap_or(0)];
        [two(0), two(2), two(5), two(8)]
    };
    let ([ca, ya, ma, da], [cb, yb, mb, db]) = (parts(a), parts(b));
    let differing: Vec<usize> = (0..DAY).filter(|i| a.get(*i) != b.get(*i)).collect();
    let transposed = matches!(differing.as_slice(), [i, j]
        if (*j - *i == 1 || *j - *i == 2) && a.get(*i) == b.get(*j) && a.get(*j) == b.get(*i));
    let same_year = (ca, ya) == (cb, yb);
    let swapped = same_year && ma == db && da == mb;
    if differing.len() == 1 || transposed || swapped {
        return CLOSE;
    }
    let equal_parts = usize::from(same_year) + usize::from(ma == mb) + usize::from(da == db);
    match equal_parts {
        2 => TWO_PARTS,
        _ if same_year => YEAR,
        _ => DIFFERENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_slips_from_differences() {
        let cases = [
            ("1990-02-28", "1990-02-23", CLOSE),
            ("1990-02-28", "1990-02-82", CLOSE),
            ("1990-02-11", "1990-11-02", CLOSE),
            ("1990-02-28", "1991-02-28", CLOSE),
            ("1990-02-28", "1985-02-28", TWO_PARTS),
            ("1990-02-28", "1990-07-28", CLOSE),
            ("1990-02-28", "1990-11-28", TWO_PARTS),
            ("1990-02-28", "1990", PARTIAL),
            ("1990-02", "1990-02-28", PARTIAL),
            ("1990-02-28", "1990-11-03", YEAR),
            ("1990-02-28", "1963-11-03", DIFFERENT),
        ];
        for (a, b, expected) in cases {
            assert_eq!(level(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(level(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }
}
