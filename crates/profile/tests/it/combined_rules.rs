//! The rules that look beyond one value: sums, quorums, verification, groups, custom rules; and staleness.

use std::num::NonZeroU16;

use onefold_fact::{AttributeGroup, AttributeSpec, Fact, FactSet, GroupRule, Kind, Schema, Survivorship};
use onefold_profile::{Profile, Rules};

use crate::support::{by_rule, day, pin, profile, says, schema};

fn why(profile: &Profile, name: &str) -> String {
    profile.why(name).expect("something was said").to_string()
}

/// Mutations: let a record that said two values count with both; add euros to dollars.
#[test]
fn sums_and_averages_are_of_what_records_say_now() {
    let facts = || {
        [
            says("crm", "1", 1, "x", "10"),
            says("crm", "1", 2, "x", "2.50"),
            says("shop", "1", 3, "x", "4"),
            says("web", "1", 4, "x", r#""many""#),
        ]
    };
    insta::assert_snapshot!(why(&by_rule(Kind::Decimal, Survivorship::Sum, facts()), "x"), @r"
    x: 6.5, because it is the sum of what 2 records say
    2.50: from crm record 1, 2026-01-02
    4: from shop record 1, 2026-01-03
    lost: 10 (crm record 1, 2026-01-01): superseded by a later value of its own record
    lost: many (web record 1, 2026-01-04): cannot be added to the others
    ");
    let average = by_rule(Kind::Decimal, Survivorship::Average, facts());
    assert_eq!(average.value("x").unwrap().to_string(), "3.25");
    let money = [
        says("crm", "1", 1, "x", r#"{"amount":5,"currency":"USD"}"#),
        says("shop", "1", 2, "x", r#"{"amount":7,"currency":"EUR"}"#),
        says("web", "1", 3, "x", r#"{"amount":1.5,"currency":"EUR"}"#),
    ];
    let sum = by_rule(Kind::Money, Survivorship::Sum, money);
    insta::assert_snapshot!(why(&sum, "x"), @r#"
    x: {"amount":8.5,"currency":"EUR"}, because it is the sum of what 2 records say
    {"amount":7,"currency":"EUR"}: from shop record 1, 2026-01-02
    {"amount":1.5,"currency":"EUR"}: from web record 1, 2026-01-03
    lost: {"amount":5,"currency":"USD"} (crm record 1, 2026-01-01): in another currency than was said last
    "#);
    let largest = "79228162514264337593543950335";
    let beyond = [says("crm", "1", 1, "x", largest), says("shop", "1", 2, "x", largest)];
    assert_eq!(by_rule(Kind::Decimal, Survivorship::Sum, beyond).value("x").unwrap().to_string(), largest);
    let pinned = facts().into_iter().chain([pin("crm", "1", 9, "x", "1")]);
    assert_eq!(by_rule(Kind::Decimal, Survivorship::Sum, pinned).value("x").unwrap().to_string(), "1");
}

/// Mutations: compare amounts whatever their currency; let the currency of a value that was superseded count.
#[test]
fn amounts_are_compared_in_the_currency_that_was_said_last() {
    let money = || {
        [
            says("crm", "1", 1, "x", r#"{"amount":900,"currency":"JPY"}"#),
            says("shop", "1", 2, "x", r#"{"amount":7,"currency":"EUR"}"#),
            says("web", "1", 3, "x", r#"{"amount":12.5,"currency":"EUR"}"#),
            says("erp", "1", 4, "x", r#"{"amount":1,"currency":"JPY"}"#),
            says("erp", "1", 5, "x", r#"{"amount":9,"currency":"EUR"}"#),
            says("web", "2", 1, "x", "5"),
        ]
    };
    insta::assert_snapshot!(why(&by_rule(Kind::Money, Survivorship::Largest, money()), "x"), @r#"
    x: {"amount":12.5,"currency":"EUR"}, from web record 1, 2026-01-03, because it is the largest
    lost: 5 (web record 2, 2026-01-01): in another currency than was said last
    lost: {"amount":900,"currency":"JPY"} (crm record 1, 2026-01-01): in another currency than was said last
    lost: {"amount":7,"currency":"EUR"} (shop record 1, 2026-01-02): smaller
    lost: {"amount":1,"currency":"JPY"} (erp record 1, 2026-01-04): superseded by a later value of its own record
    lost: {"amount":9,"currency":"EUR"} (erp record 1, 2026-01-05): smaller
    "#);
    let smallest = by_rule(Kind::Money, Survivorship::Smallest, money());
    assert_eq!(smallest.value("x").unwrap().to_string(), r#"{"amount":7,"currency":"EUR"}"#);
}

/// Mutations: tell each fact by itself; tell the first time in place of the last; count the winner along.
#[test]
fn a_record_that_says_it_often_is_told_once() {
    let often = (1..=28).map(|day| says("crm", "1", day, "x", r#""a""#));
    let facts = often.chain([says("crm", "2", 3, "x", r#""a""#), says("crm", "2", 5, "x", r#""A""#)]);
    insta::assert_snapshot!(why(&by_rule(Kind::Text, Survivorship::Latest, facts), "x"), @r"
    x: a, from crm record 1, 2026-01-28, because nothing else is said
    also said by: crm record 1, 27 times, last 2026-01-27; crm record 2, 2 times, last 2026-01-05
    ");
}

/// Mutation: count records instead of sources.
#[test]
fn a_quorum_is_of_sources() {
    let rule = || Survivorship::Quorum { sources: NonZeroU16::new(2).unwrap() };
    let two_records = [says("crm", "1", 1, "x", r#""a""#), says("crm", "2", 2, "x", r#""a""#)];
    let none = by_rule(Kind::Text, rule(), two_records.clone());
    insta::assert_snapshot!(why(&none, "x"), @r"
    x: no value, because nothing that is said can win
    lost: a (crm record 1, 2026-01-01): fewer sources say it (1 of 2)
    lost: a (crm record 2, 2026-01-02): fewer sources say it (1 of 2)
    ");
    let facts =
        two_records.into_iter().chain([says("shop", "1", 3, "x", r#""A""#), says("web", "1", 4, "x", r#""b""#)]);
    insta::assert_snapshot!(why(&by_rule(Kind::Text, rule(), facts), "x"), @r"
    x: A, from shop record 1, 2026-01-03, because most sources say so, at least 2
    also said by: crm record 1, 2026-01-01; crm record 2, 2026-01-02
    lost: b (web record 1, 2026-01-04): fewer sources say it (1 of 2)
    ");
}

/// Mutation: look at whether a record ever was verified.
#[test]
fn what_is_verified_wins() {
    let rule = Survivorship::VerifiedFirst { by: "x_verified".into() };
    let facts = |now: &str| {
        [
            says("crm", "1", 1, "x", r#""a""#),
            says("crm", "1", 1, "x_verified", "true"),
            says("shop", "1", 2, "x", r#""b""#),
            says("crm", "1", 3, "x_verified", now),
        ]
    };
    insta::assert_snapshot!(why(&by_rule(Kind::Text, rule.clone(), facts("true")), "x"), @r"
    x: a, from crm record 1, 2026-01-01, because its record says that it is verified
    lost: b (shop record 1, 2026-01-02): not verified
    ");
    assert_eq!(by_rule(Kind::Text, rule, facts("false")).value("x").unwrap().to_text(), "b");
}

fn address(taken_from: GroupRule) -> Schema {
    let attributes = ["street", "city", "region"].map(Into::into).into();
    let groups = [("address".to_owned(), AttributeGroup { attributes, taken_from })].into();
    Schema { groups, ..Schema::default() }
}

/// Mutation: let an attribute that the record lacks come from another record.
#[test]
fn an_address_is_taken_whole() {
    let facts: FactSet = [
        says("crm", "1", 1, "street", r#""1 Old Road""#),
        says("crm", "1", 1, "city", r#""Bonn""#),
        says("crm", "1", 1, "region", r#""NRW""#),
        says("shop", "1", 2, "street", r#""2 New Road""#),
        says("shop", "1", 2, "city", r#""Wien""#),
        says("web", "1", 3, "city", r#""Graz""#),
    ]
    .into_iter()
    .collect();
    let taken = |rule| {
        let folded = profile(&facts, &address(rule), None, None);
        ["street", "city", "region"]
            .map(|name| folded.value(name).map_or("-".to_owned(), ToString::to_string))
            .join(", ")
    };
    assert_eq!(taken(GroupRule::Latest), "-, Graz, -");
    assert_eq!(taken(GroupRule::MostComplete), "1 Old Road, Bonn, NRW");
    assert_eq!(taken(GroupRule::SourcePriority(vec!["shop".into(), "crm".into()])), "2 New Road, Wien, -");
    insta::assert_snapshot!(why(&profile(&facts, &address(GroupRule::Latest), None, None), "region"), @r"
    region: no value, because nothing that is said can win
    lost: NRW (crm record 1, 2026-01-01): its group is taken from another record
    ");
}

#[test]
fn a_custom_rule_that_is_missing_is_an_error_of_configuration() {
    let custom = Survivorship::Custom { name: "ours".to_owned(), version: 2 };
    let schema = schema([("x", Kind::Text, custom.clone())]);
    let error = Rules::default().with("ours", 1, |_| Some(0)).check(&schema).unwrap_err();
    let expected = "attribute `x` survives by the custom rule `ours` version 2, which is not registered";
    assert_eq!(error.to_string(), expected);
    let unchecked = by_rule(Kind::Text, custom, [says("crm", "1", 1, "x", r#""a""#)]);
    assert!(why(&unchecked, "x").ends_with("its custom rule is not registered"));
}

#[test]
fn a_value_that_nobody_repeats_goes_stale() {
    let spec = AttributeSpec { stale_after_days: Some(30), ..AttributeSpec::of(Kind::Text) };
    let schema = Schema { attributes: [("x".into(), spec)].into(), ..Schema::default() };
    let folded = |facts: Vec<Fact>| profile(&facts.into_iter().collect(), &schema, None, None);
    let said = vec![says("crm", "1", 1, "x", r#""a""#), says("shop", "1", 5, "x", r#""A""#)];
    assert_eq!(folded(said).attribute("x").unwrap().stale_at(), Some(day(35)));
    let pinned = folded(vec![pin("crm", "1", 1, "x", r#""a""#), says("crm", "1", 1, "x", r#""b""#)]);
    assert_eq!(pinned.attribute("x").unwrap().stale_at(), None);
}
