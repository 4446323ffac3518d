//! Mailboxes that are made of a person's name: they repeat the name, and say little beyond it.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::FixedState;

use super::layout::Comparator;
use super::named::Names;
use super::terms::FEWEST_COUNTED;
use super::{Records, Symbol};

/// Shortest part of a mailbox that counts as a name.
const SHORTEST: usize = 3;

/// A provider with more than this share of all mailboxes says nothing of who somebody is.
const COMMON: f64 = 0.01;

/// Names as they stand in mailboxes, word by word.
pub(super) type KnownNames = HashSet<String, FixedState>;

/// The words of names that are long enough to be told in a mailbox.
pub(super) fn words<'a>(names: impl Iterator<Item = &'a str>) -> KnownNames {
    names.flat_map(|name| name.split(' ')).filter(|word| word.len() >= SHORTEST).map(str::to_owned).collect()
}

/// The names that many people of these records bear, who differ in the rest of their names.
pub(super) fn frequent_names(records: &Records) -> KnownNames {
    let fields = [records.layout.given(), records.layout.family()].into_iter().flatten().map(|at| &records.values[at]);
    let frequent = fields.flat_map(|values| {
        values.symbols().filter(|symbol| values.is_named(*symbol)).map(|symbol| values.text(symbol))
    });
    words(frequent)
}

/// The providers of many of the mailboxes, and of people of different names.
pub(super) fn common_providers(records: &Records, initials: &[u16]) -> BTreeSet<String> {
    let Some(field) = mailboxes(records) else { return BTreeSet::new() };
    let values = &records.values[field];
    let mut held: HashMap<&str, u32, FixedState> = HashMap::default();
    values
        .symbols()
        .for_each(|symbol| *held.entry(provider(values.text(symbol))).or_default() += values.holders(symbol));
    let all = f64::from(held.values().sum::<u32>());
    held.retain(|_, held| *held >= FEWEST_COUNTED && f64::from(*held) > COMMON * all);
    let held: Vec<&str> = held.into_keys().collect();
    let places: HashMap<&str, u32, FixedState> = held.iter().copied().zip(0..).collect();
    // By mailbox, so that none is taken apart twice.
    let at: Vec<Option<u32>> =
        values.symbols().map(|symbol| places.get(provider(values.text(symbol))).copied()).collect();
    let mut names = vec![Names::default(); held.len()];
    for (record, initials) in (0_u32..).zip(initials) {
        for symbol in records.cells.of(record, field) {
            let place = at.get(*symbol as usize).copied().flatten();
            if let Some(names) = place.and_then(|place| names.get_mut(place as usize)) {
                names.add(*initials);
            }
        }
    }
    let common = held.into_iter().zip(names).filter(|(_, names)| names.are_enough());
    common.map(|(provider, _)| provider.to_owned()).collect()
}

/// Marks the mailboxes at these providers whose local part is made of known names: `ada.byron`, `abyron7`.
pub(super) fn mark(records: &mut Records, providers: &BTreeSet<String>, known: &KnownNames) {
    let Some(field) = mailboxes(records) else { return };
    let values = &records.values[field];
    let marked: Vec<Symbol> =
        values.symbols().filter(|symbol| is_made_of_name(values.text(*symbol), providers, known)).collect();
    records.values[field].mark(&marked);
}

/// Whether a mailbox is at one of these providers, and its local part is made of known names.
pub(super) fn is_made_of_name(mailbox: &str, providers: &BTreeSet<String>, known: &KnownNames) -> bool {
    providers.contains(provider(mailbox)) && is_made_of(mailbox, known)
}

/// The field of the mailboxes.
fn mailboxes(records: &Records) -> Option<usize> {
    records.comparisons().iter().find_map(|comparison| match comparison.comparator {
        Comparator::Email(field) => Some(field),
        _ => None,
    })
}

fn provider(mailbox: &str) -> &str {
    mailbox.split_once('@').map_or("", |(_, provider)| provider)
}

/// Whether the part of a mailbox before the `@` holds a known name, perhaps with an initial before or after it.
fn is_made_of(mailbox: &str, names: &KnownNames) -> bool {
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
        let names = words(["ada", "byron"].into_iter());
        for mailbox in ["ada.x@y.z", "abyron7@y.z", "byrona@y.z", "adabyron@y.z", "x_byron99@y.z"] {
            assert!(is_made_of(mailbox, &names), "{mailbox}");
        }
        for mailbox in ["sunny88@y.z", "ab@y.z", "adabyro@y.z", "q@byron.z"] {
            assert!(!is_made_of(mailbox, &names), "{mailbox}");
        }
    }
}
