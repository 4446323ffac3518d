//! [`Role`]: what a column is for.

use std::fmt;

use onefold_fact::{AttributeName, Kind, Namespace};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::infer;

/// What a column of a table, or a field of an object, is for.
///
/// In a mapping file a role is a word, or a word with a name:
///
/// ```
/// use onefold_connect::Mapping;
///
/// let mapping = Mapping::from_toml(r#"
///     [crm.columns]
///     "Kd-Nr" = { key = "customer_id" }
///     Mail = { attribute = "email" }
///     Since = { attribute = "customer_since", kind = "date" }
///     "Last Change" = "occurred-at"
///     Colour = "ignore"
/// "#)?;
/// # Ok::<(), onefold_connect::ConnectError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// The source's own key of the customer. `"key"`
    Key {
        /// The namespace, if other sources know the customer by it too, so that it is evidence.
        /// `{ key = "customer_id" }`
        identifier: Option<Namespace>,
    },
    /// The source's own id of the row as a statement: an order id, a ticket id. The same id is the same event, however
    /// often it arrives. Several such columns (order and line) are the id together. Of an event it is a property too.
    /// `"message-id"`
    MessageId,
    /// When it was so, or when it happened. `"occurred-at"`
    OccurredAt {
        /// The attribute that keeps the time besides. `{ occurred-at = "created_at" }`
        attribute: Option<AttributeName>,
    },
    /// What happened, where rows are different events. `"event-name"`
    EventName,
    /// An attribute of the customer. One of kind e-mail or phone is also evidence of who it is.
    /// `{ attribute = "given_name", kind = "given-name" }`; without a kind, the one that the name suggests.
    Attribute {
        /// Its name in the schema.
        name: AttributeName,
        /// What it means.
        kind: Kind,
    },
    /// A property of the event. `{ property = "total", kind = "money" }`
    Property {
        /// Its name.
        name: String,
        /// What it means.
        kind: Kind,
    },
    /// What another system calls the customer, as evidence. `{ identifier = "customer_id" }`
    Identifier {
        /// The namespace.
        namespace: Namespace,
    },
    /// The group that the customer is a member of: their company. Where a later delivery names another, the membership in
    /// the former ends, unless a row is an event. `{ group = "company_id", role = "employee" }`
    Group {
        /// The namespace of the group's id.
        namespace: Namespace,
        /// What the customer is in it.
        role: Option<String>,
    },
    /// What the customer is in the group that the row names, where rows are memberships. `"member-role"`
    MemberRole,
    /// When the membership that the row tells of ended, where rows are memberships; it began when the row was so
    /// ([`OccurredAt`](Self::OccurredAt)). `"until"`
    Until,
    /// Whether the customer consents to a use of their data: yes or no, `granted`, `denied`, `withdrawn`, `subscribed`,
    /// `unsubscribed`, or the time since when they do. Anything else, `pending` or `unknown`, says nothing.
    /// `{ consent = "marketing", channel = "email" }`
    Consent {
        /// The purpose.
        purpose: String,
        /// The channel; none: all of them.
        channel: Option<String>,
    },
    /// Whether the customer refuses a use of their data: yes, or the time since when they do. A no says nothing: who did
    /// not refuse did not consent yet. `{ refusal = "marketing", channel = "email" }`
    Refusal {
        /// The purpose.
        purpose: String,
        /// The channel; none: all of them.
        channel: Option<String>,
    },
    /// Says that the record is gone: yes, or the time since when. Its attributes are taken back. `"deleted"`
    Deleted,
    /// Not read. `"ignore"`
    Ignore,
}

impl Role {
    /// An attribute.
    #[must_use]
    pub fn attribute(name: impl Into<AttributeName>, kind: Kind) -> Self {
        Self::Attribute { name: name.into(), kind }
    }
}

/// The words that stand alone.
const WORDS: &str = "`key`, `message-id`, `occurred-at`, `event-name`, `member-role`, `until`, `deleted`, `ignore`";

/// The words that need a name.
const NAMED: &str = "`key`, `attribute`, `property`, `identifier`, `group`, `consent`, `refusal`, `occurred-at`";

impl Role {
    /// The written form: a word, its name, and what is said besides.
    pub(super) fn written(&self) -> (&'static str, Option<&str>, Option<(&'static str, &str)>) {
        match self {
            Role::Key { identifier } => ("key", identifier.as_ref().map(Namespace::as_str), None),
            Role::MessageId => ("message-id", None, None),
            Role::OccurredAt { attribute } => ("occurred-at", attribute.as_ref().map(AttributeName::as_str), None),
            Role::EventName => ("event-name", None, None),
            Role::Attribute { name, kind } => ("attribute", Some(name.as_str()), Some(("kind", kind.as_str()))),
            Role::Property { name, kind } => ("property", Some(name), Some(("kind", kind.as_str()))),
            Role::Identifier { namespace } => ("identifier", Some(namespace.as_str()), None),
            Role::Group { namespace, role } => {
                ("group", Some(namespace.as_str()), role.as_deref().map(|role| ("role", role)))
            }
            Role::Consent { purpose, channel } => {
                ("consent", Some(purpose), channel.as_deref().map(|channel| ("channel", channel)))
            }
            Role::Refusal { purpose, channel } => {
                ("refusal", Some(purpose), channel.as_deref().map(|channel| ("channel", channel)))
            }
            Role::MemberRole => ("member-role", None, None),
            Role::Until => ("until", None, None),
            Role::Deleted => ("deleted", None, None),
            Role::Ignore => ("ignore", None, None),
        }
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (word, name, more) = self.written();
        let Some(name) = name else { return serializer.serialize_str(word) };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(word, name)?;
        if let Some((word, value)) = more {
            map.serialize_entry(word, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RoleVisitor)
    }
}

struct RoleVisitor;

impl<'de> Visitor<'de> for RoleVisitor {
    type Value = Role;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {WORDS}, or a table with one of {NAMED}")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Role, E> {
        Ok(match word {
            "key" => Role::Key { identifier: None },
            "message-id" => Role::MessageId,
            "occurred-at" => Role::OccurredAt { attribute: None },
            "event-name" => Role::EventName,
            "member-role" => Role::MemberRole,
            "until" => Role::Until,
            "deleted" => Role::Deleted,
            "ignore" => Role::Ignore,
            _ => {
                return Err(E::custom(format!(
                    "unknown role `{word}`, expected one of {WORDS}, or a table such as {{ attribute = \"city\" }}"
                )));
            }
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Role, A::Error> {
        let mut named: Option<(String, String)> = None;
        let (mut kind, mut role, mut channel) = (None, None, None);
        while let Some(word) = map.next_key::<String>()? {
            match word.as_str() {
                "kind" => kind = Some(map.next_value::<Kind>()?),
                "role" => role = Some(map.next_value::<String>()?),
                "channel" => channel = Some(map.next_value::<String>()?),
                "key" | "attribute" | "property" | "identifier" | "group" | "consent" | "refusal" | "occurred-at" => {
                    let name: String = map.next_value()?;
                    if let Some((first, _)) = &named {
                        return Err(de::Error::custom(format!(
                            "a column cannot be both `{first}` and `{word}`, expected one of them"
                        )));
                    }
                    if name.trim().is_empty() {
                        return Err(de::Error::custom(format!("`{word}` has no name, expected one")));
                    }
                    named = Some((word, name));
                }
                _ => {
                    return Err(de::Error::custom(format!(
                        "unknown word `{word}`, expected one of {NAMED}, with `kind`, `role` or `channel`"
                    )));
                }
            }
        }
        let Some((word, name)) = named else {
            return Err(de::Error::custom(format!("this column has no role, expected one of {NAMED}")));
        };
        let own = match word.as_str() {
            "attribute" | "property" => "kind",
            "group" => "role",
            "consent" | "refusal" => "channel",
            _ => "",
        };
        let said = [("kind", kind.is_some()), ("role", role.is_some()), ("channel", channel.is_some())];
        let stray = said.into_iter().find_map(|(said, is_said)| (is_said && said != own).then_some(said));
        if let Some(stray) = stray {
            return Err(de::Error::custom(format!(
                "`{stray}` says nothing about `{word}`, expected `kind` with an attribute or property, `role` with a group, \
                 `channel` with a consent or refusal"
            )));
        }
        let kind = kind.unwrap_or_else(|| infer::kind_of_name(&name));
        Ok(match word.as_str() {
            "key" => Role::Key { identifier: Some(name.into()) },
            "attribute" => Role::Attribute { name: name.into(), kind },
            "property" => Role::Property { name, kind },
            "identifier" => Role::Identifier { namespace: name.into() },
            "group" => Role::Group { namespace: name.into(), role },
            "consent" => Role::Consent { purpose: name, channel },
            "refusal" => Role::Refusal { purpose: name, channel },
            _ => Role::OccurredAt { attribute: Some(name.into()) },
        })
    }
}
