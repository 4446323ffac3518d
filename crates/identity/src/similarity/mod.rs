//! How alike two values are: string metrics, token and q-gram sets, phonetic codes, numbers, dates, lists, places.
//!
//! Each is a plain function. Where it pays, `…_within` takes the least similarity or greatest distance of interest and
//! returns nothing beyond it, much sooner; [`Prepared`] is one text that meets many. Nothing here knows about records
//! or weights, folds case or strips accents: give it values in their standard form.
//!
//!
//! Characters are Unicode scalar values. Metrics are symmetric unless they say otherwise. Up to 64 characters nothing is
//! allocated by the edit and Jaro families.

mod codes;
mod damerau;
mod edit;
mod jaro;
mod masks;
mod prepared;
#[cfg(test)]
mod tests;

pub use damerau::{damerau_levenshtein, damerau_levenshtein_within};
pub use edit::{levenshtein, levenshtein_within, osa, osa_within};
pub use jaro::{jaro, jaro_winkler, jaro_winkler_within, jaro_within};
pub use prepared::Prepared;
