//! Values of facts as values of templates.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use minijinja::{Error, ErrorKind};
use onefold_fact::{Name, Properties, Value};

pub(super) fn of_map(values: &BTreeMap<String, Value>) -> minijinja::Value {
    let fields: BTreeMap<String, minijinja::Value> = values.iter().map(|(name, it)| (name.clone(), of(it))).collect();
    fields.into()
}

/// Days and instants are ISO text, decimals text of their digits, whole ones without zeros behind a point: nothing passes
/// through a float.
fn of(value: &Value) -> minijinja::Value {
    match value {
        Value::Boolean(is) => (*is).into(),
        Value::Integer(number) => (*number).into(),
        Value::Decimal(number) if number.fract().is_zero() => number.trunc().to_string().into(),
        Value::Decimal(number) => number.to_string().into(),
        Value::Date(day) => day.to_string().into(),
        Value::Timestamp(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(|item| item.as_ref().map(of)).collect(),
        Value::Map(fields) => {
            let field = |(name, value): (&Name, &Option<Value>)| {
                (name.to_string(), minijinja::Value::from(value.as_ref().map(of)))
            };
            fields.iter().map(field).collect::<BTreeMap<_, _>>().into()
        }
    }
}

/// Puts a text where a path leads, if nothing is there that says anything. Whether it did.
pub(super) fn put_where_missing(values: &mut BTreeMap<String, Value>, path: &str, instead: &str) -> bool {
    let Some((first, rest)) = path.split_once('.') else {
        return match values.get(path) {
            Some(value) if !is_blank(value) => false,
            _ => {
                values.insert(path.to_owned(), instead.into());
                true
            }
        };
    };
    let mut at = values.entry(first.to_owned()).or_insert_with(|| Value::Map(Properties::new()));
    for name in rest.split('.') {
        if is_blank(at) {
            *at = Value::Map(Properties::new());
        }
        // What has no fields cannot be asked for one: the template will say so.
        let Value::Map(fields) = at else { return false };
        at = fields.get_or_insert_with(name, || None).get_or_insert_with(|| Value::from(""));
    }
    let put = is_blank(at);
    if put {
        *at = instead.into();
    }
    put
}

fn is_blank(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.trim().is_empty())
}

/// `{{ customer.since | date("%d.%m.%Y") }}`: a day or an instant by a pattern of strftime.
pub(super) fn date(text: &str, pattern: &str) -> Result<String, Error> {
    let wrong = |message: String| Error::new(ErrorKind::InvalidOperation, message);
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let at: Option<DateTime<Utc>> =
        text.parse().ok().or_else(|| text.parse().ok().map(midnight)).or_else(|| text.parse().ok());
    let at = at.ok_or_else(|| wrong(format!("`{text}` is no date")))?;
    let mut said = String::new();
    std::fmt::Write::write_fmt(&mut said, format_args!("{}", at.format(pattern)))
        .map_err(|_| wrong(format!("`{pattern}` is no pattern of a date: write one such as `%d.%m.%Y`")))?;
    Ok(said)
}
