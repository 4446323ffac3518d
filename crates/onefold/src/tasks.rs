//! Tasks behind the house.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono_tz::Tz;
use onefold_crm::{
    Aggregate, Lead, Opportunity, Task, TaskCommand, TaskOpening, TaskOutcome, TaskSurroundings, Ticket, decide_task,
    to_event,
};
use onefold_fact::{Body, Draft, RecordId, RecordKey, Source, Timestamp};

use crate::error::OnefoldError;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::sales::{WorkError, none, state};
use crate::views::Views;

/// The source under which tasks are kept that are about nobody.
const TASKS: &str = "tasks";

impl Views {
    /// A task. `None` if there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn task(&self, id: &str) -> Result<Option<Task>, OnefoldError> {
        Ok(self.object(Task::KIND, id)?.map(|history| state(&history)))
    }

    /// All tasks, by id: what [`today`](onefold_crm::today) is asked of.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn tasks(&self) -> Result<BTreeMap<String, Task>, OnefoldError> {
        self.all::<Task>()
    }

    fn decide_task(
        &self,
        id: &str,
        task: &Task,
        command: &TaskCommand,
        zone: Tz,
        at: Timestamp,
    ) -> Result<Vec<TaskOutcome>, WorkError> {
        let failed = RefCell::new(None);
        let others = |id: &str| {
            self.task(id).unwrap_or_else(|error| {
                failed.replace(Some(error));
                None
            })
        };
        let outcomes = decide_task(task, command, &TaskSurroundings { id, zone, others: &others }, at);
        match failed.into_inner() {
            Some(error) => Err(error.into()),
            None => Ok(outcomes?),
        }
    }

    /// What opening a task writes.
    pub(crate) fn opened_task(
        &self,
        id: &str,
        under: Option<&(Source, RecordKey)>,
        opening: &TaskOpening,
        zone: Tz,
        at: Timestamp,
    ) -> Result<Vec<Draft>, WorkError> {
        let task = self.task(id)?.unwrap_or_default();
        let outcomes = self.decide_task(id, &task, &TaskCommand::Open(opening.clone()), zone, at)?;
        Ok(written(id, under, &outcomes, at)?)
    }

    /// Under whom a task is kept that is about an object of work: whom that is about.
    fn about(&self, about: Option<&(String, String)>) -> Result<Option<(Source, RecordKey)>, WorkError> {
        let Some((kind, id)) = about else { return Ok(None) };
        let known = [Lead::KIND, Opportunity::KIND, Ticket::KIND, Task::KIND];
        let Some(history) = self.object(kind, id)?.filter(|_| known.contains(&kind.as_str())) else {
            return Err(none(kind, id));
        };
        Ok(whose(&history.standing()))
    }
}

fn whose(standing: &[onefold_fact::Standing<'_>]) -> Option<(Source, RecordKey)> {
    standing.iter().find_map(|it| Some((it.fact().source().clone(), it.fact().key()?.clone())))
}

impl Onefold {
    /// Opens a task: about a customer, about the object of work that it names, or about neither. `zone` is that of whoever has
    /// to do it.
    ///
    /// What happens is on the timeline of the customer, if it is about one (`task opened`), and it is a batch of its own,
    /// `task ID TIME`: taking that back undoes it.
    ///
    /// ```
    /// use chrono_tz::Europe::Berlin;
    /// use onefold::crm::{Because, Due, TaskOpening, today};
    /// use onefold::{Onefold, Options};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let due = Some(Due::On("2026-03-02".parse()?));
    /// let opening = TaskOpening { due, owner: Some("ana".into()), ..TaskOpening::to("call them back") };
    /// house.open_task("1", None, &opening, Berlin, at)?;
    ///
    /// let tasks = house.views()?.tasks()?;
    /// let doing = today("ana", &tasks, at, Berlin);
    /// assert!(matches!(doing[0].because[..], [Because::DueToday(_)]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn open_task(
        &self,
        id: &str,
        customer: Option<RecordId>,
        opening: &TaskOpening,
        zone: Tz,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        self.work((Task::KIND, id), at, |views, at| {
            let under = match customer {
                Some(customer) => Some(views.kept_under(customer)?),
                None => views.about(opening.about.as_ref())?,
            };
            views.opened_task(id, under.as_ref(), opening, zone, at)
        })
    }

    /// Carries a command on a task out. `zone` is that of whoever has to do it.
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn task(&self, id: &str, command: &TaskCommand, zone: Tz, at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Task::KIND, id), at, |views, at| {
            let Some(history) = views.object(Task::KIND, id)? else { return Err(none("task", id)) };
            let outcomes = views.decide_task(id, &state(&history), command, zone, at)?;
            Ok(written(id, whose(&history.standing()).as_ref(), &outcomes, at)?)
        })
    }
}

/// What is to be written of a task, of a customer or of nobody.
fn written(
    id: &str,
    under: Option<&(Source, RecordKey)>,
    outcomes: &[TaskOutcome],
    at: Timestamp,
) -> Result<Vec<Draft>, serde_json::Error> {
    let draft = |outcome| {
        let body = Body::Object(to_event::<Task>(id, outcome)?);
        Ok(match under {
            Some((source, key)) => Draft::new(source.clone(), body).key(key.clone()),
            None => Draft::new(TASKS, body),
        }
        .occurred_at(at))
    };
    outcomes.iter().map(draft).collect()
}
