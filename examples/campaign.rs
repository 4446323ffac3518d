//! A campaign for abandoned carts in a house: a customer enters an hour after the cart without an order, and leaves by
//! ordering, or by time; each time the reason is known.
//!
//! `cargo run -p onefold-examples --example campaign`

use std::error::Error;
use std::io::Write;

use onefold::segment::Segments;
use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp, What};

const RULES: [(&str, &str); 2] = [
    ("abandoned cart", r#"sequence ("cart") and since then no "order" for 1h in the last 1d"#),
    ("abandoned, and worth a call", r#"in segment "abandoned cart" and plan = "pro""#),
];

fn main() -> Result<(), Box<dyn Error>> {
    let rules: Result<Vec<_>, _> = RULES.iter().map(|(name, rule)| Ok((name.to_string(), rule.parse()?))).collect();
    let rules = rules.map_err(|error: onefold::segment::RuleError| error)?;
    let house = Onefold::in_memory(Options::default());
    let start: Timestamp = "2026-03-01T08:00:00Z".parse()?;
    let person = |key: &str, name: &str, plan: &str| {
        Draft::new("shop", Body::set([("full_name", name), ("plan", plan)])).key(RecordKey::person(key))
    };
    let people =
        [person("1", "Ada Byron", "pro"), person("2", "Grace Hopper", "free"), person("3", "Mary Somerville", "pro")];
    house.accept("customers", start, people)?;
    house.adopt(&Segments::new(rules)?, start)?;

    let stream = [
        ("2026-03-01T09:00:00Z", "1", "cart"),
        ("2026-03-01T09:10:00Z", "2", "cart"),
        ("2026-03-01T09:30:00Z", "3", "cart"),
        ("2026-03-01T09:40:00Z", "1", "order"),
        ("2026-03-01T12:00:00Z", "2", "order"),
    ];
    for (at, key, event) in stream {
        let event = Draft::new("shop", Body::event(event, [("sku", "A-1")])).key(RecordKey::person(key));
        house.accept("stream", at.parse()?, [event])?;
    }
    house.advance_to("2026-03-01T20:00:00Z".parse()?)?;

    let mut out = std::io::stdout().lock();
    let views = house.views()?;
    for member in views.members_of("abandoned, and worth a call")? {
        let profile = views.customer(member.customer)?.ok_or("a customer")?;
        let name = profile.value("full_name").map(ToString::to_string).unwrap_or_default();
        writeln!(out, "to call: {name}, since {}", member.since.format("%H:%M"))?;
        let rule = views.segments().get("abandoned, and worth a call").ok_or("a segment")?;
        let why = views.explain(member.customer, rule, "2026-03-01T20:00:00Z".parse()?)?.ok_or("a customer")?;
        writeln!(out, "{why}")?;
    }
    house.advance_to("2026-03-03T00:00:00Z".parse()?)?;
    let (mut entered, mut left) = (0, 0);
    for change in house.changes(0, 1000)? {
        match &change.what {
            What::Entered { segment, .. } => {
                entered += 1;
                writeln!(out, "{} enters `{segment}`", change.at.format("%d %b %H:%M"))?;
            }
            What::Left { segment, .. } => {
                left += 1;
                writeln!(out, "{} leaves `{segment}`", change.at.format("%d %b %H:%M"))?;
            }
            _ => {}
        }
    }
    // Ada ordered in time; Grace entered and ordered; Mary entered both and left a day after her cart.
    assert_eq!((entered, left), (3, 3));
    Ok(())
}
