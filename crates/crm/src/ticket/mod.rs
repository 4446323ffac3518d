//! [`Ticket`]: what a customer asks for, until it is done.

mod check;
mod decide;
mod flow;
mod macros;
mod merge;
mod outcome;
mod subject;

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{Timestamp, Value};
use serde::{Deserialize, Serialize};

pub use self::check::FlowProblem;
pub use self::decide::{TicketCommand, TicketOpening, TicketSurroundings, Words, decide_ticket};
pub use self::flow::{Flow, Status, StatusKind};
pub use self::macros::Macro;
pub use self::merge::{Keep, TicketMerge, TicketSplit, canonical, decide_merge, decide_split};
pub use self::outcome::{Happening, TicketOutcome};

use crate::object::Aggregate;

/// What a customer asks for: what it is now, what was said, and what happened. It is made by [`fold`](crate::fold) from the
/// facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// What it is about, in a line.
    pub subject: String,
    /// The flow that it goes through.
    pub flow: String,
    /// Where it stands.
    pub status: String,
    /// What that means.
    pub is: StatusKind,
    /// How urgent it is, by a name of its flow.
    pub priority: String,
    /// Where it waits.
    pub queue: Option<String>,
    /// Which team it is for.
    pub team: Option<String>,
    /// The user whose it is.
    pub assignee: Option<String>,
    /// Who asks.
    pub requester: Option<String>,
    /// By when something has to be done, if somebody said so.
    pub due_at: Option<Timestamp>,
    /// What was said, oldest first.
    pub conversation: Vec<Message>,
    /// Tags.
    pub tags: BTreeSet<String>,
    /// Other tickets that it has to do with.
    pub relations: BTreeSet<(Relation, String)>,
    /// Other fields.
    pub fields: BTreeMap<String, Value>,
    /// What the customer thinks of it.
    pub satisfaction: Option<Satisfaction>,
    /// When it began.
    pub opened_at: Option<Timestamp>,
    /// Since when it is done, if it is.
    pub done_at: Option<Timestamp>,
    /// How often it was opened again.
    pub reopened: u32,
    /// The ticket that it is a part of now, and since when.
    pub merged_into: Option<(String, Timestamp)>,
    /// The tickets that are parts of it, and since when.
    pub merged: BTreeMap<String, Timestamp>,
    /// The ticket that it was a part of.
    pub split_from: Option<(String, Timestamp)>,
    /// The oldest message of the customer that nobody answered.
    pub unanswered_since: Option<Timestamp>,
    /// By field: since when it is as it is.
    pub since: BTreeMap<String, Timestamp>,
    /// What service levels are about, oldest first.
    pub log: Vec<(Timestamp, Happening)>,
}

/// Something that was said. The words themselves are the interaction's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// When.
    pub at: Timestamp,
    /// From whom to whom.
    pub kind: MessageKind,
    /// Who said it.
    pub by: String,
    /// The interaction that it is.
    pub interaction: String,
}

/// From whom to whom something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// From the customer.
    Customer,
    /// To the customer.
    Public,
    /// Among the desk.
    Internal,
}

/// How two tickets have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The other is a larger matter that this is a part of; at most one is.
    Parent,
    /// The other has to do with it.
    Related,
    /// The other was done, and this goes on.
    FollowUp,
}

/// What a customer thinks of how a ticket was dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Satisfaction {
    /// When it was said.
    pub at: Timestamp,
    /// From 1 to 5, which is best.
    pub score: u8,
    /// In words.
    pub comment: Option<String>,
}

impl Ticket {
    /// Whether it began.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.opened_at.is_some()
    }

    /// Whether it waits for the desk, the customer or somebody else: it is not done, and no part of another.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_there() && self.merged_into.is_none() && !self.is.is_done()
    }

    /// What happened that service levels are about, oldest first: what was said to and by the customer, and how status and
    /// priority changed.
    pub fn happenings(&self) -> impl ExactSizeIterator<Item = (Timestamp, &Happening)> {
        self.log.iter().map(|(at, happening)| (*at, happening))
    }

    /// The ticket that it is a part of as a matter, if any.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.relations.iter().find(|(relation, _)| *relation == Relation::Parent).map(|(_, ticket)| ticket.as_str())
    }

    /// It together with those that are parts of it: everything that was said, in one conversation.
    #[must_use]
    pub fn together<'a>(mut self, parts: impl IntoIterator<Item = &'a Ticket>) -> Self {
        for part in parts {
            for message in &part.conversation {
                self.hear(message);
            }
            let said = |happening: &&(Timestamp, Happening)| happening.1.is_said();
            for (at, happening) in part.log.iter().filter(said) {
                self.note(*at, happening.clone());
            }
        }
        self.find_unanswered();
        self
    }

    /// Puts a message to its place, once.
    fn hear(&mut self, message: &Message) {
        let place = self.conversation.partition_point(|other| other < message);
        if self.conversation.get(place) != Some(message) {
            self.conversation.insert(place, message.clone());
        }
    }

    /// Notes what happened, at its place.
    fn note(&mut self, at: Timestamp, happening: Happening) {
        let place = self.log.partition_point(|(other, it)| (*other, it) < (at, &happening));
        self.log.insert(place, (at, happening));
    }

    fn find_unanswered(&mut self) {
        self.unanswered_since = None;
        for message in &self.conversation {
            match message.kind {
                MessageKind::Customer => self.unanswered_since = self.unanswered_since.or(Some(message.at)),
                MessageKind::Public => self.unanswered_since = None,
                MessageKind::Internal => {}
            }
        }
    }

    fn said(&mut self, at: Timestamp, message: &Message) {
        self.hear(message);
        if let Some(happening) = Happening::of(message) {
            self.note(at, happening);
        }
        match message.kind {
            _ if self.conversation.last() != Some(message) => self.find_unanswered(),
            MessageKind::Customer => self.unanswered_since = self.unanswered_since.or(Some(at)),
            MessageKind::Public => self.unanswered_since = None,
            MessageKind::Internal => {}
        }
    }

    fn comes_to(&mut self, at: Timestamp, status: &str, is: StatusKind) {
        status.clone_into(&mut self.status);
        self.is = is;
        self.done_at = if is.is_done() { self.done_at.or(Some(at)) } else { None };
        self.since.insert("status".to_owned(), at);
        self.note(at, Happening::Status { status: status.to_owned(), is });
    }
}

impl Aggregate for Ticket {
    const KIND: &'static str = "ticket";
    type Outcome = TicketOutcome;

    fn apply(&mut self, at: Timestamp, outcome: &TicketOutcome) {
        use TicketOutcome as It;
        let mut since = |field: &str| {
            self.since.insert(field.to_owned(), at);
        };
        let message =
            |kind, words: &Words| Message { at, kind, by: words.by.clone(), interaction: words.interaction.clone() };
        match outcome {
            It::Opened { subject, flow, status, is, priority } => {
                // What else happened at the same instant came after it, whichever is read first.
                let is_later = |field: &str| self.since.get(field) == Some(&at);
                let [subject_is, priority_is, status_is] = ["subject", "priority", "status"].map(is_later);
                self.flow.clone_from(flow);
                self.opened_at = self.opened_at.or(Some(at));
                self.note(at, Happening::Opened { priority: priority.clone() });
                if !subject_is {
                    self.since.insert("subject".to_owned(), at);
                    self.subject.clone_from(subject);
                }
                if !priority_is {
                    self.since.insert("priority".to_owned(), at);
                    self.priority.clone_from(priority);
                }
                if !status_is {
                    self.comes_to(at, status, *is);
                }
            }
            It::StatusChanged { to, is, .. } => self.comes_to(at, to, *is),
            It::Reopened { to, is, .. } => {
                self.reopened = self.reopened.saturating_add(1);
                self.comes_to(at, to, *is);
            }
            It::Prioritised { priority } => {
                since("priority");
                self.priority.clone_from(priority);
                self.note(at, Happening::Priority { priority: priority.clone() });
            }
            It::Renamed { subject } => {
                since("subject");
                self.subject.clone_from(subject);
            }
            It::Queued { queue } => {
                since("queue");
                self.queue.clone_from(queue);
            }
            It::Given { team } => {
                since("team");
                self.team.clone_from(team);
            }
            It::Assigned { assignee } => {
                since("assignee");
                self.assignee.clone_from(assignee);
            }
            It::Requested { requester } => {
                since("requester");
                self.requester.clone_from(requester);
            }
            It::Expected { due_at } => {
                since("due_at");
                self.due_at = *due_at;
            }
            It::CustomerMessage(words) => self.said(at, &message(MessageKind::Customer, words)),
            It::PublicReply(words) => self.said(at, &message(MessageKind::Public, words)),
            It::InternalNote(words) => self.said(at, &message(MessageKind::Internal, words)),
            It::Tagged { tags } => self.tags.extend(tags.iter().cloned()),
            It::Untagged { tags } => self.tags.retain(|tag| !tags.contains(tag)),
            It::Related { relation, ticket } => {
                if *relation == Relation::Parent {
                    self.relations.retain(|(other, _)| *other != Relation::Parent);
                }
                self.relations.insert((*relation, ticket.clone()));
            }
            It::Unrelated { relation, ticket } => drop(self.relations.remove(&(*relation, ticket.clone()))),
            It::Described { fields } => {
                for (field, value) in fields {
                    self.since.insert(field.clone(), at);
                    match value.as_ref().and_then(|value| Value::from_json(&value.to_string()).ok()?.value) {
                        Some(value) => drop(self.fields.insert(field.clone(), value)),
                        None => drop(self.fields.remove(field)),
                    }
                }
            }
            It::Rated { score, comment } => {
                self.satisfaction = Some(Satisfaction { at, score: *score, comment: comment.clone() });
            }
            It::MergedInto { ticket } => self.merged_into = Some((ticket.clone(), at)),
            It::Absorbed { ticket } => drop(self.merged.insert(ticket.clone(), at)),
            It::SplitOff { interactions, .. } => {
                let is_off = |message: &Message| interactions.contains(&message.interaction);
                let off: Vec<Message> = self.conversation.extract_if(.., |message| is_off(message)).collect();
                for message in off {
                    let happening = Happening::of(&message);
                    let place =
                        self.log.iter().position(|(at, it)| *at == message.at && Some(it) == happening.as_ref());
                    place.map(|place| self.log.remove(place));
                }
                self.find_unanswered();
            }
            It::SplitFrom { ticket, messages } => {
                self.split_from = Some((ticket.clone(), at));
                for message in messages {
                    self.hear(message);
                    if let Some(happening) = Happening::of(message) {
                        self.note(message.at, happening);
                    }
                }
                self.find_unanswered();
            }
        }
    }
}
