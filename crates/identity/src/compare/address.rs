//! Postal addresses, judged as one: who lives in one street lives in one town.

use super::level::{BOTH_MISSING, ONE_MISSING, level, rare, slot};
use super::{Level, Memos, Slot, Values, best};
use crate::records::{self, Field, Records, Sketch, Symbol};
use crate::similarity::{jaro_winkler_within, osa_within};

/// People move; relatives share a house. Two houses of one street bear one number by chance once in fifty times.
pub(super) const LEVELS: &[Level] = &[
    Level::exact("same house", 0.56, 0.66).with_chance(0.02),
    Level::new("same house, written differently", 0.07, 0.000_2, 0.06),
    Level::exact("same street", 0.04, 0.03),
    Level::exact("same postal code", 0.05, 0.05),
    Level::new("postal code misspelt", 0.01, 0.000_5, 0.01),
    Level::exact("same town", 0.07, 0.06),
    Level::exact("town misspelt", 0.01, 0.01).with_chance(0.5),
    Level::new("neighbouring postal codes", 0.02, 0.005, 0.02),
    Level::new("different", 0.17, 0.97, 0.11),
];

const HOUSE: usize = 0;
const NEARLY: usize = 1;
const STREET: usize = 2;
const POSTCODE: usize = 3;
const POSTCODE_MISSPELT: usize = 4;
const CITY: usize = 5;
const CITY_MISSPELT: usize = 6;
const NEAR_POSTCODE: usize = 7;
const DIFFERENT: usize = 8;

/// Streets, postal codes and towns are better or worse each among their own; a house is better than all of them, and
/// nothing is worse than what is different.
pub(super) fn outranks(better: usize, worse: usize) -> bool {
    matches!(
        (better, worse),
        (HOUSE, _)
            | (_, DIFFERENT)
            | (POSTCODE, POSTCODE_MISSPELT | CITY | CITY_MISSPELT | NEAR_POSTCODE)
            | (NEARLY, STREET)
            | (POSTCODE_MISSPELT, NEAR_POSTCODE)
            | (CITY, CITY_MISSPELT)
    )
}

pub(super) fn rarity_field(fields: records::Address, level: usize) -> usize {
    match level {
        HOUSE | STREET => fields.street,
        POSTCODE => fields.postcode,
        _ => fields.city,
    }
}

pub(super) fn compare(records: &Records, fields: records::Address, a: u32, b: u32, memos: &mut Memos) -> Slot {
    let [streets, numbers, cities, postcodes] =
        [fields.street, fields.number, fields.city, fields.postcode].map(|field| records.field(field));
    let known = |record| [streets, cities, postcodes].iter().any(|field| !field.of(record).is_empty());
    match (known(a), known(b)) {
        (false, false) => return BOTH_MISSING,
        (true, true) => {}
        _ => return ONE_MISSING,
    }
    let street = best(records, fields.street, a, b, memos, STREETS);
    let number = agreement(numbers, a, b);
    let (postcode, city) = (agreement(postcodes, a, b), agreement(cities, a, b));
    // A place contradicts where both are known and neither postal code nor town agrees.
    let place = postcode == Some(true) || city == Some(true);
    let elsewhere = !place && (postcode == Some(false) || city == Some(false));
    if street < slot(DIFFERENT) && !elsewhere {
        let equal = level(street) == STREET;
        if number != Some(false) {
            let sure = equal && (number == Some(true) || street - slot(STREET) >= RARE_STREET);
            return if sure { street - slot(STREET) + slot(HOUSE) } else { slot(NEARLY) };
        }
        if equal {
            return street;
        }
    }
    // Of the values that the two share, the rarest.
    let shared = |field: Field<'_>, level| {
        let common = field.of(a).iter().filter(|x| field.of(b).contains(x));
        common.map(|x| rare(level, field.bin(*x))).max().unwrap_or(slot(DIFFERENT))
    };
    if postcode == Some(true) {
        return shared(postcodes, POSTCODE);
    }
    let nearness = best(records, fields.postcode, a, b, memos, POSTCODES);
    if nearness == slot(POSTCODE_MISSPELT) {
        return nearness;
    }
    if city == Some(true) {
        return shared(cities, CITY);
    }
    let town = best(records, fields.city, a, b, memos, CITIES);
    if town < slot(DIFFERENT) {
        return town;
    }
    if nearness < slot(DIFFERENT) {
        return nearness;
    }
    // Streets alone on one side, towns alone on the other: nothing can be said.
    if street >= ONE_MISSING && postcode.is_none() && city.is_none() { ONE_MISSING } else { slot(DIFFERENT) }
}

/// A street in this bin of frequency or a rarer one needs no number to point at a house: fewer than 1 in 4,096 name it.
const RARE_STREET: u8 = 6;

/// Similarity from which street names are one name misspelt.
const CLOSE: f64 = 0.92;

const STREETS: Values = Values { glance: name_glance, read: street_values };
const CITIES: Values = Values { glance: name_glance, read: city_values };
const POSTCODES: Values = Values { glance: postcode_glance, read: postcode_values };

/// The Jaro similarity that a Jaro–Winkler similarity of [`CLOSE`] needs, with a common prefix of four letters.
const LEAST_JARO: f64 = (CLOSE - 0.4) / 0.6;

fn name_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    (!x.within_jaro(y, LEAST_JARO) && !x.within_edits(y, 1)).then_some(slot(DIFFERENT))
}

fn postcode_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    let alike = (x.extra() ^ y.extra()).leading_zeros() / 8;
    (2 * alike < x.length().max(y.length()) && !x.within_edits(y, 1)).then_some(slot(DIFFERENT))
}

fn street_values(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        rare(STREET, field.bin(x))
    } else if jaro_winkler_within(field.text(x), field.text(y), CLOSE).is_some() {
        slot(POSTCODE)
    } else {
        slot(DIFFERENT)
    }
}

/// Two postal codes that are not equal. Codes are given out by district, so those that begin alike are near each other.
fn postcode_values(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    let (a, b) = (field.text(x), field.text(y));
    if a.len().min(b.len()) < 4 {
        return slot(DIFFERENT);
    }
    if osa_within(a, b, 1).is_some() {
        return slot(POSTCODE_MISSPELT);
    }
    let alike = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    slot(if 2 * alike >= a.len().max(b.len()) { NEAR_POSTCODE } else { DIFFERENT })
}

fn city_values(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    let (a, b) = (field.text(x), field.text(y));
    let near =
        jaro_winkler_within(a, b, CLOSE).is_some() || (a.len().min(b.len()) >= 4 && osa_within(a, b, 1).is_some());
    if near { rare(CITY_MISSPELT, field.bin(x).min(field.bin(y))) } else { slot(DIFFERENT) }
}

/// Whether two records share a value of a field; `None` if either has none.
fn agreement(field: Field<'_>, a: u32, b: u32) -> Option<bool> {
    let (a, b) = (field.of(a), field.of(b));
    (!a.is_empty() && !b.is_empty()).then(|| a.iter().any(|x| b.contains(x)))
}
