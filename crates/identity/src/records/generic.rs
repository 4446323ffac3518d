//! Values that say nothing because too many different people hold them: a switchboard, `test@test.com`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Comparator, Comparison, Layout, Records, Symbol};

/// A mailbox, number or id that is held under more than this many different pairs of initials is generic, where its
/// columns do not say otherwise. A household
/// stays below it; so does one person whose name is misspelt in many ways, since misspellings keep initials.
pub(super) const MOST_NAMES: usize = 8;

/// The first letters of the given and of the family name of a record.
pub(crate) type Initials = [Option<u8>; 2];

/// The fields whose values point at a party, and so can turn out to be generic.
pub(crate) fn identifying(layout: &Layout) -> Vec<usize> {
    let field = |comparison: &Comparison| match comparison.comparator {
        Comparator::Email(f) | Comparator::Phone(f) | Comparator::National(f) | Comparator::External(f) => Some(f),
        Comparator::Exclusive(f) if comparison.joins => Some(f),
        _ => None,
    };
    layout.comparisons().iter().filter_map(field).collect()
}

/// The initials of a record, if a name is known.
pub(crate) fn initials(records: &Records, record: u32) -> Option<Initials> {
    let initial = |name: Option<usize>| {
        let field = records.field(name?);
        field.text(field.first(record)?).bytes().next()
    };
    Some([records.layout.given(), records.layout.family()].map(initial)).filter(|initials| *initials != [None, None])
}

/// Takes generic values out of the records, and keeps them aside for explanations. Whether a value is generic follows
/// from the records alone: how many different names hold it.
pub(super) fn set_aside(records: &mut Records) {
    for field in identifying(&records.layout) {
        let generic = generic_values(records, field);
        if generic.is_empty() {
            continue;
        }
        let mut emptied = 0;
        for record in 0..records.len {
            let values = records.cells.of(record, field);
            let (out, kept): (Vec<Symbol>, Vec<Symbol>) = values.iter().partition(|symbol| generic.contains(symbol));
            if !out.is_empty() {
                emptied += u32::from(kept.is_empty());
                records.cells.replace(record, field, &kept);
                records.generic.insert((record, field), out);
            }
        }
        let values = &mut records.values[field];
        generic.iter().for_each(|symbol| values.discount(*symbol));
        values.discount_records(emptied);
    }
}

fn generic_values(records: &Records, field: usize) -> BTreeSet<Symbol> {
    let values = records.field(field);
    let most = records.layout.most_names(field);
    let often = |symbol: &Symbol| values.holders(*symbol) as usize > most;
    let mut names: BTreeMap<Symbol, BTreeSet<Initials>> =
        values.symbols().filter(often).map(|symbol| (symbol, BTreeSet::new())).collect();
    if names.is_empty() {
        return BTreeSet::new();
    }
    for record in 0..records.len {
        for symbol in values.of(record) {
            if let Some(names) = names.get_mut(symbol) {
                names.extend(initials(records, record));
            }
        }
    }
    names.into_iter().filter(|(_, names)| names.len() > most).map(|(symbol, _)| symbol).collect()
}
