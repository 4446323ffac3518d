//! A JSON object, and its fields by path.

use std::fmt;

use onefold_fact::{Properties, Value};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::table::MAX_CELL;

/// The fields of an object; `None` is null.
pub(crate) type Fields = Properties;

/// Objects deeper than this stay values.
const MAX_DEPTH: usize = 8;

/// The object that a line holds, and what in it could not be held exactly.
pub(crate) fn parse(line: &str) -> Result<(Fields, Vec<String>), String> {
    let read = Value::from_json(line).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => "is cut off before its JSON ends; expected a whole JSON object".to_owned(),
        _ => format!("is not JSON at column {}; expected one JSON object a line", error.column()),
    })?;
    match read.value {
        Some(Value::Map(fields)) => Ok((fields, read.kept_as_text)),
        other => {
            let what = match other {
                None => "null",
                Some(Value::List(_)) => "a list",
                Some(Value::Text(_)) => "text",
                Some(Value::Boolean(_)) => "a truth value",
                Some(_) => "a number",
            };
            Err(format!("is {what}; expected a JSON object"))
        }
    }
}

/// Gives each field with its path: `requester.email`. Lists stay values; an empty object says nothing.
pub(crate) fn flatten<'f>(fields: &'f Fields, take: &mut dyn FnMut(&str, Option<&'f Value>)) {
    flatten_under(&mut String::new(), fields, 1, take);
}

fn flatten_under<'f>(
    path: &mut String,
    fields: &'f Fields,
    depth: usize,
    take: &mut dyn FnMut(&str, Option<&'f Value>),
) {
    for (name, value) in fields {
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        match value {
            Some(Value::Map(inner)) if depth < MAX_DEPTH => flatten_under(path, inner, depth + 1, take),
            value => take(path, value.as_ref()),
        }
        path.truncate(length);
    }
}

/// Takes the texts beyond the size of a cell out of an object, as if they were not there, and gives each with its path.
pub(crate) fn take_oversized(fields: &mut Fields, oversized: &mut dyn FnMut(&str, &str)) {
    fields.retain(|name, value| keep(name, value.as_mut(), oversized));
}

/// Whether a value stays, without what is too large in it.
fn keep(path: &str, value: Option<&mut Value>, oversized: &mut dyn FnMut(&str, &str)) -> bool {
    match value {
        Some(Value::Text(text)) if text.len() > MAX_CELL => {
            oversized(path, text);
            return false;
        }
        Some(Value::List(items)) => {
            let kept: Vec<bool> = items.iter_mut().map(|item| keep(path, item.as_mut(), oversized)).collect();
            if kept.contains(&false) {
                let kept = std::mem::take(items).into_iter().zip(kept).filter(|(_, kept)| *kept);
                *items = kept.map(|(item, _)| item).collect();
            }
        }
        Some(Value::Map(inner)) => {
            inner.retain(|name, value| keep(&format!("{path}.{name}"), value.as_mut(), oversized));
        }
        _ => {}
    }
    true
}

/// The paths of an object's fields in the order in which they are written, which the object itself does not keep.
pub(crate) fn paths(line: &str) -> Vec<String> {
    let mut paths = Vec::new();
    paths_under("", line, 1, &mut paths);
    paths
}

fn paths_under(prefix: &str, json: &str, depth: usize, paths: &mut Vec<String>) {
    let Ok(Written(fields)) = serde_json::from_str(json) else { return };
    for (name, value) in fields {
        let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        if value.get().starts_with('{') && depth < MAX_DEPTH {
            paths_under(&path, value.get(), depth + 1, paths);
        } else {
            paths.push(path);
        }
    }
}

/// The fields of an object as they are written.
struct Written<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Written<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Written<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Written(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
