//! What `unify` prints: a table of the sources, what was set aside, and one customer as an example.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anyhow::Result;
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle, presets};
use onefold::profile::Attribute;
use onefold::{CustomerId, Party, Profile, RecordId, Value, Views};

use super::homes::Homes;
use super::intake::{FileIntake, Intake};

/// Findings that are printed one by one; the rest is in the file.
const SHOWN: usize = 10;

/// Events that an example shows.
const EVENTS_SHOWN: usize = 5;

/// Prints the table of sources.
pub(crate) fn sources(intake: &Intake, homes: &Homes, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new();
    let line = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(line).bottom_border(line));
    table.set_header(["source", "read", "identical", "set aside", "records", "customers"]);
    let (mut records, mut customers) = (BTreeSet::new(), BTreeSet::new());
    let mut sums = [0_u64; 3];
    for file in &intake.files {
        let (own_records, own_customers) = homes_of(homes, file);
        let counts = [file.read, file.identical(), file.rows_set_aside];
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        table.add_row(row(file.source.as_str(), counts, own_records.len(), own_customers.len()));
        records.extend(own_records);
        customers.extend(own_customers);
    }
    if intake.files.len() > 1 {
        table.add_row(row("in all", sums, records.len(), customers.len()));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    writeln!(out, "{table}")
}

fn row(name: &str, counts: [u64; 3], records: usize, customers: usize) -> Vec<String> {
    let numbers = counts.into_iter().chain([records as u64, customers as u64]).map(grouped);
    std::iter::once(name.to_owned()).chain(numbers).collect()
}

fn homes_of(homes: &Homes, file: &FileIntake) -> (BTreeSet<RecordId>, BTreeSet<CustomerId>) {
    let facts = file.rows.iter().flat_map(|row| row.facts.iter());
    facts.filter_map(|fact| homes.of_fact(*fact)).map(|home| (home.record, home.customer)).unzip()
}

/// Prints what was set aside: every row of the input is accounted for. `rest` says where findings are that are not shown.
pub(crate) fn set_aside(intake: &Intake, rest: &str, out: &mut impl Write) -> io::Result<()> {
    let sum = |of: fn(&FileIntake) -> u64| intake.files.iter().map(of).sum::<u64>();
    let (read, identical, aside) = (sum(|f| f.read), sum(FileIntake::identical), sum(|f| f.rows_set_aside));
    let kept = sum(|file| file.rows.len() as u64) - identical;
    writeln!(
        out,
        "rows: {} read = {} kept + {} identical + {} set aside; single values set aside: {}",
        grouped(read),
        grouped(kept),
        grouped(identical),
        grouped(aside),
        grouped(sum(|file| file.values_set_aside)),
    )?;
    let from_files = intake.files.iter().flat_map(|file| file.set_aside.iter().map(|aside| &aside.finding));
    let findings: Vec<_> = intake.findings.iter().chain(from_files).collect();
    for finding in findings.iter().take(SHOWN) {
        writeln!(out, "  {finding}")?;
    }
    if findings.len() > SHOWN {
        writeln!(out, "  … and {} more, {rest}", grouped((findings.len() - SHOWN) as u64))?;
    }
    let mut broken = intake.violations.iter().peekable();
    if broken.peek().is_some() {
        writeln!(out, "the contract was broken:")?;
    }
    broken.try_for_each(|counted| writeln!(out, "  {counted}"))
}

/// Prints one customer whose profile comes from the most sources, with where every value came from.
pub(super) fn example(house: &Views, out: &mut impl Write) -> Result<()> {
    let Some(profile) = richest(house)? else { return Ok(()) };
    writeln!(
        out,
        "\none of them, {}: {} from {}",
        profile.id(),
        counted(profile.records().len(), "record"),
        named(profile.records().iter().map(|record| record.source().as_str()))
    )?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (name, attribute) in profile.attributes() {
        table.add_row(vec![name.to_string(), short(attribute.value()), origin(attribute), lost(attribute)]);
    }
    writeln!(out, "{}", table.trim_fmt())?;
    match profile.timeline().len() {
        0 => return Ok(()),
        1..=EVENTS_SHOWN => writeln!(out, "what happened:")?,
        events => writeln!(out, "the last of its {} events:", grouped(events as u64))?,
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for event in profile.timeline().newest_first().take(EVENTS_SHOWN) {
        let source = event.provenance().source().to_string();
        table.add_row(vec![event.at().format("%Y-%m-%d %H:%M").to_string(), event.name().to_owned(), source]);
    }
    Ok(writeln!(out, "{}", table.trim_fmt())?)
}

/// Where a value came from, when that was said, and who else says so.
fn origin(attribute: &Attribute) -> String {
    let winner = attribute.provenance();
    let mut origin = winner.source().to_string();
    if winner.is_stated() {
        origin.push_str(&winner.at().format(", %Y-%m-%d").to_string());
    }
    let others = attribute.supporters().map(|other| other.source().as_str());
    let also = named(others.filter(|source| *source != winner.source().as_str()));
    if also.is_empty() { origin } else { format!("{origin}; also {also}") }
}

/// The other values, each once, with who said it.
fn lost(attribute: &Attribute) -> String {
    let (mut seen, mut shown) = (BTreeSet::new(), Vec::new());
    for other in attribute.others() {
        let (value, source) = (short(other.value()), other.provenance().source().as_str());
        let text = (shown.len() < LOST_SHOWN).then(|| format!("{value} ({source})"));
        if seen.insert((value, source)) {
            shown.extend(text);
        }
    }
    match (shown.len(), seen.len() - shown.len()) {
        (0, _) => String::new(),
        (_, 0) => format!("over {}", shown.join(", ")),
        (_, more) => format!("over {} and {more} more", shown.join(", ")),
    }
}

/// Losing values that an example shows of an attribute.
const LOST_SHOWN: usize = 2;

/// Characters that an example shows of a value.
const VALUE_SHOWN: usize = 40;

fn short(value: &Value) -> String {
    let text = value.to_text();
    match text.char_indices().nth(VALUE_SHOWN) {
        None => text.into_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// `1 record`, `2 records`.
fn counted(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number as u64), if number == 1 { "" } else { "s" })
}

/// Names, each once, in alphabetical order.
fn named<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

/// The person with most sources, then most records, then the smallest id.
fn richest(house: &Views) -> Result<Option<Profile>> {
    let mut best: Option<((usize, usize), CustomerId)> = None;
    for customer in house.customers()? {
        let records = house.records_of(customer)?;
        let sources: BTreeSet<_> = records.iter().map(|(source, _)| source).collect();
        let person = records.first().is_some_and(|(_, key)| key.party() == Party::Person);
        let rank = (sources.len(), records.len().min(MOST_SHOWN));
        if person && best.is_none_or(|(most, _)| rank > most) {
            best = Some((rank, customer));
        }
    }
    let Some((_, customer)) = best else { return Ok(None) };
    Ok(house.customer(customer)?)
}

/// An example of more records than this is no better an example.
const MOST_SHOWN: usize = 8;

/// A number with its thousands apart: `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
