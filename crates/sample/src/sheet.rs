//! Writing files whose order of rows tells nothing about who belongs to whom.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::SampleError;
use crate::random::Random;

/// How many chunks wait to be overtaken by later ones. It bounds memory; only the list of people is shuffled as a whole.
const WINDOW: usize = 8192;

/// A file that writes its chunks in another order than it gets them.
pub(crate) struct Sheet {
    path: PathBuf,
    out: BufWriter<File>,
    waiting: Vec<Vec<u8>>,
    random: Random,
    /// Rows written without the header.
    pub(crate) rows: u64,
}

impl Sheet {
    /// Creates the file with its header. `seed` and `stream` decide the order.
    pub(crate) fn create(path: PathBuf, header: &[u8], random: Random) -> Result<Self, SampleError> {
        let file = File::create(&path).map_err(|source| SampleError::write(&path, source))?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        out.write_all(header).map_err(|source| SampleError::write(&path, source))?;
        Ok(Self { path, out, waiting: Vec::new(), random, rows: 0 })
    }

    /// Adds rows that stay together.
    pub(crate) fn push(&mut self, chunk: Vec<u8>, rows: u64) -> Result<(), SampleError> {
        self.rows += rows;
        if self.waiting.len() < WINDOW {
            self.waiting.push(chunk);
            return Ok(());
        }
        let place = self.random.below(WINDOW);
        let earlier = std::mem::replace(&mut self.waiting[place], chunk);
        self.out.write_all(&earlier).map_err(|source| SampleError::write(&self.path, source))
    }

    /// Writes what waits, shuffled, and returns the number of rows.
    pub(crate) fn finish(mut self) -> Result<u64, SampleError> {
        shuffle(&mut self.waiting, &mut self.random);
        for chunk in &self.waiting {
            self.out.write_all(chunk).map_err(|source| SampleError::write(&self.path, source))?;
        }
        self.out.flush().map_err(|source| SampleError::write(&self.path, source))?;
        Ok(self.rows)
    }
}

/// Fisher and Yates.
pub(crate) fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for end in (1..items.len()).rev() {
        items.swap(end, random.below(end + 1));
    }
}

/// One line of delimited text.
pub(crate) fn line(delimiter: u8, cells: &[&str]) -> Vec<u8> {
    let mut line = Vec::with_capacity(160);
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            line.push(delimiter);
        }
        let quoted = cell.bytes().any(|byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r'));
        if quoted {
            line.push(b'"');
            line.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            line.push(b'"');
        } else {
            line.extend_from_slice(cell.as_bytes());
        }
    }
    line.push(b'\n');
    line
}

/// One line of JSON.
pub(crate) fn json_line<T: serde::Serialize>(value: &T, path: &Path) -> Result<Vec<u8>, SampleError> {
    let mut line = Vec::with_capacity(640);
    serde_json::to_writer(&mut line, value).map_err(|source| SampleError::write(path, source.into()))?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be() {
        assert_eq!(line(b';', &["a", "b;c", "say \"x\"", ""]), b"a;\"b;c\";\"say \"\"x\"\"\";\n");
    }
}
