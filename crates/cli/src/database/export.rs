//! `onefold export` and `adopt`: all that is known of one customer, and what of it who may see.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use onefold::fact::Configuration;
use onefold::profile::{Disclosure, Telling};

use super::customer::named;
use super::{Database, Printing, Stamp};
use crate::Outcome;

/// Export all that is known of a customer: as Markdown for people, as JSON for machines.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The customer's id, the id of any of their records, or an identifier such as `email:ada@x.io`
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
        let mut found = false;
        for id in named(&house, &self.customer)? {
            if let Some(export) = views.export(id, &disclosure)? {
                found = true;
                self.printing.print(&export, || export.to_markdown())?;
            }
        }
        if !found {
            self.printing
                .print(&serde_json::json!({ "customer": null }), || format!("nobody is {}\n", self.customer))?;
            return Ok(Outcome::NotFound);
        }
        Ok(Outcome::Done)
    }
}

/// A part of the configuration.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// What attributes, namespaces and sources mean
    Schema,
    /// Which purposes and roles may see what
    Policy,
    /// Attributes that are computed from events
    Computations,
    /// Which events are orders
    Orders,
    /// Which events may come, with which properties
    Contract,
    /// How long facts are kept
    Retention,
    /// Until when data of a source may be shown
    Licences,
    /// Who is not to be contacted or processed
    Suppression,
    /// Which addresses are those of the house
    Ours,
}

/// Bring a part of the configuration into force.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// Which part
    part: Part,
    /// A JSON file with it
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Adopt {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let file = self.file.display();
        let json = std::fs::read_to_string(&self.file).with_context(|| format!("cannot read `{file}`"))?;
        let part = match self.part {
            Part::Schema => "schema",
            Part::Policy => "policy",
            Part::Computations => "computations",
            Part::Orders => "orders",
            Part::Contract => "contract",
            Part::Retention => "retention",
            Part::Licences => "licences",
            Part::Suppression => "suppression",
            Part::Ours => "ours",
        };
        let configuration = Configuration { part: part.to_owned(), name: String::new(), json };
        let adopted = house.adopt(configuration, self.stamp.at());
        let batch = adopted.with_context(|| format!("`{file}` is no {part}"))?.to_string();
        self.printing
            .print(&serde_json::json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
        Ok(Outcome::Done)
    }
}
