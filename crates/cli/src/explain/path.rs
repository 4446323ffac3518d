//! Through whom two rows came to be in one cluster.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use onefold::Dedupe;
use onefold::identity::{Linkage, MatchWeight, ScoredPair};
use serde::Serialize;

/// A pair on the way.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) weight: MatchWeight,
}

/// The way from one row to another within their cluster whose weakest pair is the strongest. Empty if the matching pairs
/// of the cluster do not connect them.
pub(super) fn of(rows: &Dedupe, pairs: &[ScoredPair], linkage: &Linkage, first: u32, second: u32) -> Vec<Link> {
    let clusters = linkage.clusters();
    let cluster = clusters.get(first as usize);
    let inside = |record: u32| clusters.get(record as usize) == cluster;
    let mut pairs: Vec<&ScoredPair> = pairs.iter().filter(|pair| inside(pair.a) && inside(pair.b)).collect();
    pairs.sort_by(|a, b| b.weight.bits().total_cmp(&a.weight.bits()));
    // The strongest pairs first, each if it connects what was apart, make the tree in which the way is the widest.
    let mut group: BTreeMap<u32, u32> = BTreeMap::new();
    let mut tree: BTreeMap<u32, Vec<(u32, MatchWeight)>> = BTreeMap::new();
    for pair in pairs {
        let of = |group: &BTreeMap<u32, u32>, record: u32| group.get(&record).copied().unwrap_or(record);
        let (a, b) = (of(&group, pair.a), of(&group, pair.b));
        if a == b {
            continue;
        }
        for record in [pair.a, pair.b] {
            group.entry(record).or_insert(record);
        }
        group.values_mut().filter(|of| **of == b).for_each(|of| *of = a);
        tree.entry(pair.a).or_default().push((pair.b, pair.weight));
        tree.entry(pair.b).or_default().push((pair.a, pair.weight));
        if of(&group, first) == of(&group, second) {
            break;
        }
    }
    let mut came: BTreeMap<u32, (u32, MatchWeight)> = BTreeMap::new();
    let (mut seen, mut next) = (BTreeSet::from([first]), VecDeque::from([first]));
    while let Some(record) = next.pop_front() {
        for (other, weight) in tree.get(&record).into_iter().flatten() {
            if seen.insert(*other) {
                came.insert(*other, (record, *weight));
                next.push_back(*other);
            }
        }
    }
    let mut path = Vec::new();
    let mut at = second;
    while let Some((before, weight)) = came.get(&at) {
        path.push(Link { from: rows.label(*before), to: rows.label(at), weight: *weight });
        at = *before;
    }
    path.reverse();
    path
}
