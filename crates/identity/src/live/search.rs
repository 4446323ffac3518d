//! [`Search`]: whose record might this be, without taking it in.

use std::collections::BTreeMap;

use onefold_fact::{CustomerId, RecordId};

use super::{Resolver, SURE};
use crate::compare::Memos;
use crate::explain::Explanation;
use crate::link::verdict;
use crate::weigh::MatchWeight;

/// How far a search goes.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// Customers to find, at most.
    pub most: usize,
    /// Records to weigh, at most; those of the smallest blocks first.
    pub candidates: usize,
}

impl Default for Search {
    /// Ten customers, of a thousand records: at a microsecond each, the time is bounded.
    fn default() -> Self {
        Self { most: 10, candidates: 1000 }
    }
}

/// A customer that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The customer.
    pub customer: CustomerId,
    /// Its record that is most like what was asked for.
    pub record: RecordId,
    /// The evidence for that, beyond the threshold.
    pub weight: MatchWeight,
    /// The evidence, taken apart.
    pub why: Explanation,
}

impl Resolver {
    /// The customers that a record with these cells is most probably of, without taking it in. Cells by column; few are
    /// enough, if the blocking keys can be made of them. With whether there were more records to weigh than asked for.
    pub fn search<'a>(
        &mut self,
        cells: impl IntoIterator<Item = (usize, &'a str)>,
        budget: Search,
    ) -> (Vec<Found>, bool) {
        let mark = self.table.mark();
        let row = self.table.row(cells);
        let place = self.table.add(row);
        for (field, symbol) in self.holders.generic_of(&self.table, place) {
            self.table.hide(place, field, symbol);
        }
        let records = self.table.records();
        let (near, more) = self.blocks.near(records, place, budget.candidates);
        let mut memos = Memos::new(records);
        let mut best: BTreeMap<u32, (u32, f64)> = BTreeMap::new();
        for other in near {
            if let Some(weight) = verdict(records, &self.weights, &mut memos, place, other).weight() {
                let known = best.entry(self.customers.founder(other)).or_insert((other, weight.bits()));
                let id = |place: u32| self.ids.ids[place as usize];
                if known.1 < weight.bits() || (known.1 <= weight.bits() && id(other) < id(known.0)) {
                    *known = (other, weight.bits());
                }
            }
        }
        let mut best: Vec<(f64, RecordId, u32)> =
            best.into_values().map(|(other, bits)| (bits, self.ids.ids[other as usize], other)).collect();
        best.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| x.1.cmp(&y.1)));
        best.truncate(budget.most);
        let found = best.into_iter().filter_map(|(bits, record, other)| {
            let keys = self.blocks.meetings(records, place, other).into_iter().map(str::to_owned).collect();
            let why = Explanation::under(records, &self.model, (keys, Vec::new()), place, other)?;
            Some(Found { customer: self.customer(record)?, record, weight: MatchWeight(bits.min(SURE)), why })
        });
        let found = found.collect();
        self.table.remove(place);
        self.table.reset(&mark);
        (found, more)
    }
}
