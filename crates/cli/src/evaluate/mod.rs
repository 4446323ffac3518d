//! `onefold evaluate`: how good clusters are, against the truth.

mod pairs;
mod sheet;
mod truth;

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::identity::Evaluation;
use serde::Serialize;

use self::pairs::AtThreshold;
use self::sheet::Sheet;
use self::truth::Truth;
use crate::Outcome;
use crate::unify::summary::grouped;

/// Measure clusters against the truth: precision, recall and F1 over the pairs that whole clusters imply, and B³.
///
/// Rows are joined by their id, and by their source too where the truth says the sources of the clusters: in a column
/// `source`, or, if the truth is in several files, by the names of the files.
#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// The clusters, as `dedupe --out` writes them: the column of the ids, `source` and `cluster_id`
    #[arg(value_name = "CLUSTERS.csv")]
    clusters: PathBuf,
    /// A table with the truth; may be given several times
    #[arg(long, required = true, value_name = "FILE")]
    truth: Vec<PathBuf>,
    /// The column of the truth that says which rows are one party: equal text is one
    #[arg(long, value_name = "COLUMN")]
    truth_column: String,
    /// Take only what stands between two texts for the truth: `--truth-between rec- -` makes 17 of `rec-17-org`
    #[arg(long, num_args = 2, value_names = ["BEFORE", "BEHIND"], allow_hyphen_values = true)]
    truth_between: Option<Vec<String>>,
    /// The column of the ids, in the clusters and in the truth
    #[arg(long, value_name = "COLUMN")]
    id: String,
    /// Measure these pairs too, as `dedupe --pairs` writes them, at several thresholds
    #[arg(long, value_name = "PAIRS.csv")]
    pairs: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// What was measured. Its fields are the JSON that `--json` prints.
#[derive(Debug, Serialize)]
struct Measured {
    records: u64,
    without_truth: u64,
    without_cluster: u64,
    contradicting: u64,
    joined_by_source: bool,
    closed_pairs: ClosedPairs,
    b_cubed: Shares,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pairs: Vec<AtThreshold>,
}

#[derive(Debug, Serialize)]
struct ClosedPairs {
    found: u64,
    #[serde(rename = "true")]
    truth: u64,
    correct: u64,
    #[serde(flatten)]
    shares: Shares,
}

/// From 0 to 1, higher is better.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Shares {
    precision: f64,
    recall: f64,
    f1: f64,
}

impl Evaluate {
    pub(crate) fn run(self) -> Result<Outcome> {
        let between = match self.truth_between.as_deref() {
            Some([before, behind]) => Some((before.as_str(), behind.as_str())),
            _ => None,
        };
        let clusters = Sheet::read(&self.clusters, &[&self.id, "cluster_id"], &["source"])?;
        let mut truth = Truth::read(&self.truth, &self.id, &self.truth_column, between, &clusters)?;
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let (mut records, mut without_truth) = (Vec::with_capacity(clusters.len()), 0);
        for row in clusters.rows() {
            let [id, cluster, source] = row;
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let cluster = *numbers.entry(cluster).or_insert(next);
            match truth.visit(source, id) {
                Some(party) => records.push((cluster, party)),
                None => without_truth += 1,
            }
        }
        if records.is_empty() {
            anyhow::bail!(
                "no row of `{}` has an id with a truth; expected the same ids in the columns `{}` of both",
                self.clusters.display(),
                self.id
            );
        }
        let found = Evaluation::of(records.iter().copied());
        let mut measured = Measured {
            records: records.len() as u64,
            without_truth,
            without_cluster: truth.unvisited(),
            contradicting: truth.contradicting(),
            joined_by_source: truth.by_source(),
            closed_pairs: ClosedPairs {
                found: found.found_pairs,
                truth: found.true_pairs,
                correct: found.correct_pairs,
                shares: Shares { precision: found.precision(), recall: found.recall(), f1: found.f1() },
            },
            b_cubed: Shares {
                precision: found.b_cubed_precision,
                recall: found.b_cubed_recall,
                f1: found.b_cubed_f1(),
            },
            pairs: Vec::new(),
        };
        if let Some(path) = &self.pairs {
            measured.pairs = pairs::measure(path, &truth, found.true_pairs)?;
        }
        let mut out = io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&measured)?)?;
        } else {
            measured.print(&mut out)?;
        }
        Ok(Outcome::Done)
    }
}

impl Measured {
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let Self { records, without_truth, without_cluster, contradicting, closed_pairs, b_cubed, .. } = self;
        writeln!(
            out,
            "{} records, joined by id{}",
            grouped(*records),
            if self.joined_by_source { " and source" } else { "" }
        )?;
        for (number, what) in [
            (without_truth, "rows of the clusters have no truth and do not count"),
            (without_cluster, "rows of the truth have no cluster and do not count"),
            (contradicting, "ids have several truths and do not count"),
        ] {
            if *number > 0 {
                writeln!(out, "  {} {what}", grouped(*number))?;
            }
        }
        writeln!(
            out,
            "closed pairs  precision {:.4}  recall {:.4}  F1 {:.4}  ({} found, {} true, {} both)",
            closed_pairs.shares.precision,
            closed_pairs.shares.recall,
            closed_pairs.shares.f1,
            grouped(closed_pairs.found),
            grouped(closed_pairs.truth),
            grouped(closed_pairs.correct),
        )?;
        writeln!(
            out,
            "B³            precision {:.4}  recall {:.4}  F1 {:.4}",
            b_cubed.precision, b_cubed.recall, b_cubed.f1
        )?;
        if !self.pairs.is_empty() {
            pairs::print(&self.pairs, out)?;
        }
        Ok(())
    }
}
