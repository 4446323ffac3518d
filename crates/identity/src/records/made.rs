//! Mailboxes that are made of a person's name: they repeat the name, and say little beyond it.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use super::layout::Comparator;
use super::{Records, Symbol};

/// Shortest part of a mailbox that counts as a name.
const SHORTEST: usize = 3;

/// A provider with more than this share of all mailboxes says nothing of who somebody is.
const COMMON: f64 = 0.01;

/// Marks the mailboxes at common providers whose local part is made of names that people of these records bear: `ada.byron`, `abyron7`.
pub(super) fn mark(records: &mut Records) {
    let names: Vec<usize> = [records.layout.given(), records.layout.family()].into_iter().flatten().collect();
    let mailboxes: Vec<usize> = records
        .comparisons()
        .iter()
        .filter_map(|comparison| if let Comparator::Email(field) = comparison.comparator { Some(field) } else { None })
        .collect();
    if names.is_empty() || mailboxes.is_empty() {
        return;
    }
    let mut known: HashSet<&str, FixedState> = HashSet::default();
    for field in names {
        let values = &records.values[field];
        known.extend(values.symbols().flat_map(|name| values.text(name).split(' ')).filter(|t| t.len() >= SHORTEST));
    }
    let marks: Vec<(usize, Vec<Symbol>)> = mailboxes
        .into_iter()
        .map(|field| {
            let values = &records.values[field];
            let provider = |symbol: Symbol| values.text(symbol).split_once('@').map_or("", |(_, provider)| provider);
            let mut held: HashMap<&str, u32, FixedState> = HashMap::default();
            values.symbols().for_each(|symbol| *held.entry(provider(symbol)).or_default() += values.holders(symbol));
            let all = f64::from(held.values().sum::<u32>());
            let common = |symbol: Symbol| f64::from(held.get(provider(symbol)).copied().unwrap_or(0)) > COMMON * all;
            let marked = values.symbols().filter(|symbol| common(*symbol) && is_made_of(values.text(*symbol), &known));
            (field, marked.collect())
        })
        .collect();
    for (field, symbols) in marks {
        records.values[field].mark(&symbols);
    }
}

/// Whether the part of a mailbox before the `@` holds a known name, perhaps with an initial before or after it.
fn is_made_of(mailbox: &str, names: &HashSet<&str, FixedState>) -> bool {
    let local = mailbox.split('@').next().unwrap_or("");
    local.split(|letter: char| !letter.is_alphabetic()).filter(|part| part.len() >= SHORTEST).any(|part| {
        let without = |cut: Option<&str>| cut.is_some_and(|name| name.len() >= SHORTEST && names.contains(name));
        let second = part.char_indices().nth(1).map(|(at, _)| at);
        let last = part.char_indices().next_back().map(|(at, _)| at);
        names.contains(part)
            || without(second.and_then(|at| part.get(at..)))
            || without(last.and_then(|at| part.get(..at)))
            || part.char_indices().skip(SHORTEST).any(|(at, _)| {
                part.get(..at).is_some_and(|name| names.contains(name))
                    && part.get(at..).is_some_and(|name| names.contains(name))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_mailboxes() {
        let names: HashSet<&str, FixedState> = ["ada", "byron"].into_iter().collect();
        for mailbox in ["ada.x@y.z", "abyron7@y.z", "byrona@y.z", "adabyron@y.z", "x_byron99@y.z"] {
            assert!(is_made_of(mailbox, &names), "{mailbox}");
        }
        for mailbox in ["sunny88@y.z", "ab@y.z", "adabyro@y.z", "q@byron.z"] {
            assert!(!is_made_of(mailbox, &names), "{mailbox}");
        }
    }
}
