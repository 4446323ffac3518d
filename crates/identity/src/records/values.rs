//! [`Values`]: the distinct values of a field.

use onefold_fact::standard::Population;
use rayon::prelude::*;

use super::intern::{Interner, Symbol};
use super::sketch::{Sketch, SketchOf};
use crate::compare::level::bin;

/// The distinct values of a field, in standard form, with how many records hold each.
#[derive(Debug)]
pub(crate) struct Values {
    /// How often two people have the same value by chance, where the records are too few to tell.
    chance: f64,
    /// By symbol: the same of this value, where the population is known; empty where it is not.
    chances: Vec<f64>,
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

/// The parts into which chances are cut when they are added up.
const FINE: f64 = (1_u64 << 40) as f64;

impl Values {
    pub(super) fn new(chance: f64) -> Self {
        Self {
            chance,
            chances: Vec::new(),
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

    /// Expects each name as often as in the population, as far as these records are of it: the more of their names the
    /// table knows, of as many as it would know in the population, the more it says.
    pub(super) fn expect(&mut self, population: Population) {
        let shares: Vec<Option<f64>> = self.symbols().map(|symbol| population.share(self.text(symbol))).collect();
        let held = |known: bool| -> u64 {
            let of = shares.iter().zip(&self.holders).filter(|(share, _)| !known || share.is_some());
            of.map(|(_, holders)| u64::from(*holders)).sum()
        };
        let covered = held(true) as f64 / held(false).max(1) as f64;
        let trust = f64::min(covered / population.covered(), 1.0);
        let chance = |share: Option<f64>| trust * share.unwrap_or(population.tail()) + (1.0 - trust) * self.chance;
        self.chances = shares.into_iter().map(chance).collect();
    }

    /// Expects a value as often as this.
    pub(super) fn expect_value(&mut self, symbol: Symbol, chance: f64) {
        self.chances.resize(self.interner.len(), self.chance);
        if let Some(of) = self.chances.get_mut(symbol as usize) {
            *of = chance;
        }
    }

    /// How often two people have this value by chance, where the records are too few to tell.
    pub(super) fn chance(&self, symbol: Symbol) -> f64 {
        self.chances.get(symbol as usize).copied().unwrap_or(self.chance)
    }

    /// The chances of the holders of a value, added up in whole numbers of 2⁻⁴⁰, so that their order does not show.
    pub(crate) fn expected(&self, symbol: Symbol) -> u128 {
        u128::from(self.holders(symbol)) * (self.chance(symbol) * FINE) as u128
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

    /// How often two records agree on one of several values by chance: `by_others` counts for each
    /// holder the other holders of the same value, `expected` is the sum of [`expected`](Self::expected). Shrunk as
    /// [`frequency`](Self::frequency) is.
    pub(crate) fn agreement(&self, expected: u128, by_others: u64) -> f64 {
        let filled = f64::from(self.filled.max(1));
        (by_others as f64 + FEW * expected as f64 / FINE) / (filled * (filled - 1.0 + FEW))
    }

    /// The share of so many records that hold any value.
    pub(crate) fn fill(&self, records: usize) -> f64 {
        f64::from(self.filled) / records.max(1) as f64
    }

    /// How often another record holds this value by chance: the share of the other records that hold it, shrunk
    /// towards what holds in general where they are few.
    pub(crate) fn frequency(&self, symbol: Symbol) -> f64 {
        let others = f64::from(self.holders(symbol).saturating_sub(1));
        (others + FEW * self.chance(symbol)) / (f64::from(self.filled.saturating_sub(1)) + FEW)
    }

    /// The bin of the frequency of a value.
    pub(crate) fn bin(&self, symbol: Symbol) -> u8 {
        self.bins.get(symbol as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One record each for two names, among so many others with names of the population.
    fn settled(names: [&str; 2], others: u32) -> (Values, [Symbol; 2]) {
        let mut values = Values::new(0.001);
        let symbols = names.map(|name| values.intern(name));
        symbols.iter().for_each(|symbol| values.count(&[*symbol]));
        for at in 0..others {
            let symbol = values.intern(["smith", "jones", "brown", "taylor"][at as usize % 4]);
            values.count(&[symbol]);
        }
        values.expect(Population::FamilyNames);
        values.settle(SketchOf::Words);
        (values, symbols)
    }

    /// Catches a chance that is the same for all names, and one that outweighs the counts of many records.
    #[test]
    fn of_few_records_the_population_tells_how_rare_a_name_is() {
        let (few, [frequent, rare]) = settled(["williams", "featherstonehaugh"], 50);
        assert!(few.bin(frequent) < few.bin(rare), "{} {}", few.bin(frequent), few.bin(rare));
        let (many, [frequent, rare]) = settled(["williams", "featherstonehaugh"], 200_000);
        assert!(many.frequency(frequent) < 5e-6 && many.bin(rare) - many.bin(frequent) <= 4);
    }

    /// Catches a table that speaks for people whom it does not know.
    #[test]
    fn a_population_that_the_records_are_not_of_says_nothing() {
        let mut values = Values::new(0.001);
        let symbols = ["kowalczyk", "wozniakowska"].map(|name| values.intern(name));
        symbols.iter().for_each(|symbol| values.count(&[*symbol]));
        values.expect(Population::FamilyNames);
        assert_eq!(symbols.map(|symbol| values.chance(symbol)), [0.001; 2]);
    }
}
