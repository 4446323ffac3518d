//! [`Provenance`]: which fact said so; and [`SeenRecord`]: a record of the customer.

use std::fmt;

use onefold_fact::{DigestInto, Digester, FactId, RecordId, RecordKey, Source, Timestamp};
use serde::{Deserialize, Serialize};

/// Which fact said something, and when that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    pub(crate) fact: FactId,
    pub(crate) source: Source,
    pub(crate) record: RecordId,
    pub(crate) key: Option<RecordKey>,
    pub(crate) at: Timestamp,
    pub(crate) stated: bool,
}

impl Provenance {
    /// The fact.
    #[must_use]
    pub fn fact(&self) -> FactId {
        self.fact
    }

    /// Who said so.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The record that it was said of.
    #[must_use]
    pub fn record(&self) -> RecordId {
        self.record
    }

    /// What the source calls the record; `None` for a decision, which is about a record of somebody else.
    #[must_use]
    pub fn key(&self) -> Option<&RecordKey> {
        self.key.as_ref()
    }

    /// The time that counts.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the source stated that time; otherwise it is the time of arrival.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.stated
    }
}

/// `crm record 17`, or the source alone where it has no key.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{} record {key}", self.source),
            None => write!(f, "{}", self.source),
        }
    }
}

impl DigestInto for Provenance {
    fn digest_into(&self, digester: &mut Digester) {
        let Provenance { fact, source, record, key, at, stated } = self;
        digester.one(fact).one(source).one(record).one(key).time(*at).tag(u8::from(*stated));
    }
}

/// A record of the customer, and the time that its facts span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRecord {
    pub(crate) id: RecordId,
    pub(crate) source: Source,
    pub(crate) key: RecordKey,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
}

impl SeenRecord {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// The source that keeps it.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What the source calls it.
    #[must_use]
    pub fn key(&self) -> &RecordKey {
        &self.key
    }

    /// The time of its first fact.
    #[must_use]
    pub fn first_seen(&self) -> Timestamp {
        self.first_seen
    }

    /// The time of its last fact.
    #[must_use]
    pub fn last_seen(&self) -> Timestamp {
        self.last_seen
    }
}

impl DigestInto for SeenRecord {
    fn digest_into(&self, digester: &mut Digester) {
        let SeenRecord { id, source, key, first_seen, last_seen } = self;
        digester.one(id).one(source).one(key).time(*first_seen).time(*last_seen);
    }
}
