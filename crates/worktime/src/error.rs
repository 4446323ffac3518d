//! [`CalendarError`]: why a calendar could not be read.

/// Why a calendar, or a part of one, could not be read.
///
/// ```
/// use onefold_worktime::CalendarSpec;
///
/// let text = "zone = \"Europe/Berlin\"\n\n[hours]\ntuesday = \"09:00-25:00\"\n";
/// let error = CalendarSpec::from_toml(text).map_err(|error| error.to_string());
/// let message = "line 4, hours.tuesday: `25:00` is no time of day; expected `00:00` to `24:00`";
/// assert_eq!(error.err().as_deref(), Some(message));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The text is not TOML, or not JSON.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// A field of a calendar says something that cannot be.
    #[error("{}{place}: {problem}; expected {expected}", line.map(|line| format!("line {line}, ")).unwrap_or_default())]
    Field {
        /// The line, counted from 1, where the format tells it (TOML does).
        line: Option<usize>,
        /// The field, as a path: `hours.tuesday`, `holidays[2].on` (counted from 0).
        place: String,
        /// What is wrong.
        problem: String,
        /// What would be right.
        expected: String,
    },
    /// A text on its own (hours, a rule of a holiday) that cannot be read.
    #[error("{problem}; expected {expected}")]
    Text {
        /// What is wrong.
        problem: String,
        /// What would be right.
        expected: String,
    },
}

impl CalendarError {
    pub(crate) fn text(problem: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Text { problem: problem.into(), expected: expected.into() }
    }

    /// The same, in a field of a file.
    pub(crate) fn at(self, line: Option<usize>, place: &str) -> Self {
        match self {
            Self::Text { problem, expected } => Self::Field { line, place: place.to_owned(), problem, expected },
            placed => placed,
        }
    }
}
