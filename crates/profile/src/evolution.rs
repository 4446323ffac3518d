//! [`ContractChange`]: what another version of a contract means for the events that are kept.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contract::{Contract, EventSpec, PropertyType};

/// A difference between two versions of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractChange {
    /// The event that it is about; `None` if it is about the events that are not declared.
    pub event: Option<String>,
    /// The property that it is about, if it is about one.
    pub property: Option<String>,
    /// What is different.
    pub what: Evolution,
    /// Whether every event that kept to the old version keeps to the new one, as far as this difference goes.
    pub compatible: bool,
}

/// How a version of a contract differs from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evolution {
    /// It is declared now.
    Declared,
    /// It is no longer declared.
    Undeclared,
    /// It is of another type now.
    Retyped {
        /// The type that it was of.
        from: PropertyType,
        /// The type that it is of.
        to: PropertyType,
    },
    /// It must be there now.
    Required,
    /// It need no longer be there.
    Optional,
    /// What is not declared is no longer allowed.
    Closed,
    /// What is not declared is allowed now.
    Opened,
}

impl fmt::Display for ContractChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.event, &self.property) {
            (Some(event), Some(property)) => write!(f, "event `{event}`, property `{property}`: ")?,
            (Some(event), None) => write!(f, "event `{event}`: ")?,
            _ => f.write_str("events: ")?,
        }
        match self.what {
            Evolution::Declared => f.write_str("declared")?,
            Evolution::Undeclared => f.write_str("no longer declared")?,
            Evolution::Retyped { from, to } => write!(f, "{to} instead of {from}")?,
            Evolution::Required => f.write_str("required")?,
            Evolution::Optional => f.write_str("no longer required")?,
            Evolution::Closed => f.write_str("only what is declared")?,
            Evolution::Opened => f.write_str("also what is not declared")?,
        }
        f.write_str(if self.compatible { " (compatible)" } else { " (kept events may break it)" })
    }
}

impl Contract {
    /// How the next version differs from this one, by event and property; and whether events that kept to this version
    /// can break the next. Where all is compatible, none does. Which kept events do is found by
    /// [`Violations::check`](crate::Violations::check) under the next version: they stay as they are, and are counted.
    ///
    /// ```
    /// use onefold_profile::Contract;
    ///
    /// let old: Contract = serde_json::from_str(r#"{"events": {"order": {"properties": {"total": "integer"}}}}"#)?;
    /// let new: Contract = serde_json::from_str(
    ///     r#"{"events": {"order": {"properties": {"total": "number"}, "required": ["total"]}}}"#,
    /// )?;
    /// let changes: Vec<String> = old.changes_to(&new).iter().map(|it| it.to_string()).collect();
    /// assert_eq!(changes, [
    ///     "event `order`, property `total`: number instead of integer (compatible)",
    ///     "event `order`, property `total`: required (kept events may break it)",
    /// ]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn changes_to(&self, next: &Contract) -> Vec<ContractChange> {
        let mut changes = Vec::new();
        if self.closed != next.closed {
            let what = if next.closed { Evolution::Closed } else { Evolution::Opened };
            changes.push(ContractChange { event: None, property: None, what, compatible: !next.closed });
        }
        let events: BTreeSet<&String> = self.events.keys().chain(next.events.keys()).collect();
        for event in events {
            let mut changed = |property: Option<&String>, what, compatible| {
                changes.push(ContractChange {
                    event: Some(event.clone()),
                    property: property.cloned(),
                    what,
                    compatible,
                });
            };
            match (self.events.get(event), next.events.get(event)) {
                (Some(old), Some(new)) => of_event(old, new, &mut changed),
                // What was not allowed has not been kept; what was allowed may be anything.
                (None, Some(new)) => changed(None, Evolution::Declared, self.closed || asks_nothing(new)),
                (Some(_), None) => changed(None, Evolution::Undeclared, !next.closed),
                (None, None) => {}
            }
        }
        changes
    }
}

fn asks_nothing(spec: &EventSpec) -> bool {
    !spec.closed && spec.required.is_empty() && spec.properties.is_empty()
}

fn of_event(old: &EventSpec, new: &EventSpec, changed: &mut impl FnMut(Option<&String>, Evolution, bool)) {
    if old.closed != new.closed {
        changed(None, if new.closed { Evolution::Closed } else { Evolution::Opened }, !new.closed);
    }
    let allows = |spec: &EventSpec, name: &String| !spec.closed || spec.required.contains(name);
    let names = [old, new].into_iter().flat_map(|it| it.properties.keys().chain(&it.required));
    for name in names.collect::<BTreeSet<&String>>() {
        match (old.properties.get(name), new.properties.get(name)) {
            (Some(from), Some(to)) if from != to => {
                changed(Some(name), Evolution::Retyped { from: *from, to: *to }, from.is_within(*to));
            }
            (None, Some(_)) => changed(Some(name), Evolution::Declared, !allows(old, name)),
            (Some(_), None) => changed(Some(name), Evolution::Undeclared, allows(new, name)),
            _ => {}
        }
        match (old.required.contains(name), new.required.contains(name)) {
            (false, true) => changed(Some(name), Evolution::Required, false),
            // In a closed event a property that is not declared was allowed because it was required.
            (true, false) => {
                changed(Some(name), Evolution::Optional, allows(new, name) || new.properties.contains_key(name));
            }
            _ => {}
        }
    }
}
