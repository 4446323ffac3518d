//! What rows say is there no more where it is kept.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use onefold_crm::import::{DELETED, ExportOf};
use onefold_crm::{Aggregate, Lead, LeadOutcome, LeadStatus, Opportunity, Outcome};
use onefold_fact::{
    AttributeName, Body, Draft, Finding, Identifier, Membership, Party, Reason, RecordKey, Standing, Timestamp,
};
use onefold_profile::Provenance;

use super::super::{state, whose};
use super::plan::Planning;
use super::read::Spot;
use crate::error::OnefoldError;

impl Planning<'_> {
    /// What is there no more where it is kept: a deal is deleted, a lead disqualified; of a company or a person the source
    /// takes back what it said.
    pub(super) fn deleted(&mut self) -> Result<(), OnefoldError> {
        for ((of, id), (spot, gone)) in &self.taken.deleted {
            let when = gone.at.unwrap_or(self.at);
            let is_known = match of {
                ExportOf::Opportunity => self.deal_is_gone(id, *spot, when)?,
                ExportOf::Lead => self.lead_is_gone(id, *spot, when)?,
                ExportOf::Account => self.party_is_gone(Party::Organisation, id, *spot, when)?,
                _ => self.party_is_gone(Party::Person, id, *spot, when)?,
            };
            if is_known {
                self.plan.taken.insert(*spot);
            } else {
                let message = "the row is of something that was deleted, and is not known here; nothing to do";
                let finding = Finding::new(Reason::Empty, message).at(self.place(*spot));
                self.plan.aside.push((*spot, finding));
            }
        }
        Ok(())
    }

    fn deal_is_gone(&mut self, id: &str, spot: Spot, when: Timestamp) -> Result<bool, OnefoldError> {
        let Some(history) = self.views.object(Opportunity::KIND, id)? else { return Ok(false) };
        let is: Opportunity = state(&history);
        let (known, _) = self.known::<Opportunity>(Some(&history));
        let restored = known.iter().filter(|(_, outcome)| *outcome == Outcome::Restored).map(|(at, _)| *at);
        let standing = history.standing();
        let here = standing.iter().filter(|standing| !self.is_imported(standing)).map(Standing::at);
        if is.is_there() && here.clone().max().is_some_and(|here| here > when) {
            let message = "the deal was changed here after it was deleted where it is kept; it stays";
            let finding = Finding::new(Reason::Conflicting, message).at(self.place(spot));
            self.plan.findings.push(finding);
        } else if is.is_there() && restored.max().is_none_or(|restored| restored <= when) {
            let last = standing.iter().map(Standing::at).max().unwrap_or(when);
            let when = when.max(last + TimeDelta::microseconds(1));
            self.happens::<Opportunity>(&[spot], id, &whose(&history), &[(when, Outcome::Deleted)])?;
        }
        Ok(is.opened_at.is_some())
    }

    fn lead_is_gone(&mut self, id: &str, spot: Spot, when: Timestamp) -> Result<bool, OnefoldError> {
        let Some(history) = self.views.object(Lead::KIND, id)? else { return Ok(false) };
        let is: Lead = state(&history);
        if is.status != LeadStatus::Disqualified && is.converted.is_none() {
            let (status, reason) = (LeadStatus::Disqualified, Some(DELETED.to_owned()));
            let outcome = LeadOutcome::Status { status, reason };
            self.happens::<Lead>(&[spot], id, &whose(&history), &[(when, outcome)])?;
        }
        Ok(true)
    }

    fn party_is_gone(&mut self, party: Party, id: &str, spot: Spot, when: Timestamp) -> Result<bool, OnefoldError> {
        let record = self.record(party, id);
        let Some(profile) = self.views.customer(record)? else { return Ok(false) };
        let own = |provenance: &Provenance| provenance.record() == record;
        let said = profile.attributes().iter().filter(|(_, is)| {
            let others = is.others().iter().any(|other| own(other.provenance()));
            own(is.provenance()) || is.supporters().any(own) || others
        });
        let names: BTreeSet<AttributeName> = said.map(|(name, _)| name.clone()).collect();
        let groups = profile.groups().iter().filter(|held| own(held.provenance()));
        let left: Vec<Identifier> = groups.map(|held| held.group().clone()).collect();
        let key = RecordKey::new(party, id);
        let about = |body| Draft::new(self.options.source.clone(), body).key(key.clone()).occurred_at(when);
        let mut drafts = Vec::new();
        if !names.is_empty() {
            drafts.push(about(Body::Unset(names)));
        }
        drafts.extend(
            left.into_iter()
                .map(|group| about(Body::Group(Membership { group, role: None, member: false, only: false }))),
        );
        drafts.into_iter().for_each(|draft| self.push(&[spot], draft));
        Ok(true)
    }
}
