//! Workflows as files that people write, with errors that name the line.

use std::fmt;

use super::definition::Workflow;
use super::near::did_you_mean;

/// Why a workflow could not be read.
///
/// ```
/// use onefold_workflow::Workflow;
///
/// let text = "name = \"hello\"\ntrigger = []\n\n[[step]]\nname = \"wait\"\nwiat = \"2d\"\n";
/// let error = Workflow::from_toml(text).map_err(|error| error.to_string());
/// assert_eq!(error.err().as_deref(), Some("line 6: unknown field `wiat`: did you mean `wait`?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowError {
    line: Option<usize>,
    message: String,
}

impl WorkflowError {
    /// The line, from 1, if it is known.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong, and what would be right.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    fn of(line: Option<usize>, message: &str) -> Self {
        Self { line, message: helped(message.trim()) }
    }
}

impl fmt::Display for WorkflowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for WorkflowError {}

/// ``unknown field `wiat`, expected one of `name`, `wait` `` with the nearest of those alone.
fn helped(message: &str) -> String {
    for unknown in ["unknown field", "unknown variant"] {
        if message.starts_with(unknown) {
            let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
            if let Some((wrong, known)) = quoted.split_first() {
                let help = did_you_mean(wrong, known.iter().copied()).unwrap_or_default();
                return format!("{unknown} `{wrong}`: {help}");
            }
        }
    }
    message.replace('\n', ", ")
}

impl Workflow {
    /// Reads a workflow from TOML.
    ///
    /// # Errors
    /// When it is no TOML, or something in it is not what a workflow says; with the line.
    pub fn from_toml(text: &str) -> Result<Self, WorkflowError> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let start = error.span().map(|span| span.start);
            let line = start.and_then(|at| text.get(..at)).map(|before| before.matches('\n').count() + 1);
            WorkflowError::of(line.map(|line| nearest(text, line, error.message())), error.message())
        })
    }

    /// Reads a workflow from JSON, with the same fields.
    ///
    /// # Errors
    /// As for [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str) -> Result<Self, WorkflowError> {
        serde_json::from_str(text).map_err(|error: serde_json::Error| {
            let message = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let line = Some(error.line()).filter(|line| *line > 0);
            WorkflowError::of(line, message.strip_suffix(&place).unwrap_or(&message))
        })
    }

    /// Reads a workflow from JSON if the text begins with `{`, else from TOML.
    ///
    /// # Errors
    /// As for [`from_toml`](Self::from_toml).
    pub fn read(text: &str) -> Result<Self, WorkflowError> {
        if text.trim_start().starts_with('{') { Self::from_json(text) } else { Self::from_toml(text) }
    }

    /// As TOML for people.
    ///
    /// # Errors
    /// When it cannot be written as TOML, which has no `null`.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }
}

/// The first line from this one on that sets what a message is about: of one of several tables the reader may know only
/// where the first begins.
fn nearest(text: &str, line: usize, message: &str) -> usize {
    let Some(about) = message.split('`').nth(1) else { return line };
    let sets = |line: &str| line.split_once('=').is_some_and(|(key, _)| key.trim() == about);
    (line..).zip(text.lines().skip(line - 1)).find(|(_, text)| sets(text)).map_or(line, |(line, _)| line)
}

/// The line on which a step or a trigger says something: the first with `about` after that on which its name stands.
pub(super) fn line_of(text: &str, step: &str, about: &str) -> Option<usize> {
    let quoted = serde_json::to_string(step).ok()?;
    let named = |line: &str| {
        let (key, value) = line.split_once([':', '=']).unwrap_or_default();
        key.trim().trim_start_matches('{').trim().trim_matches('"') == "name" && value.contains(&quoted)
    };
    let lines = || text.lines().enumerate();
    let start = if step.is_empty() { 0 } else { lines().find(|(_, line)| named(line))?.0 };
    let says = |line: &str| !about.is_empty() && line.contains(about);
    // As far as the next step.
    let own =
        lines().skip(start).take_while(|(at, line)| *at == start || step.is_empty() || !line.contains("[[step]]"));
    let found = own.filter(|(_, line)| says(line)).map(|(at, _)| at).next();
    Some(found.unwrap_or(start) + 1).filter(|_| !(step.is_empty() && found.is_none()))
}
