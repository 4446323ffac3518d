//! Reading: from tables into the columns of the matcher, in one pass.

use std::collections::HashSet;
use std::ops::ControlFlow;

use foldhash::fast::FixedState;
use onefold_connect::{ConnectError, SourceFile, Table};
use onefold_fact::{Finding, Place, Progress, Reason};
use onefold_identity::{Model, Records, RecordsBuilder};

use super::ids::Ids;
use super::plan::{FilePlan, Plan};
use super::{DedupeError, DedupeFile, DedupeInput, DedupeOptions, Rows};

/// So often the progress is told.
const TELL_EVERY: u64 = 4096;

/// The column of the ids where there is none in the files: the number of the row.
const ROW: &str = "row";

pub(super) fn read(
    files: &[SourceFile],
    options: &DedupeOptions,
    model: Option<&Model>,
    progress: &mut dyn Progress,
) -> Result<DedupeInput, DedupeError> {
    let Plan { columns, left_out, files, id, mut findings } = Plan::of(files, options)?;
    model.map_or(Ok(()), |model| model.fits_columns(&columns))?;
    let mut builder = Records::builder(columns.clone());
    let (mut ids, mut numbers) = (Ids::default(), Vec::new());
    let mut done = Vec::with_capacity(files.len());
    for file in &files {
        builder.begin_source(options.duplicate_free);
        let read = read_file(file, &mut builder, &mut ids, &mut numbers, &mut findings, progress)?;
        done.push(read);
    }
    if ids.len() > u32::MAX / 2 {
        return Err(DedupeError::TooMany);
    }
    let mut rows =
        Rows { files: done, columns, left_out, findings, id_column: id.unwrap_or_default(), ids, ids_differ: true };
    let told_apart = repeated(&rows);
    match (options.id.is_some(), told_apart) {
        (true, Some(finding)) => {
            rows.ids_differ = false;
            rows.findings.push(finding);
        }
        // Nobody asked for this column; the number of the row tells the rows apart.
        (false, Some(_)) => {
            let taken = |name: &str| rows.columns.iter().any(|column| column.name() == name);
            rows.id_column = if taken(ROW) { format!("{ROW}_number") } else { ROW.to_owned() };
            rows.ids = Ids::default();
            numbers.iter().for_each(|number| rows.ids.push(&number.to_string()));
        }
        (_, None) => {}
    }
    Ok(DedupeInput { builder, rows })
}

fn read_file(
    plan: &FilePlan,
    builder: &mut RecordsBuilder,
    ids: &mut Ids,
    numbers: &mut Vec<u64>,
    findings: &mut Vec<Finding>,
    progress: &mut dyn Progress,
) -> Result<DedupeFile, ConnectError> {
    let size = std::fs::metadata(&plan.file.path).map(|about| about.len()).ok();
    progress.begin(&format!("reading {}", plan.file.source), size);
    let mut table = Table::open(&plan.file.path, &plan.table)?;
    let first = ids.len();
    while !table.is_finished() {
        let mut rows = 0;
        table.for_each(|row| {
            ids.push(plan.id.and_then(|cell| row.cell(cell)).unwrap_or(""));
            numbers.push(row.number());
            builder.push(plan.cells.iter().filter_map(|(cell, column)| Some((*column, row.cell(*cell)?))));
            rows += 1;
            if rows < TELL_EVERY { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        progress.done(table.bytes_read());
    }
    findings.extend(table.findings().iter().cloned());
    let mut set_aside = table.set_aside().to_vec();
    set_aside.extend(table.cells_set_aside().iter().cloned());
    Ok(DedupeFile {
        source: plan.file.source.clone(),
        read: table.rows_read(),
        records: ids.len() - first,
        set_aside,
        values_set_aside: table.values_set_aside(),
        first,
    })
}

/// That ids do not tell all rows of each file apart, if they do not.
fn repeated(rows: &Rows) -> Option<Finding> {
    let mut seen = HashSet::with_capacity_and_hasher(rows.ids.len() as usize, FixedState::default());
    let (mut blank, mut again) = (0_u64, Vec::new());
    for (at, file) in rows.files.iter().enumerate() {
        for record in file.first..file.first + file.records {
            let id = rows.ids.get(record);
            if id.is_empty() {
                blank += 1;
            } else if !seen.insert((at, id)) {
                again.push(id);
            }
        }
    }
    let example = match again.first() {
        Some(id) => format!("{} rows repeat an id, such as `{id}`", again.len()),
        None if blank > 0 => format!("{blank} rows have no id"),
        None => return None,
    };
    let message = format!("does not tell all rows apart: {example}; expected another id in every row");
    let file = rows.files.first().map_or("", |file| file.source.as_str());
    Some(Finding::new(Reason::Configuration, message).at(Place::file(file).column(rows.id_column.as_str())))
}
