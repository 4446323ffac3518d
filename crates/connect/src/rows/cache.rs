//! [`Cache`]: values that were read before.

use std::collections::HashMap;

use onefold_fact::{Conventions, Kind, Value};

use super::cell::{Cell, Said, read};

/// So many texts of a column are remembered.
const REMEMBERED: usize = 4096;

/// Remembers what the texts of a column say, where reading is dear and texts repeat: countries, days, cities. A column
/// whose texts turn out not to repeat stops remembering.
#[derive(Debug, Default)]
pub(super) struct Cache {
    values: HashMap<Box<str>, Value>,
    hits: u32,
    misses: u32,
}

impl Cache {
    /// What a cell says.
    pub(super) fn read(&mut self, cell: Cell<'_>, kind: Kind, conventions: &Conventions) -> Said {
        let Cell::Text(text) = cell else { return read(cell, kind, conventions) };
        if !repeats(kind) || (self.misses > 1000 && self.hits < self.misses) {
            return read(Cell::Text(text), kind, conventions);
        }
        if let Some(value) = self.values.get(text) {
            self.hits += 1;
            return Said::from(value.clone());
        }
        self.misses += 1;
        let said = read(Cell::Text(text), kind, conventions);
        if let Some(value) = &said.value
            && self.values.len() < REMEMBERED
        {
            self.values.insert(text.into(), value.clone());
        }
        said
    }
}

/// Kinds whose values repeat and are dear to read. Of a phone number the reading depends on the row's country, so it is
/// not among them.
fn repeats(kind: Kind) -> bool {
    matches!(kind, Kind::Country | Kind::Date | Kind::BirthDate | Kind::Money | Kind::Url)
}
