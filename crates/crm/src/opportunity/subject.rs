//! A deal as the subject of rules.

use std::collections::BTreeMap;

use onefold_fact::{Timestamp, Value};
use onefold_profile::Timeline;
use onefold_segment::Subject;
use uuid::Uuid;

use super::Opportunity;

/// A deal, with the timeline of the customer whom it is about.
pub(super) struct Deal<'a> {
    opportunity: &'a Opportunity,
    values: BTreeMap<&'a str, Value>,
    timeline: &'a Timeline,
}

impl<'a> Deal<'a> {
    pub(super) fn new(opportunity: &'a Opportunity, timeline: &'a Timeline) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        let own = [
            ("name", Some(Value::from(opportunity.name.as_str()))),
            ("stage", Some(Value::from(opportunity.stage.as_str()))),
            ("amount", opportunity.amount.map(|money| Value::from(money.amount))),
            ("currency", opportunity.amount.map(|money| Value::from(money.currency.code()))),
            ("probability", Some(Value::from(opportunity.probability))),
            ("category", Some(Value::from(opportunity.category.to_string()))),
            ("closes_on", opportunity.closes_on.map(Value::from)),
            ("owner", text(&opportunity.owner)),
            ("account", text(&opportunity.account)),
            ("contacts", Some(Value::from(i64::try_from(opportunity.contacts.len()).unwrap_or(i64::MAX)))),
        ];
        let mut values: BTreeMap<&str, Value> =
            opportunity.fields.iter().map(|(field, value)| (field.as_str(), value.clone())).collect();
        values.extend(own.into_iter().filter_map(|(field, value)| Some((field, value?))));
        Self { opportunity, values, timeline }
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.values.get(field).is_some_and(|value| !matches!(value, Value::Text(text) if text.trim().is_empty()))
    }
}

impl Subject for Deal<'_> {
    /// Random parts of rules are drawn by the name of the deal.
    fn id(&self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, self.opportunity.name.as_bytes())
    }

    fn field(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    fn field_since(&self, name: &str) -> Option<Timestamp> {
        Some(self.opportunity.since.get(name).copied().unwrap_or(Timestamp::MIN_UTC))
    }

    fn timeline(&self) -> &Timeline {
        self.timeline
    }
}
