//! `onefold export`: all that is known of one customer.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::profile::{Disclosure, Telling};

use super::customer::{alone, named};
use super::policy::read_key;
use super::{Database, Printing, Stamp, now};
use crate::Outcome;

/// Export all that is known of a customer: as Markdown for people, as JSON for machines.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The customer's id, the id of any of their records, or an identifier that only they hold
    customer: String,
    #[command(flatten)]
    database: Database,
    /// Show personal and sensitive values masked
    #[arg(long)]
    masked: bool,
    /// Show personal and sensitive values as hashes under the key in this file: who has the same key finds what both know
    #[arg(long, value_name = "FILE", conflicts_with = "masked")]
    hashed: Option<PathBuf>,
    #[command(flatten)]
    printing: Printing,
}

impl Export {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let views = now(&house)?;
        let key = self.hashed.as_deref().map(read_key).transpose()?;
        let closed = match &key {
            Some(key) => Telling::Hashed(key),
            None if self.masked => Telling::Masked,
            None => Telling::Plain,
        };
        let disclosure = Disclosure { none: Telling::Plain, personal: closed, sensitive: closed };
        let export = match alone(&named(&house, &self.customer)?, &self.customer)? {
            Some(id) => views.export(id, &disclosure, Stamp::now())?,
            None => None,
        };
        let Some(export) = export else {
            self.printing
                .print(&serde_json::json!({ "customer": null }), || format!("nobody is {}\n", self.customer))?;
            return Ok(Outcome::NotFound);
        };
        self.printing.print(&export, || export.to_markdown())?;
        Ok(Outcome::Done)
    }
}
