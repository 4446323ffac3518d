//! [`GivenBack`]: what a return takes off an order.

use onefold_fact::PropertyPath;
use rust_decimal::Decimal;

use super::{Line, Order, OrderSpec, Return, Sum, first, lines, of_lines, row, sum_at};
use crate::timeline::Event;

/// What a [`Return`] takes off its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// All of it: neither a sum nor a line is named.
    All,
    /// This much, in the currency of the order: the sum as said, else what the lines cost. A currency that is said of one
    /// of the two only is that of both.
    Sum(Sum),
    /// Nothing: the sum is in another currency than the order.
    OtherCurrency(Sum),
    /// Nothing: the sum is not known. It is named and is no number; or a line is given back whose price neither the
    /// return nor the order tells, or the order tells two prices of it.
    Unknown,
}

impl Order {
    /// What one of its [returns](Self::returns) takes off it. A line whose price the return does not say costs what it
    /// cost in the order: the line of that number, else what all lines of that name cost.
    #[must_use]
    pub fn given_back(&self, back: &Return) -> GivenBack {
        let own = self.total.and_then(|total| total.currency);
        match back.total {
            Some(Sum { currency: Some(currency), amount }) if own.is_some_and(|own| own != currency) => {
                GivenBack::OtherCurrency(Sum { currency: Some(currency), amount: amount.abs() })
            }
            Some(Sum { currency, amount }) => GivenBack::Sum(Sum { currency: own.or(currency), amount: amount.abs() }),
            None if back.unread => GivenBack::Unknown,
            None if back.lines.is_empty() => GivenBack::All,
            None => {
                let cost = back.lines.iter().try_fold(Decimal::ZERO, |sum, line| {
                    let price = line.price.or_else(|| self.price_of(line, back.number.as_deref()))?;
                    sum.checked_add(line.units.checked_mul(price)?.abs())
                });
                cost.map_or(GivenBack::Unknown, |amount| GivenBack::Sum(Sum { currency: own, amount }))
            }
        }
    }

    /// What one of this line cost, if that is one price.
    fn price_of(&self, line: &Line, number: Option<&str>) -> Option<Decimal> {
        let numbered = number.and_then(|number| self.numbers.iter().position(|it| it.as_deref() == Some(number)));
        if let Some(place) = numbered {
            return self.lines.get(place)?.price;
        }
        let sku = line.sku.as_deref()?;
        let mut prices = self.lines.iter().filter(|it| it.sku.as_deref() == Some(sku)).map(|it| it.price);
        let price = prices.next()??;
        prices.all(|other| other == Some(price)).then_some(price)
    }
}

impl Return {
    pub(super) fn of(event: &Event, spec: &OrderSpec) -> Self {
        let properties = event.properties();
        let names =
            |path: &PropertyPath| first(path, properties).is_some_and(|value| !value.to_text().trim().is_empty());
        let stated = sum_at(&spec.refund, properties, spec).or_else(|| sum_at(&spec.total, properties, spec));
        let unread = stated.is_none() && (names(&spec.refund) || names(&spec.total));
        let (mut lines, mut number, mut currency) = (lines(properties, spec), None, None);
        if lines.is_empty() && [&spec.line, &spec.sku, &spec.units].into_iter().any(names) {
            let (of, line, price) = row(properties, spec);
            (number, currency) = (of, price.and_then(|price| price.currency));
            lines.push(line);
        }
        let total = stated.or_else(|| {
            let sum = of_lines(&lines, properties, spec)?;
            Some(Sum { currency: currency.or(sum.currency), ..sum })
        });
        Self { at: event.at(), total, lines, number, unread }
    }
}
