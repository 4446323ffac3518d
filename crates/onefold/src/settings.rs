//! [`Settings`]: what configuration beside the schema and the segments says of profiles and of sales work.

use std::collections::BTreeMap;

use onefold_crm::{AssociationSpec, FieldSpecs, Flow, Macro, Ours, Pipeline, Routing, Scoring};
use onefold_fact::{AttributeName, Configuration};
use onefold_profile::{
    Computations, ComputedAttribute, Contract, Licences, Lifecycle, OrderSpec, Policy, Retention, Rfm, RfmScoring,
    Suppression,
};
use onefold_workflow::{Known, Sending, Workflow};

use crate::error::OnefoldError;
use crate::service::ServiceSettings;

/// What is in force: policy, computed attributes, which events are orders, which facts may come, stay and be shown;
/// pipelines, and how leads are scored. What was not adopted is the default.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) computations: Computations,
    /// By the name under which their scores are known.
    pub(crate) scores: BTreeMap<AttributeName, RfmScoring>,
    /// By the name under which their stages are known.
    pub(crate) stages: BTreeMap<AttributeName, Lifecycle>,
    pub(crate) orders: OrderSpec,
    pub(crate) pipelines: BTreeMap<String, Pipeline>,
    pub(crate) scoring: Scoring,
    pub(crate) routings: BTreeMap<String, Routing>,
    pub(crate) flows: BTreeMap<String, Flow>,
    pub(crate) macros: BTreeMap<String, Macro>,
    /// By kind of object.
    pub(crate) fields: BTreeMap<String, FieldSpecs>,
    /// By name.
    pub(crate) associations: BTreeMap<String, AssociationSpec>,
    pub(crate) ours: Ours,
    pub(crate) contract: Contract,
    pub(crate) retention: Retention,
    pub(crate) licences: Licences,
    pub(crate) suppression: Suppression,
    pub(crate) service: ServiceSettings,
    /// All that were adopted, the last of each name in force; runs are held to the others.
    pub(crate) workflows: Vec<Workflow>,
    pub(crate) sending: Sending,
}

impl Settings {
    /// Takes in a part. One that cannot be read has no effect; what it is not about stays. What was adopted stays in force though it
    /// would not be adopted today: its objects have to be read ([`wrong`](Self::wrong) says so).
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
            Rfm::PART => {
                let scoring = RfmScoring::new(serde_json::from_str(json)?)?;
                self.scores.insert(name.into(), scoring);
            }
            Lifecycle::PART => {
                let lifecycle: Lifecycle = serde_json::from_str(json)?;
                lifecycle.check()?;
                self.stages.insert(name.into(), lifecycle);
            }
            Pipeline::PART => drop(self.pipelines.insert(name.to_owned(), serde_json::from_str(json)?)),
            Flow::PART => drop(self.flows.insert(name.to_owned(), serde_json::from_str(json)?)),
            Macro::PART => drop(self.macros.insert(name.to_owned(), serde_json::from_str(json)?)),
            FieldSpecs::PART => drop(self.fields.insert(name.to_owned(), serde_json::from_str(json)?)),
            AssociationSpec::PART => drop(self.associations.insert(name.to_owned(), serde_json::from_str(json)?)),
            Routing::PART => drop(self.routings.insert(name.to_owned(), serde_json::from_str(json)?)),
            Scoring::PART => self.scoring = serde_json::from_str(json)?,
            Ours::PART => self.ours = serde_json::from_str(json)?,
            Workflow::PART => {
                let workflow: Workflow = serde_json::from_str(json)?;
                let problems = workflow.problems(&Known::default());
                if !problems.is_empty() {
                    return Err(OnefoldError::Workflow(problems));
                }
                self.workflows.push(workflow);
            }
            Sending::PART => self.sending = serde_json::from_str(json)?,
            _ => self.service.take(part, name, json)?,
        }
        Ok(())
    }

    /// What a configuration says, if it can be read and is right.
    pub(crate) fn check(configuration: &Configuration) -> Result<Self, OnefoldError> {
        let mut alone = Self::default();
        alone.take(&configuration.part, &configuration.name, &configuration.json)?;
        alone.wrong().map_or(Ok(alone), Err)
    }

    /// What is wrong with the first of the pipelines, flows, macros and routings with which something is.
    fn wrong(&self) -> Option<OnefoldError> {
        let pipelines = self.pipelines.values().map(Pipeline::problems).find(|problems| !problems.is_empty());
        let flows = || self.flows.values().map(Flow::problems).find(|problems| !problems.is_empty());
        let macros = || {
            let wrong = |(name, of_name): (&String, &Macro)| Some((name.clone(), of_name.problem()?));
            self.macros.iter().find_map(wrong)
        };
        let routings = || {
            let wrong = |(name, routing): (&String, &Routing)| Some((name.clone(), routing.problem()?));
            self.routings.iter().find_map(wrong)
        };
        let error = pipelines.map(OnefoldError::Pipeline).or_else(|| flows().map(OnefoldError::Flow));
        let error = error.or_else(|| macros().map(|(name, problem)| OnefoldError::Macro { name, problem }));
        error.or_else(|| routings().map(|(name, problem)| OnefoldError::Routing { name, problem }))
    }
}
