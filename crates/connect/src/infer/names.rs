//! The names of attributes.

use std::collections::BTreeSet;

use onefold_fact::{AttributeName, Kind};

use super::vocabulary::canonical;

/// The names that are taken within a source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(BTreeSet<AttributeName>);

impl Names {
    /// Takes a name that somebody gave.
    pub(crate) fn reserve(&mut self, name: AttributeName) {
        self.0.insert(name);
    }

    /// Whether a name is taken.
    pub(crate) fn has(&self, name: &AttributeName) -> bool {
        self.0.contains(name)
    }

    /// The common name of a kind, if there is one and it is free.
    pub(crate) fn common(&mut self, kind: Kind) -> Option<AttributeName> {
        let name = AttributeName::from(canonical(kind)?);
        self.0.insert(name.clone()).then_some(name)
    }

    /// The name that a header gives, with a number if it is taken.
    pub(crate) fn own(&mut self, header: &str) -> AttributeName {
        let name = of_header(header);
        let mut unique = name.clone();
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            unique = AttributeName::from(format!("{name}_{number}"));
            number += 1;
        }
        unique
    }
}

/// What only says how a value travelled, not what it is.
const WRAPPERS: &[&str] = &["traits", "properties", "attributes", "fields"];

/// The name that a header gives: its words in `snake_case`. One without letters and digits keeps its own spelling.
pub(crate) fn of_header(header: &str) -> AttributeName {
    let name = AttributeName::from_header(header);
    let bare = WRAPPERS.iter().find_map(|wrapper| name.as_str().strip_prefix(wrapper)?.strip_prefix('_'));
    match bare {
        Some(bare) => AttributeName::from(bare),
        None if name.as_str().is_empty() && header.trim().is_empty() => AttributeName::from("unnamed"),
        None if name.as_str().is_empty() => AttributeName::from(header.trim()),
        None => name,
    }
}
