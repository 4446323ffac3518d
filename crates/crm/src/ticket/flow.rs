//! [`Flow`]: the statuses of tickets as data, and which moves between them are allowed.

use std::collections::BTreeSet;

use onefold_fact::Configuration;
use serde::{Deserialize, Serialize};

use crate::pipeline::Gate;

/// The statuses that tickets go through, their priorities and queues. [`problems`](Self::problems) says what is wrong with
/// it before it is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The statuses.
    pub statuses: Vec<Status>,
    /// The priorities, lowest first; if none are given, those that are usual: `low`, `normal`, `high`, `urgent`.
    #[serde(default = "usual_priorities")]
    pub priorities: Vec<String>,
    /// The priority of a ticket of which nothing is said; if not said, the one in the middle, the lower of two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_priority: Option<String>,
    /// The queues; if none are given, any name is one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub queues: BTreeSet<String>,
    /// For so many days after it was solved a message of the customer opens a ticket again; later one is a new ticket.
    #[serde(default = "four_weeks")]
    pub reopens_within_days: u32,
}

/// A status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// Its name, once in a flow.
    pub name: String,
    /// What it means.
    pub is: StatusKind,
    /// Whether a ticket may begin here. If no status says so, the first that is open.
    #[serde(default)]
    pub entry: bool,
    /// Fields that have to have a value before a ticket comes here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub requires: BTreeSet<String>,
    /// Rules that a ticket has to meet before it comes here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// The statuses that a ticket may go to from here; if not said, to all, but from a closed one to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<BTreeSet<String>>,
}

/// What a status means, whatever its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusKind {
    /// Somebody of the desk has to do something.
    #[default]
    Open,
    /// It waits for the customer.
    Pending,
    /// It waits for somebody else.
    OnHold,
    /// It is done, as far as the desk is concerned.
    Solved,
    /// It is over.
    Closed,
}

impl StatusKind {
    /// Its name, as in a flow: `on_hold`.
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

    /// Whether a ticket that is there is done.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self, Self::Solved | Self::Closed)
    }
}

fn usual_priorities() -> Vec<String> {
    ["low", "normal", "high", "urgent"].map(str::to_owned).into()
}

fn four_weeks() -> u32 {
    28
}

impl Flow {
    /// The part of the configuration that flows are, each under its name.
    pub const PART: &str = "flow";

    /// This flow as a part of the configuration.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn configuration(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json })
    }

    /// A status by its name.
    #[must_use]
    pub fn status(&self, name: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.name == name)
    }

    /// The statuses at which a ticket may begin.
    pub fn entries(&self) -> impl Iterator<Item = &Status> {
        let declared = self.statuses.iter().any(|status| status.entry);
        let open = self.statuses.iter().filter(|status| status.is == StatusKind::Open);
        let may = self.statuses.iter().filter(move |status| declared && status.entry);
        may.chain(open.take(usize::from(!declared)))
    }

    /// Where a ticket goes that is opened again by a message: the last status that is open, since the first is for new
    /// tickets.
    #[must_use]
    pub fn reopened(&self) -> Option<&Status> {
        self.statuses.iter().rfind(|status| status.is == StatusKind::Open)
    }

    /// The priority of a ticket of which nothing is said.
    #[must_use]
    pub fn usual_priority(&self) -> Option<&str> {
        let middle = || self.priorities.get(self.priorities.len().saturating_sub(1) / 2);
        self.default_priority.as_ref().or_else(middle).map(String::as_str)
    }

    /// How high a priority is, from 0 on. `None` if there is none of this name.
    #[must_use]
    pub fn rank(&self, priority: &str) -> Option<usize> {
        self.priorities.iter().position(|it| it == priority)
    }

    /// Whether a ticket may go from one status to another, whatever its fields.
    #[must_use]
    pub fn allows(&self, from: &str, to: &str) -> bool {
        let (Some(status), Some(_)) = (self.status(from), self.status(to)) else { return false };
        match &status.to {
            _ if from == to => false,
            Some(listed) => listed.contains(to),
            None => status.is != StatusKind::Closed,
        }
    }
}
