//! Deciding what happens to a message next.

use onefold_fact::Timestamp;

use super::{Backoff, Delivery, DeliveryOutcome, DeliveryState, Message};

/// What can be asked of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryCommand {
    /// Send this.
    Queue {
        /// What.
        message: Message,
        /// Not before this moment; at once, if none is given.
        not_before: Option<Timestamp>,
    },
    /// Let me try it. Whoever asks first gets it.
    Attempt,
    /// It arrived.
    Deliver {
        /// With which attempt.
        attempt: u32,
        /// What the other side said.
        receipt: String,
    },
    /// An attempt failed.
    Fail {
        /// Which.
        attempt: u32,
        /// Why.
        reason: String,
        /// Whether it is of no use to try again.
        is_permanent: bool,
    },
    /// Try it again, though it was given up.
    Revive,
    /// Do not send it before a moment.
    Postpone {
        /// Which.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// Do not send it.
    Cancel {
        /// Why.
        reason: String,
    },
}

/// Why something is not done with a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryRefusal {
    /// A message of this key was queued already.
    #[error("message `{0}` was queued already; another message needs another key")]
    Queued(String),
    /// Nothing was queued.
    #[error("there is no such message; queue it first")]
    Nothing,
    /// It is not its time.
    #[error("it is not tried before {}", .0.to_rfc3339())]
    NotDue(Timestamp),
    /// It is over.
    #[error("it is over: delivered, given up, or called off")]
    Over,
    /// It is not over.
    #[error("it was not given up")]
    NotDead,
    /// Another attempt was made since.
    #[error("attempt {said} was followed by attempt {last}")]
    Stale {
        /// Of which one was told.
        said: u32,
        /// Which was the last one.
        last: u32,
    },
}

impl Delivery {
    /// What follows from a command. It is refused rather than done twice.
    ///
    /// # Errors
    /// When it may not be done; nothing happens then.
    pub fn decide(
        &self,
        command: &DeliveryCommand,
        backoff: &Backoff,
        at: Timestamp,
    ) -> Result<DeliveryOutcome, DeliveryRefusal> {
        let Some(message) = &self.message else {
            return match command {
                DeliveryCommand::Queue { message, not_before } => {
                    let not_before = not_before.map_or(at, |it| it.max(at));
                    Ok(DeliveryOutcome::Queued { message: message.clone(), not_before })
                }
                _ => Err(DeliveryRefusal::Nothing),
            };
        };
        let is_delivered = matches!(self.state, DeliveryState::Delivered { .. });
        match command {
            DeliveryCommand::Queue { .. } => Err(DeliveryRefusal::Queued(message.key.clone())),
            DeliveryCommand::Attempt => match self.due_at(backoff) {
                None => Err(DeliveryRefusal::Over),
                Some(due) if due > at => Err(DeliveryRefusal::NotDue(due)),
                Some(_) if self.attempts >= backoff.attempts => {
                    let reason = format!("nobody told what came of attempt {}, the last one", self.attempts);
                    Ok(DeliveryOutcome::Died { reason })
                }
                Some(_) => Ok(DeliveryOutcome::Attempted { attempt: self.attempts.saturating_add(1) }),
            },
            // What arrived has, also if it was given up by then.
            DeliveryCommand::Deliver { .. } if is_delivered => Err(DeliveryRefusal::Over),
            DeliveryCommand::Deliver { attempt: _, receipt } => {
                Ok(DeliveryOutcome::Delivered { receipt: receipt.clone() })
            }
            DeliveryCommand::Fail { .. } if self.is_over() => Err(DeliveryRefusal::Over),
            DeliveryCommand::Fail { attempt, .. } if *attempt != self.attempts => {
                Err(DeliveryRefusal::Stale { said: *attempt, last: self.attempts })
            }
            DeliveryCommand::Fail { attempt, reason, is_permanent } => {
                let wait = backoff.wait(*attempt, &message.key);
                match at.checked_add_signed(wait) {
                    Some(retry_at) if !is_permanent && *attempt < backoff.attempts => {
                        Ok(DeliveryOutcome::Failed { reason: reason.clone(), retry_at })
                    }
                    _ => Ok(DeliveryOutcome::Died { reason: reason.clone() }),
                }
            }
            DeliveryCommand::Revive if matches!(self.state, DeliveryState::Dead { .. }) => {
                Ok(DeliveryOutcome::Revived { not_before: at })
            }
            DeliveryCommand::Revive => Err(DeliveryRefusal::NotDead),
            DeliveryCommand::Postpone { .. } if self.is_over() => Err(DeliveryRefusal::Over),
            DeliveryCommand::Postpone { until, reason } => {
                Ok(DeliveryOutcome::Postponed { until: *until, reason: reason.clone() })
            }
            DeliveryCommand::Cancel { .. } if self.is_over() => Err(DeliveryRefusal::Over),
            DeliveryCommand::Cancel { reason } => Ok(DeliveryOutcome::Cancelled { reason: reason.clone() }),
        }
    }
}
