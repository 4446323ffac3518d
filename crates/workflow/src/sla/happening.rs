//! [`Happening`]: what can happen to a ticket that a clock cares about.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use serde::{Deserialize, Serialize};

/// Something that happened to a ticket, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

impl Happened {
    /// Something that happened.
    #[must_use]
    pub fn new(at: Timestamp, what: Happening) -> Self {
        Self { at, what }
    }
}

/// What can happen to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
#[non_exhaustive]
pub enum Happening {
    /// It came. What came before is passed over, and so is a second time.
    Created {
        /// How urgent it is, if that was said.
        #[serde(default)]
        priority: Option<String>,
        /// Its calendar, if it has one of its own.
        #[serde(default)]
        calendar: Option<String>,
        /// What rules can ask for.
        #[serde(default)]
        attributes: BTreeMap<String, Value>,
    },
    /// The customer wrote.
    CustomerMessage,
    /// Somebody answered, and the customer can read it.
    PublicReply,
    /// Somebody wrote a note that the customer cannot read.
    InternalNote,
    /// It has another status.
    Status {
        /// Which.
        to: TicketStatus,
    },
    /// It is of another urgency.
    Priority {
        /// Which.
        to: Option<String>,
    },
    /// It has another calendar: another team has it now.
    Calendar {
        /// Which; `None`: that of all tickets.
        to: Option<String>,
    },
    /// What rules can ask for is otherwise.
    Attributes {
        /// New values by field; `None` takes a field away.
        set: BTreeMap<String, Option<Value>>,
    },
}

/// What a ticket waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// For those who work on it.
    #[default]
    Open,
    /// For the customer.
    Pending,
    /// For somebody else.
    OnHold,
    /// For nothing: it is done, and may be opened again.
    Solved,
    /// It is over.
    Closed,
}

impl TicketStatus {
    /// Its name, as files have it: `on_hold`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::OnHold => "on_hold",
            Self::Solved => "solved",
            Self::Closed => "closed",
        }
    }

    /// Whether nobody works on it any more.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self, Self::Solved | Self::Closed)
    }
}
