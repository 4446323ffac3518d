//! [`StoreError`]: why a store could not be opened, read or written.

use std::path::PathBuf;

/// Why a store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file.
    #[error("there is no file `{}`; expected a file made by onefold", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file that was to be made is there already.
    #[error("`{}` is there already; expected a path where no file is", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else has the file open for writing.
    #[error("`{}` is open in another process, or a second time in this one; close it there first", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("`{}` cannot be written; expected a file and a folder with write permission", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// There is no room left. Nothing of the commit was kept; the file is as it was before.
    #[error("no room is left for `{}`; nothing was written, make room and try again", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file was made by something else.
    #[error("`{}` is not a file of onefold; nothing in it was touched", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was made by a later version.
    #[error(
        "`{}` has format {found}, and this version of onefold knows formats up to {known}; open it with a later version",
        path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format that is known.
        known: u32,
    },
    /// The file has lost its end.
    #[error(
        "`{}` is truncated: it has {found} bytes where its header says {expected}; restore it from a backup",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The bytes that it should have.
        expected: u64,
        /// The bytes that it has.
        found: u64,
    },
    /// What the file holds is not what was written.
    #[error("`{}` is damaged: {what}; restore it from a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
    /// An earlier write failed in a way that leaves open what is on disk.
    #[error("an earlier write to `{}` failed, so no more is accepted; open the file again", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
    },
    /// A view table is declared, written or read in a way that does not fit.
    #[error("view table `{table}`: {what}")]
    View {
        /// The table.
        table: String,
        /// What does not fit, and what would.
        what: String,
    },
    /// A fact cannot be written as JSON.
    #[error("fact {fact} cannot be written: {reason}")]
    Unwritable {
        /// The fact.
        fact: onefold_fact::FactId,
        /// Why.
        reason: String,
    },
    /// A commit was worked out and given up. Nothing of it was kept.
    #[error("the commit was only rehearsed; nothing was written")]
    Rehearsed,
    /// The operating system refused something.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason that the system gives.
        source: std::io::Error,
    },
    /// The database refused something else.
    #[error("`{}`: {reason}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// The reason that the database gives.
        reason: String,
    },
}
