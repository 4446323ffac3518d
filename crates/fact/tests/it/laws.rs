//! Law 1 (order), law 4 (time) and law 6 (round trip) on the ground floor.

use onefold_fact::{Digest, Fact, FactSet, Identifier, Kind, Value};
use proptest::prelude::*;

use crate::support::{at, fact, value};

fn standing(set: &FactSet, known_at: Option<i64>) -> Vec<(onefold_fact::Order, Fact)> {
    let standing = set.standing(known_at.map(at));
    standing.into_iter().map(|standing| (standing.order(), standing.fact().clone())).collect()
}

proptest! {
    /// Law 1. Any permutation and repetition of the same deliveries is the same set with the same facts standing.
    /// Catches a set that keeps the first arrival of two contents, that counts a delivery twice, or whose retraction
    /// works only on what came before it.
    #[test]
    fn order_and_repetition_do_not_show(
        facts in prop::collection::vec(fact(), 0..20),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let straight: FactSet = facts.iter().cloned().collect();
        let mut shuffled = FactSet::default();
        if !facts.is_empty() {
            shuffled.extend(again.iter().map(|index| index.get(&facts).clone()));
        }
        shuffled.extend(facts.iter().rev().cloned());
        prop_assert_eq!(Digest::of(&straight), Digest::of(&shuffled));
        prop_assert_eq!(standing(&straight, None), standing(&shuffled, None));
        prop_assert_eq!(standing(&straight, Some(7)), standing(&shuffled, Some(7)));
    }

    /// Law 4. What stood at a time is what stands in the set of the facts received by then. Catches a retraction, a
    /// snapshot or a delivery that is looked at before it came.
    #[test]
    fn what_was_known_is_what_had_been_received(
        facts in prop::collection::vec(fact(), 0..20),
        known_at in 0..20_i64,
    ) {
        let all: FactSet = facts.iter().cloned().collect();
        let by_then: FactSet = facts.iter().filter(|fact| fact.received_at() <= at(known_at)).cloned().collect();
        prop_assert_eq!(standing(&all, Some(known_at)), standing(&by_then, None));
    }

    /// Law 6. The tagged form of a value is exact. Catches a decimal that goes through a float, and a null that is
    /// lost.
    #[test]
    fn values_come_back_from_storage(value in value()) {
        let json = serde_json::to_string(&value).expect("a value is JSON");
        prop_assert_eq!(serde_json::from_str::<Value>(&json).expect("what was written is read"), value);
    }

    /// Law 6. A fact comes back with its id, its content hash and all else.
    #[test]
    fn facts_come_back_from_storage(fact in fact()) {
        let json = serde_json::to_string(&fact).expect("a fact is JSON");
        prop_assert_eq!(serde_json::from_str::<Fact>(&json).expect("what was written is read"), fact);
    }

    /// Law 6. Equal values have one digest, and values that differ have two. Catches lists that run into each other.
    #[test]
    fn digests_tell_values_apart(a in value(), b in value()) {
        prop_assert_eq!(a == b, Digest::of(&a) == Digest::of(&b));
    }

    /// Law 6. Identifiers are their text.
    #[test]
    fn identifiers_come_back_from_text(namespace in "[a-z_]{1,8}", value in "\\PC{1,12}") {
        let identifier = Identifier::new(namespace, value);
        prop_assert_eq!(identifier.to_string().parse::<Identifier>().expect("an identifier"), identifier);
    }

    /// Law 8. No JSON and no text panics.
    #[test]
    fn plain_json_never_panics(text in "\\PC{0,40}", value in value()) {
        let _ = Value::from_json(&text);
        let plain = serde_json::to_string(&value.plain()).expect("a value is JSON");
        prop_assert!(Value::from_json(&plain).is_ok());
    }

    /// Law 8. Every kind takes every text.
    #[test]
    fn kinds_never_panic(text in "\\PC{0,40}") {
        for kind in Kind::ALL {
            if let Ok(value) = kind.parse(&text, &Default::default()) {
                let _ = kind.form(&value);
            }
            let _ = kind.form(&Value::from(text.as_str()));
        }
    }
}

#[test]
fn numbers_are_read_from_their_digits() {
    let read = |json: &str| Value::from_json(json).expect("JSON");
    assert_eq!(read("19.90").value.expect("a number").to_string(), "19.90");
    assert_eq!(read("9007199254740993").value, Some(Value::from(9_007_199_254_740_993_i64)));
    assert_eq!(read("1e3").value.expect("a number").to_string(), "1000");
    let beyond = read("123456789012345678901234567890.5");
    assert_eq!(beyond.value, Some(Value::from("123456789012345678901234567890.5")));
    assert_eq!(beyond.kept_as_text, ["123456789012345678901234567890.5"]);
}

#[test]
fn deep_nesting_stays_text_and_ends() {
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let read = Value::from_json(&deep).expect("JSON");
    assert_eq!(read.kept_as_text.len(), 1);
}
