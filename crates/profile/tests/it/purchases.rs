//! Purchases as objects, and the timeline in pages and sessions.

use std::num::NonZeroUsize;

use chrono::TimeDelta;
use onefold_fact::{Body, Fact, FactSet, Schema, Value};
use onefold_profile::{EventSelector, GivenBack, OrderSpec, Orders, Profile};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{any_fact, day, draft, profile, received, value};

fn event(on: u32, name: &str, properties: &str) -> Fact {
    let Value::Map(properties) = value(properties) else { unreachable!("an object") };
    let body = Body::Event { name: name.into(), properties };
    draft("shop", "1", body).occurred_at(day(on)).received("batch", day(on))
}

fn folded(facts: impl IntoIterator<Item = Fact>) -> Profile {
    profile(&FactSet::from_iter(facts), &Schema::default(), None, None)
}

fn shown(profile: &Profile) -> Vec<String> {
    let orders = Orders::of(profile.timeline(), &OrderSpec::default());
    let order = |it: &onefold_profile::Order| {
        let sum =
            |sum: Option<onefold_profile::Sum>| sum.map_or("?".to_owned(), |sum| sum.amount.normalize().to_string());
        let number = it.number().unwrap_or("-");
        format!(
            "{number}: {} of {}, {} lines, {} returns",
            sum(it.paid()),
            sum(it.total()),
            it.lines().len(),
            it.returns().len()
        )
    };
    let value = orders.lifetime_value();
    let value = value.iter().map(|(unit, sum)| format!("{} {sum}", unit.map_or("?", |unit| unit.as_str())));
    orders.iter().map(order).chain(value).collect()
}

/// Mutations: count the last line of an order alone; leave out how many; count a line that was said twice as two; add up two
/// currencies in one order; take the whole order back for a return of a part.
#[test]
fn orders_are_told_from_rows_of_tables() {
    let facts = [
        event(1, "order", r#"{"order_id":"a","line":1,"sku":"x","quantity":2,"unit_price":10,"currency":"EUR"}"#),
        event(1, "order", r#"{"order_id":"a","line":2,"sku":"y","unit_price":5.5,"currency":"EUR"}"#),
        event(2, "order", r#"{"order_id":"a","line":2,"sku":"y","quantity":2,"unit_price":5.5,"currency":"EUR"}"#),
        event(3, "return", r#"{"order_id":"a","sku":"x","quantity":1,"refund":10,"currency":"EUR"}"#),
        event(4, "order", r#"{"order_id":"b","total":{"amount":30,"currency":"EUR"},"sku":"z"}"#),
        event(5, "order", r#"{"order_id":"c","unit_price":{"amount":3,"currency":"EUR"}}"#),
        event(6, "order", r#"{"order_id":"c","unit_price":{"amount":4,"currency":"USD"}}"#),
        event(7, "order", r#"{"order_id":"d","quantity":3,"unit_price":{"amount":3,"currency":"EUR"}}"#),
    ];
    let expected = [
        "a: 21 of 31, 2 lines, 1 returns",
        "b: 30 of 30, 1 lines, 0 returns",
        "c: ? of ?, 2 lines, 0 returns",
        "d: 9 of 9, 1 lines, 0 returns",
        "EUR 60",
    ];
    assert_eq!(shown(&folded(facts)), expected);
}

/// Mutations: take the whole order back for a return that names lines; take nothing off for one without a currency; take
/// dollars off euros; guess between two prices; take back a whole order whose refund is no number; do not read text as a number.
#[test]
fn a_return_takes_off_what_it_names() {
    let order = r#"{"order_id":"a","total":100,"currency":"EUR","products":[{"sku":"x","price":30,"quantity":2},{"sku":"y","price":40}]}"#;
    let left = |name: &str, back: &str| {
        let facts = [event(1, "Order Completed", order), event(2, name, back)];
        let profile = folded(facts);
        let orders = Orders::of(profile.timeline(), &OrderSpec::default());
        let order = orders.iter().next().unwrap();
        let told = match order.given_back(&order.returns()[0]) {
            GivenBack::All => "all".to_owned(),
            GivenBack::Sum(sum) => sum.to_string(),
            GivenBack::OtherCurrency(sum) => format!("not {sum}"),
            GivenBack::Unknown => "unknown".to_owned(),
        };
        format!("{told}, {} left", order.paid().unwrap())
    };
    let refunded = |back: &str| left("Order Refunded", back);
    let cases = [
        (refunded(r#"{"order_id":"a"}"#), "all, 0 EUR left"),
        (refunded(r#"{"order_id":"a","products":[{"sku":"x","quantity":1}]}"#), "30 EUR, 70 EUR left"),
        (refunded(r#"{"order_id":"a","products":[{"sku":"x","quantity":"2"},{"sku":"y"}]}"#), "100 EUR, 0 EUR left"),
        (refunded(r#"{"order_id":"a","products":[{"sku":"x","price":12.5}]}"#), "12.5 EUR, 87.5 EUR left"),
        (refunded(r#"{"order_id":"a","products":[{"sku":"x"},{"sku":"z"}]}"#), "unknown, 100 EUR left"),
        (refunded(r#"{"order_id":"a","total":30}"#), "30 EUR, 70 EUR left"),
        (refunded(r#"{"order_id":"a","total":"30"}"#), "30 EUR, 70 EUR left"),
        (refunded(r#"{"order_id":"a","total":30,"currency":"USD"}"#), "not 30 USD, 100 EUR left"),
        (refunded(r#"{"order_id":"a","total":"some"}"#), "unknown, 100 EUR left"),
        (left("return", r#"{"order_id":"a","sku":"x","quantity":1,"refund":""}"#), "30 EUR, 70 EUR left"),
        (left("return", r#"{"order_id":"a","sku":"y"}"#), "40 EUR, 60 EUR left"),
        (left("return", r#"{"order_id":"a","sku":"z","quantity":1}"#), "unknown, 100 EUR left"),
        (
            left("return", r#"{"order_id":"a","sku":"z","unit_price":{"amount":5,"currency":"USD"}}"#),
            "not 5 USD, 100 EUR left",
        ),
    ];
    for (told, expected) in cases {
        assert_eq!(told, expected);
    }
    let rows = [
        event(1, "order", r#"{"order_id":"a","line":1,"sku":"x","quantity":2,"unit_price":"10"}"#),
        event(1, "order", r#"{"order_id":"a","line":2,"sku":"x","unit_price":6}"#),
        event(2, "return", r#"{"order_id":"a","line":2}"#),
        event(3, "return", r#"{"order_id":"a","sku":"x"}"#),
    ];
    assert_eq!(shown(&folded(rows)), ["a: 20 of 26, 2 lines, 2 returns", "? 20"]);
}

/// Mutations: count an order that is still to come; take off what is given back later.
#[test]
fn what_lies_ahead_is_bought_when_the_clock_reaches_it() {
    let facts = [
        event(1, "Order Completed", r#"{"order_id":"a","total":50,"currency":"EUR"}"#),
        event(5, "Order Refunded", r#"{"order_id":"a","currency":"EUR"}"#),
        event(9, "Order Completed", r#"{"order_id":"b","total":7,"currency":"EUR"}"#),
    ];
    let profile = folded(facts);
    let at = |on| {
        let orders = Orders::until(profile.timeline(), &OrderSpec::default(), day(on));
        (orders.len(), orders.lifetime_value().values().map(ToString::to_string).collect::<String>())
    };
    let expected = [(0, ""), (1, "50"), (1, "50"), (1, "0"), (1, "0"), (2, "7")];
    assert_eq!([0, 1, 4, 5, 8, 9].map(at), expected.map(|(count, worth)| (count, worth.to_owned())));
}

/// Mutations: let a return without a sum take nothing off; count an order that was said twice as two; add up two
/// currencies.
#[test]
fn orders_are_told_from_events() {
    let facts = [
        event(1, "Order Completed", r#"{"order_id":"a","total":50.00,"currency":"EUR"}"#),
        event(2, "Order Completed", r#"{"order_id":"a","total":60,"currency":"EUR","products":[{"sku":"x"}]}"#),
        event(3, "Order Refunded", r#"{"order_id":"a","total":-15,"currency":"EUR"}"#),
        event(
            4,
            "Order Completed",
            r#"{"order_id":7,"products":[{"price":2.5,"quantity":4},{"price":1}],"currency":"USD"}"#,
        ),
        event(5, "Order Completed", r#"{"order_id":"c","total":{"amount":9,"currency":"EUR"}}"#),
        event(6, "Order Refunded", r#"{"order_id":"c"}"#),
        event(7, "Order Completed", r#"{"order_id":"d","total":100,"currency":"EUR"}"#),
        event(8, "Order Cancelled", r#"{"order_id":"d"}"#),
        event(9, "Order Refunded", r#"{"order_id":"gone","total":5,"currency":"EUR"}"#),
        event(10, "Order Completed", r#"{"total":"free"}"#),
        event(11, "Viewed", r#"{"order_id":"a","total":1}"#),
    ];
    let expected = [
        "a: 45 of 60, 1 lines, 1 returns",
        "7: 11 of 11, 2 lines, 0 returns",
        "c: 0 of 9, 0 lines, 1 returns",
        "d: 0 of 100, 0 lines, 0 returns",
        "gone: ? of ?, 0 lines, 1 returns",
        "-: ? of ?, 0 lines, 0 returns",
        "EUR 45",
        "USD 11",
    ];
    assert_eq!(shown(&folded(facts.clone())), expected);
    assert_eq!(shown(&folded(facts.into_iter().rev())), expected);
}

#[test]
fn sessions_end_where_nothing_happened_for_longer_than_the_gap() {
    let at = |minutes: i32| {
        draft("web", "1", Body::event("Viewed", [("n", minutes)]))
            .occurred_at(day(1) + TimeDelta::minutes(minutes.into()))
            .received("b", day(1))
    };
    let folded = folded([0, 30, 61, 90, 200].map(at));
    let sessions: Vec<usize> = folded.timeline().sessions("30m".parse().unwrap()).map(<[_]>::len).collect();
    assert_eq!(sessions, [2, 2, 1]);
}

proptest! {
    /// The pages of a timeline are its selected events, each once, newest first, also while new ones come.
    /// Mutations: begin the next page with the last event of this one; find the cursor by its time alone.
    #[test]
    fn pages_are_the_timeline(facts in vec(any_fact(), 0..24), more in vec(any_fact(), 0..6), size in 1_usize..5) {
        let selector = EventSelector::named(["Viewed"]);
        let before = profile(&received(&facts), &Schema::default(), None, None);
        let size = NonZeroUsize::new(size).unwrap();
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = before.timeline().page(&selector, cursor, size);
            prop_assert!(page.events.len() <= size.get());
            seen.extend(page.events);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        prop_assert_eq!(seen, before.timeline().newest_first().collect::<Vec<_>>());

        // What comes later by time does not show on the next page.
        let first = before.timeline().page(&selector, None, size);
        let later = more.into_iter().map(|(draft, at)| (draft.occurred_at(day(20)), at.max(day(20))));
        let retractions: Vec<_> = later.collect();
        let all: Vec<_> = facts.iter().cloned().chain(retractions.into_iter().filter(|(draft, _)| {
            !matches!(draft.clone().received("b", day(20)).body(), Body::Retract(_))
        })).collect();
        let after = profile(&received(&all), &Schema::default(), None, None);
        if first.next.is_some() {
            let next = before.timeline().page(&selector, first.next, size);
            prop_assert_eq!(after.timeline().page(&selector, first.next, size), next);
        }
    }
}
