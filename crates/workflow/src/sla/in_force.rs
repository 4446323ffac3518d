//! [`Sla`]: service levels with their calendars, ready to measure tickets.

use std::collections::BTreeMap;

use onefold_fact::{Schema, Timestamp};
use onefold_segment::{Definition, Subject};
use onefold_worktime::{Calendar, CalendarSpec};

use super::policy::{Applies, CalendarChange, Metric, Policy, SlaSpec};
use super::run::{CalendarId, Goal};
use crate::document::{Problem, did_you_mean};

/// Service levels with their calendars, ready to measure tickets.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use onefold_workflow::{ClockState, Happened, Happening, Metric, Sla, SlaSpec, TicketClocks, document};
///
/// let spec: SlaSpec = document::read("levels.toml", r#"
///     calendar = "support"
///
///     [[policies]]
///     name = "all"
///     warn = ["25%"]
///     [policies.targets]
///     urgent = { first_reply = "1h" }
///     default = { first_reply = "4h", total_resolution = "16h" }
/// "#)?;
/// let support = "zone = 'Europe/Berlin'\nhours.monday-friday = '09:00-17:00'".to_owned();
/// let support = onefold_worktime::CalendarSpec::from_toml(&support)?;
/// let sla = Sla::new(&spec, &BTreeMap::from([("support".to_owned(), support)])).map_err(|_| "problems")?;
///
/// // Friday, 16:00 in Berlin, before the night in which summer time begins.
/// let created = Happening::Created { priority: None, calendar: None, attributes: BTreeMap::new() };
/// let came = Happened::new("2026-03-27T15:00:00Z".parse()?, created);
/// let ticket = TicketClocks::fold(&sla, [&came], None);
/// let monday = "2026-03-30T09:30:00Z".parse()?; // 11:30
/// let clocks = ticket.clocks(&sla, monday);
/// assert_eq!(clocks[0].metric, Metric::FirstReply);
/// assert_eq!(clocks[0].due_at, Some("2026-03-30T10:00:00Z".parse()?)); // an hour of Friday, three of Monday
/// assert_eq!(clocks[0].state, ClockState::InDanger);
/// assert_eq!(ticket.next_change_at(&sla, monday), clocks[0].due_at);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sla {
    spec: SlaSpec,
    conditions: Vec<Option<Definition>>,
    calendars: Vec<Calendar>,
    places: BTreeMap<String, usize>,
    usual: CalendarId,
}

impl Sla {
    /// The service levels that a specification describes, with the calendars that it and the tickets name.
    ///
    /// # Errors
    /// With everything that is wrong with it ([`SlaSpec::problems`]).
    pub fn new(spec: &SlaSpec, calendars: &BTreeMap<String, CalendarSpec>) -> Result<Self, Vec<Problem>> {
        let made = calendars.iter().map(|(name, calendar)| (name.clone(), Calendar::new(calendar)));
        Self::with(spec, made)
    }

    /// The same, with calendars that are made already.
    ///
    /// # Errors
    /// With everything that is wrong with it ([`SlaSpec::problems`]).
    pub fn with(spec: &SlaSpec, calendars: impl IntoIterator<Item = (String, Calendar)>) -> Result<Self, Vec<Problem>> {
        let named: BTreeMap<String, Calendar> = calendars.into_iter().collect();
        let problems = spec.problems(named.keys().map(String::as_str));
        if !problems.is_empty() {
            return Err(problems);
        }
        let define = |policy: &Policy| policy.when.clone().and_then(|rule| Definition::try_from(rule).ok());
        let places: BTreeMap<String, usize> = named.keys().cloned().enumerate().map(|(at, name)| (name, at)).collect();
        Ok(Self {
            conditions: spec.policies.iter().map(define).collect(),
            usual: spec.calendar.as_ref().and_then(|name| places.get(name)).copied(),
            calendars: named.into_values().collect(),
            places,
            spec: spec.clone(),
        })
    }

    /// What they were made of.
    #[must_use]
    pub fn spec(&self) -> &SlaSpec {
        &self.spec
    }

    /// The first policy whose condition a ticket meets at a moment.
    #[must_use]
    pub fn policy_for(&self, ticket: &dyn Subject, at: Timestamp) -> Option<&Policy> {
        self.place_for(ticket, at).and_then(|place| self.policy(place))
    }

    pub(super) fn place_for(&self, ticket: &dyn Subject, at: Timestamp) -> Option<usize> {
        self.conditions.iter().position(|when| when.as_ref().is_none_or(|rule| rule.evaluate(ticket, at).holds))
    }

    pub(super) fn policy(&self, place: usize) -> Option<&Policy> {
        self.spec.policies.get(place)
    }

    pub(super) fn goal(&self, place: usize, metric: Metric, priority: Option<&str>) -> Option<Goal> {
        let policy = self.policy(place)?;
        Some(Goal { policy: place, target: policy.target(metric, priority)?, hours: policy.hours })
    }

    pub(super) fn calendar_change(&self) -> CalendarChange {
        self.spec.calendar_change
    }

    pub(super) fn applies(&self) -> Applies {
        self.spec.applies
    }

    /// That of a name; that of all tickets, if there is none of this name.
    pub(super) fn calendar_of(&self, name: Option<&str>) -> CalendarId {
        name.and_then(|name| self.places.get(name)).copied().or(self.usual)
    }

    pub(super) fn calendar_at(&self, place: usize) -> Option<&Calendar> {
        self.calendars.get(place)
    }
}

impl SlaSpec {
    /// Everything that is wrong with it, beside calendars of these names. Empty: every policy can come into play, and asks
    /// for something.
    #[must_use]
    pub fn problems<'a>(&self, calendars: impl Iterator<Item = &'a str> + Clone) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(name) = self.calendar.as_deref().filter(|name| !calendars.clone().any(|known| known == *name)) {
            let fix = did_you_mean(name, calendars).unwrap_or_else(|| "there are none: give one".to_owned());
            problems.push(Problem::new("calendar", format!("there is no calendar `{name}`"), fix));
        }
        if self.policies.is_empty() {
            problems.push(Problem::new("policies", "there are none", "write at least one"));
        }
        let mut takes_all: Option<&str> = None;
        for (place, policy) in self.policies.iter().enumerate() {
            let field = |field: &str| format!("policies[{place}].{field}");
            if policy.name.is_empty() || self.policies.iter().take(place).any(|other| other.name == policy.name) {
                let message = "a policy has a name of its own";
                problems.push(Problem::new(field("name"), message, "give it one that no other has"));
            }
            if let Some(before) = takes_all {
                let message = format!("it never comes into play: `{before}` before it takes every ticket");
                problems.push(Problem::new(format!("policies[{place}]"), message, "put it before that one"));
            }
            if policy.targets.values().all(|targets| Metric::ALL.iter().all(|metric| targets.of(*metric).is_none())) {
                let names: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
                let fix = format!("say how long something may take: {}", names.join(", "));
                problems.push(Problem::new(field("targets"), "it asks for nothing", fix));
            }
            match policy.when.clone().map(Definition::try_from) {
                None => takes_all = takes_all.or(Some(&policy.name)),
                Some(Err(error)) => {
                    problems.push(Problem::new(field("when"), error.to_string(), "ask for fields and events"));
                }
                Some(Ok(rule)) if rule.analyse(&Schema::default()).is_never => {
                    problems.push(Problem::new(field("when"), "no ticket can ever meet it", "see what excludes what"));
                }
                Some(Ok(_)) => {}
            }
        }
        problems
    }
}
