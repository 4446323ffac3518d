//! `onefold deal`: work on deals.

mod line;
mod show;

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use onefold::crm::{Command, Contact, Decimal, ForecastCategory, Money, Opening};
use onefold::{Onefold, Value};

use self::line::Item;
use self::show::show_deals;
use super::{Common, changes, field, object, one, said};
use crate::Outcome;

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
        /// The account that it is of: an id, or an identifier such as `account:17`
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
        /// Clear this: `amount`, `closes_on`, `owner`, `account`, or another field
        #[arg(long, value_name = "FIELD")]
        clear: Vec<String>,
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
    /// Show a deal and its history, or list all. With `--at`, as they were then
    Show {
        /// Its id
        id: Option<String>,
    },
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
    /// The account that it is of: an id, or an identifier such as `account:17`
    #[arg(long)]
    account: Option<String>,
}

impl Opened {
    fn opening(&self, house: &Onefold) -> Result<Opening> {
        Ok(Opening {
            amount: self.amount,
            closes_on: self.closes_on,
            owner: self.owner.clone(),
            account: self.account.as_deref().map(|account| object(house, account)).transpose()?,
            ..Opening::named(self.name.as_str())
        })
    }
}

pub(super) fn category(text: &str) -> Result<ForecastCategory, String> {
    serde_json::from_value(text.into()).map_err(|_| "expected omitted, pipeline, best_case or commit".to_owned())
}

/// What of a deal is cleared by a command of its own.
const CLEARED: [(&str, Command); 4] = [
    ("amount", Command::Value(None)),
    ("closes_on", Command::Expect(None)),
    ("owner", Command::Assign(None)),
    ("account", Command::Relate(None)),
];

impl Deal {
    pub(crate) fn run(self) -> Result<Outcome> {
        let as_of = self.common.as_of();
        let (house, at, printing) = self.common.open()?;
        let (id, commands) = match self.what {
            OnDeal::Open { id, customer, opening } => {
                let customer = one(&house, &customer)?;
                let done = house.open_deal(&id, customer, &opening.pipeline, &opening.opening(&house)?, at);
                return said(printing, done.map(|accepted| vec![accepted]));
            }
            OnDeal::Show { id } => return show_deals(&house, id.as_deref(), (as_of, as_of.unwrap_or(at)), printing),
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
            OnDeal::Set { id, amount, name, probability, account, closes_on, owner, category, fields, clear } => {
                let (own, other): (Vec<String>, Vec<String>) =
                    clear.into_iter().partition(|field| CLEARED.iter().any(|(name, _)| name == field));
                let fields = changes(fields, other);
                let cleared = CLEARED.into_iter().filter(|(name, _)| own.iter().any(|field| field == name));
                let mut commands: Vec<Command> = cleared.map(|(_, command)| command).collect();
                commands.extend(amount.map(|amount| Command::Value(Some(amount))));
                commands.extend(name.map(Command::Rename));
                commands.extend(probability.map(Command::Rate));
                let account = account.map(|account| object(&house, &account)).transpose()?;
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
