//! [`Adjustments`]: the numbers that managers stand for in a period, kept beside those that add up.

use chrono::NaiveDate;
use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

use crate::forecast::Adjustment;
use crate::object::Aggregate;
use crate::rejection::{Problem, Rejection, Why};

/// What managers said of one period. It is made by [`fold`](crate::fold) from the facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Adjustments {
    /// In the order in which they were said; of one owner and category the last counts.
    pub said: Vec<Adjustment>,
}

/// What happens to the numbers of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AdjustmentOutcome {
    /// Somebody stands for another number.
    Adjusted(Adjustment),
}

impl Aggregate for Adjustments {
    const KIND: &'static str = "forecast";
    type Outcome = AdjustmentOutcome;

    fn apply(&mut self, at: Timestamp, outcome: &AdjustmentOutcome) {
        let AdjustmentOutcome::Adjusted(adjustment) = outcome;
        self.said.push(Adjustment { said_at: Some(at), ..adjustment.clone() });
    }
}

impl Adjustments {
    /// The id of what was said of a period: its first day, and the first after it.
    #[must_use]
    pub fn id(from: NaiveDate, until: NaiveDate) -> String {
        format!("{from}/{until}")
    }
}

/// What saying a number does.
///
/// # Errors
/// When it is less than nothing, or nobody says it.
pub fn decide_adjustment(adjustment: &Adjustment) -> Result<Vec<AdjustmentOutcome>, Rejection> {
    let mut problems = Vec::new();
    if adjustment.amount.amount.is_sign_negative() {
        let message = format!("the amount {} is less than nothing", adjustment.amount);
        problems.push(Problem::of(Why::Invalid, "amount", message, "give one of zero or more"));
    }
    if adjustment.by.trim().is_empty() {
        problems.push(Problem::of(Why::Missing, "by", "`by` is missing", "say who stands for it"));
    }
    Rejection::unless_none(problems)?;
    Ok(vec![AdjustmentOutcome::Adjusted(adjustment.clone())])
}
