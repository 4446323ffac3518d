//! Files that people write: TOML or JSON of one schema, with errors that name the place.

use std::fmt;

use serde::de::DeserializeOwned;

/// What is wrong with a file: the file, the line where that is known, the field, and what would be right.
///
/// ```
/// use onefold_workflow::{SlaSpec, document};
///
/// let text = "[[policies]]\nname = \"all\"\n[policies.targets.default]\nfirst_repyl = \"4h\"\n";
/// let error = document::read::<SlaSpec>("levels.toml", text).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "levels.toml, line 4, policies[0].targets.default.first_repyl: unknown field `first_repyl`: did you mean `first_reply`?"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DocumentError {
    file: String,
    line: Option<usize>,
    field: String,
    problem: String,
    help: Option<String>,
}

impl DocumentError {
    /// A problem with a field of a file: `policies[2].when`, as a path; empty, if it is about the whole.
    #[must_use]
    pub fn new(file: impl Into<String>, field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, field: field.into(), problem: problem.into(), help: None }
    }

    /// With what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The file, as it was named.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1, where it is known.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The field as a path: `policies[2].when`. Lists are counted from 0.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What would be right, where that is known.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        write!(f, ": {}", self.problem)?;
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

/// Something in a file that can be read and still makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field as a path: `policies[2].when`.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Problem {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), fix: fix.into() }
    }

    /// The same, of a file.
    #[must_use]
    pub fn of(&self, file: impl Into<String>) -> DocumentError {
        DocumentError::new(file, &self.field, &self.message).help(&self.fix)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.message, self.fix)
    }
}

/// Reads a file: JSON if its name ends in `.json` or it begins with `{`, else TOML.
///
/// # Errors
/// When it is neither, or a field is unknown, missing, or says what cannot be: with the place and what would be right.
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DocumentError> {
    let is_json = file.ends_with(".json") || text.trim_start().starts_with('{');
    if is_json { read_json(file, text) } else { read_toml(file, text) }
}

fn read_json<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DocumentError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let wrong = |field: String, error: &serde_json::Error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let line = Some(error.line()).filter(|line| *line > 0);
        wrong(file, line, field, message.trim_end_matches(&place))
    };
    let read = serde_path_to_error::deserialize(&mut json);
    let read = read.map_err(|error| wrong(error.path().to_string(), error.inner()))?;
    json.end().map_err(|error| wrong(String::new(), &error))?;
    Ok(read)
}

fn read_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DocumentError> {
    let wrong = |field: String, error: &toml::de::Error| {
        let start = error.span().map(|span| span.start);
        let line = start.and_then(|at| Some(text.get(..at)?.matches('\n').count() + 1));
        wrong(file, line, field, error.message())
    };
    let toml = toml::Deserializer::parse(text).map_err(|error| wrong(String::new(), &error))?;
    serde_path_to_error::deserialize(toml).map_err(|error| wrong(error.path().to_string(), error.inner()))
}

/// A problem as serde tells it. Where it lists what is known, the nearest to what was written is said.
fn wrong(file: &str, line: Option<usize>, field: String, message: &str) -> DocumentError {
    let message = message.trim().replace('\n', ", ");
    let field = if field == "." { String::new() } else { field };
    let (problem, help) = match message.split_once(", expected ") {
        Some((problem, known)) if problem.starts_with("unknown ") => {
            let named = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            let (written, known) = (named(problem), named(known));
            let help = written.first().and_then(|it| did_you_mean(it, known.iter().map(String::as_str)));
            (problem.to_owned(), help)
        }
        Some((problem, expected)) => (problem.to_owned(), Some(format!("expected {}", in_words(expected)))),
        None => (message, None),
    };
    DocumentError { file: file.to_owned(), line, field, problem, help }
}

/// What is expected, where serde tells it in the words of a program.
fn in_words(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" => return "a whole number",
        "f32" | "f64" => return "a number",
        "a string" | "a borrowed string" => return "text",
        "a boolean" => return "`true` or `false`",
        "a sequence" => return "a list",
        "a map" => return "an object",
        "string or map" => return "text or an object",
        _ => {}
    }
    match expected.split_once(' ') {
        Some(("struct", _)) => "an object with its fields by name",
        Some(("tuple", _)) => "a list",
        Some(("unit", _)) => "the word alone",
        Some(("enum", _)) => "a word, or an object with one",
        Some(("newtype", _)) => "a value",
        _ => expected,
    }
}

/// So many names are listed where none is near.
const MOST_NAMES: usize = 40;

/// The help for a name that is not among `known`: the nearest if one is near, else those there are.
pub(crate) fn did_you_mean<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.collect();
    let plain = |name: &str| name.chars().take(64).collect::<String>().to_lowercase();
    let slips = |name: &str| strsim::osa_distance(&plain(written), &plain(name));
    let (nearest, name) = known.iter().map(|name| (slips(name), *name)).min()?;
    if nearest * 3 <= written.chars().count().max(name.chars().count()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let names: Vec<String> = known.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
    Some(format!("there are {}", names.join(", ")))
}

/// A rule in a file: as text.
pub(crate) mod rule_text {
    use onefold_segment::Rule;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(rule: &Option<Rule>, serializer: S) -> Result<S::Ok, S::Error> {
        match rule {
            Some(rule) => serializer.collect_str(rule),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Rule>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        let in_rule = |error| D::Error::custom(format_args!("in the rule: {error}"));
        text.map(|text| text.parse().map_err(in_rule)).transpose()
    }
}

/// A moment in a file: as text, or as TOML has it without quotes.
pub(crate) mod moment {
    use onefold_fact::Timestamp;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Toml(toml::value::Datetime),
    }

    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let text = match Option::deserialize(deserializer)? {
            None => return Ok(None),
            Some(Written::Text(text)) => text,
            Some(Written::Toml(at)) => at.to_string(),
        };
        let wrong =
            |_| D::Error::custom(format_args!("`{text}` is no moment, expected one such as `2026-03-01T09:00:00Z`"));
        text.parse().map(Some).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SlaSpec;

    fn said(file: &str, text: &str) -> String {
        read::<SlaSpec>(file, text).map_or_else(|error| error.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn errors_name_file_line_field_and_what_would_be_right() {
        let toml = "calendar = 'support'\n[[policies]]\nname = 'all'\nwarn = ['ten']\n";
        assert_eq!(
            said("l.toml", toml),
            "l.toml, line 4, policies[0].warn[0]: `ten` is no warning: expected a share of the target such as `25%`, or \
             a length of time such as `30m`"
        );
        let rule = "[[policies]]\nname = 'all'\nwhen = 'plan == 3'\n";
        assert!(
            said("l.toml", rule).starts_with("l.toml, line 3, policies[0].when: in the rule: "),
            "{}",
            said("l.toml", rule)
        );
        assert_eq!(
            said("l.json", "{\n\"policies\": [{\"nmae\": \"all\"}]}"),
            "l.json, line 2, policies[0].nmae: unknown field `nmae`: did you mean `name`?"
        );
        assert_eq!(
            said("l.json", "{\n\"policies\": [\"all\"]}"),
            "l.json, line 2, policies[0]: invalid type: string \"all\": expected an object with its fields by name"
        );
        assert!(said("l.json", "{\"policies\": []} x").starts_with("l.json, line 1: trailing characters"));
        assert!(said("l.toml", "a = = 1").starts_with("l.toml, line 1"));
    }
}
