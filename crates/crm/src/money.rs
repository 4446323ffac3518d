//! [`Money`]: amounts with their currency, rates by day, and totals that never mix.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A currency by its code of three letters (ISO 4217): `EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// What is no code of a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no currency: three capital letters, like `EUR`")]
pub struct InvalidCurrency(String);

impl Currency {
    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimal places its amounts have (ISO 4217): two for most, none for the yen, three for some dinars.
    #[must_use]
    pub fn minor_units(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match code.as_bytes() {
            [a, b, c] if code.bytes().all(|byte| byte.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(InvalidCurrency(code.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = InvalidCurrency;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of a currency.
///
/// ```
/// use onefold_crm::{Money, Rates, Totals};
///
/// let (euro, franc) = ("EUR".parse()?, "CHF".parse()?);
/// let mut totals = Totals::default();
/// totals.add(Money::new("10.50".parse()?, euro));
/// totals.add(Money::new("20".parse()?, franc));
/// assert_eq!(totals.to_string(), "20 CHF, 10.50 EUR");
///
/// let mut rates = Rates::new(euro);
/// rates.set(franc, "2026-01-01".parse()?, "1.05".parse()?);
/// assert_eq!(totals.in_currency(euro, &rates, "2026-03-01".parse()?)?.to_string(), "31.50 EUR");
/// assert!(totals.in_currency(euro, &rates, "2025-12-31".parse()?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// How much.
    #[serde(serialize_with = "digits", deserialize_with = "exact")]
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// An amount of a currency.
    #[must_use]
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Rounded to what its currency has, half to even.
    #[must_use]
    pub fn rounded(self) -> Self {
        let places = self.currency.minor_units();
        Self { amount: self.amount.round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven), ..self }
    }

    /// A part or a multiple of it, not rounded; at most what a decimal holds.
    #[must_use]
    pub fn times(self, factor: Decimal) -> Self {
        Self { amount: self.amount.saturating_mul(factor), ..self }
    }
}

/// `9000 EUR`, `33.30 EUR`: what is not whole has the places of its currency at least.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut amount = self.amount.normalize();
        let places = self.currency.minor_units();
        if (1..places).contains(&amount.scale()) {
            amount.rescale(places);
        }
        write!(f, "{amount} {}", self.currency)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// `1200.50 EUR`, also without the blank.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || MoneyError::Invalid(text.to_owned());
        let text = text.trim();
        let (amount, currency) =
            text.split_at_checked(text.rfind(|c: char| !c.is_alphabetic()).map_or(0, |at| at + 1)).ok_or_else(wrong)?;
        Ok(Self::new(amount.trim().parse().map_err(|_| wrong())?, currency.parse().map_err(|_| wrong())?))
    }
}

/// What cannot be done with amounts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// A text that is no amount.
    #[error("`{0}` is no amount of money: expected a number and a currency, like `1200.50 EUR`")]
    Invalid(String),
    /// There is no rate for a currency by a day.
    #[error("there is no rate from {from} to {to} on {on}: give one that holds by then")]
    NoRate {
        /// From which currency.
        from: Currency,
        /// To which.
        to: Currency,
        /// On which day.
        on: NaiveDate,
    },
    /// Amounts of two currencies where one is asked for.
    #[error("amounts in {a} and in {b} do not add up: convert one of them by a rate")]
    Mixed {
        /// One.
        a: Currency,
        /// The other.
        b: Currency,
    },
    /// A result of more than 28 digits.
    #[error("{0} is more than can be counted exactly")]
    TooLarge(Money),
}

/// Amounts by currency, each by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Totals(BTreeMap<Currency, Decimal>);

impl Totals {
    /// Adds an amount; at most what a decimal holds.
    pub fn add(&mut self, money: Money) {
        let sum = self.0.entry(money.currency).or_default();
        *sum = sum.saturating_add(money.amount);
    }

    /// The amounts, by currency.
    pub fn iter(&self) -> impl Iterator<Item = Money> {
        self.0.iter().map(|(currency, amount)| Money::new(*amount, *currency))
    }

    /// All of them in one currency, by the rates of a day.
    ///
    /// # Errors
    /// When a rate is missing.
    pub fn in_currency(&self, currency: Currency, rates: &Rates, on: NaiveDate) -> Result<Money, MoneyError> {
        let mut sum = Decimal::ZERO;
        for money in self.iter() {
            let worth = rates.convert(money, currency, on)?;
            sum = sum.checked_add(worth.amount).ok_or(MoneyError::TooLarge(worth))?;
        }
        Ok(Money::new(sum, currency).rounded())
    }
}

impl Extend<Money> for Totals {
    fn extend<I: IntoIterator<Item = Money>>(&mut self, amounts: I) {
        amounts.into_iter().for_each(|money| self.add(money));
    }
}

impl FromIterator<Money> for Totals {
    fn from_iter<I: IntoIterator<Item = Money>>(amounts: I) -> Self {
        let mut totals = Self::default();
        totals.extend(amounts);
        totals
    }
}

/// `20 CHF, 10.50 EUR`; `0` if there is none.
impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("0");
        }
        for (number, money) in self.iter().enumerate() {
            write!(f, "{}{money}", if number > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// What a unit of each currency is worth in one, from a day on.
///
/// Read from JSON, a rate that is not more than nothing is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    base: Currency,
    #[serde(default, deserialize_with = "above_zero")]
    rates: ByDay,
}

impl Rates {
    /// No rates, but that of a currency to itself.
    #[must_use]
    pub fn new(base: Currency) -> Self {
        Self { base, rates: BTreeMap::new() }
    }

    /// From a day on, a unit of `currency` is worth so much of the base. Nothing, or less, is no rate: there is none from
    /// then on.
    pub fn set(&mut self, currency: Currency, from: NaiveDate, worth: Decimal) {
        self.rates.entry(currency).or_default().insert(from, worth);
    }

    /// What an amount is worth in another currency on a day, by the latest rates that hold by then; not rounded.
    ///
    /// # Errors
    /// When a rate is missing or is nothing, or the result has more digits than can be counted.
    pub fn convert(&self, money: Money, to: Currency, on: NaiveDate) -> Result<Money, MoneyError> {
        if money.currency == to {
            return Ok(money);
        }
        let none = || MoneyError::NoRate { from: money.currency, to, on };
        let worth = |currency: Currency| match currency == self.base {
            true => Some(Decimal::ONE),
            false => {
                let latest = self.rates.get(&currency)?.range(..=on).next_back();
                latest.map(|(_, worth)| *worth).filter(|worth| *worth > Decimal::ZERO)
            }
        };
        let (from, into) = (worth(money.currency).ok_or_else(none)?, worth(to).ok_or_else(none)?);
        let in_base = money.amount.checked_mul(from).ok_or(MoneyError::TooLarge(money))?;
        Ok(Money::new(in_base.checked_div(into).ok_or_else(none)?, to))
    }
}

/// By currency, by day: what a unit is worth.
type ByDay = BTreeMap<Currency, BTreeMap<NaiveDate, Decimal>>;

/// Reads rates, each of which is more than nothing.
fn above_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ByDay, D::Error> {
    let rates = ByDay::deserialize(deserializer)?;
    let all = rates.iter().flat_map(|(currency, days)| days.iter().map(move |(day, worth)| (currency, day, worth)));
    match all.into_iter().find(|(.., worth)| **worth <= Decimal::ZERO) {
        Some((currency, day, worth)) => Err(serde::de::Error::custom(format!(
            "the rate of {currency} of {day} is {worth}; expected one above zero"
        ))),
        None => Ok(rates),
    }
}

/// Writes a decimal as a JSON number with all its digits.
fn digits<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let raw = RawValue::from_string(amount.to_string()).map_err(serde::ser::Error::custom)?;
    raw.serialize(serializer)
}

/// Reads a decimal from a number that a double holds exactly, or from text.
fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Whole(i64),
        Float(f64),
        Text(String),
    }
    let read = match Written::deserialize(deserializer)? {
        Written::Whole(number) => Some(Decimal::from(number)),
        Written::Float(number) => Decimal::from_f64(number),
        Written::Text(text) => Decimal::from_str_exact(&text).ok(),
    };
    read.ok_or_else(|| serde::de::Error::custom("an amount is a number of at most 28 digits"))
}
