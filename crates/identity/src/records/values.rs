//! [`Values`]: the distinct values of a field.

use onefold_fact::standard::Population;
use rayon::prelude::*;

use super::chances::{Chances, Names};
use super::intern::{Interner, Symbol};
use super::sketch::{Sketch, SketchOf};
use super::terms::{FEWEST_COUNTED, FieldTerms, Hidden};
use crate::compare::level::bin;

/// The distinct values of a field, in standard form, with how many records hold each.
#[derive(Debug)]
pub(crate) struct Values {
    /// How often two people have the same value by chance, where the records are too few to tell.
    chances: Chances,
    /// The records among which values are as frequent as they are taken to be: these, or those of a model.
    among: u32,
    interner: Interner,
    holders: Vec<u32>,
    /// How many records hold any value.
    filled: u32,
    /// By symbol: the bin of its frequency. Filled in when all records are known.
    bins: Vec<u8>,
    /// By symbol: whether a model may name it. Filled in when all records are known.
    named: Vec<bool>,
    /// What a model says of values that it does not name.
    hidden: Hidden,
    /// By symbol: whether it is made of a person's name, where that was asked.
    made_of_name: Option<Vec<bool>>,
    /// By symbol: what tells it apart at a glance. Filled in when all records are known.
    sketches: Vec<Sketch>,
}

/// How many records the chance that holds in general weighs against: with fewer, it says more than the counts do.
const FEW: f64 = 100.0;

/// A value of few holders is taken to be held by so many: two that agree on it.
const FEW_HOLDERS: u32 = 2;

/// So many forms are looked up together.
const TOGETHER: usize = 4096;

/// The parts into which chances are cut when they are added up.
const FINE: f64 = (1_u64 << 40) as f64;

impl Values {
    pub(super) fn new(chance: f64) -> Self {
        Self {
            chances: Chances::Same(chance),
            among: 0,
            interner: Interner::default(),
            holders: Vec::new(),
            filled: 0,
            bins: Vec::new(),
            named: Vec::new(),
            hidden: Hidden::default(),
            made_of_name: None,
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

    /// The symbols of many standard forms, in their order.
    pub(super) fn intern_all<'a>(&mut self, forms: impl Iterator<Item = &'a str> + Clone) -> Vec<Symbol> {
        let (mut symbols, mut room, mut forms) = (Vec::new(), Vec::new(), forms);
        loop {
            let before = symbols.len();
            self.interner.intern_all(forms.clone().take(TOGETHER), &mut room, |symbol| symbols.push(symbol));
            if symbols.len() == before {
                break;
            }
            forms.nth(symbols.len() - before - 1);
        }
        self.holders.resize(self.interner.len(), 0);
        symbols
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
        let mut marks = vec![false; self.interner.len()];
        for symbol in symbols {
            if let Some(mark) = marks.get_mut(*symbol as usize) {
                *mark = true;
            }
        }
        self.made_of_name = Some(marks);
    }

    /// Whether a value is made of a person's name.
    pub(crate) fn is_made_of_name(&self, symbol: Symbol) -> bool {
        self.made_of_name.as_ref().and_then(|marks| marks.get(symbol as usize)).copied().unwrap_or(false)
    }

    /// Works out what follows from the texts.
    pub(super) fn sketch_all(&mut self, of: SketchOf) {
        let interner = &self.interner;
        let sketch = |symbol| Sketch::of(Symbol::try_from(symbol).map_or("", |symbol| interner.get(symbol)), of);
        self.sketches = (0..interner.len()).into_par_iter().map(sketch).collect();
    }

    /// Weighs values by how many of these records hold them.
    pub(super) fn weigh(&mut self) {
        self.among = self.filled;
        let holders = |symbol| if self.is_frequent(symbol) { self.holders(symbol) } else { FEW_HOLDERS };
        self.bins = self.symbols().map(|symbol| self.bin_of(holders(symbol), self.text(symbol))).collect();
    }

    /// Weighs values by how frequent they are elsewhere.
    pub(super) fn weigh_by(&mut self, terms: &FieldTerms, hidden: Hidden) {
        (self.chances, self.among, self.hidden) = (terms.chances(), terms.among(), hidden);
        self.bins = (0..self.interner.len() as Symbol)
            .into_par_iter()
            .map(|symbol| self.bin_elsewhere(self.text(symbol)))
            .collect();
        for (bin, text) in terms.frequent() {
            if let Some(of) = self.interner.find(text).and_then(|symbol| self.bins.get_mut(symbol as usize)) {
                *of = bin;
            }
        }
    }

    /// The symbol of a standard form that may be new, once all else is settled.
    pub(super) fn add(&mut self, form: &str, of: SketchOf, made_of_name: impl FnOnce(&str) -> bool) -> Symbol {
        let symbol = self.intern(form);
        if self.bins.len() < self.interner.len() {
            self.bins.push(self.bin_elsewhere(form));
            self.sketches.push(Sketch::of(form, of));
            if let Some(marks) = &mut self.made_of_name {
                marks.push(made_of_name(form));
            }
        }
        symbol
    }

    /// The number of distinct values.
    pub(crate) fn len(&self) -> usize {
        self.interner.len()
    }

    /// Forgets all values but the first so many.
    pub(super) fn truncate(&mut self, len: usize) {
        self.interner.truncate(len);
        self.holders.truncate(len);
        self.bins.truncate(len);
        self.sketches.truncate(len);
        self.made_of_name.iter_mut().for_each(|marks| marks.truncate(len));
    }

    /// Takes the values of one record out of the count.
    pub(super) fn uncount(&mut self, symbols: &[Symbol]) {
        self.filled = self.filled.saturating_sub(u32::from(!symbols.is_empty()));
        for symbol in symbols {
            if let Some(holders) = self.holders.get_mut(*symbol as usize) {
                *holders = holders.saturating_sub(1);
            }
        }
    }

    /// Says by symbol whether a model may name it.
    pub(super) fn may_name(&mut self, named: Vec<bool>) {
        self.named = named;
    }

    /// Whether a model may name a value: people of different names hold it.
    pub(super) fn is_named(&self, symbol: Symbol) -> bool {
        self.named.get(symbol as usize).copied().unwrap_or(false)
    }

    /// Whether so many records hold a value that it is told from others by how many do.
    pub(super) fn is_frequent(&self, symbol: Symbol) -> bool {
        self.holders(symbol) >= FEWEST_COUNTED
    }

    /// How often two people have the same value by chance.
    pub(super) fn chances(&self) -> Chances {
        self.chances
    }

    /// Expects values as often as this.
    pub(super) fn expect(&mut self, chances: Chances) {
        self.chances = chances;
    }

    /// The records among which values are as frequent as they are taken to be.
    pub(super) fn among(&self) -> u32 {
        self.among
    }

    /// The names that records hold, with how many do, and how often two people bear the same by chance.
    pub(super) fn names(&self, population: Population) -> Names {
        let held = self.symbols().map(|symbol| (self.text(symbol), self.holders(symbol)));
        Names::of(population, self.chances.of(""), held)
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

    /// The chances of the holders of a value, added up in whole numbers of 2⁻⁴⁰, so that their order does not show.
    pub(crate) fn expected(&self, symbol: Symbol) -> u128 {
        u128::from(self.holders(symbol)) * (self.chances.of(self.text(symbol)) * FINE) as u128
    }

    /// How often two records agree on one of several values by chance: `by_others` counts for each holder the other
    /// holders of the same value, `expected` adds up what is [expected](Self::expected). Shrunk as frequencies are.
    pub(crate) fn agreement(&self, expected: u128, by_others: u64) -> f64 {
        let filled = f64::from(self.filled.max(1));
        (by_others as f64 + FEW * (expected as f64 / FINE)) / (filled * (filled - 1.0 + FEW))
    }

    /// The share of so many records that hold any value.
    pub(crate) fn fill(&self, records: usize) -> f64 {
        f64::from(self.filled) / records.max(1) as f64
    }

    /// The bin of a value that so many records hold, by how often another record holds it by chance: the share of the
    /// other records that do, shrunk towards what holds in general where they are few.
    fn bin_of(&self, holders: u32, text: &str) -> u8 {
        let others = f64::from(holders.saturating_sub(1));
        let frequency = (others + FEW * self.chances.of(text)) / (f64::from(self.among.saturating_sub(1)) + FEW);
        u8::try_from(bin(frequency)).unwrap_or(0)
    }

    /// The bin of a value that a model does not name.
    fn bin_elsewhere(&self, text: &str) -> u8 {
        self.hidden.bin(text).unwrap_or_else(|| self.bin_of(FEW_HOLDERS, text))
    }

    /// The bin of the frequency of a value.
    pub(crate) fn bin(&self, symbol: Symbol) -> u8 {
        self.bins.get(symbol as usize).copied().unwrap_or(0)
    }
}
