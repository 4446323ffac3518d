//! [`Packed`]: a table as Parquet, column by column, given row by row.

mod cells;
mod form;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onefold_fact::{Finding, Place, Reason, Row};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;

use self::cells::Cells;
use self::form::Form;
use super::header::names;
use super::{broken_cell, column_name, reuse};
use crate::error::ConnectError;
use crate::set_aside::Aside;
use crate::sources::file_name;

/// So many rows are in memory at once.
const BATCH: usize = 4096;

/// The rows of a Parquet file.
pub(super) struct Packed {
    path: PathBuf,
    file: Arc<str>,
    pub(super) header: Vec<String>,
    columns: Vec<Arc<str>>,
    pub(super) findings: Vec<Finding>,
    pub(super) rows: u64,
    pub(super) finished: bool,
    pub(super) aside: Aside,
    size: u64,
    reader: SerializedFileReader<File>,
    /// By column that is read: its place in the file, and how its values become text.
    leaves: Vec<(usize, Form)>,
    next_group: usize,
    /// By column: the rows in memory.
    cells: Vec<Cells>,
    /// How many rows are in memory, and how many of them were given.
    batch: usize,
    given: usize,
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed").field("path", &self.path).field("header", &self.header).finish_non_exhaustive()
    }
}

/// Whether a file says of itself that it is Parquet.
pub(super) fn is_packed(file: &mut File) -> io::Result<bool> {
    let mut magic = Vec::with_capacity(4);
    file.by_ref().take(4).read_to_end(&mut magic)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(magic == b"PAR1")
}

impl Packed {
    pub(super) fn open(file: File, path: &Path) -> Result<Self, ConnectError> {
        let size = file.metadata().map_err(ConnectError::unreadable(path))?.len();
        let reader = SerializedFileReader::new(file).map_err(|_| ConnectError::NotText {
            path: path.to_owned(),
            what: "a Parquet file that is cut off, encrypted or broken",
            expected: "a whole Parquet file, or the table as CSV",
        })?;
        let name = file_name(path);
        let (mut header, mut leaves, mut findings) = (Vec::new(), Vec::new(), Vec::new());
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        for (at, column) in schema.columns().iter().enumerate() {
            match Form::of(column) {
                Ok(form) => {
                    header.push(column.path().string());
                    leaves.push((at, form));
                }
                Err(what) => {
                    let message = format!("holds {what} and is not read; expected one value a row");
                    let place = Place::file(name.clone()).column(column.path().string());
                    findings.push(Finding::new(Reason::Configuration, message).at(place));
                }
            }
        }
        let header = names(header);
        let rows = reader.metadata().file_metadata().num_rows();
        if rows == 0 {
            let message = "has a header but no rows; expected a row for each customer or event";
            findings.push(Finding::new(Reason::Empty, message).at(Place::file(name.clone())));
        }
        Ok(Self {
            path: path.to_owned(),
            file: name,
            columns: header.iter().map(|name| name.as_str().into()).collect(),
            header,
            findings,
            rows: 0,
            finished: false,
            aside: Aside::default(),
            size,
            reader,
            cells: Vec::new(),
            leaves,
            next_group: 0,
            batch: 0,
            given: 0,
        })
    }

    /// How many bytes were read so far, as the share of the rows.
    pub(super) fn bytes_read(&self) -> u64 {
        let rows = self.reader.metadata().file_metadata().num_rows().max(1);
        (self.size as f64 * (self.rows as f64 / rows as f64)) as u64
    }

    pub(super) fn for_each(&mut self, mut take: impl FnMut(Row<'_>) -> ControlFlow<()>) -> Result<(), ConnectError> {
        let mut spare: Vec<&'static str> = Vec::new();
        loop {
            if self.given == self.batch && !self.read_batch()? {
                self.finished = true;
                return Ok(());
            }
            while self.given < self.batch {
                let mut row = reuse(spare);
                row.extend(self.cells.iter().map(|cells| cells.get(self.given)));
                self.given += 1;
                self.rows += 1;
                let flow = take(Row::new(self.rows, &row));
                spare = reuse(row);
                if flow.is_break() {
                    return Ok(());
                }
            }
        }
    }

    /// Reads the next rows into memory; `false` if there are none.
    fn read_batch(&mut self) -> Result<bool, ConnectError> {
        loop {
            let mut rows = None;
            for cells in &mut self.cells {
                let read = cells.read(BATCH).map_err(broken(&self.path))?;
                if *rows.get_or_insert(read) != read {
                    let error = ParquetError::General("its columns are not of one length".to_owned());
                    return Err(broken(&self.path)(error));
                }
            }
            (self.batch, self.given) = (rows.unwrap_or(0), 0);
            for (column, cells) in self.cells.iter_mut().enumerate() {
                for (row, bytes, reason) in cells.take_broken() {
                    let place = Place::file(self.file.clone())
                        .row(self.rows + 1 + row as u64)
                        .column(column_name(&self.columns, column));
                    self.aside.cell(|| broken_cell(&bytes, reason, place));
                }
            }
            if self.batch > 0 {
                return Ok(true);
            }
            if self.next_group >= self.reader.num_row_groups() {
                return Ok(false);
            }
            let group = self.reader.get_row_group(self.next_group).map_err(broken(&self.path))?;
            self.next_group += 1;
            self.cells.clear();
            for (leaf, form) in &self.leaves {
                let reader = group.get_column_reader(*leaf).map_err(broken(&self.path))?;
                let levels = group.metadata().column(*leaf).column_descr().max_def_level();
                self.cells.push(Cells::new(reader, *form, levels));
            }
        }
    }
}

fn broken(path: &Path) -> impl FnOnce(ParquetError) -> ConnectError + '_ {
    |error| ConnectError::unreadable(path)(io::Error::other(error))
}
