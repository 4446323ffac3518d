//! [`Field`]: one thing that records can have several values of, stored by column.

use super::intern::{Interner, Symbol};

/// The values of one field over all records. Each record has any number of values, nearly always none or one; each
/// distinct value stands once.
#[derive(Debug)]
pub(crate) struct Field {
    interner: Interner,
    /// Where the values of each record end.
    ends: Vec<u32>,
    values: Vec<Symbol>,
    /// By symbol: how many records hold it.
    holders: Vec<u32>,
    /// By symbol: too many different people hold it for it to say anything.
    generic: Vec<bool>,
    /// How many records hold any value.
    filled: u32,
}

impl Field {
    pub(crate) fn new() -> Self {
        Self {
            interner: Interner::default(),
            ends: Vec::new(),
            values: Vec::new(),
            holders: Vec::new(),
            generic: Vec::new(),
            filled: 0,
        }
    }

    /// The symbol of a standard form.
    pub(crate) fn intern(&mut self, form: &str) -> Symbol {
        let symbol = self.interner.intern(form);
        if self.holders.len() < self.interner.len() {
            self.holders.push(0);
            self.generic.push(false);
        }
        symbol
    }

    /// Adds the next record with its distinct values, ordered by their text so that the order of rows does not show.
    pub(crate) fn push(&mut self, symbols: &mut Vec<Symbol>) {
        self.filled += u32::from(!symbols.is_empty());
        for symbol in symbols.iter() {
            if let Some(holders) = self.holders.get_mut(*symbol as usize) {
                *holders += 1;
            }
        }
        self.values.append(symbols);
        self.ends.push(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
    }

    /// The values of a record.
    pub(crate) fn of(&self, record: u32) -> &[Symbol] {
        let at = record as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.values.get(start as usize..end as usize).unwrap_or(&[])
    }

    /// The number of records.
    pub(crate) fn records(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// The only or first value of a record.
    pub(crate) fn first(&self, record: u32) -> Option<Symbol> {
        self.of(record).first().copied()
    }

    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.interner.get(symbol)
    }

    pub(crate) fn distinct(&self) -> usize {
        self.interner.len()
    }

    /// How many records hold a value.
    pub(crate) fn holders(&self, symbol: Symbol) -> u32 {
        self.holders.get(symbol as usize).copied().unwrap_or(0)
    }

    /// The share of the records with any value that hold this one.
    pub(crate) fn frequency(&self, symbol: Symbol) -> f64 {
        f64::from(self.holders(symbol)) / f64::from(self.filled.max(1))
    }

    pub(crate) fn is_generic(&self, symbol: Symbol) -> bool {
        self.generic.get(symbol as usize).copied().unwrap_or(true)
    }

    pub(crate) fn mark_generic(&mut self, symbol: Symbol) {
        if let Some(generic) = self.generic.get_mut(symbol as usize) {
            *generic = true;
        }
    }
}
