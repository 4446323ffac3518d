//! [`Homes`]: where what the files say ended up.

use std::collections::HashMap;

use anyhow::Result;
use onefold::{CustomerId, FactId, Onefold, RecordId, RecordKey};

use super::intake::{Intake, Row};

/// The record and the customer of each fact that was taken.
pub(crate) struct Homes(HashMap<FactId, Home>);

/// Where a fact is at home.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) key: RecordKey,
    pub(crate) record: RecordId,
    pub(crate) customer: CustomerId,
}

impl Homes {
    pub(crate) fn of(house: &Onefold, intake: &Intake) -> Result<Self> {
        let facts: Vec<FactId> =
            intake.files.iter().flat_map(|file| &file.rows).flat_map(|row| row.facts.iter().copied()).collect();
        let views = house.views()?;
        let mut keys: HashMap<RecordId, RecordKey> = HashMap::new();
        let mut homes = HashMap::with_capacity(facts.len());
        for (fact, home) in facts.iter().zip(house.homes_of(&facts)?) {
            let Some((record, customer)) = home else { continue };
            let key = match keys.get(&record) {
                Some(key) => key.clone(),
                None => match views.key_of(record)? {
                    Some(key) => keys.entry(record).or_insert(key).clone(),
                    None => continue,
                },
            };
            homes.insert(*fact, Home { key, record, customer });
        }
        Ok(Self(homes))
    }

    /// Where a fact is at home, unless it stands no more.
    pub(crate) fn of_fact(&self, fact: FactId) -> Option<&Home> {
        self.0.get(&fact)
    }

    /// Where a row is at home.
    pub(super) fn of_row(&self, row: &Row) -> Option<&Home> {
        row.facts.iter().find_map(|fact| self.of_fact(*fact))
    }
}
