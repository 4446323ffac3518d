//! `onefold lead show`: what leads said, how they score and why, and what happened to them.

use std::fmt::Write as _;

use anyhow::Result;
use onefold::crm::{Decimal, Lead, LeadOutcome, LeadStatus};
use onefold::{Onefold, Timestamp};
use serde_json::json;

use crate::Outcome;
use crate::database::Printing;

/// The time that was asked for, and the clock, which is that time or now.
type When = (Option<Timestamp>, Timestamp);

pub(super) fn list(house: &Onefold, (as_of, at): When, printing: Printing) -> Result<Outcome> {
    let views = house.views()?;
    let mut scored = Vec::new();
    for (id, lead) in views.leads_as_of(as_of)? {
        let score = if as_of.is_some() { views.score_as_of(&id, at)? } else { views.score(&id, at)? };
        scored.push((id, lead, score.map(|score| score.points)));
    }
    let json: serde_json::Map<String, serde_json::Value> =
        scored.iter().map(|(id, lead, score)| (id.clone(), json!({ "lead": lead, "score": score }))).collect();
    let text = || scored.iter().fold(String::new(), |text, (id, lead, score)| text + &line(id, lead, *score));
    printing.print(&json, text)?;
    Ok(Outcome::Done)
}

pub(super) fn show(house: &Onefold, id: &str, (as_of, at): When, printing: Printing) -> Result<Outcome> {
    let views = house.views()?;
    let lead = match as_of {
        Some(_) => views.leads_as_of(as_of)?.remove(id),
        None => views.lead(id)?,
    };
    let Some(lead) = lead else {
        printing.print(&json!({ "lead": null }), || format!("there is no lead `{id}`\n"))?;
        return Ok(Outcome::NotFound);
    };
    let score = if as_of.is_some() { views.score_as_of(id, at)? } else { views.score(id, at)? };
    let parts: Vec<(String, Decimal)> = score
        .iter()
        .flat_map(|score| views.scoring().parts.iter().map(ToString::to_string).zip(score.parts.iter().copied()))
        .collect();
    let mut history = views.lead_history(id)?;
    history.retain(|(when, _)| as_of.is_none_or(|as_of| *when <= as_of));
    let points = score.map(|score| score.points);
    let json = json!({ id: {
        "lead": lead,
        "score": points,
        "score_parts": parts.iter().map(|(why, points)| json!({ "why": why, "points": points })).collect::<Vec<_>>(),
        "history": history.iter().map(|(when, what)| json!({ "at": when, "what": what })).collect::<Vec<_>>(),
    } });
    printing.print(&json, || {
        let mut text = line(id, &lead, points);
        for (field, value) in &lead.fields {
            let _ = writeln!(text, "  {field}: {value}");
        }
        for (why, points) in &parts {
            let _ = writeln!(text, "  {points} points: {why}");
        }
        for (when, what) in &history {
            let _ = writeln!(text, "  {}  {}", when.format("%Y-%m-%d %H:%M"), in_words(what));
            if let LeadOutcome::Assigned { passed_over, .. } = what {
                for (user, why) in passed_over {
                    let _ = writeln!(text, "    not {user}: {why}");
                }
            }
        }
        text
    })?;
    Ok(Outcome::Done)
}

fn line(id: &str, lead: &Lead, points: Option<Decimal>) -> String {
    let (status, points) = (named(lead.status), points.unwrap_or_default());
    format!("{id}  {status}  {points} points  {}\n", lead.owner.as_deref().unwrap_or("nobody's"))
}

fn named(status: LeadStatus) -> String {
    serde_json::to_value(status).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn in_words(what: &LeadOutcome) -> String {
    match what {
        LeadOutcome::Captured { source, .. } if source.is_empty() => "came in".to_owned(),
        LeadOutcome::Captured { source, .. } => format!("came from {source}"),
        LeadOutcome::Described { fields } => {
            let said = fields.iter().map(|(field, value)| match value {
                Some(value) => {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    format!("{field} is {value}")
                }
                None => format!("{field} was cleared"),
            });
            said.collect::<Vec<_>>().join(", ")
        }
        LeadOutcome::Assigned { owner, routing, .. } => {
            let owner = owner.as_deref().unwrap_or("nobody");
            let routing = routing.as_ref().map(|routing| format!(" by the routing {routing}")).unwrap_or_default();
            format!("given to {owner}{routing}")
        }
        LeadOutcome::Status { status, reason } => {
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{}{reason}", named(*status))
        }
        LeadOutcome::Converted(into) => {
            let mut text = format!("converted into contact {}", into.contact);
            for (what, id) in [("account", &into.account), ("deal", &into.opportunity)] {
                let _ = id.as_ref().map(|id| write!(text, ", {what} {id}"));
            }
            text
        }
    }
}
