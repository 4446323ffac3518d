//! [`Timeline`]: what happened, in order.

use std::borrow::Cow;
use std::fmt;
use std::iter::Rev;
use std::num::NonZeroUsize;
use std::ops::{Bound, RangeBounds};
use std::slice::Iter;
use std::str::FromStr;

use chrono::SecondsFormat;
use onefold_fact::{Body, DigestInto, Digester, Fact, FactId, Name, Properties, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::computed::{EventSelector, Span};
use crate::packed::packed;
use crate::provenance::Provenance;

/// Something that happened to or by the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    name: Name,
    /// Shared with the fact where it is said as it stands.
    properties: Properties,
    pub(crate) provenance: Provenance,
}

impl Event {
    /// What a fact says that happened. What happened to an object of work is an event of the customer whom it is about:
    /// `opportunity won`, with the object's id under its kind, unless the details have that name. `None` if the fact is
    /// neither.
    pub(crate) fn of(fact: &Fact, provenance: impl FnOnce() -> Provenance) -> Option<Self> {
        let (name, properties) = match fact.body() {
            Body::Event { name, properties } => (name.clone(), properties.clone()),
            Body::Object(object) => {
                let mut properties = object.data.clone();
                let id = || Some(Value::from(object.id.as_str()));
                properties.get_or_insert_with(object.kind.as_str(), id);
                (Name::from(format!("{} {}", object.kind, object.event)), properties)
            }
            _ => return None,
        };
        Some(Self { name, properties, provenance: provenance() })
    }

    /// The same with what is told of its properties, and another provenance.
    pub(crate) fn told<'e>(
        &'e self,
        provenance: Provenance,
        mut told: impl FnMut(&str, &'e Value) -> Option<Cow<'e, Value>>,
    ) -> Self {
        let there = self.properties.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let told: Vec<_> = there.filter_map(|(name, value)| Some((name, told(name, value)?))).collect();
        let whole = told.len() == self.properties.len() && told.iter().all(|(_, it)| matches!(it, Cow::Borrowed(_)));
        let properties = match whole {
            true => self.properties.clone(),
            false => told.into_iter().map(|(name, value)| (name.clone(), Some(value.into_owned()))).collect(),
        };
        Self { name: self.name.clone(), properties, provenance }
    }

    /// What happened, as the source names it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The details; `None` is an explicit null.
    #[must_use]
    pub fn properties(&self) -> &Properties {
        &self.properties
    }

    /// The value of a detail, if it is there and not null.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties().get(name)?.as_ref()
    }

    /// When it happened; if the source does not say, when it was told.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.provenance.at
    }

    /// The fact, its source and record, and whether the source stated the time.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// `2026-03-01 09:00 order (shop): sku A-1, total 40`
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.at().format("%Y-%m-%d %H:%M"), self.name, self.provenance.source())?;
        let said = self.properties.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (place, (name, value)) in said.enumerate() {
            write!(f, "{} {name} {value}", if place == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

/// The events of a customer by time; at one time in canonical order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Event>", into = "Vec<Event>")]
pub struct Timeline {
    events: Vec<Event>,
}

impl Timeline {
    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events, oldest first.
    pub fn iter(&self) -> Iter<'_, Event> {
        self.events.iter()
    }

    /// The events, newest first.
    pub fn newest_first(&self) -> Rev<Iter<'_, Event>> {
        self.events.iter().rev()
    }

    /// The events within a range of time, oldest first; empty if the range ends before it begins.
    #[must_use]
    pub fn between(&self, range: impl RangeBounds<Timestamp>) -> &[Event] {
        let start = match range.start_bound() {
            Bound::Included(start) => self.events.partition_point(|event| event.at() < *start),
            Bound::Excluded(start) => self.events.partition_point(|event| event.at() <= *start),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(end) => self.events.partition_point(|event| event.at() <= *end),
            Bound::Excluded(end) => self.events.partition_point(|event| event.at() < *end),
            Bound::Unbounded => self.events.len(),
        };
        self.events.get(start..end).unwrap_or_default()
    }
}

/// A page of a timeline, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// Its events.
    pub events: Vec<&'a Event>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
}

/// A place in a timeline: just before an event. It stays where it is when other events come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    at: Timestamp,
    fact: FactId,
}

/// `2026-03-01T09:00:00.000000Z/` and the id of the fact.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at.to_rfc3339_opts(SecondsFormat::Micros, true), self.fact)
    }
}

/// Text that is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no place in a timeline; expected what the page before ended with")]
pub struct InvalidCursor(String);

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').and_then(|(at, fact)| {
            let at = at.parse().ok()?;
            Some(Self { at, fact: fact.parse().ok()? })
        });
        parts.ok_or_else(|| InvalidCursor(text.to_owned()))
    }
}

impl Timeline {
    /// A page of at most `size` events that are selected, newest first, from a cursor on, or from the newest.
    ///
    /// A cursor whose event has gone since begins before all events of its time.
    #[must_use]
    pub fn page(&self, selector: &EventSelector, from: Option<Cursor>, size: NonZeroUsize) -> Page<'_> {
        let end = from.map_or(self.events.len(), |cursor| {
            let first = self.events.partition_point(|event| event.at() < cursor.at);
            let of_time = self.events.iter().skip(first).take_while(|event| event.at() == cursor.at);
            let place = of_time.clone().position(|event| event.provenance.fact == cursor.fact);
            first + place.unwrap_or(0)
        });
        let selected = |event: &&Event| selector.selects(event.name(), event.properties());
        let mut rest = self.events.iter().take(end).rev().filter(selected);
        let events: Vec<&Event> = rest.by_ref().take(size.get()).collect();
        let more = rest.next().and_then(|_| events.last());
        let next = more.map(|last| Cursor { at: last.at(), fact: last.provenance.fact });
        Page { events, next }
    }

    /// The sessions, oldest first: runs of events of which none is further than `gap` from the one before it.
    pub fn sessions(&self, gap: Span) -> impl Iterator<Item = &[Event]> {
        let gap = i64::from(gap.seconds()) * 1_000_000;
        let micros = |event: &Event| event.at().timestamp_micros();
        self.events.chunk_by(move |a, b| micros(b).saturating_sub(micros(a)) <= gap)
    }
}

impl<'a> IntoIterator for &'a Timeline {
    type Item = &'a Event;
    type IntoIter = Iter<'a, Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Sorts by time, which leaves events in canonical order as they are: ranges rely on the order, and stored JSON may have
/// passed through other hands.
impl From<Vec<Event>> for Timeline {
    fn from(mut events: Vec<Event>) -> Self {
        events.sort_by_key(Event::at);
        Self { events }
    }
}

impl From<Timeline> for Vec<Event> {
    fn from(timeline: Timeline) -> Self {
        timeline.events
    }
}

packed!(Timeline { events });
packed!(Event { name, properties, provenance });

impl DigestInto for Timeline {
    fn digest_into(&self, digester: &mut Digester) {
        digester.each(&self.events);
    }
}

impl DigestInto for Event {
    fn digest_into(&self, digester: &mut Digester) {
        digester.text(self.name()).each(self.properties()).one(&self.provenance);
    }
}
