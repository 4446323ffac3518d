//! The window of a file that is in memory.

use std::io::{self, ErrorKind, Read};

/// Read at once.
const CHUNK: usize = 256 << 10;

/// A window that slides over the file: what is consumed leaves, what is read comes behind.
pub(crate) struct Buffer {
    reader: Box<dyn Read>,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    consumed: u64,
    at_end: bool,
}

impl Buffer {
    pub(crate) fn new(reader: Box<dyn Read>) -> Self {
        Self { reader, bytes: Vec::new(), start: 0, end: 0, consumed: 0, at_end: false }
    }

    /// What is in memory and not consumed.
    pub(crate) fn window(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the window reaches to the end of the file.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// How many bytes are consumed so far.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed
    }

    pub(crate) fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.end - self.start);
        self.start += bytes;
        self.consumed += bytes as u64;
    }

    /// Reads more behind the window: at least as much again as there is, so that looking at a growing window anew
    /// stays linear altogether.
    pub(crate) fn fill(&mut self) -> io::Result<()> {
        let pending = self.end - self.start;
        self.bytes.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, pending);
        let wanted = pending + pending.max(CHUNK);
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
        while !self.at_end && self.end < wanted {
            // A decoder needs some room for a letter.
            if self.bytes.len() - self.end < 64 {
                break;
            }
            match self.reader.read(self.bytes.get_mut(self.end..).unwrap_or_default()) {
                Ok(0) => self.at_end = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Drops everything up to and including the next line end that lies behind the window's first `from` bytes, without
    /// keeping it in memory.
    pub(crate) fn skip_line(&mut self, from: usize) -> io::Result<()> {
        self.consume(from);
        loop {
            if let Some(at) = self.window().iter().position(|byte| *byte == b'\n') {
                self.consume(at + 1);
                return Ok(());
            }
            self.consume(self.end - self.start);
            if self.at_end {
                return Ok(());
            }
            self.fill()?;
        }
    }
}
