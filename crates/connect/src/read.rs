//! [`map`] and [`read`]: the two steps from a file to facts.

use std::fs;
use std::ops::ControlFlow;

use onefold_fact::{Draft, Finding, Kind, Party, Place, Progress, Reason, Schema};

use crate::error::ConnectError;
use crate::infer::{InferOptions, Sample, attribute_of_name, infer_over};
use crate::jsonl::{self, Lines};
use crate::mapping::{Role, Rows, SourceMapping};
use crate::rows::{Cell, Plan};
use crate::set_aside::{Aside, SetAside, cut};
use crate::sources::{Format, SourceFile};
use crate::suggest;
use crate::table::Table;

/// So many rows are looked at to find out what columns mean.
const SAMPLE: usize = 1000;

/// So often the progress is told.
const TELL_EVERY: u64 = 1024;

/// What one row states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row: of a table, counted from 1 after the header; of JSON Lines, the line counted from 1.
    pub row: u64,
    /// Its statements, at least one.
    pub drafts: Vec<Draft>,
}

/// What became of a file: every row that was read was either given as an [`Entry`] or set aside, so
/// `read == entries + rows_set_aside`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Rows read.
    pub read: u64,
    /// Rows given as entries.
    pub entries: u64,
    /// Rows set aside.
    pub rows_set_aside: u64,
    /// Single values set aside in rows that were given.
    pub values_set_aside: u64,
    /// What was set aside, with the reasons, in the order of the file: all rows, and the first 10,000 values. Of a value
    /// the place has a column, of a row not.
    pub set_aside: Vec<SetAside>,
    /// What is to be said besides: about the file as a whole, and about values that were kept but changed.
    pub findings: Vec<Finding>,
    /// The statement that this was the whole of a snapshot source, to be accepted behind all entries. There is none if
    /// the source is not a snapshot, or if the file was not read to its end.
    pub complete: Option<Draft>,
    /// Whether the file was read to its end: neither did the sink break nor the progress stop.
    pub finished: bool,
}

/// Finds out how a file is to be read: what is `given` stands, the rest is inferred from the header and the first
/// thousand rows. The findings name what the given mapping and options got wrong, and what the file does not show.
///
/// # Errors
/// When the file cannot be read or is no text.
pub fn map(
    file: &SourceFile,
    given: Option<&SourceMapping>,
    options: &InferOptions,
) -> Result<(SourceMapping, Vec<Finding>), ConnectError> {
    let nothing = SourceMapping::default();
    let given = given.unwrap_or(&nothing);
    let (mut mapping, mut findings) = match file.format {
        Format::Table => {
            let mut table = Table::open(&file.path, &given.table)?;
            let mut sample = Sample::new(table.header().to_vec());
            let mut rows = 0;
            table.for_each(|row| {
                sample.push(row.cells().iter().copied());
                rows += 1;
                if rows < SAMPLE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            infer_over(&file.source, &sample, given, options)
        }
        Format::JsonLines => map_lines(file, given, options)?,
    };
    mapping.file.get_or_insert_with(|| file.name().as_ref().to_owned());
    mapping.mode.get_or_insert_default();
    for finding in &mut findings {
        finding.place.file = Some(file.name());
    }
    Ok((mapping, findings))
}

fn map_lines(
    file: &SourceFile,
    given: &SourceMapping,
    options: &InferOptions,
) -> Result<(SourceMapping, Vec<Finding>), ConnectError> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    Lines::open(&file.path)?.for_each(|_, line| {
        if let Ok(line) = line {
            bytes += line.len();
            lines.push(line.to_owned());
        }
        // Long lines say as much in smaller number.
        if lines.len() < SAMPLE && bytes < 16 << 20 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let sampled = jsonl::sample(lines.iter().map(String::as_str));
    if sampled.messages == 0 {
        return Ok(infer_over(&file.source, &sampled.objects, given, options));
    }
    let (of_traits, of_objects): (Vec<_>, Vec<_>) =
        given.columns.iter().partition(|(header, _)| header.starts_with(jsonl::TRAITS));
    let owned =
        |columns: Vec<(&str, &Role)>| columns.into_iter().map(|(header, role)| (header, role.clone())).collect();
    let given_traits = SourceMapping {
        party: Some(Party::Person),
        rows: Some(Rows::Records),
        columns: owned(of_traits),
        ..SourceMapping::default()
    };
    let given_objects = SourceMapping { columns: owned(of_objects), ..given.clone() };
    // Who ignores a column need not know whether it is one of the traits or of the objects.
    let known = sampled.objects.header.iter().chain(&sampled.traits.header).map(String::as_str);
    let (options, mut findings) = options.split(&file.source, known);
    let ignored = |header: &[String]| options.ignore.iter().filter(|column| header.contains(column)).cloned().collect();
    let options_of_traits =
        InferOptions { key: None, ignore: ignored(&sampled.traits.header), schema: options.schema.clone() };
    let options_of_objects =
        InferOptions { key: options.key.clone(), ignore: ignored(&sampled.objects.header), schema: options.schema };
    let (traits, more) = infer_over(&file.source, &sampled.traits, &given_traits, &options_of_traits);
    findings.extend(more);
    let (mut mapping, more) = infer_over(&file.source, &sampled.objects, &given_objects, &options_of_objects);
    findings.extend(more);
    if sampled.objects.header.is_empty() {
        mapping.party = given.party.or(Some(Party::Person));
        mapping.rows = given.rows.clone().or(Some(Rows::Messages));
    }
    mapping.conventions.country = mapping.conventions.country.or(traits.conventions.country);
    mapping.conventions.date_order = mapping.conventions.date_order.or(traits.conventions.date_order);
    for (header, role) in traits.columns.iter() {
        mapping.columns.insert(header, of_trait(role, header));
    }
    Ok((mapping, findings))
}

/// A trait belongs to a message, which has its own key and time.
fn of_trait(role: &Role, header: &str) -> Role {
    match role {
        Role::Attribute { .. } | Role::Identifier { .. } | Role::Ignore => role.clone(),
        Role::OccurredAt { attribute: Some(name) } => Role::attribute(name.clone(), Kind::Timestamp),
        Role::Deleted => Role::attribute(attribute_of_name(header).0, Kind::Boolean),
        _ => Role::attribute(attribute_of_name(header).0, Kind::ExternalId),
    }
}

/// Reads a file by its mapping and gives what each row states to `sink`, until the file ends, the sink breaks or the
/// progress stops. Nothing that the file holds is an error: what is broken is set aside with the reason, and the rest
/// goes on.
///
/// # Errors
/// When the file cannot be read or is no text.
pub fn read(
    file: &SourceFile,
    mapping: &SourceMapping,
    schema: &Schema,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<Reading, ConnectError> {
    let size = fs::metadata(&file.path).map(|about| about.len()).ok();
    progress.begin(&format!("reading {}", file.name()), size);
    match file.format {
        Format::Table => read_table(file, mapping, schema, progress, sink),
        Format::JsonLines => read_lines(file, mapping, schema, progress, sink),
    }
}

fn read_table(
    file: &SourceFile,
    mapping: &SourceMapping,
    schema: &Schema,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<Reading, ConnectError> {
    let mut table = Table::open(&file.path, &mapping.table)?;
    let mut plan = Plan::new(&file.source, file.name(), mapping, table.header(), schema);
    let mut reading = Reading { findings: unknown_columns(file, mapping, table.header()), ..Reading::default() };
    let delimiter = char::from(table.delimiter()).to_string();
    let mut aside = Aside::default();
    let mut flow = ControlFlow::Continue(());
    while flow.is_continue() && !table.is_finished() {
        let mut rows = 0;
        table.for_each(|row| {
            rows += 1;
            match plan.read(row.number(), |at| row.cell(at).map(Cell::Text), &mut aside) {
                Ok(drafts) => {
                    reading.entries += 1;
                    flow = sink(Entry { row: row.number(), drafts });
                }
                Err(refusal) => {
                    aside.row(SetAside { value: cut(&row.cells().join(&delimiter), 200), ..refusal });
                }
            }
            if rows < TELL_EVERY { flow } else { ControlFlow::Break(()) }
        })?;
        progress.done(table.bytes_read());
        if progress.stopped() {
            break;
        }
    }
    reading.read = table.rows_read();
    reading.finished = table.is_finished();
    reading.complete = plan.complete().filter(|_| reading.finished);
    let (more, findings) = table.take_aside();
    reading.findings.extend(findings);
    aside.append(more);
    Ok(reading.with(aside))
}

fn read_lines(
    file: &SourceFile,
    mapping: &SourceMapping,
    schema: &Schema,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<Reading, ConnectError> {
    let mut lines = Lines::open(&file.path)?;
    let mut reader = jsonl::Reader::new(&file.source, file.name(), mapping, schema);
    let mut reading = Reading::default();
    let mut aside = Aside::default();
    let mut flow = ControlFlow::Continue(());
    while flow.is_continue() && !lines.is_finished() {
        let mut rows = 0;
        lines.for_each(|row, line| {
            rows += 1;
            reading.read += 1;
            match line.and_then(|line| reader.read(row, line, &mut aside)) {
                Ok(drafts) => {
                    reading.entries += 1;
                    flow = sink(Entry { row, drafts });
                }
                Err(refusal) => aside.row(refusal),
            }
            if rows < TELL_EVERY { flow } else { ControlFlow::Break(()) }
        })?;
        progress.done(lines.bytes_read());
        if progress.stopped() {
            break;
        }
    }
    if reading.read == 0 && lines.is_finished() {
        let finding = Finding::new(Reason::Empty, "is empty; expected one JSON object a line");
        reading.findings.push(finding.at(Place::file(file.name())));
    }
    reading.finished = lines.is_finished();
    reading.complete = reader.complete().filter(|_| reading.finished);
    reading.findings.append(&mut reader.findings);
    Ok(reading.with(aside))
}

impl Reading {
    pub(crate) fn with(self, aside: Aside) -> Self {
        let Aside { rows, cells, cells_total } = aside;
        let rows_set_aside = rows.len() as u64;
        let mut set_aside = rows;
        set_aside.extend(cells);
        // They are found at several levels; people read them in the order of the file.
        set_aside.sort_by_key(|aside| aside.finding.place.row);
        Self { rows_set_aside, values_set_aside: cells_total, set_aside, ..self }
    }
}

/// A mapping that was made for another header says so, instead of reading nothing.
fn unknown_columns(file: &SourceFile, mapping: &SourceMapping, header: &[String]) -> Vec<Finding> {
    let known = || header.iter().map(String::as_str);
    mapping
        .columns
        .iter()
        .filter(|(column, role)| **role != Role::Ignore && !known().any(|name| name == *column))
        .map(|(column, _)| {
            let message = format!("the mapping names a column that is not there; {}", suggest::help(column, known()));
            Finding::new(Reason::Configuration, message).at(Place::file(file.name()).column(column))
        })
        .collect()
}
