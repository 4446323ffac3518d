//! The files that `unify` leaves: customers, records, and what was set aside.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use onefold::connect::{self, Format, SourceFile};
use onefold::{AttributeName, CustomerId, Kind, Profile, Progress, Views};
use rayon::prelude::*;

use super::homes::Homes;
use super::intake::Intake;

/// What `unify` writes into its folder.
const NAMES: [&str; 4] = ["customers.jsonl", "customers.csv", "records.csv", "set-aside.csv"];

/// Makes the folder to write into.
///
/// # Errors
/// When that cannot be, or when a file of it that would be written anew is one of the sources.
pub(super) fn prepare(out: &Path, sources: &[SourceFile]) -> Result<()> {
    prepare_for(out, NAMES.iter().map(|name| out.join(name)), sources)
}

fn prepare_for(out: &Path, paths: impl Iterator<Item = PathBuf>, sources: &[SourceFile]) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot create the folder `{}`", out.display()))?;
    for path in paths.filter_map(|path| path.canonicalize().ok()) {
        let is_it = |source: &&SourceFile| source.path.canonicalize().is_ok_and(|source| source == path);
        if let Some(source) = sources.iter().find(is_it) {
            anyhow::bail!("`{}` is a source and would be written over; choose another folder", source.path.display());
        }
    }
    Ok(())
}

/// Writes `customers.jsonl`, profiles with provenance, and `customers.csv`, their winning values.
pub(super) fn customers(house: &Views, out: &Path, progress: &mut dyn Progress) -> Result<()> {
    let names = attribute_names(house)?;
    let mut lines = create(out, "customers.jsonl")?;
    let mut table = create(out, "customers.csv")?;
    let mut header = csv::Writer::from_writer(&mut table);
    header.write_record(header_of(&names))?;
    header.flush()?;
    drop(header);
    let ids: Vec<CustomerId> = house.customers()?;
    progress.begin("writing customers", Some(ids.len() as u64));
    let mut done = 0;
    // Profiles are folded side by side and written in order.
    for ids in ids.chunks(CHUNK) {
        let profiles = house.profiles(ids)?;
        let written: Vec<Result<Written>> =
            profiles.par_chunks(CHUNK / 64).map(|profiles| write(profiles, &names)).collect();
        for part in written {
            let part = part?;
            lines.write_all(&part.lines)?;
            table.write_all(&part.table)?;
        }
        done += ids.len() as u64;
        progress.done(done);
    }
    lines.flush().context("cannot write customers.jsonl")?;
    table.flush().context("cannot write customers.csv")
}

/// The columns of `customers.csv` in front of the attributes.
const FIXED: [&str; 5] = ["customer", "party", "sources", "records", "events"];

/// The header of `customers.csv`. An attribute `customer` is in the column `attribute_customer`, so that no two columns
/// have one name.
fn header_of(names: &[AttributeName]) -> Vec<String> {
    let mut header: Vec<String> = FIXED.map(str::to_owned).into();
    let attributes: BTreeSet<&str> = names.iter().map(AttributeName::as_str).collect();
    for name in names {
        let mut column = name.to_string();
        if FIXED.contains(&name.as_str()) {
            while FIXED.contains(&column.as_str()) || attributes.contains(column.as_str()) {
                column.insert_str(0, "attribute_");
            }
        }
        header.push(column);
    }
    header
}

/// Customers that are folded before any of them is written: bounds what waits in memory.
const CHUNK: usize = 1 << 14;

/// Some customers, ready to be written.
struct Written {
    lines: Vec<u8>,
    table: Vec<u8>,
}

fn write(profiles: &[Profile], names: &[AttributeName]) -> Result<Written> {
    let mut lines = Vec::new();
    let mut table = csv::Writer::from_writer(Vec::new());
    for profile in profiles {
        serde_json::to_writer(&mut lines, &profile.plain())?;
        lines.push(b'\n');
        let value = |name: &AttributeName| {
            profile.value(name.as_str()).map(|value| value.to_text().into_owned()).unwrap_or_default()
        };
        table.write_record(about(profile).into_iter().chain(names.iter().map(value)))?;
    }
    Ok(Written { lines, table: table.into_inner()? })
}

fn about(profile: &Profile) -> [String; FIXED.len()] {
    let sources: BTreeSet<&str> = profile.records().iter().map(|record| record.source().as_str()).collect();
    [
        profile.id().to_string(),
        profile.party().to_string(),
        sources.into_iter().collect::<Vec<_>>().join(" "),
        profile.records().len().to_string(),
        profile.timeline().len().to_string(),
    ]
}

/// The attributes, those of persons and addresses first, as people expect them.
fn attribute_names(house: &Views) -> Result<Vec<AttributeName>> {
    let schema = house.schema();
    let held = house.attributes()?;
    let mut names: Vec<(Kind, AttributeName)> =
        held.into_iter().map(|name| (schema.attribute(&name).kind, name)).collect();
    names.sort();
    Ok(names.into_iter().map(|(_, name)| name).collect())
}

/// Writes `records.csv`: the record and the customer of every row that was read and taken.
pub(super) fn records(intake: &Intake, homes: &Homes, out: &Path) -> Result<()> {
    let mut table = csv::Writer::from_writer(create(out, "records.csv")?);
    table.write_record(["file", "row", "source", "key", "record", "customer"])?;
    for file in &intake.files {
        for row in &file.rows {
            let (key, record, customer) = match homes.of_row(row) {
                Some(home) => (home.key.to_string(), home.record.to_string(), home.customer.to_string()),
                None => Default::default(),
            };
            let number = row.number.to_string();
            table.write_record([&file.name, &number, file.source.as_str(), &key, &record, &customer])?;
        }
    }
    table.flush().context("cannot write records.csv")
}

/// Writes `set-aside.csv`: rows and values that were not taken, each with its place and reason.
pub(super) fn set_aside(intake: &Intake, out: &Path) -> Result<()> {
    let mut table = csv::Writer::from_writer(create(out, "set-aside.csv")?);
    table.write_record(["file", "row", "column", "class", "reason", "value"])?;
    let from_files = intake.files.iter().flat_map(|file| &file.set_aside);
    let aside = from_files.map(|aside| (&aside.finding, aside.value.as_str()));
    for (finding, value) in intake.findings.iter().map(|finding| (finding, "")).chain(aside) {
        let place = &finding.place;
        table.write_record([
            place.file.as_deref().unwrap_or(""),
            &place.row.map(|row| row.to_string()).unwrap_or_default(),
            place.column.as_deref().unwrap_or(""),
            finding.reason.as_str(),
            &finding.message,
            value,
        ])?;
    }
    table.flush().context("cannot write set-aside.csv")
}

/// Where rows of a source are kept to be mended: the name of the file is that of the source, so delivered again they are
/// of that source again.
fn to_mend(out: &Path, file: &SourceFile) -> PathBuf {
    let extension = match file.format {
        Format::Table => "csv",
        _ => "jsonl",
    };
    out.join(format!("{}.{extension}", file.source))
}

/// Makes the folder for what is set aside.
///
/// # Errors
/// When that cannot be, or when a file of it that would be written anew is one of the sources.
pub(crate) fn prepare_to_mend(out: &Path, sources: &[SourceFile]) -> Result<()> {
    let paths = sources.iter().map(|file| to_mend(out, file)).chain([out.join("set-aside.csv")]);
    prepare_for(out, paths, sources)
}

/// Writes `set-aside.csv`, and beside it, by source, the rows that were set aside, whole. Returns how many rows that are.
pub(crate) fn rows_to_mend(intake: &Intake, out: &Path) -> Result<u64> {
    set_aside(intake, out)?;
    let mut copied = 0;
    for taken in &intake.files {
        let (rows, (file, options)) = (taken.to_mend(), &taken.read_from);
        if rows.is_empty() {
            continue;
        }
        let path = to_mend(out, file);
        let cannot = || format!("cannot write `{}`", path.display());
        let mut copy = BufWriter::new(File::create(&path).with_context(cannot)?);
        let mut written = Ok(());
        connect::copy_rows(file, options, &rows, &mut |line| {
            written = copy.write_all(line.as_bytes());
            copied += u64::from(written.is_ok());
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        written.and_then(|()| copy.flush()).with_context(cannot)?;
    }
    Ok(copied)
}

fn create(out: &Path, name: &str) -> Result<BufWriter<File>> {
    let path = out.join(name);
    let file = File::create(&path).with_context(|| format!("cannot create `{}`", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 20, file))
}

#[cfg(test)]
mod tests {
    use super::{AttributeName, FIXED, header_of};

    #[test]
    fn no_two_columns_of_customers_have_one_name() {
        let names = ["email", "customer", "attribute_customer", "records"].map(AttributeName::from);
        let expected = ["email", "attribute_attribute_customer", "attribute_customer", "attribute_records"];
        assert_eq!(header_of(&names)[FIXED.len()..], expected);
    }
}
