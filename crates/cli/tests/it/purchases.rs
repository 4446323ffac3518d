//! What customers bought and gave back, and scores of it.

use serde_json::Value;

use crate::scratch::Scratch;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Mutations: leave out that a return is not counted; take it off all the same.
#[test]
fn what_a_return_takes_off_is_told() {
    let event = |id: u32, name: &str, properties: &str| {
        format!(
            r#"{{"type": "track", "messageId": "{id}", "userId": "7", "timestamp": "2026-01-0{id}T09:00:00Z", "event": "{name}", "properties": {properties}}}"#
        )
    };
    let order = r#"{"order_id": "A", "total": "100", "currency": "EUR", "products": [{"sku": "x", "price": 30, "quantity": 2}, {"sku": "y", "price": 40}]}"#;
    let lines = [
        event(1, "Order Completed", order),
        event(2, "Order Refunded", r#"{"order_id": "A", "products": [{"sku": "x", "quantity": 1}]}"#),
        event(3, "Order Refunded", r#"{"order_id": "A", "total": 5, "currency": "USD"}"#),
        event(4, "Order Refunded", r#"{"order_id": "A", "products": [{"sku": "z"}]}"#),
    ];
    let scratch = Scratch::new("purchases-returns").file("web.jsonl", lines.join("\n"));
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept web.jsonl --db a.onefold --at 2026-02-01").ends_with(0);
    let shown = scratch.onefold("customer user_id:7 --db a.onefold --orders").ends_with(0).stdout;
    let expected = "2026-01-01 09:00 A: 100 EUR\n  2 x at 30\n  1 y at 40\n\
                    \x20 given back on 2026-01-02: 30 EUR\n    1 x\n\
                    \x20 given back on 2026-01-03: 5 USD, not counted: another currency than the order's\n\
                    \x20 given back on 2026-01-04: a sum that is not known, not counted\n    1 z\n\
                    1 order(s), worth 70 EUR\n";
    assert_eq!(shown, expected);
    let orders = scratch.onefold("customer user_id:7 --db a.onefold --orders --json").ends_with(0).stdout;
    let returns = &json(&orders)["orders"][0]["returns"];
    let told = [0, 1, 2].map(|at| (returns[at]["taken_off"]["amount"].as_str(), returns[at]["not_counted"].as_str()));
    assert_eq!(told, [(Some("30"), None), (None, Some("other_currency")), (None, Some("unknown_sum"))], "{orders}");
}

/// Mutations: adopt what is proposed; ask for cut points in the file; propose points that divide nobody.
#[test]
fn cut_points_are_proposed_and_can_be_adopted() {
    let orders: Vec<String> =
        (1..=8).flat_map(|of| (1..=of).map(move |nth| format!("o{of}{nth},c{of},2026-01-0{of},{of}0,EUR\n"))).collect();
    let scores = r#""purchases": {"names": ["order"]}, "amount": {"path": "total", "unit": {"money": "EUR"}, "currency": "currency"}, "window": "lifetime""#;
    let scratch = Scratch::new("purchases-proposed")
        .file("orders.csv", format!("order_id,customer_id,ordered_at,total,currency\n{}", orders.concat()))
        .file("rfm.json", format!("{{{scores}}}"))
        .file("none.json", format!("{{{}}}", scores.replace("order", "nothing")));
    scratch.onefold("init --db a.onefold").ends_with(0);
    scratch.onefold("accept orders.csv --db a.onefold --at 2026-02-03").ends_with(0);
    let lacks = scratch.onefold("adopt rfm rfm.json --name value --db a.onefold").ends_with(1).stderr;
    assert!(lacks.contains("missing field `cuts`"), "{lacks}");
    let proposed = scratch.onefold("adopt rfm rfm.json --db a.onefold --propose=2 --at 2026-02-03").ends_with(0).stdout;
    let cuts = &json(&proposed)["cuts"];
    assert_eq!((&cuts["frequency"][0], &cuts["monetary"][0]), (&"5".into(), &"250".into()), "{proposed}");
    assert_eq!(cuts["recency"].as_array().map(Vec::len), Some(1), "{proposed}");
    scratch.onefold("adopt rfm --show --name value --db a.onefold").ends_with(5);
    let scratch = scratch.file("proposed.json", proposed);
    scratch.onefold("adopt rfm proposed.json --name value --db a.onefold --at 2026-02-04").ends_with(0);
    let computed = scratch.onefold("customer customer_id:c8 --db a.onefold --computed --as-of 2026-02-04").ends_with(0);
    assert!(computed.stdout.contains("value: 2-2-2"), "{}", computed.stdout);
    let alike = scratch.onefold("adopt rfm none.json --db a.onefold --propose").ends_with(1).stderr;
    assert!(alike.contains("alike in recency and frequency and monetary"), "{alike}");
    let other = scratch.onefold("adopt orders rfm.json --db a.onefold --propose").ends_with(1).stderr;
    assert!(other.contains("orders has no cut points to propose"), "{other}");
}
