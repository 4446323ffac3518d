//! [`copy_rows`]: some rows of a file as they were, to be mended and delivered again.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::error::ConnectError;
use crate::jsonl::Lines;
use crate::sources::{Format, SourceFile};
use crate::table::{Table, TableOptions};

/// Gives the rows of these numbers ([`Entry::row`](crate::Entry::row)) whole to `sink`, until it breaks, each with the end of
/// its line: of a table as CSV with commas, the header before the first; of JSON Lines as they are. Written into a file and read
/// again, they state what they stated. A row that cannot be told apart (it is cut off, or is no text) is not among them.
///
/// # Errors
/// When the file cannot be read again.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use onefold_connect::{SourceFile, TableOptions, copy_rows};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("onefold-copy-{}.csv", std::process::id()));
/// # let path = path.as_path();
/// std::fs::write(path, "id;name\n1;Ada\n2;\"Hopper, Grace\"\n")?;
/// let mut copied = String::new();
/// copy_rows(&SourceFile::new(path), &TableOptions::default(), &[2].into(), &mut |line| {
///     copied.push_str(line);
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(copied, "id,name\n2,\"Hopper, Grace\"\n");
/// # std::fs::remove_file(path)?;
/// # Ok(())
/// # }
/// ```
pub fn copy_rows(
    file: &SourceFile,
    options: &TableOptions,
    rows: &BTreeSet<u64>,
    sink: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<(), ConnectError> {
    let mut left = rows.len();
    let mut take = |number: u64, line: &mut dyn FnMut() -> String| {
        if left > 0 && rows.contains(&number) {
            left -= 1;
            sink(&line())?;
        }
        if left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    match file.format {
        Format::Table => {
            let mut table = Table::open(&file.path, options)?;
            let header = as_csv(table.header().iter().map(String::as_str));
            let mut begun = false;
            table.for_each(|row| {
                take(row.number(), &mut || {
                    let row = as_csv(row.cells().iter().copied());
                    if std::mem::replace(&mut begun, true) { row } else { format!("{header}{row}") }
                })
            })
        }
        Format::JsonLines => Lines::open(&file.path)?.for_each(|number, line| match line {
            Ok(line) => take(number, &mut || format!("{line}\n")),
            Err(_) => ControlFlow::Continue(()),
        }),
    }
}

/// A row as CSV: a cell that is empty, or holds a comma, a quote or the end of a line, stands between quotes.
fn as_csv<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let quoted = |cell: &str| {
        let plain = !cell.is_empty() && !cell.contains([',', '"', '\n', '\r']);
        if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    cells.map(quoted).collect::<Vec<_>>().join(",") + "\n"
}
