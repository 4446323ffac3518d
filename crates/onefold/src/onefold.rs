//! [`Onefold`]: the one type that other programs embed.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::OnceLock;

use chrono::{SecondsFormat, TimeDelta};
use onefold_fact::{
    AttributeName, AttributeSpec, Batch, Body, Configuration, CustomerId, Decision, Digest, Digester, Draft, Fact,
    FactId, FactSet, Identifier, Inserted, Kind, Party, Progress, RecordId, RecordKey, Schema, Source, Standing,
    Timestamp,
};
use onefold_identity::{Explanation, LinkageReport};
use onefold_profile::{Profile, fold};
use rayon::prelude::*;

use crate::HashMap;
use crate::customers::{Customers, holders};
use crate::records::Records;
use crate::resolve::Matching;

/// What does not change the state: how much of the machine may be used.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Threads for linking ([`Onefold::relink`]); all processors if not given. The result is the same with any number.
    pub threads: Option<NonZeroUsize>,
}

/// What accepting did, fact by fact in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The id of each fact, and whether it was new.
    pub facts: Vec<(FactId, Inserted)>,
}

/// What linking found, for persons and for organisations.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Relinked {
    /// By party: what linking did.
    pub parties: Vec<(Party, LinkageReport)>,
    /// The number of customers.
    pub customers: usize,
}

/// Why two records are one customer, or are not.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Why {
    /// Whether they are one customer now.
    pub same_customer: bool,
    /// What the last steward to decide on this very pair said: `true` for one customer, `false` for two; `None` if
    /// nobody did. It holds from the next [`Onefold::relink`] on, for records that are compared with each other.
    pub decided: Option<bool>,
    /// Whether one of the two is a stretch of a shared device during which the other was signed in. That alone makes
    /// them one customer.
    pub signed_in: bool,
    /// The evidence about this pair. `None` if the records are not compared with each other: a person and an
    /// organisation, or a stretch of a shared device, which belongs to whoever was signed in.
    pub evidence: Option<Explanation>,
}

/// Customer data from any number of sources, as one log of facts and the views that follow from it.
///
/// ```
/// use onefold::{Body, Draft, Onefold, Options, RecordKey, Silent};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let at = "2026-03-01T09:00:00Z".parse()?;
/// let mut house = Onefold::in_memory(Options::default());
/// house.accept("monday", at, [
///     Draft::new("crm", Body::set([("full_name", "Ada Byron"), ("email", "ada@x.io")]))
///         .key(RecordKey::person("17")),
///     Draft::new("shop", Body::set([("full_name", "Byron, Ada"), ("email", "ADA@x.io")]))
///         .key(RecordKey::person("c-204")),
/// ]);
/// house.relink(&mut Silent);
/// assert_eq!(house.customers().count(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Onefold {
    options: Options,
    facts: FactSet,
    /// In force by the facts: read anew when a fact comes that can change it.
    schema: Schema,
    /// The latest stamp: stamps never go back.
    last: Option<Timestamp>,
    /// The groups of records that the last linkage found.
    groups: Vec<Vec<RecordId>>,
    /// Derived when first read after a change.
    records: OnceLock<Records>,
    customers: OnceLock<Customers>,
    holders: OnceLock<HashMap<Identifier, Vec<CustomerId>>>,
}

impl Onefold {
    /// An empty house that forgets everything when it is dropped.
    #[must_use]
    pub fn in_memory(options: Options) -> Self {
        Self {
            options,
            facts: FactSet::default(),
            schema: standard_schema(),
            last: None,
            groups: Vec::new(),
            records: OnceLock::new(),
            customers: OnceLock::new(),
            holders: OnceLock::new(),
        }
    }

    /// Brings a schema into force: what attributes, namespaces and sources mean. What it does not declare keeps its
    /// standard meaning. Nothing stored changes; every view is read anew.
    ///
    /// An adoption is stamped later than all before it, and is a batch of its own, whose name is returned
    /// (`schema 2026-03-01T09:00:00.000000Z`, with its stamp). Retracting that batch brings the former schema back:
    ///
    /// ```
    /// use onefold::fact::Retraction;
    /// use onefold::{Body, Draft, Onefold, Options, Schema};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let mut house = Onefold::in_memory(Options::default());
    /// let adopted = house.adopt(&Schema::default(), at)?;
    /// house.accept("undo", at, [Draft::new("steward", Body::Retract(Retraction::Batch(adopted)))]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the schema cannot be written as JSON.
    pub fn adopt(&mut self, schema: &Schema, at: Timestamp) -> Result<Batch, serde_json::Error> {
        let configuration =
            Configuration { part: "schema".to_owned(), name: String::new(), json: serde_json::to_string(schema)? };
        // Of two adoptions at one stamp the content would decide which is in force.
        let later = |last: Timestamp| last.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(last);
        let at = self.last.map_or(at, |last| at.max(later(last)));
        let batch = Batch::from(format!("schema {}", at.to_rfc3339_opts(SecondsFormat::Micros, true)));
        self.accept(batch.clone(), at, [Draft::new("onefold", Body::Adopt(configuration))]);
        Ok(batch)
    }

    /// Accepts what sources say, as delivered in `batch` and received at `at`. A fact that is known already is not
    /// taken twice. New records are customers of their own until [`relink`](Self::relink), and so are the records of a
    /// customer of whom a linked record was taken back or erased: that record may have been what joined them.
    ///
    /// A schema among the facts ([`Body::Adopt`]) that cannot be read is kept and has no effect.
    pub fn accept(
        &mut self,
        batch: impl Into<Batch>,
        at: Timestamp,
        drafts: impl IntoIterator<Item = Draft>,
    ) -> Accepted {
        let batch = batch.into();
        let at = self.last.map_or(at, |last| at.max(last));
        self.last = Some(at);
        self.records = OnceLock::new();
        self.forget_customers();
        // Hashing is most of the work, and each draft is hashed by itself.
        let drafts: Vec<Draft> = drafts.into_iter().collect();
        let facts: Vec<Fact> = drafts.into_par_iter().map(|draft| draft.received(batch.clone(), at)).collect();
        let mut governs = facts
            .iter()
            .any(|fact| matches!(fact.body(), Body::Adopt(_) | Body::Retract(_) | Body::Erase(_) | Body::Complete));
        let inserted = facts.into_iter().map(|fact| (fact.id(), self.facts.insert(fact)));
        let accepted = Accepted { facts: inserted.collect() };
        // Another content under one id may stand instead of an adoption.
        governs |= accepted.facts.iter().any(|(_, inserted)| *inserted == Inserted::Conflicting);
        if governs {
            self.schema = schema_in_force(&self.facts);
        }
        accepted
    }

    /// Decides anew which records are one customer, over all records at once.
    pub fn relink(&mut self, progress: &mut dyn Progress) -> Relinked {
        let pool =
            self.options.threads.map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build());
        let linked: Vec<_> = [Party::Person, Party::Organisation]
            .into_iter()
            .map(|party| {
                let matching = self.matching(party);
                // `install` needs what it runs to be `Send`, which a progress bar need not be.
                let linked = match &pool {
                    Some(Ok(pool)) => pool.install(|| matching.link(&mut onefold_fact::Silent)),
                    _ => matching.link(progress),
                };
                (party, linked)
            })
            .collect();
        let mut relinked = Relinked::default();
        self.groups.clear();
        for (party, (groups, report)) in linked {
            self.groups.extend(groups);
            if report.records > 0 {
                relinked.parties.push((party, report));
            }
        }
        self.forget_customers();
        relinked.customers = self.linked().members.len();
        relinked
    }

    /// The profile of a customer; any record's id names the customer who holds it. `None` if there is no such record.
    #[must_use]
    pub fn customer(&self, id: impl Into<RecordId>) -> Option<Profile> {
        let records = self.records();
        let customer = self.linked().holding(records.resolve(id.into()))?;
        let members = self.linked().members.get(&customer)?.iter().filter_map(|id| records.by_id.get(id));
        let facts = members.flat_map(|record| {
            let told = record.facts.iter().chain(&record.pins).filter_map(|order| self.facts.resolve(*order));
            told.map(|standing| (named(&standing).unwrap_or(record.id), standing))
        });
        Some(fold(customer, facts, &self.schema, None))
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

    /// The digest of the whole state. Directly after [`relink`](Self::relink) it is equal for the same facts, whatever
    /// their order and batches of arrival. Between two relinks it also shows what was linked at the last one.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::default();
        for (customer, members) in &self.linked().members {
            digester.one(customer).each(members);
            digester.one(&self.customer(*customer).map(|profile| profile.digest()));
        }
        digester.finish()
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

    fn matching(&self, party: Party) -> Matching {
        Matching::of(&self.facts, self.records(), &self.schema, party)
    }
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
fn schema_in_force(facts: &FactSet) -> Schema {
    let standing = facts.standing(None);
    let adopted = standing.iter().rev().find_map(|standing| match standing.fact().body() {
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
