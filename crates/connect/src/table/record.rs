//! Where a row ends and where its cells lie (RFC 4180, and what people make of it).
//!
//! We split rows ourselves instead of by the `csv` crate for one reason: a quote that is opened and never closed makes
//! of the rest of the file one cell, and to set aside only the line that has it one must be able to go back. The tests
//! hold this splitter to that crate.

/// Where a cell lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// In the scratch text instead of in the window: the cell had to be put together.
    pub(super) scratch: bool,
}

/// What stands at the beginning of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// A row of so many bytes with its line end, and whether a line end lies in one of its cells.
    Row { length: usize, lines: bool },
    /// A line without anything.
    Blank { length: usize },
    /// A quote that is not closed where a quote can be closed, as was seen after so many bytes.
    Unclosed { seen: usize },
    /// No end of the row in the window.
    Incomplete,
}

/// How to split.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Whether a cell in quotes may hold a line end.
    pub(super) lines: bool,
}

/// Splits the row at the beginning of `window` into `cells`; `at_end` says that the file ends where the window ends.
pub(super) fn split(
    window: &[u8],
    at_end: bool,
    dialect: Dialect,
    cells: &mut Vec<Span>,
    scratch: &mut Vec<u8>,
) -> Split {
    cells.clear();
    scratch.clear();
    match window.first() {
        None => return Split::Incomplete,
        Some(b'\n' | b'\r') => return Split::Blank { length: line_end(window, 0).unwrap_or(1) },
        Some(_) => {}
    }
    let Dialect { delimiter, lines: may_hold_lines } = dialect;
    let stop = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
    let mut at = 0;
    let mut lines = false;
    loop {
        // Spaces before a quote do not make it a letter.
        let start = at;
        let mut open = start;
        while window.get(open) == Some(&b' ') {
            open += 1;
        }
        if window.get(open) == Some(&b'"') {
            let cell = match quoted(window, open + 1, at_end, dialect, scratch) {
                Ok(cell) => cell,
                Err(split) => return split,
            };
            if cell.lines && !may_hold_lines {
                return Split::Unclosed { seen: cell.end };
            }
            lines |= cell.lines;
            cells.push(cell.span);
            at = cell.end;
        } else {
            match window.get(open..).and_then(|rest| rest.iter().position(stop)) {
                Some(length) => at = open + length,
                None if at_end => at = window.len(),
                None => return Split::Incomplete,
            }
            cells.push(Span { start, end: at, scratch: false });
        }
        match window.get(at) {
            Some(byte) if *byte == delimiter => at += 1,
            Some(_) => {
                return match line_end(window, at) {
                    None if !at_end => Split::Incomplete,
                    end => Split::Row { length: end.unwrap_or(at + 1), lines },
                };
            }
            None if at_end => return Split::Row { length: at, lines },
            None => return Split::Incomplete,
        }
    }
}

/// The position behind the line end at `at`; `None` if that depends on a byte that is not there.
fn line_end(window: &[u8], at: usize) -> Option<usize> {
    match (window.get(at), window.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\r'), None) => None,
        _ => Some(at + 1),
    }
}

struct Quoted {
    span: Span,
    /// Where the delimiter or line end behind it stands.
    end: usize,
    lines: bool,
}

/// Reads a cell whose opening quote stands before `start`.
fn quoted(window: &[u8], start: usize, at_end: bool, dialect: Dialect, scratch: &mut Vec<u8>) -> Result<Quoted, Split> {
    let stop = |byte: &u8| *byte == dialect.delimiter || *byte == b'\n' || *byte == b'\r';
    let unfinished = if at_end { Split::Unclosed { seen: window.len() } } else { Split::Incomplete };
    let line = |byte: &u8| *byte == b'\n' || *byte == b'\r';
    let kept = scratch.len();
    let mut piece = start;
    let mut copied = false;
    loop {
        let rest = window.get(piece..).unwrap_or_default();
        // Where cells may not hold line ends, one need not look beyond the line.
        let found = rest.iter().position(|byte| *byte == b'"' || (!dialect.lines && line(byte)));
        let Some(length) = found else { return Err(unfinished) };
        let quote = piece + length;
        if window.get(quote) != Some(&b'"') {
            return Err(Split::Unclosed { seen: quote });
        }
        match window.get(quote + 1) {
            Some(b'"') => {
                // Two quotes are one.
                scratch.extend_from_slice(window.get(piece..=quote).unwrap_or_default());
                copied = true;
                piece = quote + 2;
                continue;
            }
            None if !at_end => return Err(Split::Incomplete),
            _ => {}
        }
        let whole = window.get(start..quote).unwrap_or_default();
        let lines = whole.iter().any(line);
        let mut end = quote + 1;
        while window.get(end) == Some(&b' ') {
            end += 1;
        }
        if !window.get(end).is_none_or(&stop) {
            // Text behind the closing quote. In one line it is a slip (`"Ada" Lovelace`) and belongs to the cell; over
            // lines it shows that the quotes do not pair up as they seem to.
            if lines {
                return Err(Split::Unclosed { seen: end });
            }
            let rest = window.get(quote + 1..).unwrap_or_default();
            let length = match rest.iter().position(&stop) {
                Some(length) => length,
                None if at_end => rest.len(),
                None => return Err(Split::Incomplete),
            };
            end = quote + 1 + length;
            scratch.extend_from_slice(window.get(piece..quote).unwrap_or_default());
            scratch.extend_from_slice(window.get(quote + 1..end).unwrap_or_default());
            copied = true;
        } else if end == window.len() && !at_end {
            return Err(Split::Incomplete);
        } else if copied {
            scratch.extend_from_slice(window.get(piece..quote).unwrap_or_default());
        }
        let span = if copied {
            Span { start: kept, end: scratch.len(), scratch: true }
        } else {
            Span { start, end: quote, scratch: false }
        };
        return Ok(Quoted { span, end, lines });
    }
}
