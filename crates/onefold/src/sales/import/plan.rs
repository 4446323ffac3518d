//! What follows from an import: facts, each with the rows that say it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use onefold_crm::import::{
    DealNow, ExportOf, ImportOptions, StageSeen, UserTold, bring_up_deal, bring_up_lead, pipeline_of, stage_named,
};
use onefold_crm::{
    Account, AccountOutcome, Aggregate, Lead, LeadOutcome, LeadStatus, Opportunity, Outcome, Pipeline, Rejection,
    Stage, User, UserOutcome, happened,
};
use onefold_fact::{
    AttributeName, Body, Choice, Consent, Decision, Draft, Finding, Identifier, Membership, Party, Place, Reason,
    RecordId, RecordKey, Source, Standing, Timestamp,
};
use onefold_profile::{GroupMembership, Provenance};

use super::super::{Under, state, told_at, whose};
use super::read::{Spot, Taken};
use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::views::Views;

/// What happened to an object, in order.
type Happened<A> = Vec<(Timestamp, <A as Aggregate>::Outcome)>;

/// The namespace of the groups that accounts are.
const ACCOUNT: &str = "account";

/// What opt-outs of sales systems are about.
const MARKETING: &str = "marketing";

/// What follows from an import.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Of each draft the rows that say it.
    pub(super) drafts: Vec<Vec<Spot>>,
    /// The rows that were taken.
    pub(super) taken: BTreeSet<Spot>,
    /// The rows that were not.
    pub(super) aside: Vec<(Spot, Finding)>,
    pub(super) findings: Vec<Finding>,
    pub(super) pipelines: BTreeSet<String>,
}

pub(super) struct Planning<'a> {
    pub(super) views: &'a Views,
    pub(super) taken: &'a Taken,
    options: &'a ImportOptions,
    at: Timestamp,
    pub(super) plan: Plan,
    drafts: Vec<Draft>,
    /// By name and by address of a user: the id.
    users: BTreeMap<String, Option<String>>,
}

impl Plan {
    pub(super) fn of(
        views: &Views,
        taken: &Taken,
        options: &ImportOptions,
        at: Timestamp,
    ) -> Result<(Self, Vec<Draft>), OnefoldError> {
        let (plan, drafts, users) = (Self::default(), Vec::new(), BTreeMap::new());
        let mut planning = Planning { views, taken, options, at, plan, drafts, users };
        planning.users()?;
        planning.parties()?;
        planning.leads()?;
        planning.deals()?;
        planning.deleted()?;
        Ok((planning.plan, planning.drafts))
    }
}

impl Planning<'_> {
    fn push(&mut self, spots: &[Spot], draft: Draft) {
        self.plan.drafts.push(spots.to_vec());
        self.drafts.push(draft);
    }

    fn source(&self) -> &Source {
        &self.options.source
    }

    fn person(&self, id: &str) -> (Source, RecordKey) {
        (self.source().clone(), RecordKey::person(id))
    }

    fn record(&self, party: Party, id: &str) -> RecordId {
        RecordId::of(self.source(), &RecordKey::new(party, id))
    }

    pub(super) fn place(&self, spot: Spot) -> Place {
        let name = self.taken.files.get(spot.file).map_or("", |file| file.name.as_str());
        Place::file(name).row(spot.row)
    }

    fn aside(&mut self, spot: Spot, why: &Rejection) {
        let finding = Finding::new(Reason::MalformedValue, why.to_string()).at(self.place(spot));
        self.plan.aside.push((spot, finding));
    }

    /// What happens to an object, said by rows.
    fn happens<A: Aggregate>(
        &mut self,
        spots: &[Spot],
        id: &str,
        under: &Under,
        outcomes: &[(Timestamp, A::Outcome)],
    ) -> Result<(), OnefoldError> {
        for draft in told_at::<A>(id, under, outcomes)? {
            self.push(spots, draft);
        }
        Ok(())
    }

    /// Whether a fact came with an import from this source.
    fn is_imported(&self, standing: &Standing<'_>) -> bool {
        let rest = standing.fact().batch().as_str().strip_prefix("import ");
        rest.and_then(|rest| rest.strip_prefix(self.source().as_str())).is_some_and(|rest| rest.starts_with(' '))
    }

    /// What happened to an object, and what of it earlier imports said.
    fn known<A: Aggregate>(&self, history: Option<&ObjectHistory>) -> (Happened<A>, Happened<A>) {
        let Some(history) = history else { return (Vec::new(), Vec::new()) };
        let standing = history.standing();
        let imported = standing.iter().copied().filter(|standing| self.is_imported(standing));
        (happened::<A>(standing.iter().copied()), happened::<A>(imported))
    }

    /// An object as earlier imports alone say.
    fn said<A: Aggregate>(&self, id: &str) -> Result<A, OnefoldError> {
        let history = self.views.object(A::KIND, id)?;
        let (_, imported) = self.known::<A>(history.as_ref());
        let mut said = A::default();
        imported.iter().for_each(|(at, outcome)| said.apply(*at, outcome));
        Ok(said)
    }

    fn users(&mut self) -> Result<(), OnefoldError> {
        let known = self.views.users()?;
        let names = known.iter().map(|(id, user)| (id, &user.name, user.email.as_ref()));
        let told = self.taken.users.iter().map(|(id, (_, user))| (id, &user.name, user.email.as_ref()));
        for (id, name, email) in names.chain(told) {
            for called in std::iter::once(name).chain(email) {
                // Two of one name are told apart by their ids only.
                let held = self.users.entry(called.clone()).or_insert_with(|| Some(id.clone()));
                if held.as_ref() != Some(id) {
                    *held = None;
                }
            }
        }
        let mut managers = self.views.managers()?.into_table();
        for (id, (_, told)) in &self.taken.users {
            match &told.manager {
                Some(manager) => drop(managers.insert(id.clone(), manager.clone())),
                None => drop(managers.remove(id)),
            }
        }
        for (id, (spot, told)) in &self.taken.users {
            self.plan.taken.insert(*spot);
            let UserTold { name, email, manager, active, at, .. } = told;
            let when = at.unwrap_or(self.at);
            let user: User = known.get(id).cloned().unwrap_or_default();
            let said: User = self.said(id)?;
            // What an earlier import said as well is no news.
            let was_said = !said.name.is_empty();
            let mut outcomes = Vec::new();
            let is_said = was_said && said.name == *name && said.email == *email;
            if (user.name != *name || user.email != *email) && !is_said {
                outcomes.push((when, UserOutcome::Described { name: name.clone(), email: email.clone() }));
            }
            if manager.is_some() && goes_round(&managers, id) {
                let message = "the user reports to themselves over others; expected another manager, or none";
                let place = self.place(*spot);
                self.plan.findings.push(Finding::new(Reason::Conflicting, message).at(place));
            } else if user.manager != *manager && !(was_said && said.manager == *manager) {
                outcomes.push((when, UserOutcome::Reports { manager: manager.clone() }));
            }
            if user.left == *active && !(was_said && said.left != *active) {
                outcomes.push((when, UserOutcome::Left { left: !active }));
            }
            self.happens::<User>(&[*spot], id, &(self.source().clone(), None), &outcomes)?;
        }
        Ok(())
    }

    /// The user whom a text names: by id, or by a name or an address that one user only has.
    fn user(&self, text: &str) -> String {
        self.users.get(text).cloned().flatten().unwrap_or_else(|| text.to_owned())
    }

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

    fn parties(&mut self) -> Result<(), OnefoldError> {
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
                attributes.insert("owner".into(), self.user(owner).into());
            }
            let mut says = about(Body::Set(attributes));
            for identifier in &told.identifiers {
                says = says.identified_by(identifier.clone());
            }
            match party {
                Party::Organisation => {
                    // By this its people are its members.
                    says = says.identified_by(Identifier::new(ACCOUNT, id.as_str()));
                    self.push(&spots, says);
                    self.account(&spots, &key, told, &above)?;
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

    fn account(
        &mut self,
        spots: &[Spot],
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
            let place = spots.first().map(|spot| self.place(*spot)).unwrap_or_default();
            self.plan.findings.push(Finding::new(Reason::Conflicting, message).at(place));
        } else if parent.is_some() && parent != is.parent && parent != said.parent {
            outcomes.push((when, AccountOutcome::Placed { parent }));
        }
        let owner = told.owner.as_deref().map(|owner| self.user(owner));
        if owner.is_some() && owner != is.owner && owner != said.owner {
            outcomes.push((when, AccountOutcome::Assigned { owner }));
        }
        self.happens::<Account>(spots, &record, &(self.source().clone(), Some(key.clone())), &outcomes)
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

    fn leads(&mut self) -> Result<(), OnefoldError> {
        let of_people = self.taken.parties.values().filter_map(|(spot, told)| Some((spot, told.lead.as_ref()?, false)));
        let own = self.taken.leads.values().map(|(spot, told)| (spot, told, true));
        for (spot, told, is_own) in own.chain(of_people).collect::<Vec<_>>() {
            self.plan.taken.insert(*spot);
            let spots = [*spot];
            let mut told = told.clone();
            told.owner = told.owner.map(|owner| self.user(&owner));
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

    fn deals(&mut self) -> Result<(), OnefoldError> {
        let made = self.pipelines_made()?;
        let mut held = self.held()?;
        let ids: BTreeSet<&String> =
            self.taken.deals.keys().chain(self.taken.changes.keys()).chain(self.taken.parts.keys()).collect();
        for id in ids {
            let told = self.taken.deals.get(id);
            let changes = self.taken.changes.get(id).map(Vec::as_slice).unwrap_or_default();
            let parts = self.taken.parts.get(id).map(Vec::as_slice).unwrap_or_default();
            let spots: Vec<Spot> = told
                .map(|(spot, _)| *spot)
                .into_iter()
                .chain(changes.iter().map(|(spot, _)| *spot))
                .chain(parts.iter().map(|(spot, _)| *spot))
                .collect();
            let history = self.views.object(Opportunity::KIND, id)?;
            let (known, imported) = self.known::<Opportunity>(history.as_ref());
            let is: Option<Opportunity> = self.views.deal(id)?.filter(Opportunity::is_there);
            let name = match &is {
                Some(deal) => deal.pipeline.clone(),
                None => self.pipeline_name(told.and_then(|(_, told)| told.pipeline.as_deref())),
            };
            let Some(pipeline) = made.get(&name).or_else(|| self.views.pipelines().get(&name)) else {
                let message =
                    format!("there is no pipeline `{name}`, and the deals do not say one that works; adopt one first");
                for spot in spots {
                    let finding = Finding::new(Reason::Configuration, message.as_str()).at(self.place(spot));
                    self.plan.aside.push((spot, finding));
                }
                continue;
            };
            let mut deal = told.map(|(_, told)| told.clone());
            if let (Some(deal), Some((spot, _))) = (&mut deal, told) {
                self.declared_of_deal((id, is.as_ref()), *spot, &mut deal.fields, &mut held);
                deal.now.owner = deal.now.owner.take().map(|owner| self.user(&owner));
                // A stage that closes says so itself, unless the row says more than its name.
                if let (Some(stage), Some(won)) = (deal.now.stage.as_deref(), deal.closed)
                    && stage_named(pipeline, stage).is_some_and(|stage| stage.closes.is_none())
                {
                    let how = if won { "won" } else { "lost" };
                    let message = format!(
                        "the deal is {how}, but stage `{stage}` of the pipeline does not close; it was left open: \
                                           give the pipeline a stage that does"
                    );
                    let finding = Finding::new(Reason::Conflicting, message);
                    self.plan.findings.push(spots.iter().take(1).fold(finding, |it, spot| it.at(self.place(*spot))));
                }
            }
            let mut of_users: Vec<_> = changes.iter().map(|(_, change)| change.clone()).collect();
            for change in &mut of_users {
                change.step.owner = change.step.owner.take().map(|owner| self.user(&owner));
            }
            let now = DealNow {
                told: deal.as_ref(),
                changes: of_users.iter().collect(),
                parts: parts.iter().map(|(_, part)| part).collect(),
                imported: &imported,
            };
            match bring_up_deal(&known, &now, (&name, pipeline), self.options, self.at) {
                Ok(outcomes) => {
                    self.plan.taken.extend(&spots);
                    let under = match &history {
                        Some(history) => whose(history),
                        None => (self.source().clone(), self.about(&now)),
                    };
                    self.happens::<Opportunity>(&spots, id, &under, &outcomes)?;
                }
                Err(why) => spots.iter().for_each(|spot| self.aside(*spot, &why)),
            }
        }
        Ok(())
    }

    /// What is there no more where it is kept: a deal is deleted, a lead disqualified; of a company or a person the source
    /// takes back what it said.
    fn deleted(&mut self) -> Result<(), OnefoldError> {
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
            let (status, reason) = (LeadStatus::Disqualified, Some("deleted".to_owned()));
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

    /// The customer whom a deal is about: who is asked first, else the first who takes part, else the account.
    fn about(&self, now: &DealNow<'_>) -> Option<RecordKey> {
        let primary = now.parts.iter().filter(|part| part.primary).map(|part| &part.contact).min();
        let told = now.told.and_then(|told| told.contacts.first());
        let contact = primary.or(told).or_else(|| now.parts.iter().map(|part| &part.contact).min());
        let account = now.told.and_then(|told| told.account.as_deref());
        contact.map(|contact| RecordKey::person(contact.as_str())).or(account.map(RecordKey::organisation))
    }

    /// The pipeline that a row names, as it is called here.
    fn pipeline_name(&self, named: Option<&str>) -> String {
        match named {
            None | Some("default") => self.options.pipeline.clone(),
            Some(named) => named.to_owned(),
        }
    }

    /// Whether the pipeline in force of a name was made by an import, and is to have the stages that later ones name.
    fn is_made(&self, name: &str) -> bool {
        let adopted = self.views.governance.facts().iter().filter(|fact| match fact.body() {
            Body::Adopt(configuration) => configuration.part == Pipeline::PART && configuration.name == name,
            _ => false,
        });
        adopted.max_by_key(|fact| fact.received_at()).is_some_and(|fact| fact.batch().as_str().starts_with("import "))
    }

    /// Pipelines of the stages that deals name, where there is none of that name, or one that an import made and that is
    /// without some of them.
    fn pipelines_made(&mut self) -> Result<BTreeMap<String, Pipeline>, OnefoldError> {
        let mut seen: BTreeMap<String, BTreeMap<String, StageSeen>> = BTreeMap::new();
        let mut is_made: BTreeMap<String, bool> = BTreeMap::new();
        for id in self.taken.deals.keys().chain(self.taken.changes.keys()).collect::<BTreeSet<_>>() {
            let told = self.taken.deals.get(id).map(|(_, told)| told);
            let name = match (self.views.deal(id)?, told) {
                (Some(deal), _) => deal.pipeline,
                (None, Some(told)) => self.pipeline_name(told.pipeline.as_deref()),
                (None, None) => continue,
            };
            if self.views.pipelines().contains_key(&name)
                && !*is_made.entry(name.clone()).or_insert_with_key(|name| self.is_made(name))
            {
                continue;
            }
            let stages = seen.entry(name).or_default();
            if let Some((told, stage)) = told.and_then(|told| Some((told, told.now.stage.as_ref()?))) {
                let of = stages.entry(stage.clone()).or_default();
                of.probability = of.probability.or(told.now.probability);
                of.category = of.category.or(told.now.category);
                of.closes = of
                    .closes
                    .or(told.closed.map(|won| if won { onefold_crm::Closes::Won } else { onefold_crm::Closes::Lost }));
            }
            for (_, change) in self.taken.changes.get(id).into_iter().flatten() {
                for (step, is_now) in [(&change.step, true), (&change.before, false)] {
                    let Some(stage) = &step.stage else { continue };
                    let of = stages.entry(stage.clone()).or_default();
                    of.probability = of.probability.or(step.probability.filter(|_| is_now));
                    of.category = of.category.or(step.category.filter(|_| is_now));
                }
            }
        }
        let mut made = BTreeMap::new();
        for (name, stages) in seen {
            let pipeline = match self.views.pipelines().get(&name) {
                Some(pipeline) => match extended(pipeline, stages) {
                    Some(pipeline) => pipeline,
                    None => continue,
                },
                None => pipeline_of(&stages),
            };
            let problems = pipeline.problems();
            match pipeline.configuration(&name) {
                Ok(configuration) if problems.is_empty() => {
                    self.push(&[], Draft::new("onefold", Body::Adopt(configuration)));
                    self.plan.pipelines.insert(name.clone());
                    made.insert(name, pipeline);
                }
                _ => {
                    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    let message = format!("the stages of the deals are no pipeline `{name}`: {}", problems.join("; "));
                    self.plan.findings.push(Finding::new(Reason::Configuration, message));
                }
            }
        }
        Ok(made)
    }
}

/// A pipeline with the stages that it is without; `None` if it has them all.
fn extended(pipeline: &Pipeline, mut stages: BTreeMap<String, StageSeen>) -> Option<Pipeline> {
    stages.retain(|name, _| stage_named(pipeline, name).is_none());
    if stages.is_empty() {
        return None;
    }
    let mut pipeline = pipeline.clone();
    // Those that a pipeline cannot be without are there.
    let new = pipeline_of(&stages).stages.into_iter().filter(|stage| stages.contains_key(&stage.name));
    for stage in new {
        let comes_before =
            |other: &Stage| (other.closes.is_some(), other.probability) <= (stage.closes.is_some(), stage.probability);
        let place = pipeline.stages.iter().position(|other| !comes_before(other)).unwrap_or(pipeline.stages.len());
        pipeline.stages.insert(place, stage);
    }
    Some(pipeline)
}

/// Whether somebody stands above themselves, over any number of others.
fn goes_round(above: &BTreeMap<String, String>, id: &str) -> bool {
    let mut seen = BTreeSet::from([id]);
    let mut at = above.get(id);
    while let Some(next) = at {
        if next == id {
            return true;
        }
        if !seen.insert(next) {
            return false;
        }
        at = above.get(next);
    }
    false
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
