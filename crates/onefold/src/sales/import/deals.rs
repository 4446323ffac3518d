//! What rows say of deals, of what they were, and of who takes part in them.

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::import::{DealNow, bring_up_deal, stage_named};
use onefold_crm::{Aggregate, Opportunity, Outcome};
use onefold_fact::{Finding, Party, Reason, RecordKey};

use super::super::{Under, state, whose};
use super::plan::Planning;
use super::read::Spot;
use crate::error::OnefoldError;

impl Planning<'_> {
    pub(super) fn deals(&mut self) -> Result<(), OnefoldError> {
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
            if let Some((spot, _)) = told.filter(|(_, told)| told.at.is_none())
                && history.as_ref().is_some_and(|history| state::<Opportunity>(history).deleted_at.is_some())
            {
                let message = "the deal was deleted, and the row does not say when it was modified; it stays deleted: export the \
                               time of modification too";
                let finding = Finding::new(Reason::Conflicting, message).at(self.place(*spot));
                self.plan.findings.push(finding);
            }
            let mut deal = told.map(|(_, told)| told.clone());
            if let (Some(deal), Some((spot, _))) = (&mut deal, told) {
                self.declared_of_deal((id, is.as_ref()), *spot, &mut deal.fields, &mut held);
                self.user_of_step(*spot, &mut deal.now);
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
            let mut of_users = Vec::new();
            for (spot, change) in changes {
                let mut change = change.clone();
                self.user_of_step(*spot, &mut change.step);
                self.user_of_step(*spot, &mut change.before);
                of_users.push(change);
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
                    let participants = self.participants(&now)?;
                    for happens in outcomes {
                        let of = match &happens.1 {
                            Outcome::ContactAdded { contact, .. } => participants.get(contact).unwrap_or(&under),
                            _ => &under,
                        };
                        self.happens::<Opportunity>(&spots, id, of, std::slice::from_ref(&happens))?;
                    }
                }
                Err(why) => spots.iter().for_each(|spot| self.aside(*spot, &why)),
            }
        }
        Ok(())
    }

    /// Who takes part in a deal and is a customer, or will be one by this import: that they do is told of them.
    fn participants(&self, now: &DealNow<'_>) -> Result<BTreeMap<String, Under>, OnefoldError> {
        let told = now.told.iter().flat_map(|told| &told.contacts);
        let mut participants = BTreeMap::new();
        for id in now.parts.iter().map(|part| &part.contact).chain(told) {
            let record = self.record(Party::Person, id);
            let is_coming = self.taken.parties.contains_key(&(Party::Person, id.clone()));
            if is_coming || self.views.key_of(record)?.is_some() {
                let (source, key) = self.person(id);
                participants.insert(record.to_string(), (source, Some(key)));
            }
        }
        Ok(participants)
    }

    /// The customer whom a deal is about: who is asked first, else the first who takes part, else the account.
    fn about(&self, now: &DealNow<'_>) -> Option<RecordKey> {
        let primary = now.parts.iter().filter(|part| part.primary).map(|part| &part.contact).min();
        let told = now.told.and_then(|told| told.contacts.first());
        let contact = primary.or(told).or_else(|| now.parts.iter().map(|part| &part.contact).min());
        let account = now.told.and_then(|told| told.account.as_deref());
        contact.map(|contact| RecordKey::person(contact.as_str())).or(account.map(RecordKey::organisation))
    }
}
