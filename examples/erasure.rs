//! An erasure that outlasts the next import: what a customer's records held is in no byte of the file, the old export does
//! not bring it back, and a suppression knows them even under another key.
//!
//! `cargo run -p onefold-examples --example erasure`

use std::io::Write as _;

use onefold::profile::{Suppressed, Suppression};
use onefold::{Body, Draft, Identifier, Onefold, Options, RecordKey, Silent, Whereabouts};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    let folder = std::env::temp_dir().join(format!("onefold-erasure-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("customers.onefold");
    // The key of the suppressed is kept elsewhere than the list.
    let key: &[u8] = b"from the vault";
    let mut options = Options::default();
    options.suppression_key = Some(key.into());
    let house = Onefold::open(&path, options)?;

    let person = |key: &str, name: &str, email: &str| {
        Draft::new("crm", Body::set([("full_name", name), ("email", email)]))
            .key(RecordKey::person(key))
            .identified_by(Identifier::new("email", email))
    };
    let note = Draft::new("desk", Body::event("Note", [("text", "Ada asked about the harbour tour")]))
        .key(RecordKey::person("t-9"))
        .identified_by(Identifier::new("email", "ada@x.example"));
    let export = || [person("17", "Ada Byron", "ada@x.example"), person("18", "Bo Diaz", "bo@y.example")];
    house.accept("monday", "2026-03-01T09:00:00Z".parse()?, export().into_iter().chain([note]))?;
    house.relink(&mut Silent)?;

    let ada = Identifier::new("email", "ada@x.example");
    let customers = house.customers_with(&ada)?;
    writeln!(out, "before: {} customers; the harbour is written of {}", house.customers()?.len(), found(&house)?)?;
    assert_eq!((found(&house)?, holds(&path, "ada@x.example")?), (1, true));

    // First the list, which names nobody, then the erasure.
    let mut list = Suppression::default();
    list.suppress(key, &ada, Suppressed::Process);
    house.adopt(&list, "2026-03-02T09:00:00Z".parse()?)?;
    for customer in &customers {
        let certificate = house.erase(*customer, "2026-03-02T09:00:00Z".parse()?)?.ok_or("a customer")?;
        writeln!(out, "erased {} record(s), {} fact(s)", certificate.records.len(), certificate.facts.len())?;
    }
    assert_eq!((found(&house)?, holds(&path, "ada@x.example")?, holds(&path, "harbour")?), (0, false, false));

    // The same export comes again, and she is in another source under another key.
    let again = house.accept("tuesday", "2026-03-03T09:00:00Z".parse()?, export())?;
    let bought =
        Draft::new("list", Body::set([("full_name", "Ada B.")])).key(RecordKey::person("z-1")).identified_by(ada);
    let listed = house.accept("bought", "2026-03-03T10:00:00Z".parse()?, [bought])?;
    for finding in again.findings.iter().chain(&listed.findings) {
        writeln!(out, "not taken: {}", finding.reason)?;
    }
    writeln!(out, "after: {} customer", house.customers()?.len())?;
    assert_eq!((house.customers()?.len(), holds(&path, "ada@x.example")?), (1, false));
    // Her id still leads somewhere: to the erasure.
    let gone = house.whereabouts(*customers.first().ok_or("a customer")?)?;
    assert!(matches!(gone, Some(Whereabouts::Gone(_))));
    drop(house);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn found(house: &Onefold) -> Result<usize> {
    Ok(house.views()?.find(&"harbour".parse()?, 10)?.len())
}

fn holds(path: &std::path::Path, text: &str) -> Result<bool> {
    let folder = path.parent().ok_or("a folder")?;
    for entry in std::fs::read_dir(folder)? {
        if std::fs::read(entry?.path())?.windows(text.len()).any(|window| window == text.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}
