//! `onefold contact` and `merge`: what a seller sees of a customer, and two customers who are one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use onefold::crm::Keep;
use onefold::{AttributeName, ContactView, RecordId, Silent, Views, WorkError};
use serde_json::json;

use super::{Common, one, said, with_name};
use crate::Outcome;

/// Show what a seller sees of a customer: how far they have come, what they did, bought and ignored, their deals, segments
/// and scores.
#[derive(Debug, Args)]
pub(crate) struct Contact {
    /// The customer: an id, or an identifier such as `email:ada@x.io`
    customer: String,
    /// Only what this role may see
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Contact {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let customer = one(&house, &self.customer)?;
        let views = house.views()?;
        let seen = match &self.role {
            Some(role) => views.contact_for(role, customer, at)?,
            None => views.contact(customer, at)?,
        };
        let Some(seen) = seen else {
            printing.print(&json!(null), || format!("nobody is {}\n", self.customer))?;
            return Ok(Outcome::NotFound);
        };
        // Who they are is in the profile, which a role sees by `customer --role`.
        let who = if self.role.is_none() { introduced(&views, customer)? } else { String::new() };
        printing.print(&seen, || who + &shown(&seen))?;
        Ok(Outcome::Done)
    }
}

/// What a customer is called, and of which accounts they are members, as what.
fn introduced(views: &Views, customer: RecordId) -> Result<String> {
    let Some(profile) = views.customer(customer)? else { return Ok(String::new()) };
    let mut text = with_name(views, &profile.id().to_string())? + "\n";
    for held in profile.groups() {
        let role = held.role().map(|role| format!(" as {role}")).unwrap_or_default();
        let named = match &views.customers_with(held.group())?[..] {
            [account] => with_name(views, &account.to_string())?,
            _ => held.group().to_string(),
        };
        let _ = writeln!(text, "member of {named}{role}");
    }
    Ok(text)
}

fn shown(seen: &ContactView) -> String {
    let mut text = String::new();
    let stage = |stage: Option<onefold::crm::LifeCycleStage>| stage.map_or("none".to_owned(), |it| it.to_string());
    let _ =
        writeln!(text, "life cycle: {}, furthest {}", stage(seen.life_cycle.current), stage(seen.life_cycle.furthest));
    for (event, (times, last)) in &seen.did {
        let _ = writeln!(text, "did `{event}` {times} times in 90 days, last on {}", last.format("%Y-%m-%d"));
    }
    for (event, times) in &seen.ignored {
        let _ = writeln!(text, "ignored `{event}` {times} times");
    }
    let _ = writeln!(text, "{} order(s)", seen.orders);
    if !seen.open.is_empty() {
        let deals: Vec<&str> = seen.open.iter().map(String::as_str).collect();
        let _ = writeln!(text, "open: {}, worth {}", deals.join(", "), seen.open_worth);
    }
    let _ = writeln!(text, "won: {}", seen.won_worth);
    for (id, deal) in &seen.takes_part {
        let role = deal.part.role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
        let amount = deal.amount.map(|amount| format!(", {amount}")).unwrap_or_default();
        let first = if deal.part.primary { ", asked first" } else { "" };
        let _ = writeln!(text, "takes part in {id}{role}{first}: {}, {}{amount}", deal.name, deal.stage);
    }
    if !seen.segments.is_empty() {
        let segments: Vec<&str> = seen.segments.iter().map(String::as_str).collect();
        let _ = writeln!(text, "in {}", segments.join(", "));
    }
    for (name, value) in &seen.computed {
        let _ = writeln!(text, "{name}: {value}");
    }
    text
}

/// Two customers are one. Where they say two things the first wins, unless it is said otherwise; of what one of them refused
/// the refusal holds. It is one batch, `merge KEEP OTHER TIME`, which `retract` takes back.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The customer whose values are kept: an id, or an identifier such as `email:ada@x.io`
    keep: String,
    /// The other
    other: String,
    /// Keep this attribute of the other
    #[arg(long, value_name = "ATTRIBUTE")]
    take: Vec<AttributeName>,
    #[command(flatten)]
    common: Common,
}

impl Merge {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (house, at, printing) = self.common.open()?;
        let (keep, other) = (one(&house, &self.keep)?, one(&house, &self.other)?);
        let choices: BTreeMap<AttributeName, Keep> = self.take.into_iter().map(|name| (name, Keep::Other)).collect();
        let done = house.merge_customers(keep, other, &choices, at);
        if done.is_ok() {
            house.relink(&mut Silent).map_err(WorkError::from)?;
        }
        said(printing, done.map(|accepted| vec![accepted]))
    }
}
