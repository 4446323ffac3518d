//! What is wrong with a pipeline, found before anybody uses it.

use std::collections::BTreeSet;
use std::fmt;

use onefold_fact::{AttributeSpec, Kind, Schema};
use onefold_segment::Definition;
use rust_decimal::Decimal;

use crate::pipeline::{Closes, Pipeline, Stage};

/// Something that is wrong with a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineProblem {
    /// The stage; empty if it is about the whole.
    pub stage: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for PipelineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.stage.is_empty() {
            write!(f, "stage `{}`: ", self.stage)?;
        }
        f.write_str(&self.message)
    }
}

impl Pipeline {
    /// Everything that is wrong with it: stages that cannot be reached or not be left, gates that nobody can meet, names
    /// that are nothing. Empty: every deal that begins can be won, and can be lost.
    ///
    /// ```
    /// use onefold_crm::Pipeline;
    ///
    /// let pipeline: Pipeline = serde_json::from_str(r#"{"stages": [
    ///     {"name": "new", "probability": "0.1", "to": ["wno", "lost"]},
    ///     {"name": "won", "probability": "1", "closes": "won"},
    ///     {"name": "lost", "probability": "0", "closes": "lost"}
    /// ]}"#)?;
    /// let problems: Vec<String> = pipeline.problems().iter().map(|problem| problem.to_string()).collect();
    /// assert_eq!(problems, [
    ///     "stage `new`: `to` names `wno`, which is no stage",
    ///     "stage `won`: no deal can come here: let a stage lead to it",
    /// ]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self) -> Vec<PipelineProblem> {
        let schema = deal_schema();
        let mut problems = Vec::new();
        let mut wrong = |stage: &str, message: String| {
            problems.push(PipelineProblem { stage: stage.to_owned(), message });
        };
        let mut names = BTreeSet::new();
        for stage in &self.stages {
            if stage.name.is_empty() || !names.insert(&stage.name) {
                wrong(&stage.name, "a stage has a name of its own: give it one that no other has".to_owned());
            }
            if stage.probability < Decimal::ZERO || stage.probability > Decimal::ONE {
                wrong(&stage.name, format!("the probability {} is not between 0 and 1", stage.probability));
            }
            for to in stage.to.iter().flatten().filter(|to| self.stage(to).is_none()) {
                wrong(&stage.name, format!("`to` names `{to}`, which is no stage"));
            }
            if stage.entry && stage.closes.is_some() {
                wrong(&stage.name, "a deal cannot begin where it ends: take `entry` or `closes` away".to_owned());
            }
            for gate in &stage.gates {
                let never = Definition::try_from(gate.rule.clone())
                    .map(|rule| rule.analyse(&schema).is_never)
                    .map_err(|error| error.to_string());
                match never {
                    Ok(true) => wrong(&stage.name, format!("no deal can ever meet the gate `{}`", gate.rule)),
                    Ok(false) => {}
                    Err(error) => wrong(&stage.name, error),
                }
            }
        }
        for (closes, name) in [(Closes::Won, "won"), (Closes::Lost, "lost")] {
            match self.stages.iter().filter(|stage| stage.closes == Some(closes)).count() {
                0 => wrong("", format!("no stage closes as {name}: give one `closes: {name}`")),
                1 => {}
                _ => wrong("", format!("several stages close as {name}: one is enough, reasons tell more")),
            }
        }
        if self.entries().next().is_none() {
            wrong("", "no deal can begin: give it a stage that does not close".to_owned());
        }
        let reached = self.spread(self.entries().collect(), |from, to| self.allows(&from.name, &to.name));
        let closing = self.stages.iter().filter(|stage| stage.closes.is_some()).collect();
        let leaving = self.spread(closing, |to, from| self.allows(&from.name, &to.name));
        for stage in &self.stages {
            if !reached.contains(stage.name.as_str()) {
                wrong(&stage.name, "no deal can come here: let a stage lead to it".to_owned());
            } else if !leaving.contains(stage.name.as_str()) {
                wrong(&stage.name, "no deal that is here can be closed: let it lead to a stage that closes".to_owned());
            }
        }
        problems
    }

    /// The stages that are reached from some, step by step.
    fn spread<'a>(&'a self, from: Vec<&'a Stage>, leads: impl Fn(&Stage, &Stage) -> bool) -> BTreeSet<&'a str> {
        let mut reached: BTreeSet<&str> = from.iter().map(|stage| stage.name.as_str()).collect();
        let mut ahead = from;
        while let Some(at) = ahead.pop() {
            for to in self.stages.iter().filter(|to| leads(at, to)) {
                if reached.insert(&to.name) {
                    ahead.push(to);
                }
            }
        }
        reached
    }
}

/// What the own fields of a deal hold.
fn deal_schema() -> Schema {
    let kinds = [
        ("amount", Kind::Decimal),
        ("probability", Kind::Decimal),
        ("contacts", Kind::Integer),
        ("closes_on", Kind::Date),
    ];
    let mut schema = Schema::default();
    schema.attributes.extend(kinds.map(|(name, kind)| (name.into(), AttributeSpec::of(kind))));
    schema
}
