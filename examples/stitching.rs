//! A visitor becomes known, two people use one device, and a merge that was wrong is undone.
//!
//! `cargo run -p onefold-examples --example stitching`

use std::collections::BTreeMap;
use std::io::Write;

use onefold::fact::{RecordId, RecordKey, Source, Timestamp};
use onefold::identity::{Change, Column, History, Linker, Model, Records, Resolution, Resolver};
use onefold::{Kind, Silent};
use onefold_sample::SampleOptions;

const NAME: usize = 0;
const EMAIL: usize = 1;
const USER: usize = 2;
const DEVICE: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut resolver = Resolver::new(columns(), model()?)?;
    let mut history = History::default();
    let mut out = std::io::stdout().lock();

    // A visit without a name, and the sign-in behind it: what a user id names is one customer.
    let visit = resolver.insert(id("visit-1"), at(9)?, [(DEVICE, "laptop-7")]);
    said(&mut out, "an unknown visitor", at(9)?, &mut history, &visit)?;
    let known = resolver.insert(id("account"), at(10)?, [(NAME, "Ada Byron"), (EMAIL, "ada@x.example"), (USER, "u-1")]);
    said(&mut out, "an account", at(10)?, &mut history, &known)?;
    let signed = resolver.insert(id("visit-1"), at(9)?, [(DEVICE, "laptop-7"), (USER, "u-1")]);
    said(&mut out, "the visitor signs in", at(11)?, &mut history, &signed)?;

    // A tablet on which two people sign in is no link between them.
    for (visit, user) in [("visit-2", "u-1"), ("visit-3", "u-2")] {
        let came = resolver.insert(id(visit), at(12)?, [(DEVICE, "tablet-1"), (USER, user)]);
        said(&mut out, &format!("{user} signs in on the tablet"), at(12)?, &mut history, &came)?;
    }
    writeln!(out, "one customer: {}\n", resolver.customer(id("visit-2")) == resolver.customer(id("visit-3")))?;

    // Somebody types the user id of another into a form: the two become one, and are two again when that is put right.
    let other = resolver.insert(id("newsletter"), at(13)?, [(NAME, "Mary Shelley"), (EMAIL, "mary@y.example")]);
    said(&mut out, "a subscriber", at(13)?, &mut history, &other)?;
    let typed = [(NAME, "Mary Shelley"), (EMAIL, "mary@y.example"), (USER, "u-1")];
    said(
        &mut out,
        "with the user id of another",
        at(14)?,
        &mut history,
        &resolver.insert(id("newsletter"), at(13)?, typed),
    )?;
    let right = resolver.insert(id("newsletter"), at(13)?, typed.into_iter().take(2));
    said(&mut out, "put right", at(15)?, &mut history, &right)?;
    for hour in [13, 14, 15] {
        let customer = history.customer_at(id("newsletter"), at(hour)?).ok_or("it was there")?;
        let account = history.customer_at(id("account"), at(hour)?);
        writeln!(
            out,
            "at {hour} the subscriber was {}",
            if Some(customer) == account { "the account" } else { "another" }
        )?;
    }
    Ok(())
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("name", Kind::FullName),
        Column::new("email", Kind::Email),
        // A customer has one user id, and who has the same is the same.
        Column::new("user", Kind::ExternalId).exclusive().joining().never(["guest", "null"]),
        // A device is evidence, and weighed like any other.
        Column::new("device", Kind::ExternalId).shared_by(2),
    ]
}

/// What agreement is worth, from made-up people.
fn model() -> Result<Model, Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("onefold-stitching-{}", std::process::id()));
    onefold_sample::write(&SampleOptions { customers: 300, seed: 7 }, &folder, &mut |_, _| {})?;
    let mut table = csv::Reader::from_path(folder.join("people.csv"))?;
    let rows = table.deserialize().collect::<Result<Vec<BTreeMap<String, String>>, _>>()?;
    std::fs::remove_dir_all(&folder)?;
    let mut builder = Records::builder(columns());
    for row in &rows {
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        let name = format!("{} {}", cell("first_name"), cell("last_name"));
        builder.push([(NAME, name.as_str()), (EMAIL, cell("email"))]);
    }
    let records = builder.finish();
    Ok(Linker::new(&records, &mut Silent).train()?.0)
}

fn id(key: &str) -> RecordId {
    RecordId::of(&Source::from("shop"), &RecordKey::person(key))
}

fn at(hour: u32) -> Result<Timestamp, Box<dyn std::error::Error>> {
    Ok(format!("2026-03-02T{hour:02}:00:00Z").parse()?)
}

fn said(
    out: &mut impl Write,
    what: &str,
    at: Timestamp,
    history: &mut History,
    resolution: &Resolution,
) -> std::io::Result<()> {
    history.note(at, resolution);
    writeln!(out, "{what}:")?;
    for change in &resolution.changes {
        match change {
            Change::Created { .. } => writeln!(out, "  a new customer")?,
            Change::Joined { .. } => writeln!(out, "  a customer that is known")?,
            Change::Merged { from, .. } => writeln!(out, "  {} more in one", from.len())?,
            Change::Split { into, .. } => writeln!(out, "  {} customers of one", into.len())?,
            Change::Renamed { .. } => writeln!(out, "  another record founds it")?,
            Change::Gone { .. } => writeln!(out, "  nobody is left")?,
        }
    }
    Ok(())
}
