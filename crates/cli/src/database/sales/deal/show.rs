//! `onefold deal show`: deals, what they were, what is sold in them and who takes part.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use onefold::crm::{Decimal, Money, Opportunity};
use onefold::{Onefold, Timestamp};
use serde_json::json;

use crate::Outcome;
use crate::database::Printing;
use crate::database::sales::with_name;

/// Shows a deal, or lists all: as they were at a time, if one is given, with how long they are where at a clock.
pub(super) fn show_deals(
    house: &Onefold,
    id: Option<&str>,
    (as_of, at): (Option<Timestamp>, Timestamp),
    printing: Printing,
) -> Result<Outcome> {
    let views = house.views()?;
    let Some(id) = id else {
        let deals = views.deals_as_of(as_of)?;
        let text = || deals.iter().fold(String::new(), |text, (id, deal)| text + &line(id, deal) + "\n");
        printing.print(&deals, text)?;
        return Ok(Outcome::Done);
    };
    let known = match views.deal_in_touch(id, at)? {
        // One that begins in days to come is shown too, unless a time is asked for.
        None if as_of.is_none() => views.deal(id)?,
        known => known,
    };
    let Some(mut deal) = known else {
        printing.print(&json!({ "deal": null }), || format!("there is no deal `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    };
    deal.contacts = views.contacts_of(&deal)?;
    let mut called = BTreeMap::new();
    for contact in deal.contacts.keys() {
        called.insert(contact.clone(), with_name(&views, contact)?);
    }
    let text = || {
        let mut text = line(id, &deal) + "\n";
        for was in &deal.history {
            let amount = was.amount.map_or_else(String::new, |amount| format!(", {amount}"));
            let _ = writeln!(
                text,
                "  {}  {}{amount}, {} likely",
                was.at.format("%Y-%m-%d %H:%M"),
                was.stage,
                was.probability
            );
        }
        for (id, line) in &deal.lines {
            let taxed = format!(", {} with {} % tax", line.gross(), (line.tax * Decimal::ONE_HUNDRED).normalize());
            let _ = writeln!(
                text,
                "  line {id}: {} of {} at {}, {} in all{}",
                line.quantity,
                line.product,
                line.price,
                line.net(),
                if line.tax.is_zero() { "" } else { &taxed }
            );
            for due in &line.schedule {
                let _ = writeln!(text, "    {}: {} due", due.on, Money::new(due.amount, line.price.currency));
            }
        }
        if let Some(taxed) = deal.with_tax().filter(|taxed| Some(*taxed) != deal.amount) {
            let _ = writeln!(text, "  {taxed} with tax");
        }
        for (field, value) in &deal.fields {
            let _ = writeln!(text, "  {field}: {value}");
        }
        for (contact, part) in &deal.contacts {
            let role = part.role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
            let contact = called.get(contact).unwrap_or(contact);
            let _ = writeln!(text, "  contact {contact}{role}{}", if part.primary { ", asked first" } else { "" });
        }
        for (stage, time) in deal.stage_times(at) {
            let days = |seconds: i64| seconds / 86_400;
            let _ = writeln!(text, "  {} days at {stage}, {} in all", days(time.latest), days(time.cumulative));
        }
        if let Some(rots) = views.pipelines().get(&deal.pipeline).and_then(|pipeline| deal.rots_since(pipeline, at)) {
            let by = deal.touched.as_ref().map_or_else(String::new, |(_, by)| format!("; last touched by {by}"));
            let _ = writeln!(text, "  rots since {}{by}", rots.format("%Y-%m-%d"));
        }
        text
    };
    printing.print(&deal, text)?;
    Ok(Outcome::Done)
}

fn line(id: &str, deal: &Opportunity) -> String {
    let mut text = format!("{id}  {}  {}", deal.name, deal.stage);
    for more in [
        deal.amount.map(|amount| amount.to_string()),
        deal.closes_on.map(|day| format!("closes {day}")),
        deal.owner.clone(),
        deal.closed.as_ref().and_then(|closed| closed.reason.clone()),
    ]
    .into_iter()
    .flatten()
    {
        let _ = write!(text, "  {more}");
    }
    text
}
