//! What rows say of companies, people and leads.

use std::collections::BTreeMap;

use onefold_crm::import::bring_up_lead;
use onefold_crm::{Account, AccountOutcome, Aggregate, Lead, LifeCycle, LifeCycleStage};
use onefold_fact::{
    Body, Choice, Consent, Decision, Draft, Finding, Identifier, Membership, Party, Reason, RecordId, RecordKey,
};
use onefold_profile::GroupMembership;

use super::super::conversion::ACCOUNT;
use super::plan::{Planning, goes_round};
use super::read::Spot;
use crate::error::OnefoldError;

/// What opt-outs of sales systems are about.
const MARKETING: &str = "marketing";

impl Planning<'_> {
    /// Which account stands above which, as the files and, where they say nothing, the house have it.
    fn above(&self) -> Result<BTreeMap<String, String>, OnefoldError> {
        let mut above = self.views.account_hierarchy()?.into_table();
        let named = |id: &str| self.views.account_named(&self.record(Party::Organisation, id).to_string());
        for ((party, id), (_, told)) in &self.taken.parties {
            if let Some(parent) = told.above.as_deref().filter(|_| *party == Party::Organisation) {
                above.insert(named(id)?, named(parent)?);
            }
        }
        Ok(above)
    }

    pub(super) fn parties(&mut self) -> Result<(), OnefoldError> {
        let above = self.above()?;
        for ((party, id), (spot, told)) in &self.taken.parties {
            let spots = [*spot];
            self.plan.taken.insert(*spot);
            let key = RecordKey::new(*party, id.as_str());
            let about = |body: Body| {
                let draft = Draft::new(self.options.source.clone(), body).key(key.clone());
                match told.at {
                    Some(at) => draft.occurred_at(at),
                    None => draft,
                }
            };
            let mut attributes = told.attributes.clone();
            if let Some(owner) = &told.owner {
                attributes.insert("owner".into(), self.user(*spot, owner.clone()).into());
            }
            let mut says = about(Body::Set(attributes));
            for identifier in &told.identifiers {
                says = says.identified_by(identifier.clone());
            }
            if let Some(stage) = told.life_cycle.filter(|_| told.lead.is_none()) {
                let reached = Body::event(LifeCycle::REACHED, [("stage", stage.to_string())]);
                let is_news = self.reaches(*spot, &key, stage)?;
                is_news.then(|| about(reached)).into_iter().for_each(|reached| self.push(&spots, reached));
            }
            match party {
                Party::Organisation => {
                    // By this its people are its members.
                    says = says.identified_by(Identifier::new(ACCOUNT, id.as_str()));
                    self.push(&spots, says);
                    self.account(*spot, &key, told, &above)?;
                }
                Party::Person => {
                    self.push(&spots, says);
                    told.opt_outs.iter().for_each(|channel| self.push(&spots, about(refusal(channel))));
                    if let Some(account) = &told.above {
                        let group = |id: &str| Identifier::new(ACCOUNT, id);
                        for left in self.leaves(id, &group(account))? {
                            let left = Membership { group: left, role: None, member: false, only: false };
                            self.push(&spots, about(Body::Group(left)));
                        }
                        let joined =
                            Membership { group: group(account), role: told.role.clone(), member: true, only: false };
                        self.push(&spots, about(Body::Group(joined)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether it is news that a customer came to a stage. Who came further here stays there, and that is said.
    fn reaches(&mut self, spot: Spot, key: &RecordKey, stage: LifeCycleStage) -> Result<bool, OnefoldError> {
        let record = RecordId::of(self.source(), key);
        let Some(profile) = self.views.customer(record)? else { return Ok(true) };
        let said = profile
            .timeline()
            .newest_first()
            .find(|event| event.name() == LifeCycle::REACHED && event.provenance().record() == record);
        if said.and_then(|said| said.property("stage")?.as_text()) == Some(stage.to_string().as_str()) {
            return Ok(false);
        }
        let is = LifeCycle::of(profile.timeline(), self.at).current;
        if let Some(is) = is.filter(|is| *is > stage) {
            let message = format!("the row says that they are `{stage}`; they are `{is}` here, and stay so");
            self.plan.findings.push(Finding::new(Reason::Conflicting, message).at(self.place(spot)));
        }
        Ok(true)
    }

    fn account(
        &mut self,
        spot: Spot,
        key: &RecordKey,
        told: &onefold_crm::import::PartyTold,
        above: &BTreeMap<String, String>,
    ) -> Result<(), OnefoldError> {
        let record = RecordId::of(self.source(), key).to_string();
        let is: Account = self.views.account(&record)?.unwrap_or_default();
        let said: Account = self.said(&record)?;
        let when = told.at.unwrap_or(self.at);
        let mut outcomes = Vec::new();
        let parent = told.above.as_deref().map(|parent| self.record(Party::Organisation, parent).to_string());
        if parent.is_some() && goes_round(above, &self.views.account_named(&record)?) {
            let message = "the account stands above itself; expected another, or none, as its parent";
            let place = self.place(spot);
            self.plan.findings.push(Finding::new(Reason::Conflicting, message).at(place));
        } else if parent.is_some() && parent != is.parent && parent != said.parent {
            outcomes.push((when, AccountOutcome::Placed { parent }));
        }
        let owner = told.owner.clone().map(|owner| self.user(spot, owner));
        if owner.is_some() && owner != is.owner && owner != said.owner {
            outcomes.push((when, AccountOutcome::Assigned { owner }));
        }
        self.happens::<Account>(&[spot], &record, &(self.source().clone(), Some(key.clone())), &outcomes)
    }

    /// The accounts that a contact was in by what its source said, and is in no more.
    fn leaves(&self, id: &str, stays: &Identifier) -> Result<Vec<Identifier>, OnefoldError> {
        let record = self.record(Party::Person, id);
        let Some(profile) = self.views.customer(record)? else { return Ok(Vec::new()) };
        let own = profile.groups().iter().filter(|held| held.provenance().record() == record);
        let left =
            own.map(GroupMembership::group).filter(|group| group.namespace().as_str() == ACCOUNT && *group != stays);
        Ok(left.cloned().collect())
    }

    pub(super) fn leads(&mut self) -> Result<(), OnefoldError> {
        let of_people = self.taken.parties.values().filter_map(|(spot, told)| Some((spot, told.lead.as_ref()?, false)));
        let own = self.taken.leads.values().map(|(spot, told)| (spot, told, true));
        for (spot, told, is_own) in own.chain(of_people).collect::<Vec<_>>() {
            self.plan.taken.insert(*spot);
            let spots = [*spot];
            let mut told = told.clone();
            told.owner = told.owner.map(|owner| self.user(*spot, owner));
            self.declared(Lead::KIND, *spot, &mut told.fields);
            let under = self.person(&told.id);
            let history = self.views.object(Lead::KIND, &told.id)?;
            let (known, imported) = self.known::<Lead>(history.as_ref());
            let outcomes = bring_up_lead(&known, &imported, &told, self.options, self.at);
            let (source, key) = under;
            self.happens::<Lead>(&spots, &told.id, &(source.clone(), Some(key.clone())), &outcomes)?;
            if !is_own {
                continue;
            }
            let attributes = told
                .fields
                .iter()
                .map(|(name, value)| (name.as_str().into(), value.clone()))
                .collect::<BTreeMap<_, _>>();
            if !attributes.is_empty() {
                let mut says = Draft::new(source, Body::Set(attributes)).key(key);
                for identifier in &told.identifiers {
                    says = says.identified_by(identifier.clone());
                }
                let as_of = told.at.or(told.created);
                self.push(&spots, as_of.into_iter().fold(says, Draft::occurred_at));
            }
            for channel in &told.opt_outs {
                let (source, key) = self.person(&told.id);
                let refuses = Draft::new(source, refusal(channel)).key(key);
                self.push(&spots, told.at.or(told.created).into_iter().fold(refuses, Draft::occurred_at));
            }
            if let Some((when, [Some(contact), ..])) = &told.converted {
                let link = Decision::Link(self.record(Party::Person, contact), self.record(Party::Person, &told.id));
                let link = Draft::new(self.source().clone(), Body::Decision(link));
                self.push(&spots, when.iter().fold(link, |link, when| link.occurred_at(*when)));
            }
        }
        Ok(())
    }
}

/// That nothing more is to come through a channel.
fn refusal(channel: &str) -> Body {
    Body::Consent(Consent {
        purpose: MARKETING.to_owned(),
        channel: Some(channel.to_owned()),
        choice: Choice::Denied,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    })
}
