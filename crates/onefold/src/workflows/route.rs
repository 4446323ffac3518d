//! What commands of workflows do in the house.

use onefold_crm::{Aggregate, Command as DealCommand, Opportunity};
use onefold_fact::{Body, Draft, Identifier, Membership, RecordKey, Source, Timestamp, Value};
use onefold_workflow::Command;
use uuid::Uuid;

use crate::error::OnefoldError;
use crate::sales::WorkError;
use crate::views::Views;

/// Whether a command is carried out in the house, in the commit that decides it.
pub(super) fn is_inside(command: &Command) -> bool {
    matches!(command, Command::Update(_) | Command::List(_) | Command::Move(_) | Command::Assign(_))
}

/// What a command writes, or why it cannot be carried out.
pub(super) fn route(
    views: &Views,
    command: &Command,
    (source, key): &(Source, RecordKey),
    about: Option<&str>,
    step: Uuid,
    at: Timestamp,
) -> Result<Result<Vec<Draft>, String>, OnefoldError> {
    let draft = |body| {
        let draft = Draft::new(source.clone(), body).key(key.clone()).occurred_at(at);
        draft.message_id(step.to_string())
    };
    let deal = |command: DealCommand, about: &str| match views.deal_outcomes(about, &command, at) {
        Ok(drafts) => Ok(Ok(drafts)),
        Err(WorkError::House(error)) => Err(error),
        Err(other) => Ok(Err(other.to_string())),
    };
    Ok(Ok(match command {
        Command::Update(values) => vec![draft(Body::set(values.clone()))],
        Command::List(list) => {
            let group = Identifier::new("list", list.as_str());
            vec![draft(Body::Group(Membership { group, role: None, member: true }))]
        }
        Command::Move(stage) => match about {
            Some(about) => return deal(DealCommand::move_to(stage.as_str()), about),
            None => return Ok(Err("the run is about nothing that could be moved".to_owned())),
        },
        Command::Assign(user) => match about {
            Some(about) if views.object(Opportunity::KIND, about)?.is_some() => {
                return deal(DealCommand::Assign(Some(user.clone())), about);
            }
            _ => vec![draft(Body::set([("owner", Value::from(user.as_str()))]))],
        },
        _ => Vec::new(),
    }))
}
