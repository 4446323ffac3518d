//! Identifiers, record keys, and the ids of records and customers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::{DigestInto, Digester};
use crate::kind::Kind;
use crate::name::{Source, shared_text};
use crate::value::Value;

/// The namespaces that onefold itself knows. Any other name is a namespace too.
pub mod namespace {
    /// An account of one person at the business: what a visitor signs in as.
    pub const USER_ID: &str = "user_id";
    /// An e-mail address.
    pub const EMAIL: &str = "email";
    /// A phone number.
    pub const PHONE: &str = "phone";
    /// A visitor before signing in: a browser or an app installation, which several people may share.
    pub const ANONYMOUS: &str = "anonymous";
    /// A device, which several people may share.
    pub const DEVICE: &str = "device";
    /// A group (account) as an event stream calls it.
    pub const GROUP: &str = "group";
}

shared_text! {
    /// The kind of an identifier: `email`, `user_id`, `anonymous`.
    Namespace
}

/// A namespace and a value in it: `email:ada@x.io`. Identifiers seen together are evidence that records belong to one
/// customer; no identifier is a key by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Identifier {
    namespace: Namespace,
    value: Arc<str>,
}

impl Identifier {
    /// An identifier with its value as given: callers standardise first ([`Kind::parse`](crate::Kind::parse)).
    #[must_use]
    pub fn new(namespace: impl Into<Namespace>, value: impl Into<Arc<str>>) -> Self {
        Self { namespace: namespace.into(), value: value.into() }
    }

    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// The value within the namespace.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The standard form of the value, in whatever spelling it is: of e-mail addresses and phone numbers that of their
    /// kind, of others the value itself.
    #[must_use]
    pub fn form(&self) -> String {
        match self.namespace.as_str() {
            namespace::EMAIL => Kind::Email.form(&Value::from(self.value())),
            namespace::PHONE => Kind::Phone.form(&Value::from(self.value())),
            _ => self.value.to_string(),
        }
    }
}

/// `namespace:value`.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.value)
    }
}

/// Text that is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an identifier; expected a namespace, a colon and a value, like `email:ada@x.io`")]
pub struct UnknownIdentifier {
    text: String,
}

/// Reads `namespace:value`, split at the first colon.
impl FromStr for Identifier {
    type Err = UnknownIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((namespace, value)) if !namespace.is_empty() && !value.is_empty() => Ok(Self::new(namespace, value)),
            _ => Err(UnknownIdentifier { text: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for Identifier {
    type Error = UnknownIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.to_string()
    }
}

impl DigestInto for Identifier {
    fn digest_into(&self, digester: &mut Digester) {
        digester.one(&self.namespace).text(&self.value);
    }
}

/// What a customer is. Persons and organisations are matched by one engine, each among its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A human being.
    #[default]
    Person,
    /// A company, an association, a public body.
    Organisation,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Party::Person => "person",
            Party::Organisation => "organisation",
        })
    }
}

/// What a source calls a customer: its own key; for a source without keys the customer's identifier of highest
/// priority. Contact 17 and company 17 of one source are two keys.
///
/// ```
/// use onefold_fact::{Identifier, RecordKey};
///
/// assert_eq!(RecordKey::person("17").to_string(), "17");
/// assert_eq!(RecordKey::organisation("17").to_string(), "organisation:17");
/// assert_eq!(RecordKey::of(&Identifier::new("email", "ada@x.io")).to_string(), "email:ada@x.io");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    party: Party,
    name: Arc<str>,
}

impl RecordKey {
    /// A key of the source's own for a party.
    #[must_use]
    pub fn new(party: Party, name: impl Into<Arc<str>>) -> Self {
        Self { party, name: name.into() }
    }

    /// A key of the source's own for a person.
    #[must_use]
    pub fn person(name: impl Into<Arc<str>>) -> Self {
        Self::new(Party::Person, name)
    }

    /// A key of the source's own for an organisation.
    #[must_use]
    pub fn organisation(name: impl Into<Arc<str>>) -> Self {
        Self::new(Party::Organisation, name)
    }

    /// The key of a person whom the source knows by an identifier only.
    #[must_use]
    pub fn of(identifier: &Identifier) -> Self {
        Self::person(identifier.to_string())
    }

    /// Whether a person or an organisation bears it.
    #[must_use]
    pub fn party(&self) -> Party {
        self.party
    }

    /// The key within the source and its party.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.party {
            Party::Person => f.write_str(&self.name),
            Party::Organisation => write!(f, "organisation:{}", self.name),
        }
    }
}

impl DigestInto for RecordKey {
    fn digest_into(&self, digester: &mut Digester) {
        digester.tag(self.party as u8).text(&self.name);
    }
}

/// The root of all ids that onefold derives (UUID version 5, RFC 9562).
const ROOT: Uuid = Uuid::from_bytes(*b"onefold\x00\x80derived");

/// A v5 id over parts that cannot run into each other.
pub(crate) fn derived_id(purpose: &str, parts: &[&[u8]]) -> Uuid {
    let mut name = Vec::with_capacity(64);
    for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
        name.extend_from_slice(&(part.len() as u64).to_le_bytes());
        name.extend_from_slice(part);
    }
    Uuid::new_v5(&ROOT, &name)
}

/// The id of a record: one source's view of one customer. Derived from source and key, so it is the same wherever and
/// whenever the record is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(Uuid);

impl RecordId {
    /// The id of the record that `source` keeps under `key`.
    #[must_use]
    pub fn of(source: &Source, key: &RecordKey) -> Self {
        let party = [key.party as u8];
        Self(derived_id("record", &[source.as_str().as_bytes(), &party, key.name.as_bytes()]))
    }

    /// The id of the stretch of this record during which `signed_in` used it: a shared device is one record for each
    /// of its users.
    #[must_use]
    pub fn stretch(self, signed_in: &Identifier) -> Self {
        Self(derived_id("stretch", &[self.0.as_bytes(), signed_in.to_string().as_bytes()]))
    }

    /// The bare UUID.
    #[must_use]
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl From<Uuid> for RecordId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RecordId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl DigestInto for RecordId {
    fn digest_into(&self, digester: &mut Digester) {
        digester.bytes(self.0.as_bytes());
    }
}

/// The id of a customer: the id of its earliest record. A merge therefore keeps the older id, a split gives each part
/// its own id back, and every id ever issued is the id of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(RecordId);

impl CustomerId {
    /// The record that gave the customer its id.
    #[must_use]
    pub const fn founder(self) -> RecordId {
        self.0
    }
}

impl From<RecordId> for CustomerId {
    fn from(founder: RecordId) -> Self {
        Self(founder)
    }
}

impl From<CustomerId> for RecordId {
    fn from(customer: CustomerId) -> Self {
        customer.0
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CustomerId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl DigestInto for CustomerId {
    fn digest_into(&self, digester: &mut Digester) {
        self.0.digest_into(digester);
    }
}
