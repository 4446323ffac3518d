//! Many records at once: what follows from them is worked out once at the end.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use onefold_fact::{RecordId, Timestamp};
use rayon::prelude::*;

use super::{NEAR, Resolver, Touched};
use crate::compare::Memos;
use crate::link::verdict;
use crate::records::{Records, Table};

impl Resolver {
    /// Takes many records in, each as [`insert`](Self::insert) does: the customers are those that inserting them one by
    /// one gives. Of a record that comes twice the last counts. Into a resolver without records this takes half the
    /// time or less; it is meant for opening.
    pub fn load<'a, C>(&mut self, records: impl IntoIterator<Item = (RecordId, Timestamp, C)>)
    where
        C: IntoIterator<Item = (usize, &'a str)>,
    {
        if !self.is_empty() {
            let mut touched = Touched::default();
            for (id, since, cells) in records {
                let row = self.table.row(cells);
                if let Some(place) = self.ids.place(id) {
                    self.take_out(place, &mut touched);
                }
                self.take_in(id, since, row, &mut touched);
            }
            self.settle(touched, None);
            return;
        }
        let columns = self.table.columns().to_vec();
        let mut builder = Records::builder(columns.clone());
        let mut known: Vec<(RecordId, Timestamp)> = Vec::new();
        let mut last: HashMap<RecordId, usize, FixedState> = HashMap::default();
        for (id, since, cells) in records {
            builder.push(cells);
            last.insert(id, known.len());
            known.push((id, since));
        }
        let mut loaded = Self::under(Table::of(builder, columns, &self.model), self.model.clone());
        (loaded.decided, loaded.decided_of) = (std::mem::take(&mut self.decided), std::mem::take(&mut self.decided_of));
        for (place, (id, since)) in (0..).zip(&known) {
            loaded.customers.add(place);
            if last.get(id) == Some(&(place as usize)) {
                loaded.ids.add(place, *id, *since);
            } else {
                loaded.ids.skip(place, *id, *since);
                loaded.table.remove(place);
            }
        }
        loaded.index();
        loaded.link_all();
        loaded.solve_all();
        *self = loaded;
    }

    /// Puts all records of the table into their blocks, without the values that are generic.
    pub(super) fn index(&mut self) {
        for (field, symbol) in self.holders.fill(&self.table) {
            for holder in self.holders.of(field, symbol) {
                self.table.hide(holder, field, symbol);
            }
        }
        self.blocks.fill(self.table.records());
    }

    /// Weighs all pairs of records that meet.
    pub(super) fn link_all(&mut self) {
        let (records, weights) = (self.table.records(), &self.weights);
        let weighed: Vec<(u32, u32, f64)> = self
            .blocks
            .pairs()
            .into_par_iter()
            .with_min_len(1024)
            .map_init(
                || Memos::new(records),
                |memos, (a, b)| {
                    let weight = verdict(records, weights, memos, a, b).weight()?;
                    (weight.bits() > NEAR).then_some((a, b, weight.bits()))
                },
            )
            .flatten_iter()
            .collect();
        weighed.into_iter().for_each(|(a, b, bits)| self.links.add(a, b, bits));
    }

    /// Solves all components.
    pub(super) fn solve_all(&mut self) {
        let mut seen = vec![false; self.table.records().len()];
        let places: Vec<u32> = self.ids.places.iter().copied().collect();
        for place in places {
            if seen.get(place as usize).copied().unwrap_or(true) {
                continue;
            }
            let component = self.component(place);
            for member in &component {
                if let Some(seen) = seen.get_mut(*member as usize) {
                    *seen = true;
                }
            }
            if component.len() > 1 {
                self.solve(component);
            }
        }
    }
}
