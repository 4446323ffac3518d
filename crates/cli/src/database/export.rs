//! `onefold export`: all that is known of one customer.

use anyhow::Result;
use clap::Args;
use onefold::profile::{Disclosure, Telling};

use super::customer::{alone, named};
use super::{Database, Printing, Stamp};
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
    #[command(flatten)]
    printing: Printing,
}

impl Export {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let views = house.views()?;
        let disclosure = if self.masked {
            Disclosure { none: Telling::Plain, personal: Telling::Masked, sensitive: Telling::Masked }
        } else {
            Disclosure::default()
        };
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
