//! Connected components, cut where they are too large.

use rayon::prelude::*;

use super::Edge;

/// The connected components of at least two records, each sorted, none larger than `largest`. A larger one is cut
/// along its maximum spanning tree, weakest edges first; ties by the records' fingerprints, so that neither the order
/// of rows nor ids decide.
pub(crate) fn components(
    records: u32,
    edges: &[Edge],
    largest: usize,
    fingerprint: &(impl Fn(u32) -> u64 + Sync),
) -> Vec<Vec<u32>> {
    let mut order: Vec<([u64; 2], &Edge)> = edges
        .par_iter()
        .map(|edge| {
            let (a, b) = (fingerprint(edge.a), fingerprint(edge.b));
            ([a.min(b), a.max(b)], edge)
        })
        .collect();
    order.par_sort_unstable_by(|(x_prints, x), (y_prints, y)| {
        y.weight.bits().total_cmp(&x.weight.bits()).then_with(|| x_prints.cmp(y_prints))
    });
    // Strongest first; a union that would grow too large is not made. What is left out is exactly what cutting the
    // maximum spanning tree at its weakest edges would cut.
    let mut union = Union::new(records);
    for (_, edge) in order {
        union.join(edge.a, edge.b, largest);
    }
    // By root: the position of its component.
    let mut position = vec![u32::MAX; records as usize];
    let mut components: Vec<Vec<u32>> = Vec::new();
    for record in 0..records {
        let root = union.root(record);
        if union.size(root) > 1 {
            let position = &mut position[root as usize];
            if *position == u32::MAX {
                *position = u32::try_from(components.len()).unwrap_or(u32::MAX);
                components.push(Vec::with_capacity(union.size(root) as usize));
            }
            components[*position as usize].push(record);
        }
    }
    components
}

/// Disjoint sets with path halving and union by size.
struct Union {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Union {
    fn new(records: u32) -> Self {
        Self { parent: (0..records).collect(), size: vec![1; records as usize] }
    }

    fn root(&mut self, mut record: u32) -> u32 {
        loop {
            let parent = self.parent[record as usize];
            if parent == record {
                return record;
            }
            let above = self.parent[parent as usize];
            self.parent[record as usize] = above;
            record = above;
        }
    }

    fn size(&self, root: u32) -> u32 {
        self.size[root as usize]
    }

    fn join(&mut self, a: u32, b: u32, largest: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let together = self.size(a) + self.size(b);
        if a == b || together as usize > largest {
            return;
        }
        let (small, large) = if self.size(a) < self.size(b) { (a, b) } else { (b, a) };
        self.parent[small as usize] = large;
        self.size[large as usize] = together;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weigh::MatchWeight;

    #[test]
    fn cuts_the_weakest_edge_of_what_is_too_large() {
        let edge = |a, b, bits| Edge { a, b, weight: MatchWeight(bits) };
        let chain = [edge(0, 1, 5.0), edge(1, 2, 1.0), edge(2, 3, 5.0)];
        let print = |record: u32| u64::from(record);
        assert_eq!(components(5, &chain, 4, &print), [vec![0, 1, 2, 3]]);
        assert_eq!(components(5, &chain, 3, &print), [vec![0, 1], vec![2, 3]]);
    }
}
