//! From files to accepted facts, row by row accounted for.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use anyhow::{Context, Result};
use onefold::connect::{self, InferOptions, Mapping, SetAside, SourceFile};
use onefold::fact::{Inserted, Place, Reason};
use onefold::{Draft, FactId, Finding, Onefold, Progress, Source, Timestamp};

/// What was read, and where each row of it went.
pub(crate) struct Intake {
    pub(super) files: Vec<FileIntake>,
    /// What could not be read at all, and what is odd about the mapping.
    pub(super) findings: Vec<Finding>,
}

/// One file of the intake. `read` rows are `rows` that became facts, `identical` among them, and those set aside.
pub(super) struct FileIntake {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) read: u64,
    pub(super) rows: Vec<Row>,
    pub(super) rows_set_aside: u64,
    pub(super) values_set_aside: u64,
    pub(super) set_aside: Vec<SetAside>,
}

/// A row that was taken.
pub(super) struct Row {
    pub(super) number: u64,
    /// What it became; empty for a row that says nothing.
    pub(super) facts: Vec<FactId>,
    /// Whether all of it was known from an earlier row.
    pub(super) identical: bool,
}

impl FileIntake {
    pub(super) fn identical(&self) -> u64 {
        self.rows.iter().filter(|row| row.identical).count() as u64
    }
}

/// What each file is taken for: inferred, where the given mapping does not say.
///
/// # Errors
/// When the given mapping is none, or not one file can be read.
pub(crate) fn map(
    sources: &[PathBuf],
    mapping: Option<&PathBuf>,
    options: &InferOptions,
) -> Result<(Vec<SourceFile>, Mapping, Vec<Finding>)> {
    let given = mapping.map(given).transpose()?.unwrap_or_default();
    let (files, mut findings) = connect::discover(sources);
    let mut mapping = Mapping::default();
    let mut readable = Vec::new();
    for file in files {
        match connect::map(&file, given.sources.get(&file.source), options) {
            Ok((mapped, found)) => {
                findings.extend(found);
                mapping.sources.insert(file.source.clone(), mapped);
                readable.push(file);
            }
            Err(error) => findings.push(unreadable(&file, &error)),
        }
    }
    if readable.is_empty() {
        return Err(nothing_read(&findings));
    }
    findings.retain(|finding| !named_for_another_file(finding, options, &mapping));
    let unknown = given.sources.keys().filter(|source| !mapping.sources.contains_key(*source));
    findings.extend(unknown.map(|source| {
        let known: Vec<String> = mapping.sources.keys().map(|source| format!("`{source}`")).collect();
        let message = format!("the mapping names a source `{source}` that is not read; there are {}", known.join(", "));
        Finding::new(Reason::Configuration, message)
    }));
    Ok((readable, mapping, findings))
}

fn given(path: &PathBuf) -> Result<Mapping> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read the mapping `{}`", path.display()))?;
    Mapping::from_toml(&text).with_context(|| format!("`{}`", path.display()))
}

/// Options hold for all files: a column that one of them has is no mistake in the others.
fn named_for_another_file(finding: &Finding, options: &InferOptions, mapping: &Mapping) -> bool {
    let Some(column) = finding.place.column.as_deref() else { return false };
    let named = options.key.as_deref() == Some(column) || options.ignore.iter().any(|ignored| ignored == column);
    let is_missing = finding.reason == Reason::Configuration && named;
    is_missing && mapping.sources.values().any(|source| source.columns.get(column).is_some())
}

/// The error that no source could be read, with every reason.
fn nothing_read(findings: &[Finding]) -> anyhow::Error {
    let reasons: Vec<String> = findings.iter().map(|finding| format!("\n  {finding}")).collect();
    anyhow::anyhow!("nothing could be read{}", reasons.concat())
}

fn unreadable(file: &SourceFile, error: &connect::ConnectError) -> Finding {
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    Finding::new(Reason::Unreadable, error.to_string()).at(Place::file(name))
}

/// A file as read, not yet accepted.
struct Waiting {
    file: SourceFile,
    reading: connect::Reading,
    drafts: Vec<Draft>,
    /// By row that was taken: its number, and its drafts.
    rows: Vec<(u64, Range<usize>)>,
}

/// Reads the files and accepts what they say. `at` is when that is, if not the latest time that the files state.
pub(super) fn take(
    house: &mut Onefold,
    files: Vec<SourceFile>,
    mapping: &Mapping,
    mut findings: Vec<Finding>,
    at: Option<Timestamp>,
    progress: &mut dyn Progress,
) -> Result<Intake> {
    let (schema, found) = mapping.schema();
    findings.extend(found);
    let mut waiting = Vec::new();
    for file in files {
        let Some(mapped) = mapping.sources.get(&file.source) else { continue };
        let (mut drafts, mut rows) = (Vec::new(), Vec::new());
        let read = connect::read(&file, mapped, &schema, progress, &mut |entry| {
            let start = drafts.len();
            drafts.extend(entry.drafts);
            rows.push((entry.row, start..drafts.len()));
            ControlFlow::Continue(())
        });
        match read {
            Ok(mut reading) => {
                findings.append(&mut reading.findings);
                waiting.push(Waiting { file, reading, drafts, rows });
            }
            Err(error) => findings.push(unreadable(&file, &error)),
        }
    }
    if waiting.is_empty() {
        return Err(nothing_read(&findings));
    }
    let latest = waiting.iter().flat_map(|waiting| &waiting.drafts).filter_map(Draft::stated_time).max();
    let at = at.or(latest).unwrap_or(Timestamp::UNIX_EPOCH);
    house.adopt(&schema, at).context("the schema cannot be adopted")?;
    let files = waiting.into_iter().map(|waiting| accept(house, waiting, at)).collect();
    Ok(Intake { files, findings })
}

fn accept(house: &mut Onefold, waiting: Waiting, at: Timestamp) -> FileIntake {
    let Waiting { file, reading, drafts, rows } = waiting;
    let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let accepted = house.accept(name.as_str(), at, drafts.into_iter().chain(reading.complete)).facts;
    let mut taken = FileIntake {
        name,
        source: file.source,
        read: reading.read,
        rows: Vec::with_capacity(rows.len()),
        rows_set_aside: reading.rows_set_aside,
        values_set_aside: reading.values_set_aside,
        set_aside: reading.set_aside,
    };
    for (number, drafts) in rows {
        let facts = accepted.get(drafts).unwrap_or(&[]);
        if facts.iter().any(|(_, inserted)| *inserted == Inserted::Conflicting) {
            let message = "says something else under a message id that was seen before; expected one content an id";
            let place = Place::file(taken.name.as_str()).row(number);
            taken.rows_set_aside += 1;
            taken
                .set_aside
                .push(SetAside { finding: Finding::new(Reason::Conflicting, message).at(place), value: String::new() });
            continue;
        }
        let identical = !facts.is_empty() && facts.iter().all(|(_, inserted)| *inserted == Inserted::Identical);
        taken.rows.push(Row { number, facts: facts.iter().map(|(id, _)| *id).collect(), identical });
    }
    taken
}
