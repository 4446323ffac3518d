//! [`Body`]: what a fact says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, DigestInto, Digester};
use crate::fact::{FactId, Timestamp};
use crate::identifier::{Identifier, RecordId};
use crate::name::{AttributeName, Batch, Name};
use crate::property::Properties;
use crate::schema::Schema;
use crate::value::Value;

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Body {
    /// The record has these attributes. What is not named is not said.
    Set(BTreeMap<AttributeName, Value>),
    /// The record no longer has these attributes.
    Unset(BTreeSet<AttributeName>),
    /// Something happened.
    Event {
        /// What happened, as the source names it.
        name: Name,
        /// Its details; `None` is an explicit null.
        properties: Properties,
    },
    /// The record is a member of a group.
    Group(Membership),
    /// A choice about the use of personal data.
    Consent(Consent),
    /// A steward's decision.
    Decision(Decision),
    /// An event of an object of work (a lead, an opportunity, a ticket), opaque at this level.
    Object(ObjectEvent),
    /// A configuration, a rule or a model comes into force.
    Adopt(Configuration),
    /// The batch that holds this fact is a whole snapshot of its source.
    Complete,
    /// A fact or a batch never was.
    Retract(Retraction),
    /// Records are erased, as decided on the state known then.
    Erase(Erasure),
}

impl Body {
    /// A [`Body::Set`].
    pub fn set<N: Into<AttributeName>, V: Into<Value>>(attributes: impl IntoIterator<Item = (N, V)>) -> Self {
        Body::Set(attributes.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// A [`Body::Event`] whose properties are all present.
    pub fn event<N: Into<Name>, V: Into<Value>>(
        name: impl Into<Name>,
        properties: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let properties = properties.into_iter().map(|(name, value)| (name.into(), Some(value.into()))).collect();
        Body::Event { name: name.into(), properties }
    }
}

/// A record's membership of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// The group.
    pub group: Identifier,
    /// What the member is in it: `employee`, `decision maker`.
    pub role: Option<String>,
    /// Whether the membership holds from this fact on, or ends with it.
    pub member: bool,
    /// Whether the record is in no other group of this namespace from then on: what it said of others in earlier deliveries
    /// ends. So it is where a column of a table names the company of a person; who is in several says each by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only: bool,
}

/// A choice about the use of personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What for: `marketing`, `analytics`.
    pub purpose: String,
    /// Through which channel, if the choice is about one: `email`, `sms`.
    pub channel: Option<String>,
    /// What was chosen.
    pub choice: Choice,
    /// On which legal basis the data are used.
    pub basis: Option<Basis>,
    /// Where the proof is: a form, a call recording.
    pub proof: Option<String>,
    /// Until when the choice holds.
    pub expires_at: Option<Timestamp>,
    /// Who or what collected it, where that is not the source of the fact: `web form`, `call centre`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_by: Option<String>,
}

/// What a person chose about a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Said yes.
    Granted,
    /// Said no.
    Denied,
    /// Took an earlier yes back.
    Withdrawn,
}

/// The legal basis of using personal data (GDPR, article 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the terms of the law")]
pub enum Basis {
    Consent,
    Contract,
    LegalObligation,
    VitalInterests,
    PublicTask,
    LegitimateInterests,
}

/// In words: `legitimate interests`.
impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Basis::Consent => "consent",
            Basis::Contract => "contract",
            Basis::LegalObligation => "legal obligation",
            Basis::VitalInterests => "vital interests",
            Basis::PublicTask => "public task",
            Basis::LegitimateInterests => "legitimate interests",
        })
    }
}

/// A steward's decision. It stands until it is retracted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The two records are one customer.
    Link(RecordId, RecordId),
    /// The two records are two customers.
    Unlink(RecordId, RecordId),
    /// The attribute of the customer who holds the record has this value, whatever the sources say.
    Pin {
        /// A record of the customer.
        record: RecordId,
        /// The attribute.
        attribute: AttributeName,
        /// Its value.
        value: Value,
    },
}

/// An event of an object of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectEvent {
    /// The kind of object: `opportunity`.
    pub kind: String,
    /// The object's id within its kind.
    pub id: String,
    /// What happened to it: `stage_moved`.
    pub event: String,
    /// The details.
    pub data: Properties,
}

/// A named piece of configuration. Which crate reads it follows from `part`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Which part of the configuration: `schema`, `model`, `rule`.
    pub part: String,
    /// The name within the part; empty where there is one only.
    pub name: String,
    /// The configuration as JSON text, exactly as adopted.
    pub json: String,
}

impl Configuration {
    /// The part that is the schema.
    pub const SCHEMA: &str = "schema";
}

impl TryFrom<&Schema> for Configuration {
    type Error = serde_json::Error;

    fn try_from(schema: &Schema) -> Result<Self, Self::Error> {
        let json = serde_json::to_string(schema)?;
        Ok(Self { part: Self::SCHEMA.to_owned(), name: String::new(), json })
    }
}

/// What is taken back. A delivery after the retraction's stamp stands again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retraction {
    /// One fact, with all its deliveries so far.
    Fact(FactId),
    /// All deliveries of a batch.
    Batch(Batch),
}

/// An erasure, decided into explicit records and hashes so that it needs no personal value to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The erased records.
    pub records: BTreeSet<RecordId>,
    /// Keyed hashes of the identifiers that only those records held ([`Erasure::hash`]). Facts that name one of them are
    /// held back too, whatever record they are of.
    #[serde(default)]
    pub identifiers: BTreeSet<Digest>,
    /// The key of the hashes; nothing, if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Digest>,
    /// Facts that state a later time are admitted again.
    pub until: Timestamp,
}

impl Erasure {
    /// The hash of an identifier in its standard form under a key. It says who is meant to whoever knows the identifier
    /// already, and to nobody else.
    #[must_use]
    pub fn hash(key: &Digest, identifier: &Identifier) -> Digest {
        Digest::keyed(key, &Identifier::new(identifier.namespace().clone(), identifier.form()))
    }
}

impl DigestInto for Body {
    fn digest_into(&self, digester: &mut Digester) {
        match self {
            Body::Set(attributes) => digester.tag(1).each(attributes),
            Body::Unset(attributes) => digester.tag(2).each(attributes),
            Body::Event { name, properties } => digester.tag(3).one(name).each(properties),
            Body::Group(Membership { group, role, member, only }) => {
                digester.tag(4).one(group).one(role).tag(u8::from(*member));
                // What has nothing new to say has the digest that it had before this could be said.
                if *only { digester.tag(1) } else { digester }
            }
            Body::Consent(Consent { purpose, channel, choice, basis, proof, expires_at, collected_by }) => {
                let digester = digester.tag(5).text(purpose).one(channel).tag(*choice as u8);
                digester.tag(basis.map_or(u8::MAX, |basis| basis as u8)).one(proof).one(expires_at);
                collected_by.iter().fold(digester, |digester, by| digester.text(by))
            }
            Body::Decision(decision) => digester.tag(6).one(decision),
            Body::Object(ObjectEvent { kind, id, event, data }) => {
                digester.tag(7).text(kind).text(id).text(event).each(data)
            }
            Body::Adopt(Configuration { part, name, json }) => digester.tag(8).text(part).text(name).text(json),
            Body::Complete => digester.tag(9),
            Body::Retract(Retraction::Fact(fact)) => digester.tag(10).tag(1).one(fact),
            Body::Retract(Retraction::Batch(batch)) => digester.tag(10).tag(2).one(batch),
            Body::Erase(Erasure { records, identifiers, key, until }) => {
                digester.tag(11).each(records).each(identifiers).time(*until);
                // One without a key has the digest that it had before there were keys.
                key.iter().fold(digester, Digester::one)
            }
        };
    }
}

impl DigestInto for Decision {
    fn digest_into(&self, digester: &mut Digester) {
        match self {
            Decision::Link(a, b) => digester.tag(1).one(a).one(b),
            Decision::Unlink(a, b) => digester.tag(2).one(a).one(b),
            Decision::Pin { record, attribute, value } => digester.tag(3).one(record).one(attribute).one(value),
        };
    }
}
