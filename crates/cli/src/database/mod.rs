//! The commands over a database: a file that holds a house.

mod accept;
mod adopt;
mod consent;
mod customer;
mod effect;
mod export;
mod find;
mod import;
mod interactions;
mod messages;
mod policy;
mod sales;
mod segment;
mod sla;
mod tasks;
mod tickets;
mod upkeep;
mod workflow;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use clap::Args;
use onefold::{Onefold, Options, RecordId, Timestamp, Views};

pub(crate) use self::accept::Accept;
pub(crate) use self::adopt::Adopt;
pub(crate) use self::consent::Consent;
pub(crate) use self::customer::Customer;
pub(crate) use self::export::Export;
pub(crate) use self::find::Find;
pub(crate) use self::import::Import;
pub(crate) use self::interactions::Interactions;
pub(crate) use self::messages::{Choose, Deliver, Fill, Outbox};
use self::policy::read_key;
pub(crate) use self::policy::{Group, Retain, Suppress, Violations};
pub(crate) use self::sales::{
    Account, Associate, Contact, Deal, Forecast, Lead, Merge, Pipeline, Product, Report, Team, User,
};
pub(crate) use self::segment::{Segment, Segments};
pub(crate) use self::sla::Sla;
pub(crate) use self::tasks::Task;
pub(crate) use self::tickets::{Inbox, Ticket};
pub(crate) use self::upkeep::{Backup, Changes, Check, Erase, Init, Retract};
pub(crate) use self::workflow::Workflow;
use crate::unify::timestamp;

/// Which database.
#[derive(Debug, Args)]
struct Database {
    /// The database
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
}

impl Database {
    /// Opens a database that is there: only `init` and `unify` make one.
    fn open(&self) -> Result<Onefold> {
        self.open_with(Options::default())
    }

    fn open_with(&self, options: Options) -> Result<Onefold> {
        let path = &self.db;
        anyhow::ensure!(path.exists(), "there is no database `{}`; `onefold init --db FILE` makes one", path.display());
        Onefold::open(path, options).context("cannot open the database")
    }

    /// Opens it to ask for whom a purpose may use data: who is suppressed, the key alone tells.
    fn open_to_ask(&self, key: Option<&Path>) -> Result<Onefold> {
        let mut options = Options::default();
        options.suppression_key = key.map(read_key).transpose()?;
        let house = self.open_with(options)?;
        let listed = house.views()?.suppression().len();
        anyhow::ensure!(
            key.is_some() || listed == 0,
            "{listed} identifiers are on the list of the suppressed; give its key with `--suppression-key FILE`"
        );
        Ok(house)
    }

    fn path(&self) -> &Path {
        &self.db
    }
}

/// The views as they are now, read now: bought data whose licence has ended are not shown.
fn now(house: &Onefold) -> Result<Views> {
    Ok(house.views()?.at(Stamp::now()))
}

/// Does something with each customer that a text names. One that fails does not keep the others from it; in the end it is said
/// how many did, and why.
fn each<T>(all: &[T], id: impl Fn(&T) -> RecordId, mut does: impl FnMut(&T) -> Result<()>) -> Result<()> {
    let mut failed = Vec::new();
    for one in all {
        match does(one) {
            Ok(()) => {}
            Err(error) if all.len() == 1 || crate::is_closed_pipe(&error) => return Err(error),
            Err(error) => failed.push(format!("\n  {}: {error:#}", id(one))),
        }
    }
    anyhow::ensure!(
        failed.is_empty(),
        "{} of {} customers could not be shown{}",
        failed.len(),
        all.len(),
        failed.concat()
    );
    Ok(())
}

/// When something is written.
#[derive(Debug, Args)]
struct Stamp {
    /// When this is, if not now
    #[arg(long, value_parser = timestamp)]
    at: Option<Timestamp>,
}

impl Stamp {
    fn at(&self) -> Timestamp {
        let now = Self::now();
        let at = self.at.unwrap_or(now);
        // Stamps never go back, so a mistyped year would be that of all that is written from then on.
        if at.signed_duration_since(now) > TimeDelta::days(1) {
            let (said, now) = (at.date_naive(), now.date_naive());
            // Nobody may be listening.
            let _ = writeln!(
                std::io::stderr(),
                "note: `--at` is {said}, today is {now}: what is written later is stamped no earlier than that"
            );
        }
        at
    }

    fn now() -> Timestamp {
        SystemTime::now().into()
    }
}

/// How something is printed.
#[derive(Debug, Clone, Copy, Args)]
struct Printing {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Printing {
    /// Prints a value as one line of JSON, or as text for people.
    fn print(self, json: &impl serde::Serialize, text: impl FnOnce() -> String) -> Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, json)?;
            writeln!(out)?;
        } else {
            write!(out, "{}", text())?;
        }
        Ok(())
    }
}
