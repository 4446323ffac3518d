//! `onefold init`, `changes`, `retract`, `erase`, `backup` and `check`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use onefold::store::{SqliteStore, Store as _};
use onefold::{Certificate, Identifier, Onefold, Options};
use serde_json::json;

use super::customer::{alone, named};
use super::{Database, Printing, Stamp};
use crate::Outcome;

/// Make an empty database.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

impl Init {
    pub(crate) fn run(self) -> Result<Outcome> {
        let path = self.database.path();
        anyhow::ensure!(!path.exists(), "`{}` is there already; expected a path where no file is", path.display());
        Onefold::open(path, Options::default()).context("cannot make the database")?;
        self.printing.print(&json!({ "made": path }), || format!("made {}\n", path.display()))?;
        Ok(Outcome::Done)
    }
}

/// Show what changed in a database, oldest first.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    #[command(flatten)]
    database: Database,
    /// Go on after this change
    #[arg(long, default_value_t = 0, value_name = "CURSOR")]
    after: u64,
    /// At most so many
    #[arg(long, default_value_t = 1000)]
    limit: usize,
    #[command(flatten)]
    printing: Printing,
}

impl Changes {
    pub(crate) fn run(self) -> Result<Outcome> {
        for change in self.database.open()?.changes(self.after, self.limit)? {
            let what = serde_json::to_string(&change.what)?;
            self.printing.print(&change, || format!("{} {} {what}\n", change.cursor, change.at.to_rfc3339()))?;
        }
        Ok(Outcome::Done)
    }
}

/// Take a batch back: what it delivered never was.
#[derive(Debug, Args)]
pub(crate) struct Retract {
    /// The batch; of a file that was accepted, `SOURCE/FILE`
    batch: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Retract {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let delivered = house.views()?.has_batch(&self.batch)?;
        anyhow::ensure!(delivered, "nothing was delivered in a batch `{}`", self.batch);
        let before = house.customers()?.len();
        house.retract(self.batch.as_str(), self.stamp.at())?;
        let after = house.customers()?.len();
        let json = json!({ "retracted": self.batch, "customers_before": before, "customers": after });
        self.printing.print(&json, || format!("took {} back: {before} customers, now {after}\n", self.batch))?;
        Ok(Outcome::Done)
    }
}

/// Erase a customer from a database, and every byte that only they held.
#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// The customer's id, the id of any of their records, or an identifier that only they hold, or held
    customer: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Erase {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let ids = named(&house, &self.customer)?;
        let at = self.stamp.at();
        if let Some(id) = alone(&ids, &self.customer)? {
            let Some(certificate) = house.erase(id, at)? else { return self.nobody() };
            return self.erased(&certificate);
        }
        // Nobody holds it now; what was said of it and does not stand is kept all the same.
        let gone = match self.customer.parse::<Identifier>() {
            Ok(identifier) => house.views()?.gone_with(&identifier)?,
            Err(_) => return self.nobody(),
        };
        let mut outcome = Outcome::NotFound;
        for record in gone {
            if let Some(certificate) = house.erase(record, at)? {
                outcome = self.erased(&certificate)?;
            }
        }
        if matches!(outcome, Outcome::NotFound) { self.nobody() } else { Ok(outcome) }
    }

    fn erased(&self, certificate: &Certificate) -> Result<Outcome> {
        self.printing.print(certificate, || {
            let pending = if certificate.pending { "; some bytes go when older readers have closed" } else { "" };
            let (facts, records, identifiers) =
                (certificate.facts.len(), certificate.records.len(), certificate.identifiers);
            format!(
                "erased {}: {facts} facts of {records} records, known by {identifiers} identifiers of their own{pending}\n",
                certificate.customer
            )
        })?;
        Ok(Outcome::Done)
    }

    fn nobody(&self) -> Result<Outcome> {
        self.printing.print(&json!({ "customer": null }), || format!("nobody is {}\n", self.customer))?;
        Ok(Outcome::NotFound)
    }
}

/// Copy a database, also while it is used.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The copy; no file may be there
    to: PathBuf,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

impl Backup {
    pub(crate) fn run(self) -> Result<Outcome> {
        SqliteStore::read(self.database.path())?.backup(&self.to)?;
        self.printing.print(&json!({ "made": self.to }), || format!("made {}\n", self.to.display()))?;
        Ok(Outcome::Done)
    }
}

/// Check whether a database is what was written: exit code 6 if not.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

impl Check {
    pub(crate) fn run(self) -> Result<Outcome> {
        let report = SqliteStore::open(self.database.path())?.check()?;
        let json = json!({
            "deliveries": report.deliveries,
            "erased": report.erased,
            "problems": report.problems,
        });
        self.printing.print(&json, || {
            let mut text = format!("{} deliveries, {} of them erased: ", report.deliveries, report.erased);
            text.push_str(if report.is_sound() { "sound\n" } else { "NOT sound\n" });
            report.problems.iter().for_each(|problem| text.push_str(&format!("  {problem}\n")));
            text
        })?;
        Ok(if report.is_sound() { Outcome::Done } else { Outcome::Damaged })
    }
}
