//! [`Inbox`]: which tickets wait for whom, kept up to date ticket by ticket.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use onefold_fact::Timestamp;
use serde::Serialize;

use crate::ticket::{StatusKind, Ticket};

/// The open tickets, sorted by who has to do something. Of a ticket a few words are kept, and where it stands is found by
/// team and by user without looking at others.
///
/// ```
/// use onefold_crm::{Flow, Inbox, InboxAsked, Ticket, TicketCommand, TicketOpening, TicketSurroundings, Words};
/// use onefold_crm::{Aggregate, decide_ticket};
///
/// let flow: Flow = serde_json::from_str(r#"{"statuses": [
///     {"name": "open", "is": "open"}, {"name": "solved", "is": "solved"}
/// ]}"#)?;
/// let at = "2026-03-02T09:00:00Z".parse()?;
/// let opening = TicketOpening { message: Some(Words::new("ada", "mail-1")), ..TicketOpening::about("it is broken") };
/// let mut ticket = Ticket::default();
/// let opened = decide_ticket(&ticket, &TicketCommand::open(opening), &TicketSurroundings::of("t-1", &flow), at)?;
/// opened.iter().for_each(|outcome| ticket.apply(at, outcome));
///
/// let mut inbox = Inbox::default();
/// inbox.put("t-1", Some(&ticket));
/// let view = inbox.view(&InboxAsked::default(), at);
/// assert_eq!((view.unanswered.len(), view.unassigned.len(), view.waiting.len()), (1, 1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Inbox {
    entries: Entries,
    by_team: BTreeMap<Option<String>, Entries>,
    by_user: BTreeMap<Option<String>, Entries>,
    due: BTreeMap<String, Timestamp>,
}

/// Tickets by id. Ids and entries are shared by all that list them.
type Entries = BTreeMap<Arc<str>, Arc<Entry>>;

/// What is kept of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    team: Option<String>,
    assignee: Option<String>,
    is: StatusKind,
    since: Timestamp,
    unanswered_since: Option<Timestamp>,
    due_at: Option<Timestamp>,
}

/// Whose tickets are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboxAsked {
    /// Those that are for this team; if not said, for any or none.
    pub team: Option<String>,
    /// Those of these users; if there are none, of anybody or nobody.
    pub users: BTreeSet<String>,
}

/// Open tickets by what they wait for; each with since when, oldest first. One may be in several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct InboxView {
    /// The customer waits for an answer, since then.
    pub unanswered: Vec<(Timestamp, Arc<str>)>,
    /// Something should have been done by then.
    pub overdue: Vec<(Timestamp, Arc<str>)>,
    /// They wait for the customer, since then.
    pub waiting: Vec<(Timestamp, Arc<str>)>,
    /// They are nobody's; when they came to their status.
    pub unassigned: Vec<(Timestamp, Arc<str>)>,
    /// They are somebody's and in none of these: answered, or nobody wrote yet; when they came to their status.
    pub underway: Vec<(Timestamp, Arc<str>)>,
    /// By user: how many open tickets they have.
    pub open: BTreeMap<String, usize>,
}

impl Inbox {
    /// Of many tickets.
    #[must_use]
    pub fn of<'a>(tickets: impl IntoIterator<Item = (&'a str, &'a Ticket)>) -> Self {
        let mut inbox = Self::default();
        for (id, ticket) in tickets {
            inbox.put(id, Some(ticket));
        }
        inbox
    }

    /// Takes in what a ticket is now; `None` if there is none of this id any more. One that is done, or a part of another,
    /// waits for nobody.
    pub fn put(&mut self, id: &str, ticket: Option<&Ticket>) {
        let entry = ticket.filter(|ticket| ticket.is_open()).map(|ticket| Entry {
            team: ticket.team.clone(),
            assignee: ticket.assignee.clone(),
            is: ticket.is,
            since: ticket.since.get("status").copied().or(ticket.opened_at).unwrap_or_default(),
            unanswered_since: ticket.unanswered_since,
            due_at: ticket.due_at,
        });
        if self.entries.get(id).map(AsRef::as_ref) == entry.as_ref() {
            return;
        }
        if let Some(before) = self.entries.remove(id) {
            leave(&mut self.by_team, &before.team, id);
            leave(&mut self.by_user, &before.assignee, id);
        }
        if let Some(entry) = entry {
            let (id, entry) = (Arc::<str>::from(id), Arc::new(entry));
            self.by_team.entry(entry.team.clone()).or_default().insert(Arc::clone(&id), Arc::clone(&entry));
            self.by_user.entry(entry.assignee.clone()).or_default().insert(Arc::clone(&id), Arc::clone(&entry));
            self.entries.insert(id, entry);
        }
    }

    /// By when something has to be done about a ticket, as service levels say. Of that and what the ticket itself says the
    /// earlier holds.
    pub fn due(&mut self, id: &str, due_at: Option<Timestamp>) {
        match due_at {
            Some(due_at) => drop(self.due.insert(id.to_owned(), due_at)),
            None => drop(self.due.remove(id)),
        }
    }

    /// How many open tickets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing waits for anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The inbox of a team, of users, or of users in a team, at a clock. Unassigned tickets are the team's, whoever is asked
    /// for.
    #[must_use]
    pub fn view(&self, asked: &InboxAsked, clock: Timestamp) -> InboxView {
        let mut view = InboxView::default();
        match &asked.team {
            Some(_) => {
                for (id, entry) in self.by_team.get(&asked.team).into_iter().flatten() {
                    self.sort_in(&mut view, asked, id, entry, clock);
                }
            }
            None if asked.users.is_empty() => {
                self.entries.iter().for_each(|(id, entry)| self.sort_in(&mut view, asked, id, entry, clock));
            }
            None => {
                let users = asked.users.iter().map(|user| Some(user.clone())).chain([None]);
                for (id, entry) in users.filter_map(|user| self.by_user.get(&user)).flatten() {
                    self.sort_in(&mut view, asked, id, entry, clock);
                }
            }
        }
        let lists =
            [&mut view.unanswered, &mut view.overdue, &mut view.waiting, &mut view.unassigned, &mut view.underway];
        for list in lists {
            list.sort_unstable();
        }
        view
    }

    fn sort_in(&self, view: &mut InboxView, asked: &InboxAsked, id: &Arc<str>, entry: &Entry, clock: Timestamp) {
        match &entry.assignee {
            None => view.unassigned.push((entry.since, Arc::clone(id))),
            Some(user) if !asked.users.is_empty() && !asked.users.contains(user) => return,
            Some(user) => match view.open.get_mut(user) {
                Some(open) => *open += 1,
                None => drop(view.open.insert(user.clone(), 1)),
            },
        }
        if let Some(since) = entry.unanswered_since {
            view.unanswered.push((since, Arc::clone(id)));
        }
        if entry.is == StatusKind::Pending {
            view.waiting.push((entry.since, Arc::clone(id)));
        }
        let due = entry.due_at.into_iter().chain(self.due.get(&**id).copied()).min();
        let overdue = due.filter(|due| *due <= clock);
        if let Some(due) = overdue {
            view.overdue.push((due, Arc::clone(id)));
        }
        let is_waiting = entry.is == StatusKind::Pending || entry.unanswered_since.is_some();
        if !is_waiting && overdue.is_none() && entry.assignee.is_some() {
            view.underway.push((entry.since, Arc::clone(id)));
        }
    }
}

fn leave(of: &mut BTreeMap<Option<String>, Entries>, key: &Option<String>, id: &str) {
    if let Some(ids) = of.get_mut(key) {
        ids.remove(id);
        if ids.is_empty() {
            of.remove(key);
        }
    }
}
