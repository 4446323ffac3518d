//! The shop: order lines of accounts and guests, and returns.

use std::path::Path;

use chrono::{Duration, NaiveDate};

use super::sheet;
use crate::calendar::{self, TODAY};
use crate::capture::{Draw, capture, capture_address};
use crate::channel::{Channel, GUEST, SHOP};
use crate::error::SampleError;
use crate::population::Person;
use crate::rates;
use crate::record::{Fields, Record};
use crate::sheet::{Sheet, line};
use crate::tables::{Country, Product};
use crate::world::Serial;

const ORDERS: &str = "order_id;line;ordered_at;customer_id;customer_name;email;phone;ship_street;ship_city;ship_postcode;ship_country;sku;\
product;quantity;unit_price;currency\n";
const RETURNS: &str = "return_id;order_id;returned_at;customer_id;email;sku;quantity;refund;currency;reason\n";

/// Orders a record, by weight.
const ORDERS_A_RECORD: [(u32, u32); 4] = [(1, 55), (2, 27), (3, 12), (4, 6)];
/// Lines an order, by weight.
const LINES_AN_ORDER: [(u32, u32); 4] = [(1, 60), (2, 25), (3, 10), (4, 5)];

/// What support requests may refer to.
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) product: &'static str,
}

/// Who orders, as the shop knows them.
struct Buyer<'a> {
    country: Country,
    /// Blank for a guest.
    customer_id: &'a str,
    name: String,
    fields: Fields,
}

pub(crate) struct Shop {
    orders: Sheet,
    returns: Sheet,
}

impl Shop {
    pub(crate) fn create(folder: &Path, seed: u64) -> Result<Self, SampleError> {
        Ok(Self {
            orders: sheet(folder, "shop_orders.csv", ORDERS.as_bytes(), seed)?,
            returns: sheet(folder, "shop_returns.csv", RETURNS.as_bytes(), seed)?,
        })
    }

    /// Writes the orders that a person placed with an account.
    pub(crate) fn add_account(
        &mut self,
        person: &Person,
        draw: &mut Draw,
        records: &mut Vec<Record>,
    ) -> Result<Option<Order>, SampleError> {
        let customer_id = format!("S{:07}", draw.world.scattered(Serial::Shopper));
        self.add(person, &SHOP, &customer_id, draw, records)
    }

    /// Writes the orders that a person placed without one.
    pub(crate) fn add_guest(
        &mut self,
        person: &Person,
        draw: &mut Draw,
        records: &mut Vec<Record>,
    ) -> Result<Option<Order>, SampleError> {
        self.add(person, &GUEST, "", draw, records)
    }

    fn add(
        &mut self,
        person: &Person,
        channel: &Channel,
        customer_id: &str,
        draw: &mut Draw,
        records: &mut Vec<Record>,
    ) -> Result<Option<Order>, SampleError> {
        let mut days: Vec<NaiveDate> =
            (0..draw.random.weighted(&ORDERS_A_RECORD)).map(|_| draw.random.day(person.first_day(), TODAY)).collect();
        days.sort_unstable();
        let last = days[days.len() - 1];
        let Some(mut fields) = capture(person, channel, last, draw) else { return Ok(None) };
        let name = match draw.random.chance(rates::LAST_COMMA_FIRST) {
            true => format!("{}, {}", fields.last_name, fields.first_name),
            false => fields.full_name(),
        };
        let country = person.home.now.country;
        fields.split_name(&name);
        let buyer = Buyer { country, customer_id, name, fields };
        let mut order = None;
        for day in days {
            // What was ordered before they moved went to the old address.
            let before = (person.home.on(day) != person.home.on(last))
                .then(|| capture_address(person, channel, day, draw.random));
            let shipping = before.as_ref().unwrap_or(&buyer.fields);
            order = Some(self.order(&buyer, day, shipping, draw)?);
        }
        let mut fields = buyer.fields;
        fields.title = "";
        let key = if customer_id.is_empty() { fields.email_key() } else { customer_id.to_owned() };
        records.push(Record { source: channel.source, key, person: person.number, country, fields });
        Ok(order)
    }

    fn order(
        &mut self,
        buyer: &Buyer,
        day: NaiveDate,
        shipping: &Fields,
        draw: &mut Draw,
    ) -> Result<Order, SampleError> {
        let Buyer { country, customer_id, ref name, ref fields } = *buyer;
        let id = format!("O{:07}", draw.world.scattered(Serial::Order));
        let ordered_at = calendar::moment(day, draw.random);
        let lines = draw.random.weighted(&LINES_AN_ORDER);
        let mut chunk = Vec::new();
        let mut last = (draw.tables.products[0], 1);
        for number in 1..=lines {
            let product = draw.random.pick(&draw.tables.products);
            let quantity = draw.random.weighted(&[(1, 75), (2, 18), (4, 7)]);
            chunk.extend(line(
                b';',
                &[
                    &id,
                    &number.to_string(),
                    &calendar::to_second(ordered_at),
                    customer_id,
                    name,
                    &fields.email,
                    &fields.phone,
                    &shipping.street,
                    &shipping.city,
                    &shipping.postcode,
                    &shipping.country,
                    product.sku,
                    product.name,
                    &quantity.to_string(),
                    &amount(price(product, country)),
                    country.currency(),
                ],
            ));
            last = (product, quantity);
        }
        self.orders.push(chunk, u64::from(lines))?;
        let returned_at = ordered_at + Duration::days(i64::from(draw.random.between(4, 30)));
        if draw.random.chance(rates::RETURNED) && returned_at.date_naive() <= TODAY {
            let (product, quantity) = last;
            let row = line(
                b';',
                &[
                    &format!("R{:07}", draw.world.scattered(Serial::Return)),
                    &id,
                    &calendar::to_second(returned_at),
                    customer_id,
                    &fields.email,
                    product.sku,
                    &quantity.to_string(),
                    &amount(price(product, country) * quantity),
                    country.currency(),
                    draw.random.pick(&draw.tables.return_reasons),
                ],
            );
            self.returns.push(row, 1)?;
        }
        Ok(Order { id, product: last.0.name })
    }

    pub(crate) fn finish(self) -> Result<[(&'static str, u64); 2], SampleError> {
        Ok([("shop_orders.csv", self.orders.finish()?), ("shop_returns.csv", self.returns.finish()?)])
    }
}

/// The price in hundredths of the country's currency.
fn price(product: Product, country: Country) -> u32 {
    match country {
        Country::Uk => product.price,
        Country::Pl => product.price * 5 / 100 * 100 + 99,
        _ => product.price * 6 / 5,
    }
}

/// Hundredths with two decimals.
fn amount(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
