//! [`Export`]: all that is known of one customer, for machines and for people.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use onefold_fact::{AttributeName, Consent, Kind, Name, PiiClass, Schema, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;
use crate::consent::{ConsentChoice, ConsentState};
use crate::identifier::holders;
use crate::mask::{hash_identifier, keyed_hash, mask, mask_identifier};
use crate::nested::{Entry, within};
use crate::profile::Profile;
use crate::provenance::Provenance;

/// How values are told in an export, by how personal they are. By default all as they stand: a person who asks what is
/// known of them is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Disclosure<'k> {
    /// Values that say nothing about who somebody is.
    pub none: Telling<'k>,
    /// Values that point at a person; identifiers, and what the schema does not declare, among them.
    pub personal: Telling<'k>,
    /// Values that need special protection.
    pub sensitive: Telling<'k>,
}

/// How a value is told.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Telling<'k> {
    /// As it stands.
    #[default]
    Plain,
    /// As [`mask`] shows it.
    Masked,
    /// As [`keyed_hash`] under this key.
    Hashed(&'k [u8]),
    /// Not at all: it is named without a value.
    Withheld,
}

/// Without the key.
impl fmt::Debug for Telling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Telling::Plain => "Plain",
            Telling::Masked => "Masked",
            Telling::Hashed(_) => "Hashed",
            Telling::Withheld => "Withheld",
        })
    }
}

impl<'k> Disclosure<'k> {
    fn of(&self, class: PiiClass) -> Telling<'k> {
        match class {
            PiiClass::None => self.none,
            PiiClass::Personal => self.personal,
            PiiClass::Sensitive => self.sensitive,
        }
    }
}

/// All that is known of one customer, every value with the fact that says so. Its `serde` form is for machines,
/// [`to_markdown`](Export::to_markdown) for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The customer.
    pub customer: String,
    /// The records that are this customer; left out where personal values are not told as they stand, since a source may
    /// call somebody by name.
    pub records: Vec<String>,
    /// What is said of the customer: values that won, values that lost, and values that were taken back.
    pub attributes: Vec<ExportedValue>,
    /// Identifiers, by namespace.
    pub identifiers: Vec<ExportedValue>,
    /// The events with their properties, oldest first.
    pub events: Vec<ExportedEvent>,
    /// The groups that the customer belongs to; the value is the role.
    pub groups: Vec<ExportedValue>,
    /// The choices about each purpose and channel in words, with their basis, end and proof, the last first.
    pub consents: Vec<ExportedValue>,
    /// What is computed from the events: by name, with its value.
    #[serde(default)]
    pub computed: Vec<(String, Option<String>)>,
    /// The segments that the customer is in; left out where sensitive values are not told as they stand.
    #[serde(default)]
    pub segments: Vec<String>,
}

/// A value with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedValue {
    /// What it is a value of.
    pub name: String,
    /// The value; `None` if it is withheld, or there is none.
    pub value: Option<String>,
    /// Whether it is what holds; otherwise another value won or it was taken back.
    pub holds: bool,
    /// The source that says so; several are told apart by commas.
    pub source: String,
    /// The fact, if it is one.
    pub fact: Option<String>,
    /// When it counts.
    pub at: Timestamp,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedEvent {
    /// What happened.
    pub name: String,
    /// The source that says so.
    pub source: String,
    /// The fact.
    pub fact: String,
    /// When.
    pub at: Timestamp,
    /// The properties, by name; `None` if withheld or null.
    pub properties: Vec<(String, Option<String>)>,
}

/// How values of one schema are told.
struct Teller<'s, 'k> {
    schema: &'s Schema,
    disclosure: &'s Disclosure<'k>,
}

impl Teller<'_, '_> {
    fn tell(&self, name: &str, value: &Value) -> Option<String> {
        match self.disclosure.of(self.schema.pii(name)) {
            Telling::Plain => Some(within(value, &|name, value| self.entry(name, value)).to_string()),
            other => self.instead(other, name, value),
        }
    }

    /// What becomes of an entry within a value that is told. What nobody declared is told as what it stands in.
    fn entry(&self, name: &str, value: &Value) -> Entry {
        let Some(class) = self.schema.pii_within(name) else { return Entry::Open };
        match self.disclosure.of(class) {
            Telling::Plain => Entry::Open,
            other => self.instead(other, name, value).map_or(Entry::Gone, |told| Entry::Instead(Value::from(told))),
        }
    }

    fn instead(&self, telling: Telling<'_>, name: &str, value: &Value) -> Option<String> {
        let kind = self.schema.declared(name).next().map_or(Kind::Text, |spec| spec.kind);
        match telling {
            Telling::Plain => Some(value.to_string()),
            Telling::Masked => Some(mask(kind, value)),
            Telling::Hashed(key) => Some(keyed_hash(key, kind, value).to_string()),
            Telling::Withheld => None,
        }
    }

    fn value(&self, name: &AttributeName, value: &Value, from: &Provenance, holds: bool) -> ExportedValue {
        from_fact(name.to_string(), self.tell(name.as_str(), value), from, holds)
    }
}

fn from_fact(name: String, value: Option<String>, from: &Provenance, holds: bool) -> ExportedValue {
    let (source, fact) = (from.source().to_string(), Some(from.fact().to_string()));
    ExportedValue { name, value, holds, source, fact, at: from.at() }
}

impl Export {
    /// All that a profile holds, told as the disclosure says.
    #[must_use]
    pub fn of(profile: &Profile, schema: &Schema, disclosure: &Disclosure<'_>) -> Self {
        let teller = Teller { schema, disclosure };
        let attributes = profile.attributes().iter().flat_map(|(name, attribute)| {
            let held = teller.value(name, attribute.value(), Attribute::provenance(attribute), true);
            let lost = attribute.others().iter();
            std::iter::once(held).chain(lost.map(|it| teller.value(name, it.value(), it.provenance(), false)))
        });
        let withdrawn = profile
            .withdrawn()
            .iter()
            .flat_map(|(name, others)| others.iter().map(|it| teller.value(name, it.value(), it.provenance(), false)));
        let identifiers = profile.identifiers().iter().map(|held| {
            let identifier = held.identifier();
            // As every attribute that holds the same is told: of the most personal class among them.
            let own = schema.pii(identifier.namespace().as_str());
            let class = holders(profile, identifier, |name| schema.pii(name) > own).map(|name| schema.pii(name)).max();
            let value = match disclosure.of(class.unwrap_or(own)) {
                Telling::Plain => Some(identifier.value().to_owned()),
                Telling::Masked => Some(mask_identifier(identifier)),
                Telling::Hashed(key) => Some(hash_identifier(key, identifier).to_string()),
                Telling::Withheld => None,
            };
            let sources: Vec<&str> = held.sources().iter().map(AsRef::as_ref).collect();
            let (name, source) = (identifier.namespace().to_string(), sources.join(", "));
            ExportedValue { name, value, holds: true, source, fact: None, at: held.last_seen() }
        });
        let events = profile.timeline().iter().map(|event| {
            let told = |(name, value): (&Name, &Option<Value>)| {
                (name.to_string(), value.as_ref().and_then(|value| teller.tell(name, value)))
            };
            ExportedEvent {
                name: event.name().to_owned(),
                source: event.provenance().source().to_string(),
                fact: event.provenance().fact().to_string(),
                at: event.at(),
                properties: event.properties().iter().map(told).collect(),
            }
        });
        let plain = disclosure.personal == Telling::Plain;
        let groups = profile.groups().iter().map(|it| {
            let name = if plain { it.group().to_string() } else { it.group().namespace().to_string() };
            from_fact(name, it.role().map(str::to_owned), it.provenance(), true)
        });
        let consents = profile.consents().iter().flat_map(|held| {
            let told = |(holds, choice): (bool, &ConsentChoice)| {
                let about = choice.consent();
                let name = about.channel.iter().fold(about.purpose.clone(), |name, by| format!("{name} by {by}"));
                from_fact(name, Some(in_words(about, plain)), choice.provenance(), holds)
            };
            held.choices().rev().enumerate().map(move |(place, choice)| told((place == 0, choice)))
        });
        let records = profile.records().iter().filter(|_| plain);
        Export {
            customer: profile.id().to_string(),
            records: records.map(|it| format!("{} record {}", it.source(), it.key())).collect(),
            attributes: attributes.chain(withdrawn).collect(),
            identifiers: identifiers.collect(),
            events: events.collect(),
            groups: groups.collect(),
            consents: consents.collect(),
            computed: Vec::new(),
            segments: Vec::new(),
        }
    }

    /// With what is computed from the events, told as the disclosure says: each value with the names of the properties that
    /// it is made from, which it is as personal as.
    #[must_use]
    pub fn with_computed<'f>(
        mut self,
        values: impl IntoIterator<Item = (AttributeName, Value, BTreeSet<&'f str>)>,
        schema: &Schema,
        disclosure: &Disclosure<'_>,
    ) -> Self {
        let teller = Teller { schema, disclosure };
        let told = values.into_iter().map(|(name, value, from)| {
            let declared = from.into_iter().flat_map(|from| schema.pii_within(from));
            let class = declared.chain([schema.pii(name.as_str())]).max().unwrap_or(PiiClass::Personal);
            (name.to_string(), teller.instead(disclosure.of(class), name.as_str(), &value))
        });
        self.computed = told.collect();
        self
    }

    /// With the segments that the customer is in. A segment may rest on anything, so they are told only where what is
    /// sensitive is told as it stands.
    #[must_use]
    pub fn with_segments(mut self, segments: impl IntoIterator<Item = String>, disclosure: &Disclosure<'_>) -> Self {
        self.segments = segments.into_iter().filter(|_| disclosure.sensitive == Telling::Plain).collect();
        self
    }

    /// The same as Markdown, to be read: a heading for each part, a line for each value.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# What is known of customer {}\n", escaped(&self.customer));
        if !self.records.is_empty() {
            text.push_str("\n## Records\n\n");
            self.records.iter().for_each(|record| text.push_str(&format!("- {}\n", escaped(record))));
        }
        let parts = [
            ("What is said", &self.attributes),
            ("Identifiers", &self.identifiers),
            ("Groups", &self.groups),
            ("Choices about the use of data", &self.consents),
        ];
        for (title, values) in parts.into_iter().filter(|(_, values)| !values.is_empty()) {
            text.push_str(&format!("\n## {title}\n\n"));
            for it in values {
                let value = it.value.as_deref().map_or("(not told)".to_owned(), escaped);
                let past = if it.holds { "" } else { ", not in force" };
                let (name, source) = (escaped(&it.name), escaped(&it.source));
                // Writing to a string does not fail.
                let _ = writeln!(text, "- {name}: {value} ({source}, {}{past})", it.at.date_naive());
            }
        }
        if !self.computed.is_empty() {
            text.push_str("\n## What follows from it\n\n");
            for (name, value) in &self.computed {
                let value = value.as_deref().map_or("(not told)".to_owned(), escaped);
                let _ = writeln!(text, "- {}: {value}", escaped(name));
            }
        }
        if !self.segments.is_empty() {
            text.push_str("\n## Segments\n\n");
            self.segments.iter().for_each(|segment| text.push_str(&format!("- {}\n", escaped(segment))));
        }
        if !self.events.is_empty() {
            text.push_str("\n## What happened\n\n");
            for it in &self.events {
                let told = |(name, value): &(String, Option<String>)| {
                    format!("{}: {}", escaped(name), value.as_deref().map_or("(not told)".to_owned(), escaped))
                };
                let properties: Vec<String> = it.properties.iter().map(told).collect();
                let (name, source) = (escaped(&it.name), escaped(&it.source));
                let _ = writeln!(text, "- {}: {name} ({source}) {}", it.at.to_rfc3339(), properties.join(", "));
            }
        }
        text
    }
}

/// A choice in words: `granted on consent until 2027-01-01T00:00:00+00:00, proof: form 12`. A proof may name somebody.
fn in_words(consent: &Consent, with_proof: bool) -> String {
    let mut words = ConsentState::from(consent.choice).to_string();
    // Writing to a string does not fail.
    if let Some(basis) = consent.basis {
        let _ = write!(words, " on {basis}");
    }
    if let Some(end) = consent.expires_at {
        let _ = write!(words, " until {}", end.to_rfc3339());
    }
    if let Some(by) = consent.collected_by.as_ref().filter(|_| with_proof) {
        let _ = write!(words, ", collected by {by}");
    }
    if let Some(proof) = consent.proof.as_ref().filter(|_| with_proof) {
        let _ = write!(words, ", proof: {proof}");
    }
    words
}

/// On one line, and without what Markdown or HTML would read as more than text.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => escaped.push(' '),
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '#' | '|' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}
