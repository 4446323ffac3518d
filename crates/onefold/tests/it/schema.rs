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
