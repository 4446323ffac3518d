//! [`Finding`]: something about broken input that a person should see.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What was wrong with a piece of input, where, and what would be right. A finding costs the broken part only: the rest
/// goes on.
///
/// ```
/// use onefold_fact::{Finding, Place, Reason};
///
/// let finding = Finding::new(Reason::MalformedValue, "`1990-02-30` is not a date; expected a day that exists")
///     .at(Place::file("crm.csv").row(17).column("birthdate"));
/// assert_eq!(
///     finding.to_string(),
///     "crm.csv, row 17, column `birthdate`: `1990-02-30` is not a date; expected a day that exists"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// The class of problem, for counting.
    pub reason: Reason,
    /// What was wrong and what would be right, as one line.
    pub message: String,
}

impl Finding {
    /// A finding about no particular place yet.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { place: Place::default(), reason, message: message.into() }
    }

    /// The finding at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::default() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)
    }
}

/// Where something stands in the input.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: Option<Arc<str>>,
    /// The row: of a table, counted from 1 after the header; of JSON Lines, the line counted from 1.
    pub row: Option<u64>,
    /// The column, by its header, or the field by its path.
    pub column: Option<Arc<str>>,
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Self { file: Some(file.into()), row: None, column: None }
    }

    /// A row of this file.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// A column of this place.
    #[must_use]
    pub fn column(mut self, column: impl Into<Arc<str>>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file.as_deref().unwrap_or("input"))?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        Ok(())
    }
}

/// The class of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// A file that is missing or cannot be read.
    Unreadable,
    /// A file or row without content.
    Empty,
    /// A row with more or fewer cells than the header.
    RaggedRow,
    /// Bytes that are not text in the file's encoding.
    Encoding,
    /// A cell that is larger than any value may be.
    Oversized,
    /// A value that its kind does not allow.
    MalformedValue,
    /// A line that is not JSON.
    MalformedJson,
    /// A message that lacks what its type needs.
    MalformedMessage,
    /// A message of a type that is not known.
    UnknownMessage,
    /// A number beyond the exact range, kept as text.
    KeptAsText,
    /// Two contents under one message id.
    Conflicting,
    /// A configuration that names something that is not there.
    Configuration,
    /// A fact about an erased record.
    Erased,
    /// An event that breaks the contract.
    Contract,
    /// Somebody who is not to be processed.
    Suppressed,
    /// A time that lies ahead.
    FutureTime,
}

impl Reason {
    /// The stable name: `malformed-value`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Unreadable => "unreadable",
            Reason::Empty => "empty",
            Reason::RaggedRow => "ragged-row",
            Reason::Encoding => "encoding",
            Reason::Oversized => "oversized",
            Reason::MalformedValue => "malformed-value",
            Reason::MalformedJson => "malformed-json",
            Reason::MalformedMessage => "malformed-message",
            Reason::UnknownMessage => "unknown-message",
            Reason::KeptAsText => "kept-as-text",
            Reason::Conflicting => "conflicting",
            Reason::Configuration => "configuration",
            Reason::Erased => "erased",
            Reason::Contract => "contract",
            Reason::Suppressed => "suppressed",
            Reason::FutureTime => "future-time",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
