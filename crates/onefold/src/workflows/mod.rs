//! Workflows behind the house: adopted like pipelines, driven by what is accepted and by the clock, their runs kept on the
//! timelines of customers.

mod alarms;
mod dispatch;
mod driver;
mod person;
mod queued;
mod route;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use onefold_fact::{Body, CustomerId, Properties, RecordId, Timestamp};
use onefold_profile::{Profile, SeenRecord};
use onefold_segment::{Subject, Vocabulary};
use onefold_store::Position;
use onefold_workflow::{
    Command, Decided, Does, Known, Outcome, PassedOver, Rehearsal, Surroundings, WORKFLOW_RUN, Workflow,
    WorkflowProblem, Workflows, simulate,
};
use onefold_worktime::Calendar;
use rayon::prelude::*;
use serde::Serialize;
use uuid::Uuid;

pub use self::dispatch::Dispatched;
pub(crate) use self::driver::Driver;
use crate::error::OnefoldError;
use crate::house::lock;
use crate::objects::ObjectHistory;
use crate::onefold::Onefold;
use crate::views::Views;

/// What driving workflows did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// Runs that began.
    pub started: usize,
    /// Commands that were given.
    pub commands: usize,
    /// Runs that ended.
    pub ended: usize,
    /// What could have started and did not, and why.
    pub passed_over: Vec<PassedOver>,
}

/// What happened in a run: the record of why each step was done or was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRecord {
    /// The run.
    pub run: Uuid,
    /// For whom; `None` if they are there no more.
    pub customer: Option<CustomerId>,
    /// What was decided, in order, each at its time.
    pub outcomes: Vec<(Timestamp, Outcome)>,
}

/// A command that is to be carried out outside: a message, a notice, a call of another system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pending {
    /// Its place. Reading goes on after it.
    pub cursor: u64,
    /// What is the same however often it is read and carried out: who carries it out gives it along, or keeps which are
    /// done.
    pub key: Uuid,
    /// The run that gave it.
    pub run: Uuid,
    /// The step that did.
    pub step: String,
    /// How often the run had come to it, with that time.
    pub visit: u32,
    /// The workflow.
    pub workflow: String,
    /// For whom.
    pub customer: CustomerId,
    /// What the run is about, if not the customer alone.
    pub about: Option<String>,
    /// When it was given.
    pub at: Timestamp,
    /// What is to be done.
    pub command: Command,
    /// Details of the event that started the run, for templates.
    #[serde(skip)]
    pub values: Properties,
    /// Which outcome of the run it is.
    #[serde(skip)]
    number: u32,
}

/// Facts that are read at a time.
const PAGE: usize = 1 << 12;

/// Customers whose profiles are in memory at a time.
const AT_ONCE: usize = 1 << 12;

fn decided(history: &ObjectHistory) -> Vec<Decided> {
    let mut decided: Vec<Decided> = history.standing().iter().filter_map(Decided::of).collect();
    decided.sort_by_key(|decided| (decided.at, decided.number));
    decided
}

impl Views {
    /// The workflows in force, and the versions that runs are held to.
    #[must_use]
    pub fn workflows(&self) -> &Workflows {
        self.governance.workflows()
    }

    /// What is wrong with a workflow: with itself, and with what it names and there is not. With the text that it was read
    /// from, problems name the line.
    ///
    /// # Errors
    /// When what there is cannot be read.
    pub fn workflow_problems(
        &self,
        workflow: &Workflow,
        text: Option<&str>,
    ) -> Result<Vec<WorkflowProblem>, OnefoldError> {
        let mut seen = self.attributes()?;
        // What workflows set may not be there yet.
        for step in self.workflows().iter().chain([workflow]).flat_map(|workflow| &workflow.steps) {
            match &step.does {
                Does::Command(Command::Update(values)) => seen.extend(values.keys().cloned()),
                Does::Command(Command::Assign(_)) => drop(seen.insert("owner".into())),
                _ => {}
            }
        }
        let vocabulary = Vocabulary::new(self.schema()).with_fields(&seen).with_segments(self.segments());
        let segments: BTreeSet<String> = self.segments().names().map(str::to_owned).collect();
        let calendars: BTreeSet<String> = self.governance.settings().service.calendars.keys().cloned().collect();
        let templates: BTreeSet<String> = self.governance.settings().service.templates.keys().cloned().collect();
        let stages = self.pipelines().values().flat_map(|pipeline| &pipeline.stages);
        let statuses = self.flows().values().flat_map(|flow| &flow.statuses).map(|status| status.name.clone());
        let stages: BTreeSet<String> = stages.map(|stage| stage.name.clone()).chain(statuses).collect();
        let users: BTreeSet<String> = self.users()?.into_keys().chain(self.teams()?.into_keys()).collect();
        let known = Known {
            vocabulary: Some(vocabulary),
            segments: Some(&segments),
            // Without any here, they are somebody else's.
            templates: Some(&templates).filter(|templates| !templates.is_empty()),
            calendars: Some(&calendars),
            stages: Some(&stages).filter(|stages| !stages.is_empty()),
            users: Some(&users).filter(|users| !users.is_empty()),
        };
        Ok(match text {
            Some(text) => workflow.problems_in(text, &known),
            None => workflow.problems(&known),
        })
    }

    pub(crate) fn may_adopt(&self, workflow: &Workflow) -> Result<(), OnefoldError> {
        match self.workflow_problems(workflow, None)? {
            problems if problems.is_empty() => Ok(()),
            problems => Err(OnefoldError::Workflow(problems)),
        }
    }

    /// What happened in a run. `None` if there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn workflow_run(&self, run: Uuid) -> Result<Option<RunRecord>, OnefoldError> {
        let Some(history) = self.object(WORKFLOW_RUN, &run.to_string())? else { return Ok(None) };
        Ok(Some(self.record(run, &history)?))
    }

    fn record(&self, run: Uuid, history: &ObjectHistory) -> Result<RunRecord, OnefoldError> {
        let record = history.standing().iter().find_map(|standing| standing.fact().record());
        let customer = record.map(|record| self.holding(record)).transpose()?.flatten();
        let outcomes = decided(history).into_iter().map(|decided| (decided.at, decided.outcome)).collect();
        Ok(RunRecord { run, customer, outcomes })
    }

    /// What happened in all runs, by id; of one customer, if one is given.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn workflow_runs(&self, of: Option<RecordId>) -> Result<Vec<RunRecord>, OnefoldError> {
        let of = match of {
            Some(record) => Some(self.holding(record)?),
            None => None,
        };
        let (mut records, mut failed) = (Vec::new(), None);
        self.each_object(Some(WORKFLOW_RUN), |_, id, history| {
            let Ok(run) = id.parse() else { return };
            match self.record(run, &history) {
                Ok(record) if record.outcomes.is_empty() || of.is_some_and(|of| record.customer != of) => {}
                Ok(record) => records.push(record),
                Err(error) => failed = Some(error),
            }
        })?;
        failed.map_or(Ok(records), Err)
    }

    /// What workflows would have done, had they been in force from one clock until another: for whom they would have
    /// started, what would have been sent and when. Nothing is done. Two versions are compared by
    /// [`Rehearsal::compared_with`].
    ///
    /// Customers are taken as they are now, and what workflows would have done changes nothing of them.
    ///
    /// # Errors
    /// When customers cannot be read.
    pub fn rehearse(
        &self,
        workflows: impl IntoIterator<Item = Workflow>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Rehearsal, OnefoldError> {
        let workflows: Vec<Workflow> = workflows.into_iter().collect();
        let segments = Workflows::with_segments(&workflows, self.segments());
        let settings = self.governance.settings();
        let around = Surroundings {
            segments: self.segments().clone(),
            calendars: settings
                .service
                .calendars
                .iter()
                .map(|(name, spec)| (name.clone(), Calendar::new(spec)))
                .collect(),
            sending: settings.sending.clone(),
        };
        let workflows = Workflows::new(workflows, around);
        let mut rehearsal = Rehearsal::default();
        for part in self.customers()?.chunks(AT_ONCE) {
            let profiles = self.profiles(part)?;
            let of = |profile: &Profile| {
                // Nothing starts for who is not there yet.
                let first = profile.records().iter().map(SeenRecord::first_seen).min();
                let from = first.map_or(from, |first| from.max(first - TimeDelta::microseconds(1)));
                simulate(&workflows, &segments, profile as &dyn Subject, from, until)
            };
            let parts: Vec<Rehearsal> = profiles.par_iter().map(of).collect();
            parts.into_iter().for_each(|part| rehearsal.extend(part));
        }
        rehearsal.passed_over.sort();
        Ok(rehearsal)
    }

    /// See [`Onefold::commands`].
    fn commands(&self, after: u64, limit: usize) -> Result<Vec<Pending>, OnefoldError> {
        let mut pending: Vec<Pending> = Vec::new();
        let mut runs: BTreeMap<Uuid, Option<(RunRecord, BTreeSet<u32>)>> = BTreeMap::new();
        let mut position = after;
        loop {
            let facts = self.read.facts(Position::new(position), PAGE)?;
            if facts.is_empty() && position >= self.read.position()?.number() {
                return Ok(pending);
            }
            position = position.saturating_add(PAGE as u64);
            for logged in facts {
                let Body::Object(object) = logged.fact.body() else { continue };
                let is_command = object.kind == WORKFLOW_RUN && object.event == "did";
                let at = logged.fact.occurred_at().unwrap_or(logged.fact.received_at());
                let Some(found) = Some(object).filter(|_| is_command).and_then(|it| Decided::of_event(it, at)) else {
                    continue;
                };
                let Outcome::Did { step, visit, key, command, .. } = found.outcome else { continue };
                if route::is_inside(&command) {
                    continue;
                }
                let of_run = match runs.entry(found.run) {
                    std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                    std::collections::btree_map::Entry::Vacant(entry) => {
                        let history = self.object(WORKFLOW_RUN, &found.run.to_string())?;
                        entry.insert(match history {
                            Some(history) => {
                                let numbers = decided(&history).iter().map(|decided| decided.number).collect();
                                Some((self.record(found.run, &history)?, numbers))
                            }
                            None => None,
                        })
                    }
                };
                let Some((record, numbers)) = of_run else { continue };
                let enrolled = record.outcomes.iter().find_map(|(_, outcome)| match outcome {
                    Outcome::Enrolled { workflow, about, values, .. } => Some((workflow, about, values)),
                    _ => None,
                });
                let (Some(customer), Some((workflow, about, values))) = (record.customer, enrolled) else { continue };
                if !numbers.contains(&found.number) {
                    continue;
                }
                pending.push(Pending {
                    cursor: logged.position.number(),
                    key,
                    run: found.run,
                    step,
                    visit,
                    number: found.number,
                    workflow: workflow.clone(),
                    customer,
                    about: about.clone(),
                    at,
                    command,
                    values: values.clone(),
                });
                if pending.len() == limit {
                    return Ok(pending);
                }
            }
        }
    }
}

impl Onefold {
    /// Lets workflows react to all that was accepted, and to the clock as far as `at`: runs start, go on and end, each step
    /// at its own time. What is decided is on disk before the next decision rests on it, so that ending at any moment
    /// loses nothing and does nothing twice; running again goes on from there. Updates, lists, tasks and moves are
    /// carried out in the same commit; what goes outside is read with [`commands`](Self::commands).
    ///
    /// Each run is a batch, `workflow_run ID`: taking it back undoes what it did to the house.
    ///
    /// ```
    /// use onefold::workflow::Workflow;
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let house = Onefold::in_memory(Options::default());
    /// let workflow = Workflow::from_toml(r#"
    ///     name = "abandoned cart"
    ///     goal = { event = "order" }
    ///     trigger = [{ event = "cart" }]
    ///     step = [
    ///         { name = "give it time", wait = "4h" },
    ///         { name = "remind", send = { template = "cart", channel = "email", purpose = "service", consent = "nothing" } },
    ///     ]
    /// "#)?;
    /// house.adopt(&workflow, "2026-03-01T08:00:00Z".parse()?)?;
    /// let cart = Draft::new("shop", Body::event("cart", [("sku", "A-1")])).key(RecordKey::person("17"));
    /// house.accept("monday", "2026-03-01T09:00:00Z".parse()?, [cart])?;
    ///
    /// house.run_workflows("2026-03-01T12:00:00Z".parse()?)?;
    /// assert!(house.commands(0, 10)?.is_empty());
    /// house.run_workflows("2026-03-01T14:00:00Z".parse()?)?;
    /// let commands = house.commands(0, 10)?;
    /// assert_eq!((commands.len(), commands[0].command.name()), (1, "send"));
    /// assert_eq!(commands[0].at.to_rfc3339(), "2026-03-01T13:00:00+00:00");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be read or written. What was decided before stays.
    pub fn run_workflows(&self, at: Timestamp) -> Result<Ran, OnefoldError> {
        let mut kept = lock(&self.house().driver);
        let mut ran = Ran::default();
        let mut driver = match kept.take() {
            Some(driver) => driver,
            None => Driver::load(self.house())?,
        };
        // After an error it is read again from what is written.
        driver.run(self.house(), at, &mut ran)?;
        *kept = Some(driver);
        Ok(ran)
    }

    /// At most `limit` commands after a cursor that are to be carried out outside, in the order in which they were given.
    /// Whoever keeps the last cursor once they are carried out reads each at least once; its key is always the same.
    /// Commands of runs that were taken back are left out.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn commands(&self, after: u64, limit: usize) -> Result<Vec<Pending>, OnefoldError> {
        self.views()?.commands(after, limit)
    }
}
