//! Deals and leads: as they are, and as they were at a time by what is known now.

use std::collections::BTreeMap;

use onefold_crm::{Aggregate, Folded, Lead, LeadOutcome, Opportunity, Score, fold, happened};
use onefold_fact::{RecordId, Standing, Timestamp};
use onefold_profile::Profile;

use super::{WorkError, whose};
use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::views::Views;

impl Views {
    /// A deal. `None` if there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn deal(&self, id: &str) -> Result<Option<Opportunity>, OnefoldError> {
        self.deal_as_of(id, None)
    }

    /// A deal as we now know that it was at a time: from what had happened by then (all, if `None`). `None` if it was not
    /// there. What was known then is what [`known_at`](crate::Onefold::known_at) reads.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn deal_as_of(&self, id: &str, as_of: Option<Timestamp>) -> Result<Option<Opportunity>, OnefoldError> {
        let deal = self.object(Opportunity::KIND, id)?.map(|history| state_as_of(&history, as_of));
        // Of one whose opening was taken back the rest says nothing.
        Ok(deal.filter(Opportunity::is_there))
    }

    /// All deals, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn deals(&self) -> Result<BTreeMap<String, Opportunity>, OnefoldError> {
        self.deals_as_of(None)
    }

    /// All deals as we now know that they were at a time. A deal that was closed by then is closed, whatever became of it
    /// since, so a report on deals as of its end says the same later on.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn deals_as_of(&self, as_of: Option<Timestamp>) -> Result<BTreeMap<String, Opportunity>, OnefoldError> {
        let mut deals = self.all_as_of::<Opportunity>(as_of)?;
        deals.retain(|_, deal| deal.is_there());
        Ok(deals)
    }

    /// A lead. `None` if there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn lead(&self, id: &str) -> Result<Option<Lead>, OnefoldError> {
        Ok(self.object(Lead::KIND, id)?.map(|history| state(&history)))
    }

    /// All leads, by id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn leads(&self) -> Result<BTreeMap<String, Lead>, OnefoldError> {
        self.leads_as_of(None)
    }

    /// All leads that had come by a time, as we now know that they were then (all, if `None`).
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn leads_as_of(&self, as_of: Option<Timestamp>) -> Result<BTreeMap<String, Lead>, OnefoldError> {
        let mut leads = self.all_as_of::<Lead>(as_of)?;
        leads.retain(|_, lead| as_of.is_none() || lead.captured_at.is_some());
        Ok(leads)
    }

    /// What happened to a lead, in order: where it stood when, whose it was, and why it was nobody else's. Nothing, if there is
    /// none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn lead_history(&self, id: &str) -> Result<Vec<(Timestamp, LeadOutcome)>, OnefoldError> {
        let history = self.object(Lead::KIND, id)?;
        Ok(history.map(|history| happened::<Lead>(history.standing())).unwrap_or_default())
    }

    /// How a lead scores at a clock, by what it said and by what the customer did whom it is linked to. `None` if there is
    /// none of this id.
    ///
    /// # Errors
    /// When it cannot be read, or a rule asks for a segment.
    pub fn score(&self, lead: &str, at: Timestamp) -> Result<Option<Score>, WorkError> {
        let Some(history) = self.object(Lead::KIND, lead)? else { return Ok(None) };
        Ok(Some(self.score_of(&state(&history), &history, at)?))
    }

    /// How a lead scored at a time by what it had said by then. `None` if it had not come.
    ///
    /// # Errors
    /// When it cannot be read, or a rule asks for a segment.
    pub fn score_as_of(&self, lead: &str, at: Timestamp) -> Result<Option<Score>, WorkError> {
        let Some(history) = self.object(Lead::KIND, lead)? else { return Ok(None) };
        let was: Lead = state_as_of(&history, Some(at));
        was.captured_at.map(|_| self.score_of(&was, &history, at)).transpose()
    }

    fn score_of(&self, lead: &Lead, history: &ObjectHistory, at: Timestamp) -> Result<Score, WorkError> {
        let profile = self.customer_about(history)?;
        Ok(self.scoring().score(&lead.subject(profile.as_ref().map(Profile::timeline)), at)?)
    }

    /// The customer whom an object of work is about: by the record that its facts are of.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer_about(&self, history: &ObjectHistory) -> Result<Option<Profile>, OnefoldError> {
        match record_about(history) {
            Some(record) => self.customer(record),
            None => Ok(None),
        }
    }

    pub(crate) fn all<A: Aggregate>(&self) -> Result<BTreeMap<String, A>, OnefoldError> {
        self.all_as_of(None)
    }

    fn all_as_of<A: Aggregate>(&self, as_of: Option<Timestamp>) -> Result<BTreeMap<String, A>, OnefoldError> {
        let mut all = BTreeMap::new();
        self.each_object(Some(A::KIND), |_, id, history| {
            if !history.standing().is_empty() {
                all.insert(id.to_owned(), state_as_of(&history, as_of));
            }
        })?;
        Ok(all)
    }
}

/// The record of whom an object is about.
pub(crate) fn record_about(history: &ObjectHistory) -> Option<RecordId> {
    let (source, key) = whose(history);
    Some(RecordId::of(&source, &key?))
}

/// What an object is.
pub(crate) fn state<A: Aggregate>(history: &ObjectHistory) -> A {
    state_as_of(history, None)
}

/// What an object was at a time.
pub(crate) fn state_as_of<A: Aggregate>(history: &ObjectHistory, as_of: Option<Timestamp>) -> A {
    let mut standing = history.standing();
    standing.retain(|standing: &Standing<'_>| as_of.is_none_or(|as_of| standing.at() <= as_of));
    let Folded { state, .. } = fold(standing);
    state
}
