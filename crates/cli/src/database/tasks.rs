//! `onefold task`: what somebody has to do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use onefold::crm::{Due, Recurrence, Reminder, Task as State, TaskCommand, TaskOpening, TaskStatus, Tz, today};
use onefold::{Onefold, Timestamp, WorkError};
use serde_json::json;

use super::Printing;
use super::sales::{Common, one, said};
use crate::Outcome;
use crate::unify::timestamp;

/// Work on tasks. Each command is a batch of its own, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Task {
    #[command(subcommand)]
    what: OnTask,
    /// The time zone of whoever has to do it
    #[arg(long, global = true, default_value = "UTC")]
    zone: Tz,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnTask {
    /// Open a task
    Open {
        /// Its id
        id: String,
        /// What is to be done
        #[arg(long)]
        title: String,
        #[command(flatten)]
        opened: Box<Opened>,
    },
    /// Say when a task is due, how urgent it is, who has to do it
    Set(Box<Set>),
    /// Give a task to somebody else
    Delegate {
        /// Its id
        id: String,
        /// Who has to do it then
        to: String,
        /// Who gives it
        #[arg(long)]
        by: String,
    },
    /// Be reminded of a task
    Remind {
        /// Its id
        id: String,
        /// A time, or so many minutes before it is due
        #[arg(value_parser = reminder)]
        when: Reminder,
    },
    /// Its reminders were seen
    Seen {
        /// Its id
        id: String,
    },
    /// Give a task a part
    Item {
        /// The id of the task
        id: String,
        /// The id of the item
        item: String,
        /// What is to be done
        text: String,
    },
    /// Check a part off
    Check {
        /// The id of the task
        id: String,
        /// The id of the item
        item: String,
        /// That it is not done
        #[arg(long)]
        not: bool,
    },
    /// Another task has to be done before
    Need {
        /// The id of the task
        id: String,
        /// The other
        other: String,
        /// That it does not any more
        #[arg(long)]
        not: bool,
    },
    /// A task is done
    Complete {
        /// Its id
        id: String,
        /// Who did it
        #[arg(long)]
        by: String,
    },
    /// Nobody has to do a task any more
    Cancel {
        /// Its id
        id: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// A task is to be done after all
    Reopen {
        /// Its id
        id: String,
    },
    /// Show what a user must do today, in order, with reasons
    Today {
        /// The user
        user: String,
    },
    /// Show a task, or list all
    Show {
        /// Its id
        id: Option<String>,
    },
}

/// What is said of a task.
#[derive(Debug, Args)]
struct Set {
    /// Its id
    id: String,
    /// What is to be done
    #[arg(long)]
    title: Option<String>,
    /// A day, or a time
    #[arg(long, value_parser = due, conflicts_with = "repeat")]
    due: Option<Due>,
    /// As RFC 5545 has it: `DTSTART:20260323T090000 RRULE:FREQ=WEEKLY`
    #[arg(long, value_parser = recurrence)]
    repeat: Option<Recurrence>,
    /// Higher is more
    #[arg(long, allow_hyphen_values = true)]
    priority: Option<i8>,
    /// Who has to do it
    #[arg(long, value_name = "USER")]
    assignee: Option<String>,
}

#[derive(Debug, Args)]
struct Opened {
    /// The customer whom it is about: an id, or an identifier such as `email:ada@x.io`
    #[arg(long)]
    customer: Option<String>,
    /// The ticket, deal or lead that it is about: `ticket t-1`
    #[arg(long, value_parser = object, conflicts_with = "customer")]
    about: Option<(String, String)>,
    /// A day, or a time
    #[arg(long, value_parser = due)]
    due: Option<Due>,
    /// When it is due again and again, as RFC 5545 has it: `DTSTART:20260323T090000 RRULE:FREQ=WEEKLY`
    #[arg(long, value_parser = recurrence)]
    repeat: Option<Recurrence>,
    /// Who wants it
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Who has to do it, if not who wants it
    #[arg(long, value_name = "USER")]
    assignee: Option<String>,
    /// Higher is more
    #[arg(long, default_value_t = 0, allow_hyphen_values = true)]
    priority: i8,
    /// A time, or so many minutes before it is due
    #[arg(long, value_parser = reminder)]
    remind: Vec<Reminder>,
}

fn due(text: &str) -> Result<Due, String> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Ok(Due::On(day)),
        Err(_) => timestamp(text).map(Due::At),
    }
}

fn reminder(text: &str) -> Result<Reminder, String> {
    match text.parse() {
        Ok(minutes) => Ok(Reminder::MinutesBefore(minutes)),
        Err(_) => timestamp(text).map(Reminder::At),
    }
}

/// Lines may be set apart by spaces, which no line has.
fn recurrence(text: &str) -> Result<Recurrence, String> {
    text.replace(' ', "\n").parse().map_err(|error: onefold::crm::RecurrenceError| error.to_string())
}

fn object(text: &str) -> Result<(String, String), String> {
    let (kind, id) = text.split_once(' ').ok_or("expected KIND ID, such as `ticket t-1`")?;
    let kind = if kind == "deal" { "opportunity" } else { kind };
    Ok((kind.to_owned(), id.trim().to_owned()))
}

impl Task {
    pub(crate) fn run(self) -> Result<Outcome> {
        let zone = self.zone;
        let (house, at, printing) = self.common.open()?;
        let (id, commands) = match self.what {
            OnTask::Open { id, title, opened } => {
                let customer = opened.customer.as_deref().map(|text| one(&house, text)).transpose()?;
                let opening = TaskOpening {
                    title,
                    due: opened.due,
                    recurrence: opened.repeat,
                    owner: opened.owner,
                    assignee: opened.assignee,
                    about: opened.about,
                    priority: opened.priority,
                    reminders: opened.remind.into_iter().collect(),
                };
                let done = house.open_task(&id, customer, &opening, zone, at);
                return said(printing, done.map(|accepted| vec![accepted]));
            }
            OnTask::Today { user } => return show_today(&house, &user, at, zone, printing),
            OnTask::Show { id } => return show(&house, id.as_deref(), printing),
            OnTask::Set(set) => {
                let Set { id, title, due, repeat, priority, assignee } = *set;
                let mut commands = Vec::new();
                commands.extend(title.map(TaskCommand::Rename));
                commands.extend(due.map(|due| TaskCommand::Due(Some(due))));
                commands.extend(repeat.map(TaskCommand::Recur));
                commands.extend(priority.map(TaskCommand::Prioritise));
                commands.extend(assignee.map(|user| TaskCommand::Assign(Some(user))));
                (id, commands)
            }
            OnTask::Delegate { id, to, by } => (id, vec![TaskCommand::Delegate { by, to }]),
            OnTask::Remind { id, when } => (id, vec![TaskCommand::Remind(when)]),
            OnTask::Seen { id } => (id, vec![TaskCommand::Seen]),
            OnTask::Item { id, item, text } => (id, vec![TaskCommand::SetItem(item, text)]),
            OnTask::Check { id, item, not } => (id, vec![TaskCommand::Check(item, !not)]),
            OnTask::Need { id, other, not: false } => (id, vec![TaskCommand::Need(other)]),
            OnTask::Need { id, other, not: true } => (id, vec![TaskCommand::Unneed(other)]),
            OnTask::Complete { id, by } => (id, vec![TaskCommand::Complete { by }]),
            OnTask::Cancel { id, reason } => (id, vec![TaskCommand::Cancel { reason }]),
            OnTask::Reopen { id } => (id, vec![TaskCommand::Reopen]),
        };
        let done: Result<Vec<_>, WorkError> =
            commands.iter().map(|command| house.task(&id, command, zone, at)).collect();
        said(printing, done)
    }
}

fn show_today(house: &Onefold, user: &str, at: Timestamp, zone: Tz, printing: Printing) -> Result<Outcome> {
    let tasks = house.views()?.tasks()?;
    let doing = today(user, &tasks, at, zone);
    let text = || {
        let mut text = String::new();
        for doing in &doing {
            let because: Vec<String> = doing.because.iter().map(ToString::to_string).collect();
            let _ = write!(text, "{}  {}  {}", doing.id, doing.task.title, because.join(", "));
            for (needed, by) in &doing.waits_for {
                let _ = write!(text, "; waits for {needed} of {}", by.unwrap_or("nobody"));
            }
            text.push('\n');
        }
        text
    };
    printing.print(&doing, text)?;
    Ok(Outcome::Done)
}

fn show(house: &Onefold, id: Option<&str>, printing: Printing) -> Result<Outcome> {
    let views = house.views()?;
    let tasks: BTreeMap<String, State> = match id {
        Some(id) => views.task(id)?.map(|task| (id.to_owned(), task)).into_iter().collect(),
        None => views.tasks()?,
    };
    if let Some(id) = id.filter(|_| tasks.is_empty()) {
        printing.print(&json!({ "task": null }), || format!("there is no task `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    }
    printing.print(&tasks, || tasks.iter().map(|(id, task)| text_of(id, task)).collect())?;
    Ok(Outcome::Done)
}

fn text_of(id: &str, task: &State) -> String {
    let status = match task.status {
        TaskStatus::Open => "open",
        TaskStatus::Done => "done",
        TaskStatus::Cancelled => "cancelled",
    };
    let mut text = format!("{id}  {}  {status}", task.title);
    match task.due {
        Some(Due::On(day)) => drop(write!(text, "  due {day}")),
        Some(Due::At(at)) => drop(write!(text, "  due {}", at.format("%Y-%m-%d %H:%MZ"))),
        None => {}
    }
    if let Some(rule) = task.recurrence.as_ref().and_then(Recurrence::rule) {
        let _ = write!(text, "  {rule}");
    }
    let _ = writeln!(text, "  {}", task.assignee.as_deref().unwrap_or("nobody's"));
    for (item, part) in &task.checklist {
        let _ = writeln!(text, "  [{}] {item}: {}", if part.done_at.is_some() { "x" } else { " " }, part.text);
    }
    for needed in &task.needs {
        let _ = writeln!(text, "  needs {needed}");
    }
    text
}
