//! `onefold forecast`: what deals are expected to come to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::Args;
use onefold::Timestamp;
use onefold::crm::{Currency, Forecast as Expected, ForecastAsked, ForecastCategory, Rates, forecast};

use crate::Outcome;
use crate::database::{Database, Printing, Stamp};
use crate::unify::timestamp;

/// Show what deals are expected to come to in a period.
#[derive(Debug, Args)]
pub(crate) struct Forecast {
    /// Deals that close from this day on
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// And before this one
    #[arg(long, value_name = "DAY")]
    until: NaiveDate,
    /// In which currency
    #[arg(long, default_value = "EUR")]
    currency: Currency,
    /// A JSON file with rates: `{"base": "EUR", "rates": {"CHF": {"2026-01-01": "1.05"}}}`
    #[arg(long, value_name = "FILE")]
    rates: Option<PathBuf>,
    /// As deals were at this time
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    as_of: Option<Timestamp>,
    /// As was known at this time: what was said on that day
    #[arg(long, value_parser = timestamp, value_name = "TIME")]
    known_at: Option<Timestamp>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

impl Forecast {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let rates = match &self.rates {
            None => Rates::new(self.currency),
            Some(file) => {
                let json =
                    std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
                serde_json::from_str(&json).with_context(|| format!("`{}` holds no rates", file.display()))?
            }
        };
        let views = match self.known_at {
            Some(at) => house.known_at(at)?,
            None => house.views()?,
        };
        let deals = views.deals()?;
        let asked = ForecastAsked {
            from: self.from,
            until: self.until,
            currency: self.currency,
            rates: &rates,
            managers: BTreeMap::new(),
            adjustments: Vec::new(),
        };
        let at = self.as_of.or(self.known_at).unwrap_or_else(Stamp::now);
        let expected = forecast(deals.iter().map(|(id, deal)| (id.as_str(), deal)), &asked, at);
        self.printing.print(&expected, || text_of(&expected))?;
        Ok(Outcome::Done)
    }
}

fn text_of(forecast: &Expected) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["", "deals", "weighted", "closed", "commit", "best case", "pipeline"]);
    let all = forecast.owners.iter().map(|(owner, of)| (if owner.is_empty() { "nobody" } else { owner }, &of.own));
    for (name, of) in all.chain([("all", &forecast.total)]) {
        let sum =
            |category| of.cumulative.get(&category).map_or_else(String::new, |sum| sum.amount.normalize().to_string());
        table.add_row([
            name.to_owned(),
            of.deals.to_string(),
            of.weighted.amount.normalize().to_string(),
            sum(ForecastCategory::Closed),
            sum(ForecastCategory::Commit),
            sum(ForecastCategory::BestCase),
            sum(ForecastCategory::Pipeline),
        ]);
    }
    let mut text = format!(
        "in {}; each category with all that is surer, pipeline: what is open\n{table}\n",
        forecast.total.weighted.currency
    );
    for (id, why) in &forecast.left_out {
        let _ = writeln!(text, "left out: {id}: {why}");
    }
    text
}
