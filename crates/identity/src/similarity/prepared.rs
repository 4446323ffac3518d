//! One text that meets many.

use std::str::Chars;

use super::codes::{Codes, Slots, WORD, common_prefix};
use super::edit::Columns;
use super::jaro::{Metric, Text};
use super::masks::{Kernel, Masks, Table};
use super::{jaro_winkler_within, jaro_within, levenshtein_within, osa_within};

/// A text made ready to be compared with many others; equal to the plain functions in what it finds, faster from
/// about the third comparison on. Takes two kilobytes.
///
/// ```
/// use onefold_identity::similarity::Prepared;
///
/// let name = Prepared::new("johnson");
/// let close = ["jonhson", "jackson", "johnsen"].into_iter().filter(|other| name.jaro_winkler_within(other, 0.92).is_some());
/// assert_eq!(close.collect::<Vec<_>>(), ["jonhson", "johnsen"]);
/// ```
#[derive(Debug, Clone)]
pub struct Prepared {
    text: Box<str>,
    /// Nothing where the text is longer than a word has bits.
    masks: Option<Box<Pattern>>,
}

#[derive(Debug, Clone)]
struct Pattern {
    table: Table,
    slots: Slots,
    codes: Codes,
    ascii: bool,
}

impl Prepared {
    /// Makes a text ready.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut slots = Slots::new();
        let masks = slots.code(text).map(|codes| {
            Box::new(Pattern { table: Table::new(codes.as_slice()), slots, codes, ascii: text.is_ascii() })
        });
        Self { text: text.into(), masks }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The [`jaro`](super::jaro) similarity to another text if it is at least `cutoff`.
    #[must_use]
    #[inline]
    pub fn jaro_within(&self, other: &str, cutoff: f64) -> Option<f64> {
        let found =
            self.masks.as_deref().and_then(|pattern| self.jaro(pattern, other, Metric { cutoff, winkler: false }));
        found.unwrap_or_else(|| jaro_within(&self.text, other, cutoff))
    }

    /// The [`jaro_winkler`](super::jaro_winkler) similarity to another text if it is at least `cutoff`.
    #[must_use]
    #[inline]
    pub fn jaro_winkler_within(&self, other: &str, cutoff: f64) -> Option<f64> {
        let found =
            self.masks.as_deref().and_then(|pattern| self.jaro(pattern, other, Metric { cutoff, winkler: true }));
        found.unwrap_or_else(|| jaro_winkler_within(&self.text, other, cutoff))
    }

    /// The [`levenshtein`](super::levenshtein) distance to another text if it is at most `max`.
    #[must_use]
    #[inline]
    pub fn levenshtein_within(&self, other: &str, max: usize) -> Option<usize> {
        let found = self.masks.as_deref().and_then(|pattern| pattern.edits(other, Columns::<false> { max }));
        found.unwrap_or_else(|| levenshtein_within(&self.text, other, max))
    }

    /// The [`osa`](super::osa) distance to another text if it is at most `max`.
    #[must_use]
    #[inline]
    pub fn osa_within(&self, other: &str, max: usize) -> Option<usize> {
        let found = self.masks.as_deref().and_then(|pattern| pattern.edits(other, Columns::<true> { max }));
        found.unwrap_or_else(|| osa_within(&self.text, other, max))
    }

    /// Nothing where the other text is too long.
    #[inline]
    fn jaro(&self, pattern: &Pattern, other: &str, metric: Metric) -> Option<Option<f64>> {
        let codes = pattern.codes.as_slice();
        if pattern.ascii && other.len() <= WORD && other.is_ascii() {
            let bytes = other.as_bytes();
            let prefix = common_prefix(codes, bytes);
            return Some(metric.prepared(&pattern.table, codes, (bytes.len(), prefix), bytes.get(prefix..)?));
        }
        let length = other.chars().count();
        if length > WORD {
            return None;
        }
        let mut rest = other.chars();
        let mut own = self.text.chars();
        let mut prefix = 0;
        // The first character that differs is asked for again.
        loop {
            let here = rest.clone();
            match (own.next(), rest.next()) {
                (Some(x), Some(y)) if x == y => prefix += 1,
                _ => {
                    rest = here;
                    break;
                }
            }
        }
        let coded = Coding { slots: &pattern.slots, rest, codes: [0; WORD] };
        Some(metric.prepared(&pattern.table, codes, (length, prefix), coded))
    }
}

impl Pattern {
    /// Nothing where the other text is too long.
    #[inline]
    fn edits<const SWAP: bool>(&self, other: &str, columns: Columns<SWAP>) -> Option<Option<usize>> {
        let codes = self.codes.as_slice();
        if self.ascii && other.len() <= WORD && other.is_ascii() {
            return Some(columns.run(&self.table, codes, other.as_bytes()));
        }
        let length = other.chars().count();
        let masks = other.chars().map(|character| self.table.at(self.slots.find(character)));
        (length <= WORD).then(|| columns.columns((codes.len(), length), masks))
    }
}

/// A text that is coded as far as it is asked for.
struct Coding<'p, 't> {
    slots: &'p Slots,
    rest: Chars<'t>,
    codes: [u8; WORD],
}

impl Text for Coding<'_, '_> {
    #[inline(always)]
    fn next(&mut self, at: usize) -> Option<u8> {
        let code = self.slots.find(self.rest.next()?);
        *self.codes.get_mut(at)? = code;
        Some(code)
    }

    #[inline(always)]
    fn again(&self, at: usize) -> Option<u8> {
        self.codes.get(at).copied()
    }
}
