//! Numbers and days whose meaning is not known: an age, an amount, a year; a day of joining, an instant of paying.

use super::level::{rare, slot};
use super::{Level, Slot, Values, no_glance};
use crate::records::{Field, Symbol};
use crate::similarity::{days_between, osa_within, relative_difference};

/// Numbers change, are rounded, and are mistyped. How often strangers are near each other is drawn, since it depends on
/// what the number is.
pub(super) const NUMBER: &[Level] = &[
    Level::exact("equal", 0.56, 0.2),
    Level::new("within a hundredth, or neighbours", 0.06, 0.01, 0.04),
    Level::new("one digit off", 0.03, 0.01, 0.02),
    Level::new("within a tenth", 0.05, 0.05, 0.08),
    Level::new("different", 0.30, 0.93, 0.66),
];

const EQUAL: usize = 0;
const NEAR: usize = 1;
const SLIP: usize = 2;
const TENTH: usize = 3;
const DIFFERENT: usize = 4;

/// Shortest number in which one digit off is a slip: of two digits, it is another number.
const SHORTEST_WITH_SLIP: usize = 4;

/// A slip of one digit is neither better nor worse than a number that is near. As with text of unknown meaning, nobody
/// knows that one party should have it alike.
pub(super) fn outranks_number(better: usize, worse: usize) -> bool {
    worse != DIFFERENT && (better == EQUAL || (better, worse) == (NEAR, TENTH))
}

/// What happens is written down on the day, some days later, or again another time.
pub(super) const DAY: &[Level] = &[
    Level::exact("equal", 0.50, 0.2),
    Level::new("on one day", 0.06, 0.002, 0.02),
    Level::new("within three days", 0.05, 0.005, 0.02),
    Level::new("within a month", 0.05, 0.05, 0.06),
    Level::new("within a year", 0.06, 0.25, 0.2),
    Level::new("further apart", 0.28, 0.693, 0.5),
];

pub(super) const NUMBER_VALUES: Values = Values { glance: no_glance, read: number };
pub(super) const DAY_VALUES: Values = Values { glance: no_glance, read: day };

fn number(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(EQUAL, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    let (Ok(x), Ok(y)) = (a.parse::<f64>(), b.parse::<f64>()) else { return slot(DIFFERENT) };
    let apart = relative_difference(x, y);
    let neighbours = (x - y).abs() <= 1.0 && x.fract() == 0.0 && y.fract() == 0.0;
    let long = a.len().min(b.len()) >= SHORTEST_WITH_SLIP;
    slot(match () {
        () if apart <= 0.01 || neighbours => NEAR,
        () if long && osa_within(a, b, 1).is_some() => SLIP,
        () if apart <= 0.1 => TENTH,
        () => DIFFERENT,
    })
}

fn day(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(EQUAL, field.bin(x));
    }
    let apart = date(field.text(x)).zip(date(field.text(y))).and_then(|(a, b)| days_between(a, b));
    slot(match apart {
        Some(0) => 1,
        Some(1..=3) => 2,
        Some(4..=31) => 3,
        Some(32..=366) => 4,
        _ => 5,
    })
}

/// Year, month and day of a text that begins with `2026-03-01`.
fn date(text: &str) -> Option<(i32, u32, u32)> {
    let mut parts = text.get(..10)?.split('-');
    let mut part = || parts.next()?.parse::<u32>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    Some((i32::try_from(year).ok()?, month, day))
}

#[cfg(test)]
mod tests {
    use onefold_fact::Kind;

    use super::*;
    use crate::compare::level::level;
    use crate::records::{Column, Records};

    fn compared(kind: Kind, a: &str, b: &str) -> usize {
        let mut builder = Records::builder(vec![Column::new("x", kind)]);
        [a, b].iter().for_each(|value| builder.push([(0, *value)]));
        let records = builder.finish();
        let comparison = records.comparisons().first().expect("a comparison");
        level(comparison.comparator.compare(&records, 0, 1, &mut crate::compare::Memos::new(&records)))
    }

    #[test]
    fn numbers_are_near_by_their_size() {
        let cases = [
            ("34", "34", EQUAL),
            ("34", "35", NEAR),
            ("1250.00", "1255.00", NEAR),
            ("1970", "1907", SLIP),
            ("99.50", "105.00", TENTH),
            ("34", "43", DIFFERENT),
        ];
        for (a, b, expected) in cases {
            assert_eq!(compared(Kind::Decimal, a, b), expected, "{a} {b}");
            assert_eq!(compared(Kind::Decimal, b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn days_are_near_by_the_days_between() {
        let cases = [("2026-03-01", 0), ("2026-02-27", 2), ("2026-03-31", 3), ("2026-11-01", 4), ("2027-03-03", 5)];
        for (other, expected) in cases {
            assert_eq!(compared(Kind::Date, "2026-03-01", other), expected, "{other}");
        }
        assert_eq!(compared(Kind::Timestamp, "2026-03-01T09:00:00Z", "2026-03-01T17:30:00Z"), 1);
    }
}
