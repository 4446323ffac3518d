//! [`Workflow`]: what happens of itself, as data that people write.

use std::collections::BTreeMap;

use onefold_fact::{AttributeName, Configuration, PropertyPath, Value};
use onefold_profile::Span;
use serde::{Deserialize, Serialize};

use super::plain;
use super::step::Step;
use super::text::{EventMatch, RuleText};
use super::trigger::Trigger;
use crate::outbox::Asks;

/// What happens of itself: what starts it, for whom, and the steps that follow.
///
/// It is written in TOML or JSON, and read with [`from_toml`](Self::from_toml) or [`from_json`](Self::from_json), whose
/// errors name the line. Steps follow one another unless `next` says otherwise.
///
/// ```
/// use onefold_workflow::Workflow;
///
/// let reminder = Workflow::from_toml(r#"
///     name = "abandoned cart"
///     again = true
///     goal = { event = "order" }
///
///     [[trigger]]
///     event = "cart"
///     where = "total > 20"
///
///     [[step]]
///     name = "give it time"
///     wait = "4h"
///
///     [[step]]
///     name = "remind"
///     send = { template = "your cart", channel = "email", purpose = "marketing" }
/// "#)?;
/// assert_eq!(reminder.steps.len(), 2);
/// # Ok::<(), onefold_workflow::WorkflowError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What starts it; any of these.
    #[serde(rename = "trigger")]
    pub triggers: Vec<Trigger>,
    /// What has to hold of whom it is started for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<RuleText>,
    /// Whether it may start again for somebody for whom it has run. It never does while it runs, unless `concurrency` says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Whether it starts for those who meet a rule, or are in a segment, when it comes into force. Otherwise only for those
    /// who come to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existing: bool,
    /// What happens when it is started while it runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub concurrency: Concurrency,
    /// The property of the events that says what a run is about: `ticket`, `opportunity`. Runs about different things are
    /// apart, and wait for events about the same thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<PropertyPath>,
    /// What ends a run, since it has reached what it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// For whom it is not started; a run of theirs ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppress: Option<RuleText>,
    /// An event that is told so much later than it happened starts nothing; a day, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_after: Option<Span>,
    /// The steps. The first is where a run begins.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What happens when a workflow is started for somebody for whom it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concurrency {
    /// Nothing: one run at a time.
    #[default]
    Single,
    /// It runs beside.
    Parallel,
    /// The run ends, and a new one begins.
    Restart,
    /// It begins when the one before it has ended.
    Queued,
}

/// What ends a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a goal is { event = \"order\" }, or { rule = \"...\" }")]
pub enum Goal {
    /// An event after the run began.
    Event(EventMatch),
    /// A rule that holds.
    Rule {
        /// The rule.
        rule: RuleText,
    },
}

/// Something to be done, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// A message to the subject.
    Send(MessageStep),
    /// Work for somebody.
    Task(Task),
    /// Attributes of the subject get values.
    #[serde(with = "plain::attributes")]
    Update(BTreeMap<AttributeName, Value>),
    /// The subject, or what the run is about, is this user's.
    Assign(String),
    /// What the run is about goes to a stage.
    Move(String),
    /// The subject is put on a list.
    List(String),
    /// Another system is told, by HTTP.
    Webhook(Webhook),
    /// A colleague is told.
    Notify(Notice),
}

impl Command {
    /// In a word: `send`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Send(_) => "send",
            Self::Task(_) => "task",
            Self::Update(_) => "update",
            Self::Assign(_) => "assign",
            Self::Move(_) => "move",
            Self::List(_) => "list",
            Self::Webhook(_) => "webhook",
            Self::Notify(_) => "notify",
        }
    }
}

/// A message to the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageStep {
    /// The template that it is made of.
    pub template: String,
    /// Through which channel: `email`.
    pub channel: String,
    /// What for: `marketing`. Consent and caps go by it.
    pub purpose: String,
    /// What the subject has to have said about that, asked when the message is sent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub consent: Needs,
    /// What happens if the subject has had enough messages.
    #[serde(default, skip_serializing_if = "is_default")]
    pub capped: Capped,
}

impl MessageStep {
    /// What it is for, and what the subject has to have said about that.
    #[must_use]
    pub fn asks(&self) -> Asks {
        Asks { purpose: self.purpose.clone(), consent: self.consent }
    }
}

/// What a subject has to have said about a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Yes.
    #[default]
    Granted,
    /// Anything but no.
    NotRefused,
    /// Nothing: the message is owed, like an invoice. Neither caps nor quiet hours hold it back.
    Nothing,
}

/// What happens to a message to somebody who has had enough of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capped {
    /// It is left out.
    #[default]
    Skip,
    /// It waits until it may be sent.
    Wait,
}

/// Work for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// What is to be done.
    pub title: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// So long after the step it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Span>,
}

/// Another system is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Where.
    pub url: String,
}

/// A colleague is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Who.
    pub who: String,
    /// What.
    pub text: String,
}

impl Workflow {
    /// The part of the configuration that workflows are, each under its name.
    pub const PART: &str = "workflow";

    /// Its version: a hash of what it says, in 16 hexadecimal digits.
    #[must_use]
    pub fn version(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        let mut digester = onefold_fact::Digester::default();
        let hash = digester.text(&json).finish().to_string();
        hash.chars().take(16).collect()
    }

    /// The step of a name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// The step after one, if it does not say itself where it goes on.
    #[must_use]
    pub fn after<'a>(&'a self, step: &'a Step) -> Option<&'a str> {
        if let Some(next) = &step.next {
            return Some(next.as_str()).filter(|next| *next != Step::END);
        }
        let at = self.steps.iter().position(|other| other.name == step.name)?;
        self.steps.get(at + 1).map(|next| next.name.as_str())
    }
}

impl TryFrom<&Workflow> for Configuration {
    type Error = serde_json::Error;

    fn try_from(workflow: &Workflow) -> Result<Self, Self::Error> {
        let json = serde_json::to_string(workflow)?;
        Ok(Self { part: Workflow::PART.to_owned(), name: workflow.name.clone(), json })
    }
}
