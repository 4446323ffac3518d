//! The lines of a file, one after another in bounded memory.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onefold_fact::{Place, Reason};

use crate::error::ConnectError;
use crate::set_aside::{SetAside, excerpt};
use crate::sources::{file_name, regular};
use crate::table::{Buffer, text_only};

/// A longer line is set aside.
const MAX_LINE: usize = 10 << 20;

/// What is said of such a line.
const TOO_LONG: &str = "is longer than 10 MiB; expected one JSON object a line, with long lists broken up into a line \
     for each item and without attachments";

/// The lines of a file that are not blank.
pub(crate) struct Lines {
    path: PathBuf,
    file: Arc<str>,
    buffer: Buffer,
    number: u64,
    finished: bool,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self, ConnectError> {
        let mut file = regular(path).map_err(ConnectError::unreadable(path))?;
        text_only(&mut file, path)?;
        let mut buffer = Buffer::new(Box::new(file));
        buffer.fill().map_err(ConnectError::unreadable(path))?;
        if buffer.window().starts_with(b"\xEF\xBB\xBF") {
            buffer.consume(3);
        }
        Ok(Self { path: path.to_owned(), file: file_name(path), buffer, number: 0, finished: false })
    }

    /// How many bytes were read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.buffer.consumed()
    }

    /// Whether all lines were read.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Gives each further line to `take`, or why it is none, until that breaks.
    pub(crate) fn for_each(
        &mut self,
        mut take: impl FnMut(u64, Result<&str, SetAside>) -> ControlFlow<()>,
    ) -> Result<(), ConnectError> {
        let mut seen = 0;
        loop {
            let window = self.buffer.window();
            let found = window.get(seen..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n'));
            let length = match found {
                Some(length) => seen + length + 1,
                None if self.buffer.is_at_end() && window.is_empty() => {
                    self.finished = true;
                    return Ok(());
                }
                None if self.buffer.is_at_end() => window.len(),
                None if window.len() > MAX_LINE => window.len(),
                None => {
                    seen = window.len();
                    self.buffer.fill().map_err(ConnectError::unreadable(&self.path))?;
                    continue;
                }
            };
            seen = 0;
            self.number += 1;
            let whole = found.is_some() || self.buffer.is_at_end();
            let line = window.get(..length).unwrap_or_default().trim_ascii();
            let flow = if line.is_empty() {
                ControlFlow::Continue(())
            } else {
                let place = || Place::file(self.file.clone()).row(self.number);
                let aside = |reason, message| Err(SetAside::new(reason, message, place(), &excerpt(line)));
                take(
                    self.number,
                    match std::str::from_utf8(line) {
                        _ if !whole || line.len() > MAX_LINE => aside(Reason::Oversized, TOO_LONG),
                        Err(_) => aside(Reason::Encoding, "has bytes that are not UTF-8; expected JSON in UTF-8"),
                        Ok(line) => Ok(line),
                    },
                )
            };
            if whole {
                self.buffer.consume(length);
            } else {
                self.buffer.skip_line(length).map_err(ConnectError::unreadable(&self.path))?;
            }
            if flow.is_break() {
                return Ok(());
            }
        }
    }
}
