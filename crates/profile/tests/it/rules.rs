//! Each survivorship rule in frozen cases, ties among them.

use onefold_fact::{AttributeName, Body, Kind, Survivorship, Value};
use onefold_profile::{Profile, Why};

use crate::support::{by_rule, day, draft, fact, pin, says, value};

/// The value of `x` with the source that won, and for each loser its value and the reason in words.
fn told(profile: &Profile) -> (String, Vec<String>) {
    let x = profile.attribute("x").expect("a value");
    let others = x.others().iter().map(|other| format!("{}: {}", other.value(), other.why()));
    (format!("{} ({}, {})", x.value(), x.provenance().source(), x.supporters().len()), others.collect())
}

fn expect(profile: &Profile, winner: &str, others: &[&str]) {
    assert_eq!(told(profile), (winner.to_owned(), others.iter().map(|&it| it.to_owned()).collect()));
}

#[test]
fn latest_wins_by_event_time_not_arrival() {
    let late = draft("crm", "1", Body::set([("x", "old")])).occurred_at(day(1)).received("b", day(9));
    let facts = [late, says("shop", "1", 2, "x", r#""new""#)];
    expect(&by_rule(Kind::Text, Survivorship::Latest, facts), "new (shop, 0)", &["old: older"]);
}

/// Mutation: at equal time let the assumed time win.
#[test]
fn a_stated_time_beats_an_assumed_one() {
    let assumed = || draft("crm", "1", Body::set([("x", "assumed")])).received("b", day(2));
    let stated = || says("shop", "1", 2, "x", r#""stated""#);
    expect(&by_rule(Kind::Text, Survivorship::Latest, [assumed(), stated()]), "stated (shop, 0)", &["assumed: older"]);
    expect(&by_rule(Kind::Text, Survivorship::First, [assumed(), stated()]), "assumed (crm, 0)", &["stated: newer"]);
}

#[test]
fn agreement_in_another_spelling_supports() {
    let facts = [says("crm", "1", 1, "x", r#""ADA""#), says("shop", "1", 2, "x", r#""Ada""#)];
    expect(&by_rule(Kind::Text, Survivorship::Latest, facts.clone()), "Ada (shop, 1)", &[]);
    expect(&by_rule(Kind::Text, Survivorship::First, facts), "ADA (crm, 1)", &[]);
}

#[test]
fn the_most_frequent_is_counted_by_record() {
    let facts = [
        says("crm", "1", 1, "x", r#""a""#),
        says("shop", "1", 2, "x", r#""A""#),
        // One record that says it three times is one record.
        says("web", "1", 3, "x", r#""b""#),
        says("web", "1", 4, "x", r#""B""#),
        says("web", "1", 5, "x", r#""b""#),
    ];
    expect(
        &by_rule(Kind::Text, Survivorship::MostFrequent, facts),
        "A (shop, 1)",
        &[
            "b: less frequent (1 of 3 records)",
            "B: less frequent (1 of 3 records)",
            "b: less frequent (1 of 3 records)",
        ],
    );
}

#[test]
fn among_the_most_frequent_the_latest_wins() {
    let facts = [says("crm", "1", 2, "x", r#""a""#), says("shop", "1", 1, "x", r#""b""#)];
    expect(&by_rule(Kind::Text, Survivorship::MostFrequent, facts), "a (crm, 0)", &["b: older"]);
}

#[test]
fn source_priority_takes_the_first_source_that_has_a_value() {
    let rule = || Survivorship::SourcePriority(vec!["erp".into(), "crm".into()]);
    let facts =
        [says("crm", "1", 1, "x", r#""a""#), says("crm", "2", 2, "x", r#""b""#), says("web", "1", 3, "x", r#""c""#)];
    expect(&by_rule(Kind::Text, rule(), facts), "b (crm, 0)", &["a: older", "c: lower source priority"]);
    let unlisted = [says("web", "1", 1, "x", r#""a""#), says("app", "1", 2, "x", r#""b""#)];
    expect(&by_rule(Kind::Text, rule(), unlisted), "b (app, 0)", &["a: older"]);
}

#[test]
fn longest_counts_characters_and_a_tie_goes_to_the_latest() {
    let facts = [
        says("crm", "1", 1, "x", r#""Zoë""#),
        says("shop", "1", 2, "x", r#""Bob""#),
        says("web", "1", 3, "x", r#""Al""#),
    ];
    expect(
        &by_rule(Kind::Text, Survivorship::Longest, facts),
        "Bob (shop, 0)",
        &["Zoë: older", "Al: shorter (2 of 3 characters)"],
    );
}

/// Mutation: compare numbers as text.
#[test]
fn smallest_and_largest_compare_numbers_as_numbers() {
    let facts = || [says("crm", "1", 1, "x", "9"), says("shop", "1", 2, "x", "10"), says("web", "1", 3, "x", "9.5")];
    expect(&by_rule(Kind::Decimal, Survivorship::Smallest, facts()), "9 (crm, 0)", &["10: larger", "9.5: larger"]);
    expect(&by_rule(Kind::Decimal, Survivorship::Largest, facts()), "10 (shop, 0)", &["9: smaller", "9.5: smaller"]);
}

#[test]
fn of_equal_extremes_the_latest_is_shown() {
    let facts = [says("crm", "1", 1, "x", "9.50"), says("shop", "1", 2, "x", "9.5")];
    let folded = by_rule(Kind::Decimal, Survivorship::Smallest, facts);
    expect(&folded, "9.5 (shop, 1)", &[]);
}

/// Mutation: compare text letter by letter.
#[test]
fn text_compares_by_standard_form() {
    let facts = [says("crm", "1", 1, "x", r#""apple""#), says("shop", "1", 2, "x", r#""Banana""#)];
    expect(&by_rule(Kind::Text, Survivorship::Smallest, facts), "apple (crm, 0)", &["Banana: larger"]);
}

#[test]
fn a_record_speaks_with_its_latest_value() {
    let facts = [
        says("crm", "1", 1, "x", r#""a very long one""#),
        says("crm", "1", 2, "x", r#""short""#),
        says("shop", "1", 3, "x", r#""medium""#),
    ];
    expect(
        &by_rule(Kind::Text, Survivorship::Longest, facts),
        "medium (shop, 0)",
        &["a very long one: superseded by a later value of its own record", "short: shorter (5 of 6 characters)"],
    );
}

/// Without dates, A, then B, then A again ends at A, which the first A supports again.
#[test]
fn what_is_said_again_is_in_force_again() {
    let a = |on| draft("crm", "1", Body::set([("x", "a")])).received("b", day(on));
    let b = draft("crm", "1", Body::set([("x", "b")])).received("b", day(2));
    expect(
        &by_rule(Kind::Text, Survivorship::MostFrequent, [a(1), b, a(3)]),
        "a (crm, 1)",
        &["b: superseded by a later value of its own record"],
    );
}

#[test]
fn union_keeps_each_distinct_element_with_its_facts() {
    let facts = [
        says("crm", "1", 1, "x", r#"["red","blue"]"#),
        says("shop", "1", 2, "x", r#""Blue""#),
        says("crm", "1", 3, "x", r#"["blue","green",null]"#),
    ];
    let folded = by_rule(Kind::Text, Survivorship::Union, facts);
    let x = folded.attribute("x").unwrap();
    assert_eq!(x.value(), &value(r#"["blue","green"]"#));
    let elements: Vec<_> = x.elements().iter().map(|it| (it.provenance().at(), it.supporters().len())).collect();
    assert_eq!(elements, [(day(1), 2), (day(3), 0)]);
    assert_eq!(told(&folded).1, ["red: superseded by a later value of its own record"]);
}

#[test]
fn an_empty_list_is_a_value_of_a_union() {
    let folded = by_rule(
        Kind::Text,
        Survivorship::Union,
        [says("crm", "1", 1, "x", r#"["a"]"#), says("crm", "1", 2, "x", "[]")],
    );
    assert_eq!(folded.value("x"), Some(&Value::List([].into())));
    assert_eq!(told(&folded).1, ["a: superseded by a later value of its own record"]);
}

/// Mutation: let a withdrawal remove what other records say, or what its own says later.
#[test]
fn a_withdrawal_removes_what_its_record_said_before() {
    let unset = |on| fact("crm", "1", on, Body::Unset([AttributeName::from("x")].into()));
    let facts = [
        says("crm", "1", 1, "x", r#""a""#),
        unset(2),
        says("shop", "1", 1, "x", r#""b""#),
        says("crm", "1", 3, "x", r#""c""#),
    ];
    let folded = by_rule(Kind::Text, Survivorship::First, facts);
    let others = &told(&folded).1;
    assert_eq!(folded.value("x"), Some(&Value::from("b")));
    assert!(others.contains(&"a: taken back by its record on 2026-01-02".to_owned()), "{others:?}");
    assert!(others.contains(&"c: newer".to_owned()), "{others:?}");

    let withdrawal = unset(2);
    let none = by_rule(Kind::Text, Survivorship::Latest, [says("crm", "1", 1, "x", r#""a""#), withdrawal.clone()]);
    assert_eq!(none.value("x"), None);
    assert_eq!(none.withdrawn()["x"][0].why(), Why::Withdrawn { by: withdrawal.id(), at: day(2) });
}

/// Mutation: let the first pin win, or any later value.
#[test]
fn the_latest_pin_wins_over_all_that_sources_say() {
    let facts = || {
        [
            says("crm", "1", 1, "x", r#""a""#),
            pin("crm", "1", 2, "x", r#""b""#),
            pin("crm", "1", 3, "x", r#""A""#),
            says("shop", "1", 4, "x", r#""c""#),
        ]
    };
    for rule in [Survivorship::Latest, Survivorship::First, Survivorship::MostFrequent, Survivorship::Longest] {
        let folded = by_rule(Kind::Text, rule, facts());
        assert!(folded.attribute("x").unwrap().is_pinned());
        expect(&folded, "A (steward, 1)", &["b: a steward pinned another value", "c: a steward pinned another value"]);
    }
    let union = by_rule(Kind::Text, Survivorship::Union, facts());
    assert_eq!(union.value("x"), Some(&value(r#"["A"]"#)));
}

#[test]
fn large_input_is_bounded() {
    let many = || {
        (0..100_000_u32).map(|i| {
            let body = Body::set([("x", value(&format!(r#""value {}""#, i % 50_000)))]);
            draft(["crm", "shop"][i as usize % 2], &(i % 9_999).to_string(), body)
                .occurred_at(day(1) + chrono::TimeDelta::seconds(i64::from(i)))
                .received("b", day(9))
        })
    };
    for rule in [Survivorship::Latest, Survivorship::MostFrequent, Survivorship::Smallest, Survivorship::Union] {
        let folded = by_rule(Kind::Text, rule, many());
        let x = folded.attribute("x").unwrap();
        let agree: usize = x.elements().iter().map(|it| 1 + it.supporters().len()).sum();
        let won = if x.elements().is_empty() { 1 + x.supporters().len() } else { agree };
        assert_eq!(won + x.others().len(), 100_000);
    }
}
