//! `onefold deal`: work on deals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use onefold::crm::{Command, Contact, Decimal, ForecastCategory, LineItem, Money, Opening, Opportunity};
use onefold::{Onefold, Timestamp, Value};
use serde_json::json;

use super::{Common, field, one, said};
use crate::Outcome;
use crate::database::Printing;

/// Work on deals. Each command is a batch of its own, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Deal {
    #[command(subcommand)]
    what: OnDeal,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnDeal {
    /// Open a deal with a customer
    Open {
        /// Its id
        id: String,
        /// The customer: an id, or an identifier such as `email:ada@x.io`
        customer: String,
        #[command(flatten)]
        opening: Opened,
    },
    /// Move a deal to another stage
    Move {
        /// Its id
        id: String,
        /// The stage
        stage: String,
        /// Why, where the pipeline asks for a reason
        #[arg(long)]
        reason: Option<String>,
        /// Who approves
        #[arg(long, value_name = "USER")]
        approved_by: Vec<String>,
    },
    /// Say what a deal is worth, when it closes, whose it is, and more
    Set {
        /// Its id
        id: String,
        /// What it is worth: `9000 EUR`
        #[arg(long, allow_hyphen_values = true)]
        amount: Option<Money>,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// How likely it is to be won, from 0 to 1, otherwise than its stage says
        #[arg(long, allow_hyphen_values = true)]
        probability: Option<Decimal>,
        /// The account that it is of
        #[arg(long)]
        account: Option<String>,
        /// When it is expected to close
        #[arg(long, value_name = "DAY")]
        closes_on: Option<NaiveDate>,
        /// Whose it is
        #[arg(long, value_name = "USER")]
        owner: Option<String>,
        /// How a forecast counts it: omitted, pipeline, `best_case`, commit
        #[arg(long, value_parser = category)]
        category: Option<ForecastCategory>,
        /// Other fields
        #[arg(value_parser = field, value_name = "FIELD=VALUE")]
        fields: Vec<(String, Value)>,
    },
    /// Say what is sold in a deal: a line, or one that is there anew
    Line {
        /// The deal's id
        id: String,
        /// The line's id
        line: String,
        #[command(flatten)]
        item: Item,
    },
    /// Take a line off a deal
    DropLine {
        /// The deal's id
        id: String,
        /// The line's id
        line: String,
    },
    /// Somebody takes part in a deal
    Contact {
        /// The deal's id
        id: String,
        /// The customer: an id, or an identifier such as `email:ada@x.io`
        customer: String,
        /// As what: `decision maker`
        #[arg(long)]
        role: Option<String>,
        /// They are who is asked first
        #[arg(long)]
        primary: bool,
    },
    /// Somebody takes part in a deal no more
    DropContact {
        /// The deal's id
        id: String,
        /// The customer
        customer: String,
    },
    /// Note an interaction about a deal
    Touch {
        /// Its id
        id: String,
        /// Which: `call`, or the id of one
        by: String,
    },
    /// Show a deal and its history, or list all
    Show {
        /// Its id
        id: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Item {
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
}

impl Item {
    fn line(self, house: &Onefold, deal: &str) -> Result<LineItem> {
        let Self { product, quantity, price, discount, tax, times } = self;
        let price = match price {
            Some(price) => price,
            None => listed(house, deal, &product)?,
        };
        Ok(LineItem { product, quantity, price, discount, tax, times, schedule: Vec::new() })
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

#[derive(Debug, Args)]
struct Opened {
    /// Its name
    #[arg(long)]
    name: String,
    /// Its pipeline
    #[arg(long, default_value = "sales")]
    pipeline: String,
    /// What it is worth: `9000 EUR`
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<Money>,
    /// When it is expected to close
    #[arg(long, value_name = "DAY")]
    closes_on: Option<NaiveDate>,
    /// Whose it is
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// The account that it is of
    #[arg(long)]
    account: Option<String>,
}

impl Opened {
    fn opening(&self) -> Opening {
        Opening {
            amount: self.amount,
            closes_on: self.closes_on,
            owner: self.owner.clone(),
            account: self.account.clone(),
            ..Opening::named(self.name.as_str())
        }
    }
}

pub(super) fn category(text: &str) -> Result<ForecastCategory, String> {
    serde_json::from_value(text.into()).map_err(|_| "expected omitted, pipeline, best_case or commit".to_owned())
}

impl Deal {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let (id, commands) = match self.what {
            OnDeal::Open { id, customer, opening } => {
                let customer = one(&house, &customer)?;
                let done = house.open_deal(&id, customer, &opening.pipeline, &opening.opening(), at);
                return said(printing, done.map(|accepted| vec![accepted]));
            }
            OnDeal::Show { id } => return show_deals(&house, id.as_deref(), at, printing),
            OnDeal::Move { id, stage, reason, approved_by } => {
                let approved_by: BTreeSet<String> = approved_by.into_iter().collect();
                (id, vec![Command::Move { to: stage, reason, approved_by }])
            }
            OnDeal::Touch { id, by } => (id, vec![Command::Touch(by)]),
            OnDeal::Line { id, line, item } => {
                let item = item.line(&house, &id)?;
                (id, vec![Command::SetLine(line, item)])
            }
            OnDeal::DropLine { id, line } => (id, vec![Command::RemoveLine(line)]),
            OnDeal::Contact { id, customer, role, primary } => {
                let customer = one(&house, &customer)?.to_string();
                (id, vec![Command::AddContact(customer, Contact { role, primary })])
            }
            OnDeal::DropContact { id, customer } => {
                let customer = one(&house, &customer)?.to_string();
                (id, vec![Command::RemoveContact(customer)])
            }
            OnDeal::Set { id, amount, name, probability, account, closes_on, owner, category, fields } => {
                let fields: BTreeMap<_, _> = fields.into_iter().map(|(field, value)| (field, Some(value))).collect();
                let mut commands = Vec::new();
                commands.extend(amount.map(|amount| Command::Value(Some(amount))));
                commands.extend(name.map(Command::Rename));
                commands.extend(probability.map(Command::Rate));
                commands.extend(account.map(|account| Command::Relate(Some(account))));
                commands.extend(closes_on.map(|day| Command::Expect(Some(day))));
                commands.extend(owner.map(|owner| Command::Assign(Some(owner))));
                commands.extend(category.map(Command::Categorise));
                commands.extend((!fields.is_empty()).then_some(Command::Describe(fields)));
                (id, commands)
            }
        };
        if commands.is_empty() {
            anyhow::bail!("nothing is said of deal `{id}`: name what to set, such as `--owner ana`");
        }
        said(printing, house.deal_all(&id, &commands, at).map(|accepted| vec![accepted]))
    }
}

fn show_deals(house: &Onefold, id: Option<&str>, at: Timestamp, printing: Printing) -> Result<Outcome> {
    let views = house.views()?;
    let Some(id) = id else {
        let deals = views.deals()?;
        let text = || deals.iter().fold(String::new(), |text, (id, deal)| text + &line(id, deal) + "\n");
        printing.print(&deals, text)?;
        return Ok(Outcome::Done);
    };
    let Some(mut deal) = views.deal_in_touch(id, at)? else {
        printing.print(&json!({ "deal": null }), || format!("there is no deal `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    };
    deal.contacts = views.contacts_of(&deal)?;
    let text = || {
        let mut text = line(id, &deal) + "\n";
        for was in &deal.history {
            let amount = was.amount.map_or_else(String::new, |amount| format!(", {amount}"));
            let _ = writeln!(
                text,
                "  {}  {}{amount}, {} likely",
                was.at.format("%Y-%m-%d %H:%M"),
                was.stage,
                was.probability
            );
        }
        for (id, line) in &deal.lines {
            let _ = writeln!(
                text,
                "  line {id}: {} of {} at {}, {} in all",
                line.quantity,
                line.product,
                line.price,
                line.net()
            );
        }
        for (contact, part) in &deal.contacts {
            let role = part.role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
            let _ = writeln!(text, "  contact {contact}{role}{}", if part.primary { ", asked first" } else { "" });
        }
        for (stage, time) in deal.stage_times(at) {
            let days = |seconds: i64| seconds / 86_400;
            let _ = writeln!(text, "  {} days at {stage}, {} in all", days(time.latest), days(time.cumulative));
        }
        if let Some(rots) = views.pipelines().get(&deal.pipeline).and_then(|pipeline| deal.rots_since(pipeline, at)) {
            let by = deal.touched.as_ref().map_or_else(String::new, |(_, by)| format!("; last touched by {by}"));
            let _ = writeln!(text, "  rots since {}{by}", rots.format("%Y-%m-%d"));
        }
        text
    };
    printing.print(&deal, text)?;
    Ok(Outcome::Done)
}

fn line(id: &str, deal: &Opportunity) -> String {
    let mut text = format!("{id}  {}  {}", deal.name, deal.stage);
    for more in [
        deal.amount.map(|amount| amount.to_string()),
        deal.closes_on.map(|day| format!("closes {day}")),
        deal.owner.clone(),
        deal.closed.as_ref().and_then(|closed| closed.reason.clone()),
    ]
    .into_iter()
    .flatten()
    {
        let _ = write!(text, "  {more}");
    }
    text
}
