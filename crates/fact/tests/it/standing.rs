//! Which facts stand: worked cases.

use onefold_fact::{Body, Draft, Erasure, Fact, FactSet, Inserted, RecordId, RecordKey, Retraction, Value};

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
fn an_erasure_binds_until_a_later_stated_fact() {
    let key = RecordKey::person("17");
    let records = [RecordId::of(&"crm".into(), &key)].into();
    let erase = Body::Erase(Erasure { records, identifiers: Default::default(), until: at(10) });
    let facts: Vec<Fact> = vec![
        city("before").occurred_at(at(1)).received("a", at(1)),
        Draft::new("steward", erase).received("erase", at(10)),
        city("undated, later").received("b", at(20)),
        city("dated, later").occurred_at(at(21)).received("b", at(21)),
    ];
    assert_eq!(cities(&facts.into_iter().collect(), None), ["dated, later"]);
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
