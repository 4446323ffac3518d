//! `onefold unify`: from files to profiles.

pub(crate) mod files;
mod homes;
pub(crate) mod intake;
pub(crate) mod summary;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::connect::InferOptions;
use onefold::fact::standard::date::parse_timestamp;
use onefold::{Onefold, Options, Schema, Timestamp};

pub(crate) use self::homes::Homes;
use self::intake::Intake;
use crate::Outcome;
use crate::bar::Bar;

/// Unify customers from files: profiles in which every value shows where it came from.
#[derive(Debug, Args)]
pub(crate) struct Unify {
    /// Files (.csv, .jsonl), or folders that hold them
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// The folder for customers.jsonl, customers.csv, records.csv and set-aside.csv
    #[arg(long, required_unless_present = "db")]
    out: Option<PathBuf>,
    /// The database to leave; made if it is not there, added to if it is
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// When this is, if not the latest time in the input
    #[arg(long, value_parser = timestamp)]
    at: Option<Timestamp>,
    /// End with exit code 3 if anything was set aside
    #[arg(long)]
    strict: bool,
}

/// How columns are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// A column to leave out; may be given several times
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// The column that holds each record's own key
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// A mapping file; `onefold mapping` prints one to edit
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
}

impl Reading {
    /// What is known before anything is read: what these arguments say, and what a schema declares.
    pub(crate) fn options(&self, schema: Schema) -> InferOptions {
        InferOptions { key: self.id.clone(), ignore: self.ignore.clone(), schema }
    }
}

pub(crate) fn timestamp(text: &str) -> Result<Timestamp, String> {
    parse_timestamp(text, None).map_err(|error| error.to_string())
}

impl Unify {
    pub(crate) fn run(self) -> Result<Outcome> {
        let mut bar = Bar::new();
        let (files, mapping, findings) =
            intake::map(&self.sources, self.reading.mapping.as_ref(), &self.reading.options(Schema::default()))?;
        if let Some(out) = &self.out {
            files::prepare(out, &files)?;
        }
        let house = match &self.db {
            Some(path) => Onefold::open(path, Options::default())?,
            None => Onefold::in_memory(Options::default()),
        };
        let intake = intake::take(&house, files, &mapping, findings, self.at, &mut bar)?;
        house.relink(&mut bar)?;
        let views = house.views()?;
        let homes = Homes::of(&house, &intake)?;
        if let Some(out) = &self.out {
            files::customers(&views, out, &mut bar)?;
            files::records(&intake, &homes, out)?;
            files::set_aside(&intake, out)?;
        }
        drop(bar);

        let mut out = std::io::stdout().lock();
        summary::sources(&intake, &homes, &mut out)?;
        let rest = if self.out.is_some() { "in set-aside.csv" } else { "which `--out FOLDER` keeps" };
        summary::set_aside(&intake, rest, &mut out)?;
        summary::example(&views, &mut out)?;
        drop(views);
        if let Some(folder) = &self.out {
            let names = "customers.jsonl, customers.csv, records.csv, set-aside.csv";
            writeln!(out, "\nwritten to {}: {names}", folder.display())?;
        }
        if let Some(path) = &self.db {
            writeln!(out, "\nkept in {}", path.display())?;
            // The file is closed in order.
            drop(house);
            return Ok(outcome(&intake, self.strict));
        }
        let outcome = outcome(&intake, self.strict);
        // The process ends here: giving back millions of small pieces of memory one by one would only take time.
        std::mem::forget((house, intake, homes));
        Ok(outcome)
    }
}

/// How it ends: whether something was set aside, and that is looked at.
pub(crate) fn outcome(intake: &Intake, strict: bool) -> Outcome {
    let aside = !intake.findings.is_empty() || intake.files.iter().any(|file| !file.set_aside.is_empty());
    if strict && aside { Outcome::SetAside } else { Outcome::Done }
}
