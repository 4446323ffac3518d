//! [`Interner`]: each distinct text once, known by a number.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// The number of a distinct text within its interner.
pub(crate) type Symbol = u32;

/// Distinct texts, end to end in one buffer. Numbers are given in the order of first sight.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    text: String,
    ends: Vec<usize>,
    table: HashTable<Symbol>,
}

const HASHER: FixedState = FixedState::with_seed(0);

impl Interner {
    /// The symbol of a text, new or known.
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        let Self { text: all, ends, table } = self;
        let hash = HASHER.hash_one(text);
        let known = |symbol: &Symbol| resolve(all, ends, *symbol) == text;
        match table.entry(hash, known, |symbol| HASHER.hash_one(resolve(all, ends, *symbol))) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let symbol = Symbol::try_from(ends.len()).unwrap_or(Symbol::MAX);
                entry.insert(symbol);
                all.push_str(text);
                ends.push(all.len());
                symbol
            }
        }
    }

    /// The text of a symbol; empty for a number that this interner did not give.
    pub(crate) fn get(&self, symbol: Symbol) -> &str {
        resolve(&self.text, &self.ends, symbol)
    }

    /// The number of distinct texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

fn resolve<'a>(text: &'a str, ends: &[usize], symbol: Symbol) -> &'a str {
    let at = symbol as usize;
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(at).and_then(|end| text.get(start..*end)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_each_distinct_text_one_number() {
        let mut interner = Interner::default();
        let symbols: Vec<Symbol> = ["ada", "", "grace", "ada", ""].iter().map(|t| interner.intern(t)).collect();
        assert_eq!(symbols, [0, 1, 2, 0, 1]);
        assert_eq!((interner.get(2), interner.get(1), interner.len()), ("grace", "", 3));
        assert_eq!(interner.get(99), "");
    }
}
