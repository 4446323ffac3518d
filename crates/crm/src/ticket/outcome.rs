//! What happens to a ticket.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

use super::decide::Words;
use super::flow::StatusKind;
use super::{Message, MessageKind, Relation};

/// What happens to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TicketOutcome {
    /// It begins.
    Opened {
        /// What it is about.
        subject: String,
        /// The flow.
        #[serde(default)]
        flow: String,
        /// Where it begins.
        status: String,
        /// What that means.
        is: StatusKind,
        /// How urgent it is.
        priority: String,
    },
    /// It goes to another status.
    StatusChanged {
        /// From where.
        from: String,
        /// To where.
        to: String,
        /// What that means.
        is: StatusKind,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It was done, and is open again.
    Reopened {
        /// From where.
        from: String,
        /// To where.
        to: String,
        /// What that means.
        is: StatusKind,
    },
    /// How urgent it is.
    Prioritised {
        /// The priority.
        priority: String,
    },
    /// What it is about.
    Renamed {
        /// In a line.
        subject: String,
    },
    /// Where it waits.
    Queued {
        /// The queue.
        queue: Option<String>,
    },
    /// Which team it is for.
    Given {
        /// The team.
        team: Option<String>,
    },
    /// Whose it is.
    Assigned {
        /// The user.
        assignee: Option<String>,
    },
    /// Who asks.
    Requested {
        /// Who.
        requester: Option<String>,
    },
    /// By when something has to be done.
    Expected {
        /// When.
        due_at: Option<Timestamp>,
    },
    /// The customer said something.
    CustomerMessage(Words),
    /// Somebody answered.
    PublicReply(Words),
    /// Somebody noted something for the desk.
    InternalNote(Words),
    /// It has these tags on top.
    Tagged {
        /// The tags.
        tags: BTreeSet<String>,
    },
    /// It has these tags no more.
    Untagged {
        /// The tags.
        tags: BTreeSet<String>,
    },
    /// It has to do with another.
    Related {
        /// How.
        relation: Relation,
        /// The other.
        ticket: String,
    },
    /// It has nothing to do with another any more.
    Unrelated {
        /// How it had.
        relation: Relation,
        /// The other.
        ticket: String,
    },
    /// What else is known of it; an empty value takes the field away.
    Described {
        /// By field.
        fields: BTreeMap<String, Option<serde_json::Value>>,
    },
    /// What the customer thinks of it.
    Rated {
        /// From 1 to 5, which is best.
        score: u8,
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// It is a part of another from now on.
    MergedInto {
        /// The other.
        ticket: String,
    },
    /// Another is a part of it from now on.
    Absorbed {
        /// The other.
        ticket: String,
    },
    /// Something that was said is another ticket's.
    SplitOff {
        /// The other.
        into: String,
        /// What was said, by interaction.
        interactions: BTreeSet<String>,
    },
    /// It was a part of another, of which these messages are.
    SplitFrom {
        /// The other.
        ticket: String,
        /// What was said.
        messages: Vec<Message>,
    },
}

/// What happened to a ticket that service levels are about. Of what happened at one instant the smaller comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// It began.
    Opened {
        /// How urgent it was.
        priority: String,
    },
    /// The customer said something.
    CustomerMessage,
    /// Somebody answered.
    PublicReply {
        /// Who.
        by: String,
    },
    /// It came to a status.
    Status {
        /// Its name.
        status: String,
        /// What that means.
        is: StatusKind,
    },
    /// It became more or less urgent.
    Priority {
        /// How urgent it is.
        priority: String,
    },
}

impl Happening {
    pub(super) fn of(message: &Message) -> Option<Self> {
        match message.kind {
            MessageKind::Customer => Some(Self::CustomerMessage),
            MessageKind::Public => Some(Self::PublicReply { by: message.by.clone() }),
            MessageKind::Internal => None,
        }
    }

    pub(super) fn is_said(&self) -> bool {
        matches!(self, Self::CustomerMessage | Self::PublicReply { .. })
    }
}
