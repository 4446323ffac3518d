//! What follows from an import: facts, each with the rows that say it.

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::import::{ImportOptions, UserTold};
use onefold_crm::{Aggregate, Rejection, User, UserOutcome, happened};
use onefold_fact::{Draft, Finding, Party, Place, Reason, RecordId, RecordKey, Source, Standing, Timestamp};

use super::super::{Under, told_at};
use super::owners::Owners;
use super::read::{Spot, Taken};
use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::views::Views;

/// What happened to an object, in order.
type Happened<A> = Vec<(Timestamp, <A as Aggregate>::Outcome)>;

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
    pub(super) options: &'a ImportOptions,
    pub(super) at: Timestamp,
    pub(super) plan: Plan,
    pub(super) drafts: Vec<Draft>,
    pub(super) owners: Owners,
}

impl Plan {
    pub(super) fn of(
        views: &Views,
        taken: &Taken,
        options: &ImportOptions,
        at: Timestamp,
    ) -> Result<(Self, Vec<Draft>), OnefoldError> {
        let (plan, drafts, owners) = (Self::default(), Vec::new(), Owners::default());
        let mut planning = Planning { views, taken, options, at, plan, drafts, owners };
        planning.users()?;
        planning.parties()?;
        planning.leads()?;
        planning.deals()?;
        planning.deleted()?;
        Ok((planning.plan, planning.drafts))
    }
}

impl Planning<'_> {
    pub(super) fn push(&mut self, spots: &[Spot], draft: Draft) {
        self.plan.drafts.push(spots.to_vec());
        self.drafts.push(draft);
    }

    pub(super) fn source(&self) -> &Source {
        &self.options.source
    }

    pub(super) fn person(&self, id: &str) -> (Source, RecordKey) {
        (self.source().clone(), RecordKey::person(id))
    }

    pub(super) fn record(&self, party: Party, id: &str) -> RecordId {
        RecordId::of(self.source(), &RecordKey::new(party, id))
    }

    pub(super) fn place(&self, spot: Spot) -> Place {
        let name = self.taken.files.get(spot.file).map_or("", |file| file.name.as_str());
        Place::file(name).row(spot.row)
    }

    pub(super) fn aside(&mut self, spot: Spot, why: &Rejection) {
        let finding = Finding::new(Reason::MalformedValue, why.to_string()).at(self.place(spot));
        self.plan.aside.push((spot, finding));
    }

    /// What happens to an object, said by rows.
    pub(super) fn happens<A: Aggregate>(
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
    pub(super) fn is_imported(&self, standing: &Standing<'_>) -> bool {
        let rest = standing.fact().batch().as_str().strip_prefix("import ");
        rest.and_then(|rest| rest.strip_prefix(self.source().as_str())).is_some_and(|rest| rest.starts_with(' '))
    }

    /// What happened to an object, and what of it earlier imports said.
    pub(super) fn known<A: Aggregate>(&self, history: Option<&ObjectHistory>) -> (Happened<A>, Happened<A>) {
        let Some(history) = history else { return (Vec::new(), Vec::new()) };
        let standing = history.standing();
        let imported = standing.iter().copied().filter(|standing| self.is_imported(standing));
        (happened::<A>(standing.iter().copied()), happened::<A>(imported))
    }

    /// An object as earlier imports alone say.
    pub(super) fn said<A: Aggregate>(&self, id: &str) -> Result<A, OnefoldError> {
        let history = self.views.object(A::KIND, id)?;
        let (_, imported) = self.known::<A>(history.as_ref());
        let mut said = A::default();
        imported.iter().for_each(|(at, outcome)| said.apply(*at, outcome));
        Ok(said)
    }

    pub(super) fn users(&mut self) -> Result<(), OnefoldError> {
        let known = self.views.users()?;
        let there = known.iter().map(|(id, user)| (id, &user.name, &user.email));
        let told = self.taken.users.iter().map(|(id, (_, user))| (id, &user.name, &user.email));
        for (id, name, email) in there.chain(told) {
            self.owners.insert(id, name, email.as_deref());
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
}

/// Whether somebody stands above themselves, over any number of others.
pub(super) fn goes_round(above: &BTreeMap<String, String>, id: &str) -> bool {
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
