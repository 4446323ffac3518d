//! [`fold`]: from the facts of one customer to its profile.

use std::collections::BTreeMap;

use onefold_fact::{
    AttributeGroup, AttributeName, AttributeSpec, Body, CustomerId, Decision, Fact, FlatMap, GroupRule, Kind, Order,
    Party, RecordId, Schema, Standing, Survivorship, Timestamp, Value,
};

use crate::attribute::{Attribute, Other};
use crate::claims::{Marks, Said, Statement};
use crate::consent::held_consents;
use crate::group::group_memberships;
use crate::identifier::held_identifiers;
use crate::profile::Profile;
use crate::provenance::{SeenRecord, Tellers};
use crate::rules::Rules;
use crate::settle::{Settled, Witnesses, settle};
use crate::survivorship::{CustomRule, Scope};
use crate::timeline::{Event, Timeline};

/// A fact of the customer, as it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) order: Order,
    pub(crate) record: RecordId,
    pub(crate) fact: &'a Fact,
    /// What it says, so that a part of the profile looks at no fact but its own: facts lie apart in memory.
    pub(crate) says: Says,
    /// Whether it is a source's word about the customer. Decisions and what governs other facts are not: they make no
    /// record and hold no identifier.
    is_of_record: bool,
    names_identifiers: bool,
}

/// What a fact says, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Attributes,
    Event,
    Group,
    Consent,
    Decision,
    Else,
}

impl<'a> Told<'a> {
    fn of(record: RecordId, standing: Standing<'a>) -> Self {
        let fact = standing.fact();
        let (says, is_of_record) = match fact.body() {
            Body::Set(_) | Body::Unset(_) => (Says::Attributes, true),
            Body::Event { .. } | Body::Object(_) => (Says::Event, true),
            Body::Group(_) => (Says::Group, true),
            Body::Consent(_) => (Says::Consent, true),
            Body::Decision(_) => (Says::Decision, false),
            _ => (Says::Else, false),
        };
        let names_identifiers = is_of_record && !fact.identifiers().is_empty();
        Self { order: standing.order(), record, fact, says, is_of_record, names_identifiers }
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
    fold_by(id, facts, schema, &Rules::default(), as_of)
}

/// The profile as [`fold`] makes it, where the schema also names rules of the embedding program.
///
/// ```
/// use onefold_fact::{AttributeSpec, Body, Draft, FactSet, Kind, RecordKey, Schema, Survivorship, Value};
/// use onefold_profile::{Rules, fold_by};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Whoever of the sources shouts least.
/// let calmest = Rules::default().with("calmest", 1, |said| {
///     (0..said.len()).min_by_key(|at| said[*at].value.to_text().chars().filter(|c| c.is_uppercase()).count())
/// });
/// let custom = Survivorship::Custom { name: "calmest".to_owned(), version: 1 };
/// let mut schema = Schema::default();
/// schema.attributes.insert("name".into(), AttributeSpec::of(Kind::FullName).surviving_by(custom));
/// calmest.check(&schema)?;
///
/// let at = "2026-03-01T00:00:00Z".parse()?;
/// let says = |source, name| Draft::new(source, Body::set([("name", name)])).key(RecordKey::person("1")).received("b", at);
/// let facts = FactSet::from_iter([says("crm", "ADA BYRON"), says("shop", "Ada King")]);
/// let of_ada = facts.standing(None).into_iter().filter_map(|s| Some((s.fact().record()?, s)));
/// # let id = facts.standing(None)[0].fact().record().ok_or("a record")?;
/// let ada = fold_by(id.into(), of_ada, &schema, &calmest, None);
/// assert_eq!(ada.value("name"), Some(&Value::from("Ada King")));
/// # Ok(())
/// # }
/// ```
///
/// An attribute whose rule is missing has no value; [`Rules::check`] tells before.
#[must_use]
pub fn fold_by<'a>(
    id: CustomerId,
    facts: impl IntoIterator<Item = (RecordId, Standing<'a>)>,
    schema: &Schema,
    rules: &Rules,
    as_of: Option<Timestamp>,
) -> Profile {
    let facts = in_order(facts, as_of);
    let numbers = Numbers::of(&facts);
    let statements = statements(&facts, &numbers);
    let tellers = Tellers::default();
    let happened = facts.iter().filter(|told| told.says == Says::Event);
    let mut events = Vec::with_capacity(happened.clone().count());
    events.extend(happened.filter_map(|told| Event::of(told.fact, || tellers.provenance(told))));
    let timeline = Timeline::from(events);
    let (attributes, withdrawn) = attributes(statements, &facts, &tellers, schema, rules, numbers.of_record.len());
    let records = records(&facts, &numbers);
    Profile {
        id,
        party: records.first().map_or_else(Party::default, |record| record.key.party()),
        records,
        attributes,
        withdrawn,
        identifiers: held_identifiers(facts.iter().filter(|told| told.names_identifiers)),
        timeline,
        groups: group_memberships(&facts, &tellers),
        consents: held_consents(&facts, &tellers),
    }
}

/// The facts that count by `as_of`, each once, in canonical order.
pub(crate) fn in_order<'a>(
    facts: impl IntoIterator<Item = (RecordId, Standing<'a>)>,
    as_of: Option<Timestamp>,
) -> Vec<Told<'a>> {
    let mut facts: Vec<Told<'a>> = facts
        .into_iter()
        .filter(|(_, standing)| as_of.is_none_or(|as_of| standing.at() <= as_of))
        .map(|(record, standing)| Told::of(record, standing))
        .collect();
    // Facts of one place are one delivery of one fact, so an unstable sort has no choice to make.
    facts.sort_unstable_by(|a, b| a.order.cmp(&b.order).then(a.record.cmp(&b.record)));
    facts.dedup_by(|a, b| a.order == b.order && a.record == b.record);
    facts
}

/// What the facts say about attributes, in their order.
pub(crate) fn statements<'a>(facts: &[Told<'a>], numbers: &Numbers) -> Vec<Statement<'a>> {
    let speaks = |told: &&Told<'_>| matches!(told.says, Says::Attributes | Says::Decision);
    let said = facts.iter().filter(speaks).map(|told| match told.fact.body() {
        Body::Set(values) => values.len(),
        Body::Unset(names) => names.len(),
        Body::Decision(_) => 1,
        _ => 0,
    });
    let mut statements: Vec<Statement<'a>> = Vec::with_capacity(said.sum());
    for (place, told) in facts.iter().enumerate().filter(|(_, told)| speaks(told)) {
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
            _ => {}
        }
    }
    statements
}

/// The records numbered from 0, so that what is kept by record is a slice.
pub(crate) struct Numbers {
    pub(crate) of_record: BTreeMap<RecordId, usize>,
    /// Of the record of each fact.
    of_fact: Vec<usize>,
}

impl Numbers {
    pub(crate) fn of(facts: &[Told<'_>]) -> Self {
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

pub(crate) type Attributes = (FlatMap<AttributeName, Attribute>, FlatMap<AttributeName, Vec<Other>>);

pub(crate) fn attributes<'a>(
    mut statements: Vec<Statement<'a>>,
    facts: &'a [Told<'a>],
    tellers: &'a Tellers,
    schema: &Schema,
    rules: &Rules,
    records: usize,
) -> Attributes {
    // Stable: within an attribute the canonical order stays.
    statements.sort_by(|a, b| a.name.cmp(b.name));
    let undeclared = AttributeSpec::of(Kind::Text);
    let witnesses = Witnesses::new(facts, tellers);
    let mut marks = Marks::new(records);
    let leads = leads(&statements, facts, schema, records);
    let (mut held, mut withdrawn) = (Vec::new(), Vec::new());
    let all = statements;
    for statements in all.chunk_by(|a, b| a.name == b.name) {
        let name = statements[0].name;
        let spec = schema.attributes.get(name).unwrap_or(&undeclared);
        let verified = match &spec.survivorship {
            Survivorship::VerifiedFirst { by } => said_true(of_attribute(&all, by), records),
            _ => Vec::new(),
        };
        let custom = match &spec.survivorship {
            Survivorship::Custom { name, version } => rules.get(name, *version),
            _ => None,
        };
        let scope = Scope {
            verified: &verified,
            record: leads.get(name).copied(),
            custom: custom.map(|rule| rule as &dyn CustomRule),
        };
        match settle(statements, spec, &witnesses, &mut marks, &scope) {
            Settled::Held(attribute) => held.push((name.clone(), attribute)),
            Settled::Withdrawn(others) => withdrawn.push((name.clone(), others)),
            Settled::Unsaid => {}
        }
    }
    (held.into_iter().collect(), withdrawn.into_iter().collect())
}

/// The statements about one attribute, of statements in the order of their names.
fn of_attribute<'s, 'a>(statements: &'s [Statement<'a>], name: &AttributeName) -> &'s [Statement<'a>] {
    let start = statements.partition_point(|it| it.name < name);
    let end = statements.partition_point(|it| it.name <= name);
    statements.get(start..end).unwrap_or_default()
}

/// Which records say `true` now.
fn said_true(statements: &[Statement<'_>], records: usize) -> Vec<bool> {
    let mut verified = vec![false; records];
    for statement in statements.iter().filter(|it| !matches!(it.said, Said::Pin(_))) {
        verified[statement.record] = matches!(statement.said, Said::Value(Value::Boolean(true)));
    }
    verified
}

/// The record that each attribute of a group is taken from.
fn leads<'s>(
    statements: &[Statement<'_>],
    facts: &[Told<'_>],
    schema: &'s Schema,
    records: usize,
) -> BTreeMap<&'s AttributeName, usize> {
    let mut leads = BTreeMap::new();
    for AttributeGroup { attributes, taken_from } in schema.groups.values() {
        // Of each record how many of the attributes it has, and the place of its last word about them.
        let mut has: Vec<(usize, Option<usize>)> = vec![(0, None); records];
        for name in attributes.iter().filter(|name| !leads.contains_key(name)) {
            let mut current: BTreeMap<usize, Option<usize>> = BTreeMap::new();
            for Statement { told, record, said, name: _ } in of_attribute(statements, name) {
                match said {
                    Said::Value(_) => drop(current.insert(*record, Some(*told))),
                    Said::Nothing => drop(current.insert(*record, None)),
                    Said::Pin(_) => {}
                }
            }
            for (record, told) in current {
                if let Some(told) = told {
                    has[record] = (has[record].0 + 1, has[record].1.max(Some(told)));
                }
            }
        }
        let rank = |(complete, last): (usize, Option<usize>)| {
            let last = last?;
            let by_rule = match taken_from {
                GroupRule::MostComplete => complete,
                GroupRule::SourcePriority(sources) => {
                    let source = facts.get(last)?.fact.source();
                    sources.len() - sources.iter().position(|other| other == source).unwrap_or(sources.len())
                }
                _ => 0,
            };
            Some((by_rule, last))
        };
        let ranked = has.into_iter().enumerate().filter_map(|(record, has)| Some((rank(has)?, record)));
        if let Some((_, record)) = ranked.max() {
            for name in attributes {
                leads.entry(name).or_insert(record);
            }
        }
    }
    leads
}

/// The records that a source speaks of, by source and key.
fn records(facts: &[Told<'_>], numbers: &Numbers) -> Vec<SeenRecord> {
    let mut seen: Vec<Option<SeenRecord>> = Vec::new();
    seen.resize_with(numbers.of_record.len(), || None);
    for (told, &number) in facts.iter().zip(&numbers.of_fact) {
        if !told.is_of_record {
            continue;
        }
        let at = told.order.at();
        match &mut seen[number] {
            // Facts come in order of time.
            Some(record) => record.last_seen = at,
            none => {
                *none = told.fact.key().map(|key| SeenRecord {
                    id: told.record,
                    source: told.fact.source().clone(),
                    key: key.clone(),
                    first_seen: at,
                    last_seen: at,
                });
            }
        }
    }
    let mut records: Vec<SeenRecord> = seen.into_iter().flatten().collect();
    records.sort_unstable_by(|a, b| (&a.source, &a.key, a.id).cmp(&(&b.source, &b.key, b.id)));
    records
}
