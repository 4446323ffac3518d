//! [`RecordsBuilder`]: gathers cells by column, each distinct one once.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use onefold_fact::Row;
use rayon::prelude::*;

use super::assemble::{assemble, laid_out};
use super::cells::Cells;
use super::intern::Interner;
use super::layout::Layout;
use super::sources::Sources;
use super::{Column, Records};
use crate::weigh::{Model, ModelError};

/// Bytes of cells that are gathered until their columns take them up side by side.
const GATHERED: usize = 1 << 21;

/// Builds [`Records`], a row at a time. Each distinct cell of a column is standardised once.
#[derive(Debug)]
pub struct RecordsBuilder {
    layout: Layout,
    sources: Sources,
    gathered: Gathered,
    columns: Columns,
}

/// A column as it came.
#[derive(Debug)]
pub(super) struct RawColumn {
    pub(super) column: Column,
    /// The distinct cells.
    pub(super) distinct: Interner,
    /// By record: which cells it has.
    pub(super) cells: Cells,
}

impl RecordsBuilder {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        let layout = Layout::of(&columns);
        let used = (0..columns.len()).map(|at| !layout.targets(at).is_empty()).collect();
        let raw = |column| RawColumn { column, distinct: Interner::default(), cells: Cells::new(1) };
        let columns = Columns::Here(columns.into_iter().map(raw).collect());
        Self { layout, sources: Sources::default(), gathered: Gathered::of(used), columns }
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
        self.sources.begin(self.gathered.len, duplicate_free);
    }

    /// Adds a record: pairs of a column's position and a cell. A column may come several times; blank cells say
    /// nothing, and so do cells that are no value of the column's kind.
    pub fn push<'a>(&mut self, cells: impl IntoIterator<Item = (usize, &'a str)>) {
        self.gathered.push(cells);
        if self.gathered.bytes > GATHERED {
            self.columns.take_up(&mut self.gathered);
        }
    }

    /// Adds a row whose cells stand in the order of the columns.
    pub fn push_row(&mut self, row: Row<'_>) {
        let columns = self.gathered.columns.len();
        self.push((0..columns).filter_map(|column| Some((column, row.cell(column)?))));
    }

    /// The finished table.
    #[must_use]
    pub fn finish(self) -> Records {
        let len = self.gathered.len;
        assemble(self.columns.all(self.gathered), self.layout, self.sources, len)
    }

    /// The table as records come and go in it: nothing is counted, set aside or weighed yet.
    pub(super) fn lay_out(self) -> Records {
        let len = self.gathered.len;
        laid_out(self.columns.all(self.gathered), self.layout, self.sources, len)
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

/// Cells of the last rows, by column.
#[derive(Debug, Default)]
struct Gathered {
    columns: Vec<GatheredColumn>,
    /// The number of records, those of earlier rows included.
    len: u32,
    bytes: usize,
}

/// Cells of a column end to end.
#[derive(Debug, Default)]
struct GatheredColumn {
    /// Whether anything is made of it.
    used: bool,
    text: String,
    /// By cell: its record, and where it ends.
    cells: Vec<(u32, u32)>,
}

impl Gathered {
    fn of(used: Vec<bool>) -> Self {
        let column = |used| GatheredColumn { used, ..GatheredColumn::default() };
        Self { columns: used.into_iter().map(column).collect(), len: 0, bytes: 0 }
    }

    fn push<'a>(&mut self, cells: impl IntoIterator<Item = (usize, &'a str)>) {
        for (column, cell) in cells {
            if let Some(column) = self.columns.get_mut(column).filter(|column| column.used && !cell.is_empty()) {
                column.text.push_str(cell);
                column.cells.push((self.len, u32::try_from(column.text.len()).unwrap_or(u32::MAX)));
                self.bytes += cell.len() + 8;
            }
        }
        self.len += 1;
    }

    /// Makes room for the next rows.
    fn clear(&mut self, len: u32) {
        (self.len, self.bytes) = (len, 0);
        for column in &mut self.columns {
            column.text.clear();
            column.cells.clear();
        }
    }
}

/// Where columns take cells up.
#[derive(Debug)]
enum Columns {
    /// Where rows are pushed.
    Here(Vec<RawColumn>),
    /// Beside it, so that the next rows are read meanwhile.
    Beside(Beside),
}

/// A thread that takes up what is gathered.
#[derive(Debug)]
struct Beside {
    send: SyncSender<Gathered>,
    /// What was taken up, to be gathered in again.
    back: Receiver<Gathered>,
    columns: JoinHandle<Vec<RawColumn>>,
}

impl Columns {
    fn take_up(&mut self, gathered: &mut Gathered) {
        if let Self::Here(columns) = self {
            if rayon::current_num_threads() == 1 {
                take_up(columns, gathered);
                gathered.clear(gathered.len);
                return;
            }
            *self = Self::Beside(Beside::begin(std::mem::take(columns)));
        }
        if let Self::Beside(beside) = self {
            let used = gathered.columns.iter().map(|column| column.used);
            let mut next = beside.back.try_recv().unwrap_or_else(|_| Gathered::of(used.collect()));
            next.clear(gathered.len);
            // It fails only where the thread has stopped, which is told when its columns are asked for.
            let _ = beside.send.send(std::mem::replace(gathered, next));
        }
    }

    /// The columns, with what is gathered last.
    fn all(self, last: Gathered) -> Vec<RawColumn> {
        let mut columns = match self {
            Self::Here(columns) => columns,
            Self::Beside(Beside { send, columns, .. }) => {
                drop(send);
                // A fault there is a fault here.
                columns.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault))
            }
        };
        take_up(&mut columns, &last);
        columns
    }
}

impl Beside {
    fn begin(mut columns: Vec<RawColumn>) -> Self {
        let (send, taken) = sync_channel::<Gathered>(1);
        let (give_back, back) = channel();
        let columns = std::thread::spawn(move || {
            for gathered in taken {
                take_up(&mut columns, &gathered);
                // Nobody wants it any more once all rows are pushed.
                let _ = give_back.send(gathered);
            }
            columns
        });
        Self { send, back, columns }
    }
}

fn take_up(columns: &mut [RawColumn], gathered: &Gathered) {
    columns.par_iter_mut().zip(&gathered.columns).for_each(|(column, cells)| column.take_up(cells, gathered.len));
}

impl RawColumn {
    /// Takes up cells, for the records up to `len`.
    fn take_up(&mut self, gathered: &GatheredColumn, len: u32) {
        if !gathered.used {
            return;
        }
        let starts = std::iter::once(0).chain(gathered.cells.iter().map(|(_, end)| *end));
        let texts = starts
            .zip(&gathered.cells)
            .map(|(start, (_, end))| gathered.text.get(start as usize..*end as usize).unwrap_or(""));
        let mut symbols = Vec::with_capacity(gathered.cells.len());
        self.distinct.intern_all(texts, &mut Vec::new(), |symbol| symbols.push(symbol));
        let mut rest = symbols.as_slice();
        for cells in gathered.cells.chunk_by(|a, b| a.0 == b.0) {
            let (of_record, others) = rest.split_at(cells.len().min(rest.len()));
            let record = cells.first().map_or(0, |(record, _)| *record);
            self.cells.push_up_to(record);
            self.cells.push(of_record);
            rest = others;
        }
        self.cells.push_up_to(len);
    }
}
