//! [`Linker`]: from records to parties.

use onefold_fact::Progress;

use rayon::prelude::*;

use crate::block::PassReport;
use crate::candidates::{Candidate, Candidates, random};
use crate::cluster::{Cut, Edge, JOINED, Verdict, cluster};
use crate::compare::level::{ONE_MISSING, level};
use crate::compare::{Memos, levels};
use crate::decision::Decisions;
use crate::estimate::Estimate;
use crate::explain::Explanation;
use crate::records::Records;
use crate::refusal::Refusal;
use crate::weigh::{Evidence, MatchWeight, Model, Pattern, Training, Weights, train};

/// Which records are one party.
#[derive(Debug, Clone, PartialEq)]
pub struct Linkage {
    cluster: Vec<u32>,
    report: LinkageReport,
}

/// A pair of records with its evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPair {
    /// The first record, by position.
    pub a: u32,
    /// The second record, by position.
    pub b: u32,
    /// The evidence for one party.
    pub weight: MatchWeight,
}

/// What linking did.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LinkageReport {
    /// Records that were linked.
    pub records: usize,
    /// Pairs of records that were compared.
    pub candidate_pairs: usize,
    /// Pairs with more evidence for one party than against it.
    pub matching_pairs: usize,
    /// Parties found.
    pub clusters: usize,
    /// What was cut because too many records were connected to be one party, if anything was. It is a sign of a value
    /// that many share without being one party, or of a threshold too low.
    pub cut: Option<Cut>,
    /// The estimated share of the matches that the blocking keys find, of those that any key considered would find.
    /// Unknown where a model brought the keys.
    pub blocking_recall: Option<f64>,
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

/// Links the records of one table: finds the pairs that are worth weighing once, and then trains, links and explains on
/// them.
///
/// The result depends on the set of records only, not on their order and not on the number of threads.
///
/// ```
/// use onefold_fact::{Kind, Silent};
/// use onefold_identity::{Column, Decisions, Linker, Records};
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
/// let linker = Linker::new(&records, &mut Silent);
/// let (model, _) = linker.train()?;
/// let linkage = linker.link(&model, &Decisions::default(), &mut Silent);
/// assert_eq!(linkage.clusters(), [0, 0, 2]);
/// # Ok::<(), onefold_identity::Refusal>(())
/// ```
#[derive(Debug)]
pub struct Linker<'a> {
    records: &'a Records,
    /// The model before training here.
    expected: Model,
    candidates: Candidates,
}

impl<'a> Linker<'a> {
    /// Finds the candidate pairs of a table and compares them: by the keys of the model that the table was
    /// [finished under](crate::RecordsBuilder::finish_under), else by keys that it chooses.
    #[must_use]
    pub fn new(records: &'a Records, progress: &mut dyn Progress) -> Self {
        progress.begin("comparing", None);
        if let Some(model) = records.under() {
            return Self { records, expected: model.clone(), candidates: Candidates::by_keys(records, model.keys()) };
        }
        let expected = Model::untrained(records);
        let candidates = Candidates::of(records, &expected);
        let expected = expected.with_keys(candidates.keys());
        Self { records, expected, candidates }
    }

    /// The model before training: the one that the table was finished under. Else λ and the share of relatives are
    /// 1 / (n − 1), each record being expected to have one further record of its party among the n and one of a
    /// relative; how often matches agree is what stands beside each comparison in [`Model::comparisons`]; and how often
    /// strangers do follows from how frequent the values are.
    #[must_use]
    pub fn expected(&self) -> &Model {
        &self.expected
    }

    /// Learns a model from the candidate pairs, without labels, starting from the [`expected`](Self::expected) one.
    ///
    /// # Errors
    /// If the records hold nothing that could tell who is who: any answer would be a guess.
    pub fn train(&self) -> Result<(Model, Training), Refusal> {
        if let Some(refusal) = Refusal::of(self.records) {
            return Err(refusal);
        }
        let count = self.records.len() as f64;
        let pairs = count * (count - 1.0) / 2.0;
        let evidence = Evidence {
            candidates: self.candidates.patterns(self.records),
            random: random(self.records),
            comparators: self.records.comparisons().iter().map(|comparison| comparison.comparator).collect(),
            total: pairs,
        };
        Ok(train(&self.expected, &evidence))
    }

    /// Links the records under a model.
    #[must_use]
    pub fn link(&self, model: &Model, decisions: &Decisions, progress: &mut dyn Progress) -> Linkage {
        let (records, weights) = (self.records, Weights::of(model));
        progress.begin("clustering", None);
        let edges = self.matches(&weights);
        let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let verdict = |memos: &mut Memos, a, b| verdict(records, &weights, memos, a, b);
        let (cluster, cut) =
            cluster(count, &edges, decisions, || Memos::new(records), verdict, |record| records.fingerprint(record));
        let report = LinkageReport {
            records: records.len(),
            candidate_pairs: self.candidates.pairs().len(),
            matching_pairs: edges.len(),
            clusters: cluster.iter().zip(0_u32..).filter(|(of, record)| **of == *record).count(),
            cut,
            blocking_recall: self.candidates.recall(),
            passes: self.candidates.reports(),
        };
        Linkage { cluster, report }
    }

    /// The candidate pairs that are matches under a model, by their records.
    #[must_use]
    pub fn pairs(&self, model: &Model) -> Vec<ScoredPair> {
        let weights = Weights::of(model);
        let mut pairs: Vec<ScoredPair> = self
            .matches(&weights)
            .into_iter()
            .map(|Edge { a, b, weight }| ScoredPair { a, b, weight: weight.beyond(-weights.threshold()) })
            .collect();
        pairs.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
        pairs
    }

    /// The candidate pairs that are matches, with the evidence beyond the threshold.
    fn matches(&self, weights: &Weights) -> Vec<Edge> {
        let comparisons = self.records.comparisons().len();
        let forbidden = |pattern: Pattern| {
            let mut slots = self.records.comparisons().iter().zip(pattern.slots(comparisons));
            slots.any(|(comparison, slot)| comparison.comparator.forbids(slot))
        };
        let weigh = |candidate: &Candidate| {
            let Candidate { a, b, pattern } = *candidate;
            if joins(self.records, pattern) && !forbidden(pattern) {
                return Some(Edge { a, b, weight: MatchWeight(JOINED) });
            }
            let weight = weights.score(pattern.slots(comparisons)).weight().beyond(weights.threshold());
            (weight.bits() > 0.0 && !forbidden(pattern)).then_some(Edge { a, b, weight })
        };
        self.candidates.pairs().par_iter().filter_map(weigh).collect()
    }

    /// How good a linkage of these records is likely to be, from what the model that made it believes of all pairs.
    #[must_use]
    pub fn estimate(&self, model: &Model, linkage: &Linkage) -> Estimate {
        Estimate::of(self.records, &self.candidates, model, linkage)
    }

    /// The F1 that [`estimate`](Self::estimate) expects.
    pub(crate) fn expected_f1(&self, model: &Model, linkage: &Linkage) -> f64 {
        Estimate::f1_of(self.records, &self.candidates, model, linkage)
    }

    /// Takes apart what a model says about two records, numbered in the order in which they were added. `None` if there
    /// is no such record.
    #[must_use]
    pub fn explain(&self, model: &Model, a: u32, b: u32) -> Option<Explanation> {
        Explanation::of(self.records, &self.candidates, model, a, b)
    }
}

/// Whether two records have the same value of an id that joins.
fn joins(records: &Records, pattern: Pattern) -> bool {
    let comparisons = records.comparisons();
    let mut slots = comparisons.iter().zip(pattern.slots(comparisons.len()));
    slots.any(|(comparison, slot)| comparison.joins && level(slot) == 0)
}

/// What is known of a pair, beyond the threshold.
pub(crate) fn verdict(records: &Records, weights: &Weights, memos: &mut Memos, a: u32, b: u32) -> Verdict {
    let comparisons = records.comparisons();
    let pattern = Pattern::of(levels(records, a, b, memos));
    let mut slots = comparisons.iter().zip(pattern.slots(comparisons.len()));
    if records.tell_apart(a, b) || slots.any(|(comparison, slot)| comparison.comparator.forbids(slot)) {
        Verdict::Impossible
    } else if joins(records, pattern) {
        Verdict::Joined
    } else {
        let known = pattern.slots(comparisons.len()).any(|slot| slot < ONE_MISSING);
        let weight = weights.score(pattern.slots(comparisons.len())).weight().beyond(weights.threshold());
        // Of two records that have nothing in common to compare, those between them decide.
        Verdict::Evidence(if known { weight } else { MatchWeight(0.0) })
    }
}
