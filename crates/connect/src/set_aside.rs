//! [`SetAside`]: what was not taken, with the reason and a piece of it.

use onefold_fact::{Finding, Place, Reason};
use serde::{Deserialize, Serialize};

/// How many characters of what was set aside are kept.
const KEPT: usize = 200;

/// How many single values are kept with their finding; beyond they are only counted, so that a file of nothing but
/// broken cells costs no memory.
const CELLS_KEPT: usize = 10_000;

/// A row, or one value of a row, that was not taken: why, and the beginning of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Where it stands, what is wrong with it and what would be right.
    pub finding: Finding,
    /// What was set aside, cut to 200 characters.
    pub value: String,
}

impl SetAside {
    pub(crate) fn new(reason: Reason, message: impl Into<String>, place: Place, value: &str) -> Self {
        Self { finding: Finding::new(reason, message).at(place), value: cut(value, KEPT) }
    }
}

/// The text cut to so many characters, with an ellipsis if something was cut.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Bytes as text for a person: cut first, so that a huge piece costs nothing, then decoded with replacement marks.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    let beginning = &bytes[..bytes.len().min(4 * (KEPT + 1))];
    cut(&String::from_utf8_lossy(beginning), KEPT)
}

/// What a reading has set aside so far.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// Whole rows.
    pub(crate) rows: Vec<SetAside>,
    /// The first single values.
    pub(crate) cells: Vec<SetAside>,
    /// How many single values.
    pub(crate) cells_total: u64,
}

impl Aside {
    pub(crate) fn row(&mut self, aside: SetAside) {
        self.rows.push(aside);
    }

    pub(crate) fn cell(&mut self, aside: impl FnOnce() -> SetAside) {
        self.cells_total += 1;
        if self.cells.len() < CELLS_KEPT {
            self.cells.push(aside());
        }
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.cells.append(&mut other.cells);
        self.cells.truncate(CELLS_KEPT);
        self.cells_total += other.cells_total;
    }
}
