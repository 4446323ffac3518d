//! The threshold that is expected to give the best clusters, chosen without labels.

use onefold_fact::Silent;

use crate::decision::Decisions;
use crate::link::Linker;
use crate::weigh::Model;

/// The thresholds that are tried, the usual one first.
const TRIED: [f64; 7] = [0.5, 0.3, 0.7, 0.1, 0.9, 0.03, 0.97];

impl Linker<'_> {
    /// A model with the threshold, of seven from .03 to .97, under which the clusters are expected to have the highest F1
    /// over closed pairs, as [`estimate`](Self::estimate) expects it. Of equals the one nearest to one half is taken. It
    /// costs seven clusterings with their estimates, and believes the model: where that is too sure of itself, so is the
    /// choice.
    ///
    /// ```
    /// use onefold_fact::{Kind, Silent};
    /// use onefold_identity::{Column, Decisions, Linker, Records};
    ///
    /// let mut builder = Records::builder(vec![Column::new("name", Kind::FullName), Column::new("email", Kind::Email)]);
    /// for row in [["Robert Allen", "bob.allen@x.io"], ["Bob Allen", "bob.allen@x.io"], ["Ada Byron", "ada@y.io"]] {
    ///     builder.push(row.into_iter().enumerate());
    /// }
    /// let records = builder.finish();
    /// let linker = Linker::new(&records, &mut Silent);
    /// let model = linker.with_best_threshold(linker.expected().clone(), &Decisions::default());
    /// assert!((0.03..=0.97).contains(&model.threshold()));
    /// ```
    #[must_use]
    pub fn with_best_threshold(&self, model: Model, decisions: &Decisions) -> Model {
        let (mut best, mut highest) = (model.clone(), f64::NEG_INFINITY);
        for threshold in TRIED {
            let tried = model.clone().with_threshold(threshold);
            let linkage = self.link(&tried, decisions, &mut Silent);
            let f1 = self.expected_f1(&tried, &linkage);
            if f1 > highest {
                (best, highest) = (tried, f1);
            }
        }
        best
    }
}
