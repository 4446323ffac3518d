//! [`Report`]: what `dedupe` found, for people and for programs.

use std::io::{self, Write};

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use onefold::Dedupe;
use onefold::dedupe::Clusters;
use onefold::identity::{Class, Cut, Estimate, Estimated, Linkage, Model, PassReport, Training};
use serde::Serialize;

use crate::unify::summary::grouped;

/// Findings that are printed one by one.
const SHOWN: usize = 10;

/// Clusters that are printed.
const LARGEST: usize = 5;

/// How long each phase took.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(super) struct Seconds {
    pub(super) read: f64,
    pub(super) prepare: f64,
    pub(super) compare: f64,
    pub(super) train: f64,
    pub(super) cluster: f64,
    pub(super) estimate: f64,
    pub(super) write: f64,
    pub(super) total: f64,
}

/// What was found. Its fields are the JSON that `--json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    records: usize,
    set_aside: u64,
    values_set_aside: u64,
    candidate_pairs: usize,
    matches: usize,
    entities: usize,
    /// The estimated share of the matches that the keys find, of those that any key considered would find.
    blocking_recall: Option<f64>,
    /// What each blocking key gave.
    keys: Vec<PassReport>,
    /// What was cut because it was too large to be one party.
    cut: Option<Cut>,
    /// Records that share a cluster with another.
    clustered_records: usize,
    lambda: f64,
    threshold: f64,
    training_rounds: Option<usize>,
    converged: Option<bool>,
    /// How good the clusters are likely to be, where that was asked.
    estimate: Option<Estimate>,
    id_column: String,
    columns: Vec<Compared>,
    left_out: Vec<String>,
    seconds: Seconds,
    peak_memory_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Compared {
    name: String,
    kind: &'static str,
}

impl Report {
    pub(super) fn of(
        rows: &Dedupe,
        linkage: &Linkage,
        clusters: &Clusters<'_>,
        model: &Model,
        training: Option<Training>,
        estimate: Option<Estimate>,
        seconds: Seconds,
    ) -> Self {
        let linked = linkage.report();
        let compared = |column: &onefold::identity::Column| Compared {
            name: column.name().to_owned(),
            kind: column.kind().as_str(),
        };
        Self {
            records: linked.records,
            set_aside: rows.files().iter().map(|file| file.read - u64::from(file.records)).sum(),
            values_set_aside: rows.files().iter().map(|file| file.values_set_aside).sum(),
            candidate_pairs: linked.candidate_pairs,
            matches: linked.matching_pairs,
            entities: linked.clusters,
            blocking_recall: linked.blocking_recall,
            keys: linked.passes.clone(),
            cut: linked.cut,
            clustered_records: clusters.shared(),
            lambda: model.prior(Class::Match),
            threshold: model.threshold(),
            training_rounds: training.map(|training| training.rounds),
            converged: training.map(|training| training.converged),
            estimate,
            id_column: rows.id_column().to_owned(),
            columns: rows.columns().iter().map(compared).collect(),
            left_out: rows.left_out().to_vec(),
            seconds,
            peak_memory_bytes: peak_memory(),
        }
    }

    /// Prints the summary.
    pub(super) fn print(&self, rows: &Dedupe, clusters: &Clusters<'_>, out: &mut impl Write) -> io::Result<()> {
        if rows.files().len() > 1 {
            writeln!(out, "{}", sources(rows))?;
        }
        let read: u64 = rows.files().iter().map(|file| file.read).sum();
        let kept = rows.files().iter().map(|file| u64::from(file.records)).sum();
        writeln!(
            out,
            "rows: {} read = {} kept + {} set aside; single values set aside: {}",
            grouped(read),
            grouped(kept),
            grouped(self.set_aside),
            grouped(self.values_set_aside),
        )?;
        let from_files = rows.files().iter().flat_map(|file| file.set_aside.iter().map(|aside| &aside.finding));
        let findings: Vec<_> = rows.findings().iter().chain(from_files).collect();
        for finding in findings.iter().take(SHOWN) {
            writeln!(out, "  {finding}")?;
        }
        if findings.len() > SHOWN {
            writeln!(out, "  … and {} more", grouped((findings.len() - SHOWN) as u64))?;
        }
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("{} ({})", column.name, column.kind)).collect();
        writeln!(out, "columns: {}", columns.join(", "))?;
        if !self.left_out.is_empty() {
            writeln!(out, "left out: {}", self.left_out.join(", "))?;
        }
        writeln!(
            out,
            "pairs: {} compared, {} match at probability {} or more",
            grouped(self.candidate_pairs as u64),
            grouped(self.matches as u64),
            self.threshold,
        )?;
        let oversized = self.keys.iter().map(|key| key.oversized).sum::<usize>();
        if let Some(key) = self.keys.iter().filter(|key| key.oversized > 0).max_by_key(|key| key.largest) {
            writeln!(
                out,
                "blocks too large to be compared: {} under {} keys, the largest of {} records by {}",
                grouped(oversized as u64),
                self.keys.len(),
                grouped(key.largest as u64),
                key.key,
            )?;
        }
        if let Some(Cut { components, largest, pairs }) = self.cut {
            writeln!(
                out,
                "cut: {} chains of matches were too large to be one party, the largest of {} records; {} matching pairs \
                 were set aside, the weakest",
                grouped(components as u64),
                grouped(largest as u64),
                grouped(pairs as u64),
            )?;
        }
        let share = 100.0 * self.clustered_records as f64 / self.records.max(1) as f64;
        writeln!(
            out,
            "\n{} records are {} parties; {share:.1} % of the records share theirs with another",
            grouped(self.records as u64),
            grouped(self.entities as u64),
        )?;
        let largest = clusters.largest(LARGEST);
        if !largest.is_empty() {
            let shown: Vec<String> =
                largest.iter().map(|(name, size)| format!("{name} ({} records)", grouped(*size as u64))).collect();
            writeln!(out, "the largest: {}", shown.join(", "))?;
        }
        if let Some(Estimate { precision, recall, f1, .. }) = self.estimate {
            let shown = |Estimated { value, low, high }| format!("{value:.3} ({low:.3} to {high:.3})");
            let [precision, recall, f1] = [precision, recall, f1].map(shown);
            writeln!(out, "expected, if the model is right: precision {precision}, recall {recall}, F1 {f1}")?;
        }
        let Seconds { read, prepare, compare, train, cluster, estimate, write, total } = self.seconds;
        write!(
            out,
            "time: {total:.2} s (read {read:.2}, prepare {prepare:.2}, compare {compare:.2}, train {train:.2}, cluster \
             {cluster:.2}, estimate {estimate:.2}, write {write:.2})"
        )?;
        match self.peak_memory_bytes {
            Some(bytes) => writeln!(out, ", memory at most {} MB", grouped(bytes / 1_000_000)),
            None => writeln!(out),
        }
    }
}

fn sources(rows: &Dedupe) -> Table {
    let mut table = Table::new();
    let line = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(line).bottom_border(line));
    table.set_header(["source", "read", "set aside", "records"]);
    for file in rows.files() {
        let numbers = [file.read, file.read - u64::from(file.records), u64::from(file.records)].map(grouped);
        table.add_row(std::iter::once(file.source.to_string()).chain(numbers));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The most memory that this process has had, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
