//! [`LifeCycle`]: how far a customer has come with a seller, now and ever.

use std::fmt;

use onefold_fact::{Timestamp, Value};
use onefold_profile::{Event, Timeline};
use serde::{Deserialize, Serialize};

/// How far somebody has come, from the least to the furthest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifeCycleStage {
    /// They may become a customer.
    Lead,
    /// They are worth selling to.
    Qualified,
    /// There is a deal with them.
    Opportunity,
    /// They have bought.
    Customer,
}

impl LifeCycleStage {
    /// The stage of a name: `customer`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Lead, Self::Qualified, Self::Opportunity, Self::Customer]
            .into_iter()
            .find(|stage| stage.to_string() == name)
    }
}

impl fmt::Display for LifeCycleStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lead => "lead",
            Self::Qualified => "qualified",
            Self::Opportunity => "opportunity",
            Self::Customer => "customer",
        })
    }
}

/// How far a customer has come: now, and ever.
///
/// Leads and deals move it forward as they happen, and nothing moves it back but somebody who says so: an event `life cycle
/// set` with the property `stage`. What was reached stays known. A source that says how far somebody came there (`life cycle
/// reached`) moves them forward likewise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LifeCycle {
    /// Where they are; none, if nobody has tried to sell them anything.
    pub current: Option<LifeCycleStage>,
    /// Since when, and the event that brought them there.
    pub since: Option<(Timestamp, String)>,
    /// How far they ever came.
    pub furthest: Option<LifeCycleStage>,
    /// When they came there first.
    pub furthest_since: Option<Timestamp>,
}

impl LifeCycle {
    /// The event by which somebody says where a customer is, also further back.
    pub const SET: &str = "life cycle set";

    /// The event by which a source says how far a customer has come. It moves nobody back.
    pub const REACHED: &str = "life cycle reached";

    /// How far a customer had come at a time, by what is on the timeline.
    #[must_use]
    pub fn of(timeline: &Timeline, at: Timestamp) -> Self {
        let mut cycle = Self::default();
        for event in timeline.iter().filter(|event| event.at() <= at) {
            let Some((stage, is_said)) = comes_to(event) else { continue };
            if cycle.furthest.is_none_or(|furthest| furthest < stage) {
                cycle.furthest = Some(stage);
                cycle.furthest_since = Some(event.at());
            }
            let moves = match cycle.current {
                None => true,
                Some(current) => stage > current || is_said && stage != current,
            };
            if moves {
                cycle.current = Some(stage);
                cycle.since = Some((event.at(), event.name().to_owned()));
            }
        }
        cycle
    }
}

/// To which stage an event brings a customer, and whether somebody said so.
fn comes_to(event: &Event) -> Option<(LifeCycleStage, bool)> {
    let property = |name: &str| event.property(name).and_then(Value::as_text);
    Some(match event.name() {
        LifeCycle::SET => (LifeCycleStage::named(property("stage")?)?, true),
        LifeCycle::REACHED => (LifeCycleStage::named(property("stage")?)?, false),
        "lead captured" => (LifeCycleStage::Lead, false),
        "lead status" if property("status") == Some("qualified") => (LifeCycleStage::Qualified, false),
        "lead converted" => (LifeCycleStage::Qualified, false),
        "opportunity opened" => (LifeCycleStage::Opportunity, false),
        "opportunity won" => (LifeCycleStage::Customer, false),
        _ => return None,
    })
}
