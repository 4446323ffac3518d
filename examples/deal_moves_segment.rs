//! A deal moves its customer between segments, and what the customer does shows to who sells: one log, no copying from one
//! system to another.
//!
//! `cargo run -p onefold-examples --example deal_moves_segment`

use std::error::Error;
use std::io::Write;

use chrono::TimeDelta;
use onefold::crm::{Command, Opening, Pipeline};
use onefold::segment::Segments;
use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp, What};

const PIPELINE: &str = r#"{"stages": [
    {"name": "talking", "probability": "0.3"},
    {"name": "offer", "probability": "0.6", "requires": ["amount"]},
    {"name": "won", "probability": "1", "closes": "won"},
    {"name": "lost", "probability": "0", "closes": "lost"}
]}"#;

const SEGMENTS: [(&str, &str); 3] = [
    ("interested", r#"did "Product Viewed" at least 2 times in the last 30d and not did "opportunity opened""#),
    ("in talks", r#"did "opportunity opened" and not did "opportunity won""#),
    ("customers", r#"did "opportunity won""#),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let start: Timestamp = "2026-04-01T08:00:00Z".parse()?;
    let day = |day: i64| start + TimeDelta::days(day);
    let house = Onefold::in_memory(Options::default());
    let pipeline: Pipeline = serde_json::from_str(PIPELINE)?;
    house.adopt(pipeline.configuration("sales")?, start)?;
    let rules: Result<Vec<_>, onefold::segment::RuleError> =
        SEGMENTS.iter().map(|(name, rule)| Ok(((*name).to_owned(), rule.parse()?))).collect();
    house.adopt(&Segments::new(rules?)?, start)?;

    // She looks around, and is interested.
    let ada = || RecordKey::person("17");
    house.accept("crm", day(0), [Draft::new("crm", Body::set([("full_name", "Ada Byron")])).key(ada())])?;
    let viewed =
        |sku: &str, on| Draft::new("crm", Body::event("Product Viewed", [("sku", sku)])).key(ada()).occurred_at(on);
    house.accept("web", day(2), [viewed("engine", day(1)), viewed("engine", day(2))])?;
    let customer = house.customers()?[0];

    // Somebody calls her, and the deal goes its way; each step is an event of hers.
    let opening = Opening { amount: Some("9000 EUR".parse()?), ..Opening::named("An engine") };
    house.open_deal("o-1", customer, "sales", &opening, day(3))?;
    house.deal("o-1", &Command::move_to("offer"), day(8))?;
    house.deal("o-1", &Command::move_to("won"), day(20))?;

    let mut moves = Vec::new();
    for change in house.changes(0, 1000)? {
        let on = change.at.format("%d %b");
        match &change.what {
            What::Entered { segment, .. } => moves.push(format!("{on}: enters `{segment}`")),
            What::Left { segment, .. } => moves.push(format!("{on}: leaves `{segment}`")),
            _ => {}
        }
    }
    for line in &moves {
        writeln!(out, "{line}")?;
    }
    let has = |line: &str| moves.iter().any(|told| told == line);
    assert!(has("03 Apr: enters `interested`") && has("04 Apr: leaves `interested`"), "{moves:?}");
    assert!(has("04 Apr: enters `in talks`") && has("21 Apr: enters `customers`"), "{moves:?}");

    // And who sells sees what she did.
    let seen = house.views()?.contact(customer, day(21))?.ok_or("a customer")?;
    let stage =
        |stage: Option<onefold::crm::LifeCycleStage>| stage.map_or("nothing".to_owned(), |stage| stage.to_string());
    writeln!(
        out,
        "she is {}, viewed products {} times, and is in {:?}",
        stage(seen.life_cycle.current),
        seen.did.get("Product Viewed").map_or(0, |(times, _)| *times),
        seen.segments
    )?;
    assert_eq!((seen.won_worth.to_string().as_str(), seen.segments.len()), ("9000 EUR", 1));
    Ok(())
}
