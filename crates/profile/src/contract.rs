//! [`Contract`]: which events a source may send, with which properties; and [`Violations`], how often it did not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onefold_fact::{Body, Configuration, Fact, PropertyPath, Source, Value};
use serde::{Deserialize, Serialize};

/// Which events are allowed, and what their properties are: configuration. What it does not declare is a violation only
/// where it is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contract {
    /// By name of event.
    pub events: BTreeMap<String, EventSpec>,
    /// Whether only declared events are allowed.
    pub closed: bool,
    /// What becomes of an event that breaks it.
    pub on_violation: OnViolation,
    /// Which version of the contract this is, as its author counts.
    pub version: u32,
}

/// What becomes of an event that breaks the contract; it is counted either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnViolation {
    /// It is kept.
    #[default]
    Keep,
    /// It is set aside: it does not become a fact, and whoever delivered it gets it back with the reason.
    SetAside,
}

/// What an event carries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventSpec {
    /// The type of each declared property.
    pub properties: BTreeMap<String, PropertyType>,
    /// The properties that must be there and not null.
    pub required: BTreeSet<String>,
    /// Whether only declared properties are allowed.
    pub closed: bool,
}

/// The type of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PropertyType {
    /// `true` or `false`.
    Boolean,
    /// A whole number, also one that is written with a fraction of zeros (`1.0`), as in JSON Schema.
    Integer,
    /// Any number.
    Number,
    /// Text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

impl PropertyType {
    fn admits(self, value: &Value) -> bool {
        match self {
            PropertyType::Boolean => matches!(value, Value::Boolean(_)),
            PropertyType::Integer => match value {
                Value::Decimal(number) => number.fract().is_zero(),
                value => matches!(value, Value::Integer(_)),
            },
            PropertyType::Number => matches!(value, Value::Integer(_) | Value::Decimal(_)),
            // Days and instants are text where they come from.
            PropertyType::Text => matches!(value, Value::Text(_) | Value::Date(_) | Value::Timestamp(_)),
            PropertyType::List => matches!(value, Value::List(_)),
            PropertyType::Object => matches!(value, Value::Map(_)),
        }
    }

    /// Whether every value of this type is of the other too.
    pub(crate) fn is_within(self, other: PropertyType) -> bool {
        self == other || (self == PropertyType::Integer && other == PropertyType::Number)
    }
}

/// As it is written in a contract: `number`.
impl fmt::Display for PropertyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PropertyType::Boolean => "boolean",
            PropertyType::Integer => "integer",
            PropertyType::Number => "number",
            PropertyType::Text => "text",
            PropertyType::List => "list",
            PropertyType::Object => "object",
        })
    }
}

/// What is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Violation {
    /// The event is not declared.
    UnknownEvent,
    /// The property is not declared.
    UnknownProperty(String),
    /// A required property is missing or null.
    Missing(String),
    /// The property is of another type.
    WrongType(String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::UnknownEvent => f.write_str("the event is not declared"),
            Violation::UnknownProperty(name) => write!(f, "property `{}` is not declared", PropertyPath::of(name)),
            Violation::Missing(name) => write!(f, "required property `{}` is missing", PropertyPath::of(name)),
            Violation::WrongType(name) => write!(f, "property `{}` is of another type", PropertyPath::of(name)),
        }
    }
}

impl Contract {
    /// What is wrong with a fact; nothing if it is no event. Whether it is kept says [`Violations::admit`].
    ///
    /// ```
    /// use onefold_fact::{Body, Draft, RecordKey};
    /// use onefold_profile::{Contract, Violations};
    ///
    /// let contract: Contract = serde_json::from_str(r#"{
    ///     "events": {"order": {"properties": {"total": "number"}, "required": ["total", "order_id"]}}
    /// }"#)?;
    /// let order = Draft::new("shop", Body::event("order", [("total", "12.50")])).key(RecordKey::person("17"));
    /// let order = order.received("stream", "2026-03-01T00:00:00Z".parse()?);
    /// let mut violations = Violations::default();
    /// assert_eq!(violations.check(&contract, &order), 2);
    /// let lines: Vec<String> = violations.iter().map(|it| it.to_string()).collect();
    /// assert_eq!(lines, [
    ///     "shop, event `order`: required property `order_id` is missing: 1",
    ///     "shop, event `order`: property `total` is of another type: 1",
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn violations(&self, fact: &Fact) -> Vec<Violation> {
        self.violations_of(fact.body())
    }

    /// What is wrong with what a fact says, or a draft that is to become one.
    #[must_use]
    pub fn violations_of(&self, body: &Body) -> Vec<Violation> {
        let Body::Event { name, properties } = body else { return Vec::new() };
        let Some(spec) = self.events.get(name.as_str()) else {
            return if self.closed { vec![Violation::UnknownEvent] } else { Vec::new() };
        };
        let is_there = |name: &&String| matches!(properties.get(name.as_str()), Some(Some(_)));
        let missing = spec.required.iter().filter(|name| !is_there(name)).cloned().map(Violation::Missing);
        let wrong = properties.iter().filter_map(|(name, value)| match (spec.properties.get(name.as_str()), value) {
            (Some(expected), Some(value)) if !expected.admits(value) => Some(Violation::WrongType(name.to_string())),
            (None, _) if spec.closed && !spec.required.contains(name.as_str()) => {
                Some(Violation::UnknownProperty(name.to_string()))
            }
            _ => None,
        });
        missing.chain(wrong).collect()
    }
}

/// How many kinds of violations are told apart; further ones are counted together.
const MAX_KINDS: usize = 10_000;

/// Violations, counted by source, event and reason. Names that only a broken source makes up are bounded: beyond 10,000
/// kinds, new ones are counted together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations {
    counts: BTreeMap<(Source, String, Violation), u64>,
    beyond: u64,
}

/// A kind of violation, and how often it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// The source.
    pub source: &'a Source,
    /// The event.
    pub event: &'a str,
    /// What was wrong.
    pub violation: &'a Violation,
    /// How often.
    pub times: u64,
}

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, event `{}`: {}: {}", self.source, self.event, self.violation, self.times)
    }
}

impl Violations {
    /// Counts what is wrong with a fact, and returns how much that is.
    pub fn check(&mut self, contract: &Contract, fact: &Fact) -> usize {
        let Body::Event { name, properties: _ } = fact.body() else { return 0 };
        let found = contract.violations(fact);
        let count = found.len();
        for violation in found {
            let kind = (fact.source().clone(), name.to_string(), violation);
            if self.counts.len() < MAX_KINDS || self.counts.contains_key(&kind) {
                *self.counts.entry(kind).or_insert(0) += 1;
            } else {
                self.beyond += 1;
            }
        }
        count
    }

    /// Adds what another counted.
    pub fn add(&mut self, other: &Violations) {
        self.beyond += other.beyond;
        for (kind, times) in &other.counts {
            if self.counts.len() < MAX_KINDS || self.counts.contains_key(kind) {
                *self.counts.entry(kind.clone()).or_insert(0) += times;
            } else {
                self.beyond += times;
            }
        }
    }

    /// Counts what is wrong with a fact that comes, and returns whether the contract takes it in.
    pub fn admit(&mut self, contract: &Contract, fact: &Fact) -> bool {
        self.check(contract, fact) == 0 || contract.on_violation == OnViolation::Keep
    }

    /// Each kind, by source, event and reason.
    pub fn iter(&self) -> impl Iterator<Item = Counted<'_>> {
        let counted = self.counts.iter();
        counted.map(|((source, event, violation), times)| Counted { source, event, violation, times: *times })
    }

    /// How many came of kinds beyond those that are told apart.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
}

impl Contract {
    /// The part of the configuration that it is.
    pub const PART: &str = "contract";
}

impl TryFrom<&Contract> for Configuration {
    type Error = serde_json::Error;

    fn try_from(of: &Contract) -> Result<Self, Self::Error> {
        Ok(Self { part: Contract::PART.to_owned(), name: String::new(), json: serde_json::to_string(of)? })
    }
}
