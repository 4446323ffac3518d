//! From files to accepted facts, row by row accounted for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use anyhow::{Context, Result};
use onefold::connect::{self, InferOptions, Mapping, SetAside, SourceFile, TableOptions};
use onefold::fact::{Inserted, Place, Reason};
use onefold::profile::Violations;
use onefold::{Body, Draft, FactId, Finding, Onefold, Progress, Schema, SetAsideDraft, Source, Timestamp};

/// What was read, and where each row of it went.
pub(crate) struct Intake {
    pub(super) files: Vec<FileIntake>,
    /// What could not be read at all, and what is odd about the mapping.
    pub(super) findings: Vec<Finding>,
    /// How events broke the contract, whether they were taken or set aside.
    pub(crate) violations: Violations,
}

/// One file of the intake. `read` rows are `rows` that became facts, `identical` among them, and those set aside.
pub(super) struct FileIntake {
    pub(super) name: String,
    pub(super) source: Source,
    /// Where it is, and how it was read.
    pub(super) read_from: (SourceFile, TableOptions),
    pub(super) read: u64,
    pub(super) rows: Vec<Row>,
    pub(super) rows_set_aside: u64,
    pub(super) values_set_aside: u64,
    pub(super) set_aside: Vec<SetAside>,
    /// The rows that say something that the contract did not let in.
    pub(super) broken: BTreeSet<u64>,
}

/// A row that was taken.
pub(super) struct Row {
    pub(super) number: u64,
    /// What it became; empty for a row that says nothing.
    pub(super) facts: Vec<FactId>,
    /// Whether all of it was known from an earlier row.
    pub(super) identical: bool,
}

impl Intake {
    /// What became of the rows of each file, as JSON.
    pub(crate) fn counts(&self) -> Vec<serde_json::Value> {
        let counts = |file: &FileIntake| {
            let identical = file.identical();
            serde_json::json!({
                "file": file.name,
                "batch": format!("{}/{}", file.source, file.name),
                "read": file.read,
                "kept": file.rows.len() as u64 - identical,
                "identical": identical,
                "set_aside": file.rows_set_aside,
            })
        };
        self.files.iter().map(counts).collect()
    }
}

impl FileIntake {
    pub(super) fn identical(&self) -> u64 {
        self.rows.iter().filter(|row| row.identical).count() as u64
    }

    /// The rows that were not taken, or of which something broke the contract.
    pub(super) fn to_mend(&self) -> BTreeSet<u64> {
        let places = self.set_aside.iter().map(|aside| &aside.finding.place);
        let rows = places.filter(|place| place.column.is_none()).filter_map(|place| place.row);
        rows.chain(self.broken.iter().copied()).collect()
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
pub(crate) fn take(
    house: &Onefold,
    files: Vec<SourceFile>,
    mapping: &Mapping,
    mut findings: Vec<Finding>,
    at: Option<Timestamp>,
    progress: &mut dyn Progress,
) -> Result<Intake> {
    let (schema, found) = mapping.schema();
    findings.extend(found);
    let mut known = schema.clone();
    known.attributes.extend(house.schema()?.attributes.into_iter().filter(|(_, spec)| !spec.found));
    let mut waiting = Vec::new();
    for file in files {
        let Some(mapped) = mapping.sources.get(&file.source) else { continue };
        let (mut drafts, mut rows) = (Vec::new(), Vec::new());
        let read = connect::read(&file, mapped, &known, progress, &mut |entry| {
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
    adopt(house, &schema, at)?;
    let accepted: Vec<Accepted> = {
        let options = |file: &SourceFile| mapping.sources.get(&file.source).map(|it| it.table);
        let accept = |it: Waiting| {
            let options = options(&it.file).unwrap_or_default();
            accept(house, it, options, at)
        };
        waiting.into_iter().map(accept).collect::<Result<_>>()?
    };
    let mut files = Vec::with_capacity(accepted.len());
    let mut violations = Violations::default();
    for Accepted { file, mut taken, contested, erased, violated } in accepted {
        findings.extend(erased);
        violations.add(&violated);
        if !contested.is_empty()
            && let Some(mapped) = mapping.sources.get(&file.source)
        {
            let lost = lost(house, &taken, &contested, |sink| connect::read(&file, mapped, &known, progress, sink))
                .with_context(|| format!("cannot read `{}` again", file.path.display()))?;
            set_aside_lost(&mut taken, &contested, &lost);
        }
        files.push(taken);
    }
    Ok(Intake { files, findings, violations })
}

/// Brings the schema of the files into force, beside what was declared before. What is in force already is not adopted
/// again.
fn adopt(house: &Onefold, schema: &Schema, at: Timestamp) -> Result<()> {
    let before = house.schema()?;
    let mut whole = before.clone();
    for (name, found) in &schema.attributes {
        // What somebody declared, such as how personal it is, is not what a file looks like.
        if before.attributes.get(name).is_none_or(|known| known.found) {
            whole.attributes.insert(name.clone(), found.clone());
        }
    }
    for (name, found) in &schema.namespaces {
        whole.namespaces.entry(name.clone()).or_insert_with(|| found.clone());
    }
    whole.sources.extend(schema.sources.clone());
    if whole != before {
        house.adopt(&whole, at).context("the schema cannot be adopted")?;
    }
    Ok(())
}

/// A file as accepted, before it is known which of the contents under one message id stands.
struct Accepted {
    file: SourceFile,
    taken: FileIntake,
    /// Message ids under which the file says several things.
    contested: BTreeSet<FactId>,
    /// What was not taken since it is about erased records.
    erased: Vec<Finding>,
    violated: Violations,
}

/// By number of a row, the contested facts under whose id it says something that does not stand.
type Lost = BTreeMap<u64, BTreeSet<FactId>>;

fn accept(house: &Onefold, waiting: Waiting, options: TableOptions, at: Timestamp) -> Result<Accepted> {
    let Waiting { file, reading, drafts, rows } = waiting;
    let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Two folders may each hold a `c.csv`: the source tells them apart.
    let batch = format!("{}/{name}", file.source);
    let accepted = house.accept(batch, at, drafts.into_iter().chain(reading.complete))?;
    let (broken, violated) = (accepted.set_aside, accepted.violations);
    let mut erased = accepted.findings;
    // What broke the contract is told with its row.
    erased.retain(|finding| finding.reason != Reason::Contract);
    let accepted = accepted.facts;
    let conflicting = accepted.iter().filter(|(_, inserted)| *inserted == Inserted::Conflicting);
    let contested = conflicting.map(|(id, _)| *id).collect();
    let is_erased = |facts: &[(FactId, Inserted)]| {
        let is_out = |inserted: &Inserted| matches!(inserted, Inserted::Erased | Inserted::SetAside);
        !facts.is_empty() && facts.iter().all(|(_, inserted)| is_out(inserted))
    };
    let of_row = |drafts: Range<usize>| accepted.get(drafts).unwrap_or(&[]);
    let mut set_aside = reading.set_aside;
    let mut values_set_aside = reading.values_set_aside;
    let mut rows_broken = BTreeSet::new();
    for aside in broken {
        // Drafts of rows are in the order of the rows.
        let row = rows.partition_point(|(_, drafts)| drafts.end <= aside.place);
        let Some((number, drafts)) = rows.get(row) else { continue };
        // A row that is taken otherwise lacks a value.
        values_set_aside += u64::from(!is_erased(of_row(drafts.clone())));
        rows_broken.insert(*number);
        set_aside.push(told(&aside, Place::file(name.as_str()).row(*number)));
    }
    let rows_erased = rows.iter().filter(|(_, drafts)| is_erased(of_row(drafts.clone()))).count() as u64;
    let kept = rows.into_iter().filter(|(_, drafts)| !is_erased(of_row(drafts.clone())));
    let taken = kept.map(|(number, drafts)| {
        let facts = of_row(drafts);
        let identical = !facts.is_empty() && facts.iter().all(|(_, inserted)| *inserted == Inserted::Identical);
        Row { number, facts: facts.iter().map(|(id, _)| *id).collect(), identical }
    });
    let taken = FileIntake {
        name,
        source: file.source.clone(),
        read: reading.read,
        rows: taken.collect(),
        rows_set_aside: reading.rows_set_aside + rows_erased,
        values_set_aside,
        set_aside,
        broken: rows_broken,
        read_from: (file.clone(), options),
    };
    Ok(Accepted { file, taken, contested, erased, violated })
}

/// What the contract did not let in, as it is told.
fn told(aside: &SetAsideDraft, place: Place) -> SetAside {
    let (event, value) = match aside.draft.body() {
        Body::Event { name, properties } => (name.as_str(), serde_json::to_string(properties).unwrap_or_default()),
        _ => ("", String::new()),
    };
    let what = aside.violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let finding = Finding::new(Reason::Contract, format!("event `{event}`: {what}; it was not taken")).at(place);
    SetAside { finding, value: value.chars().take(VALUE_TOLD).collect() }
}

/// Characters of what was set aside that are told beside the reason.
const VALUE_TOLD: usize = 200;

/// What the rows of a file say in vain. Which of two contents under one message id stands shows only when all are
/// accepted, and has nothing to do with which came first in the file. What each row said is not kept until then: a file
/// that contradicts itself is read once more.
fn lost(
    house: &Onefold,
    taken: &FileIntake,
    contested: &BTreeSet<FactId>,
    read: impl FnOnce(&mut dyn FnMut(connect::Entry) -> ControlFlow<()>) -> Result<connect::Reading, connect::ConnectError>,
) -> Result<Lost> {
    let mut stands = BTreeMap::new();
    for fact in contested {
        stands.insert(*fact, house.content_of(*fact)?);
    }
    let is_contested = |row: &&Row| row.facts.iter().any(|fact| contested.contains(fact));
    let rows: BTreeSet<u64> = taken.rows.iter().filter(is_contested).map(|row| row.number).collect();
    let mut lost = Lost::new();
    read(&mut |entry| {
        if rows.contains(&entry.row) {
            // Neither the id nor the content depends on the batch and the time.
            let facts = entry.drafts.into_iter().map(|draft| draft.received("", Timestamp::UNIX_EPOCH));
            let in_vain =
                facts.filter(|fact| stands.get(&fact.id()).is_some_and(|stands| *stands != Some(fact.content())));
            lost.entry(entry.row).or_default().extend(in_vain.map(|fact| fact.id()));
        }
        ControlFlow::Continue(())
    })?;
    Ok(lost)
}

/// Sets aside the rows that say something under contested message ids, none of which stands.
fn set_aside_lost(taken: &mut FileIntake, contested: &BTreeSet<FactId>, lost: &Lost) {
    for mut row in std::mem::take(&mut taken.rows) {
        let nothing = BTreeSet::new();
        let lost = lost.get(&row.number).unwrap_or(&nothing);
        let mut own = row.facts.iter().filter(|fact| contested.contains(fact)).peekable();
        if own.peek().is_some() && own.all(|fact| lost.contains(fact)) {
            let message = "says something else under a message id that another row has too; expected one content an id";
            let place = Place::file(taken.name.as_str()).row(row.number);
            let finding = Finding::new(Reason::Conflicting, message).at(place);
            taken.rows_set_aside += 1;
            taken.set_aside.push(SetAside { finding, value: String::new() });
            continue;
        }
        // What it says in vain is not where it is at home.
        row.facts.retain(|fact| !lost.contains(fact));
        taken.rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use onefold::Options;
    use onefold::connect::{Format, Reading};
    use onefold::fact::{Body, RecordKey};

    use super::*;

    #[test]
    fn files_of_one_name_are_batches_of_two_names() {
        let house = Onefold::in_memory(Options::default());
        for (path, source) in [("a/c.csv", "c"), ("b/c.csv", "c_2")] {
            let file = SourceFile { path: path.into(), source: source.into(), format: Format::Table };
            let draft = Draft::new(source, Body::set([("city", "Ulm")])).key(RecordKey::person("1"));
            let waiting = Waiting { file, reading: Reading::default(), drafts: vec![draft], rows: vec![(1, 0..1)] };
            accept(&house, waiting, TableOptions::default(), Timestamp::UNIX_EPOCH).unwrap();
        }
        let mut batches = BTreeSet::new();
        house.views().unwrap().each_fact(|fact| batches.extend([fact.batch().to_string()])).unwrap();
        assert_eq!(batches, BTreeSet::from(["c/c.csv", "c_2/c.csv"].map(str::to_owned)));
    }
}
