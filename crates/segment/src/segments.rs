//! [`Segments`]: rules by name; and [`Definition`], a rule in which they are put in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use onefold_fact::Configuration;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, Weighted};
use crate::error::{RuleError, did_you_mean};
use crate::rule::Rule;

/// Rules by the name of their segment, each of which may ask for others, none of them in a circle.
///
/// ```
/// use onefold_segment::{Rule, Segments};
///
/// let vip: Rule = r#"did "Order Completed" at least 10 times"#.parse()?;
/// let lost: Rule = r#"in segment "vip" and not did "Order Completed" in the last 180d"#.parse()?;
/// let segments = Segments::new([("vip".to_owned(), vip), ("lost vip".to_owned(), lost)])?;
/// assert_eq!(segments.len(), 2);
///
/// let circle = |name: &str| Ok::<_, onefold_segment::RuleError>((name.to_owned(), r#"in segment "a""#.parse()?));
/// assert!(Segments::new([circle("a")?]).is_err());
/// # Ok::<(), onefold_segment::RuleError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Rule>", into = "BTreeMap<String, Rule>")]
pub struct Segments {
    rules: BTreeMap<String, Rule>,
    definitions: BTreeMap<String, Definition>,
}

impl TryFrom<&Segments> for Configuration {
    type Error = serde_json::Error;

    fn try_from(segments: &Segments) -> Result<Self, Self::Error> {
        let json = serde_json::to_string(segments)?;
        Ok(Self { part: Segments::PART.to_owned(), name: String::new(), json })
    }
}

impl Segments {
    /// The part of the configuration that they are.
    pub const PART: &str = "segments";

    /// Segments by name.
    ///
    /// # Errors
    /// When one asks for a segment that there is not, for itself by way of others, or is too large with all that it
    /// asks for put in; the message names the segment.
    pub fn new(rules: impl IntoIterator<Item = (String, Rule)>) -> Result<Self, RuleError> {
        let mut segments = Self { rules: rules.into_iter().collect(), definitions: BTreeMap::new() };
        for name in segments.rules.keys().cloned().collect::<Vec<_>>() {
            segments.define(&name, &mut Vec::new())?;
        }
        Ok(segments)
    }

    /// Puts the segments in, those first that a rule asks for.
    fn define(&mut self, name: &str, within: &mut Vec<String>) -> Result<(), RuleError> {
        if self.definitions.contains_key(name) {
            return Ok(());
        }
        within.push(name.to_owned());
        let Some(rule) = self.rules.get(name).cloned() else { return Err(self.unknown(name)) };
        for asked in asked(rule.condition()) {
            if let Some(first) = within.iter().position(|outer| *outer == asked) {
                let circle: Vec<String> = within[first..].iter().map(|name| format!("`{name}`")).collect();
                let message = format!("segment `{asked}` asks for itself: {} and again `{asked}`", circle.join(", "));
                return Err(RuleError::new(message).help("let one of them say its condition itself"));
            }
            if within.len() > Rule::MAX_DEPTH {
                return Err(RuleError::new(format!("segment `{asked}` is reached over too many others")));
            }
            if !self.rules.contains_key(&asked) {
                return Err(self.unknown(&asked));
            }
            self.define(&asked, within)?;
        }
        let definition = self.definition(&rule)?;
        self.definitions.insert(name.to_owned(), definition);
        within.pop();
        Ok(())
    }

    fn unknown(&self, name: &str) -> RuleError {
        let error = RuleError::new(format!("there is no segment `{name}`"));
        match did_you_mean(name, self.names()) {
            Some(help) => error.help(help),
            None => error,
        }
    }

    /// A rule with these segments put in.
    ///
    /// # Errors
    /// When it asks for a segment that is not among these, or is too large with all put in.
    pub fn definition(&self, rule: &Rule) -> Result<Definition, RuleError> {
        let mut room = Rule::MAX_PARTS;
        let condition = self.put_in(rule.condition(), &mut room)?;
        Ok(Definition(Arc::new(Condition::from(Rule::new(condition)?))))
    }

    fn put_in(&self, condition: &Condition, room: &mut usize) -> Result<Condition, RuleError> {
        *room = room.checked_sub(1).ok_or_else(|| {
            RuleError::new(format!("with its segments put in, the rule has more than {} parts", Rule::MAX_PARTS))
        })?;
        let mut each = |parts: &[Condition]| parts.iter().map(|part| self.put_in(part, room)).collect::<Result<_, _>>();
        Ok(match condition {
            Condition::All(parts) => Condition::All(each(parts)?),
            Condition::Any(parts) => Condition::Any(each(parts)?),
            Condition::Not(part) => Condition::Not(Box::new(self.put_in(part, room)?)),
            Condition::Members { quantifier, relation, condition } => Condition::Members {
                quantifier: *quantifier,
                relation: relation.clone(),
                condition: Box::new(self.put_in(condition, room)?),
            },
            Condition::Score { parts, at_least } => {
                let put_in = |part: &Weighted| {
                    Ok(Weighted { weight: part.weight, condition: self.put_in(&part.condition, room)? })
                };
                Condition::Score {
                    parts: parts.iter().map(put_in).collect::<Result<_, RuleError>>()?,
                    at_least: *at_least,
                }
            }
            Condition::Segment(name) => match self.definitions.get(name) {
                Some(definition) => {
                    *room = room.saturating_sub(size(&definition.0));
                    (*definition.0).clone()
                }
                None => return Err(self.unknown(name)),
            },
            other => other.clone(),
        })
    }

    /// The definition of a segment.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.definitions.get(name)
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// The rules as they were given, by name.
    #[must_use]
    pub fn rules(&self) -> &BTreeMap<String, Rule> {
        &self.rules
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

impl TryFrom<BTreeMap<String, Rule>> for Segments {
    type Error = RuleError;

    fn try_from(rules: BTreeMap<String, Rule>) -> Result<Self, Self::Error> {
        Self::new(rules)
    }
}

impl From<Segments> for BTreeMap<String, Rule> {
    fn from(segments: Segments) -> Self {
        segments.rules
    }
}

fn size(condition: &Condition) -> usize {
    1 + condition.parts().into_iter().map(size).sum::<usize>()
}

/// The segments that a condition asks for.
fn asked(condition: &Condition) -> Vec<String> {
    match condition {
        Condition::Segment(name) => vec![name.clone()],
        other => other.parts().into_iter().flat_map(asked).collect(),
    }
}

/// A rule that stands by itself: it asks for no other segment. It can be evaluated, explained, kept live and compiled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Definition(Arc<Condition>);

impl Definition {
    /// What it says.
    #[must_use]
    pub fn condition(&self) -> &Condition {
        &self.0
    }

    /// The relations of whose members it asks, in whatever part.
    #[must_use]
    pub fn relations(&self) -> BTreeSet<&str> {
        fn add<'a>(condition: &'a Condition, relations: &mut BTreeSet<&'a str>) {
            if let Condition::Members { relation, .. } = condition {
                relations.insert(relation);
            }
            condition.parts().into_iter().for_each(|part| add(part, relations));
        }
        let mut relations = BTreeSet::new();
        add(&self.0, &mut relations);
        relations
    }
}

/// A rule that asks for no segment.
impl TryFrom<Rule> for Definition {
    type Error = RuleError;

    fn try_from(rule: Rule) -> Result<Self, Self::Error> {
        Segments::default().definition(&rule)
    }
}
