//! [`Lines`]: a table as text, comma-separated or alike.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onefold_fact::{Finding, Place, Reason, Row};

use super::buffer::Buffer;
use super::delimiter;
use super::encoding::{self, Encoding};
use super::record::{Dialect, Span, Split, split};
use super::{TableOptions, broken_cell, column_name, reuse};
use crate::error::ConnectError;
use crate::set_aside::{Aside, SetAside, excerpt};
use crate::sources::file_name;

/// A NUL byte within so many bytes shows that a file is not text.
const BINARY_WITHIN: u64 = 64 << 10;

/// A row that does not end within so many bytes is set aside.
pub(super) const MAX_ROW: usize = 16 << 20;

/// So many bytes may be read twice because of quotes that are never closed, and as many again as the file has so far;
/// beyond, no cell holds a line end any more. It keeps the reading of any file linear.
const READ_TWICE: u64 = 64 << 20;

/// The rows of a file of text.
pub(super) struct Lines {
    pub(super) path: PathBuf,
    pub(super) file: Arc<str>,
    pub(super) header: Vec<String>,
    pub(super) columns: Vec<Arc<str>>,
    pub(super) findings: Vec<Finding>,
    pub(super) buffer: Buffer,
    pub(super) encoding: Encoding,
    pub(super) dialect: Dialect,
    pub(super) read_twice: u64,
    pub(super) rows: u64,
    pub(super) finished: bool,
    pub(super) aside: Aside,
    pub(super) cells: Vec<Span>,
    pub(super) scratch: Vec<u8>,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("path", &self.path).field("header", &self.header).finish_non_exhaustive()
    }
}

/// Where a row lies in the window.
struct Found {
    /// Up to which byte its cells reach.
    length: usize,
}

impl Lines {
    /// Opens a table and reads its header. A file without a header is a table without columns and rows, with a finding.
    ///
    /// # Errors
    /// When the file cannot be read, or is compressed, a spreadsheet or something else that is not text.
    pub(super) fn open(mut file: File, path: &Path, options: &TableOptions) -> Result<Self, ConnectError> {
        if !matches!(options.encoding, Some(Encoding::Utf16Le | Encoding::Utf16Be)) {
            no_nul(&mut file, path)?;
        }
        let (encoding, doubt) = match options.encoding {
            Some(encoding) => (encoding, None),
            None => encoding::detect(&mut file).map_err(ConnectError::unreadable(path))?,
        };
        let reader = encoding::decoded(file, encoding).map_err(ConnectError::unreadable(path))?;
        let mut buffer = Buffer::new(reader);
        buffer.fill().map_err(ConnectError::unreadable(path))?;
        let stated = delimiter::stated(buffer.window());
        if let Some((_, length)) = stated {
            buffer.consume(length);
        }
        let delimiter = options
            .delimiter
            .or(stated.map(|(delimiter, _)| delimiter))
            .unwrap_or_else(|| delimiter::sniff(buffer.window(), buffer.is_at_end()));
        let mut table = Self {
            path: path.to_owned(),
            file: file_name(path),
            header: Vec::new(),
            columns: Vec::new(),
            findings: Vec::new(),
            buffer,
            encoding,
            dialect: Dialect { delimiter, lines: true },
            read_twice: 0,
            rows: 0,
            finished: false,
            aside: Aside::default(),
            cells: Vec::new(),
            scratch: Vec::new(),
        };
        table.findings.extend(doubt.map(|why| Finding::new(Reason::Encoding, why).at(Place::file(table.file.clone()))));
        table.read_header()?;
        Ok(table)
    }

    /// The sign between cells.
    pub(super) fn delimiter(&self) -> u8 {
        self.dialect.delimiter
    }

    /// How its bytes stand for letters.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Gives each further row that can be read to `take`, until that breaks. The cells of a row are without surrounding
    /// space, and as many as the header has.
    ///
    /// # Errors
    /// When the system cannot read on.
    pub(super) fn for_each(&mut self, mut take: impl FnMut(Row<'_>) -> ControlFlow<()>) -> Result<(), ConnectError> {
        let mut spare: Vec<&'static str> = Vec::new();
        while let Some(found) = self.next()? {
            let mut cells = reuse(spare);
            let flow = {
                let window = self.buffer.window().get(..found.length).unwrap_or_default();
                texts(window, &self.scratch, &self.cells, &mut cells, |column, bytes, reason| {
                    let place =
                        Place::file(self.file.clone()).row(self.rows).column(column_name(&self.columns, column));
                    self.aside.cell(|| broken_cell(bytes, reason, place));
                });
                take(Row::new(self.rows, &cells))
            };
            spare = reuse(cells);
            self.buffer.consume(found.length);
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// How many bytes were read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.buffer.consumed()
    }

    /// Finds the next row that can be read, with its cells in `self.cells`, and sets aside what comes before it.
    fn next(&mut self) -> Result<Option<Found>, ConnectError> {
        loop {
            match split(self.buffer.window(), self.buffer.is_at_end(), self.dialect, &mut self.cells, &mut self.scratch)
            {
                Split::Blank { length } => self.buffer.consume(length),
                Split::Row { length, lines } => {
                    if lines && self.cells.len() != self.header.len() {
                        self.unclosed(length)?;
                        continue;
                    }
                    self.rows += 1;
                    if self.fits(length) {
                        return Ok(Some(Found { length }));
                    }
                    self.buffer.consume(length);
                }
                Split::Unclosed { seen } => self.unclosed(seen)?,
                Split::Incomplete if self.buffer.is_at_end() => {
                    self.finished = true;
                    return Ok(None);
                }
                Split::Incomplete if self.buffer.window().len() >= MAX_ROW => self.unclosed(MAX_ROW)?,
                Split::Incomplete => self.buffer.fill().map_err(ConnectError::unreadable(&self.path))?,
            }
        }
    }

    /// Whether the row of so many bytes has as many cells as the header; surplus blank ones do not count. If not, it is
    /// set aside.
    fn fits(&mut self, length: usize) -> bool {
        let window = self.buffer.window().get(..length).unwrap_or_default();
        let wanted = self.header.len();
        if self.cells.len() > wanted {
            let blank = |span: &Span| {
                let text = if span.scratch { &self.scratch } else { window };
                text.get(span.start..span.end).unwrap_or_default().trim_ascii().is_empty()
            };
            if self.cells.iter().skip(wanted).all(blank) {
                self.cells.truncate(wanted);
            }
        }
        let found = self.cells.len();
        if found == wanted {
            return true;
        }
        let message = format!(
            "has {found} {}, the header {wanted}; expected as many, with cells that hold the delimiter in quotes",
            if found == 1 { "cell" } else { "cells" },
        );
        let place = Place::file(self.file.clone()).row(self.rows);
        self.aside.row(SetAside::new(Reason::RaggedRow, message, place, excerpt(window).trim_end()));
        false
    }

    /// Sets aside the first line of the window: it opens a quote that `seen` further bytes do not close.
    fn unclosed(&mut self, seen: usize) -> Result<(), ConnectError> {
        self.rows += 1;
        let window = self.buffer.window();
        let line = window.iter().position(|byte| *byte == b'\n');
        let (reason, message) = match line {
            None if !self.buffer.is_at_end() => {
                (Reason::Oversized, "is longer than 16 MiB; expected a row of text".to_owned())
            }
            _ => (
                Reason::RaggedRow,
                "opens a quote that is not closed; expected a second quote before the next comma or line end, and \
                 quotes inside a cell doubled"
                    .replace("comma", delimiter::name(self.dialect.delimiter)),
            ),
        };
        let value = excerpt(window.get(..line.unwrap_or(window.len())).unwrap_or_default());
        let place = Place::file(self.file.clone()).row(self.rows);
        self.aside.row(SetAside::new(reason, message, place, value.trim_end()));
        match line {
            Some(line) => self.buffer.consume(line + 1),
            None => self.buffer.skip_line(self.buffer.window().len()).map_err(ConnectError::unreadable(&self.path))?,
        }
        self.read_twice += seen as u64;
        if self.dialect.lines && self.read_twice > READ_TWICE + self.buffer.consumed() {
            self.dialect.lines = false;
            let message = "has too many quotes that are never closed; from here on no cell holds a line end";
            let place = Place::file(self.file.clone()).row(self.rows);
            self.findings.push(Finding::new(Reason::RaggedRow, message).at(place));
        }
        Ok(())
    }
}

/// The cells as text. A cell that is too large or no text is blank; `broken` learns of it.
fn texts<'a>(
    window: &'a [u8],
    scratch: &'a [u8],
    spans: &[Span],
    cells: &mut Vec<&'a str>,
    mut broken: impl FnMut(usize, &[u8], Reason),
) {
    // One look at the whole row is much cheaper than one for each cell.
    let whole = std::str::from_utf8(window).ok().zip(std::str::from_utf8(scratch).ok());
    for (column, span) in spans.iter().enumerate() {
        let bytes = if span.scratch { scratch } else { window };
        let bytes = bytes.get(span.start..span.end).unwrap_or_default();
        let text = match whole {
            Some((window, scratch)) => {
                let text = if span.scratch { scratch } else { window };
                text.get(span.start..span.end)
            }
            None => std::str::from_utf8(bytes).ok(),
        };
        cells.push(match text {
            Some(text) if text.len() <= super::MAX_CELL => text.trim(),
            Some(_) => {
                broken(column, bytes, Reason::Oversized);
                ""
            }
            None => {
                broken(column, bytes, Reason::Encoding);
                ""
            }
        });
    }
}

/// Refuses a file with a NUL byte near its beginning, which no text has but UTF-16.
fn no_nul(file: &mut File, path: &Path) -> Result<(), ConnectError> {
    use std::io::{Read, Seek, SeekFrom};
    let mut beginning = Vec::new();
    file.by_ref().take(BINARY_WITHIN).read_to_end(&mut beginning).map_err(ConnectError::unreadable(path))?;
    file.seek(SeekFrom::Start(0)).map_err(ConnectError::unreadable(path))?;
    let utf16 = beginning.starts_with(b"\xFF\xFE") || beginning.starts_with(b"\xFE\xFF");
    if utf16 || !beginning.contains(&0) {
        return Ok(());
    }
    let what = "binary (it has NUL bytes)";
    let expected = "a table as CSV, or the mapping's `encoding` if it is UTF-16 without a byte order mark";
    Err(ConnectError::NotText { path: path.to_owned(), what, expected })
}
