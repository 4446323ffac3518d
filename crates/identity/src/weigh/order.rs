//! Order among levels: to agree better, or on a rarer value, is not worth less.
//!
//! What a few pairs say can put a level above a better one. Slots that are out of order are pooled: they weigh what they
//! weigh together, and the sums of their probabilities stay. That is isotonic regression of m / u, here on a partial
//! order, by the generalised pool-adjacent-violators algorithm (Burdakov, Grimvall and Sysoev 2006).

use std::cmp::Reverse;

use super::model::LevelModel;
use crate::compare::level::BINS;
use crate::records::Comparator;

/// Brings the weights of one comparison into order.
pub(super) fn restore(levels: &mut [LevelModel], comparator: Comparator) {
    let worse = |a: &LevelModel, b: &LevelModel| is_worse(comparator, a, b);
    let mut pools: Vec<Pool> = levels
        .iter()
        .enumerate()
        .map(|(at, slot)| Pool {
            m: slot.m,
            u: slot.u,
            slots: vec![at],
            below: levels.iter().map(|other| worse(other, slot)).collect(),
        })
        .collect();
    let mut pool_of: Vec<usize> = (0..levels.len()).collect();
    // From the worst to the best, so that what is below a slot is in order when its turn comes.
    let mut turns = pool_of.clone();
    turns.sort_by_key(|at| (Reverse(levels[*at].level), levels[*at].bin));
    for at in turns {
        while let Some(violator) = violator(&pools, &pool_of, at) {
            let absorbed = std::mem::take(&mut pools[violator]);
            absorbed.slots.iter().for_each(|slot| pool_of[*slot] = at);
            pools[at].absorb(absorbed);
        }
    }
    for (slot, pool) in levels.iter_mut().zip(pool_of) {
        slot.m = slot.u * pools[pool].ratio();
    }
}

/// Slots that weigh the same.
#[derive(Debug, Default)]
struct Pool {
    m: f64,
    u: f64,
    slots: Vec<usize>,
    /// By slot: whether it is worse than one of these.
    below: Vec<bool>,
}

impl Pool {
    fn ratio(&self) -> f64 {
        self.m / self.u
    }

    fn absorb(&mut self, other: Self) {
        self.m += other.m;
        self.u += other.u;
        self.slots.extend(other.slots);
        self.below.iter_mut().zip(other.below).for_each(|(below, other)| *below |= other);
    }
}

/// The pool that weighs most of those that are worse than a pool and weigh more than it.
fn violator(pools: &[Pool], pool_of: &[usize], at: usize) -> Option<usize> {
    let below = pools[at].below.iter().zip(pool_of).filter(|(below, _)| **below).map(|(_, pool)| *pool);
    let violators = below.filter(|pool| *pool != at && pools[*pool].ratio() > pools[at].ratio());
    violators.max_by(|a, b| pools[*a].ratio().total_cmp(&pools[*b].ratio()).then(b.cmp(a)))
}

/// Whether a slot must not weigh more than another one: it is of the same level and a more frequent value; of a worse
/// level that is split by rarity too, and its value no rarer; or of a worse level, where neither is split or the worse
/// one is the last. What agreement on any value is worth is otherwise neither better nor worse than agreement on a
/// frequent one.
fn is_worse(comparator: Comparator, worse: &LevelModel, better: &LevelModel) -> bool {
    if worse.level == better.level {
        return worse.bin < better.bin;
    }
    comparator.outranks(better.level, worse.level)
        && match (comparator.rarity(better.level), comparator.rarity(worse.level)) {
            // The last bin is open: it holds what is rarer still.
            (Some(by), Some(of)) => better.bin == BINS - 1 || of.width() * worse.bin <= by.width() * better.bin,
            (Some(_), None) => worse.level + 1 == comparator.levels().len(),
            (None, Some(_)) => false,
            (None, None) => true,
        }
}

#[cfg(test)]
mod tests {
    use onefold_fact::Kind;
    use proptest::prelude::*;

    use super::super::model::Model;
    use super::*;
    use crate::records::{Column, Records};

    /// A table with a comparison of each kind.
    fn records(rows: &[[usize; 12]]) -> Records {
        let columns = [
            ("given", Kind::GivenName, "Ada|Adah|A|Grace|Bob|Robert||Ida"),
            ("family", Kind::FamilyName, "Byron|Biron|Hopper|Byron-King||King"),
            ("middle", Kind::MiddleName, "Jane||J|Joan"),
            ("born", Kind::BirthDate, "1815-12-10|1815-10-12|1906-12-09|1906||1815-01-01"),
            ("gender", Kind::Gender, "f|m|"),
            ("mail", Kind::Email, "ada@x.example|adah@x.example|ada@y.example|grace@y.example|"),
            ("phone", Kind::Phone, "01134960001|01134960002|01134960333|"),
            ("street", Kind::Street, "1 High Street|12 High Street|High St|3 Mill Lane|"),
            ("town", Kind::City, "Leeds|Leedes|York||Hull"),
            ("code", Kind::Postcode, "LS1 4AP|LS1 4AQ|LS1 5XX|YO1 7HH|"),
            ("site", Kind::Url, "x.example|y.example|"),
            ("job", Kind::Text, "clerk|clerks|town clerk|painter|"),
        ];
        let mut builder = Records::builder(columns.map(|(name, kind, _)| Column::new(name, kind)).into());
        for row in rows {
            let cells = columns.iter().zip(row).map(|((_, _, values), at)| {
                let values: Vec<&str> = values.split('|').collect();
                values[at % values.len()]
            });
            builder.push(cells.enumerate());
        }
        builder.finish()
    }

    fn comparators(records: &Records) -> Vec<Comparator> {
        records.comparisons().iter().map(|comparison| comparison.comparator).collect()
    }

    /// No slot weighs less than one that is worse, and the probabilities of a comparison add up to what they did.
    fn check(model: &Model, comparators: &[Comparator]) -> Result<(), TestCaseError> {
        for (comparison, comparator) in model.comparisons().iter().zip(comparators) {
            for better in comparison.levels() {
                for worse in comparison.levels().iter().filter(|worse| is_worse(*comparator, worse, better)) {
                    let (low, high) = (worse.m / worse.u, better.m / better.u);
                    prop_assert!(low <= high * (1.0 + 1e-9), "{}: {worse:?} above {better:?}", comparison.name());
                }
            }
        }
        Ok(())
    }

    fn rows() -> impl Strategy<Value = Vec<[usize; 12]>> {
        prop::collection::vec(prop::array::uniform12(0..40_usize), 2..40)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Catches a pool that leaves the most violating slot out, a pool that forgets what is below the slots that it
        /// absorbed, and slots that are visited before what is below them.
        #[test]
        fn any_weights_are_brought_into_order(factors in prop::collection::vec(0.001..1.0_f64, 1..200)) {
            let records = records(&[[0; 12], [1; 12], [2; 12]]);
            let expected = Model::untrained(&records);
            let crooked = expected.with_matches(0.01, |at, level| {
                level.m * factors[(at * 31 + level.slot()) % factors.len()].powi(3)
            });
            let comparators = comparators(&records);
            let ordered = crooked.clone().monotone(&comparators);
            check(&ordered, &comparators)?;
            for (before, after) in crooked.comparisons().iter().zip(ordered.comparisons()) {
                let sum = |levels: &[LevelModel]| levels.iter().map(|level| level.m).sum::<f64>();
                prop_assert!((sum(before.levels()) - sum(after.levels())).abs() < 1e-9);
            }
            let again = ordered.clone().monotone(&comparators);
            prop_assert!(again.distance(&ordered) < 1e-9);
        }

        /// Catches training that ends without bringing what it learned into order.
        #[test]
        fn every_trained_model_is_in_order(rows in rows()) {
            let records = records(&rows);
            let linker = crate::Linker::new(&records, &mut onefold_fact::Silent);
            if let Ok((model, _)) = linker.train() {
                check(&model, &comparators(&records))?;
            }
        }
    }

    /// Two levels out of order weigh what they weigh together, and what is apart stays.
    #[test]
    fn violators_are_pooled() {
        let records = records(&[[0; 12], [1; 12]]);
        let at =
            records.comparisons().iter().position(|c| matches!(c.comparator, Comparator::Phone(_))).expect("phone");
        let comparator = records.comparisons()[at].comparator;
        let level =
            |level, m, u| LevelModel { level, name: String::new(), bin: 0, m, u, relatives: 0.1, namesakes: 0.1 };
        let mut levels = vec![level(1, 0.1, 0.01), level(2, 0.6, 0.04)];
        restore(&mut levels, comparator);
        let weights: Vec<f64> = levels.iter().map(|level| level.m / level.u).collect();
        assert!(weights.iter().all(|weight| (weight - 14.0).abs() < 1e-9), "{weights:?}");
    }
}
