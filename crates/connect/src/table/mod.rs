//! [`Table`]: a file of rows and cells, read as it streams by.

mod buffer;
mod delimiter;
mod encoding;
mod header;
mod record;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onefold_fact::{Finding, Place, Reason, Row};
use serde::{Deserialize, Serialize};

pub(crate) use self::buffer::Buffer;
pub(crate) use self::delimiter::as_text as delimiter_as_text;
pub use self::encoding::Encoding;
use self::record::{Dialect, Span, Split, split};
use crate::error::ConnectError;
use crate::set_aside::{Aside, SetAside, cut, excerpt};
use crate::sources::{file_name, regular};

/// A NUL byte within so many bytes shows that a file is not text.
const BINARY_WITHIN: u64 = 64 << 10;

/// A larger cell is set aside.
pub(crate) const MAX_CELL: usize = 1 << 20;

/// A row that does not end within so many bytes is set aside.
const MAX_ROW: usize = 16 << 20;

/// So many bytes may be read twice because of quotes that are never closed, and as many again as the file has so far;
/// beyond, no cell holds a line end any more. It keeps the reading of any file linear.
const READ_TWICE: u64 = 64 << 20;

/// How a table is written, where that shall not be found out from its bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TableOptions {
    /// The sign between cells; by default the one of comma, semicolon, tab and bar that parts the first rows best.
    #[serde(skip_serializing_if = "Option::is_none", with = "delimiter::as_text")]
    pub delimiter: Option<u8>,
    /// The encoding; by default UTF-8 or UTF-16 by their byte order marks, UTF-8 if the bytes are valid, else
    /// Windows-1252, with a finding where that is doubtful.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
}

/// A table in a file: a header, then rows, read one after another in bounded memory.
///
/// What is broken costs as little as possible, each time with a finding:
///
/// - A row with fewer cells than the header, or with more that are not blank, is set aside: which cells are missing
///   cannot be known, and a value in the wrong column does more harm than none.
/// - A quote that is never closed costs its line, not the rest of the file. A row that runs over several lines must
///   have as many cells as the header, or else its quote is taken for such a one.
/// - A cell beyond 1 MiB, or with bytes that are no letters in the encoding of the file, is blank to the reader; the rest
///   of the row counts. A row beyond 16 MiB is set aside.
/// - Blank lines do not count as rows.
///
/// ```
/// use std::ops::ControlFlow;
/// use onefold_connect::{Table, TableOptions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("onefold-table-{}.csv", std::process::id()));
/// # let path = path.as_path();
/// std::fs::write(path, "id; name\n1; \"Lovelace; Ada\"\n2\n3;Grace\n")?;
/// let mut table = Table::open(path, &TableOptions::default())?;
/// assert_eq!(table.header(), ["id", "name"]);
/// let mut names = Vec::new();
/// table.for_each(|row| {
///     names.extend(row.cell(1).map(str::to_owned));
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(names, ["Lovelace; Ada", "Grace"]);
/// assert_eq!(table.rows_read(), 3);
/// assert!(table.set_aside()[0].finding.message.contains("1 cell, the header 2"));
/// # std::fs::remove_file(path)?;
/// # Ok(())
/// # }
/// ```
pub struct Table {
    path: PathBuf,
    file: Arc<str>,
    header: Vec<String>,
    columns: Vec<Arc<str>>,
    findings: Vec<Finding>,
    buffer: Buffer,
    encoding: Encoding,
    dialect: Dialect,
    read_twice: u64,
    rows: u64,
    finished: bool,
    aside: Aside,
    cells: Vec<Span>,
    scratch: Vec<u8>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("path", &self.path).field("header", &self.header).finish_non_exhaustive()
    }
}

/// Where a row lies in the window.
struct Found {
    /// Up to which byte its cells reach.
    length: usize,
}

impl Table {
    /// Opens a table and reads its header. A file without a header is a table without columns and rows, with a finding.
    ///
    /// # Errors
    /// When the file cannot be read, or is compressed, a spreadsheet or something else that is not text.
    pub fn open(path: impl AsRef<Path>, options: &TableOptions) -> Result<Self, ConnectError> {
        let path = path.as_ref();
        let mut file = regular(path).map_err(ConnectError::unreadable(path))?;
        text_only(&mut file, path)?;
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

    /// The names of the columns: without surrounding space, a blank one by its place (`column_3`), the second of two
    /// equal ones with a number (`email_2`).
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The sign between cells.
    #[must_use]
    pub fn delimiter(&self) -> u8 {
        self.dialect.delimiter
    }

    /// How its bytes stand for letters.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What is to be said about the file as a whole, so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many rows were read so far, those set aside included.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        self.rows
    }

    /// The rows set aside so far.
    #[must_use]
    pub fn set_aside(&self) -> &[SetAside] {
        &self.aside.rows
    }

    /// The single cells set aside so far, the first 10,000 of them. Their rows were given with the cell blank.
    #[must_use]
    pub fn cells_set_aside(&self) -> &[SetAside] {
        &self.aside.cells
    }

    /// Gives each further row that can be read to `take`, until that breaks. The cells of a row are without surrounding
    /// space, and as many as the header has.
    ///
    /// # Errors
    /// When the system cannot read on.
    pub fn for_each(&mut self, mut take: impl FnMut(Row<'_>) -> ControlFlow<()>) -> Result<(), ConnectError> {
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

    /// How many single cells were set aside so far.
    #[must_use]
    pub fn values_set_aside(&self) -> u64 {
        self.aside.cells_total
    }

    /// Whether all rows were read.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// How many bytes were read so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.buffer.consumed()
    }

    pub(crate) fn take_aside(&mut self) -> (Aside, Vec<Finding>) {
        (std::mem::take(&mut self.aside), std::mem::take(&mut self.findings))
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
            Some(text) if text.len() <= MAX_CELL => text.trim(),
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

pub(crate) fn broken_cell(bytes: &[u8], reason: Reason, place: Place) -> SetAside {
    let value = excerpt(bytes);
    let beginning = cut(&value, 60);
    let message = match reason {
        Reason::Oversized => {
            format!("`{beginning}` has {} bytes; expected a cell of at most 1 MiB", bytes.len())
        }
        _ => format!("`{beginning}` has bytes that are not UTF-8, in a file that otherwise is; expected UTF-8"),
    };
    SetAside::new(reason, message, place, &value)
}

fn column_name(columns: &[Arc<str>], column: usize) -> Arc<str> {
    columns.get(column).cloned().unwrap_or_else(|| "?".into())
}

/// An empty vector in the memory of another, whatever the lifetime of what that held.
fn reuse<'b>(mut cells: Vec<&str>) -> Vec<&'b str> {
    cells.clear();
    cells.into_iter().map(|_| "").collect()
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

/// Refuses files that can only be read after somebody has unpacked or exported them.
pub(crate) fn text_only(file: &mut File, path: &Path) -> Result<(), ConnectError> {
    use std::io::{Read, Seek, SeekFrom};
    let mut magic = Vec::with_capacity(8);
    file.by_ref().take(8).read_to_end(&mut magic).map_err(ConnectError::unreadable(path))?;
    file.seek(SeekFrom::Start(0)).map_err(ConnectError::unreadable(path))?;
    let (what, expected) = match magic.as_slice() {
        [0x1F, 0x8B, ..] => ("compressed by gzip", "the file unpacked"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => ("compressed by zstd", "the file unpacked"),
        [b'P', b'K', 3, 4, ..] => ("a spreadsheet or a zip archive", "the table exported as CSV"),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => ("a spreadsheet of an old kind", "the table exported as CSV"),
        [b'P', b'A', b'R', b'1', ..] => ("a Parquet file", "the table exported as CSV"),
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => ("an SQLite database", "a table of it exported as CSV"),
        _ => return Ok(()),
    };
    Err(ConnectError::NotText { path: path.to_owned(), what, expected })
}
