//! [`DedupeError`]: why tables could not be read to be deduplicated.

use std::path::PathBuf;

use onefold_connect::ConnectError;
use onefold_identity::ModelError;

/// Why tables could not be read to be deduplicated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DedupeError {
    /// A file cannot be read.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A file that holds messages or objects.
    #[error("`{}` is JSON Lines; expected a table, such as CSV", path.display())]
    NotATable {
        /// The file.
        path: PathBuf,
    },
    /// A single file that is free of duplicates.
    #[error("`{}` is the only file and said to be free of duplicates: nothing is left to link; expected another file, or to \
             look for duplicates within it", path.display())]
    NothingToLinkWith {
        /// The file.
        path: PathBuf,
    },
    /// A column that is in no file.
    #[error("column `{column}` was {what}, but is in no file; {help}")]
    UnknownColumn {
        /// The column.
        column: String,
        /// What was wanted with it.
        what: &'static str,
        /// The names that were probably meant, or those there are.
        help: String,
    },
    /// A file without the column of the ids.
    #[error("`{}` has no column `{column}`, which names the rows of the other files; {help}", path.display())]
    NoId {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The names that were probably meant, or those there are.
        help: String,
    },
    /// A model that compares other things than the columns of the files.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// More rows than there are numbers for.
    #[error("there are more than {} rows; expected fewer", u32::MAX / 2)]
    TooMany,
}
