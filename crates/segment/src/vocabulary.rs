//! [`Vocabulary`]: which fields and events there are, and of which types, so that a misspelt rule is told so.

use std::collections::BTreeSet;
use std::sync::Arc;

use onefold_fact::{AttributeName, Filter, Kind, PropertyPath, Schema, Test, Value};
use onefold_profile::{Aggregate, ComputedAttribute, Contract, EventSelector, Measure, PropertyType, Unit};

use crate::condition::{Condition, Dimension};
use crate::error::{RuleError, did_you_mean};
use crate::field::{FieldPath, FieldTest};
use crate::rule::Rule;
use crate::segments::Segments;
use crate::text::{self, Spot};

/// What rules can speak of. A field has to be in the schema; an event in the contract, if there is one; a segment among
/// the segments.
///
/// ```
/// use onefold_fact::{AttributeSpec, Kind, Schema};
/// use onefold_segment::Vocabulary;
///
/// let mut schema = Schema::default();
/// schema.attributes.insert("email".into(), AttributeSpec::of(Kind::Email));
/// schema.attributes.insert("age".into(), AttributeSpec::of(Kind::Integer));
///
/// let errors = Vocabulary::new(&schema).read(r#"age >= "18" and emial ends with "@x.io""#).unwrap_err();
/// let errors: Vec<String> = errors.iter().map(|error| error.to_string()).collect();
/// assert_eq!(errors, [
///     "`age` is a number, line 1, column 1: compare it with a number, like `18`",
///     "unknown field `emial`, line 1, column 17: did you mean `email`?",
/// ]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Vocabulary<'a> {
    schema: &'a Schema,
    contract: Option<&'a Contract>,
    segments: Option<&'a Segments>,
    seen: Option<&'a BTreeSet<AttributeName>>,
}

/// What can be compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    Text,
    Boolean,
    Time,
    Any,
}

impl Type {
    fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Integer | Kind::Decimal => Type::Number,
            Kind::Boolean => Type::Boolean,
            Kind::Date | Kind::BirthDate | Kind::Timestamp => Type::Time,
            // An amount is a number, or an object with its currency.
            Kind::Money => Type::Any,
            _ => Type::Text,
        }
    }

    fn of_property(kind: PropertyType) -> Self {
        match kind {
            PropertyType::Boolean => Type::Boolean,
            PropertyType::Integer | PropertyType::Number => Type::Number,
            // Days and instants are text where they come from, so text compares with them.
            _ => Type::Any,
        }
    }

    fn admits(self, value: &Value) -> bool {
        match self {
            Type::Any => true,
            Type::Number => matches!(value, Value::Integer(_) | Value::Decimal(_)),
            Type::Boolean => matches!(value, Value::Boolean(_)),
            Type::Text => matches!(value, Value::Text(_)),
            Type::Time => matches!(value, Value::Date(_) | Value::Timestamp(_) | Value::Text(_)),
        }
    }

    fn said(self) -> (&'static str, &'static str) {
        match self {
            Type::Number => ("a number", "compare it with a number, like `18`"),
            Type::Boolean => ("yes or no", "compare it with `true` or `false`"),
            Type::Text => ("text", "compare it with text in double quotes"),
            Type::Time => ("a time", "compare it with a day like `2026-03-01`, or say `is within the last 30d`"),
            Type::Any => ("anything", "compare it with a value"),
        }
    }
}

/// A problem, what it is about as it is written, and what would be right.
struct Problem(String, String, Option<String>);

impl<'a> Vocabulary<'a> {
    /// The fields of a schema, and any event.
    #[must_use]
    pub fn new(schema: &'a Schema) -> Self {
        Self { schema, contract: None, segments: None, seen: None }
    }

    /// And these fields, of which the schema says nothing: they may hold anything.
    #[must_use]
    pub fn with_fields(self, seen: &'a BTreeSet<AttributeName>) -> Self {
        Self { seen: Some(seen), ..self }
    }

    /// With the events of a contract, and no others.
    #[must_use]
    pub fn with_events(self, contract: &'a Contract) -> Self {
        Self { contract: Some(contract), ..self }
    }

    /// With these segments, and no others.
    #[must_use]
    pub fn with_segments(self, segments: &'a Segments) -> Self {
        Self { segments: Some(segments), ..self }
    }

    /// Reads a rule and checks it.
    ///
    /// # Errors
    /// What is wrong with it: how it is written, or everything that it names and that is not there or is of another
    /// type.
    pub fn read(&self, text: &str) -> Result<Rule, Vec<RuleError>> {
        let (rule, spot) = Rule::read(text).map_err(|error| vec![error])?;
        let errors = self.errors(rule.condition(), text, &spot);
        if errors.is_empty() { Ok(rule) } else { Err(errors) }
    }

    /// Everything that a rule names and that is not there or is of another type. Places are those in its text.
    #[must_use]
    pub fn check(&self, rule: &Rule) -> Vec<RuleError> {
        let (text, spot) = text::print(rule.condition());
        self.errors(rule.condition(), &text, &spot)
    }

    fn errors(&self, condition: &Condition, text: &str, spot: &Spot) -> Vec<RuleError> {
        let mut errors = Vec::new();
        self.walk(condition, &text.into(), spot, &mut errors);
        errors
    }

    fn walk(&self, condition: &Condition, text: &Arc<str>, spot: &Spot, errors: &mut Vec<RuleError>) {
        for Problem(message, about, help) in self.problems(condition) {
            let part = text.get(spot.span.clone()).unwrap_or_default();
            let span = match part.find(&about) {
                Some(at) => spot.span.start + at..spot.span.start + at + about.len(),
                None => spot.span.clone(),
            };
            let error = RuleError::new(message).at(text, span);
            errors.push(match help {
                Some(help) => error.help(help),
                None => error,
            });
        }
        let nowhere = Spot { span: spot.span.clone(), parts: Vec::new() };
        for (nth, part) in condition.parts().into_iter().enumerate() {
            self.walk(part, text, spot.parts.get(nth).unwrap_or(&nowhere), errors);
        }
    }

    fn problems(&self, condition: &Condition) -> Vec<Problem> {
        let mut problems = Vec::new();
        for events in crate::rule::selectors(condition) {
            self.events(events, &mut problems);
        }
        match condition {
            Condition::Field { path, is } => problems.extend(self.field(path, is)),
            Condition::Events { of, is } => problems.extend(self.aggregate(of, is)),
            Condition::Rfm { of, score, is } => {
                problems.extend(self.measure(&of.purchases, &of.amount));
                let name = match score {
                    Dimension::Recency => "recency",
                    Dimension::Frequency => "frequency",
                    Dimension::Monetary => "monetary",
                };
                problems.extend(mismatch(name, Type::Number, is));
            }
            Condition::Segment(name) => {
                if let Some(segments) = self.segments.filter(|segments| segments.get(name).is_none()) {
                    let help = did_you_mean(name, segments.names());
                    problems.push(Problem(format!("unknown segment `{name}`"), format!("{name:?}"), help));
                }
            }
            _ => {}
        }
        problems
    }

    fn field(&self, path: &FieldPath, is: &FieldTest) -> Option<Problem> {
        let name = path.attribute.as_str();
        let Some(spec) = self.schema.attributes.get(&path.attribute) else {
            if self.seen.is_some_and(|seen| seen.contains(&path.attribute)) {
                return None;
            }
            let known = self.schema.attributes.keys().chain(self.seen.into_iter().flatten());
            let help = did_you_mean(name, known.map(AttributeName::as_str));
            return Some(Problem(format!("unknown field `{name}`"), name.to_owned(), help));
        };
        let kind = if path.within.is_some() { Type::Any } else { Type::of_kind(spec.kind) };
        let (said, help) = kind.said();
        let wrong = |expected: &str| {
            Some(Problem(format!("`{path}` is {said}, not {expected}"), name.to_owned(), Some(help.to_owned())))
        };
        match is {
            FieldTest::Is(test) | FieldTest::Every(test) => mismatch(&path.to_string(), kind, test),
            FieldTest::Size(test) => mismatch(&path.to_string(), Type::Number, test),
            FieldTest::Matches(_) if !matches!(kind, Type::Text | Type::Any) => wrong("text"),
            FieldTest::Has(_) if kind != Type::Any => wrong("an object"),
            FieldTest::Empty if !matches!(kind, Type::Text | Type::Any) => wrong("something that can be empty"),
            FieldTest::Last(_) | FieldTest::Next(_) | FieldTest::Before(_)
                if !matches!(kind, Type::Time | Type::Any) =>
            {
                wrong("a time")
            }
            _ => None,
        }
    }

    fn events(&self, events: &EventSelector, problems: &mut Vec<Problem>) {
        let Some(contract) = self.contract else { return };
        for name in &events.names {
            if !contract.events.contains_key(name) {
                let help = did_you_mean(name, contract.events.keys().map(String::as_str));
                problems.push(Problem(format!("unknown event `{name}`"), name.clone(), help));
            }
        }
        self.filter(events, &events.filter, problems);
    }

    fn filter(&self, events: &EventSelector, filter: &Filter, problems: &mut Vec<Problem>) {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().for_each(|part| self.filter(events, part, problems));
            }
            Filter::Not(part) => self.filter(events, part, problems),
            Filter::Property { path, is } => match self.property(events, path) {
                Ok(kind) => problems.extend(mismatch(&path.to_string(), kind, is)),
                Err(problem) => problems.push(problem),
            },
            Filter::Element { path, .. } => problems.extend(self.property(events, path).err()),
            _ => {}
        }
    }

    /// The type of a property of events.
    fn property(&self, events: &EventSelector, path: &PropertyPath) -> Result<Type, Problem> {
        let Some(contract) = self.contract else { return Ok(Type::Any) };
        let specs: Vec<_> = events.names.iter().filter_map(|name| contract.events.get(name)).collect();
        let Ok(FieldPath { attribute, within }) = path.to_string().parse::<FieldPath>() else { return Ok(Type::Any) };
        let name = attribute.as_str();
        if let Some(kind) = specs.iter().find_map(|spec| spec.properties.get(name)) {
            return Ok(if within.is_some() { Type::Any } else { Type::of_property(*kind) });
        }
        if specs.is_empty() || specs.iter().any(|spec| spec.properties.is_empty() && !spec.closed) {
            return Ok(Type::Any);
        }
        let known = specs.iter().flat_map(|spec| spec.properties.keys()).map(String::as_str);
        Err(Problem(format!("unknown property `{name}`"), name.to_owned(), did_you_mean(name, known)))
    }

    fn measure(&self, events: &EventSelector, measure: &Measure) -> Option<Problem> {
        match self.property(events, &measure.path) {
            Err(problem) => Some(problem),
            Ok(Type::Boolean) => {
                let message = format!("`{}` is yes or no, not a number", measure.path);
                Some(Problem(message, measure.path.to_string(), Some("name a property that is a number".to_owned())))
            }
            Ok(_) => None,
        }
    }

    fn aggregate(
        &self,
        ComputedAttribute { events, aggregate, window: _ }: &ComputedAttribute,
        is: &Test,
    ) -> Option<Problem> {
        let (about, kind) = match aggregate {
            Aggregate::Sum(measure)
            | Aggregate::Average(measure)
            | Aggregate::Smallest(measure)
            | Aggregate::Largest(measure) => {
                if let Some(problem) = self.measure(events, measure) {
                    return Some(problem);
                }
                if measure.unit == Unit::EachCurrency {
                    let message = format!("`{}` in each currency is no one number", measure.path);
                    let help = "name the currency, like `in EUR`".to_owned();
                    return Some(Problem(message, measure.path.to_string(), Some(help)));
                }
                (measure.path.to_string(), Type::Number)
            }
            Aggregate::First(path) | Aggregate::Last(path) | Aggregate::MostFrequent(path) => {
                match self.property(events, path) {
                    Ok(kind) => (path.to_string(), kind),
                    Err(problem) => return Some(problem),
                }
            }
            Aggregate::DistinctCount(path) => match self.property(events, path) {
                Ok(_) => (path.to_string(), Type::Number),
                Err(problem) => return Some(problem),
            },
            Aggregate::DistinctList { path, limit: _ } => {
                let message = format!("a list of `{path}` compares with nothing");
                let help = format!("say `distinct count of {path}`, or filter the events");
                return Some(Problem(message, path.to_string(), Some(help)));
            }
            Aggregate::Count => ("count".to_owned(), Type::Number),
            _ => ("days since".to_owned(), Type::Number),
        };
        mismatch(&about, kind, is)
    }
}

/// The problem of a test of something of a type, if it is one.
fn mismatch(about: &str, kind: Type, test: &Test) -> Option<Problem> {
    let (said, help) = kind.said();
    let fits = match test {
        Test::Equal(value) => kind.admits(value),
        Test::Less(value) | Test::AtMost(value) | Test::Greater(value) | Test::AtLeast(value) => {
            kind.admits(value) && !matches!(value, Value::Boolean(_))
        }
        Test::OneOf(values) => values.iter().all(|value| kind.admits(value)),
        Test::Contains(_) | Test::StartsWith(_) | Test::EndsWith(_) => matches!(kind, Type::Text | Type::Any),
        _ => true,
    };
    (!fits).then(|| Problem(format!("`{about}` is {said}"), about.to_owned(), Some(help.to_owned())))
}
