//! From the facts that stand to the records that are resolved: all facts of one source and key, cut where a shared
//! device changes hands.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{
    AttributeName, Body, Decision, Fact, FactId, Identifier, Namespace, Order, Party, RecordId, RecordKey, Schema,
    Source, Standing, Timestamp,
};

use crate::HashMap;

/// One record with its facts.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: RecordId,
    pub(crate) source: Source,
    pub(crate) key: RecordKey,
    /// When its first fact was received.
    pub(crate) first_received: Timestamp,
    /// Its facts, by their place in the canonical order.
    pub(crate) facts: Vec<Order>,
    /// Where in the canonical order a steward pinned a value of its customer. A pin is not the source's word: it makes
    /// no record and is no evidence of who somebody is.
    pub(crate) pins: Vec<Order>,
    /// The record of whoever was signed in, for a stretch of a shared device.
    pub(crate) owner: Option<RecordId>,
    /// Whether several people may share it, so that what it says is nobody's in particular.
    pub(crate) shareable: bool,
}

impl Record {
    pub(crate) fn party(&self) -> Party {
        self.key.party()
    }
}

/// The records of facts, by id, with the record that each fact is in.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) by_id: BTreeMap<RecordId, Record>,
    /// The bare id of a shared device, and its first stretch.
    first_stretch: HashMap<RecordId, RecordId>,
    record_of: HashMap<FactId, RecordId>,
    /// Pairs of records that a steward settled, in canonical order: whether they are one customer.
    pub(crate) decided: Vec<(RecordId, RecordId, bool)>,
    /// The attributes and the namespaces that the records of each party have or had.
    pub(crate) names: BTreeMap<Party, Names>,
}

/// What facts name.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) attributes: BTreeSet<AttributeName>,
    pub(crate) namespaces: BTreeSet<Namespace>,
}

impl Names {
    fn add(&mut self, fact: &Fact) {
        if let Body::Set(attributes) = fact.body() {
            for name in attributes.keys() {
                if !self.attributes.contains(name) {
                    self.attributes.insert(name.clone());
                }
            }
        }
        for identifier in fact.identifiers() {
            if !self.namespaces.contains(identifier.namespace()) {
                self.namespaces.insert(identifier.namespace().clone());
            }
        }
    }
}

impl Records {
    /// Groups facts, which stand in canonical order, into records.
    pub(crate) fn of(facts: &[Standing<'_>], schema: &Schema) -> Self {
        let keys = Keys::of(facts, schema);
        let sign_ins = SignIns::of(facts, &keys, schema);
        let mut groups: HashMap<RecordId, Record> = HashMap::default();
        let mut records = Self::default();
        let mut pins: Vec<(RecordId, Order)> = Vec::new();
        records.record_of.reserve(facts.len());
        for standing in facts {
            let fact = standing.fact();
            match fact.body() {
                Body::Decision(Decision::Link(a, b)) => records.decided.push((*a, *b, true)),
                Body::Decision(Decision::Unlink(a, b)) => records.decided.push((*a, *b, false)),
                Body::Decision(Decision::Pin { record, .. }) => pins.push((*record, standing.order())),
                _ => {}
            }
            if !is_of_record(fact) {
                continue;
            }
            let (Some(key), Some(known)) = (fact.key(), keys.get(fact)) else { continue };
            records.names.entry(key.party()).or_default().add(fact);
            let device = known.device.as_ref();
            let sign_in = device.and_then(|device| sign_ins.at(device, standing.order()));
            let id = sign_in.map_or(known.id, |sign_in| known.id.stretch(&sign_in.identifier));
            let record = groups.entry(id).or_insert_with(|| Record {
                id,
                source: fact.source().clone(),
                key: key.clone(),
                first_received: standing.order().received_at(),
                facts: Vec::new(),
                pins: Vec::new(),
                owner: sign_in.map(|sign_in| sign_in.owner),
                shareable: device.is_some(),
            });
            record.first_received = record.first_received.min(standing.order().received_at());
            record.facts.push(standing.order());
            records.record_of.insert(fact.id(), id);
            if sign_in.is_some() {
                records.first_stretch.entry(known.id).or_insert(id);
            }
        }
        records.by_id = groups.into_iter().collect();
        for (named, pin) in pins {
            let id = records.resolve(named);
            if let Some(record) = records.by_id.get_mut(&id) {
                record.pins.push(pin);
                records.record_of.insert(pin.id(), id);
            }
        }
        records
    }

    /// The record that an id names: of a shared device, the first stretch.
    pub(crate) fn resolve(&self, id: RecordId) -> RecordId {
        self.first_stretch.get(&id).copied().unwrap_or(id)
    }

    /// What the last steward to decide on two records said: whether they are one customer.
    pub(crate) fn decided(&self, a: RecordId, b: RecordId) -> Option<bool> {
        let pair = |c: RecordId, d: RecordId| [(a, b), (b, a)].contains(&(self.resolve(c), self.resolve(d)));
        self.decided.iter().rev().find(|(c, d, _)| pair(*c, *d)).map(|(_, _, same)| *same)
    }

    /// Whether one of two records is a stretch of a shared device that the other's person used.
    pub(crate) fn signed_in(&self, a: RecordId, b: RecordId) -> bool {
        let owner = |id: RecordId| self.by_id.get(&id).and_then(|record| record.owner);
        owner(a) == Some(b) || owner(b) == Some(a)
    }

    /// The record that a fact is in; of a pin, the record that it names.
    pub(crate) fn of_fact(&self, fact: FactId) -> Option<RecordId> {
        self.record_of.get(&fact).copied()
    }
}

/// Whether a fact is a source's word about a customer. Decisions and what governs other facts are not, and make no
/// record even under a key.
fn is_of_record(fact: &Fact) -> bool {
    matches!(
        fact.body(),
        Body::Set(_) | Body::Unset(_) | Body::Event { .. } | Body::Group(_) | Body::Consent(_) | Body::Object(_)
    )
}

/// What is known of each source's key, worked out once.
struct Keys<'a> {
    known: HashMap<(&'a Source, &'a RecordKey), Known>,
}

struct Known {
    id: RecordId,
    /// The shareable identifier that the key stands for, if it stands for one.
    device: Option<Identifier>,
}

impl<'a> Keys<'a> {
    fn of(facts: &[Standing<'a>], schema: &Schema) -> Self {
        let mut known = HashMap::default();
        for fact in facts.iter().map(Standing::fact) {
            if let Some(key) = fact.key() {
                known
                    .entry((fact.source(), key))
                    .or_insert_with(|| Known { id: RecordId::of(fact.source(), key), device: shareable(key, schema) });
            }
        }
        Self { known }
    }

    fn get(&self, fact: &'a Fact) -> Option<&Known> {
        self.known.get(&(fact.source(), fact.key()?))
    }
}

fn shareable(key: &RecordKey, schema: &Schema) -> Option<Identifier> {
    let (namespace, _) = key.name().split_once(':')?;
    if !schema.namespaces.get(namespace)?.shareable {
        return None;
    }
    key.name().parse().ok()
}

/// Who signed in on which shared device, and when.
struct SignIns {
    /// By device, in canonical order; only where the person changes.
    by_device: HashMap<Identifier, Vec<SignIn>>,
}

#[derive(Debug)]
struct SignIn {
    at: Order,
    identifier: Identifier,
    owner: RecordId,
}

impl SignIns {
    fn of<'a>(facts: &[Standing<'a>], keys: &Keys<'a>, schema: &Schema) -> Self {
        let mut by_device: HashMap<Identifier, Vec<SignIn>> = HashMap::default();
        let is_shareable = |identifier: &&Identifier| {
            schema.namespaces.get(identifier.namespace()).is_some_and(|namespace| namespace.shareable)
        };
        for standing in facts.iter().filter(|standing| is_of_record(standing.fact())) {
            let fact = standing.fact();
            for device in fact.identifiers().iter().filter(is_shareable) {
                let (Some(key), Some(known)) = (fact.key(), keys.get(fact)) else { continue };
                if known.device.is_some() {
                    continue;
                }
                let identifier = signed_in(fact, key, schema);
                let sign_ins = by_device.entry(device.clone()).or_default();
                if sign_ins.last().is_none_or(|last| last.identifier != identifier) {
                    sign_ins.push(SignIn { at: standing.order(), identifier, owner: known.id });
                }
            }
        }
        Self { by_device }
    }

    /// Who used a device: the last to have signed in, or, before anybody had, the first to do so.
    fn at(&self, device: &Identifier, at: Order) -> Option<&SignIn> {
        let sign_ins = self.by_device.get(device)?;
        let after = sign_ins.partition_point(|sign_in| sign_in.at <= at);
        sign_ins.get(after.saturating_sub(1))
    }
}

/// The identifier that somebody signed in with: an exclusive one, else the one of highest priority, else the source's
/// own key.
fn signed_in(fact: &Fact, key: &RecordKey, schema: &Schema) -> Identifier {
    let rank = |identifier: &&Identifier| {
        let spec = schema.namespace(identifier.namespace());
        (!spec.exclusive, spec.priority)
    };
    let personal = fact.identifiers().iter().filter(|id| !schema.namespace(id.namespace()).shareable);
    personal.min_by_key(rank).cloned().unwrap_or_else(|| Identifier::new(fact.source().as_str(), key.name()))
}
