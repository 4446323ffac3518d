//! `onefold report`: what became of deals.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use clap::Args;
use onefold::Timestamp;
use onefold::crm::{Currency, SalesReport, funnel_in};
use serde_json::json;

use super::{period, rates};
use crate::Outcome;
use crate::database::{Database, Printing};
use crate::unify::timestamp;

/// Show what became of deals in a period: how many were won, how fast, and where they were lost.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// From this day on, in UTC
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// And before this one
    #[arg(long, value_name = "DAY")]
    until: NaiveDate,
    /// Deals of this pipeline only
    #[arg(long)]
    pipeline: Option<String>,
    /// As was known at this time: what the report said then
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    known_at: Option<Timestamp>,
    /// In which currency the velocity is
    #[arg(long, default_value = "EUR")]
    currency: Currency,
    /// A JSON file with rates: `{"base": "EUR", "rates": {"CHF": {"2026-01-01": "1.05"}}}`
    #[arg(long, value_name = "FILE")]
    rates: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

impl Report {
    pub(crate) fn run(self) -> Result<Outcome> {
        period(self.from, self.until)?;
        let house = self.database.open()?;
        let views = match self.known_at {
            Some(at) => house.known_at(at)?,
            None => house.views()?,
        };
        if let Some(name) = self.pipeline.as_ref().filter(|name| !views.pipelines().contains_key(*name)) {
            let text = || format!("there is no pipeline `{name}`\n");
            self.printing.print(&json!({ "pipeline": null }), text)?;
            return Ok(Outcome::NotFound);
        }
        let of = |name: &str| self.pipeline.as_ref().is_none_or(|pipeline| pipeline == name);
        let (from, until) =
            (self.from.and_time(NaiveTime::MIN).and_utc(), self.until.and_time(NaiveTime::MIN).and_utc());
        // What became of a deal after the period is of another.
        let deals = views.deals_as_of(Some(until - TimeDelta::microseconds(1)))?;
        let report = SalesReport::of(deals.values().filter(|deal| of(&deal.pipeline)), from, until);
        let rates = rates(self.rates.as_deref(), self.currency)?;
        let velocity = report.velocity(self.currency, &rates, until);
        let funnels: Vec<_> = views
            .pipelines()
            .iter()
            .filter(|(name, _)| of(name))
            .map(|(name, pipeline)| {
                (name, funnel_in(deals.values().filter(|deal| deal.pipeline == *name), pipeline, from, until))
            })
            .collect();
        let json = json!({
            "report": report,
            "win_rate": report.win_rate(),
            "velocity": velocity.as_ref().ok().copied().flatten(),
            "funnels": funnels.iter().map(|(name, stages)| json!({ "pipeline": name, "stages": stages })).collect::<Vec<_>>(),
        });
        let text = || {
            let mut text = format!("won {}, lost {}, open {}\n", report.won, report.lost, report.open);
            if let Some(rate) = report.win_rate() {
                let _ = writeln!(text, "win rate {} of what was closed", rate.normalize());
            }
            if report.won > 0 {
                let days = report.cycle_days.unwrap_or_default().normalize();
                let _ = writeln!(text, "worth {}, after {days} days on average", report.worth);
            }
            match &velocity {
                Ok(Some(daily)) => drop(writeln!(text, "velocity {daily} a day")),
                Ok(None) => {}
                Err(error) => drop(writeln!(text, "velocity is not known: {error}")),
            }
            for (name, stages) in &funnels {
                let mut table = comfy_table::Table::new();
                table.load_style(comfy_table::presets::NOTHING);
                table.set_header([name.as_str(), "reached", "went on", "lost there"]);
                for stage in stages {
                    let counts = [stage.reached, stage.went_on, stage.lost].map(|count| count.to_string());
                    table.add_row([std::slice::from_ref(&stage.stage), &counts].concat());
                }
                let _ = writeln!(text, "\n{table}");
            }
            text
        };
        self.printing.print(&json, text)?;
        Ok(Outcome::Done)
    }
}
