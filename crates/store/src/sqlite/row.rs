//! A fact as a row of the table `facts`, and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::DateTime;
use onefold_fact::{
    Batch, Body, Digester, Fact, FactId, FactParts, Identifier, Namespace, Party, RecordKey, Source, Timestamp,
};
use uuid::Uuid;

use crate::store::Checkpoint;

/// A hash of all that a row says.
pub(super) type Seal = [u8; 16];

/// The seal of a delivery of a fact.
pub(super) fn seal(fact: &Fact) -> Seal {
    let mut digester = Digester::default();
    digester.one(&fact.id()).one(fact.source()).one(fact.batch()).time(fact.received_at()).one(&fact.content());
    first_half(&digester)
}

/// The seal of a row whose content is removed.
pub(super) fn tombstone(position: u64, id: FactId) -> Seal {
    let mut digester = Digester::default();
    digester.text("erased").u64(position).one(&id);
    first_half(&digester)
}

/// The seal of a checkpoint.
pub(super) fn checkpoint_seal(name: &str, checkpoint: &Checkpoint) -> Seal {
    let mut digester = Digester::default();
    digester.text(name).u64(checkpoint.version.into()).u64(checkpoint.position.number()).bytes(&checkpoint.bytes);
    first_half(&digester)
}

/// Stands for a content under an id.
pub(super) fn content_key(fact: &Fact) -> Seal {
    let mut digester = Digester::default();
    digester.one(&fact.id()).one(&fact.content());
    first_half(&digester)
}

fn first_half(digester: &Digester) -> Seal {
    let mut seal = [0; 16];
    seal.iter_mut().zip(digester.finish().as_bytes()).for_each(|(to, from)| *to = *from);
    seal
}

/// The parts of a row that are worked out from a fact alone.
pub(super) struct Encoded {
    pub(super) seal: Seal,
    pub(super) identifiers: Option<String>,
    pub(super) body: String,
}

impl Encoded {
    pub(super) fn of(fact: &Fact) -> serde_json::Result<Self> {
        let identifiers = match fact.identifiers() {
            [] => None,
            identifiers => {
                let mut by_namespace: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
                for identifier in identifiers {
                    by_namespace.entry(identifier.namespace().as_str()).or_default().push(identifier.value());
                }
                Some(serde_json::to_string(&by_namespace)?)
            }
        };
        Ok(Self { seal: seal(fact), identifiers, body: serde_json::to_string(fact.body())? })
    }
}

/// The content of a row as it stands in the table.
#[derive(Debug, Clone)]
pub(super) struct RawContent {
    pub(super) party: Option<i64>,
    pub(super) key: Option<Box<str>>,
    pub(super) identifiers: Option<Box<str>>,
    pub(super) occurred_at: Option<i64>,
    pub(super) body: Box<str>,
}

/// A row as it stands in the table.
#[derive(Debug, Clone)]
pub(super) struct RawRow {
    pub(super) position: u64,
    pub(super) id: FactId,
    pub(super) source: Source,
    pub(super) batch: Batch,
    pub(super) received_at: i64,
    pub(super) seal: Seal,
    /// Its own content, or that of the row that it repeats.
    pub(super) content: Arc<RawContent>,
}

impl RawRow {
    /// The fact.
    ///
    /// # Errors
    /// What is wrong with the row, if it is not what was written.
    pub(super) fn decode(&self) -> Result<Fact, String> {
        let RawContent { party, key, identifiers, occurred_at, body } = &*self.content;
        let wrong = |what: &str| format!("the fact at position {} has {what}", self.position);
        let party = match party {
            None => None,
            Some(0) => Some(Party::Person),
            Some(1) => Some(Party::Organisation),
            Some(_) => return Err(wrong("a party that is neither 0 nor 1")),
        };
        let time = |micros: i64| DateTime::from_timestamp_micros(micros).ok_or_else(|| wrong("a time out of range"));
        let fact = Fact::from(FactParts {
            id: self.id,
            source: self.source.clone(),
            batch: self.batch.clone(),
            key: party.zip(key.as_deref()).map(|(party, name)| RecordKey::new(party, name)),
            identifiers: match identifiers {
                Some(json) => read_identifiers(json).map_err(|error| wrong(&format!("broken identifiers: {error}")))?,
                None => Vec::new(),
            },
            occurred_at: occurred_at.map(time).transpose()?,
            received_at: time(self.received_at)?,
            body: serde_json::from_str::<Body>(body).map_err(|error| wrong(&format!("a broken body: {error}")))?,
        });
        if seal(&fact) == self.seal { Ok(fact) } else { Err(wrong("a content that is not the one that was written")) }
    }
}

fn read_identifiers(json: &str) -> serde_json::Result<Vec<Identifier>> {
    let by_namespace: BTreeMap<Namespace, Vec<String>> = serde_json::from_str(json)?;
    let each = |(namespace, values): (Namespace, Vec<String>)| {
        values.into_iter().map(move |value| Identifier::new(namespace.clone(), value))
    };
    Ok(by_namespace.into_iter().flat_map(each).collect())
}

/// Microseconds since 1970.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.timestamp_micros()
}

/// The id in 16 bytes of a column.
pub(super) fn id(bytes: [u8; 16]) -> FactId {
    Uuid::from_bytes(bytes).into()
}
