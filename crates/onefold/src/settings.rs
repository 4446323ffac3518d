//! [`Settings`]: what configuration beside the schema and the segments says of profiles and of sales work.

use std::collections::BTreeMap;

use onefold_crm::{Flow, Macro, Ours, Pipeline, Scoring};
use onefold_fact::{AttributeName, Configuration};
use onefold_profile::{Computations, ComputedAttribute, Contract, Licences, OrderSpec, Policy, Retention, Suppression};

use crate::error::OnefoldError;

/// What is in force: policy, computed attributes, which events are orders, which facts may come, stay and be shown;
/// pipelines, and how leads are scored. What was not adopted is the default.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) computations: Computations,
    pub(crate) orders: OrderSpec,
    pub(crate) pipelines: BTreeMap<String, Pipeline>,
    pub(crate) scoring: Scoring,
    pub(crate) flows: BTreeMap<String, Flow>,
    pub(crate) macros: BTreeMap<String, Macro>,
    pub(crate) ours: Ours,
    pub(crate) contract: Contract,
    pub(crate) retention: Retention,
    pub(crate) licences: Licences,
    pub(crate) suppression: Suppression,
}

impl Settings {
    /// Takes in a part. One that cannot be read has no effect; what it is not about stays.
    pub(crate) fn take(&mut self, part: &str, name: &str, json: &str) -> Result<(), OnefoldError> {
        match part {
            Policy::PART => self.policy = serde_json::from_str(json)?,
            Contract::PART => self.contract = serde_json::from_str(json)?,
            Retention::PART => self.retention = serde_json::from_str(json)?,
            Licences::PART => self.licences = serde_json::from_str(json)?,
            Suppression::PART => self.suppression = serde_json::from_str(json)?,
            OrderSpec::PART => self.orders = serde_json::from_str(json)?,
            Computations::PART => {
                let attributes: BTreeMap<AttributeName, ComputedAttribute> = serde_json::from_str(json)?;
                self.computations = Computations::new(attributes)?;
            }
            Pipeline::PART => {
                let pipeline: Pipeline = serde_json::from_str(json)?;
                let problems = pipeline.problems();
                if !problems.is_empty() {
                    return Err(OnefoldError::Pipeline(problems));
                }
                self.pipelines.insert(name.to_owned(), pipeline);
            }
            Flow::PART => {
                let flow: Flow = serde_json::from_str(json)?;
                let problems = flow.problems();
                if !problems.is_empty() {
                    return Err(OnefoldError::Flow(problems));
                }
                self.flows.insert(name.to_owned(), flow);
            }
            Macro::PART => {
                let of_name: Macro = serde_json::from_str(json)?;
                if let Some(problem) = of_name.problem() {
                    return Err(OnefoldError::Macro { name: name.to_owned(), problem });
                }
                self.macros.insert(name.to_owned(), of_name);
            }
            Scoring::PART => self.scoring = serde_json::from_str(json)?,
            Ours::PART => self.ours = serde_json::from_str(json)?,
            _ => {}
        }
        Ok(())
    }

    /// Whether a configuration can be read, if it is one of these.
    pub(crate) fn check(configuration: &Configuration) -> Result<(), OnefoldError> {
        Self::default().take(&configuration.part, &configuration.name, &configuration.json)
    }
}
