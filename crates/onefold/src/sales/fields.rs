//! Fields of an organisation's own: what is told of them is typed and checked before it is decided.

use std::collections::BTreeMap;

use onefold_connect::did_you_mean;
use onefold_crm::{Command, FieldSpecs, Opening, Opportunity, Problem, Rejection, Why};
use onefold_fact::Value;

use super::WorkError;
use crate::views::Views;

impl Views {
    /// The fields in force of a kind of object: `opportunity`, `lead`, `account`.
    #[must_use]
    pub fn fields_of(&self, kind: &str) -> Option<&FieldSpecs> {
        self.governance.settings().fields.get(kind)
    }
}

/// Values as their fields have them.
pub(super) fn typed(
    views: &Views,
    kind: &str,
    told: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, Rejection> {
    match views.fields_of(kind) {
        Some(specs) => specs.read(told.clone()),
        None => Ok(told.clone()),
    }
}

/// Changes of fields, as the fields have them. What an object cannot be without is not taken away, and neither is what it does
/// not have.
pub(super) fn typed_changes(
    views: &Views,
    kind: &str,
    told: &BTreeMap<String, Option<Value>>,
    is: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Option<Value>>, Rejection> {
    let is_missing = |(field, value): &(&String, &Option<Value>)| value.is_none() && !is.contains_key(*field);
    let missing = told.iter().filter(is_missing).map(|(field, _)| {
        let fix = did_you_mean(field, is.keys().map(String::as_str));
        Problem::of(Why::NotFound, field, format!("there is no `{field}` to clear"), fix)
    });
    Rejection::unless_none(missing.collect())?;
    let Some(specs) = views.fields_of(kind) else { return Ok(told.clone()) };
    let set = told.iter().filter_map(|(field, value)| Some((field.clone(), value.clone()?))).collect();
    let read = specs.read(set)?;
    let gone = |field: &str| told.get(field).is_some_and(Option::is_none);
    Rejection::unless_none(specs.lacking(|field| !gone(field)))?;
    let changes = told.keys().map(|field| (field.clone(), read.get(field).cloned()));
    Ok(changes.collect())
}

/// A deal's beginning with its fields typed: none is missing that it cannot be without, none is another deal's.
pub(super) fn typed_opening(views: &Views, id: &str, opening: &Opening) -> Result<Opening, WorkError> {
    let fields = typed(views, KIND, &opening.fields)?;
    if let Some(specs) = views.fields_of(KIND) {
        Rejection::unless_none(specs.lacking(|field| fields.contains_key(field)))?;
    }
    alone(views, id, &fields)?;
    Ok(Opening { fields, ..opening.clone() })
}

/// A command on a deal with its fields typed.
pub(super) fn typed_command(
    views: &Views,
    (id, deal): (&str, &Opportunity),
    command: &Command,
) -> Result<Command, WorkError> {
    let Command::Describe(fields) = command else { return Ok(command.clone()) };
    let fields = typed_changes(views, KIND, fields, &deal.fields)?;
    let set = fields.iter().filter_map(|(field, value)| Some((field.clone(), value.clone()?))).collect();
    alone(views, id, &set)?;
    Ok(Command::Describe(fields))
}

const KIND: &str = <Opportunity as onefold_crm::Aggregate>::KIND;

/// Refuses what another deal has already, where no two may have the same.
fn alone(views: &Views, id: &str, fields: &BTreeMap<String, Value>) -> Result<(), WorkError> {
    let Some(specs) = views.fields_of(KIND).filter(|specs| specs.unique().any(|field| fields.contains_key(field)))
    else {
        return Ok(());
    };
    let deals = views.deals()?;
    let others = deals.iter().filter(|(other, _)| *other != id).map(|(other, deal)| (other.as_str(), &deal.fields));
    Ok(Rejection::unless_none(specs.taken(fields, others))?)
}
