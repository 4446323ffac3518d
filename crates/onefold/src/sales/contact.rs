//! [`ContactView`]: what a seller sees of a customer beside the profile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use onefold_crm::{Aggregate, Closes, Contact, LifeCycle, Money, Opportunity, Outcome, Totals};
use onefold_fact::{AttributeName, Body, CustomerId, PiiClass, RecordId, Standing, Timestamp, Value};
use onefold_profile::{Event, HeldIdentifier, Orders, Profile, Refusal};

use super::conversion::ACCOUNT;
use super::{Under, WorkError, record_about, state};
use crate::error::OnefoldError;
use crate::views::Views;

/// What a seller sees of a customer beside the profile: what they did of late and what they bought, in which segments they
/// are, what is computed of them, and how far they have come.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct ContactView {
    /// How far they have come, now and ever.
    pub life_cycle: LifeCycle,
    /// What they did in the last 90 days, by name of event: how often, and when last.
    pub did: BTreeMap<String, (usize, Timestamp)>,
    /// What was sent to them in the last 90 days and had neither been opened nor clicked: how often, by name of event.
    pub ignored: BTreeMap<String, usize>,
    /// How many orders they placed.
    pub orders: usize,
    /// The segments that they are in.
    pub segments: BTreeSet<String>,
    /// Computed attributes and scores, as text.
    pub computed: BTreeMap<AttributeName, String>,
    /// Deals that are open, by id.
    pub open: BTreeSet<String>,
    /// What they are worth, by currency.
    pub open_worth: Totals,
    /// What deals that were won were worth, by currency.
    pub won_worth: Totals,
    /// Deals that are about somebody else, in which they take part, by id.
    pub takes_part: BTreeMap<String, TakesPart>,
}

/// A deal in which somebody takes part.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TakesPart {
    /// As what, and whether they are asked first.
    #[serde(flatten)]
    pub part: Contact,
    /// The name of the deal.
    pub name: String,
    /// The stage at which it is.
    pub stage: String,
    /// How it ended, if it is over.
    pub closed: Option<Closes>,
    /// What it is worth.
    pub amount: Option<Money>,
}

/// How far back what somebody did is of late.
const LATE: TimeDelta = TimeDelta::days(90);

impl Views {
    /// What a seller sees of a customer at a clock. `None` if there is no such customer.
    ///
    /// # Errors
    /// When it cannot be read, or a segment cannot be asked.
    pub fn contact(&self, customer: impl Into<RecordId>, at: Timestamp) -> Result<Option<ContactView>, OnefoldError> {
        let Some(profile) = self.customer_at(customer, at)? else { return Ok(None) };
        let mut seen = self.did_and_bought(&profile, at)?;
        seen.segments = self.segments_of(profile.id())?;
        let computed = self.computed_of(&profile, at);
        seen.computed =
            computed.into_iter().filter_map(|(name, computed)| Some((name, computed.value?.to_string()))).collect();
        Ok(Some(seen))
    }

    /// What a role may see of that: what follows from the events that it may see, and what is computed as far as it may see
    /// it ([`Lens::computed`](onefold_profile::Lens::computed)). What deals are worth is as personal as `amount`. Segments
    /// may rest on anything, and are seen by who may see what is sensitive. `None` if there is no such customer.
    ///
    /// # Errors
    /// When the role is not declared, it cannot be read, or a segment cannot be asked.
    pub fn contact_for(
        &self,
        role: &str,
        customer: impl Into<RecordId>,
        at: Timestamp,
    ) -> Result<Option<ContactView>, OnefoldError> {
        let unknown = || Refusal::UnknownRole { role: role.to_owned() };
        let sight = self.policy().roles.get(role).ok_or_else(unknown)?;
        let lens = self.policy().lens_for(role, self.schema())?;
        let Some(profile) = self.customer_at(customer, at)? else { return Ok(None) };
        let is_seen = |standing: &Standing<'_>| match standing.fact().body() {
            Body::Event { name, .. } => sight.events.allows(name),
            Body::Object(object) => sight.events.allows(&format!("{} {}", object.kind, object.event)),
            _ => true,
        };
        let told = self.reading().at(at).told(profile.id())?;
        let mut seen = self.did_and_bought(&told.fold_if(self.schema(), self.governance.rules(), is_seen), at)?;
        if !sight.shows_property("amount", self.schema()) {
            (seen.open_worth, seen.won_worth) = (Totals::default(), Totals::default());
            seen.takes_part.values_mut().for_each(|deal| deal.amount = None);
        }
        if sight.up_to == PiiClass::Sensitive {
            seen.segments = self.segments_of(profile.id())?;
        }
        for (name, computed) in self.computed_of(&profile, at) {
            let Some(value) = computed.value else { continue };
            let shown = lens.computed(name.as_str(), &value, &self.computed_from(&name), &self.repeated_by(&name));
            seen.computed.extend(shown.map(|value| (name, value.to_string())));
        }
        Ok(Some(seen))
    }

    /// The people of an account, by the id of any of its records, and as what: the members of every group that it is, so after a
    /// merge those of both.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn account_members(
        &self,
        account: impl Into<RecordId>,
        at: Timestamp,
    ) -> Result<BTreeMap<CustomerId, Option<String>>, OnefoldError> {
        let mut members: BTreeMap<CustomerId, Option<String>> = BTreeMap::new();
        let Some(profile) = self.customer(account)? else { return Ok(members) };
        let held = profile.identifiers().iter().map(HeldIdentifier::identifier);
        for group in held.filter(|identifier| identifier.namespace().as_str() == ACCOUNT) {
            for (role, customers) in self.group(group, at)?.members {
                for customer in customers {
                    let known = members.entry(customer).or_default();
                    *known = known.take().or_else(|| role.clone());
                }
            }
        }
        Ok(members)
    }

    /// The part of it that follows from a profile's events.
    fn did_and_bought(&self, profile: &Profile, at: Timestamp) -> Result<ContactView, OnefoldError> {
        let mut seen = ContactView { life_cycle: LifeCycle::of(profile.timeline(), at), ..ContactView::default() };
        seen.acts(profile, at);
        seen.orders = Orders::until(profile.timeline(), self.order_spec(), at).len();
        self.deals_of(profile, &mut seen)?;
        Ok(seen)
    }

    /// Who takes part in a deal as of now: one of each customer, by the customer's id. What was said by the id of the customer
    /// counts before what was said by other records of theirs, and who is asked first before others.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn contacts_of(&self, deal: &Opportunity) -> Result<BTreeMap<String, Contact>, OnefoldError> {
        let mut rows: Vec<(String, bool, &Contact)> = Vec::new();
        for (named, part) in &deal.contacts {
            let customer = self.account_named(named)?;
            let is_other = customer != *named;
            rows.push((customer, is_other, part));
        }
        rows.sort_by(|a, b| (&a.0, a.1, !a.2.primary).cmp(&(&b.0, b.1, !b.2.primary)));
        let mut contacts: BTreeMap<String, Contact> = BTreeMap::new();
        for (customer, _, part) in rows {
            let seen = contacts.entry(customer).or_default();
            seen.primary |= part.primary;
            seen.role = seen.role.take().or_else(|| part.role.clone());
        }
        Ok(contacts)
    }

    /// By which records a customer takes part in a deal.
    pub(super) fn parts_of(&self, deal: &Opportunity, customer: &str) -> Result<Vec<String>, OnefoldError> {
        let customer = self.account_named(customer)?;
        let mut parts = Vec::new();
        for named in deal.contacts.keys() {
            if self.account_named(named)? == customer {
                parts.push(named.clone());
            }
        }
        Ok(parts)
    }

    /// Who is told that they take part in a deal, or do so no more: whoever it is, if they are a customer. So it is on their
    /// timeline, and what they take part in is found.
    pub(super) fn of_participant(&self, outcome: &Outcome) -> Result<Option<Under>, WorkError> {
        let (Outcome::ContactAdded { contact, .. } | Outcome::ContactRemoved { contact }) = outcome else {
            return Ok(None);
        };
        let Ok(record) = contact.parse::<RecordId>() else { return Ok(None) };
        if self.holding(record).map_err(OnefoldError::from)?.is_none() {
            return Ok(None);
        }
        let (source, key) = self.kept_under(record)?;
        Ok(Some((source, Some(key))))
    }

    fn deals_of(&self, profile: &Profile, seen: &mut ContactView) -> Result<(), OnefoldError> {
        let ids: BTreeSet<&str> = profile
            .timeline()
            .iter()
            .filter(|event| event.name().starts_with("opportunity "))
            .filter_map(|event| event.property("opportunity")?.as_text())
            .collect();
        for id in ids {
            let Some(history) = self.object(Opportunity::KIND, id)? else { continue };
            let deal: Opportunity = state(&history);
            if !deal.is_there() {
                continue;
            }
            let about = record_about(&history).map(|record| self.holding(record)).transpose()?.flatten();
            if about.is_some_and(|about| about != profile.id()) {
                // Who takes part no more has it on their timeline still.
                if let Some(part) = self.contacts_of(&deal)?.remove(&profile.id().to_string()) {
                    let Opportunity { name, stage, amount, closed, .. } = deal;
                    let closed = closed.map(|closed| closed.as_);
                    seen.takes_part.insert(id.to_owned(), TakesPart { part, name, stage, closed, amount });
                }
                continue;
            }
            match deal.closed.as_ref().map(|closed| closed.as_) {
                None => {
                    seen.open.insert(id.to_owned());
                    seen.open_worth.extend(deal.amount);
                }
                Some(Closes::Won) => seen.won_worth.extend(deal.amount),
                Some(Closes::Lost) => {}
            }
        }
        Ok(())
    }
}

impl ContactView {
    fn acts(&mut self, profile: &Profile, at: Timestamp) {
        let of_late = |when: Timestamp| when <= at && at - when <= LATE;
        // What was opened or clicked, by what it was sent as.
        let sent_as = |event: &'_ Event| -> Option<Value> {
            ["message_id", "campaign_id", "campaign"].into_iter().find_map(|name| event.property(name)).cloned()
        };
        let is = |event: &Event, words: &[&str]| {
            let name = event.name().to_lowercase();
            words.iter().any(|word| name.contains(word))
        };
        let before = profile.timeline().iter().filter(|event| event.at() <= at);
        let answered: BTreeSet<Value> =
            before.filter(|event| is(event, &["opened", "clicked"])).filter_map(sent_as).collect();
        for event in profile.timeline().iter().filter(|event| of_late(event.at())) {
            let did = self.did.entry(event.name().to_owned()).or_insert((0, event.at()));
            did.0 += 1;
            did.1 = did.1.max(event.at());
            if is(event, &["delivered", "sent"]) && sent_as(event).is_some_and(|sent| !answered.contains(&sent)) {
                *self.ignored.entry(event.name().to_owned()).or_default() += 1;
            }
        }
    }
}
