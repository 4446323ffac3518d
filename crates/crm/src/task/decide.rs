//! Deciding what a command does to a task.

use std::collections::BTreeSet;
use std::fmt;

use chrono_tz::Tz;
use onefold_fact::Timestamp;

use super::{Due, Reminder, Task, TaskOutcome};
use crate::recurrence::Recurrence;
use crate::rejection::{Problem, Rejection, Why};

/// What somebody wants of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskCommand {
    /// It is to begin.
    Open(TaskOpening),
    /// It is about this.
    Rename(String),
    /// It is due then, once.
    Due(Option<Due>),
    /// It is due again and again.
    Recur(Recurrence),
    /// It is so urgent.
    Prioritise(i8),
    /// This user has to do it.
    Assign(Option<String>),
    /// Whoever has to do it gives it to somebody else.
    Delegate {
        /// Who gives it.
        by: String,
        /// Who has to do it then.
        to: String,
    },
    /// Somebody wants to be reminded.
    Remind(Reminder),
    /// Nobody wants to be any more.
    RemoveReminder(Reminder),
    /// Its reminders were seen.
    Seen,
    /// It has a part, instead of one with the same id.
    SetItem(String, String),
    /// A part is done, or is not.
    Check(String, bool),
    /// It has a part no more.
    RemoveItem(String),
    /// Another has to be done before.
    Need(String),
    /// Another does not have to be any more.
    Unneed(String),
    /// Somebody did it.
    Complete {
        /// Who.
        by: String,
    },
    /// Nobody has to do it.
    Cancel {
        /// Why.
        reason: String,
    },
    /// It is to be done after all.
    Reopen,
}

/// How a task begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskOpening {
    /// What is to be done, in a line.
    pub title: String,
    /// When it is due.
    pub due: Option<Due>,
    /// When it is due again and again; then `due` is its first time.
    pub recurrence: Option<Recurrence>,
    /// Who wants it.
    pub owner: Option<String>,
    /// Who has to do it; if not said, who wants it.
    pub assignee: Option<String>,
    /// What it is about: the kind and the id of an object of work.
    pub about: Option<(String, String)>,
    /// How urgent it is: higher is more.
    pub priority: i8,
    /// When its assignee wants to be reminded.
    pub reminders: BTreeSet<Reminder>,
}

impl TaskOpening {
    /// One of which nothing is known but what is to be done.
    #[must_use]
    pub fn to(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }
}

/// What a decision about a task looks at beside the task.
#[derive(Clone, Copy)]
pub struct TaskSurroundings<'a> {
    /// The task's own id, which nothing that it needs may lead back to.
    pub id: &'a str,
    /// The zone of whoever has to do it.
    pub zone: Tz,
    /// Other tasks, by id.
    pub others: &'a dyn Fn(&str) -> Option<Task>,
}

impl fmt::Debug for TaskSurroundings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskSurroundings").field("id", &self.id).field("zone", &self.zone).finish_non_exhaustive()
    }
}

/// What a command does to a task, in order.
///
/// # Errors
/// Why it does nothing: every reason, with the field and what to do.
pub fn decide_task(
    task: &Task,
    command: &TaskCommand,
    around: &TaskSurroundings<'_>,
    at: Timestamp,
) -> Result<Vec<TaskOutcome>, Rejection> {
    use TaskCommand as Do;
    if let Do::Open(opening) = command {
        return open(task, opening, around);
    }
    if !task.is_there() {
        return Err(Problem::of(Why::NotFound, "id", "there is no such task", "open it first").into());
    }
    match (task.is_open(), command) {
        (true, Do::Reopen) => {
            return Err(Problem::of(Why::Exists, "status", "the task is open", "there is nothing to do").into());
        }
        (true, _) | (false, Do::Reopen | Do::Rename(_)) => {}
        (false, _) => {
            let message = "the task is done or given up";
            return Err(Problem::of(Why::Closed, "status", message, "open it again first").into());
        }
    }
    let has_item = |item: &str| {
        let there = task.checklist.contains_key(item);
        let message = format!("the checklist has no item `{item}`");
        let no = || Rejection::from(Problem::of(Why::NotFound, "item", message, "name one that it has"));
        if there { Ok(()) } else { Err(no()) }
    };
    Ok(vec![match command {
        Do::Open(_) => return Ok(Vec::new()),
        Do::Rename(title) => {
            said("title", title, "say what is to be done")?;
            TaskOutcome::Renamed { title: title.clone() }
        }
        Do::Due(due) => TaskOutcome::Scheduled { due: *due, recurrence: None },
        Do::Recur(recurrence) => {
            let due = Some(first(recurrence, around.zone)?);
            TaskOutcome::Scheduled { due, recurrence: Some(recurrence.clone()) }
        }
        Do::Prioritise(priority) => TaskOutcome::Prioritised { priority: *priority },
        Do::Assign(assignee) => TaskOutcome::Assigned { assignee: assignee.clone() },
        Do::Delegate { by, to } => {
            check_delegation(task, by, to)?;
            TaskOutcome::Delegated { from: by.clone(), to: to.clone() }
        }
        Do::Remind(reminder) => {
            if matches!(reminder, Reminder::MinutesBefore(_)) && task.due.is_none() {
                let message = "a reminder before it is due asks for when it is due";
                return Err(Problem::of(Why::Missing, "due", message, "set `due`, or an instant").into());
            }
            TaskOutcome::ReminderSet { reminder: *reminder }
        }
        Do::RemoveReminder(reminder) if !task.reminders.contains(reminder) => {
            let message = "the task has no such reminder";
            return Err(Problem::of(Why::NotFound, "reminders", message, "name one that it has").into());
        }
        Do::RemoveReminder(reminder) => TaskOutcome::ReminderRemoved { reminder: *reminder },
        Do::Seen => TaskOutcome::Reminded,
        Do::SetItem(item, text) => {
            said("item", item, "give it an id of its own")?;
            said("text", text, "say what is to be done")?;
            TaskOutcome::ItemSet { item: item.clone(), text: text.clone() }
        }
        Do::Check(item, done) => {
            has_item(item)?;
            TaskOutcome::ItemChecked { item: item.clone(), done: *done }
        }
        Do::RemoveItem(item) => {
            has_item(item)?;
            TaskOutcome::ItemRemoved { item: item.clone() }
        }
        Do::Need(other) => {
            check_needed(other, around)?;
            TaskOutcome::Needed { task: other.clone() }
        }
        Do::Unneed(other) if !task.needs.contains(other) => {
            let message = format!("the task does not need `{other}`");
            return Err(Problem::of(Why::NotFound, "needs", message, "name one that it needs").into());
        }
        Do::Unneed(other) => TaskOutcome::Unneeded { task: other.clone() },
        Do::Complete { by } => complete(task, by, around, at)?,
        Do::Cancel { reason } => {
            said("reason", reason, "say why nobody has to do it")?;
            TaskOutcome::Cancelled { reason: reason.clone() }
        }
        Do::Reopen => TaskOutcome::Reopened,
    }])
}

fn said(field: &str, text: &str, fix: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Problem::of(Why::Missing, field, format!("`{field}` is missing"), fix).into());
    }
    Ok(())
}

fn open(task: &Task, opening: &TaskOpening, around: &TaskSurroundings<'_>) -> Result<Vec<TaskOutcome>, Rejection> {
    if task.is_there() {
        return Err(Problem::of(Why::Exists, "id", "the task is there already", "open it under another id").into());
    }
    let mut problems = Vec::new();
    if let Err(rejection) = said("title", &opening.title, "say what is to be done") {
        problems.extend(rejection.problems().iter().cloned());
    }
    let mut due = opening.due;
    match opening.recurrence.as_ref().map(|recurrence| first(recurrence, around.zone)) {
        Some(Ok(first)) => due = due.or(Some(first)),
        Some(Err(rejection)) => problems.extend(rejection.problems().iter().cloned()),
        None => {}
    }
    if due.is_none() && opening.reminders.iter().any(|reminder| matches!(reminder, Reminder::MinutesBefore(_))) {
        let message = "a reminder before it is due asks for when it is due";
        problems.push(Problem::of(Why::Missing, "due", message, "set `due`, or an instant"));
    }
    Rejection::unless_none(problems)?;
    let mut outcomes = vec![TaskOutcome::Opened {
        title: opening.title.clone(),
        owner: opening.owner.clone(),
        assignee: opening.assignee.clone().or_else(|| opening.owner.clone()),
        about: opening.about.clone(),
    }];
    if due.is_some() {
        outcomes.push(TaskOutcome::Scheduled { due, recurrence: opening.recurrence.clone() });
    }
    if opening.priority != 0 {
        outcomes.push(TaskOutcome::Prioritised { priority: opening.priority });
    }
    outcomes.extend(opening.reminders.iter().map(|reminder| TaskOutcome::ReminderSet { reminder: *reminder }));
    Ok(outcomes)
}

/// When a recurring task is first due.
fn first(recurrence: &Recurrence, zone: Tz) -> Result<Due, Rejection> {
    let never = || {
        let message = format!("`{recurrence}` never happens");
        Problem::of(Why::Invalid, "recurrence", message, "let its parts meet: no February has a 31st day").into()
    };
    if recurrence.is_date() {
        return recurrence.occurrences(Some(zone)).next().map(|time| Due::On(time.date())).ok_or_else(never);
    }
    recurrence.instants(zone).next().map(Due::At).ok_or_else(never)
}

/// When a recurring task is due after it was done, and how many times passed by: those that are over are not made up for.
fn next(recurrence: &Recurrence, due: Option<Due>, zone: Tz, at: Timestamp) -> (Option<Due>, u32) {
    let zone = recurrence.zone().unwrap_or(zone);
    let mut missed = 0;
    if recurrence.is_date() {
        let today = at.with_timezone(&zone).date_naive();
        let after = due.map(|due| due.day(zone));
        let mut days = recurrence.occurrences(Some(zone)).map(|time| time.date());
        let next = days.find(|day| {
            let is_later = after.is_none_or(|after| *day > after);
            // What is due today can still be done today.
            missed += u32::from(is_later && *day < today);
            is_later && *day >= today
        });
        return (next.map(Due::On), missed);
    }
    let after = due.map_or(at, |due| match due {
        Due::At(due) => due,
        Due::On(_) => due.late_at(zone),
    });
    let mut later = after;
    while let Some(next) = recurrence.next_after(later, zone) {
        if next > at {
            return (Some(Due::At(next)), missed);
        }
        // So many that nobody counts them one by one.
        if missed == MOST_COUNTED {
            return (recurrence.next_after(at, zone).map(Due::At), missed);
        }
        missed += 1;
        later = next;
    }
    (None, missed)
}

/// Up to so many missed times are counted.
const MOST_COUNTED: u32 = 100;

fn check_delegation(task: &Task, by: &str, to: &str) -> Result<(), Rejection> {
    said("to", to, "say who has to do it")?;
    if task.assignee.as_deref() == Some(to) {
        let message = format!("`{to}` has to do it already");
        return Err(Problem::of(Why::Exists, "to", message, "name somebody else").into());
    }
    let may = [&task.assignee, &task.owner];
    if !may.iter().any(|user| user.as_deref() == Some(by)) {
        let message = format!("`{by}` neither wanted the task nor has to do it");
        return Err(Problem::of(Why::NotAllowed, "by", message, "ask whoever has it, or assign it").into());
    }
    Ok(())
}

fn check_needed(other: &str, around: &TaskSurroundings<'_>) -> Result<(), Rejection> {
    if other == around.id {
        let message = format!("`{other}` is the task itself");
        return Err(Problem::of(Why::Invalid, "needs", message, "name another").into());
    }
    if (around.others)(other).is_none_or(|task| !task.is_there()) {
        let message = format!("there is no task `{other}`");
        return Err(Problem::of(Why::NotFound, "needs", message, "name one that is there").into());
    }
    // Depth first, with the way that led there.
    let mut ways = vec![vec![other.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let Some(last) = way.last().filter(|last| seen.insert((*last).clone())) else { continue };
        if last == around.id {
            let way: Vec<String> = way.iter().map(|task| format!("`{task}`")).collect();
            let message = format!("`{}` would wait for itself: it needs {}", around.id, way.join(", which needs "));
            return Err(Problem::of(Why::Invalid, "needs", message, "take one of these away first").into());
        }
        for next in (around.others)(last).map(|task| task.needs).unwrap_or_default() {
            ways.push(way.iter().cloned().chain([next]).collect());
        }
    }
    Ok(())
}

fn complete(task: &Task, by: &str, around: &TaskSurroundings<'_>, at: Timestamp) -> Result<TaskOutcome, Rejection> {
    said("by", by, "say who did it")?;
    let mut problems = Vec::new();
    for other in &task.needs {
        if let Some(needed) = (around.others)(other).filter(Task::is_open) {
            let message = format!("it needs `{other}` ({}), which is not done", needed.title);
            problems.push(Problem::of(Why::NotAllowed, "needs", message, format!("complete `{other}` first")));
        }
    }
    for (item, part) in task.checklist.iter().filter(|(_, part)| part.done_at.is_none()) {
        let message = format!("item `{item}` ({}) is not done", part.text);
        problems.push(Problem::of(Why::NotAllowed, "checklist", message, "check it off, or remove it"));
    }
    Rejection::unless_none(problems)?;
    let (next, missed) = match &task.recurrence {
        Some(recurrence) => next(recurrence, task.due, around.zone, at),
        None => (None, 0),
    };
    Ok(TaskOutcome::Completed { by: by.to_owned(), next, missed })
}
