//! [`RuleError`]: what is wrong with a rule, and where.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What is wrong with a rule: the problem, the place in its text, and what would be right. A rule that came as JSON or
/// as a tree is shown as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    message: String,
    help: Option<String>,
    place: Option<(Arc<str>, Range<usize>)>,
}

impl RuleError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, place: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn at(mut self, text: &Arc<str>, span: Range<usize>) -> Self {
        self.place = Some((text.clone(), span));
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would be right, if that is known.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The place in the text of the rule, in bytes.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        self.place.as_ref().map(|(_, span)| span.clone())
    }

    /// The line of the rule with the place marked below it; empty if the place is not known.
    #[must_use]
    pub fn snippet(&self) -> String {
        let Some((text, span)) = &self.place else { return String::new() };
        let (start, end) = line_around(text, span.start);
        let line = &text[start..end];
        let before = text[start..span.start.min(end)].chars().count();
        let marked = text.get(span.start..span.end.min(end)).map_or(1, |marked| marked.chars().count().max(1));
        format!("{line}\n{}{}", " ".repeat(before), "^".repeat(marked))
    }

    /// Line and column of the place, both from 1, the column in characters.
    fn position(&self) -> Option<(usize, usize)> {
        let (text, span) = self.place.as_ref()?;
        let before = text.get(..span.start)?;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Some((before.matches('\n').count() + 1, before[start..].chars().count() + 1))
    }
}

fn line_around(text: &str, at: usize) -> (usize, usize) {
    let at = at.min(text.len());
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |length| at + length);
    (start, end)
}

/// ``unknown attribute `emial`, line 1, column 5: did you mean `email`?``
impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some((line, column)) = self.position() {
            write!(f, ", line {line}, column {column}")?;
        }
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RuleError {}

/// The help for a name that is not among `known`: the nearest if one is near, else those there are.
pub(crate) fn did_you_mean<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.collect();
    let plain = |name: &str| name.chars().take(64).collect::<String>().to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&plain(wrong), &plain(name));
    let nearest = known.iter().map(|name| (distance(name), *name)).min()?;
    if nearest.0 * 3 <= wrong.chars().count().max(nearest.1.chars().count()) {
        return Some(format!("did you mean `{}`?", nearest.1));
    }
    let names: Vec<String> = known.iter().take(20).map(|name| format!("`{name}`")).collect();
    Some(format!("there are {}", names.join(", ")))
}
