//! [`fold`]: from the facts of one customer to its profile.

use std::collections::BTreeMap;

use onefold_fact::{
    AttributeName, AttributeSpec, Body, CustomerId, Decision, Fact, Kind, Order, Party, RecordId, Schema, Standing,
    Timestamp,
};

use crate::attribute::{Attribute, Other};
use crate::claims::{Marks, Said, Statement};
use crate::consent::held_consents;
use crate::group::group_memberships;
use crate::identifier::held_identifiers;
use crate::profile::Profile;
use crate::provenance::{Provenance, SeenRecord};
use crate::settle::{Settled, Witnesses, settle};
use crate::timeline::{Event, Timeline};

/// A fact of the customer, as it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) order: Order,
    pub(crate) record: RecordId,
    pub(crate) fact: &'a Fact,
}

impl Told<'_> {
    pub(crate) fn provenance(&self) -> Provenance {
        Provenance {
            fact: self.fact.id(),
            source: self.fact.source().clone(),
            record: self.record,
            key: self.fact.key().cloned(),
            at: self.order.at(),
            stated: self.order.is_stated(),
        }
    }

    /// Whether it is a source's word about the customer. Decisions and what governs other facts are not: they make no
    /// record and hold no identifier.
    fn is_of_record(&self) -> bool {
        matches!(
            self.fact.body(),
            Body::Set(_) | Body::Unset(_) | Body::Event { .. } | Body::Group(_) | Body::Consent(_) | Body::Object(_)
        )
    }
}

/// The profile of one customer from its facts, each with the record that it is of; in any order, and any of them twice.
///
/// The record of a fact is said by the caller, since a shared device is cut into several records under one key. A
/// [`Decision::Pin`] comes with the record that it names, and counts if that record is among those given.
///
/// `as_of` leaves out the facts that count later than this time: the profile as we now know it was then. For the
/// profile as we knew it then, take [`FactSet::standing`](onefold_fact::FactSet::standing) of that time.
#[must_use]
pub fn fold<'a>(
    id: CustomerId,
    facts: impl IntoIterator<Item = (RecordId, Standing<'a>)>,
    schema: &Schema,
    as_of: Option<Timestamp>,
) -> Profile {
    let mut facts: Vec<Told<'a>> = facts
        .into_iter()
        .filter(|(_, standing)| as_of.is_none_or(|as_of| standing.at() <= as_of))
        .map(|(record, standing)| Told { order: standing.order(), record, fact: standing.fact() })
        .collect();
    // Facts of one place are one delivery of one fact, so an unstable sort has no choice to make.
    facts.sort_unstable_by(|a, b| a.order.cmp(&b.order).then(a.record.cmp(&b.record)));
    facts.dedup_by(|a, b| a.order == b.order && a.record == b.record);

    let numbers = Numbers::of(&facts);
    let said = facts.iter().map(|told| match told.fact.body() {
        Body::Set(values) => values.len(),
        Body::Unset(names) => names.len(),
        Body::Decision(_) => 1,
        _ => 0,
    });
    let mut statements: Vec<Statement<'a>> = Vec::with_capacity(said.sum());
    let mut events = Vec::new();
    for (place, told) in facts.iter().enumerate() {
        let mut say = |name, record, said| statements.push(Statement { name, told: place, record, said });
        let record = numbers.of_fact[place];
        match told.fact.body() {
            Body::Set(values) => {
                values.iter().for_each(|(name, value)| say(name, record, Said::Value(value)));
            }
            Body::Unset(names) => names.iter().for_each(|name| say(name, record, Said::Nothing)),
            Body::Decision(Decision::Pin { record, attribute, value }) => {
                if let Some(&record) = numbers.of_record.get(record) {
                    say(attribute, record, Said::Pin(value));
                }
            }
            Body::Event { name, properties } => {
                let (name, properties) = (name.clone(), properties.clone());
                events.push(Event { name, properties, provenance: told.provenance() });
            }
            _ => {}
        }
    }
    let (attributes, withdrawn) = attributes(statements, &facts, schema, numbers.of_record.len());
    let records = records(&facts, &numbers);
    Profile {
        id,
        party: records.first().map_or_else(Party::default, |record| record.key.party()),
        records,
        attributes,
        withdrawn,
        identifiers: held_identifiers(facts.iter().filter(|told| told.is_of_record())),
        timeline: Timeline::from(events),
        groups: group_memberships(&facts),
        consents: held_consents(&facts),
    }
}

/// The records numbered from 0, so that what is kept by record is a slice.
struct Numbers {
    of_record: BTreeMap<RecordId, usize>,
    /// Of the record of each fact.
    of_fact: Vec<usize>,
}

impl Numbers {
    fn of(facts: &[Told<'_>]) -> Self {
        let mut of_record = BTreeMap::new();
        let mut last = None;
        let number = |told: &Told<'_>| match last {
            // Facts of one record often follow one another.
            Some((record, number)) if record == told.record => number,
            _ => {
                let next = of_record.len();
                let number = *of_record.entry(told.record).or_insert(next);
                last = Some((told.record, number));
                number
            }
        };
        let of_fact = facts.iter().map(number).collect();
        Self { of_record, of_fact }
    }
}

type Attributes = (BTreeMap<AttributeName, Attribute>, BTreeMap<AttributeName, Vec<Other>>);

fn attributes<'a>(
    mut statements: Vec<Statement<'a>>,
    facts: &'a [Told<'a>],
    schema: &Schema,
    records: usize,
) -> Attributes {
    // Stable: within an attribute the canonical order stays.
    statements.sort_by(|a, b| a.name.cmp(b.name));
    let undeclared = AttributeSpec::of(Kind::Text);
    let witnesses = Witnesses::new(facts);
    let mut marks = Marks::new(records);
    let (mut held, mut withdrawn) = (BTreeMap::new(), BTreeMap::new());
    for statements in statements.chunk_by(|a, b| a.name == b.name) {
        let name = statements[0].name;
        let spec = schema.attributes.get(name).unwrap_or(&undeclared);
        match settle(statements, spec, &witnesses, &mut marks) {
            Settled::Held(attribute) => {
                held.insert(name.clone(), attribute);
            }
            Settled::Withdrawn(others) => {
                withdrawn.insert(name.clone(), others);
            }
            Settled::Unsaid => {}
        }
    }
    (held, withdrawn)
}

/// The records that a source speaks of, by source and key.
fn records(facts: &[Told<'_>], numbers: &Numbers) -> Vec<SeenRecord> {
    let mut seen: Vec<Option<SeenRecord>> = Vec::new();
    seen.resize_with(numbers.of_record.len(), || None);
    for (told, &number) in facts.iter().zip(&numbers.of_fact) {
        let Some(key) = told.fact.key().filter(|_| told.is_of_record()) else { continue };
        let at = told.order.at();
        let new = || SeenRecord {
            id: told.record,
            source: told.fact.source().clone(),
            key: key.clone(),
            first_seen: at,
            last_seen: at,
        };
        // Facts come in order of time.
        seen[number].get_or_insert_with(new).last_seen = at;
    }
    let mut records: Vec<SeenRecord> = seen.into_iter().flatten().collect();
    records.sort_unstable_by(|a, b| (&a.source, &a.key, a.id).cmp(&(&b.source, &b.key, b.id)));
    records
}
