//! Service work behind the house: tickets, decided on the state as it is, kept on the timelines of customers.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use onefold_connect::did_you_mean;
use onefold_crm::{
    Aggregate, Flow, Keep, Macro, Problem, Rejection, Ticket, TicketCommand, TicketOpening, TicketOutcome,
    TicketSurroundings, Why, canonical, decide_merge, decide_split, decide_ticket,
};
use onefold_fact::{
    AttributeName, Body, Choice, Consent, Decision, Draft, RecordId, RecordKey, Source, Timestamp, Value,
};
use onefold_profile::{ConsentState, Profile};

use crate::error::OnefoldError;
use crate::objects::ObjectHistory;
use crate::onefold::Onefold;
use crate::outcome::Accepted;
use crate::sales::{WorkError, batch, none, of, state, told};
use crate::views::Views;

impl Views {
    /// The flows in force, by name.
    #[must_use]
    pub fn flows(&self) -> &BTreeMap<String, Flow> {
        &self.governance.settings().flows
    }

    /// The macros in force, by name.
    #[must_use]
    pub fn macros(&self) -> &BTreeMap<String, Macro> {
        &self.governance.settings().macros
    }

    /// A ticket, together with those that are parts of it; of a part, the ticket that it is a part of. `None` if there is
    /// none of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn ticket(&self, id: &str) -> Result<Option<Ticket>, OnefoldError> {
        let id = self.whole(id)?;
        let Some(ticket) = self.ticket_alone(&id)? else { return Ok(None) };
        let mut parts = Vec::new();
        let mut ahead: Vec<String> = ticket.merged.keys().cloned().collect();
        let mut seen = BTreeSet::from([id]);
        while let Some(next) = ahead.pop() {
            if let Some(part) = self.ticket_alone(&next)?.filter(|_| seen.insert(next)) {
                ahead.extend(part.merged.keys().cloned());
                parts.push(part);
            }
        }
        Ok(Some(ticket.together(&parts)))
    }

    /// All tickets, by id, each together with those that are parts of it. A part is there, too, and says of which.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn tickets(&self) -> Result<BTreeMap<String, Ticket>, OnefoldError> {
        let mut tickets = self.all::<Ticket>()?;
        let with_parts: Vec<String> =
            tickets.iter().filter(|(_, ticket)| !ticket.merged.is_empty()).map(|(id, _)| id.clone()).collect();
        for id in with_parts {
            if let Some(ticket) = self.ticket(&id)?.filter(|ticket| ticket.merged_into.is_none()) {
                tickets.insert(id, ticket);
            }
        }
        Ok(tickets)
    }

    /// The ticket that stands for one: itself, or the one that it is a part of.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn whole(&self, id: &str) -> Result<String, OnefoldError> {
        let failed = RefCell::new(None);
        let whole = canonical(id, |id| match self.ticket_alone(id) {
            Ok(ticket) => ticket?.merged_into.map(|(into, _)| into),
            Err(error) => {
                failed.replace(Some(error));
                None
            }
        });
        failed.into_inner().map_or(Ok(whole), Err)
    }

    /// What the facts of one id say alone.
    pub(crate) fn ticket_alone(&self, id: &str) -> Result<Option<Ticket>, OnefoldError> {
        Ok(self.object(Ticket::KIND, id)?.map(|history| state(&history)))
    }

    /// What commands on a ticket, together with its parts, write.
    pub(crate) fn ticket_outcomes(
        &self,
        id: &str,
        commands: &[(Timestamp, TicketCommand)],
    ) -> Result<Vec<Draft>, WorkError> {
        let addressed = self.ticket_history(id)?;
        let whole = self.whole(id)?;
        let history = self.ticket_history(&whole)?;
        let ticket = self.ticket(&whole)?.unwrap_or_default();
        let profile = self.customer_about(&history)?;
        let outcomes = self.decide_ticket(&whole, (&ticket, &ticket.flow), profile.as_ref(), commands)?;
        let (said, done): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(_, outcome)| is_said(outcome));
        let mut drafts = written(id, &of(&addressed), &said)?;
        drafts.extend(written(&whole, &of(&history), &done)?);
        Ok(drafts)
    }

    fn decide_ticket(
        &self,
        id: &str,
        (ticket, flow): (&Ticket, &str),
        profile: Option<&Profile>,
        commands: &[(Timestamp, TicketCommand)],
    ) -> Result<Vec<(Timestamp, TicketOutcome)>, WorkError> {
        self.among_tickets(|others| {
            let around = self.around(id, flow, profile, others)?;
            let mut ticket = ticket.clone();
            let mut done = Vec::new();
            for (at, command) in commands {
                for outcome in decide_ticket(&ticket, command, &around, *at)? {
                    ticket.apply(*at, &outcome);
                    done.push((*at, outcome));
                }
            }
            Ok(done)
        })
    }

    /// Decides something that looks at other tickets. What could not be read goes before what was decided without it.
    fn among_tickets<T>(
        &self,
        decide: impl FnOnce(&dyn Fn(&str) -> Option<Ticket>) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let failed = RefCell::new(None);
        let decided = decide(&|id| {
            self.ticket(id).unwrap_or_else(|error| {
                failed.replace(Some(error));
                None
            })
        });
        match failed.take() {
            Some(error) => Err(error.into()),
            None => decided,
        }
    }

    fn around<'a>(
        &'a self,
        id: &'a str,
        flow: &'a str,
        profile: Option<&'a Profile>,
        others: &'a dyn Fn(&str) -> Option<Ticket>,
    ) -> Result<TicketSurroundings<'a>, WorkError> {
        let Some((name, flow)) = self.flows().get_key_value(flow) else {
            let names: Vec<String> = self.flows().keys().map(|name| format!("`{name}`")).collect();
            let fix =
                if names.is_empty() { "adopt one first".to_owned() } else { format!("take {}", names.join(" or ")) };
            let message = format!("there is no flow `{flow}`");
            return Err(Rejection::from(Problem::of(Why::NotFound, "flow", message, fix)).into());
        };
        Ok(TicketSurroundings { id, name, flow, timeline: profile.map(Profile::timeline), others })
    }

    fn ticket_history(&self, id: &str) -> Result<ObjectHistory, WorkError> {
        self.object(Ticket::KIND, id)?.ok_or_else(|| none("ticket", id))
    }
}

impl Onefold {
    /// Opens a ticket of a customer, in a flow that was adopted.
    ///
    /// What happens is on the customer's timeline (`ticket opened`), so that segments and profiles show it, and it is a
    /// batch of its own, `ticket ID TIME`: taking that back undoes it.
    ///
    /// ```
    /// use onefold::crm::{Flow, TicketCommand, TicketOpening, Words};
    /// use onefold::{Body, Draft, Onefold, Options, RecordKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let house = Onefold::in_memory(Options::default());
    /// let flow: Flow = serde_json::from_str(r#"{"statuses": [
    ///     {"name": "open", "is": "open"},
    ///     {"name": "waiting", "is": "pending"},
    ///     {"name": "solved", "is": "solved", "requires": ["assignee"]}
    /// ]}"#)?;
    /// house.adopt(flow.configuration("support")?, at)?;
    /// house.accept("crm", at, [Draft::new("crm", Body::set([("email", "ada@x.io")])).key(RecordKey::person("17"))])?;
    /// let ada = house.customers()?[0];
    ///
    /// let opening = TicketOpening { message: Some(Words::new("ada", "mail-1")), ..TicketOpening::about("it hums") };
    /// house.open_ticket("t-1", ada, "support", &opening, at)?;
    /// house.ticket("t-1", &TicketCommand::Reply(Words::new("ben", "mail-2")), at + chrono::TimeDelta::hours(1))?;
    /// assert_eq!(house.views()?.ticket("t-1")?.ok_or("there")?.conversation.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn open_ticket(
        &self,
        id: &str,
        customer: impl Into<RecordId>,
        flow: &str,
        opening: &TicketOpening,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let customer = customer.into();
        self.work((Ticket::KIND, id), at, |views, at| {
            let ticket = views.ticket_alone(id)?.unwrap_or_default();
            let under = views.kept_under(customer)?;
            let profile = views.customer(customer)?;
            let command = [(at, TicketCommand::open(opening.clone()))];
            let outcomes = views.decide_ticket(id, (&ticket, flow), profile.as_ref(), &command)?;
            written(id, &under, &outcomes)
        })
    }

    /// Carries a command on a ticket out. Of a ticket that is a part of another, what is said is kept with the part, and goes
    /// with it if the merge is taken back; everything else is done to the other.
    ///
    /// # Errors
    /// When it may not be done, with every reason, or cannot be written.
    pub fn ticket(&self, id: &str, command: &TicketCommand, at: Timestamp) -> Result<Accepted, WorkError> {
        self.ticket_all(id, std::slice::from_ref(command), at)
    }

    /// Applies a macro to a ticket: all of its commands, or none. What it says is said by this user, in this interaction.
    ///
    /// # Errors
    /// When one of the commands may not be done, with every reason, or it cannot be written.
    pub fn apply_macro(
        &self,
        id: &str,
        name: &str,
        by: &str,
        interaction: &str,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let views = self.views()?;
        let Some(named) = views.macros().get(name) else {
            let names: Vec<String> = views.macros().keys().map(|name| format!("`{name}`")).collect();
            let fix =
                if names.is_empty() { "adopt one first".to_owned() } else { format!("take {}", names.join(" or ")) };
            let message = format!("there is no macro `{name}`");
            return Err(Rejection::from(Problem::of(Why::NotFound, "macro", message, fix)).into());
        };
        self.ticket_all(id, &named.applied(by, interaction), at)
    }

    /// Carries several commands on a ticket out, one after another: all of them, or none.
    ///
    /// # Errors
    /// When one of them may not be done, with every reason, or it cannot be written.
    pub fn ticket_all(&self, id: &str, commands: &[TicketCommand], at: Timestamp) -> Result<Accepted, WorkError> {
        self.work((Ticket::KIND, id), at, |views, at| {
            // The last of two that say the same field holds.
            let each = (0..).map(|nth| at + TimeDelta::microseconds(nth));
            let commands: Vec<(Timestamp, TicketCommand)> = each.zip(commands.iter().cloned()).collect();
            views.ticket_outcomes(id, &commands)
        })
    }

    /// Makes a ticket a part of another, with a choice for each field of which both have a value. Nothing is copied or
    /// deleted: what was said is shown together, and each fact stays with the ticket of which it is.
    ///
    /// # Errors
    /// When one is not there, both are one, or one is a part of another already; or it cannot be written.
    pub fn merge_tickets(
        &self,
        part: &str,
        into: &str,
        choices: &BTreeMap<String, Keep>,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        self.work((Ticket::KIND, part), at, |views, at| {
            let histories = (views.ticket_history(part)?, views.ticket_history(into)?);
            let (a, b): (Ticket, Ticket) = (state(&histories.0), state(&histories.1));
            // Further on a circle shows: what it is to be a part of may be a part of it by others.
            let end = views.whole(into)?;
            let b =
                if end == part && part != into { Ticket { merged_into: Some((part.to_owned(), at)), ..b } } else { b };
            let merge = views.among_tickets(|others| {
                let around = views.around(into, &b.flow, None, others)?;
                Ok(decide_merge((part, &a), (into, &b), choices, &around)?)
            })?;
            let stamped = |outcomes: Vec<TicketOutcome>| outcomes.into_iter().map(|it| (at, it)).collect::<Vec<_>>();
            let mut drafts = written(part, &of(&histories.0), &stamped(merge.part))?;
            drafts.extend(written(into, &of(&histories.1), &stamped(merge.whole))?);
            Ok(drafts)
        })
    }

    /// Takes the merge of a ticket back: it is one of its own again, with all that was said to it meanwhile, and the other
    /// has what it had, with all that was done to it meanwhile.
    ///
    /// # Errors
    /// When it is no part of another, or this cannot be written.
    pub fn unmerge_ticket(&self, part: &str, at: Timestamp) -> Result<Accepted, WorkError> {
        let ticket = self.views()?.ticket_alone(part)?.ok_or_else(|| none("ticket", part))?;
        let Some((_, since)) = ticket.merged_into else {
            let message = format!("`{part}` is a part of no other");
            let problem = Problem::of(Why::NotFound, "id", message, "name one that is");
            return Err(Rejection::from(problem).into());
        };
        Ok(self.retract(batch(Ticket::KIND, part, since), at)?)
    }

    /// Makes a new ticket of some of what was said in another.
    ///
    /// # Errors
    /// When the ticket has none of it, or the new one may not be opened; or it cannot be written.
    pub fn split_ticket(
        &self,
        id: &str,
        new: &str,
        interactions: &BTreeSet<String>,
        opening: &TicketOpening,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        self.work((Ticket::KIND, new), at, |views, at| {
            let history = views.ticket_history(id)?;
            let ticket: Ticket = state(&history);
            let before = views.ticket_alone(new)?.unwrap_or_default();
            let profile = views.customer_about(&history)?;
            let split = views.among_tickets(|others| {
                let around = views.around(new, &ticket.flow, profile.as_ref(), others)?;
                Ok(decide_split((id, &ticket), &before, interactions, opening, &around, at)?)
            })?;
            let under = of(&history);
            let mut drafts = told::<Ticket>(id, &under, &split.from, at)?;
            drafts.extend(told::<Ticket>(new, &under, &split.new, at)?);
            Ok(drafts)
        })
    }

    /// Takes a split back, as long as nothing was done to the new ticket.
    ///
    /// # Errors
    /// When it was not split off, or something was done to it: then merge it. Or this cannot be written.
    pub fn unsplit_ticket(&self, new: &str, at: Timestamp) -> Result<Accepted, WorkError> {
        let history = self.views()?.ticket_history(new)?;
        let ticket: Ticket = state(&history);
        let Some((from, since)) = ticket.split_from else {
            let message = format!("`{new}` was not split off");
            return Err(Rejection::from(Problem::of(Why::NotFound, "id", message, "name one that was")).into());
        };
        if history.standing().iter().any(|standing| standing.at() > since) {
            let message = format!("something was done to `{new}` since");
            let fix = format!("merge it into `{from}`");
            return Err(Rejection::from(Problem::of(Why::NotAllowed, "id", message, fix)).into());
        }
        Ok(self.retract(batch(Ticket::KIND, new, since), at)?)
    }

    /// Makes two customers one, though linking did not: two persons, or two organisations. Of each attribute of which they
    /// have two values, the one that is chosen is pinned, that of the first if nothing is chosen. Of what they said about a
    /// use of their data a refusal holds, until they say otherwise. Their deals, tickets and events go along, since they are
    /// facts of their records.
    ///
    /// All of it is one batch, which is returned: taking that back undoes it. Links take effect once records are linked
    /// ([`relink`](Self::relink)).
    ///
    /// # Errors
    /// When one is not there, both are one already, or of two kinds; or it cannot be written.
    pub fn merge_customers(
        &self,
        keep: impl Into<RecordId>,
        other: impl Into<RecordId>,
        choices: &BTreeMap<AttributeName, Keep>,
        at: Timestamp,
    ) -> Result<Accepted, WorkError> {
        let (keep, other) = (keep.into(), other.into());
        let name = batch("merge", &format!("{keep} {other}"), at);
        self.decide(name.clone(), at, |views| {
            let (own, others) = (views.kept_under(keep)?, views.kept_under(other)?);
            let (a, b) = (RecordId::of(&own.0, &own.1), RecordId::of(&others.0, &others.1));
            let mut problems = Vec::new();
            if a == b {
                let message = format!("`{other}` is `{keep}` already");
                problems.push(Problem::of(Why::Invalid, "other", message, "name another customer"));
            }
            if own.1.party() != others.1.party() {
                let message = "a person and an organisation cannot be one";
                problems.push(Problem::of(Why::Invalid, "other", message, "relate them by a group"));
            }
            if let Some(problem) = problems.pop() {
                return Err(Rejection::from(problem).into());
            }
            let (Some(kept), Some(lost)) = (views.customer(keep)?, views.customer(other)?) else {
                return Err(none("customer", &other.to_string()));
            };
            let hierarchy = views.account_hierarchy()?;
            let ids = [kept.id().to_string(), lost.id().to_string()];
            let [is_kept, is_lost] = [&ids[0], &ids[1]];
            if hierarchy.chain(is_kept).contains(&is_lost.as_str())
                || hierarchy.chain(is_lost).contains(&is_kept.as_str())
            {
                let message =
                    format!("one of `{keep}` and `{other}` stands above the other: it would stand above itself");
                let fix = "put the lower one under another account, or none, first";
                return Err(Rejection::from(Problem::of(Why::Circular, "other", message, fix)).into());
            }
            if let Some(name) = choices
                .iter()
                .find_map(|(name, keep)| (*keep == Keep::Other && lost.value(name.as_str()).is_none()).then_some(name))
            {
                let known = lost.attributes().iter().map(|(name, _)| name.as_str());
                let fix = did_you_mean(name.as_str(), known);
                let message = format!("`{other}` has no attribute `{name}` to take");
                return Err(Rejection::from(Problem::of(Why::NotFound, "take", message, fix)).into());
            }
            let decided = |decision| Draft::new("onefold", Body::Decision(decision)).occurred_at(at);
            let mut drafts = vec![decided(Decision::Link(a, b))];
            for (attribute, value) in chosen(&kept, &lost, choices) {
                drafts.push(decided(Decision::Pin { record: a, attribute, value }));
            }
            drafts.extend(
                refusals(&kept, &lost, at).map(|consent| {
                    Draft::new(own.0.clone(), Body::Consent(consent)).key(own.1.clone()).occurred_at(at)
                }),
            );
            Ok(drafts)
        })
    }
}

fn is_said(outcome: &TicketOutcome) -> bool {
    use TicketOutcome::{CustomerMessage, InternalNote, PublicReply};
    matches!(outcome, CustomerMessage(_) | PublicReply(_) | InternalNote(_))
}

/// What is to be written of a ticket, each at its own time.
fn written(
    id: &str,
    under: &(Source, RecordKey),
    outcomes: &[(Timestamp, TicketOutcome)],
) -> Result<Vec<Draft>, WorkError> {
    let mut drafts = Vec::new();
    for (at, outcome) in outcomes {
        drafts.extend(told::<Ticket>(id, under, std::slice::from_ref(outcome), *at)?);
    }
    Ok(drafts)
}

/// The attributes of which two customers have two values, each with the one that is kept.
fn chosen(kept: &Profile, lost: &Profile, choices: &BTreeMap<AttributeName, Keep>) -> Vec<(AttributeName, Value)> {
    let both = kept.attributes().iter().filter_map(|(name, attribute)| {
        let other = lost.value(name.as_str())?;
        (other != attribute.value()).then(|| match choices.get(name) {
            Some(Keep::Other) => (name.clone(), other.clone()),
            _ => (name.clone(), attribute.value().clone()),
        })
    });
    both.collect()
}

/// What one of two customers refused and the other allowed.
fn refusals(kept: &Profile, lost: &Profile, at: Timestamp) -> impl Iterator<Item = Consent> {
    let about = |profile: &Profile| {
        let all =
            profile.consents().iter().map(|held| (held.consent().purpose.clone(), held.consent().channel.clone()));
        all.collect::<BTreeSet<_>>()
    };
    let states: Vec<_> = about(kept)
        .union(&about(lost))
        .map(|(purpose, channel)| {
            let state = |profile: &Profile| profile.consent_state(purpose, channel.as_deref(), at);
            (purpose.clone(), channel.clone(), [state(kept), state(lost)])
        })
        .collect();
    states.into_iter().filter_map(|(purpose, channel, states)| {
        let choice = match states {
            [ConsentState::Granted, ConsentState::Denied] | [ConsentState::Denied, ConsentState::Granted] => {
                Choice::Denied
            }
            [ConsentState::Granted, ConsentState::Withdrawn] | [ConsentState::Withdrawn, ConsentState::Granted] => {
                Choice::Withdrawn
            }
            _ => return None,
        };
        let proof = Some("two customers were merged, of whom one refused".to_owned());
        Some(Consent { purpose, channel, choice, basis: None, proof, expires_at: None, collected_by: None })
    })
}
