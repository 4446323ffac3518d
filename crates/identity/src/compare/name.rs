//! Names of people: given and family name as one.

use std::ops::RangeInclusive;

use super::level::{BINS, BOTH_MISSING, ONE_MISSING, RareBy, level, rare, slot, together};
use super::name_part::{
    ALIKE, EQUAL, FAMILY_VALUES, FORM, GIVEN_VALUES, INITIAL, MISSING, NEARLY, family_level, given_level,
};
use super::{Level, Memos, Slot, best, better};
use crate::records::{Name, Records, Symbol};

/// Names as one; where a part is not known of both, the levels that say so are to be expected as often as that is.
/// People use short forms, initials and part of their names, swap them, and take another name in marriage.
/// Relatives share the family name; a child may be named after a parent. What equal full names are worth follows from
/// how many bear them, since given and family names go together in one language; what a misspelt name is worth from how
/// many bear the names that it is near.
pub(super) const LEVELS: &[Level] = &[
    Level::exact("equal", 0.58, 0.04),
    Level::exact("equal family name, another form of the given name", 0.08, 0.01).with_chance(0.5),
    Level::exact("equal family name, initial of the given name", 0.05, 0.02).with_chance(0.008),
    Level::exact("equal family name, given name misspelt", 0.07, 0.01).with_chance(0.5),
    Level::exact("equal given name, family name misspelt", 0.05, 0.004).with_chance(0.5),
    Level::exact("equal given name, family name in part", 0.03, 0.004).with_chance(0.5),
    Level::exact("both in another spelling", 0.02, 0.004).with_chance(0.3),
    Level::new("given and family name swapped", 0.01, 0.000_002, 0.000_1),
    Level::exact("equal family name, no given name", 0.80, 0.75),
    Level::exact("equal given name, no family name", 0.75, 0.06),
    Level::exact("the one name known stands in the other's place", 0.05, 0.01).with_chance(0.1),
    Level::exact("equal given name, another family name", 0.04, 0.005).with_chance(0.98),
    Level::exact("equal family name, another given name", 0.004, 0.72).with_chance(0.97),
    Level::exact("the one name known is misspelt", 0.10, 0.05).with_chance(0.5),
    Level::exact("family name misspelt, another given name", 0.005, 0.03).with_chance(0.5),
    Level::exact("given name misspelt, another family name", 0.005, 0.002).with_chance(0.5),
    Level::new("what is known differs", 0.05, 0.985, 0.5),
    Level::new("different", 0.045, 0.975, 0.18),
];

const FULL: usize = 0;
const OTHER_FORM: usize = 1;
const BY_INITIAL: usize = 2;
const GIVEN_MISSPELT: usize = 3;
const FAMILY_MISSPELT: usize = 4;
const FAMILY_IN_PART: usize = 5;
const BOTH_MISSPELT: usize = 6;
const CROSSWISE: usize = 7;
const FAMILY_ALONE: usize = 8;
const GIVEN_ALONE: usize = 9;
const OTHER_PLACE: usize = 10;
const GIVEN_ONLY: usize = 11;
const FAMILY_ONLY: usize = 12;
const ALONE_MISSPELT: usize = 13;
const FAMILY_NEAR_ONLY: usize = 14;
const GIVEN_NEAR_ONLY: usize = 15;
const PART_DIFFERS: usize = 16;
const NEITHER: usize = 17;

/// The levels that tell how family names agree: where the given names do not, and where they are not known.
pub(super) const FAMILY_LEVELS: [&[usize]; 2] =
    [&[FAMILY_ONLY, FAMILY_NEAR_ONLY, NEITHER], &[FAMILY_ALONE, ALONE_MISSPELT, PART_DIFFERS]];

/// Where both parts of both names are known: how the given and how the family names agree, 0 equal, 1 nearly, 2 not.
const fn parts(level: usize) -> Option<(usize, usize)> {
    Some(match level {
        FULL => (0, 0),
        OTHER_FORM | BY_INITIAL | GIVEN_MISSPELT => (1, 0),
        FAMILY_MISSPELT | FAMILY_IN_PART => (0, 1),
        BOTH_MISSPELT => (1, 1),
        GIVEN_ONLY => (0, 2),
        FAMILY_ONLY => (2, 0),
        FAMILY_NEAR_ONLY => (2, 1),
        GIVEN_NEAR_ONLY => (1, 2),
        NEITHER => (2, 2),
        _ => return None,
    })
}

/// A level is better than another one if one part agrees better and the other no worse. What one name alone says is
/// better or worse only than what one name alone says.
pub(super) fn outranks(better: usize, worse: usize) -> bool {
    match (parts(better), parts(worse)) {
        (Some(better), Some(worse)) => better != worse && better.0 <= worse.0 && better.1 <= worse.1,
        (None, Some(_)) => better == CROSSWISE && worse == NEITHER,
        (Some(_), None) => false,
        (None, None) => match better {
            FAMILY_ALONE => matches!(worse, OTHER_PLACE | ALONE_MISSPELT | PART_DIFFERS),
            OTHER_PLACE => matches!(worse, ALONE_MISSPELT | PART_DIFFERS),
            GIVEN_ALONE | ALONE_MISSPELT => worse == PART_DIFFERS,
            _ => false,
        },
    }
}

pub(super) fn rarity(fields: Name, level: usize) -> RareBy {
    match level {
        FULL => RareBy::One(fields.full),
        OTHER_FORM | GIVEN_MISSPELT | FAMILY_MISSPELT | FAMILY_IN_PART | BOTH_MISSPELT => {
            RareBy::Both(fields.given, fields.family)
        }
        GIVEN_ALONE | GIVEN_ONLY | GIVEN_NEAR_ONLY => RareBy::One(fields.given),
        _ => RareBy::One(fields.family),
    }
}

/// The levels of both parts that make up a level of names as one.
#[derive(Debug)]
pub(crate) struct NameLevels {
    pub(crate) given: RangeInclusive<usize>,
    pub(crate) family: RangeInclusive<usize>,
    by_family: bool,
}

impl NameLevels {
    pub(crate) fn of(level: usize) -> Option<Self> {
        let (given, family) = match level {
            OTHER_FORM => (FORM..=FORM, EQUAL..=EQUAL),
            BY_INITIAL => (INITIAL..=INITIAL, EQUAL..=EQUAL),
            GIVEN_MISSPELT => (NEARLY..=ALIKE, EQUAL..=EQUAL),
            FAMILY_MISSPELT => (EQUAL..=EQUAL, NEARLY..=ALIKE),
            FAMILY_IN_PART => (EQUAL..=EQUAL, FORM..=INITIAL),
            BOTH_MISSPELT => (FORM..=ALIKE, FORM..=ALIKE),
            _ => return None,
        };
        Some(Self { given, family, by_family: level == BY_INITIAL })
    }

    /// The bin of names in these bins.
    pub(crate) fn bin(&self, given: usize, family: usize) -> usize {
        if self.by_family { family } else { together(given, family) }
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
        OTHER_PLACE | ALONE_MISSPELT | PART_DIFFERS => (1.0 - given) * family + (1.0 - family) * given,
        _ => given * family,
    }
}

pub(super) fn compare(records: &Records, fields: Name, a: u32, b: u32, memos: &mut Memos) -> Slot {
    if records.has_one_name(a) || records.has_one_name(b) {
        return alone(records, fields, a, b);
    }
    let given_slot = best(records, fields.given, a, b, memos, GIVEN_VALUES);
    let family_slot = best(records, fields.family, a, b, memos, FAMILY_VALUES);
    let by_given = |level| rare(level, bin_of(given_slot));
    let by_family = |level| rare(level, bin_of(family_slot));
    let by_both = |level| by_both_bins(level, bin_of(given_slot), bin_of(family_slot));
    match (level(given_slot), level(family_slot)) {
        (EQUAL, EQUAL) => {
            let full = records.field(fields.full);
            let common = full.first(a).filter(|symbol| full.first(b) == Some(*symbol));
            common.map_or_else(|| by_family(FULL), |symbol| rare(FULL, full.bin(symbol)))
        }
        (FORM, EQUAL) => by_both(OTHER_FORM),
        (INITIAL, EQUAL) => by_family(BY_INITIAL),
        (NEARLY | ALIKE, EQUAL) => by_both(GIVEN_MISSPELT),
        (EQUAL, NEARLY | ALIKE) => by_both(FAMILY_MISSPELT),
        (EQUAL, FORM) => by_both(FAMILY_IN_PART),
        (EQUAL, INITIAL) => by_both_bins(FAMILY_IN_PART, bin_of(given_slot), 0),
        (FORM..=ALIKE, FORM..=ALIKE) => by_both(BOTH_MISSPELT),
        (MISSING.., MISSING..) => given_slot.min(family_slot),
        (MISSING.., EQUAL) => by_family(FAMILY_ALONE),
        (EQUAL, MISSING..) => by_given(GIVEN_ALONE),
        (MISSING.., FORM..=ALIKE) => by_family(ALONE_MISSPELT),
        (FORM..=ALIKE, MISSING..) => by_given(ALONE_MISSPELT),
        (MISSING.., _) | (_, MISSING..) => slot(PART_DIFFERS),
        _ if crosswise(records, fields, a, b) => slot(CROSSWISE),
        (EQUAL, _) if among_words(records, fields, a, b) => {
            by_both_bins(FAMILY_IN_PART, bin_of(given_slot), MIDDLE_BIN)
        }
        (EQUAL, _) => by_given(GIVEN_ONLY),
        (_, EQUAL) => by_family(FAMILY_ONLY),
        (_, FORM | NEARLY | ALIKE) => by_family(FAMILY_NEAR_ONLY),
        (FORM | NEARLY | ALIKE, _) => by_given(GIVEN_NEAR_ONLY),
        _ => slot(NEITHER),
    }
}

/// The bin that a family name among further names is taken to be in: a share of 1 in 1,024 of the records.
const MIDDLE_BIN: u8 = 4;

fn by_both_bins(level: usize, given: u8, family: u8) -> Slot {
    rare(level, together(usize::from(given), usize::from(family)) as u8)
}

fn bin_of(slot: Slot) -> u8 {
    slot % BINS as Slot
}

/// Compares two records of which at least one has one name only: with all names of the other.
fn alone(records: &Records, fields: Name, a: u32, b: u32) -> Slot {
    let (given, family) = (records.field(fields.given), records.field(fields.family));
    let known = |record| !given.of(record).is_empty() || !family.of(record).is_empty();
    match (known(a), known(b)) {
        (true, true) => {}
        (false, false) => return BOTH_MISSING,
        _ => return ONE_MISSING,
    }
    let mut found = slot(PART_DIFFERS);
    let mut consider = |candidate: Slot| found = better(found, candidate);
    for &x in family.of(a) {
        for &y in family.of(b) {
            let bin = family.bin(x).min(family.bin(y));
            match family_level(family.text(x), family.text(y)) {
                EQUAL => consider(rare(FAMILY_ALONE, bin)),
                FORM | NEARLY | ALIKE => consider(rare(ALONE_MISSPELT, bin)),
                _ => {}
            }
        }
    }
    for &x in given.of(a) {
        for &y in given.of(b) {
            let bin = given.bin(x).min(given.bin(y));
            match given_level(given.text(x), given.text(y)) {
                EQUAL => consider(rare(GIVEN_ALONE, bin)),
                FORM | NEARLY | ALIKE => consider(rare(ALONE_MISSPELT, bin)),
                _ => {}
            }
        }
    }
    for (x, y) in [(a, b), (b, a)] {
        for &g in given.of(x) {
            for &f in family.of(y) {
                let bin = given.bin(g).min(family.bin(f));
                match family_level(given.text(g), family.text(f)) {
                    EQUAL => consider(rare(OTHER_PLACE, bin)),
                    NEARLY | ALIKE => consider(rare(ALONE_MISSPELT, bin)),
                    _ => {}
                }
            }
        }
    }
    found
}

/// Whether the given name of each is the family name of the other.
fn crosswise(records: &Records, fields: Name, a: u32, b: u32) -> bool {
    let (given, family) = (records.field(fields.given), records.field(fields.family));
    let same = |g: Symbol, f: Symbol| given.sketch(g).same_text(family.sketch(f)) && given.text(g) == family.text(f);
    let equal = |x: u32, y: u32| given.of(x).iter().any(|g| family.of(y).iter().any(|f| same(*g, *f)));
    equal(a, b) && equal(b, a)
}

/// Whether the family name of one is among the further names of the other.
fn among_words(records: &Records, fields: Name, a: u32, b: u32) -> bool {
    let Some(words) = fields.words else { return false };
    let (words, family) = (records.field(words), records.field(fields.family));
    let within =
        |x: u32, y: u32| family.of(x).iter().any(|f| words.of(y).iter().any(|w| words.text(*w) == family.text(*f)));
    within(a, b) || within(b, a)
}
