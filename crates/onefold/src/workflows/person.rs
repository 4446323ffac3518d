//! [`Person`]: a customer with their runs, as they were known at an instant.

use onefold_fact::{CustomerId, Fact, RecordKey, Source, Standing, Timestamp};
use onefold_profile::Profile;
use onefold_workflow::{Decided, Runs, WORKFLOW_RUN};

use crate::error::OnefoldError;
use crate::folding::Gathered;
use crate::sales::WorkError;
use crate::views::Views;

/// A customer, as long as nothing is written about them.
pub(super) struct Person {
    /// Of what was known at the instant that was decided last.
    pub(super) profile: Profile,
    pub(super) runs: Runs,
    pub(super) under: (Source, RecordKey),
    /// What is told of them, and when the first of it became known that the profile is without.
    later: Option<(Timestamp, Gathered)>,
}

impl Person {
    /// A customer with their runs, as they were known at an instant. `None` if they are there no more.
    pub(super) fn read(views: &Views, customer: CustomerId, now: Timestamp) -> Result<Option<Self>, OnefoldError> {
        let told = views.reading().at(now).told(customer)?;
        if told.is_empty() {
            return Ok(None);
        }
        let runs = if views.governance.settings().licences.sources.is_empty() {
            runs(&told)
        } else {
            runs(&views.reading().told_whole(customer)?)
        };
        let (profile, later) = known(views, told, now);
        let under = match views.kept_under(customer.into()) {
            Ok(under) => under,
            Err(WorkError::House(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        Ok(Some(Self { profile, runs, under, later }))
    }

    /// Brings the profile up to what was known at an instant.
    pub(super) fn advance_to(&mut self, views: &Views, now: Timestamp) {
        if let Some((_, told)) = self.later.take_if(|(from, _)| *from <= now) {
            (self.profile, self.later) = known(views, told, now);
        }
    }
}

fn runs(told: &Gathered) -> Runs {
    Runs::fold(told.standing().filter_map(|(_, standing)| Decided::of(&standing)))
}

/// The profile of what was known at an instant, and what became known later, with the first moment of that.
fn known(views: &Views, told: Gathered, now: Timestamp) -> (Profile, Option<(Timestamp, Gathered)>) {
    let since = |standing: &Standing<'_>| known_from(standing.fact(), standing.order().received_at());
    let profile = told.fold_if(views.schema(), views.governance.rules(), |standing| since(standing) <= now);
    let later = told.standing().map(|(_, standing)| since(&standing)).filter(|at| *at > now).min();
    (profile, later.map(|from| (from, told)))
}

/// Since when the house knows what a fact says. What runs did it knows since they decided it, however late it is written.
pub(super) fn known_from(fact: &Fact, received_at: Timestamp) -> Timestamp {
    let is_of_run = fact.batch().as_str().strip_prefix(WORKFLOW_RUN).is_some_and(|run| run.starts_with(' '));
    fact.occurred_at().filter(|_| is_of_run).unwrap_or(received_at)
}
