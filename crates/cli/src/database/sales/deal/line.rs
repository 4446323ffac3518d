//! `onefold deal line`: what is sold, and what of it is due when.

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use onefold::Onefold;
use onefold::crm::{Decimal, Instalment, LineItem, Money, instalments as equal};

#[derive(Debug, Args)]
pub(super) struct Item {
    /// The product
    #[arg(long)]
    product: String,
    /// How much of it
    #[arg(long, default_value = "1", allow_hyphen_values = true)]
    quantity: Decimal,
    /// What one costs; what the product does in the deal's currency, if not said
    #[arg(long, allow_hyphen_values = true)]
    price: Option<Money>,
    /// The part that is taken off, from 0 to 1
    #[arg(long, default_value = "0", allow_hyphen_values = true)]
    discount: Decimal,
    /// The part that is put on top as tax, such as 0.19
    #[arg(long, default_value = "0", allow_hyphen_values = true)]
    tax: Decimal,
    /// How often it is due
    #[arg(long, default_value_t = 1)]
    times: u32,
    /// What of it is due when; all of it at once, if nothing is said: `2026-04-30=500`
    #[arg(long, value_parser = instalment, value_name = "DAY=AMOUNT")]
    instalment: Vec<Instalment>,
    /// It is due in so many equal parts
    #[arg(long, value_name = "COUNT", requires = "first", conflicts_with = "instalment")]
    instalments: Option<u32>,
    /// The first of them on this day
    #[arg(long, value_name = "DAY", requires = "instalments")]
    first: Option<NaiveDate>,
    /// Each so many months after the one before
    #[arg(long, value_name = "MONTHS", requires = "instalments", default_value_t = 1)]
    every: u32,
}

/// `2026-04-30=500`.
fn instalment(text: &str) -> Result<Instalment, String> {
    let expected = || format!("`{text}` is no instalment; expected a day and an amount, such as `2026-04-30=500`");
    let (day, amount) = text.split_once('=').ok_or_else(expected)?;
    let on = day.trim().parse().map_err(|_| expected())?;
    Ok(Instalment { on, amount: amount.trim().parse().map_err(|_| expected())? })
}

impl Item {
    pub(super) fn line(self, house: &Onefold, deal: &str) -> Result<LineItem> {
        let Self { product, quantity, price, discount, tax, times, instalment, instalments, first, every } = self;
        let price = match price {
            Some(price) => price,
            None => listed(house, deal, &product)?,
        };
        let mut line = LineItem { product, quantity, price, discount, tax, times, schedule: instalment };
        // What cannot be counted is refused with the line.
        if let (Some(parts), Some(first)) = (instalments.filter(|_| line.is_countable()), first) {
            line.schedule = equal(line.net(), first, every, parts);
        }
        Ok(line)
    }
}

/// What a product costs in the currency of a deal; in the only one that it has a price in, if the deal has none yet.
fn listed(house: &Onefold, deal: &str, product: &str) -> Result<Money> {
    let views = house.views()?;
    let products = views.products()?;
    let prices = products.get(product).map(|product| &product.prices);
    let Some(prices) = prices.filter(|prices| !prices.is_empty()) else {
        anyhow::bail!("no price of product `{product}` is known: say `--price`");
    };
    let of_deal = views.deal(deal)?.and_then(|deal| deal.amount).map(|amount| amount.currency);
    let mut all = prices.iter().filter(|(currency, _)| of_deal.is_none_or(|of_deal| of_deal == **currency));
    match (all.next(), all.next()) {
        (Some((currency, amount)), None) => Ok(Money::new(*amount, *currency)),
        _ => anyhow::bail!("product `{product}` has not one price in the currency of the deal: say `--price`"),
    }
}
