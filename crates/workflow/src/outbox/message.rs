//! [`Message`]: what is sent, and [`Sender`]: who sends it.

use onefold_fact::Timestamp;
use serde::{Deserialize, Serialize};

use crate::workflow::Needs;

/// Something to send, under a key that stays the same for every attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// By which whoever receives it can tell that it is the same: one for each thing that is to be sent once.
    pub key: String,
    /// Which sender it is for: `email`, `webhook`.
    pub channel: String,
    /// What is sent.
    pub payload: Payload,
    /// What for, and what the customer has to have said about that: asked at each attempt. `None`: nothing is asked, since
    /// the message is to somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Asks>,
}

/// What a message is for, and what the customer has to have said about that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asks {
    /// What for: `marketing`.
    pub purpose: String,
    /// What they have to have said.
    pub consent: Needs,
}

impl Message {
    /// A message.
    #[must_use]
    pub fn new(key: impl Into<String>, channel: impl Into<String>, payload: impl Into<Payload>) -> Self {
        Self { key: key.into(), channel: channel.into(), payload: payload.into(), asks: None }
    }

    /// The same for a purpose, if the customer has said what is needed.
    #[must_use]
    pub fn asking(mut self, purpose: impl Into<String>, consent: Needs) -> Self {
        self.asks = Some(Asks { purpose: purpose.into(), consent });
        self
    }
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Payload {
    /// A mail.
    Email(Email),
    /// A call of a URL.
    Webhook {
        /// Which.
        url: String,
        /// What is sent there: JSON, as text.
        body: String,
    },
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Email {
    /// From whom, if not from the sender's own address: `Support <support@x.example>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// To whom.
    pub to: String,
    /// Where answers go, if not to whom it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

impl From<Email> for Payload {
    fn from(email: Email) -> Self {
        Self::Email(email)
    }
}

/// Who sends messages of one channel.
pub trait Sender {
    /// Sends a message at a moment. It may be asked to send one again that has arrived already: the key of the message goes along, so
    /// that the other side can tell.
    ///
    /// # Errors
    /// When it did not arrive, as far as is known; and whether it is of use to try again.
    fn send(&mut self, message: &Message, at: Timestamp) -> Result<Receipt, SendError>;
}

/// What the other side said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt(pub String);

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Another time it may.
    #[error("{0}")]
    Temporary(String),
    /// It never will: the address is wrong, the other side refuses it.
    #[error("{0}")]
    Permanent(String),
}
