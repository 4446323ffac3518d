//! [`Alarms`]: when the service levels of tickets are in danger next, for workflows that react to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use onefold_fact::{CustomerId, Timestamp};
use onefold_workflow::{Escalation, EscalationLevel, Metric, Sla};

use crate::error::OnefoldError;
use crate::service_levels::TICKET;
use crate::views::Views;

/// No clock is looked at further ahead.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// When clocks of tickets pass the first warning of their policy next; where it warns of nothing, when they are late.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    /// `None`, as long as nothing reacts to them.
    sla: Option<Arc<Sla>>,
    agenda: BTreeSet<(Timestamp, String)>,
    next: BTreeMap<String, Next>,
}

/// What comes next of a ticket.
#[derive(Debug)]
struct Next {
    at: Timestamp,
    metrics: BTreeSet<Metric>,
    customer: CustomerId,
}

/// A clock that is in danger.
#[derive(Debug)]
pub(super) struct Alarm {
    pub(super) ticket: String,
    pub(super) metric: Metric,
    pub(super) customer: CustomerId,
}

impl Alarms {
    /// Those of all tickets after a clock, as they stood then.
    pub(super) fn of(views: &Views, sla: Option<Arc<Sla>>, clock: Timestamp) -> Result<Self, OnefoldError> {
        let mut alarms = Self { sla, ..Self::default() };
        if alarms.sla.is_some() {
            let mut tickets = Vec::new();
            views.each_object(Some(TICKET), |_, id, _| tickets.push(id.to_owned()))?;
            for ticket in tickets {
                alarms.look_at(views, &ticket, clock)?;
            }
        }
        Ok(alarms)
    }

    /// Whether anything reacts to them.
    pub(super) fn are_awaited(&self) -> bool {
        self.sla.is_some()
    }

    /// When the first comes.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// Looks at a ticket as it stood at a clock.
    pub(super) fn look_at(&mut self, views: &Views, ticket: &str, clock: Timestamp) -> Result<(), OnefoldError> {
        if let Some(before) = self.next.remove(ticket) {
            self.agenda.remove(&(before.at, ticket.to_owned()));
        }
        let Some(sla) = &self.sla else { return Ok(()) };
        let Some((clocks, customer)) = views.ticket_clocks_at(sla, ticket, clock)? else { return Ok(()) };
        let until = clock.checked_add_signed(AHEAD).unwrap_or(Timestamp::MAX_UTC);
        let all = clocks.escalations(sla, clock, until);
        let warns = clocks.policy(sla).is_some_and(|policy| !policy.warn.is_empty());
        // What has passed a warning is in danger already.
        let passed = clocks.clocks(sla, clock).into_iter().filter(|of| of.warnings > 0).map(|of| of.metric);
        let passed: BTreeSet<Metric> = passed.collect();
        let is_danger = |escalation: &&Escalation| match escalation.level {
            EscalationLevel::Warned(_) => !passed.contains(&escalation.metric),
            EscalationLevel::Breached => !warns,
        };
        let Some(at) = all.iter().find(is_danger).map(|first| first.at) else { return Ok(()) };
        let metrics = all.iter().filter(is_danger).filter(|other| other.at == at).map(|other| other.metric).collect();
        self.agenda.insert((at, ticket.to_owned()));
        self.next.insert(ticket.to_owned(), Next { at, metrics, customer });
        Ok(())
    }

    /// Takes out what comes at a clock of the ticket that comes first, and looks for what comes after.
    pub(super) fn take(&mut self, views: &Views, clock: Timestamp) -> Result<Vec<Alarm>, OnefoldError> {
        let Some((_, ticket)) = self.agenda.pop_first() else { return Ok(Vec::new()) };
        let Some(Next { metrics, customer, .. }) = self.next.remove(&ticket) else { return Ok(Vec::new()) };
        self.look_at(views, &ticket, clock)?;
        Ok(metrics.into_iter().map(|metric| Alarm { ticket: ticket.clone(), metric, customer }).collect())
    }
}
