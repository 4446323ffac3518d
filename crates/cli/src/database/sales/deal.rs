//! `onefold deal`: work on deals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use onefold::crm::{Command, ForecastCategory, Money, Opening, Opportunity};
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
        #[arg(long)]
        amount: Option<Money>,
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
struct Opened {
    /// Its name
    #[arg(long)]
    name: String,
    /// Its pipeline
    #[arg(long, default_value = "sales")]
    pipeline: String,
    /// What it is worth: `9000 EUR`
    #[arg(long)]
    amount: Option<Money>,
    /// When it is expected to close
    #[arg(long, value_name = "DAY")]
    closes_on: Option<NaiveDate>,
    /// Whose it is
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
}

impl Opened {
    fn opening(&self) -> Opening {
        Opening {
            amount: self.amount,
            closes_on: self.closes_on,
            owner: self.owner.clone(),
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
            OnDeal::Set { id, amount, closes_on, owner, category, fields } => {
                let fields: BTreeMap<_, _> = fields.into_iter().map(|(field, value)| (field, Some(value))).collect();
                let mut commands = Vec::new();
                commands.extend(amount.map(|amount| Command::Value(Some(amount))));
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
    let Some(deal) = views.deal(id)? else {
        printing.print(&json!({ "deal": null }), || format!("there is no deal `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    };
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
