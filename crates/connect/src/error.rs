//! [`ConnectError`]: why a file as a whole could not be read.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file as a whole could not be read. Broken data inside a readable file is never an error: it is set aside with
/// a finding, and the rest goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The file is missing, is not a file, or the system refused to read it.
    #[error("cannot read `{}`: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The file holds something else than text.
    #[error("`{}` is {what}, not text; expected {expected}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// What to do.
        expected: &'static str,
    },
    /// A mapping file that cannot be understood.
    #[error("mapping, line {line}, column {column}: {message}; expected {expected}")]
    Mapping {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What would be right.
        expected: String,
    },
}

impl ConnectError {
    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |error| Self::Unreadable { path: path.to_owned(), error }
    }
}
