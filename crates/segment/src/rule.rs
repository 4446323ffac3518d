//! [`Rule`]: a condition that can be asked.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use onefold_fact::{Filter, PropertyPath, Test};
use onefold_profile::{Computation, EventSelector, RfmScoring};
use serde::{Deserialize, Serialize};

use crate::condition::{Bucket, Condition, Weighted};
use crate::error::RuleError;
use crate::text::{self, Spot};

/// How deep a rule may be nested, filters of properties counted with.
pub(crate) const MAX_DEPTH: usize = 48;

/// How many bytes of text are read as a rule.
pub(crate) const MAX_TEXT: usize = 1 << 24;

/// A condition that was checked: it is of a size that can be evaluated, and each part of it can be computed. Whether its
/// fields and events are known is for a [`Vocabulary`](crate::Vocabulary) to say.
///
/// It is written and read as text and as JSON, and both give back the same rule.
///
/// ```
/// use onefold_segment::Rule;
///
/// let rule: Rule = r#"country in ("DE", "AT") and did "Order Completed" at least 3 times in the last 90d"#.parse()?;
/// let json = serde_json::to_string(&rule)?;
/// assert_eq!(serde_json::from_str::<Rule>(&json)?, rule);
/// assert_eq!(rule.to_string().parse::<Rule>()?, rule);
///
/// let error = r#"did "Order Completed" in the last 0d"#.parse::<Rule>().unwrap_err();
/// assert_eq!(error.span(), Some(34..36));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Condition", into = "Condition")]
pub struct Rule(Arc<Condition>);

impl Rule {
    /// The most parts of a rule: conditions, and parts of filters.
    pub const MAX_PARTS: usize = 10_000;

    /// The deepest nesting of a rule.
    pub const MAX_DEPTH: usize = MAX_DEPTH;

    /// The checked form of a condition.
    ///
    /// # Errors
    /// When it has more than [`MAX_PARTS`](Self::MAX_PARTS), is nested deeper than [`MAX_DEPTH`](Self::MAX_DEPTH), or
    /// a part of it cannot be computed: a window that ends before it begins, a comparison with a list, a `has been`
    /// within another.
    pub fn new(condition: Condition) -> Result<Self, RuleError> {
        measure(&condition)?;
        let problem = |at: Vec<usize>, message: String| {
            let (text, spot) = text::print(&condition);
            place(&text, &spot, &at, message)
        };
        check(&condition).map_err(|(at, message)| problem(at, message))?;
        Ok(Self(Arc::new(condition)))
    }

    /// A rule from its text, with where its parts stand.
    pub(crate) fn read(text: &str) -> Result<(Self, Spot), RuleError> {
        let (condition, spot) = text::parse(text)?;
        measure(&condition)?;
        check(&condition).map_err(|(at, message)| place(text, &spot, &at, message))?;
        Ok((Self(Arc::new(condition)), spot))
    }

    /// What it says.
    #[must_use]
    pub fn condition(&self) -> &Condition {
        &self.0
    }
}

/// Its text, in one line.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::print(&self.0).0)
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text).map(|(rule, _)| rule)
    }
}

impl TryFrom<Condition> for Rule {
    type Error = RuleError;

    fn try_from(condition: Condition) -> Result<Self, Self::Error> {
        Self::new(condition)
    }
}

impl From<Rule> for Condition {
    fn from(rule: Rule) -> Self {
        Arc::unwrap_or_clone(rule.0)
    }
}

/// A problem at the part to which a path of places leads.
pub(crate) fn place(text: &str, spot: &Spot, at: &[usize], message: String) -> RuleError {
    let mut spot = spot;
    for nth in at {
        match spot.parts.get(*nth) {
            Some(part) => spot = part,
            None => break,
        }
    }
    RuleError::new(message).at(&text.into(), spot.span.clone())
}

/// Holds a condition to its bounds before anything else goes through it.
fn measure(condition: &Condition) -> Result<(), RuleError> {
    let mut parts = 0;
    measure_within(condition, 1, &mut parts)
}

fn count(parts: &mut usize, depth: usize) -> Result<(), RuleError> {
    *parts += 1;
    if depth > MAX_DEPTH {
        let error = RuleError::new(format!("the rule is nested deeper than {MAX_DEPTH}"));
        return Err(error.help("make a part of it a segment of its own, and ask `in segment` for it"));
    }
    if *parts > Rule::MAX_PARTS {
        let error = RuleError::new(format!("the rule has more than {} parts", Rule::MAX_PARTS));
        return Err(error.help("use `in (…)` for many values of one field, or segments for its parts"));
    }
    Ok(())
}

fn measure_within(condition: &Condition, depth: usize, parts: &mut usize) -> Result<(), RuleError> {
    count(parts, depth)?;
    // A weighted part lies two levels deeper in JSON.
    let inner = depth + if matches!(condition, Condition::Score { .. }) { 2 } else { 1 };
    filters(condition).into_iter().try_for_each(|filter| measure_filter(filter, depth + 1, parts))?;
    condition.parts().into_iter().try_for_each(|part| measure_within(part, inner, parts))
}

fn measure_filter(filter: &Filter, depth: usize, parts: &mut usize) -> Result<(), RuleError> {
    count(parts, depth)?;
    match filter {
        Filter::All(filters) | Filter::Any(filters) => {
            filters.iter().try_for_each(|filter| measure_filter(filter, depth + 1, parts))
        }
        Filter::Not(filter) | Filter::Element { path: _, holds: filter } => measure_filter(filter, depth + 1, parts),
        _ => Ok(()),
    }
}

/// The filters right within a condition.
fn filters(condition: &Condition) -> Vec<&Filter> {
    let mut filters: Vec<&Filter> = selectors(condition).into_iter().map(|events| &events.filter).collect();
    if let Condition::Field { path: _, is: crate::FieldTest::Has(filter) } = condition {
        filters.push(filter);
    }
    filters
}

/// The choices of events right within a condition.
pub(crate) fn selectors(condition: &Condition) -> Vec<&EventSelector> {
    match condition {
        Condition::Events { of, is: _ } => vec![&of.events],
        Condition::Sequence(sequence) => sequence.selectors().collect(),
        Condition::Lifecycle { of, stage: _ } => vec![&of.activity],
        Condition::Rfm { of, .. } => vec![&of.purchases],
        _ => Vec::new(),
    }
}

type Problem = (Vec<usize>, String);

/// Checks what the types leave open.
fn check(condition: &Condition) -> Result<(), Problem> {
    itself(condition).map_err(|message| (Vec::new(), message))?;
    for (nth, part) in condition.parts().into_iter().enumerate() {
        check(part).map_err(|(mut at, message)| {
            at.insert(0, nth);
            (at, message)
        })?;
    }
    Ok(())
}

fn itself(condition: &Condition) -> Result<(), String> {
    let testable = |test: &Test| Filter::test(PropertyPath::of("value"), test.clone()).check();
    for events in selectors(condition) {
        events.filter.check().map_err(|error| error.to_string())?;
    }
    match condition {
        Condition::Field { path: _, is } => is.check(),
        Condition::Events { of, is } => {
            testable(is).map_err(|error| error.to_string())?;
            Computation::new(of.clone()).map(drop).map_err(|error| error.to_string())
        }
        Condition::Sequence(sequence) => {
            sequence.check()?;
            let within = onefold_profile::ComputedAttribute {
                events: EventSelector::default(),
                aggregate: onefold_profile::Aggregate::Count,
                window: sequence.window,
            };
            Computation::new(within).map(drop).map_err(|error| error.to_string())
        }
        Condition::HasBeen { condition, span: _ } => match asks_for_more(condition) {
            Some(what) => Err(format!("`has been` cannot hold {what}; say it outside")),
            None => Ok(()),
        },
        Condition::Lifecycle { of, stage: _ } => of.check().map_err(|error| error.to_string()),
        Condition::Rfm { of, score: _, is } => {
            testable(is).map_err(|error| error.to_string())?;
            RfmScoring::new(of.clone()).map(drop).map_err(|error| error.to_string())
        }
        Condition::Random(Bucket { salt: _, from, until }) if from >= until || *until > 10_000 => {
            Err("a part of all subjects reaches from a smaller to a larger percentage up to 100%".to_owned())
        }
        Condition::Score { parts, at_least: _ } if parts.is_empty() => Err("a score of nothing".to_owned()),
        Condition::Score { parts, at_least: _ } => match parts.iter().find(|Weighted { weight, .. }| *weight == 0) {
            Some(_) => Err("a weight of 0 changes nothing; leave it out".to_owned()),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// What is within a condition that `has been` cannot look back on.
fn asks_for_more(condition: &Condition) -> Option<&'static str> {
    match condition {
        Condition::HasBeen { .. } => Some("another one"),
        Condition::Members { .. } => Some("a condition on members"),
        Condition::Segment(_) => Some("another segment"),
        Condition::Random(_) => Some("a part drawn by chance, which never changes"),
        other => other.parts().into_iter().find_map(asks_for_more),
    }
}
