//! One customer from three sources: which value won, what lost and why, what it was before, and when it changed.
//!
//! `cargo run -p onefold-examples --example golden_record`

use std::io::Write as _;

use onefold::{
    AttributeSpec, Body, Draft, Identifier, Kind, Onefold, Options, RecordKey, Schema, Silent, Survivorship, Timestamp,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let house = Onefold::in_memory(Options::default());

    // The address book decides on names, whoever spoke last; of addresses the latest wins, which is the default.
    let mut schema = Schema::default();
    let by_source = Survivorship::SourcePriority(vec!["crm".into(), "shop".into()]);
    schema.attributes.insert("full_name".into(), AttributeSpec::of(Kind::FullName).surviving_by(by_source));
    house.adopt(&schema, "2026-01-01T00:00:00Z".parse()?)?;

    let says = |source: &str, key: &str, on: &str, said: &[(&str, &str)]| -> Result<Draft> {
        let set = Body::set(said.iter().copied());
        let draft = Draft::new(source, set).key(RecordKey::person(key)).occurred_at(on.parse()?);
        Ok(draft.identified_by(Identifier::new("email", "ada@x.example")))
    };
    let crm = says("crm", "17", "2026-01-05T10:00:00Z", &[("full_name", "Ada Byron"), ("city", "Leeds")])?;
    let shop = says("shop", "c-204", "2026-02-10T10:00:00Z", &[("full_name", "A. Byron"), ("city", "York")])?;
    let desk = says("desk", "t-9", "2026-03-20T10:00:00Z", &[("full_name", "Ada Byron"), ("city", "Bath")])?;
    house.accept("import", "2026-04-01T00:00:00Z".parse()?, [crm, shop, desk])?;
    house.relink(&mut Silent)?;

    let views = house.views()?;
    let email = Identifier::new("email", "ada@x.example");
    let ada = views.customers_with(&email)?.first().copied().ok_or("they are one customer")?;
    let profile = views.customer(ada)?.ok_or("a customer")?;
    writeln!(out, "{} records are one customer", profile.records().len())?;
    for attribute in ["full_name", "city"] {
        writeln!(out, "\n{}", profile.why(attribute).ok_or("an attribute")?)?;
    }

    writeln!(out, "\nthe city over time:")?;
    for period in views.history(ada, &"city".into())?.ok_or("a customer")?.periods() {
        let value = period.value().map_or("nothing".to_owned(), ToString::to_string);
        writeln!(out, "  from {}: {value}", period.from().format("%Y-%m-%d"))?;
    }

    // As we now know that it was then.
    let march: Timestamp = "2026-03-01T00:00:00Z".parse()?;
    let then = views.customer_as_of(ada, Some(march))?.ok_or("a customer")?;
    let city = then.value("city").map(ToString::to_string);
    writeln!(out, "\non 1 March: {}", city.as_deref().unwrap_or("nothing"))?;
    assert_eq!(city.as_deref(), Some("York"));
    assert_eq!(profile.value("city").map(ToString::to_string).as_deref(), Some("Bath"));
    Ok(())
}
