//! `onefold forecast`: what deals are expected to come to.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use onefold::Timestamp;
use onefold::crm::{Adjustment, Currency, Forecast as Expected, ForecastAsked, ForecastCategory, Money, forecast};

use super::deal::category;
use super::{period, rates, said};
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
    /// Note the number that somebody stands for in this period, instead of the one that adds up: `ana=9000 EUR`
    #[arg(long, value_parser = stands_for, value_name = "USER=AMOUNT", requires = "by")]
    adjust: Option<(String, Money)>,
    /// Of which category it is, with all that is surer
    #[arg(long, value_parser = category, default_value = "commit", requires = "adjust")]
    category: ForecastCategory,
    /// Who says so
    #[arg(long, value_name = "USER", requires = "adjust")]
    by: Option<String>,
    /// Why
    #[arg(long, requires = "adjust", default_value = "")]
    note: String,
    /// When it is said, if not now
    #[arg(long, value_parser = timestamp, requires = "adjust")]
    at: Option<Timestamp>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    printing: Printing,
}

/// `ana=9000 EUR`.
fn stands_for(text: &str) -> Result<(String, Money), String> {
    let (user, amount) = text.split_once('=').ok_or("expected USER=AMOUNT, such as `ana=9000 EUR`")?;
    Ok((user.trim().to_owned(), amount.parse().map_err(|error: onefold::crm::MoneyError| error.to_string())?))
}

impl Forecast {
    pub(crate) fn run(self) -> Result<Outcome> {
        period(self.from, self.until)?;
        let house = self.database.open()?;
        if let (Some((owner, amount)), Some(by)) = (&self.adjust, &self.by) {
            let adjustment = Adjustment {
                owner: owner.clone(),
                category: self.category,
                amount: *amount,
                by: by.clone(),
                note: self.note.clone(),
                said_at: None,
            };
            let at = Stamp { at: self.at }.at();
            let done = house.adjust((self.from, self.until), &adjustment, at);
            return said(self.printing, done.map(|accepted| vec![accepted]));
        }
        let rates = rates(self.rates.as_deref(), self.currency)?;
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
            managers: views.managers()?.into_table(),
            adjustments: views.adjustments(self.from, self.until)?,
        };
        let at = self.as_of.or(self.known_at).unwrap_or_else(Stamp::now);
        let expected = forecast(deals.iter().map(|(id, deal)| (id.as_str(), deal)), &asked, at);
        self.printing.print(&expected, || text_of(&expected))?;
        Ok(Outcome::Done)
    }
}

/// So many deals are named of those that are in no period.
const NAMED: usize = 10;

fn text_of(forecast: &Expected) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["", "deals", "weighted", "closed", "commit", "best case", "pipeline"]);
    let named = |owner: &str| if owner.is_empty() { "nobody".to_owned() } else { owner.to_owned() };
    let mut rows = Vec::new();
    for (owner, of) in &forecast.owners {
        rows.push((named(owner), &of.own));
        // A manager's line with those of everybody who reports to them.
        if of.rolled_up != of.own {
            rows.push((format!("{} and below", named(owner)), &of.rolled_up));
        }
    }
    rows.push(("all".to_owned(), &forecast.total));
    for (name, of) in rows {
        let sum =
            |category| of.cumulative.get(&category).map_or_else(String::new, |sum| sum.amount.normalize().to_string());
        table.add_row([
            name,
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
    for (owner, of) in forecast.owners.iter().filter(|(_, of)| of.adjusted != of.rolled_up.cumulative) {
        for (category, stands_for) in &of.adjusted {
            let adds_up = of.rolled_up.cumulative.get(category);
            if adds_up != Some(stands_for) {
                let name = serde_json::to_value(category).unwrap_or_default();
                let adds_up = adds_up.map_or_else(String::new, |sum| format!("; {sum} adds up"));
                let _ =
                    writeln!(text, "{owner} stands for {stands_for} of {}{adds_up}", name.as_str().unwrap_or_default());
            }
        }
    }
    let incomplete = &forecast.incomplete;
    if !incomplete.is_empty() {
        let first = incomplete.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = if incomplete.len() > NAMED { ", …" } else { "" };
        let _ = writeln!(text, "open without an amount or a day of closing: {} ({first}{more})", incomplete.len());
    }
    for (id, why) in &forecast.left_out {
        let _ = writeln!(text, "left out: {id}: {why}");
    }
    text
}
