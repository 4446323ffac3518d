//! [`ViewTable`]: what a view keeps on disk, declared as data.

/// A table in which a crate keeps a view between runs. Whoever owns the view declares the table; a store writes and
/// reads its rows without knowing what they mean. A table is a cache: it can be made anew from the log of facts, and
/// is dropped when its declaration changes.
///
/// ```
/// use onefold_fact::{CellKind, ViewColumn, ViewTable};
///
/// const MEMBERS: ViewTable = ViewTable {
///     name: "members",
///     key: &[ViewColumn { name: "record", kind: CellKind::Bytes }],
///     values: &[ViewColumn { name: "customer", kind: CellKind::Bytes }],
/// };
/// assert_eq!(MEMBERS.columns().count(), 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewTable {
    /// Its name: lower-case letters, digits and underscores, starting with a letter.
    pub name: &'static str,
    /// The columns that name a row, in the order in which rows are sorted. At least one.
    pub key: &'static [ViewColumn],
    /// The other columns.
    pub values: &'static [ViewColumn],
}

impl ViewTable {
    /// All columns, those of the key first, as the cells of a row stand.
    pub fn columns(&self) -> impl Iterator<Item = &'static ViewColumn> {
        self.key.iter().chain(self.values)
    }
}

/// A column of a view table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewColumn {
    /// Its name, made like that of a table.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: CellKind,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Whole numbers.
    Integer,
    /// Text.
    Text,
    /// Bytes: ids, encoded values.
    Bytes,
    /// Text that is searched by its words. A table has at most one such column, and not in its key.
    Prose,
}

/// One cell of a view table. Cells of a key are never [`Null`](Cell::Null).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    /// Whether a column of this kind may hold it as a value.
    #[must_use]
    pub fn fits(&self, kind: CellKind) -> bool {
        matches!(
            (self, kind),
            (Cell::Null, _)
                | (Cell::Integer(_), CellKind::Integer)
                | (Cell::Text(_), CellKind::Text | CellKind::Prose)
                | (Cell::Bytes(_), CellKind::Bytes)
        )
    }
}
