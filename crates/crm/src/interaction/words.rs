//! What an interaction is made of: its kind and direction, who takes part, what is kept elsewhere.

use std::fmt;

use onefold_fact::{Digester, Timestamp};
use serde::{Deserialize, Serialize};

/// What sort of interaction it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum InteractionKind {
    Email,
    Call,
    Meeting,
    Note,
    Chat,
    Sms,
    ServiceRequest,
}

impl InteractionKind {
    /// Its name: `service_request`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Note => "note",
            Self::Chat => "chat",
            Self::Sms => "sms",
            Self::ServiceRequest => "service_request",
        }
    }

    /// Whether it waits for an answer: what is written does, what is spoken was answered at once, and a note is to nobody.
    #[must_use]
    pub fn is_written(self) -> bool {
        matches!(self, Self::Email | Self::Chat | Self::Sms | Self::ServiceRequest)
    }
}

impl fmt::Display for InteractionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// From whom to whom it goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the customer.
    In,
    /// To the customer.
    Out,
    /// Neither: a meeting, a note, or a message of which nobody of the house is a sender or a recipient.
    #[default]
    None,
}

/// What somebody is in an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the header fields and of RFC 5545")]
pub enum Role {
    From,
    To,
    Cc,
    Bcc,
    Organizer,
    Attendee,
    Optional,
}

/// What an invited participant answered (`PARTSTAT` of RFC 5545).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of RFC 5545")]
pub enum Response {
    NeedsAction,
    Accepted,
    Declined,
    Tentative,
    Delegated,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Participant {
    /// As what.
    pub role: Role,
    /// By which address: an e-mail address in its standard form, or a phone number.
    pub address: String,
    /// The name beside the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The user of the house whose address it is; none, if it is a customer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What they answered to an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
}

impl Participant {
    /// Somebody of whom nothing but an address is known.
    #[must_use]
    pub fn new(role: Role, address: impl Into<String>) -> Self {
        Self { role, address: address.into(), name: None, user: None, response: None }
    }
}

/// Something that is kept elsewhere: a body, an attachment, a recording. It is known by its content, so it is found
/// wherever it lies, and is one thing however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The digest of its content ([`Digester::bytes`]), in hexadecimal.
    pub digest: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// What it is: `text/plain`, `application/pdf`.
    pub media_type: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Reference {
    /// The reference to a content.
    #[must_use]
    pub fn of(content: &[u8], media_type: impl Into<String>, name: Option<String>) -> Self {
        let mut digester = Digester::default();
        digester.bytes(content);
        Self { digest: digester.finish().to_string(), bytes: content.len() as u64, media_type: media_type.into(), name }
    }
}

/// How what is said is meant, if whoever recorded it judged that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sentiment {
    Negative,
    Neutral,
    Positive,
}

/// Which version of an invitation it is (RFC 5546, section 2.1.5): the higher sequence is newer, then the later stamp.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision {
    /// `SEQUENCE`.
    pub sequence: u32,
    /// `DTSTAMP`.
    pub stamp: Option<Timestamp>,
}
