//! [`Sheet`]: some columns of a table, in memory.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Result;
use onefold::connect::{Table, TableOptions, did_you_mean};

/// The cells of some columns, row by row, end to end in one buffer.
#[derive(Debug)]
pub(super) struct Sheet {
    columns: usize,
    text: String,
    ends: Vec<usize>,
    /// Which of the columns that may be absent are there.
    present: Vec<bool>,
}

impl Sheet {
    /// Reads the columns that must be there, and behind them those that may; the cells of an absent one are empty.
    ///
    /// # Errors
    /// When the table cannot be read or lacks a column that must be there.
    pub(super) fn read(path: &Path, must: &[&str], may: &[&str]) -> Result<Self> {
        let mut table = Table::open(path, &TableOptions::default())?;
        let mut places = Vec::with_capacity(must.len() + may.len());
        for column in must {
            let place = table.header().iter().position(|name| name == column);
            if place.is_none() {
                let help = did_you_mean(column, table.header().iter().map(String::as_str));
                anyhow::bail!("`{}` has no column `{column}`; {help}", path.display());
            }
            places.push(place);
        }
        let optional = |column: &&str| table.header().iter().position(|name| name == column);
        let places: Vec<Option<usize>> = places.into_iter().chain(may.iter().map(optional)).collect();
        let present = places.iter().skip(must.len()).map(Option::is_some).collect();
        let mut sheet = Self { columns: places.len(), text: String::new(), ends: Vec::new(), present };
        table.for_each(|row| {
            for place in &places {
                sheet.text.push_str(place.and_then(|place| row.cell(place)).unwrap_or(""));
                sheet.ends.push(sheet.text.len());
            }
            ControlFlow::Continue(())
        })?;
        Ok(sheet)
    }

    /// Whether a column that may be absent is there, by its place among them.
    pub(super) fn has(&self, optional: usize) -> bool {
        self.present.get(optional).copied().unwrap_or(false)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len() / self.columns.max(1)
    }

    /// The rows, with as many cells as were asked for.
    pub(super) fn rows<const N: usize>(&self) -> impl Iterator<Item = [&str; N]> {
        self.ends.chunks_exact(self.columns.max(1)).enumerate().map(|(at, ends)| {
            let mut start =
                (at * self.columns).checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0);
            let mut cells = [""; N];
            for (cell, end) in cells.iter_mut().zip(ends) {
                *cell = self.text.get(start..*end).unwrap_or("");
                start = *end;
            }
            cells
        })
    }
}
