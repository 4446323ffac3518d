//! The plain JSON of a profile, for people and other programs: keys in a stable order, values as plain JSON.

use std::collections::BTreeMap;

use onefold_fact::{
    AttributeName, Basis, Choice, Consent, CustomerId, FactId, Identifier, Party, Source, Timestamp, Value,
};
use serde::{Serialize, Serializer};

use crate::attribute::{Attribute, Element, Other};
use crate::consent::{ConsentChoice, HeldConsent};
use crate::explain::Explanation;
use crate::profile::Profile;
use crate::provenance::{Provenance, SeenRecord};
use crate::survivorship::rule_name;
use crate::timeline::Event;

impl Profile {
    /// The profile as it serialises to plain JSON. What is empty is left out, but for the records and attributes.
    ///
    /// Each attribute is `{"value", "source", "record", "at", "rule", "supporters", "others"}`, where `record` is what
    /// the source calls the record, `rule` is `pinned` if a steward pinned the value, `supporters` is the number of
    /// further facts that agree, and each of `others` is `{"value", "source", "record", "at", "why"}`. A union also
    /// has its `elements`, a sum and an average what went into them; what grows stale says when (`stale_at`). Each of the
    /// consents is the last choice about its purpose and channel, with the `earlier` ones.
    #[must_use]
    pub fn plain(&self) -> impl Serialize + '_ {
        PlainProfile {
            id: self.id,
            party: self.party,
            records: self.records.iter().map(PlainRecord::of).collect(),
            attributes: self.attributes.iter().map(|(name, it)| (name, PlainAttribute::of(it))).collect(),
            withdrawn: self.withdrawn.iter().map(|(name, it)| (name, others(it))).collect(),
            identifiers: self
                .identifiers
                .iter()
                .map(|held| PlainIdentifier {
                    identifier: held.identifier(),
                    first_seen: held.first_seen(),
                    last_seen: held.last_seen(),
                    sources: held.sources(),
                    facts: held.facts(),
                })
                .collect(),
            timeline: self.timeline.iter().map(PlainEvent::of).collect(),
            groups: self
                .groups
                .iter()
                .map(|member| PlainGroup {
                    group: member.group(),
                    role: member.role(),
                    since: member.since(),
                    origin: Origin::of(member.provenance()),
                })
                .collect(),
            consents: self.consents.iter().map(PlainConsent::of).collect(),
        }
    }

    /// The [plain](Self::plain) profile as indented JSON text.
    ///
    /// # Errors
    /// Never for a profile, whose keys are all text; the error is that of the JSON writer.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&self.plain())
    }
}

#[derive(Serialize)]
struct PlainProfile<'a> {
    id: CustomerId,
    party: Party,
    records: Vec<PlainRecord<'a>>,
    attributes: BTreeMap<&'a AttributeName, PlainAttribute<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    withdrawn: BTreeMap<&'a AttributeName, Vec<PlainOther<'a>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identifiers: Vec<PlainIdentifier<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timeline: Vec<PlainEvent<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<PlainGroup<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consents: Vec<PlainConsent<'a>>,
}

/// A value in its plain form.
pub(crate) struct Plain<'a>(pub(crate) &'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.plain().serialize(serializer)
    }
}

/// Which fact said so, in the words of its source.
#[derive(Serialize)]
struct Origin<'a> {
    source: &'a Source,
    record: Option<String>,
    at: Timestamp,
}

impl<'a> Origin<'a> {
    fn of(provenance: &'a Provenance) -> Self {
        Self { source: provenance.source(), record: provenance.key().map(ToString::to_string), at: provenance.at() }
    }
}

impl Explanation<'_> {
    /// Why an attribute has its value as it serialises to plain JSON: `{"attribute", "value", "rule", "because", "source",
    /// "record", "at", "fact", "stale_at", "supporters", "elements", "others"}`. A fact that is not told of is `null`, and so is
    /// all that belongs to a value where there is none any more.
    #[must_use]
    pub fn plain(&self) -> impl Serialize + '_ {
        let held = self.attribute();
        PlainExplanation {
            attribute: self.name(),
            value: held.map(|held| Plain(held.value())),
            rule: held.map(applied),
            because: self.because(),
            from: held.map(|held| Said::of(held.provenance())),
            stale_at: held.and_then(Attribute::stale_at),
            supporters: held.map(|held| held.supporters().map(Said::of).collect()).unwrap_or_default(),
            elements: held.map_or(&[][..], Attribute::elements).iter().map(PlainPart::of_element).collect(),
            others: self.others().iter().map(PlainPart::of_other).collect(),
        }
    }
}

#[derive(Serialize)]
struct PlainExplanation<'a> {
    attribute: &'a AttributeName,
    value: Option<Plain<'a>>,
    rule: Option<&'static str>,
    because: String,
    #[serde(flatten)]
    from: Option<Said<'a>>,
    stale_at: Option<Timestamp>,
    supporters: Vec<Said<'a>>,
    elements: Vec<PlainPart<'a>>,
    others: Vec<PlainPart<'a>>,
}

/// Which fact said so, with its id if that is told.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    origin: Origin<'a>,
    fact: Option<FactId>,
}

impl<'a> Said<'a> {
    fn of(provenance: &'a Provenance) -> Self {
        let fact = Some(provenance.fact()).filter(|fact| !fact.as_uuid().is_nil());
        Self { origin: Origin::of(provenance), fact }
    }
}

/// A value that went into another, or lost to it.
#[derive(Serialize)]
struct PlainPart<'a> {
    value: Plain<'a>,
    #[serde(flatten)]
    from: Said<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supporters: Vec<Said<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl<'a> PlainPart<'a> {
    fn of_element(element: &'a Element) -> Self {
        let supporters = element.supporters().map(Said::of).collect();
        Self { value: Plain(element.value()), from: Said::of(element.provenance()), supporters, why: None }
    }

    fn of_other(other: &'a Other) -> Self {
        let why = Some(other.why().to_string());
        Self { value: Plain(other.value()), from: Said::of(other.provenance()), supporters: Vec::new(), why }
    }
}

#[derive(Serialize)]
struct PlainRecord<'a> {
    id: String,
    source: &'a Source,
    record: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
}

impl<'a> PlainRecord<'a> {
    fn of(record: &'a SeenRecord) -> Self {
        Self {
            id: record.id().to_string(),
            source: record.source(),
            record: record.key().to_string(),
            first_seen: record.first_seen(),
            last_seen: record.last_seen(),
        }
    }
}

/// The rule that decided, or that a steward did.
fn applied(attribute: &Attribute) -> &'static str {
    if attribute.is_pinned() { "pinned" } else { rule_name(attribute.rule()) }
}

#[derive(Serialize)]
struct PlainAttribute<'a> {
    value: Plain<'a>,
    #[serde(flatten)]
    origin: Origin<'a>,
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale_at: Option<Timestamp>,
    supporters: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elements: Vec<PlainElement<'a>>,
    others: Vec<PlainOther<'a>>,
}

impl<'a> PlainAttribute<'a> {
    fn of(attribute: &'a Attribute) -> Self {
        Self {
            value: Plain(attribute.value()),
            origin: Origin::of(attribute.provenance()),
            rule: applied(attribute),
            stale_at: attribute.stale_at(),
            supporters: attribute.supporters().len(),
            elements: attribute.elements().iter().map(PlainElement::of).collect(),
            others: others(attribute.others()),
        }
    }
}

#[derive(Serialize)]
struct PlainElement<'a> {
    value: Plain<'a>,
    #[serde(flatten)]
    origin: Origin<'a>,
    supporters: usize,
}

impl<'a> PlainElement<'a> {
    fn of(element: &'a Element) -> Self {
        Self {
            value: Plain(element.value()),
            origin: Origin::of(element.provenance()),
            supporters: element.supporters().len(),
        }
    }
}

#[derive(Serialize)]
struct PlainOther<'a> {
    value: Plain<'a>,
    #[serde(flatten)]
    origin: Origin<'a>,
    why: String,
}

fn others(others: &[Other]) -> Vec<PlainOther<'_>> {
    let plain = others.iter().map(|other| PlainOther {
        value: Plain(other.value()),
        origin: Origin::of(other.provenance()),
        why: other.why().to_string(),
    });
    plain.collect()
}

#[derive(Serialize)]
struct PlainIdentifier<'a> {
    identifier: &'a Identifier,
    first_seen: Timestamp,
    last_seen: Timestamp,
    sources: &'a [Source],
    facts: usize,
}

#[derive(Serialize)]
pub(crate) struct PlainEvent<'a> {
    name: &'a str,
    properties: BTreeMap<&'a str, Option<Plain<'a>>>,
    #[serde(flatten)]
    origin: Origin<'a>,
}

impl<'a> PlainEvent<'a> {
    pub(crate) fn of(event: &'a Event) -> Self {
        let properties = event.properties().iter();
        Self {
            name: event.name(),
            properties: properties.map(|(name, value)| (name.as_str(), value.as_ref().map(Plain))).collect(),
            origin: Origin::of(event.provenance()),
        }
    }
}

#[derive(Serialize)]
struct PlainGroup<'a> {
    group: &'a Identifier,
    role: Option<&'a str>,
    since: Timestamp,
    #[serde(flatten)]
    origin: Origin<'a>,
}

#[derive(Serialize)]
pub(crate) struct PlainConsent<'a> {
    #[serde(flatten)]
    last: PlainChoice<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<PlainChoice<'a>>,
}

impl<'a> PlainConsent<'a> {
    pub(crate) fn of(held: &'a HeldConsent) -> Self {
        Self { last: PlainChoice::of(held.last()), earlier: held.earlier().iter().map(PlainChoice::of).collect() }
    }
}

#[derive(Serialize)]
struct PlainChoice<'a> {
    purpose: &'a str,
    channel: Option<&'a str>,
    choice: Choice,
    basis: Option<Basis>,
    proof: Option<&'a str>,
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collected_by: Option<&'a str>,
    #[serde(flatten)]
    origin: Origin<'a>,
}

impl<'a> PlainChoice<'a> {
    fn of(choice: &'a ConsentChoice) -> Self {
        let Consent { purpose, channel, choice: answer, basis, proof, expires_at, collected_by } = choice.consent();
        Self {
            purpose,
            channel: channel.as_deref(),
            choice: *answer,
            basis: *basis,
            proof: proof.as_deref(),
            expires_at: *expires_at,
            collected_by: collected_by.as_deref(),
            origin: Origin::of(choice.provenance()),
        }
    }
}
