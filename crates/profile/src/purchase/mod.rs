//! [`Orders`]: purchases as objects, with their lines, amounts and returns.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use onefold_fact::standard::Currency;
use onefold_fact::standard::number::parse_decimal;
use onefold_fact::{Configuration, FactId, Filter, Properties, PropertyPath, Timestamp, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::timeline::{Event, Timeline};

mod given_back;

pub use given_back::GivenBack;

/// How purchases stand in events: configuration. Names of events are exact; a path may lead into lists of objects.
///
/// ```
/// use onefold_profile::OrderSpec;
///
/// let spec: OrderSpec = serde_json::from_str(r#"{
///     "placed": ["Order Completed"], "returned": ["Order Refunded", "return"], "cancelled": ["Order Cancelled"],
///     "order": "order_id", "total": "total", "currency": "currency",
///     "lines": "products", "sku": "sku", "units": "quantity", "price": "price"
/// }"#)?;
/// assert_eq!(spec, OrderSpec { cancelled: ["Order Cancelled".to_owned()].into(), ..OrderSpec::default() });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderSpec {
    /// Events that place an order, or say it anew: the latest counts.
    pub placed: BTreeSet<String>,
    /// Events each of which is one line of an order, as the rows of a table of orders are; with its number, units and price
    /// beside the number of the order.
    pub itemised: BTreeSet<String>,
    /// Events that give something back.
    pub returned: BTreeSet<String>,
    /// Events that cancel an order.
    pub cancelled: BTreeSet<String>,
    /// Which of these events count.
    #[serde(skip_serializing_if = "Filter::is_always")]
    pub filter: Filter,
    /// Where the number of the order stands. An event without one is an order by itself.
    pub order: PropertyPath,
    /// Where the sum stands: a number, also written as text, or money with its currency.
    pub total: PropertyPath,
    /// Where the sum that is paid back stands, if it is apart from the total.
    pub refund: PropertyPath,
    /// Where the currency of plain numbers stands.
    pub currency: PropertyPath,
    /// Where the lines stand: a list of objects.
    pub lines: PropertyPath,
    /// Within a line: what was bought.
    pub sku: PropertyPath,
    /// Within a line: how many; 1 if it is not said.
    pub units: PropertyPath,
    /// Within a line: the price of one.
    pub price: PropertyPath,
    /// Of an event that is one line: where the number of the line stands. One that is said anew takes its place.
    pub line: PropertyPath,
    /// And where the price of one stands.
    pub unit_price: PropertyPath,
}

impl OrderSpec {
    /// The part of the configuration that it is.
    pub const PART: &str = "orders";

    /// Whether events of a name tell of orders.
    #[must_use]
    pub fn tells(&self, event: &str) -> bool {
        [&self.placed, &self.itemised, &self.returned, &self.cancelled].iter().any(|names| names.contains(event))
    }

    /// The properties of those events that are read.
    #[must_use]
    pub fn reads(&self) -> BTreeSet<&str> {
        let Self { order, total, refund, currency, lines, sku, units, price, line, unit_price, filter, .. } = self;
        let paths = [order, total, refund, currency, lines, sku, units, price, line, unit_price];
        let first = paths.into_iter().filter_map(|path| path.names().next());
        first.chain(filter.names()).collect()
    }
}

impl TryFrom<&OrderSpec> for Configuration {
    type Error = serde_json::Error;

    fn try_from(orders: &OrderSpec) -> Result<Self, Self::Error> {
        Ok(Self { part: OrderSpec::PART.to_owned(), name: String::new(), json: serde_json::to_string(orders)? })
    }
}

/// The names that web shops commonly send, and those of events that are made of tables of orders and of returns.
impl Default for OrderSpec {
    fn default() -> Self {
        let path = PropertyPath::of;
        Self {
            placed: ["Order Completed".to_owned()].into(),
            itemised: ["order".to_owned()].into(),
            returned: ["Order Refunded".to_owned(), "return".to_owned()].into(),
            cancelled: ["Order Cancelled".to_owned()].into(),
            filter: Filter::default(),
            order: path("order_id"),
            total: path("total"),
            refund: path("refund"),
            currency: path("currency"),
            lines: path("products"),
            sku: path("sku"),
            units: path("quantity"),
            price: path("price"),
            line: path("line"),
            unit_price: path("unit_price"),
        }
    }
}

/// A sum of money, or a bare number where no currency is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sum {
    /// The currency, if it is said.
    pub currency: Option<Currency>,
    /// How much.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
}

/// `12.50 EUR`, or a bare number.
impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.currency {
            Some(currency) => write!(f, "{} {currency}", self.amount),
            None => self.amount.fmt(f),
        }
    }
}

/// One purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    number: Option<String>,
    placed_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    total: Option<Sum>,
    lines: Vec<Line>,
    /// Of lines that were said one by one: their numbers.
    numbers: Vec<Option<String>>,
    returns: Vec<Return>,
    facts: Vec<FactId>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What was bought.
    pub sku: Option<String>,
    /// How many.
    pub units: Decimal,
    /// The price of one.
    pub price: Option<Decimal>,
}

/// Something that was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// When.
    pub at: Timestamp,
    /// What was paid back, as said; `None` if it is not said. What that takes off the order says [`Order::given_back`].
    pub total: Option<Sum>,
    /// What was given back, if it is said.
    pub lines: Vec<Line>,
    /// Of one that is a row of a table: the number of the line.
    number: Option<String>,
    /// Whether a sum is named that is none.
    unread: bool,
}

impl Order {
    /// Its number, if the source gives one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// When it was placed; `None` if only what came after it is known.
    #[must_use]
    pub fn placed_at(&self) -> Option<Timestamp> {
        self.placed_at
    }

    /// When it was cancelled.
    #[must_use]
    pub fn cancelled_at(&self) -> Option<Timestamp> {
        self.cancelled_at
    }

    /// What it cost: as said, else the sum of its lines.
    #[must_use]
    pub fn total(&self) -> Option<Sum> {
        self.total
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What was given back, oldest first.
    #[must_use]
    pub fn returns(&self) -> &[Return] {
        &self.returns
    }

    /// The facts that say so, in canonical order.
    #[must_use]
    pub fn facts(&self) -> &[FactId] {
        &self.facts
    }

    /// What was paid in the end: the total without what was [given back](Self::given_back), never below zero; nothing of an
    /// order that was cancelled.
    #[must_use]
    pub fn paid(&self) -> Option<Sum> {
        let Sum { currency, amount } = self.total?;
        if self.cancelled_at.is_some() {
            return Some(Sum { currency, amount: Decimal::ZERO });
        }
        let back = self.returns.iter().try_fold(Decimal::ZERO, |back, it| match self.given_back(it) {
            GivenBack::All => Some(amount),
            GivenBack::Sum(sum) => back.checked_add(sum.amount),
            GivenBack::OtherCurrency(_) | GivenBack::Unknown => Some(back),
        });
        let left = back.and_then(|back| amount.checked_sub(back)).unwrap_or_default();
        Some(Sum { currency, amount: left.max(Decimal::ZERO) })
    }
}

/// The purchases of a customer, in the order in which they were placed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    orders: Vec<Order>,
}

impl Orders {
    /// The purchases that a timeline tells of.
    ///
    /// ```
    /// use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema};
    /// use onefold_profile::{OrderSpec, Orders, fold};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let event = |name: &str, total: i32, on: &str| -> Result<_, Box<dyn std::error::Error>> {
    ///     let properties = [("order_id", "77".into()), ("currency", "EUR".into()), ("total", onefold_fact::Value::from(total))];
    ///     let draft = Draft::new("shop", Body::event(name, properties)).key(RecordKey::person("17"));
    ///     Ok(draft.occurred_at(on.parse()?).received("stream", on.parse()?))
    /// };
    /// let facts = FactSet::from_iter([
    ///     event("Order Completed", 50, "2026-03-01T09:00:00Z")?,
    ///     event("Order Refunded", 20, "2026-03-09T09:00:00Z")?,
    /// ]);
    /// let of_ada = facts.standing(None).into_iter().filter_map(|s| Some((s.fact().record()?, s)));
    /// # let id = facts.standing(None)[0].fact().record().ok_or("a record")?;
    /// let ada = fold(id.into(), of_ada, &Schema::default(), None);
    ///
    /// let orders = Orders::of(ada.timeline(), &OrderSpec::default());
    /// assert_eq!(orders.lifetime_value()[&Some("EUR".parse()?)].to_string(), "30");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An event that lies ahead is told of too; [`until`](Self::until) stops at a clock.
    #[must_use]
    pub fn of(timeline: &Timeline, spec: &OrderSpec) -> Self {
        Self::told_by(timeline.iter().as_slice(), spec)
    }

    /// The purchases as they stand at a clock: of an event that lies after it nothing is told, were it the year 2999.
    #[must_use]
    pub fn until(timeline: &Timeline, spec: &OrderSpec, clock: Timestamp) -> Self {
        Self::told_by(timeline.between(..=clock), spec)
    }

    fn told_by(events: &[Event], spec: &OrderSpec) -> Self {
        let mut orders: Vec<Order> = Vec::new();
        let mut by_number: BTreeMap<String, usize> = BTreeMap::new();
        for event in events {
            let is = |names: &BTreeSet<String>| names.contains(event.name());
            let does = [
                (&spec.placed, Does::Place),
                (&spec.itemised, Does::Itemise),
                (&spec.returned, Does::Return),
                (&spec.cancelled, Does::Cancel),
            ];
            let Some((_, does)) = does.into_iter().find(|(names, _)| is(names)) else { continue };
            if !spec.filter.holds(event.properties()) {
                continue;
            }
            let number = first(&spec.order, event.properties()).map(|value| value.to_text().into_owned());
            let next = orders.len();
            let at = number.as_ref().map_or(next, |number| *by_number.entry(number.clone()).or_insert(next));
            if at == next {
                orders.push(Order {
                    number,
                    placed_at: None,
                    cancelled_at: None,
                    total: None,
                    lines: Vec::new(),
                    numbers: Vec::new(),
                    returns: Vec::new(),
                    facts: Vec::new(),
                });
            }
            let Some(order) = orders.get_mut(at) else { continue };
            order.facts.push(event.provenance().fact());
            order.hear(event, spec, does);
        }
        // One of which only a return is known stands where that does.
        orders.sort_by_key(|order| order.placed_at.or(order.returns.first().map(|it| it.at)).or(order.cancelled_at));
        Self { orders }
    }

    /// The orders, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Order> {
        self.orders.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// What the customer paid in the end for all orders, of each currency by itself; numbers without one under `None`.
    /// A currency whose sum has more than 28 digits is left out.
    #[must_use]
    pub fn lifetime_value(&self) -> BTreeMap<Option<Currency>, Decimal> {
        let mut sums: BTreeMap<Option<Currency>, Option<Decimal>> = BTreeMap::new();
        for Sum { currency, amount } in self.orders.iter().filter_map(Order::paid) {
            let sum = sums.entry(currency).or_insert(Some(Decimal::ZERO));
            *sum = sum.and_then(|sum| sum.checked_add(amount));
        }
        sums.into_iter().filter_map(|(currency, sum)| Some((currency, sum?.normalize()))).collect()
    }
}

impl<'a> IntoIterator for &'a Orders {
    type Item = &'a Order;
    type IntoIter = std::slice::Iter<'a, Order>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Order {
    fn hear(&mut self, event: &Event, spec: &OrderSpec, does: Does) {
        let properties = event.properties();
        match does {
            Does::Place => {
                let lines = lines(properties, spec);
                let total = sum(properties, spec).or_else(|| of_lines(&lines, properties, spec));
                // Said anew it is still placed when it was placed first.
                self.placed_at = self.placed_at.or(Some(event.at()));
                (self.total, self.lines) = (total, lines);
                self.numbers = vec![None; self.lines.len()];
            }
            Does::Itemise => {
                self.placed_at = self.placed_at.or(Some(event.at()));
                self.itemise(properties, spec);
            }
            Does::Return => {
                self.returns.push(Return::of(event, spec));
            }
            Does::Cancel => self.cancelled_at = Some(event.at()),
        }
    }

    /// Takes one line in. The order costs what is said, else the sum of its lines if each has its price and all are in one
    /// currency.
    fn itemise(&mut self, properties: &Properties, spec: &OrderSpec) {
        let (number, line, price) = row(properties, spec);
        let before = self.lines.is_empty();
        match self.numbers.iter().position(|known| number.is_some() && *known == number) {
            Some(place) => self.lines[place] = line,
            None => {
                self.lines.push(line);
                self.numbers.push(number);
            }
        }
        let currency = price.and_then(|price| price.currency);
        let same = before || self.total.is_some_and(|total| total.currency == currency);
        self.total = sum(properties, spec).or_else(|| of_lines(&self.lines, properties, spec).filter(|_| same));
        if let Some(total) = &mut self.total {
            total.currency = total.currency.or(currency);
        }
    }
}

/// What an event does to an order.
#[derive(Debug, Clone, Copy)]
enum Does {
    Place,
    Itemise,
    Return,
    Cancel,
}

fn first<'a>(path: &PropertyPath, properties: &'a Properties) -> Option<&'a Value> {
    let mut found = None;
    path.any(properties, |value| {
        found = Some(value);
        true
    });
    found
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        Value::Text(text) => parse_decimal(text).ok(),
        _ => None,
    }
}

fn currency(value: Option<&Value>) -> Option<Currency> {
    Currency::from_code(value?.as_text()?)
}

fn sum(properties: &Properties, spec: &OrderSpec) -> Option<Sum> {
    sum_at(&spec.total, properties, spec)
}

fn sum_at(path: &PropertyPath, properties: &Properties, spec: &OrderSpec) -> Option<Sum> {
    match first(path, properties)? {
        Value::Map(money) => Some(Sum {
            amount: number(money.get("amount")?.as_ref()?)?,
            currency: currency(money.get("currency")?.as_ref()),
        }),
        value => Some(Sum { amount: number(value)?, currency: currency(first(&spec.currency, properties)) }),
    }
}

fn lines(properties: &Properties, spec: &OrderSpec) -> Vec<Line> {
    let lines = spec.lines.values(properties).into_iter().filter_map(|line| match line {
        Value::Map(line) => Some(line),
        _ => None,
    });
    lines.map(|properties| line(properties, spec)).collect()
}

fn line(properties: &Properties, spec: &OrderSpec) -> Line {
    Line {
        sku: first(&spec.sku, properties).map(|sku| sku.to_text().into_owned()),
        units: first(&spec.units, properties).and_then(number).unwrap_or(Decimal::ONE),
        price: first(&spec.price, properties).and_then(number),
    }
}

/// An event that is one line: the number of the line, the line, and its price with its currency.
fn row(properties: &Properties, spec: &OrderSpec) -> (Option<String>, Line, Option<Sum>) {
    let number = first(&spec.line, properties).map(|number| number.to_text().into_owned());
    let price = sum_at(&spec.unit_price, properties, spec).or_else(|| sum_at(&spec.price, properties, spec));
    (number, Line { price: price.map(|price| price.amount), ..line(properties, spec) }, price)
}

/// The sum of the lines, if each has its price.
fn of_lines(lines: &[Line], properties: &Properties, spec: &OrderSpec) -> Option<Sum> {
    let add = |sum: Decimal, line: &Line| sum.checked_add(line.units.checked_mul(line.price?)?);
    let amount = lines.iter().try_fold(Decimal::ZERO, add).filter(|_| !lines.is_empty())?;
    Some(Sum { amount, currency: currency(first(&spec.currency, properties)) })
}
