//! [`Input`]: what `dedupe` and `explain` are told about their rows and their model.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use onefold::connect::{self, Mapping, SourceFile};
use onefold::dedupe::DedupeError;
use onefold::identity::{Decisions, Linker, Model, Refusal, Training};
use onefold::{Dedupe, DedupeInput, DedupeOptions};

use crate::bar::Bar;

/// How rows are read and weighed.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// The column that names each row; it is not compared. By default the recognised key, else the number of the row
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// A column to leave out; may be given several times
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Each file is free of duplicates: link rows of different files only
    #[arg(long)]
    link: bool,
    /// A mapping file; `onefold mapping` prints one to edit
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// A model that `dedupe --save-model` wrote, instead of training one
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The probability from which on a pair is a match, by default 0.5; `best` is the one of seven under which the clusters
    /// are expected to be best, which takes several times as long
    #[arg(long, value_name = "PROBABILITY", value_parser = threshold)]
    threshold: Option<Threshold>,
}

/// From which probability on a pair is a match.
#[derive(Debug, Clone, Copy)]
enum Threshold {
    At(f64),
    Best,
}

/// What there is to weigh with.
pub(crate) enum Trained {
    /// A model, with how its training went if it was trained on these rows.
    Model(Model, Option<Training>),
    /// Why there is none.
    Refused(Refusal),
}

impl Input {
    fn options(&self) -> Result<DedupeOptions> {
        let mapping = match &self.mapping {
            None => Mapping::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the mapping `{}`", path.display()))?;
                Mapping::from_toml(&text).with_context(|| format!("`{}`", path.display()))?
            }
        };
        Ok(DedupeOptions { id: self.id.clone(), ignore: self.ignore.clone(), mapping, duplicate_free: self.link })
    }

    /// The model that was given.
    pub(crate) fn model(&self) -> Result<Option<Model>> {
        let Some(path) = &self.model else { return Ok(None) };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read the model `{}`", path.display()))?;
        Ok(Some(Model::from_json(&text).with_context(|| format!("`{}`", path.display()))?))
    }

    /// Reads the rows, if they have what the model compares that was given.
    pub(crate) fn read(&self, files: &[SourceFile], model: Option<&Model>, bar: &mut Bar) -> Result<DedupeInput> {
        let options = self.options()?;
        let Some(model) = model else { return Ok(Dedupe::read(files, &options, bar)?) };
        match (Dedupe::read_under(files, &options, model, bar), &self.model) {
            (Err(DedupeError::Model(error)), Some(path)) => Err(error).with_context(|| format!("`{}`", path.display())),
            (read, _) => Ok(read?),
        }
    }

    /// Lays the rows out, to be linked as the model says that was given.
    pub(crate) fn prepared(read: DedupeInput, model: Option<&Model>) -> Result<Dedupe> {
        Ok(match model {
            Some(model) => read.prepare_under(model)?,
            None => read.prepare(),
        })
    }

    /// The model to weigh by: the one that was given, else one trained on the rows.
    pub(crate) fn trained(&self, linker: &Linker<'_>) -> Trained {
        let (model, training) = match self.model {
            Some(_) => (linker.expected().clone(), None),
            None => match linker.train() {
                Ok((model, training)) => (model, Some(training)),
                Err(refusal) => return Trained::Refused(refusal),
            },
        };
        let model = match self.threshold {
            Some(Threshold::At(probability)) => model.with_threshold(probability),
            Some(Threshold::Best) => linker.with_best_threshold(model, &Decisions::default()),
            None => model,
        };
        Trained::Model(model, training)
    }
}

/// The tables behind the paths.
///
/// # Errors
/// When one of them cannot be read: clusters without its rows would look complete.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<SourceFile>> {
    let (files, findings) = connect::discover(paths);
    if !findings.is_empty() {
        let reasons: Vec<String> = findings.iter().map(|finding| format!("\n  {finding}")).collect();
        anyhow::bail!("not all files can be read{}", reasons.concat());
    }
    Ok(files)
}

fn threshold(text: &str) -> Result<Threshold, String> {
    if text == "best" {
        return Ok(Threshold::Best);
    }
    let wrong = || format!("`{text}` is no probability; expected a number between 0 and 1, such as 0.9, or `best`");
    let probability: f64 = text.parse().map_err(|_| wrong())?;
    if probability > 0.0 && probability < 1.0 { Ok(Threshold::At(probability)) } else { Err(wrong()) }
}
