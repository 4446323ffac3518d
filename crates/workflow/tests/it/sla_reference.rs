//! Service levels the slow way: minute by minute, by the table of metrics.

use std::collections::BTreeMap;

use chrono::{TimeDelta, Timelike};
use onefold_fact::{Timestamp, Value};
use onefold_workflow::{
    Applies, CalendarChange, ClockState, Happened, Happening, Hours, Metric, SlaSpec, TicketStatus,
};
use onefold_worktime::Calendar;

/// What the reference says of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) metric: Metric,
    pub(crate) policy: String,
    pub(crate) started_at: Timestamp,
    pub(crate) state: ClockState,
    pub(crate) elapsed: i64,
    pub(crate) breached_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

/// A stop watch that is asked every minute.
struct Watch {
    metric: Metric,
    started: Timestamp,
    /// The minutes that it has run in, each with the calendar of the ticket then.
    minutes: Vec<(Timestamp, Option<String>)>,
    /// Policy and target in minutes.
    goal: Option<(usize, i64)>,
    ended: Option<(Timestamp, i64, bool)>,
    breached: Option<Timestamp>,
    /// What `minutes` came to when last counted, and how many they were.
    known: (i64, usize),
}

struct Ticket<'a> {
    spec: &'a SlaSpec,
    calendars: &'a BTreeMap<String, Calendar>,
    status: TicketStatus,
    priority: Option<String>,
    plan: Option<String>,
    calendar: Option<String>,
    applied: Option<(usize, Option<String>)>,
    answered: bool,
    watches: Vec<Watch>,
}

/// The clocks at a whole minute. Policies may have the condition `plan = "pro"`, or none.
pub(crate) fn clocks(
    spec: &SlaSpec,
    calendars: &BTreeMap<String, Calendar>,
    happened: &[Happened],
    at: Timestamp,
) -> Vec<Said> {
    let mut ticket = Ticket {
        spec,
        calendars,
        status: TicketStatus::Open,
        priority: None,
        plan: None,
        calendar: None,
        applied: None,
        answered: false,
        watches: Vec::new(),
    };
    let Some(mut now) = happened.iter().map(|it| it.at).min() else { return Vec::new() };
    assert_eq!(now.second(), 0);
    loop {
        for happened in happened.iter().filter(|it| it.at == now) {
            ticket.happen(now, &happened.what);
        }
        ticket.look_at_watches(now);
        if now >= at {
            break;
        }
        ticket.minute(now);
        now += TimeDelta::minutes(1);
    }
    let mut said: Vec<Said> = (0..ticket.watches.len()).filter_map(|nth| ticket.said(nth)).collect();
    said.sort_by_key(|it| (it.metric, it.started_at));
    said
}

impl Ticket<'_> {
    fn happen(&mut self, now: Timestamp, what: &Happening) {
        match what {
            Happening::Created { priority, calendar, attributes } if self.watches.is_empty() => {
                self.priority.clone_from(priority);
                self.calendar = calendar.clone().or_else(|| self.spec.calendar.clone());
                self.plan = attributes.get("plan").and_then(Value::as_text).map(str::to_owned);
                for metric in [Metric::FirstReply, Metric::RequesterWait, Metric::AgentWork, Metric::TotalResolution] {
                    self.watch(metric, now);
                }
                self.look_for_policy();
            }
            _ if self.watches.is_empty() => {}
            Happening::CustomerMessage if self.answered => {
                let runs = self.watches.iter().any(|it| it.metric == Metric::NextReply && it.ended.is_none());
                if !runs && self.status != TicketStatus::Closed {
                    self.watch(Metric::NextReply, now);
                }
            }
            Happening::PublicReply => {
                self.end(now, |metric| metric == Metric::FirstReply, false);
                self.end(now, is_round, false);
                self.answered = true;
                if !self.done() {
                    self.watch(Metric::PeriodicUpdate, now);
                    self.watch(Metric::PausableUpdate, now);
                }
            }
            Happening::Status { to } => {
                let same = self.status == *to;
                self.status = *to;
                if same {
                    return;
                }
                if self.done() {
                    self.end(now, |metric| metric != Metric::FirstReply, false);
                    if *to == TicketStatus::Closed {
                        self.end(now, |metric| metric == Metric::FirstReply, true);
                    } else if !self.answered {
                        self.reopen(|metric| metric == Metric::FirstReply);
                    }
                } else {
                    let answered = self.answered;
                    self.reopen(|metric| !(is_round(metric) || answered && metric == Metric::FirstReply));
                }
                self.look_for_policy();
            }
            Happening::Priority { to } if self.priority != *to => {
                self.priority.clone_from(to);
                self.look_for_policy();
            }
            Happening::Calendar { to } => {
                self.calendar = to.clone().or_else(|| self.spec.calendar.clone());
                self.watches.iter_mut().for_each(|watch| watch.known = (0, 0));
            }
            Happening::Attributes { set } => {
                if let Some(plan) = set.get("plan") {
                    self.plan = plan.as_ref().and_then(Value::as_text).map(str::to_owned);
                }
                self.look_for_policy();
            }
            _ => {}
        }
    }

    fn done(&self) -> bool {
        self.status.is_done()
    }

    fn watch(&mut self, metric: Metric, started: Timestamp) {
        let goal = self.goal(metric);
        self.watches.push(Watch { metric, started, minutes: vec![], goal, ended: None, breached: None, known: (0, 0) });
    }

    fn end(&mut self, now: Timestamp, which: impl Fn(Metric) -> bool, dropped: bool) {
        for nth in 0..self.watches.len() {
            let elapsed = self.elapsed(nth);
            let watch = &mut self.watches[nth];
            if which(watch.metric) && watch.ended.is_none() {
                watch.ended = Some((now, elapsed, dropped));
            }
        }
    }

    fn reopen(&mut self, which: impl Fn(Metric) -> bool) {
        self.watches.iter_mut().filter(|watch| which(watch.metric)).for_each(|watch| watch.ended = None);
    }

    fn goal(&self, metric: Metric) -> Option<(usize, i64)> {
        let (place, priority) = self.applied.as_ref()?;
        let policy = &self.spec.policies[*place];
        let of = |name: &str| policy.targets.get(name).and_then(|targets| targets.of(metric));
        let span = priority.as_deref().and_then(of).or_else(|| of("default"))?;
        Some((*place, i64::from(span.seconds()) / 60))
    }

    fn look_for_policy(&mut self) {
        if self.spec.applies == Applies::Once && self.applied.is_some() {
            return;
        }
        let takes = |when: Option<String>| when.is_none() || self.plan.as_deref() == Some("pro");
        let place = self.spec.policies.iter().position(|it| takes(it.when.as_ref().map(ToString::to_string)));
        self.applied = place.map(|place| (place, self.priority.clone()));
        for nth in 0..self.watches.len() {
            let goal = self.goal(self.watches[nth].metric);
            let watch = &mut self.watches[nth];
            if watch.ended.is_none() {
                watch.goal = goal;
                watch.known = (0, 0);
            }
        }
    }

    fn pauses(&self, metric: Metric) -> bool {
        match metric {
            Metric::FirstReply | Metric::NextReply | Metric::PeriodicUpdate | Metric::TotalResolution => false,
            Metric::PausableUpdate => self.status == TicketStatus::Pending,
            Metric::RequesterWait => self.status == TicketStatus::Pending || self.done(),
            Metric::AgentWork => self.status != TicketStatus::Open,
        }
    }

    fn open(&self, minute: Timestamp, then: Option<&String>, hours: Hours) -> bool {
        let name = if self.spec.calendar_change == CalendarChange::Last { self.calendar.as_ref() } else { then };
        hours == Hours::Always || name.is_none_or(|name| self.calendars[name].is_open(minute))
    }

    fn elapsed(&mut self, nth: usize) -> i64 {
        let watch = &self.watches[nth];
        if let Some((_, elapsed, _)) = watch.ended {
            return elapsed;
        }
        let hours = watch.goal.map_or(Hours::Working, |(place, _)| self.spec.policies[place].hours);
        let (sum, from) = watch.known;
        let more = watch.minutes[from..].iter().filter(|(minute, then)| self.open(*minute, then.as_ref(), hours));
        let known = (sum + more.count() as i64, watch.minutes.len());
        self.watches[nth].known = known;
        known.0
    }

    fn look_at_watches(&mut self, now: Timestamp) {
        for nth in 0..self.watches.len() {
            let elapsed = self.elapsed(nth);
            let pauses = self.pauses(self.watches[nth].metric);
            let watch = &mut self.watches[nth];
            let late = watch.goal.is_some_and(|(_, target)| elapsed >= target);
            if late && watch.ended.is_none() && watch.breached.is_none() && !pauses {
                watch.breached = Some(now);
            }
        }
    }

    fn minute(&mut self, now: Timestamp) {
        for nth in 0..self.watches.len() {
            if !self.pauses(self.watches[nth].metric) {
                let calendar = self.calendar.clone();
                self.watches[nth].minutes.push((now, calendar));
            }
        }
    }

    fn said(&mut self, nth: usize) -> Option<Said> {
        let elapsed = self.elapsed(nth);
        let watch = &self.watches[nth];
        let (place, target) = watch.goal?;
        let policy = &self.spec.policies[place];
        let left = TimeDelta::minutes(target - elapsed);
        let warned = policy.warn.iter().any(|warning| left <= warning.left_of(TimeDelta::minutes(target)));
        let state = match (watch.ended, watch.breached) {
            (Some(_), Some(_)) => ClockState::Missed,
            (Some((_, _, true)), None) => ClockState::Dropped,
            (Some(_), None) => ClockState::Met,
            (None, Some(_)) => ClockState::Breached,
            (None, None) if self.pauses(watch.metric) => ClockState::Paused,
            (None, None) if warned => ClockState::InDanger,
            (None, None) => ClockState::Running,
        };
        Some(Said {
            metric: watch.metric,
            policy: policy.name.clone(),
            started_at: watch.started,
            state,
            elapsed: elapsed * 60,
            breached_at: watch.breached,
            ended_at: watch.ended.map(|(at, _, _)| at),
        })
    }
}

fn is_round(metric: Metric) -> bool {
    matches!(metric, Metric::NextReply | Metric::PeriodicUpdate | Metric::PausableUpdate)
}
