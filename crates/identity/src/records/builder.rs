//! [`RecordsBuilder`]: gathers cells by column, each distinct one once.

use onefold_fact::Row;
use rayon::prelude::*;

use super::assemble::{assemble, laid_out};
use super::cells::Cells;
use super::intern::Interner;
use super::layout::Layout;
use super::sources::Sources;
use super::{Column, Records};
use crate::weigh::{Model, ModelError};

/// Bytes of cells that wait until their columns take them up side by side.
const WAITING: usize = 1 << 21;

/// Builds [`Records`], a row at a time. Each distinct cell of a column is standardised once.
#[derive(Debug)]
pub struct RecordsBuilder {
    layout: Layout,
    sources: Sources,
    columns: Vec<RawColumn>,
    len: u32,
    waiting: usize,
}

/// A column as it came.
#[derive(Debug)]
pub(super) struct RawColumn {
    pub(super) column: Column,
    /// Whether anything is made of it.
    used: bool,
    /// Cells that wait to be taken up, end to end, with their record and where they end.
    text: String,
    waiting: Vec<(u32, u32)>,
    /// The distinct cells.
    pub(super) distinct: Interner,
    /// By record: which cells it has.
    pub(super) cells: Cells,
}

impl RecordsBuilder {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        let layout = Layout::of(&columns);
        let raw = |(at, column)| RawColumn {
            column,
            used: !layout.targets(at).is_empty(),
            text: String::new(),
            waiting: Vec::new(),
            distinct: Interner::default(),
            cells: Cells::new(1),
        };
        let columns = columns.into_iter().enumerate().map(raw).collect();
        Self { layout, sources: Sources::default(), columns, len: 0, waiting: 0 }
    }

    /// Begins a source: the records added from here on, up to the next, are of it. Two records of a source that is free
    /// of duplicates are never one party.
    ///
    /// ```
    /// use onefold_fact::{Kind, Silent};
    /// use onefold_identity::{Column, Decisions, Linker, Model, Records};
    ///
    /// let mut builder = Records::builder(vec![Column::new("name", Kind::FullName), Column::new("email", Kind::Email)]);
    /// for _ in 0..2 {
    ///     builder.begin_source(true);
    ///     builder.push([(0, "Ada Byron"), (1, "ada@x.io")]);
    /// }
    /// builder.push([(0, "Ada Byron"), (1, "ada@x.io")]);
    /// let records = builder.finish();
    /// let linker = Linker::new(&records, &mut Silent);
    /// let linkage = linker.link(linker.expected(), &Decisions::default(), &mut Silent);
    /// assert_eq!(linkage.report().clusters, 2);
    /// ```
    pub fn begin_source(&mut self, duplicate_free: bool) {
        self.sources.begin(self.len, duplicate_free);
    }

    /// Adds a record: pairs of a column's position and a cell. A column may come several times; blank cells say
    /// nothing, and so do cells that are no value of the column's kind.
    pub fn push<'a>(&mut self, cells: impl IntoIterator<Item = (usize, &'a str)>) {
        for (column, cell) in cells {
            if let Some(column) = self.columns.get_mut(column).filter(|column| column.used && !cell.is_empty()) {
                column.text.push_str(cell);
                column.waiting.push((self.len, u32::try_from(column.text.len()).unwrap_or(u32::MAX)));
                self.waiting += cell.len() + 8;
            }
        }
        self.len += 1;
        if self.waiting > WAITING {
            self.take_up();
        }
    }

    /// Adds a row whose cells stand in the order of the columns.
    pub fn push_row(&mut self, row: Row<'_>) {
        let columns = self.columns.len();
        self.push((0..columns).filter_map(|column| Some((column, row.cell(column)?))));
    }

    fn take_up(&mut self) {
        let len = self.len;
        self.columns.par_iter_mut().for_each(|column| column.take_up(len));
        self.waiting = 0;
    }

    /// The finished table.
    #[must_use]
    pub fn finish(mut self) -> Records {
        self.take_up();
        assemble(self.columns, self.layout, self.sources, self.len)
    }

    /// The table as records come and go in it: nothing is counted, set aside or weighed yet.
    pub(super) fn lay_out(mut self) -> Records {
        self.take_up();
        laid_out(self.columns, self.layout, self.sources, self.len)
    }

    /// The finished table, to be linked as the model says: by its blocking keys, and with how frequent values are where
    /// it was made. Whatever else is in the table, two of its records are found and weighed alike.
    ///
    /// # Errors
    /// If the model compares other things than the table has.
    pub fn finish_under(self, model: &Model) -> Result<Records, ModelError> {
        let mut records = self.finish();
        records.adopt(model)?;
        Ok(records)
    }
}

impl RawColumn {
    /// Takes up the cells that wait, for the records up to `len`.
    fn take_up(&mut self, len: u32) {
        if !self.used {
            return;
        }
        let mut start = 0;
        let mut symbols = Vec::new();
        for cells in self.waiting.chunk_by(|a, b| a.0 == b.0) {
            symbols.clear();
            for (_, end) in cells {
                symbols.push(self.distinct.intern(self.text.get(start..*end as usize).unwrap_or("")));
                start = *end as usize;
            }
            let record = cells.first().map_or(0, |(record, _)| *record);
            self.cells.push_up_to(record);
            self.cells.push(&symbols);
        }
        self.cells.push_up_to(len);
        self.text.clear();
        self.waiting.clear();
    }
}
