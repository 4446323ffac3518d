//! `onefold mapping`: what each column is taken for, to be edited.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::Schema;

use crate::Outcome;
use crate::unify::{Reading, intake};

/// Print what each column of the files is taken for, as a mapping file to edit.
#[derive(Debug, Args)]
pub(crate) struct Mapping {
    /// Files (.csv, .jsonl), or folders that hold them
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

impl Mapping {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (_, mapping, findings) =
            intake::map(&self.sources, self.reading.mapping.as_ref(), &self.reading.options(Schema::default()))?;
        let mut errors = std::io::stderr().lock();
        for finding in &findings {
            writeln!(errors, "{finding}")?;
        }
        std::io::stdout().lock().write_all(mapping.to_toml().as_bytes())?;
        Ok(Outcome::Done)
    }
}
