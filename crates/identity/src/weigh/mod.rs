//! Weigh: from levels of agreement to evidence in bits (Fellegi and Sunter 1969).
//!
//! A pair of records is of one of a few classes: *match* (one party), *random* (two strangers), *relatives* (two people
//! of one family). Each class expects its own levels of agreement. The weight of a pair is
//! log2 of the odds of *match* against all other classes together, so that a household, which agrees in family name,
//! address and telephone, is explained by kinship and not taken for one person.

mod model;
mod rarity;

pub use model::{Class, ComparisonModel, LevelModel, Model};

use crate::compare::level::SLOTS;
use crate::compare::{Memo, Slot};
use crate::records::{Comparison, Records};

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

    /// The probability of one party that these odds imply, 0 to 1.
    #[must_use]
    pub fn probability(self) -> f64 {
        let odds = self.0.exp2();
        if odds.is_infinite() { 1.0 } else { odds / (1.0 + odds) }
    }
}

/// A model laid out for scoring: one table of log-probabilities a comparison.
#[derive(Debug)]
pub(crate) struct Scorer {
    comparisons: Vec<Comparison>,
    tables: Vec<Table>,
    /// log2 of the prior share of each class among all pairs.
    priors: [f64; CLASSES],
}

/// Match, random, relatives.
pub(crate) const CLASSES: usize = 3;

/// By slot: log2 of the probability of the slot in each class, minus that in the class *random*.
type Table = Box<[[f64; CLASSES - 1]; SLOTS]>;

/// The bits of a pair, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Score {
    /// log2 of match against random, prior included.
    pub(crate) against_random: f64,
    /// What the class of relatives takes away, never positive.
    pub(crate) relatives: f64,
}

impl Score {
    pub(crate) fn weight(self) -> MatchWeight {
        MatchWeight(self.against_random + self.relatives)
    }
}

impl Scorer {
    pub(crate) fn new(records: &Records, model: &Model) -> Self {
        let tables = model.comparisons().iter().map(table).collect();
        let priors = [Class::Match, Class::Random, Class::Relatives].map(|class| model.prior(class).log2());
        Self { comparisons: records.comparisons().to_vec(), tables, priors }
    }

    /// Room to remember comparisons of values; one for each thread of work.
    pub(crate) fn memos(&self) -> Vec<Memo> {
        vec![Memo::new(); self.comparisons.len()]
    }

    /// The levels at which two records agree, one a comparison.
    pub(crate) fn levels<'a>(
        &'a self,
        records: &'a Records,
        a: u32,
        b: u32,
        memos: &'a mut [Memo],
    ) -> impl Iterator<Item = Slot> + 'a {
        let compare =
            move |(comparison, memo): (&Comparison, &mut Memo)| comparison.comparator.compare(records, a, b, memo);
        self.comparisons.iter().zip(memos).map(compare)
    }

    /// The weight of a pair.
    pub(crate) fn score(&self, records: &Records, a: u32, b: u32, memos: &mut [Memo]) -> Score {
        self.score_levels(self.levels(records, a, b, memos))
    }

    pub(crate) fn score_levels(&self, levels: impl Iterator<Item = Slot>) -> Score {
        let [prior_match, prior_random, prior_relatives] = self.priors;
        let mut against_random = prior_match - prior_random;
        let mut relatives = prior_relatives - prior_random;
        for (table, slot) in self.tables.iter().zip(levels) {
            let [m, r] = table[usize::from(slot)];
            against_random += m;
            relatives += r;
        }
        // log2(1 + 2^r) bits of the odds against strangers go to relatives.
        Score { against_random, relatives: -(1.0 + relatives.exp2()).log2() }
    }

    /// The bits that a level adds, against strangers.
    pub(crate) fn bits(&self, comparison: usize, slot: Slot) -> f64 {
        self.tables.get(comparison).map_or(0.0, |table| table[usize::from(slot)][0])
    }
}

fn table(comparison: &ComparisonModel) -> Table {
    let mut table: Table = Box::new([[0.0; CLASSES - 1]; SLOTS]);
    for (row, level) in table.iter_mut().zip(comparison.slots()) {
        *row = [(level.m / level.u).log2(), (level.relatives / level.u).log2()];
    }
    table
}
