//! What a profile is folded from, read from the log and the tables.

use onefold_fact::{Body, CustomerId, Decision, Fact, Order, RecordId, Schema, Standing, Timestamp};
use onefold_profile::{Profile, Rules, fold_by};
use onefold_store::StoreError;

use crate::reading::{Facts, Reading};
use crate::tables::{MEMBERS, RecordRow, Told, id, ids};

/// What a profile is folded from.
pub(crate) struct Gathered {
    customer: CustomerId,
    /// By record: its facts, and where those stand that count.
    records: Vec<(RecordId, Facts, Vec<Order>)>,
    /// When the first licence ends of what may be shown.
    licensed_until: Option<Timestamp>,
}

impl Reading<'_> {
    /// The records of a customer.
    pub(crate) fn members(&self, customer: CustomerId) -> Result<Vec<RecordRow>, StoreError> {
        let mut rows = Vec::new();
        for record in ids(self.read, &MEMBERS, id(customer))? {
            rows.extend(RecordRow::read(self.read, record)?);
        }
        Ok(rows)
    }

    /// What is told of a customer and may be shown at the clock.
    pub(crate) fn told(&self, customer: CustomerId) -> Result<Gathered, StoreError> {
        let told = self.told_whole(customer)?;
        self.licensed(told)
    }

    /// Those of the facts told of a customer that a test lets pass and that may be shown at the clock.
    pub(crate) fn told_that(
        &self,
        customer: CustomerId,
        passes: &dyn Fn(&Fact) -> bool,
    ) -> Result<Gathered, StoreError> {
        let mut told = Gathered { customer, records: Vec::new(), licensed_until: None };
        for row in self.members(customer)? {
            let bare = row.stretch_of.unwrap_or(row.id);
            let facts = self.facts_of_that(bare, &[Told::Identity, Told::Else], passes)?;
            let parts = self.records(bare, &facts)?;
            let own = parts.iter().find(|part| part.id == row.id).map(|part| &part.standing);
            let own = own.into_iter().flatten().filter(|standing| passes(standing.fact()));
            let orders = own.map(Standing::order).collect();
            drop(parts);
            told.records.push((row.id, facts, orders));
        }
        self.licensed(told)
    }

    fn licensed(&self, mut told: Gathered) -> Result<Gathered, StoreError> {
        let licences = &self.governance.settings().licences;
        if licences.sources.is_empty() {
            return Ok(told);
        }
        let clock = self.clock()?;
        told.licensed_until = licences.next_change_at(told.standing().map(|(_, standing)| standing), clock);
        for (_, facts, orders) in &mut told.records {
            orders.retain(|order| facts.resolve(*order).is_some_and(|standing| licences.allow(&standing, clock)));
        }
        Ok(told)
    }

    /// What is told of a customer, whatever a licence says.
    pub(crate) fn told_whole(&self, customer: CustomerId) -> Result<Gathered, StoreError> {
        let mut told = Gathered { customer, records: Vec::new(), licensed_until: None };
        for row in self.members(customer)? {
            let bare = row.stretch_of.unwrap_or(row.id);
            let facts = self.facts_of(bare, &[Told::Identity, Told::Else])?;
            let parts = self.records(bare, &facts)?;
            let first = parts.first().is_some_and(|first| first.id == row.id);
            let own = parts.iter().find(|part| part.id == row.id).map(|part| &part.standing);
            let orders = own.into_iter().flatten().map(Standing::order).collect();
            drop(parts);
            told.records.push((row.id, facts, orders));
            // A pin may name the stretch, or the device of which it is the first.
            for named in [Some(row.id), row.stretch_of.filter(|_| first)].into_iter().flatten() {
                let pins = self.facts_of(named, &[Told::Pin])?;
                let orders: Vec<Order> = pins.standing(self.governance).iter().map(Standing::order).collect();
                if !orders.is_empty() {
                    told.records.push((row.id, pins, orders));
                }
            }
        }
        Ok(told)
    }
}

impl Gathered {
    /// Whether there is no such customer.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// When the first licence ends of what may be shown.
    pub(crate) fn licensed_until(&self) -> Option<Timestamp> {
        self.licensed_until
    }

    /// The facts that stand, by record.
    pub(crate) fn standing(&self) -> impl Iterator<Item = (RecordId, Standing<'_>)> {
        self.records.iter().flat_map(|(record, facts, orders)| {
            let standing = orders.iter().filter_map(|order| facts.resolve(*order));
            standing.map(|standing| (named(&standing).unwrap_or(*record), standing))
        })
    }

    /// The profile of those facts alone that a test lets pass.
    pub(crate) fn fold_if(&self, schema: &Schema, rules: &Rules, is_told: impl Fn(&Standing<'_>) -> bool) -> Profile {
        fold_by(self.customer, self.standing().filter(|(_, standing)| is_told(standing)), schema, rules, None)
    }

    /// The profile; as we now know that it was at a time, from the facts that happened by then.
    pub(crate) fn fold(&self, schema: &Schema, rules: &Rules, as_of: Option<Timestamp>) -> Profile {
        fold_by(self.customer, self.standing(), schema, rules, as_of)
    }
}

/// The record that a pin names, which may be the bare id of a shared device: folding counts the pin under that name.
fn named(standing: &Standing<'_>) -> Option<RecordId> {
    match standing.fact().body() {
        Body::Decision(Decision::Pin { record, .. }) => Some(*record),
        _ => None,
    }
}
