//! One text that meets many.

use super::codes::{Codes, Slots, WORD};
use super::edit::Columns;
use super::jaro::Metric;
use super::masks::{Kernel, Table};
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
        let metric = Metric { cutoff, winkler: false };
        self.run(
            other,
            |pattern, codes| metric.prepared(&pattern.table, pattern.codes.as_slice(), codes),
            |a, b| jaro_within(a, b, cutoff),
        )
    }

    /// The [`jaro_winkler`](super::jaro_winkler) similarity to another text if it is at least `cutoff`.
    #[must_use]
    #[inline]
    pub fn jaro_winkler_within(&self, other: &str, cutoff: f64) -> Option<f64> {
        let metric = Metric { cutoff, winkler: true };
        self.run(
            other,
            |pattern, codes| metric.prepared(&pattern.table, pattern.codes.as_slice(), codes),
            |a, b| jaro_winkler_within(a, b, cutoff),
        )
    }

    /// The [`levenshtein`](super::levenshtein) distance to another text if it is at most `max`.
    #[must_use]
    #[inline]
    pub fn levenshtein_within(&self, other: &str, max: usize) -> Option<usize> {
        self.run(
            other,
            |pattern, codes| Columns::<false> { max }.run(&pattern.table, pattern.codes.as_slice(), codes),
            |a, b| levenshtein_within(a, b, max),
        )
    }

    /// The [`osa`](super::osa) distance to another text if it is at most `max`.
    #[must_use]
    #[inline]
    pub fn osa_within(&self, other: &str, max: usize) -> Option<usize> {
        self.run(
            other,
            |pattern, codes| Columns::<true> { max }.run(&pattern.table, pattern.codes.as_slice(), codes),
            |a, b| osa_within(a, b, max),
        )
    }

    #[inline]
    fn run<R>(&self, other: &str, short: impl FnOnce(&Pattern, &[u8]) -> R, long: impl FnOnce(&str, &str) -> R) -> R {
        let Some(pattern) = &self.masks else { return long(&self.text, other) };
        if pattern.ascii && other.len() <= WORD && other.is_ascii() {
            return short(pattern, other.as_bytes());
        }
        match Codes::of(other, |character| pattern.slots.find(character)) {
            Some(codes) => short(pattern, codes.as_slice()),
            None => long(&self.text, other),
        }
    }
}
