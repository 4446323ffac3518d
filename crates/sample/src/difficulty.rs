//! How hard a sample is, measured while it is written.

use std::collections::HashMap;

use crate::record::{Record, contact_points, standard};
use crate::world::hash;

/// Counts over the person records.
///
/// Its maps are only asked, never walked, so their order cannot reach the output.
#[derive(Default)]
pub(crate) struct Difficulty {
    true_pairs: u64,
    pairs_apart: u64,
    /// Of each record, the person; its place is the record's number.
    persons: Vec<u32>,
    /// Of each record, the number of one that it is linked to, or its own.
    links: Vec<u32>,
    /// Of each contact point, a record that has it.
    holders: HashMap<u64, u32>,
    sharing: Vec<bool>,
}

impl Difficulty {
    /// Adds all records of one household.
    pub(crate) fn add(&mut self, records: &[Record]) {
        let standards: Vec<_> = records.iter().map(standard).collect();
        for (place, record) in records.iter().enumerate() {
            for (other, other_record) in records[..place].iter().enumerate() {
                if record.person == other_record.person {
                    self.true_pairs += 1;
                    let apart = standards[place]
                        .iter()
                        .zip(&standards[other])
                        .filter(|(a, b)| a.is_some() && b.is_some() && a != b);
                    self.pairs_apart += u64::from(apart.count() >= 2);
                }
            }
        }
        for record in records {
            let number = self.persons.len() as u32;
            self.persons.push(record.person);
            self.links.push(number);
            for point in contact_points(record) {
                let holder = *self.holders.entry(hash(&[&point])).or_insert(number);
                if self.persons[holder as usize] != record.person {
                    self.share(self.persons[holder as usize]);
                    self.share(record.person);
                }
                let (a, b) = (self.root(holder), self.root(number));
                self.links[a.max(b) as usize] = a.min(b);
            }
        }
    }

    fn share(&mut self, person: u32) {
        let place = person as usize;
        if self.sharing.len() <= place {
            self.sharing.resize(place + 1, false);
        }
        self.sharing[place] = true;
    }

    fn root(&mut self, mut number: u32) -> u32 {
        while self.links[number as usize] != number {
            let above = self.links[self.links[number as usize] as usize];
            self.links[number as usize] = above;
            number = above;
        }
        number
    }

    pub(crate) fn true_pairs(&self) -> u64 {
        self.true_pairs
    }

    pub(crate) fn person_records(&self) -> u64 {
        self.persons.len() as u64
    }

    /// The share of true pairs that differ in two fields or more.
    pub(crate) fn share_apart(&self) -> f64 {
        ratio(self.pairs_apart, self.true_pairs)
    }

    /// The share of `people` who share a contact point with somebody else.
    pub(crate) fn share_sharing(&self, people: u64) -> f64 {
        ratio(self.sharing.iter().filter(|&&sharing| sharing).count() as u64, people)
    }

    /// Pairwise F1 of linking by equal contact points alone, closed transitively.
    pub(crate) fn contact_link_f1(&mut self) -> f64 {
        let mut clusters: HashMap<u32, u64> = HashMap::new();
        let mut parts: HashMap<(u32, u32), u64> = HashMap::new();
        for number in 0..self.persons.len() {
            let root = self.root(number as u32);
            *clusters.entry(root).or_default() += 1;
            *parts.entry((root, self.persons[number])).or_default() += 1;
        }
        let pairs = |count: &u64| count * (count - 1) / 2;
        let linked: u64 = clusters.values().map(pairs).sum();
        let right: u64 = parts.values().map(pairs).sum();
        ratio(2 * right, linked + self.true_pairs)
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
