//! [`Governance`]: what holds for all customers, by the few facts that say so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use onefold_fact::{
    AttributeSpec, Body, Cell, Configuration, Decision, Fact, FactId, FactSet, Governing, Kind, Party, RecordId,
    Schema, Timestamp,
};
use onefold_profile::Rules;
use onefold_segment::Segments;
use onefold_store::{Logged, Position, Read, StoreError};
use onefold_workflow::{Surroundings, Workflow, Workflows};
use onefold_worktime::Calendar;

use crate::HashMap;
use crate::linking::InForce;
use crate::settings::Settings;
use crate::tables::{CONTESTED, GOVERNING, at, last_position};

/// The part of the configuration that is the schema, and that which is the model of a party.
pub(crate) const SCHEMA: &str = Configuration::SCHEMA;
pub(crate) const MODEL: &str = "model";

/// The part that is the segments, all of them.
pub(crate) const SEGMENTS: &str = Segments::PART;

/// What holds for all customers: schema and models in force, what facts say of other facts, stewards' decisions. It is
/// small beside the facts, and is kept in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Governance {
    /// Adoptions, decisions, and what says of other facts that they do not stand.
    facts: FactSet,
    /// Where in the log the last of them is: what tells one governance from the next.
    last: Position,
    governing: Governing,
    schema: Schema,
    /// Survivorship rules of the embedding program.
    rules: Rules,
    models: BTreeMap<Party, Arc<InForce>>,
    /// With the JSON that says so.
    segments: (String, Arc<Segments>),
    /// And beside them those of triggers that are rules.
    kept_segments: Arc<Segments>,
    workflows: Arc<Workflows>,
    settings: Arc<Settings>,
    /// When a model was last adopted.
    linked_at: Option<Timestamp>,
    /// Pairs of records that a steward settled, the smaller first: whether they are one customer.
    decided: BTreeMap<(RecordId, RecordId), bool>,
    /// By id of a fact under which several contents were delivered: where in the log they are.
    contested: HashMap<FactId, BTreeSet<Position>>,
}

/// Whether a fact is of those that govern.
pub(crate) fn governs(fact: &Fact) -> bool {
    fact.governs() || matches!(fact.body(), Body::Adopt(_) | Body::Decision(Decision::Link(..) | Decision::Unlink(..)))
}

impl Governance {
    /// That of a new house.
    pub(crate) fn new(rules: &Rules) -> Self {
        Self { schema: standard_schema(), rules: rules.clone(), ..Self::default() }
    }

    /// As it is kept.
    pub(crate) fn read(read: &dyn Read, rules: &Rules) -> Result<Self, StoreError> {
        let positions: Vec<Position> =
            read.rows(&GOVERNING, &[])?.iter().filter_map(|row| last_position(row)).collect();
        let mut governance = Self::new(rules);
        for row in read.rows(&CONTESTED, &[])? {
            if let ([Cell::Bytes(fact), ..], Some(position)) = (row.as_slice(), last_position(&row))
                && let Ok(fact) = uuid::Uuid::from_slice(fact)
            {
                governance.contested.entry(fact.into()).or_default().insert(position);
            }
        }
        governance.add(read.facts_at(&positions)?);
        Ok(governance)
    }

    /// Whether it is that of a state: the last fact that it rests on is there, and none after it.
    pub(crate) fn is_of(&self, read: &dyn Read) -> Result<bool, StoreError> {
        let is_there = self.last == Position::START || !read.rows(&GOVERNING, &[at(self.last)])?.is_empty();
        Ok(is_there && read.rows_after(&GOVERNING, &[at(self.last)], 1)?.is_empty())
    }

    /// Takes in facts that govern.
    pub(crate) fn add(&mut self, facts: impl IntoIterator<Item = Logged>) {
        for Logged { position, fact } in facts {
            self.last = self.last.max(position);
            self.facts.insert(fact);
        }
        self.governing = self.facts.governing(None);
        self.schema = schema_of(&self.facts, &self.governing, None);
        let standing = self.facts.standing_under(&self.governing);
        self.decided.clear();
        let mut models = BTreeMap::new();
        let (mut segments, mut settings) = ("", Settings::default());
        let mut since: BTreeMap<String, Timestamp> = BTreeMap::new();
        for standing in &standing {
            match standing.fact().body() {
                Body::Decision(Decision::Link(a, b)) => drop(self.decided.insert(pair(*a, *b), true)),
                Body::Decision(Decision::Unlink(a, b)) => drop(self.decided.insert(pair(*a, *b), false)),
                Body::Adopt(Configuration { part, name, json }) if part == MODEL => {
                    if let Some(party) = [Party::Person, Party::Organisation].into_iter().find(|of| named(*of) == name)
                    {
                        models.insert(party, json.as_str());
                        self.linked_at = self.linked_at.max(Some(standing.at()));
                    }
                }
                Body::Adopt(Configuration { part, json, .. }) if part == SEGMENTS => segments = json,
                // One that cannot be read has no effect.
                Body::Adopt(Configuration { part, name, json }) => {
                    let is_read = settings.take(part, name, json).is_ok();
                    if is_read && part == Workflow::PART {
                        since.entry(name.clone()).or_insert(standing.at());
                    }
                }
                _ => {}
            }
        }
        if segments != self.segments.0 {
            let read = serde_json::from_str::<Segments>(segments).unwrap_or_default();
            self.segments = (segments.to_owned(), Arc::new(read));
        }
        // One that is in force already is not read again.
        let read = |(party, json): (Party, &str)| {
            let known = self.models.get(&party).filter(|known| known.is_of(json, &self.schema)).cloned();
            Some((party, known.or_else(|| InForce::read(json, &self.schema).map(Arc::new))?))
        };
        self.models = models.into_iter().filter_map(read).collect();
        self.automate(&settings, &since);
        self.settings = Arc::new(settings);
    }

    /// Makes the workflows ready to be asked.
    fn automate(&mut self, settings: &Settings, since: &BTreeMap<String, Timestamp>) {
        let own = &self.segments.1;
        let mut in_force: BTreeMap<&str, &Workflow> = BTreeMap::new();
        for workflow in &settings.workflows {
            in_force.insert(&workflow.name, workflow);
        }
        let kept = Workflows::with_segments(in_force.into_values(), own);
        let same = kept == *self.kept_segments;
        // Who is in a segment is looked at again where these are others.
        if !same {
            self.kept_segments = Arc::new(kept);
        }
        let was = &self.settings;
        if same
            && settings.workflows == was.workflows
            && settings.sending == was.sending
            && settings.service.calendars == was.service.calendars
        {
            return;
        }
        let around = Surroundings {
            segments: (**own).clone(),
            calendars: settings
                .service
                .calendars
                .iter()
                .map(|(name, spec)| (name.clone(), Calendar::new(spec)))
                .collect(),
            sending: settings.sending.clone(),
        };
        let mut workflows = Workflows::new(settings.workflows.iter().cloned(), around);
        since.iter().for_each(|(name, at)| workflows.begin(name, *at));
        self.workflows = Arc::new(workflows);
    }

    /// Takes note of several contents under one id.
    pub(crate) fn contest(&mut self, fact: FactId, positions: impl IntoIterator<Item = Position>) {
        self.contested.entry(fact).or_default().extend(positions);
    }

    pub(crate) fn governing(&self) -> &Governing {
        &self.governing
    }

    pub(crate) fn facts(&self) -> &FactSet {
        &self.facts
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The schema that was in force at a time.
    pub(crate) fn schema_at(&self, at: Timestamp) -> Schema {
        schema_of(&self.facts, &self.governing, Some(at))
    }

    /// The segments in force, and those of triggers that are rules.
    pub(crate) fn segments(&self) -> &Arc<Segments> {
        &self.kept_segments
    }

    /// The segments in force.
    pub(crate) fn own_segments(&self) -> &Arc<Segments> {
        &self.segments.1
    }

    pub(crate) fn workflows(&self) -> &Arc<Workflows> {
        &self.workflows
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn model(&self, party: Party) -> Option<&Arc<InForce>> {
        self.models.get(&party)
    }

    pub(crate) fn decided(&self) -> &BTreeMap<(RecordId, RecordId), bool> {
        &self.decided
    }

    /// What the last steward to decide on two records said.
    pub(crate) fn decided_on(&self, a: RecordId, b: RecordId) -> Option<bool> {
        self.decided.get(&pair(a, b)).copied()
    }

    /// When a model was last adopted.
    pub(crate) fn linked_at(&self) -> Option<Timestamp> {
        self.linked_at
    }

    /// Where the contents under an id are, if there are several.
    pub(crate) fn contents(&self, fact: FactId) -> Option<&BTreeSet<Position>> {
        self.contested.get(&fact)
    }

    /// By id of a fact under which several contents were delivered: where they are.
    pub(crate) fn contested(&self) -> impl Iterator<Item = (FactId, &BTreeSet<Position>)> {
        self.contested.iter().map(|(fact, positions)| (*fact, positions))
    }
}

/// The name of a party within the models.
pub(crate) fn named(party: Party) -> &'static str {
    match party {
        Party::Person => "person",
        Party::Organisation => "organisation",
    }
}

fn pair(a: RecordId, b: RecordId) -> (RecordId, RecordId) {
    (a.min(b), a.max(b))
}

/// The schema that the canonically latest adoption brought into force. One that cannot be read has no effect, so that
/// it does not stand in the way of others.
fn schema_of(facts: &FactSet, governing: &Governing, as_of: Option<Timestamp>) -> Schema {
    let standing = facts.standing_under(governing);
    let by_then = standing.iter().rev().filter(|standing| as_of.is_none_or(|at| standing.at() <= at));
    let adopted = by_then.into_iter().find_map(|standing| match standing.fact().body() {
        Body::Adopt(Configuration { part, json, .. }) if part == SCHEMA => serde_json::from_str::<Schema>(json).ok(),
        _ => None,
    });
    in_force(adopted)
}

/// The standard schema, with what was adopted.
pub(crate) fn in_force(adopted: Option<Schema>) -> Schema {
    let mut schema = standard_schema();
    if let Some(adopted) = adopted {
        schema.attributes.extend(adopted.attributes);
        schema.namespaces.extend(adopted.namespaces);
        schema.sources.extend(adopted.sources);
        schema.groups.extend(adopted.groups);
    }
    schema
}

/// The attributes that have a name of their own, with their kinds; the namespaces that every schema knows.
fn standard_schema() -> Schema {
    let attributes = Kind::ALL.iter().filter_map(|kind| Some((kind.attribute()?.into(), AttributeSpec::of(*kind))));
    Schema { attributes: attributes.collect(), ..Schema::default() }
}
