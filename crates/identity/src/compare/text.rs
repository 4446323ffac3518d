//! Names of organisations, and short text of any meaning.

use super::level::{rare, slot};
use super::{Level, Slot, Values, no_glance};
use crate::records::{Field, Sketch, Symbol};
use crate::similarity::{jaro_winkler_within, osa_within};

/// Jaro–Winkler similarity from which texts are one text misspelt.
const CLOSE: f64 = 0.92;

/// Organisations are named in full, in short, and with a part left out.
pub(super) const COMPANY: &[Level] = &[
    Level::exact("equal", 0.72, 0.3),
    Level::new("nearly equal", 0.10, 0.000_5, 0.1),
    Level::new("all words of the other", 0.10, 0.002, 0.3),
    Level::new("different", 0.08, 0.997_5, 0.3),
];

/// Only error explains a difference.
pub(super) const GENDER: &[Level] = &[Level::exact("equal", 0.97, 0.5), Level::new("different", 0.03, 0.5, 0.5)];

/// Text of unknown meaning: may change, may be worded differently.
pub(super) const TEXT: &[Level] = &[
    Level::exact("equal", 0.56, 0.2),
    Level::exact("nearly equal", 0.05, 0.01).with_chance(0.3),
    Level::new("a word in common", 0.04, 0.02, 0.04),
    Level::new("different", 0.35, 0.97, 0.75),
];

/// Of text of unknown meaning nobody knows that one party should have it alike: where it says which system a record is
/// from, records of one party differ in it.
pub(super) fn outranks(worse: usize) -> bool {
    worse != TEXT.len() - 1
}

pub(super) const COMPANY_VALUES: Values = Values { glance: company_glance, read: company };
pub(super) const GENDER_VALUES: Values = Values { glance: no_glance, read: gender };
pub(super) const TEXT_VALUES: Values = Values { glance: text_glance, read: text };

/// The Jaro similarity that a Jaro–Winkler similarity of [`CLOSE`] needs, with a common prefix of four letters.
const LEAST_JARO: f64 = (CLOSE - 0.4) / 0.6;

fn company_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    (!x.meets(y) && !x.within_jaro(y, LEAST_JARO)).then_some(slot(3))
}

fn text_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    (!x.meets(y) && !x.within_jaro(y, LEAST_JARO)).then_some(slot(3))
}

fn company(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    if jaro_winkler_within(a, b, CLOSE).is_some() && osa_within(a, b, a.len().max(b.len()) / 5).is_some() {
        return slot(1);
    }
    let within = |a: &str, b: &str| a.split(' ').all(|word| b.split(' ').any(|other| other == word));
    slot(if within(a, b) || within(b, a) { 2 } else { 3 })
}

fn gender(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    // `m` and `male` are one answer.
    let first = |symbol| field.text(symbol).bytes().next();
    if x == y || first(x) == first(y) { rare(0, field.bin(x)) } else { slot(1) }
}

fn text(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    if is_worded(a) && is_worded(b) {
        if jaro_winkler_within(a, b, CLOSE).is_some() {
            return rare(1, field.bin(x).min(field.bin(y)));
        }
        if a.split(' ').any(|word| word.len() > 3 && b.split(' ').any(|other| other == word)) {
            return slot(2);
        }
    }
    slot(3)
}

/// Whether a text is made of words: codes (`plan 11`, `plan 17`) differ by little and mean different things.
fn is_worded(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_digit())
}
