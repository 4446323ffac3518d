//! `onefold pipeline`: the stages that deals go through.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use onefold::OnefoldError;
use onefold::crm::Pipeline as Stages;
use serde_json::json;

use crate::Outcome;
use crate::database::{Database, Printing, Stamp};

/// Show the pipelines of a database; check one, and bring it into force.
#[derive(Debug, Args)]
pub(crate) struct Pipeline {
    /// A JSON file with its stages
    file: Option<PathBuf>,
    /// Its name
    #[arg(long, requires = "file", default_value = "sales")]
    name: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    stamp: Stamp,
    #[command(flatten)]
    printing: Printing,
}

impl Pipeline {
    pub(crate) fn run(self) -> Result<Outcome> {
        let house = self.database.open()?;
        let Some(file) = &self.file else {
            let views = house.views()?;
            let wrong = views.pipeline_problems();
            let text = || {
                let mut text = String::new();
                for (name, pipeline) in views.pipelines() {
                    let stages: Vec<&str> = pipeline.stages.iter().map(|stage| stage.name.as_str()).collect();
                    let _ = writeln!(text, "{name}: {}", stages.join(" > "));
                    for problem in wrong.get(name).into_iter().flatten() {
                        let _ = writeln!(text, "  would not be adopted today: {problem}");
                    }
                }
                text
            };
            self.printing.print(views.pipelines(), text)?;
            return Ok(Outcome::Done);
        };
        let json = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let pipeline: Stages =
            serde_json::from_str(&json).with_context(|| format!("`{}` is no pipeline", file.display()))?;
        let batch = match house.adopt(pipeline.configuration(&self.name)?, self.stamp.at()) {
            Ok(batch) => batch.to_string(),
            Err(OnefoldError::Pipeline(problems)) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let text = || problems.iter().fold(String::new(), |text, problem| text + problem + "\n");
                self.printing.print(&json!({ "problems": problems }), text)?;
                return Ok(Outcome::Refused);
            }
            Err(error) => return Err(error.into()),
        };
        self.printing.print(&json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
        Ok(Outcome::Done)
    }
}
