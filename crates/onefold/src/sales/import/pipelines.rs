//! Pipelines of the stages that deals name, where nobody adopted one.

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::import::{StageSeen, pipeline_of, stage_named};
use onefold_crm::{Pipeline, Stage};
use onefold_fact::{Body, Draft, Finding, Reason};

use super::plan::Planning;
use crate::error::OnefoldError;

impl Planning<'_> {
    /// The pipeline that a row names, as it is called here.
    pub(super) fn pipeline_name(&self, named: Option<&str>) -> String {
        match named {
            None | Some("default") => self.options.pipeline.clone(),
            Some(named) => named.to_owned(),
        }
    }

    /// Whether the pipeline in force of a name was made by an import, and is to have the stages that later ones name.
    fn is_made(&self, name: &str) -> bool {
        let adopted = self.views.governance.facts().iter().filter(|fact| match fact.body() {
            Body::Adopt(configuration) => configuration.part == Pipeline::PART && configuration.name == name,
            _ => false,
        });
        adopted.max_by_key(|fact| fact.received_at()).is_some_and(|fact| fact.batch().as_str().starts_with("import "))
    }

    /// Pipelines of the stages that deals name, where there is none of that name, or one that an import made and that is
    /// without some of them.
    pub(super) fn pipelines_made(&mut self) -> Result<BTreeMap<String, Pipeline>, OnefoldError> {
        let mut seen: BTreeMap<String, BTreeMap<String, StageSeen>> = BTreeMap::new();
        let mut is_made: BTreeMap<String, bool> = BTreeMap::new();
        for id in self.taken.deals.keys().chain(self.taken.changes.keys()).collect::<BTreeSet<_>>() {
            let told = self.taken.deals.get(id).map(|(_, told)| told);
            let name = match (self.views.deal(id)?, told) {
                (Some(deal), _) => deal.pipeline,
                (None, Some(told)) => self.pipeline_name(told.pipeline.as_deref()),
                (None, None) => continue,
            };
            if self.views.pipelines().contains_key(&name)
                && !*is_made.entry(name.clone()).or_insert_with_key(|name| self.is_made(name))
            {
                continue;
            }
            let stages = seen.entry(name).or_default();
            if let Some((told, stage)) = told.and_then(|told| Some((told, told.now.stage.as_ref()?))) {
                let of = stages.entry(stage.clone()).or_default();
                of.probability = of.probability.or(told.now.probability);
                of.category = of.category.or(told.now.category);
                of.closes = of
                    .closes
                    .or(told.closed.map(|won| if won { onefold_crm::Closes::Won } else { onefold_crm::Closes::Lost }));
            }
            for (_, change) in self.taken.changes.get(id).into_iter().flatten() {
                for (step, is_now) in [(&change.step, true), (&change.before, false)] {
                    let Some(stage) = &step.stage else { continue };
                    let of = stages.entry(stage.clone()).or_default();
                    of.probability = of.probability.or(step.probability.filter(|_| is_now));
                    of.category = of.category.or(step.category.filter(|_| is_now));
                }
            }
        }
        let mut made = BTreeMap::new();
        for (name, stages) in seen {
            let pipeline = match self.views.pipelines().get(&name) {
                Some(pipeline) => match extended(pipeline, stages) {
                    Some(pipeline) => pipeline,
                    None => continue,
                },
                None => pipeline_of(&stages),
            };
            let problems = pipeline.problems();
            match pipeline.configuration(&name) {
                Ok(configuration) if problems.is_empty() => {
                    self.push(&[], Draft::new("onefold", Body::Adopt(configuration)));
                    self.plan.pipelines.insert(name.clone());
                    made.insert(name, pipeline);
                }
                _ => {
                    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    let message = format!("the stages of the deals are no pipeline `{name}`: {}", problems.join("; "));
                    self.plan.findings.push(Finding::new(Reason::Configuration, message));
                }
            }
        }
        Ok(made)
    }
}

/// A pipeline with the stages that it is without; `None` if it has them all.
fn extended(pipeline: &Pipeline, mut stages: BTreeMap<String, StageSeen>) -> Option<Pipeline> {
    stages.retain(|name, _| stage_named(pipeline, name).is_none());
    if stages.is_empty() {
        return None;
    }
    let mut pipeline = pipeline.clone();
    // Those that a pipeline cannot be without are there.
    let new = pipeline_of(&stages).stages.into_iter().filter(|stage| stages.contains_key(&stage.name));
    for stage in new {
        let comes_before =
            |other: &Stage| (other.closes.is_some(), other.probability) <= (stage.closes.is_some(), stage.probability);
        let place = pipeline.stages.iter().position(|other| !comes_before(other)).unwrap_or(pipeline.stages.len());
        pipeline.stages.insert(place, stage);
    }
    Some(pipeline)
}
