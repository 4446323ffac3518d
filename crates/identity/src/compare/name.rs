//! Names of people.

use onefold_fact::standard::name::{are_nicknames, canonical_given};

use super::kernel::{jaro_winkler, one_slip};
use super::level::{level, rare, slot};
use super::{Level, Memo, Slot, best};
use crate::records::{Field, Records, Symbol};

/// Jaro–Winkler similarity from which names are one name misspelt (the `.92` and `.88` of Splink's name preset).
const CLOSE: f64 = 0.92;
const SIMILAR: f64 = 0.88;

/// Given names: people use short forms, initials and part of their names; relatives agree by chance only, or because
/// a child was named after a parent.
pub(super) const GIVEN: &[Level] = &[
    Level::exact("equal", 0.70, 0.05),
    Level::new("same name in another form", 0.08, 0.004, 0.01),
    Level::new("initial of the other", 0.05, 0.008, 0.03),
    Level::new("nearly equal", 0.08, 0.004, 0.01),
    Level::new("similar", 0.02, 0.006, 0.01),
    Level::new("swapped with the family name", 0.01, 0.000_2, 0.000_2),
    Level::new("different", 0.05, 0.975, 0.888),
];

/// Family names: relatives share them; marriage changes them.
pub(super) const FAMILY: &[Level] = &[
    Level::exact("equal", 0.78, 0.72),
    Level::new("one part of the other", 0.03, 0.001, 0.03),
    Level::new("initial of the other", 0.02, 0.008, 0.02),
    Level::new("nearly equal", 0.08, 0.002, 0.06),
    Level::new("similar", 0.01, 0.004, 0.01),
    Level::new("swapped with the given name", 0.01, 0.000_2, 0.000_2),
    Level::new("different", 0.07, 0.98, 0.16),
];

const EQUAL: usize = 0;
const FORM: usize = 1;
const INITIAL: usize = 2;
const CLOSE_LEVEL: usize = 3;
const SIMILAR_LEVEL: usize = 4;
const SWAPPED: usize = 5;
const DIFFERENT: usize = 6;

pub(super) fn given(records: &Records, given: usize, family: Option<usize>, a: u32, b: u32, memo: &mut Memo) -> Slot {
    let straight = best(records.field(given), a, b, memo, given_values);
    or_swapped(records, straight, Some(given), family, a, b)
}

pub(super) fn family(records: &Records, family: usize, given: Option<usize>, a: u32, b: u32, memo: &mut Memo) -> Slot {
    let straight = best(records.field(family), a, b, memo, family_values);
    or_swapped(records, straight, given, Some(family), a, b)
}

/// Where the names do not agree as they stand, whether they agree crosswise.
fn or_swapped(records: &Records, straight: Slot, given: Option<usize>, family: Option<usize>, a: u32, b: u32) -> Slot {
    let (Some(given), Some(family)) = (given, family) else { return straight };
    if level(straight) != DIFFERENT {
        return straight;
    }
    let (given, family) = (records.field(given), records.field(family));
    let crosswise =
        |x: u32, y: u32| given.of(x).iter().any(|g| family.of(y).iter().any(|f| given.text(*g) == family.text(*f)));
    if crosswise(a, b) && crosswise(b, a) { slot(SWAPPED) } else { straight }
}

fn given_values(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(EQUAL, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    let (first_a, first_b) = (first_token(a), first_token(b));
    let long = first_a.len() > 1 && first_b.len() > 1;
    if long && (first_a == first_b || canonical_given(first_a) == canonical_given(first_b)) {
        return slot(FORM);
    }
    if long && (are_nicknames(first_a, first_b) || has_token(a, first_b) || has_token(b, first_a)) {
        return slot(FORM);
    }
    if !long {
        let same = first_a.bytes().next() == first_b.bytes().next();
        return slot(if same { INITIAL } else { DIFFERENT });
    }
    by_similarity(first_a, first_b)
}

fn family_values(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(EQUAL, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    if a.len() == 1 || b.len() == 1 {
        let same = a.bytes().next() == b.bytes().next();
        return slot(if same { INITIAL } else { DIFFERENT });
    }
    let shared = |a: &str, b: &str| a.split(' ').any(|token| token.len() > 2 && has_token(b, token));
    if shared(a, b) {
        return slot(FORM);
    }
    by_similarity(a, b)
}

fn by_similarity(a: &str, b: &str) -> Slot {
    let similarity = jaro_winkler(a, b, SIMILAR);
    if similarity >= CLOSE || (a.len().min(b.len()) >= 4 && one_slip(a, b)) {
        slot(CLOSE_LEVEL)
    } else if similarity > 0.0 {
        slot(SIMILAR_LEVEL)
    } else {
        slot(DIFFERENT)
    }
}

fn first_token(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

fn has_token(name: &str, token: &str) -> bool {
    name.split(' ').any(|own| own == token)
}
