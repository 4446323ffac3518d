//! [`Aggregate`]: what is made of the events that count.

use chrono_tz::Tz;
use onefold_fact::standard::Currency;
use onefold_fact::{Kind, Properties, PropertyPath, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What is made of the events that count.
///
/// Values are compared by what they are: `7`, `7.0` and `7.00` are one number, text is itself. Where a path leads to
/// many values, each counts. A tie of the most frequent falls to the smallest, so that it does not depend on an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aggregate {
    /// How many events: an integer.
    Count,
    /// The sum: a decimal, 0 of nothing; nothing if it has more than 28 digits.
    Sum(Measure),
    /// The average: a decimal, rounded to 28 digits.
    Average(Measure),
    /// The smallest number.
    Smallest(Measure),
    /// The largest number.
    Largest(Measure),
    /// The value of the first event that has one; at one time the first in canonical order.
    First(PropertyPath),
    /// The value of the last event that has one.
    Last(PropertyPath),
    /// The value that is there most often; among equals the smallest.
    MostFrequent(PropertyPath),
    /// How many different values: an integer.
    DistinctCount(PropertyPath),
    /// The different values in order, the smallest first: a list.
    DistinctList {
        /// Where the values stand.
        path: PropertyPath,
        /// How many are listed at most: 1 to 10,000.
        limit: u16,
    },
    /// The whole days since an event: an integer.
    DaysSince {
        /// Which event.
        event: End,
        /// The zone whose midnights are counted, by its IANA name; without one, each 24 hours that have passed.
        zone: Option<Tz>,
    },
}

/// One of the two ends of a sequence of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The first.
    First,
    /// The last.
    Last,
}

/// Which numbers are summed or compared. What is not a number of this unit is left out, and the result says how many
/// such values there were.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Where the numbers stand: plain ones, or sums of money as `{"amount": 12.5, "currency": "EUR"}`.
    pub path: PropertyPath,
    /// What they count.
    #[serde(default)]
    pub unit: Unit,
    /// Where the currency of plain numbers stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<PropertyPath>,
}

/// What numbers count. Money of two currencies is never added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// No currency: plain numbers only.
    #[default]
    Number,
    /// Money of one currency.
    Money(Currency),
    /// Money of each currency by itself: the result is an object of amounts by currency.
    EachCurrency,
}

impl Measure {
    /// Plain numbers at a path.
    #[must_use]
    pub fn number(path: PropertyPath) -> Self {
        Self { path, unit: Unit::Number, currency: None }
    }

    /// Money of one currency at a path.
    #[must_use]
    pub fn money(path: PropertyPath, currency: Currency) -> Self {
        Self { path, unit: Unit::Money(currency), currency: None }
    }

    /// Money at a path, of each currency by itself.
    #[must_use]
    pub fn each_currency(path: PropertyPath) -> Self {
        Self { path, unit: Unit::EachCurrency, currency: None }
    }

    /// With the currency of plain numbers at this path.
    #[must_use]
    pub fn currency_at(mut self, path: PropertyPath) -> Self {
        self.currency = Some(path);
        self
    }

    /// Calls `found` with each amount, and with `None` for a value that is none of this unit.
    pub(crate) fn each(&self, properties: &Properties, mut found: impl FnMut(Option<Amount>)) {
        self.path.any(properties, |value| {
            found(self.amount(value, properties));
            false
        });
    }

    fn amount(&self, value: &Value, properties: &Properties) -> Option<Amount> {
        let (number, currency) = match value {
            Value::Map(money) => {
                let number = number(money.get("amount")?.as_ref()?)?;
                (number, Some(currency(money.get("currency")?.as_ref()?)?))
            }
            value => {
                let number = number(value)?;
                let beside = |path: &PropertyPath| {
                    let mut found = None;
                    path.any(properties, |value| {
                        found = currency(value);
                        true
                    });
                    found
                };
                (number, self.currency.as_ref().and_then(beside))
            }
        };
        let currency = match (self.unit, currency) {
            (Unit::Number, None) => None,
            (Unit::Money(asked), Some(currency)) if asked == currency => None,
            (Unit::EachCurrency, Some(currency)) => Some(currency),
            _ => return None,
        };
        Some(Amount { currency, number })
    }
}

/// A number; of an aggregate over each currency with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount {
    pub(crate) currency: Option<Currency>,
    /// Without zeros at the end.
    pub(crate) number: Decimal,
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(number.normalize()),
        _ => None,
    }
}

fn currency(value: &Value) -> Option<Currency> {
    Currency::from_code(value.as_text()?)
}

/// The value in the one spelling that stands for all that equal it.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Decimal(number) => {
            let number = number.normalize();
            if number.scale() == 0
                && let Ok(integer) = number.mantissa().try_into()
            {
                return Value::Integer(integer);
            }
            Value::Decimal(number)
        }
        Value::List(items) => Value::List(items.iter().map(|item| item.as_ref().map(canonical)).collect()),
        Value::Map(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), value.as_ref().map(canonical)));
            Value::Map(fields.collect())
        }
        other => other.clone(),
    }
}

impl Aggregate {
    /// The kind of its value; `None` where that is as various as the values of a property.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Aggregate::Count | Aggregate::DistinctCount(_) | Aggregate::DaysSince { .. } => Some(Kind::Integer),
            Aggregate::Sum(measure)
            | Aggregate::Average(measure)
            | Aggregate::Smallest(measure)
            | Aggregate::Largest(measure) => (measure.unit != Unit::EachCurrency).then_some(Kind::Decimal),
            _ => None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Aggregate::DistinctList { path: _, limit } if !(1..=10_000).contains(limit) => {
                Err(format!("its list has a limit of {limit}; expected 1 to 10000"))
            }
            Aggregate::Sum(measure)
            | Aggregate::Average(measure)
            | Aggregate::Smallest(measure)
            | Aggregate::Largest(measure)
                if measure.unit == Unit::Number && measure.currency.is_some() =>
            {
                Err(format!(
                    "`{}` has a path to its currency, yet counts plain numbers; let `unit` be a currency or \
                     `each_currency`",
                    measure.path
                ))
            }
            _ => Ok(()),
        }
    }
}
