//! [`Pipeline`]: the stages of a sale as data, and which moves between them are allowed.

use std::collections::BTreeSet;

use onefold_fact::Configuration;
use onefold_segment::Rule;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::category::ForecastCategory;

/// The stages of a sale, in order. [`problems`](Self::problems) says what is wrong with it before it is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// The stages, in the order in which a deal passes them; the closing ones stand anywhere.
    pub stages: Vec<Stage>,
    /// Which moves are allowed where a stage does not list its own.
    #[serde(default)]
    pub moves: Moves,
    /// Reasons for winning; if any are given, one of them has to be said.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub won_reasons: BTreeSet<String>,
    /// Reasons for losing; if any are given, one of them has to be said.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lost_reasons: BTreeSet<String>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its name, once in a pipeline.
    pub name: String,
    /// How many of the deals that are here are won, from 0 to 1.
    pub probability: Decimal,
    /// How a forecast counts deals that are here; if not said, as its kind: won is closed, lost omitted, others pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<ForecastCategory>,
    /// Whether a deal that is here is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Closes>,
    /// Whether a deal may begin here. If no stage says so, the first may.
    #[serde(default)]
    pub entry: bool,
    /// Fields that have to have a value before a deal comes here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub requires: BTreeSet<String>,
    /// Rules that a deal has to meet before it comes here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// The stages that a deal may go to from here; if not said, by the pipeline's moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<BTreeSet<String>>,
    /// Who has to approve before a deal comes here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// After so many days without any interaction a deal that is here rots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rots_after_days: Option<u32>,
}

/// How a stage ends a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closes {
    /// It is won.
    Won,
    /// It is lost.
    Lost,
}

/// Which moves are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Moves {
    /// Over stages.
    pub skip: bool,
    /// To an earlier stage.
    pub back: bool,
    /// Out of a stage that closes.
    pub reopen: bool,
}

impl Default for Moves {
    /// Over stages and back, but nothing that is closed is opened again.
    fn default() -> Self {
        Self { skip: true, back: true, reopen: false }
    }
}

/// A rule that a deal has to meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The rule, as text: `did "Meeting held" and amount > 1000`.
    #[serde(with = "as_text")]
    pub rule: Rule,
    /// The field that somebody would change to meet it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// What somebody has to do.
    pub fix: String,
}

/// Who has to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Approval {
    /// One of these users.
    Any(BTreeSet<String>),
    /// All of them.
    All(BTreeSet<String>),
}

impl Approval {
    /// Whether these approvals are enough.
    #[must_use]
    pub fn is_given(&self, by: &BTreeSet<String>) -> bool {
        match self {
            Self::Any(users) => users.iter().any(|user| by.contains(user)),
            Self::All(users) => users.iter().all(|user| by.contains(user)),
        }
    }
}

impl Stage {
    /// How a forecast counts deals that are here.
    #[must_use]
    pub fn category(&self) -> ForecastCategory {
        self.category.unwrap_or(match self.closes {
            Some(Closes::Won) => ForecastCategory::Closed,
            Some(Closes::Lost) => ForecastCategory::Omitted,
            None => ForecastCategory::Pipeline,
        })
    }
}

impl Pipeline {
    /// The part of the configuration that pipelines are, each under its name.
    pub const PART: &str = "pipeline";

    /// This pipeline as a part of the configuration.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn configuration(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json })
    }

    /// A stage, with its place.
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<(usize, &Stage)> {
        self.stages.iter().enumerate().find(|(_, stage)| stage.name == name)
    }

    /// The stages at which a deal may begin.
    pub fn entries(&self) -> impl Iterator<Item = &Stage> {
        let declared = self.stages.iter().any(|stage| stage.entry);
        let open = self.stages.iter().filter(|stage| stage.closes.is_none());
        open.enumerate()
            .filter(move |(at, stage)| if declared { stage.entry } else { *at == 0 })
            .map(|(_, stage)| stage)
    }

    /// Whether a deal may go from one stage to another, whatever its fields.
    #[must_use]
    pub fn allows(&self, from: &str, to: &str) -> bool {
        let (Some((from_at, from)), Some((to_at, to))) = (self.stage(from), self.stage(to)) else { return false };
        if from_at == to_at {
            return false;
        }
        if let Some(listed) = &from.to {
            return listed.contains(&to.name);
        }
        let open_between = |low: usize, high: usize| {
            self.stages.iter().take(high).skip(low + 1).filter(|stage| stage.closes.is_none()).count()
        };
        match (from.closes, to.closes) {
            (Some(_), _) => self.moves.reopen,
            (None, Some(Closes::Lost)) => true,
            // All open stages that come after would be skipped.
            (None, Some(Closes::Won)) => self.moves.skip || open_between(from_at, self.stages.len()) == 0,
            (None, None) if to_at < from_at => self.moves.back,
            (None, None) => self.moves.skip || open_between(from_at, to_at) == 0,
        }
    }
}

/// A rule as its text.
pub(crate) mod as_text {
    use onefold_segment::Rule;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(rule: &Rule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(rule)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rule, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The same of a rule that need not be there.
pub(crate) mod maybe_as_text {
    use onefold_segment::Rule;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(rule: &Option<Rule>, serializer: S) -> Result<S::Ok, S::Error> {
        rule.as_ref().map(ToString::to_string).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Rule>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}
