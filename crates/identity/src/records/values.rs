//! [`Values`]: the distinct values of a field.

use rayon::prelude::*;

use super::intern::{Interner, Symbol};
use super::sketch::{Sketch, SketchOf};
use super::terms::{FEWEST_NAMED, FieldTerms};
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
    /// The bin of a value that few records hold.
    rest: u8,
    /// By symbol: whether it is made of a person's name; empty where that was not asked.
    made_of_name: Vec<bool>,
    /// By symbol: what tells it apart at a glance. Filled in when all records are known.
    sketches: Vec<Sketch>,
}

/// How many records the chance that holds in general weighs against: with fewer, it says more than the counts do.
const FEW: f64 = 100.0;

/// A value of few holders is taken to be held by so many: two that agree on it.
const FEW_HOLDERS: u32 = 2;

impl Values {
    pub(super) fn new(chance: f64) -> Self {
        Self {
            chance,
            interner: Interner::default(),
            holders: Vec::new(),
            filled: 0,
            bins: Vec::new(),
            rest: 0,
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

    /// Works out what follows from the texts.
    pub(super) fn sketch_all(&mut self, of: SketchOf) {
        let interner = &self.interner;
        let sketch = |symbol| Sketch::of(Symbol::try_from(symbol).map_or("", |symbol| interner.get(symbol)), of);
        self.sketches = (0..interner.len()).into_par_iter().map(sketch).collect();
    }

    /// Weighs values by how many of these records hold them.
    pub(super) fn weigh(&mut self) {
        self.rest = self.bin_of(FEW_HOLDERS);
        let bins = |symbol| if self.is_frequent(symbol) { self.bin_of(self.holders(symbol)) } else { self.rest };
        self.bins = self.symbols().map(bins).collect();
    }

    /// Weighs values by how frequent they are elsewhere.
    pub(super) fn weigh_by(&mut self, terms: &FieldTerms) {
        self.rest = terms.rest();
        self.bins = vec![self.rest; self.interner.len()];
        for (bin, text) in terms.frequent() {
            if let Some(of) = self.interner.find(text).and_then(|symbol| self.bins.get_mut(symbol as usize)) {
                *of = bin;
            }
        }
    }

    /// Whether so many records hold a value that it is told from others by how many do.
    pub(super) fn is_frequent(&self, symbol: Symbol) -> bool {
        self.holders(symbol) >= FEWEST_NAMED
    }

    /// The bin of a value that is not frequent.
    pub(super) fn rest(&self) -> u8 {
        self.rest
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
    /// each holder the other holders of the same value. Shrunk as frequencies are.
    pub(crate) fn agreement(&self, held: u64, by_others: u64) -> f64 {
        let filled = f64::from(self.filled.max(1));
        (by_others as f64 + FEW * self.chance * held as f64) / (filled * (filled - 1.0 + FEW))
    }

    /// The share of so many records that hold any value.
    pub(crate) fn fill(&self, records: usize) -> f64 {
        f64::from(self.filled) / records.max(1) as f64
    }

    /// The bin of a value that so many records hold, by how often another record holds it by chance: the share of the
    /// other records that do, shrunk towards what holds in general where they are few.
    fn bin_of(&self, holders: u32) -> u8 {
        let others = f64::from(holders.saturating_sub(1));
        let frequency = (others + FEW * self.chance) / (f64::from(self.filled.saturating_sub(1)) + FEW);
        u8::try_from(bin(frequency)).unwrap_or(0)
    }

    /// The bin of the frequency of a value.
    pub(crate) fn bin(&self, symbol: Symbol) -> u8 {
        self.bins.get(symbol as usize).copied().unwrap_or(0)
    }
}
