//! [`Runs`]: the runs of one subject, as a fold over what was decided.

use std::collections::BTreeMap;

use onefold_fact::{Body, Name, ObjectEvent, Properties, Standing, Timestamp, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::definition::Command;
use super::plain;

/// What was decided in a run. Each is kept as a fact of the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The run begins, or waits for the one before it.
    Enrolled {
        /// The workflow.
        workflow: String,
        /// The version that it is held to.
        version: String,
        /// For whom.
        subject: Uuid,
        /// How many runs there were before.
        ordinal: u32,
        /// What it is about, if not the subject alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<String>,
        /// What started it.
        signal: String,
        /// Why: what started it, in words.
        why: String,
        /// The runs that caused what started it, the first first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        causes: Vec<Cause>,
        /// Whether it waits for the one before it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        queued: bool,
        /// The step where it begins.
        step: String,
        /// Details of the event that started it, for templates.
        #[serde(default, with = "plain::properties", skip_serializing_if = "Properties::is_empty")]
        values: Properties,
    },
    /// It no longer waits for the one before it.
    Started,
    /// A command is given, once and for all.
    Did {
        /// The step.
        step: String,
        /// How often the run has come to it, with this time.
        visit: u32,
        /// What is the same however often it is delivered.
        key: Uuid,
        /// What is to be done.
        command: Command,
        /// Where the run goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
    /// A step is over without a command.
    Passed {
        /// The step.
        step: String,
        /// How often the run has come to it.
        visit: u32,
        /// Why.
        why: String,
        /// Whether it was a command that is left out.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        skipped: bool,
        /// Where the run goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
    /// The run waits.
    Waits {
        /// The step.
        step: String,
        /// How often the run has come to it.
        visit: u32,
        /// For what.
        why: String,
        /// How long at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// While what was looked at it began.
        signal: String,
    },
    /// A command that was given could not be carried out.
    Refused {
        /// The step.
        step: String,
        /// How often the run has come to it.
        visit: u32,
        /// Why.
        why: String,
    },
    /// The run is over.
    Ended {
        /// How.
        how: End,
        /// Why.
        why: String,
    },
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum End {
    /// It came to its end.
    Completed,
    /// It has reached what it is for.
    Goal,
    /// It is not for this subject any more.
    Suppressed,
    /// By chance it was left alone, to compare with.
    HeldOut,
    /// What it waited for did not come.
    TimedOut,
    /// Another run took its place.
    Restarted,
    /// It could not go on.
    Failed,
}

/// A run that caused something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// The run.
    pub run: Uuid,
    /// Its workflow.
    pub workflow: String,
}

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// Through which channel.
    pub channel: Box<str>,
    /// What for.
    pub purpose: Box<str>,
    /// Its key.
    pub key: Uuid,
}

/// A run that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id: a hash of workflow, version, subject and ordinal.
    pub id: Uuid,
    /// The workflow.
    pub workflow: Box<str>,
    /// The version that it is held to.
    pub version: Box<str>,
    /// What it is about, if not the subject alone.
    pub about: Option<Box<str>>,
    /// What started it.
    pub signal: Box<str>,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// The runs that caused what started it.
    pub causes: Box<[Cause]>,
    /// Whether it waits for the one before it.
    pub queued: bool,
    /// The step where it is; `None` once it has left the last.
    pub step: Option<Box<str>>,
    /// How often it has come to that step and to those that it came to twice.
    visits: Vec<(Box<str>, u32)>,
    /// What it waits for.
    pub waiting: Option<Waiting>,
    /// How many outcomes it has.
    pub outcomes: u32,
}

/// What a run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// How long at most.
    pub until: Option<Timestamp>,
    /// While what was looked at it began: that cannot be what it waits for.
    pub signal: Box<str>,
}

/// What is kept of a workflow for one subject, beside the runs that are not over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Past {
    workflow: Box<str>,
    about: Option<Box<str>>,
    /// The ordinal of the next run.
    next: u32,
    /// What started the last one.
    signal: Box<str>,
}

/// The runs of one subject that are not over, and what is kept of those that are: how many there were, and the messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runs {
    runs: Vec<Run>,
    past: Vec<Past>,
    sent: Vec<Sent>,
}

/// An outcome at its place in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The run.
    pub run: Uuid,
    /// Its place among the outcomes of the run, from 0.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// What was decided.
    pub outcome: Outcome,
}

/// The kind of object that runs are.
pub const WORKFLOW_RUN: &str = "workflow_run";

impl Decided {
    /// As the body of a fact.
    ///
    /// # Errors
    /// When it has no JSON.
    pub fn to_event(&self) -> Result<ObjectEvent, serde_json::Error> {
        let json = serde_json::to_string(&self.outcome)?;
        let Some(Value::Map(mut data)) = Value::from_json(&json)?.value else {
            return Err(serde::de::Error::custom("an outcome is an object"));
        };
        let event = match data.remove("event") {
            Some(Some(Value::Text(event))) => event.to_string(),
            _ => return Err(serde::de::Error::custom("an outcome says what it is")),
        };
        data.insert(Name::from("number"), Some(i64::from(self.number).into()));
        Ok(ObjectEvent { kind: WORKFLOW_RUN.to_owned(), id: self.run.to_string(), event, data })
    }

    /// What a fact says was decided; `None` if it is about something else, or cannot be read.
    #[must_use]
    pub fn of(standing: &Standing<'_>) -> Option<Self> {
        match standing.fact().body() {
            Body::Object(object) if object.kind == WORKFLOW_RUN => Self::of_event(object, standing.at()),
            _ => None,
        }
    }

    /// What an event of a run says was decided at a time.
    #[must_use]
    pub fn of_event(object: &ObjectEvent, at: Timestamp) -> Option<Self> {
        let mut fields = serde_json::Map::new();
        for (name, value) in &object.data {
            fields.insert(name.to_string(), serde_json::to_value(value.as_ref().map(Value::plain)).ok()?);
        }
        let number = fields.remove("number")?.as_u64()?.try_into().ok()?;
        fields.insert("event".to_owned(), object.event.as_str().into());
        let outcome = serde_json::from_value(fields.into()).ok()?;
        Some(Self { run: object.id.parse().ok()?, number, at, outcome })
    }
}

impl Run {
    /// How often it has come to the step where it is.
    #[must_use]
    pub fn visit(&self) -> u32 {
        let of = |step: &str| self.visits.iter().find(|(name, _)| **name == *step).map_or(1, |(_, visits)| *visits);
        self.step.as_deref().map_or(0, of)
    }

    /// What is the same of the step where it is, however often it is decided.
    #[must_use]
    pub fn key(&self) -> Uuid {
        let name = format!("{}\0{}", self.step.as_deref().unwrap_or_default(), self.visit());
        Uuid::new_v5(&self.id, name.as_bytes())
    }

    fn go_to(&mut self, next: Option<&str>) {
        self.waiting = None;
        let Some(next) = next else {
            self.step = None;
            return;
        };
        match self.visits.iter_mut().find(|(name, _)| **name == *next) {
            Some((_, visits)) => *visits += 1,
            None => self.visits.push((next.into(), 1)),
        }
        self.step = Some(next.into());
    }
}

impl Runs {
    /// The runs of one subject, from what was decided, in any order.
    pub fn fold(decided: impl IntoIterator<Item = Decided>) -> Self {
        let mut by_run: BTreeMap<(Uuid, u32), Decided> = BTreeMap::new();
        for decided in decided {
            by_run.entry((decided.run, decided.number)).or_insert(decided);
        }
        let mut runs = Self::default();
        by_run.values().for_each(|decided| runs.apply(decided));
        runs
    }

    /// The runs that are not over, the first first.
    #[must_use]
    pub fn live(&self) -> &[Run] {
        &self.runs
    }

    /// The messages that were sent, by time.
    #[must_use]
    pub fn sent(&self) -> &[Sent] {
        &self.sent
    }

    /// Whether there never was a run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.past.is_empty()
    }

    /// How many runs of a workflow about something there were.
    #[must_use]
    pub fn ordinal(&self, workflow: &str, about: Option<&str>) -> u32 {
        self.past(workflow, about).map_or(0, |past| past.next)
    }

    /// What started the last run of a workflow.
    pub(super) fn last_signal(&self, workflow: &str, about: Option<&str>) -> Option<&str> {
        self.past(workflow, about).map(|past| &*past.signal)
    }

    fn past(&self, workflow: &str, about: Option<&str>) -> Option<&Past> {
        self.past.iter().find(|past| *past.workflow == *workflow && past.about.as_deref() == about)
    }

    pub(super) fn of(&self, run: Uuid) -> Option<&Run> {
        self.runs.iter().find(|other| other.id == run)
    }

    /// Forgets messages of so long ago that no cap counts them.
    pub fn forget_sent(&mut self, before: Timestamp) {
        self.sent.retain(|sent| sent.at >= before);
    }

    /// What they are after an outcome. Any outcome can be applied to any state: what makes no sense changes nothing.
    pub fn apply(&mut self, Decided { run: id, at, outcome, .. }: &Decided) {
        if let Outcome::Enrolled { workflow, version, ordinal, about, signal, causes, queued, step, .. } = outcome {
            let about: Option<Box<str>> = about.as_deref().map(Into::into);
            let run = Run {
                id: *id,
                workflow: workflow.as_str().into(),
                version: version.as_str().into(),
                about: about.clone(),
                signal: signal.as_str().into(),
                enrolled_at: *at,
                causes: causes.as_slice().into(),
                queued: *queued,
                step: Some(step.as_str().into()),
                visits: Vec::new(),
                waiting: None,
                outcomes: 1,
            };
            let order = |run: &Run| (run.enrolled_at, run.workflow.clone(), run.id);
            let place = self.runs.partition_point(|other| order(other) < order(&run));
            insert(&mut self.runs, place, run);
            let past =
                Past { workflow: workflow.as_str().into(), about, next: ordinal + 1, signal: signal.as_str().into() };
            match self.past.iter_mut().find(|other| other.workflow == past.workflow && other.about == past.about) {
                Some(other) if other.next < past.next => *other = past,
                Some(_) => {}
                None => {
                    let order = |past: &Past| (past.workflow.clone(), past.about.clone());
                    let place = self.past.partition_point(|other| order(other) < order(&past));
                    insert(&mut self.past, place, past);
                }
            }
            return;
        }
        let Some(place) = self.runs.iter().position(|run| run.id == *id) else { return };
        let Some(run) = self.runs.get_mut(place) else { return };
        run.outcomes += u32::from(!matches!(outcome, Outcome::Refused { .. }));
        match outcome {
            Outcome::Started => run.queued = false,
            Outcome::Did { key, command, next, .. } => {
                if let Command::Send(message) = command {
                    let sent = Sent {
                        at: *at,
                        channel: message.channel.as_str().into(),
                        purpose: message.purpose.as_str().into(),
                        key: *key,
                    };
                    let place = self.sent.partition_point(|other| *other < sent);
                    insert(&mut self.sent, place, sent);
                }
                run.go_to(next.as_deref());
            }
            Outcome::Passed { next, .. } => run.go_to(next.as_deref()),
            Outcome::Waits { until, signal, .. } => {
                run.waiting = Some(Waiting { since: *at, until: *until, signal: signal.as_str().into() });
            }
            Outcome::Ended { .. } => drop(self.runs.remove(place)),
            Outcome::Enrolled { .. } | Outcome::Refused { .. } => {}
        }
    }
}

/// Without room for more: of most subjects there is one of each, and there are many subjects.
fn insert<T>(all: &mut Vec<T>, place: usize, one: T) {
    if all.len() < 4 {
        all.reserve_exact(1);
    }
    all.insert(place, one);
}
