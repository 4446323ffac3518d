//! [`FieldSpecs`]: the fields that an organisation adds to its objects, typed and checked; and objects as subjects of rules.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Configuration, Conventions, Kind, Timestamp, Value};
use onefold_profile::Timeline;
use onefold_segment::Subject;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rejection::{Problem, Rejection, Why};

/// The fields of one kind of object, beside those that every such object has. What is not declared may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpecs {
    /// By name.
    pub fields: BTreeMap<String, FieldSpec>,
    /// Whether other fields are refused.
    #[serde(default)]
    pub closed: bool,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// What it holds.
    pub kind: Kind,
    /// Whether an object cannot be without it.
    #[serde(default)]
    pub required: bool,
    /// What it may be, if not anything of its kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether it may be several at once.
    #[serde(default)]
    pub several: bool,
    /// Whether no two objects may have the same.
    #[serde(default)]
    pub unique: bool,
}

impl FieldSpec {
    /// A field of a kind, of which nothing else is asked.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self { kind, required: false, choices: Vec::new(), several: false, unique: false }
    }

    fn one(&self, field: &str, value: &Value) -> Result<Value, Problem> {
        let text = value.to_text();
        if !self.choices.is_empty() {
            let choice = self.choices.iter().find(|choice| choice.eq_ignore_ascii_case(text.trim()));
            return choice.map(|choice| Value::from(choice.as_str())).ok_or_else(|| {
                let listed: Vec<String> = self.choices.iter().map(|choice| format!("`{choice}`")).collect();
                let message = format!("`{text}` is none of the choices of `{field}`");
                Problem::of(Why::Invalid, field, message, format!("give one of {}", listed.join(", ")))
            });
        }
        self.kind
            .parse(&text, &Conventions::default())
            .map_err(|error| Problem::of(Why::Invalid, field, error.problem(), format!("give {}", error.expected())))
    }

    fn read(&self, field: &str, value: &Value) -> Result<Value, Problem> {
        match value {
            Value::List(parts) if self.several => {
                let parts: Result<Vec<_>, _> =
                    parts.iter().flatten().map(|part| self.one(field, part).map(Some)).collect();
                Ok(Value::List(parts?.into()))
            }
            one if self.several => Ok(Value::List([Some(self.one(field, one)?)].into())),
            Value::List(_) => {
                let message = format!("`{field}` holds one value, not several");
                Err(Problem::of(Why::Invalid, field, message, "give one"))
            }
            one => self.one(field, one),
        }
    }
}

impl FieldSpecs {
    /// The part of the configuration that fields are, under the kind of object: `opportunity`.
    pub const PART: &str = "fields";

    /// These fields as a part of the configuration.
    ///
    /// # Errors
    /// When they cannot be written as JSON.
    pub fn configuration(&self, kind: &str) -> Result<Configuration, serde_json::Error> {
        Ok(Configuration { part: Self::PART.to_owned(), name: kind.to_owned(), json: serde_json::to_string(self)? })
    }

    /// Values in the form that their fields have: a choice in its spelling, a date as a date.
    ///
    /// ```
    /// use onefold_crm::{FieldSpecs, Rejection};
    ///
    /// let specs: FieldSpecs = serde_json::from_str(r#"{"fields": {
    ///     "region": {"kind": "text", "choices": ["North", "South"], "required": true},
    ///     "contract_ends": {"kind": "date"}
    /// }}"#)?;
    /// let told = [("region", "north"), ("contract_ends", "31 December 2026")];
    /// let read = specs.read(told.map(|(field, value)| (field.to_owned(), value.into())).into())?;
    /// assert_eq!(read["region"], "North".into());
    /// assert_eq!(read["contract_ends"].to_string(), "2026-12-31");
    /// let no = specs.read([("region".to_owned(), "east".into())].into()).unwrap_err();
    /// assert_eq!(no.to_string(), "`east` is none of the choices of `region` (give one of `North`, `South`)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// With every field that holds what it may not hold, or is not declared where only declared ones may be.
    pub fn read(&self, told: BTreeMap<String, Value>) -> Result<BTreeMap<String, Value>, Rejection> {
        let (mut read, mut problems) = (BTreeMap::new(), Vec::new());
        for (field, value) in told {
            match self.fields.get(&field) {
                Some(spec) => match spec.read(&field, &value) {
                    Ok(value) => drop(read.insert(field, value)),
                    Err(problem) => problems.push(problem),
                },
                None if self.closed => {
                    let known: Vec<String> = self.fields.keys().map(|name| format!("`{name}`")).collect();
                    let message = format!("there is no field `{field}`");
                    problems.push(Problem::of(
                        Why::Invalid,
                        &field,
                        message,
                        format!("there are {}", known.join(", ")),
                    ));
                }
                None => drop(read.insert(field, value)),
            }
        }
        Rejection::unless_none(problems)?;
        Ok(read)
    }

    /// What an object lacks that it cannot be without.
    #[must_use]
    pub fn lacking(&self, has: impl Fn(&str) -> bool) -> Vec<Problem> {
        let lacks = self.fields.iter().filter(|(field, spec)| spec.required && !has(field));
        let problem = |field: &String| {
            Problem::of(Why::Missing, field, format!("`{field}` is missing"), format!("give `{field}`"))
        };
        lacks.map(|(field, _)| problem(field)).collect()
    }

    /// The fields that no two objects may have alike.
    pub fn unique(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|(_, spec)| spec.unique).map(|(field, _)| field.as_str())
    }

    /// The values of told fields that another object has already, where no two may: `others` are the other objects, by id.
    #[must_use]
    pub fn taken<'a>(
        &self,
        told: &BTreeMap<String, Value>,
        others: impl IntoIterator<Item = (&'a str, &'a BTreeMap<String, Value>)>,
    ) -> Vec<Problem> {
        let unique: BTreeSet<&str> = self.unique().filter(|field| told.contains_key(*field)).collect();
        let mut problems = Vec::new();
        for (id, other) in others {
            for field in unique.iter().filter(|field| other.get(**field) == told.get(**field)) {
                let value = told.get(*field).map(ToString::to_string).unwrap_or_default();
                let message = format!("`{value}` is the `{field}` of `{id}` already");
                problems.push(Problem::of(Why::Exists, *field, message, "give another, or change that one first"));
            }
        }
        problems
    }
}

/// An object of work that rules can be asked of.
pub trait Fielded {
    /// It as the subject of rules: what it is, without anything that happened.
    fn object(&self) -> Object<'_>;
}

/// The fields of an object, as the subject of rules.
#[derive(Debug)]
pub struct Object<'a> {
    values: BTreeMap<&'a str, Value>,
    since: Option<&'a BTreeMap<String, Timestamp>>,
    timeline: Timeline,
}

impl<'a> Object<'a> {
    pub(crate) fn new(values: impl IntoIterator<Item = (&'a str, Option<Value>)>) -> Self {
        let values = values.into_iter().filter_map(|(field, value)| Some((field, value?))).collect();
        Self { values, since: None, timeline: Timeline::default() }
    }

    pub(crate) fn with(mut self, fields: &'a BTreeMap<String, Value>) -> Self {
        for (field, value) in fields {
            self.values.entry(field).or_insert_with(|| value.clone());
        }
        self
    }

    pub(crate) fn since(mut self, since: &'a BTreeMap<String, Timestamp>) -> Self {
        self.since = Some(since);
        self
    }
}

impl Subject for Object<'_> {
    /// Random parts of rules are drawn by what the object is.
    fn id(&self) -> Uuid {
        let said: String = self.values.values().map(|value| value.to_text().into_owned()).collect();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, said.as_bytes())
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    fn field_since(&self, name: &str) -> Option<Timestamp> {
        Some(self.since.and_then(|since| since.get(name).copied()).unwrap_or(Timestamp::MIN_UTC))
    }

    fn timeline(&self) -> &Timeline {
        &self.timeline
    }
}
