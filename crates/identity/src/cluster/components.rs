//! Connected components, cut where they are too large.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Edge;

/// Components that were cut because they were too large to be one: records that a chain of matching pairs connects, and
/// that are more than any party has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// How many components were cut.
    pub components: usize,
    /// Records in the largest of them, before it was cut.
    pub largest: usize,
    /// Matching pairs that were set aside so that none is too large.
    pub pairs: usize,
}

/// The connected components of at least two records, each sorted, none larger than `largest`, and what was cut for it.
/// A larger one is cut along its maximum spanning tree, weakest edges first; ties by the records' fingerprints, so that
/// neither the order of rows nor ids decide.
pub(crate) fn components(
    records: u32,
    edges: &[Edge],
    largest: usize,
    fingerprint: &(impl Fn(u32) -> u64 + Sync),
) -> (Vec<Vec<u32>>, Option<Cut>) {
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
    let mut aside: Vec<&Edge> = Vec::new();
    for (_, edge) in order {
        if !union.join(edge.a, edge.b, largest) {
            aside.push(edge);
        }
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
    (components, cut(union, &aside))
}

/// What was cut, from what is left of the components and the edges between them that were set aside.
fn cut(mut union: Union, aside: &[&Edge]) -> Option<Cut> {
    aside.iter().for_each(|edge| _ = union.join(edge.a, edge.b, usize::MAX));
    let mut roots: Vec<u32> = aside.iter().map(|edge| union.root(edge.a)).collect();
    roots.sort_unstable();
    roots.dedup();
    let largest = roots.iter().map(|root| union.size(*root) as usize).max()?;
    Some(Cut { components: roots.len(), largest, pairs: aside.len() })
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

    /// Makes the sets of two records one, and says whether they are: not if it would be too large.
    fn join(&mut self, a: u32, b: u32, largest: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        let together = self.size(a) + self.size(b);
        if together as usize > largest {
            return false;
        }
        let (small, large) = if self.size(a) < self.size(b) { (a, b) } else { (b, a) };
        self.parent[small as usize] = large;
        self.size[large as usize] = together;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weigh::MatchWeight;

    #[test]
    fn cuts_the_weakest_edge_of_what_is_too_large() {
        let edge = |a, b, bits| Edge { a, b, weight: MatchWeight(bits) };
        let chain = [edge(0, 1, 5.0), edge(1, 2, 1.0), edge(2, 3, 5.0), edge(0, 2, 0.5), edge(5, 6, 1.0)];
        let print = |record: u32| u64::from(record);
        assert_eq!(components(7, &chain, 4, &print), (vec![vec![0, 1, 2, 3], vec![5, 6]], None));
        // Two pairs cross the cut, though one was enough to connect.
        let cut = Some(Cut { components: 1, largest: 4, pairs: 2 });
        assert_eq!(components(7, &chain, 3, &print), (vec![vec![0, 1], vec![2, 3], vec![5, 6]], cut));
    }

    /// Catches a size that is counted after the cut, and a chain that is counted once for each of its pieces.
    #[test]
    fn a_chain_that_is_too_large_is_told_of() {
        let edge = |a: u32| Edge { a, b: a + 1, weight: MatchWeight(1.0 + f64::from(a % 7)) };
        // One chain of 1,000 records, one of 500, and one of 300.
        let chains: Vec<Edge> = (0..1799).filter(|a| ![999, 1499].contains(a)).map(edge).collect();
        let (found, cut) = components(1800, &chains, 400, &|record| u64::from(record).wrapping_mul(0x9e37_79b9));
        let cut = cut.expect("two chains are cut");
        assert_eq!((cut.components, cut.largest), (2, 1000));
        assert!(found.iter().all(|component| component.len() <= 400));
        // Of a chain every edge that is set aside makes one piece more; pieces of one record are none.
        assert!(cut.pairs >= 3 && cut.pairs >= found.len() - 3, "{cut:?}");
    }
}
