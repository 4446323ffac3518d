//! The first lines of a file, as the inference wants them.

use std::collections::HashMap;

use super::message::Dialect;
use super::object::{Fields, flatten, parse, paths};
use super::traits::PREFIX;
use crate::infer::Sample;
use onefold_fact::Value;

/// So many fields are looked at.
const MAX_COLUMNS: usize = 1000;

/// The first lines of a file: its objects as a table whose columns are paths in the order of their first appearance,
/// and the traits of its messages as another.
pub(crate) struct Sampled {
    pub(crate) objects: Sample,
    pub(crate) traits: Sample,
    pub(crate) messages: usize,
}

/// Looks at the given lines.
pub(crate) fn sample<'l>(lines: impl Iterator<Item = &'l str>) -> Sampled {
    let (mut objects, mut traits) = (Grown::default(), Grown::default());
    let mut messages = 0;
    for line in lines {
        let Ok((fields, _)) = parse(line) else { continue };
        match Dialect::of(&fields) {
            Dialect::Object => objects.push(&fields, &paths(line), ""),
            Dialect::Message => {
                messages += 1;
                traits.push_traits(&fields, line);
            }
            Dialect::Batch => {
                let Some(Some(Value::List(items))) = fields.get("batch") else { continue };
                for item in items.iter().flatten() {
                    if let Value::Map(message) = item {
                        messages += 1;
                        traits.push_traits(message, "");
                    }
                }
            }
        }
    }
    Sampled { objects: objects.sample, traits: traits.sample, messages }
}

/// A sample whose columns appear as they are met.
#[derive(Default)]
struct Grown {
    sample: Sample,
    columns: HashMap<String, usize>,
    rows: usize,
}

impl Grown {
    /// The traits of the person that a message speaks of.
    fn push_traits(&mut self, message: &Fields, line: &str) {
        let of = |fields: &Fields| match fields.get("traits") {
            Some(Some(Value::Map(traits))) => Some(traits.clone()),
            _ => None,
        };
        let of_group = message
            .get("type")
            .is_some_and(|r#type| matches!(r#type, Some(Value::Text(r#type)) if r#type.eq_ignore_ascii_case("group")));
        let own = of(message).filter(|_| !of_group);
        let common = match message.get("context") {
            Some(Some(Value::Map(context))) => of(context),
            _ => None,
        };
        let order: Vec<String> = paths(line)
            .into_iter()
            .filter_map(|path| {
                let traits = path.strip_prefix("context.").unwrap_or(&path);
                traits.strip_prefix(PREFIX).map(str::to_owned)
            })
            .collect();
        for traits in own.into_iter().chain(common) {
            self.push(&traits, &order, PREFIX);
        }
    }

    fn push(&mut self, fields: &Fields, order: &[String], prefix: &str) {
        let mut cells: HashMap<String, (String, bool)> = HashMap::new();
        flatten(fields, &mut |path, value| {
            let (list, value) = match value {
                Some(Value::List(items)) => (true, items.iter().flatten().next()),
                value => (false, value),
            };
            let text = value.map(|value| value.to_text().into_owned()).unwrap_or_default();
            cells.insert(path.to_owned(), (text, list));
        });
        let mut row = vec![String::new(); self.sample.header.len()];
        // Names in the order in which they are written, then what that did not find.
        let mut rest: Vec<String> = cells.keys().filter(|path| !order.contains(path)).cloned().collect();
        rest.sort();
        for path in order.iter().chain(&rest) {
            let Some((cell, list)) = cells.remove(path) else { continue };
            let at = match self.columns.get(path) {
                Some(at) => *at,
                None if self.columns.len() >= MAX_COLUMNS => continue,
                None => {
                    let at = self.columns.len();
                    self.columns.insert(path.clone(), at);
                    self.sample.header.push(format!("{prefix}{path}"));
                    self.sample.columns.push(vec![String::new(); self.rows]);
                    self.sample.lists.push(false);
                    row.push(String::new());
                    at
                }
            };
            row[at] = cell;
            self.sample.lists[at] |= list;
        }
        self.sample.push(row.iter().map(String::as_str));
        self.rows += 1;
    }
}
