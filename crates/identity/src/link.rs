//! [`link`]: from records to parties.

use onefold_fact::Progress;

use crate::block::{Blocks, PassReport, default_keys};
use crate::cluster::{Edge, cluster};
use crate::decision::Decisions;
use crate::records::Records;
use crate::weigh::{Model, Scorer};

/// Which records are one party.
#[derive(Debug, Clone, PartialEq)]
pub struct Linkage {
    cluster: Vec<u32>,
    report: LinkageReport,
}

/// What linking did.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LinkageReport {
    /// Records that were linked.
    pub records: usize,
    /// Pairs of records that were compared.
    pub candidate_pairs: u64,
    /// Pairs with more evidence for one party than against it.
    pub matching_pairs: usize,
    /// Parties found.
    pub clusters: usize,
    /// What each blocking key gave.
    pub passes: Vec<PassReport>,
}

impl Linkage {
    /// By record, in the order in which they were added: its cluster, named by the position of the cluster's first
    /// record.
    #[must_use]
    pub fn clusters(&self) -> &[u32] {
        &self.cluster
    }

    /// The members of each cluster, by position.
    #[must_use]
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); self.cluster.len()];
        for (record, of) in (0_u32..).zip(&self.cluster) {
            if let Some(members) = members.get_mut(*of as usize) {
                members.push(record);
            }
        }
        members.retain(|members| !members.is_empty());
        members
    }

    /// What linking did.
    #[must_use]
    pub fn report(&self) -> &LinkageReport {
        &self.report
    }
}

/// Links records under a model. The result depends on the set of records only, not on their order and not on the
/// number of threads.
///
/// ```
/// use onefold_fact::{Kind, Silent};
/// use onefold_identity::{Column, Decisions, Model, Records, link};
///
/// let mut builder = Records::builder(vec![
///     Column::new("first_name", Kind::GivenName),
///     Column::new("surname", Kind::FamilyName),
///     Column::new("dob", Kind::BirthDate),
/// ]);
/// for row in [["Robert", "Allen", "1971-05-24"], ["Bob", "Allen", "1971-05-24"], ["Ada", "Byron", "1815-12-10"]] {
///     builder.push(row.into_iter().enumerate());
/// }
/// let records = builder.finish();
/// let linkage = link(&records, &Model::untrained(&records), &Decisions::default(), &mut Silent);
/// assert_eq!(linkage.clusters(), [0, 0, 2]);
/// ```
pub fn link(records: &Records, model: &Model, decisions: &Decisions, progress: &mut dyn Progress) -> Linkage {
    let scorer = Scorer::new(records, model);
    progress.begin("blocking", None);
    let blocks = Blocks::of(records, &default_keys(records.layout()));
    progress.begin("comparing", None);
    let memos = || scorer.memos();
    let (edges, candidate_pairs) = blocks.pairs(memos, |memos, a, b| {
        let weight = scorer.score(records, a, b, memos).weight();
        (weight.bits() > 0.0).then_some(Edge { a, b, weight })
    });
    progress.begin("clustering", None);
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    let weight = |memos: &mut Vec<_>, a, b| scorer.score(records, a, b, memos).weight().bits();
    let fingerprint = |record| records.fingerprint(record);
    let cluster = cluster(count, &edges, decisions, memos, weight, fingerprint);
    let clusters = cluster.iter().zip(0_u32..).filter(|(of, record)| **of == *record).count();
    let report = LinkageReport {
        records: records.len(),
        candidate_pairs,
        matching_pairs: edges.len(),
        clusters,
        passes: blocks.reports(),
    };
    Linkage { cluster, report }
}
