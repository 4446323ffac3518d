//! `onefold unify`: from files to profiles.

mod files;
pub(crate) mod intake;
pub(crate) mod summary;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::connect::InferOptions;
use onefold::fact::standard::date::parse_timestamp;
use onefold::{Onefold, Options, Timestamp};

use crate::Outcome;
use crate::bar::Bar;

/// Unify customers from files: profiles in which every value shows where it came from.
#[derive(Debug, Args)]
pub(crate) struct Unify {
    /// Files (.csv, .jsonl), or folders that hold them
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// The folder for customers.jsonl, customers.csv, records.csv and set-aside.csv
    #[arg(long)]
    out: PathBuf,
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
    pub(crate) fn options(&self) -> InferOptions {
        InferOptions { key: self.id.clone(), ignore: self.ignore.clone() }
    }
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    parse_timestamp(text, None).map_err(|error| error.to_string())
}

impl Unify {
    pub(crate) fn run(self) -> Result<Outcome> {
        let mut bar = Bar::new();
        let (files, mapping, findings) =
            intake::map(&self.sources, self.reading.mapping.as_ref(), &self.reading.options())?;
        files::prepare(&self.out, &files)?;
        let house = Onefold::in_memory(Options::default());
        let intake = intake::take(&house, files, &mapping, findings, self.at, &mut bar)?;
        house.relink(&mut bar)?;

        files::customers(&house, &self.out, &mut bar)?;
        files::records(&house, &intake, &self.out)?;
        files::set_aside(&intake, &self.out)?;
        drop(bar);

        let mut out = std::io::stdout().lock();
        summary::sources(&house, &intake, &mut out)?;
        summary::set_aside(&intake, &mut out)?;
        summary::example(&house, &mut out)?;
        writeln!(
            out,
            "\nwritten to {}: customers.jsonl, customers.csv, records.csv, set-aside.csv",
            self.out.display()
        )?;
        let aside = !intake.findings.is_empty() || intake.files.iter().any(|file| !file.set_aside.is_empty());
        // The process ends here: giving back millions of small pieces of memory one by one would only take time.
        std::mem::forget((house, intake));
        Ok(if self.strict && aside { Outcome::SetAside } else { Outcome::Done })
    }
}
