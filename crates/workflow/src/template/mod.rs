//! [`Template`]: a text with places for values, filled in safely.

mod engine;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onefold_fact::{Configuration, Value};
use serde::{Deserialize, Serialize};

use crate::document::{Problem, did_you_mean};

/// A text with places for values, in the language of Jinja: `Hello {{ customer.given_name }}`.
///
/// A value that is missing is never an empty gap: it is the template's fall-back, or what the template says itself
/// (`{{ customer.city | default("your town") }}`), or an error that names it. In HTML values are escaped. How much
/// work a template may be and how long a text may become is limited, so that none can hang or flood whoever fills it in.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use onefold_fact::Value;
/// use onefold_workflow::{Template, TextKind};
///
/// let welcome = Template {
///     kind: TextKind::Html,
///     subject: "Welcome, {{ customer.given_name }}".into(),
///     body: "<p>Your plan: {{ customer.plan | upper }}</p>".into(),
///     fallbacks: BTreeMap::from([("customer.given_name".into(), "there".into())]),
/// };
/// assert_eq!(welcome.problems(), []);
/// let ada = [("plan", Some(Value::from("pro & more")))].into();
/// let values = BTreeMap::from([("customer".to_owned(), Value::Map(ada))]);
/// let text = welcome.fill(&values)?;
/// assert_eq!(text.subject, "Welcome, there");
/// assert_eq!(text.body, "<p>Your plan: PRO &amp; MORE</p>");
/// assert_eq!(text.fell_back, ["customer.given_name"]);
///
/// let error = welcome.fill(&BTreeMap::new()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "body, line 1: `customer.plan` has no value (give it one, a fall-back, or `| default(…)`)"
/// );
/// # Ok::<(), onefold_workflow::TemplateError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What the body is.
    #[serde(default)]
    pub kind: TextKind,
    /// The subject of a message: one line of plain text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The text.
    pub body: String,
    /// What stands where a value is missing or empty, by path: `customer.given_name`. They are escaped like values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fallbacks: BTreeMap<String, String>,
}

/// What a text is, which says how values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// Plain text: nothing is escaped.
    #[default]
    Text,
    /// HTML: `&`, `<`, `>` and quotes are.
    Html,
}

/// A template that was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filled {
    /// The subject, in one line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// The values that were missing and have a fall-back, by path.
    pub fell_back: Vec<String>,
}

/// Why a template could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TemplateError {
    /// `subject` or `body`.
    part: &'static str,
    line: Option<usize>,
    message: String,
    fix: String,
}

impl TemplateError {
    /// The part of the template: `subject` or `body`.
    #[must_use]
    pub fn part(&self) -> &str {
        self.part
    }

    /// The line in the part, counted from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do.
    #[must_use]
    pub fn fix(&self) -> &str {
        &self.fix
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.part)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {} ({})", self.message, self.fix)
    }
}

/// The parts of a template, each with whether values in it are escaped for HTML.
type Part<'a> = (&'static str, &'a str, TextKind);

impl Template {
    /// The part of the configuration that templates are, each under its name.
    pub const PART: &str = "template";
    /// The longest text that is made of one part, in bytes.
    pub const LONGEST: usize = 1 << 20;

    /// This template as a part of the configuration.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn configuration(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json })
    }

    fn parts(&self) -> [Part<'_>; 2] {
        [("subject", &self.subject, TextKind::Text), ("body", &self.body, self.kind)]
    }

    /// Everything that is wrong with it by itself: parts that cannot be read, fall-backs of what it does not ask for.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for part in self.parts() {
            if let Err(error) = engine::read(part) {
                let line = error.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                problems.push(Problem::new(error.part, format!("{line}{}", error.message), error.fix));
            }
        }
        if !problems.is_empty() {
            return problems;
        }
        let asks = self.asks_for();
        for path in self.fallbacks.keys().filter(|path| !asks.contains(*path)) {
            let fix = did_you_mean(path, asks.iter().map(String::as_str)).unwrap_or_else(|| "leave it out".to_owned());
            problems.push(Problem::new(format!("fallbacks.\"{path}\""), "the template does not ask for it", fix));
        }
        problems
    }

    /// The values that it asks for, as paths: `customer.given_name`. Empty if it cannot be read.
    #[must_use]
    pub fn asks_for(&self) -> BTreeSet<String> {
        self.parts().into_iter().filter_map(|part| engine::asks_for(part).ok()).flatten().collect()
    }

    /// The text with these values in it.
    ///
    /// # Errors
    /// When it cannot be read, a value is missing that has no fall-back, or it becomes too much work or too long.
    pub fn fill(&self, values: &BTreeMap<String, Value>) -> Result<Filled, TemplateError> {
        let mut values = values.clone();
        let mut fell_back = Vec::new();
        let asks = self.asks_for();
        for (path, instead) in &self.fallbacks {
            if asks.contains(path) && value::put_where_missing(&mut values, path, instead) {
                fell_back.push(path.clone());
            }
        }
        let context = value::of_map(&values);
        let [subject, body] = self.parts().map(|part| engine::fill(part, &context));
        // A line break in a subject would begin another field of a mail.
        let subject = subject?.split(char::is_control).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
        Ok(Filled { subject: subject.trim().to_owned(), body: body?, fell_back })
    }
}
