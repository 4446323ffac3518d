//! [`Evaluation`]: how good a clustering is, against the truth.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Agreement of a clustering with the truth, over the pairs that whole clusters imply (closed pairs) and by B³
/// (Bagga and Baldwin 1998). Shares run from 0 to 1, higher is better; a share of nothing is 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Pairs that are together in the truth.
    pub true_pairs: u64,
    /// Pairs that are together in the clustering.
    pub found_pairs: u64,
    /// Pairs that are together in both.
    pub correct_pairs: u64,
    /// Over records: the mean share of a record's cluster that belongs with it.
    pub b_cubed_precision: f64,
    /// Over records: the mean share of what belongs with a record that is in its cluster.
    pub b_cubed_recall: f64,
}

impl Evaluation {
    /// Compares a clustering with the truth. Each record is given as its cluster and its true party.
    ///
    /// ```
    /// use onefold_identity::Evaluation;
    ///
    /// let found = Evaluation::of([(0, "ada"), (0, "ada"), (0, "bob"), (1, "bob")]);
    /// assert_eq!((found.correct_pairs, found.found_pairs, found.true_pairs), (1, 3, 2));
    /// assert_eq!(found.f1(), 0.4);
    /// ```
    pub fn of<C: Ord + Clone, T: Ord + Clone>(records: impl IntoIterator<Item = (C, T)>) -> Self {
        let mut clusters: BTreeMap<C, u64> = BTreeMap::new();
        let mut truths: BTreeMap<T, u64> = BTreeMap::new();
        let mut both: BTreeMap<(C, T), u64> = BTreeMap::new();
        let mut count = 0_u64;
        for (cluster, truth) in records {
            count += 1;
            *clusters.entry(cluster.clone()).or_default() += 1;
            *truths.entry(truth.clone()).or_default() += 1;
            *both.entry((cluster, truth)).or_default() += 1;
        }
        let pairs = |sizes: &mut dyn Iterator<Item = &u64>| sizes.map(|n| n * (n - 1) / 2).sum::<u64>();
        let mean = |against: &dyn Fn(&(C, T)) -> u64| {
            let sum: f64 = both.iter().map(|(key, n)| (*n * *n) as f64 / against(key) as f64).sum();
            if count == 0 { 1.0 } else { sum / count as f64 }
        };
        Self {
            true_pairs: pairs(&mut truths.values()),
            found_pairs: pairs(&mut clusters.values()),
            correct_pairs: pairs(&mut both.values()),
            b_cubed_precision: mean(&|(cluster, _)| clusters.get(cluster).copied().unwrap_or(1)),
            b_cubed_recall: mean(&|(_, truth)| truths.get(truth).copied().unwrap_or(1)),
        }
    }

    /// Share of the found pairs that are true.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.correct_pairs, self.found_pairs)
    }

    /// Share of the true pairs that are found.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.correct_pairs, self.true_pairs)
    }

    /// The harmonic mean of precision and recall over closed pairs.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.correct_pairs, self.found_pairs + self.true_pairs)
    }

    /// The harmonic mean of B³ precision and recall.
    #[must_use]
    pub fn b_cubed_f1(&self) -> f64 {
        let (p, r) = (self.b_cubed_precision, self.b_cubed_recall);
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
