//! [`Table`]: a file of rows and cells, read as it streams by.

mod buffer;
mod delimiter;
mod encoding;
mod header;
mod lines;
#[cfg(feature = "parquet")]
mod packed;
mod record;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use onefold_fact::{Finding, Place, Reason, Row};
use serde::{Deserialize, Serialize};

pub(crate) use self::buffer::Buffer;
pub(crate) use self::delimiter::as_text as delimiter_as_text;
pub use self::encoding::Encoding;
use self::lines::Lines;
#[cfg(feature = "parquet")]
use self::packed::Packed;
use crate::error::ConnectError;
use crate::set_aside::{Aside, SetAside, cut, excerpt};
use crate::sources::regular;

/// A larger cell is set aside.
pub(crate) const MAX_CELL: usize = 1 << 20;

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
/// With the feature `parquet` that may be a Parquet file too. Its values become cells as a CSV file would have them: a
/// null is blank, a date is ISO 8601, a number is plain. Columns that hold lists are left out, with a finding.
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
#[derive(Debug)]
pub struct Table(Form);

#[derive(Debug)]
enum Form {
    Lines(Box<Lines>),
    #[cfg(feature = "parquet")]
    Packed(Box<Packed>),
}

/// Does the same with a table of any form.
macro_rules! of {
    ($table:expr, $rows:ident => $what:expr) => {
        match $table {
            Form::Lines($rows) => $what,
            #[cfg(feature = "parquet")]
            Form::Packed($rows) => $what,
        }
    };
}

impl Table {
    /// Opens a table and reads its header. A file without a header is a table without columns and rows, with a finding.
    ///
    /// # Errors
    /// When the file cannot be read, or is compressed, a spreadsheet or something else that is not text.
    pub fn open(path: impl AsRef<Path>, options: &TableOptions) -> Result<Self, ConnectError> {
        let path = path.as_ref();
        let mut file = regular(path).map_err(ConnectError::unreadable(path))?;
        #[cfg(feature = "parquet")]
        if packed::is_packed(&mut file).map_err(ConnectError::unreadable(path))? {
            return Ok(Self(Form::Packed(Box::new(Packed::open(file, path)?))));
        }
        text_only(&mut file, path)?;
        Ok(Self(Form::Lines(Box::new(Lines::open(file, path, options)?))))
    }

    /// The names of the columns: without surrounding space, a blank one by its place (`column_3`), the second of two
    /// equal ones with a number (`email_2`).
    #[must_use]
    pub fn header(&self) -> &[String] {
        of!(&self.0, rows => &rows.header)
    }

    /// The sign between cells; a comma where the file has none.
    #[must_use]
    pub fn delimiter(&self) -> u8 {
        match &self.0 {
            Form::Lines(rows) => rows.delimiter(),
            #[cfg(feature = "parquet")]
            Form::Packed(_) => b',',
        }
    }

    /// How its bytes stand for letters.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        match &self.0 {
            Form::Lines(rows) => rows.encoding(),
            #[cfg(feature = "parquet")]
            Form::Packed(_) => Encoding::Utf8,
        }
    }

    /// What is to be said about the file as a whole, so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        of!(&self.0, rows => &rows.findings)
    }

    /// How many rows were read so far, those set aside included.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        of!(&self.0, rows => rows.rows)
    }

    /// The rows set aside so far.
    #[must_use]
    pub fn set_aside(&self) -> &[SetAside] {
        of!(&self.0, rows => &rows.aside.rows)
    }

    /// The single cells set aside so far, the first 10,000 of them. Their rows were given with the cell blank.
    #[must_use]
    pub fn cells_set_aside(&self) -> &[SetAside] {
        of!(&self.0, rows => &rows.aside.cells)
    }

    /// How many single cells were set aside so far.
    #[must_use]
    pub fn values_set_aside(&self) -> u64 {
        of!(&self.0, rows => rows.aside.cells_total)
    }

    /// Gives each further row that can be read to `take`, until that breaks. The cells of a row are without surrounding
    /// space, and as many as the header has.
    ///
    /// # Errors
    /// When the system cannot read on.
    pub fn for_each(&mut self, take: impl FnMut(Row<'_>) -> ControlFlow<()>) -> Result<(), ConnectError> {
        of!(&mut self.0, rows => rows.for_each(take))
    }

    /// Whether all rows were read.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        of!(&self.0, rows => rows.finished)
    }

    /// How many bytes were read so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        of!(&self.0, rows => rows.bytes_read())
    }

    pub(crate) fn take_aside(&mut self) -> (Aside, Vec<Finding>) {
        of!(&mut self.0, rows => (std::mem::take(&mut rows.aside), std::mem::take(&mut rows.findings)))
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
        [b'P', b'A', b'R', b'1', ..] => {
            ("a Parquet file", "the table exported as CSV, or a build with the feature `parquet`")
        }
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => ("an SQLite database", "a table of it exported as CSV"),
        _ => return Ok(()),
    };
    Err(ConnectError::NotText { path: path.to_owned(), what, expected })
}
