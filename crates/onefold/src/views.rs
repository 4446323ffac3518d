//! [`Views`]: what follows from the facts, all of one state.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

use onefold_fact::{
    AttributeName, AttributeSpec, Body, Configuration, CustomerId, Decision, Digest, Digester, Erasure, Fact, FactId,
    FactSet, Identifier, Inserted, Kind, Order, Party, RecordId, RecordKey, Retraction, Schema, Source, Standing,
    Timestamp,
};
use onefold_identity::Explanation;
use onefold_profile::{Profile, fold};

use crate::HashMap;
use crate::customers::{Customers, holders};
use crate::records::Records;
use crate::resolve::Matching;

/// Why two records are one customer, or are not.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Why {
    /// Whether they are one customer now.
    pub same_customer: bool,
    /// What the last steward to decide on this very pair said: `true` for one customer, `false` for two; `None` if
    /// nobody did. It holds from the next [`Onefold::relink`](crate::Onefold::relink) on, for records that are compared with each other.
    pub decided: Option<bool>,
    /// Whether one of the two is a stretch of a shared device during which the other was signed in. That alone makes
    /// them one customer.
    pub signed_in: bool,
    /// The evidence about this pair. `None` if the records are not compared with each other: a person and an
    /// organisation, or a stretch of a shared device, which belongs to whoever was signed in.
    pub evidence: Option<Explanation>,
}

/// Where a record's id leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// The record is held by this customer.
    Customer(CustomerId),
    /// The record is gone. This fact took it away: an erasure, a retraction, or a snapshot without it.
    Gone(FactId),
}

/// What follows from the facts: who is who, and what is known of whom, all of one state. It is derived when it is first
/// asked for after a change.
#[derive(Debug)]
pub struct Views {
    facts: FactSet,
    /// In force by the facts: read anew when a fact comes that can change it.
    schema: Schema,
    /// The latest stamp: stamps never go back.
    last: Option<Timestamp>,
    /// Erased records, and until when.
    erased: HashMap<RecordId, Timestamp>,
    /// The groups of records that the last linkage found.
    groups: Vec<Vec<RecordId>>,
    /// Derived when first read after a change.
    records: OnceLock<Records>,
    customers: OnceLock<Customers>,
    holders: OnceLock<HashMap<Identifier, Vec<CustomerId>>>,
}

impl Default for Views {
    fn default() -> Self {
        Self {
            facts: FactSet::default(),
            schema: standard_schema(),
            last: None,
            erased: HashMap::default(),
            groups: Vec::new(),
            records: OnceLock::new(),
            customers: OnceLock::new(),
            holders: OnceLock::new(),
        }
    }
}

impl Views {
    /// Takes facts in.
    pub(crate) fn insert(&mut self, facts: impl IntoIterator<Item = Fact>) {
        let mut governs = false;
        for fact in facts {
            self.last = self.last.max(Some(fact.received_at()));
            governs |= match fact.body() {
                Body::Adopt(_) | Body::Retract(_) | Body::Complete => true,
                Body::Erase(Erasure { records, until, .. }) => {
                    for record in records {
                        let latest = self.erased.entry(*record).or_insert(*until);
                        *latest = (*until).max(*latest);
                    }
                    true
                }
                _ => false,
            };
            // Another content under one id may stand instead of an adoption.
            governs |= self.facts.insert(fact) == Inserted::Conflicting;
        }
        self.records = OnceLock::new();
        self.forget_customers();
        if governs {
            self.schema = schema_in_force(&self.facts, None);
        }
    }

    /// Forgets erased facts.
    pub(crate) fn erase(&mut self, facts: &BTreeSet<FactId>) {
        facts.iter().for_each(|id| self.facts.erase(*id));
        self.insert([]);
    }

    /// Takes another linkage.
    pub(crate) fn regroup(&mut self, groups: Vec<Vec<RecordId>>) {
        self.groups = groups;
        self.forget_customers();
    }

    /// The latest stamp.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// Whether a fact is about an erased record and states no later time.
    pub(crate) fn is_erased(&self, fact: &Fact) -> bool {
        let until = fact.record().and_then(|record| self.erased.get(&record));
        until.is_some_and(|until| fact.occurred_at().is_none_or(|at| at <= *until))
    }

    /// The views as they were: of the facts received by `known_at`, linked as `groups` say.
    pub(crate) fn as_known(&self, known_at: Timestamp, groups: Vec<Vec<RecordId>>) -> Self {
        let facts = self.facts.received_by(known_at);
        Self { schema: schema_in_force(&facts, None), facts, groups, last: Some(known_at), ..Self::default() }
    }

    /// Which records each erasure of a customer takes along, and which facts.
    pub(crate) fn to_erase(&self, customer: CustomerId) -> Option<(BTreeSet<RecordId>, BTreeSet<FactId>)> {
        let records = self.records();
        let members: HashSet<RecordId> = self.linked().members.get(&customer)?.iter().copied().collect();
        let mut bare: BTreeSet<RecordId> = BTreeSet::new();
        let mut facts: BTreeSet<FactId> = BTreeSet::new();
        for record in members.iter().filter_map(|id| records.by_id.get(id)) {
            facts.extend(record.facts.iter().chain(&record.pins).map(Order::id));
            let whole = RecordId::of(&record.source, &record.key);
            // A shared device goes as a whole only if nobody else used it.
            let others = |other: &crate::records::Record| {
                RecordId::of(&other.source, &other.key) == whole && !members.contains(&other.id)
            };
            if whole == record.id || !records.by_id.values().any(others) {
                bare.insert(whole);
            }
        }
        // What no longer stands is still kept, and goes too.
        for fact in self.facts.iter() {
            let of_record = fact.record().is_some_and(|record| bare.contains(&record));
            let pins = matches!(fact.body(), Body::Decision(Decision::Pin { record, .. }) if bare.contains(record));
            if of_record || pins {
                facts.insert(fact.id());
            }
        }
        bare.extend(members);
        Some((bare, facts))
    }

    /// Where a record's id leads; `None` if no record ever had it. Every id that was given out leads somewhere, for
    /// ever.
    #[must_use]
    pub fn whereabouts(&self, id: impl Into<RecordId>) -> Option<Whereabouts> {
        let id = id.into();
        if let Some(customer) = self.linked().holding(self.records().resolve(id)) {
            return Some(Whereabouts::Customer(customer));
        }
        let governing = |takes: &dyn Fn(&Fact) -> bool| {
            let taking = self.facts.iter().filter(|fact| takes(fact));
            taking.max_by_key(|fact| (fact.received_at(), fact.id())).map(|fact| Whereabouts::Gone(fact.id()))
        };
        let erased = |fact: &Fact| matches!(fact.body(), Body::Erase(erasure) if erasure.records.contains(&id));
        if let Some(gone) = governing(&erased) {
            return Some(gone);
        }
        let of_record: Vec<&Fact> = self.facts.iter().filter(|fact| fact.record() == Some(id)).collect();
        let source = of_record.first()?.source();
        let batches: BTreeSet<_> = of_record.iter().map(|fact| fact.batch()).collect();
        let ids: BTreeSet<_> = of_record.iter().map(|fact| fact.id()).collect();
        governing(&|fact| match fact.body() {
            Body::Retract(Retraction::Fact(fact)) => ids.contains(fact),
            Body::Retract(Retraction::Batch(batch)) => batches.contains(batch),
            Body::Complete => fact.source() == source,
            _ => false,
        })
    }

    /// The profile of a customer; any record's id names the customer who holds it. `None` if there is no such record.
    #[must_use]
    pub fn customer(&self, id: impl Into<RecordId>) -> Option<Profile> {
        self.customer_as_of(id, None)
    }

    /// The profile of a customer as we now know that it was at a time: from the facts that happened by then (all, if
    /// `None`).
    #[must_use]
    pub fn customer_as_of(&self, id: impl Into<RecordId>, as_of: Option<Timestamp>) -> Option<Profile> {
        let records = self.records();
        let customer = self.linked().holding(records.resolve(id.into()))?;
        let members = self.linked().members.get(&customer)?.iter().filter_map(|id| records.by_id.get(id));
        let facts = members.flat_map(|record| {
            let told = record.facts.iter().chain(&record.pins).filter_map(|order| self.facts.resolve(*order));
            told.map(|standing| (named(&standing).unwrap_or(record.id), standing))
        });
        Some(fold(customer, facts, self.schema_at(as_of).as_ref().unwrap_or(&self.schema), as_of))
    }

    /// All customers, by id.
    pub fn customers(&self) -> impl Iterator<Item = CustomerId> + '_ {
        self.linked().members.keys().copied()
    }

    /// The customers who hold an identifier, by id: usually one, several where a mailbox or a device is shared.
    #[must_use]
    pub fn customers_with(&self, identifier: &Identifier) -> Vec<CustomerId> {
        let holders = self.holders.get_or_init(|| holders(&self.facts, self.records(), self.linked()));
        holders.get(identifier).cloned().unwrap_or_default()
    }

    /// The customer that a fact is about.
    #[must_use]
    pub fn customer_of(&self, fact: FactId) -> Option<CustomerId> {
        self.linked().holding(self.record_of(fact)?)
    }

    /// The record that a fact is in: of a shared device, the stretch.
    #[must_use]
    pub fn record_of(&self, fact: FactId) -> Option<RecordId> {
        self.records().of_fact(fact)
    }

    /// What the source calls the customer whom a fact is about.
    #[must_use]
    pub fn key_of(&self, fact: FactId) -> Option<&RecordKey> {
        Some(&self.records().by_id.get(&self.record_of(fact)?)?.key)
    }

    /// The records of a customer: who keeps them, and under which key.
    #[must_use]
    pub fn records_of(&self, customer: CustomerId) -> Vec<(&Source, &RecordKey)> {
        let members = self.linked().members.get(&customer).into_iter().flatten();
        let records = members.filter_map(|id| self.records().by_id.get(id));
        records.map(|record| (&record.source, &record.key)).collect()
    }

    /// Why two records are one customer, or are not. `None` if there is no such record.
    #[must_use]
    pub fn why(&self, a: RecordId, b: RecordId) -> Option<Why> {
        let (a, b) = (self.records().resolve(a), self.records().resolve(b));
        let same_customer = self.linked().holding(a)? == self.linked().holding(b)?;
        let party = self.records().by_id.get(&a)?.party();
        Some(Why {
            same_customer,
            decided: self.records().decided(a, b),
            signed_in: self.records().signed_in(a, b),
            evidence: self.matching(party).explain(a, b),
        })
    }

    /// The attributes that any record has or had.
    #[must_use]
    pub fn attributes(&self) -> BTreeSet<&AttributeName> {
        self.records().names.values().flat_map(|names| &names.attributes).collect()
    }

    /// The schema in force.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The facts.
    #[must_use]
    pub fn facts(&self) -> &FactSet {
        &self.facts
    }

    /// The digest of the whole state. Directly after [`relink`](crate::Onefold::relink) it is equal for the same facts,
    /// whatever their order and batches of arrival. Between two relinks it also shows what was linked at the last one.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        for (customer, members) in &self.linked().members {
            digester.one(customer).each(members);
            digester.one(&self.customer(*customer).map(|profile| profile.digest()));
        }
        digester.finish()
    }

    /// By record that is one customer with others: that customer.
    pub(crate) fn grouped(&self) -> impl Iterator<Item = (RecordId, CustomerId)> + '_ {
        joined(self.linked())
    }

    /// The same under other groups of records, and the number of customers.
    pub(crate) fn grouped_by(&self, groups: &[Vec<RecordId>]) -> (BTreeMap<RecordId, CustomerId>, usize) {
        let customers = Customers::of(self.records(), groups);
        (joined(&customers).collect(), customers.members.len())
    }

    /// The groups of records that the last linkage found.
    pub(crate) fn linked_groups(&self) -> Vec<Vec<RecordId>> {
        self.groups.clone()
    }

    /// The schema that was in force at a time, if a time is given.
    fn schema_at(&self, as_of: Option<Timestamp>) -> Option<Schema> {
        as_of.map(|at| schema_in_force(&self.facts, Some(at)))
    }

    fn records(&self) -> &Records {
        self.records.get_or_init(|| Records::of(&self.facts.standing(None), &self.schema))
    }

    fn linked(&self) -> &Customers {
        self.customers.get_or_init(|| Customers::of(self.records(), &self.groups))
    }

    fn forget_customers(&mut self) {
        self.customers = OnceLock::new();
        self.holders = OnceLock::new();
    }

    pub(crate) fn matching(&self, party: Party) -> Matching {
        Matching::of(&self.facts, self.records(), &self.schema, party)
    }
}

fn joined(customers: &Customers) -> impl Iterator<Item = (RecordId, CustomerId)> + '_ {
    let joined = customers.members.iter().filter(|(_, members)| members.len() > 1);
    joined.flat_map(|(customer, members)| members.iter().map(|record| (*record, *customer)))
}

/// The record that a pin names, which may be the bare id of a shared device: folding counts the pin under that name.
fn named(standing: &Standing<'_>) -> Option<RecordId> {
    match standing.fact().body() {
        Body::Decision(Decision::Pin { record, .. }) => Some(*record),
        _ => None,
    }
}

/// The schema that the canonically latest adoption brought into force. One that cannot be read has no effect, so that
/// it does not stand in the way of others.
fn schema_in_force(facts: &FactSet, as_of: Option<Timestamp>) -> Schema {
    let standing = facts.standing(None);
    let by_then = standing.iter().rev().filter(|standing| as_of.is_none_or(|at| standing.at() <= at));
    let adopted = by_then.into_iter().find_map(|standing| match standing.fact().body() {
        Body::Adopt(Configuration { part, json, .. }) if part == "schema" => serde_json::from_str::<Schema>(json).ok(),
        _ => None,
    });
    let mut schema = standard_schema();
    if let Some(adopted) = adopted {
        schema.attributes.extend(adopted.attributes);
        schema.namespaces.extend(adopted.namespaces);
        schema.sources.extend(adopted.sources);
    }
    schema
}

/// The attributes that have a name of their own, with their kinds; the namespaces that every schema knows.
fn standard_schema() -> Schema {
    let attributes = Kind::ALL.iter().filter_map(|kind| Some((kind.attribute()?.into(), AttributeSpec::of(*kind))));
    Schema { attributes: attributes.collect(), ..Schema::default() }
}
