//! `onefold segment` and `segments`: who meets a rule, why, and what is kept of named ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use onefold::fact::{Body, Kind};
use onefold::segment::{Column, Definition, Dialect, Holds, Rule, RuleError, Segments as Rules, Tables};
use onefold::{Onefold, OnefoldError, Timestamp, Value, Views};
use serde_json::json;

use super::customer::named;
use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::unify::timestamp;

/// Show who meets a rule: `plan = "pro" and not did "order" in the last 30d`.
#[derive(Debug, Args)]
pub(crate) struct Segment {
    /// The rule
    rule: String,
    #[command(flatten)]
    database: Database,
    /// At this clock, as we now know that it was then
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Only why this customer does, or does not: an id, or an identifier such as `email:ada@x.io`
    #[arg(long, value_name = "CUSTOMER")]
    explain: Option<String>,
    /// Print it as SQL over tables `customers` and `events` instead: `duckdb` or `sqlite`
    #[arg(long, value_name = "DIALECT", num_args = 0..=1, default_missing_value = "duckdb", value_parser = dialect)]
    sql: Option<Dialect>,
    #[command(flatten)]
    printing: Printing,
}

fn dialect(text: &str) -> Result<Dialect, String> {
    match text {
        "duckdb" => Ok(Dialect::DuckDb),
        "sqlite" => Ok(Dialect::Sqlite),
        _ => Err("expected `duckdb` or `sqlite`".to_owned()),
    }
}

impl Segment {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let views = house.views()?;
        let rule = views.read_rule(&self.rule).map_err(marked)?;
        let definition = views.segments().definition(&rule).map_err(shown)?;
        let at = self.at.or(views.clock()?).unwrap_or_else(Stamp::now);
        if let Some(dialect) = self.sql {
            let sql = definition.to_sql(&tables(&views)?, dialect, at).map_err(shown)?;
            self.printing.print(&json!({ "sql": sql }), || format!("{sql}\n"))?;
            return Ok(Outcome::Done);
        }
        match &self.explain {
            Some(customer) => self.explain(&house, &views, customer, &definition, at),
            None => {
                let members = views.matching(&definition, at)?;
                let text = || members.iter().fold(String::new(), |text, id| text + &id.to_string() + "\n");
                self.printing.print(&json!({ "at": at, "count": members.len(), "members": members }), text)?;
                Ok(Outcome::Done)
            }
        }
    }

    fn explain(
        &self,
        house: &Onefold,
        views: &Views,
        customer: &str,
        definition: &Definition,
        at: Timestamp,
    ) -> Result<Outcome> {
        let mut found = false;
        for id in named(house, customer)? {
            if let Some(explanation) = views.explain(id, definition, at)? {
                found = true;
                let because: Vec<String> = explanation.because.iter().map(ToString::to_string).collect();
                let flips: Vec<String> = explanation.would_flip.iter().map(ToString::to_string).collect();
                let json = json!({
                    "customer": id, "at": at, "holds": explanation.holds, "because": because,
                    "would_flip": flips, "flips_at": explanation.flips_at,
                });
                self.printing.print(&json, || format!("{id} {}\n", explanation.to_string().trim_end()))?;
            }
        }
        if !found {
            self.printing.print(&json!({ "customer": null }), || format!("nobody is {customer}\n"))?;
            return Ok(Outcome::NotFound);
        }
        Ok(Outcome::Done)
    }
}

/// Show the named segments of a database and how many are in each; define them, and move their clock on.
#[derive(Debug, Args)]
pub(crate) struct Segments {
    #[command(flatten)]
    database: Database,
    /// Define them anew: a JSON file with a rule by the name of each, `{"vip": "did \"order\" at least 10 times"}`
    #[arg(long, value_name = "FILE")]
    define: Option<PathBuf>,
    /// With `--define`: only show who would enter and leave
    #[arg(long, requires = "define")]
    preview: bool,
    /// Only who is in this one, and since when
    #[arg(long, value_name = "SEGMENT")]
    members: Option<String>,
    /// Move the clock on to this time
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    at: Option<Timestamp>,
    #[command(flatten)]
    printing: Printing,
}

impl Segments {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        if let Some(file) = &self.define {
            let views = house.views()?;
            let segments = declared(file)?;
            let at = self.at.or(views.clock()?).unwrap_or_else(Stamp::now);
            if self.preview {
                let movers = views.preview(&segments, at)?;
                let line = |text: String, of: &onefold::Movers| {
                    format!("{text}{}: {} enter, {} leave\n", of.segment, of.entering.len(), of.leaving.len())
                };
                self.printing.print(&movers, || movers.iter().fold(String::new(), line))?;
                return Ok(Outcome::Done);
            }
            drop(views);
            house.adopt(&segments, at).map_err(marked)?;
        }
        if let Some(at) = self.at {
            house.advance_to(at)?;
        }
        let views = house.views()?;
        match &self.members {
            Some(name) => self.members(&views, name),
            None => {
                let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                for name in views.segments().names() {
                    counts.insert(name, views.members_of(name)?.len());
                }
                let line = |mut text: String, (name, count): (&&str, &usize)| {
                    let rule = views.segments().rules().get(*name).map(ToString::to_string).unwrap_or_default();
                    let _ = writeln!(text, "{count:>8}  {name}: {rule}");
                    text
                };
                let json = json!({ "clock": views.clock()?, "segments": counts });
                self.printing.print(&json, || counts.iter().fold(String::new(), line))?;
                Ok(Outcome::Done)
            }
        }
    }

    fn members(&self, views: &Views, name: &str) -> Result<Outcome> {
        if views.segments().get(name).is_none() {
            let known: Vec<String> = views.segments().names().map(|name| format!("`{name}`")).collect();
            anyhow::bail!("there is no segment `{name}`; there are {}", known.join(", "));
        }
        let members = views.members_of(name)?;
        let text = || {
            members
                .iter()
                .fold(String::new(), |text, of| format!("{text}{} since {}\n", of.customer, of.since.to_rfc3339()))
        };
        self.printing.print(&members, text)?;
        Ok(Outcome::Done)
    }
}

/// Segments as a file declares them.
fn declared(file: &std::path::Path) -> Result<Rules> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let rules: BTreeMap<String, String> = serde_json::from_str(&text)
        .with_context(|| format!("`{}` is no JSON object with a rule by the name of each segment", file.display()))?;
    let mut segments: Vec<(String, Rule)> = Vec::new();
    for (name, rule) in rules {
        let read = rule.parse::<Rule>().map_err(shown);
        segments.push((name.clone(), read.with_context(|| format!("in `{}`, segment `{name}`", file.display()))?));
    }
    Rules::new(segments).map_err(shown)
}

/// An error with the place marked under the rule.
fn shown(error: RuleError) -> anyhow::Error {
    let snippet = error.snippet();
    if snippet.is_empty() { anyhow::anyhow!("{error}") } else { anyhow::anyhow!("{error}\n{snippet}") }
}

/// Errors with the place of each marked under its rule.
fn marked(error: OnefoldError) -> anyhow::Error {
    match error {
        OnefoldError::Rules(errors) => {
            let errors: Vec<String> = errors.into_iter().map(|error| shown(error).to_string()).collect();
            anyhow::anyhow!(errors.join("\n"))
        }
        error => error.into(),
    }
}

/// The tables that the SQL is about: `customers` with a column of each attribute, and `events` with one of each property.
fn tables(views: &Views) -> Result<Tables> {
    let mut schema = views.schema().clone();
    for name in views.attributes()? {
        let spec = schema.attribute(&name);
        schema.attributes.entry(name).or_insert(spec);
    }
    let column = |name: &str, holds| Column { name: name.to_owned(), holds };
    let field = |kind: Kind| match kind {
        Kind::Integer | Kind::Decimal => Holds::Decimal,
        Kind::Boolean => Holds::Boolean,
        Kind::Date | Kind::BirthDate | Kind::Timestamp => Holds::Time,
        _ => Holds::Text,
    };
    let fields = schema.attributes.iter().map(|(name, spec)| (name.clone(), column(name.as_str(), field(spec.kind))));
    let mut properties: BTreeMap<String, Column> = BTreeMap::new();
    views.each_fact(|fact| {
        if let Body::Event { properties: said, .. } = fact.body() {
            for (name, value) in said {
                let holds = match value {
                    Some(Value::Integer(_) | Value::Decimal(_)) => Holds::Decimal,
                    Some(Value::Boolean(_)) => Holds::Boolean,
                    Some(Value::Date(_) | Value::Timestamp(_)) => Holds::Time,
                    _ => Holds::Text,
                };
                properties.entry(name.to_string()).or_insert_with(|| column(name, holds));
            }
        }
    })?;
    Ok(Tables {
        subjects: "customers".to_owned(),
        id: "id".to_owned(),
        fields: fields.collect(),
        events: "events".to_owned(),
        subject: "customer".to_owned(),
        at: "at".to_owned(),
        name: "name".to_owned(),
        place: "place".to_owned(),
        properties,
    })
}
