//! `onefold explain`: why two rows are one party, or are not.

mod flip;
mod path;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use onefold::Dedupe;
use onefold::identity::{Decisions, Explanation, MatchWeight};
use serde::Serialize;

use self::flip::Change;
use self::path::Link;
use crate::Outcome;
use crate::bar::Bar;
use crate::dedupe::input::{self, Input, Trained};

/// Explain why two rows are one party, or are not: the evidence in bits, where they met, and how their cluster formed.
#[derive(Debug, Args)]
#[command(
    override_usage = "onefold explain [OPTIONS] <FILE>... <A> <B>",
    after_help = "A and B are ids of two rows, or SOURCE:ID where several files have the id.\n\nExit codes: 0 done, 1 \
                  error, 2 wrong call, 4 refused, because nothing could be linked by these columns"
)]
pub(crate) struct Explain {
    /// The tables, and behind them the ids of two rows
    #[arg(required = true, value_name = "FILE… A B")]
    words: Vec<String>,
    #[command(flatten)]
    input: Input,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Keys that are shown of those that missed.
const NEAREST: usize = 4;

/// What is said about the pair. Its fields are the JSON that `--json` prints.
#[derive(Debug, Serialize)]
struct Explained {
    a: String,
    b: String,
    #[serde(flatten)]
    evidence: Explanation,
    probability: f64,
    threshold: f64,
    clusters: [String; 2],
    one_cluster: bool,
    path: Vec<Link>,
    flips: Vec<Change>,
}

impl Explain {
    pub(crate) fn run(self) -> Result<Outcome> {
        let [files @ .., a, b] = self.words.as_slice() else { too_few() };
        if files.is_empty() {
            too_few();
        }
        let mut bar = Bar::new();
        let files = input::files(&files.iter().map(PathBuf::from).collect::<Vec<_>>())?;
        let model = self.input.model()?;
        let rows = Input::prepared(self.input.read(&files, model.as_ref(), &mut bar)?, model.as_ref())?;
        let (first, second) = (find(&rows, a)?, find(&rows, b)?);
        if first == second {
            anyhow::bail!("`{a}` and `{b}` are the same row; expected two");
        }
        let linker = rows.linker(&mut bar);
        let model = match self.input.trained(&linker) {
            Trained::Model(model, _) => model,
            Trained::Refused(refusal) => {
                drop(bar);
                writeln!(io::stderr(), "refused: {refusal}")?;
                return Ok(Outcome::Refused);
            }
        };
        let linkage = linker.link(&model, &Decisions::default(), &mut bar);
        let clusters = rows.clusters(&linkage);
        drop(bar);
        let Some(evidence) = linker.explain(&model, first, second) else {
            anyhow::bail!("`{a}` and `{b}` cannot be compared");
        };
        let names = [first, second].map(|record| clusters.name(record));
        let one_cluster = linkage.clusters().get(first as usize) == linkage.clusters().get(second as usize);
        let path =
            if one_cluster { path::of(&rows, &linker.pairs(&model), &linkage, first, second) } else { Vec::new() };
        let explained = Explained {
            a: rows.label(first),
            b: rows.label(second),
            probability: evidence.weight.probability(),
            threshold: model.threshold(),
            flips: flip::changes(&evidence, &model),
            evidence,
            clusters: names,
            one_cluster,
            path,
        };
        let mut out = io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&explained)?)?;
        } else {
            explained.print(&mut out)?;
        }
        Ok(Outcome::Done)
    }
}

/// Options may stand between the words, so that how many there are shows only when all are read.
fn too_few() -> ! {
    let message = "a file and the ids of two rows are needed\n\nUsage: onefold explain [OPTIONS] <FILE>... <A> <B>\n";
    clap::Error::raw(clap::error::ErrorKind::TooFewValues, message).exit()
}

/// The only row of a name.
fn find(rows: &Dedupe, name: &str) -> Result<u32> {
    match rows.find(name).as_slice() {
        [record] => Ok(*record),
        [] => anyhow::bail!("no row has `{name}` in its column `{}`; expected an id that is there", rows.id_column()),
        several => {
            let named: Vec<String> =
                several.iter().take(5).map(|record| format!("`{}`", rows.label(*record))).collect();
            anyhow::bail!("`{name}` names {} rows: {}; expected one of them", several.len(), named.join(", "))
        }
    }
}

impl Explained {
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{} and {}\n\n{}", self.a, self.b, self.evidence)?;
        let threshold = MatchWeight::of(self.threshold).bits();
        let is_match = self.evidence.weight.bits() > threshold;
        writeln!(
            out,
            "{threshold:>8.1} bits  are needed, for a probability of {}: by itself the pair is {}",
            self.threshold,
            if is_match { "a match" } else { "no match" },
        )?;
        match self.evidence.keys.as_slice() {
            [] => {
                let missed = &self.evidence.missed;
                writeln!(out, "\nThey meet under no key, so by themselves they were not compared. What came nearest:")?;
                for key in missed.iter().take(NEAREST) {
                    writeln!(out, "    {key}")?;
                }
                if missed.len() > NEAREST {
                    writeln!(out, "    … and {} more keys, which --json shows", missed.len() - NEAREST)?;
                }
            }
            keys => writeln!(out, "\nThey meet under: {}.", keys.join("; "))?,
        }
        let [first, second] = &self.clusters;
        match self.path.as_slice() {
            _ if !self.one_cluster => writeln!(out, "They are in two clusters, {first} and {second}.")?,
            [_] => writeln!(out, "They are in one cluster, {first}, joined by their own evidence.")?,
            [] => writeln!(out, "They are in one cluster, {first}.")?,
            path => {
                writeln!(out, "They are in one cluster, {first}, joined through others:")?;
                for link in path {
                    writeln!(out, "{:>8.1} bits  {} – {}", link.weight.bits(), link.from, link.to)?;
                }
            }
        }
        if !self.flips.is_empty() {
            let said = if is_match { "no match without" } else { "a match with full agreement in" };
            writeln!(out, "The pair would be {said} any of:")?;
            for change in &self.flips {
                writeln!(out, "{:>+8.1} bits  {}", change.bits, change.comparisons.join(" and "))?;
            }
        }
        Ok(())
    }
}
