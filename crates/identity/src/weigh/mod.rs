//! Weigh: from levels of agreement to evidence in bits (Fellegi and Sunter 1969).
//!
//! A pair of records is of one of a few classes: *match* (one party), *random* (two strangers), *relatives* (two people
//! of one family), *namesakes* (two people of one name). Each class expects its own levels of agreement. The weight of a
//! pair is log2 of the odds of *match* against all other classes together, so that a household, which agrees in family
//! name, address and telephone, is explained by kinship and not taken for one person.

mod chance;
mod json;
mod model;
mod near;
mod order;
mod pattern;
mod rarity;
mod train;

pub use json::ModelError;
pub use model::{Class, ComparisonModel, LevelModel, Model};
pub(crate) use pattern::Pattern;
pub use train::Training;
pub(crate) use train::{Evidence, train};

use crate::compare::Slot;
use crate::compare::level::SLOTS;

/// Evidence that two records are one party, in bits: the base-2 logarithm of the odds. Positive speaks for one party;
/// 0 is even odds; each bit doubles the odds.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct MatchWeight(pub(crate) f64);

impl MatchWeight {
    /// The weight in bits.
    #[must_use]
    pub const fn bits(self) -> f64 {
        self.0
    }

    /// The weight that a probability of one party amounts to.
    #[must_use]
    pub fn of(probability: f64) -> Self {
        Self((probability / (1.0 - probability)).log2())
    }

    /// What is left of it above a threshold.
    pub(crate) fn beyond(self, threshold: f64) -> Self {
        Self(self.0 - threshold)
    }

    /// The probability of one party that these odds imply, 0 to 1.
    #[must_use]
    pub fn probability(self) -> f64 {
        let odds = self.0.exp2();
        if odds.is_infinite() { 1.0 } else { odds / (1.0 + odds) }
    }
}

/// A model laid out for weighing: one table of log-probabilities a comparison.
#[derive(Debug)]
pub(crate) struct Weights {
    tables: Vec<Table>,
    /// log2 of the prior odds of a match, of relatives and of namesakes against strangers.
    prior: [f64; 3],
    /// Evidence from which a pair is a match.
    threshold: f64,
}

/// By slot: log2 of the probability of the slot in a match, among relatives and among namesakes, against that among
/// strangers.
type Table = Box<[[f64; 3]; SLOTS]>;

/// The bits of a pair, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Score {
    /// log2 of match against random, prior included.
    pub(crate) against_random: f64,
    /// What the class of relatives takes away, never positive.
    pub(crate) relatives: f64,
    /// What the class of namesakes takes away beyond that, never positive.
    pub(crate) namesakes: f64,
}

impl Score {
    pub(crate) fn weight(self) -> MatchWeight {
        MatchWeight(self.against_random + self.relatives + self.namesakes)
    }
}

/// How probable the classes are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClassShares {
    pub(crate) matches: f64,
    pub(crate) relatives: f64,
    pub(crate) namesakes: f64,
}

impl ClassShares {
    pub(crate) fn strangers(self) -> f64 {
        f64::max(1.0 - self.matches - self.relatives - self.namesakes, 0.0)
    }
}

impl Weights {
    pub(crate) fn of(model: &Model) -> Self {
        let random = model.prior(Class::Random).log2();
        Self {
            tables: model.comparisons().iter().map(table).collect(),
            prior: [Class::Match, Class::Relatives, Class::Namesakes].map(|class| model.prior(class).log2() - random),
            threshold: MatchWeight::of(model.threshold()).bits(),
        }
    }

    /// Evidence from which a pair is a match, in bits.
    pub(crate) fn threshold(&self) -> f64 {
        self.threshold
    }

    /// log2 of the odds of a match, of relatives and of namesakes against strangers.
    fn odds(&self, slots: impl Iterator<Item = Slot>) -> [f64; 3] {
        let mut odds = self.prior;
        for (table, slot) in self.tables.iter().zip(slots) {
            let [matches, relatives, namesakes] = table[usize::from(slot)];
            odds[0] += matches;
            odds[1] += relatives;
            odds[2] += namesakes;
        }
        odds
    }

    /// The weight of a pair that agrees so.
    pub(crate) fn score(&self, slots: impl Iterator<Item = Slot>) -> Score {
        let [against_random, relatives, namesakes] = self.odds(slots);
        // log2(1 + 2^r + 2^n) bits of the odds against strangers go to relatives and namesakes.
        let kin = 1.0 + relatives.exp2();
        let relatives = -kin.log2();
        Score { against_random, relatives, namesakes: -(kin + namesakes.exp2()).log2() - relatives }
    }

    /// How probable each class is of a pair that agrees so.
    pub(crate) fn shares(&self, slots: impl Iterator<Item = Slot>) -> ClassShares {
        self.shares_beyond(slots, 0.0)
    }

    /// The same if matches are more frequent by so many bits.
    pub(crate) fn shares_beyond(&self, slots: impl Iterator<Item = Slot>, beyond: f64) -> ClassShares {
        let [matches, relatives, namesakes] = self.odds(slots);
        let [matches, relatives, namesakes] =
            [matches + beyond, relatives, namesakes].map(|odds| odds.min(MOST_ODDS).exp2());
        let all = 1.0 + matches + relatives + namesakes;
        ClassShares { matches: matches / all, relatives: relatives / all, namesakes: namesakes / all }
    }

    /// The bits that a level adds, against strangers.
    pub(crate) fn bits(&self, comparison: usize, slot: Slot) -> f64 {
        self.tables.get(comparison).map_or(0.0, |table| table[usize::from(slot)][0])
    }
}

/// Odds beyond which a class is certain; keeps powers of two finite.
const MOST_ODDS: f64 = 500.0;

fn table(comparison: &ComparisonModel) -> Table {
    let mut table: Table = Box::new([[0.0; 3]; SLOTS]);
    for (row, level) in table.iter_mut().zip(comparison.slots()) {
        *row = [(level.m / level.u).log2(), (level.relatives / level.u).log2(), (level.namesakes / level.u).log2()];
    }
    table
}
