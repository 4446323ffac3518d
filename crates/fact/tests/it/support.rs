//! Facts and values to try.

use std::collections::BTreeMap;

use onefold_fact::{Body, Draft, Fact, Identifier, RecordKey, Timestamp, Value};
use proptest::prelude::*;
use rust_decimal::Decimal;

pub(crate) fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    start + chrono::TimeDelta::minutes(minute)
}

/// Any value, nested a little.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (any::<i64>(), 0..20_u32).prop_map(|(digits, scale)| Value::from(Decimal::new(digits, scale))),
        (1..9999_i32, 1..366_u32).prop_map(|(year, day)| {
            Value::from(chrono::NaiveDate::from_yo_opt(year, day).expect("a day of a year"))
        }),
        (0..4_000_000_000_i64, 0..1_000_000_u32).prop_map(|(seconds, micros)| {
            Value::from(chrono::DateTime::from_timestamp(seconds, micros * 1000).expect("an instant"))
        }),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(prop::option::of(inner.clone()), 0..4).prop_map(|items| Value::List(items.into())),
            prop::collection::btree_map("[a-z]{1,4}", prop::option::of(inner), 0..4)
                .prop_map(|fields| Value::Map(fields.into())),
        ]
    })
}

/// Facts that collide in keys, message ids and contents.
pub(crate) fn fact() -> impl Strategy<Value = Fact> {
    let body = prop_oneof![
        4 => prop::collection::btree_map(prop::sample::select(vec!["email", "city"]), value(), 0..3).prop_map(Body::set),
        2 => prop::collection::btree_map("[a-c]", prop::option::of(value()), 0..3)
            .prop_map(|properties: BTreeMap<String, _>| Body::Event { name: "seen".into(), properties: properties.into() }),
        1 => Just(Body::Unset(["email".into()].into())),
        1 => Just(Body::Complete),
        1 => Just(Body::Retract(onefold_fact::Retraction::Batch("monday".into()))),
    ];
    let source = prop::sample::select(vec!["crm", "web"]);
    let batch = prop::sample::select(vec!["monday", "tuesday", "wednesday"]);
    let times = (prop::option::of(0..20_i64), 0..20_i64);
    (source, batch, 0..3_u8, prop::option::of(0..3_u8), times, body).prop_map(
        |(source, batch, key, message, (occurred, received), body)| {
            let mut draft = Draft::new(source, body)
                .key(RecordKey::person(key.to_string()))
                .identified_by(Identifier::new("user_id", key.to_string()));
            if let Some(message) = message {
                draft = draft.message_id(message.to_string());
            }
            if let Some(minute) = occurred {
                draft = draft.occurred_at(at(minute));
            }
            draft.received(batch, at(received))
        },
    )
}
