//! [`Belief`]: how sure it is that the members of a cluster are one party, given the evidence of all its pairs.

use super::correlation::{EXACT, Matrix};

/// What the pairs of a cluster say of each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Belief {
    /// Of each two members: how probable it is that they are one party.
    pub(crate) pairs: Vec<f64>,
    /// By member: the evidence of all others that it is one of them, in bits.
    pub(crate) held: Vec<f64>,
}

impl Belief {
    /// The belief about `n` members whose pairs weigh so much, in bits.
    ///
    /// Of a few members every partition is weighed, its odds being the sum of the weights within its parts: what two
    /// have in common is the share of the partitions that have them together. Of more, each member is weighed against
    /// all others, and two are together if both belong.
    pub(crate) fn of(n: usize, weight: impl FnMut(usize, usize) -> f64) -> Self {
        let weights = Matrix::of(n, weight);
        let held: Vec<f64> = (0..n).map(|i| (0..n).filter(|j| *j != i).map(|j| weights.get(i, j)).sum()).collect();
        let each_two = (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
        let pairs = if n <= EXACT {
            together(n, &weights)
        } else {
            let belongs: Vec<f64> = held.iter().map(|bits| 1.0 / (1.0 + (-bits).exp2())).collect();
            each_two.map(|(i, j)| belongs[i] * belongs[j]).collect()
        };
        Self { pairs, held }
    }
}

/// Of each two of a few: the share of the partitions that have them together, by their odds. Sums stay finite: the
/// weight of a pair is limited, and so is the number of pairs.
fn together(n: usize, weights: &Matrix) -> Vec<f64> {
    let sets = 1_usize << n;
    // By set: the odds of the set as one part; the sum of the odds of all partitions of it.
    let mut bits = vec![0.0; sets];
    let mut sums = vec![1.0; sets];
    for set in 1..sets {
        let low = set.trailing_zeros() as usize;
        let rest = set & (set - 1);
        bits[set] = bits[rest] + (0..n).filter(|i| rest & (1 << i) != 0).map(|i| weights.get(low, i)).sum::<f64>();
        let (mut sum, mut others) = (sums[rest], rest);
        while others != 0 {
            let part = others | 1 << low;
            sum += bits[part].exp2() * sums[set & !part];
            others = (others - 1) & rest;
        }
        sums[set] = sum;
    }
    let share = |part: usize| bits[part].exp2() * sums[(sets - 1) & !part] / sums[sets - 1];
    let shares: Vec<f64> = (0..sets).map(share).collect();
    let both = |i: usize, j: usize| {
        let parts = shares.iter().enumerate().filter(|(part, _)| part >> i & part >> j & 1 == 1);
        parts.map(|(_, share)| share).sum::<f64>().min(1.0)
    };
    (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| both(i, j)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by trying all partitions.
    fn tried(n: usize, weights: &Matrix) -> Vec<f64> {
        let mut partitions: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..n {
            let longer = |parts: &Vec<usize>| {
                let next = parts.iter().max().map_or(0, |most| most + 1);
                (0..=next).map(|part| [parts.as_slice(), &[part]].concat()).collect::<Vec<_>>()
            };
            partitions = partitions.iter().flat_map(longer).collect();
        }
        let each_two: Vec<(usize, usize)> = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
        let odds = |parts: &Vec<usize>| {
            let within = each_two.iter().filter(|(i, j)| parts[*i] == parts[*j]);
            within.map(|(i, j)| weights.get(*i, *j)).sum::<f64>().exp2()
        };
        let all: f64 = partitions.iter().map(odds).sum();
        let share = |(i, j): &(usize, usize)| {
            partitions.iter().filter(|parts| parts[*i] == parts[*j]).map(odds).sum::<f64>() / all
        };
        each_two.iter().map(share).collect()
    }

    proptest::proptest! {
        /// Catches a partition that is left out or counted twice.
        #[test]
        fn all_partitions_are_weighed(values in proptest::collection::vec(-3.0..20.0_f64, 10)) {
            let weights = Matrix::of(5, |i, j| values[i * (i - 1) / 2 + j]);
            for (found, tried) in together(5, &weights).iter().zip(tried(5, &weights)) {
                proptest::prop_assert!((found - tried).abs() < 1e-9, "{} {}", found, tried);
            }
        }
    }

    /// Catches pairs that are believed by their own evidence only.
    #[test]
    fn a_pair_that_others_join_is_nearly_certain() {
        let weight = |i: usize, j: usize| if (i, j) == (1, 0) { -2.5 } else { 12.0 };
        for n in [3, EXACT + 1] {
            let belief = Belief::of(n, weight);
            assert!(belief.pairs[0] > 0.99, "{belief:?}");
        }
        assert!(Belief::of(2, weight).pairs[0] < 0.2);
    }
}
