//! [`among_strangers`]: how often strangers have the same mailbox, number or id.

use std::collections::BTreeMap;

use crate::records::{Comparator, Records, Symbol};

/// Of fewer records the frequencies of mailboxes and numbers are those of parties, not of chance.
const FEW: usize = 500;

/// So many numbers, or ids of one other system, a party may have.
const MOST_OF_ONE: usize = 3;

/// How often two strangers have the same value of what points at one party. How often a value is seen does not tell: an id
/// that each party has in every record agrees by chance never, and yet as often as the parties recur. That two are strangers
/// is seen by given and family names of which neither agrees, by another mailbox or account, or by more numbers or ids of other
/// systems than one party has. Where nothing of the kind is known it is as expected of such a value.
///
/// `None` of what does not point at one party, and of mailboxes and numbers of many records, which families share and whose
/// frequencies tell enough.
pub(super) fn among_strangers(records: &Records, comparator: Comparator) -> Option<f64> {
    let layout = records.layout();
    let field = match comparator {
        Comparator::National(field) | Comparator::External(field) | Comparator::Exclusive(field) => field,
        Comparator::Email(field) | Comparator::Phone(field) if layout.given().is_some() && records.len() < FEW => field,
        _ => return None,
    };
    let name = |part: Option<usize>, record| records.field(part?).first(record);
    let names = holders(records, field, |record| Some([name(layout.given(), record)?, name(layout.family(), record)?]));
    let mut most = names.chance(names_differ);
    let telling = |comparator| match comparator {
        Comparator::Email(f) | Comparator::National(f) | Comparator::Exclusive(f) => Some((f, 1)),
        Comparator::Phone(f) | Comparator::External(f) => Some((f, MOST_OF_ONE)),
        _ => None,
    };
    let others = layout.comparisons().iter().filter_map(|comparison| telling(comparison.comparator));
    for (other, of_one) in others.filter(|(other, _)| *other != field) {
        let values = records.field(other);
        let others = holders(records, field, |record| values.of(record).first().copied());
        most = most.max(others.chance(|held| if held.len() > of_one { values_differ(held) } else { 0.0 }));
    }
    Some(most.max(layout.chances().get(field).copied()?))
}

/// Who holds each value that several records hold, by another thing that is known of them.
struct Holders<T> {
    by_value: BTreeMap<Symbol, BTreeMap<T, u64>>,
    /// How many records have a value, and that other thing.
    known: u64,
}

fn holders<T: Ord>(records: &Records, field: usize, known_by: impl Fn(u32) -> Option<T>) -> Holders<T> {
    let (values, count) = (records.field(field), u32::try_from(records.len()).unwrap_or(u32::MAX));
    let mut holders = Holders { by_value: BTreeMap::new(), known: 0 };
    for record in (0..count).filter(|record| !values.of(*record).is_empty()) {
        let Some(known) = known_by(record) else { continue };
        holders.known += 1;
        // Few records hold more than one value; the first speaks for them.
        if let Some(symbol) = values.of(record).iter().find(|symbol| values.holders(**symbol) > 1) {
            *holders.by_value.entry(*symbol).or_default().entry(known).or_default() += 1;
        }
    }
    holders
}

impl<T> Holders<T> {
    /// The share of all pairs who hold one value and are strangers.
    fn chance(&self, strangers: impl Fn(&BTreeMap<T, u64>) -> f64) -> f64 {
        self.by_value.values().map(strangers).sum::<f64>() / f64::max(pairs(self.known), 1.0)
    }
}

/// How many pairs have other given names and other family names.
fn names_differ(held: &BTreeMap<[Symbol; 2], u64>) -> f64 {
    let mut parts: [BTreeMap<Symbol, u64>; 2] = Default::default();
    for (name, count) in held {
        parts.iter_mut().zip(name).for_each(|(of_part, symbol)| *of_part.entry(*symbol).or_default() += count);
    }
    let [given, family] = parts;
    pairs(held.values().sum()) - equal(given.values()) - equal(family.values()) + equal(held.values())
}

/// How many pairs have different values.
fn values_differ(held: &BTreeMap<Symbol, u64>) -> f64 {
    pairs(held.values().sum()) - equal(held.values())
}

fn equal<'a>(counts: impl Iterator<Item = &'a u64>) -> f64 {
    counts.map(|count| pairs(*count)).sum()
}

fn pairs(count: u64) -> f64 {
    count as f64 * (count as f64 - 1.0) / 2.0
}
