//! [`Scoring`]: how well a lead fits, and how much it does, with what it did long ago counting less.

use std::fmt;

use chrono::TimeDelta;
use onefold_fact::{Configuration, Timestamp};
use onefold_segment::{Definition, Rule, RuleError, Subject};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How points are given. Each part is counted by itself, and said by itself.
///
/// ```
/// use onefold_crm::Scoring;
///
/// let scoring: Scoring = serde_json::from_str(r#"{"parts": [
///     {"fit": {"rule": "employees >= 100", "points": 30}},
///     {"engagement": {"event": "Demo Requested", "points": 40, "half_life_days": 14}}
/// ]}"#)?;
/// assert_eq!(scoring.parts.len(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// The parts.
    pub parts: Vec<ScorePart>,
}

impl TryFrom<&Scoring> for Configuration {
    type Error = serde_json::Error;

    fn try_from(scoring: &Scoring) -> Result<Self, Self::Error> {
        let json = serde_json::to_string(scoring)?;
        Ok(Self { part: Scoring::PART.to_owned(), name: String::new(), json })
    }
}

/// What gives points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ScorePart {
    /// A rule that holds.
    Fit {
        /// The rule, as text.
        #[serde(with = "crate::pipeline::as_text")]
        rule: Rule,
        /// So many points; less than none speak against.
        points: i32,
    },
    /// Each event of a name. After each half-life it counts half, and in between in a straight line.
    Engagement {
        /// The event.
        event: String,
        /// So many points when it happens.
        points: i32,
        /// After so many days it counts half.
        half_life_days: std::num::NonZeroU32,
        /// All together count at most so many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<i32>,
    },
}

/// In words: `employees >= 100`; `Demo Requested, half after 14 days`.
impl fmt::Display for ScorePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fit { rule, .. } => rule.fmt(f),
            Self::Engagement { event, half_life_days, most, .. } => {
                write!(f, "{event}, half after {half_life_days} days")?;
                most.map_or(Ok(()), |most| write!(f, ", at most {most}"))
            }
        }
    }
}

/// A score, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// All points, to two decimal places.
    pub points: Decimal,
    /// By part, in the order of the scoring.
    pub parts: Vec<Decimal>,
}

impl Scoring {
    /// The part of the configuration that it is.
    pub const PART: &str = "scoring";

    /// The score of a subject at a clock. Events after it do not count.
    ///
    /// # Errors
    /// When a rule asks for a segment: a score stands by itself.
    pub fn score(&self, subject: &dyn Subject, clock: Timestamp) -> Result<Score, RuleError> {
        let parts = self.parts.iter().map(|part| part.points(subject, clock)).collect::<Result<Vec<_>, _>>()?;
        let sum: Decimal = parts.iter().sum();
        Ok(Score { points: sum.normalize(), parts })
    }
}

impl ScorePart {
    fn points(&self, subject: &dyn Subject, clock: Timestamp) -> Result<Decimal, RuleError> {
        match self {
            Self::Fit { rule, points } => {
                let holds = Definition::try_from(rule.clone())?.evaluate(subject, clock).holds;
                Ok(if holds { Decimal::from(*points) } else { Decimal::ZERO })
            }
            Self::Engagement { event, points, half_life_days, most } => {
                let half_life = TimeDelta::days(half_life_days.get().into());
                let events = subject.timeline().iter().filter(|of| of.name() == event && of.at() <= clock);
                let sum: Decimal = events.map(|of| Decimal::from(*points) * left_of(clock - of.at(), half_life)).sum();
                Ok(most.map_or(sum, |most| sum.min(most.into())).round_dp(2).normalize())
            }
        }
    }
}

/// The part that is left of one after a time: half after each half-life.
fn left_of(age: TimeDelta, half_life: TimeDelta) -> Decimal {
    let (age, half) = (age.num_seconds().max(0), half_life.num_seconds().max(1));
    let (halved, into) = (age / half, age % half);
    // After so many half-lives nothing is left of a hundredth of a point.
    if halved > 40 {
        return Decimal::ZERO;
    }
    Decimal::from(2 * half - into) / Decimal::from(half) / Decimal::from(1_i64 << (halved + 1))
}
