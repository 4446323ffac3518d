//! From a specification to a file.

use std::fmt;

use super::node::{Node, Value};
use crate::holiday::{Holiday, Observance};
use crate::hours::Hours;
use crate::spec::{CalendarSpec, Override};
use crate::week::Week;
use crate::words::weekday_name;

/// A calendar as a tree. What is empty is left out, all but the usual hours.
pub(super) fn tree(spec: &CalendarSpec) -> Node {
    let mut fields = vec![("zone".to_owned(), Node::text(spec.zone.name()))];
    let mut add = |name: &str, node: Node| fields.push((name.to_owned(), node));
    if !spec.breaks.is_closed() {
        add("breaks", week(&spec.breaks));
    }
    if !spec.holidays.is_empty() {
        add("holidays", Value::List(spec.holidays.iter().map(holiday).collect()).into());
    }
    add("hours", week(&spec.hours));
    if !spec.overrides.is_empty() {
        add("overrides", Node::table(spec.overrides.iter().map(|(date, said)| (date.to_string(), Node::text(said)))));
    }
    Node::table(fields)
}

/// Days in a row with the same hours together; closed ones left out.
fn week(week: &Week) -> Node {
    let days: Vec<_> = week.days().collect();
    let runs: Vec<_> = days.chunk_by(|(_, a), (_, b)| a == b).collect();
    if let [[(_, hours), ..]] = runs.as_slice() {
        return Node::text(hours);
    }
    let run = |run: &&[(chrono::Weekday, &Hours)]| {
        let ((first, hours), (last, _)) = (*run.first()?, *run.last()?);
        let name = if first == last { String::new() } else { format!("-{}", weekday_name(last)) };
        (!hours.is_closed()).then(|| (format!("{}{name}", weekday_name(first)), Node::text(hours)))
    };
    Node::table(runs.iter().filter_map(run))
}

fn holiday(holiday: &Holiday) -> Node {
    let Holiday { name, on, observed, since, until, open } = holiday;
    let on = match on.as_slice() {
        [rule] => Node::text(rule),
        rules => Value::List(rules.iter().map(Node::text).collect()).into(),
    };
    let fields = [
        Some(("name", Node::text(name))),
        Some(("on", on)),
        (*observed != Observance::None).then(|| ("observed", Node::text(observed))),
        since.map(|year| ("since", Value::Whole(year.into()).into())),
        until.map(|year| ("until", Value::Whole(year.into()).into())),
        (!open.is_closed()).then(|| ("open", Node::text(open))),
    ];
    Node::table(fields.into_iter().flatten().map(|(name, node)| (name.to_owned(), node)))
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Like(weekday) => write!(f, "like {}", weekday_name(*weekday)),
            Self::Hours(hours) => hours.fmt(f),
        }
    }
}

/// A tree as TOML for people: what stands on one line first, lists an item a line, then a section for each table.
pub(super) fn toml(tree: &Node) -> String {
    let Value::Table(fields) = &tree.value else { return String::new() };
    let (tables, plain): (Vec<_>, Vec<_>) =
        fields.iter().partition(|field| matches!(field.node.value, Value::Table(_)));
    let mut text = String::new();
    for field in plain {
        let value = match &field.node.value {
            Value::List(items) => items.iter().map(|item| format!("    {},\n", inline(item))).collect::<String>(),
            _ => inline(&field.node),
        };
        let value = if value.ends_with('\n') { format!("[\n{value}]") } else { value };
        text.push_str(&format!("{} = {value}\n", field.name));
    }
    for field in tables {
        text.push_str(&format!("\n[{}]\n", field.name));
        let Value::Table(fields) = &field.node.value else { continue };
        for field in fields {
            text.push_str(&format!("{} = {}\n", field.name, inline(&field.node)));
        }
    }
    text
}

/// A value on one line. Names of fields are ours, and bare.
fn inline(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => quoted(text),
        Value::Whole(whole) => whole.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Table(fields) => {
            let fields = fields.iter().map(|field| format!("{} = {}", field.name, inline(&field.node)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Other(_) => quoted(""),
    }
}

/// A text in quotes, on one line whatever it holds.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
