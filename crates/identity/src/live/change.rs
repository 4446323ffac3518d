//! [`Resolution`]: what a record, or a decision, changed.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{CustomerId, RecordId};
use serde::{Deserialize, Serialize};

use super::{Resolver, Touched};
use crate::weigh::MatchWeight;

/// What a step did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// The customer of the record that came; `None` where none came.
    pub customer: Option<CustomerId>,
    /// What happened to customers, by id of the customer.
    pub changes: Vec<Change>,
    /// Records that are of another customer than before, by id.
    #[serde(default)]
    pub moved: Vec<Moved>,
    /// Other customers that the record that came may be of, the most probable first.
    pub possible: Vec<Possible>,
}

impl Resolution {
    /// Whether the record that came could as well be of another customer: of what it has with one and the other, neither
    /// outweighs the other by a factor of eight.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.possible.iter().any(|possible| possible.weight.bits() > -super::NEAR)
    }
}

/// A record that is of another customer than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moved {
    /// The record.
    pub record: RecordId,
    /// Of whom it was; `None` of a record that came.
    pub from: Option<CustomerId>,
    /// Of whom it is; `None` of a record that went.
    pub to: Option<CustomerId>,
}

/// What happened to a customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A customer that was not there before.
    Created {
        /// Its id.
        customer: CustomerId,
    },
    /// A record came to a customer that was there.
    Joined {
        /// The record.
        record: RecordId,
        /// The customer.
        customer: CustomerId,
    },
    /// Customers came whole to another.
    Merged {
        /// The customer that they are now.
        into: CustomerId,
        /// What they were.
        from: Vec<CustomerId>,
    },
    /// The records of a customer are of several customers now.
    Split {
        /// What it was.
        from: CustomerId,
        /// Of whom its records are, itself included if there are any left.
        into: Vec<CustomerId>,
    },
    /// A customer has another founder.
    Renamed {
        /// What it was.
        from: CustomerId,
        /// What it is.
        to: CustomerId,
    },
    /// The last record of a customer went.
    Gone {
        /// What it was.
        customer: CustomerId,
    },
}

/// Two records of different customers that may be one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Possible {
    /// The record.
    pub record: RecordId,
    /// The other record.
    pub other: RecordId,
    /// The customer of the other record.
    pub customer: CustomerId,
    /// The evidence of the pair, beyond the threshold.
    pub weight: MatchWeight,
}

impl Possible {
    pub(super) fn most_probable_first(a: &Self, b: &Self) -> Ordering {
        let ids = |possible: &Self| (possible.record, possible.other);
        b.weight.bits().total_cmp(&a.weight.bits()).then_with(|| ids(a).cmp(&ids(b)))
    }
}

impl Resolver {
    /// Compares the customers of what was touched with those before.
    pub(super) fn resolution(&self, touched: Touched, seen: BTreeSet<u32>, inserted: Option<u32>) -> Resolution {
        let now: BTreeMap<RecordId, CustomerId> = seen
            .into_iter()
            .map(|place| {
                let founder = self.customers.founder(place);
                (self.ids.ids[place as usize], CustomerId::from(self.ids.ids[founder as usize]))
            })
            .collect();
        let inserted = inserted.map(|place| self.ids.ids[place as usize]);
        let mut before = touched.customers;
        before.extend(touched.gone);
        Resolution {
            customer: inserted.and_then(|id| self.customer(id)),
            changes: changes(&before, &now, inserted),
            moved: moved(&before, &now),
            possible: inserted.map(|id| self.possible(id)).unwrap_or_default(),
        }
    }
}

/// The records whose customers differ between two states.
pub(super) fn moved(before: &BTreeMap<RecordId, CustomerId>, now: &BTreeMap<RecordId, CustomerId>) -> Vec<Moved> {
    let all: BTreeSet<RecordId> = before.keys().chain(now.keys()).copied().collect();
    let of = |record| Moved { record, from: before.get(&record).copied(), to: now.get(&record).copied() };
    all.into_iter().map(of).filter(|moved| moved.from != moved.to).collect()
}

/// What happened between two states of some records.
pub(super) fn changes(
    before: &BTreeMap<RecordId, CustomerId>,
    now: &BTreeMap<RecordId, CustomerId>,
    inserted: Option<RecordId>,
) -> Vec<Change> {
    let mut from: BTreeMap<CustomerId, BTreeSet<CustomerId>> = BTreeMap::new();
    let mut to: BTreeMap<CustomerId, BTreeSet<CustomerId>> = BTreeMap::new();
    for (record, customer) in now {
        from.entry(*customer).or_default().extend(before.get(record));
    }
    for (record, customer) in before {
        to.entry(*customer).or_default().extend(now.get(record));
    }
    let mut changes = BTreeSet::new();
    for (customer, sources) in &from {
        let whole = |source: &&CustomerId| *source != customer && to.get(*source).is_some_and(|to| to.len() == 1);
        let came: Vec<CustomerId> = sources.iter().filter(whole).copied().collect();
        if sources.is_empty() {
            changes.insert(Change::Created { customer: *customer });
        } else if sources.len() > 1 && !came.is_empty() {
            changes.insert(Change::Merged { into: *customer, from: came });
        }
    }
    for (customer, targets) in &to {
        let mut targets = targets.iter().copied();
        match (targets.next(), targets.next()) {
            (None, _) => {
                changes.insert(Change::Gone { customer: *customer });
            }
            (Some(one), None) => {
                if one != *customer && from.get(&one).is_some_and(|sources| sources.len() == 1) {
                    changes.insert(Change::Renamed { from: *customer, to: one });
                }
            }
            _ => {
                let into = to.get(customer).into_iter().flatten().copied().collect();
                changes.insert(Change::Split { from: *customer, into });
            }
        }
    }
    if let Some(record) = inserted.filter(|record| !before.contains_key(record))
        && let Some(customer) = now.get(&record)
        && from.get(customer).is_some_and(|sources| !sources.is_empty())
    {
        changes.insert(Change::Joined { record, customer: *customer });
    }
    changes.into_iter().collect()
}
