//! [`Workflows`]: the workflows in force, ready to be asked, and the versions that runs are held to.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use onefold_fact::{Filter, PropertyPath, Test, Timestamp};
use onefold_profile::EventSelector;
use onefold_segment::{Definition, Rule, RuleError, Segments, Subject};
use onefold_worktime::Calendar;

use super::definition::{Goal, Workflow};
use super::sending::{Desk, May, Sending};
use super::signal::Stimulus;
use super::step::Step;
use super::trigger::Trigger;
use crate::outbox::Asks;

/// One version of a workflow, with the segments put into its rules.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) workflow: Workflow,
    pub(super) version: String,
    pub(super) when: Option<Definition>,
    pub(super) suppress: Option<Definition>,
    pub(super) goal: Option<Definition>,
    places: HashMap<String, usize>,
    /// By step, what it asks.
    rules: Vec<Vec<Definition>>,
}

impl Plan {
    fn new(workflow: Workflow, segments: &Segments) -> Result<Self, RuleError> {
        let defined = |rule: &Rule| segments.definition(rule);
        let optional = |rule: &Option<super::text::RuleText>| rule.as_ref().map(|it| defined(it.rule())).transpose();
        let goal = match &workflow.goal {
            Some(Goal::Rule { rule }) => Some(defined(rule.rule())?),
            _ => None,
        };
        let rules = |step: &Step| step.rules().into_iter().map(|rule| defined(rule.rule())).collect();
        Ok(Self {
            version: workflow.version(),
            when: optional(&workflow.when)?,
            suppress: optional(&workflow.suppress)?,
            goal,
            places: workflow.steps.iter().enumerate().map(|(place, step)| (step.name.clone(), place)).collect(),
            rules: workflow.steps.iter().map(rules).collect::<Result<_, _>>()?,
            workflow,
        })
    }

    /// A step, with what it asks.
    pub(super) fn step(&self, name: &str) -> Option<(&Step, &[Definition])> {
        let place = *self.places.get(name)?;
        Some((self.workflow.steps.get(place)?, self.rules.get(place)?))
    }
}

/// A trigger of a workflow: its place among the triggers.
#[derive(Debug, Clone)]
pub(super) struct Trig {
    pub(super) plan: Arc<Plan>,
    pub(super) place: usize,
    pub(super) selector: Option<EventSelector>,
}

/// The workflows in force, and the versions that runs are held to.
#[derive(Debug, Default)]
pub struct Workflows {
    in_force: BTreeMap<String, Arc<Plan>>,
    versions: HashMap<String, HashMap<String, Arc<Plan>>>,
    by_event: HashMap<String, Vec<Trig>>,
    entered: HashMap<String, Vec<Trig>>,
    left: HashMap<String, Vec<Trig>>,
    danger: HashMap<String, Vec<Trig>>,
    /// Those that the clock alone starts.
    timed: Vec<Trig>,
    left_out: Vec<(String, RuleError)>,
    /// Since when those are in force of which that is known.
    since: HashMap<String, Timestamp>,
    calendars: BTreeMap<String, Calendar>,
    pub(super) desk: Desk,
}

/// What workflows refer to.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The segments that rules ask for.
    pub segments: Segments,
    /// Working calendars by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// When and how often messages are sent.
    pub sending: Sending,
}

impl Workflows {
    /// Workflows, the older versions of each first: the last of each name is in force, the others are those that runs may
    /// be held to. One whose rules ask for a segment that there is not is left out, which [`left_out`](Self::left_out)
    /// tells.
    #[must_use]
    pub fn new(workflows: impl IntoIterator<Item = Workflow>, around: Surroundings) -> Self {
        let mut all = Self { calendars: around.calendars, desk: Desk::new(around.sending), ..Self::default() };
        for workflow in workflows {
            let name = workflow.name.clone();
            match Plan::new(workflow, &around.segments) {
                Ok(plan) => {
                    let plan = Arc::new(plan);
                    all.versions.entry(name.clone()).or_default().insert(plan.version.clone(), Arc::clone(&plan));
                    all.in_force.insert(name, plan);
                }
                Err(error) => all.left_out.push((name, error)),
            }
        }
        for plan in all.in_force.values() {
            for (place, trigger) in plan.workflow.triggers.iter().enumerate() {
                let of = |selector| Trig { plan: Arc::clone(plan), place, selector };
                let segment = segment_of(&plan.workflow.name, place);
                match trigger {
                    Trigger::Event(event) => {
                        let on = of(Some(event.selector().clone()));
                        all.by_event.entry(event.name().to_owned()).or_default().push(on);
                    }
                    Trigger::Stage { stage, of: kind, stale_after: None } => {
                        for (event, property) in super::trigger::COMES {
                            let name = format!("{kind} {event}");
                            let is = Filter::test(PropertyPath::of(property), Test::Equal(stage.as_str().into()));
                            let on = of(Some(EventSelector::named([name.as_str()]).filtered(is)));
                            all.by_event.entry(name).or_default().push(on);
                        }
                    }
                    Trigger::Entered(name) => all.entered.entry(name.clone()).or_default().push(of(None)),
                    Trigger::Left(name) => all.left.entry(name.clone()).or_default().push(of(None)),
                    Trigger::Rule(_) | Trigger::Inactive { .. } | Trigger::Stage { .. } => {
                        all.entered.entry(segment).or_default().push(of(None));
                    }
                    Trigger::Danger(metric) => all.danger.entry(metric.clone()).or_default().push(of(None)),
                    Trigger::Date(_) | Trigger::Every(_) => all.timed.push(of(None)),
                }
            }
        }
        all
    }

    /// Says since when a workflow of a name has been in force: nothing before starts it.
    pub fn begin(&mut self, name: &str, at: Timestamp) {
        self.since.insert(name.to_owned(), at);
    }

    pub(super) fn has_begun(&self, name: &str, at: Timestamp) -> bool {
        self.since.get(name).is_none_or(|since| *since <= at)
    }

    /// The first time at which any of those was in force of which that is known.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        self.since.values().min().copied()
    }

    /// Whether a signal could start anything.
    #[must_use]
    pub fn reacts_to(&self, what: &Stimulus<'_>) -> bool {
        match what {
            Stimulus::Event { name, .. } => !self.on_event(name).is_empty(),
            Stimulus::Entered { segment, .. } => !self.on_entered(segment).is_empty(),
            Stimulus::Left { segment } => !self.on_left(segment).is_empty(),
            Stimulus::Danger { metric, .. } => !self.on_danger(metric).is_empty(),
            Stimulus::Clock { .. } => !self.timed.is_empty(),
            Stimulus::Told => false,
        }
    }

    /// Whether a message may be sent now, by what the subject said of its purpose and by the hours in which messages are
    /// sent. Caps are asked once, when it is decided.
    #[must_use]
    pub fn may_send(&self, asks: &Asks, channel: &str, subject: &dyn Subject, at: Timestamp) -> May {
        self.desk.may_now(asks, channel, subject, at)
    }

    /// The workflows in force, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Workflow> {
        self.in_force.values().map(|plan| &plan.workflow)
    }

    /// The workflow in force of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Workflow> {
        self.in_force.get(name).map(|plan| &plan.workflow)
    }

    /// The workflow of a name in a version that runs may be held to.
    #[must_use]
    pub fn version(&self, name: &str, version: &str) -> Option<&Workflow> {
        self.plan(name, version).map(|plan| &plan.workflow)
    }

    /// Those that cannot be asked, and why.
    #[must_use]
    pub fn left_out(&self) -> &[(String, RuleError)] {
        &self.left_out
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.in_force.is_empty()
    }

    /// The segments, and beside them one for each trigger that is a rule: who meets it. It is called `workflow NAME`, of a
    /// later trigger `workflow NAME 2`. Who keeps these up to date knows when somebody comes to meet a rule.
    #[must_use]
    pub fn with_segments<'a>(workflows: impl IntoIterator<Item = &'a Workflow>, segments: &Segments) -> Segments {
        let mut rules = segments.rules().clone();
        for workflow in workflows {
            for (place, trigger) in workflow.triggers.iter().enumerate() {
                if let Some(rule) = trigger.rule().filter(|rule| segments.definition(rule).is_ok()) {
                    rules.entry(segment_of(&workflow.name, place)).or_insert(rule);
                }
            }
        }
        Segments::new(rules).unwrap_or_else(|_| segments.clone())
    }

    /// When time alone starts something next for a subject after a clock: days that its fields say.
    #[must_use]
    pub fn next_due(&self, subject: &dyn Subject, clock: Timestamp) -> Option<Timestamp> {
        self.due_of(subject, clock).map(|(_, at)| at).min()
    }

    /// When something starts next for all, after a clock.
    #[must_use]
    pub fn next_tick(&self, clock: Timestamp) -> Option<Timestamp> {
        let tick = |trig: &Trig| match trig.plan.workflow.triggers.get(trig.place) {
            Some(Trigger::Every(every)) => every.next(self.desk.sending.zone, clock),
            _ => None,
        };
        self.timed.iter().filter_map(tick).min()
    }

    /// Whether days that fields say start anything.
    #[must_use]
    pub fn asks_dates(&self) -> bool {
        let is_date = |trig: &Trig| matches!(trig.plan.workflow.triggers.get(trig.place), Some(Trigger::Date(_)));
        self.timed.iter().any(is_date)
    }

    /// Whether service levels in danger start anything.
    #[must_use]
    pub fn asks_danger(&self) -> bool {
        !self.danger.is_empty()
    }

    /// The triggers that time alone pulls for a subject, each with the next moment after a clock.
    pub(super) fn due_of<'a>(
        &'a self,
        subject: &'a dyn Subject,
        clock: Timestamp,
    ) -> impl Iterator<Item = (&'a Trig, Timestamp)> {
        self.timed.iter().filter_map(move |trig| match trig.plan.workflow.triggers.get(trig.place)? {
            Trigger::Date(date) => {
                let calendar = date.calendar.as_deref().map(|name| self.calendar(name));
                // Without its calendar nothing can be said.
                let calendar = match calendar {
                    Some(None) => return None,
                    Some(Some(calendar)) => Some(calendar),
                    None => None,
                };
                Some((trig, date.next(subject, self.desk.sending.zone_of(subject), calendar, clock)?))
            }
            _ => None,
        })
    }

    /// The triggers that time alone pulls for all, each with the next moment after a clock.
    pub(super) fn ticks_after(&self, clock: Timestamp) -> impl Iterator<Item = (&Trig, Timestamp)> {
        self.timed.iter().filter_map(move |trig| match trig.plan.workflow.triggers.get(trig.place)? {
            Trigger::Every(every) => Some((trig, every.next(self.desk.sending.zone, clock)?)),
            _ => None,
        })
    }

    pub(super) fn plan(&self, name: &str, version: &str) -> Option<&Arc<Plan>> {
        self.versions.get(name)?.get(version)
    }

    pub(super) fn on_event(&self, name: &str) -> &[Trig] {
        self.by_event.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn on_entered(&self, segment: &str) -> &[Trig] {
        self.entered.get(segment).map_or(&[], Vec::as_slice)
    }

    pub(super) fn on_left(&self, segment: &str) -> &[Trig] {
        self.left.get(segment).map_or(&[], Vec::as_slice)
    }

    pub(super) fn on_danger(&self, metric: &str) -> &[Trig] {
        self.danger.get(metric).map_or(&[], Vec::as_slice)
    }

    pub(super) fn calendar(&self, name: &str) -> Option<&Calendar> {
        self.calendars.get(name)
    }
}

/// What the segment of those is called who meet the rule of a trigger.
fn segment_of(workflow: &str, place: usize) -> String {
    match place {
        0 => format!("workflow {workflow}"),
        place => format!("workflow {workflow} {}", place + 1),
    }
}
