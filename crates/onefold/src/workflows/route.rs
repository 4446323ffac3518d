//! What commands of workflows do in the house.

use chrono::TimeDelta;
use onefold_crm::{
    Aggregate, Command as DealCommand, Due, Lead, LeadCommand, Opportunity, TaskOpening, Ticket, TicketCommand,
};
use onefold_fact::{Body, Draft, Identifier, Membership, RecordKey, Source, Timestamp, Value};
use onefold_workflow::Command;
use onefold_worktime::Tz;
use uuid::Uuid;

use crate::error::OnefoldError;
use crate::sales::WorkError;
use crate::views::Views;

/// Whether a command is carried out in the house, in the commit that decides it.
pub(super) fn is_inside(command: &Command) -> bool {
    !matches!(command, Command::Send(_) | Command::Webhook(_) | Command::Notify(_))
}

/// What a command writes, or why it cannot be carried out.
pub(super) fn route(
    views: &Views,
    command: &Command,
    under: &(Source, RecordKey),
    about: Option<&str>,
    step: Uuid,
    at: Timestamp,
) -> Result<Result<Vec<Draft>, String>, OnefoldError> {
    match written(views, command, under, about, step, at) {
        Ok(drafts) => Ok(Ok(drafts)),
        Err(WorkError::House(error)) => Err(error),
        Err(other) => Ok(Err(other.to_string())),
    }
}

fn written(
    views: &Views,
    command: &Command,
    under: &(Source, RecordKey),
    about: Option<&str>,
    step: Uuid,
    at: Timestamp,
) -> Result<Vec<Draft>, WorkError> {
    let (source, key) = under;
    let draft = |body| {
        let draft = Draft::new(source.clone(), body).key(key.clone()).occurred_at(at);
        vec![draft.message_id(step.to_string())]
    };
    // What the run is about, as far as it is an object of work.
    let mut object: Option<(&str, &str)> = None;
    for kind in [Ticket::KIND, Opportunity::KIND, Lead::KIND] {
        if let Some(id) = about.filter(|_| object.is_none())
            && views.object(kind, id)?.is_some()
        {
            object = Some((kind, id));
        }
    }
    Ok(match (command, object) {
        (Command::Update(values), _) => draft(Body::set(values.clone())),
        (Command::List(list), _) => {
            let group = Identifier::new("list", list.as_str());
            draft(Body::Group(Membership { group, role: None, member: true, only: false }))
        }
        (Command::Task(task), _) => {
            let after = |span: onefold_profile::Span| at + TimeDelta::seconds(i64::from(span.seconds()));
            let opening = TaskOpening {
                due: task.due.map(|span| Due::At(after(span))),
                owner: task.owner.clone(),
                about: object.map(|(kind, id)| (kind.to_owned(), id.to_owned())),
                ..TaskOpening::to(task.title.as_str())
            };
            views.opened_task(&step.to_string(), Some(under), &opening, Tz::UTC, at)?
        }
        (Command::Move(stage), Some((Ticket::KIND, id))) => {
            let at = views.right_after(Ticket::KIND, id, at)?;
            views.ticket_outcomes(id, &[(at, TicketCommand::Move { to: stage.clone(), reason: None })])?
        }
        (Command::Move(stage), _) => {
            let id = about.unwrap_or_default();
            let at = views.right_after(Opportunity::KIND, id, at)?;
            views.deal_outcomes(id, &[DealCommand::move_to(stage.as_str())], at)?
        }
        (Command::Assign(user), Some((Ticket::KIND, id))) => {
            let at = views.right_after(Ticket::KIND, id, at)?;
            views.ticket_outcomes(id, &[(at, TicketCommand::Assign(Some(user.clone())))])?
        }
        (Command::Assign(user), Some((Opportunity::KIND, id))) => {
            let at = views.right_after(Opportunity::KIND, id, at)?;
            views.deal_outcomes(id, &[DealCommand::Assign(Some(user.clone()))], at)?
        }
        (Command::Assign(user), Some((Lead::KIND, id))) => {
            let at = views.right_after(Lead::KIND, id, at)?;
            views.lead_outcomes(id, &LeadCommand::Assign(Some(user.clone())), at)?
        }
        (Command::Assign(user), _) => draft(Body::set([("owner", Value::from(user.as_str()))])),
        _ => Vec::new(),
    })
}
