//! Correlation clustering of one component.

/// Largest component for which all partitions are considered: 3ⁿ steps.
pub(super) const EXACT: usize = 9;

/// The partition of `records` that agrees best with `weight`: the sum of the weights within clusters is largest, exactly
/// for small components, as far as local search finds for larger ones. Deterministic: ties by fingerprint.
pub(super) fn partition(
    records: &[u32],
    mut weight: impl FnMut(u32, u32) -> f64,
    fingerprint: &impl Fn(u32) -> u64,
) -> Vec<Vec<u32>> {
    let mut order: Vec<u32> = records.to_vec();
    order.sort_unstable_by_key(|record| (fingerprint(*record), *record));
    let n = order.len();
    let weights = Matrix::of(n, |i, j| weight(order[i], order[j]));
    let cluster = if n <= EXACT { exact(n, &weights) } else { search(n, &weights) };
    let mut parts: Vec<Vec<u32>> = vec![Vec::new(); n];
    for (record, of) in order.into_iter().zip(cluster) {
        parts[of].push(record);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The best of all partitions: by record, its cluster. For every set of records the best partition is the best choice
/// of the cluster of its first record, with the best partition of the rest.
fn exact(n: usize, weights: &Matrix) -> Vec<usize> {
    let sets = 1_usize << n;
    // By set: the sum of the weights within it; the best sum of a partition of it; the first cluster of that.
    let mut within = vec![0.0; sets];
    let mut best = vec![0.0; sets];
    let mut first = vec![0_usize; sets];
    for set in 1..sets {
        let low = set.trailing_zeros() as usize;
        let rest = set & (set - 1);
        let added: f64 = (0..n).filter(|i| rest & (1 << i) != 0).map(|i| weights.get(low, i)).sum();
        within[set] = within[rest] + added;
        (best[set], first[set]) = (best[rest], 1 << low);
        let mut others = rest;
        while others != 0 {
            let cluster = others | 1 << low;
            let sum = within[cluster] + best[set & !cluster];
            if sum > best[set] + EPSILON {
                (best[set], first[set]) = (sum, cluster);
            }
            others = (others - 1) & rest;
        }
    }
    let mut cluster = vec![0; n];
    let mut left = sets - 1;
    while left != 0 {
        let chosen = first[left];
        let name = chosen.trailing_zeros() as usize;
        (0..n).filter(|i| chosen & (1 << i) != 0).for_each(|i| cluster[i] = name);
        left &= !chosen;
    }
    cluster
}

/// Starts from every record alone, joins the two clusters with most evidence between them while there is any, then
/// moves single records while that helps.
fn search(n: usize, weights: &Matrix) -> Vec<usize> {
    let mut cluster = join(n, weights);
    improve(n, weights, &mut cluster);
    cluster
}

/// A symmetric matrix.
pub(super) struct Matrix {
    n: usize,
    values: Vec<f64>,
}

impl Matrix {
    pub(super) fn of(n: usize, mut value: impl FnMut(usize, usize) -> f64) -> Self {
        let mut matrix = Self { n, values: vec![0.0; n * n] };
        for i in 0..n {
            for j in 0..i {
                let value = value(i, j);
                matrix.set(i, j, value);
            }
        }
        matrix
    }

    pub(super) fn get(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.n + j]
    }

    fn set(&mut self, i: usize, j: usize, value: f64) {
        self.values[i * self.n + j] = value;
        self.values[j * self.n + i] = value;
    }
}

/// Agglomerates: by record, the cluster it is in. Each cluster knows its best partner, so that a step looks at one row
/// and at those whose best partner is gone.
fn join(n: usize, weights: &Matrix) -> Vec<usize> {
    let mut between = Matrix { n, values: weights.values.clone() };
    let mut cluster: Vec<usize> = (0..n).collect();
    let mut live: Vec<usize> = (0..n).collect();
    // By cluster: the later cluster with which it gains most, the earliest of equals.
    let partner = |between: &Matrix, live: &[usize], i: usize| {
        let after = live.partition_point(|k| *k <= i);
        let gain = |j: &usize| (between.get(i, *j), *j);
        let best = |best: Option<(f64, usize)>, next: (f64, usize)| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next).filter(|(gain, _)| *gain > 0.0),
        };
        live[after..].iter().map(gain).fold(None, best)
    };
    let mut partners: Vec<Option<(f64, usize)>> = (0..n).map(|i| partner(&between, &live, i)).collect();
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for &i in &live {
            if let Some((gain, j)) = partners[i]
                && best.is_none_or(|(most, ..)| gain > most)
            {
                best = Some((gain, i, j));
            }
        }
        let Some((_, i, j)) = best else { return cluster };
        for &k in live.iter().filter(|k| **k != i && **k != j) {
            let sum = between.get(i, k) + between.get(j, k);
            between.set(i, k, sum);
        }
        live.retain(|k| *k != j);
        cluster.iter_mut().filter(|of| **of == j).for_each(|of| *of = i);
        partners[i] = partner(&between, &live, i);
        for &k in live.iter().filter(|k| **k < j && **k != i) {
            let of_k = partners[k];
            if of_k.is_some_and(|(_, of)| of == i || of == j) {
                partners[k] = partner(&between, &live, k);
            } else if k < i {
                let gain = between.get(k, i);
                if gain > 0.0 && of_k.is_none_or(|(most, of)| gain > most || (gain >= most && i < of)) {
                    partners[k] = Some((gain, i));
                }
            }
        }
    }
}

/// Moves single records to the cluster they have most evidence for, or alone, while the sum grows.
fn improve(n: usize, weights: &Matrix, cluster: &mut [usize]) {
    /// The sum grows with each move, so this ends; the bound is for rounding.
    const MOST_ROUNDS: usize = 20;
    let mut toward = vec![0.0; n];
    let mut size = vec![0_usize; n];
    cluster.iter().for_each(|of| size[*of] += 1);
    for _ in 0..MOST_ROUNDS {
        let mut moved = false;
        for i in 0..n {
            toward.iter_mut().for_each(|sum| *sum = 0.0);
            for j in (0..n).filter(|j| *j != i) {
                toward[cluster[j]] += weights.get(i, j);
            }
            let here = cluster[i];
            let stay = toward[here];
            let best = (0..n)
                .filter(|of| *of != here && size[*of] > 0)
                .fold((stay, here), |best, of| if toward[of] > best.0 + EPSILON { (toward[of], of) } else { best });
            let empty = (0..n).find(|of| size[*of] == 0);
            let target = match (best, empty) {
                ((gain, _), Some(alone)) if gain < -EPSILON => alone,
                ((_, of), _) => of,
            };
            if target != here {
                size[here] -= 1;
                size[target] += 1;
                cluster[i] = target;
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

/// Gains below this are rounding.
const EPSILON: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    /// The best sum over all partitions, by trying them all.
    fn best(n: usize, weight: &impl Fn(u32, u32) -> f64) -> f64 {
        fn go(at: usize, cluster: &mut Vec<usize>, n: usize, weight: &dyn Fn(u32, u32) -> f64) -> f64 {
            if at == n {
                return score(cluster, weight);
            }
            let next = cluster.iter().max().map_or(0, |most| most + 1);
            (0..=next)
                .map(|of| {
                    cluster.push(of);
                    let found = go(at + 1, cluster, n, weight);
                    cluster.pop();
                    found
                })
                .fold(f64::MIN, f64::max)
        }
        go(0, &mut Vec::new(), n, weight)
    }

    fn score(cluster: &[usize], weight: &dyn Fn(u32, u32) -> f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..cluster.len() {
            for j in 0..i {
                if cluster[i] == cluster[j] {
                    sum += weight(i as u32, j as u32);
                }
            }
        }
        sum
    }

    #[test]
    fn a_single_mistaken_pair_does_not_chain_two_parties() {
        let weight = |a: u32, b: u32| match (a.min(b), a.max(b)) {
            (2, 3) => 4.0,
            (a, b) if (a < 3) == (b < 3) => 8.0,
            _ => -6.0,
        };
        let parts = partition(&[0, 1, 2, 3, 4, 5], weight, &u64::from);
        assert_eq!(parts.len(), 2);
    }

    fn sum(cluster: &[usize], weights: &Matrix) -> f64 {
        score(cluster, &|i, j| weights.get(i as usize, j as usize))
    }

    proptest::proptest! {
        /// Catches the mutation that leaves out a cluster, or that counts a pair twice.
        #[test]
        fn small_components_are_solved_exactly(values in proptest::collection::vec(-9.0..9.0_f64, 15)) {
            let weights = Matrix::of(6, |i, j| values[i * (i - 1) / 2 + j]);
            let optimum = best(6, &|i, j| weights.get(i as usize, j as usize));
            proptest::prop_assert!((sum(&exact(6, &weights), &weights) - optimum).abs() < 1e-6);
        }

        /// Catches the mutation that joins the worst pair first, or that moves records for the worse.
        #[test]
        fn local_search_comes_near_the_optimum(values in proptest::collection::vec(-9.0..9.0_f64, 28)) {
            let weights = Matrix::of(8, |i, j| values[i * (i - 1) / 2 + j]);
            let (found, optimum) = (sum(&search(8, &weights), &weights), sum(&exact(8, &weights), &weights));
            proptest::prop_assert!(found >= 0.5 * optimum - 1e-6 && found <= optimum + 1e-6, "{} of {}", found, optimum);
        }
    }
}
