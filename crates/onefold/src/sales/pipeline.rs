//! Whether a pipeline may come into force: with the fields that deals have, and the deals that are open.

use std::collections::BTreeMap;

use onefold_crm::{Aggregate, FieldSpecs, Opportunity, Pipeline, PipelineProblem};
use onefold_fact::Configuration;

use crate::error::OnefoldError;
use crate::views::Views;

impl Views {
    /// What is wrong with pipelines in force, by name. They were adopted before anybody looked for it, or with other fields; deals
    /// go through them as before, and one that is adopted in their place has to be right.
    #[must_use]
    pub fn pipeline_problems(&self) -> BTreeMap<String, Vec<PipelineProblem>> {
        let fields = self.fields_of(Opportunity::KIND).cloned().unwrap_or_default();
        let all = self.pipelines().iter().map(|(name, pipeline)| (name.clone(), pipeline.problems_given(&fields)));
        all.filter(|(_, problems)| !problems.is_empty()).collect()
    }

    /// Refuses a pipeline that asks for what deals cannot have, or leaves out a stage at which open deals are.
    pub(crate) fn may_adopt_pipeline(&self, configuration: &Configuration) -> Result<(), OnefoldError> {
        let pipeline: Pipeline = serde_json::from_str(&configuration.json)?;
        let fields = self.fields_of(Opportunity::KIND).cloned().unwrap_or_default();
        let mut problems = pipeline.problems_given(&fields);
        let mut stranded: BTreeMap<String, usize> = BTreeMap::new();
        let is_open =
            |pipeline: &Pipeline, name: &str| pipeline.stage(name).is_some_and(|(_, stage)| stage.closes.is_none());
        // Where all open stages stay, no deal has to be looked at.
        let before = self.pipelines().get(&configuration.name);
        let takes_away = before.is_none_or(|before| {
            let open = before.stages.iter().filter(|stage| stage.closes.is_none());
            open.clone().any(|stage| !is_open(&pipeline, &stage.name))
        });
        let deals = if takes_away { self.deals()? } else { BTreeMap::new() };
        for deal in deals.into_values() {
            let is_here = deal.closed.is_none() && deal.pipeline == configuration.name;
            if is_here && !is_open(&pipeline, &deal.stage) {
                *stranded.entry(deal.stage).or_default() += 1;
            }
        }
        problems.extend(stranded.into_iter().map(|(stage, deals)| PipelineProblem {
            message: format!(
                "{deals} open deal(s) are here: keep it as a stage that does not close, or move them first"
            ),
            stage,
        }));
        if problems.is_empty() { Ok(()) } else { Err(OnefoldError::Pipeline(problems)) }
    }

    /// Refuses fields of deals with which a pipeline in force would ask for what deals cannot have.
    pub(crate) fn may_adopt_fields(&self, configuration: &Configuration) -> Result<(), OnefoldError> {
        if configuration.name != Opportunity::KIND {
            return Ok(());
        }
        let fields: FieldSpecs = serde_json::from_str(&configuration.json)?;
        let known = self.pipeline_problems();
        let mut problems = Vec::new();
        for (name, pipeline) in self.pipelines() {
            let before = known.get(name).map(Vec::as_slice).unwrap_or_default();
            problems.extend(pipeline.problems_given(&fields).into_iter().filter(|problem| !before.contains(problem)));
        }
        if problems.is_empty() { Ok(()) } else { Err(OnefoldError::Pipeline(problems)) }
    }
}
