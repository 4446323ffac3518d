//! [`BlockingKey`]: which records are worth comparing, as a function of one record.

use std::fmt;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use onefold_fact::standard::name::canonical_given;

use crate::records::{Comparator, Field, Layout, Records, Symbol};

/// Records that share a key are compared. A key is made of parts, all of which a record must have; a record with
/// several values of a part has several keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockingKey {
    name: String,
    parts: Vec<Part>,
    most_records: usize,
}

/// Most records in a block. A block of this size gives 4,950 pairs.
const MOST_RECORDS: usize = 100;

/// Most records in a block of a key that says little by itself, so that only its rare values count.
const MOST_RECORDS_ALONE: usize = 60;

/// One part of a key: something of the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    field: usize,
    take: Take,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Take {
    /// The whole value.
    Whole,
    /// The first letters.
    Prefix(usize),
    /// The given name that this is a form of.
    Canonical,
    /// How it sounds.
    Sound,
    /// Each word of it.
    Words,
    /// What stands before the `@`.
    Local,
}

impl fmt::Display for BlockingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

const HASHER: FixedState = FixedState::with_seed(1);

/// Most keys that one record has of one kind; a record with more values than that is not to be trusted in them.
const MOST_KEYS: usize = 32;

impl BlockingKey {
    /// Most records in a block; a larger one is left out.
    pub(crate) fn most_records(&self) -> usize {
        self.most_records
    }

    /// Adds the keys of a record, as hashes, distinct.
    pub(crate) fn of(&self, records: &Records, record: u32, keys: &mut Vec<u64>) {
        keys.clear();
        keys.push(0);
        let mut next = Vec::new();
        for part in &self.parts {
            let field = records.field(part.field);
            next.clear();
            for &symbol in field.of(record) {
                part.take.each(field, symbol, |piece| {
                    next.extend(keys.iter().map(|key| HASHER.hash_one((key, piece))));
                });
            }
            next.truncate(MOST_KEYS);
            std::mem::swap(keys, &mut next);
            if keys.is_empty() {
                return;
            }
        }
        keys.sort_unstable();
        keys.dedup();
    }
}

impl Take {
    fn each(self, field: Field<'_>, symbol: Symbol, mut take: impl FnMut(&str)) {
        let text = field.text(symbol);
        let first = || text.split(' ').next().unwrap_or(text);
        match self {
            Take::Whole => take(text),
            Take::Prefix(letters) => {
                let end = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
                take(&text[..end]);
            }
            Take::Canonical => take(canonical_given(first())),
            Take::Sound => take(&sound(text)),
            Take::Words => text.split(' ').filter(|word| word.len() > 2).for_each(take),
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

/// The keys that are used without any training: pairs of things that survive different kinds of error and of change.
pub(crate) fn default_keys(layout: &Layout) -> Vec<BlockingKey> {
    let mut keys = Vec::new();
    let mut key = |name: &str, parts: &[(Option<usize>, Take)]| add(&mut keys, name, parts);
    let find = |wanted: fn(Comparator) -> Option<usize>| {
        layout.comparisons().iter().find_map(|comparison| wanted(comparison.comparator))
    };
    let (given, family) = (layout.given(), layout.family());
    let birth = find(|c| if let Comparator::Birth(f) = c { Some(f) } else { None });
    let email = find(|c| if let Comparator::Email(f) = c { Some(f) } else { None });
    let phone = find(|c| if let Comparator::Phone(f) = c { Some(f) } else { None });
    let street = find(|c| if let Comparator::Address(a) = c { Some(a.street) } else { None });
    let number = find(|c| if let Comparator::Address(a) = c { Some(a.number) } else { None });
    let postcode = find(|c| if let Comparator::Address(a) = c { Some(a.postcode) } else { None });
    let city = find(|c| if let Comparator::Address(a) = c { Some(a.city) } else { None });

    key("full name", &[(layout.name().map(|name| name.full), Take::Whole)]);
    key("email", &[(email, Take::Whole)]);
    key("phone", &[(phone, Take::Whole)]);
    for comparison in layout.comparisons() {
        match comparison.comparator {
            Comparator::National(f) | Comparator::External(f) | Comparator::Exclusive(f) | Comparator::Url(f) => {
                key(&comparison.name, &[(Some(f), Take::Whole)]);
            }
            Comparator::Company(f) => {
                key(&comparison.name, &[(Some(f), Take::Whole)]);
                key("company word", &[(Some(f), Take::Words)]);
                key("company start and town", &[(Some(f), Take::Prefix(4)), (city, Take::Whole)]);
                key("company start and postal code", &[(Some(f), Take::Prefix(2)), (postcode, Take::Whole)]);
            }
            Comparator::Text(f) if given.is_none() && family.is_none() => {
                key(&comparison.name, &[(Some(f), Take::Whole)]);
                key(&format!("{} word", comparison.name), &[(Some(f), Take::Words)]);
            }
            _ => {}
        }
    }
    key("birth date and given name start", &[(birth, Take::Whole), (given, Take::Prefix(2))]);
    key("birth date and family name start", &[(birth, Take::Whole), (family, Take::Prefix(2))]);
    key("birth date and postal code", &[(birth, Take::Whole), (postcode, Take::Whole)]);
    key("names by sound", &[(given, Take::Canonical), (family, Take::Sound)]);
    key("names by start", &[(given, Take::Prefix(3)), (family, Take::Prefix(4))]);
    key("names and birth year", &[(given, Take::Prefix(1)), (family, Take::Sound), (birth, Take::Prefix(4))]);
    key("family name and postal code", &[(family, Take::Sound), (postcode, Take::Whole)]);
    key("given name and postal code", &[(given, Take::Canonical), (postcode, Take::Whole)]);
    key(
        "given name, family name start and town",
        &[(given, Take::Canonical), (family, Take::Prefix(2)), (city, Take::Whole)],
    );
    key("given name and house", &[(given, Take::Prefix(2)), (street, Take::Whole), (number, Take::Whole)]);
    key("family name and street", &[(family, Take::Prefix(2)), (street, Take::Whole)]);
    key("name part of email", &[(email, Take::Local)]);
    let telling = keys.len();
    add(&mut keys, "birth date", &[(birth, Take::Whole)]);
    add(&mut keys, "family name", &[(family, Take::Whole)]);
    add(&mut keys, "given name", &[(given, Take::Whole)]);
    add(&mut keys, "house", &[(street, Take::Whole), (number, Take::Whole)]);
    keys.iter_mut().skip(telling).for_each(|key| key.most_records = MOST_RECORDS_ALONE);
    keys
}

/// Adds a key, if the table has the fields of all its parts.
fn add(keys: &mut Vec<BlockingKey>, name: &str, parts: &[(Option<usize>, Take)]) {
    let parts: Option<Vec<Part>> =
        parts.iter().map(|(field, take)| Some(Part { field: (*field)?, take: *take })).collect();
    if let Some(parts) = parts {
        keys.push(BlockingKey { name: name.to_owned(), parts, most_records: MOST_RECORDS });
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
