//! The schema in force is a view of the facts.

use onefold::fact::{Configuration, Retraction};
use onefold::{AttributeSpec, Body, Draft, Kind, Onefold, Options, Schema, Timestamp};

fn at() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

fn schema(kind: Kind) -> Schema {
    Schema { attributes: [("plan".into(), AttributeSpec::of(kind))].into(), ..Schema::default() }
}

fn kind(house: &Onefold) -> Option<Kind> {
    house.schema().expect("views").attributes.get("plan").map(|spec| spec.kind)
}

/// Catches a schema that stays after its adoption was taken back, and adoptions at one time that stand in the order of
/// their hashes or fall into one batch.
#[test]
fn an_adoption_taken_back_brings_the_former_schema_back() {
    let house = Onefold::in_memory(Options::default());
    let kinds = [Kind::Category, Kind::Text, Kind::Integer, Kind::Category, Kind::FreeText, Kind::Url];
    let mut batches = Vec::new();
    for expected in kinds {
        batches.push(house.adopt(&schema(expected), at()).expect("a schema"));
        assert_eq!(kind(&house), Some(expected));
    }
    for n in (0..kinds.len()).rev() {
        assert_eq!(kind(&house), Some(kinds[n]));
        let retract = Body::Retract(Retraction::Batch(batches[n].clone()));
        house.accept("taken back", at(), [Draft::new("steward", retract)]).expect("room");
    }
    assert_eq!(kind(&house), None);
    house.adopt(&schema(Kind::Text), at()).expect("a schema");
    assert_eq!(kind(&house), Some(Kind::Text));
}

/// Catches a schema that only `adopt` brings into force, and one that cannot be read and stops all later ones.
#[test]
fn a_schema_is_in_force_however_it_came_and_only_if_it_can_be_read() {
    let adopt = |json: String| {
        let configuration = Configuration { part: "schema".to_owned(), name: String::new(), json };
        Draft::new("onefold", Body::Adopt(configuration))
    };
    let house = Onefold::in_memory(Options::default());
    let json = serde_json::to_string(&schema(Kind::Category)).expect("a schema as JSON");
    house.accept("replayed", at(), [adopt(json)]).expect("room");
    assert_eq!(kind(&house), Some(Kind::Category));

    let unreadable =
        adopt("{\"attributes\": 7".to_owned()).occurred_at("2030-01-01T00:00:00Z".parse().expect("a time"));
    house.accept("broken", at(), [unreadable]).expect("room");
    assert_eq!(kind(&house), Some(Kind::Category));
    house.adopt(&schema(Kind::Text), at()).expect("a schema");
    assert_eq!(kind(&house), Some(Kind::Text));
}

/// Catches a computed attribute that the house does not know of, or that keeps an event which was taken back.
#[test]
fn attributes_are_computed_as_they_were_adopted() {
    use onefold::profile::{Computations, ComputedAttribute};
    use onefold::{AttributeName, Body, Draft, Onefold, Options, RecordKey, Timestamp, Value};

    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let declared = r#"{"aggregate": "count", "events": {"names": ["order"]}, "window": {"sliding": "30d"}}"#;
    let recent: ComputedAttribute = serde_json::from_str(declared).expect("an attribute");
    let name: AttributeName = "recent_orders".into();
    let computations = Computations::new([(name.clone(), recent)]).expect("computations");
    let house = Onefold::in_memory(Options::default());
    let adopted = house.adopt(&computations, at("2026-01-01T00:00:00Z")).expect("room");
    let order = |sku: &str, day: &str| {
        Draft::new("shop", Body::event("order", [("sku", sku)])).key(RecordKey::person("17")).occurred_at(at(day))
    };
    house.accept("a", at("2026-02-20T00:00:00Z"), [order("A", "2026-02-01T00:00:00Z")]).expect("room");
    house.accept("b", at("2026-02-20T00:00:00Z"), [order("B", "2026-02-10T00:00:00Z")]).expect("room");
    let customer = house.customers().expect("views")[0];
    let count = || {
        let computed = house.views().expect("views").computed(customer, at("2026-02-21T00:00:00Z")).expect("views");
        computed.expect("a customer").remove(&name).map(|computed| (computed.value, computed.next_change_at.is_some()))
    };
    assert_eq!(count(), Some((Some(Value::Integer(2)), true)));
    house.retract("b", at("2026-02-21T00:00:00Z")).expect("room");
    assert_eq!(count(), Some((Some(Value::Integer(1)), true)));
    house.retract(adopted, at("2026-02-22T00:00:00Z")).expect("room");
    assert_eq!(count(), None);
    let wrong = onefold::fact::Configuration { part: "policy".into(), name: String::new(), json: "[1]".into() };
    assert!(house.adopt(wrong, at("2026-02-22T00:00:00Z")).is_err());
}

/// Mutations: look at computed attributes only, at scores only, or at their own name without their parts; take what is
/// adopted anew under its name for another; refuse every name that the schema declares.
#[test]
fn what_is_computed_has_a_name_of_its_own() {
    use onefold::fact::Configuration;
    use onefold::{Onefold, Options};

    let house = Onefold::in_memory(Options::default());
    let count = r#"{"aggregate": "count", "events": {"names": ["order"]}, "window": "lifetime"}"#;
    let rfm = r#"{"purchases": {"names": ["order"]}, "amount": {"path": "total"}, "window": "lifetime", "cuts": {"recency": [30], "frequency": [2], "monetary": [100]}}"#;
    let stage = r#"{"activity": {"names": ["order"]}, "new_for": "10d", "active_for": "90d", "lost_after": "365d", "returned_for": "60d"}"#;
    let adopt = |part: &str, name: &str, json: String| {
        let adopted = house.adopt(Configuration { part: part.to_owned(), name: name.to_owned(), json }, at());
        adopted.map(drop).map_err(|error| error.to_string())
    };
    let computed = |name: &str| adopt("computations", "", format!(r#"{{"{name}": {count}}}"#));
    house
        .adopt(
            &Schema { attributes: [("orders".into(), AttributeSpec::of(Kind::Integer))].into(), ..Schema::default() },
            at(),
        )
        .expect("a schema");

    assert_eq!(computed("orders"), Ok(()));
    assert_eq!(adopt("rfm", "value", rfm.to_owned()), Ok(()));
    assert_eq!(adopt("rfm", "value", rfm.to_owned()), Ok(()));
    let beside = "`value_recency` would be a computed attribute and the recency of the RFM scores `value`; name one of them otherwise";
    assert_eq!(computed("value_recency"), Err(beside.to_owned()));
    assert_eq!(computed("email"), Err("`email` would be a computed attribute and the attribute that customers have under this name; name one of them otherwise".to_owned()));
    let taken = adopt("lifecycle", "orders", stage.to_owned()).expect_err("a name that is taken");
    assert!(taken.contains("`orders` would be a lifecycle stage and a computed attribute"), "{taken}");
    assert_eq!(computed("spent_monetary"), Ok(()));
    let taken = adopt("rfm", "spent", rfm.to_owned()).expect_err("a name that is taken");
    assert!(
        taken.contains("`spent_monetary` would be the monetary of the RFM scores `spent` and a computed"),
        "{taken}"
    );
}
