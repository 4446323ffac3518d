//! [`Columns`]: the roles of columns by header, in the order of the file.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Role;

/// The roles of columns, by header, in the order in which they were put in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns(Vec<(String, Role)>);

impl Columns {
    /// The role of a column.
    #[must_use]
    pub fn get(&self, header: &str) -> Option<&Role> {
        self.0.iter().find(|(name, _)| name == header).map(|(_, role)| role)
    }

    /// Gives a column a role, in place of the one that it had.
    pub fn insert(&mut self, header: impl Into<String>, role: Role) {
        let header = header.into();
        match self.0.iter_mut().find(|(name, _)| *name == header) {
            Some((_, old)) => *old = role,
            None => self.0.push((header, role)),
        }
    }

    /// The columns with their roles, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Role)> {
        self.0.iter().map(|(header, role)| (header.as_str(), role))
    }

    /// How many columns have a role.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no column has a role.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The roles of `over` in place of ours.
    pub(crate) fn overlay(&mut self, over: Self) {
        for (header, role) in over.0 {
            self.insert(header, role);
        }
    }
}

impl<H: Into<String>> FromIterator<(H, Role)> for Columns {
    fn from_iter<I: IntoIterator<Item = (H, Role)>>(columns: I) -> Self {
        let mut roles = Self::default();
        for (header, role) in columns {
            roles.insert(header, role);
        }
        roles
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ColumnsVisitor;

        impl<'de> Visitor<'de> for ColumnsVisitor {
            type Value = Columns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("columns with their roles")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
                let mut columns = Columns::default();
                while let Some((header, role)) = map.next_entry::<String, Role>()? {
                    columns.insert(header, role);
                }
                Ok(columns)
            }
        }

        deserializer.deserialize_map(ColumnsVisitor)
    }
}
