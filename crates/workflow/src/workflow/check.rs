//! What is wrong with a workflow, found before it is live.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onefold_segment::{Condition, Definition, Rule, RuleError, Vocabulary};

use super::definition::{Command, Concurrency, Goal, Workflow};
use super::file::line_of;
use super::near::did_you_mean;
use super::step::{Does, Length, Step, Wait};
use super::trigger::Trigger;

/// What there is that a workflow may name. What is `None` is not known, and then any name will do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Fields, events and segments.
    pub vocabulary: Option<Vocabulary<'a>>,
    /// Names of segments.
    pub segments: Option<&'a BTreeSet<String>>,
    /// Names of templates.
    pub templates: Option<&'a BTreeSet<String>>,
    /// Names of calendars.
    pub calendars: Option<&'a BTreeSet<String>>,
    /// Names of stages.
    pub stages: Option<&'a BTreeSet<String>>,
    /// Who there is to work: ids of users and teams.
    pub users: Option<&'a BTreeSet<String>>,
}

/// Something that is wrong with a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowProblem {
    /// The step; empty if it is about the whole or a trigger.
    pub step: String,
    /// The line of the file, from 1, if it is known ([`Workflow::problems_in`]).
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub message: String,
    /// What the line says that is wrong.
    about: String,
}

/// ``line 14, step `vip`: ...``
impl fmt::Display for WorkflowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.step.is_empty()) {
            (Some(line), true) => write!(f, "line {line}: ")?,
            (Some(line), false) => write!(f, "line {line}, step `{}`: ", self.step)?,
            (None, false) => write!(f, "step `{}`: ", self.step)?,
            (None, true) => {}
        }
        f.write_str(&self.message)
    }
}

struct Check<'a> {
    workflow: &'a Workflow,
    known: Known<'a>,
    problems: Vec<WorkflowProblem>,
}

impl Workflow {
    /// Everything that is wrong with it: steps that cannot be reached, that lead nowhere, that go in circles without a wait,
    /// that can never be; names that are nothing.
    ///
    /// ```
    /// use onefold_workflow::{Known, Workflow};
    ///
    /// let workflow = Workflow::from_toml(r#"
    ///     name = "hello"
    ///     [[trigger]]
    ///     event = "signed up"
    ///     [[step]]
    ///     name = "choose"
    ///     branch = [{ when = 'plan = "pro"', next = "cal" }]
    ///     next = "end"
    ///     [[step]]
    ///     name = "call"
    ///     task = { title = "call them" }
    /// "#)?;
    /// let problems: Vec<String> = workflow.problems(&Known::default()).iter().map(ToString::to_string).collect();
    /// assert_eq!(problems, [
    ///     "step `choose`: it leads to `cal`, which is no step: did you mean `call`?",
    ///     "step `call`: no run comes here: let a step lead to it",
    /// ]);
    /// # Ok::<(), onefold_workflow::WorkflowError>(())
    /// ```
    #[must_use]
    pub fn problems(&self, known: &Known<'_>) -> Vec<WorkflowProblem> {
        let mut check = Check { workflow: self, known: *known, problems: Vec::new() };
        check.whole();
        check.triggers();
        self.steps.iter().for_each(|step| check.step(step));
        check.ways();
        check.problems
    }

    /// The same, with the lines of the text that it was read from.
    #[must_use]
    pub fn problems_in(&self, text: &str, known: &Known<'_>) -> Vec<WorkflowProblem> {
        let mut problems = self.problems(known);
        problems.iter_mut().for_each(|problem| problem.line = line_of(text, &problem.step, &problem.about));
        problems
    }
}

impl Check<'_> {
    fn wrong(&mut self, step: &str, about: &str, message: impl Into<String>) {
        let (step, about, message) = (step.to_owned(), about.to_owned(), message.into());
        self.problems.push(WorkflowProblem { step, line: None, message, about });
    }

    fn whole(&mut self) {
        let workflow = self.workflow;
        if workflow.name.is_empty() {
            self.wrong("", "name", "a workflow has a name: give it one");
        }
        if workflow.steps.is_empty() {
            self.wrong("", "step", "it does nothing: give it a step");
        }
        if workflow.concurrency != Concurrency::Single && !workflow.again {
            self.wrong(
                "",
                "concurrency",
                "it starts once for each, so `concurrency` means nothing: say `again = true`",
            );
        }
        if let Some(rule) = &workflow.when {
            self.rule("", rule.rule());
        }
        if let Some(rule) = &workflow.suppress {
            self.rule("", rule.rule());
        }
        if let Some(Goal::Rule { rule }) = &workflow.goal {
            self.rule("", rule.rule());
        }
    }

    fn triggers(&mut self) {
        for trigger in &self.workflow.triggers {
            match trigger {
                Trigger::Rule(rule) => self.rule("", rule.rule()),
                Trigger::Entered(segment) | Trigger::Left(segment) => {
                    self.name("", "segment", segment, self.known.segments);
                }
                Trigger::Stage { stage, .. } => self.name("", "stage", stage, self.known.stages),
                Trigger::Date(date) => {
                    if let Some(calendar) = &date.calendar {
                        self.name("", "calendar", calendar, self.known.calendars);
                    }
                    self.field("", &date.field);
                }
                Trigger::Inactive { events, .. } if events.is_empty() => {
                    self.wrong("", "inactive", "`inactive` names no event: say of which");
                }
                Trigger::Every(_) if self.workflow.when.is_none() => {
                    self.wrong("", "every", "`every` starts it for all there are: say for whom by `when`");
                }
                _ => {}
            }
        }
    }

    fn step(&mut self, step: &Step) {
        let workflow = self.workflow;
        let name = step.name.as_str();
        let same = workflow.steps.iter().filter(|other| other.name == name).count();
        if name.is_empty() || name == Step::END || same > 1 {
            let message = "a step has a name of its own, and not `end`: give it one that no other has";
            self.wrong(name, name, message);
        }
        for to in step.names().into_iter().filter(|to| workflow.step(to).is_none()) {
            let help = did_you_mean(to, workflow.steps.iter().map(|step| step.name.as_str())).unwrap_or_default();
            self.wrong(name, to, format!("it leads to `{to}`, which is no step: {help}"));
        }
        step.rules().into_iter().for_each(|rule| self.rule(name, rule.rule()));
        match &step.does {
            Does::Command(Command::Send(message)) => {
                self.name(name, "template", &message.template, self.known.templates);
            }
            Does::Command(Command::Move(stage)) => {
                self.name(name, "stage", stage, self.known.stages);
                if workflow.about.is_none() {
                    self.wrong(
                        name,
                        "move",
                        "nothing is known to move: say by `about` which property names the object",
                    );
                }
            }
            Does::Command(Command::Webhook(webhook)) => {
                let url = &webhook.url;
                let rest = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
                if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with(['/', ':', '?', '#'])) {
                    let message =
                        format!("`{url}` is no URL to call: expected one such as `https://shop.example/hook`");
                    self.wrong(name, url, message);
                }
            }
            Does::Command(Command::Notify(notice)) if !notice.who.contains('@') => {
                self.name(name, "user", &notice.who, self.known.users);
            }
            Does::Command(Command::Assign(owner)) => self.name(name, "user", owner, self.known.users),
            Does::Command(Command::Task(task)) => {
                if let Some(owner) = &task.owner {
                    self.name(name, "user", owner, self.known.users);
                }
            }
            Does::Command(Command::Update(values)) if values.is_empty() => {
                self.wrong(name, "update", "it updates nothing: say which attributes get what");
            }
            Does::Wait(Wait::For(length) | Wait::Event { within: length, .. } | Wait::Rule { within: length, .. }) => {
                if let Length::Working(_, calendar) = length {
                    self.name(name, "calendar", calendar, self.known.calendars);
                }
            }
            Does::Wait(Wait::Date(date)) => self.field(name, &date.field),
            Does::Branch(branches) if branches.is_empty() => {
                self.wrong(name, "branch", "a branch has ways: say `when` and `next` of each");
            }
            Does::Split { parts, hold_out } => {
                let all = parts.iter().map(|part| u64::from(part.share)).sum::<u64>() + u64::from(*hold_out);
                if all > 100 {
                    self.wrong(name, "split", format!("the shares come to {all} of 100: make them 100 at most"));
                }
                if parts.iter().any(|part| part.share == 0) {
                    self.wrong(name, "share", "a share of 0 is a way that nobody goes: leave it out");
                }
            }
            _ => {}
        }
    }

    /// A rule that names what there is, and that somebody can meet.
    fn rule(&mut self, step: &str, rule: &Rule) {
        let mut errors: Vec<RuleError> = Vec::new();
        if let Some(vocabulary) = &self.known.vocabulary {
            errors = vocabulary.check(rule);
        }
        for error in errors {
            let part = error.span().and_then(|span| rule.to_string().get(span).map(str::to_owned));
            self.wrong(step, &part.unwrap_or_default(), error.to_string());
        }
        if asks_members(rule.condition()) {
            let message = "it asks of the members of a group: make that a segment, and start with `entered`";
            self.wrong(step, "", message);
        }
        let schema = onefold_fact::Schema::default();
        if Definition::try_from(rule.clone()).is_ok_and(|rule| rule.analyse(&schema).is_never) {
            self.wrong(step, &rule.to_string(), format!("nobody can ever meet `{rule}`"));
        }
    }

    fn field(&mut self, step: &str, field: &str) {
        let Some(vocabulary) = self.known.vocabulary else { return };
        let Ok(quoted) = serde_json::to_string(field) else { return };
        let asked = [format!("{field} exists"), format!("{quoted} exists")];
        if let Some(rule) = asked.iter().find_map(|rule| rule.parse::<Rule>().ok()) {
            for error in vocabulary.check(&rule) {
                let help = error.suggestion().map(|help| format!(": {help}")).unwrap_or_default();
                self.wrong(step, field, format!("{}{help}", error.message()));
            }
        }
    }

    fn name(&mut self, step: &str, what: &str, name: &str, known: Option<&BTreeSet<String>>) {
        if let Some(known) = known.filter(|known| !known.contains(name)) {
            let help = did_you_mean(name, known.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| format!("there is no {what} yet"));
            self.wrong(step, name, format!("unknown {what} `{name}`: {help}"));
        }
    }

    /// Every step is reached, and no circle is without a wait.
    fn ways(&mut self) {
        let workflow = self.workflow;
        let Some(first) = workflow.steps.first() else { return };
        let leads: BTreeMap<&str, Vec<&str>> =
            workflow.steps.iter().map(|step| (step.name.as_str(), leads(workflow, step))).collect();
        let mut reached = BTreeSet::from([first.name.as_str()]);
        let mut ahead = vec![first.name.as_str()];
        while let Some(at) = ahead.pop() {
            for to in leads.get(at).into_iter().flatten() {
                if leads.contains_key(to) && reached.insert(to) {
                    ahead.push(to);
                }
            }
        }
        for step in &workflow.steps {
            if !reached.contains(step.name.as_str()) {
                self.wrong(&step.name, "name", "no run comes here: let a step lead to it");
            }
        }
        for step in workflow.steps.iter().filter(|step| !waits(step)) {
            // From here back to here without a wait in between.
            let mut seen = BTreeSet::new();
            let mut ahead = leads.get(step.name.as_str()).cloned().unwrap_or_default();
            while let Some(at) = ahead.pop() {
                let passes = workflow.step(at).is_some_and(|step| !waits(step));
                if passes && seen.insert(at) {
                    ahead.extend(leads.get(at).into_iter().flatten());
                }
            }
            if seen.contains(step.name.as_str()) {
                self.wrong(&step.name, "name", "it comes back here without a wait: let it wait in between");
                break;
            }
        }
    }
}

fn waits(step: &Step) -> bool {
    matches!(&step.does, Does::Wait(Wait::For(_) | Wait::Event { .. }))
}

/// The steps to which one leads.
fn leads<'a>(workflow: &'a Workflow, step: &'a Step) -> Vec<&'a str> {
    let mut leads = step.names();
    let shares = |parts: &[super::step::Part], hold_out: u32| {
        parts.iter().map(|part| u64::from(part.share)).sum::<u64>() + u64::from(hold_out)
    };
    match &step.does {
        Does::End(_) => leads.clear(),
        // Nobody is left to go on.
        Does::Split { parts, hold_out } if shares(parts, *hold_out) >= 100 => {}
        _ => leads.extend(workflow.after(step)),
    }
    leads
}

fn asks_members(condition: &Condition) -> bool {
    match condition {
        Condition::Members { .. } => true,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(asks_members),
        Condition::Not(part) => asks_members(part),
        Condition::Score { parts, .. } => parts.iter().any(|part| asks_members(&part.condition)),
        _ => false,
    }
}
