//! How alike two values are: string metrics, token and q-gram sets, phonetic codes, numbers, dates, lists, places.
//!
//! Each is a plain function. Where it pays, `…_within` takes the least similarity or the greatest distance of interest and
//! returns nothing beyond it, much sooner; [`Prepared`] is one text that meets many. Nothing here knows about records
//! or weights, folds case or strips accents: give it values in their standard form.
//!
//! | question | functions | result |
//! |---|---|---|
//! | short names, misspelt | [`jaro_winkler`], [`jaro`] | similarity, 0 to 1 |
//! | slips of the keyboard | [`osa`], [`levenshtein`], [`damerau_levenshtein`] | edits |
//! | longer text, words moved or left out | [`token_sort`], [`token_set`], [`token_jaccard`], [`monge_elkan`], [`QGrams`] | similarity, 0 to 1 |
//! | one is part of the other | [`common_prefix`], [`common_substring`] | characters |
//! | names that sound alike | [`soundex`], [`nysiis`], [`double_metaphone`] | codes to compare |
//! | numbers, dates, lists, places | [`relative_difference`], [`days_between`], [`list_jaccard`], [`haversine_km`] | see each |
//!
//! Characters are Unicode scalar values. Metrics are symmetric unless they say otherwise. Up to 64 characters, the edit
//! and Jaro families allocate nothing.
//!
//! ```
//! use onefold_identity::similarity::{double_metaphone, jaro_winkler_within, levenshtein};
//!
//! assert_eq!(levenshtein("meier", "mayer"), 2);
//! assert!(jaro_winkler_within("müller", "mueller", 0.8).is_some());
//! assert!(double_metaphone("meier").agrees_with(&double_metaphone("mayer")));
//! ```

mod codes;
mod damerau;
mod edit;
mod grams;
mod jaro;
mod masks;
mod measure;
mod parts;
mod phonetic;
mod prepared;
#[cfg(test)]
mod tests;
mod tokens;

pub use damerau::{damerau_levenshtein, damerau_levenshtein_within};
pub use edit::{levenshtein, levenshtein_within, osa, osa_within};
pub use grams::QGrams;
pub use jaro::{jaro, jaro_winkler, jaro_winkler_within, jaro_within};
pub use measure::{absolute_difference, days_between, haversine_km, list_common, list_jaccard, relative_difference};
pub use parts::{common_prefix, common_substring};
pub use phonetic::{DoubleMetaphone, double_metaphone, nysiis, soundex};
pub use prepared::Prepared;
pub use tokens::{monge_elkan, monge_elkan_symmetric, token_jaccard, token_set, token_sort};
