//! The words of a name, and what a single word can be.

use super::super::name_table::{DEGREES, PARTICLES, SUFFIXES, TITLE_ENDINGS, TITLES};
use super::super::nickname::is_given;
use super::super::text;
use super::super::word_list::WordList;

/// Words apart by spaces, and initials that are written without (`J.R.`, `J.Smith`) apart too.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::with_capacity(4);
    for word in text.split([' ', '_']) {
        let inner = word.find('.').filter(|at| at + 1 < word.len());
        // `J.R. Smith` begins with initials, `John Smith J.R.` does not.
        let initials =
            words.iter().all(|word: &&str| word.is_empty()) && word.split('.').all(|letters| letters.len() <= 1);
        let is_whole =
            is_in(&TITLES, word) || is_in(&TITLE_ENDINGS, word) || is_in(&SUFFIXES, word) || is_in(&DEGREES, word);
        if inner.is_none() || (is_whole && !initials) {
            words.push(word);
        } else {
            words.extend(word.split_inclusive('.'));
        }
    }
    words.retain(|word| word.chars().any(char::is_alphanumeric) || *word == "&");
    words
}

/// Whether a word as written is a known given name, or several with hyphens.
pub(super) fn is_known_given(word: &str) -> bool {
    let folded = text::fold(word);
    !folded.is_empty() && folded.split(' ').all(is_given)
}

/// The longest word of the lists.
pub(super) const LONGEST: usize = 16;

/// Whether the word, folded, is in the list.
pub(super) fn is_in(list: &WordList, word: &str) -> bool {
    if !word.is_ascii() {
        return word.len() <= 2 * LONGEST && list.contains(text::fold(word).as_bytes());
    }
    let mut folded = [0_u8; LONGEST];
    let mut length = 0;
    for b in word.bytes().filter(u8::is_ascii_alphanumeric) {
        if length == LONGEST {
            return false;
        }
        folded[length] = b.to_ascii_lowercase();
        length += 1;
    }
    list.contains(&folded[..length])
}

pub(super) fn is_particle(word: &str) -> bool {
    !word.ends_with('.') && is_in(&PARTICLES, word)
        || matches!(word, "O'" | "o'" | "'t" | "St." | "st.")
        || word == "O’"
}

pub(super) fn is_and(word: &str) -> bool {
    matches!(word, "&" | "and" | "und" | "et" | "And" | "Und")
}

/// Whether a word is written in capitals so that it must be the family name: at least three letters, none of them
/// small.
pub(super) fn is_capitals(word: &str) -> bool {
    let mut letters = 0;
    let word = word.strip_prefix("Mc").or_else(|| word.strip_prefix("Mac")).unwrap_or(word);
    for c in word.chars() {
        if c.is_lowercase() || c == '.' {
            return false;
        }
        letters += usize::from(c.is_uppercase());
    }
    letters >= 3
}
