//! Which cell of which file goes into which column.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use onefold_connect::{
    ConnectError, Format, InferOptions, Role, Rows, SourceFile, SourceMapping, Table, TableOptions, did_you_mean, map,
};
use onefold_fact::{Conventions, Finding, Kind};
use onefold_identity::Column;

use super::{DedupeError, DedupeOptions};

/// So many rows are looked at to see how well a kind is supported.
const SAMPLE: u64 = 1000;

/// How files are to be read.
pub(super) struct Plan {
    pub(super) columns: Vec<Column>,
    pub(super) left_out: Vec<String>,
    pub(super) files: Vec<FilePlan>,
    /// The name of the column with the ids, if there is one in every file.
    pub(super) id: Option<String>,
    pub(super) findings: Vec<Finding>,
}

/// How one file is to be read.
pub(super) struct FilePlan {
    pub(super) file: SourceFile,
    pub(super) table: TableOptions,
    /// Which cell holds the id.
    pub(super) id: Option<usize>,
    /// Which cell goes into which column.
    pub(super) cells: Vec<(usize, usize)>,
}

/// A file whose columns are known.
struct Mapped<'a> {
    file: &'a SourceFile,
    header: Vec<String>,
    mapping: SourceMapping,
}

impl Plan {
    pub(super) fn of(files: &[SourceFile], options: &DedupeOptions) -> Result<Self, DedupeError> {
        if let [only] = files
            && options.duplicate_free
        {
            return Err(DedupeError::NothingToLinkWith { path: only.path.clone() });
        }
        let mut opened = Vec::with_capacity(files.len());
        for file in files {
            if file.format == Format::JsonLines {
                return Err(DedupeError::NotATable { path: file.path.clone() });
            }
            let mut given = options.mapping.sources.get(&file.source).cloned().unwrap_or_default();
            let table = Table::open(&file.path, &given.table)?;
            // What was found out is not found out again: for the encoding, that can take a look at the whole file.
            given.table = TableOptions { delimiter: Some(table.delimiter()), encoding: Some(table.encoding()) };
            given.rows = Some(Rows::Records);
            opened.push((file, table.header().to_vec(), given));
        }
        known(options, &opened.iter().map(|(file, header, _)| (*file, header.as_slice())).collect::<Vec<_>>())?;
        let mut findings = Vec::new();
        let mut mapped = Vec::with_capacity(opened.len());
        for (file, header, given) in opened {
            let here = |column: &&String| header.contains(column);
            let infer = InferOptions {
                key: options.id.clone(),
                ignore: options.ignore.iter().filter(here).cloned().collect(),
                ..InferOptions::default()
            };
            let (mapping, found) = map(file, Some(&given), &infer)?;
            findings.extend(found);
            mapped.push(Mapped { file, header, mapping });
        }
        Ok(Self::over(&mapped, options, findings)?)
    }

    fn over(mapped: &[Mapped<'_>], options: &DedupeOptions, findings: Vec<Finding>) -> Result<Self, ConnectError> {
        let id = options.id.clone().or_else(|| common_key(mapped));
        let mut kinds: BTreeMap<&str, Vec<(usize, Kind)>> = BTreeMap::new();
        for (at, file) in mapped.iter().enumerate() {
            for header in &file.header {
                if let Some(kind) = file.compared(header, id.as_deref()) {
                    kinds.entry(header).or_default().push((at, kind));
                }
            }
        }
        let mut chosen: BTreeMap<&str, Kind> = BTreeMap::new();
        for (header, said) in kinds {
            chosen.insert(header, best(mapped, header, &said)?);
        }
        let mut plan = Self { columns: Vec::new(), left_out: Vec::new(), files: Vec::new(), id, findings };
        let mut known: Vec<(&str, Conventions)> = Vec::new();
        for file in mapped {
            let mut cells = Vec::new();
            for (cell, header) in file.header.iter().enumerate() {
                // Who ignores a column in one file may have it in another.
                let kind = chosen.get(header.as_str()).copied().filter(|_| file.compared(header, plan.id()).is_some());
                let Some(kind) = kind else {
                    if !chosen.contains_key(header.as_str()) && !plan.left_out.contains(header) {
                        plan.left_out.push(header.clone());
                    }
                    continue;
                };
                let conventions = conventions(kind, file.mapping.conventions);
                let is_it = |column: &(&str, Conventions)| *column == (header.as_str(), conventions);
                let column = known.iter().position(is_it).unwrap_or_else(|| {
                    known.push((header, conventions));
                    plan.columns.push(Column::new(header, kind).with_conventions(conventions));
                    plan.columns.len() - 1
                });
                cells.push((cell, column));
            }
            let id = plan.id().and_then(|id| file.header.iter().position(|header| header == id));
            plan.files.push(FilePlan { file: file.file.clone(), table: file.mapping.table, id, cells });
        }
        Ok(plan)
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Mapped<'_> {
    /// The kind by which a column is compared, if it is.
    fn compared(&self, header: &str, id: Option<&str>) -> Option<Kind> {
        if id == Some(header) {
            return None;
        }
        match self.mapping.columns.get(header)? {
            Role::Attribute { kind, .. } | Role::Property { kind, .. } => Some(*kind),
            // A key that does not serve as id may still be what several files call one customer.
            Role::Identifier { .. } | Role::Key { identifier: Some(_) } => Some(Kind::ExternalId),
            _ => None,
        }
    }
}

/// What a source takes for granted, as far as it bears on how values of a kind are read. The fields of these kinds are
/// filled by all columns of the kind, so that files with different habits still meet in one comparison.
fn conventions(kind: Kind, of_file: Conventions) -> Conventions {
    match kind {
        Kind::Phone => Conventions { date_order: None, ..of_file },
        Kind::BirthDate => Conventions { country: None, ..of_file },
        _ => Conventions::default(),
    }
}

/// The key that was recognised in all files, if it has one name.
fn common_key(mapped: &[Mapped<'_>]) -> Option<String> {
    let key = |file: &Mapped<'_>| {
        let is_key = |(_, role): &(&str, &Role)| matches!(role, Role::Key { .. });
        file.mapping.columns.iter().find(is_key).map(|(header, _)| header.to_owned())
    };
    let keys: BTreeSet<Option<String>> = mapped.iter().map(key).collect();
    if keys.len() == 1 { keys.into_iter().next().flatten() } else { None }
}

/// The kind of a column that several files have: where they take it for different ones, the one that is no mere text
/// and has the most values in the first rows behind it; among equals the first in the order of kinds.
fn best(mapped: &[Mapped<'_>], header: &str, said: &[(usize, Kind)]) -> Result<Kind, ConnectError> {
    let kinds: BTreeSet<Kind> = said.iter().map(|(_, kind)| *kind).collect();
    let is_text = |kind: Kind| matches!(kind, Kind::Category | Kind::Text | Kind::FreeText);
    let only_text = kinds.iter().all(|kind| is_text(*kind));
    let mut votes: BTreeMap<Kind, u64> = BTreeMap::new();
    for (at, kind) in said.iter().filter(|(_, kind)| only_text || !is_text(*kind)) {
        let values = if kinds.len() == 1 { 0 } else { mapped.get(*at).map_or(Ok(0), |file| values(file, header))? };
        *votes.entry(*kind).or_default() += values;
    }
    let most = votes.values().copied().max();
    Ok(votes.into_iter().find(|(_, votes)| Some(*votes) == most).map_or(Kind::Text, |(kind, _)| kind))
}

/// How many of the first rows have a value in a column.
fn values(file: &Mapped<'_>, header: &str) -> Result<u64, ConnectError> {
    let mut table = Table::open(&file.file.path, &file.mapping.table)?;
    let at = table.header().iter().position(|name| name == header).unwrap_or(usize::MAX);
    let mut values = 0;
    table.for_each(|row| {
        values += u64::from(row.cell(at).is_some());
        if row.number() < SAMPLE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(values)
}

/// Checks that the columns which options name are there.
fn known(options: &DedupeOptions, files: &[(&SourceFile, &[String])]) -> Result<(), DedupeError> {
    let mut names: Vec<&str> = Vec::new();
    for name in files.iter().flat_map(|(_, header)| header.iter()) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let wanted = options.ignore.iter().map(|column| (column, "to be ignored"));
    for (column, what) in wanted.chain(options.id.iter().map(|column| (column, "asked for as the id"))) {
        if !names.contains(&column.as_str()) {
            let help = did_you_mean(column, names.iter().copied());
            return Err(DedupeError::UnknownColumn { column: column.clone(), what, help });
        }
    }
    for (file, header) in files {
        if let Some(id) = options.id.as_ref().filter(|id| !header.contains(id)) {
            let help = did_you_mean(id, header.iter().map(String::as_str));
            return Err(DedupeError::NoId { path: file.path.clone(), column: id.clone(), help });
        }
    }
    Ok(())
}
