//! [`Node`]: a value of TOML or JSON, with its line where the format tells it.

use std::fmt;
use std::ops::Range;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use toml::de::{DeTable, DeValue};

use crate::error::CalendarError;

#[derive(Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    /// Counted from 1.
    pub(super) line: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    List(Vec<Node>),
    Table(Vec<Field>),
    /// What no calendar has.
    Other(&'static str),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) line: Option<usize>,
    pub(super) node: Node,
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self { value, line: None }
    }
}

impl Node {
    pub(super) fn text(text: impl ToString) -> Self {
        Value::Text(text.to_string()).into()
    }

    pub(super) fn table(fields: impl IntoIterator<Item = (String, Self)>) -> Self {
        let fields = fields.into_iter().map(|(name, node)| Field { name, line: None, node });
        Value::Table(fields.collect()).into()
    }

    /// What it is, for a message.
    pub(super) fn what(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("`{text}`"),
            Value::Whole(whole) => format!("`{whole}`"),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::Other(what) => (*what).to_owned(),
        }
    }

    pub(super) fn from_json(text: &str) -> Result<Self, CalendarError> {
        serde_json::from_str(text).map_err(|error| {
            let (line, column, message) = (error.line(), error.column(), error.to_string());
            let place = format!(" at line {line} column {column}");
            CalendarError::Syntax { line, column, message: message.trim_end_matches(&place).to_owned() }
        })
    }

    pub(super) fn from_toml(text: &str) -> Result<Self, CalendarError> {
        let lines = Lines::of(text);
        let table = DeTable::parse(text).map_err(|error| {
            let (line, column) = lines.place(error.span().map_or(0, |span| span.start));
            CalendarError::Syntax { line, column, message: error.message().trim().replace('\n', ", ") }
        })?;
        Ok(Self { value: fields(table.get_ref(), &lines), line: None })
    }
}

fn fields(table: &DeTable<'_>, lines: &Lines<'_>) -> Value {
    let field = |(key, value): (&toml::Spanned<toml::de::DeString<'_>>, &toml::Spanned<DeValue<'_>>)| Field {
        name: key.get_ref().to_string(),
        line: lines.line(key.span()),
        node: node(value, lines),
    };
    let mut fields: Vec<Field> = table.iter().map(field).collect();
    fields.sort_by_key(|field| field.line);
    Value::Table(fields)
}

fn node(value: &toml::Spanned<DeValue<'_>>, lines: &Lines<'_>) -> Node {
    let line = lines.line(value.span());
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(whole) => i64::from_str_radix(whole.as_str(), whole.radix())
            .map_or(Value::Other("a number out of range"), Value::Whole),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, lines)).collect()),
        DeValue::Table(table) => fields(table, lines),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(_) => Value::Other("a yes or no"),
    };
    Node { value, line }
}

/// Where the lines of a text begin.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, starts: [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect() }
    }

    fn line(&self, span: Range<usize>) -> Option<usize> {
        Some(self.place(span.start).0)
    }

    /// Line and column, counted from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied().unwrap_or(0);
        (line, self.text.get(start..at).map_or(0, |before| before.chars().count()) + 1)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor).map(Self::from)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a calendar")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Value, E> {
        Ok(Value::Whole(whole))
    }

    fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Value, E> {
        Ok(i64::try_from(whole).map_or(Value::Other("a number out of range"), Value::Whole))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other("a number with a fraction"))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other("a yes or no"))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Other("nothing"))
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields: Vec<Field> = Vec::new();
        while let Some((name, node)) = entries.next_entry::<String, Node>()? {
            if name == TOML_DATE {
                return Ok(node.value);
            }
            if fields.iter().any(|field| field.name == name) {
                return Err(de::Error::custom(format_args!("the field `{name}` stands twice")));
            }
            fields.push(Field { name, line: None, node });
        }
        Ok(Value::Table(fields))
    }
}

/// The name under which `toml` passes an unquoted date through serde.
const TOML_DATE: &str = "$__toml_private_datetime";

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Whole(whole) => serializer.serialize_i64(*whole),
            Value::List(items) => serializer.collect_seq(items),
            Value::Table(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for field in fields {
                    map.serialize_entry(&field.name, &field.node)?;
                }
                map.end()
            }
            Value::Other(_) => serializer.serialize_unit(),
        }
    }
}
