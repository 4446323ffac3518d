//! [`Hierarchy`]: who stands above whom: accounts, and users with their managers.

use std::collections::{BTreeMap, BTreeSet};

use crate::rejection::{Problem, Rejection, Why};

/// Who stands above whom. Facts may be taken back and records be linked, so there may be circles in it, though no command
/// makes one; nothing that is asked of it goes round in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hierarchy {
    above: BTreeMap<String, String>,
    below: BTreeMap<String, BTreeSet<String>>,
}

impl FromIterator<(String, String)> for Hierarchy {
    /// Of pairs: somebody, and who stands above them.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let mut hierarchy = Self::default();
        for (one, above) in pairs {
            hierarchy.below.entry(above.clone()).or_default().insert(one.clone());
            hierarchy.above.insert(one, above);
        }
        hierarchy
    }
}

impl Hierarchy {
    /// Who stands directly above.
    #[must_use]
    pub fn above(&self, one: &str) -> Option<&str> {
        self.above.get(one).map(String::as_str)
    }

    /// All that stand above, the nearest first. One that stands above itself is named once.
    #[must_use]
    pub fn chain(&self, one: &str) -> Vec<&str> {
        let mut chain: Vec<&str> = Vec::new();
        let mut at = self.above(one);
        while let Some(next) = at.filter(|next| !chain.contains(next)) {
            chain.push(next);
            at = self.above(next);
        }
        chain
    }

    /// One and all that stand below it, over any number of others.
    #[must_use]
    pub fn whole<'a>(&'a self, one: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::from([one]);
        let mut ahead = vec![one];
        while let Some(at) = ahead.pop() {
            for below in self.below.get(at).into_iter().flatten() {
                if found.insert(below) {
                    ahead.push(below);
                }
            }
        }
        found
    }

    /// Who stands above whom, as a table.
    #[must_use]
    pub fn into_table(self) -> BTreeMap<String, String> {
        self.above
    }
}

/// Refuses to put somebody above who stands below.
pub(crate) fn refuse_circle(
    one: &str,
    above: Option<&str>,
    hierarchy: &Hierarchy,
    field: &str,
    what: &str,
) -> Result<(), Rejection> {
    let Some(above) = above else { return Ok(()) };
    let chain = hierarchy.chain(above);
    if above != one && !chain.contains(&one) {
        return Ok(());
    }
    let message = if above == one {
        format!("{what} `{one}` cannot stand above itself")
    } else {
        format!("{what} `{above}` stands below `{one}` already")
    };
    Err(Problem::of(Why::Circular, field, message, "take that apart first, or name another").into())
}
