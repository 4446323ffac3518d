//! Three sources speak of one person: what is known of her, where it came from, and why the records are hers.
//!
//! `cargo run -p onefold-examples --example unify_sources`

use std::io::Write;

use onefold::{Body, Draft, Onefold, Options, RecordId, RecordKey, Silent};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let house = Onefold::in_memory(Options::default());
    let crm = Draft::new(
        "crm",
        Body::set([
            ("given_name", "Katherine"),
            ("family_name", "O'Neill"),
            ("email", "k.oneill@work.example"),
            ("birth_date", "1984-07-02"),
            ("street", "12 Mill Lane"),
            ("city", "Leeds"),
        ]),
    )
    .key(RecordKey::person("C-17"))
    .occurred_at("2024-02-11T10:00:00Z".parse()?);
    let shop = Draft::new(
        "shop",
        Body::set([
            ("full_name", "ONeill, Kate"),
            ("email", "kate84@home.example"),
            ("phone", "+44 7700 900123"),
            ("street", "12 Mill Ln"),
            ("city", "Leeds"),
        ]),
    )
    .key(RecordKey::person("9001"))
    .occurred_at("2025-06-30T18:20:00Z".parse()?);
    let newsletter = Draft::new(
        "newsletter",
        Body::set([("given_name", "Kate"), ("email", "KATE84@home.example"), ("birth_date", "1984-07-02")]),
    )
    .key(RecordKey::person("kate84"))
    .occurred_at("2025-01-05T07:00:00Z".parse()?);
    let ids: Vec<RecordId> =
        [("crm", "C-17"), ("shop", "9001")].map(|(s, k)| RecordId::of(&s.into(), &RecordKey::person(k))).into();

    house.accept("first import", "2026-01-01T00:00:00Z".parse()?, [crm, shop, newsletter])?;
    house.relink(&mut Silent)?;

    let mut out = std::io::stdout().lock();
    let customer = *house.customers()?.first().ok_or("somebody")?;
    let profile = house.customer(customer)?.ok_or("her profile")?;
    writeln!(out, "{} customer(s), the first from {} records\n", house.customers()?.len(), profile.records().len())?;
    for name in profile.attributes().keys() {
        if let Some(why) = profile.why(name.as_str()) {
            writeln!(out, "{why}")?;
        }
    }
    let (Some(a), Some(b)) = (ids.first(), ids.last()) else { return Ok(()) };
    if let Some(evidence) = house.why(*a, *b)?.and_then(|why| why.evidence) {
        writeln!(out, "\ncrm C-17 and shop 9001:\n{evidence}")?;
    }
    Ok(())
}
