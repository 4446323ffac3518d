//! Names of organisations, and text of any meaning.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::level::{rare, slot};
use super::{Level, Slot, Values, no_glance};
use crate::records::{Field, Sketch, Symbol};
use crate::similarity::{jaro_winkler_within, osa_within};

/// Jaro–Winkler similarity from which texts are one text misspelt.
const CLOSE: f64 = 0.92;

/// Organisations are named in full, in short, and with a part left out.
pub(super) const COMPANY: &[Level] = &[
    Level::exact("equal", 0.72, 0.3),
    Level::new("nearly equal", 0.10, 0.000_5, 0.1),
    Level::new("all words of the other", 0.10, 0.002, 0.3),
    Level::new("different", 0.08, 0.997_5, 0.3),
];

/// Only error explains a difference.
pub(super) const GENDER: &[Level] = &[Level::exact("equal", 0.97, 0.5), Level::new("different", 0.03, 0.5, 0.5)];

/// Text of unknown meaning: may change, may be worded differently.
pub(super) const TEXT: &[Level] = &[
    Level::exact("equal", 0.54, 0.2),
    Level::exact("nearly equal", 0.05, 0.01).with_chance(0.3),
    Level::new("most words in common", 0.02, 0.000_5, 0.01),
    Level::new("a word in common", 0.04, 0.02, 0.04),
    Level::new("different", 0.35, 0.969_5, 0.74),
];

const NEARLY: usize = 1;
const MOST_WORDS: usize = 2;
const A_WORD: usize = 3;
const DIFFERENT: usize = 4;

/// Of text of unknown meaning nobody knows that one party should have it alike: where it says which system a record is
/// from, records of one party differ in it.
pub(super) fn outranks(worse: usize) -> bool {
    worse != DIFFERENT
}

pub(super) const COMPANY_VALUES: Values = Values { glance: company_glance, read: company };
pub(super) const GENDER_VALUES: Values = Values { glance: no_glance, read: gender };
pub(super) const TEXT_VALUES: Values = Values { glance: text_glance, read: text };

/// The Jaro similarity that a Jaro–Winkler similarity of [`CLOSE`] needs, with a common prefix of four letters.
const LEAST_JARO: f64 = (CLOSE - 0.4) / 0.6;

fn company_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    (!x.meets(y) && !x.within_jaro(y, LEAST_JARO)).then_some(slot(3))
}

fn text_glance(x: Sketch, y: Sketch) -> Option<Slot> {
    (!x.meets(y) && !x.within_jaro(y, LEAST_JARO)).then_some(slot(DIFFERENT))
}

fn company(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    if jaro_winkler_within(a, b, CLOSE).is_some() && osa_within(a, b, a.len().max(b.len()) / 5).is_some() {
        return slot(1);
    }
    let within = |a: &str, b: &str| a.split(' ').all(|word| b.split(' ').any(|other| other == word));
    slot(if within(a, b) || within(b, a) { 2 } else { 3 })
}

fn gender(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    // `m` and `male` are one answer.
    let first = |symbol| field.text(symbol).bytes().next();
    if x == y || first(x) == first(y) { rare(0, field.bin(x)) } else { slot(1) }
}

fn text(field: Field<'_>, x: Symbol, y: Symbol) -> Slot {
    if x == y {
        return rare(0, field.bin(x));
    }
    let (a, b) = (field.text(x), field.text(y));
    let worded = is_worded(a) && is_worded(b);
    // Of long texts the words say the same at less cost.
    let short = a.len().max(b.len()) <= LONGEST_LETTER_BY_LETTER;
    if worded && short && jaro_winkler_within(a, b, CLOSE).is_some() {
        return rare(NEARLY, field.bin(x).min(field.bin(y)));
    }
    let (a, b) = (Words::of(a), Words::of(b));
    let (common, fewer) = (a.common(&b), a.count.min(b.count));
    slot(match () {
        () if fewer >= SEVERAL && common * 3 >= fewer * 2 => MOST_WORDS,
        () if worded && common > 0 => A_WORD,
        () => DIFFERENT,
    })
}

/// Longest text that is compared letter by letter, in bytes.
const LONGEST_LETTER_BY_LETTER: usize = 64;

/// The words of a text of more than three letters, as hashes.
struct Words {
    hashes: [u32; MOST_HASHED],
    count: usize,
}

/// Most words of a text that are compared: as many as stand in the longest.
const MOST_HASHED: usize = 51;

const HASHER: FixedState = FixedState::with_seed(5);

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Self { hashes: [0; MOST_HASHED], count: 0 };
        for (place, word) in words.hashes.iter_mut().zip(text.split(' ').filter(|word| word.len() > 3)) {
            *place = HASHER.hash_one(word) as u32;
            words.count += 1;
        }
        words
    }

    fn hashes(&self) -> &[u32] {
        self.hashes.get(..self.count).unwrap_or_default()
    }

    /// How many of these the other has too, as far as it has words for them.
    fn common(&self, other: &Self) -> usize {
        let common = self.hashes().iter().filter(|hash| other.hashes().contains(hash)).count();
        common.min(other.count)
    }
}

/// Of so many words it is no chance that two in three are common.
const SEVERAL: usize = 3;

/// Whether a text is made of words: codes (`plan 11`, `plan 17`) differ by little and mean different things.
fn is_worded(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use onefold_fact::Kind;

    use super::*;
    use crate::compare::Memos;
    use crate::compare::level::level;
    use crate::records::{Column, Records};

    /// Catches a long text with digits in it, such as a title with a number, that is taken for a code.
    #[test]
    fn texts_have_words_in_common() {
        let compared = |a: &str, b: &str| {
            let mut builder = Records::builder(vec![Column::new("x", Kind::FreeText)]);
            [a, b].iter().for_each(|text| builder.push([(0, *text)]));
            let records = builder.finish();
            level(records.comparisons()[0].comparator.compare(&records, 0, 1, &mut Memos::new(&records)))
        };
        let title = "Electronic scale with glass plate, model K-200";
        assert_eq!(compared(title, "glass plate scale, electronic, model k200 white"), MOST_WORDS);
        assert_eq!(compared("a scale of glass", "glass for windows"), A_WORD);
        assert_eq!(compared("plan 11", "plan 17"), DIFFERENT);
        let long = "the history of bridges ".repeat(12);
        assert_eq!(compared(&long, &format!("roads and {long}")), MOST_WORDS);
    }
}
