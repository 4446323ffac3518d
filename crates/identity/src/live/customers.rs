//! [`Customers`]: which records are one customer.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// By record: the founder of its customer; and by founder of several records: these.
#[derive(Debug, Default)]
pub(super) struct Customers {
    founders: Vec<u32>,
    members: HashMap<u32, Vec<u32>, FixedState>,
}

impl Customers {
    /// The customers of records by their founders.
    pub(super) fn of(founders: Vec<u32>) -> Self {
        let mut members: HashMap<u32, Vec<u32>, FixedState> = HashMap::default();
        for (record, founder) in (0..).zip(&founders).filter(|(record, founder)| record != *founder) {
            members.entry(*founder).or_insert_with(|| vec![*founder]).push(record);
        }
        Self { founders, members }
    }

    pub(super) fn founder(&self, record: u32) -> u32 {
        self.founders.get(record as usize).copied().unwrap_or(record)
    }

    /// The records of the customer of a record.
    pub(super) fn members(&self, record: u32) -> &[u32] {
        let at = record as usize;
        match self.members.get(&self.founder(record)) {
            Some(members) => members,
            None => self.founders.get(at..=at).unwrap_or(&[]),
        }
    }

    /// Takes a record in, as a customer of its own.
    pub(super) fn add(&mut self, record: u32) {
        let known = u32::try_from(self.founders.len()).unwrap_or(u32::MAX);
        self.founders.extend(known..=record);
        if let Some(founder) = self.founders.get_mut(record as usize) {
            *founder = record;
        }
    }

    /// Makes these records a customer. The one of lowest rank is its founder. All records of the customers that they
    /// were of have to be set, one customer after the other.
    pub(super) fn set<R: Ord>(&mut self, records: Vec<u32>, rank: impl Fn(u32) -> R) {
        let Some(founder) = records.iter().copied().min_by_key(|record| rank(*record)) else { return };
        for record in &records {
            // A record that founded another customer before does not any more.
            if *record != founder {
                self.members.remove(record);
            }
            if let Some(of) = self.founders.get_mut(*record as usize) {
                *of = founder;
            }
        }
        if records.len() > 1 {
            self.members.insert(founder, records);
        } else {
            self.members.remove(&founder);
        }
    }

    /// Takes a record out of its customer.
    pub(super) fn remove<R: Ord>(&mut self, record: u32, rank: impl Fn(u32) -> R) {
        let mut others = self.members(record).to_vec();
        self.members.remove(&self.founder(record));
        others.retain(|other| *other != record);
        self.add(record);
        self.set(others, rank);
    }
}
