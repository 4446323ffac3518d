//! What somebody must do today, in order, with reasons.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono_tz::Tz;
use onefold_fact::Timestamp;
use serde::Serialize;

use super::{Due, Task};

/// Something that somebody must do today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doing<'a> {
    /// The id of the task.
    pub id: &'a str,
    /// The task.
    pub task: &'a Task,
    /// Why today, the strongest reason first.
    pub because: Vec<Because<'a>>,
    /// Open tasks that have to be done before, with whoever has to do each. As long as there are any it waits.
    pub waits_for: Vec<(&'a str, Option<&'a str>)>,
}

/// Why something is to be done today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because<'a> {
    /// It is late, since then.
    Overdue(Timestamp),
    /// It is due today, by then.
    DueToday(Timestamp),
    /// Its user wanted to be reminded then.
    Reminder(Timestamp),
    /// Another that is to be done today waits for it.
    NeededBy(&'a str),
}

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overdue(since) => write!(f, "overdue since {}", since.format("%Y-%m-%d %H:%MZ")),
            Self::DueToday(by) => write!(f, "due by {}", by.format("%Y-%m-%d %H:%MZ")),
            Self::Reminder(at) => write!(f, "reminder of {}", at.format("%Y-%m-%d %H:%MZ")),
            Self::NeededBy(task) => write!(f, "`{task}` waits for it"),
        }
    }
}

/// What a user of a zone must do today, at a clock. What can be done comes before what waits for others; of each what is late
/// first, oldest first, then what is due today, what was to be reminded of, and what others of these wait for; of what is
/// alike the more urgent, then the smaller id.
#[must_use]
pub fn today<'a>(user: &str, tasks: &'a BTreeMap<String, Task>, clock: Timestamp, zone: Tz) -> Vec<Doing<'a>> {
    let mine = |task: &Task| task.is_open() && task.assignee.as_deref() == Some(user);
    let mut because: BTreeMap<&str, BTreeSet<Because<'_>>> = BTreeMap::new();
    for (id, task) in tasks.iter().filter(|(_, task)| mine(task)) {
        let reasons: BTreeSet<Because<'_>> = reasons(task, clock, zone).collect();
        if !reasons.is_empty() {
            because.insert(id, reasons);
        }
    }
    // What today's tasks wait for, and what that waits for in turn.
    let mut ahead: Vec<&str> = because.keys().copied().collect();
    while let Some(id) = ahead.pop() {
        for (needed, _) in open_needs(tasks, id).filter(|(_, task)| mine(task)) {
            let reasons = because.entry(needed).or_default();
            let is_new = reasons.is_empty();
            if reasons.insert(Because::NeededBy(id)) && is_new {
                ahead.push(needed);
            }
        }
    }
    let doing = |(id, because): (&'a str, BTreeSet<Because<'a>>)| {
        let task = tasks.get(id)?;
        let waits_for = open_needs(tasks, id).map(|(needed, task)| (needed, task.assignee.as_deref())).collect();
        Some(Doing { id, task, because: because.into_iter().collect(), waits_for })
    };
    let mut all: Vec<Doing<'a>> = because.into_iter().filter_map(doing).collect();
    all.sort_by(|a, b| order(a).cmp(&order(b)));
    all
}

fn order<'a>(doing: &Doing<'a>) -> (bool, Option<Because<'a>>, Reverse<i8>, &'a str) {
    // Of two that others wait for, which others does not matter.
    let first = doing.because.first().map(|because| match because {
        Because::NeededBy(_) => Because::NeededBy(""),
        other => *other,
    });
    (!doing.waits_for.is_empty(), first, Reverse(doing.task.priority), doing.id)
}

fn reasons(task: &Task, clock: Timestamp, zone: Tz) -> impl Iterator<Item = Because<'static>> {
    let day = clock.with_timezone(&zone).date_naive();
    let due = task.due.and_then(|due| {
        let late = due.late_at(zone);
        match due {
            _ if late <= clock => Some(Because::Overdue(late)),
            Due::On(on) if on <= day => Some(Because::DueToday(late)),
            Due::At(at) if at.with_timezone(&zone).date_naive() == day => Some(Because::DueToday(late)),
            _ => None,
        }
    });
    let reminder = task.reminders_at(clock, zone).first().copied().map(Because::Reminder);
    due.into_iter().chain(reminder)
}

/// The open tasks that a task needs.
fn open_needs<'a>(tasks: &'a BTreeMap<String, Task>, id: &str) -> impl Iterator<Item = (&'a str, &'a Task)> {
    let needs = tasks.get(id).into_iter().flat_map(|task| &task.needs);
    let there = needs.filter_map(|needed| tasks.get_key_value(needed.as_str()));
    there.filter(|(_, task)| task.is_open()).map(|(id, task)| (id.as_str(), task))
}
