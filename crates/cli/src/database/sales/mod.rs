//! `onefold pipeline`, `deal`, `lead`, `forecast`, `account`, `user`, `team`, `product`, `associate`, `contact` and `merge`: sales
//! work on a database.

mod contact;
mod deal;
mod forecast;
mod lead;
mod organisation;
mod pipeline;
mod report;
mod team;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{NaiveDate, TimeDelta};
use clap::Args;
use onefold::crm::{Currency, Rates, Rejection};
use onefold::{Accepted, Onefold, RecordId, Timestamp, Value, Views, WorkError};
use serde_json::json;

pub(crate) use self::contact::{Contact, Merge};
pub(crate) use self::deal::Deal;
pub(crate) use self::forecast::Forecast;
pub(crate) use self::lead::Lead;
pub(crate) use self::organisation::{Account, Product, User};
pub(crate) use self::pipeline::Pipeline;
pub(crate) use self::report::Report;
pub(crate) use self::team::{Associate, Team};
use super::customer::{alone, named};
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::unify::timestamp;

/// What all commands on work share; it may stand before what is to be done or after it.
#[derive(Debug, Args)]
pub(super) struct Common {
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
    /// The time that is asked for, if one is: with all that was done at that instant, since commands that are given at one time
    /// come right after one another.
    fn as_of(&self) -> Option<Timestamp> {
        self.at.map(|at| at.checked_add_signed(INSTANT).unwrap_or(at))
    }

    pub(super) fn open(self) -> Result<(Onefold, Timestamp, Printing)> {
        let Some(db) = self.db else {
            let missing = "the following required argument was not provided: --db <FILE>\n";
            clap::Error::raw(clap::error::ErrorKind::MissingRequiredArgument, missing).exit();
        };
        let house = Database { db }.open()?;
        Ok((house, Stamp { at: self.at }.at(), Printing { json: self.json }))
    }
}

/// So long is one instant.
const INSTANT: TimeDelta = TimeDelta::microseconds(999_999);

pub(super) fn field(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("expected FIELD=VALUE")?;
    // A number is a number, everything else is text.
    let read = Value::from_json(value).ok().and_then(|read| read.value);
    let value = read.filter(|value| matches!(value, Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_)));
    Ok((name.to_owned(), value.unwrap_or_else(|| Value::from(text[name.len() + 1..].trim()))))
}

/// What is said of fields, and which are cleared.
pub(super) fn changes(said: Vec<(String, Value)>, clear: Vec<String>) -> BTreeMap<String, Option<Value>> {
    let said = said.into_iter().map(|(field, value)| (field, Some(value)));
    said.chain(clear.into_iter().map(|field| (field, None))).collect()
}

/// A customer by name and id; by the id alone, if no name is known.
fn with_name(views: &Views, id: &str) -> Result<String> {
    let Ok(record) = id.parse::<RecordId>() else { return Ok(id.to_owned()) };
    let name = views.called(record)?;
    Ok(if name == id { name } else { format!("{name} ({id})") })
}

/// The one customer that a text names.
pub(super) fn one(house: &Onefold, text: &str) -> Result<RecordId> {
    alone(&named(house, text)?, text)?.with_context(|| format!("nobody is {text}"))
}

/// The id of an object that a text names: of a customer by an identifier (`account:17`) too, else the text itself.
fn object(house: &Onefold, text: &str) -> Result<String> {
    match named(house, text) {
        Ok(found) if text.contains(':') => {
            Ok(alone(&found, text)?.map_or_else(|| text.to_owned(), |id| id.to_string()))
        }
        _ => Ok(text.to_owned()),
    }
}

/// The rates of a file; without one, those of one currency alone.
fn rates(file: Option<&Path>, currency: Currency) -> Result<Rates> {
    let Some(file) = file else { return Ok(Rates::new(currency)) };
    let json = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    serde_json::from_str(&json).with_context(|| format!("`{}` holds no rates", file.display()))
}

/// Says that a period ends before it begins.
fn period(from: NaiveDate, until: NaiveDate) -> Result<()> {
    if from >= until {
        anyhow::bail!("the period from {from} until {until} holds no day: give an `--until` after `--from`");
    }
    Ok(())
}

/// How to take a batch back.
pub(super) fn taken_back(batch: &str) -> String {
    format!("taken back with: onefold retract \"{batch}\"\n")
}

/// Why something is refused, as JSON and as text.
fn refusal(rejection: &Rejection) -> (serde_json::Value, String) {
    let problems = rejection.problems().iter();
    let json = problems
        .clone()
        .map(|problem| json!({ "field": problem.field, "message": problem.message, "fix": problem.fix }))
        .collect();
    (json, problems.fold("refused:\n".to_owned(), |text, problem| format!("{text}  {problem}\n")))
}

/// Says what a command did: its batch, or why it was refused.
pub(super) fn said(printing: Printing, done: Result<Vec<Accepted>, WorkError>) -> Result<Outcome> {
    match done {
        Ok(accepted) => {
            let facts: usize = accepted.iter().map(|accepted| accepted.facts.len()).sum();
            let batches: Vec<&str> =
                accepted.iter().filter_map(|accepted| Some(accepted.batch.as_ref()?.as_str())).collect();
            // What came last is taken back first.
            let text = || batches.iter().rev().fold("done\n".to_owned(), |text, batch| text + &taken_back(batch));
            let mut json = json!({ "facts": facts, "batch": batches.first() });
            if batches.len() > 1 {
                json["batches"] = json!(batches);
            }
            printing.print(&json, text)?;
            Ok(Outcome::Done)
        }
        Err(WorkError::Rejected(rejection)) => {
            let (json, text) = refusal(&rejection);
            printing.print(&json!({ "refused": json }), || text)?;
            Ok(Outcome::Refused)
        }
        Err(error) => Err(error.into()),
    }
}
