//! Tickets that are one, and one that is two.
//!
//! Nothing is copied or deleted. That a ticket is a part of another is said by one fact of each, written in one batch with
//! what the other takes from it; taking that batch back undoes all of it. What came between stays, with the ticket of which
//! its fact is: a message to the part goes with the part again.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::Timestamp;

use super::decide::{TicketCommand, TicketOpening, TicketSurroundings, check_relation, decide_ticket};
use super::{Message, Relation, Ticket, TicketOutcome};
use crate::rejection::{Problem, Rejection, Why};

/// Which of two values is kept when tickets are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keep {
    /// That of the ticket that stays.
    Own,
    /// That of the ticket that becomes a part of it.
    Other,
}

/// What a merge does.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketMerge {
    /// To the ticket that becomes a part.
    pub part: Vec<TicketOutcome>,
    /// To the ticket that it becomes a part of.
    pub whole: Vec<TicketOutcome>,
}

/// What a split does.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketSplit {
    /// To the ticket that something is taken from.
    pub from: Vec<TicketOutcome>,
    /// To the new ticket.
    pub new: Vec<TicketOutcome>,
}

/// The ticket that stands for one: the one that it is a part of, and so on. `merged_into` says of which each is a part.
/// Facts that are taken back may leave a circle; then the smallest id of it stands for all.
#[must_use]
pub fn canonical(id: &str, merged_into: impl Fn(&str) -> Option<String>) -> String {
    let mut path = vec![id.to_owned()];
    while let Some(next) = path.last().and_then(|last| merged_into(last)) {
        if let Some(place) = path.iter().position(|before| *before == next) {
            return path.drain(place..).min().unwrap_or(next);
        }
        path.push(next);
    }
    path.pop().unwrap_or_default()
}

/// What making a ticket a part of another does. Of each field the ticket that stays keeps its own value and takes the
/// other's where it has none; of two priorities the higher one; tags and relations of both. `choices` says otherwise, by
/// field.
///
/// # Errors
/// When one is not there, both are the same, or one is a part of the other or of a third already.
pub fn decide_merge(
    (part_id, part): (&str, &Ticket),
    (whole_id, whole): (&str, &Ticket),
    choices: &BTreeMap<String, Keep>,
    around: &TicketSurroundings<'_>,
) -> Result<TicketMerge, Rejection> {
    let flow = around.flow;
    let mut problems = Vec::new();
    for (field, id, ticket) in [("id", part_id, part), ("into", whole_id, whole)] {
        if !ticket.is_there() {
            let message = format!("there is no ticket `{id}`");
            problems.push(Problem::of(Why::NotFound, field, message, "name one that is there"));
        }
    }
    if part_id == whole_id {
        let message = format!("`{part_id}` cannot be merged with itself");
        problems.push(Problem::of(Why::Invalid, "into", message, "name another ticket"));
    } else if let Some((into, _)) = &whole.merged_into {
        let circle = into == part_id;
        let why = if circle { Why::Invalid } else { Why::Closed };
        let message = if circle {
            format!("`{whole_id}` is a part of `{part_id}` already: merging the other way would go in a circle")
        } else {
            format!("`{whole_id}` is a part of `{into}`")
        };
        problems.push(Problem::of(why, "into", message, format!("merge with `{into}`, or take that merge back")));
    }
    if let Some((into, _)) = part.merged_into.as_ref().filter(|_| part_id != whole_id) {
        let message = format!("`{part_id}` is a part of `{into}` already");
        problems.push(Problem::of(Why::Exists, "id", message, "take that merge back first"));
    }
    let fields = fields_of(part).keys().chain(fields_of(whole).keys()).cloned().collect::<BTreeSet<String>>();
    for field in choices.keys().filter(|field| !fields.contains(*field)) {
        let message = format!("neither ticket has `{field}`");
        let names: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        problems.push(Problem::of(Why::NotFound, field, message, format!("choose among {}", names.join(", "))));
    }
    Rejection::unless_none(problems)?;
    let mut outcomes = vec![TicketOutcome::Absorbed { ticket: part_id.to_owned() }];
    let own = fields_of(whole);
    let mut others = BTreeMap::new();
    for (field, (value, outcome)) in fields_of(part) {
        let higher = || flow.rank(&part.priority) > flow.rank(&whole.priority);
        let takes = match choices.get(&field) {
            Some(keep) => *keep == Keep::Other,
            None if field == "priority" => higher(),
            None => !own.contains_key(&field),
        };
        let differs = own.get(&field).is_none_or(|(before, _)| *before != value);
        if takes && differs {
            match outcome {
                Some(outcome) => outcomes.push(outcome),
                None => drop(others.insert(field, Some(value))),
            }
        }
    }
    if !others.is_empty() {
        outcomes.push(TicketOutcome::Described { fields: others });
    }
    let tags: BTreeSet<String> = part.tags.difference(&whole.tags).cloned().collect();
    if !tags.is_empty() {
        outcomes.push(TicketOutcome::Tagged { tags });
    }
    for (relation, ticket) in &part.relations {
        let second_parent = *relation == Relation::Parent && whole.parent().is_some();
        // A parent that stands below the other is none of its.
        let circular = *relation == Relation::Parent && check_relation(*relation, ticket, around).is_err();
        if ticket != whole_id && !second_parent && !circular && !whole.relations.contains(&(*relation, ticket.clone()))
        {
            outcomes.push(TicketOutcome::Related { relation: *relation, ticket: ticket.clone() });
        }
    }
    Ok(TicketMerge { part: vec![TicketOutcome::MergedInto { ticket: whole_id.to_owned() }], whole: outcomes })
}

/// The fields of a ticket that have values, each with what would set it; those without are other fields.
fn fields_of(ticket: &Ticket) -> BTreeMap<String, (serde_json::Value, Option<TicketOutcome>)> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let own = [
        ("subject", Some(ticket.subject.clone()), TicketOutcome::Renamed { subject: ticket.subject.clone() }),
        ("priority", Some(ticket.priority.clone()), TicketOutcome::Prioritised { priority: ticket.priority.clone() }),
        ("queue", text(&ticket.queue), TicketOutcome::Queued { queue: ticket.queue.clone() }),
        ("team", text(&ticket.team), TicketOutcome::Given { team: ticket.team.clone() }),
        ("assignee", text(&ticket.assignee), TicketOutcome::Assigned { assignee: ticket.assignee.clone() }),
        ("requester", text(&ticket.requester), TicketOutcome::Requested { requester: ticket.requester.clone() }),
        ("due_at", ticket.due_at.map(|due| due.to_rfc3339()), TicketOutcome::Expected { due_at: ticket.due_at }),
    ];
    let json = |value: &onefold_fact::Value| serde_json::to_value(value.plain()).unwrap_or_default();
    let others = ticket.fields.iter().map(|(field, value)| (field.clone(), (json(value), None)));
    let own = own.into_iter().filter_map(|(field, value, outcome)| {
        Some((field.to_owned(), (serde_json::Value::from(value?), Some(outcome))))
    });
    own.chain(others).collect()
}

/// What making a new ticket of some messages of another does. The new one has the same customer, requester, queue, team and
/// priority, unless it opens otherwise.
///
/// # Errors
/// When the ticket has none of these messages, or the new one may not be opened.
pub fn decide_split(
    (id, ticket): (&str, &Ticket),
    new_before: &Ticket,
    interactions: &BTreeSet<String>,
    opening: &TicketOpening,
    around_new: &TicketSurroundings<'_>,
    at: Timestamp,
) -> Result<TicketSplit, Rejection> {
    let mut problems = Vec::new();
    let has = |interaction: &str| ticket.conversation.iter().any(|message| message.interaction == interaction);
    if id == around_new.id {
        let message = format!("`{id}` cannot be split into itself");
        problems.push(Problem::of(Why::Invalid, "into", message, "name a new ticket"));
    }
    if !ticket.is_there() {
        let message = format!("there is no ticket `{id}`");
        problems.push(Problem::of(Why::NotFound, "id", message, "name one that is there"));
    } else if let Some((into, _)) = &ticket.merged_into {
        let message = format!("`{id}` is a part of `{into}`");
        problems.push(Problem::of(Why::Closed, "id", message, "take that merge back first"));
    }
    for interaction in interactions.iter().filter(|interaction| !has(interaction)) {
        let message = format!("the ticket has no message `{interaction}`");
        problems.push(Problem::of(Why::NotFound, "interactions", message, "name one of its conversation"));
    }
    if interactions.is_empty() {
        let message = "no message is named";
        problems.push(Problem::of(Why::Missing, "interactions", message, "name those that are another matter"));
    }
    Rejection::unless_none(problems)?;
    let opening = TicketOpening {
        priority: opening.priority.clone().or_else(|| Some(ticket.priority.clone())),
        queue: opening.queue.clone().or_else(|| ticket.queue.clone()),
        team: opening.team.clone().or_else(|| ticket.team.clone()),
        requester: opening.requester.clone().or_else(|| ticket.requester.clone()),
        ..opening.clone()
    };
    let mut new = decide_ticket(new_before, &TicketCommand::open(opening), around_new, at)?;
    let moved = ticket.conversation.iter().filter(|message| interactions.contains(&message.interaction));
    let messages: Vec<Message> = moved.cloned().collect();
    new.push(TicketOutcome::SplitFrom { ticket: id.to_owned(), messages });
    let from = TicketOutcome::SplitOff { into: around_new.id.to_owned(), interactions: interactions.clone() };
    Ok(TicketSplit { from: vec![from], new })
}
