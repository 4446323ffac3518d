//! `onefold adopt`: a part of the configuration comes into force.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use onefold::crm::{AssociationSpec, FieldSpecs, Ours, Routing, Scoring};
use onefold::fact::Configuration;
use onefold::profile::{
    ComputedAttribute, Contract, EventSelector, Licences, Lifecycle, Measure, OrderSpec, Policy, Retention, Rfm,
    RfmCuts, Suppression, Window,
};
use onefold::workflow::{Backoff, Placement, Sending, Template, document};
use onefold::worktime::CalendarSpec;
use onefold::{AttributeName, Onefold, Schema, Timestamp};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::effect::Effect;
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

/// Bring a part of the configuration into force, or show what is.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// Which part
    part: Part,
    /// A file with it, JSON or TOML
    #[arg(required_unless_present = "show")]
    file: Option<PathBuf>,
    /// Its name, of parts of which there are several
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    database: Database,
    /// Show what is in force, as a file that can be adopted; of the schema with all that it means by default
    #[arg(long, conflicts_with_all = ["file", "preview", "even_so"])]
    show: bool,
    /// Only show what it would change
    #[arg(long, conflicts_with = "even_so")]
    preview: bool,
    /// Of `rfm`: adopt nothing, print the file with cut points that divide the customers into so many parts, 5 if it is not
    /// said; the file needs none of its own
    #[arg(
        long,
        value_name = "PARTS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5",
        value_parser = clap::value_parser!(u8).range(2..=10),
        conflicts_with_all = ["show", "preview", "even_so"]
    )]
    propose: Option<u8>,
    /// Adopt a schema though customers fall apart under it
    #[arg(long)]
    even_so: bool,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Adopt {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let part = self.part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let Some(path) = &self.file else { return self.show(&house, &part) };
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{file}`"))?;
        if let Some(parts) = self.propose {
            anyhow::ensure!(self.part == Part::Rfm, "{part} has no cut points to propose; `rfm` has");
            let scores = document::read(&file, &text).with_context(|| format!("`{file}` is no rfm"))?;
            propose(&house, scores, parts, self.stamp.at(), self.printing)?;
            return Ok(Outcome::Done);
        }
        let json = self.part.json(&file, &text).with_context(|| format!("`{file}` is no {part}"))?;
        let json = if self.part == Part::Schema { with_found(&json, house.schema()?)? } else { json };
        let name = self.part.name(self.name.clone(), Some(&json))?;
        let configuration = Configuration { part: part.clone(), name, json };
        let refused = || format!("`{file}` is no {part}");
        if self.preview || (self.part == Part::Schema && !self.even_so) {
            let effect = Effect::of(&house, &configuration, self.stamp.at()).with_context(refused)?;
            if self.preview || effect.falls_apart() {
                let hint = if self.preview { "" } else { "nothing was adopted; `--even-so` does it\n" };
                self.printing.print(&effect, || format!("{effect}{hint}"))?;
                return Ok(if self.preview { Outcome::Done } else { Outcome::Refused });
            }
        }
        let batch = house.adopt(configuration, self.stamp.at()).with_context(refused)?.to_string();
        self.printing
            .print(&serde_json::json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
        Ok(Outcome::Done)
    }

    /// Prints what is in force.
    fn show(&self, house: &Onefold, part: &str) -> Result<Outcome> {
        let (views, name) = (house.views()?, self.part.name(self.name.clone(), None)?);
        let json = match self.part {
            Part::Schema => Some(serde_json::to_value(views.schema())?),
            _ => views.adopted(part, &name).map(|adopted| serde_json::from_str(&adopted.json)).transpose()?,
        };
        let Some(json) = json else {
            self.printing.print(&json, || format!("no {part} was adopted; the standard one is in force\n"))?;
            return Ok(Outcome::NotFound);
        };
        let pretty = serde_json::to_string_pretty(&json)?;
        self.printing.print(&json, || format!("{pretty}\n"))?;
        Ok(Outcome::Done)
    }
}

/// A schema, with what files were found to hold that it does not declare.
fn with_found(json: &str, known: Schema) -> Result<String> {
    let mut schema: Schema = serde_json::from_str(json)?;
    for (name, found) in known.attributes.into_iter().filter(|(_, spec)| spec.found) {
        schema.attributes.entry(name).or_insert(found);
    }
    Ok(serde_json::to_string(&schema)?)
}

impl Part {
    /// What a file says, as JSON.
    fn json(self, file: &str, text: &str) -> Result<String> {
        match self {
            Self::Schema => read_as::<Schema>(file, text),
            Self::Policy => read_as::<Policy>(file, text),
            Self::Computations => read_as::<BTreeMap<AttributeName, ComputedAttribute>>(file, text),
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
    fn name(self, given: Option<String>, json: Option<&str>) -> Result<String> {
        match (self, given) {
            (Self::Placement, name) => match (json, name) {
                (Some(json), None) => Ok(serde_json::from_str::<Placement>(json)?.name),
                (Some(_), Some(_)) => {
                    anyhow::bail!("the name of a placement stands in its file: leave `--name` out")
                }
                (None, Some(name)) => Ok(name),
                (None, None) => anyhow::bail!("there may be several of these: say which it is with `--name NAME`"),
            },
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
            (_, Some(_)) => anyhow::bail!("there is one of these only: leave `--name` out"),
            (_, None) => Ok(String::new()),
        }
    }
}

/// RFM scores as a file declares them before they have cut points; those that it has do not matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scores {
    purchases: EventSelector,
    amount: Measure,
    window: Window,
    #[serde(rename = "cuts")]
    _cuts: Option<IgnoredAny>,
}

/// Prints scores with the cut points that the customers propose.
fn propose(house: &Onefold, scores: Scores, parts: u8, at: Timestamp, printing: Printing) -> Result<()> {
    let cuts = RfmCuts { recency: Vec::new(), frequency: Vec::new(), monetary: Vec::new() };
    let mut rfm = Rfm { purchases: scores.purchases, amount: scores.amount, window: scores.window, cuts };
    rfm.cuts = house.views()?.propose_cuts(&rfm, parts, at)?;
    let dimensions =
        [("recency", &rfm.cuts.recency), ("frequency", &rfm.cuts.frequency), ("monetary", &rfm.cuts.monetary)];
    let alike: Vec<&str> = dimensions.iter().filter(|(_, points)| points.is_empty()).map(|(name, _)| *name).collect();
    if !alike.is_empty() {
        anyhow::bail!(
            "the customers who bought something are alike in {}: no cut point divides them; choose some by hand, \
             beside the others: {}",
            alike.join(" and "),
            serde_json::to_string(&rfm.cuts)?
        );
    }
    let pretty = serde_json::to_string_pretty(&rfm)?;
    printing.print(&rfm, || format!("{pretty}\n"))
}

/// Reads a file as what it has to be, so that what is wrong is said with its place.
fn read_as<T: DeserializeOwned + Serialize>(file: &str, text: &str) -> Result<String> {
    let read: T = document::read(file, text)?;
    Ok(serde_json::to_string(&read)?)
}
