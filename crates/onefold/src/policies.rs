//! What configuration says of the facts themselves: which events may come and who is not to be processed, how long facts
//! are kept, how long bought data may be shown; and what the members of a group come to.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{
    AttributeName, Body, Cell, Configuration, CustomerId, Draft, Fact, FactId, Finding, Identifier, Inserted, Kind,
    Reason, RecordId, Schema, Standing, Timestamp, Value, ViewTable, namespace,
};
use onefold_profile::{
    Contract, HeldIdentifier, OnViolation, Profile, Retention, RollUp, Stay, Suppressed, Suppression, Violations, stays,
};
use onefold_store::{Logged, Position, StoreError};

use crate::error::OnefoldError;
use crate::governance::Governance;
use crate::onefold::Onefold;
use crate::options::Options;
use crate::outcome::SetAsideDraft;
use crate::tables::{STRETCHES, TOLD, Told, bytes, first_id, id, ids, last_id, text};
use crate::views::Views;

/// The part of the configuration that names records of which nothing is left after retention.
pub(crate) const EXPIRED: &str = "expired";

/// By group: the bare ids of the records that say that they are, or were, in it.
pub(crate) const GROUPS: ViewTable =
    ViewTable { name: "groups", key: &[text("namespace"), text("value"), bytes("record")], values: &[] };

/// A fact that is due to go.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Outdated {
    /// The fact.
    pub fact: FactId,
    /// The customer it is of.
    pub customer: CustomerId,
    /// Since when it is due.
    pub since: Timestamp,
    /// The rule by which.
    pub rule: String,
}

/// What retention removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Retained {
    /// The facts whose contents were removed, with the rule of each.
    pub removed: Vec<Outdated>,
    /// The deliveries that they had.
    pub deliveries: u64,
    /// The records of which nothing is left.
    pub records: BTreeSet<RecordId>,
    /// Whether former versions of pages still stand in the write-ahead log, since older readers are open
    /// ([`Onefold::finish_erasure`]).
    pub pending: bool,
}

/// Whether a fact that comes is not taken, and why.
pub(crate) fn refusal(
    governance: &Governance,
    options: &Options,
    fact: &Fact,
    violations: &mut Violations,
) -> Option<(Inserted, Finding)> {
    let settings = governance.settings();
    if let Some(key) = options.suppression_key.as_deref().filter(|_| !settings.suppression.is_empty())
        && settings.suppression.of_any(key, fact.identifiers().iter().chain(&reached_by(fact, governance.schema())))
            == Some(Suppressed::Process)
    {
        let message = format!("fact {} has an identifier that is not to be processed; it was not taken", fact.id());
        return Some((Inserted::SetAside, Finding::new(Reason::Suppressed, message)));
    }
    let broken = settings.contract.violations(fact);
    if broken.is_empty() || violations.admit(&settings.contract, fact) {
        return None;
    }
    let what = broken.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let event = match fact.body() {
        Body::Event { name, .. } => name.as_str(),
        _ => "",
    };
    let message = format!("event `{event}` of {}: {what}; it was not taken", fact.source());
    Some((Inserted::SetAside, Finding::new(Reason::Contract, message)))
}

/// The drafts that the contract does not let in. They are kept before they are stamped, since a fact no longer says under
/// which message id its source delivered it.
pub(crate) fn breaking(governance: &Governance, drafts: &[Draft]) -> Vec<SetAsideDraft> {
    let contract = &governance.settings().contract;
    if contract.on_violation == OnViolation::Keep {
        return Vec::new();
    }
    let broken = |(place, draft): (usize, &Draft)| {
        let violations = contract.violations_of(draft.body());
        (!violations.is_empty()).then(|| SetAsideDraft { place, draft: draft.clone(), violations })
    };
    drafts.iter().enumerate().filter_map(broken).collect()
}

/// The addresses and numbers that a fact says as attributes, which are identifiers too.
pub(crate) fn reached_by(fact: &Fact, schema: &Schema) -> Vec<Identifier> {
    let Body::Set(said) = fact.body() else { return Vec::new() };
    said.iter().filter_map(|(name, value)| reaching(name, value, schema)).collect()
}

/// The identifier that a value is, if it is an address or a number.
fn reaching(name: &AttributeName, value: &Value, schema: &Schema) -> Option<Identifier> {
    let namespace = match schema.attributes.get(name)?.kind {
        Kind::Email => namespace::EMAIL,
        Kind::Phone => namespace::PHONE,
        _ => return None,
    };
    Some(Identifier::new(namespace, value.as_text()?))
}

impl Views {
    /// The contract in force: which events may come.
    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.governance.settings().contract
    }

    /// Who is not to be contacted or processed, as hashes.
    #[must_use]
    pub fn suppression(&self) -> &Suppression {
        &self.governance.settings().suppression
    }

    /// How long facts are kept.
    #[must_use]
    pub fn retention(&self) -> &Retention {
        &self.governance.settings().retention
    }

    /// How the events that are kept break a contract: the one in force, or one that is to come. Those that were set aside
    /// are told where they came ([`Accepted::violations`](crate::Accepted::violations)).
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn violations(&self, contract: &Contract) -> Result<Violations, OnefoldError> {
        let mut violations = Violations::default();
        let mut seen: BTreeSet<FactId> = BTreeSet::new();
        self.each_fact(|fact| {
            if matches!(fact.body(), Body::Event { .. }) && seen.insert(fact.id()) {
                violations.check(contract, &fact);
            }
        })?;
        Ok(violations)
    }

    /// What is suppressed for a customer: by any of the identifiers that they hold, and of the addresses and numbers known of
    /// them, under the key that the list was made with.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn suppressed(&self, customer: impl Into<RecordId>, key: &[u8]) -> Result<Option<Suppressed>, OnefoldError> {
        Ok(self.customer(customer)?.and_then(|profile| self.listed(&profile, key)))
    }

    /// The same of a profile.
    pub(crate) fn listed(&self, profile: &Profile, key: &[u8]) -> Option<Suppressed> {
        let known = profile.attributes().iter();
        let known: Vec<Identifier> = known.filter_map(|(name, it)| reaching(name, it.value(), self.schema())).collect();
        self.suppression().of_any(key, profile.identifiers().iter().map(HeldIdentifier::identifier).chain(&known))
    }

    /// Which facts are due to go at a time, and when the next will be. Facts that do not stand (they were retracted, or
    /// a later snapshot is without them) are kept no longer than others: their contents are in the file too.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn due(&self, at: Timestamp) -> Result<(Vec<Outdated>, Option<Timestamp>), OnefoldError> {
        let (mut outdated, mut next): (Vec<Outdated>, Option<Timestamp>) = (Vec::new(), None);
        if self.retention().rules.is_empty() {
            return Ok((outdated, next));
        }
        let mut look = |customer: CustomerId, standing: Vec<Standing<'_>>| {
            let due = self.retention().due(standing, at);
            let of = |it: &onefold_profile::DueFact<'_>| Outdated {
                fact: it.fact,
                customer,
                since: it.since,
                rule: it.rule.to_owned(),
            };
            outdated.extend(due.facts.iter().map(of));
            next = next.into_iter().chain(due.next_change_at).min();
        };
        let customer = |record| Ok::<_, StoreError>(self.holding(record)?.unwrap_or(record.into()));
        let mut record = None;
        while let Some(next) = self.told_after(record)? {
            let facts = self.reading().facts_of(next, &[Told::Identity, Told::Else])?;
            let mut stands: BTreeSet<FactId> = BTreeSet::new();
            for made in self.reading().records(next, &facts)? {
                stands.extend(made.standing.iter().map(|standing| standing.fact().id()));
                look(customer(made.id)?, made.standing);
            }
            let left = facts.all().filter(|fact| fact.record() == Some(next) && !stands.contains(&fact.id()));
            look(customer(next)?, left.map(Standing::alone).collect());
            record = Some(next);
        }
        outdated.sort_by_key(|it| (it.since, it.fact));
        // Two standings of one fact are one.
        let mut seen: BTreeSet<FactId> = BTreeSet::new();
        outdated.retain(|it| seen.insert(it.fact));
        Ok((outdated, next))
    }

    /// The first record of which anything is told, after another.
    fn told_after(&self, record: Option<RecordId>) -> Result<Option<RecordId>, StoreError> {
        let first = record.map_or_else(|| Cell::Bytes(Vec::new()), id);
        let after = [first, Cell::Integer(i64::MAX), Cell::Integer(i64::MAX)];
        Ok(self.read.rows_after(&TOLD, &after, 1)?.first().and_then(|row| first_id(row)))
    }

    /// What the members of a group (an account, a household) come to at a time: members by role, revenue, last activity.
    ///
    /// ```
    /// use onefold::fact::Membership;
    /// use onefold::{Body, Draft, Identifier, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let acme = Identifier::new("account", "acme");
    /// let joins = Body::Group(Membership { group: acme.clone(), role: Some("buyer".into()), member: true, only: false });
    /// house.accept("monday", at, [Draft::new("crm", joins).key(RecordKey::person("17"))])?;
    /// let group = house.views()?.group(&acme, at)?;
    /// assert_eq!(group.members[&Some("buyer".into())].len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn group(&self, group: &Identifier, at: Timestamp) -> Result<RollUp, OnefoldError> {
        let prefix = [Cell::Text(group.namespace().to_string()), Cell::Text(group.value().to_owned())];
        let mut customers: BTreeSet<CustomerId> = BTreeSet::new();
        for record in self.read.rows(&GROUPS, &prefix)?.iter().filter_map(|row| last_id(row)) {
            for of in [record].into_iter().chain(ids(&*self.read, &STRETCHES, id(record))?) {
                customers.extend(self.holding(of)?);
            }
        }
        let mut members: Vec<(Profile, Vec<Stay>)> = Vec::new();
        for customer in customers {
            let told = self.reading().at(at).told(customer)?;
            let stayed = stays(told.standing().map(|(_, standing)| standing)).remove(group);
            if let Some(stayed) = stayed {
                members.push((told.fold(self.schema(), self.governance.rules(), None), stayed));
            }
        }
        let members = members.iter().map(|(profile, stayed)| (profile, stayed.as_slice()));
        Ok(RollUp::of(members, self.order_spec(), at))
    }

    /// Whether retention left nothing of a record, and by which fact.
    pub(crate) fn expired(&self, record: RecordId) -> Option<FactId> {
        let named = record.to_string();
        let says = |fact: &&Fact| match fact.body() {
            Body::Adopt(Configuration { part, json, .. }) => part == EXPIRED && json.contains(&named),
            _ => false,
        };
        self.governance.facts().iter().filter(says).max_by_key(|fact| (fact.received_at(), fact.id())).map(Fact::id)
    }

    /// The records, of those that these positions are of, of which nothing else is kept.
    fn left_empty(&self, gone: &[Logged]) -> Result<BTreeSet<RecordId>, StoreError> {
        let mut by_record: BTreeMap<RecordId, BTreeSet<Position>> = BTreeMap::new();
        for logged in gone {
            if let Some(record) = logged.fact.record() {
                by_record.entry(record).or_default().insert(logged.position);
            }
        }
        let mut empty = BTreeSet::new();
        for (record, gone) in by_record {
            let mut kept = self.reading().positions_of(record, Told::Identity)?;
            kept.extend(self.reading().positions_of(record, Told::Else)?);
            if kept.iter().all(|position| gone.contains(position)) {
                empty.extend(ids(&*self.read, &STRETCHES, id(record))?);
                empty.insert(record);
            }
        }
        Ok(empty)
    }
}

impl Onefold {
    /// Removes the facts that are older than the [`Retention`] in force lets them be, from every byte of the file. What a
    /// source delivers again of them is known for what it is and not taken; what is new about the same people is.
    ///
    /// ```
    /// use onefold::profile::Retention;
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let house = Onefold::in_memory(Options::default());
    /// let at = "2026-03-01T09:00:00Z".parse()?;
    /// let retention: Retention = serde_json::from_str(r#"{"rules": {"views": {"event": "Viewed", "days": 30}}}"#)?;
    /// house.adopt(&retention, at)?;
    /// let viewed = Draft::new("web", Body::event("Viewed", [("sku", "A-1")])).key(RecordKey::person("u42"));
    /// house.accept("monday", at, [viewed])?;
    /// assert!(house.retain("2026-03-30T09:00:00Z".parse()?)?.removed.is_empty());
    /// assert_eq!(house.retain("2026-04-01T09:00:00Z".parse()?)?.removed[0].rule, "views");
    /// assert!(house.customers()?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it cannot be written; then nothing is removed.
    pub fn retain(&self, at: Timestamp) -> Result<Retained, OnefoldError> {
        let mut writer = self.house().writer();
        let views = self.views()?;
        let (removed, _) = views.due(at)?;
        if removed.is_empty() {
            return Ok(Retained::default());
        }
        let positions: Vec<Position> = removed.iter().flat_map(|it| writer.store.positions(it.fact)).collect();
        let gone = views.facts_at(&positions)?;
        let records = views.left_empty(&gone)?;
        drop(views);
        let mut said = Vec::new();
        if !records.is_empty() {
            let at = writer.last().map_or(at, |last| at.max(last));
            let json = serde_json::to_string(&records)?;
            let expired = Configuration { part: EXPIRED.to_owned(), name: at.to_rfc3339(), json };
            said.push(Draft::new("onefold", Body::Adopt(expired)).received(format!("retention {at}"), at));
        }
        let certificate = self.house().write(&mut writer, &said, &gone, None)?.certificate;
        Ok(Retained { removed, deliveries: certificate.deliveries, records, pending: certificate.pending })
    }
}
