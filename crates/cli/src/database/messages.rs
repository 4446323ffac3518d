//! `onefold choose`, `fill`, `outbox` and `deliver`: what a customer gets, and what is on its way to them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::workflow::{Delivery, DeliveryCommand, DeliveryState};
use onefold::{FileSender, Options, Senders, TextError, Timestamp, Value};
use serde_json::json;

use super::policy::read_key;
use super::sales::{field, one, said};
use super::{Database, Printing, Stamp};
use crate::Outcome;

/// Show what a customer gets in a placement, and of every candidate why or why not.
#[derive(Debug, Args)]
pub(crate) struct Choose {
    /// The placement, as it was adopted
    placement: String,
    /// The customer: an id, or an identifier such as `email:ada@x.io`
    customer: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Choose {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let customer = one(&house, &self.customer)?;
        let views = house.views()?;
        let choice = match views.choose(&self.placement, customer, self.stamp.at()) {
            Ok(choice) => choice,
            Err(error) => return not_made(self.printing, error),
        };
        let candidate = |place: Option<usize>| Some(choice.considered.get(place?)?.candidate.clone());
        let considered: Vec<_> = choice
            .considered
            .iter()
            .map(|it| json!({ "candidate": it.candidate, "points": it.score, "verdict": it.verdict.to_string() }))
            .collect();
        let json = json!({
            "chosen": candidate(choice.chosen),
            "held_out": candidate(choice.held_out),
            "considered": considered,
            "next_change_at": choice.next_change_at,
        });
        self.printing.print(&json, || choice.to_string())?;
        Ok(Outcome::Done)
    }
}

/// Fill a template with a customer's values.
#[derive(Debug, Args)]
pub(crate) struct Fill {
    /// The template, as it was adopted
    template: String,
    /// The customer: an id, or an identifier such as `email:ada@x.io`
    customer: String,
    /// Values beside those of the customer
    #[arg(value_parser = field, value_name = "NAME=VALUE")]
    beside: Vec<(String, Value)>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

impl Fill {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let customer = one(&house, &self.customer)?;
        let beside: BTreeMap<String, Value> = self.beside.into_iter().collect();
        let filled = match house.views()?.fill(&self.template, customer, &beside) {
            Ok(filled) => filled,
            Err(error) => return not_made(self.printing, error),
        };
        let text = || {
            let mut text = String::new();
            if !filled.subject.is_empty() {
                let _ = writeln!(text, "Subject: {}\n", filled.subject);
            }
            let _ = writeln!(text, "{}", filled.body);
            for path in &filled.fell_back {
                let _ = writeln!(text, "\n`{path}` has no value: its fall-back stands there");
            }
            text
        };
        self.printing.print(&filled, text)?;
        Ok(Outcome::Done)
    }
}

fn not_made(printing: Printing, error: TextError) -> Result<Outcome> {
    let outcome = match &error {
        TextError::House(_) => return Err(error.into()),
        TextError::NotFound { .. } | TextError::Nobody(_) => Outcome::NotFound,
        _ => Outcome::Refused,
    };
    printing.print(&json!({ "refused": error.to_string() }), || format!("{error}\n"))?;
    Ok(outcome)
}

/// Show the messages on their way out, or one of them.
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    /// The key of one message
    key: Option<String>,
    /// Try one again that was given up
    #[arg(long, requires = "key")]
    revive: bool,
    /// Call one off that waits, and why
    #[arg(long, value_name = "WHY", requires = "key", conflicts_with = "revive")]
    cancel: Option<String>,
    /// Also those that arrived or were called off
    #[arg(long, conflicts_with = "key")]
    all: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Outbox {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let cancel = self.cancel.map(|reason| DeliveryCommand::Cancel { reason });
        let command = if self.revive { Some(DeliveryCommand::Revive) } else { cancel };
        if let (Some(key), Some(command)) = (&self.key, command) {
            let done = house.message(key, &command, self.stamp.at());
            return said(self.printing, done.map(|accepted| vec![accepted]));
        }
        let views = house.views()?;
        let deliveries: BTreeMap<String, Delivery> = match &self.key {
            Some(key) => views.delivery(key)?.map(|delivery| (key.clone(), delivery)).into_iter().collect(),
            None => views.deliveries()?.into_iter().filter(|(_, delivery)| self.all || !is_done(delivery)).collect(),
        };
        if let Some(key) = self.key.as_ref().filter(|_| deliveries.is_empty()) {
            self.printing.print(&json!({ "message": null }), || format!("there is no message `{key}`\n"))?;
            return Ok(Outcome::NotFound);
        }
        self.printing.print(&deliveries, || {
            let mut text = String::new();
            for (key, delivery) in &deliveries {
                let channel = delivery.message.as_ref().map_or("", |message| message.channel.as_str());
                let _ = writeln!(text, "{key}  {channel}  {}, {} attempts", stands(&delivery.state), delivery.attempts);
                for failure in delivery.failures.iter().filter(|_| self.key.is_some()) {
                    let _ = writeln!(text, "  {}: {}", time(failure.at), failure.reason);
                }
            }
            if text.is_empty() { "nothing is on its way\n".to_owned() } else { text }
        })?;
        Ok(Outcome::Done)
    }
}

/// Whether nothing is to be done about it.
fn is_done(delivery: &Delivery) -> bool {
    matches!(delivery.state, DeliveryState::Delivered { .. } | DeliveryState::Cancelled { .. })
}

fn stands(state: &DeliveryState) -> String {
    match state {
        DeliveryState::Waiting { until } => format!("waits until {}", time(*until)),
        DeliveryState::Attempted { since } => format!("tried since {}", time(*since)),
        DeliveryState::Delivered { at, .. } => format!("arrived {}", time(*at)),
        DeliveryState::Dead { reason, .. } => format!("given up: {reason}"),
        other => serde_json::to_value(other)
            .ok()
            .and_then(|json| Some(json.get("is")?.as_str()?.to_owned()))
            .unwrap_or_default(),
    }
}

fn time(at: Timestamp) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M:%S")
}

/// Make messages of what workflows send, and write all that are due into a folder.
#[derive(Debug, Args)]
pub(crate) struct Deliver {
    /// The folder: mails are written as `.eml`, calls of URLs as `.json`
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
    /// Whom mails are from: `Shop <shop@x.example>`
    #[arg(long, value_name = "ADDRESS")]
    from: String,
    /// A file with the key of the list of those not to be contacted; without it nobody is known to be on it
    #[arg(long, value_name = "FILE")]
    suppression_key: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Deliver {
    pub(crate) fn run(self) -> Result<Outcome> {
        let mut options = Options::default();
        options.suppression_key = self.suppression_key.as_deref().map(read_key).transpose()?;
        let house = self.database.open_with(options)?;
        let at = self.stamp.at();
        let dispatched = house.dispatch(at)?;
        let mut senders = Senders::new();
        for channel in ["email", "webhook"] {
            senders.insert(channel.to_owned(), Box::new(FileSender::new(&self.into, &self.from)));
        }
        let delivered = house.deliver(&mut senders, at)?;
        let json = json!({
            "queued": dispatched.queued,
            "refused": dispatched.refused,
            "left": dispatched.left,
            "delivered": delivered.delivered,
            "failed": delivered.failed,
            "dead": delivered.dead,
            "unsent": delivered.unsent,
            "called_off": delivered.called_off,
            "postponed": delivered.postponed,
        });
        let text = || {
            let mut text = format!("{} queued, {} delivered\n", dispatched.queued.len(), delivered.delivered.len());
            let groups = [
                ("not made", &dispatched.refused),
                ("left to others, channel", &dispatched.left),
                ("failed, tried again", &delivered.failed),
                ("given up", &delivered.dead),
                ("nobody sends by", &delivered.unsent),
                ("called off", &delivered.called_off),
                ("waits", &delivered.postponed),
            ];
            for (what, keys) in groups {
                for (key, why) in keys {
                    let _ = writeln!(text, "{key}  {what}: {why}");
                }
            }
            text
        };
        self.printing.print(&json, text)?;
        Ok(Outcome::Done)
    }
}
