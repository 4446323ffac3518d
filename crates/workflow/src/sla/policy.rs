//! [`SlaSpec`]: service levels as data.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use onefold_fact::Configuration;
use onefold_profile::Span;
use onefold_segment::Rule;
use serde::{Deserialize, Serialize};

use crate::document::rule_text;

/// Service levels: policies in order, of which the first whose condition a ticket meets is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaSpec {
    /// The calendar of tickets that have none of their own; without one, all time is working time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// What holds where a ticket had several calendars.
    #[serde(default)]
    pub calendar_change: CalendarChange,
    /// When policies are looked for.
    #[serde(default)]
    pub applies: Applies,
    /// The policies.
    pub policies: Vec<Policy>,
}

impl SlaSpec {
    /// The part of the configuration that service levels are.
    pub const PART: &str = "service_levels";

    /// These service levels as a part of the configuration.
    ///
    /// # Errors
    /// When they cannot be written as JSON.
    pub fn configuration(&self) -> Result<Configuration, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        Ok(Configuration { part: Self::PART.to_owned(), name: String::new(), json })
    }
}

/// Which calendar measures the time of a ticket that had several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarChange {
    /// The last one measures all of it.
    Last,
    /// Each measures the time for which it was the ticket's.
    #[default]
    Spans,
}

/// When the policy and the priority of a ticket are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// Whenever the ticket's priority, status or attributes change. What was met or breached by then stays so.
    #[default]
    Anew,
    /// Until one applies; its targets stay, whatever the ticket becomes.
    Once,
}

/// One service level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Which tickets it is for: a rule, as text, asked of the ticket's `priority`, `status` and attributes, and of what its
    /// customer did. Without one, all.
    #[serde(default, with = "rule_text", skip_serializing_if = "Option::is_none")]
    pub when: Option<Rule>,
    /// Which time counts.
    #[serde(default)]
    pub hours: Hours,
    /// When to warn before a target is missed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn: Vec<Warning>,
    /// Targets by priority; `default` for all others, and for metrics that a priority says nothing of.
    pub targets: BTreeMap<String, Targets>,
}

impl Policy {
    /// The name under which targets of all priorities stand.
    pub const DEFAULT: &str = "default";

    /// How long a metric may take at a priority. `None`: as long as it takes.
    #[must_use]
    pub fn target(&self, metric: Metric, priority: Option<&str>) -> Option<TimeDelta> {
        let of = |name: &str| self.targets.get(name)?.of(metric);
        let span = priority.and_then(of).or_else(|| of(Self::DEFAULT))?;
        Some(TimeDelta::seconds(span.seconds().into()))
    }
}

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// The working time of the ticket's calendar.
    #[default]
    Working,
    /// All time.
    Always,
}

/// How long each metric may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of `Metric`")]
pub struct Targets {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_reply: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_reply: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periodic_update: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pausable_update: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_wait: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_work: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_resolution: Option<Span>,
}

impl Targets {
    /// That of one metric.
    #[must_use]
    pub fn of(&self, metric: Metric) -> Option<Span> {
        match metric {
            Metric::FirstReply => self.first_reply,
            Metric::NextReply => self.next_reply,
            Metric::PeriodicUpdate => self.periodic_update,
            Metric::PausableUpdate => self.pausable_update,
            Metric::RequesterWait => self.requester_wait,
            Metric::AgentWork => self.agent_work,
            Metric::TotalResolution => self.total_resolution,
        }
    }
}

/// What is measured of a ticket. All of them pause outside working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// From its coming to the first public reply.
    FirstReply,
    /// From the oldest message of the customer that nobody answered, after the first reply, to the next public reply or
    /// to its solution.
    NextReply,
    /// From each public reply to the next one, or to its solution.
    PeriodicUpdate,
    /// The same, but not while it is pending.
    PausableUpdate,
    /// From its coming to its solution, but not while it is pending.
    RequesterWait,
    /// From its coming to its solution, but not while it is pending or on hold.
    AgentWork,
    /// From its coming to its solution.
    TotalResolution,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::FirstReply,
        Self::NextReply,
        Self::PeriodicUpdate,
        Self::PausableUpdate,
        Self::RequesterWait,
        Self::AgentWork,
        Self::TotalResolution,
    ];

    /// Its name, as files have it: `first_reply`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstReply => "first_reply",
            Self::NextReply => "next_reply",
            Self::PeriodicUpdate => "periodic_update",
            Self::PausableUpdate => "pausable_update",
            Self::RequesterWait => "requester_wait",
            Self::AgentWork => "agent_work",
            Self::TotalResolution => "total_resolution",
        }
    }
}

/// As a word for people: `first reply`.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

/// When to warn: when so much of the time is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Warning {
    /// A share of the target, in percent from 1 to 99.
    Share(u8),
    /// So much time.
    Left(Span),
}

impl Warning {
    /// How much of a target is left when it comes.
    #[must_use]
    pub fn left_of(self, target: TimeDelta) -> TimeDelta {
        match self {
            Self::Share(percent) => TimeDelta::seconds(target.num_seconds() * i64::from(percent) / 100),
            Self::Left(span) => TimeDelta::seconds(span.seconds().into()),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(percent) => write!(f, "{percent}%"),
            Self::Left(span) => span.fmt(f),
        }
    }
}

impl FromStr for Warning {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = match text.trim().strip_suffix('%') {
            Some(share) => share.trim().parse().ok().filter(|share| (1..=99).contains(share)).map(Self::Share),
            None => text.trim().parse().ok().map(Self::Left),
        };
        let expected = "a share of the target such as `25%`, or a length of time such as `30m`";
        read.ok_or_else(|| format!("`{text}` is no warning, expected {expected}"))
    }
}

impl From<Warning> for String {
    fn from(warning: Warning) -> Self {
        warning.to_string()
    }
}

impl TryFrom<String> for Warning {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
