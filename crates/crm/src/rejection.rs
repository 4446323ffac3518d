//! [`Rejection`]: why a command is not carried out, and what would be right.

use std::fmt;

/// A command that is not carried out. Every reason is in it, not the first only; the state is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Rejection {
    problems: Vec<Problem>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort of reason.
    pub why: Why,
    /// The field to look at: of the object, or of the command.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// Sorts of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Why {
    /// It is there already.
    Exists,
    /// It is not there.
    NotFound,
    /// A value is needed.
    Missing,
    /// A value cannot be.
    Invalid,
    /// The pipeline does not allow the move.
    NotAllowed,
    /// A rule of the stage is not met.
    Gate,
    /// Somebody has to approve.
    Approval,
    /// The object is closed.
    Closed,
    /// Something would stand above itself.
    Circular,
    /// There are as many as there may be.
    TooMany,
}

impl Rejection {
    /// These reasons; `Ok` if there is none.
    ///
    /// # Errors
    /// When there is one.
    pub fn unless_none(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// All of these reasons, of which there is one at least.
    pub(crate) fn of(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// The reasons, at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl Problem {
    /// A reason.
    #[must_use]
    pub fn of(why: Why, field: impl Into<String>, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { why, field: field.into(), message: message.into(), fix: fix.into() }
    }
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            if number > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.fix)
    }
}
