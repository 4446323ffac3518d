//! [`Queued`]: what was read and is not decided yet, and up to where all else was.

use std::sync::Arc;

use onefold_fact::{Body, CustomerId, Fact, Properties, Timestamp, Value};
use onefold_workflow::{Cause, Stimulus, WORKFLOW_RUN};

use super::driver::CLOCK;
use crate::service_levels::TICKET;

/// Up to where facts and changes were decided: what somebody told, and what runs did, which may come before what was told
/// earlier, since it was done at its time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reached {
    pub(super) told: Place,
    pub(super) by_runs: Place,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) position: u64,
    pub(super) cursor: u64,
}

impl Reached {
    pub(super) fn of(&self, by_run: bool) -> Place {
        if by_run { self.by_runs } else { self.told }
    }
}

/// Something that workflows may react to.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) at: Timestamp,
    /// Whether a run did it, and nobody else.
    pub(super) by_run: bool,
    /// Facts come before the changes that they make, each in its order.
    pub(super) order: (bool, u64),
    pub(super) customer: CustomerId,
    pub(super) key: String,
    pub(super) what: Happened,
    pub(super) causes: Arc<[Cause]>,
    /// Where in the log reading has to begin, so that it is found again with its causes.
    pub(super) from: u64,
}

#[derive(Debug)]
pub(super) enum Happened {
    /// Of no concern when it came. It is read again when its time has come, if it concerns a run by then.
    Unread,
    Event {
        name: String,
        properties: Properties,
        occurred_at: Timestamp,
    },
    Told,
    Entered {
        segment: String,
        existing: bool,
    },
    Left {
        segment: String,
    },
}

impl Happened {
    /// What a fact tells workflows. What runs did is nothing that they react to.
    pub(super) fn of(fact: &Fact) -> Option<Self> {
        let occurred_at = fact.occurred_at().unwrap_or(fact.received_at());
        Some(match fact.body() {
            Body::Event { name, properties } => {
                Self::Event { name: name.to_string(), properties: properties.clone(), occurred_at }
            }
            Body::Object(object) if ![WORKFLOW_RUN, CLOCK].contains(&object.kind.as_str()) => {
                let mut properties = object.data.clone();
                if properties.get(object.kind.as_str()).is_none() {
                    properties.insert(object.kind.as_str(), Some(Value::from(object.id.as_str())));
                }
                Self::Event { name: format!("{} {}", object.kind, object.event), properties, occurred_at }
            }
            Body::Set(_) | Body::Unset(_) | Body::Consent(_) | Body::Group(_) => Self::Told,
            _ => return None,
        })
    }

    /// The ticket to which it happened, if to one.
    pub(super) fn ticket(&self) -> Option<&str> {
        let Self::Event { name, properties, .. } = self else { return None };
        let is_ticket = name.strip_prefix(TICKET).is_some_and(|rest| rest.starts_with(' '));
        properties.get(TICKET).filter(|_| is_ticket)?.as_ref()?.as_text()
    }

    /// What names a change at its time.
    pub(super) fn key(&self, at: Timestamp) -> String {
        match self {
            Self::Entered { segment, .. } => format!("entered {segment} {}", at.to_rfc3339()),
            Self::Left { segment } => format!("left {segment} {}", at.to_rfc3339()),
            _ => String::new(),
        }
    }

    pub(super) fn stimulus(&self) -> Stimulus<'_> {
        match self {
            Self::Event { name, properties, occurred_at } => {
                Stimulus::Event { name, properties, occurred_at: *occurred_at }
            }
            Self::Unread | Self::Told => Stimulus::Told,
            Self::Entered { segment, existing } => Stimulus::Entered { segment, existing: *existing },
            Self::Left { segment } => Stimulus::Left { segment },
        }
    }
}

impl Queued {
    pub(super) fn unread(
        (at, by_run): (Timestamp, bool),
        order: (bool, u64),
        customer: CustomerId,
        (causes, from): (Arc<[Cause]>, u64),
    ) -> Self {
        Self { at, by_run, order, customer, key: String::new(), what: Happened::Unread, causes, from }
    }
}
