//! Versions of a contract.

use std::collections::BTreeMap;

use onefold_fact::{Body, Value};
use onefold_profile::{Contract, EventSpec, PropertyType};
use proptest::collection::{btree_map, btree_set};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::fact;

fn any_name() -> impl Strategy<Value = String> {
    select(&["a", "b"][..]).prop_map(str::to_owned)
}

fn any_contract() -> impl Strategy<Value = Contract> {
    let of_type = select(&[PropertyType::Integer, PropertyType::Number, PropertyType::Text][..]);
    let spec = (btree_map(any_name(), of_type, 0..3), btree_set(any_name(), 0..2), any::<bool>())
        .prop_map(|(properties, required, closed)| EventSpec { properties, required, closed });
    (btree_map(any_name(), spec, 0..3), any::<bool>()).prop_map(|(events, closed)| Contract {
        events,
        closed,
        ..Contract::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Where all changes are compatible, an event that kept to the old version keeps to the new one.
    /// Mutations: call a number instead of an integer incompatible the other way round; take a property that is declared
    /// in an open event for compatible.
    #[test]
    fn what_is_called_compatible_is(
        (old, new) in (any_contract(), any_contract()),
        events in proptest::collection::vec((any_name(), btree_map(any_name(), proptest::option::of(select(vec![
            Value::from(1_i64), Value::from("text"), Value::Decimal("1.5".parse().unwrap()),
        ])), 0..3)), 1..20),
    ) {
        let changes = old.changes_to(&new);
        prop_assert_eq!(old.changes_to(&old), []);
        // About every third pair of versions is compatible.
        if changes.iter().any(|it| !it.compatible) {
            return Ok(());
        }
        for (name, properties) in events {
            let properties: BTreeMap<String, Option<Value>> = properties;
            let event = fact("web", "1", 1, Body::Event { name: name.into(), properties: properties.into() });
            prop_assert!(!old.violations(&event).is_empty() || new.violations(&event).is_empty());
        }
    }
}

/// Mutations: refuse a whole decimal; take any decimal.
#[test]
fn a_whole_decimal_is_an_integer() {
    let contract: Contract =
        serde_json::from_str(r#"{"events": {"order": {"properties": {"units": "integer"}}}}"#).unwrap();
    let breaks = |units: Value| {
        let order = fact("shop", "1", 1, Body::event("order", [("units", units)]));
        !contract.violations(&order).is_empty()
    };
    let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
    let units = [Value::from(1_i64), decimal("1.0"), decimal("12345678901234567890"), decimal("1.5"), Value::from("1")];
    assert_eq!(units.map(breaks), [false, false, false, true, true]);
}
