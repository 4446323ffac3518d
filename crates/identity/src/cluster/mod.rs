//! Cluster: from weighted pairs to parties.
//!
//! Pairs with evidence for a match connect records into components. Inside a component the partition is sought that
//! agrees best with the evidence of *all* its pairs (correlation clustering, Bansal, Blum and Chawla 2004), so a mistaken
//! pair has to outweigh what all others say, and no threshold decides.

mod belief;
mod components;
mod correlation;

pub(crate) use belief::Belief;
pub use components::Cut;
pub(crate) use components::components;
use rayon::prelude::*;

use crate::decision::Decisions;
use crate::weigh::MatchWeight;

/// A weighted pair of records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) weight: MatchWeight,
}

/// What is known of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// The evidence.
    Evidence(MatchWeight),
    /// The two are one party by an id that joins, whatever the evidence.
    Joined,
    /// The two cannot be one party, whatever the evidence.
    Impossible,
}

impl Verdict {
    /// What connects the two, if they can be one party.
    pub(crate) fn weight(self) -> Option<MatchWeight> {
        match self {
            Verdict::Evidence(weight) => Some(weight),
            Verdict::Joined => Some(MatchWeight(JOINED)),
            Verdict::Impossible => None,
        }
    }
}

/// Largest component that is solved as one. A larger one is cut first at its weakest edges.
pub(crate) const LARGEST: usize = 400;

/// The partition of `records` records, for each the smallest record of its cluster, and what was cut for its size.
/// `room` makes the room that one thread of `weight` works in.
pub(crate) fn cluster<S>(
    records: u32,
    edges: &[Edge],
    decisions: &Decisions,
    room: impl Fn() -> S + Sync + Send,
    weight: impl Fn(&mut S, u32, u32) -> Verdict + Sync,
    fingerprint: impl Fn(u32) -> u64 + Sync,
) -> (Vec<u32>, Option<Cut>) {
    let linked: Vec<Edge> = edges
        .iter()
        .filter(|edge| edge.weight.bits() > 0.0)
        .copied()
        .chain(decisions.links().map(|(a, b)| Edge { a, b, weight: MatchWeight(DECIDED) }))
        .collect();
    let (components, cut) = components(records, &linked, LARGEST, &fingerprint);
    let solved: Vec<Vec<Vec<u32>>> = components
        .par_chunks(256)
        .map_init(room, |room, chunk| {
            let mut solve = |component: &Vec<u32>| solve(component, decisions, |a, b| weight(room, a, b), &fingerprint);
            chunk.iter().map(&mut solve).collect::<Vec<_>>()
        })
        .flatten_iter()
        .collect();
    let mut cluster: Vec<u32> = (0..records).collect();
    for members in solved.into_iter().flatten() {
        let first = members.iter().min().copied().unwrap_or(0);
        for member in members {
            if let Some(of) = cluster.get_mut(member as usize) {
                *of = first;
            }
        }
    }
    (cluster, cut)
}

/// The parties of a component.
pub(crate) fn solve(
    component: &[u32],
    decisions: &Decisions,
    mut weight: impl FnMut(u32, u32) -> Verdict,
    fingerprint: &impl Fn(u32) -> u64,
) -> Vec<Vec<u32>> {
    let decided = |a: u32, b: u32| match decisions.between(a, b) {
        Some(true) => DECIDED,
        Some(false) => -DECIDED,
        None => match weight(a, b) {
            Verdict::Evidence(weight) => limited(weight.bits()),
            Verdict::Joined => JOINED,
            Verdict::Impossible => -DECIDED,
        },
    };
    match component {
        // What links just two records is one pair, which speaks for them.
        [a, b] if decisions.between(*a, *b) != Some(false) => vec![component.to_vec()],
        _ => correlation::partition(component, decided, fingerprint),
    }
}

/// What one pair can say for one party at most, in bits: beyond it, evidence is about the model rather than about the pair.
const MOST_FOR: f64 = 20.0;

/// What one pair can say against one party at most, in bits. One record with an error in it disagrees with every other
/// record of its party, so what is against it must not count anew with each.
pub(crate) const MOST_AGAINST: f64 = 2.5;

/// The bits of one pair as they count beside those of others.
pub(crate) fn limited(bits: f64) -> f64 {
    bits.clamp(-MOST_AGAINST, MOST_FOR)
}

/// What a steward's decision weighs: more than all pairs of a component together.
pub(crate) const DECIDED: f64 = 1e9;

/// What an id that joins weighs: more than what is against it, and of all pairs of a component together less than what
/// tells one pair of it apart for certain.
pub(crate) const JOINED: f64 = 1e4;
