//! Rows of companies, people, leads and users.

use std::collections::BTreeSet;

use onefold_fact::{AttributeName, Finding, Party, Value};

use super::cell::{self, plain};
use super::columns::Field;
use super::reader::Reader;
use super::told::{LeadTold, PartyTold, UserTold};
use crate::lead::LeadStatus;
use crate::life_cycle::LifeCycleStage;

impl Reader<'_> {
    pub(super) fn party(&mut self, party: Party) -> Result<PartyTold, Finding> {
        let id = self.own_id(Field::Id)?;
        let (mut fields, identifiers) = self.fields();
        let owner = self.owner();
        fields.extend(owner.as_deref().map(|owner| ("owner".to_owned(), Value::from(owner))));
        let lifecycle = self.owned(Field::Lifecycle);
        fields.extend(lifecycle.as_deref().map(|stage| ("lifecycle_stage".to_owned(), Value::from(plain(stage)))));
        let source = self.owned(Field::Source);
        fields.extend(source.as_deref().map(|source| ("lead_source".to_owned(), Value::from(source))));
        let role = fields.get("job_title").map(|title| title.to_text().into_owned());
        let above = match party {
            Party::Organisation => self.id(Field::Parent),
            // Of several the first is the one that matters most.
            Party::Person => self.parsed(Field::Account, |text| match cell::list(text).next() {
                Some(first) => cell::id(first).map(std::borrow::Cow::into_owned),
                None => Err(format!("`{text}` names no account; expected an id")),
            }),
        };
        let (created, at) = (self.instant(Field::Created), self.instant(Field::Modified));
        let stage = lifecycle.as_deref().map(plain);
        let lead = match (party, stage.as_deref()) {
            (Party::Person, Some("lead" | "marketingqualifiedlead" | "salesqualifiedlead")) => {
                let (mut status, mut reason) = self.status();
                if status == LeadStatus::New && stage.as_deref() == Some("salesqualifiedlead") {
                    (status, reason) = (LeadStatus::Qualified, None);
                }
                let (id, fields, identifiers) = (id.clone(), fields.clone(), identifiers.clone());
                let (owner, converted) = (owner.clone(), None);
                let opt_outs = BTreeSet::new();
                Some(LeadTold {
                    id,
                    source,
                    fields,
                    identifiers,
                    opt_outs,
                    status,
                    reason,
                    owner,
                    created,
                    at,
                    converted,
                })
            }
            _ => None,
        };
        let attributes = fields.into_iter().map(|(name, value)| (AttributeName::from(name), value)).collect();
        let opt_outs = self.opt_outs();
        let life_cycle = stage.as_deref().and_then(life_cycle);
        Ok(PartyTold { id, party, attributes, identifiers, opt_outs, at, owner, above, role, life_cycle, lead })
    }

    /// Where a lead stands, by the words that exports use; why it is none is what they say.
    pub(super) fn status(&self) -> (LeadStatus, Option<String>) {
        let Some(text) = self.text(Field::Status) else { return (LeadStatus::New, None) };
        let status = match plain(text).as_str() {
            "workingcontacted" | "working" | "contacted" | "inprogress" | "opendeal" | "attemptedtocontact"
            | "connected" | "nurturing" => LeadStatus::Working,
            "qualified" => LeadStatus::Qualified,
            "closednotconverted" | "unqualified" | "disqualified" | "badtiming" => {
                return (LeadStatus::Disqualified, Some(text.to_owned()));
            }
            _ => LeadStatus::New,
        };
        (status, None)
    }

    pub(super) fn lead(&mut self) -> Result<LeadTold, Finding> {
        let id = self.own_id(Field::Id)?;
        let (fields, identifiers) = self.fields();
        let (status, reason) = self.status();
        let is_converted = self.parsed(Field::IsConverted, cell::boolean).unwrap_or(false)
            || self.text(Field::Status).is_some_and(|status| plain(status) == "closedconverted");
        let into = [Field::ConvertedContact, Field::ConvertedAccount, Field::ConvertedDeal].map(|field| self.id(field));
        let converted = match &into {
            _ if !is_converted => None,
            [Some(_), ..] => Some((self.instant(Field::ConvertedAt), into)),
            _ => {
                self.note(
                    Field::ConvertedContact,
                    "the lead was converted, but the row does not say into which contact; it was taken as qualified: \
                     export `ConvertedContactId` too",
                );
                None
            }
        };
        let status = if is_converted && converted.is_none() { LeadStatus::Qualified } else { status };
        let (created, at) = (self.instant(Field::Created), self.instant(Field::Modified));
        let (source, owner) = (self.owned(Field::Source), self.owner());
        let opt_outs = self.opt_outs();
        Ok(LeadTold { id, source, fields, identifiers, opt_outs, status, reason, owner, created, at, converted })
    }

    pub(super) fn user(&mut self) -> Result<UserTold, Finding> {
        let id = self.own_id(Field::Id)?;
        let (fields, _) = self.fields();
        let part = |name: &str| fields.get(name).map(|value| value.to_text().into_owned());
        let whole: Vec<String> = [part("given_name"), part("family_name")].into_iter().flatten().collect();
        let whole = Some(whole.join(" ")).filter(|whole| !whole.is_empty());
        let name = whole.or_else(|| self.owned(Field::Name)).or_else(|| self.owned(Field::Email));
        Ok(UserTold {
            name: name.unwrap_or_else(|| id.clone()),
            id,
            email: self.owned(Field::Email),
            manager: self.id(Field::Manager),
            active: self.parsed(Field::Active, cell::boolean).unwrap_or(true),
            at: self.instant(Field::Modified),
        })
    }
}

/// The stage of a customer that exports call so. Who only subscribed was not sold anything yet.
fn life_cycle(named: &str) -> Option<LifeCycleStage> {
    Some(match named {
        "lead" | "marketingqualifiedlead" => LifeCycleStage::Lead,
        "salesqualifiedlead" => LifeCycleStage::Qualified,
        "opportunity" => LifeCycleStage::Opportunity,
        "customer" | "evangelist" => LifeCycleStage::Customer,
        _ => return None,
    })
}
