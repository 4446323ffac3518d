//! Compare: from two records to the level at which they agree in each respect.
//!
//! A comparison has ordered levels, the first that holds is taken. Where a record has several values the best pair of
//! values counts. Agreement on a value is split by how rare the value is. That nothing is known on one side and on
//! both sides are levels of their own.

mod address;
mod birth;
mod contact;
pub(crate) mod level;
mod memo;
mod name;
mod name_part;
mod place;
mod quantity;
mod text;

pub(crate) use level::{Kinship, Level, RareBy, Slot};
pub(crate) use memo::Memos;
pub(crate) use name::NameLevels;
pub(crate) use name_part::{NamePart, best_name};

use crate::records::{Comparator, Field, Records, Sketch, Symbol};
use level::{BOTH_MISSING, ONE_MISSING};

impl Comparator {
    /// The levels, best first, without the two that say what is missing.
    pub(crate) fn levels(self) -> &'static [Level] {
        match self {
            Comparator::Name(_) => name::LEVELS,
            Comparator::Given(_) => name_part::GIVEN,
            Comparator::Family(_) => name_part::FAMILY,
            Comparator::Birth(_) => birth::LEVELS,
            Comparator::Email(_) => contact::EMAIL,
            Comparator::Phone(_) => contact::PHONE,
            Comparator::Address(_) => address::LEVELS,
            Comparator::Place(_) => place::LEVELS,
            Comparator::National(_) => contact::NATIONAL,
            Comparator::External(_) => contact::EXTERNAL,
            Comparator::Exclusive(_) => contact::EXCLUSIVE,
            Comparator::Company(_) => text::COMPANY,
            Comparator::Url(_) => contact::URL,
            Comparator::Gender(_) => text::GENDER,
            Comparator::Text(_) => text::TEXT,
            Comparator::Words(_) => name_part::WORDS,
            Comparator::Number(_) => quantity::NUMBER,
            Comparator::Day(_) => quantity::DAY,
        }
    }

    /// The level at which two records agree.
    pub(crate) fn compare(self, records: &Records, a: u32, b: u32, memos: &mut Memos) -> Slot {
        let mut best = |field: usize, values: Values| best(records, field, a, b, memos, values);
        match self {
            Comparator::Name(fields) => name::compare(records, fields, a, b, memos),
            Comparator::Given(field) => best(field, name_part::GIVEN_VALUES),
            Comparator::Family(field) => best(field, name_part::FAMILY_VALUES),
            Comparator::Birth(field) => best(field, birth::VALUES),
            Comparator::Email(field) => best(field, contact::EMAIL_VALUES),
            Comparator::Phone(field) => best(field, contact::PHONE_VALUES),
            Comparator::Address(fields) => address::compare(records, fields, a, b, memos),
            Comparator::Place(fields) => place::compare(records, fields, a, b),
            Comparator::National(field) => best(field, contact::NATIONAL_VALUES),
            Comparator::External(field) | Comparator::Exclusive(field) => best(field, contact::EXTERNAL_VALUES),
            Comparator::Company(field) => best(field, text::COMPANY_VALUES),
            Comparator::Url(field) => best(field, contact::URL_VALUES),
            Comparator::Gender(field) => best(field, text::GENDER_VALUES),
            Comparator::Text(field) => best(field, text::TEXT_VALUES),
            Comparator::Words(field) => best(field, name_part::WORD_VALUES),
            Comparator::Number(field) => best(field, quantity::NUMBER_VALUES),
            Comparator::Day(field) => best(field, quantity::DAY_VALUES),
        }
    }

    /// The fields that are compared, in the order in which people read them.
    pub(crate) fn fields(self) -> Vec<usize> {
        match self {
            Comparator::Name(name) => vec![name.given, name.family],
            Comparator::Address(address) => vec![address.number, address.street, address.postcode, address.city],
            Comparator::Place(place) => vec![place.latitude, place.longitude],
            Comparator::Birth(field)
            | Comparator::Email(field)
            | Comparator::Phone(field)
            | Comparator::National(field)
            | Comparator::External(field)
            | Comparator::Exclusive(field)
            | Comparator::Company(field)
            | Comparator::Url(field)
            | Comparator::Gender(field)
            | Comparator::Given(field)
            | Comparator::Family(field)
            | Comparator::Text(field)
            | Comparator::Words(field)
            | Comparator::Number(field)
            | Comparator::Day(field) => vec![field],
        }
    }

    /// By level: the values whose frequencies say what agreement at this level is worth, if it is split by rarity.
    pub(crate) fn rarity(self, level: usize) -> Option<RareBy> {
        self.levels().get(level).filter(|level| level.by_rarity)?;
        Some(match self {
            Comparator::Name(fields) => name::rarity(fields, level),
            Comparator::Address(fields) => RareBy::One(address::rarity_field(fields, level)),
            _ => RareBy::One(*self.fields().first()?),
        })
    }

    /// Whether agreement at a level is better than at another one further down, whatever is compared. Levels are listed
    /// best first, but some answer different questions: an initial that agrees is neither better nor worse than a name
    /// misspelt.
    pub(crate) fn outranks(self, better: usize, worse: usize) -> bool {
        better < worse
            && worse < self.levels().len()
            && match self {
                Comparator::Name(_) => name::outranks(better, worse),
                Comparator::Given(_) | Comparator::Family(_) => name_part::outranks(better, worse),
                Comparator::Birth(_) => birth::outranks(better, worse),
                Comparator::Address(_) => address::outranks(better, worse),
                Comparator::Text(_) => text::outranks(worse),
                Comparator::Number(_) => quantity::outranks_number(better, worse),
                Comparator::Day(_) => worse != quantity::DAY.len() - 1,
                _ => true,
            }
    }

    /// Whether a level is equality in one value, so that how many records hold each value counts all pairs that agree
    /// at it, those of one party among them.
    pub(crate) fn counts_all(self, level: usize) -> bool {
        let equality = |level: &Level| level.by_rarity && level.u > 0.9 && level.u <= 1.0;
        self.levels().get(level).is_some_and(equality) && matches!(self.rarity(level), Some(RareBy::One(_)))
    }

    /// How often two records are such that a level can come up, where that depends on what is known of them.
    pub(crate) fn presence(self, records: &Records, level: usize) -> f64 {
        match self {
            Comparator::Name(fields) => name::presence(records, fields, level),
            _ => 1.0,
        }
    }

    /// Whether a level tells two parties for certain.
    pub(crate) fn forbids(self, slot: Slot) -> bool {
        matches!(self, Comparator::Exclusive(_)) && level::level(slot) == contact::EXCLUSIVE_DIFFERENT
    }

    /// Whether agreement follows from having one name.
    pub(crate) fn follows_from_the_name(self) -> bool {
        matches!(
            self,
            Comparator::Name(_)
                | Comparator::Given(_)
                | Comparator::Family(_)
                | Comparator::Gender(_)
                | Comparator::Words(_)
        )
    }

    /// Why relatives agree in this respect.
    pub(crate) fn kinship(self) -> Kinship {
        match self {
            Comparator::Family(_)
            | Comparator::Address(_)
            | Comparator::Place(_)
            | Comparator::Email(_)
            | Comparator::Phone(_) => Kinship::Shared,
            Comparator::Name(_) => Kinship::Names,
            Comparator::Text(_) | Comparator::Number(_) | Comparator::Day(_) => Kinship::Perhaps,
            Comparator::Given(_) | Comparator::Words(_) | Comparator::Company(_) | Comparator::Url(_) => {
                Kinship::Rarely { share: 0.05 }
            }
            Comparator::Birth(_) => Kinship::Rarely { share: TWINS },
            Comparator::Gender(_) => Kinship::Rarely { share: 0.0 },
            Comparator::National(_) | Comparator::External(_) | Comparator::Exclusive(_) => {
                Kinship::Rarely { share: 0.000_5 }
            }
        }
    }

    /// The levels among which it is learned how relatives agree, though how many agree at one of them is not: for names,
    /// those that tell how the family names agree where the given names do not, or are not known.
    pub(crate) fn family_levels(self) -> [&'static [usize]; 2] {
        match self {
            Comparator::Name(_) => name::FAMILY_LEVELS,
            _ => [&[], &[]],
        }
    }
}

/// The share of relatives who were born on one day. About three births in a hundred are of twins (National Vital
/// Statistics Reports, United States); `docs/accuracy.md` says what others gave.
const TWINS: f64 = 0.03;

/// The levels at which two records agree, one a comparison.
pub(crate) fn levels<'a>(
    records: &'a Records,
    a: u32,
    b: u32,
    memos: &'a mut Memos,
) -> impl Iterator<Item = Slot> + 'a {
    records.comparisons().iter().map(move |comparison| comparison.comparator.compare(records, a, b, memos))
}

/// How two values of a field compare.
#[derive(Clone, Copy)]
struct Values {
    /// What their sketches say, if that is enough: of most different values it is.
    glance: fn(Sketch, Sketch) -> Option<Slot>,
    /// What their texts say.
    read: fn(Field<'_>, Symbol, Symbol) -> Slot,
}

/// Sketches that say nothing.
fn no_glance(_: Sketch, _: Sketch) -> Option<Slot> {
    None
}

/// The best slot over all pairs of values; lower is better and, within a level, a higher bin (a rarer value) is.
fn best(records: &Records, at: usize, a: u32, b: u32, memos: &mut Memos, compare: Values) -> Slot {
    let field = records.field(at);
    let (a, b) = (field.of(a), field.of(b));
    let mut best: Option<Slot> = None;
    for &x in a {
        for &y in b {
            let slot = if x == y {
                (compare.read)(field, x, y)
            } else {
                let glance = (compare.glance)(field.sketch(x), field.sketch(y));
                glance.unwrap_or_else(|| memos.of(at).get(x, y, || in_order(field, x, y, compare.read)))
            };
            best = Some(best.map_or(slot, |best| better(best, slot)));
        }
    }
    best.unwrap_or(if a.is_empty() && b.is_empty() { BOTH_MISSING } else { ONE_MISSING })
}

/// Compares in the order of the texts: Jaro can differ with the order of its arguments, and the order of rows must not
/// show.
fn in_order(field: Field<'_>, x: Symbol, y: Symbol, compare: fn(Field<'_>, Symbol, Symbol) -> Slot) -> Slot {
    if field.text(x) <= field.text(y) { compare(field, x, y) } else { compare(field, y, x) }
}

/// The better of two slots: the better level, then the rarer value.
fn better(a: Slot, b: Slot) -> Slot {
    match level::level(a).cmp(&level::level(b)) {
        std::cmp::Ordering::Less => a,
        std::cmp::Ordering::Greater => b,
        std::cmp::Ordering::Equal => a.max(b),
    }
}
