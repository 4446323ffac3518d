//! Deciding: what a signal starts, ends and moves on.

use onefold_fact::{Properties, Timestamp};
use onefold_segment::{Definition, Subject};
use uuid::Uuid;

use super::definition::{Command, Concurrency, Goal};
use super::plan::{Plan, Trig, Workflows};
use super::run::{Decided, End, Outcome, Run, Runs};
use super::sending::May;
use super::signal::{Decision, NotStarted, PassedOver, Signal, Stimulus};
use super::step::{Does, Length, Wait};
use super::trigger::Trigger;

/// The steps that a run takes at one time before it is held to go in circles.
const MOST_STEPS: usize = 1000;

/// How late an event may be told, in seconds, if the workflow does not say.
const A_DAY: i64 = 86_400;

/// What the ids of runs are made within.
const RUNS: Uuid = Uuid::from_u128(0x6f6e_6566_6f6c_645f_776f_726b_666c_6f77);

impl Workflows {
    /// What a signal starts, ends and moves on of a subject's runs: outcomes in order, each to be kept once and applied to
    /// the runs. The same state and signal give the same outcomes. If only the first few are kept, deciding again on what
    /// they give gives the rest.
    ///
    /// ```
    /// use onefold_workflow::{Outcome, Runs, Signal, Stimulus, Surroundings, Workflow, Workflows};
    ///
    /// let workflow = Workflow::from_toml(r#"
    ///     name = "welcome"
    ///     [[trigger]]
    ///     event = "signed up"
    ///     [[step]]
    ///     name = "ring"
    ///     task = { title = "ring them" }
    /// "#)?;
    /// let workflows = Workflows::new([workflow], Surroundings::default());
    /// # let facts = onefold_fact::FactSet::default();
    /// # let record = onefold_fact::RecordId::of(&"crm".into(), &onefold_fact::RecordKey::person("17"));
    /// # let ada = onefold_profile::fold(record.into(), [], &Default::default(), None);
    /// let (at, nothing) = ("2026-03-01T09:00:00Z".parse()?, Default::default());
    /// let signed_up = Stimulus::Event { name: "signed up", properties: &nothing, occurred_at: at };
    /// let signal = Signal { at, key: "fact 1", what: signed_up, causes: &[] };
    ///
    /// let decision = workflows.decide(&Runs::default(), &ada, &signal);
    /// assert!(matches!(decision.decided[0].outcome, Outcome::Enrolled { .. }));
    /// assert!(matches!(decision.decided[1].outcome, Outcome::Did { .. }));
    /// assert!(matches!(decision.decided[2].outcome, Outcome::Ended { .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn decide(&self, runs: &Runs, subject: &dyn Subject, signal: &Signal<'_>) -> Decision {
        if runs.live().is_empty() && self.triggers(subject, signal).next().is_none() {
            return Decision::default();
        }
        self.react(&mut runs.clone(), subject, signal)
    }

    /// As [`decide`](Self::decide), and brings the runs up to it.
    pub fn react(&self, runs: &mut Runs, subject: &dyn Subject, signal: &Signal<'_>) -> Decision {
        let mut deciding = Deciding { all: self, runs, subject, signal, decision: Decision::default() };
        deciding.interrupt();
        deciding.resolve();
        deciding.enrol();
        deciding.walk();
        deciding.decision
    }

    /// When time alone changes something of a subject's runs, or starts one for it, after a clock.
    #[must_use]
    pub fn next_change_at(&self, runs: &Runs, subject: &dyn Subject, clock: Timestamp) -> Option<Timestamp> {
        let of_rule = |rule: &Definition| rule.evaluate(subject, clock).next_change_at;
        let of_run = |run: &Run| {
            let plan = self.plan(&run.workflow, &run.version)?;
            let rules = plan.suppress.iter().chain(&plan.goal);
            let waited = match run.step.as_deref().and_then(|step| plan.step(step)) {
                Some((step, rules)) if matches!(step.does, Does::Wait(_)) => rules,
                _ => &[],
            };
            let until = run.waiting.as_ref().and_then(|waiting| waiting.until);
            rules.chain(waited).filter_map(of_rule).chain(until).min()
        };
        let of_runs = runs.live().iter().filter_map(of_run);
        of_runs.chain(self.next_due(subject, clock)).filter(|at| *at > clock).min()
    }

    /// The triggers that a signal pulls, each with a moment if it is one that time brings.
    fn triggers<'a>(
        &'a self,
        subject: &'a dyn Subject,
        signal: &'a Signal<'_>,
    ) -> impl Iterator<Item = (&'a Trig, Option<Timestamp>)> + 'a {
        let has_begun = |(trig, _): &(&Trig, _)| self.has_begun(&trig.plan.workflow.name, signal.at);
        self.pulled(subject, signal).filter(has_begun)
    }

    fn pulled<'a>(
        &'a self,
        subject: &'a dyn Subject,
        signal: &'a Signal<'_>,
    ) -> Box<dyn Iterator<Item = (&'a Trig, Option<Timestamp>)> + 'a> {
        match signal.what {
            Stimulus::Event { name, properties, .. } => {
                let selects = move |trig: &&Trig| {
                    trig.selector.as_ref().is_none_or(|selector| selector.selects(name, properties))
                };
                Box::new(self.on_event(name).iter().filter(selects).map(|trig| (trig, None)))
            }
            Stimulus::Entered { segment, existing } => {
                let starts = move |trig: &&Trig| !existing || trig.plan.workflow.existing;
                Box::new(self.on_entered(segment).iter().filter(starts).map(|trig| (trig, None)))
            }
            Stimulus::Left { segment } => Box::new(self.on_left(segment).iter().map(|trig| (trig, None))),
            Stimulus::Danger { metric, .. } => Box::new(self.on_danger(metric).iter().map(|trig| (trig, None))),
            Stimulus::Clock { since } => {
                let at = signal.at;
                let both = self.due_of(subject, since).chain(self.ticks_after(since));
                Box::new(both.filter(move |(_, due)| *due <= at).map(|(trig, due)| (trig, Some(due))))
            }
            Stimulus::Told => Box::new(std::iter::empty()),
        }
    }
}

struct Deciding<'a> {
    all: &'a Workflows,
    runs: &'a mut Runs,
    subject: &'a dyn Subject,
    signal: &'a Signal<'a>,
    decision: Decision,
}

impl Deciding<'_> {
    fn holds(&self, rule: &Definition) -> bool {
        rule.evaluate(self.subject, self.signal.at).holds
    }

    fn say(&mut self, run: Uuid, outcome: Outcome) {
        let number = self.runs.of(run).map_or(0, |run| run.outcomes);
        let decided = Decided { run, number, at: self.signal.at, outcome };
        self.runs.apply(&decided);
        self.decision.decided.push(decided);
    }

    fn end(&mut self, run: Uuid, how: End, why: impl Into<String>) {
        self.say(run, Outcome::Ended { how, why: why.into() });
    }

    fn ids(&self) -> Vec<Uuid> {
        self.runs.live().iter().map(|run| run.id).collect()
    }

    /// Ends the runs that are not to go on.
    fn interrupt(&mut self) {
        for id in self.ids() {
            let Some(run) = self.runs.of(id) else { continue };
            let Some(plan) = self.all.plan(&run.workflow, &run.version) else {
                let why = format!("version {} of workflow `{}` was taken back", run.version, run.workflow);
                self.end(id, End::Failed, why);
                continue;
            };
            // What began with this very signal was looked at when it began.
            if *run.signal == *self.signal.key {
                continue;
            }
            if plan.suppress.as_ref().is_some_and(|rule| self.holds(rule)) {
                self.end(id, End::Suppressed, "the workflow is not for this subject any more");
                continue;
            }
            let reached = match (&plan.workflow.goal, self.signal.what) {
                (Some(Goal::Event(event)), Stimulus::Event { name, properties, .. }) => {
                    event.selector().selects(name, properties) && self.is_about(run, plan, properties)
                }
                (Some(Goal::Rule { .. }), _) => plan.goal.as_ref().is_some_and(|rule| self.holds(rule)),
                _ => false,
            };
            if reached {
                self.end(id, End::Goal, "the goal is reached");
            }
        }
    }

    /// Whether an event is about what a run is about.
    fn is_about(&self, run: &Run, plan: &Plan, properties: &Properties) -> bool {
        run.about.is_none() || about(plan, properties).as_deref() == run.about.as_deref()
    }

    /// Whether time that was waited for is over. At the very moment what happens comes before what time brings.
    fn is_due(&self, until: Option<Timestamp>) -> bool {
        let at = self.signal.at;
        until.is_some_and(|until| until < at || until == at && matches!(self.signal.what, Stimulus::Clock { .. }))
    }

    /// Lets those runs go on that wait for the signal, or long enough.
    fn resolve(&mut self) {
        for id in self.ids() {
            let Some(run) = self.runs.of(id) else { continue };
            let (Some(waiting), Some(step)) = (&run.waiting, run.step.clone()) else { continue };
            let visit = run.visit();
            let Some((plan, (written, rules))) =
                self.all.plan(&run.workflow, &run.version).and_then(|plan| Some((plan, plan.step(&step)?)))
            else {
                continue;
            };
            let due = self.is_due(waiting.until);
            let overdue = waiting.until.is_some_and(|until| until < self.signal.at);
            let new = *waiting.signal != *self.signal.key;
            let after = plan.workflow.after(written);
            let (met, timeout) = match &written.does {
                Does::Wait(Wait::For(_) | Wait::Date(_)) if due => (Some("the time has come".to_owned()), &None),
                Does::Wait(Wait::Event { event, timeout, .. }) => {
                    let met = match self.signal.what {
                        Stimulus::Event { name, properties, .. } if new && !overdue => {
                            event.selector().selects(name, properties) && self.is_about(run, plan, properties)
                        }
                        _ => false,
                    };
                    (met.then(|| format!("`{}` happened", event.name())), timeout)
                }
                Does::Wait(Wait::Rule { timeout, .. }) => {
                    let met = !overdue && rules.first().is_some_and(|rule| self.holds(rule));
                    (met.then(|| "the rule holds".to_owned()), timeout)
                }
                _ => continue,
            };
            let passed = |why: String, next: Option<&str>| Outcome::Passed {
                step: step.to_string(),
                visit,
                why,
                skipped: false,
                next: next.map(str::to_owned),
            };
            let outcome = match (met, timeout) {
                (Some(why), _) => passed(why, after),
                (None, Some(timeout)) if due => passed(
                    "what was waited for did not come in time".to_owned(),
                    Some(timeout.as_str()).filter(|next| *next != super::step::Step::END),
                ),
                (None, None) if due => Outcome::Ended {
                    how: End::TimedOut,
                    why: format!("what step `{step}` waited for did not come in time"),
                },
                _ => continue,
            };
            self.say(id, outcome);
        }
    }

    /// Begins the runs that the signal starts.
    fn enrol(&mut self) {
        let (all, subject, signal) = (self.all, self.subject, self.signal);
        let pulled: Vec<(&Trig, Option<Timestamp>)> = all.triggers(subject, signal).collect();
        for (trig, moment) in pulled {
            let plan = &trig.plan;
            let workflow = &plan.workflow;
            let key = match moment {
                Some(at) => format!("{} {}", trig.place, at.to_rfc3339()),
                None => signal.key.to_owned(),
            };
            let (about, values) = match signal.what {
                Stimulus::Event { properties, .. } => (about(plan, properties), properties.clone()),
                Stimulus::Danger { about, .. } => (about.map(str::to_owned), Properties::new()),
                _ => (None, Properties::new()),
            };
            if self.runs.last_signal(&workflow.name, about.as_deref()) == Some(key.as_str()) {
                continue;
            }
            if let Some((why, message)) = self.why_not(plan, about.as_deref()) {
                let (at, subject, workflow) = (signal.at, subject.id(), workflow.name.clone());
                self.decision.passed_over.push(PassedOver { at, subject, workflow, why, message });
                continue;
            }
            let active: Vec<Uuid> = {
                let same = |run: &&Run| *run.workflow == *workflow.name && run.about.as_deref() == about.as_deref();
                self.runs.live().iter().filter(same).map(|run| run.id).collect()
            };
            if workflow.concurrency == Concurrency::Restart {
                active.iter().for_each(|run| self.end(*run, End::Restarted, "it was started again"));
            }
            let queued = workflow.concurrency == Concurrency::Queued && !active.is_empty();
            let Some(first) = workflow.steps.first() else { continue };
            let ordinal = self.runs.ordinal(&workflow.name, about.as_deref());
            let name = format!(
                "{}\0{}\0{}\0{}\0{ordinal}",
                workflow.name,
                plan.version,
                subject.id(),
                about.as_deref().unwrap_or_default()
            );
            let run = Uuid::new_v5(&RUNS, name.as_bytes());
            self.say(
                run,
                Outcome::Enrolled {
                    workflow: workflow.name.clone(),
                    version: plan.version.clone(),
                    subject: subject.id(),
                    ordinal,
                    about,
                    signal: key,
                    why: why(workflow.triggers.get(trig.place), &signal.what),
                    causes: signal.causes.to_vec(),
                    queued,
                    step: first.name.clone(),
                    values,
                },
            );
        }
    }

    /// Why a workflow is not started.
    fn why_not(&self, plan: &Plan, about: Option<&str>) -> Option<(NotStarted, String)> {
        let workflow = &plan.workflow;
        if let Some(cause) = self.signal.causes.iter().find(|cause| cause.workflow == workflow.name) {
            return Some((NotStarted::Loop, format!("run {} of it caused this", cause.run)));
        }
        if let Stimulus::Event { occurred_at, .. } = self.signal.what {
            let late = self.signal.at.signed_duration_since(occurred_at).num_seconds();
            if late > workflow.late_after.map_or(A_DAY, |span| i64::from(span.seconds())) {
                return Some((NotStarted::Late, format!("it happened {late} seconds before it was told")));
            }
        }
        let ran = self.runs.ordinal(&workflow.name, about) > 0;
        let same = |run: &Run| *run.workflow == *workflow.name && run.about.as_deref() == about;
        if ran && workflow.concurrency == Concurrency::Single && self.runs.live().iter().any(same) {
            return Some((NotStarted::Running, "it runs".to_owned()));
        }
        if ran && !workflow.again {
            return Some((NotStarted::Once, "it has run, and does so once".to_owned()));
        }
        if plan.suppress.as_ref().is_some_and(|rule| self.holds(rule)) {
            return Some((NotStarted::Suppressed, "it is not for this subject".to_owned()));
        }
        if plan.when.as_ref().is_some_and(|rule| !self.holds(rule)) {
            return Some((NotStarted::Unmet, "what `when` asks for does not hold".to_owned()));
        }
        None
    }

    /// Lets all runs go on as far as they can.
    fn walk(&mut self) {
        let mut steps: Vec<(Uuid, usize)> = Vec::new();
        loop {
            if let Some(next) = self.startable() {
                self.say(next, Outcome::Started);
            }
            let is_ready = |run: &&Run| match (&run.step, &run.waiting) {
                _ if run.queued => false,
                (None, _) | (_, None) => true,
                (Some(step), Some(waiting)) => {
                    // A message that waits for the hour is looked at again.
                    let plan = self.all.plan(&run.workflow, &run.version);
                    let at = plan.and_then(|plan| plan.step(step));
                    self.is_due(waiting.until) && at.is_some_and(|(step, _)| matches!(step.does, Does::Command(_)))
                }
            };
            let Some(run) = self.runs.live().iter().find(is_ready) else { return };
            let id = run.id;
            let taken = match steps.iter_mut().find(|(run, _)| *run == id) {
                Some((_, taken)) => {
                    *taken += 1;
                    *taken
                }
                None => {
                    steps.push((id, 1));
                    1
                }
            };
            let outcome = match &run.step {
                None => Outcome::Ended { how: End::Completed, why: "all steps are done".to_owned() },
                Some(_) if taken > MOST_STEPS => Outcome::Ended {
                    how: End::Failed,
                    why: format!("it took {MOST_STEPS} steps at once: it goes in circles; let it wait in between"),
                },
                Some(step) => self.take(run, step),
            };
            self.say(id, outcome);
        }
    }

    /// The first run whose turn it is, since the one before it has ended.
    fn startable(&self) -> Option<Uuid> {
        let live = self.runs.live();
        let same = |a: &Run, b: &Run| a.workflow == b.workflow && a.about == b.about;
        let blocked = |run: &Run| live.iter().any(|other| !other.queued && same(run, other));
        live.iter().find(|run| run.queued && !blocked(run)).map(|run| run.id)
    }

    /// What a run does at the step where it is.
    fn take(&self, run: &Run, step: &str) -> Outcome {
        let at = self.signal.at;
        let failed = |why: String| Outcome::Ended { how: End::Failed, why };
        let Some(plan) = self.all.plan(&run.workflow, &run.version) else {
            return failed(format!("version {} of workflow `{}` was taken back", run.version, run.workflow));
        };
        let Some((written, rules)) = plan.step(step) else {
            return failed(format!("there is no step `{step}`"));
        };
        let visit = run.visit();
        let after = || plan.workflow.after(written).map(str::to_owned);
        let step = || written.name.clone();
        let passed =
            |why: String, next: Option<String>| Outcome::Passed { step: step(), visit, why, skipped: false, next };
        let waits = |why: String, until: Timestamp| Outcome::Waits {
            step: step(),
            visit,
            why,
            until: Some(until),
            signal: self.signal.key.to_owned(),
        };
        let unsaid = || failed(format!("step `{}` waits by a calendar that is not there, or never ends", written.name));
        let ends = |next: &str| Some(next.to_owned()).filter(|next| next != super::step::Step::END);
        match &written.does {
            Does::Command(command) => {
                let may = match command {
                    Command::Send(message) => self.all.desk.may(message, self.subject, self.runs.sent(), at),
                    _ => May::Send,
                };
                match may {
                    May::Send => {
                        let command = command.clone();
                        Outcome::Did { step: step(), visit, key: run.key(), command, next: after() }
                    }
                    May::Not(why) => Outcome::Passed { step: step(), visit, why, skipped: true, next: after() },
                    May::Later(until, why) => waits(why, until),
                }
            }
            Does::Wait(Wait::For(length)) => match self.until(length) {
                Some(until) => waits("time".to_owned(), until),
                None => unsaid(),
            },
            Does::Wait(Wait::Date(date)) => {
                let calendar = date.calendar.as_deref().map(|name| self.all.calendar(name));
                if matches!(calendar, Some(None)) {
                    return unsaid();
                }
                let zone = self.all.desk.sending.zone_of(self.subject);
                match date.next(self.subject, zone, calendar.flatten(), at) {
                    Some(until) => waits(format!("`{}`", date.field), until),
                    None => passed(format!("`{}` says no day to come", date.field), after()),
                }
            }
            Does::Wait(Wait::Event { event, within, .. }) => match self.until(within) {
                Some(until) => waits(format!("`{}`", event.name()), until),
                None => unsaid(),
            },
            Does::Wait(Wait::Rule { within, .. }) => {
                if rules.first().is_some_and(|rule| self.holds(rule)) {
                    return passed("the rule holds".to_owned(), after());
                }
                match self.until(within) {
                    Some(until) => waits("a rule to hold".to_owned(), until),
                    None => unsaid(),
                }
            }
            Does::Branch(branches) => match branches.iter().zip(rules).find(|(_, rule)| self.holds(rule)) {
                Some((branch, _)) => passed(format!("`{}` holds", branch.when.rule()), ends(&branch.next)),
                None => passed("none of its rules holds".to_owned(), after()),
            },
            Does::Split { parts, hold_out } => {
                let drawn = drawn(run);
                if drawn < *hold_out {
                    return Outcome::Ended { how: End::HeldOut, why: format!("drew {drawn} of 100: held out") };
                }
                let mut until = *hold_out;
                let part = parts.iter().find(|part| {
                    until = until.saturating_add(part.share);
                    drawn < until
                });
                passed(format!("drew {drawn} of 100"), part.map_or_else(after, |part| ends(&part.next)))
            }
            Does::End(reason) => Outcome::Ended { how: End::Completed, why: reason.clone() },
        }
    }

    fn until(&self, length: &Length) -> Option<Timestamp> {
        let delta = |span: &onefold_profile::Span| chrono::TimeDelta::seconds(i64::from(span.seconds()));
        match length {
            Length::Clock(span) => self.signal.at.checked_add_signed(delta(span)),
            Length::Working(span, calendar) => self.all.calendar(calendar)?.after(self.signal.at, delta(span)),
        }
    }
}

/// A number from 0 to 99 that follows from a run and the step where it is alone.
fn drawn(run: &Run) -> u32 {
    let (high, low) = run.key().as_u64_pair();
    u32::try_from((high ^ low) % 100).unwrap_or_default()
}

/// What an event is about, as far as runs of a workflow are.
fn about(plan: &Plan, properties: &Properties) -> Option<String> {
    let path = plan.workflow.about.as_ref()?;
    path.values(properties).first().map(|value| value.to_text().into_owned())
}

/// What started a run, in words.
fn why(trigger: Option<&Trigger>, what: &Stimulus<'_>) -> String {
    match (trigger, what) {
        (Some(Trigger::Rule(rule)), _) => format!("`{}` came to hold", rule.rule()),
        (Some(Trigger::Inactive { events, span }), _) => format!("no `{}` for {span}", events.join("` or `")),
        (Some(Trigger::Stage { stage, of, stale_after: Some(span) }), _) => {
            format!("the {of} stayed at `{stage}` for {span}")
        }
        (Some(Trigger::Stage { stage, of, .. }), _) => format!("the {of} came to `{stage}`"),
        (Some(Trigger::Date(date)), _) => format!("the day that `{}` says", date.field),
        (Some(Trigger::Every(every)), _) => format!("every {}", every.on),
        (_, Stimulus::Event { name, .. }) => format!("`{name}` happened"),
        (_, Stimulus::Entered { segment, .. }) => format!("entered segment `{segment}`"),
        (_, Stimulus::Left { segment }) => format!("left segment `{segment}`"),
        (_, Stimulus::Danger { metric, .. }) => format!("service level `{metric}` in danger"),
        _ => String::new(),
    }
}
