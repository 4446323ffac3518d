//! [`bring_up_lead`]: what has to happen to a lead so that it is what an export says.

use std::collections::BTreeMap;

use onefold_fact::{RecordId, RecordKey, Timestamp, Value};

use super::ImportOptions;
use super::state_at;
use super::told::LeadTold;
use crate::lead::{Converted, Lead, LeadOutcome, LeadStatus};
use crate::opportunity::value_of;

/// Why a lead is none that was deleted where it is kept.
pub const DELETED: &str = "deleted";

/// What has to happen to a lead so that it is what an export says: nothing, if it is so already. What it became since is
/// kept: a converted lead is not opened again. `known` is what happened to it, `imported` what of that earlier imports said,
/// which is no news when it is said again; `at` is when the export is read.
///
/// The same is done of deals by [`bring_up_deal`](super::bring_up_deal).
#[must_use]
pub fn bring_up_lead(
    known: &[(Timestamp, LeadOutcome)],
    imported: &[(Timestamp, LeadOutcome)],
    told: &LeadTold,
    options: &ImportOptions,
    at: Timestamp,
) -> Vec<(Timestamp, LeadOutcome)> {
    let mut new = Vec::new();
    let is: Lead = state_at(known, Timestamp::MAX_UTC);
    let as_of = told.at.unwrap_or(at);
    let json = |value: &Value| serde_json::to_value(value.plain()).unwrap_or_default();
    if is.captured_at.is_none() {
        let fields = told.fields.iter().map(|(field, value)| (field.clone(), json(value))).collect();
        let source = told.source.clone().unwrap_or_default();
        new.push((told.created.unwrap_or(as_of), LeadOutcome::Captured { source, fields }));
    }
    let as_of = as_of.max(told.created.unwrap_or(as_of));
    if is.converted.is_some() {
        return new;
    }
    let said: Lead = state_at(imported, Timestamp::MAX_UTC);
    let was_said = said.captured_at.is_some();
    // What was said of a field later than this is not taken back.
    let is_news = |field: &str| is.since.get(field).is_none_or(|since| *since < as_of);
    if is.captured_at.is_some() {
        let differs = told.fields.iter().filter(|(field, value)| {
            // As it is read again.
            let value = value_of(&json(value));
            let differs = |lead: &Lead| lead.fields.get(*field) != value.as_ref();
            differs(&is) && is_news(field) && (!was_said || differs(&said))
        });
        let fields: BTreeMap<String, _> = differs.map(|(field, value)| (field.clone(), Some(json(value)))).collect();
        if !fields.is_empty() {
            new.push((as_of, LeadOutcome::Described { fields }));
        }
    }
    let is_owner_said = was_said && said.owner == told.owner;
    if told.owner.is_some() && told.owner != is.owner && is_news("owner") && !is_owner_said {
        new.push((as_of, LeadOutcome::assigned(told.owner.clone())));
    }
    match &told.converted {
        Some((when, [contact, account, deal])) => {
            let person = |id: &String| RecordId::of(&options.source, &RecordKey::person(id.as_str())).to_string();
            let converted = Converted {
                account: account
                    .as_ref()
                    .map(|id| RecordId::of(&options.source, &RecordKey::organisation(id.as_str())).to_string()),
                contact: contact.as_ref().map(person).unwrap_or_default(),
                opportunity: deal.clone(),
            };
            new.push((when.unwrap_or(as_of), LeadOutcome::Converted(converted)));
        }
        // It was deleted, and the row does not say that it is of later.
        None if is.reason.as_deref() == Some(DELETED) && told.at.is_none() => {}
        None if told.status != is.status
            && is_news("status")
            && !(was_said && said.status == told.status)
            && told.status != LeadStatus::Converted =>
        {
            new.push((as_of, LeadOutcome::Status { status: told.status, reason: told.reason.clone() }));
        }
        None => {}
    }
    new
}
