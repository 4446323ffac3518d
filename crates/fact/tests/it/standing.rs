//! Which facts stand: worked cases.

use onefold_fact::{
    Body, Digest, Draft, Erasure, Fact, FactSet, Identifier, Inserted, RecordId, RecordKey, Retraction, Value,
};

use crate::support::at;

fn city(name: &str) -> Draft {
    Draft::new("crm", Body::set([("city", name)])).key(RecordKey::person("17"))
}

/// The cities that stand, in canonical order.
fn cities(facts: &FactSet, known_at: Option<i64>) -> Vec<String> {
    let standing = facts.standing(known_at.map(at));
    let cities = standing.iter().filter_map(|standing| match standing.fact().body() {
        Body::Set(attributes) => attributes.get("city").map(Value::to_string),
        _ => None,
    });
    cities.collect()
}

#[test]
fn undated_repeats_count_each_time_so_a_b_a_ends_at_a() {
    let said =
        [city("Bonn").received("1", at(1)), city("Köln").received("2", at(2)), city("Bonn").received("3", at(3))];
    assert_eq!(cities(&FactSet::from_iter(said), None), ["Bonn", "Köln", "Bonn"]);
}

#[test]
fn dated_repeats_count_once_from_the_earliest_delivery() {
    let dated = || city("Bonn").occurred_at(at(0));
    let mut facts = FactSet::from_iter([dated().received("2", at(5)), dated().received("1", at(1))]);
    assert_eq!(cities(&facts, None), ["Bonn"]);
    assert_eq!(facts.standing(None).first().map(|standing| standing.order().received_at()), Some(at(1)));
    assert_eq!(facts.insert(dated().received("1", at(1))), Inserted::Identical);
    assert_eq!(facts.insert(dated().received("3", at(9))), Inserted::Delivered);
}

/// Mutation: tell repeats apart by the time of arrival whatever their id.
#[test]
fn messages_count_once_from_the_earliest_delivery_though_they_state_no_time() {
    let viewed = |id: Option<&str>| {
        let draft = Draft::new("web", Body::event("viewed", [("sku", "A-1")])).key(RecordKey::person("17"));
        id.into_iter().fold(draft, Draft::message_id)
    };
    let twice =
        |id| [viewed(id).received("b", at(9)), viewed(id).received("a", at(2)), viewed(id).received("c", at(12))];
    let times = |facts: &FactSet| {
        let told = facts.standing(None).into_iter().filter(|it| it.fact().key().is_some());
        told.map(|it| it.at()).collect::<Vec<_>>()
    };
    assert_eq!(times(&FactSet::from_iter(twice(Some("m-1")))), [at(2)]);
    assert_eq!(times(&FactSet::from_iter(twice(None))), [at(2), at(9), at(12)]);
    let retracted = Draft::new("steward", Body::Retract(Retraction::Batch("a".into()))).received("undo", at(20));
    let facts = FactSet::from_iter(twice(Some("m-1")).into_iter().chain([retracted]));
    assert_eq!(times(&facts), [at(9)], "of the deliveries that stand");
}

#[test]
fn an_assumed_time_yields_to_a_stated_one() {
    let facts = FactSet::from_iter([
        city("stated").occurred_at(at(3)).received("1", at(1)),
        city("assumed").received("2", at(3)),
    ]);
    assert_eq!(cities(&facts, None), ["assumed", "stated"], "the later in order wins");
}

#[test]
fn of_two_contents_under_one_message_id_the_first_received_stands() {
    let (early, late) = (city("Bonn").message_id("m"), city("Köln").message_id("m"));
    let mut facts = FactSet::default();
    assert_eq!(facts.insert(late.received("b", at(2))), Inserted::New);
    assert_eq!(facts.insert(early.received("a", at(1))), Inserted::Conflicting);
    assert_eq!(cities(&facts, None), ["Bonn"]);
    assert_eq!((facts.len(), facts.conflicting()), (1, 1));
}

/// Catches a set that goes by the order of insertion, also when an earlier delivery comes late.
#[test]
fn which_content_stands_does_not_depend_on_the_order_of_arrival() {
    let said = |name: &str, minute| city(name).message_id("m").received(name, at(minute));
    let (bonn, cologne) = (said("Bonn", 5), said("Köln", 5));
    let (smaller, larger) = if bonn.content() < cologne.content() { (bonn, cologne) } else { (cologne, bonn) };
    for order in [[&smaller, &larger], [&larger, &smaller]] {
        let mut facts: FactSet = order.into_iter().cloned().collect();
        let stand = |facts: &FactSet| [&smaller, &larger].map(|fact| facts.stands(fact.id(), fact.content()));
        assert_eq!(stand(&facts), [true, false], "at the same time the smaller hash");
        let earlier = city(larger.batch().as_str()).message_id("m").received("before", at(4));
        assert_eq!(facts.insert(earlier.clone()), Inserted::Delivered);
        assert_eq!(stand(&facts), [false, true], "an earlier delivery");
        assert_eq!(facts.insert(earlier), Inserted::Identical);
        assert_eq!(cities(&facts, None), [larger.batch().as_str()]);
        assert_eq!((facts.len(), facts.conflicting()), (1, 1));
    }
    let unknown = city("Ulm").received("u", at(1));
    assert!(!FactSet::from_iter([smaller]).stands(unknown.id(), unknown.content()));
}

/// Catches a scan or a shift of all contents of an id at each insertion.
#[test]
fn thousands_of_contents_may_share_one_message_id() {
    const LINES: usize = 20_000;
    let lines = (0..LINES).map(|line| city(&line.to_string()).message_id("m").received("a", at(1)));
    let facts: FactSet = lines.clone().collect();
    assert_eq!((facts.len(), facts.conflicting(), cities(&facts, None).len()), (1, LINES - 1, 1));
    assert_eq!(lines.filter(|line| facts.stands(line.id(), line.content())).count(), 1);
}

#[test]
fn a_retracted_batch_never_was_until_it_is_delivered_again() {
    let retract =
        |at_minute| Draft::new("steward", Body::Retract(Retraction::Batch("a".into()))).received("undo", at(at_minute));
    let mut facts =
        FactSet::from_iter([city("Bonn").received("a", at(1)), city("Köln").received("b", at(2)), retract(3)]);
    assert_eq!(cities(&facts, None), ["Köln"]);
    assert_eq!(cities(&facts, Some(2)), ["Bonn", "Köln"], "what was known before the retraction");
    facts.insert(city("Bonn").received("a", at(4)));
    assert_eq!(cities(&facts, None), ["Köln", "Bonn"]);
}

#[test]
fn a_retracted_fact_never_was() {
    let bonn = city("Bonn").received("a", at(1));
    let retract = Body::Retract(Retraction::Fact(bonn.id()));
    let facts = FactSet::from_iter([bonn, Draft::new("steward", retract).received("undo", at(2))]);
    assert!(cities(&facts, None).is_empty());
}

#[test]
fn of_snapshots_only_the_latest_complete_one_stands() {
    let complete = |batch: &str, minute| Draft::new("crm", Body::Complete).received(batch, at(minute));
    let mut facts = FactSet::from_iter([
        city("Bonn").received("1", at(1)),
        complete("1", 1),
        city("Köln").received("2", at(2)),
        Draft::new("shop", Body::set([("city", "Ulm")])).key(RecordKey::person("9")).received("s", at(1)),
    ]);
    assert_eq!(cities(&facts, None), ["Bonn", "Ulm"], "the second snapshot is not complete");
    facts.insert(complete("2", 2));
    assert_eq!(cities(&facts, None), ["Ulm", "Köln"]);
    assert_eq!(cities(&facts, Some(1)), ["Bonn", "Ulm"]);
}

#[test]
fn a_snapshot_under_the_name_of_an_earlier_one_replaces_it() {
    let customer = |key: &str, name: &str, minute| {
        let said = Draft::new("crm", Body::set([("city", name)])).key(RecordKey::person(key));
        said.received("contacts.csv", at(minute))
    };
    let complete = |minute| Draft::new("crm", Body::Complete).received("contacts.csv", at(minute));
    let monday = [customer("1", "Bonn", 1), customer("2", "Ulm", 1), complete(2)];
    let tuesday = [customer("1", "Bonn", 11), customer("3", "Köln", 12), complete(12)];
    let mut facts = FactSet::from_iter(monday.into_iter().chain(tuesday).rev());
    assert_eq!(cities(&facts, None), ["Bonn", "Köln"], "Ulm is gone");
    assert_eq!(cities(&facts, Some(2)), ["Bonn", "Ulm"], "what was known on Monday");
    facts.extend([customer("2", "Ulm", 21), complete(21)]);
    assert_eq!(cities(&facts, None), ["Ulm"]);
    let retract = Body::Retract(Retraction::Batch("contacts.csv".into()));
    facts.extend([Draft::new("steward", retract).received("undo", at(30)), customer("1", "Bonn", 31), complete(31)]);
    assert_eq!(cities(&facts, None), ["Bonn"]);
}

#[test]
fn an_erasure_binds_until_a_later_stated_fact() {
    let key = RecordKey::person("17");
    let records = [RecordId::of(&"crm".into(), &key)].into();
    let erase = Body::Erase(Erasure { records, identifiers: Default::default(), key: None, until: at(10) });
    let facts: Vec<Fact> = vec![
        city("before").occurred_at(at(1)).received("a", at(1)),
        Draft::new("steward", erase).received("erase", at(10)),
        city("undated, later").received("b", at(20)),
        city("dated, later").occurred_at(at(21)).received("b", at(21)),
    ];
    assert_eq!(cities(&facts.into_iter().collect(), None), ["dated, later"]);
}

#[test]
fn an_erasure_binds_who_comes_under_another_key_by_an_identifier_of_the_erased() {
    let key = Digest::of("what nobody knows");
    let email = |who: &str| Identifier::new("email", who);
    let identifiers = [Erasure::hash(&key, &email("ada@x.io"))].into();
    let erase = Body::Erase(Erasure { records: [].into(), identifiers, key: Some(key), until: at(10) });
    let facts: Vec<Fact> = vec![
        city("undated").identified_by(email("ada@x.io")).received("b", at(20)),
        city("dated, before").identified_by(email("ada@x.io")).occurred_at(at(9)).received("b", at(20)),
        Draft::new("steward", erase).received("erase", at(10)),
        city("somebody else").identified_by(email("bo@x.io")).received("b", at(20)),
        city("dated, later").identified_by(email("ada@x.io")).occurred_at(at(21)).received("b", at(21)),
    ];
    let expected = ["somebody else", "dated, later"];
    assert_eq!(cities(&facts.iter().cloned().collect(), None), expected);
    assert_eq!(cities(&facts.into_iter().rev().collect(), None), expected, "whatever came first");
}

#[test]
fn ids_do_not_depend_on_batch_or_time_of_arrival() {
    let (a, b) = (city("Bonn").received("a", at(1)), city("Bonn").received("b", at(2)));
    assert_eq!((a.id(), a.content()), (b.id(), b.content()));
    assert_ne!(a.id(), city("Köln").received("a", at(1)).id());
    assert_ne!(
        RecordId::of(&"crm".into(), &RecordKey::person("1")),
        RecordId::of(&"crm".into(), &RecordKey::organisation("1"))
    );
}
