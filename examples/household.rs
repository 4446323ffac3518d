//! A family shares a name, a house, a mailbox and a telephone, and stays three people.
//!
//! `cargo run -p onefold-examples --example household`

use std::io::Write;

use onefold::{Body, Draft, Identifier, Onefold, Options, RecordKey, Silent};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people = [
        ("crm", "1", "Martin", "1979-03-14"),
        ("crm", "2", "Julia", "1981-10-02"),
        ("crm", "3", "Emma", "2011-05-23"),
        ("shop", "77", "Julia", "1981-10-02"),
    ];
    let drafts = people.map(|(source, key, given, born)| {
        let body = Body::set([
            ("given_name", given),
            ("family_name", "Winter"),
            ("birth_date", born),
            ("email", "the.winters@home.example"),
            ("phone", "+44 113 496 0123"),
            ("street", "4 Orchard Close"),
            ("postcode", "LS1 4AB"),
        ]);
        let mailbox = Identifier::new("email", "the.winters@home.example");
        Draft::new(source, body).key(RecordKey::person(key)).identified_by(mailbox)
    });
    let house = Onefold::in_memory(Options::default());
    house.accept("import", "2026-01-01T00:00:00Z".parse()?, drafts)?;
    house.relink(&mut Silent)?;

    let mut out = std::io::stdout().lock();
    let sharing = house.customers_with(&"email:the.winters@home.example".parse()?)?;
    writeln!(out, "{} people share the mailbox:", sharing.len())?;
    for customer in sharing {
        let profile = house.customer(customer)?.ok_or("a profile")?;
        let given = profile.value("given_name").map(|name| name.to_text().into_owned()).unwrap_or_default();
        writeln!(out, "  {given}, from {} records", profile.records().len())?;
    }
    Ok(())
}
