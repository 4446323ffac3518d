//! [`among_strangers`]: how often strangers have the same mailbox, number or id.

use std::collections::BTreeMap;

use crate::records::generic::initials;
use crate::records::{Comparator, Records, Symbol};

/// Of fewer records the frequencies of mailboxes and numbers are those of parties, not of chance.
const FEW: usize = 500;

/// The share of strangers whose given and family names begin with other letters, both of them: the initials of two people are
/// the same once in ten or so.
const BOTH_DIFFER: f64 = 0.8;

/// How often two strangers have the same value of what points at one party. How often a value is seen does not tell: an id
/// that each party has in every record agrees by chance never, and yet as often as the parties recur. That two are strangers
/// is seen by names of which nothing agrees. Where no names are known on both sides it is as expected of such a value.
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
    let mut known = 0_u64;
    let mut by_value: BTreeMap<Symbol, BTreeMap<[u8; 2], u64>> = BTreeMap::new();
    let (values, count) = (records.field(field), u32::try_from(records.len()).unwrap_or(u32::MAX));
    for record in 0..count {
        let Some([Some(given), Some(family)]) = initials(records, record) else { continue };
        let own = values.of(record);
        known += u64::from(!own.is_empty());
        for symbol in own.iter().filter(|symbol| values.holders(**symbol) > 1) {
            *by_value.entry(*symbol).or_default().entry([given, family]).or_default() += 1;
        }
    }
    let strangers: f64 = by_value.values().map(pairs_apart).sum();
    let pairs = known as f64 * (known as f64 - 1.0) / 2.0;
    let expected = layout.chances().get(field).copied()?;
    Some(f64::max(expected, strangers / BOTH_DIFFER / f64::max(pairs, 1.0)))
}

/// How many pairs of those who hold a value have initials of which both differ.
fn pairs_apart(held: &BTreeMap<[u8; 2], u64>) -> f64 {
    let each = || held.iter();
    let apart = |a: &[u8; 2], b: &[u8; 2]| a[0] != b[0] && a[1] != b[1];
    let twice = each().map(|(a, n)| each().filter(|(b, _)| apart(a, b)).map(|(_, m)| n * m).sum::<u64>()).sum::<u64>();
    twice as f64 / 2.0
}
