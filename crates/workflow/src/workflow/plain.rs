//! Values in the plain form that people write, in what is read and written by `serde`.

use onefold_fact::Value;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// A value as it is written, without its type.
fn read<E: Error>(written: &serde_json::Value) -> Result<Option<Value>, E> {
    Ok(Value::from_json(&written.to_string()).map_err(E::custom)?.value)
}

/// What attributes get.
pub(super) mod attributes {
    use std::collections::BTreeMap;

    use onefold_fact::AttributeName;

    use super::{Deserialize, Deserializer, Error, Serializer, Value, read};

    pub(crate) fn serialize<S: Serializer>(
        values: &BTreeMap<AttributeName, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(name, value)| (name, value.plain())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<AttributeName, Value>, D::Error> {
        let written = BTreeMap::<AttributeName, serde_json::Value>::deserialize(deserializer)?;
        let of = |(name, value): (AttributeName, serde_json::Value)| match read(&value)? {
            Some(value) => Ok((name, value)),
            None => Err(D::Error::custom(format!("`{name}` has no value: say what it gets"))),
        };
        written.into_iter().map(of).collect()
    }
}

/// Details of events.
pub(super) mod properties {
    use std::collections::BTreeMap;

    use onefold_fact::{Name, Properties};

    use super::{Deserialize, Deserializer, Serializer, Value, read};

    pub(crate) fn serialize<S: Serializer>(values: &Properties, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(name, value)| (name, value.as_ref().map(Value::plain))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Properties, D::Error> {
        let written = BTreeMap::<Name, serde_json::Value>::deserialize(deserializer)?;
        written.into_iter().map(|(name, value)| Ok((name, read(&value)?))).collect()
    }
}
