//! Pairs against the truth, at several thresholds.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use serde::Serialize;

use super::Shares;
use super::sheet::Sheet;
use super::truth::Truth;
use crate::unify::summary::grouped;

/// Probabilities at which pairs are measured.
const THRESHOLDS: [f64; 9] = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

/// How good the pairs at or above a probability are.
#[derive(Debug, Serialize)]
pub(super) struct AtThreshold {
    threshold: f64,
    pairs: u64,
    correct: u64,
    #[serde(flatten)]
    shares: Shares,
}

/// Measures a table of pairs. `true_pairs` is how many there are to be found.
pub(super) fn measure(path: &Path, truth: &Truth, true_pairs: u64) -> Result<Vec<AtThreshold>> {
    let columns = ["id_l", "source_l", "id_r", "source_r", "match_probability"];
    let sheet = Sheet::read(path, &columns, &[])?;
    let mut counts = [(0_u64, 0_u64); THRESHOLDS.len()];
    for (row, [id_l, source_l, id_r, source_r, probability]) in (1..).zip(sheet.rows()) {
        let probability: f64 = probability.parse().with_context(|| {
            format!(
                "{}, row {row}, column `match_probability`: `{probability}` is no number; expected one from 0 to 1",
                path.display()
            )
        })?;
        let (Some(left), Some(right)) = (truth.of(source_l, id_l), truth.of(source_r, id_r)) else { continue };
        for (threshold, (pairs, correct)) in THRESHOLDS.iter().zip(&mut counts) {
            if probability >= *threshold {
                *pairs += 1;
                *correct += u64::from(left == right);
            }
        }
    }
    let share = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let at = |(threshold, (pairs, correct)): (&f64, (u64, u64))| AtThreshold {
        threshold: *threshold,
        pairs,
        correct,
        shares: Shares {
            precision: share(correct, pairs),
            recall: share(correct, true_pairs),
            f1: share(2 * correct, pairs + true_pairs),
        },
    };
    Ok(THRESHOLDS.iter().zip(counts).map(at).collect())
}

/// Prints the table of thresholds.
pub(super) fn print(measured: &[AtThreshold], out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new();
    let line = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().header_separator(line));
    table.set_header(["pairs from", "pairs", "correct", "precision", "recall", "F1"]);
    for at in measured {
        table.add_row([
            at.threshold.to_string(),
            grouped(at.pairs),
            grouped(at.correct),
            format!("{:.4}", at.shares.precision),
            format!("{:.4}", at.shares.recall),
            format!("{:.4}", at.shares.f1),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    writeln!(out, "\n{table}")
}
