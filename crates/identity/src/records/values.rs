//! [`Values`]: the distinct values of a field.

use rayon::prelude::*;

use super::intern::{Interner, Symbol};
use super::sketch::{Sketch, SketchOf};
use crate::compare::level::bin;

/// The distinct values of a field, in standard form, with how many records hold each.
#[derive(Debug)]
pub(crate) struct Values {
    /// How often two people have the same value by chance, where the records are too few to tell.
    chance: f64,
    interner: Interner,
    holders: Vec<u32>,
    /// How many records hold any value.
    filled: u32,
    /// By symbol: the bin of its frequency. Filled in when all records are known.
    bins: Vec<u8>,
    /// By symbol: whether it is made of a person's name; empty where that was not asked.
    made_of_name: Vec<bool>,
    /// By symbol: what tells it apart at a glance. Filled in when all records are known.
    sketches: Vec<Sketch>,
}

/// How many records the chance that holds in general weighs against: with fewer, it says more than the counts do.
const FEW: f64 = 100.0;

impl Values {
    pub(super) fn new(chance: f64) -> Self {
        Self {
            chance,
            interner: Interner::default(),
            holders: Vec::new(),
            filled: 0,
            bins: Vec::new(),
            made_of_name: Vec::new(),
            sketches: Vec::new(),
        }
    }

    /// The symbol of a standard form.
    pub(crate) fn intern(&mut self, form: &str) -> Symbol {
        let symbol = self.interner.intern(form);
        if self.holders.len() < self.interner.len() {
            self.holders.push(0);
        }
        symbol
    }

    /// Counts the values of one record.
    pub(super) fn count(&mut self, symbols: &[Symbol]) {
        self.filled += u32::from(!symbols.is_empty());
        for symbol in symbols {
            if let Some(holders) = self.holders.get_mut(*symbol as usize) {
                *holders += 1;
            }
        }
    }

    /// Takes a value out of the count: it says nothing.
    pub(super) fn discount(&mut self, symbol: Symbol) {
        if let Some(holders) = self.holders.get_mut(symbol as usize) {
            *holders = 0;
        }
    }

    /// Takes so many records out of the count: they are left without a value.
    pub(super) fn discount_records(&mut self, records: u32) {
        self.filled = self.filled.saturating_sub(records);
    }

    /// Marks values that are made of a person's name.
    pub(super) fn mark(&mut self, symbols: &[Symbol]) {
        self.made_of_name = vec![false; self.interner.len()];
        for symbol in symbols {
            if let Some(mark) = self.made_of_name.get_mut(*symbol as usize) {
                *mark = true;
            }
        }
    }

    /// Whether a value is made of a person's name.
    pub(crate) fn is_made_of_name(&self, symbol: Symbol) -> bool {
        self.made_of_name.get(symbol as usize).copied().unwrap_or(false)
    }

    /// Works out what follows from the counts.
    pub(super) fn settle(&mut self, of: SketchOf) {
        let interner = &self.interner;
        let sketch = |symbol| Sketch::of(Symbol::try_from(symbol).map_or("", |symbol| interner.get(symbol)), of);
        self.sketches = (0..interner.len()).into_par_iter().map(sketch).collect();
        let bins = |symbol| u8::try_from(bin(self.frequency(symbol))).unwrap_or(0);
        self.bins = (0..self.holders.len()).filter_map(|symbol| Symbol::try_from(symbol).ok()).map(bins).collect();
    }

    pub(crate) fn sketch(&self, symbol: Symbol) -> Sketch {
        self.sketches.get(symbol as usize).copied().unwrap_or(Sketch::NONE)
    }

    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.interner.get(symbol)
    }

    /// All symbols.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = Symbol> {
        (0..self.interner.len()).map_while(|symbol| Symbol::try_from(symbol).ok())
    }

    /// How many records hold a value.
    pub(crate) fn holders(&self, symbol: Symbol) -> u32 {
        self.holders.get(symbol as usize).copied().unwrap_or(0)
    }

    /// How often two records agree on one of several values by chance: `held` counts their holders, `by_others` for
    /// each holder the other holders of the same value. Shrunk as [`frequency`](Self::frequency) is.
    pub(crate) fn agreement(&self, held: u64, by_others: u64) -> f64 {
        let filled = f64::from(self.filled.max(1));
        (by_others as f64 + FEW * self.chance * held as f64) / (filled * (filled - 1.0 + FEW))
    }

    /// The share of so many records that hold any value.
    pub(crate) fn fill(&self, records: usize) -> f64 {
        f64::from(self.filled) / records.max(1) as f64
    }

    /// How often another record holds this value by chance: the share of the other records that hold it, shrunk
    /// towards what holds in general where they are few.
    pub(crate) fn frequency(&self, symbol: Symbol) -> f64 {
        let others = f64::from(self.holders(symbol).saturating_sub(1));
        (others + FEW * self.chance) / (f64::from(self.filled.saturating_sub(1)) + FEW)
    }

    /// The bin of the frequency of a value.
    pub(crate) fn bin(&self, symbol: Symbol) -> u8 {
        self.bins.get(symbol as usize).copied().unwrap_or(0)
    }
}
