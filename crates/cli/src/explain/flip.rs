//! What would make the other of a pair: of a match none, and of none a match.

use onefold::identity::{Explanation, MatchWeight, Model};
use serde::Serialize;

/// A change of evidence that is enough by itself. The bits are about right only: what kinship explains changes with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Change {
    pub(super) comparisons: Vec<String>,
    pub(super) bits: f64,
}

/// The smallest sets of comparisons whose evidence, if it were gone, would make a match none, or whose full agreement
/// would make a match: each that is enough alone, else the strongest together.
pub(super) fn changes(evidence: &Explanation, model: &Model) -> Vec<Change> {
    let margin = evidence.weight.bits() - MatchWeight::of(model.threshold()).bits();
    let mut changes: Vec<(String, f64)> = evidence
        .steps
        .iter()
        .map(|step| {
            let bits = if margin > 0.0 { -step.bits } else { best(model, &step.comparison) - step.bits };
            (step.comparison.clone(), bits)
        })
        .filter(|(_, bits)| if margin > 0.0 { *bits < 0.0 } else { *bits > 0.0 })
        .collect();
    changes.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let enough = |bits: f64| bits.abs() >= margin.abs();
    let alone: Vec<Change> = changes
        .iter()
        .filter(|(_, bits)| enough(*bits))
        .map(|(comparison, bits)| Change { comparisons: vec![comparison.clone()], bits: *bits })
        .collect();
    if !alone.is_empty() {
        return alone;
    }
    let mut together = Change { comparisons: Vec::new(), bits: 0.0 };
    for (comparison, bits) in changes {
        together.comparisons.push(comparison);
        together.bits += bits;
        if enough(together.bits) {
            return vec![together];
        }
    }
    Vec::new()
}

/// What the best level of a comparison is worth, in bits.
fn best(model: &Model, comparison: &str) -> f64 {
    let of = model.comparisons().iter().find(|of| of.name() == comparison);
    let bits =
        of.into_iter().flat_map(onefold::identity::ComparisonModel::levels).map(|level| (level.m / level.u).log2());
    bits.fold(0.0, f64::max)
}
