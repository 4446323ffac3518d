//! [`Value`]: what an attribute or a property can hold.

use std::borrow::Cow;
use std::fmt;

use chrono::{NaiveDate, SecondsFormat};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::digest::{DigestInto, Digester};
use crate::fact::Timestamp;
use crate::flat::FlatMap;
use crate::name::Name;
use crate::property::Properties;
use crate::text::Text;

/// Deepest nesting of lists and maps that is read as structure; what lies deeper stays text.
const MAX_DEPTH: usize = 32;

/// One typed value. There are no floats: a number is an integer or an exact decimal, and a number beyond their range
/// stays text.
///
/// `Value` has two JSON forms. Its `serde` form is tagged and exact (`{"decimal":"12.50"}`), for storage. The plain
/// form ([`Value::plain`], [`Value::from_json`]) is what people and other programs expect (`12.5`).
///
/// ```
/// use onefold_fact::Value;
///
/// let read = Value::from_json(r#"{"plan":"pro","seats":3,"price":19.90,"note":null}"#)?;
/// let value = read.value.ok_or("an object")?;
/// assert_eq!(serde_json::to_string(&value.plain())?, r#"{"note":null,"plan":"pro","price":19.9,"seats":3}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal number of at most 28 digits. Equality and order are those of the number, not of its spelling.
    Decimal(#[serde(with = "rust_decimal::serde::str")] Decimal),
    /// A calendar day without a zone.
    Date(NaiveDate),
    /// An instant.
    Timestamp(Timestamp),
    /// Text.
    Text(Text),
    /// An ordered list; `None` is an explicit null.
    List(Box<[Option<Value>]>),
    /// Named values; `None` is an explicit null.
    Map(Properties),
}

/// What reading plain JSON gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainJson {
    /// The value, or `None` for `null`.
    pub value: Option<Value>,
    /// What could not be held exactly and stands in the value as text: numbers beyond 28 digits, nesting beyond 32.
    pub kept_as_text: Vec<String>,
}

impl Value {
    /// Reads plain JSON. Numbers are read exactly from their digits, never through a float.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub fn from_json(json: &str) -> Result<PlainJson, serde_json::Error> {
        let raw: &RawValue = serde_json::from_str(json)?;
        let mut kept_as_text = Vec::new();
        let value = read(raw.get(), 0, &mut kept_as_text)?;
        Ok(PlainJson { value, kept_as_text })
    }

    /// The value as it serialises to plain JSON: dates and instants as ISO text; a decimal as a number if a reader
    /// that uses doubles gets it back exactly, otherwise as text.
    #[must_use]
    pub fn plain(&self) -> impl Serialize + '_ {
        Plain(self)
    }

    /// The text of a text value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as people would write it in one cell: text as it stands, others as by `Display`.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        }
    }
}

fn read(json: &str, depth: usize, kept: &mut Vec<String>) -> Result<Option<Value>, serde_json::Error> {
    let json = json.trim();
    let value = match json.as_bytes().first() {
        Some(b'{' | b'[') if depth >= MAX_DEPTH => {
            kept.push(json.to_owned());
            Value::from(json)
        }
        Some(b'{') => {
            let fields: FlatMap<Name, &RawValue> = serde_json::from_str(json)?;
            let mut map = Vec::with_capacity(fields.len());
            for (name, raw) in &fields {
                map.push((name.clone(), read(raw.get(), depth + 1, kept)?));
            }
            Value::Map(map.into_iter().collect())
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json)?;
            let mut list = Vec::with_capacity(items.len());
            for raw in items {
                list.push(read(raw.get(), depth + 1, kept)?);
            }
            Value::List(list.into())
        }
        Some(b'"') => Value::Text(serde_json::from_str(json)?),
        Some(b'n') => return Ok(None),
        Some(b't' | b'f') => Value::Boolean(serde_json::from_str(json)?),
        _ => number(json).unwrap_or_else(|| {
            kept.push(json.to_owned());
            Value::from(json)
        }),
    };
    Ok(Some(value))
}

/// A JSON number as an integer or, exactly, as a decimal.
fn number(json: &str) -> Option<Value> {
    if let Ok(integer) = json.parse::<i64>() {
        return Some(Value::Integer(integer));
    }
    let exponent = json.contains(['e', 'E']);
    let decimal = if exponent { Decimal::from_scientific(json).ok()? } else { Decimal::from_str_exact(json).ok()? };
    Some(Value::Decimal(decimal))
}

struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Boolean(value) => serializer.serialize_bool(*value),
            Value::Integer(value) => serializer.serialize_i64(*value),
            Value::Decimal(value) => match value.to_f64() {
                Some(float) if Decimal::from_f64(float) == Some(*value) => serializer.serialize_f64(float),
                _ => serializer.collect_str(value),
            },
            Value::Date(_) | Value::Timestamp(_) => serializer.collect_str(self.0),
            Value::Text(value) => serializer.serialize_str(value),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&item.as_ref().map(Plain))?;
                }
                list.end()
            }
            Value::Map(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, &value.as_ref().map(Plain))?;
                }
                map.end()
            }
        }
    }
}

/// Text as it stands, numbers and dates in their standard spelling, lists and maps as plain JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Boolean(value) => write!(f, "{value}"),
            Value::Integer(value) => write!(f, "{value}"),
            Value::Decimal(value) => write!(f, "{value}"),
            Value::Date(value) => write!(f, "{value}"),
            Value::Timestamp(value) => f.write_str(&value.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Value::Text(value) => f.write_str(value),
            Value::List(_) | Value::Map(_) => {
                f.write_str(&serde_json::to_string(&self.plain()).map_err(|_| fmt::Error)?)
            }
        }
    }
}

impl DigestInto for Value {
    fn digest_into(&self, digester: &mut Digester) {
        match self {
            Value::Boolean(value) => digester.tag(1).u64(u64::from(*value)),
            Value::Integer(value) => digester.tag(2).i64(*value),
            // Equal numbers are equal values, so 1.0 and 1.00 must digest alike.
            Value::Decimal(value) => digester.tag(3).text(&value.normalize().to_string()),
            Value::Date(value) => digester.tag(4).text(&value.to_string()),
            Value::Timestamp(value) => digester.tag(5).time(*value),
            Value::Text(value) => digester.tag(6).text(value),
            Value::List(items) => digester.tag(7).each(items),
            Value::Map(fields) => digester.tag(8).each(fields),
        };
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Integer(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Integer(value.into())
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Value::Decimal(value)
    }
}

impl From<NaiveDate> for Value {
    fn from(value: NaiveDate) -> Self {
        Value::Date(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Value::Timestamp(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There are tens of them in a profile. Catches a variant that makes all others larger.
    #[test]
    fn is_as_small_as_text() {
        assert_eq!((size_of::<Value>(), size_of::<Option<Value>>()), (24, 24));
    }
}
