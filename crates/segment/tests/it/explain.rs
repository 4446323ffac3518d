//! Why somebody is in or out.

use onefold_fact::{Body, Value};
use onefold_segment::{Definition, Rule};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Said, any_body, any_clock, any_condition, at, definition, event, profile};

fn ada() -> onefold_profile::Profile {
    let said: Vec<Said> = vec![
        (Body::set([("plan", Value::from("pro"))]), at("2026-01-01T00:00:00Z")),
        (event("order", r#"{"worth":40}"#), at("2026-01-02T00:00:00Z")),
        (event("order", r#"{"worth":20}"#), at("2026-01-05T00:00:00Z")),
        (event("view", r#"{}"#), at("2026-01-06T00:00:00Z")),
    ];
    profile("ada", &said)
}

fn explained(rule: &str, clock: &str) -> String {
    definition(rule).explain(&ada(), at(clock)).to_string()
}

#[test]
fn the_fewest_reasons_are_given() {
    assert_eq!(
        explained(
            r#"(plan = "free" and did "order") or (did "order" in the last 4d and plan = "pro") or did "view""#,
            "2026-01-07T00:00:00Z"
        ),
        "in, because\n  did \"view\": it is 1, from 1 event\nit would be out, if\n  \
         not: did \"order\" in the last 4d\n  not: did \"view\"\ntime alone does not change that"
    );
    assert_eq!(
        explained(r#"plan = "pro" and did "order" at least 4 times in the last 30d"#, "2026-01-07T00:00:00Z"),
        "out, because\n  not: did \"order\" at least 4 times in the last 30d: it is 2, from 2 events\nit would be in, \
         if\n  did \"order\" at least 4 times in the last 30d: 2 more\ntime alone does not change that"
    );
    assert_eq!(
        explained(r#"sequence ("order" then "view") and did "order" in the last 7d"#, "2026-01-07T00:00:00Z"),
        "in, because\n  sequence (\"order\" then \"view\"), from 2 events\n  did \"order\" in the last 7d: it is 2, from 1 \
         event\nit would be out, if\n  not: sequence (\"order\" then \"view\")\nby time alone it is out at \
         2026-01-12T00:00:00Z"
    );
    assert_eq!(
        explained(
            r#"score of (5 if plan = "pro", 1 if did "order", 1 if did "view") at least 5"#,
            "2026-01-07T00:00:00Z"
        ),
        "in, because\n  plan = \"pro\": it is pro\nit would be out, if\n  not: plan = \"pro\"\ntime alone does not change \
         that"
    );
    assert_eq!(
        explained("always", "2026-01-07T00:00:00Z"),
        "in, because\n  it cannot be otherwise\ntime alone does not change that"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// The conditions that decide are what they are said to be, and time flips the verdict when it is said to.
    /// Mutations: give the truth of the whole as that of each reason; name the first change instead of the first flip.
    #[test]
    fn reasons_and_flips_are_true(
        condition in any_condition(),
        said in vec((any_body(), any_clock()), 0..10),
        clock in any_clock(),
    ) {
        let subject = profile("1", &said);
        let rule = Definition::try_from(Rule::new(condition).unwrap()).unwrap();
        let why = rule.explain(&subject, clock);
        prop_assert_eq!(why.holds, rule.evaluate(&subject, clock).holds);
        for reason in &why.because {
            let alone = Definition::try_from(reason.condition.parse::<Rule>().unwrap()).unwrap();
            prop_assert_eq!(alone.evaluate(&subject, clock).holds, reason.holds);
        }
        for flip in &why.would_flip {
            let alone = Definition::try_from(flip.condition.parse::<Rule>().unwrap()).unwrap();
            prop_assert_eq!(alone.evaluate(&subject, clock).holds, !flip.must_hold);
        }
        if let Some(at) = why.flips_at {
            prop_assert!(rule.evaluate(&subject, at).holds != why.holds);
            let just_before = at - chrono::TimeDelta::microseconds(1);
            prop_assert_eq!(rule.evaluate(&subject, just_before).holds, why.holds);
        }
    }
}
