//! [`Desk`]: the inbox of a house, kept up to date with it.

use std::collections::BTreeSet;

use onefold_crm::{Aggregate, Inbox, InboxAsked, InboxView, Ticket};
use onefold_fact::{Body, Timestamp};
use onefold_store::Position;

use crate::error::OnefoldError;
use crate::onefold::Onefold;
use crate::views::Views;

/// The open tickets of a house, sorted by who has to do something. Reading all tickets once, it reads afterwards only those of
/// which something came.
///
/// ```
/// use onefold::crm::{Flow, InboxAsked, TicketOpening};
/// use onefold::{Body, Desk, Draft, Onefold, Options, RecordKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let at = "2026-03-02T09:00:00Z".parse()?;
/// let house = Onefold::in_memory(Options::default());
/// let flow: Flow = serde_json::from_str(
///     r#"{"statuses": [{"name": "open", "is": "open"}, {"name": "solved", "is": "solved"}]}"#,
/// )?;
/// house.adopt(flow.configuration("support")?, at)?;
/// house.accept("crm", at, [Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"))])?;
/// let mut desk = Desk::new(&house)?;
///
/// house.open_ticket("t-1", house.customers()?[0], "support", &TicketOpening::about("it hums"), at)?;
/// assert_eq!(desk.refresh(&house)?, 1);
/// assert_eq!(desk.inbox().view(&InboxAsked::default(), at).unassigned, [(at, "t-1".into())]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Desk {
    inbox: Inbox,
    position: Position,
}

impl Desk {
    /// That of a house as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(house: &Onefold) -> Result<Self, OnefoldError> {
        let views = house.views()?;
        Ok(Self { position: views.read.position()?, inbox: views.whole_inbox()? })
    }

    /// Takes in what came since: how many tickets were read for it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn refresh(&mut self, house: &Onefold) -> Result<usize, OnefoldError> {
        let views = house.views()?;
        let until = views.read.position()?;
        let mut touched: BTreeSet<String> = BTreeSet::new();
        let mut after = self.position;
        while after < until {
            let facts = views.read.facts(after, PAGE)?;
            let Some(last) = facts.last() else { break };
            after = last.position;
            for logged in &facts {
                match logged.fact.body() {
                    Body::Object(object) if object.kind == Ticket::KIND => drop(touched.insert(object.id.clone())),
                    // They say something of other facts, wherever these are.
                    Body::Retract(_) | Body::Erase(_) => {
                        *self = Self { position: until, inbox: views.whole_inbox()? };
                        return Ok(self.inbox.len());
                    }
                    _ => {}
                }
            }
        }
        let read = touched.len();
        for id in touched {
            let whole = views.whole(&id)?;
            if whole != id {
                self.inbox.put(&id, None);
            }
            self.inbox.put(&whole, views.ticket(&whole)?.as_ref());
        }
        self.position = until;
        Ok(read)
    }

    /// The inbox.
    #[must_use]
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// The inbox, to tell it by when something is due.
    pub fn inbox_mut(&mut self) -> &mut Inbox {
        &mut self.inbox
    }
}

/// Facts that are read at a time.
const PAGE: usize = 1 << 12;

impl Views {
    /// The inbox of a team, of users, or of users in a team, at a clock. It reads all tickets; whoever asks again and again
    /// takes a [`Desk`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn inbox(&self, asked: &InboxAsked, clock: Timestamp) -> Result<InboxView, OnefoldError> {
        Ok(self.whole_inbox()?.view(asked, clock))
    }

    fn whole_inbox(&self) -> Result<Inbox, OnefoldError> {
        let tickets = self.tickets()?;
        Ok(Inbox::of(tickets.iter().map(|(id, ticket)| (id.as_str(), ticket))))
    }
}
