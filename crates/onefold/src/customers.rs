//! The view of who is who: derived from the records and the linkage in force.

use std::collections::BTreeMap;

use onefold_fact::{CustomerId, FactSet, Identifier, RecordId};

use crate::HashMap;
use crate::records::Records;

/// The customers that records belong to.
#[derive(Debug, Default)]
pub(crate) struct Customers {
    /// By customer: its records, sorted.
    pub(crate) members: BTreeMap<CustomerId, Vec<RecordId>>,
    customer_of: HashMap<RecordId, CustomerId>,
}

impl Customers {
    /// Joins the records that linkage found to be one customer, and each stretch of a shared device with whoever was
    /// signed in. A group of which a record is gone falls apart: that record may have been all that held it together,
    /// and only the next linkage can tell.
    pub(crate) fn of(records: &Records, groups: &[Vec<RecordId>]) -> Self {
        let mut joined = Joined::default();
        for group in groups {
            if let Some((first, others)) = group.split_first()
                && group.iter().all(|id| records.by_id.contains_key(id))
            {
                others.iter().for_each(|other| joined.join(*first, *other));
            }
        }
        for record in records.by_id.values() {
            if let Some(owner) = record.owner {
                joined.join(record.id, owner);
            }
        }
        let mut together: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
        for id in records.by_id.keys() {
            together.entry(joined.root(*id)).or_default().push(*id);
        }
        let mut customers = Self::default();
        for members in together.into_values() {
            let of = members.iter().filter_map(|id| records.by_id.get(id));
            let founder = of.min_by_key(|record| (record.first_received, record.id));
            if let Some(customer) = founder.map(|record| CustomerId::from(record.id)) {
                customers.customer_of.extend(members.iter().map(|id| (*id, customer)));
                customers.members.insert(customer, members);
            }
        }
        customers
    }

    /// The customer who holds a record.
    pub(crate) fn holding(&self, record: RecordId) -> Option<CustomerId> {
        self.customer_of.get(&record).copied()
    }
}

/// By identifier: the customers who hold it, sorted.
pub(crate) fn holders(
    facts: &FactSet,
    records: &Records,
    customers: &Customers,
) -> HashMap<Identifier, Vec<CustomerId>> {
    let mut holders: HashMap<Identifier, Vec<CustomerId>> = HashMap::default();
    for record in records.by_id.values() {
        let Some(customer) = customers.holding(record.id) else { continue };
        for standing in record.facts.iter().filter_map(|order| facts.resolve(*order)) {
            for identifier in standing.fact().identifiers() {
                match holders.get_mut(identifier) {
                    Some(known) => {
                        if let Err(place) = known.binary_search(&customer) {
                            known.insert(place, customer);
                        }
                    }
                    None => drop(holders.insert(identifier.clone(), vec![customer])),
                }
            }
        }
    }
    holders
}

/// Disjoint sets of records.
#[derive(Default)]
struct Joined {
    parent: HashMap<RecordId, RecordId>,
}

impl Joined {
    fn root(&mut self, mut record: RecordId) -> RecordId {
        let start = record;
        while let Some(parent) = self.parent.get(&record).copied().filter(|parent| *parent != record) {
            record = parent;
        }
        if start != record {
            self.parent.insert(start, record);
        }
        record
    }

    fn join(&mut self, a: RecordId, b: RecordId) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller id is the root: the result does not depend on the order of joins.
        self.parent.insert(a.max(b), a.min(b));
    }
}
