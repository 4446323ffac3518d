//! A ticket as the subject of rules.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use onefold_profile::Timeline;
use onefold_segment::Subject;
use uuid::Uuid;

/// A ticket as it is at a moment, with the timeline of its customer.
pub(super) struct Asked<'a> {
    pub(super) fields: &'a BTreeMap<String, (Value, Timestamp)>,
    pub(super) timeline: &'a Timeline,
}

impl Subject for Asked<'_> {
    /// Random parts of rules are drawn by the ticket's `id`, if it has such a field.
    fn id(&self) -> Uuid {
        let name = self.field("id").map(Value::to_text).unwrap_or_default();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).map(|(value, _)| value)
    }

    fn field_since(&self, name: &str) -> Option<Timestamp> {
        Some(self.fields.get(name).map_or(Timestamp::MIN_UTC, |(_, since)| *since))
    }

    fn timeline(&self) -> &Timeline {
        self.timeline
    }
}
