//! Deciding what a command does to a ticket.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::TimeDelta;
use onefold_fact::Timestamp;
use onefold_profile::Timeline;
use onefold_segment::Definition;
use serde::{Deserialize, Serialize};

use super::flow::{Flow, Status, StatusKind};
use super::{Relation, Ticket, TicketOutcome};
use crate::object::Aggregate;
use crate::rejection::{Problem, Rejection, Why};

/// What somebody wants of a ticket. It has a JSON form, of which macros are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketCommand {
    /// It is to begin.
    Open(Box<TicketOpening>),
    /// The customer said something. A ticket that waited for it, or is done, is opened again.
    CustomerMessage(Words),
    /// Somebody answers.
    Reply(Words),
    /// Somebody notes something for the desk.
    Note(Words),
    /// It is to go to another status.
    Move {
        /// To which.
        to: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It is so urgent.
    Prioritise(String),
    /// It is about this.
    Rename(String),
    /// It waits there.
    Queue(Option<String>),
    /// It is for this team.
    Give(Option<String>),
    /// It is this user's.
    Assign(Option<String>),
    /// This is who asks.
    Request(Option<String>),
    /// Something has to be done by then.
    Expect(Option<Timestamp>),
    /// It has these tags on top.
    Tag(BTreeSet<String>),
    /// It has these tags no more.
    Untag(BTreeSet<String>),
    /// It has to do with another.
    Relate(Relation, String),
    /// It has nothing to do with another.
    Unrelate(Relation, String),
    /// Other fields; an empty value takes one away.
    Describe(BTreeMap<String, Option<serde_json::Value>>),
    /// What the customer thinks of it.
    Rate {
        /// From 1 to 5, which is best.
        score: u8,
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
}

/// Who said something, and which interaction has the words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Who.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The interaction, once in a ticket.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub interaction: String,
}

impl Words {
    /// By somebody, in an interaction.
    #[must_use]
    pub fn new(by: impl Into<String>, interaction: impl Into<String>) -> Self {
        Self { by: by.into(), interaction: interaction.into() }
    }
}

/// How a ticket begins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TicketOpening {
    /// What it is about, in a line.
    pub subject: String,
    /// At which status; if not said, at the first where one may begin.
    pub status: Option<String>,
    /// How urgent it is; if not said, as its flow says.
    pub priority: Option<String>,
    /// Where it waits.
    pub queue: Option<String>,
    /// Which team it is for.
    pub team: Option<String>,
    /// Whose it is.
    pub assignee: Option<String>,
    /// Who asks.
    pub requester: Option<String>,
    /// What the customer said with it.
    pub message: Option<Words>,
    /// Tags.
    pub tags: BTreeSet<String>,
    /// The ticket that was done, and that this goes on with.
    pub follows: Option<String>,
    /// Other fields.
    pub fields: BTreeMap<String, serde_json::Value>,
}

impl TicketOpening {
    /// One of which nothing is known but what it is about.
    #[must_use]
    pub fn about(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..Self::default() }
    }
}

impl TicketCommand {
    /// To begin.
    #[must_use]
    pub fn open(opening: TicketOpening) -> Self {
        Self::Open(Box::new(opening))
    }

    /// To go to another status.
    #[must_use]
    pub fn move_to(status: impl Into<String>) -> Self {
        Self::Move { to: status.into(), reason: None }
    }

    /// To be this user's.
    #[must_use]
    pub fn assign(user: impl Into<String>) -> Self {
        Self::Assign(Some(user.into()))
    }

    /// What is said, if it says something.
    #[must_use]
    pub fn words(&self) -> Option<&Words> {
        match self {
            Self::CustomerMessage(words) | Self::Reply(words) | Self::Note(words) => Some(words),
            _ => None,
        }
    }

    pub(super) fn words_mut(&mut self) -> Option<&mut Words> {
        match self {
            Self::CustomerMessage(words) | Self::Reply(words) | Self::Note(words) => Some(words),
            _ => None,
        }
    }
}

/// What a decision about a ticket looks at beside the ticket.
#[derive(Clone, Copy)]
pub struct TicketSurroundings<'a> {
    /// The ticket's own id, which none of its relations may lead back to.
    pub id: &'a str,
    /// The name of its flow.
    pub name: &'a str,
    /// Its flow.
    pub flow: &'a Flow,
    /// What the customer whom it is about did, which gates may ask for.
    pub timeline: Option<&'a Timeline>,
    /// Other tickets, by id.
    pub others: &'a dyn Fn(&str) -> Option<Ticket>,
}

impl fmt::Debug for TicketSurroundings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketSurroundings").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'a> TicketSurroundings<'a> {
    /// A flow without a name, and nothing known of the customer and of other tickets.
    #[must_use]
    pub fn of(id: &'a str, flow: &'a Flow) -> Self {
        Self { id, name: "", flow, timeline: None, others: &|_| None }
    }
}

/// What a command does to a ticket, in order.
///
/// # Errors
/// Why it does nothing: every reason, with the field and what to do.
pub fn decide_ticket(
    ticket: &Ticket,
    command: &TicketCommand,
    around: &TicketSurroundings<'_>,
    at: Timestamp,
) -> Result<Vec<TicketOutcome>, Rejection> {
    use TicketCommand as Do;
    if let Do::Open(opening) = command {
        return open(ticket, opening, around, at);
    }
    if !ticket.is_there() {
        return Err(Problem::of(Why::NotFound, "id", "there is no such ticket", "open it first").into());
    }
    if let Some((into, _)) = &ticket.merged_into {
        let message = format!("the ticket is a part of `{into}`");
        return Err(Problem::of(Why::Closed, "id", message, format!("work on `{into}`, or take the merge back")).into());
    }
    let stays_closed = matches!(
        command,
        Do::CustomerMessage(_)
            | Do::Note(_)
            | Do::Move { .. }
            | Do::Tag(_)
            | Do::Untag(_)
            | Do::Relate(..)
            | Do::Unrelate(..)
            | Do::Rate { .. }
    );
    if ticket.is == StatusKind::Closed && !stays_closed {
        let message = format!("the ticket is closed at `{}`", ticket.status);
        let fix = "open it again first, or open another that follows it";
        return Err(Problem::of(Why::Closed, "status", message, fix).into());
    }
    if let Some(words) = command.words() {
        check_words(ticket, words)?;
    }
    Ok(vec![match command {
        Do::Open(_) => return Ok(Vec::new()),
        Do::CustomerMessage(words) => return hear(ticket, words, around.flow, at),
        Do::Reply(words) => TicketOutcome::PublicReply(words.clone()),
        Do::Note(words) => TicketOutcome::InternalNote(words.clone()),
        Do::Move { to, reason } => move_to(ticket, to, reason.as_ref(), around, at)?,
        Do::Prioritise(priority) => {
            known("priority", priority, around.flow.priorities.iter())?;
            TicketOutcome::Prioritised { priority: priority.clone() }
        }
        Do::Rename(subject) if subject.trim().is_empty() => return Err(no_subject().into()),
        Do::Rename(subject) => TicketOutcome::Renamed { subject: subject.clone() },
        Do::Queue(queue) => {
            queue.iter().try_for_each(|queue| known("queue", queue, around.flow.queues.iter()))?;
            TicketOutcome::Queued { queue: queue.clone() }
        }
        Do::Give(team) => TicketOutcome::Given { team: team.clone() },
        Do::Assign(assignee) => TicketOutcome::Assigned { assignee: assignee.clone() },
        Do::Request(requester) => TicketOutcome::Requested { requester: requester.clone() },
        Do::Expect(due_at) => TicketOutcome::Expected { due_at: *due_at },
        Do::Tag(tags) => TicketOutcome::Tagged { tags: tags.clone() },
        Do::Untag(tags) => TicketOutcome::Untagged { tags: tags.clone() },
        Do::Relate(relation, other) => {
            check_relation(*relation, other, around)?;
            TicketOutcome::Related { relation: *relation, ticket: other.clone() }
        }
        Do::Unrelate(relation, other) if !ticket.relations.contains(&(*relation, other.clone())) => {
            let message = format!("the ticket has nothing to do with `{other}` in that way");
            return Err(Problem::of(Why::NotFound, "relations", message, "name one that it has").into());
        }
        Do::Unrelate(relation, other) => TicketOutcome::Unrelated { relation: *relation, ticket: other.clone() },
        Do::Describe(fields) => described(fields)?,
        Do::Rate { score, .. } if !(1..=5).contains(score) => {
            let message = format!("the score {score} is not between 1 and 5");
            return Err(Problem::of(Why::Invalid, "score", message, "5 is best").into());
        }
        Do::Rate { .. } if !ticket.is.is_done() => {
            let message = format!("the ticket is not solved, it is `{}`", ticket.status);
            return Err(Problem::of(Why::NotAllowed, "status", message, "ask once it is solved").into());
        }
        Do::Rate { score, comment } => TicketOutcome::Rated { score: *score, comment: comment.clone() },
    }])
}

/// Whether a name is one of those that the flow has; any is, if it has none.
fn known<'a>(field: &str, name: &str, names: impl Iterator<Item = &'a String>) -> Result<(), Rejection> {
    let names: Vec<&String> = names.collect();
    if names.is_empty() || names.iter().any(|it| *it == name) {
        return Ok(());
    }
    let names: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
    let message = format!("there is no {field} `{name}`");
    Err(Problem::of(Why::NotFound, field, message, format!("take one of {}", names.join(", "))).into())
}

fn no_subject() -> Problem {
    Problem::of(Why::Missing, "subject", "`subject` is missing", "say what it is about")
}

fn check_words(ticket: &Ticket, words: &Words) -> Result<(), Rejection> {
    let mut problems = Vec::new();
    for (field, value, fix) in [
        ("by", &words.by, "say who said it"),
        ("interaction", &words.interaction, "name the interaction that has the words"),
    ] {
        if value.trim().is_empty() {
            problems.push(Problem::of(Why::Missing, field, format!("`{field}` is missing"), fix));
        }
    }
    if ticket.conversation.iter().any(|message| message.interaction == words.interaction) {
        let message = format!("`{}` was said already", words.interaction);
        problems.push(Problem::of(Why::Exists, "interaction", message, "give each message an interaction of its own"));
    }
    Rejection::unless_none(problems)
}

/// The customer said something: whatever the ticket waited for, it is the desk's turn.
fn hear(ticket: &Ticket, words: &Words, flow: &Flow, at: Timestamp) -> Result<Vec<TicketOutcome>, Rejection> {
    let mut outcomes = vec![TicketOutcome::CustomerMessage(words.clone())];
    let Some(status) = flow.reopened().filter(|_| ticket.is != StatusKind::Open) else { return Ok(outcomes) };
    let (from, to, is) = (ticket.status.clone(), status.name.clone(), status.is);
    let Some(done_at) = ticket.done_at.filter(|_| ticket.is.is_done()) else {
        outcomes.push(TicketOutcome::StatusChanged { from, to, is, reason: None });
        return Ok(outcomes);
    };
    if at - done_at > TimeDelta::days(flow.reopens_within_days.into()) {
        let days = flow.reopens_within_days;
        let message =
            format!("the ticket is done since {}: after {days} days it is not opened again", done_at.date_naive());
        return Err(Problem::of(Why::Closed, "status", message, "open another that follows it").into());
    }
    outcomes.push(TicketOutcome::Reopened { from, to, is });
    Ok(outcomes)
}

pub(super) fn check_relation(
    relation: Relation,
    other: &str,
    around: &TicketSurroundings<'_>,
) -> Result<(), Rejection> {
    let wrong = |why, message: String, fix: &str| Err(Problem::of(why, "relations", message, fix).into());
    if other == around.id {
        return wrong(Why::Invalid, format!("`{other}` is the ticket itself"), "name another");
    }
    let Some(mut next) = (around.others)(other) else {
        return wrong(Why::NotFound, format!("there is no ticket `{other}`"), "name one that is there");
    };
    let mut path = vec![format!("`{other}`")];
    let mut seen = BTreeSet::from([other.to_owned()]);
    while let Some(parent) = next.parent().filter(|_| relation == Relation::Parent).map(str::to_owned) {
        path.push(format!("`{parent}`"));
        if parent == around.id {
            let message = format!("`{parent}` would be a part of itself: {}", path.join(" is a part of "));
            return wrong(Why::Invalid, message, "take one of these relations away first");
        }
        match (around.others)(&parent).filter(|_| seen.insert(parent)) {
            Some(ticket) => next = ticket,
            None => break,
        }
    }
    Ok(())
}

/// The fields that have commands of their own.
const OWN: [&str; 17] = [
    "subject",
    "status",
    "state",
    "priority",
    "queue",
    "team",
    "assignee",
    "requester",
    "tags",
    "parent",
    "due_at",
    "opened_at",
    "unanswered_since",
    "messages",
    "replies",
    "reopened",
    "satisfaction",
];

fn described(fields: &BTreeMap<String, Option<serde_json::Value>>) -> Result<TicketOutcome, Rejection> {
    let own = fields.keys().filter(|field| OWN.contains(&field.as_str()));
    let problem = |field: &String| {
        let message = format!("`{field}` is not one of the other fields");
        Problem::of(Why::Invalid, field, message, "use the command of its own")
    };
    Rejection::unless_none(own.map(problem).collect())?;
    Ok(TicketOutcome::Described { fields: fields.clone() })
}

fn open(
    ticket: &Ticket,
    opening: &TicketOpening,
    around: &TicketSurroundings<'_>,
    at: Timestamp,
) -> Result<Vec<TicketOutcome>, Rejection> {
    if ticket.is_there() {
        return Err(Problem::of(Why::Exists, "id", "the ticket is there already", "open it under another id").into());
    }
    let flow = around.flow;
    let mut problems = Vec::new();
    if opening.subject.trim().is_empty() {
        problems.push(no_subject());
    }
    let entries: Vec<&Status> = flow.entries().collect();
    let status = match &opening.status {
        None => entries.first().copied(),
        Some(name) => entries.iter().copied().find(|status| status.name == *name),
    };
    let priority = opening.priority.as_deref().or(flow.usual_priority()).unwrap_or_default().to_owned();
    let Some(status) = status else {
        let may: Vec<String> = entries.iter().map(|status| format!("`{}`", status.name)).collect();
        let message = format!("a ticket cannot begin at `{}`", opening.status.as_deref().unwrap_or_default());
        problems.push(Problem::of(Why::NotAllowed, "status", message, format!("begin at {}", may.join(" or "))));
        return Err(Rejection::of(problems));
    };
    let mut outcomes = vec![TicketOutcome::Opened {
        subject: opening.subject.clone(),
        flow: around.name.to_owned(),
        status: status.name.clone(),
        is: status.is,
        priority: priority.clone(),
    }];
    let mut opened = Ticket::default();
    outcomes.iter().for_each(|outcome| opened.apply(at, outcome));
    if let Some(words) = &opening.message {
        match check_words(&opened, words) {
            Ok(()) => outcomes.push(TicketOutcome::CustomerMessage(words.clone())),
            Err(rejection) => problems.extend(rejection.problems().iter().cloned()),
        }
    }
    // What is said with it is decided as if it were said after it.
    let mut commands = vec![TicketCommand::Prioritise(priority)];
    commands.extend(opening.queue.clone().map(|it| TicketCommand::Queue(Some(it))));
    commands.extend(opening.team.clone().map(|it| TicketCommand::Give(Some(it))));
    commands.extend(opening.assignee.clone().map(|it| TicketCommand::Assign(Some(it))));
    commands.extend(opening.requester.clone().map(|it| TicketCommand::Request(Some(it))));
    commands.extend(opening.follows.clone().map(|it| TicketCommand::Relate(Relation::FollowUp, it)));
    commands.extend((!opening.tags.is_empty()).then(|| TicketCommand::Tag(opening.tags.clone())));
    let fields = opening.fields.iter().map(|(field, value)| (field.clone(), Some(value.clone())));
    commands.extend((!opening.fields.is_empty()).then(|| TicketCommand::Describe(fields.collect())));
    for (number, command) in commands.iter().enumerate() {
        match decide_ticket(&opened, command, around, at) {
            // Its priority is in how it opened.
            Ok(_) if number == 0 => {}
            Ok(more) => {
                more.iter().for_each(|outcome| opened.apply(at, outcome));
                outcomes.extend(more);
            }
            Err(rejection) => problems.extend(rejection.problems().iter().cloned()),
        }
    }
    problems.extend(unmet(&opened, status, around, at));
    Rejection::unless_none(problems)?;
    Ok(outcomes)
}

fn move_to(
    ticket: &Ticket,
    to: &str,
    reason: Option<&String>,
    around: &TicketSurroundings<'_>,
    at: Timestamp,
) -> Result<TicketOutcome, Rejection> {
    let flow = around.flow;
    let Some(status) = flow.status(to) else {
        let names: Vec<String> = flow.statuses.iter().map(|status| format!("`{}`", status.name)).collect();
        let message = format!("the flow has no status `{to}`");
        return Err(Problem::of(Why::NotFound, "status", message, format!("it has {}", names.join(", "))).into());
    };
    let mut problems = Vec::new();
    if !flow.allows(&ticket.status, to) {
        let may = flow.statuses.iter().filter(|other| flow.allows(&ticket.status, &other.name));
        let may: Vec<String> = may.map(|status| format!("`{}`", status.name)).collect();
        let fix =
            if may.is_empty() { "it stays where it is".to_owned() } else { format!("it may go to {}", may.join(", ")) };
        let message = format!("a ticket cannot go from `{}` to `{to}`", ticket.status);
        problems.push(Problem::of(Why::NotAllowed, "status", message, fix));
    }
    problems.extend(unmet(ticket, status, around, at));
    Rejection::unless_none(problems)?;
    let (from, to, is) = (ticket.status.clone(), to.to_owned(), status.is);
    Ok(if ticket.is.is_done() && !is.is_done() {
        TicketOutcome::Reopened { from, to, is }
    } else {
        TicketOutcome::StatusChanged { from, to, is, reason: reason.cloned() }
    })
}

/// What a status asks for that a ticket does not have.
fn unmet(ticket: &Ticket, status: &Status, around: &TicketSurroundings<'_>, at: Timestamp) -> Vec<Problem> {
    let subject = ticket.subject(around.timeline);
    let mut problems = Vec::new();
    for field in status.requires.iter().filter(|field| !subject.has(field)) {
        let message = format!("`{field}` is missing: status `{}` requires it", status.name);
        problems.push(Problem::of(Why::Missing, field, message, format!("set `{field}`")));
    }
    for gate in &status.gates {
        let met = Definition::try_from(gate.rule.clone()).map(|rule| rule.evaluate(&subject, at).holds);
        if !met.unwrap_or(false) {
            let message = format!("status `{}` asks that {}", status.name, gate.rule);
            problems.push(Problem::of(Why::Gate, &gate.field, message, &gate.fix));
        }
    }
    problems
}
