//! Training without labels: expectation and maximisation over the patterns of the candidate pairs.

use rayon::prelude::*;

use super::model::{LevelModel, Model, PERHAPS, share};
use super::pattern::Pattern;
use super::{Class, Weights};
use crate::compare::Slot;
use crate::compare::level::{ONE_MISSING, SLOTS};
use crate::records::Comparator;

/// How many pairs of a class what is expected beforehand weighs against: with fewer, the expectation says more than the
/// counts. No probability can become zero, or one.
const EXPECTED: f64 = 50.0;

/// Rounds at most. What is expected beforehand holds the solution near where it started, so it is reached soon.
const MOST_ROUNDS: usize = 60;

/// Rounds at most once namesakes are looked for. Their share goes on moving slowly, which hardly changes what is linked
/// (`docs/accuracy.md`).
const ROUNDS_FOR_NAMESAKES: usize = 20;

/// Rounds in which a share is found.
const ROUNDS_FOR_SHARES: usize = 20;

/// Training ends when no probability changes by more than this in a round.
const CONVERGED: f64 = 1e-4;

/// How training went.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Training {
    /// Rounds made.
    pub rounds: usize,
    /// Whether the probabilities had come to rest.
    pub converged: bool,
    /// Distinct patterns of agreement among the candidate pairs.
    pub patterns: usize,
}

/// Pairs of namesakes from which the class is kept: fewer could as well be single matches that agree in nothing else.
const FEWEST_NAMESAKES: f64 = 100.0;

/// What is learned from: how often each pattern of agreement comes up.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// Among the candidate pairs.
    pub(crate) candidates: Vec<(Pattern, f64)>,
    /// Among pairs drawn at random.
    pub(crate) random: Vec<(Pattern, f64)>,
    /// The number of all pairs, candidates or not.
    pub(crate) total: f64,
    /// How records are compared.
    pub(crate) comparators: Vec<Comparator>,
}

/// Learns λ, the shares of relatives and of namesakes, and how often each class agrees at each level. Namesakes are looked
/// for once the rest is known, and kept only where there are some.
///
/// Of one value nothing can be learned: pairs that agree in it may be matches or not, and nothing else tells. What was
/// expected holds then.
pub(crate) fn train(expected: &Model, evidence: &Evidence) -> (Model, Training) {
    if let [Some(_)] = evidence.comparators.iter().map(|comparator| comparator.pointing()).collect::<Vec<_>>()[..] {
        let training = Training { rounds: 0, converged: true, patterns: evidence.candidates.len() };
        return (expected.clone().monotone(&evidence.comparators), training);
    }
    let (mut model, mut training) = fit(expected, expected.clone(), evidence, MOST_ROUNDS);
    if model.could_tell_namesakes() {
        let (with, again) = fit(&expected.with_namesakes(), model.with_namesakes(), evidence, ROUNDS_FOR_NAMESAKES);
        if with.prior(Class::Namesakes) * evidence.total >= FEWEST_NAMESAKES {
            training = Training { rounds: training.rounds + again.rounds, ..again };
            model = with;
        }
    }
    (model.monotone(&evidence.comparators), training)
}

/// Expectation and maximisation from a model on, held near what is expected.
fn fit(expected: &Model, mut model: Model, evidence: &Evidence, rounds: usize) -> (Model, Training) {
    let Evidence { candidates: patterns, random, total, comparators } = evidence;
    let comparisons = model.comparisons().len();
    let mut training = Training { rounds: 0, converged: false, patterns: patterns.len() };
    let mut candidates = Tally::new(comparisons);
    patterns.iter().for_each(|(pattern, count)| candidates.add(pattern.slots(comparisons), *count));
    let named = Named::of(comparators);
    let pairs = named.pairs(random, *total);
    let mut lambdas = [model.prior(Class::Match); 2];
    while training.rounds < rounds && !training.converged {
        training.rounds += 1;
        let weights = Weights::of(&model);
        let beyond = lambdas.map(|lambda| (lambda / model.prior(Class::Match)).log2());
        let shares = |pattern: &Pattern| {
            weights.shares_beyond(pattern.slots(comparisons), beyond[usize::from(named.knows(pattern))])
        };
        let [matches, relatives, namesakes, of_named] = tallies(patterns, comparisons, |pattern| {
            let share = shares(pattern);
            let of_named = if named.knows(pattern) { share.matches } else { 0.0 };
            [share.matches, share.relatives, share.namesakes, of_named]
        });
        let [strangers] = tallies(random, comparisons, |pattern| [shares(pattern).strangers()]);
        lambdas = [share(matches.pairs - of_named.pairs, pairs[0]), share(of_named.pairs, pairs[1])];
        let seen =
            Seen { total: *total, comparators, strangers, candidates: &candidates, matches, relatives, namesakes };
        let learned = expected.learn(&seen);
        training.converged = learned.distance(&model) < CONVERGED;
        model = learned;
    }
    (model, training)
}

/// Which pairs have names on both sides. Where many records have none, such as orders that know their customer by a number,
/// matches are of another share among the pairs with names than among all: none at all, if each customer is there once. Taken
/// for one share, it would be filled with pairs that agree in half a name.
struct Named {
    comparison: Option<usize>,
    comparisons: usize,
}

impl Named {
    fn of(comparators: &[Comparator]) -> Self {
        let comparison = comparators.iter().position(|comparator| matches!(comparator, Comparator::Name(_)));
        Self { comparison, comparisons: comparators.len() }
    }

    fn knows(&self, pattern: &Pattern) -> bool {
        let slot = self.comparison.and_then(|name| pattern.slots(self.comparisons).nth(name));
        slot.is_some_and(|slot| slot < ONE_MISSING)
    }

    /// How many of all pairs have none, and have them, by those that were drawn.
    fn pairs(&self, random: &[(Pattern, f64)], total: f64) -> [f64; 2] {
        let drawn: f64 = random.iter().map(|(_, count)| count).sum();
        let named: f64 = random.iter().filter(|(pattern, _)| self.knows(pattern)).map(|(_, count)| count).sum();
        // A kind of pair of which none was drawn is rare, or there is none.
        let share = f64::clamp(named / drawn.max(1.0), 1.0 / (drawn + 2.0), 1.0 - 1.0 / (drawn + 2.0));
        match self.comparison {
            Some(_) if drawn > 0.0 => [total * (1.0 - share), total * share],
            _ => [total, total],
        }
    }
}

/// Counts patterns by the shares of some classes in them. The parts that are counted side by side are of one size and
/// added up in order, so that the sums do not depend on the number of threads.
fn tallies<const CLASSES: usize>(
    patterns: &[(Pattern, f64)],
    comparisons: usize,
    classes: impl Fn(&Pattern) -> [f64; CLASSES] + Sync,
) -> [Tally; CLASSES] {
    let empty = || [(); CLASSES].map(|()| Tally::new(comparisons));
    let part = |patterns: &[(Pattern, f64)]| {
        let mut tallies = empty();
        for (pattern, count) in patterns {
            for (tally, share) in tallies.iter_mut().zip(classes(pattern)) {
                tally.add(pattern.slots(comparisons), share * count);
            }
        }
        tallies
    };
    let parts: Vec<[Tally; CLASSES]> = patterns.par_chunks(PART).map(part).collect();
    parts.into_iter().fold(empty(), |mut sums, part| {
        sums.iter_mut().zip(part).for_each(|(sum, part)| sum.append(&part));
        sums
    })
}

/// So many patterns are counted in one go.
const PART: usize = 8192;

/// What a round of training has seen.
pub(super) struct Seen<'a> {
    /// The number of all pairs, candidates or not.
    pub(super) total: f64,
    comparators: &'a [Comparator],
    pub(super) candidates: &'a Tally,
    /// Of the pairs drawn at random, those that are strangers.
    pub(super) strangers: Tally,
    pub(super) matches: Tally,
    pub(super) relatives: Tally,
    pub(super) namesakes: Tally,
}

impl Seen<'_> {
    /// How often relatives agree at each level of their names: among those levels that tell how family names agree, as
    /// often as is seen; in all else as expected.
    pub(super) fn by_family(&self, comparison: usize, levels: &[LevelModel]) -> Vec<f64> {
        let mut kin: Vec<f64> = levels.iter().map(|level| level.relatives).collect();
        let Some(comparator) = self.comparators.get(comparison) else { return kin };
        for learned in comparator.family_levels() {
            let of = |level: &LevelModel| learned.contains(&level.level);
            let seen = |level: &LevelModel| self.relatives.slots[comparison][level.slot()];
            let sum = |count: &dyn Fn(&LevelModel) -> f64| -> f64 { levels.iter().filter(|l| of(l)).map(count).sum() };
            let (all, mass) = (sum(&seen), sum(&|level| level.relatives));
            for (kin, level) in kin.iter_mut().zip(levels).filter(|(_, level)| of(level)) {
                *kin = (mass * seen(level) + EXPECTED * level.relatives) / (all + EXPECTED);
            }
        }
        kin
    }

    /// How often strangers agree at a level, given how often any two records are expected to.
    ///
    /// The frequencies of values count all pairs that agree, those of one party among them. Where the candidates hold
    /// nearly all pairs that agree so, the share of strangers among them is known.
    pub(super) fn by_chance(&self, comparison: usize, level: &LevelModel) -> f64 {
        let of = |tally: &Tally| tally.slots[comparison][level.slot()];
        let agree = of(self.candidates);
        let counts_all = self.comparators.get(comparison).is_some_and(|comparator| comparator.counts_all(level.level));
        if !counts_all || agree < COVERED * level.u * self.total {
            // Drawn pairs say how often, unless the level is so rare that hardly any of them came up.
            let drawn = self.strangers.known(comparison);
            return level.u * (of(&self.strangers) + RARE) / (level.u * drawn + RARE);
        }
        let strangers = agree - of(&self.matches) - of(&self.relatives) - of(&self.namesakes);
        level.u * f64::clamp((strangers + 1.0) / (agree + 1.0), LEAST_STRANGERS, 1.0)
    }
}

/// So many pairs drawn at random are what was expected worth.
const RARE: f64 = 10.0;

/// Share of the pairs that agree at a level which must be candidates for them to speak for all.
const COVERED: f64 = 0.8;

/// Least share of strangers among the pairs that agree at a level: keeps what was learned from a few pairs within five
/// bits of what the frequencies say.
const LEAST_STRANGERS: f64 = 1.0 / 32.0;

/// How many pairs of a class show each slot, by comparison; fractions of pairs, since no pair is surely of a class.
pub(super) struct Tally {
    pub(super) pairs: f64,
    slots: Vec<[f64; SLOTS]>,
}

impl Tally {
    fn new(comparisons: usize) -> Self {
        Self { pairs: 0.0, slots: vec![[0.0; SLOTS]; comparisons] }
    }

    fn add(&mut self, slots: impl Iterator<Item = Slot>, pairs: f64) {
        self.pairs += pairs;
        for (tally, slot) in self.slots.iter_mut().zip(slots) {
            tally[usize::from(slot)] += pairs;
        }
    }

    /// Adds the pairs of another part.
    fn append(&mut self, other: &Self) {
        self.pairs += other.pairs;
        let slots = self.slots.iter_mut().flatten().zip(other.slots.iter().flatten());
        slots.for_each(|(sum, part)| *sum += part);
    }

    /// How many pairs it is known of how they agree.
    fn known(&self, comparison: usize) -> f64 {
        self.slots[comparison].iter().take(usize::from(ONE_MISSING)).sum()
    }

    /// The share of these pairs that agree as matches do, where the others do by chance: the most probable one, given
    /// what was expected.
    pub(super) fn share(&self, comparison: usize, levels: &[LevelModel]) -> f64 {
        let seen: Vec<(f64, f64, f64)> =
            levels.iter().map(|level| (self.slots[comparison][level.slot()], level.m, level.u)).collect();
        let all: f64 = seen.iter().map(|(pairs, ..)| pairs).sum();
        let mut share = PERHAPS;
        for _ in 0..ROUNDS_FOR_SHARES {
            let as_matches = |(pairs, m, u): &(f64, f64, f64)| pairs * share * m / (share * m + (1.0 - share) * u);
            share = (seen.iter().map(as_matches).sum::<f64>() + EXPECTED * PERHAPS) / (all + EXPECTED);
        }
        share
    }

    /// How probable each level of a comparison is, given what was expected.
    pub(super) fn probabilities<'a>(
        &'a self,
        comparison: usize,
        levels: &'a [LevelModel],
        expected: impl Fn(&LevelModel) -> f64 + 'a,
    ) -> impl Iterator<Item = f64> + 'a {
        let seen = move |level: &LevelModel| self.slots[comparison][level.slot()];
        let all: f64 = levels.iter().map(seen).sum();
        levels.iter().map(move |level| (seen(level) + EXPECTED * expected(level)) / (all + EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use onefold_fact::Kind;

    use super::*;
    use crate::records::{Column, Records};

    /// A model of three comparisons, and one that differs from it in all that can be learned.
    fn models() -> (Model, Model, Vec<Comparator>) {
        let kinds = [("born", Kind::BirthDate), ("mail", Kind::Email), ("phone", Kind::Phone)];
        let mut builder = Records::builder(kinds.map(|(name, kind)| Column::new(name, kind)).into());
        for n in 0..2000_u32 {
            let born = format!("{}-0{}-1{}", 1950 + n % 50, 1 + n % 9, n % 7);
            builder.push([
                (0, born.as_str()),
                (1, &format!("m{}@x.example", n % 900)),
                (2, &format!("0113{:06}", n % 800)),
            ]);
        }
        let records = builder.finish();
        let comparators = records.comparisons().iter().map(|comparison| comparison.comparator).collect();
        let expected = Model::untrained(&records);
        let truth = expected.with_matches(4.0 * expected.prior(super::super::Class::Match), |comparison, level| {
            // Errors are three times as frequent in the mailbox, and half as frequent in the birth date.
            let exact = level.level == 0;
            match (comparison, exact) {
                (0, true) => level.m * 1.07,
                (0, false) => level.m * 0.5,
                (1, true) => level.m * 0.7,
                (1, false) => level.m * 1.33,
                _ => level.m,
            }
        });
        (expected.expecting_frequencies_of(&truth), truth, comparators)
    }

    /// The number of pairs of each pattern that a model expects among `total`.
    fn patterns(model: &Model, total: f64) -> Vec<(Pattern, f64)> {
        let mut partial: Vec<(Vec<Slot>, [f64; 2])> = vec![(
            Vec::new(),
            [model.prior(super::super::Class::Match) * total, model.prior(super::super::Class::Random) * total],
        )];
        for comparison in model.comparisons() {
            let extend = |(slots, pairs): (Vec<Slot>, [f64; 2])| {
                comparison.levels().iter().map(move |level| {
                    let mut slots = slots.clone();
                    slots.push(Slot::try_from(level.slot()).expect("a slot"));
                    (slots, [pairs[0] * level.m, pairs[1] * level.u])
                })
            };
            partial = partial.into_iter().flat_map(extend).collect();
        }
        partial.into_iter().map(|(slots, [m, u])| (Pattern::of(slots.into_iter()), m + u)).collect()
    }

    /// Catches counts that are not weighed by their class, a λ over the candidates instead of all pairs, and a round
    /// that starts from what was learned rather than from what was expected.
    #[test]
    fn recovers_the_model_that_made_the_pairs() {
        let (expected, truth, comparators) = models();
        let total = 1e9;
        let (learned, training) =
            train(&expected, &Evidence { candidates: patterns(&truth, total), random: Vec::new(), total, comparators });
        assert!(training.converged, "{training:?}");
        let lambda = |model: &Model| model.prior(super::super::Class::Match);
        // The least share of strangers holds λ back a little.
        assert!((lambda(&learned) / lambda(&truth) - 1.0).abs() < 0.05, "{} {}", lambda(&learned), lambda(&truth));
        for (learned, truth) in learned.comparisons().iter().zip(truth.comparisons()) {
            for (learned, truth) in learned.levels().iter().zip(truth.levels()) {
                assert!((learned.m - truth.m).abs() < 0.02, "{}: {} instead of {}", truth.name, learned.m, truth.m);
            }
        }
    }

    /// Catches a rarer value that is worth less than a more frequent one, because few pairs agreed on it.
    #[test]
    fn agreement_on_a_rarer_value_is_not_worth_less() {
        let (expected, truth, comparators) = models();
        let crooked = truth.with_matches(truth.prior(super::super::Class::Match), |_, level| {
            if level.bin % 3 == 2 { level.m * 0.2 } else { level.m }
        });
        let total = 1e9;
        let candidates = patterns(&crooked, total);
        let (learned, _) = train(&expected, &Evidence { candidates, random: Vec::new(), total, comparators });
        for comparison in learned.comparisons() {
            for two in comparison.levels().windows(2).filter(|two| two[0].level == two[1].level) {
                assert!(two[0].m / two[0].u <= two[1].m / two[1].u * (1.0 + 1e-9), "{two:?}");
            }
            let all: f64 = comparison.levels().iter().map(|level| level.m).sum();
            assert!(all <= 1.0 + 1e-6, "{all}");
        }
    }

    #[test]
    fn nothing_to_learn_from_leaves_what_was_expected() {
        let (expected, _, comparators) = models();
        let (learned, _) = train(
            &expected,
            &Evidence { candidates: Vec::new(), random: Vec::new(), total: 1e6, comparators: comparators.clone() },
        );
        let m = |model: &Model| -> Vec<f64> {
            model.comparisons().iter().flat_map(|c| c.levels().iter().map(|level| level.m)).collect()
        };
        assert!(m(&learned).iter().zip(m(&expected.monotone(&comparators))).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}
