//! [`Model`]: all that scoring needs, as plain data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::chance::among_strangers;
use super::rarity::{Rarities, Rarity};
use super::train::Seen;
use super::{near, order};
use crate::block::usual_keys;
use crate::compare::level::{BINS, LEVELS};
use crate::compare::{Kinship, Level, NameLevels, NamePart};
use crate::records::{Comparator, Comparison, Records, Terms};

/// What a pair of records can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Two records of one party.
    Match,
    /// Two records of strangers, which agree by chance.
    Random,
    /// Two records of two people of one family.
    Relatives,
    /// Two records of two people who happen to have one name.
    Namesakes,
}

/// All that finding and weighing pairs needs, frozen: the blocking keys, the prior share of each class, for each
/// comparison how often each class agrees at each level, and how frequent values are.
///
/// It is made by a [`Linker`](crate::Linker), trained or not. It names a value only where at least five of the records
/// that it was made from hold it under five different names; other frequent values stand in it as hashes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The version of this form.
    version: u32,
    /// Least probability of a match.
    threshold: f64,
    /// How many pairs in all pairs are matches: λ.
    lambda: f64,
    /// How many pairs in all pairs are relatives.
    relatives: f64,
    /// How many pairs in all pairs are namesakes; 0 where the data do not show them.
    namesakes: f64,
    comparisons: Vec<ComparisonModel>,
    /// The blocking keys: which records are compared.
    keys: Vec<String>,
    /// How frequent values are. Shared: training makes a model in every round.
    terms: Arc<Terms>,
}

/// One comparison of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonModel {
    name: String,
    /// Why relatives agree in it.
    kinship: Kinship,
    /// Whether namesakes agree in it because of their names.
    by_name: bool,
    levels: Vec<LevelModel>,
}

/// One level of a comparison, in one bin of rarity where the level has such.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelModel {
    /// The level, best first.
    pub level: usize,
    /// What the level means.
    pub name: String,
    /// The bin of rarity: 0 for a value that a quarter of the records hold, then two bits a bin.
    pub bin: usize,
    /// Probability of this level in a match.
    pub m: f64,
    /// Probability of this level in a pair of strangers.
    pub u: f64,
    /// Probability of this level in a pair of relatives.
    pub relatives: f64,
    /// Probability of this level in a pair of namesakes.
    pub namesakes: f64,
}

impl Model {
    /// The model before any training. λ and the share of relatives are 1 / (n − 1): each record is expected to have
    /// one further record of its party among the n, and one of a relative. Few records are taken for a part of a
    /// hundred.
    pub(crate) fn untrained(records: &Records) -> Self {
        let per_record = 1.0 / f64::max(records.len() as f64 - 1.0, FEWEST);
        let kin = records.layout().given().is_some();
        let rarities = Rarities::of(records);
        let mut comparisons: Vec<_> = records.comparisons().iter().map(|c| untrained(records, c, &rarities)).collect();
        if let ([alone], [comparison]) = (comparisons.as_mut_slice(), records.comparisons())
            && let Some(field) = comparison.comparator.pointing()
        {
            alone.expect_chance(records.layout().chances()[field]);
        }
        Self {
            version: VERSION,
            threshold: 0.5,
            lambda: per_record,
            relatives: if kin { per_record } else { 0.0 },
            namesakes: 0.0,
            comparisons,
            keys: Vec::new(),
            terms: Terms::of(records).into(),
        }
    }

    /// This model with the keys that were chosen.
    pub(crate) fn with_keys(self, keys: Vec<String>) -> Self {
        Self { keys, ..self }
    }

    /// This model with the keys that are good for whatever records come, beside its own: for a model of few records,
    /// whose keys are those that these few need. `records` are those that it was made from.
    #[must_use]
    pub fn with_usual_keys(mut self, records: &Records) -> Self {
        for key in usual_keys(records.layout()) {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
        self
    }

    /// The blocking keys, by what of a record they are made of. Records that share one are compared.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// This model taking pairs for matches from this probability on; between 0 and 1, without either.
    #[must_use]
    pub fn with_threshold(mut self, probability: f64) -> Self {
        self.threshold = probability.clamp(LEAST_THRESHOLD, 1.0 - LEAST_THRESHOLD);
        self
    }

    /// The probability from which a pair is a match.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The share of a class among all pairs.
    #[must_use]
    pub fn prior(&self, class: Class) -> f64 {
        match class {
            Class::Match => self.lambda,
            Class::Random => f64::max(1.0 - self.lambda - self.relatives - self.namesakes, f64::MIN_POSITIVE),
            Class::Relatives => self.relatives,
            Class::Namesakes => self.namesakes,
        }
    }

    /// This model with what was learned in place of what was expected. What relatives agree in by chance only is not
    /// learned: a class of relatives who agree in their given names and birth dates would be a class of matches.
    pub(super) fn learn(&self, seen: &Seen<'_>) -> Self {
        let Seen { total, matches, relatives, namesakes, .. } = seen;
        let mut learned = self.clone();
        learned.lambda = share(matches.pairs, *total);
        learned.relatives = if self.relatives > 0.0 { share(relatives.pairs, *total) } else { 0.0 };
        learned.namesakes = if self.namesakes > 0.0 { share(namesakes.pairs, *total) } else { 0.0 };
        for (at, (comparison, expected)) in learned.comparisons.iter_mut().zip(&self.comparisons).enumerate() {
            let m = matches.probabilities(at, &expected.levels, |level| level.m);
            let kin: Vec<f64> = match expected.kinship {
                Kinship::Shared => relatives.probabilities(at, &expected.levels, |level| level.relatives).collect(),
                Kinship::Names => seen.by_family(at, &expected.levels),
                Kinship::Perhaps | Kinship::Rarely { .. } => Vec::new(),
            };
            let alike = namesakes.probabilities(at, &expected.levels, |level| level.namesakes);
            for ((level, m), alike) in comparison.levels.iter_mut().zip(m).zip(alike) {
                level.u = seen.by_chance(at, level);
                level.m = m;
                level.namesakes = if expected.by_name { alike } else { level.u };
            }
            match expected.kinship {
                Kinship::Perhaps => comparison.mix(relatives.share(at, &comparison.levels)),
                Kinship::Rarely { share } => comparison.mix(share),
                Kinship::Shared | Kinship::Names => {
                    comparison.levels.iter_mut().zip(kin).for_each(|(level, kin)| level.relatives = kin);
                }
            }
            if expected.kinship == Kinship::Shared {
                comparison.levels.chunk_by_mut(|a, b| a.level == b.level).for_each(share_as_matches);
            }
        }
        learned
    }

    /// This model expecting namesakes: as many as matches, who agree in their names as those do, and in the rest by
    /// chance.
    pub(super) fn with_namesakes(&self) -> Self {
        let mut model = self.clone();
        model.namesakes = model.lambda;
        for comparison in &mut model.comparisons {
            let by_name = comparison.by_name;
            comparison.levels.iter_mut().for_each(|level| level.namesakes = if by_name { level.m } else { level.u });
        }
        model
    }

    /// Whether namesakes could be told from matches: by names that agree while two other comparisons or more, which say
    /// much of matches, do not. With less, a class of namesakes would be a class of matches.
    pub(super) fn could_tell_namesakes(&self) -> bool {
        let named = self.comparisons.iter().any(|comparison| comparison.by_name && comparison.divergence() >= TELLING);
        let others = self.comparisons.iter().filter(|comparison| !comparison.by_name);
        named && others.filter(|comparison| comparison.divergence() >= TELLING).count() >= 2
    }

    /// This model with another λ and other probabilities in matches, brought to a sum of one.
    #[cfg(test)]
    pub(super) fn with_matches(&self, lambda: f64, m: impl Fn(usize, &LevelModel) -> f64) -> Self {
        let mut other = self.clone();
        other.lambda = lambda;
        for (at, comparison) in other.comparisons.iter_mut().enumerate() {
            comparison.levels.iter_mut().for_each(|level| level.m = m(at, level));
            let sum: f64 = comparison.levels.iter().map(|level| level.m).sum();
            comparison.levels.iter_mut().for_each(|level| level.m /= sum);
        }
        other
    }

    /// This model expecting strangers to have equal values as often as any two records do under `truth`, which is what
    /// frequencies of values say.
    #[cfg(test)]
    pub(super) fn expecting_frequencies_of(&self, truth: &Self) -> Self {
        let mut other = self.clone();
        for (comparison, truth_of) in other.comparisons.iter_mut().zip(&truth.comparisons) {
            let equal = comparison.levels.iter_mut().zip(&truth_of.levels).filter(|(level, _)| level.level == 0);
            for (level, truth_of) in equal {
                level.u = truth_of.u * (1.0 - truth.lambda) + truth_of.m * truth.lambda;
            }
        }
        other
    }

    /// This model with its weights in order: to agree better, or on a rarer value, is not worth less.
    pub(super) fn monotone(mut self, comparators: &[Comparator]) -> Self {
        for (comparison, comparator) in self.comparisons.iter_mut().zip(comparators) {
            order::restore(&mut comparison.levels, *comparator);
        }
        self
    }

    /// The largest difference of any probability.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let levels = |model: &Self| -> Vec<[f64; 3]> {
            let levels = model.comparisons.iter().flat_map(|comparison| &comparison.levels);
            levels.map(|level| [level.m, level.relatives, level.namesakes]).collect()
        };
        let priors = |model: &Self| [model.lambda, model.relatives, model.namesakes];
        let (ours, others) = (levels(self), levels(other));
        let pairs = ours.iter().flatten().zip(others.iter().flatten());
        // Shares are small, so their changes count in proportion to all of them.
        let all: f64 = priors(self).iter().sum();
        let prior = priors(self).into_iter().zip(priors(other)).map(|(a, b)| (a - b).abs() / f64::max(all, FLOOR));
        pairs.map(|(a, b)| (a - b).abs()).chain(prior).fold(0.0, f64::max)
    }

    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// The comparisons.
    #[must_use]
    pub fn comparisons(&self) -> &[ComparisonModel] {
        &self.comparisons
    }
}

impl LevelModel {
    /// Its position in a table of weights.
    pub(super) fn slot(&self) -> usize {
        self.level * BINS + self.bin
    }
}

impl ComparisonModel {
    /// What is compared.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The levels, best first.
    #[must_use]
    pub fn levels(&self) -> &[LevelModel] {
        &self.levels
    }

    /// Lets this share of relatives agree as one party does, and the others by chance.
    fn mix(&mut self, share: f64) {
        self.levels.iter_mut().for_each(|level| level.relatives = share * level.m + (1.0 - share) * level.u);
    }

    /// Lets strangers agree in a value no more often than by this chance. The frequencies of values count all pairs that
    /// agree; where nothing else is compared, nothing tells which of them are of one party.
    fn expect_chance(&mut self, chance: f64) {
        let equal = || self.levels.iter().filter(|level| level.level == 0);
        let factor = f64::min(chance / equal().map(|level| level.u).sum::<f64>(), 1.0);
        for level in self.levels.iter_mut().filter(|level| level.level == 0) {
            level.u = f64::max(level.u * factor, FLOOR);
        }
    }

    /// How far matches are from strangers in what is known of them: the Kullback–Leibler divergence, in bits.
    fn divergence(&self) -> f64 {
        let sum = |of: fn(&LevelModel) -> f64| -> f64 { self.levels.iter().map(of).sum() };
        let (matches, strangers) = (sum(|level| level.m), sum(|level| level.u));
        let of = |level: &LevelModel| {
            let (m, u) = (level.m / matches, level.u / strangers);
            m * (m / u).log2()
        };
        self.levels.iter().map(of).sum()
    }

    /// The levels by slot; a slot without a level is even between all classes.
    pub(super) fn slots(&self) -> Vec<LevelModel> {
        let even = LevelModel { level: 0, name: String::new(), bin: 0, m: 1.0, u: 1.0, relatives: 1.0, namesakes: 1.0 };
        let mut slots = vec![even; LEVELS * BINS];
        for level in &self.levels {
            if let Some(slot) = slots.get_mut(level.slot()) {
                *slot = level.clone();
            }
        }
        slots
    }
}

/// The version of the written form.
pub(super) const VERSION: u32 = 3;

/// Least threshold: evidence of 30 bits against a match.
const LEAST_THRESHOLD: f64 = 1e-9;

/// Bits from which on a comparison says much of matches: one stranger in eight agrees as they do.
const TELLING: f64 = 3.0;

/// The share of relatives that agrees as one party does, before any is known.
pub(super) const PERHAPS: f64 = 0.5;

/// Records that a smaller number is taken for.
const FEWEST: f64 = 100.0;

/// A share of all pairs, never nothing.
pub(super) fn share(pairs: f64, total: f64) -> f64 {
    f64::clamp(pairs / f64::max(total, 1.0), FLOOR * FLOOR, 0.5)
}

/// Least probability of a level: nothing is impossible, and no zero sticks.
const FLOOR: f64 = 1e-9;

fn untrained(records: &Records, comparison: &Comparison, rarities: &Rarities) -> ComparisonModel {
    let comparator = comparison.comparator;
    let specs = comparator.levels();
    let mut levels = Vec::new();
    let chance = among_strangers(records, comparator);
    let parts = match comparator {
        Comparator::Name(fields) => Some(NamePart::both(fields).map(|part| near::measure(records, part, rarities))),
        _ => None,
    };
    for (level, spec) in specs.iter().enumerate() {
        let first = levels.len();
        match comparator.rarity(level) {
            None => levels.push(plain(level, spec)),
            Some(by) => {
                let rarity = rarities.by(by);
                let rarity = chance.map_or(rarity, |chance| rarity.of_chance(chance));
                levels.extend(by_rarity(comparator, level, spec, rarity));
            }
        }
        if let Some(([given, family], of)) = parts.as_ref().zip(NameLevels::of(level)) {
            let chance = near::joint(given, family, &of);
            levels.iter_mut().skip(first).for_each(|level| level.u = f64::max(chance[level.bin], FLOOR));
        }
        let presence = comparator.presence(records, level);
        for level in levels.iter_mut().skip(first) {
            [&mut level.m, &mut level.u, &mut level.relatives, &mut level.namesakes]
                .into_iter()
                .for_each(|probability| *probability = f64::max(*probability * presence, FLOOR));
        }
    }
    ComparisonModel {
        name: comparison.name.clone(),
        kinship: comparator.kinship(),
        by_name: comparator.follows_from_the_name(),
        levels,
    }
}

/// Shares what relatives agree at a level out among the bins of rarity as matches do. Of a house that many live in, mailbox
/// and telephone are frequent too: each by itself would say relatives for the same reason.
fn share_as_matches(bins: &mut [LevelModel]) {
    let sum = |of: fn(&LevelModel) -> f64| bins.iter().map(of).sum::<f64>();
    let (matches, relatives) = (sum(|bin| bin.m), sum(|bin| bin.relatives));
    bins.iter_mut().for_each(|bin| bin.relatives = relatives * bin.m / matches);
}

fn plain(level: usize, spec: &Level) -> LevelModel {
    let Level { name, m, u, relatives, .. } = *spec;
    LevelModel { level, name: name.to_owned(), bin: 0, m, u, relatives, namesakes: u }
}

fn by_rarity(comparator: Comparator, level: usize, spec: &Level, rarity: Rarity) -> impl Iterator<Item = LevelModel> {
    let kinship = comparator.kinship() == Kinship::Shared;
    let Level { name, m, u, relatives, .. } = *spec;
    (0..BINS).map(move |bin| {
        let share = rarity.share[bin];
        let chance = f64::clamp(rarity.agreement[bin] * u, FLOOR, 0.5);
        LevelModel {
            level,
            name: name.to_owned(),
            bin,
            m: f64::max(m * share, FLOOR),
            u: chance,
            namesakes: chance,
            // What kin share, they share whatever its frequency; in the rest they agree by chance, or by the habit
            // of the family.
            relatives: f64::max(if kinship { relatives * share } else { chance + relatives * share }, FLOOR),
        }
    })
}
