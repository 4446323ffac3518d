//! What stewards decide and take back: pinned values, links, and what is said of them.

use std::collections::BTreeSet;

use onefold::fact::{Configuration, Decision, Erasure, Retraction};
use onefold::{Body, Draft, Identifier, Onefold, Options, RecordId, RecordKey, Silent, Timestamp, Value};

fn at(minute: u32) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    start + std::time::Duration::from_secs(u64::from(minute) * 60)
}

fn person(key: &str, name: &str) -> Draft {
    Draft::new("crm", Body::set([("full_name", name), ("city", "Paris")])).key(RecordKey::person(key))
}

fn id(key: &str) -> RecordId {
    RecordId::of(&"crm".into(), &RecordKey::person(key))
}

fn decision(decision: Decision) -> Draft {
    Draft::new("steward", Body::Decision(decision))
}

fn pin(record: RecordId, value: &str) -> Draft {
    decision(Decision::Pin { record, attribute: "city".into(), value: Value::from(value) })
}

fn take_back(house: &Onefold, batch: &str, minute: u32) {
    let retract = Body::Retract(Retraction::Batch(batch.into()));
    house.accept("taken back", at(minute), [Draft::new("steward", retract)]).expect("room");
}

fn city(house: &Onefold, record: RecordId) -> Option<String> {
    house.customer(record).expect("views").expect("a customer").value("city").map(ToString::to_string)
}

/// Catches a pin that never reaches the fold, and one that outlives its retraction.
#[test]
fn a_pinned_value_holds_until_the_pin_is_taken_back() {
    let house = Onefold::in_memory(Options::default());
    house.accept("first", at(0), [person("1", "Ada Byron"), person("2", "Grace Hopper")]).expect("room");
    let pinned = house.accept("pinned", at(1), [pin(id("1"), "London")]).expect("room");
    house.accept("later", at(2), [person("1", "Ada King")]).expect("room");
    assert_eq!(city(&house, id("1")).as_deref(), Some("London"));
    assert_eq!(city(&house, id("2")).as_deref(), Some("Paris"));
    let [(fact, _)] = pinned.facts[..] else { unreachable!("one fact") };
    assert_eq!(house.record_of(fact).expect("views"), Some(id("1")));

    take_back(&house, "pinned", 3);
    assert_eq!(city(&house, id("1")).as_deref(), Some("Paris"));
    assert_eq!(house.record_of(fact).expect("views"), None);
}

/// Catches a pin looked for under an id that no record bears: the bare id of a shared device names its first stretch.
#[test]
fn a_pin_may_name_a_shared_device() {
    let device = Identifier::new("anonymous", "d");
    let view = Draft::new("web", Body::event("page", [("path", "/")]))
        .key(RecordKey::of(&device))
        .identified_by(device.clone())
        .occurred_at(at(0));
    let sign_in = Draft::new("web", Body::set([("city", "Paris")]))
        .key(RecordKey::person("ada"))
        .identified_by(device.clone())
        .occurred_at(at(1));
    let house = Onefold::in_memory(Options::default());
    house.accept("stream", at(2), [view, sign_in]).expect("room");
    let (ada, device) =
        (RecordId::of(&"web".into(), &RecordKey::person("ada")), RecordId::of(&"web".into(), &RecordKey::of(&device)));
    house.accept("pinned", at(3), [pin(device, "London")]).expect("room");
    assert_eq!(city(&house, ada).as_deref(), Some("London"));

    let why = house.why(device, ada).expect("views").expect("both records");
    assert!(why.same_customer && why.signed_in, "{why:?}");
    assert_eq!((why.decided, why.evidence), (None, None));
}

/// Catches a record made of a steward's or the house's own facts, a sign-in among them, and an identifier that a pin
/// lends to the customer it names.
#[test]
fn what_governs_facts_makes_no_record_even_under_a_key() {
    let house = Onefold::in_memory(Options::default());
    let device = Identifier::new("anonymous", "d");
    let view = Draft::new("web", Body::event("page", [("path", "/")])).key(RecordKey::of(&device));
    house.accept("first", at(0), [person("1", "Ada Byron"), view.identified_by(device.clone())]).expect("room");
    house.relink(&mut Silent).expect("room");
    let before = house.digest().expect("views");
    let adopt = Configuration { part: "rule".to_owned(), name: "any".to_owned(), json: "{}".to_owned() };
    let erase = Erasure { records: BTreeSet::new(), identifiers: BTreeSet::new(), key: None, until: at(0) };
    let bodies = [
        Body::Decision(Decision::Pin { record: id("1"), attribute: "city".into(), value: Value::from("Paris") }),
        Body::Decision(Decision::Pin { record: id("nobody"), attribute: "city".into(), value: Value::from("Rome") }),
        Body::Decision(Decision::Unlink(id("1"), id("2"))),
        Body::Adopt(adopt),
        Body::Retract(Retraction::Batch("no such batch".into())),
        Body::Erase(erase),
        Body::Complete,
    ];
    let drafts =
        bodies.map(|body| Draft::new("steward", body).key(RecordKey::person("desk")).identified_by(device.clone()));
    let drafts = drafts.into_iter().enumerate().map(|(n, draft)| draft.message_id(n.to_string()));
    house.accept("governing", at(1), drafts).expect("room");
    house.relink(&mut Silent).expect("room");
    assert_eq!(house.customers().expect("views").len(), 2);
    let visitor = RecordId::of(&"web".into(), &RecordKey::of(&device));
    assert_eq!(house.customers_with(&device).expect("views"), [visitor.into()]);
    take_back(&house, "governing", 2);
    house.relink(&mut Silent).expect("room");
    assert_eq!(house.digest().expect("views"), before);
}

/// Catches a group that still holds together what only the record that is gone had joined.
#[test]
fn a_bridge_taken_back_holds_nobody_together() {
    let house = Onefold::in_memory(Options::default());
    house.accept("first", at(0), [person("1", "Ada Byron"), person("2", "Grace Hopper")]).expect("room");
    house.accept("bridge", at(1), [person("3", "Alan Turing")]).expect("room");
    let links = [Decision::Link(id("1"), id("3")), Decision::Link(id("3"), id("2"))];
    house.accept("linked", at(2), links.map(decision)).expect("room");
    house.relink(&mut Silent).expect("room");
    assert_eq!(house.customers().expect("views").len(), 1);

    take_back(&house, "bridge", 3);
    assert!(!house.why(id("1"), id("2")).expect("views").expect("both records").same_customer);
    let between = house.digest().expect("views");
    house.relink(&mut Silent).expect("room");
    assert_eq!(house.digest().expect("views"), between);
}

/// Catches a decision on another pair, one in the other direction that is overlooked, and the first instead of the last.
#[test]
fn the_last_decision_on_a_pair_is_told() {
    let house = Onefold::in_memory(Options::default());
    house
        .accept("first", at(0), [person("1", "Ada Byron"), person("2", "Ada Byron"), person("3", "Grace Hopper")])
        .expect("room");
    let decided = |house: &Onefold, a, b| house.why(id(a), id(b)).expect("views").expect("both records").decided;
    assert_eq!(decided(&house, "1", "2"), None);

    house.accept("apart", at(1), [decision(Decision::Unlink(id("1"), id("2")))]).expect("room");
    assert_eq!(decided(&house, "2", "1"), Some(false));
    house.accept("together", at(2), [decision(Decision::Link(id("2"), id("1")))]).expect("room");
    assert_eq!(decided(&house, "1", "2"), Some(true));
    assert_eq!(decided(&house, "1", "3"), None);

    let why = house.why(id("1"), id("2")).expect("views").expect("both records");
    assert!(!why.signed_in && why.evidence.is_some(), "{why:?}");
    take_back(&house, "together", 3);
    assert_eq!(decided(&house, "1", "2"), Some(false));
}
