//! [`within`]: what may be told of a value that holds named entries of its own.

use std::borrow::Cow;

use onefold_fact::Value;

/// What becomes of an entry.
pub(crate) enum Entry {
    /// It stands, as far as what it holds does.
    Open,
    /// This stands in its place.
    Instead(Value),
    /// It goes.
    Gone,
}

/// A value without what its entries, at any depth, may not tell. `becomes` is asked for each entry by its name.
pub(crate) fn within<'v>(value: &'v Value, becomes: &impl Fn(&str, &Value) -> Entry) -> Cow<'v, Value> {
    match value {
        Value::List(values) => {
            let told: Vec<_> = values.iter().map(|value| value.as_ref().map(|value| within(value, becomes))).collect();
            if told.iter().flatten().all(|value| matches!(value, Cow::Borrowed(_))) {
                return Cow::Borrowed(value);
            }
            Cow::Owned(Value::List(told.into_iter().map(|value| value.map(Cow::into_owned)).collect()))
        }
        Value::Map(entries) => {
            let mut same = true;
            let told: Vec<_> = entries
                .iter()
                .filter_map(|(name, entry)| {
                    let Some(entry) = entry else { return Some((name, None)) };
                    let told = match becomes(name, entry) {
                        Entry::Open => within(entry, becomes),
                        Entry::Instead(value) => Cow::Owned(value),
                        Entry::Gone => {
                            same = false;
                            return None;
                        }
                    };
                    same &= matches!(told, Cow::Borrowed(_));
                    Some((name, Some(told)))
                })
                .collect();
            if same {
                return Cow::Borrowed(value);
            }
            let told = told.into_iter().map(|(name, entry)| (name.clone(), entry.map(Cow::into_owned)));
            Cow::Owned(Value::Map(told.collect()))
        }
        _ => Cow::Borrowed(value),
    }
}
