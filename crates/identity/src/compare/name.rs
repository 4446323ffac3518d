//! Names of people.

use onefold_fact::standard::name::{are_nicknames, canonical_given};

use super::level::{BINS, ONE_MISSING, level, rare, slot};
use super::{Level, Memos, Slot, best};
use crate::records::{Field, Name, Records, Symbol};
use crate::similarity::{jaro_winkler_within, osa_within};

/// Jaro–Winkler similarity from which names are one name misspelt (the `.92` and `.88` of Splink's name preset).
const CLOSE: f64 = 0.92;
const SIMILAR: f64 = 0.88;

/// Names as one; where a part is not known of both, the levels that say so are to be expected as often as that is.
/// People use short forms, initials and part of their names, swap them, and take another name in marriage.
/// Relatives share the family name; a child may be named after a parent. What equal full names are worth follows from
/// how many bear them, since given and family names go together in one language.
pub(super) const LEVELS: &[Level] = &[
    Level::exact("equal", 0.60, 0.04),
    Level::exact("equal family name, another form of the given name", 0.08, 0.01).with_chance(0.004),
    Level::exact("equal family name, initial of the given name", 0.05, 0.02).with_chance(0.008),
    Level::exact("equal family name, given name misspelt", 0.076, 0.01).with_chance(0.01),
    Level::exact("equal given name, family name misspelt or in part", 0.07, 0.004).with_chance(0.007),
    Level::new("both in another spelling", 0.02, 0.000_1, 0.004),
    Level::new("given and family name swapped", 0.01, 0.000_002, 0.000_1),
    Level::exact("equal family name, no given name", 0.85, 0.75),
    Level::exact("equal given name, no family name", 0.80, 0.06),
    Level::exact("equal given name, another family name", 0.04, 0.005).with_chance(0.98),
    Level::exact("equal family name, another given name", 0.004, 0.72).with_chance(0.97),
    Level::new("what is known agrees in part", 0.12, 0.01, 0.05),
    Level::new("what is known differs", 0.05, 0.985, 0.5),
    Level::new("different", 0.025, 0.975, 0.18),
];

const FULL: usize = 0;
const OTHER_FORM: usize = 1;
const BY_INITIAL: usize = 2;
const GIVEN_MISSPELT: usize = 3;
const FAMILY_MISSPELT: usize = 4;
const BOTH_MISSPELT: usize = 5;
const CROSSWISE: usize = 6;
const FAMILY_ALONE: usize = 7;
const GIVEN_ALONE: usize = 8;
const GIVEN_ONLY: usize = 9;
const FAMILY_ONLY: usize = 10;
const IN_PART: usize = 11;
const PART_DIFFERS: usize = 12;
const NEITHER: usize = 13;

pub(super) fn rarity_field(fields: Name, level: usize) -> usize {
    match level {
        FULL => fields.full,
        FAMILY_MISSPELT | GIVEN_ALONE | GIVEN_ONLY => fields.given,
        _ => fields.family,
    }
}

/// How often two records are such that a level can come up: with both parts known of both, or one.
pub(super) fn presence(records: &Records, fields: Name, level: usize) -> f64 {
    let both = |field: usize| {
        let known = records.field(field).fill(records.len());
        known * known
    };
    let (given, family) = (both(fields.given), both(fields.family));
    match level {
        FAMILY_ALONE => (1.0 - given) * family,
        GIVEN_ALONE => (1.0 - family) * given,
        IN_PART | PART_DIFFERS => (1.0 - given) * family + (1.0 - family) * given,
        _ => given * family,
    }
}

pub(super) fn compare(records: &Records, fields: Name, a: u32, b: u32, memos: &mut Memos) -> Slot {
    let given_slot = best(records, fields.given, a, b, memos, given);
    let family_slot = best(records, fields.family, a, b, memos, family);
    let by_given = |level| rare(level, given_slot % BINS as Slot);
    let by_family = |level| rare(level, family_slot % BINS as Slot);
    match (level(given_slot), level(family_slot)) {
        (EQUAL, EQUAL) => {
            let full = records.field(fields.full);
            let common = full.first(a).filter(|symbol| full.first(b) == Some(*symbol));
            common.map_or_else(|| by_family(FULL), |symbol| rare(FULL, full.bin(symbol)))
        }
        (FORM, EQUAL) => by_family(OTHER_FORM),
        (INITIAL, EQUAL) => by_family(BY_INITIAL),
        (CLOSE_LEVEL | SIMILAR_LEVEL, EQUAL) => by_family(GIVEN_MISSPELT),
        (EQUAL, FORM | CLOSE_LEVEL | SIMILAR_LEVEL) => by_given(FAMILY_MISSPELT),
        (EQUAL, INITIAL) | (FORM..=SIMILAR_LEVEL, FORM..=SIMILAR_LEVEL) => slot(BOTH_MISSPELT),
        (MISSING.., MISSING..) => given_slot.min(family_slot),
        (MISSING.., EQUAL) => by_family(FAMILY_ALONE),
        (EQUAL, MISSING..) => by_given(GIVEN_ALONE),
        (MISSING.., FORM..=SIMILAR_LEVEL) | (FORM..=SIMILAR_LEVEL, MISSING..) => slot(IN_PART),
        (MISSING.., _) | (_, MISSING..) => slot(PART_DIFFERS),
        _ if crosswise(records, fields, a, b) => slot(CROSSWISE),
        (EQUAL, _) => by_given(GIVEN_ONLY),
        (_, EQUAL) => by_family(FAMILY_ONLY),
        _ => slot(NEITHER),
    }
}

/// Whether the given name of each is the family name of the other.
fn crosswise(records: &Records, fields: Name, a: u32, b: u32) -> bool {
    let (given, family) = (records.field(fields.given), records.field(fields.family));
    let equal =
        |x: u32, y: u32| given.of(x).iter().any(|g| family.of(y).iter().any(|f| given.text(*g) == family.text(*f)));
    equal(a, b) && equal(b, a)
}

/// Given names alone.
pub(super) const GIVEN: &[Level] = &[
    Level::exact("equal", 0.70, 0.05),
    Level::new("same name in another form", 0.08, 0.004, 0.01),
    Level::new("initial of the other", 0.05, 0.008, 0.03),
    Level::new("nearly equal", 0.09, 0.004, 0.01),
    Level::new("similar", 0.02, 0.006, 0.01),
    Level::new("different", 0.06, 0.975, 0.888),
];

/// Family names alone.
pub(super) const FAMILY: &[Level] = &[
    Level::exact("equal", 0.78, 0.72),
    Level::new("one part of the other", 0.03, 0.001, 0.03),
    Level::new("initial of the other", 0.02, 0.008, 0.02),
    Level::new("nearly equal", 0.08, 0.002, 0.06),
    Level::new("similar", 0.01, 0.004, 0.01),
    Level::new("different", 0.08, 0.98, 0.16),
];

const EQUAL: usize = 0;
const FORM: usize = 1;
const INITIAL: usize = 2;
const CLOSE_LEVEL: usize = 3;
const SIMILAR_LEVEL: usize = 4;
const DIFFERENT: usize = 5;
const MISSING: usize = level(ONE_MISSING);

pub(super) fn given(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
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

pub(super) fn family(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
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
    let similarity = jaro_winkler_within(a, b, SIMILAR).unwrap_or(0.0);
    if similarity >= CLOSE || (a.len().min(b.len()) >= 4 && osa_within(a, b, 1).is_some()) {
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
