//! [`TicketClocks`]: the clocks of a ticket, as a fold over what happened to it.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use onefold_profile::Timeline;

use super::clock::{Clock, ClockState, Escalation, EscalationLevel};
use super::happening::{Happened, Happening, TicketStatus};
use super::in_force::Sla;
use super::policy::{Applies, Metric, Warning};
use super::run::{CalendarId, Goal, Run};
use super::subject::Asked;

/// The clocks of a ticket: a pure fold over what happened to it, in order of time.
///
/// | metric | starts | stops | pauses | begins anew |
/// |---|---|---|---|---|
/// | first reply | when the ticket comes | public reply | | |
/// | next reply | the customer's oldest unanswered message after a reply, also on a solved ticket | public reply, or solved | | with each |
/// | periodic update | public reply | public reply, or solved | | with each |
/// | pausable update | public reply | public reply, or solved | pending | with each |
/// | requester wait | when the ticket comes | solved | pending | |
/// | agent work | when the ticket comes | solved | pending, on hold | |
/// | total resolution | when the ticket comes | solved | | |
///
/// Nothing counts outside working hours, unless the policy says that all time counts. A ticket that is opened again goes
/// on: what runs without pause has then counted the time in between too, and may be late at once. Targets are those of
/// when they applied: of the policy and the priority at that moment. What ended keeps what it was held to, and what was
/// late stays late, whatever the ticket becomes.
#[derive(Debug, Clone)]
pub struct TicketClocks {
    last: Timestamp,
    status: TicketStatus,
    priority: Option<String>,
    fields: BTreeMap<String, (Value, Timestamp)>,
    calendar: CalendarId,
    /// The place of the policy that applies, with the priority of when it came to.
    applied: Option<(usize, Option<String>)>,
    is_answered: bool,
    /// The clock of each metric; of those that begin anew, the last one while it runs.
    runs: Vec<Run>,
    /// Clocks that ended and began anew.
    past: Vec<Run>,
}

impl TicketClocks {
    /// The clocks of a ticket after what happened to it, which is taken in order of time; at one time, in the order in
    /// which it is given. The timeline is that of the customer: what rules may ask for.
    #[must_use]
    pub fn fold<'a>(sla: &Sla, happened: impl IntoIterator<Item = &'a Happened>, timeline: Option<&Timeline>) -> Self {
        let mut all: Vec<&Happened> = happened.into_iter().collect();
        all.sort_by_key(|happened| happened.at);
        let mut ticket = Self::default();
        for happened in all {
            ticket.apply(sla, happened, timeline);
        }
        ticket
    }

    /// Takes in what happened next. What is said to have happened before the last thing happened when that did.
    pub fn apply(&mut self, sla: &Sla, happened: &Happened, timeline: Option<&Timeline>) {
        let at = happened.at.max(self.last);
        if self.runs.is_empty() && !matches!(happened.what, Happening::Created { .. }) {
            return;
        }
        self.last = at;
        for run in &mut self.runs {
            run.settle(at);
        }
        match &happened.what {
            Happening::Created { .. } if !self.runs.is_empty() => {}
            Happening::Created { priority, calendar, attributes } => {
                self.calendar = sla.calendar_of(calendar.as_deref());
                self.priority.clone_from(priority);
                let own = [
                    ("status", Some(Value::from(TicketStatus::Open.name()))),
                    ("priority", priority.as_deref().map(Value::from)),
                ];
                let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
                let fields = attributes.iter().map(|(name, value)| (name.clone(), value.clone())).chain(own);
                self.fields = fields.map(|(name, value)| (name, (value, at))).collect();
                for metric in [Metric::FirstReply, Metric::RequesterWait, Metric::AgentWork, Metric::TotalResolution] {
                    self.start(sla, metric, at);
                }
                self.look(sla, at, timeline);
            }
            Happening::CustomerMessage if self.is_answered && self.status != TicketStatus::Closed => {
                if !self.runs.iter().any(|run| run.metric == Metric::NextReply) {
                    self.start(sla, Metric::NextReply, at);
                }
            }
            Happening::CustomerMessage | Happening::InternalNote => {}
            Happening::PublicReply => self.reply(sla, at),
            Happening::Status { to } => self.become_status(sla, at, *to, timeline),
            Happening::Priority { to } => {
                if self.priority != *to {
                    self.priority.clone_from(to);
                    self.set("priority", to.as_deref().map(Value::from), at);
                    self.look(sla, at, timeline);
                }
            }
            Happening::Calendar { to } => {
                let to = sla.calendar_of(to.as_deref());
                if self.calendar != to {
                    self.calendar = to;
                    self.runs.iter_mut().for_each(|run| run.change_calendar(sla, at, to));
                }
            }
            Happening::Attributes { set } => {
                for (name, value) in set {
                    self.set(name, value.clone(), at);
                }
                self.look(sla, at, timeline);
            }
        }
    }

    fn set(&mut self, field: &str, value: Option<Value>, at: Timestamp) {
        match value {
            Some(value) if self.fields.get(field).is_some_and(|(old, _)| *old == value) => {}
            Some(value) => drop(self.fields.insert(field.to_owned(), (value, at))),
            None => drop(self.fields.remove(field)),
        }
    }

    /// Starts a clock.
    fn start(&mut self, sla: &Sla, metric: Metric, at: Timestamp) {
        let mut run = Run::new(metric, at);
        run.goal = self.goal(sla, metric);
        if counts(metric, self.status) {
            run.count(sla, at, self.calendar);
        }
        self.runs.push(run);
    }

    fn goal(&self, sla: &Sla, metric: Metric) -> Option<Goal> {
        let (place, priority) = self.applied.as_ref()?;
        sla.goal(*place, metric, priority.as_deref())
    }

    /// Looks which policy applies, and holds what has not ended to it.
    fn look(&mut self, sla: &Sla, at: Timestamp, timeline: Option<&Timeline>) {
        if sla.applies() == Applies::Once && self.applied.is_some() {
            return;
        }
        let none = Timeline::default();
        let ticket = Asked { fields: &self.fields, timeline: timeline.unwrap_or(&none) };
        self.applied = sla.place_for(&ticket, at).map(|place| (place, self.priority.clone()));
        let applied = self.applied.as_ref();
        for run in self.runs.iter_mut().filter(|run| run.ended.is_none()) {
            let goal = applied.and_then(|(place, priority)| sla.goal(*place, run.metric, priority.as_deref()));
            if run.goal != goal {
                run.retarget(sla, at, goal);
            }
        }
    }

    fn reply(&mut self, sla: &Sla, at: Timestamp) {
        let first = self.runs.iter_mut().find(|run| run.metric == Metric::FirstReply && run.ended.is_none());
        if let Some(run) = first {
            run.end(sla, at, false);
        }
        self.is_answered = true;
        self.end_rounds(sla, at);
        if !self.status.is_done() {
            self.start(sla, Metric::PeriodicUpdate, at);
            self.start(sla, Metric::PausableUpdate, at);
        }
    }

    /// Ends what begins anew.
    fn end_rounds(&mut self, sla: &Sla, at: Timestamp) {
        for mut run in self.runs.extract_if(.., |run| is_round(run.metric)) {
            run.end(sla, at, false);
            if run.goal.is_some() {
                self.past.push(run);
            }
        }
    }

    fn become_status(&mut self, sla: &Sla, at: Timestamp, to: TicketStatus, timeline: Option<&Timeline>) {
        if std::mem::replace(&mut self.status, to) == to {
            return;
        }
        self.set("status", Some(Value::from(to.name())), at);
        if to.is_done() {
            self.end_rounds(sla, at);
        }
        for run in &mut self.runs {
            let is_over = if run.metric == Metric::FirstReply { to == TicketStatus::Closed } else { to.is_done() };
            if is_over && run.ended.is_none() {
                run.end(sla, at, run.metric == Metric::FirstReply);
            }
            // Who was answered, was.
            let stays = run.metric == Metric::FirstReply && self.is_answered;
            let again = !is_over && !stays && run.ended.take().is_some();
            match counts(run.metric, to) {
                true if again || !run.is_counting() => run.count(sla, at, self.calendar),
                true => {}
                false => run.pause(sla, at),
            }
        }
        self.look(sla, at, timeline);
    }

    /// How each metric stands that a policy asks for, also those that ended; by metric, then by start. The moment is not
    /// before the last thing that happened: for an earlier one, fold what happened by then.
    #[must_use]
    pub fn clocks(&self, sla: &Sla, at: Timestamp) -> Vec<Clock> {
        let at = at.max(self.last);
        let mut clocks: Vec<Clock> = self.all().filter_map(|run| clock(sla, run, at)).collect();
        clocks.sort_by_key(|clock| (clock.metric, clock.started_at));
        clocks
    }

    /// The next moment after this one at which time alone changes a clock. `None`: none does.
    #[must_use]
    pub fn next_change_at(&self, sla: &Sla, at: Timestamp) -> Option<Timestamp> {
        let at = at.max(self.last);
        self.runs.iter().filter_map(|run| next_change(sla, run, at)).min()
    }

    /// What clocks come to after a moment and until another, that included: warnings of those that still run, and all
    /// breaches; in order of time.
    #[must_use]
    pub fn escalations(&self, sla: &Sla, after: Timestamp, until: Timestamp) -> Vec<Escalation> {
        let mut found = Vec::new();
        for run in self.all() {
            let mut add = |at: Option<Timestamp>, level| {
                if let Some(at) = at.filter(|at| after < *at && *at <= until) {
                    found.push(Escalation { at, metric: run.metric, level });
                }
            };
            if run.ended.is_none() && run.breached.is_none() {
                for (place, (_, reached)) in warnings(sla, run).into_iter().enumerate() {
                    add(reached, EscalationLevel::Warned(place));
                }
            }
            add(run.breached_by(until), EscalationLevel::Breached);
        }
        found.sort_unstable();
        found
    }

    fn all(&self) -> impl Iterator<Item = &Run> {
        self.past.iter().chain(&self.runs)
    }

    /// What the ticket waits for.
    #[must_use]
    pub fn status(&self) -> TicketStatus {
        self.status
    }

    /// The policy that applies to it.
    #[must_use]
    pub fn policy<'a>(&self, sla: &'a Sla) -> Option<&'a super::policy::Policy> {
        self.applied.as_ref().and_then(|(place, _)| sla.policy(*place))
    }
}

impl Default for TicketClocks {
    /// Of a ticket that has not come.
    fn default() -> Self {
        Self {
            last: Timestamp::MIN_UTC,
            status: TicketStatus::Open,
            priority: None,
            fields: BTreeMap::new(),
            calendar: None,
            applied: None,
            is_answered: false,
            runs: Vec::new(),
            past: Vec::new(),
        }
    }
}

/// Whether a metric begins anew.
fn is_round(metric: Metric) -> bool {
    matches!(metric, Metric::NextReply | Metric::PeriodicUpdate | Metric::PausableUpdate)
}

/// Whether a metric counts in a status. What does not pause counts on when the ticket is done, unseen.
fn counts(metric: Metric, status: TicketStatus) -> bool {
    match metric {
        Metric::FirstReply | Metric::NextReply | Metric::PeriodicUpdate | Metric::TotalResolution => true,
        Metric::PausableUpdate => status != TicketStatus::Pending,
        Metric::RequesterWait => matches!(status, TicketStatus::Open | TicketStatus::OnHold),
        Metric::AgentWork => status == TicketStatus::Open,
    }
}

/// Of each warning of the policy how much is left when it comes, and when it does, if the clock counts on.
fn warnings(sla: &Sla, run: &Run) -> Vec<(chrono::TimeDelta, Option<Timestamp>)> {
    let Some(goal) = run.goal else { return Vec::new() };
    let warnings = sla.policy(goal.policy).map(|policy| policy.warn.as_slice()).unwrap_or_default();
    let left = warnings.iter().map(|warning| warning.left_of(goal.target));
    left.map(|left| (left, run.reaches(sla, goal.target - left))).collect()
}

fn next_change(sla: &Sla, run: &Run, at: Timestamp) -> Option<Timestamp> {
    if run.ended.is_some() || run.breached_by(at).is_some() {
        return None;
    }
    let warnings = warnings(sla, run).into_iter().filter_map(|(_, reached)| reached);
    warnings.chain(run.due()).filter(|change| *change > at).min()
}

fn clock(sla: &Sla, run: &Run, at: Timestamp) -> Option<Clock> {
    let goal = run.goal?;
    let policy = sla.policy(goal.policy)?;
    let elapsed = run.elapsed(sla, at);
    let remaining = goal.target - elapsed;
    let breached_at = run.breached_by(at);
    // What is late has passed them all, also if it has more time now.
    let passed = |warning: &&Warning| breached_at.is_some() || remaining <= warning.left_of(goal.target);
    let warnings = policy.warn.iter().filter(passed).count();
    let state = match run.ended {
        Some(_) if breached_at.is_some() => ClockState::Missed,
        Some(end) if end.is_dropped => ClockState::Dropped,
        Some(_) => ClockState::Met,
        None if breached_at.is_some() => ClockState::Breached,
        None if !run.is_counting() => ClockState::Paused,
        None if warnings > 0 => ClockState::InDanger,
        None => ClockState::Running,
    };
    Some(Clock {
        metric: run.metric,
        policy: policy.name.clone(),
        target: goal.target,
        started_at: run.started,
        state,
        elapsed,
        remaining,
        due_at: breached_at.or(run.due()),
        breached_at,
        ended_at: run.ended.map(|end| end.at),
        warnings,
        next_change_at: next_change(sla, run, at),
    })
}
