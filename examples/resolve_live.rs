//! Records that come one at a time: whose is it, what changed, what may be one customer, and how a mistake is undone.
//!
//! `cargo run -p onefold-examples --example resolve_live`

use std::collections::BTreeMap;
use std::io::Write;

use onefold::fact::{RecordId, RecordKey, Source, Timestamp};
use onefold::identity::{Change, Column, Linker, Model, Records, Resolution, Resolver, Search};
use onefold::{Kind, Silent};
use onefold_sample::SampleOptions;

const COLUMNS: [(&str, Kind); 8] = [
    ("first_name", Kind::GivenName),
    ("last_name", Kind::FamilyName),
    ("birthdate", Kind::BirthDate),
    ("email", Kind::Email),
    ("phone", Kind::Phone),
    ("street", Kind::Street),
    ("city", Kind::City),
    ("postcode", Kind::Postcode),
];

type Rows = Vec<BTreeMap<String, String>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("onefold-resolve-live-{}", std::process::id()));
    onefold_sample::write(&SampleOptions { customers: 400, seed: 7 }, &folder, &mut |_, _| {})?;
    let rows = csv::Reader::from_path(folder.join("people.csv"))?.into_deserialize().collect::<Result<Rows, _>>()?;
    std::fs::remove_dir_all(&folder)?;

    // The weights, the blocking keys and how frequent values are come from a table once, and stay.
    let model = learned(&rows)?;
    let mut resolver = Resolver::new(columns(), model)?;
    let received: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    for row in &rows {
        resolver.insert(id(row), received, cells(row));
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} records, {} customers\n", resolver.len(), resolver.customers().count())?;

    // A record arrives that says what two customers say: they become one, and are two again when it goes.
    let mut founders: Vec<_> = resolver.customers().collect();
    founders.sort();
    let row_of = |record: RecordId| rows.iter().find(|row| id(row) == record);
    let complete = |record: &RecordId| {
        row_of(*record).filter(|row| ["email", "phone", "birthdate"].iter().all(|name| !row[*name].is_empty()))
    };
    let mut known = founders.iter().filter_map(|(_, members)| members.iter().find_map(complete));
    let (Some(one), Some(other)) = (known.next(), known.next()) else {
        return Err("the sample has complete rows".into());
    };
    let hinge = RecordId::of(&Source::from("desk"), &RecordKey::person("hinge"));
    let both = || cells(one).chain(cells(other));
    writeln!(out, "a record that says what two customers say:")?;
    said(&mut out, &resolver.insert(hinge, received, both()))?;
    writeln!(out, "and is taken back:")?;
    said(&mut out, &resolver.remove(hinge))?;

    // A steward looks at the most useful questions first. What an answer would change can be seen before it is given.
    let questions = resolver.review(3);
    writeln!(out, "\nquestions for a steward:")?;
    for question in &questions {
        writeln!(out, "  {} and {}: {:+.1} bits", question.record, question.other, question.weight.bits())?;
    }
    if let Some(question) = questions.first() {
        writeln!(
            out,
            "a yes to the first would mean {:?}",
            resolver.simulate(question.record, question.other, Some(true))
        )?;
        said(&mut out, &resolver.decide(question.record, question.other, Some(true)))?;
        said(&mut out, &resolver.decide(question.record, question.other, None))?;
    }

    // Somebody calls and gives a name and a town.
    let partial = cells(one).filter(|(column, _)| [0, 1, 3].contains(column));
    let (found, _) = resolver.search(partial, Search { most: 1, ..Search::default() });
    for found in found {
        writeln!(out, "\nfound {} because of\n{}", found.customer, found.why)?;
    }
    Ok(())
}

fn columns() -> Vec<Column> {
    COLUMNS.map(|(name, kind)| Column::new(name, kind)).into()
}

fn cells(row: &BTreeMap<String, String>) -> impl Iterator<Item = (usize, &str)> {
    let cell = |(at, (name, _)): (usize, &(&str, Kind))| Some((at, row.get(*name)?.as_str()));
    COLUMNS.iter().enumerate().filter_map(cell).filter(|(_, cell)| !cell.is_empty())
}

fn id(row: &BTreeMap<String, String>) -> RecordId {
    RecordId::of(&Source::from("people"), &RecordKey::person(row.get("id").map_or("", String::as_str)))
}

fn learned(rows: &Rows) -> Result<Model, Box<dyn std::error::Error>> {
    let mut builder = Records::builder(columns());
    rows.iter().for_each(|row| builder.push(cells(row)));
    let records = builder.finish();
    Ok(Linker::new(&records, &mut Silent).train()?.0)
}

fn said(out: &mut impl Write, resolution: &Resolution) -> std::io::Result<()> {
    for change in &resolution.changes {
        match change {
            Change::Merged { into, from } => writeln!(out, "  {into} now holds {} more", from.len())?,
            Change::Split { from, into } => writeln!(out, "  {from} became {} customers", into.len())?,
            other => writeln!(out, "  {other:?}")?,
        }
    }
    Ok(())
}
