//! [`Condition`]: what a rule says of a subject, as a tree.

use std::num::NonZeroU32;

use onefold_fact::{Test, Value};
use onefold_profile::{Aggregate, ComputedAttribute, ConsentState, EventSelector, Lifecycle, Rfm, Span, Stage, Window};
use serde::{Deserialize, Serialize};

use crate::field::{FieldPath, FieldTest};
use crate::sequence::Sequence;

/// What a rule says of a subject at a clock: true or false, never anything else. A test of what is missing, or of
/// another type, does not hold, and its negation does.
///
/// Its JSON form is that of `serde`, its text form that of [`Rule`](crate::Rule); both give back the same tree.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// All of these hold; of none of them: always.
    All(Vec<Condition>),
    /// At least one of these holds; of none of them: never.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// A field of the subject passes a test.
    Field {
        /// Where the value stands.
        path: FieldPath,
        /// The test.
        is: FieldTest,
    },
    /// What is made of the subject's events passes a test.
    Events {
        /// Which events, within which time, and what is made of them.
        of: ComputedAttribute,
        /// The test; it does not hold where nothing can be made of them, such as an average of nothing.
        is: Test,
    },
    /// Events happened one after another.
    Sequence(Sequence),
    /// A condition has held without a break for at least so long. What is not known of the past, since a field has
    /// been as it is for a shorter time, counts as not having held.
    HasBeen {
        /// The condition: nothing in it asks for another length of time, members of a group, a segment, or chance.
        condition: Box<Condition>,
        /// How long.
        #[serde(rename = "for")]
        span: Span,
    },
    /// The subject is at a stage of its life cycle.
    Lifecycle {
        /// The rules of the stages.
        of: Lifecycle,
        /// The stage.
        stage: Stage,
    },
    /// One of the scores of recency, frequency and monetary value passes a test; it does not hold of a subject that
    /// bought nothing.
    Rfm {
        /// How it is scored.
        of: Rfm,
        /// Which of the scores.
        score: Dimension,
        /// The test.
        is: Test,
    },
    /// The subject is in another segment.
    Segment(String),
    /// Of the subjects that are related to this one, so many fulfil a condition.
    Members {
        /// How many of them.
        quantifier: Quantifier,
        /// How they are related: the name of a group's kind.
        relation: String,
        /// What holds of them.
        condition: Box<Condition>,
    },
    /// What the subject has said about a use of its data.
    Consent {
        /// The use.
        purpose: String,
        /// Through this channel; without one, about no channel in particular.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        /// What it said.
        state: ConsentState,
    },
    /// The subject is in a part of all subjects that is drawn by chance, and stays in it.
    Random(Bucket),
    /// The weights of those conditions that hold sum up to at least so much.
    Score {
        /// The conditions with their weights.
        parts: Vec<Weighted>,
        /// The sum from which on it holds.
        at_least: i64,
    },
}

/// A condition and what it adds to a score where it holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// What it adds; may be negative.
    pub weight: i32,
    /// The condition.
    pub condition: Condition,
}

/// One of the three scores of [`Rfm`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// How recently.
    Recency,
    /// How often.
    Frequency,
    /// For how much.
    Monetary,
}

/// How many of the related subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantifier {
    /// All of them; of none of them: always.
    All,
    /// None of them.
    None,
    /// So many of them; 1 is any.
    AtLeast(NonZeroU32),
}

/// A part of all subjects that is drawn by chance: a number from 0 to 9,999 follows from the subject's id and the
/// salt alone, so that a subject stays where it is, and different salts draw independently.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// What the drawing is called.
    pub salt: String,
    /// The first number that is in, in hundredths of a percent.
    pub from: u16,
    /// The first number that is no longer in, at most 10,000.
    pub until: u16,
}

impl Condition {
    /// That an event happened at least once, ever.
    #[must_use]
    pub fn did(events: EventSelector) -> Self {
        let of = ComputedAttribute { events, aggregate: Aggregate::Count, window: Window::Lifetime };
        Condition::Events { of, is: Test::AtLeast(Value::Integer(1)) }
    }

    /// That this does not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        Condition::Not(Box::new(self))
    }

    /// The conditions right within this one.
    pub(crate) fn parts(&self) -> Vec<&Condition> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().collect(),
            Condition::Not(part)
            | Condition::HasBeen { condition: part, span: _ }
            | Condition::Members { condition: part, .. } => vec![part],
            Condition::Score { parts, at_least: _ } => parts.iter().map(|part| &part.condition).collect(),
            _ => Vec::new(),
        }
    }
}
