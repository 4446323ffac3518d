//! [`At`]: a value with its place in the file, which every mistake names.

use std::str::FromStr;

use super::node::{Field, Node, Value};
use crate::error::CalendarError;
use crate::words;

#[derive(Debug, Clone)]
pub(super) struct At<'a> {
    node: &'a Node,
    place: String,
    /// Its line, or that of its name.
    line: Option<usize>,
}

impl<'a> At<'a> {
    /// The whole of a calendar.
    pub(super) fn top(node: &'a Node) -> Self {
        Self { node, place: String::new(), line: node.line }
    }

    pub(super) fn node(&self) -> &'a Node {
        self.node
    }

    /// A mistake here.
    pub(super) fn wrong(&self, problem: impl Into<String>, expected: impl Into<String>) -> CalendarError {
        self.here(CalendarError::text(problem, expected))
    }

    pub(super) fn here(&self, error: CalendarError) -> CalendarError {
        error.at(self.line, if self.place.is_empty() { "calendar" } else { &self.place })
    }

    pub(super) fn text(&self, expected: &str) -> Result<&'a str, CalendarError> {
        match &self.node.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.wrong(self.node.what(), expected)),
        }
    }

    /// Reads a text that says one thing.
    pub(super) fn parse<T: FromStr<Err = CalendarError>>(&self, expected: &str) -> Result<T, CalendarError> {
        self.text(expected)?.parse().map_err(|error| self.here(error))
    }

    /// The items of a list, each at its place; `None` if it is something else.
    pub(super) fn items(&self) -> Option<impl Iterator<Item = Self>> {
        let Value::List(items) = &self.node.value else { return None };
        let place = self.place.clone();
        let item = move |(at, node): (usize, &'a Node)| Self { node, place: format!("{place}[{at}]"), line: node.line };
        Some(items.iter().enumerate().map(item))
    }

    /// The fields of a table, each at its place; `None` if it is something else.
    pub(super) fn fields(&self) -> Option<impl Iterator<Item = (&'a str, Self)>> {
        let Value::Table(fields) = &self.node.value else { return None };
        let dot = if self.place.is_empty() { "" } else { "." };
        let above = format!("{}{dot}", self.place);
        let field = move |field: &'a Field| {
            let line = field.node.line.or(field.line);
            (field.name.as_str(), Self { node: &field.node, place: format!("{above}{}", field.name), line })
        };
        Some(fields.iter().map(field))
    }

    /// The fields of a table that has these only, in this order.
    pub(super) fn only<const N: usize>(&self, names: [&str; N]) -> Result<[Option<Self>; N], CalendarError> {
        let names_of = || names.map(|name| format!("`{name}`")).join(", ");
        let fields = self.fields().ok_or_else(|| self.wrong(self.node.what(), format!("a table of {}", names_of())))?;
        let mut found = [const { None }; N];
        for (name, field) in fields {
            match names.iter().position(|known| *known == name).and_then(|at| found.get_mut(at)) {
                Some(slot) => *slot = Some(field),
                None => {
                    let meant = words::meant(name, names).map(|meant| format!("`{meant}`"));
                    return Err(field.wrong("no such field", meant.unwrap_or_else(|| format!("one of {}", names_of()))));
                }
            }
        }
        Ok(found)
    }
}
