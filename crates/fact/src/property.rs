//! [`PropertyPath`]: where in the properties of an event a value stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::flat::FlatMap;
use crate::name::Name;
use crate::value::Value;

/// The details of an event; `None` is an explicit null.
pub type Properties = FlatMap<Name, Option<Value>>;

/// Where in the properties of an event a value stands: names joined by dots. Lists on the way and at the end are taken
/// apart, so one path may lead to many values; a null is no value.
///
/// A dot or backslash that is part of a name is written after a backslash.
///
/// ```
/// use onefold_fact::{PropertyPath, Value};
///
/// let order = Value::from_json(r#"{"total": 12, "lines": [{"sku": "A-1"}, {"sku": "B-2"}, {"note": null}]}"#)?;
/// let Some(Value::Map(order)) = order.value else { return Err("an object".into()) };
/// let path: PropertyPath = "lines.sku".parse()?;
/// assert_eq!(path.values(&order), [&Value::from("A-1"), &Value::from("B-2")]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PropertyPath {
    first: String,
    rest: Vec<String>,
}

impl PropertyPath {
    /// The names that it goes through: that of the property, and those of what is within it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.first).chain(&self.rest).map(String::as_str)
    }

    /// The path to a property itself, whatever its name holds.
    #[must_use]
    pub fn of(property: impl Into<String>) -> Self {
        Self { first: property.into(), rest: Vec::new() }
    }

    /// The values that it leads to, in the order of the lists on the way.
    #[must_use]
    pub fn values<'a>(&self, properties: &'a Properties) -> Vec<&'a Value> {
        let mut values = Vec::new();
        self.each(properties, &mut |value| {
            values.push(value);
            true
        });
        values
    }

    /// Whether `holds` is true of one of the values that it leads to.
    pub fn any<'a>(&self, properties: &'a Properties, mut holds: impl FnMut(&'a Value) -> bool) -> bool {
        !self.each(properties, &mut |value| !holds(value))
    }

    /// Calls `go_on` with each value until it says no. Returns whether it never did.
    fn each<'a>(&self, properties: &'a Properties, go_on: &mut dyn FnMut(&'a Value) -> bool) -> bool {
        match properties.get(self.first.as_str()) {
            Some(Some(value)) => walk(value, &self.rest, go_on),
            _ => true,
        }
    }
}

fn walk<'a>(value: &'a Value, rest: &[String], go_on: &mut dyn FnMut(&'a Value) -> bool) -> bool {
    match (value, rest) {
        (Value::List(items), _) => items.iter().flatten().all(|item| walk(item, rest, go_on)),
        (value, []) => go_on(value),
        (Value::Map(fields), [name, rest @ ..]) => match fields.get(name.as_str()) {
            Some(Some(value)) => walk(value, rest, go_on),
            _ => true,
        },
        _ => true,
    }
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in std::iter::once(&self.first).chain(&self.rest).enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(&name.replace('\\', r"\\").replace('.', r"\."))?;
        }
        Ok(())
    }
}

/// Text that is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    r"`{text}` is not a path to a property; expected names joined by dots, like `lines.sku`, a dot in a name as `\.`"
)]
pub struct UnknownPath {
    text: String,
}

impl FromStr for PropertyPath {
    type Err = UnknownPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownPath { text: text.to_owned() };
        let mut names = Vec::new();
        let mut name = String::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some(literal @ ('.' | '\\')) => name.push(literal),
                    _ => return Err(unknown()),
                },
                '.' => names.push(std::mem::take(&mut name)),
                letter => name.push(letter),
            }
        }
        names.push(name);
        if names.iter().any(String::is_empty) || names.len() > crate::filter::MAX_DEPTH {
            return Err(unknown());
        }
        let mut names = names.into_iter();
        let first = names.next().ok_or_else(unknown)?;
        Ok(Self { first, rest: names.collect() })
    }
}

impl TryFrom<String> for PropertyPath {
    type Error = UnknownPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PropertyPath> for String {
    fn from(path: PropertyPath) -> Self {
        path.to_string()
    }
}
