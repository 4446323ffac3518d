//! [`Analysis`]: what can be said of rules before anybody is asked: never true, always true, the same as another,
//! contained in another, never left, and what it costs to keep them.

use std::collections::BTreeSet;

use onefold_fact::{Schema, Survivorship, Test};
use onefold_profile::{Aggregate, ComputedAttribute, End, Window};

use crate::condition::{Condition, Weighted};
use crate::live::Cost;
use crate::possible::possible;
use crate::segments::{Definition, Segments};

/// What can be said of a rule before anybody is asked. What it says is certain; that something is not said does not
/// mean that it is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analysis {
    /// No subject can ever be in.
    pub is_never: bool,
    /// Every subject is always in.
    pub is_always: bool,
    /// Who is in stays in, unless facts are taken back.
    pub is_never_left: bool,
    /// What it costs to keep it live.
    pub cost: Cost,
}

/// What is odd about a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Oddity {
    /// No subject can ever be in.
    Never,
    /// Every subject is always in.
    Always,
    /// It has the same members as another.
    SameAs(String),
    /// Its members are all in another.
    ContainedIn(String),
    /// Who is in stays in, unless facts are taken back.
    NeverLeft,
}

/// `is the same as segment "vip"`.
impl std::fmt::Display for Oddity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Oddity::Never => f.write_str("nobody can ever be in it"),
            Oddity::Always => f.write_str("everybody is always in it"),
            Oddity::SameAs(other) => write!(f, "it has the same members as segment {other:?}"),
            Oddity::ContainedIn(other) => write!(f, "its members are all in segment {other:?}"),
            Oddity::NeverLeft => f.write_str("who is in it stays in"),
        }
    }
}

impl Definition {
    /// What can be said of the rule by itself. A field of the schema counts as having one value at most, unless it
    /// survives as a union; any other may be a list.
    ///
    /// ```
    /// use onefold_fact::Schema;
    /// use onefold_segment::{Definition, Rule};
    ///
    /// let of = |text: &str| Ok::<_, onefold_segment::RuleError>(Definition::try_from(text.parse::<Rule>()?)?);
    /// let schema = Schema::default();
    /// let few = of(r#"did "order" at most 2 times and did "order" at least 5 times in the last 30d"#)?;
    /// assert!(few.analyse(&schema).is_never);
    /// assert!(of(r#"did "order""#)?.analyse(&schema).is_never_left);
    ///
    /// let (week, month) = (of(r#"did "order" in the last 7d"#)?, of(r#"did "order" in the last 30d"#)?);
    /// assert!(week.implies(&month, &schema) && !month.implies(&week, &schema));
    /// # Ok::<(), onefold_segment::RuleError>(())
    /// ```
    #[must_use]
    pub fn analyse(&self, schema: &Schema) -> Analysis {
        let is_never = !possible(&[(self.condition(), true)], schema);
        let is_always = !possible(&[(self.condition(), false)], schema);
        let is_never_left = !is_never && !is_always && stays(self.condition(), true);
        Analysis { is_never, is_always, is_never_left, cost: Cost::of(self) }
    }

    /// Whether it is certain that whoever is in is also in another.
    #[must_use]
    pub fn implies(&self, other: &Self, schema: &Schema) -> bool {
        !possible(&[(self.condition(), true), (other.condition(), false)], schema)
    }
}

impl Segments {
    /// What is odd about the segments, each by its name. Segments that name a field or an event in common are compared
    /// two by two.
    #[must_use]
    pub fn oddities(&self, schema: &Schema) -> Vec<(String, Oddity)> {
        let mut found = Vec::new();
        let all: Vec<(&str, &Definition)> = self.names().filter_map(|name| Some((name, self.get(name)?))).collect();
        let mut plain = Vec::new();
        for (name, definition) in &all {
            let Analysis { is_never, is_always, is_never_left, cost: _ } = definition.analyse(schema);
            let alone = [(is_never, Oddity::Never), (is_always, Oddity::Always), (is_never_left, Oddity::NeverLeft)];
            found.extend(alone.into_iter().filter(|(holds, _)| *holds).map(|(_, oddity)| ((*name).to_owned(), oddity)));
            if !is_never && !is_always {
                plain.push((*name, *definition, named(definition.condition())));
            }
        }
        for (nth, (name, definition, named)) in plain.iter().enumerate() {
            for (other, of_other, _) in plain[nth + 1..].iter().filter(|(.., others)| !named.is_disjoint(others)) {
                let oddity = match (definition.implies(of_other, schema), of_other.implies(definition, schema)) {
                    (true, true) => ((*other).to_owned(), Oddity::SameAs((*name).to_owned())),
                    (true, false) => ((*name).to_owned(), Oddity::ContainedIn((*other).to_owned())),
                    (false, true) => ((*other).to_owned(), Oddity::ContainedIn((*name).to_owned())),
                    (false, false) => continue,
                };
                found.push(oddity);
            }
        }
        found
    }
}

/// The fields and events that a condition names; what names none is named by itself. Conditions without one in common
/// can be whatever they are at once.
fn named(condition: &Condition) -> BTreeSet<String> {
    let mut named: BTreeSet<String> = condition.parts().into_iter().flat_map(self::named).collect();
    for events in crate::rule::selectors(condition) {
        named.extend(events.names.iter().map(|name| format!("event {name}")));
        if events.names.is_empty() {
            named.insert(format!("{condition:?}"));
        }
    }
    match condition {
        Condition::Field { path, is: _ } => drop(named.insert(format!("field {}", path.attribute))),
        Condition::Consent { .. } | Condition::Random(_) => drop(named.insert(format!("{condition:?}"))),
        _ => {}
    }
    named
}

/// Whether a field has one value at most.
pub(crate) fn is_single(schema: &Schema, path: &crate::FieldPath) -> bool {
    let spec = schema.attributes.get(&path.attribute);
    path.within.is_none() && spec.is_some_and(|spec| spec.survivorship != Survivorship::Union)
}

/// Whether a condition that is so stays so, while events are added and time passes.
fn stays(condition: &Condition, so: bool) -> bool {
    let lasts = |window: &Window| matches!(window, Window::Lifetime | Window::Absolute { .. });
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().all(|part| stays(part, so)),
        Condition::Not(part) => stays(part, !so),
        Condition::Random(_) => true,
        Condition::Score { parts, at_least: _ } => {
            parts.iter().all(|Weighted { weight, condition }| stays(condition, so == (*weight > 0)))
        }
        Condition::Events { of: ComputedAttribute { events: _, aggregate, window }, is } if lasts(window) => {
            let grows = match aggregate {
                Aggregate::Count | Aggregate::DistinctCount(_) | Aggregate::Largest(_) => true,
                Aggregate::DaysSince { event: End::First, .. } => true,
                Aggregate::Smallest(_) => false,
                _ => return false,
            };
            // A comparison with what is not there yet may turn out either way once it is.
            let is_there = matches!(aggregate, Aggregate::Count | Aggregate::DistinctCount(_));
            match is {
                Test::AtLeast(_) | Test::Greater(_) => grows == so && (is_there || so),
                Test::AtMost(_) | Test::Less(_) => grows != so && (is_there || so),
                _ => false,
            }
        }
        Condition::Sequence(of) => {
            so && lasts(&of.window) && of.since.is_none() && of.steps.iter().all(|step| step.without.is_none())
        }
        _ => false,
    }
}
