//! What a source calls the customer of a row that has no key.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use onefold_fact::{AttributeName, Digest, Identifier, Kind, Name, Party, RecordKey, Schema, Value, namespace};

/// Finds the key of rows without one.
#[derive(Debug)]
pub(crate) struct Who {
    schema: Schema,
    /// How often a content without key and identifier was met: its ordinal makes equal rows two records, whatever their
    /// places in the file.
    met: HashMap<u64, u32>,
}

impl Who {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self { schema: schema.clone(), met: HashMap::new() }
    }

    /// The identifier of highest priority: the user id, the e-mail address, the phone number, then any other.
    pub(crate) fn foremost<'i>(&self, identifiers: impl IntoIterator<Item = &'i Identifier>) -> Option<&'i Identifier> {
        identifiers
            .into_iter()
            .min_by_key(|identifier| (self.schema.namespace(identifier.namespace()).priority, *identifier))
    }

    /// The key of a row without one: its foremost identifier, else its content.
    pub(crate) fn key(
        &mut self,
        party: Party,
        identifiers: &BTreeSet<Identifier>,
        attributes: &BTreeMap<AttributeName, Value>,
        properties: &BTreeMap<Name, Option<Value>>,
    ) -> RecordKey {
        match self.foremost(identifiers) {
            Some(identifier) => RecordKey::new(party, identifier.to_string()),
            None => {
                // What happened does not say who it was, unless there is nothing else.
                let content = if attributes.is_empty() { Digest::of(properties) } else { Digest::of(attributes) };
                let hash = content.as_bytes().iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte));
                let ordinal = self.met.entry(hash).or_default();
                *ordinal += 1;
                RecordKey::new(party, format!("row:{hash:016x}#{ordinal}"))
            }
        }
    }
}

/// The identifiers that an attribute is besides: an e-mail address, a phone number with its country; of a list each.
pub(crate) fn identifiers_of(kind: Kind, value: &Value) -> impl Iterator<Item = Identifier> {
    let (one, several) = match value {
        Value::List(items) => (None, &**items),
        value => (Some(value), &[][..]),
    };
    one.into_iter().chain(several.iter().flatten()).filter_map(move |value| identifier_of(kind, value))
}

fn identifier_of(kind: Kind, value: &Value) -> Option<Identifier> {
    let text = value.as_text()?;
    match kind {
        Kind::Email => Some(Identifier::new(namespace::EMAIL, text)),
        // Without the country the same digits are many people's.
        Kind::Phone if text.starts_with('+') => Some(Identifier::new(namespace::PHONE, text)),
        _ => None,
    }
}
