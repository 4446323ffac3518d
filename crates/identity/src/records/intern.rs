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
    /// Symbols with a hash of their texts, so that a text is looked at only where its hash is right.
    table: HashTable<(u32, Symbol)>,
}

const HASHER: FixedState = FixedState::with_seed(0);

impl Interner {
    /// The symbol of a text, new or known.
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        let Self { text: all, ends, table } = self;
        let hash = HASHER.hash_one(text) as u32;
        let known = |(of, symbol): &(u32, Symbol)| *of == hash && resolve(all, ends, *symbol) == text;
        match table.entry(spread(hash), known, |(hash, _)| spread(*hash)) {
            Entry::Occupied(entry) => entry.get().1,
            Entry::Vacant(entry) => {
                let symbol = Symbol::try_from(ends.len()).unwrap_or(Symbol::MAX);
                entry.insert((hash, symbol));
                all.push_str(text);
                ends.push(all.len());
                symbol
            }
        }
    }

    /// The symbol of a known text.
    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        let hash = HASHER.hash_one(text) as u32;
        let known = |(of, symbol): &(u32, Symbol)| *of == hash && self.get(*symbol) == text;
        self.table.find(spread(hash), known).map(|(_, symbol)| *symbol)
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

/// The bits that are kept of a hash, over the whole width that the table looks at.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
        assert_eq!((interner.find("grace"), interner.find("alan")), (Some(2), None));
        assert_eq!(interner.get(99), "");
    }
}
