//! A ticket as the subject of rules.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use onefold_profile::Timeline;
use onefold_segment::Subject;
use uuid::Uuid;

use super::{MessageKind, Ticket};

impl Ticket {
    /// It as the subject of rules, with what the customer did whom it is about. Its fields are `subject`, `status`, `state`
    /// (`open`, `pending`, `on_hold`, `solved`, `closed`), `priority`, `queue`, `team`, `assignee`, `requester`, `tags`,
    /// `parent`, `due_at`, `opened_at`, `unanswered_since`, `messages`, `replies`, `reopened`, `satisfaction`, and its own.
    #[must_use]
    pub fn subject<'a>(&'a self, timeline: Option<&'a Timeline>) -> TicketSubject<'a> {
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        let count = |kind| {
            let count = self.conversation.iter().filter(|message| message.kind == kind).count();
            Some(Value::from(i64::try_from(count).unwrap_or(i64::MAX)))
        };
        let tags: Vec<Option<Value>> = self.tags.iter().map(|tag| Some(Value::from(tag.as_str()))).collect();
        let own = [
            ("subject", Some(Value::from(self.subject.as_str()))),
            ("status", Some(Value::from(self.status.as_str()))),
            ("state", Some(Value::from(self.is.name()))),
            ("priority", Some(Value::from(self.priority.as_str()))),
            ("queue", text(&self.queue)),
            ("team", text(&self.team)),
            ("assignee", text(&self.assignee)),
            ("requester", text(&self.requester)),
            ("tags", Some(Value::List(tags.into())).filter(|_| !self.tags.is_empty())),
            ("parent", self.parent().map(Value::from)),
            ("due_at", self.due_at.map(Value::from)),
            ("opened_at", self.opened_at.map(Value::from)),
            ("unanswered_since", self.unanswered_since.map(Value::from)),
            ("messages", count(MessageKind::Customer)),
            ("replies", count(MessageKind::Public)),
            ("reopened", Some(Value::from(i64::from(self.reopened)))),
            ("satisfaction", self.satisfaction.as_ref().map(|said| Value::from(i64::from(said.score)))),
        ];
        let mut values: BTreeMap<&str, Value> =
            self.fields.iter().map(|(field, value)| (field.as_str(), value.clone())).collect();
        values.extend(own.into_iter().filter_map(|(field, value)| Some((field, value?))));
        TicketSubject { ticket: self, values, timeline, nothing: Timeline::default() }
    }
}

/// A ticket, with the timeline of the customer whom it is about.
#[derive(Debug)]
pub struct TicketSubject<'a> {
    ticket: &'a Ticket,
    values: BTreeMap<&'a str, Value>,
    timeline: Option<&'a Timeline>,
    nothing: Timeline,
}

impl TicketSubject<'_> {
    pub(super) fn has(&self, field: &str) -> bool {
        self.values.get(field).is_some_and(|value| !matches!(value, Value::Text(text) if text.trim().is_empty()))
    }
}

impl Subject for TicketSubject<'_> {
    /// Random parts of rules are drawn by when it began and what it is about.
    fn id(&self) -> Uuid {
        let opened = self.ticket.opened_at.unwrap_or_default().timestamp_micros();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{opened} {}", self.ticket.subject).as_bytes())
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    fn field_since(&self, name: &str) -> Option<Timestamp> {
        let name = if name == "state" { "status" } else { name };
        Some(self.ticket.since.get(name).copied().unwrap_or(Timestamp::MIN_UTC))
    }

    fn timeline(&self) -> &Timeline {
        self.timeline.unwrap_or(&self.nothing)
    }
}
