//! `onefold pipeline`, `deal`, `lead` and `forecast`: sales work on a database.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use onefold::crm::{
    Command, Currency, Forecast as Expected, ForecastAsked, ForecastCategory, Lead as LeadState, LeadCommand, Money,
    Opening, Opportunity, Pipeline as Stages, Rates, forecast,
};
use onefold::{Accepted, ConvertInto, Onefold, RecordId, Timestamp, Value, WorkError};
use serde_json::json;

use super::customer::named;
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::unify::timestamp;

/// Show the pipelines of a database; check one, and bring it into force.
#[derive(Debug, Args)]
pub(crate) struct Pipeline {
    /// A JSON file with its stages
    file: Option<PathBuf>,
    /// Its name
    #[arg(long, requires = "file", default_value = "sales")]
    name: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Pipeline {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let Some(file) = &self.file else {
            let views = house.views()?;
            let text = || {
                let mut text = String::new();
                for (name, pipeline) in views.pipelines() {
                    let stages: Vec<&str> = pipeline.stages.iter().map(|stage| stage.name.as_str()).collect();
                    let _ = writeln!(text, "{name}: {}", stages.join(" > "));
                }
                text
            };
            self.printing.print(views.pipelines(), text)?;
            return Ok(Outcome::Done);
        };
        let json = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let pipeline: Stages =
            serde_json::from_str(&json).with_context(|| format!("`{}` is no pipeline", file.display()))?;
        let problems: Vec<String> = pipeline.problems().iter().map(ToString::to_string).collect();
        if !problems.is_empty() {
            let text = || problems.iter().fold(String::new(), |text, problem| text + problem + "\n");
            self.printing.print(&json!({ "problems": problems }), text)?;
            return Ok(Outcome::Refused);
        }
        let batch = house.adopt(pipeline.configuration(&self.name)?, self.stamp.at())?.to_string();
        self.printing.print(&json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
        Ok(Outcome::Done)
    }
}

/// Work on deals. Each command is a batch of its own, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Deal {
    #[command(subcommand)]
    what: OnDeal,
    #[command(flatten)]
    common: Common,
}

/// What all commands on work share; it may stand before what is to be done or after it.
#[derive(Debug, Args)]
struct Common {
    /// The database
    #[arg(long, value_name = "FILE", global = true)]
    db: Option<PathBuf>,
    /// When this is, if not now
    #[arg(long, value_parser = timestamp, global = true)]
    at: Option<Timestamp>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

impl Common {
    fn open(self) -> Result<(Onefold, Timestamp, Printing)> {
        let Some(db) = self.db else {
            let missing = "the following required argument was not provided: --db <FILE>\n";
            clap::Error::raw(clap::error::ErrorKind::MissingRequiredArgument, missing).exit();
        };
        let house = Database { db }.open()?;
        Ok((house, Stamp { at: self.at }.at(), Printing { json: self.json }))
    }
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

fn field(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("expected FIELD=VALUE")?;
    // A number is a number, everything else is text.
    let read = Value::from_json(value).ok().and_then(|read| read.value);
    let value = read.filter(|value| matches!(value, Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_)));
    Ok((name.to_owned(), value.unwrap_or_else(|| Value::from(text[name.len() + 1..].trim()))))
}

fn category(text: &str) -> Result<ForecastCategory, String> {
    serde_json::from_value(text.into()).map_err(|_| "expected omitted, pipeline, best_case or commit".to_owned())
}

/// The one customer that a text names.
fn one(house: &Onefold, text: &str) -> Result<RecordId> {
    let mut found = named(house, text)?.into_iter();
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id),
        (None, _) => anyhow::bail!("nobody is {text}"),
        _ => anyhow::bail!("several customers are {text}: name one by its id"),
    }
}

/// Says what a command did: its batch, or why it was refused.
fn said(printing: Printing, done: Result<Vec<Accepted>, WorkError>) -> Result<Outcome> {
    match done {
        Ok(accepted) => {
            let facts: usize = accepted.iter().map(|accepted| accepted.facts.len()).sum();
            printing.print(&json!({ "facts": facts }), || "done\n".to_owned())?;
            Ok(Outcome::Done)
        }
        Err(WorkError::Rejected(rejection)) => {
            let problems: Vec<_> = rejection.problems().iter().collect();
            let json: Vec<_> = problems
                .iter()
                .map(|problem| json!({ "field": problem.field, "message": problem.message, "fix": problem.fix }))
                .collect();
            let text = || problems.iter().fold("refused:\n".to_owned(), |text, problem| format!("{text}  {problem}\n"));
            printing.print(&json!({ "refused": json }), text)?;
            Ok(Outcome::Refused)
        }
        Err(error) => Err(error.into()),
    }
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
        let done: Result<Vec<Accepted>, WorkError> =
            commands.iter().map(|command| house.deal(&id, command, at)).collect();
        said(printing, done)
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

/// Work on leads. Each command is a batch of its own, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Lead {
    #[command(subcommand)]
    what: OnLead,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum OnLead {
    /// Take a lead in
    Capture {
        /// Its id
        id: String,
        /// Where it comes from
        #[arg(long)]
        source: String,
        /// What it says
        #[arg(value_parser = field, value_name = "FIELD=VALUE")]
        fields: Vec<(String, Value)>,
    },
    /// Say whose a lead is
    Assign {
        /// Its id
        id: String,
        /// The user
        user: String,
    },
    /// Somebody is at it
    Work {
        /// Its id
        id: String,
    },
    /// It is worth selling to
    Qualify {
        /// Its id
        id: String,
    },
    /// It is not
    Disqualify {
        /// Its id
        id: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Convert a lead into a contact and an account, and open a deal
    Convert {
        /// Its id
        id: String,
        /// A customer who is there already: an id or an identifier
        #[arg(long, value_name = "CUSTOMER")]
        contact: Option<String>,
        /// An organisation that is there already: an id
        #[arg(long, value_name = "CUSTOMER")]
        account: Option<String>,
        /// Open a deal under this id
        #[arg(long, value_name = "ID", requires = "name")]
        deal: Option<String>,
        /// The name of the deal
        #[arg(long, requires = "deal")]
        name: Option<String>,
        /// The pipeline of the deal
        #[arg(long, default_value = "sales")]
        pipeline: String,
        /// Only show what would happen
        #[arg(long)]
        preview: bool,
    },
    /// Show a lead and its score, or list all
    Show {
        /// Its id
        id: Option<String>,
    },
}

impl Lead {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let (id, command) = match self.what {
            OnLead::Capture { id, source, fields } => {
                (id, LeadCommand::Capture { source, fields: fields.into_iter().collect() })
            }
            OnLead::Assign { id, user } => (id, LeadCommand::Assign(Some(user))),
            OnLead::Work { id } => (id, LeadCommand::Work),
            OnLead::Qualify { id } => (id, LeadCommand::Qualify),
            OnLead::Disqualify { id, reason } => (id, LeadCommand::Disqualify { reason }),
            OnLead::Convert { id, contact, account, deal, name, pipeline, preview } => {
                let one_of = |text: Option<String>| text.map(|text| one(&house, &text)).transpose();
                let into = ConvertInto {
                    contact: one_of(contact)?,
                    account: one_of(account)?,
                    opportunity: deal.zip(name).map(|(deal, name)| (deal, Opening::named(name))),
                    pipeline,
                    ..ConvertInto::default()
                };
                if !preview {
                    return said(printing, house.convert_lead(&id, &into, at).map(|accepted| vec![accepted]));
                }
                return match house.preview_conversion(&id, &into) {
                    Ok(would) => {
                        let json = json!({ "contact": would.contact, "account": would.account, "kept": would.kept });
                        let text = || {
                            let mut text = String::new();
                            for (of, set) in [("contact", &would.contact), ("account", &would.account)] {
                                for (field, value) in set {
                                    let _ = writeln!(text, "{of}: {field} becomes {value}");
                                }
                            }
                            for kept in &would.kept {
                                let _ = writeln!(
                                    text,
                                    "{}: {} stays {}, not {}",
                                    kept.of, kept.field, kept.is, kept.lead_says
                                );
                            }
                            text
                        };
                        printing.print(&json, text)?;
                        Ok(Outcome::Done)
                    }
                    Err(error) => said(printing, Err(error)),
                };
            }
            OnLead::Show { id } => return show_leads(&house, id.as_deref(), at, printing),
        };
        said(printing, house.lead(&id, &command, at).map(|accepted| vec![accepted]))
    }
}

fn show_leads(house: &Onefold, id: Option<&str>, at: Timestamp, printing: Printing) -> Result<Outcome> {
    let views = house.views()?;
    let leads: BTreeMap<String, LeadState> = match id {
        Some(id) => views.lead(id)?.map(|lead| (id.to_owned(), lead)).into_iter().collect(),
        None => views.leads()?,
    };
    if let Some(id) = id.filter(|_| leads.is_empty()) {
        printing.print(&json!({ "lead": null }), || format!("there is no lead `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    }
    let mut scored = BTreeMap::new();
    for id in leads.keys() {
        scored.insert(id, views.score(id, at)?.map(|score| score.points));
    }
    let json: BTreeMap<_, _> =
        leads.iter().map(|(id, lead)| (id, json!({ "lead": lead, "score": scored.get(id) }))).collect();
    let text = || {
        let mut text = String::new();
        for (id, lead) in &leads {
            let status = serde_json::to_value(lead.status).unwrap_or_default();
            let points = scored.get(id).copied().flatten().unwrap_or_default();
            let owner = lead.owner.as_deref().unwrap_or("nobody's");
            let _ = writeln!(text, "{id}  {}  {points} points  {owner}", status.as_str().unwrap_or_default());
        }
        text
    };
    printing.print(&json, text)?;
    Ok(Outcome::Done)
}

/// Show what deals are expected to come to in a period.
#[derive(Debug, Args)]
pub(crate) struct Forecast {
    /// Deals that close from this day on
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// And before this one
    #[arg(long, value_name = "DAY")]
    until: NaiveDate,
    /// In which currency
    #[arg(long, default_value = "EUR")]
    currency: Currency,
    /// A JSON file with rates: `{"base": "EUR", "rates": {"CHF": {"2026-01-01": "1.05"}}}`
    #[arg(long, value_name = "FILE")]
    rates: Option<PathBuf>,
    /// As deals were at this time
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    as_of: Option<Timestamp>,
    /// As was known at this time: what was said on that day
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    known_at: Option<Timestamp>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

impl Forecast {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let rates = match &self.rates {
            None => Rates::new(self.currency),
            Some(file) => {
                let json =
                    std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
                serde_json::from_str(&json).with_context(|| format!("`{}` holds no rates", file.display()))?
            }
        };
        let views = match self.known_at {
            Some(at) => house.known_at(at)?,
            None => house.views()?,
        };
        let deals = views.deals()?;
        let asked = ForecastAsked {
            from: self.from,
            until: self.until,
            currency: self.currency,
            rates: &rates,
            managers: BTreeMap::new(),
            adjustments: Vec::new(),
        };
        let at = self.as_of.or(self.known_at).unwrap_or_else(Stamp::now);
        let expected = forecast(deals.iter().map(|(id, deal)| (id.as_str(), deal)), &asked, at);
        self.printing.print(&expected, || text_of(&expected))?;
        Ok(Outcome::Done)
    }
}

fn text_of(forecast: &Expected) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["", "deals", "weighted", "closed", "commit", "best case", "pipeline"]);
    let all = forecast.owners.iter().map(|(owner, of)| (if owner.is_empty() { "nobody" } else { owner }, &of.own));
    for (name, of) in all.chain([("all", &forecast.total)]) {
        let sum =
            |category| of.cumulative.get(&category).map_or_else(String::new, |sum| sum.amount.normalize().to_string());
        table.add_row([
            name.to_owned(),
            of.deals.to_string(),
            of.weighted.amount.normalize().to_string(),
            sum(ForecastCategory::Closed),
            sum(ForecastCategory::Commit),
            sum(ForecastCategory::BestCase),
            sum(ForecastCategory::Pipeline),
        ]);
    }
    let mut text = format!(
        "in {}; each category with all that is surer, pipeline: what is open\n{table}\n",
        forecast.total.weighted.currency
    );
    for (id, why) in &forecast.left_out {
        let _ = writeln!(text, "left out: {id}: {why}");
    }
    text
}
