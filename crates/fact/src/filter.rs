//! [`Filter`]: a condition on the properties of one event.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fact::Timestamp;
use crate::property::{Properties, PropertyPath};
use crate::value::Value;

/// The deepest nesting of a filter that [`Filter::check`] passes, and the longest path.
pub(crate) const MAX_DEPTH: usize = 32;

/// The most parts of a filter that [`Filter::check`] passes.
const MAX_PARTS: usize = 4096;

/// A condition on the properties of one event. It has two values only: a test of a property that is missing, null or
/// of another type does not hold, and its negation does.
///
/// ```
/// use onefold_fact::{Filter, Test, Value};
///
/// let order = Value::from_json(r#"{"status":"paid","lines":[{"sku":"A","units":1},{"sku":"B","units":9}]}"#)?;
/// let Some(Value::Map(order)) = order.value else { return Err("an object".into()) };
/// let paid = Filter::test("status".parse()?, Test::Equal("paid".into()));
/// let sku = Filter::test("sku".parse()?, Test::Equal("A".into()));
/// let many = Filter::test("units".parse()?, Test::AtLeast(5.into()));
///
/// // Somewhere an A, and somewhere five units: but not of one line.
/// let somewhere = Filter::All(vec![
///     Filter::test("lines.sku".parse()?, Test::Equal("A".into())),
///     Filter::test("lines.units".parse()?, Test::AtLeast(5.into())),
/// ]);
/// let of_one = Filter::element("lines".parse()?, Filter::All(vec![sku, many]));
/// assert!(paid.holds(&order) && somewhere.holds(&order) && !of_one.holds(&order));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Filter {
    /// All of these hold; of none of them: always.
    All(Vec<Filter>),
    /// At least one of these holds; of none of them: never.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// One of the values that a path leads to passes a test.
    Property {
        /// The path.
        path: PropertyPath,
        /// The test.
        is: Test,
    },
    /// One of the objects that a path leads to fulfils a filter by itself, whose paths begin within that object.
    Element {
        /// The path.
        path: PropertyPath,
        /// The filter.
        holds: Box<Filter>,
    },
}

/// A test of one value. Numbers compare by number whatever their type; text by its characters, exactly; a day is its
/// midnight UTC, and text that spells an ISO day or instant compares with one. Other values of different types neither
/// equal nor order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Test {
    /// There is a value.
    Present,
    /// It equals this.
    Equal(Value),
    /// It equals one of these.
    OneOf(Vec<Value>),
    /// It is less than this.
    Less(Value),
    /// It is this or less.
    AtMost(Value),
    /// It is greater than this.
    Greater(Value),
    /// It is this or greater.
    AtLeast(Value),
    /// It is text with this in it.
    Contains(String),
    /// It is text that begins with this.
    StartsWith(String),
    /// It is text that ends with this.
    EndsWith(String),
}

/// Always holds.
impl Default for Filter {
    fn default() -> Self {
        Filter::All(Vec::new())
    }
}

impl Filter {
    /// That one of the values at a path passes a test.
    #[must_use]
    pub fn test(path: PropertyPath, is: Test) -> Self {
        Filter::Property { path, is }
    }

    /// That one of the objects at a path fulfils a filter by itself.
    #[must_use]
    pub fn element(path: PropertyPath, holds: Filter) -> Self {
        Filter::Element { path, holds: Box::new(holds) }
    }

    /// Whether it holds of these properties.
    #[must_use]
    pub fn holds(&self, properties: &Properties) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.holds(properties)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.holds(properties)),
            Filter::Not(filter) => !filter.holds(properties),
            Filter::Property { path, is } => path.any(properties, |value| is.passes(value)),
            Filter::Element { path, holds } => {
                path.any(properties, |value| matches!(value, Value::Map(fields) if holds.holds(fields)))
            }
        }
    }

    /// The names of the properties that it tests, and of what is within them.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        match self {
            Filter::All(filters) | Filter::Any(filters) => filters.iter().flat_map(Filter::names).collect(),
            Filter::Not(filter) => filter.names(),
            Filter::Property { path, .. } => path.names().collect(),
            Filter::Element { path, holds } => path.names().chain(holds.names()).collect(),
        }
    }

    /// Whether it always holds, by its form alone.
    #[must_use]
    pub fn is_always(&self) -> bool {
        matches!(self, Filter::All(filters) if filters.is_empty())
    }

    /// Checks what the types leave open: how deep and large it is, and what its tests compare with.
    ///
    /// # Errors
    /// When it is nested deeper than [`Filter::MAX_DEPTH`], has more than 4096 parts, or compares with a list, an
    /// object or nothing.
    pub fn check(&self) -> Result<(), InvalidFilter> {
        let mut parts = 0;
        self.check_within(1, &mut parts)
    }

    /// The deepest nesting that [`check`](Self::check) passes.
    pub const MAX_DEPTH: usize = MAX_DEPTH;

    fn check_within(&self, depth: usize, parts: &mut usize) -> Result<(), InvalidFilter> {
        *parts += 1;
        if depth > MAX_DEPTH {
            return Err(InvalidFilter(format!("a filter is nested deeper than {MAX_DEPTH}; split it")));
        }
        if *parts > MAX_PARTS {
            return Err(InvalidFilter(format!("a filter has more than {MAX_PARTS} parts; use `one_of`")));
        }
        match self {
            Filter::All(filters) | Filter::Any(filters) => {
                filters.iter().try_for_each(|filter| filter.check_within(depth + 1, parts))
            }
            Filter::Not(filter) | Filter::Element { path: _, holds: filter } => filter.check_within(depth + 1, parts),
            Filter::Property { path, is } => {
                is.check().map_err(|problem| InvalidFilter(format!("the test of `{path}` {problem}")))
            }
        }
    }
}

impl Test {
    /// Whether a value passes.
    #[must_use]
    pub fn passes(&self, value: &Value) -> bool {
        match self {
            Test::Present => true,
            Test::Equal(other) => compare(value, other) == Some(Ordering::Equal),
            Test::OneOf(others) => others.iter().any(|other| compare(value, other) == Some(Ordering::Equal)),
            Test::Less(other) => compare(value, other).is_some_and(Ordering::is_lt),
            Test::AtMost(other) => compare(value, other).is_some_and(Ordering::is_le),
            Test::Greater(other) => compare(value, other).is_some_and(Ordering::is_gt),
            Test::AtLeast(other) => compare(value, other).is_some_and(Ordering::is_ge),
            Test::Contains(part) => value.as_text().is_some_and(|text| text.contains(part)),
            Test::StartsWith(part) => value.as_text().is_some_and(|text| text.starts_with(part)),
            Test::EndsWith(part) => value.as_text().is_some_and(|text| text.ends_with(part)),
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        let operands = match self {
            Test::Equal(value)
            | Test::Less(value)
            | Test::AtMost(value)
            | Test::Greater(value)
            | Test::AtLeast(value) => std::slice::from_ref(value),
            Test::OneOf(values) if values.is_empty() => return Err("is `one_of` nothing; name at least one value"),
            Test::OneOf(values) => values.as_slice(),
            _ => return Ok(()),
        };
        if operands.iter().any(|value| matches!(value, Value::List(_) | Value::Map(_))) {
            return Err("compares with a list or an object; compare with a single value");
        }
        Ok(())
    }
}

/// How two values compare; `None` if they are of types that do not.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (Value::Integer(a), Value::Decimal(b)) => Some(rust_decimal::Decimal::from(*a).cmp(b)),
        (Value::Decimal(a), Value::Integer(b)) => Some(a.cmp(&rust_decimal::Decimal::from(*b))),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
        (Value::Date(_) | Value::Timestamp(_), _) | (_, Value::Date(_) | Value::Timestamp(_)) => {
            Some(instant(a)?.cmp(&instant(b)?))
        }
        _ => None,
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Timestamp(at) => Some(*at),
        Value::Date(day) => Some(day.and_time(NaiveTime::MIN).and_utc()),
        Value::Text(text) => match text.parse::<NaiveDate>() {
            Ok(day) => Some(day.and_time(NaiveTime::MIN).and_utc()),
            Err(_) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)),
        },
        _ => None,
    }
}

/// A filter that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFilter(String);

impl fmt::Display for InvalidFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidFilter {}
