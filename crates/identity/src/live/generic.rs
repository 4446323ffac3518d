//! [`Holders`]: who holds the values that point at a party, and under how many different names.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use rayon::prelude::*;

use crate::records::generic::{Initials, identifying, initials};
use crate::records::{Cells, Layout, Symbol, Table};

/// By value that many records hold: how many hold it under each pair of initials.
type Counted = Vec<((usize, Symbol), BTreeMap<Initials, u32>)>;

/// The holders of the values of the identifying fields.
#[derive(Debug)]
pub(super) struct Holders {
    fields: Vec<usize>,
    /// By field of these and by symbol: the records that hold it.
    by_symbol: Vec<Cells>,
    /// Of a value that enough records hold to be generic: how many hold it under each pair of initials.
    names: HashMap<(usize, Symbol), BTreeMap<Initials, u32>, FixedState>,
}

impl Holders {
    pub(super) fn new(layout: &Layout) -> Self {
        let fields = identifying(layout);
        let by_symbol = fields.iter().map(|_| Cells::new(1)).collect();
        Self { fields, by_symbol, names: HashMap::default() }
    }

    /// Counts all records of a table in, and says which values are generic. Nothing was counted before.
    pub(super) fn fill(&mut self, table: &Table) -> Vec<(usize, Symbol)> {
        let records = table.records();
        let len = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let Self { fields, by_symbol, .. } = self;
        let counted: Vec<Counted> = fields
            .par_iter()
            .zip(by_symbol)
            .map(|(&field, cells)| {
                let mut held: Vec<Vec<u32>> = vec![Vec::new(); records.field(field).len()];
                for record in 0..len {
                    for symbol in records.field(field).of(record) {
                        if let Some(holders) = held.get_mut(*symbol as usize) {
                            holders.push(record);
                        }
                    }
                }
                let mut counted = Vec::new();
                for (symbol, holders) in (0..).zip(&held) {
                    cells.push(holders);
                    if holders.len() > records.layout().most_names(field) {
                        let mut names: BTreeMap<Initials, u32> = BTreeMap::new();
                        let all = holders.iter().filter_map(|holder| initials(records, *holder));
                        all.for_each(|initials| *names.entry(initials).or_default() += 1);
                        counted.push(((field, symbol), names));
                    }
                }
                counted
            })
            .collect();
        self.names = counted.into_iter().flatten().collect();
        let mut generic: Vec<(usize, Symbol)> = self
            .names
            .iter()
            .filter(|((field, _), names)| names.len() > records.layout().most_names(*field))
            .map(|(value, _)| *value)
            .collect();
        generic.sort_unstable();
        generic
    }

    /// The records that hold a value.
    pub(super) fn of(&self, field: usize, symbol: Symbol) -> Vec<u32> {
        let at = self.fields.iter().position(|of| *of == field);
        at.and_then(|at| self.by_symbol.get(at)).map_or_else(Vec::new, |cells| cells.of(symbol, 0).to_vec())
    }

    /// Counts a record in, and says which values are generic from now on.
    pub(super) fn add(&mut self, table: &Table, record: u32) -> Vec<(usize, Symbol)> {
        let records = table.records();
        let own = initials(records, record);
        let mut hidden = Vec::new();
        for (&field, cells) in self.fields.iter().zip(&mut self.by_symbol) {
            let most = records.layout().most_names(field);
            for &symbol in records.field(field).of(record) {
                while cells.records() <= symbol as usize {
                    cells.push(&[]);
                }
                let mut holders = cells.of(symbol, 0).to_vec();
                holders.push(record);
                cells.replace(symbol, 0, &holders);
                if holders.len() <= most {
                    continue;
                }
                let known = self.names.contains_key(&(field, symbol));
                let names = self.names.entry((field, symbol)).or_default();
                let was_generic = names.len() > most;
                let only = [record];
                let new = if known { only.as_slice() } else { &holders };
                for holder in new {
                    let of = if *holder == record { own } else { initials(records, *holder) };
                    of.into_iter().for_each(|initials| *names.entry(initials).or_default() += 1);
                }
                if !was_generic && names.len() > most {
                    hidden.push((field, symbol));
                }
            }
        }
        hidden
    }

    /// The values of a record that are generic, and still to be hidden.
    pub(super) fn generic_of(&self, table: &Table, record: u32) -> Vec<(usize, Symbol)> {
        let of = |field: usize| table.records().field(field).of(record).iter().map(move |symbol| (field, *symbol));
        let most = |field: usize| table.records().layout().most_names(field);
        let generic = |value: &(usize, Symbol)| self.names.get(value).is_some_and(|names| names.len() > most(value.0));
        self.fields.iter().flat_map(|field| of(*field)).filter(generic).collect()
    }

    /// Counts a record out, and says which values are not generic any more.
    pub(super) fn remove(&mut self, table: &Table, record: u32) -> Vec<(usize, Symbol)> {
        let records = table.records();
        let own = initials(records, record);
        let mut shown = Vec::new();
        for (&field, cells) in self.fields.iter().zip(&mut self.by_symbol) {
            let most = records.layout().most_names(field);
            let all = records.field(field).of(record).iter().chain(records.generic(record, field));
            for &symbol in all {
                let mut holders = cells.of(symbol, 0).to_vec();
                holders.retain(|of| *of != record);
                cells.replace(symbol, 0, &holders);
                let Some(names) = self.names.get_mut(&(field, symbol)) else { continue };
                let was_generic = names.len() > most;
                if let Some(initials) = own
                    && let Some(count) = names.get_mut(&initials)
                {
                    *count -= 1;
                    if *count == 0 {
                        names.remove(&initials);
                    }
                }
                if was_generic && names.len() <= most {
                    shown.push((field, symbol));
                }
                if holders.len() <= most {
                    self.names.remove(&(field, symbol));
                }
            }
        }
        shown
    }
}
