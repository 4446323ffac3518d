//! What can be said of rules before anybody is asked.

use onefold_segment::{Definition, Rule, Segments};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{any_body, any_clock, any_condition, definition, profile, rule, schema};

#[test]
fn what_can_never_or_always_be_is_known() {
    let schema = schema();
    for (text, is_never, is_always) in [
        (r#"plan = "pro" and plan = "free""#, true, false),
        (r#"plan = "pro" and not plan = "pro""#, true, false),
        (r#"plan = "pro" or plan is missing or plan != "pro""#, false, true),
        ("age > 5 and age < 5.5", false, false),
        ("age > 5 and age < 5", true, false),
        ("age >= 5 and age <= 5 and age != 5", true, false),
        ("age > 5 or age <= 5 or age is missing", false, false), // it may be text
        ("plan is empty and plan is missing", true, false),
        (r#"did "order" at least 0 times"#, false, true),
        (r#"did "order" at least 3 times and not did "order" at least 2 times"#, true, false),
        (r#"did "order" at least 3 times in the last 7d and did "order" at most 2 times in the last 30d"#, true, false),
        (
            r#"did "order" at least 3 times in the last 30d and did "order" at most 2 times in the last 7d"#,
            false,
            false,
        ),
        (r#"did "order" in the last 7d and not did "order""#, true, false),
        (r#"days since last "order" < 3 and days since last "order" > 3"#, true, false),
        (r#"sum of worth of "order" > 10 and sum of worth of "order" < 11"#, false, false),
        (r#"score of (1 if vip = true, 1 if plan = "a", 1 if plan = "b") at least 3"#, true, false),
        // A path may lead to many values.
        ("address.no = 1 and address.no = 2", false, false),
        (r#"plan contains "x" and plan starts with "y""#, false, false),
    ] {
        let analysis = definition(text).analyse(&schema);
        assert_eq!((analysis.is_never, analysis.is_always), (is_never, is_always), "{text}");
    }
}

#[test]
fn what_is_never_left_is_known() {
    for (text, expected) in [
        (r#"did "order" at least 3 times"#, true),
        (r#"did "order" in the last 3d"#, false),
        (r#"not did "order""#, false),
        (r#"not did "order" at most 3 times"#, true),
        (r#"did "order" or sequence ("a" then "b")"#, true),
        (r#"sequence ("a" then "b" without "c")"#, false),
        (r#"plan = "pro""#, false),
        (r#"largest worth of "order" > 5 and random 50% by "x""#, true),
        (r#"sum of worth of "order" > 5"#, false),
    ] {
        assert_eq!(definition(text).analyse(&schema()).is_never_left, expected, "{text}");
    }
}

#[test]
fn segments_are_compared() {
    let of = |name: &str, text: &str| (name.to_owned(), rule(text));
    let segments = Segments::new([
        of("a month", r#"did "order" in the last 30d"#),
        of("a week", r#"did "order" in the last 7d and plan = "pro""#),
        of("nobody", "vip = true and vip = false"),
        of("same", r#"did "order" at least 1 time in the last 30d or never"#),
        of("week", r#"in segment "a week""#),
    ])
    .unwrap();
    let oddities = segments.oddities(&schema());
    let said: Vec<String> = oddities.iter().map(|(name, oddity)| format!("{name}: {oddity}")).collect();
    assert_eq!(
        said,
        [
            "nobody: nobody can ever be in it",
            "a week: its members are all in segment \"a month\"",
            "same: it has the same members as segment \"a month\"",
            "week: its members are all in segment \"a month\"",
            "a week: its members are all in segment \"same\"",
            "week: it has the same members as segment \"a week\"",
            "week: its members are all in segment \"same\"",
        ]
    );
}

#[test]
fn the_cost_is_known() {
    let cost = |text: &str| definition(text).analyse(&schema()).cost;
    let both = cost(r#"did "order" in the last 7d and did "order" in the last 30d or sum of worth of "order" > 3"#);
    assert_eq!((both.conditions, both.columns, both.bytes_an_event, both.looks_at_all), (3, 2, 24, false));
    assert!(cost(r#"did "order" in the current session with gap 30m"#).looks_at_all);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What is said is so. Mutations: leave out the value between two bounds; let a longer window hold fewer events;
    /// take a field for one that is always there.
    #[test]
    fn what_is_said_is_so(
        (one, other) in (any_condition(), any_condition()),
        said in vec((any_body(), any_clock()), 0..8),
        clock in any_clock(),
    ) {
        let of = |condition| Definition::try_from(Rule::new(condition).unwrap()).unwrap();
        let mut schema = schema();
        schema.attributes.get_mut("tags").unwrap().survivorship = onefold_fact::Survivorship::Union;
        let (one, other) = (of(one), of(other));
        let subject = profile("1", &said);
        let holds = one.evaluate(&subject, clock).holds;
        let analysis = one.analyse(&schema);
        prop_assert!(if holds { !analysis.is_never } else { !analysis.is_always }, "{:?}", one);
        if one.implies(&other, &schema) {
            prop_assert!(!holds || other.evaluate(&subject, clock).holds, "{:?} {:?}", one, other);
        }
        if analysis.is_never_left && holds {
            let later = clock + chrono::TimeDelta::hours(100);
            prop_assert!(one.evaluate(&subject, later).holds, "{:?}", one);
        }
    }
}
