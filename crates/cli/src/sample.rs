//! `onefold sample`: made-up customers in several sources, with the truth.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use onefold::Progress;
use onefold_sample::{SampleOptions, write};

use crate::Outcome;
use crate::bar::Bar;

/// Make up a sample of customers in several sources, with the truth.
#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// How many people
    #[arg(long, default_value_t = 300)]
    customers: usize,
    /// Another seed makes up other people; the same seed always the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder for data/, truth/ and people.csv
    #[arg(long)]
    out: PathBuf,
}

impl Sample {
    pub(crate) fn run(self) -> Result<Outcome> {
        let options = SampleOptions { customers: self.customers, seed: self.seed };
        let mut bar = Bar::new();
        let mut begun = false;
        let summary = write(&options, &self.out, &mut |done, total| {
            if !begun {
                bar.begin("making people up", Some(total));
                begun = true;
            }
            bar.done(done);
        })
        .with_context(|| format!("cannot write the sample to `{}`", self.out.display()))?;
        drop(bar);
        let mut out = std::io::stdout().lock();
        writeln!(out, "{summary}")?;
        Ok(Outcome::Done)
    }
}
