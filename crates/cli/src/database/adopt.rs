//! `onefold adopt`: a part of the configuration comes into force.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use onefold::crm::{AssociationSpec, FieldSpecs, Ours, Routing, Scoring};
use onefold::fact::Configuration;
use onefold::profile::{Contract, Licences, Lifecycle, OrderSpec, Policy, Retention, Rfm, Suppression};
use onefold::workflow::{Backoff, Placement, Sending, Template, document};
use onefold::worktime::CalendarSpec;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Database, Printing, Stamp};
use crate::Outcome;

/// A part of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What attributes, namespaces and sources mean
    Schema,
    /// Which purposes and roles may see what
    Policy,
    /// Attributes that are computed from events
    Computations,
    /// How recently, how often and for how much customers buy, as scores; with a `--name`
    Rfm,
    /// The stage of a customer by when they were active; with a `--name`
    Lifecycle,
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
    /// How leads are scored
    Scoring,
    /// Among whom leads are shared; `--name leads`, if not said
    Routing,
    /// Fields of one's own; `--name` is the kind of object: `opportunity`
    Fields,
    /// What belongs together as what, and how many; with a `--name`
    Association,
    /// Days and hours of work; with a `--name`
    Calendar,
    /// A text with a customer's values; with a `--name`
    Template,
    /// What a place may hold, and who gets what
    Placement,
    /// What holds for all messages of workflows: quiet hours, caps
    Sending,
    /// How often the delivery of a message is tried
    Backoff,
}

/// Bring a part of the configuration into force.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// Which part
    part: Part,
    /// A file with it, JSON or TOML
    file: PathBuf,
    /// Its name, of parts of which there are several
    #[arg(long)]
    name: Option<String>,
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
        let file = self.file.display().to_string();
        let text = std::fs::read_to_string(&self.file).with_context(|| format!("cannot read `{file}`"))?;
        let part = self.part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let json = self.part.json(&file, &text).with_context(|| format!("`{file}` is no {part}"))?;
        let name = self.part.name(self.name, &json)?;
        let adopted = house.adopt(Configuration { part: part.clone(), name, json }, self.stamp.at());
        let batch = adopted.with_context(|| format!("`{file}` is no {part}"))?.to_string();
        self.printing
            .print(&serde_json::json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
        Ok(Outcome::Done)
    }
}

impl Part {
    /// What a file says, as JSON.
    fn json(self, file: &str, text: &str) -> Result<String> {
        match self {
            Self::Schema => read_as::<onefold::Schema>(file, text),
            Self::Policy => read_as::<Policy>(file, text),
            Self::Computations => read_as::<serde_json::Value>(file, text),
            Self::Rfm => read_as::<Rfm>(file, text),
            Self::Lifecycle => read_as::<Lifecycle>(file, text),
            Self::Orders => read_as::<OrderSpec>(file, text),
            Self::Contract => read_as::<Contract>(file, text),
            Self::Retention => read_as::<Retention>(file, text),
            Self::Licences => read_as::<Licences>(file, text),
            Self::Suppression => read_as::<Suppression>(file, text),
            Self::Ours => read_as::<Ours>(file, text),
            Self::Scoring => read_as::<Scoring>(file, text),
            Self::Routing => read_as::<Routing>(file, text),
            Self::Fields => read_as::<FieldSpecs>(file, text),
            Self::Association => read_as::<AssociationSpec>(file, text),
            Self::Calendar => read_as::<CalendarSpec>(file, text),
            Self::Template => read_as::<Template>(file, text),
            Self::Placement => read_as::<Placement>(file, text),
            Self::Sending => read_as::<Sending>(file, text),
            Self::Backoff => read_as::<Backoff>(file, text),
        }
    }

    /// Under which name it is kept.
    fn name(self, given: Option<String>, json: &str) -> Result<String> {
        match (self, given) {
            (Self::Placement, None) => Ok(serde_json::from_str::<Placement>(json)?.name),
            (Self::Routing, None) => Ok("leads".to_owned()),
            (
                Self::Routing
                | Self::Fields
                | Self::Association
                | Self::Calendar
                | Self::Template
                | Self::Rfm
                | Self::Lifecycle,
                Some(name),
            ) => Ok(name),
            (Self::Fields, None) => anyhow::bail!("of which kind of object are they? Say `--name opportunity`"),
            (Self::Association | Self::Calendar | Self::Template | Self::Rfm | Self::Lifecycle, None) => {
                anyhow::bail!("there may be several of these: say which it is with `--name NAME`")
            }
            (Self::Placement, Some(_)) => {
                anyhow::bail!("the name of a placement stands in its file: leave `--name` out")
            }
            (_, Some(_)) => anyhow::bail!("there is one of these only: leave `--name` out"),
            (_, None) => Ok(String::new()),
        }
    }
}

/// Reads a file as what it has to be, so that what is wrong is said with its place.
fn read_as<T: DeserializeOwned + Serialize>(file: &str, text: &str) -> Result<String> {
    let read: T = document::read(file, text)?;
    Ok(serde_json::to_string(&read)?)
}
