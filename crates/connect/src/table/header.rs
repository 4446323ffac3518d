//! The names of the columns.

use std::collections::BTreeSet;

use onefold_fact::{Finding, Place, Reason};

use super::lines::{Lines, MAX_ROW};
use super::record::{Split, split};
use crate::error::ConnectError;

impl Lines {
    /// Reads the header, which is the first line that is not blank.
    pub(super) fn read_header(&mut self) -> Result<(), ConnectError> {
        let cells = loop {
            let (window, at_end) = (self.buffer.window(), self.buffer.is_at_end());
            match split(window, at_end, self.dialect, &mut self.cells, &mut self.scratch) {
                Split::Blank { length } => self.buffer.consume(length),
                Split::Row { length, .. } => {
                    let cells: Vec<String> = self
                        .cells
                        .iter()
                        .map(|span| {
                            let text = if span.scratch { &self.scratch } else { window };
                            String::from_utf8_lossy(text.get(span.start..span.end).unwrap_or_default()).into_owned()
                        })
                        .collect();
                    self.buffer.consume(length);
                    break cells;
                }
                Split::Incomplete if !at_end && window.len() < MAX_ROW => {
                    self.buffer.fill().map_err(ConnectError::unreadable(&self.path))?;
                }
                Split::Incomplete if window.is_empty() => {
                    self.finished = true;
                    self.finding(Reason::Empty, "is empty; expected a header and rows");
                    return Ok(());
                }
                // With a quote too many a header is read as if quotes were letters.
                Split::Unclosed { .. } | Split::Incomplete => {
                    let length = window.iter().position(|byte| *byte == b'\n').unwrap_or(window.len());
                    let line = String::from_utf8_lossy(window.get(..length.min(MAX_ROW)).unwrap_or_default());
                    let delimiter = char::from(self.dialect.delimiter);
                    let cells = line.split(delimiter).map(|cell| cell.replace('"', "")).collect();
                    self.buffer.skip_line(length).map_err(ConnectError::unreadable(&self.path))?;
                    self.finding(
                        Reason::RaggedRow,
                        "has a header with a quote that is not closed; expected names apart by delimiters",
                    );
                    break cells;
                }
            }
        };
        self.header = names(cells);
        self.columns = self.header.iter().map(|name| name.as_str().into()).collect();
        self.look_for_rows()
    }

    /// A table with a header and nothing else is worth a finding: somebody exported the wrong thing.
    fn look_for_rows(&mut self) -> Result<(), ConnectError> {
        while self.buffer.window().iter().all(u8::is_ascii_whitespace) {
            self.buffer.consume(self.buffer.window().len());
            if self.buffer.is_at_end() {
                self.finding(
                    Reason::Empty,
                    "has a header but no rows; expected a line for each customer or event below it",
                );
                break;
            }
            self.buffer.fill().map_err(ConnectError::unreadable(&self.path))?;
        }
        Ok(())
    }

    fn finding(&mut self, reason: Reason, message: &str) {
        self.findings.push(Finding::new(reason, message).at(Place::file(self.file.clone())));
    }
}

/// The names of columns from the cells of the header: none blank, none twice.
pub(super) fn names(cells: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::with_capacity(cells.len());
    for (at, cell) in cells.into_iter().enumerate() {
        let written = cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        let name = if written.is_empty() { format!("column_{}", at + 1) } else { written.to_owned() };
        let mut unique = name.clone();
        let mut number = 2;
        while !seen.insert(unique.clone()) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        names.push(unique);
    }
    names
}
