//! One name of a person, given or family, and names beside both.

use onefold_fact::standard::name::{are_nicknames, canonical_given};

use super::level::{ONE_MISSING, level, rare, slot};
use super::{Level, Memos, Slot, Values, best};
use crate::records::{Field, Name, Records, Sketch, Symbol};
use crate::similarity::{jaro_winkler_within, osa_within};

/// Jaro–Winkler similarity from which names are one name misspelt (the `.92` and `.88` of Splink's name preset).
const CLOSE: f64 = 0.92;
const SIMILAR: f64 = 0.88;

/// Given names alone.
pub(super) const GIVEN: &[Level] = &[
    Level::exact("equal", 0.70, 0.05),
    Level::exact("same name in another form", 0.08, 0.01).with_chance(0.5),
    Level::exact("initial of the other", 0.05, 0.03).with_chance(1.0),
    Level::exact("nearly equal", 0.09, 0.01).with_chance(0.5),
    Level::exact("similar", 0.02, 0.01).with_chance(1.0),
    Level::new("different", 0.06, 0.975, 0.888),
];

/// Family names alone.
pub(super) const FAMILY: &[Level] = &[
    Level::exact("equal", 0.78, 0.72),
    Level::exact("one part of the other", 0.03, 0.03).with_chance(0.5),
    Level::exact("initial of the other", 0.02, 0.02).with_chance(2.0),
    Level::exact("nearly equal", 0.08, 0.06).with_chance(0.5),
    Level::exact("similar", 0.01, 0.01).with_chance(1.0),
    Level::new("different", 0.08, 0.98, 0.16),
];

pub(super) const EQUAL: usize = 0;
pub(super) const FORM: usize = 1;
pub(super) const INITIAL: usize = 2;
pub(super) const NEARLY: usize = 3;
pub(super) const ALIKE: usize = 4;
pub(super) const DIFFERENT: usize = 5;
pub(super) const MISSING: usize = level(ONE_MISSING);

/// An initial that agrees is neither better nor worse than a name misspelt.
pub(super) fn outranks(better: usize, worse: usize) -> bool {
    !(better == INITIAL && matches!(worse, NEARLY | ALIKE))
}

/// Names beside the given and the family name: middle names, a name at birth, a style. Many say nothing (`of`), and are
/// worth nothing by their frequency.
pub(super) const WORDS: &[Level] = &[
    Level::exact("one in common", 0.60, 0.05),
    Level::new("one misspelt", 0.05, 0.01, 0.01),
    Level::new("initial of the other", 0.10, 0.04, 0.05),
    Level::new("different", 0.25, 0.95, 0.89),
];

/// The level of further names that have nothing to do with each other.
const WORD_DIFFERS: usize = 3;

/// The given or the family name of people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamePart {
    pub(crate) field: usize,
    is_given: bool,
}

impl NamePart {
    /// The levels of two names, from equal to different.
    pub(crate) const LEVELS: usize = DIFFERENT + 1;

    pub(crate) fn both(fields: Name) -> [Self; 2] {
        [NamePart { field: fields.given, is_given: true }, NamePart { field: fields.family, is_given: false }]
    }

    /// How often two strangers agree at a level for each time that their names are equal, as far as is expected; `None`
    /// of equality itself.
    pub(crate) fn expected(self, level: usize) -> Option<f64> {
        let levels = if self.is_given { GIVEN } else { FAMILY };
        (level != EQUAL).then(|| levels.get(level).map_or(1.0, |level| level.u))
    }
}

/// The level of one part of two names.
pub(crate) fn best_name(records: &Records, part: NamePart, a: u32, b: u32, memos: &mut Memos) -> Slot {
    best(records, part.field, a, b, memos, if part.is_given { GIVEN_VALUES } else { FAMILY_VALUES })
}

pub(super) const GIVEN_VALUES: Values = Values { glance: given_glance, read: given };
pub(super) const FAMILY_VALUES: Values = Values { glance: family_glance, read: family };
pub(super) const WORD_VALUES: Values = Values { glance: word_glance, read: word };

/// The Jaro similarity that a Jaro–Winkler similarity of [`SIMILAR`] needs, with a common prefix of four letters.
const LEAST_JARO: f64 = (SIMILAR - 0.4) / 0.6;

fn given_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    // An initial is compared as such.
    (x.length() > 1 && y.length() > 1 && !x.meets(y) && !alike(x, y)).then_some(slot(DIFFERENT))
}

fn family_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    given_glance(x, y)
}

fn word_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    given_glance(x, y).map(|_| slot(WORD_DIFFERS))
}

fn alike(x: Sketch, y: Sketch) -> bool {
    x.within_jaro(y, LEAST_JARO) || x.within_edits(y, 2)
}

fn given(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    by_frequency(field, x, y, given_level)
}

fn family(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    by_frequency(field, x, y, family_level)
}

/// The level of two names, in the bin of the more frequent one.
fn by_frequency(field: Field<'_>, x: Symbol, y: Symbol, of: fn(&str, &str) -> usize) -> Slot {
    if x == y {
        return rare(EQUAL, field.bin(x));
    }
    match of(field.text(x), field.text(y)) {
        DIFFERENT => slot(DIFFERENT),
        level => rare(level, field.bin(x).min(field.bin(y))),
    }
}

pub(super) fn given_level(a: &str, b: &str) -> usize {
    if a == b {
        return EQUAL;
    }
    let (first_a, first_b) = (first_token(a), first_token(b));
    let long = first_a.len() > 1 && first_b.len() > 1;
    if long && (first_a == first_b || canonical_given(first_a) == canonical_given(first_b)) {
        return FORM;
    }
    if long && (are_nicknames(first_a, first_b) || has_token(a, first_b) || has_token(b, first_a)) {
        return FORM;
    }
    if !long {
        return if first_a.bytes().next() == first_b.bytes().next() { INITIAL } else { DIFFERENT };
    }
    by_similarity(first_a, first_b)
}

pub(super) fn family_level(a: &str, b: &str) -> usize {
    if a == b {
        return EQUAL;
    }
    if a.len() == 1 || b.len() == 1 {
        return if a.bytes().next() == b.bytes().next() { INITIAL } else { DIFFERENT };
    }
    if a.split(' ').any(|token| token.len() > 2 && has_token(b, token)) {
        return FORM;
    }
    by_similarity(a, b)
}

fn by_similarity(a: &str, b: &str) -> usize {
    let similarity = jaro_winkler_within(a, b, SIMILAR).unwrap_or(0.0);
    let shorter = a.len().min(b.len());
    if similarity >= CLOSE || (shorter >= 4 && osa_within(a, b, 1).is_some()) {
        NEARLY
    } else if similarity > 0.0 || (shorter >= 6 && a.len().abs_diff(b.len()) <= 2 && osa_within(a, b, 2).is_some()) {
        ALIKE
    } else {
        DIFFERENT
    }
}

fn word(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    slot(match given_level(field.text(x), field.text(y)) {
        EQUAL | FORM | NEARLY => 1,
        INITIAL => 2,
        _ => WORD_DIFFERS,
    })
}

fn first_token(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

fn has_token(name: &str, token: &str) -> bool {
    name.split(' ').any(|own| own == token)
}
