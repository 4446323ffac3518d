//! `onefold dedupe`: which rows of tables are about one party.

pub(crate) mod input;
mod report;

use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use onefold::identity::Decisions;

use self::input::{Input, Trained};
use self::report::{Report, Seconds};
use crate::Outcome;
use crate::bar::Bar;

/// Find which rows of tables are about one person or organisation.
///
/// Columns are recognised by header and content, what agreement in each is worth is learned from the rows themselves.
/// Without `--out` nothing is written but a summary.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 done, 1 error, 2 wrong call, 4 refused, because nothing could be linked by these \
                        columns; the reason is on standard error"
)]
pub(crate) struct Dedupe {
    /// Tables (.csv, .tsv, .parquet), or folders that hold them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    input: Input,
    /// Write the model, to look at it or to use it again with --model
    #[arg(long, value_name = "FILE")]
    save_model: Option<PathBuf>,
    /// Write the cluster of every row: its id, its source, and the smallest id of the cluster
    #[arg(long, value_name = "CLUSTERS.csv")]
    out: Option<PathBuf>,
    /// Write the pairs at or above the threshold, with their weight in bits and their probability
    #[arg(long, value_name = "PAIRS.csv")]
    pairs: Option<PathBuf>,
    /// Say how good the clusters are likely to be: precision, recall and F1 that the model itself expects. Costs a tenth of
    /// the time
    #[arg(long)]
    estimate: bool,
    /// Print one line of JSON instead of the summary
    #[arg(long)]
    json: bool,
}

impl Dedupe {
    pub(crate) fn run(self) -> Result<Outcome> {
        let begin = Instant::now();
        let mut seconds = Seconds::default();
        let mut bar = Bar::new();
        let files = input::files(&self.files)?;
        self.guard(&files)?;
        let given = self.input.model()?;

        let read = timed(&mut seconds.read, || self.input.read(&files, given.as_ref(), &mut bar))?;
        // The process ends with this run: giving back millions of small pieces of memory one by one would only take time.
        let rows = ManuallyDrop::new(timed(&mut seconds.prepare, || Input::prepared(read, given.as_ref()))?);
        let linker = ManuallyDrop::new(timed(&mut seconds.compare, || rows.linker(&mut bar)));
        let trained = timed(&mut seconds.train, || self.input.trained(&linker));
        let (model, training) = match trained {
            Trained::Model(model, training) => (model, training),
            Trained::Refused(refusal) => {
                drop(bar);
                writeln!(std::io::stderr(), "refused: {refusal}")?;
                return Ok(Outcome::Refused);
            }
        };
        let linkage = timed(&mut seconds.cluster, || linker.link(&model, &Decisions::default(), &mut bar));
        let estimate = self.estimate.then(|| timed(&mut seconds.estimate, || linker.estimate(&model, &linkage)));
        let writing = Instant::now();
        let clusters = rows.clusters(&linkage);
        if let Some(path) = &self.out {
            write(path, |file| clusters.write(file))?;
        }
        if let Some(path) = &self.pairs {
            write(path, |file| rows.write_pairs(&linker.pairs(&model), file))?;
        }
        if let Some(path) = &self.save_model {
            write(path, |file| writeln!(file, "{}", model.to_json()))?;
        }
        seconds.write = writing.elapsed().as_secs_f64();
        seconds.total = begin.elapsed().as_secs_f64();
        drop(bar);

        let report = Report::of(&rows, &linkage, &clusters, &model, training, estimate, seconds);
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
        } else {
            report.print(&rows, &clusters, &mut out)?;
            self.say_written(&mut out)?;
        }
        Ok(Outcome::Done)
    }

    /// Writing over a source would lose it, and writing two tables into one file one of them.
    fn guard(&self, sources: &[onefold::connect::SourceFile]) -> Result<()> {
        let written: Vec<&PathBuf> = [&self.out, &self.pairs, &self.save_model].into_iter().flatten().collect();
        for (at, path) in written.iter().enumerate() {
            if written.iter().skip(at + 1).any(|other| other == path) {
                anyhow::bail!("`{}` is named twice to be written; name two files", path.display());
            }
            let Ok(there) = path.canonicalize() else { continue };
            if sources.iter().any(|source| source.path.canonicalize().is_ok_and(|source| source == there)) {
                anyhow::bail!("`{}` is a source and would be written over; choose another file", path.display());
            }
        }
        Ok(())
    }

    fn say_written(&self, out: &mut impl Write) -> Result<()> {
        let written: Vec<String> = [&self.out, &self.pairs, &self.save_model]
            .into_iter()
            .flatten()
            .map(|path| path.display().to_string())
            .collect();
        if written.is_empty() {
            writeln!(out, "\nnothing was written; --out CLUSTERS.csv writes the cluster of every row")?;
        } else {
            writeln!(out, "\nwritten: {}", written.join(", "))?;
        }
        Ok(())
    }
}

/// Does a step and keeps how many seconds it took.
fn timed<T>(seconds: &mut f64, step: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = step();
    *seconds = begin.elapsed().as_secs_f64();
    done
}

fn write(path: &Path, content: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<()> {
    let mut file = File::create(path).with_context(|| format!("cannot create `{}`", path.display()))?;
    content(&mut file).with_context(|| format!("cannot write `{}`", path.display()))
}
