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
        self.intern_hashed(text, HASHER.hash_one(text) as u32)
    }

    fn intern_hashed(&mut self, text: &str, hash: u32) -> Symbol {
        let Self { text: all, ends, table } = self;
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

    /// The symbols of many texts, in the order of the texts; as one after the other, but faster where the table is large.
    ///
    /// Waiting for memory is most of what looking a text up costs. So the steps are taken for all texts before the next
    /// step is taken for any: each is short, and the processor waits for many of them at once.
    pub(super) fn intern_all<'a>(
        &mut self,
        texts: impl Iterator<Item = &'a str> + Clone,
        room: &mut Vec<Guess>,
        mut take: impl FnMut(Symbol),
    ) {
        room.clear();
        room.extend(texts.clone().map(|text| Guess { hash: HASHER.hash_one(text) as u32, ..Guess::NONE }));
        for guess in room.iter_mut() {
            let known = self.table.find(spread(guess.hash), |(of, _)| *of == guess.hash);
            guess.symbol = known.map_or(Symbol::MAX, |(_, symbol)| *symbol);
        }
        for guess in room.iter_mut().filter(|guess| guess.symbol != Symbol::MAX) {
            (guess.start, guess.end) = bounds(&self.ends, guess.symbol);
        }
        for (text, guess) in texts.zip(room.iter()) {
            // A text that came up for the first time a moment ago is not among the guesses, nor is one of two with one hash.
            let right = guess.end > 0 && self.text.get(guess.start..guess.end) == Some(text);
            take(if right { guess.symbol } else { self.intern_hashed(text, guess.hash) });
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

    /// Forgets all texts but the first so many.
    pub(crate) fn truncate(&mut self, len: usize) {
        for symbol in (len..self.ends.len()).rev().filter_map(|symbol| Symbol::try_from(symbol).ok()) {
            let hash = HASHER.hash_one(self.get(symbol)) as u32;
            if let Ok(entry) = self.table.find_entry(spread(hash), |(_, of)| *of == symbol) {
                entry.remove();
            }
        }
        self.ends.truncate(len);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
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
    let (start, end) = bounds(ends, symbol);
    text.get(start..end).unwrap_or("")
}

/// Where the text of a symbol starts and ends.
fn bounds(ends: &[usize], symbol: Symbol) -> (usize, usize) {
    let at = symbol as usize;
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    (start, ends.get(at).copied().unwrap_or(0))
}

/// Which known text a text may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guess {
    hash: u32,
    symbol: Symbol,
    start: usize,
    end: usize,
}

impl Guess {
    const NONE: Self = Self { hash: 0, symbol: Symbol::MAX, start: 0, end: 0 };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a new text of the batch that is taken for unknown a second time, and a guess that is not held to the text.
    #[test]
    fn many_at_once_are_as_one_after_the_other() {
        let texts: Vec<String> = (0..2_000_u32).map(|n| (n.wrapping_mul(7919) % 700).to_string()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).chain(["", "a", ""]).collect();
        let (mut one, mut all) = (Interner::default(), Interner::default());
        let expected: Vec<Symbol> = texts.iter().map(|text| one.intern(text)).collect();
        let (mut symbols, mut room) = (Vec::new(), Vec::new());
        for part in texts.chunks(300) {
            all.intern_all(part.iter().copied(), &mut room, |symbol| symbols.push(symbol));
        }
        assert_eq!(symbols, expected);
        assert_eq!(all.len(), one.len());
    }

    #[test]
    fn gives_each_distinct_text_one_number() {
        let mut interner = Interner::default();
        let symbols: Vec<Symbol> = ["ada", "", "grace", "ada", ""].iter().map(|t| interner.intern(t)).collect();
        assert_eq!(symbols, [0, 1, 2, 0, 1]);
        assert_eq!((interner.get(2), interner.get(1), interner.len()), ("grace", "", 3));
        assert_eq!((interner.find("grace"), interner.find("alan")), (Some(2), None));
        assert_eq!(interner.get(99), "");
        interner.truncate(2);
        assert_eq!((interner.find("grace"), interner.intern("alan")), (None, 2));
    }
}
