//! `onefold retain`, `group` and `violations`: how long facts are kept, what members come to, and which events break the
//! contract.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use onefold::Identifier;
use onefold::profile::{Contract, Counted, Suppressed};
use onefold::workflow::document;
use serde_json::json;

use super::{Database, Printing, Stamp};
use crate::Outcome;

/// Remove what is older than the adopted retention lets it be, from every byte.
#[derive(Debug, Args)]
pub(crate) struct Retain {
    #[command(flatten)]
    database: Database,
    /// Only show what is due
    #[arg(long)]
    preview: bool,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Retain {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        if self.preview {
            let (due, next) = house.views()?.due(self.stamp.at())?;
            self.printing.print(&json!({ "due": due, "next": next }), || {
                let next = next.map_or("never".to_owned(), |next| next.to_rfc3339());
                format!("{} fact(s) are due to go; the next will be: {next}\n", due.len())
            })?;
            return Ok(Outcome::Done);
        }
        let retained = house.retain(self.stamp.at())?;
        self.printing.print(&retained, || {
            let (facts, records) = (retained.removed.len(), retained.records.len());
            format!("removed {facts} fact(s); of {records} record(s) nothing is left\n")
        })?;
        Ok(Outcome::Done)
    }
}

/// Show what the members of an account or household come to.
#[derive(Debug, Args)]
pub(crate) struct Group {
    /// The group, as its sources name it: `account:acme`
    group: Identifier,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Group {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let group = house.views()?.group(&self.group, self.stamp.at())?;
        let currency = |of: &Option<_>| of.as_ref().map_or("without currency".to_owned(), ToString::to_string);
        let members: Vec<_> =
            group.members.iter().map(|(role, ids)| json!({ "role": role, "customers": ids })).collect();
        let revenue: Vec<_> = group
            .revenue
            .iter()
            .map(|(of, sum)| json!({ "currency": of.as_ref().map(ToString::to_string), "amount": sum.to_string() }))
            .collect();
        let json = json!({
            "group": self.group.to_string(),
            "members": members,
            "left": group.left,
            "orders": group.orders,
            "revenue": revenue,
            "last_activity": group.last_activity,
            "next_change_at": group.next_change_at,
        });
        self.printing.print(&json, || {
            let mut text = String::new();
            for (role, ids) in &group.members {
                let role = role.as_deref().unwrap_or("member");
                for id in ids {
                    let _ = writeln!(text, "{role} {id}");
                }
            }
            let _ = writeln!(text, "{} left, {} order(s)", group.left, group.orders);
            for (of, sum) in &group.revenue {
                let _ = writeln!(text, "revenue {sum} {}", currency(of));
            }
            text
        })?;
        let nobody = group.members.is_empty() && group.left == 0;
        Ok(if nobody { Outcome::NotFound } else { Outcome::Done })
    }
}

/// Put somebody on the list of those who are not to be contacted, or not to be processed at all.
#[derive(Debug, Args)]
pub(crate) struct Suppress {
    /// Whom: an identifier such as `email:ada@x.io`
    identifier: Identifier,
    #[command(flatten)]
    database: Database,
    /// A file with the key of the list, which is kept apart from the database
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What names the identifier is not taken in any more, by an `accept` that is given the key
    #[arg(long)]
    process: bool,
    /// Take the identifier off the list
    #[arg(long, conflicts_with = "process")]
    lift: bool,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Suppress {
    pub(crate) fn run(self) -> Result<Outcome> {
        let key = read_key(&self.key)?;
        let house = self.database.open()?;
        let mut list = house.views()?.suppression().clone();
        anyhow::ensure!(list.fits(&key), "`{}` is not the key that the list was made with", self.key.display());
        let known = list.of(&key, &self.identifier);
        let what = if self.process { Suppressed::Process } else { Suppressed::Contact };
        if self.lift {
            list.lift(&key, &self.identifier);
        } else {
            list.suppress(&key, &self.identifier, what);
        }
        let now = list.of(&key, &self.identifier);
        let batch = if now == known { None } else { Some(house.adopt(&list, self.stamp.at())?) };
        self.printing.print(
            &json!({ "before": known, "now": now, "on_the_list": list.len(), "batch": batch }),
            || {
                let so = match now {
                    Some(Suppressed::Process) => "not to be processed",
                    Some(Suppressed::Contact) => "not to be contacted",
                    None => "not on the list",
                };
                let undo = batch.map(|batch| format!("; `retract` takes `{batch}` back")).unwrap_or_default();
                format!("{} is {so}{undo}\n", self.identifier)
            },
        )?;
        Ok(Outcome::Done)
    }
}

/// A key for hashes: what the file holds, without white space around it.
pub(super) fn read_key(path: &Path) -> Result<Arc<[u8]>> {
    let key = std::fs::read(path).with_context(|| format!("cannot read the key `{}`", path.display()))?;
    let key = key.trim_ascii();
    anyhow::ensure!(key.len() >= 16, "the key in `{}` has {} bytes; take 16 at least", path.display(), key.len());
    Ok(key.into())
}

/// Count how the events of a database break the contract.
#[derive(Debug, Args)]
pub(crate) struct Violations {
    #[command(flatten)]
    database: Database,
    /// Another contract than the adopted one: a JSON file
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
    #[command(flatten)]
    printing: Printing,
}

/// A kind of violation for machines.
pub(super) fn counted_json(counted: Counted<'_>) -> serde_json::Value {
    json!({
        "source": counted.source,
        "event": counted.event,
        "violation": counted.violation,
        "times": counted.times,
    })
}

impl Violations {
    pub(crate) fn run(self) -> Result<Outcome> {
        let views = self.database.open()?.views()?;
        let other: Option<Contract> = match &self.contract {
            Some(path) => {
                let file = path.display().to_string();
                let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{file}`"))?;
                Some(document::read(&file, &text).with_context(|| format!("`{file}` is no contract"))?)
            }
            None => None,
        };
        let violations = views.violations(other.as_ref().unwrap_or(views.contract()))?;
        for counted in violations.iter() {
            self.printing.print(&counted_json(counted), || format!("{counted}\n"))?;
        }
        Ok(Outcome::Done)
    }
}
