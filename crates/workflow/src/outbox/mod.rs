//! [`Delivery`]: one message on its way out, and how often it was tried.

mod backoff;
mod decide;
mod message;

pub use backoff::Backoff;
pub use decide::{DeliveryCommand, DeliveryRefusal};
pub use message::{Asks, Email, Message, Payload, Receipt, SendError, Sender};

use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

/// A message on its way out, as a fold over what happened to it ([`apply`](Self::apply)); what happens next is decided by
/// [`decide`](Self::decide).
///
/// A message is *delivered at least once* under a stable key. Before each attempt it is noted that there is one; who finds
/// an attempt that was noted and never ended, since the machine stopped, makes another under the same key, by which
/// whoever receives it can tell.
///
/// ```
/// use onefold_workflow::{Backoff, Delivery, DeliveryCommand, Email, Message};
///
/// let mail = Email { to: "ada@x.example".into(), subject: "Hello".into(), text: Some("Hello!".into()), ..Email::default() };
/// let message = Message::new("welcome-17", "email", mail);
/// let (backoff, noon) = (Backoff::default(), "2026-03-02T12:00:00Z".parse()?);
/// let mut delivery = Delivery::default();
/// for command in [
///     DeliveryCommand::Queue { message, not_before: None },
///     DeliveryCommand::Attempt,
///     DeliveryCommand::Fail { attempt: 1, reason: "mailbox is busy".into(), is_permanent: false },
/// ] {
///     let outcome = delivery.decide(&command, &backoff, noon)?;
///     delivery.apply(noon, &outcome);
/// }
/// let again = delivery.due_at(&backoff).ok_or("it is tried again")?;
/// assert!(again > noon && again <= noon + chrono::TimeDelta::minutes(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// What is sent. `None`: nothing was queued.
    pub message: Option<Message>,
    /// How it stands.
    pub state: DeliveryState,
    /// How many attempts there were.
    pub attempts: u32,
    /// When it was queued.
    pub queued_at: Option<Timestamp>,
    /// What each attempt that failed came to, oldest first.
    pub failures: Vec<Failure>,
}

/// How a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum DeliveryState {
    /// Nothing was queued, or that was taken back.
    #[default]
    Nothing,
    /// It waits, until a moment.
    Waiting {
        /// Until when.
        until: Timestamp,
    },
    /// Somebody is at it.
    Attempted {
        /// Since when.
        since: Timestamp,
    },
    /// It arrived where it was sent.
    Delivered {
        /// When.
        at: Timestamp,
        /// What the other side said.
        receipt: String,
    },
    /// It is given up: a dead letter.
    Dead {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// It was called off.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When that was known.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// What can happen to a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// It is to be sent.
    Queued {
        /// What.
        message: Message,
        /// Not before this moment.
        not_before: Timestamp,
    },
    /// Somebody tries it.
    Attempted {
        /// The attempt's number, from 1.
        attempt: u32,
    },
    /// It arrived.
    Delivered {
        /// What the other side said.
        receipt: String,
    },
    /// An attempt failed; there will be another.
    Failed {
        /// Why.
        reason: String,
        /// When it is tried again.
        retry_at: Timestamp,
    },
    /// It is given up.
    Died {
        /// Why.
        reason: String,
    },
    /// Who gave it up tries it again.
    Revived {
        /// From when on.
        not_before: Timestamp,
    },
    /// It may not be sent yet.
    Postponed {
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// It is called off.
    Cancelled {
        /// Why.
        reason: String,
    },
}

impl Delivery {
    /// What it is after something happened. Anything can be applied to any state, since facts may be taken back.
    pub fn apply(&mut self, at: Timestamp, outcome: &DeliveryOutcome) {
        if self.message.is_none() && !matches!(outcome, DeliveryOutcome::Queued { .. }) {
            return;
        }
        match outcome {
            DeliveryOutcome::Queued { message, not_before } => {
                if self.message.is_none() {
                    self.message = Some(message.clone());
                    self.queued_at = Some(at);
                    self.state = DeliveryState::Waiting { until: *not_before };
                }
            }
            DeliveryOutcome::Attempted { attempt } => {
                self.attempts = self.attempts.max(*attempt);
                self.state = DeliveryState::Attempted { since: at };
            }
            DeliveryOutcome::Delivered { receipt } => {
                self.state = DeliveryState::Delivered { at, receipt: receipt.clone() };
            }
            DeliveryOutcome::Failed { reason, retry_at } => {
                self.failures.push(Failure { at, reason: reason.clone() });
                self.state = DeliveryState::Waiting { until: *retry_at };
            }
            DeliveryOutcome::Died { reason } => {
                self.failures.push(Failure { at, reason: reason.clone() });
                self.state = DeliveryState::Dead { at, reason: reason.clone() };
            }
            DeliveryOutcome::Revived { not_before } => {
                self.attempts = 0;
                self.state = DeliveryState::Waiting { until: *not_before };
            }
            DeliveryOutcome::Postponed { until, .. } => self.state = DeliveryState::Waiting { until: *until },
            DeliveryOutcome::Cancelled { reason } => {
                self.state = DeliveryState::Cancelled { at, reason: reason.clone() };
            }
        }
    }

    /// When it is to be tried: one that waits, when it no longer has to; one that somebody is at, when they must have
    /// stopped. `None`: never.
    #[must_use]
    pub fn due_at(&self, backoff: &Backoff) -> Option<Timestamp> {
        match &self.state {
            DeliveryState::Waiting { until } => Some(*until),
            DeliveryState::Attempted { since } => since.checked_add_signed(backoff.patience()),
            _ => None,
        }
    }

    /// Whether nothing more happens to it by itself.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !matches!(self.state, DeliveryState::Waiting { .. } | DeliveryState::Attempted { .. })
    }
}
