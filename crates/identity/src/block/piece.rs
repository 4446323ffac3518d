//! [`Pieces`]: what of a record's values goes into blocking keys, hashed once for each distinct value.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use onefold_fact::standard::name::canonical_given;
use rayon::prelude::*;

use crate::records::{Field, Records, Symbol};

/// Something of the values of one field, or of several fields that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// How people call it.
    pub(super) name: String,
    pub(super) fields: Vec<usize>,
    pub(super) take: Take,
}

/// What of a value is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// The whole value.
    Whole,
    /// The first letters.
    Start(usize),
    /// The last letters.
    End(usize),
    /// The first half, the middle letter included.
    Half,
    /// The given name that this is a form of.
    Canonical,
    /// How it sounds.
    Sound,
    /// Each word of it.
    Words,
    /// What stands before the `@`.
    Local,
}

/// Shortest word that is a piece of its own.
const SHORTEST_WORD: usize = 3;

impl Take {
    /// Calls `take` with each piece of a value.
    pub(super) fn each(self, field: Field<'_>, symbol: Symbol, mut take: impl FnMut(&str)) {
        let text = field.text(symbol);
        let first = || text.split(' ').next().unwrap_or(text);
        match self {
            Take::Whole => take(text),
            Take::Start(letters) => {
                let end = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
                take(&text[..end]);
            }
            Take::End(letters) => {
                let start = text.char_indices().rev().nth(letters.saturating_sub(1)).map_or(0, |(at, _)| at);
                take(&text[start..]);
            }
            Take::Half => {
                let letters = text.chars().count().div_ceil(2);
                let end = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
                take(&text[..end]);
            }
            Take::Canonical => take(canonical_given(first())),
            Take::Sound => take(&sound(text)),
            Take::Words => text.split(' ').filter(|word| word.len() >= SHORTEST_WORD).for_each(take),
            Take::Local => text.split('@').next().into_iter().for_each(take),
        }
    }
}

/// How a name sounds, roughly: its first letter and the classes of its consonants, vowels left out, repeats once. A
/// longer Soundex (Russell 1918) with its classes, of up to six digits.
fn sound(name: &str) -> String {
    let class = |letter: u8| match letter {
        b'b' | b'f' | b'p' | b'v' | b'w' => b'1',
        b'c' | b'g' | b'j' | b'k' | b'q' | b's' | b'x' | b'z' => b'2',
        b'd' | b't' => b'3',
        b'l' => b'4',
        b'm' | b'n' => b'5',
        b'r' => b'6',
        _ => 0,
    };
    let mut code = String::with_capacity(8);
    let mut last = 0;
    for (i, letter) in name.bytes().filter(u8::is_ascii_alphanumeric).enumerate() {
        let class = class(letter);
        if i == 0 {
            // Letters that open a name alike: Catherine and Katherine, Philip and Filip.
            code.push(match letter {
                b'c' | b'q' => 'k',
                b'p' if name.as_bytes().get(1) == Some(&b'h') => 'f',
                b'v' => 'w',
                b'z' => 's',
                b'y' => 'i',
                other => char::from(other),
            });
        } else if class != 0 && class != last && code.len() < 7 {
            code.push(char::from(class));
        }
        // A vowel between two letters of one class lets both count; h and w do not.
        if !matches!(letter, b'h' | b'w') {
            last = class;
        }
    }
    code
}

/// Where the hashes of the pieces of records come from.
pub(super) trait HashedPieces {
    /// Calls `each` with the hash of each piece of a record.
    fn each(&self, records: &Records, piece: usize, record: u32, each: impl FnMut(u64));
}

/// Pieces that are hashed when they are asked for.
impl HashedPieces for [Piece] {
    fn each(&self, records: &Records, piece: usize, record: u32, mut each: impl FnMut(u64)) {
        let Some(piece) = self.get(piece) else { return };
        for field in piece.fields.iter().map(|field| records.field(*field)) {
            for symbol in field.of(record) {
                piece.take.each(field, *symbol, |piece| each(HASHER.hash_one(piece)));
            }
        }
    }
}

/// The pieces of all values, hashed.
#[derive(Debug)]
pub(super) struct Pieces(Vec<Vec<Hashes>>);

impl HashedPieces for Pieces {
    fn each(&self, records: &Records, piece: usize, record: u32, mut each: impl FnMut(u64)) {
        for hashes in self.0.get(piece).into_iter().flatten() {
            for &symbol in records.field(hashes.field).of(record) {
                hashes.of_symbol(symbol).iter().for_each(|hash| each(*hash));
            }
        }
    }
}

/// By symbol of a field: the hashes of its pieces.
#[derive(Debug)]
struct Hashes {
    field: usize,
    hashes: Vec<u64>,
    /// Where the hashes of each symbol end; empty where each has just one.
    ends: Vec<u32>,
}

const HASHER: FixedState = FixedState::with_seed(1);

impl Pieces {
    pub(super) fn of(records: &Records, pieces: &[Piece]) -> Self {
        let of = |piece: &Piece| piece.fields.iter().map(|field| Hashes::of(records, *field, piece.take)).collect();
        Self(pieces.par_iter().map(of).collect())
    }

    /// How many values there are that a piece is taken of.
    pub(super) fn distinct(&self, piece: usize) -> usize {
        self.0.get(piece).into_iter().flatten().map(|hashes| hashes.hashes.len()).sum()
    }

    /// The records that have a piece whose hash is drawn.
    pub(super) fn drawn(&self, records: &Records, piece: usize, draw: impl Fn(u64) -> bool) -> Vec<u32> {
        // Which values have one is found out once for each, and looked up in little memory.
        let of_values = |hashes: &Hashes| -> Vec<bool> {
            let field = records.field(hashes.field);
            field.symbols().map(|symbol| hashes.of_symbol(symbol).iter().any(|hash| draw(*hash))).collect()
        };
        let drawn: Vec<(usize, Vec<bool>)> =
            self.0.get(piece).into_iter().flatten().map(|hashes| (hashes.field, of_values(hashes))).collect();
        let is_drawn = |record: &u32| {
            drawn.iter().any(|(field, drawn)| {
                records.field(*field).of(*record).iter().any(|symbol| drawn.get(*symbol as usize) == Some(&true))
            })
        };
        (0..u32::try_from(records.len()).unwrap_or(u32::MAX)).filter(is_drawn).collect()
    }

    /// Calls `each` with each piece of each value, and how many records hold the value.
    pub(super) fn held(&self, records: &Records, piece: usize, mut each: impl FnMut(u64, u32)) {
        for hashes in self.0.get(piece).into_iter().flatten() {
            let field = records.field(hashes.field);
            for symbol in field.symbols() {
                hashes.of_symbol(symbol).iter().for_each(|hash| each(*hash, field.holders(symbol)));
            }
        }
    }
}

impl Hashes {
    fn of(records: &Records, field: usize, take: Take) -> Self {
        let values = records.field(field);
        let (mut hashes, mut ends) = (Vec::new(), Vec::new());
        for symbol in values.symbols() {
            take.each(values, symbol, |piece| hashes.push(HASHER.hash_one(piece)));
            if matches!(take, Take::Words) {
                ends.push(u32::try_from(hashes.len()).unwrap_or(u32::MAX));
            }
        }
        Self { field, hashes, ends }
    }

    fn of_symbol(&self, symbol: Symbol) -> &[u64] {
        let at = symbol as usize;
        if self.ends.is_empty() {
            return self.hashes.get(at..=at).unwrap_or(&[]);
        }
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.hashes.get(start as usize..*end as usize)).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_alike_have_one_code() {
        for (a, b) in [("catherine", "katherine"), ("meyer", "meier"), ("philips", "filips"), ("smith", "smyth")] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
        }
        assert_ne!(sound("smith"), sound("jones"));
    }
}
