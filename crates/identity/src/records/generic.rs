//! Values that say nothing because too many different people hold them: a switchboard, `test@test.com`.

use std::collections::BTreeSet;

use super::field::Field;
use super::layout::{Comparator, Layout};
use super::Symbol;

/// A mailbox, number or id that is held under more than this many different pairs of initials is generic. A household
/// stays below it; so does one person whose name is misspelt in many ways, since misspellings keep initials.
const MOST_NAMES: usize = 8;

/// Marks generic values. Whether a value is generic follows from the records alone: how many different names hold it.
pub(super) fn mark(layout: &Layout, fields: &mut [Field]) {
    let identifying: Vec<usize> = layout
        .comparisons()
        .iter()
        .filter_map(|comparison| match comparison.comparator {
            Comparator::Email(f) | Comparator::Phone(f) | Comparator::National(f) | Comparator::External(f) => {
                Some(f)
            }
            _ => None,
        })
        .collect();
    for field in identifying {
        let generic = generic_values(layout, fields, field);
        if let Some(field) = fields.get_mut(field) {
            generic.into_iter().for_each(|symbol| field.mark_generic(symbol));
        }
    }
}

fn generic_values(layout: &Layout, fields: &[Field], field: usize) -> Vec<Symbol> {
    let Some(values) = fields.get(field) else { return Vec::new() };
    let initial = |name: Option<usize>, record: u32| {
        let field = fields.get(name?)?;
        field.text(field.first(record)?).bytes().next()
    };
    let often: Vec<bool> = (0..values.distinct())
        .map(|symbol| Symbol::try_from(symbol).is_ok_and(|symbol| values.holders(symbol) as usize > MOST_NAMES))
        .collect();
    if !often.contains(&true) {
        return Vec::new();
    }
    let mut names: BTreeSet<(Symbol, Option<u8>, Option<u8>)> = BTreeSet::new();
    for record in 0..values.records() {
        for symbol in values.of(record) {
            if often.get(*symbol as usize) == Some(&true) {
                let initials = (initial(layout.given(), record), initial(layout.family(), record));
                if initials != (None, None) {
                    names.insert((*symbol, initials.0, initials.1));
                }
            }
        }
    }
    let mut generic = Vec::new();
    let names: Vec<Symbol> = names.into_iter().map(|(symbol, ..)| symbol).collect();
    for same in names.chunk_by(|a, b| a == b) {
        if let (true, Some(symbol)) = (same.len() > MOST_NAMES, same.first()) {
            generic.push(*symbol);
        }
    }
    generic
}
