//! `onefold sla`: service levels checked and adopted, and how tickets stand by them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use onefold::workflow::{Clock, SlaSpec, document};
use onefold::worktime::CalendarSpec;
use onefold::{Timestamp, calendar_configuration};
use serde_json::json;

use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::unify::timestamp;

/// Service levels: check them, bring them into force, see how tickets stand.
#[derive(Debug, Args)]
pub(crate) struct Sla {
    #[command(subcommand)]
    what: What,
    /// When this is, if not now
    #[arg(long, value_parser = timestamp, global = true)]
    at: Option<Timestamp>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check service levels in a TOML or JSON file
    Check {
        /// The file
        file: PathBuf,
        /// A calendar that they name: `support=support.toml`
        #[arg(long, value_name = "NAME=FILE", value_parser = calendar)]
        calendar: Vec<(String, PathBuf)>,
    },
    /// Bring service levels into force, with their calendars
    Adopt {
        /// The file
        file: PathBuf,
        /// A calendar that they name: `support=support.toml`
        #[arg(long, value_name = "NAME=FILE", value_parser = calendar)]
        calendar: Vec<(String, PathBuf)>,
        #[command(flatten)]
        database: Database,
    },
    /// Show the clocks of a ticket
    Show {
        /// Its id
        ticket: String,
        #[command(flatten)]
        database: Database,
    },
    /// List what is late, and what soon will be
    List {
        #[command(flatten)]
        database: Database,
    },
}

fn calendar(text: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = text.split_once('=').ok_or("expected NAME=FILE")?;
    Ok((name.to_owned(), file.into()))
}

fn text_of(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))
}

/// Service levels and calendars as files have them, and everything that is wrong.
type Read = (Option<SlaSpec>, Vec<(String, CalendarSpec)>, Vec<String>);

fn read(file: &Path, calendars: &[(String, PathBuf)], known: &[String]) -> Result<Read> {
    let (mut made, mut problems) = (Vec::new(), Vec::new());
    for (name, file) in calendars {
        let text = text_of(file)?;
        let is_json = file.extension().is_some_and(|extension| extension == "json");
        let read = if is_json { CalendarSpec::from_json(&text) } else { CalendarSpec::from_toml(&text) };
        match read {
            Ok(calendar) => made.push((name.clone(), calendar)),
            Err(error) => problems.push(format!("{}, {error}", file.display())),
        }
    }
    let shown = file.display().to_string();
    let levels = match document::read::<SlaSpec>(&shown, &text_of(file)?) {
        Ok(levels) => {
            let names = calendars.iter().map(|(name, _)| name.as_str()).chain(known.iter().map(String::as_str));
            problems.extend(levels.problems(names).iter().map(|problem| problem.of(&shown).to_string()));
            Some(levels)
        }
        Err(error) => {
            problems.push(error.to_string());
            None
        }
    };
    Ok((levels, made, problems))
}

impl Sla {
    pub(crate) fn run(self) -> Result<Outcome> {
        let printing = Printing { json: self.json };
        let at = Stamp { at: self.at }.at();
        match self.what {
            What::Check { file, calendar } => {
                let (levels, _, problems) = read(&file, &calendar, &[])?;
                let Some(levels) = levels.filter(|_| problems.is_empty()) else { return refused(printing, &problems) };
                let names: Vec<&str> = levels.policies.iter().map(|policy| policy.name.as_str()).collect();
                printing.print(&json!({ "policies": names }), || format!("fine: {}\n", names.join(" > ")))?;
                Ok(Outcome::Done)
            }
            What::Adopt { file, calendar, database } => {
                let house = database.open()?;
                let known: Vec<String> = house.views()?.calendars().map(str::to_owned).collect();
                let (levels, calendars, problems) = read(&file, &calendar, &known)?;
                let Some(levels) = levels.filter(|_| problems.is_empty()) else { return refused(printing, &problems) };
                let mut batches = Vec::new();
                for (name, calendar) in &calendars {
                    batches.push(house.adopt(calendar_configuration(name, calendar), at)?.to_string());
                }
                batches.push(house.adopt(levels.configuration()?, at)?.to_string());
                let text = || {
                    batches
                        .iter()
                        .fold(String::new(), |text, it| text + &format!("adopted; `retract` takes `{it}` back\n"))
                };
                printing.print(&json!({ "batches": batches }), text)?;
                Ok(Outcome::Done)
            }
            What::Show { ticket, database } => {
                let house = database.open()?;
                let Some(clocks) = house.views()?.clocks(&ticket, at)? else {
                    printing.print(&json!({ "clocks": null }), || format!("there is no ticket `{ticket}`\n"))?;
                    return Ok(Outcome::NotFound);
                };
                printing
                    .print(&clocks, || clocks.iter().fold(String::new(), |text, clock| text + &line(clock) + "\n"))?;
                Ok(Outcome::Done)
            }
            What::List { database } => {
                let urgent = database.open()?.views()?.in_danger(at)?;
                let json: Vec<_> =
                    urgent.iter().map(|(ticket, clock)| json!({ "ticket": ticket, "clock": clock })).collect();
                let text = || {
                    urgent.iter().fold(String::new(), |text, (id, clock)| text + &format!("{id}  {}\n", line(clock)))
                };
                printing.print(&json, text)?;
                Ok(Outcome::Done)
            }
        }
    }
}

fn refused(printing: Printing, problems: &[String]) -> Result<Outcome> {
    printing
        .print(&json!({ "problems": problems }), || problems.iter().fold(String::new(), |text, it| text + it + "\n"))?;
    Ok(Outcome::Refused)
}

fn line(clock: &Clock) -> String {
    let mut text = format!("{}: {}, {} of {}", clock.metric, clock.state, length(clock.elapsed), length(clock.target));
    let moment = |at: Timestamp| at.format("%Y-%m-%d %H:%M").to_string();
    let _ = match (clock.breached_at, clock.ended_at, clock.due_at) {
        (Some(late), _, _) => write!(text, ", late since {}", moment(late)),
        (None, Some(ended), _) => write!(text, ", {}", moment(ended)),
        (None, None, Some(due)) => write!(text, ", due {}", moment(due)),
        _ => Ok(()),
    };
    let _ = write!(text, " ({})", clock.policy);
    text
}

/// Hours and minutes, rounded down.
fn length(length: TimeDelta) -> String {
    let (hours, minutes) = (length.num_hours(), length.num_minutes() % 60);
    if hours == 0 { format!("{minutes}m") } else { format!("{hours}h{minutes:02}m") }
}
