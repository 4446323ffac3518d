//! [`SchemaChange`]: what another schema means otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::schema::Schema;

/// A difference between two schemas in what a name means, by default where it is not declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaChange {
    /// What is named: `attribute`, `namespace`, `source`, `group`.
    pub part: String,
    /// The name.
    pub name: String,
    /// Whether the next schema leaves out what the one before declares.
    pub left_out: bool,
    /// By property: what it was, and what it is. Of a group that is new or gone there is nothing.
    pub properties: BTreeMap<String, (Option<Json>, Option<Json>)>,
}

/// ``attribute `member_no`, left out: kind text instead of external-id``.
impl fmt::Display for SchemaChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`{}", self.part, self.name, if self.left_out { ", left out" } else { "" })?;
        let word = |value: &Option<Json>| match value {
            None => "nothing".to_owned(),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        for (nth, (property, (was, is))) in self.properties.iter().enumerate() {
            let lead = if nth == 0 { ": " } else { ", " };
            write!(f, "{lead}{property} {} instead of {}", word(is), word(was))?;
        }
        Ok(())
    }
}

impl Schema {
    /// What the next schema means otherwise than this one, by part and name. What either leaves out has its default, so what is
    /// left out and means the same is no change.
    ///
    /// ```
    /// use onefold_fact::{AttributeSpec, Kind, Schema};
    ///
    /// let mut before = Schema::default();
    /// before.attributes.insert("member_no".into(), AttributeSpec::of(Kind::ExternalId));
    /// before.attributes.insert("nickname".into(), AttributeSpec::of(Kind::Text));
    /// let changes: Vec<String> = before.changes_to(&Schema::default()).iter().map(ToString::to_string).collect();
    /// assert_eq!(changes, [
    ///     "attribute `member_no`, left out: kind text instead of external-id, pii none instead of personal",
    /// ]);
    /// ```
    #[must_use]
    pub fn changes_to(&self, next: &Schema) -> Vec<SchemaChange> {
        let mut changes = Vec::new();
        let attribute = |of: &Schema, name: &_| json(of.attribute(name));
        compare("attribute", (&self.attributes, &next.attributes), &mut changes, |name| {
            (attribute(self, name), attribute(next, name))
        });
        compare("namespace", (&self.namespaces, &next.namespaces), &mut changes, |name| {
            (json(self.namespace(name)), json(next.namespace(name)))
        });
        let source = |of: &Schema, name: &_| json(of.sources.get(name).cloned().unwrap_or_default());
        compare("source", (&self.sources, &next.sources), &mut changes, |name| {
            (source(self, name), source(next, name))
        });
        compare("group", (&self.groups, &next.groups), &mut changes, |name| {
            (json(self.groups.get(name)), json(next.groups.get(name)))
        });
        changes
    }
}

/// As JSON; a schema is always written.
fn json(spec: impl Serialize) -> Json {
    serde_json::to_value(spec).unwrap_or_default()
}

fn compare<K: Ord + fmt::Display, V>(
    part: &str,
    (before, next): (&BTreeMap<K, V>, &BTreeMap<K, V>),
    changes: &mut Vec<SchemaChange>,
    of: impl Fn(&K) -> (Json, Json),
) {
    for name in before.keys().chain(next.keys()).collect::<BTreeSet<_>>() {
        let (was, is) = of(name);
        if was == is {
            continue;
        }
        let mut properties = BTreeMap::new();
        if let (Json::Object(was), Json::Object(is)) = (&was, &is) {
            for property in was.keys().chain(is.keys()) {
                let (was, is) = (was.get(property), is.get(property));
                if was != is {
                    properties.insert(property.clone(), (was.cloned(), is.cloned()));
                }
            }
        }
        let left_out = before.contains_key(name) && !next.contains_key(name);
        changes.push(SchemaChange { part: part.to_owned(), name: name.to_string(), left_out, properties });
    }
}
