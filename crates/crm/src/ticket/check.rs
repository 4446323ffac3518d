//! What is wrong with a flow, found before anybody uses it.

use std::collections::BTreeSet;
use std::fmt;

use super::flow::{Flow, Status, StatusKind};

/// Something that is wrong with a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowProblem {
    /// The status; empty if it is about the whole.
    pub status: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for FlowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.status.is_empty() {
            write!(f, "status `{}`: ", self.status)?;
        }
        f.write_str(&self.message)
    }
}

impl Flow {
    /// Everything that is wrong with it. Empty: every ticket that begins can be solved
    /// or closed, and one that is solved can be opened again.
    ///
    /// ```
    /// use onefold_crm::Flow;
    ///
    /// let flow: Flow = serde_json::from_str(r#"{"statuses": [
    ///     {"name": "new", "is": "open", "to": ["sovled"]},
    ///     {"name": "solved", "is": "solved"}
    /// ]}"#)?;
    /// let problems: Vec<String> = flow.problems().iter().map(|problem| problem.to_string()).collect();
    /// assert_eq!(problems, [
    ///     "status `new`: `to` names `sovled`, which is no status",
    ///     "status `new`: no ticket that is here can be solved: let it lead to a status that is solved or closed",
    ///     "status `solved`: no ticket can come here: let a status lead to it",
    /// ]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self) -> Vec<FlowProblem> {
        let mut problems = Vec::new();
        let mut wrong = |status: &str, message: String| {
            problems.push(FlowProblem { status: status.to_owned(), message });
        };
        let mut names = BTreeSet::new();
        for status in &self.statuses {
            if status.name.is_empty() || !names.insert(&status.name) {
                wrong(&status.name, "a status has a name of its own: give it one that no other has".to_owned());
            }
            for to in status.to.iter().flatten().filter(|to| self.status(to).is_none()) {
                wrong(&status.name, format!("`to` names `{to}`, which is no status"));
            }
            if status.entry && status.is.is_done() {
                wrong(&status.name, "a ticket cannot begin where it is done: take `entry` away".to_owned());
            }
        }
        if self.entries().next().is_none() {
            wrong("", "no ticket can begin: give it a status that is open".to_owned());
        }
        if !self.statuses.iter().any(|status| status.is.is_done()) {
            wrong("", "no status is solved or closed: give it one".to_owned());
        }
        if self.reopened().is_none() {
            wrong("", "no ticket can be opened again: give it a status that is open".to_owned());
        }
        let mut priorities = BTreeSet::new();
        if self.priorities.is_empty() || !self.priorities.iter().all(|priority| priorities.insert(priority)) {
            wrong("", "`priorities` lists each once, lowest first; at least one".to_owned());
        }
        if let Some(priority) = self.default_priority.as_ref().filter(|priority| self.rank(priority).is_none()) {
            wrong("", format!("`default_priority` names `{priority}`, which is none of `priorities`"));
        }
        // A customer's message leads out of where a ticket is solved.
        let leads = |from: &Status, to: &Status| {
            let reopens = from.is.is_done() && self.reopened().is_some_and(|status| status.name == to.name);
            reopens || self.allows(&from.name, &to.name)
        };
        let reached = self.spread(self.entries().collect(), leads);
        let done = self.statuses.iter().filter(|status| status.is.is_done()).collect();
        let leaving = self.spread(done, |to, from| leads(from, to));
        for status in &self.statuses {
            if !reached.contains(status.name.as_str()) {
                wrong(&status.name, "no ticket can come here: let a status lead to it".to_owned());
            } else if status.is != StatusKind::Closed && !leaving.contains(status.name.as_str()) {
                let message = "no ticket that is here can be solved: let it lead to a status that is solved or closed";
                wrong(&status.name, message.to_owned());
            }
        }
        problems
    }

    /// The statuses that are reached from some, step by step.
    fn spread<'a>(&'a self, from: Vec<&'a Status>, leads: impl Fn(&Status, &Status) -> bool) -> BTreeSet<&'a str> {
        let mut reached: BTreeSet<&str> = from.iter().map(|status| status.name.as_str()).collect();
        let mut ahead = from;
        while let Some(at) = ahead.pop() {
            for to in self.statuses.iter().filter(|to| leads(at, to)) {
                if reached.insert(&to.name) {
                    ahead.push(to);
                }
            }
        }
        reached
    }
}
