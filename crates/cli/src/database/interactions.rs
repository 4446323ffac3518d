//! `onefold interactions`: what a customer of a database and the house wrote and said to each other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use chrono::SecondsFormat;
use clap::Args;
use onefold::connect::{CardVersion, Meeting, Method, write_calendar, write_card};
use onefold::crm::{
    ContactHistory, Details, Direction, Interaction, InteractionCommand, InteractionKind, Recorded, Sentiment, Side,
    Thread,
};
use onefold::{Conversation, CustomerInteractions, Onefold, RecordId, Timestamp, Views, meeting_of};
use serde_json::json;

use super::customer::named;
use super::sales::one;
use super::{Database, Printing, Stamp, each, now};
use crate::Outcome;

/// Show what a customer and the house wrote and said to each other, in conversations, and who owes whom an answer.
#[derive(Debug, Args)]
pub(crate) struct Interactions {
    /// The customer: an id, or an identifier such as `email:ada@x.io`
    customer: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    /// Only the conversation of this message, whoever takes part
    #[arg(long, value_name = "ID")]
    thread: Option<String>,
    #[command(flatten)]
    logged: Logged,
    /// Only whether they may be contacted for this purpose, and why: exit code 4 if not
    #[arg(long, value_name = "PURPOSE")]
    may_contact: Option<String>,
    /// Through this channel
    #[arg(long, value_name = "CHANNEL", requires = "may_contact")]
    channel: Option<String>,
    /// The key of the list of the suppressed: a file. Who is on it may not be contacted
    #[arg(long, value_name = "FILE", requires = "may_contact")]
    suppression_key: Option<PathBuf>,
    /// Print their meetings as a calendar
    #[arg(long)]
    ics: bool,
    /// Print what is known of them as a card: 2.1, 3.0 or 4.0
    #[arg(long, value_name = "VERSION", value_parser = card_version, conflicts_with = "ics")]
    vcf: Option<CardVersion>,
    #[command(flatten)]
    printing: Printing,
}

/// What is to be logged.
#[derive(Debug, Args)]
struct Logged {
    /// Log a note
    #[arg(long, value_name = "TEXT", group = "log", conflicts_with_all = ["thread", "ics", "vcf", "may_contact"])]
    note: Option<String>,
    /// Log a call to the customer, with what came of it: `reached`, `voicemail`
    #[arg(long, value_name = "OUTCOME", group = "log", conflicts_with_all = ["thread", "ics", "vcf", "may_contact"])]
    call: Option<String>,
    /// Log what was written to the customer in a chat
    #[arg(long, value_name = "TEXT", group = "log", conflicts_with_all = ["thread", "ics", "vcf", "may_contact"])]
    chat: Option<String>,
    /// Log a short message to the customer
    #[arg(long, value_name = "TEXT", group = "log", conflicts_with_all = ["thread", "ics", "vcf", "may_contact"])]
    sms: Option<String>,
    /// It came from the customer
    #[arg(long, requires = "log", conflicts_with = "note")]
    inbound: bool,
    /// How long the call took
    #[arg(long, value_name = "SECONDS", requires = "call", default_value_t = 0)]
    seconds: u64,
    /// How it was meant: positive, neutral, negative
    #[arg(long, requires = "log", value_parser = sentiment)]
    sentiment: Option<Sentiment>,
    /// In which language: `de`
    #[arg(long, value_name = "TAG", requires = "log")]
    language: Option<String>,
}

impl Logged {
    fn command(&self) -> Option<InteractionCommand> {
        let direction = if self.inbound { Direction::In } else { Direction::Out };
        let written = |kind, text: &String| {
            let details = Details { text: Some(text.clone()), ..Details::default() };
            InteractionCommand::Log(Recorded { direction, details, ..Recorded::new(kind) })
        };
        let command = if let Some(text) = &self.note {
            InteractionCommand::note(text)
        } else if let Some(outcome) = &self.call {
            InteractionCommand::call(direction, outcome, self.seconds)
        } else if let Some(text) = &self.chat {
            written(InteractionKind::Chat, text)
        } else {
            written(InteractionKind::Sms, self.sms.as_ref()?)
        };
        Some(match command {
            InteractionCommand::Log(mut recorded) => {
                recorded.details.sentiment = self.sentiment;
                recorded.details.language.clone_from(&self.language);
                InteractionCommand::Log(recorded)
            }
            other => other,
        })
    }
}

fn sentiment(text: &str) -> Result<Sentiment, String> {
    serde_json::from_value(text.into()).map_err(|_| "expected positive, neutral or negative".to_owned())
}

fn card_version(text: &str) -> Result<CardVersion, String> {
    match text {
        "2.1" => Ok(CardVersion::V2_1),
        "3.0" | "3" => Ok(CardVersion::V3_0),
        "4.0" | "4" => Ok(CardVersion::V4_0),
        _ => Err("expected 2.1, 3.0 or 4.0".to_owned()),
    }
}

impl Interactions {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = match &self.may_contact {
            Some(_) => self.database.open_to_ask(self.suppression_key.as_deref())?,
            None => self.database.open()?,
        };
        let at = self.stamp.at();
        if let Some(id) = &self.thread {
            return self.show_thread(&house.views()?, id);
        }
        let ids = match self.logged.command() {
            // Something is logged with one customer, whoever else shares their address.
            Some(command) => return self.log(&house, one(&house, &self.customer)?, &command, at),
            None => named(&house, &self.customer)?,
        };
        let mut outcome = Outcome::NotFound;
        each(
            &ids,
            |id| *id,
            |id| {
                outcome = match (self.of(&house, *id, at)?, outcome) {
                    (Outcome::NotFound, before) | (_, before @ Outcome::Refused) => before,
                    (new, _) => new,
                };
                Ok(())
            },
        )?;
        if matches!(outcome, Outcome::NotFound) {
            self.printing.print(&json!(null), || format!("nobody is {}\n", self.customer))?;
        }
        Ok(outcome)
    }

    /// What is asked of one customer.
    fn of(&self, house: &Onefold, customer: RecordId, at: Timestamp) -> Result<Outcome> {
        let views = now(house)?;
        if let Some(purpose) = &self.may_contact {
            let Some(permission) = house.may_contact(customer, purpose, self.channel.as_deref(), at)? else {
                return Ok(Outcome::NotFound);
            };
            self.printing.print(&permission, || format!("{permission}\n"))?;
            return Ok(if permission.allowed { Outcome::Done } else { Outcome::Refused });
        }
        if let Some(version) = self.vcf {
            let Some(profile) = views.customer(customer)? else { return Ok(Outcome::NotFound) };
            let known = profile.attributes().iter().map(|(name, attribute)| (name.as_str(), attribute.value()));
            let card = write_card(&profile.id().to_string(), profile.party(), known, version);
            std::io::stdout().lock().write_all(card.as_bytes())?;
            return Ok(Outcome::Done);
        }
        let Some(all) = views.interactions_of(customer)? else { return Ok(Outcome::NotFound) };
        if self.ics {
            let meetings: Vec<Meeting> = all.interactions.iter().filter_map(|(id, it)| meeting_of(id, it)).collect();
            std::io::stdout().lock().write_all(write_calendar(&meetings, Method::Request).as_bytes())?;
            return Ok(Outcome::Done);
        }
        let contact = all.contact(at);
        let json = json!({
            "customer": customer,
            "interactions": plain(&all.interactions),
            "threads": all.threads,
            "contact": contact,
        });
        self.printing.print(&json, || text_of(&all, &contact, at))?;
        Ok(Outcome::Done)
    }

    fn log(&self, house: &Onefold, customer: RecordId, command: &InteractionCommand, at: Timestamp) -> Result<Outcome> {
        let time = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let id = format!("{customer} {time}");
        let accepted = house.log_interaction(&id, customer, command, at)?;
        self.printing.print(&json!({ "interaction": id, "facts": accepted.facts.len() }), || {
            format!("logged; `retract` takes `interaction {id} {time}` back\n")
        })?;
        Ok(Outcome::Done)
    }

    fn show_thread(&self, views: &Views, id: &str) -> Result<Outcome> {
        let Some(Conversation { thread, interactions }) = views.thread(id)? else {
            self.printing.print(&json!(null), || format!("there is no message `{id}`\n"))?;
            return Ok(Outcome::NotFound);
        };
        let json = json!({ "thread": thread, "interactions": plain(&interactions) });
        self.printing.print(&json, || {
            let mut text = String::new();
            lines(&mut text, &thread, &interactions);
            text
        })?;
        Ok(Outcome::Done)
    }
}

/// Interactions as JSON: participants as a list.
fn plain(interactions: &BTreeMap<String, Interaction>) -> BTreeMap<&str, serde_json::Value> {
    let one = |it: &Interaction| {
        json!({
            "kind": it.kind,
            "direction": it.direction,
            "at": it.at,
            "participants": it.participants.values().collect::<Vec<_>>(),
            "details": it.details,
            "message": it.message,
            "automatic": it.automatic,
            "cancelled": it.is_cancelled(),
        })
    };
    interactions.iter().map(|(id, it)| (id.as_str(), one(it))).collect()
}

fn text_of(all: &CustomerInteractions, contact: &ContactHistory, at: Timestamp) -> String {
    let mut text = String::new();
    for thread in &all.threads {
        lines(&mut text, thread, &all.interactions);
    }
    let mut others: Vec<(&String, &Interaction)> =
        all.interactions.iter().filter(|(_, it)| it.message.is_none()).collect();
    others.sort_by_key(|(id, it)| (it.at, *id));
    for (_, interaction) in others {
        let next =
            interaction.next_at(at).filter(|_| interaction.details.series.is_some() && !interaction.is_cancelled());
        let next = next.map(|next| format!(", next {}", next.format("%Y-%m-%d %H:%M"))).unwrap_or_default();
        let _ = writeln!(text, "{}{next}", line(interaction));
    }
    let day = |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| at.format("%Y-%m-%d").to_string());
    let _ = write!(text, "last in {}, last out {}", day(contact.last_in), day(contact.last_out));
    if let Some(typical) = contact.typical_answer() {
        let _ = write!(text, "; we answer in {} h as a rule", typical.num_hours());
    }
    text.push('\n');
    for owed in &contact.owed {
        let whose = if owed.by == Side::House { "we owe an answer" } else { "they owe an answer" };
        let about = owed.subject.as_deref().unwrap_or(&owed.talk);
        let _ = writeln!(text, "{whose} since {}: {about}", owed.since.format("%Y-%m-%d %H:%M"));
    }
    text
}

fn lines(text: &mut String, thread: &Thread, interactions: &BTreeMap<String, Interaction>) {
    for entry in &thread.entries {
        let indent = "  ".repeat(usize::try_from(entry.depth).unwrap_or(0).min(20));
        let known = entry.message.as_deref().and_then(|id| interactions.get(id));
        let _ = match known {
            Some(interaction) => writeln!(text, "{indent}{}", line(interaction)),
            None => writeln!(text, "{indent}(a message that is not here)"),
        };
    }
}

fn line(it: &Interaction) -> String {
    let at = it.at.map_or("no time         ".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
    let kind = it.kind.map_or("", InteractionKind::name);
    let direction = match it.direction {
        Direction::In => " in",
        Direction::Out => " out",
        Direction::None => "",
    };
    let details = &it.details;
    let about =
        details.subject.as_deref().or(details.text.as_deref()).or(details.outcome.as_deref()).unwrap_or_default();
    let about = about.lines().next().unwrap_or_default();
    let mut line = format!("{at} {kind}{direction} {about}");
    for mark in [it.automatic.as_deref(), it.is_cancelled().then_some("called off")].into_iter().flatten() {
        let _ = write!(line, " ({mark})");
    }
    line
}
