//! `onefold import`: what other systems export, into a database. What a file is shows in its name.

mod sales;

use anyhow::Result;
use clap::Args;

use super::{Database, Printing, Stamp};
use crate::Outcome;

/// Import what other systems export into a database. Sales work comes as tables: accounts, contacts, leads, opportunities
/// with their history, users. All of it is one batch, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files (.csv). What a table is about shows in its columns, or stands before it: `contact=people.csv`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Only show what would happen, by row and column
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    sales: sales::Sales,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    /// End with exit code 3 if anything was set aside
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    printing: Printing,
}

impl Import {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let at = self.stamp.at();
        let files = self.files.iter().map(|file| sales::file(file)).collect::<Result<Vec<_>>>()?;
        let done = self.sales.run(&house, files, at, self.dry_run, self.printing)?;
        Ok(if self.strict { done } else { Outcome::Done })
    }
}
