//! [`Task`]: something that somebody has to do.

mod decide;
mod today;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::decide::{TaskCommand, TaskOpening, TaskSurroundings, decide_task};
pub use self::today::{Because, Doing, today};

use crate::object::Aggregate;
use crate::recurrence::{Recurrence, instant_of};

/// Something that somebody has to do. It is made by [`fold`](crate::fold) from the facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Task {
    /// What is to be done, in a line.
    pub title: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// When it is due. Of a recurring task: the next time.
    pub due: Option<Due>,
    /// When it is due again and again.
    pub recurrence: Option<Recurrence>,
    /// Who wanted it.
    pub owner: Option<String>,
    /// Who has to do it.
    pub assignee: Option<String>,
    /// Who gave it to whom, oldest first.
    pub delegations: Vec<Delegation>,
    /// How urgent it is: higher is more.
    pub priority: i8,
    /// What it is about: the kind and the id of an object of work.
    pub about: Option<(String, String)>,
    /// When its assignee wants to be reminded.
    pub reminders: BTreeSet<Reminder>,
    /// Until when reminders were seen.
    pub reminded_until: Option<Timestamp>,
    /// Its parts, by the id of the item.
    pub checklist: BTreeMap<String, ChecklistItem>,
    /// The tasks that have to be done before it.
    pub needs: BTreeSet<String>,
    /// When it began.
    pub opened_at: Option<Timestamp>,
    /// When it was done or given up, if it is.
    pub closed_at: Option<Timestamp>,
    /// Each time that it was done.
    pub completions: Vec<Completion>,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// It is to be done.
    #[default]
    Open,
    /// It is done.
    Done,
    /// Nobody has to do it any more.
    Cancelled,
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// On this day, wherever its user is.
    On(NaiveDate),
    /// By this instant.
    At(Timestamp),
}

impl Due {
    /// The first instant at which it is too late, for a user of a zone.
    #[must_use]
    pub fn late_at(self, zone: Tz) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::On(day) => day
                .checked_add_days(Days::new(1))
                .map_or(Timestamp::MAX_UTC, |next| instant_of(next.and_time(NaiveTime::MIN), zone)),
        }
    }

    /// The day on which it is due, for a user of a zone.
    #[must_use]
    pub fn day(self, zone: Tz) -> NaiveDate {
        match self {
            Self::At(at) => at.with_timezone(&zone).date_naive(),
            Self::On(day) => day,
        }
    }
}

/// When somebody wants to be reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// At an instant.
    At(Timestamp),
    /// So many minutes before it is due; of a day, before it begins.
    MinutesBefore(u32),
}

/// A part of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChecklistItem {
    /// What is to be done.
    pub text: String,
    /// When it was, if it was.
    pub done_at: Option<Timestamp>,
}

/// That somebody gave a task to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// When.
    pub at: Timestamp,
    /// Who gave it.
    pub from: String,
    /// Who has to do it now.
    pub to: String,
}

/// That a task was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// When it was due.
    pub due: Option<Due>,
}

/// What happens to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TaskOutcome {
    /// It begins.
    Opened {
        /// What is to be done.
        title: String,
        /// Who wants it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// Who has to do it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<String>,
        /// The kind and the id of what it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<(String, String)>,
    },
    /// What is to be done.
    Renamed {
        /// In a line.
        title: String,
    },
    /// When it is due.
    Scheduled {
        /// When.
        due: Option<Due>,
        /// And again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recurrence: Option<Recurrence>,
    },
    /// How urgent it is.
    Prioritised {
        /// Higher is more.
        priority: i8,
    },
    /// Who has to do it.
    Assigned {
        /// The user.
        assignee: Option<String>,
    },
    /// Somebody gave it to somebody.
    Delegated {
        /// Who gave it.
        from: String,
        /// Who has to do it now.
        to: String,
    },
    /// Somebody wants to be reminded.
    ReminderSet {
        /// When.
        reminder: Reminder,
    },
    /// Nobody wants to be any more.
    ReminderRemoved {
        /// When it was.
        reminder: Reminder,
    },
    /// Its reminders up to now were seen.
    Reminded,
    /// It has a part.
    ItemSet {
        /// The id of the item.
        item: String,
        /// What is to be done.
        text: String,
    },
    /// A part is done, or is not.
    ItemChecked {
        /// The id of the item.
        item: String,
        /// Whether it is.
        done: bool,
    },
    /// It has a part no more.
    ItemRemoved {
        /// The id of the item.
        item: String,
    },
    /// Another has to be done before.
    Needed {
        /// The other.
        task: String,
    },
    /// Another does not have to be done before any more.
    Unneeded {
        /// The other.
        task: String,
    },
    /// It is done; a recurring one until it is due again.
    Completed {
        /// Who did it.
        by: String,
        /// When it is due again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Due>,
        /// How many times passed by meanwhile without its being done.
        #[serde(default)]
        missed: u32,
    },
    /// Nobody has to do it any more.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// It is to be done after all.
    Reopened,
}

impl Task {
    /// Whether it began.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.opened_at.is_some()
    }

    /// Whether it is to be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_there() && self.status == TaskStatus::Open
    }

    /// The instant of a reminder, for a user of a zone. `None` if it is before something that is not due.
    #[must_use]
    pub fn reminds_at(&self, reminder: Reminder, zone: Tz) -> Option<Timestamp> {
        let minutes = match reminder {
            Reminder::At(at) => return Some(at),
            Reminder::MinutesBefore(minutes) => minutes,
        };
        let due = match self.due? {
            Due::At(at) => at,
            Due::On(day) => instant_of(day.and_time(NaiveTime::MIN), zone),
        };
        due.checked_sub_signed(TimeDelta::minutes(minutes.into()))
    }

    /// The reminders that came and were not seen yet, at a clock, earliest first.
    #[must_use]
    pub fn reminders_at(&self, clock: Timestamp, zone: Tz) -> Vec<Timestamp> {
        let instants = self.reminders.iter().filter_map(|reminder| self.reminds_at(*reminder, zone));
        let new = |at: &Timestamp| *at <= clock && self.reminded_until.is_none_or(|until| *at > until);
        let mut came: Vec<Timestamp> = instants.filter(new).collect();
        came.sort_unstable();
        came
    }

    /// When time alone changes something after a clock: a reminder comes, or it becomes late. `None` if nothing does.
    #[must_use]
    pub fn next_change_at(&self, clock: Timestamp, zone: Tz) -> Option<Timestamp> {
        let reminders = self.reminders.iter().filter_map(|reminder| self.reminds_at(*reminder, zone));
        let late = self.due.map(|due| due.late_at(zone));
        reminders.chain(late).filter(|at| self.is_open() && *at > clock).min()
    }
}

impl Aggregate for Task {
    const KIND: &'static str = "task";
    type Outcome = TaskOutcome;

    fn apply(&mut self, at: Timestamp, outcome: &TaskOutcome) {
        use TaskOutcome as It;
        match outcome {
            It::Opened { title, owner, assignee, about } => {
                self.title.clone_from(title);
                self.owner.clone_from(owner);
                self.assignee.clone_from(assignee);
                self.about.clone_from(about);
                self.opened_at = self.opened_at.or(Some(at));
            }
            It::Renamed { title } => self.title.clone_from(title),
            It::Scheduled { due, recurrence } => {
                self.due = *due;
                self.recurrence.clone_from(recurrence);
            }
            It::Prioritised { priority } => self.priority = *priority,
            It::Assigned { assignee } => self.assignee.clone_from(assignee),
            It::Delegated { from, to } => {
                self.delegations.push(Delegation { at, from: from.clone(), to: to.clone() });
                self.assignee = Some(to.clone());
            }
            It::ReminderSet { reminder } => drop(self.reminders.insert(*reminder)),
            It::ReminderRemoved { reminder } => drop(self.reminders.remove(reminder)),
            It::Reminded => self.reminded_until = self.reminded_until.max(Some(at)),
            It::ItemSet { item, text } => {
                let done_at = self.checklist.get(item).and_then(|item| item.done_at);
                self.checklist.insert(item.clone(), ChecklistItem { text: text.clone(), done_at });
            }
            It::ItemChecked { item, done } => {
                if let Some(item) = self.checklist.get_mut(item) {
                    item.done_at = done.then_some(at);
                }
            }
            It::ItemRemoved { item } => drop(self.checklist.remove(item)),
            It::Needed { task } => drop(self.needs.insert(task.clone())),
            It::Unneeded { task } => drop(self.needs.remove(task)),
            It::Completed { by, next, .. } => {
                self.completions.push(Completion { at, by: by.clone(), due: self.due });
                match next {
                    Some(next) => {
                        self.due = Some(*next);
                        self.checklist.values_mut().for_each(|item| item.done_at = None);
                    }
                    None => (self.status, self.closed_at) = (TaskStatus::Done, Some(at)),
                }
            }
            It::Cancelled { .. } => (self.status, self.closed_at) = (TaskStatus::Cancelled, Some(at)),
            It::Reopened => (self.status, self.closed_at) = (TaskStatus::Open, None),
        }
    }
}
