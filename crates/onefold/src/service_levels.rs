//! Service levels behind the house: the clocks of tickets, by what is on the timelines of customers.

use std::sync::Arc;

use onefold_fact::{Body, CustomerId, ObjectEvent, Standing, Timestamp, Value};
use onefold_profile::Profile;
use onefold_workflow::{Clock, ClockState, Escalation, Happened, Happening, Sla, SlaSpec, TicketClocks, TicketStatus};
use onefold_worktime::CalendarSpec;

use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::views::Views;

/// What the facts call tickets.
pub(crate) const TICKET: &str = "ticket";

impl Views {
    /// The service levels in force, as they were adopted.
    #[must_use]
    pub fn service_levels(&self) -> &SlaSpec {
        &self.governance.settings().service.levels
    }

    /// The calendar of a name, as it was adopted.
    #[must_use]
    pub fn calendar(&self, name: &str) -> Option<&CalendarSpec> {
        self.governance.settings().service.calendars.get(name)
    }

    /// The names of the calendars that were adopted.
    pub fn calendars(&self) -> impl Iterator<Item = &str> {
        self.governance.settings().service.calendars.keys().map(String::as_str)
    }

    /// The service levels in force, with their calendars, ready to measure.
    ///
    /// # Errors
    /// When none were adopted, or they name a calendar that was not.
    pub fn sla(&self) -> Result<Arc<Sla>, OnefoldError> {
        self.governance.settings().service.sla()
    }

    /// How each metric of a ticket stands at a moment, by what happened by then. `None` if there is no such ticket.
    ///
    /// # Errors
    /// When it cannot be read, or no service levels are in force.
    pub fn clocks(&self, ticket: &str, at: Timestamp) -> Result<Option<Vec<Clock>>, OnefoldError> {
        let sla = self.sla()?;
        Ok(self.ticket_clocks(&sla, ticket, at)?.map(|ticket| ticket.clocks(&sla, at)))
    }

    /// What the clocks of a ticket come to after a moment and until another if nothing happens: warnings and breaches, to
    /// escalate on. `None` if there is no such ticket.
    ///
    /// # Errors
    /// When it cannot be read, or no service levels are in force.
    pub fn escalations(
        &self,
        ticket: &str,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Vec<Escalation>>, OnefoldError> {
        let sla = self.sla()?;
        Ok(self.ticket_clocks(&sla, ticket, until)?.map(|ticket| ticket.escalations(&sla, after, until)))
    }

    fn ticket_clocks(&self, sla: &Sla, ticket: &str, at: Timestamp) -> Result<Option<TicketClocks>, OnefoldError> {
        let Some(history) = self.object(TICKET, ticket)? else { return Ok(None) };
        let customer = self.customer_about(&history)?;
        Ok(Some(folded(sla, ticket, &history, customer.as_ref(), at)))
    }

    /// The clocks of a ticket by what happened up to a moment, and whose it is. `None` if there is none, or it is nobody's.
    pub(crate) fn ticket_clocks_at(
        &self,
        sla: &Sla,
        ticket: &str,
        at: Timestamp,
    ) -> Result<Option<(TicketClocks, CustomerId)>, OnefoldError> {
        let Some(history) = self.object(TICKET, ticket)? else { return Ok(None) };
        let Some(customer) = self.customer_about(&history)? else { return Ok(None) };
        Ok(Some((folded(sla, ticket, &history, Some(&customer), at), customer.id())))
    }

    /// The clocks of all tickets that are in danger or late at a moment, with the ticket of each: what is late first, then
    /// by when it will be.
    ///
    /// # Errors
    /// When they cannot be read, or no service levels are in force.
    pub fn in_danger(&self, at: Timestamp) -> Result<Vec<(String, Clock)>, OnefoldError> {
        let sla = self.sla()?;
        let mut found = Vec::new();
        let mut failed = None;
        self.each_object(Some(TICKET), |_, id, history| {
            let customer = self.customer_about(&history).unwrap_or_else(|error| {
                failed.get_or_insert(error);
                None
            });
            let clocks = folded(&sla, id, &history, customer.as_ref(), at).clocks(&sla, at);
            let urgent =
                clocks.into_iter().filter(|it| matches!(it.state, ClockState::InDanger | ClockState::Breached));
            found.extend(urgent.map(|clock| (id.to_owned(), clock)));
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        found.sort_by_key(|(id, clock)| (clock.state != ClockState::Breached, clock.due_at, id.clone(), clock.metric));
        Ok(found)
    }
}

fn folded(sla: &Sla, id: &str, history: &ObjectHistory, customer: Option<&Profile>, at: Timestamp) -> TicketClocks {
    let mut happened: Vec<Happened> = history.standing().iter().filter_map(|it| happening(id, it)).flatten().collect();
    happened.retain(|happened| happened.at <= at);
    happened.sort_by_key(|it| (it.at, rank(&it.what)));
    TicketClocks::fold(sla, &happened, customer.map(Profile::timeline))
}

/// What comes first of what happened at one instant: what a ticket is before what is done with it.
fn rank(what: &Happening) -> u8 {
    match what {
        Happening::Created { .. } => 0,
        Happening::Attributes { .. } | Happening::Calendar { .. } | Happening::Priority { .. } => 1,
        Happening::CustomerMessage => 2,
        Happening::Status { .. } => 4,
        _ => 3,
    }
}

/// What a fact about a ticket says that clocks care about.
fn happening(id: &str, standing: &Standing<'_>) -> Option<Vec<Happened>> {
    let Body::Object(ObjectEvent { event, data, .. }) = standing.fact().body() else { return None };
    let value = |field: &str| data.get(field).and_then(Option::as_ref);
    let text = |field: &str| value(field).and_then(Value::as_text).map(str::to_owned);
    let attribute = |field: &str| Happening::Attributes { set: [(field.to_owned(), value(field).cloned())].into() };
    let status = || {
        let to = [
            TicketStatus::Open,
            TicketStatus::Pending,
            TicketStatus::OnHold,
            TicketStatus::Solved,
            TicketStatus::Closed,
        ];
        let is = text("is")?;
        to.into_iter().find(|to| to.name() == is).map(|to| Happening::Status { to })
    };
    let said = match event.as_str() {
        "opened" => {
            let own = [
                ("id", Some(Value::from(id))),
                ("flow", value("flow").cloned()),
                ("subject", value("subject").cloned()),
            ];
            let attributes = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
            let created = Happening::Created { priority: text("priority"), calendar: None, attributes };
            [Some(created), status()].into_iter().flatten().collect()
        }
        "status_changed" | "reopened" => vec![status()?],
        "prioritised" => vec![Happening::Priority { to: text("priority") }],
        "customer_message" => vec![Happening::CustomerMessage],
        "public_reply" => vec![Happening::PublicReply],
        "internal_note" => vec![Happening::InternalNote],
        "queued" => vec![attribute("queue")],
        "given" => vec![attribute("team")],
        "assigned" => vec![attribute("assignee")],
        "described" => {
            let Some(Value::Map(fields)) = value("fields") else { return None };
            let calendar = fields.get("calendar").map(|calendar| Happening::Calendar {
                to: calendar.as_ref().and_then(Value::as_text).map(str::to_owned),
            });
            [
                Some(Happening::Attributes {
                    set: fields.iter().map(|(name, value)| (name.to_string(), value.clone())).collect(),
                }),
                calendar,
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        // Part of another ticket from then on: nobody waits for it any more.
        "merged_into" => vec![Happening::Status { to: TicketStatus::Closed }],
        _ => return None,
    };
    Some(said.into_iter().map(|what| Happened::new(standing.at(), what)).collect())
}
