//! [`Fact`]: the immutable unit of everything that arrives.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::body::Body;
use crate::digest::{Digest, DigestInto, Digester};
use crate::identifier::{Identifier, RecordId, RecordKey, derived_id};
use crate::name::{Batch, Source};

/// An instant in UTC. Facts keep microseconds.
pub type Timestamp = DateTime<Utc>;

/// The id of a fact: derived from its source and the source's message id, or else from its source and content; never
/// from its batch or the time of its arrival. The same fact delivered again is the same fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(Uuid);

impl FactId {
    /// The bare UUID.
    #[must_use]
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl From<Uuid> for FactId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for FactId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl DigestInto for FactId {
    fn digest_into(&self, digester: &mut Digester) {
        digester.bytes(self.0.as_bytes());
    }
}

/// What a source says, before the writer has stamped it.
///
/// ```
/// use onefold_fact::{Body, Draft, Identifier, RecordKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let viewed = Draft::new("web", Body::event("Product Viewed", [("sku", "A-1")]))
///     .key(RecordKey::person("u42"))
///     .identified_by(Identifier::new("user_id", "u42"))
///     .occurred_at("2026-03-01T09:00:00Z".parse()?)
///     .message_id("m-1");
/// let fact = viewed.received("monday", "2026-03-01T09:00:02Z".parse()?);
/// assert_eq!(fact.batch().as_str(), "monday");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    source: Source,
    key: Option<RecordKey>,
    identifiers: BTreeSet<Identifier>,
    occurred_at: Option<Timestamp>,
    message_id: Option<String>,
    body: Body,
}

impl Draft {
    /// A statement of `source` about no record yet.
    #[must_use]
    pub fn new(source: impl Into<Source>, body: Body) -> Self {
        Self {
            source: source.into(),
            key: None,
            identifiers: BTreeSet::new(),
            occurred_at: None,
            message_id: None,
            body,
        }
    }

    /// The record that it is about.
    #[must_use]
    pub fn key(mut self, key: RecordKey) -> Self {
        self.key = Some(key);
        self
    }

    /// An identifier seen with it.
    #[must_use]
    pub fn identified_by(mut self, identifier: Identifier) -> Self {
        self.identifiers.insert(identifier);
        self
    }

    /// When it was so, as the source states it.
    #[must_use]
    pub fn occurred_at(mut self, at: Timestamp) -> Self {
        self.occurred_at = Some(at.trunc_subsecs(6));
        self
    }

    /// The source's own id of this statement, under which it may be delivered several times. It counts once, from the
    /// earliest of them; without an id, what states no time counts at each.
    #[must_use]
    pub fn message_id(mut self, id: impl Into<String>) -> Self {
        self.message_id = Some(id.into());
        self
    }

    /// When it was so, if the source says.
    #[must_use]
    pub fn stated_time(&self) -> Option<Timestamp> {
        self.occurred_at
    }

    /// Who says so.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What it says.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The fact: this statement as delivered in `batch` and received at `at`.
    #[must_use]
    pub fn received(self, batch: impl Into<Batch>, at: Timestamp) -> Fact {
        let Draft { source, key, identifiers, occurred_at, message_id, body } = self;
        let identifiers: Box<[Identifier]> = identifiers.into_iter().collect();
        let content = content(key.as_ref(), &identifiers, occurred_at, &body);
        let id = FactId(match message_id {
            Some(message) => derived_id("message", &[source.as_str().as_bytes(), message.as_bytes()]),
            None => content_id(&source, content).0,
        });
        let received_at = at.trunc_subsecs(6);
        let (batch, body) = (batch.into(), Arc::new(body));
        Fact { id, content, source, batch, key, identifiers, occurred_at, received_at, body }
    }
}

/// The id of what a source gave none.
fn content_id(source: &Source, content: Digest) -> FactId {
    FactId(derived_id("content", &[source.as_str().as_bytes(), content.as_bytes()]))
}

fn content(key: Option<&RecordKey>, identifiers: &[Identifier], occurred_at: Option<Timestamp>, body: &Body) -> Digest {
    let mut digester = Digester::default();
    digester.one(&key).each(identifiers).one(&occurred_at).one(body);
    digester.finish()
}

/// An immutable fact. It is made by stamping a [`Draft`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FactParts", into = "FactParts")]
pub struct Fact {
    id: FactId,
    content: Digest,
    source: Source,
    batch: Batch,
    key: Option<RecordKey>,
    identifiers: Box<[Identifier]>,
    occurred_at: Option<Timestamp>,
    received_at: Timestamp,
    /// Shared, since it is most of a fact and never changes.
    body: Arc<Body>,
}

impl Fact {
    /// The same fact by another delivery.
    pub(crate) fn delivered(&self, batch: Batch, received_at: Timestamp) -> Self {
        Self { batch, received_at, ..self.clone() }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> FactId {
        self.id
    }

    /// The hash of its content: key, identifiers, stated time and body.
    #[must_use]
    pub fn content(&self) -> Digest {
        self.content
    }

    /// Whether its source gave it an id: delivered again, it is the same statement, whenever that is.
    pub(crate) fn is_message(&self) -> bool {
        self.id != content_id(&self.source, self.content)
    }

    /// Who says so.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The delivery that brought it.
    #[must_use]
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// What the source calls the customer it is about; `None` for facts about no record, such as a configuration.
    #[must_use]
    pub fn key(&self) -> Option<&RecordKey> {
        self.key.as_ref()
    }

    /// The record that it is about.
    #[must_use]
    pub fn record(&self) -> Option<RecordId> {
        self.key.as_ref().map(|key| RecordId::of(&self.source, key))
    }

    /// The identifiers seen with it, sorted and distinct.
    #[must_use]
    pub fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }

    /// When it was so, if the source says.
    #[must_use]
    pub fn occurred_at(&self) -> Option<Timestamp> {
        self.occurred_at
    }

    /// The writer's stamp.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// What it says.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// What it says, to be kept beside it without copying.
    #[must_use]
    pub fn shared_body(&self) -> Arc<Body> {
        Arc::clone(&self.body)
    }
}

/// A fact in its parts, as it is stored. Made into a [`Fact`] its content hash is computed anew, so whoever keeps the
/// hash elsewhere can tell whether the parts are what was stored.
///
/// ```
/// use onefold_fact::{Body, Draft, Fact, FactParts, RecordKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let draft = Draft::new("crm", Body::set([("city", "Bonn")])).key(RecordKey::person("17"));
/// let fact = draft.received("monday", "2026-03-01T09:00:00Z".parse()?);
/// let parts = FactParts::from(fact.clone());
/// assert_eq!(Fact::from(parts), fact);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactParts {
    /// Its id.
    pub id: FactId,
    /// Who says so.
    pub source: Source,
    /// The delivery that brought it.
    pub batch: Batch,
    /// What the source calls the customer it is about.
    pub key: Option<RecordKey>,
    /// The identifiers seen with it.
    pub identifiers: Vec<Identifier>,
    /// When it was so, if the source says.
    pub occurred_at: Option<Timestamp>,
    /// The writer's stamp.
    pub received_at: Timestamp,
    /// What it says.
    pub body: Body,
}

impl From<Fact> for FactParts {
    fn from(fact: Fact) -> Self {
        let Fact { id, content: _, source, batch, key, identifiers, occurred_at, received_at, body } = fact;
        let identifiers = identifiers.into_vec();
        Self { id, source, batch, key, identifiers, occurred_at, received_at, body: Arc::unwrap_or_clone(body) }
    }
}

impl From<FactParts> for Fact {
    fn from(parts: FactParts) -> Self {
        let FactParts { id, source, batch, key, mut identifiers, occurred_at, received_at, body } = parts;
        identifiers.sort_unstable();
        identifiers.dedup();
        let identifiers = identifiers.into_boxed_slice();
        let content = content(key.as_ref(), &identifiers, occurred_at, &body);
        Self { id, content, source, batch, key, identifiers, occurred_at, received_at, body: Arc::new(body) }
    }
}

/// The place of a fact in the canonical order: by time; at equal time an assumed time before a stated one, so that the
/// stated one, coming later, wins; then by the stamp, the body and the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    at: Timestamp,
    stated: bool,
    received_at: Timestamp,
    content: Digest,
    id: FactId,
}

impl Order {
    /// The place of `fact` as received at `received_at`.
    #[must_use]
    pub fn of(fact: &Fact, received_at: Timestamp) -> Self {
        let stated = fact.occurred_at.is_some();
        let at = fact.occurred_at.unwrap_or(received_at);
        Self { at, stated, received_at, content: fact.content, id: fact.id }
    }

    /// The id of the fact.
    #[must_use]
    pub fn id(&self) -> FactId {
        self.id
    }

    /// The content of the fact.
    #[must_use]
    pub fn content(&self) -> Digest {
        self.content
    }

    /// The time that counts: the stated one, or else the stamp.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the source stated the time.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.stated
    }

    /// The stamp of the delivery that counts.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }
}
