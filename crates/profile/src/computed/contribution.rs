//! [`Contribution`]: what one event gives to an aggregate, for those who keep the events themselves.

use chrono_tz::Tz;
use onefold_fact::{Properties, Value};
use rust_decimal::Decimal;

use super::accumulator::{days_since, each_value, extreme, measure, of_values, sums};
use super::aggregate::{Aggregate, Amount, canonical};
use super::tally::{Multiset, Sums, Tally};

/// What one event gives to an aggregate: a value, an amount, or a value that is no amount of the unit asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contribution(Given);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Skipped,
    Amount(Amount),
    Value(Value),
}

impl Contribution {
    /// An amount of one currency or none.
    #[must_use]
    pub fn of_number(number: Decimal) -> Self {
        Self(Given::Amount(Amount { currency: None, number: number.normalize() }))
    }

    /// The number of an amount, if the aggregate is of one currency or none.
    #[must_use]
    pub fn number(&self) -> Option<Decimal> {
        match &self.0 {
            Given::Amount(Amount { currency: None, number }) => Some(*number),
            _ => None,
        }
    }

    /// The value, in the one spelling that stands for all that equal it.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.0.value()
    }

    /// Whether it is a value that is no amount of the unit asked for.
    #[must_use]
    pub fn is_skipped(&self) -> bool {
        self.0 == Given::Skipped
    }
}

impl Aggregate {
    /// Calls `found` with each contribution of an event with these properties, in their order. To a number of events,
    /// or of days, an event contributes by being there.
    ///
    /// ```
    /// use onefold_fact::Value;
    /// use onefold_profile::{Aggregate, Measure};
    ///
    /// let order = Value::from_json(r#"{"lines": [{"price": 3}, {"price": 4.5}, {"price": "free"}]}"#)?;
    /// let Some(Value::Map(order)) = order.value else { return Err("an object".into()) };
    /// let sum = Aggregate::Sum(Measure::number("lines.price".parse()?));
    /// let mut contributions = Vec::new();
    /// sum.contributions(&order, |contribution| contributions.push(contribution));
    /// assert_eq!(contributions.iter().filter(|it| it.is_skipped()).count(), 1);
    /// assert_eq!(sum.of(&contributions).map(|sum| sum.to_string()).as_deref(), Some("7.5"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn contributions(&self, properties: &Properties, mut found: impl FnMut(Contribution)) {
        if let Some(measure) = measure(self) {
            measure.each(properties, |amount| found(Contribution(amount.map_or(Given::Skipped, Given::Amount))));
        }
        each_value(self, properties, |value| found(Contribution(Given::Value(canonical(value)))));
    }

    /// What the aggregate makes of contributions to it, given in the order of their events; of a number of events, or
    /// of days, nothing.
    #[must_use]
    pub fn of<'a>(&self, contributions: impl IntoIterator<Item = &'a Contribution>) -> Option<Value> {
        let given = contributions.into_iter().map(|contribution| &contribution.0);
        match self {
            Aggregate::Sum(_) | Aggregate::Average(_) => sums(&tallied::<Sums>(given.filter_map(Given::amount)), self),
            Aggregate::Smallest(_) | Aggregate::Largest(_) => {
                extreme(&tallied::<Multiset<Amount>>(given.filter_map(Given::amount)), self)
            }
            Aggregate::First(_) => given.filter_map(Given::value).next().cloned(),
            Aggregate::Last(_) => given.filter_map(Given::value).last().cloned(),
            Aggregate::Count | Aggregate::DaysSince { .. } => None,
            _ => of_values(&tallied::<Multiset<Value>>(given.filter_map(Given::value)), self),
        }
    }
}

impl Given {
    fn amount(&self) -> Option<&Amount> {
        match self {
            Given::Amount(amount) => Some(amount),
            _ => None,
        }
    }

    fn value(&self) -> Option<&Value> {
        match self {
            Given::Value(value) => Some(value),
            _ => None,
        }
    }
}

fn tallied<'a, T: Tally<Item: 'a>>(items: impl Iterator<Item = &'a T::Item>) -> T {
    let mut tally = T::default();
    items.for_each(|item| tally.add(item));
    tally
}

/// The whole days from one time to another, in microseconds since 1970, as [`Aggregate::DaysSince`] counts them; and
/// the clock at which there will be one more. `None` beyond what the calendar counts.
#[must_use]
pub fn days_between(since: i64, clock: i64, zone: Option<Tz>) -> (Option<i64>, Option<i64>) {
    match days_since(since, clock, zone) {
        (Some(Value::Integer(days)), next) => (Some(days), next),
        (_, next) => (None, next),
    }
}
