//! From a row, of a table or of plain objects, to what it states.

mod cache;
mod cell;
mod ids;
mod plan;
mod who;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::standard::date::parse_timestamp;
use onefold_fact::standard::number::parse_boolean;
use onefold_fact::standard::text;
use onefold_fact::{
    Body, Choice, Consent, Conventions, Draft, Identifier, Kind, Membership, Name, Place, Reason, RecordKey,
    SourceMode, Timestamp, Value,
};

use self::cell::says_nothing;
use self::plan::{Asks, Job, Planned};
use crate::set_aside::{Aside, SetAside};

pub(crate) use self::cell::{Cell, read};
pub(crate) use self::ids::{is_junk, no_id};
pub(crate) use self::plan::Plan;
pub(crate) use self::who::{Who, identifiers_of};

/// What a row says, cell by cell.
#[derive(Default)]
struct Statement {
    key: Option<String>,
    identifiers: BTreeSet<Identifier>,
    /// By slot.
    attributes: Vec<Option<Value>>,
    properties: BTreeMap<Name, Option<Value>>,
    groups: Vec<Membership>,
    /// As what the customer is in them, where a column says so, and until when.
    member_role: Option<String>,
    until: Option<Timestamp>,
    /// Each with the time since when, where the cell says it.
    consents: Vec<(Consent, Option<Timestamp>)>,
    /// The parts of the message id so far.
    message_id: Vec<String>,
    event: Option<String>,
    occurred_at: Option<Timestamp>,
    deleted: bool,
    deleted_at: Option<Timestamp>,
}

impl Plan {
    /// What a row states, or why it states nothing. `cell` gives the cell of a column, `None` if it is blank.
    pub(crate) fn read<'c>(
        &mut self,
        row: u64,
        cell: impl Fn(usize) -> Option<Cell<'c>>,
        aside: &mut Aside,
    ) -> Result<Vec<Draft>, SetAside> {
        let conventions = self.conventions_of(&cell);
        let mut statement = Statement { attributes: vec![None; self.slots.len()], ..Statement::default() };
        let mut said = false;
        let place = || Place::file(self.file.clone()).row(row);
        for (at, column) in self.columns.iter_mut().enumerate() {
            let Some(cell) = cell(at) else { continue };
            said = true;
            if let Err(message) = statement.take(column, cell, &conventions) {
                let header = column.header.clone();
                aside.cell(|| SetAside::new(Reason::MalformedValue, message, place().column(header), &shown(cell)));
            }
        }
        if statement.ends_before_it_begins()
            && let Some(column) = self.columns.iter().find(|column| matches!(column.job, Job::Until))
            && let Some(until) = statement.until.take()
        {
            let message = "is before the membership begins; expected a later time or none";
            let place = place().column(column.header.clone());
            aside.cell(|| SetAside::new(Reason::MalformedValue, message, place, &until.to_rfc3339()));
        }
        if statement.is_empty() {
            let message = if said {
                "has nothing that could be read; expected a value in at least one column that is not ignored"
            } else {
                "is blank; expected a value in at least one column"
            };
            return Err(SetAside::new(Reason::Empty, message, place(), ""));
        }
        Ok(self.drafts(statement))
    }

    /// What the row takes for granted: phone numbers are of the row's own country.
    fn conventions_of<'c>(&self, cell: &impl Fn(usize) -> Option<Cell<'c>>) -> Conventions {
        let country = self.country.and_then(cell).and_then(|cell| match cell {
            Cell::Text(text) => text.parse().ok(),
            Cell::Value(value) => value.as_text()?.parse().ok(),
        });
        Conventions { country: country.or(self.conventions.country), ..self.conventions }
    }

    fn drafts(&mut self, statement: Statement) -> Vec<Draft> {
        let Statement {
            key,
            identifiers,
            mut attributes,
            properties,
            groups,
            member_role,
            until,
            consents,
            message_id,
            event,
            occurred_at,
            deleted,
            deleted_at,
        } = statement;
        let attributes = self.slots.attributes(&mut attributes);
        let key = match key {
            Some(key) => RecordKey::new(self.party, key),
            None => self.who.key(self.party, &identifiers, &attributes, &properties),
        };
        // Half an id would be the id of several rows.
        let message_id = (!message_id.is_empty() && message_id.len() == self.message_ids).then(|| message_id.join("/"));
        let occurred_at = if deleted { deleted_at.or(occurred_at) } else { occurred_at };
        let draft = |body| {
            let mut draft = Draft::new(self.source.clone(), body).key(key.clone());
            for identifier in &identifiers {
                draft = draft.identified_by(identifier.clone());
            }
            match occurred_at {
                Some(at) => draft.occurred_at(at),
                None => draft,
            }
        };
        let mut drafts = Vec::with_capacity(2 + groups.len());
        match &self.event {
            Some(name) => {
                let name = Name::from(event.as_ref().unwrap_or(name).as_str());
                let happened = draft(Body::Event { name, properties: properties.into() });
                drafts.push(match message_id {
                    Some(id) => happened.message_id(id),
                    None => happened,
                });
                // Attributes bear no message id: told anew for the same order they count anew.
                if !attributes.is_empty() {
                    drafts.push(draft(Body::Set(attributes)));
                }
            }
            None if deleted => drafts.push(draft(Body::Unset(self.slots.names().cloned().collect()))),
            None if self.memberships && attributes.is_empty() && !groups.is_empty() => {}
            None => {
                let set = draft(Body::Set(attributes));
                drafts.push(match message_id {
                    Some(id) => set.message_id(id),
                    None => set,
                });
            }
        }
        // Who is gone grants nothing any more; what they refused they refused.
        for (consent, since) in consents.into_iter().filter(|(it, _)| !deleted || it.choice != Choice::Granted) {
            let said = draft(Body::Consent(consent));
            drafts.push(since.into_iter().fold(said, Draft::occurred_at));
        }
        for mut membership in groups {
            membership.member = !deleted;
            // A row of a record says where the customer is now; one of an event, whom it was about; one of a membership,
            // one of the groups that they are in.
            membership.only = self.event.is_none() && !self.memberships && !deleted;
            if self.memberships {
                membership.role = member_role.clone().or(membership.role);
                let left = Membership { member: false, ..membership.clone() };
                drafts.push(draft(Body::Group(membership)));
                drafts.extend(until.map(|at| draft(Body::Group(left)).occurred_at(at)));
                continue;
            }
            if deleted {
                // Who is gone is gone in whatever role.
                membership.role = None;
            }
            drafts.push(draft(Body::Group(membership)));
        }
        drafts
    }

    /// The draft that closes a delivery of a snapshot source; of another source there is none.
    pub(crate) fn complete(&self) -> Option<Draft> {
        (self.mode == SourceMode::Snapshot).then(|| Draft::new(self.source.clone(), Body::Complete))
    }
}

impl Statement {
    fn is_empty(&self) -> bool {
        self.key.is_none()
            && self.identifiers.is_empty()
            && self.attributes.iter().all(Option::is_none)
            && self.properties.is_empty()
            && self.groups.is_empty()
            && self.consents.is_empty()
    }

    /// Whether it ends before it begins, or in the same instant.
    fn ends_before_it_begins(&self) -> bool {
        self.until.is_some_and(|until| self.occurred_at.is_some_and(|since| until <= since))
    }

    /// Fills the slot of an attribute. Of several columns for one attribute the first that says something counts.
    fn fill(&mut self, slot: usize, value: Value) {
        if let Some(slot) = self.attributes.get_mut(slot) {
            slot.get_or_insert(value);
        }
    }

    /// Takes what a cell says. The error says why it says nothing that its column allows.
    fn take(&mut self, column: &mut Planned, cell: Cell<'_>, conventions: &Conventions) -> Result<(), String> {
        let Planned { job, cache, .. } = column;
        match job {
            Job::Ignore => {}
            Job::Attribute(slot, kind) => {
                let said = cache.read(cell, *kind, conventions);
                if let Some(value) = said.value {
                    self.identifiers.extend(identifiers_of(*kind, &value));
                    self.fill(*slot, value);
                }
                return said.problem.map_or(Ok(()), Err);
            }
            Job::Property(name, kind) => {
                let said = cache.read(cell, *kind, conventions);
                if let Some(value) = said.value {
                    self.properties.entry(name.clone()).or_insert(Some(value));
                }
                return said.problem.map_or(Ok(()), Err);
            }
            job => {
                let text = text_of(cell);
                let text = text::clean(&text);
                if says_nothing(&text, Kind::ExternalId) {
                    return Ok(());
                }
                self.take_text(job, text.into_owned(), conventions)?;
            }
        }
        Ok(())
    }

    fn take_text(&mut self, job: &Job, text: String, conventions: &Conventions) -> Result<(), String> {
        match job {
            Job::Key(namespace) => {
                if let Some(namespace) = namespace {
                    self.identifiers.insert(Identifier::new(namespace.clone(), text.as_str()));
                }
                self.key = Some(text);
            }
            Job::MessageId(name) => {
                self.message_id.push(text.clone());
                self.properties.insert(name.clone(), Some(Value::from(text)));
            }
            Job::OccurredAt(attribute) => {
                let at = parse_timestamp(&text, conventions.date_order).map_err(|malformed| malformed.to_string())?;
                self.occurred_at = Some(at);
                if let Some(slot) = attribute {
                    self.fill(*slot, Value::Timestamp(at));
                }
            }
            Job::EventName => self.event = Some(text),
            Job::MemberRole => self.member_role = Some(text),
            Job::Until => {
                let at = parse_timestamp(&text, conventions.date_order).map_err(|malformed| malformed.to_string())?;
                self.until = Some(at);
            }
            Job::Identifier(_) | Job::Group(..) if is_junk(&text) => return Err(no_id(&text)),
            Job::Identifier(namespace) => {
                self.identifiers.insert(Identifier::new(namespace.clone(), text));
            }
            Job::Group(namespace, role) => {
                let group = Identifier::new(namespace.clone(), text);
                self.groups.push(Membership { group, role: role.clone(), member: true, only: false });
            }
            Job::Consent { purpose, channel, asks } => {
                let is_word = parse_boolean(&text).is_ok();
                let since = parse_timestamp(&text, conventions.date_order).ok().filter(|_| !is_word);
                let choice = choice_of(*asks, &text, since.is_some())?;
                self.consents.extend(choice.map(|choice| {
                    let (purpose, channel) = (purpose.clone(), channel.clone());
                    (
                        Consent {
                            purpose,
                            channel,
                            choice,
                            basis: None,
                            proof: None,
                            expires_at: None,
                            collected_by: None,
                        },
                        since,
                    )
                }));
            }
            Job::Deleted => match (parse_boolean(&text), parse_timestamp(&text, conventions.date_order)) {
                (Ok(deleted), _) => self.deleted = deleted,
                (_, Ok(at)) => (self.deleted, self.deleted_at) = (true, Some(at)),
                _ => {
                    return Err(format!(
                        "`{text}` does not say whether the record is gone; expected `yes`, `no` or a time"
                    ));
                }
            },
            Job::Attribute(..) | Job::Property(..) | Job::Ignore => {}
        }
        Ok(())
    }
}

/// What a cell says of a consent; `None` where it says nothing.
fn choice_of(asks: Asks, text: &str, is_time: bool) -> Result<Option<Choice>, String> {
    let is_yes = match text.to_lowercase().as_str() {
        "granted" | "subscribed" | "opted in" | "opted_in" | "opt-in" | "active" => {
            return Ok((asks == Asks::Consents).then_some(Choice::Granted));
        }
        "denied" | "refused" | "opted out" | "opted_out" | "opt-out" => return Ok(Some(Choice::Denied)),
        "withdrawn" | "unsubscribed" | "revoked" => return Ok(Some(Choice::Withdrawn)),
        "unknown" | "pending" | "never" | "not asked" | "unconfirmed" | "none" => return Ok(None),
        _ if is_time => true,
        _ => parse_boolean(text).map_err(|_| {
            format!(
                "`{text}` does not say whether they consent; expected `yes`, `no`, `granted`, `denied`, `withdrawn`, \
                 `unknown` or a time"
            )
        })?,
    };
    Ok(match (asks, is_yes) {
        (Asks::Consents, true) => Some(Choice::Granted),
        (Asks::Consents, false) | (Asks::Refuses, true) => Some(Choice::Denied),
        (Asks::Refuses, false) => None,
    })
}

fn text_of(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Value(value) => value.to_text(),
    }
}

fn shown(cell: Cell<'_>) -> String {
    text_of(cell).into_owned()
}
