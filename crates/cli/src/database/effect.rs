//! What a part of the configuration would change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Result;
use onefold::fact::{Configuration, SchemaChange};
use onefold::profile::{Contract, ContractChange};
use onefold::{CustomerId, Onefold, Schema, Timestamp, What};
use serde::Serialize;

/// What adopting a part of the configuration would change.
#[derive(Debug, Default, Serialize)]
pub(super) struct Effect {
    /// What a schema means otherwise.
    schema: Vec<SchemaChange>,
    /// How a contract differs from the one in force, and how often the events that are kept break it.
    contract: Vec<ContractChange>,
    broken: u64,
    /// Customers who would fall apart, and what would come off them.
    split: BTreeSet<CustomerId>,
    parts: usize,
    /// Customers who would become part of others.
    merged: usize,
    /// By segment: who would enter, who would leave.
    segments: BTreeMap<String, (usize, usize)>,
}

impl Effect {
    pub(super) fn of(house: &Onefold, configuration: &Configuration, at: Timestamp) -> Result<Self> {
        let (views, mut effect) = (house.views()?, Self::default());
        if configuration.part == Configuration::SCHEMA {
            let schema: Schema = serde_json::from_str(&configuration.json)?;
            effect.schema = views.schema().changes_to(&views.schema_with(&schema));
        }
        if configuration.part == Contract::PART {
            let contract: Contract = serde_json::from_str(&configuration.json)?;
            effect.contract = views.contract().changes_to(&contract);
            effect.broken = views.violations(&contract)?.iter().map(|counted| counted.times).sum();
        }
        drop(views);
        for change in house.rehearse(configuration.clone(), at)? {
            match change.what {
                What::Split { from, .. } => {
                    effect.split.insert(from);
                    effect.parts += 1;
                }
                What::Merged { .. } => effect.merged += 1,
                What::Entered { segment, .. } => effect.segments.entry(segment).or_default().0 += 1,
                What::Left { segment, .. } => effect.segments.entry(segment).or_default().1 += 1,
                _ => {}
            }
        }
        Ok(effect)
    }

    /// Whether somebody who is one customer would be several.
    pub(super) fn falls_apart(&self) -> bool {
        !self.split.is_empty()
    }
}

/// A line for each difference, and then what comes of them.
impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schema.iter().try_for_each(|change| writeln!(f, "{change}"))?;
        self.contract.iter().try_for_each(|change| writeln!(f, "{change}"))?;
        if self.broken > 0 {
            writeln!(f, "{} violation(s) by events that are kept", self.broken)?;
        }
        if self.falls_apart() {
            writeln!(f, "{} customer(s) would fall apart: {} record(s) come off them", self.split.len(), self.parts)?;
        }
        if self.merged > 0 {
            writeln!(f, "{} customer(s) would become part of others", self.merged)?;
        }
        for (segment, (entered, left)) in &self.segments {
            writeln!(f, "segment `{segment}`: {entered} would enter, {left} would leave")?;
        }
        let nothing = self.schema.is_empty()
            && self.contract.is_empty()
            && self.broken == 0
            && !self.falls_apart()
            && self.merged == 0
            && self.segments.is_empty();
        if nothing { writeln!(f, "it would change nothing") } else { Ok(()) }
    }
}
