//! Texts as words: in any order, with some left out, each compared by a metric of its own.

use std::collections::BTreeSet;

use super::grams::share;
use super::levenshtein;

/// Words between spaces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// 1 less the share of the longer text that has to be edited.
fn ratio(a: &str, b: &str) -> f64 {
    let longer = a.chars().count().max(b.chars().count()) as f64;
    share(longer - levenshtein(a, b) as f64, longer)
}

/// The similarity of two texts by Levenshtein distance once their words are sorted, 0 to 1: 1 for the same words in
/// any order. Two texts without words: 1.
///
/// ```
/// # use onefold_identity::similarity::token_sort;
/// assert_eq!(token_sort("garcia lopez maria", "maria garcia lopez"), 1.0);
/// ```
#[must_use]
pub fn token_sort(a: &str, b: &str) -> f64 {
    let sorted = |text| {
        let mut words: Vec<&str> = words(text).collect();
        words.sort_unstable();
        words.join(" ")
    };
    ratio(&sorted(a), &sorted(b))
}

/// The similarity of two texts as sets of words, 0 to 1: the best of comparing, by Levenshtein distance, the common words
/// with the common words and the rest of either, and these two with each other. 1 where the words of one are all
/// words of the other. Two texts without words: 1; one: 0.
///
/// The idea is that of `token_set_ratio` in SeatGeek's fuzzywuzzy.
///
/// ```
/// # use onefold_identity::similarity::token_set;
/// assert_eq!(token_set("acme", "acme trading company"), 1.0);
/// assert!(token_set("acme ltd", "zenith ltd") < 0.6);
/// ```
#[must_use]
pub fn token_set(a: &str, b: &str) -> f64 {
    let (a, b): (BTreeSet<&str>, BTreeSet<&str>) = (words(a).collect(), words(b).collect());
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let join = |first: Vec<&str>, rest: Vec<&str>| [first, rest].concat().join(" ");
    let common: Vec<&str> = a.intersection(&b).copied().collect();
    let with_a = join(common.clone(), a.difference(&b).copied().collect());
    let with_b = join(common.clone(), b.difference(&a).copied().collect());
    let best = ratio(&with_a, &with_b);
    if common.is_empty() {
        return best;
    }
    let common = common.join(" ");
    best.max(ratio(&common, &with_a)).max(ratio(&common, &with_b))
}

/// The Jaccard similarity of two texts as sets of words, 0 to 1: common words by words of either. Two texts without
/// words: 1.
///
/// ```
/// # use onefold_identity::similarity::token_jaccard;
/// assert_eq!(token_jaccard("main street", "main road"), 1.0 / 3.0);
/// ```
#[must_use]
pub fn token_jaccard(a: &str, b: &str) -> f64 {
    let (a, b): (BTreeSet<&str>, BTreeSet<&str>) = (words(a).collect(), words(b).collect());
    let common = a.intersection(&b).count();
    share(common as f64, (a.len() + b.len() - common) as f64)
}

/// The Monge–Elkan similarity: the mean, over the words of `a`, of the similarity to the most similar word of `b`.
/// In the range of `inner`. **Not symmetric**: what `a` leaves out does not count. Two texts without words: 1; one: 0.
///
/// A. Monge and C. Elkan, *The field matching problem*, 1996.
///
/// ```
/// # use onefold_identity::similarity::{jaro_winkler, monge_elkan};
/// assert!(monge_elkan("jon smith", "smith john albert", jaro_winkler) > 0.95);
/// ```
#[must_use]
pub fn monge_elkan(a: &str, b: &str, inner: impl Fn(&str, &str) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    for word in words(a) {
        sum += words(b).map(|other| inner(word, other)).fold(0.0, f64::max);
        count += 1;
    }
    match (count, words(b).next()) {
        (0, None) => 1.0,
        (0, _) | (_, None) => 0.0,
        _ => sum / count as f64,
    }
}

/// The [`monge_elkan`] similarity in both directions, and their mean. Symmetric where `inner` is.
///
/// ```
/// # use onefold_identity::similarity::{jaro_winkler, monge_elkan_symmetric};
/// let there = monge_elkan_symmetric("jon smith", "smith john albert", jaro_winkler);
/// assert_eq!(there, monge_elkan_symmetric("smith john albert", "jon smith", jaro_winkler));
/// ```
#[must_use]
pub fn monge_elkan_symmetric(a: &str, b: &str, inner: impl Fn(&str, &str) -> f64) -> f64 {
    (monge_elkan(a, b, &inner) + monge_elkan(b, a, &inner)) / 2.0
}
