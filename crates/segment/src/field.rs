//! [`FieldPath`] and [`FieldTest`]: which field of a subject, and what is asked of its value.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use onefold_fact::{AttributeName, Filter, PropertyPath, Test, Timestamp, Value};
use onefold_profile::Span;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// Where a value of a subject stands: an attribute, and within it a path through objects. Lists on the way are taken
/// apart, so one path may lead to many values; a null is no value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldPath {
    /// The attribute.
    pub attribute: AttributeName,
    /// Where in its value; without it the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<PropertyPath>,
}

impl FieldPath {
    /// The value of an attribute itself.
    #[must_use]
    pub fn of(attribute: impl Into<AttributeName>) -> Self {
        Self { attribute: attribute.into(), within: None }
    }

    /// A value within the value of an attribute.
    #[must_use]
    pub fn within(attribute: impl Into<AttributeName>, path: PropertyPath) -> Self {
        Self { attribute: attribute.into(), within: Some(path) }
    }

    /// Whether one of the values that it leads to holds. Lists at the end are taken apart, too.
    fn any(&self, value: &Value, holds: &mut dyn FnMut(&Value) -> bool) -> bool {
        match (&self.within, value) {
            (_, Value::List(items)) => items.iter().flatten().any(|item| self.any(item, holds)),
            (None, value) => holds(value),
            (Some(path), Value::Map(fields)) => path.any(fields, holds),
            (Some(_), _) => false,
        }
    }
}

/// `address.city`, with the dots that are part of a name after a backslash.
impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PropertyPath::of(self.attribute.as_str()).fmt(f)?;
        match &self.within {
            Some(path) => write!(f, ".{path}"),
            None => Ok(()),
        }
    }
}

impl FromStr for FieldPath {
    type Err = onefold_fact::UnknownPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<PropertyPath>()?;
        let mut is_escaped = false;
        let dot = text.char_indices().find(|(_, letter)| {
            let is_dot = *letter == '.' && !is_escaped;
            is_escaped = *letter == '\\' && !is_escaped;
            is_dot
        });
        let (first, rest) = match dot {
            Some((dot, _)) => (&text[..dot], Some(text[dot + 1..].parse()?)),
            None => (text, None),
        };
        let mut name = String::with_capacity(first.len());
        let mut letters = first.chars();
        while let Some(letter) = letters.next() {
            name.extend(if letter == '\\' { letters.next() } else { Some(letter) });
        }
        Ok(Self { attribute: name.into(), within: rest })
    }
}

/// What is asked of a field. Lists are taken apart: a test of one value holds if it holds of one of the elements.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldTest {
    /// There is a value, be it empty. Its negation is that the field is missing.
    Present,
    /// It is there and empty: text without a letter, a list or an object without elements.
    Empty,
    /// One of its values passes a test.
    Is(Test),
    /// It has values, and each of them passes a test.
    Every(Test),
    /// The number of its values passes a test: of a missing field 0.
    Size(Test),
    /// One of its values is text in which a pattern is found.
    Matches(Pattern),
    /// One of its values is an object that fulfils a filter by itself.
    Has(Filter),
    /// One of its values is a time less than so long ago, and not ahead. A day is its midnight UTC.
    Last(Span),
    /// One of its values is a time that comes in less than so long, or is now.
    Next(Span),
    /// One of its values is a time so long ago, or longer.
    Before(Span),
}

impl FieldTest {
    /// Whether a value, or none, passes at a clock; and the next clock at which time alone changes that.
    pub(crate) fn passes(&self, path: &FieldPath, value: Option<&Value>, clock: i64) -> (bool, Option<i64>) {
        let any = |holds: &mut dyn FnMut(&Value) -> bool| value.is_some_and(|value| path.any(value, holds));
        let holds = match self {
            FieldTest::Present => value.is_some_and(|value| ends(path, value, &mut |_| true)),
            FieldTest::Empty => value.is_some_and(|value| ends(path, value, &mut is_empty)),
            FieldTest::Is(test) => any(&mut |value| test.passes(value)),
            FieldTest::Every(test) => any(&mut |_| true) && !any(&mut |value| !test.passes(value)),
            FieldTest::Size(test) => {
                let mut size = 0;
                any(&mut |_| {
                    size += 1;
                    false
                });
                test.passes(&Value::Integer(size))
            }
            FieldTest::Matches(pattern) => any(&mut |value| value.as_text().is_some_and(|text| pattern.is_in(text))),
            FieldTest::Has(filter) => any(&mut |value| matches!(value, Value::Map(fields) if filter.holds(fields))),
            FieldTest::Last(span) | FieldTest::Next(span) | FieldTest::Before(span) => {
                let mut next = None;
                let mut holds = false;
                any(&mut |value| {
                    if let Some(time) = instant(value) {
                        let (from, until) = self.holds_within(time, *span);
                        holds |= from <= clock && clock < until;
                        let changes = [from, until].into_iter().filter(|at| *at > clock && *at < i64::MAX);
                        next = changes.chain(next).min();
                    }
                    false
                });
                return (holds, next);
            }
        };
        (holds, None)
    }

    /// The clocks at which a test against the clock holds of a time.
    fn holds_within(&self, time: i64, span: Span) -> (i64, i64) {
        let span = i64::from(span.seconds()) * 1_000_000;
        match self {
            FieldTest::Last(_) => (time, time.saturating_add(span)),
            FieldTest::Next(_) => (time.saturating_sub(span).saturating_add(1), time.saturating_add(1)),
            _ => (time.saturating_add(span), i64::MAX),
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let filter = match self {
            FieldTest::Is(test) | FieldTest::Every(test) | FieldTest::Size(test) => {
                Filter::test(PropertyPath::of("value"), test.clone())
            }
            FieldTest::Has(filter) => filter.clone(),
            _ => return Ok(()),
        };
        filter.check().map_err(|error| error.to_string())
    }
}

/// Whether what a path leads to holds, a list at its end as a whole.
fn ends(path: &FieldPath, value: &Value, holds: &mut dyn FnMut(&Value) -> bool) -> bool {
    match &path.within {
        None => holds(value),
        Some(within) => {
            let names: Vec<String> = split(within);
            walk(value, &names, holds)
        }
    }
}

/// The names of a path.
fn split(path: &PropertyPath) -> Vec<String> {
    let mut rest = Some(path.to_string());
    let mut names = Vec::new();
    while let Some(text) = rest.take() {
        let Ok(FieldPath { attribute, within }) = text.parse() else { break };
        names.push(attribute.as_str().to_owned());
        rest = within.map(|within| within.to_string());
    }
    names
}

fn walk(value: &Value, names: &[String], holds: &mut dyn FnMut(&Value) -> bool) -> bool {
    match (value, names) {
        (value, []) => holds(value),
        (Value::List(items), names) => items.iter().flatten().any(|item| walk(item, names, holds)),
        (Value::Map(fields), [name, rest @ ..]) => {
            fields.get(name.as_str()).and_then(Option::as_ref).is_some_and(|value| walk(value, rest, holds))
        }
        _ => false,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(fields) => fields.is_empty(),
        _ => false,
    }
}

/// The instant that a value is, in microseconds: a day is its midnight UTC, and text may spell either.
fn instant(value: &Value) -> Option<i64> {
    let at: Timestamp = match value {
        Value::Timestamp(at) => *at,
        Value::Date(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
        Value::Text(text) => match text.parse::<chrono::NaiveDate>() {
            Ok(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
            Err(_) => chrono::DateTime::parse_from_rfc3339(text).ok()?.to_utc(),
        },
        _ => return None,
    };
    Some(at.timestamp_micros())
}

/// A regular expression in the syntax of the `regex` crate, found anywhere in a text; `^` and `$` bind it to the ends.
/// Searching takes time linear in the text.
///
/// ```
/// use onefold_segment::Pattern;
///
/// let pattern: Pattern = r"(?i)^vp\b".parse()?;
/// assert!(pattern.is_in("VP of Sales") && !pattern.is_in("former VP"));
/// assert!("(a{1000}){1000}".parse::<Pattern>().is_err()); // it would take 100 MB
/// # Ok::<(), onefold_segment::InvalidPattern>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Pattern(Arc<Regex>);

impl Pattern {
    /// How large the compiled form may be, in bytes.
    pub const MAX_SIZE: usize = 1 << 18;

    /// Whether it is found in a text.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// How it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Text that cannot be used as a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot be used as a pattern: {problem}")]
pub struct InvalidPattern {
    text: String,
    problem: String,
}

impl FromStr for Pattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let built = RegexBuilder::new(text).size_limit(Self::MAX_SIZE).dfa_size_limit(Self::MAX_SIZE).build();
        let problem = |error: regex::Error| match error {
            regex::Error::CompiledTooBig(_) => {
                "it is too large; repeat fewer times, or say `starts with` or `contains`".to_owned()
            }
            error => error.to_string().lines().last().unwrap_or("it is malformed").trim().to_owned(),
        };
        match built {
            Ok(regex) => Ok(Self(Arc::new(regex))),
            Err(error) => Err(InvalidPattern { text: text.to_owned(), problem: problem(error) }),
        }
    }
}

impl TryFrom<String> for Pattern {
    type Error = InvalidPattern;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.as_str().to_owned()
    }
}
