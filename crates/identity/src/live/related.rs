//! [`Related`]: customers of one household or family, who are not one customer.

use std::collections::BTreeMap;

use onefold_fact::{CustomerId, RecordId};
use serde::{Deserialize, Serialize};

use super::Resolver;
use crate::compare::{Memos, levels};

/// Records that one record is weighed with, at most.
const MOST_RECORDS: usize = 1000;

/// How probable it has to be that two are relatives.
const PROBABLE: f64 = 0.5;

/// A customer who is probably of the same household or family: the same address, number or surname, and another person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// The customer.
    pub customer: CustomerId,
    /// The record that was asked for, or another of its customer.
    pub record: RecordId,
    /// The record of the other customer that says so most.
    pub other: RecordId,
    /// How probable it is that the two are of relatives, from 0.5 to 1, by the model.
    pub probability: f64,
}

impl Resolver {
    /// The customers that are probably relatives of the customer of a record, the most probable first; empty if there is
    /// no such record. It follows from the records each time it is asked for, merges nobody and is kept nowhere. Of
    /// each record those are looked at that it shares a block with, at most 1,000, the smallest blocks first.
    pub fn related(&mut self, id: RecordId) -> Vec<Related> {
        let Some(place) = self.ids.place(id) else { return Vec::new() };
        let founder = self.customers.founder(place);
        let members = self.customers.members(place).to_vec();
        let Self { blocks, table, weights, customers, ids, .. } = self;
        let records = table.records();
        let mut memos = Memos::new(records);
        let mut best: BTreeMap<u32, Related> = BTreeMap::new();
        for member in members {
            let (near, _) = blocks.near(records, member, MOST_RECORDS);
            for other in near.into_iter().filter(|other| customers.founder(*other) != founder) {
                let probability = weights.shares(levels(records, member, other, &mut memos)).relatives;
                if probability < PROBABLE {
                    continue;
                }
                let of = customers.founder(other);
                let (record, other) = (ids.ids[member as usize], ids.ids[other as usize]);
                let related = Related { customer: ids.ids[of as usize].into(), record, other, probability };
                let known = best.entry(of).or_insert_with(|| related.clone());
                let order = |it: &Related| (it.record, it.other);
                let more = related.probability.total_cmp(&known.probability);
                if more.then_with(|| order(known).cmp(&order(&related))).is_gt() {
                    *known = related;
                }
            }
        }
        let mut related: Vec<Related> = best.into_values().collect();
        related.sort_by(|x, y| y.probability.total_cmp(&x.probability).then_with(|| x.customer.cmp(&y.customer)));
        related
    }
}
