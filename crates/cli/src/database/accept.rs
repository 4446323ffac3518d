//! `onefold accept`: files into a database.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::Options;

use super::policy::{counted_json, read_key};
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::bar::Bar;
use crate::unify::{Homes, Reading, files, intake, outcome, summary};

/// Accept what files say into a database, and link its records anew.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// Files (.csv, .jsonl), or folders that hold them
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    stamp: Stamp,
    /// Leave linking to a later run
    #[arg(long)]
    no_link: bool,
    /// The key of the list of the suppressed: a file. What names somebody who is not to be processed is set aside
    #[arg(long, value_name = "FILE")]
    suppression_key: Option<PathBuf>,
    /// A folder in which what is set aside is kept: `set-aside.csv` with the reasons and, by source, the rows whole, to be
    /// mended and accepted again
    #[arg(long, value_name = "FOLDER")]
    set_aside: Option<PathBuf>,
    /// End with exit code 3 if anything was set aside
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    printing: Printing,
}

impl Accept {
    pub(crate) fn run(self) -> Result<Outcome> {
        let mut bar = Bar::new();
        let mut options = Options::default();
        options.suppression_key = self.suppression_key.as_deref().map(read_key).transpose()?;
        let house = self.database.open_with(options)?;
        let (files, mapping, findings) =
            intake::map(&self.sources, self.reading.mapping.as_ref(), &self.reading.options(house.schema()?))?;
        if let Some(folder) = &self.set_aside {
            files::prepare_to_mend(folder, &files)?;
        }
        let intake = intake::take(&house, files, &mapping, findings, Some(self.stamp.at()), &mut bar)?;
        if !self.no_link {
            house.relink(&mut bar)?;
        }
        drop(bar);
        let kept = self.set_aside.as_deref().map(|folder| files::rows_to_mend(&intake, folder)).transpose()?;
        if self.printing.json {
            let customers = house.customers()?.len();
            let violations: Vec<_> = intake.violations.iter().map(counted_json).collect();
            let json =
                serde_json::json!({ "files": intake.counts(), "customers": customers, "violations": violations });
            self.printing.print(&json, String::new)?;
        } else {
            let mut out = std::io::stdout().lock();
            summary::sources(&intake, &Homes::of(&house, &intake)?, &mut out)?;
            let rest = if kept.is_some() { "in set-aside.csv" } else { "which `--set-aside FOLDER` keeps" };
            summary::set_aside(&intake, rest, &mut out)?;
            if let (Some(rows), Some(folder)) = (kept.filter(|rows| *rows > 0), &self.set_aside) {
                writeln!(out, "{rows} row(s) to be mended and accepted again are in {}", folder.display())?;
            }
        }
        Ok(outcome(&intake, self.strict))
    }
}
