//! `onefold workflow`: check, rehearse and drive workflows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use onefold::workflow::{Known, Outcome as Decided, PassedOver, Planned, Workflow as Definition};
use onefold::{Pending, RunRecord, Timestamp};
use serde_json::json;

use super::{Database, Printing, Stamp};
use crate::Outcome;
use crate::unify::timestamp;

/// Check workflows, see what they would do, let them run, and see why each step was done.
#[derive(Debug, Args)]
pub(crate) struct Workflow {
    #[command(subcommand)]
    what: OnWorkflow,
}

#[derive(Debug, Subcommand)]
enum OnWorkflow {
    /// Say everything that is wrong with a workflow
    Check {
        /// The workflow, as TOML or JSON
        file: PathBuf,
        /// Also ask this database which fields, segments, stages and calendars there are
        #[arg(long, value_name = "FILE")]
        db: Option<PathBuf>,
        #[command(flatten)]
        printing: Printing,
    },
    /// Bring a workflow into force
    Adopt {
        /// The workflow, as TOML or JSON
        file: PathBuf,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        stamp: Stamp,
        #[command(flatten)]
        printing: Printing,
    },
    /// Say what workflows would have done on the history of a database; nothing is done
    Simulate {
        /// The workflows
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Compare with another version: these instead
        #[arg(long, value_name = "FILE")]
        against: Vec<PathBuf>,
        #[command(flatten)]
        database: Database,
        /// From this time on, if not for a year
        #[arg(long, value_parser = timestamp, value_name = "TIME")]
        from: Option<Timestamp>,
        /// Until this time, if not now
        #[arg(long, value_parser = timestamp, value_name = "TIME")]
        until: Option<Timestamp>,
        #[command(flatten)]
        printing: Printing,
    },
    /// Let workflows react to all that came, and to the clock
    Run {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        stamp: Stamp,
        #[command(flatten)]
        printing: Printing,
    },
    /// Show what is to be carried out outside: messages, notices, calls of other systems
    Commands {
        #[command(flatten)]
        database: Database,
        /// After this cursor
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
        #[command(flatten)]
        printing: Printing,
    },
    /// Show why each step of a run was done or was not, or list all runs
    Show {
        /// The run
        run: Option<uuid::Uuid>,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        printing: Printing,
    },
}

fn read(file: &Path) -> Result<(String, Definition)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let workflow = Definition::read(&text).with_context(|| format!("`{}` is no workflow", file.display()))?;
    Ok((text, workflow))
}

fn read_all(files: &[PathBuf]) -> Result<Vec<Definition>> {
    files.iter().map(|file| Ok(read(file)?.1)).collect()
}

fn time(at: Timestamp) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M:%S")
}

impl Workflow {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self.what {
            OnWorkflow::Check { file, db, printing } => {
                let text =
                    std::fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
                let problems: Vec<String> = match Definition::read(&text) {
                    Err(error) => vec![error.to_string()],
                    Ok(workflow) => {
                        let problems = match db {
                            Some(db) => Database { db }.open()?.views()?.workflow_problems(&workflow, Some(&text))?,
                            None => workflow.problems_in(&text, &Known::default()),
                        };
                        problems.iter().map(ToString::to_string).collect()
                    }
                };
                let said = || match problems.as_slice() {
                    [] => "nothing is wrong with it\n".to_owned(),
                    some => some.iter().fold(String::new(), |text, problem| text + problem + "\n"),
                };
                printing.print(&json!({ "problems": problems }), said)?;
                Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Refused })
            }
            OnWorkflow::Adopt { file, database, stamp, printing } => {
                let (text, workflow) = read(&file)?;
                let house = database.open()?;
                let problems: Vec<String> =
                    house.views()?.workflow_problems(&workflow, Some(&text))?.iter().map(ToString::to_string).collect();
                if !problems.is_empty() {
                    let said = || problems.iter().fold(String::new(), |text, problem| text + problem + "\n");
                    printing.print(&json!({ "problems": problems }), said)?;
                    return Ok(Outcome::Refused);
                }
                let batch = house.adopt(&workflow, stamp.at())?.to_string();
                printing.print(&json!({ "batch": batch }), || format!("adopted; `retract` takes `{batch}` back\n"))?;
                Ok(Outcome::Done)
            }
            OnWorkflow::Simulate { files, against, database, from, until, printing } => {
                let views = database.open()?.views()?;
                let until = until.unwrap_or_else(Stamp::now);
                let from = from.unwrap_or(until - TimeDelta::days(365));
                anyhow::ensure!(from < until, "`--from` is {}, not before `--until`, {}", time(from), time(until));
                let rehearsal = views.rehearse(read_all(&files)?, from, until)?;
                let started = rehearsal.started();
                let planned = rehearsal.planned();
                let not = counted(&rehearsal.passed_over);
                let difference = match against.is_empty() {
                    true => None,
                    false => Some(rehearsal.compared_with(&views.rehearse(read_all(&against)?, from, until)?)),
                };
                let json = json!({
                    "started": started, "planned": planned, "passed_over": not, "difference": difference,
                });
                let text = || {
                    let starts = started.iter().map(|(at, subject, workflow, why)| {
                        (*at, format!("{}  {workflow} starts for {subject}: {why}\n", time(*at)))
                    });
                    let commands = planned.iter().map(|plan| {
                        let mut text = String::new();
                        line(&mut text, "", plan);
                        (plan.at, text)
                    });
                    let mut lines: Vec<(Timestamp, String)> = starts.chain(commands).collect();
                    lines.sort_by_key(|(at, _)| *at);
                    let mut text: String = lines.into_iter().map(|(_, line)| line).collect();
                    for ((workflow, why), count) in &not {
                        let _ = writeln!(text, "{workflow} would not have started {count} times: {why}");
                    }
                    let _ = writeln!(text, "{} runs, {} commands", started.len(), planned.len());
                    if let Some(difference) = &difference {
                        let _ = writeln!(text, "the other version:");
                        difference.drops.iter().for_each(|plan| line(&mut text, "- ", plan));
                        difference.adds.iter().for_each(|plan| line(&mut text, "+ ", plan));
                        for moved in &difference.moves {
                            line(&mut text, "~ ", &moved.was);
                            let _ = writeln!(text, "  at {} instead", time(moved.at));
                        }
                    }
                    text
                };
                printing.print(&json, text)?;
                Ok(Outcome::Done)
            }
            OnWorkflow::Run { database, stamp, printing } => {
                let ran = database.open()?.run_workflows(stamp.at())?;
                let not = counted(&ran.passed_over);
                let text = || {
                    let mut text =
                        format!("{} runs started, {} ended, {} commands given\n", ran.started, ran.ended, ran.commands);
                    for ((workflow, why), count) in &not {
                        let _ = writeln!(text, "{workflow} did not start {count} times: {why}");
                    }
                    text
                };
                printing.print(&ran, text)?;
                Ok(Outcome::Done)
            }
            OnWorkflow::Commands { database, after, limit, printing } => {
                let commands = database.open()?.commands(after, limit)?;
                let text = || {
                    let mut text = String::new();
                    for Pending { cursor, key, workflow, customer, at, command, .. } in &commands {
                        let what = serde_json::to_string(command).unwrap_or_default();
                        let _ = writeln!(text, "{cursor}  {}  {workflow}  {customer}  {what}  key {key}", time(*at));
                    }
                    text
                };
                printing.print(&commands, text)?;
                Ok(Outcome::Done)
            }
            OnWorkflow::Show { run, database, printing } => {
                let views = database.open()?.views()?;
                let records = match run {
                    Some(run) => views.workflow_run(run)?.into_iter().collect(),
                    None => views.workflow_runs(None)?,
                };
                if let Some(run) = run.filter(|_| records.is_empty()) {
                    printing.print(&json!({ "run": null }), || format!("there is no run `{run}`\n"))?;
                    return Ok(Outcome::NotFound);
                }
                let text = || records.iter().fold(String::new(), |text, record| text + &shown(record, run.is_some()));
                printing.print(&records, text)?;
                Ok(Outcome::Done)
            }
        }
    }
}

fn counted(passed_over: &[PassedOver]) -> Vec<((&str, &str), usize)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for over in passed_over {
        *counts.entry((&over.workflow, &over.message)).or_default() += 1;
    }
    counts.into_iter().collect()
}

fn line(text: &mut String, mark: &str, plan: &Planned) {
    let what = serde_json::to_string(&plan.command).unwrap_or_default();
    let _ =
        writeln!(text, "{mark}{}  {} for {}, step `{}`: {what}", time(plan.at), plan.workflow, plan.subject, plan.step);
}

/// A run: in one line, or with each step and why it was done.
fn shown(RunRecord { run, customer, outcomes }: &RunRecord, whole: bool) -> String {
    let mut text = String::new();
    let _ = write!(text, "{run}");
    if let Some((at, Decided::Enrolled { workflow, version, why, .. })) = outcomes.first() {
        let _ = write!(text, "  {workflow} ({version}), since {}: {why}", time(*at));
    }
    if let Some(customer) = customer {
        let _ = write!(text, ", for {customer}");
    }
    if !whole {
        if let Some((at, Decided::Ended { how, why })) = outcomes.last() {
            let _ = write!(text, "; ended {}, {}: {why}", time(*at), format!("{how:?}").to_lowercase());
        }
        text.push('\n');
        return text;
    }
    text.push('\n');
    for (at, outcome) in outcomes {
        let said = match outcome {
            Decided::Enrolled { causes, queued, .. } => {
                let mut said = if *queued { "waits for the run before it" } else { "begins" }.to_owned();
                for cause in causes {
                    let _ = write!(said, ", caused by run {} of `{}`", cause.run, cause.workflow);
                }
                said
            }
            Decided::Started => "begins, since the run before it has ended".to_owned(),
            Decided::Did { step, visit, key, command, .. } => {
                let what = serde_json::to_string(command).unwrap_or_default();
                format!("`{step}`, visit {visit}: {what}, key {key}")
            }
            Decided::Passed { step, why, skipped, .. } => {
                format!("`{step}`{}: {why}", if *skipped { " left out" } else { "" })
            }
            Decided::Waits { step, why, until, .. } => {
                let until = until.map(|until| format!(", until {}", time(until))).unwrap_or_default();
                format!("`{step}` waits for {why}{until}")
            }
            Decided::Refused { step, why, .. } => format!("`{step}` could not be carried out: {why}"),
            Decided::Ended { how, why } => format!("ends, {}: {why}", format!("{how:?}").to_lowercase()),
            _ => continue,
        };
        let _ = writeln!(text, "  {}  {said}", time(*at));
    }
    text
}
