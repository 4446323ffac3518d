//! [`SalesReport`] and [`funnel`]: how many deals are won, how fast, and where they are lost.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use onefold_fact::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::money::{Currency, Money, MoneyError, Rates, Totals};
use crate::opportunity::Opportunity;
use crate::pipeline::{Closes, Pipeline};

/// What became of deals in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SalesReport {
    /// Deals that were won in it.
    pub won: usize,
    /// Deals that were lost in it.
    pub lost: usize,
    /// Deals that are open at its end.
    pub open: usize,
    /// What the won deals were worth, by currency.
    pub worth: Totals,
    /// From beginning to winning, in days, on average; `None` if none was won.
    pub cycle_days: Option<Decimal>,
}

impl SalesReport {
    /// The report on deals from a time to another, the latter not included. Give them as they were at its end: a deal that was
    /// won then and is opened again later was won in the period all the same.
    #[must_use]
    pub fn of<'a>(deals: impl IntoIterator<Item = &'a Opportunity>, from: Timestamp, until: Timestamp) -> Self {
        let mut report = Self { won: 0, lost: 0, open: 0, worth: Totals::default(), cycle_days: None };
        let mut cycles = TimeDelta::zero();
        for deal in deals {
            let Some(opened) = deal.opened_at.filter(|opened| *opened < until) else { continue };
            match deal.closed.as_ref().filter(|closed| closed.at < until) {
                None => report.open += 1,
                Some(closed) if closed.at < from => {}
                Some(closed) if closed.as_ == Closes::Lost => report.lost += 1,
                Some(closed) => {
                    report.won += 1;
                    cycles += closed.at - opened;
                    report.worth.extend(deal.amount);
                }
            }
        }
        if report.won > 0 {
            let days = Decimal::from(cycles.num_seconds()) / Decimal::from(86_400) / Decimal::from(report.won);
            report.cycle_days = Some(days.round_dp(2));
        }
        report
    }

    /// The part of the deals that were closed in the period that was won, from 0 to 1. Deals that are still open are in
    /// neither number, so a period in which few were closed says little. `None` if none was closed.
    #[must_use]
    pub fn win_rate(&self) -> Option<Decimal> {
        let closed = self.won + self.lost;
        (closed > 0).then(|| (Decimal::from(self.won) / Decimal::from(closed)).round_dp(4))
    }

    /// What is won a day: open deals × win rate × what a won deal is worth ÷ days that it takes. `None` if none was won, or
    /// none takes any time.
    ///
    /// # Errors
    /// When a rate is missing.
    pub fn velocity(&self, currency: Currency, rates: &Rates, at: Timestamp) -> Result<Option<Money>, MoneyError> {
        let (Some(rate), Some(days)) = (self.win_rate(), self.cycle_days.filter(|days| !days.is_zero())) else {
            return Ok(None);
        };
        let worth = self.worth.in_currency(currency, rates, at.date_naive())?;
        let each = worth.amount / Decimal::from(self.won);
        let daily = Decimal::from(self.open).saturating_mul(rate).saturating_mul(each) / days;
        Ok(Some(Money::new(daily, currency).rounded()))
    }
}

/// How far deals came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunnelStage {
    /// The stage.
    pub stage: String,
    /// Deals that were ever there.
    pub reached: usize,
    /// Of these, deals that came to a later open stage, or were won.
    pub went_on: usize,
    /// Of these, deals that were lost and came no further.
    pub lost: usize,
}

/// By stage of a pipeline, how many deals came there, went on and were lost. A stage that a deal passed over was not
/// reached, so that counts of stages need not fall.
#[must_use]
pub fn funnel<'a>(deals: impl IntoIterator<Item = &'a Opportunity>, pipeline: &Pipeline) -> Vec<FunnelStage> {
    funnel_in(deals, pipeline, Timestamp::MIN_UTC, Timestamp::MAX_UTC)
}

/// The [`funnel`] of a period: of the deals that were open at any time from one time to another, the latter not included,
/// how far they had come by its end.
#[must_use]
pub fn funnel_in<'a>(
    deals: impl IntoIterator<Item = &'a Opportunity>,
    pipeline: &Pipeline,
    from: Timestamp,
    until: Timestamp,
) -> Vec<FunnelStage> {
    let open = pipeline.stages.iter().filter(|stage| stage.closes.is_none());
    let mut stages: Vec<FunnelStage> =
        open.map(|stage| FunnelStage { stage: stage.name.clone(), reached: 0, went_on: 0, lost: 0 }).collect();
    for deal in deals {
        if deal.closed.as_ref().is_some_and(|closed| closed.at < from) {
            continue;
        }
        let before = deal.history.iter().filter(|snapshot| snapshot.at < until);
        let been: BTreeSet<&str> = before.map(|snapshot| snapshot.stage.as_str()).collect();
        let furthest = stages.iter().rposition(|stage| been.contains(stage.stage.as_str()));
        let ended = deal.closed.as_ref().filter(|closed| closed.at < until).map(|closed| closed.as_);
        for (at, stage) in stages.iter_mut().enumerate().filter(|(_, stage)| been.contains(stage.stage.as_str())) {
            stage.reached += 1;
            let further = furthest.is_some_and(|furthest| furthest > at);
            stage.went_on += usize::from(further || ended == Some(Closes::Won));
            stage.lost += usize::from(!further && ended == Some(Closes::Lost));
        }
    }
    stages
}
