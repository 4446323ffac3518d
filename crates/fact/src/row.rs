//! [`Row`]: one row of a table, borrowed.

/// One row of a table as its reader holds it: cells are borrowed text, a blank cell says nothing. Facts and the
/// columns of the matcher are both built from rows, so bulk work need not make facts.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    number: u64,
    cells: &'a [&'a str],
}

impl<'a> Row<'a> {
    /// A row with its number, counted from 1 after the header, and its cells in the order of the columns.
    #[must_use]
    pub fn new(number: u64, cells: &'a [&'a str]) -> Self {
        Self { number, cells }
    }

    /// Its number, counted from 1 after the header.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The cell of a column, without surrounding white space; `None` if it is blank or absent.
    #[must_use]
    pub fn cell(&self, column: usize) -> Option<&'a str> {
        self.cells.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// All cells as they stand.
    #[must_use]
    pub fn cells(&self) -> &'a [&'a str] {
        self.cells
    }
}
