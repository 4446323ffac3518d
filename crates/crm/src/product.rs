//! [`Product`]: what is sold, and for how much in which currency.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::field::{Fielded, Object};
use crate::money::{Currency, Money};
use crate::object::Aggregate;
use crate::opportunity::LineItem;
use crate::rejection::{Problem, Rejection, Why};

/// What is sold. It is made by [`fold`](crate::fold) from the facts about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Product {
    /// The name; empty as long as there is no such product.
    pub name: String,
    /// What one costs, by currency. What one currency costs says nothing of another.
    pub prices: BTreeMap<Currency, Decimal>,
    /// Whether it is not sold any more.
    pub withdrawn: bool,
}

/// What somebody wants of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductCommand {
    /// It is called so.
    Name(String),
    /// One costs so much.
    Price(Money),
    /// It is not sold any more, or again.
    Withdraw(bool),
}

/// What happens to a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ProductOutcome {
    /// It is called so.
    Named {
        /// How.
        name: String,
    },
    /// One costs so much.
    Priced {
        /// How much, of which currency.
        price: Money,
    },
    /// It is not sold any more, or again.
    Withdrawn {
        /// Whether it is not.
        withdrawn: bool,
    },
}

impl Aggregate for Product {
    const KIND: &'static str = "product";
    type Outcome = ProductOutcome;

    fn apply(&mut self, _: Timestamp, outcome: &ProductOutcome) {
        match outcome {
            ProductOutcome::Named { name } => self.name.clone_from(name),
            ProductOutcome::Priced { price } => drop(self.prices.insert(price.currency, price.amount)),
            ProductOutcome::Withdrawn { withdrawn } => self.withdrawn = *withdrawn,
        }
    }
}

/// What a command does to a product.
///
/// # Errors
/// When there is no such product, its name is blank, or a price is less than nothing.
pub fn decide_product(id: &str, product: &Product, command: &ProductCommand) -> Result<Vec<ProductOutcome>, Rejection> {
    if product.name.is_empty() && !matches!(command, ProductCommand::Name(_)) {
        return Err(Problem::of(Why::NotFound, "id", format!("there is no product `{id}`"), "name it first").into());
    }
    Ok(vec![match command {
        ProductCommand::Name(name) if name.trim().is_empty() => {
            return Err(Problem::of(Why::Missing, "name", "`name` is missing", "give the product's name").into());
        }
        ProductCommand::Name(name) => ProductOutcome::Named { name: name.clone() },
        ProductCommand::Price(price) if price.amount < Decimal::ZERO => {
            let message = format!("the price {price} is less than nothing");
            return Err(Problem::of(Why::Invalid, "price", message, "give one of zero or more").into());
        }
        ProductCommand::Price(price) => ProductOutcome::Priced { price: *price },
        ProductCommand::Withdraw(withdrawn) => ProductOutcome::Withdrawn { withdrawn: *withdrawn },
    }])
}

impl Product {
    /// A line item of so many of it, at its price in a currency.
    ///
    /// # Errors
    /// When it is not sold any more, or has no price in that currency.
    pub fn line(&self, id: &str, quantity: Decimal, currency: Currency) -> Result<LineItem, Rejection> {
        if self.name.is_empty() {
            let message = format!("there is no product `{id}`");
            return Err(Problem::of(Why::NotFound, "product", message, "name one that is there").into());
        }
        if self.withdrawn {
            let message = format!("product `{id}` is not sold any more");
            return Err(Problem::of(Why::Closed, "product", message, "take another, or sell it again").into());
        }
        let Some(amount) = self.prices.get(&currency) else {
            let known: Vec<String> = self.prices.keys().map(ToString::to_string).collect();
            let message = format!("product `{id}` has no price in {currency}");
            let fix = match known.as_slice() {
                [] => "give it one".to_owned(),
                known => format!("give it one, or sell in {}", known.join(" or ")),
            };
            return Err(Problem::of(Why::Missing, "price", message, fix).into());
        };
        let price = Money::new(*amount, currency);
        let (product, discount, tax) = (id.to_owned(), Decimal::ZERO, Decimal::ZERO);
        Ok(LineItem { product, quantity, price, discount, tax, times: 1, schedule: Vec::new() })
    }
}

impl Fielded for Product {
    fn object(&self) -> Object<'_> {
        Object::new([
            ("name", Some(Value::from(self.name.as_str()))),
            ("withdrawn", Some(Value::from(self.withdrawn))),
            ("currencies", Some(Value::List(self.prices.keys().map(|it| Some(Value::from(it.code()))).collect()))),
        ])
    }
}
