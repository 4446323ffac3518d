//! Writing of tables through one buffer.

use std::io::{self, Write};

/// So many bytes wait before they are written.
const WAITING: usize = 1 << 20;

/// A table that is being written as CSV.
pub(super) struct Writer<'w> {
    out: &'w mut dyn Write,
    row: Vec<u8>,
}

impl<'w> Writer<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, row: Vec::with_capacity(WAITING + WAITING / 8) }
    }

    /// Writes a row.
    pub(super) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> io::Result<()> {
        for (at, text) in cells.into_iter().enumerate() {
            if at > 0 {
                self.row.push(b',');
            }
            cell(&mut self.row, text);
        }
        self.row.push(b'\n');
        if self.row.len() >= WAITING {
            self.out.write_all(&self.row)?;
            self.row.clear();
        }
        Ok(())
    }

    /// Writes what waits.
    pub(super) fn finish(self) -> io::Result<()> {
        self.out.write_all(&self.row)?;
        self.out.flush()
    }
}

/// A cell, in quotes where it needs them.
fn cell(row: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        row.extend_from_slice(text.as_bytes());
        return;
    }
    row.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            row.push(b'"');
        }
        row.push(byte);
    }
    row.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_need_it() {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        writer.row(["a b", "c,d", "e\"f", "g\nh", ""]).unwrap();
        writer.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a b,\"c,d\",\"e\"\"f\",\"g\nh\",\n");
    }
}
