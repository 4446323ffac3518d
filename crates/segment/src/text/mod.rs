//! Rules as text: read by recursive descent, its depth bounded, and written so that reading gives back the same tree.

mod condition;
mod events;
mod filter;
mod lexer;
mod parser;
mod print;
mod value;

pub(crate) use parser::parse;
pub(crate) use print::print;

use std::ops::Range;

/// Where a condition stands in the text, and the conditions within it: the tree of a condition once more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) span: Range<usize>,
    pub(crate) parts: Vec<Spot>,
}

/// The words that begin a condition or join two, so that a field of this name stands in backquotes.
const KEYWORDS: [&str; 34] = [
    "all",
    "always",
    "and",
    "any",
    "at",
    "average",
    "consent",
    "count",
    "days",
    "did",
    "distinct",
    "every",
    "false",
    "first",
    "has",
    "in",
    "is",
    "largest",
    "last",
    "lifecycle",
    "matches",
    "most",
    "never",
    "no",
    "not",
    "or",
    "random",
    "rfm",
    "score",
    "sequence",
    "smallest",
    "sum",
    "then",
    "true",
];

/// The words that begin a part of a filter, so that a property of this name stands in backquotes.
const FILTER_KEYWORDS: [&str; 3] = ["all", "any", "not"];
