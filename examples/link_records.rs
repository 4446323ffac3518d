//! Record linkage alone: the people in a table, how good the result is, and why two rows were taken for one person.
//!
//! `cargo run -p onefold-examples --example link_records`

use std::collections::BTreeMap;
use std::io::Write;

use onefold::identity::{Column, Decisions, Evaluation, Linker, Records};
use onefold::{Kind, Silent};
use onefold_sample::SampleOptions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("onefold-link-records-{}", std::process::id()));
    onefold_sample::write(&SampleOptions { customers: 500, seed: 7 }, &folder, &mut |_, _| {})?;

    let columns = [
        ("first_name", Kind::GivenName),
        ("last_name", Kind::FamilyName),
        ("birthdate", Kind::BirthDate),
        ("email", Kind::Email),
        ("phone", Kind::Phone),
        ("street", Kind::Street),
        ("city", Kind::City),
        ("postcode", Kind::Postcode),
    ];
    let mut builder = Records::builder(columns.map(|(name, kind)| Column::new(name, kind)).into());
    let mut ids = Vec::new();
    let mut table = csv::Reader::from_path(folder.join("people.csv"))?;
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let row = row?;
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        builder.push(columns.iter().enumerate().map(|(at, (name, _))| (at, cell(name))));
        ids.push(cell("id").to_owned());
    }
    let records = builder.finish();
    let linker = Linker::new(&records, &mut Silent);
    let (model, _) = linker.train()?;
    let linkage = linker.link(&model, &Decisions::default(), &mut Silent);

    let mut truth: BTreeMap<String, String> = BTreeMap::new();
    for row in csv::Reader::from_path(folder.join("truth/people.csv"))?.deserialize::<(String, String)>() {
        let (id, person) = row?;
        truth.insert(id, person);
    }
    let found = Evaluation::of(linkage.clusters().iter().zip(ids.iter().map(|id| truth.get(id))));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} records, {} people found", records.len(), linkage.report().clusters)?;
    writeln!(
        out,
        "closed pairs: precision {:.3}, recall {:.3}, F1 {:.3}; B³ F1 {:.3}\n",
        found.precision(),
        found.recall(),
        found.f1(),
        found.b_cubed_f1()
    )?;
    if let Some([a, b, ..]) = linkage.members().iter().find(|members| members.len() > 3).map(Vec::as_slice)
        && let Some(why) = linker.explain(&model, *a, *b)
    {
        writeln!(out, "{why}")?;
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
