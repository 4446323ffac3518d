//! Conditions on the properties of an event.

use onefold_fact::{Filter, Properties, PropertyPath, Test, Value};
use proptest::prelude::*;

use crate::support::value;

fn properties(json: &str) -> Properties {
    match Value::from_json(json).expect("JSON").value {
        Some(Value::Map(fields)) => fields,
        other => unreachable!("an object, not {other:?}"),
    }
}

fn test(path: &str, is: Test) -> Filter {
    Filter::test(path.parse().expect("a path"), is)
}

fn json(text: &str) -> Value {
    Value::from_json(text).expect("JSON").value.expect("a value")
}

/// Mutations: compare numbers as text; let a missing property pass `Less`; let types equal by their text.
#[test]
fn tests_compare_by_type() {
    let order = properties(
        r#"{"total":19.90,"units":3,"sku":"A-1","paid":true,"on":"2026-03-01","at":"2026-03-01T10:00:00+02:00",
            "none":null,"tags":["vip","new"],"empty":[]}"#,
    );
    let day = Value::Date("2026-03-01".parse().expect("a day"));
    for (path, is, expected) in [
        ("total", Test::Equal(json("19.9")), true),
        ("total", Test::Greater(json("9")), true),
        ("units", Test::AtMost(json("3.0")), true),
        ("units", Test::Equal(json(r#""3""#)), false),
        ("units", Test::Less(json(r#""9""#)), false),
        ("sku", Test::StartsWith("A-".into()), true),
        ("sku", Test::Contains("a".into()), false),
        ("sku", Test::OneOf(vec![json(r#""B""#), json(r#""A-1""#)]), true),
        ("paid", Test::Equal(json("true")), true),
        ("on", Test::Equal(day.clone()), true),
        ("at", Test::Greater(day.clone()), true),
        ("sku", Test::Greater(day), false),
        ("none", Test::Present, false),
        ("missing", Test::Less(json("1")), false),
        ("tags", Test::Equal(json(r#""new""#)), true),
        ("empty", Test::Present, false),
        ("units.deep", Test::Present, false),
    ] {
        assert_eq!(test(path, is.clone()).holds(&order), expected, "{path} {is:?}");
        assert_eq!(Filter::Not(Box::new(test(path, is))).holds(&order), !expected, "{path}");
    }
    assert!(Filter::default().holds(&order) && !Filter::Any(Vec::new()).holds(&order));
}

#[test]
fn paths_are_written_as_they_are_read() {
    for text in ["a", "a.b.c", r"a\.b.c", r"a\\b"] {
        assert_eq!(text.parse::<PropertyPath>().expect("a path").to_string(), text);
    }
    for wrong in ["", ".", "a.", "a..b", r"a\b", r"a\"] {
        let error = wrong.parse::<PropertyPath>().expect_err("no path");
        assert!(error.to_string().starts_with(&format!("`{wrong}` is not a path")), "{error}");
    }
    let dotted = properties(r#"{"a.b":1}"#);
    assert_eq!(PropertyPath::of("a.b").values(&dotted).len(), 1);
    assert_eq!(PropertyPath::of("a.b").to_string(), r"a\.b");
}

#[test]
fn a_filter_that_cannot_be_used_says_why() {
    let nested = (0..40).fold(Filter::default(), |inner, _| Filter::Not(Box::new(inner)));
    let wide = Filter::Any(vec![Filter::default(); 5000]);
    for (filter, message) in [
        (nested, "a filter is nested deeper than 32; split it"),
        (wide, "a filter has more than 4096 parts; use `one_of`"),
        (test("a.b", Test::OneOf(Vec::new())), "the test of `a.b` is `one_of` nothing; name at least one value"),
        (
            test("a", Test::Equal(Value::List([].into()))),
            "the test of `a` compares with a list or an object; compare with a single value",
        ),
    ] {
        assert_eq!(filter.check().expect_err("invalid").to_string(), message);
    }
}

proptest! {
    /// A comparison has one outcome at most, and a filter reads back as it was written.
    /// Mutation: let `AtMost` hold where nothing compares.
    #[test]
    fn comparisons_agree(held in value(), other in value()) {
        let event = Properties::from([("p".to_owned(), Some(held.clone()))]);
        let holds = |is: Test| test("p", is).holds(&event);
        if !matches!(held, Value::List(_)) {
            let ways = [Test::Less(other.clone()), Test::Equal(other.clone()), Test::Greater(other.clone())];
            let ways: Vec<bool> = ways.into_iter().map(holds).collect();
            prop_assert!(ways.iter().filter(|holds| **holds).count() <= 1);
            prop_assert_eq!(holds(Test::AtMost(other.clone())), ways[0] || ways[1]);
            prop_assert_eq!(holds(Test::AtLeast(other.clone())), ways[1] || ways[2]);
        }
        let filter = Filter::element("p".parse().expect("a path"), test("q", Test::OneOf(vec![other, held])));
        let json = serde_json::to_string(&filter).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Filter>(&json).expect("a filter"), filter);
    }
}
