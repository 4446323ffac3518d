//! What is kept of the values that count, so that each can be added and taken away again exactly.

use std::collections::BTreeMap;

use onefold_fact::Value;
use onefold_fact::standard::Currency;
use rust_decimal::Decimal;

use super::aggregate::Amount;

/// Keeps what is needed of values that are added and taken away again.
pub(crate) trait Tally: Default {
    /// A value.
    type Item: Ord + Clone;

    fn add(&mut self, item: &Self::Item);

    /// Takes away what was added before.
    fn take(&mut self, item: &Self::Item);
}

/// Keeps nothing: what counts is how many values there are, or which are the first and the last.
#[derive(Debug, Clone)]
pub(crate) struct Nothing<T>(std::marker::PhantomData<T>);

impl<T> Default for Nothing<T> {
    fn default() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<T: Ord + Clone> Tally for Nothing<T> {
    type Item = T;

    fn add(&mut self, _: &T) {}

    fn take(&mut self, _: &T) {}
}

/// Sums that forget nothing: of each currency and each number of decimal places the sum of the digits as an integer.
/// Decimal addition rounds beyond 28 digits, so that what was added could not be taken away again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums(Vec<Cell>);

#[derive(Debug, Clone, Copy)]
struct Cell {
    currency: Option<Currency>,
    scale: u8,
    values: u32,
    /// Exact modulo 2^128, and the digits of one value fill 2^96 at most: good for two billion values.
    digits: i128,
}

impl Sums {
    fn cell(&mut self, amount: &Amount) -> usize {
        let scale = amount.number.scale().try_into().unwrap_or(u8::MAX);
        let key = (amount.currency, scale);
        // Nearly always there is one cell, or two.
        match self.0.binary_search_by(|cell| (cell.currency, cell.scale).cmp(&key)) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, Cell { currency: amount.currency, scale, values: 0, digits: 0 });
                place
            }
        }
    }

    /// The sum and the number of values of each currency; `None` for a sum of more than 28 digits.
    pub(crate) fn totals(&self) -> Vec<(Option<Currency>, Option<Decimal>, u64)> {
        let by_currency = self.0.chunk_by(|a, b| a.currency == b.currency);
        let totals = by_currency.map(|cells| {
            let values = cells.iter().map(|cell| u64::from(cell.values)).sum();
            (cells[0].currency, total(cells), values)
        });
        totals.collect()
    }
}

/// The sum of cells, which stand in the order of their decimal places: a function of what they hold alone.
fn total(cells: &[Cell]) -> Option<Decimal> {
    let mut digits: i128 = 0;
    let mut scale = 0;
    for cell in cells {
        // While the digits fit, the sum is exact.
        let factor = 10_i128.checked_pow(u32::from(cell.scale) - scale)?;
        let exact = digits.checked_mul(factor).and_then(|digits| digits.checked_add(cell.digits));
        let Some(exact) = exact else { return rounded(cells) };
        (digits, scale) = (exact, cell.scale.into());
    }
    while scale > 0 && digits % 10 == 0 {
        (digits, scale) = (digits / 10, scale - 1);
    }
    Decimal::try_from_i128_with_scale(digits, scale).ok().or_else(|| rounded(cells))
}

fn rounded(cells: &[Cell]) -> Option<Decimal> {
    cells.iter().try_fold(Decimal::ZERO, |sum, cell| {
        sum.checked_add(Decimal::try_from_i128_with_scale(cell.digits, cell.scale.into()).ok()?)
    })
}

impl Tally for Sums {
    type Item = Amount;

    fn add(&mut self, amount: &Amount) {
        let place = self.cell(amount);
        let cell = &mut self.0[place];
        cell.values = cell.values.saturating_add(1);
        cell.digits = cell.digits.wrapping_add(amount.number.mantissa());
    }

    fn take(&mut self, amount: &Amount) {
        let place = self.cell(amount);
        let cell = &mut self.0[place];
        cell.values = cell.values.saturating_sub(1);
        cell.digits = cell.digits.wrapping_sub(amount.number.mantissa());
        if cell.values == 0 {
            self.0.remove(place);
        }
    }
}

/// How many of a few different values are kept side by side; more go into a tree.
const FEW: usize = 24;

/// Values with how often each is there.
#[derive(Debug, Clone)]
pub(crate) enum Multiset<T> {
    Few(Vec<(T, u32)>),
    Many(BTreeMap<T, u32>),
}

impl<T> Default for Multiset<T> {
    fn default() -> Self {
        Multiset::Few(Vec::new())
    }
}

impl<T: Ord> Multiset<T> {
    /// How many different values there are.
    pub(crate) fn distinct(&self) -> usize {
        match self {
            Multiset::Few(values) => values.len(),
            Multiset::Many(values) => values.len(),
        }
    }

    /// The different values in order with how often each is there.
    pub(crate) fn iter(&self) -> Box<dyn DoubleEndedIterator<Item = (&T, u32)> + '_> {
        match self {
            Multiset::Few(values) => Box::new(values.iter().map(|(value, times)| (value, *times))),
            Multiset::Many(values) => Box::new(values.iter().map(|(value, times)| (value, *times))),
        }
    }
}

impl Multiset<Value> {
    /// The value that is there most often; among equals the smallest.
    pub(crate) fn mode(&self) -> Option<&Value> {
        let mut best: Option<(&Value, u32)> = None;
        for (value, times) in self.iter() {
            if best.is_none_or(|(_, most)| times > most) {
                best = Some((value, times));
            }
        }
        best.map(|(value, _)| value)
    }
}

impl<T: Ord + Clone> Tally for Multiset<T> {
    type Item = T;

    fn add(&mut self, item: &T) {
        match self {
            Multiset::Few(values) => match values.binary_search_by(|(value, _)| value.cmp(item)) {
                Ok(place) => values[place].1 = values[place].1.saturating_add(1),
                Err(place) => {
                    values.insert(place, (item.clone(), 1));
                    if values.len() > FEW {
                        *self = Multiset::Many(std::mem::take(values).into_iter().collect());
                    }
                }
            },
            Multiset::Many(values) => {
                let times = values.entry(item.clone()).or_insert(0);
                *times = times.saturating_add(1);
            }
        }
    }

    fn take(&mut self, item: &T) {
        match self {
            Multiset::Few(values) => {
                if let Ok(place) = values.binary_search_by(|(value, _)| value.cmp(item)) {
                    values[place].1 = values[place].1.saturating_sub(1);
                    if values[place].1 == 0 {
                        values.remove(place);
                    }
                }
            }
            Multiset::Many(values) => {
                if let Some(times) = values.get_mut(item) {
                    *times = times.saturating_sub(1);
                    if *times == 0 {
                        values.remove(item);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(number: &str) -> Amount {
        Amount { currency: None, number: number.parse::<Decimal>().unwrap().normalize() }
    }

    fn sum(sums: &Sums) -> Option<Decimal> {
        sums.totals().first().map_or(Some(Decimal::ZERO), |(_, sum, _)| *sum)
    }

    /// Mutation: sum as decimals, which round.
    #[test]
    fn what_is_taken_away_was_never_there() {
        let mut sums = Sums::default();
        sums.add(&amount("0.0000000000000000000000000001"));
        sums.add(&amount("79228162514264337593543950335"));
        sums.take(&amount("79228162514264337593543950335"));
        assert_eq!(sum(&sums).unwrap().to_string(), "0.0000000000000000000000000001");
        sums.add(&amount("12.50"));
        sums.take(&amount("0.0000000000000000000000000001"));
        assert_eq!(sum(&sums).unwrap().to_string(), "12.5");
    }

    #[test]
    fn a_sum_beyond_its_range_is_none_until_it_is_back() {
        let mut sums = Sums::default();
        sums.add(&amount("79228162514264337593543950335"));
        sums.add(&amount("1"));
        assert_eq!(sum(&sums), None);
        sums.take(&amount("1"));
        assert_eq!(sum(&sums), Some(Decimal::MAX));
    }

    #[test]
    fn many_values_are_counted_like_few() {
        let mut values = Multiset::default();
        for value in (0..100).rev().chain(0..50) {
            values.add(&Value::Integer(value));
        }
        assert!(matches!(values, Multiset::Many(_)));
        assert_eq!((values.distinct(), values.mode()), (100, Some(&Value::Integer(0))));
        for value in 0..50 {
            values.take(&Value::Integer(value));
            values.take(&Value::Integer(value));
        }
        assert_eq!((values.distinct(), values.mode()), (50, Some(&Value::Integer(50))));
    }
}
