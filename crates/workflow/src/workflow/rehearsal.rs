//! Rehearsal: what workflows would have done over a history, before they are live.

use std::collections::BTreeMap;

use onefold_fact::Timestamp;
use onefold_segment::{Definition, Segments, Subject};
use serde::Serialize;
use uuid::Uuid;

use super::definition::Command;
use super::plan::Workflows;
use super::run::{Decided, Outcome, Runs, WORKFLOW_RUN};
use super::signal::{PassedOver, Signal, Stimulus};

/// What workflows would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// What would have been decided, by run.
    pub runs: BTreeMap<Uuid, Vec<Decided>>,
    /// What could have started and would not have, and why.
    pub passed_over: Vec<PassedOver>,
}

/// Something that would have been done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// When.
    pub at: Timestamp,
    /// For whom.
    pub subject: Uuid,
    /// By which workflow.
    pub workflow: String,
    /// At which step.
    pub step: String,
    /// What.
    pub command: Command,
}

/// Something that would have been done at another time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// As it was to be.
    pub was: Planned,
    /// When it would be.
    pub at: Timestamp,
}

/// What another version of workflows would do otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// For whom which workflow would begin, and when, that does not.
    pub starts: Vec<(Timestamp, Uuid, String)>,
    /// And the other way round.
    pub starts_no_more: Vec<(Timestamp, Uuid, String)>,
    /// What would be done that is not.
    pub adds: Vec<Planned>,
    /// And the other way round.
    pub drops: Vec<Planned>,
    /// What would be done at another time.
    pub moves: Vec<Moved>,
}

/// What workflows would have done for a subject from a clock on until another, had they been in force: the same decisions
/// on the same signals as when they are. Its events are taken from its timeline, and who is in which segment is found from
/// it at each instant; fields are as they are now, and what would have been done changes nothing.
///
/// `segments` are those with the triggers that are rules ([`Workflows::with_segments`]).
///
/// ```
/// use onefold_fact::{Body, Draft, FactSet, RecordKey};
/// use onefold_segment::Segments;
/// use onefold_workflow::{Surroundings, Workflow, Workflows, simulate};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cart = Draft::new("shop", Body::event("cart", [("total", 40)])).key(RecordKey::person("17"));
/// let cart = cart.received("stream", "2026-03-01T09:00:00Z".parse()?);
/// let id = cart.record().ok_or("a record")?;
/// let facts = FactSet::from_iter([cart]);
/// let of_ada = facts.standing(None).into_iter().map(|standing| (id, standing));
/// let ada = onefold_profile::fold(id.into(), of_ada, &Default::default(), None);
///
/// let workflow = Workflow::from_toml(r#"
///     name = "abandoned cart"
///     trigger = [{ event = "cart" }]
///     step = [{ name = "time", wait = "4h" }, { name = "ring", task = { title = "ring them" } }]
/// "#)?;
/// let workflows = Workflows::new([workflow], Surroundings::default());
/// let (from, until) = ("2026-03-01T00:00:00Z".parse()?, "2026-04-01T00:00:00Z".parse()?);
/// let rehearsal = simulate(&workflows, &Segments::default(), &ada, from, until);
/// assert_eq!(rehearsal.planned()[0].at.to_rfc3339(), "2026-03-01T13:00:00+00:00");
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn simulate(
    workflows: &Workflows,
    segments: &Segments,
    subject: &dyn Subject,
    from: Timestamp,
    until: Timestamp,
) -> Rehearsal {
    let asked: Vec<(&str, &Definition)> = segments
        .names()
        .filter(|name| !workflows.on_entered(name).is_empty() || !workflows.on_left(name).is_empty())
        .filter_map(|name| Some((name, segments.get(name)?)))
        .collect();
    let mut states: Vec<(bool, Option<Timestamp>)> = asked
        .iter()
        .map(|(_, rule)| {
            let verdict = rule.evaluate(subject, from);
            (verdict.holds, verdict.next_change_at)
        })
        .collect();
    let mut rehearsal = Rehearsal::default();
    let mut runs = Runs::default();
    let mut react = |runs: &mut Runs, at: Timestamp, key: &str, what: Stimulus<'_>| {
        let decision = workflows.react(runs, subject, &Signal { at, key, what, causes: &[] });
        for decided in decision.decided {
            rehearsal.runs.entry(decided.run).or_default().push(decided);
        }
        rehearsal.passed_over.extend(decision.passed_over);
    };
    // Those who are in when it begins.
    for ((segment, _), _) in asked.iter().zip(&states).filter(|(_, (holds, _))| *holds) {
        let what = Stimulus::Entered { segment, existing: true };
        react(&mut runs, from, &format!("entered {segment} {}", from.to_rfc3339()), what);
    }
    let own = format!("{WORKFLOW_RUN} ");
    let events = subject.timeline().between(from..=until);
    let mut events = events.iter().filter(|event| !event.name().starts_with(&own)).peekable();
    let mut clock = from;
    loop {
        let by_time = states.iter().filter_map(|(_, next)| *next);
        let timer = workflows.next_change_at(&runs, subject, clock);
        let next = by_time.chain(timer).chain(workflows.next_tick(clock)).filter(|at| *at > clock).min();
        let event = events.peek().map(|event| event.at());
        let Some(at) = next.into_iter().chain(event).min().filter(|at| *at <= until) else { break };
        while let Some(event) = events.next_if(|event| event.at() == at) {
            let what = Stimulus::Event { name: event.name(), properties: event.properties(), occurred_at: at };
            react(&mut runs, at, &event.provenance().fact().to_string(), what);
        }
        for ((segment, rule), (held, next)) in asked.iter().zip(&mut states) {
            let verdict = rule.evaluate(subject, at);
            *next = verdict.next_change_at;
            if *held == verdict.holds {
                continue;
            }
            *held = verdict.holds;
            let (what, said) = match verdict.holds {
                true => (Stimulus::Entered { segment, existing: false }, "entered"),
                false => (Stimulus::Left { segment }, "left"),
            };
            react(&mut runs, at, &format!("{said} {segment} {}", at.to_rfc3339()), what);
        }
        react(&mut runs, at, &format!("clock {}", at.to_rfc3339()), Stimulus::Clock { since: clock });
        clock = at;
    }
    rehearsal
}

impl Rehearsal {
    /// Adds that of another subject.
    pub fn extend(&mut self, other: Self) {
        self.runs.extend(other.runs);
        self.passed_over.extend(other.passed_over);
    }

    /// Which runs would have begun: when, for whom, of which workflow, and why; by time.
    #[must_use]
    pub fn started(&self) -> Vec<(Timestamp, Uuid, &str, &str)> {
        let started = self.runs.values().flatten().filter_map(|decided| match &decided.outcome {
            Outcome::Enrolled { workflow, subject, why, .. } => {
                Some((decided.at, *subject, workflow.as_str(), why.as_str()))
            }
            _ => None,
        });
        let mut started: Vec<_> = started.collect();
        started.sort();
        started
    }

    /// What would have been done, by time.
    #[must_use]
    pub fn planned(&self) -> Vec<Planned> {
        let mut planned: Vec<Planned> = Vec::new();
        for decided in self.runs.values() {
            let of = decided.iter().find_map(|decided| match &decided.outcome {
                Outcome::Enrolled { workflow, subject, .. } => Some((workflow, *subject)),
                _ => None,
            });
            let Some((workflow, subject)) = of else { continue };
            planned.extend(decided.iter().filter_map(|decided| match &decided.outcome {
                Outcome::Did { step, command, .. } => Some(Planned {
                    at: decided.at,
                    subject,
                    workflow: workflow.clone(),
                    step: step.clone(),
                    command: command.clone(),
                }),
                _ => None,
            }));
        }
        planned.sort_by(|a, b| (a.at, a.subject, &a.workflow, &a.step).cmp(&(b.at, b.subject, &b.workflow, &b.step)));
        planned
    }

    /// What another version would do otherwise on the same history.
    #[must_use]
    pub fn compared_with(&self, other: &Self) -> Difference {
        let starts = |of: &Self| -> Vec<(Timestamp, Uuid, String)> {
            of.started().into_iter().map(|(at, subject, workflow, _)| (at, subject, workflow.to_owned())).collect()
        };
        let (before, after) = (starts(self), starts(other));
        // What is the same but for its time is put together.
        let mut plans: BTreeMap<(Uuid, String, String), [Vec<Planned>; 2]> = BTreeMap::new();
        let key = |of: &Planned| {
            let command = serde_json::to_string(&of.command).unwrap_or_default();
            (of.subject, of.workflow.clone(), command)
        };
        self.planned().into_iter().for_each(|was| plans.entry(key(&was)).or_default()[0].push(was));
        other.planned().into_iter().for_each(|is| plans.entry(key(&is)).or_default()[1].push(is));
        let (mut drops, mut adds, mut moves) = (Vec::new(), Vec::new(), Vec::new());
        for [mut was, mut is] in plans.into_values() {
            was.retain(|was| match is.iter().position(|is| is.at == was.at) {
                Some(place) => {
                    is.remove(place);
                    false
                }
                None => true,
            });
            let both = was.len().min(is.len());
            let (more_was, more_is) = (was.split_off(both), is.split_off(both));
            moves.extend(was.into_iter().zip(is).map(|(was, is)| Moved { was, at: is.at }));
            drops.extend(more_was);
            adds.extend(more_is);
        }
        let by_time = |planned: &Planned| (planned.at, planned.subject);
        drops.sort_by_key(by_time);
        adds.sort_by_key(by_time);
        moves.sort_by_key(|moved| by_time(&moved.was));
        Difference {
            starts: after.iter().filter(|start| !before.contains(start)).cloned().collect(),
            starts_no_more: before.iter().filter(|start| !after.contains(start)).cloned().collect(),
            adds,
            drops,
            moves,
        }
    }
}
