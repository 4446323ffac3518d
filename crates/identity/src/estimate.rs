//! [`Estimate`]: how good a clustering is likely to be, where there is no truth.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::candidates::{Candidate, Candidates};
use crate::cluster::{Belief, MOST_AGAINST, limited};
use crate::compare::{Memos, levels};
use crate::link::Linkage;
use crate::records::Records;
use crate::weigh::{Model, Weights};

/// How good a clustering is likely to be over closed pairs, as [`Evaluation`](crate::Evaluation) measures it where the
/// truth is known: what the model itself expects.
///
/// Each pair counts by how probable it is that the two are one party, given the evidence of all pairs of its cluster,
/// and not only its own. Records that could as well be in another cluster, or alone, count in part as pairs that are
/// missed; so do clusters that might be one; and so does the share of the matches that no blocking key finds.
///
/// The intervals cover chance, how the pairs that are left open might fall, and how far pairs of one cluster repeat each
/// other, which nothing in the data tells. They do not cover that the model is wrong. Fields that depend on each other
/// make a model too sure of itself, values that mislead everywhere mislead it too, the weights themselves are taken as
/// known, and matches that no key considered would find are not counted. So the truth can lie outside, to either side;
/// `docs/accuracy.md` shows estimates beside the truth.
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
/// let linkage = linker.link(linker.expected(), &Decisions::default(), &mut Silent);
/// let estimate = linker.estimate(linker.expected(), &linkage);
/// assert_eq!(estimate.found_pairs, 1);
/// assert!(estimate.f1.value > 0.5 && estimate.f1.low <= estimate.f1.value);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The share of the found pairs that are true.
    pub precision: Estimated,
    /// The share of the true pairs that are found.
    pub recall: Estimated,
    /// The harmonic mean of both.
    pub f1: Estimated,
    /// Pairs that are together in the clustering.
    pub found_pairs: u64,
    /// How many of them are expected to be true.
    pub correct_pairs: f64,
    /// True pairs that are expected between clusters, among records that were compared.
    pub missed_pairs: f64,
    /// True pairs that are expected between clusters, among records that no key brought together.
    pub missed_by_keys: f64,
}

/// A share from 0 to 1 with the interval that holds it in 95 of 100 cases, were the model right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimated {
    /// What is expected.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimated {
    fn of(value: f64, variance: f64) -> Self {
        let reach = QUANTILE * variance.sqrt();
        Self { value, low: (value - reach).clamp(0.0, 1.0), high: (value + reach).clamp(0.0, 1.0) }
    }
}

/// Standard deviations to either side that hold 95 % of a normal distribution.
const QUANTILE: f64 = 1.96;

/// Evidence against a pair from which it is not looked at, in bits: a thousand of them are less than one match.
const HOPELESS: f64 = -10.0;

/// A number of pairs that is expected, and how much it varies.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Expected {
    pairs: f64,
    variance: f64,
}

impl Expected {
    /// Adds up, smallest first: rounding depends on the order, and the order of rows must not show.
    fn sum(mut parts: Vec<Self>) -> Self {
        parts.par_sort_unstable_by(|a, b| a.pairs.total_cmp(&b.pairs).then(a.variance.total_cmp(&b.variance)));
        parts.into_iter().fold(Self::default(), |sum, part| Self {
            pairs: sum.pairs + part.pairs,
            variance: sum.variance + part.variance,
        })
    }

    /// So many pairs that are all true or all none.
    fn together(pairs: f64, probability: f64) -> Self {
        Self { pairs: pairs * probability, variance: pairs * pairs * probability * (1.0 - probability) }
    }
}

impl Estimate {
    pub(crate) fn of(records: &Records, candidates: &Candidates, model: &Model, linkage: &Linkage) -> Self {
        let under = |repeated| Self::under(repeated, records, candidates, model, linkage);
        under(REPEATED).reaching(&REPEATED_FROM_TO.map(under))
    }

    /// The F1 that is expected, without how sure that is.
    pub(crate) fn f1_of(records: &Records, candidates: &Candidates, model: &Model, linkage: &Linkage) -> f64 {
        Self::under(REPEATED, records, candidates, model, linkage).f1.value
    }

    /// What is expected if pairs that speak of one question repeat each other so far.
    fn under(repeated: f64, records: &Records, candidates: &Candidates, model: &Model, linkage: &Linkage) -> Self {
        let (weights, clusters) = (&Weights::of(model), &Clusters::of(records, linkage));
        let within = within(records, weights, clusters, repeated);
        let correct = Expected::sum(within.iter().map(|(expected, _)| *expected).collect());
        let mut held = vec![0.0; records.len()];
        for (members, (_, bits)) in clusters.several.iter().zip(&within) {
            for (member, bits) in members.iter().zip(bits) {
                held[*member as usize] = *bits;
            }
        }
        let missed = across(records, candidates, weights, clusters, &held, repeated);
        let found_pairs = clusters.pairs();
        let missed_by_keys = missed_by_keys(candidates, weights, clusters, linkage, records);
        Self::from(found_pairs, correct, missed, missed_by_keys)
    }

    /// This estimate, its intervals holding those of others.
    fn reaching(self, others: &[Self]) -> Self {
        let reach = |of: fn(&Self) -> Estimated| {
            others.iter().map(of).fold(of(&self), |own, other| Estimated {
                value: own.value,
                low: own.low.min(other.low),
                high: own.high.max(other.high),
            })
        };
        Self {
            precision: reach(|estimate| estimate.precision),
            recall: reach(|estimate| estimate.recall),
            f1: reach(|estimate| estimate.f1),
            ..self
        }
    }

    fn from(found_pairs: u64, correct: Expected, missed: Expected, missed_by_keys: f64) -> Self {
        let found = found_pairs as f64;
        let truth = correct.pairs + missed.pairs + missed_by_keys;
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 1.0 };
        let (precision, recall) = (share(correct.pairs, found), share(correct.pairs, truth));
        let f1 = share(2.0 * correct.pairs, found + truth);
        // How each measure changes with a pair more that is correct, and with a pair more that is missed. What the keys
        // miss varies as counts of rare things do.
        let variance = |by_correct: f64, by_missed: f64, whole: f64| {
            let missed = missed.variance + missed_by_keys;
            (by_correct * by_correct * correct.variance + by_missed * by_missed * missed) / (whole * whole).max(1.0)
        };
        Self {
            precision: Estimated::of(precision, variance(1.0, 0.0, found)),
            recall: Estimated::of(recall, variance(1.0 - recall, recall, truth)),
            f1: Estimated::of(f1, variance(2.0 - f1, f1, found + truth)),
            found_pairs,
            correct_pairs: correct.pairs,
            missed_pairs: missed.pairs,
            missed_by_keys,
        }
    }
}

/// The clusters of a linkage.
struct Clusters {
    /// By record; named by the cluster's first.
    of: Vec<u32>,
    /// By record that names a cluster: how many are in it.
    sizes: Vec<u32>,
    /// The clusters of at least two records, in an order of their members that follows from their content.
    several: Vec<Vec<u32>>,
}

impl Clusters {
    /// Records that the linkage does not know are alone.
    fn of(records: &Records, linkage: &Linkage) -> Self {
        let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let known = linkage.clusters().iter().copied().map(Some).chain(std::iter::repeat(None));
        let of: Vec<u32> = (0..count).zip(known).map(|(record, cluster)| cluster.unwrap_or(record)).collect();
        let mut sizes = vec![0_u32; of.len()];
        of.iter().for_each(|cluster| sizes[*cluster as usize] += 1);
        let mut several: Vec<Vec<u32>> = linkage.members();
        several.iter_mut().for_each(|members| members.retain(|record| *record < count));
        several.retain(|members| members.len() > 1);
        several.par_iter_mut().for_each(|members| members.sort_unstable_by_key(|record| records.fingerprint(*record)));
        Self { of, sizes, several }
    }

    fn size(&self, cluster: u32) -> f64 {
        f64::from(self.sizes[cluster as usize])
    }

    /// The pairs that the clusters imply.
    fn pairs(&self) -> u64 {
        self.several.iter().map(|members| members.len() as u64 * (members.len() as u64 - 1) / 2).sum()
    }
}

/// By cluster of several: how many of its pairs are true, and what holds each member in it.
fn within(records: &Records, weights: &Weights, clusters: &Clusters, repeated: f64) -> Vec<(Expected, Vec<f64>)> {
    let of = |memos: &mut Memos, members: &Vec<u32>| {
        let share = weight_of_each(members.len() as f64 - 1.0, repeated);
        let mut weigh = |i: usize, j: usize| {
            let bits = weights.score(levels(records, members[i], members[j], memos)).weight().bits();
            // Nothing else speaks of a pair that is alone, so what is against it is not limited.
            if members.len() == 2 { bits.min(limited(f64::MAX)) } else { limited(bits) * share }
        };
        let belief = Belief::of(members.len(), &mut weigh);
        let pairs = belief.pairs.iter().sum();
        // Errors of one cluster come together: at worst all of them do.
        let deviation: f64 = belief.pairs.iter().map(|p| (p * (1.0 - p)).max(0.0).sqrt()).sum();
        (Expected { pairs, variance: deviation * deviation }, belief.held)
    };
    let chunks = clusters.several.par_chunks(256);
    let parts = chunks.map_init(|| Memos::new(records), |memos, chunk| chunk.iter().map(|c| of(memos, c)).collect());
    let parts: Vec<Vec<(Expected, Vec<f64>)>> = parts.collect();
    parts.into_iter().flatten().collect()
}

/// A pair between two clusters, as one of its records sees it.
#[derive(Debug, Clone, Copy)]
struct Across {
    record: u32,
    /// The cluster of the other.
    to: u32,
    bits: f64,
}

/// The evidence of some pairs of two sides that have so many in all. Pairs that were not compared, or are hopeless,
/// speak against it as much as one pair can; what the best pair says beyond that limit counts once.
fn between(bits: impl Iterator<Item = f64>, pairs: f64, repeated: f64) -> f64 {
    let (sum, count, best) = bits.fold((0.0, 0.0, f64::MIN), |(sum, count, best), bits| {
        (sum + limited(bits), count + 1.0, f64::max(best, bits))
    });
    (sum - MOST_AGAINST * (pairs - count)) * weight_of_each(pairs, repeated) + (best + MOST_AGAINST).min(0.0)
}

/// What each of several pairs weighs that speak of one question. Records of one party repeat each other, with what is
/// wrong in them, so pairs are not independent: their effective number is n / (1 + (n − 1) ρ) (Kish 1965).
fn weight_of_each(pairs: f64, repeated: f64) -> f64 {
    1.0 / (1.0 + (pairs - 1.0) * repeated)
}

/// How far pairs that speak of one question repeat each other: ρ.
const REPEATED: f64 = 0.5;

/// Nothing in the data tells ρ, so intervals hold what is expected from the one to the other.
const REPEATED_FROM_TO: [f64; 2] = [0.25, 0.75];

/// How many true pairs are between clusters, among the pairs that were compared: a record may belong to another cluster
/// than its own, and two clusters of several may be one.
fn across(
    records: &Records,
    candidates: &Candidates,
    weights: &Weights,
    clusters: &Clusters,
    held: &[f64],
    repeated: f64,
) -> Expected {
    let comparisons = records.comparisons();
    let possible = |candidate: &Candidate| {
        let (of_a, of_b) = (clusters.of[candidate.a as usize], clusters.of[candidate.b as usize]);
        if of_a == of_b {
            return None;
        }
        let slots = || candidate.pattern.slots(comparisons.len());
        let bits = weights.score(slots()).weight().bits();
        let forbidden = || comparisons.iter().zip(slots()).any(|(c, slot)| c.comparator.forbids(slot));
        (bits > HOPELESS && !forbidden()).then_some((candidate.a, candidate.b, bits))
    };
    let pairs: Vec<(u32, u32, f64)> = candidates.pairs().par_iter().filter_map(possible).collect();
    let mut sides: Vec<Across> = pairs
        .iter()
        .flat_map(|(a, b, bits)| {
            let side = |record: u32, other: u32| Across { record, to: clusters.of[other as usize], bits: *bits };
            [side(*a, *b), side(*b, *a)]
        })
        .collect();
    sides.par_sort_unstable_by(|x, y| (x.record, x.to).cmp(&(y.record, y.to)).then(x.bits.total_cmp(&y.bits)));
    let mut expected: Vec<Expected> = Vec::new();
    for moves in sides.chunk_by(|x, y| x.record == y.record) {
        let Some(first) = moves.first() else { continue };
        // It stays, it is alone, or it goes to one of the others.
        let held = held[first.record as usize];
        let alone = clusters.size(clusters.of[first.record as usize]) < 2.0;
        let stays = if alone { 1.0 } else { 1.0 + held.min(MOST_BITS).exp2() };
        let odds = |to: &[Across]| {
            let size = clusters.size(to[0].to);
            let odds = between(to.iter().map(|pair| pair.bits), size, repeated).min(MOST_BITS).exp2();
            // Two records alone see each other from both sides; the pair is one.
            (odds, if alone && size < 2.0 { 0.5 } else { size })
        };
        let mut odds: Vec<(f64, f64)> = moves.chunk_by(|x, y| x.to == y.to).map(odds).collect();
        // The smallest first, not the first cluster first: the order of rows must not show in what is added up.
        odds.sort_unstable_by(|x, y| x.0.total_cmp(&y.0));
        let all: f64 = stays + odds.iter().map(|(odds, _)| odds).sum::<f64>();
        expected.extend(odds.into_iter().map(|(odds, pairs)| Expected::together(pairs, odds / all)));
    }
    let mut wholes: Vec<(u32, u32, f64)> = pairs
        .iter()
        .map(|(a, b, bits)| {
            let (of_a, of_b) = (clusters.of[*a as usize], clusters.of[*b as usize]);
            (of_a.min(of_b), of_a.max(of_b), *bits)
        })
        .filter(|(a, b, _)| clusters.size(*a) > 1.0 && clusters.size(*b) > 1.0)
        .collect();
    wholes.par_sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(x.2.total_cmp(&y.2)));
    for whole in wholes.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
        let pairs = clusters.size(whole[0].0) * clusters.size(whole[0].1);
        let bits = between(whole.iter().map(|pair| pair.2), pairs, repeated);
        expected.push(Expected::together(pairs, 1.0 / (1.0 + (-bits).exp2())));
    }
    Expected::sum(expected)
}

/// Bits beyond which something is certain; keeps powers of two finite.
const MOST_BITS: f64 = 500.0;

/// How many true pairs no key brought together and no other record joined: as many for each match that was compared
/// as the keys are estimated to miss, unless others would join them, as in larger clusters they nearly always do.
fn missed_by_keys(
    candidates: &Candidates,
    weights: &Weights,
    clusters: &Clusters,
    linkage: &Linkage,
    records: &Records,
) -> f64 {
    let Some(recall) = linkage.report().blocking_recall.filter(|recall| *recall > 0.0) else { return 0.0 };
    let comparisons = records.comparisons().len();
    let alone = |candidate: &&Candidate| {
        let (of_a, of_b) = (clusters.of[candidate.a as usize], clusters.of[candidate.b as usize]);
        of_a == of_b && clusters.size(of_a) < 3.0
    };
    let probable = |candidate: &Candidate| weights.score(candidate.pattern.slots(comparisons)).weight().probability();
    let mut alone: Vec<f64> = candidates.pairs().par_iter().filter(alone).map(probable).collect();
    alone.par_sort_unstable_by(f64::total_cmp);
    alone.into_iter().sum::<f64>() * (1.0 - recall) / recall
}
