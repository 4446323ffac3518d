//! The `onefold` command.

mod bar;
mod database;
mod dedupe;
mod evaluate;
mod explain;
mod mapping;
mod sample;
mod unify;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Customer data from scattered files to unified profiles.
#[derive(Debug, Parser)]
#[command(name = "onefold", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Unify customers from files: profiles in which every value shows where it came from.
    Unify(unify::Unify),
    /// Make an empty database.
    Init(database::Init),
    /// Accept what files say into a database.
    Accept(database::Accept),
    /// Import mail, calendars, contacts, and the sales work that other systems export.
    Import(database::Import),
    /// Show a customer of a database.
    Customer(database::Customer),
    /// Show what a customer chose about the use of their data, or write it down.
    Consent(database::Consent),
    /// Show what a customer and the house wrote and said to each other.
    Interactions(database::Interactions),
    /// Find words in what people wrote.
    Find(database::Find),
    /// Export all that is known of a customer.
    Export(database::Export),
    /// Bring a part of the configuration into force, or show what is.
    Adopt(database::Adopt),
    /// Show who meets a rule.
    Segment(database::Segment),
    /// Show and define the segments of a database.
    Segments(database::Segments),
    /// Show, check and define the pipelines of a database.
    Pipeline(database::Pipeline),
    /// Work on leads: capture, assign, qualify, convert.
    Lead(database::Lead),
    /// Work on deals: open, move, show their history.
    Deal(database::Deal),
    /// Show what deals are expected to come to.
    Forecast(database::Forecast),
    /// Show what became of deals: how many were won, how fast, and where they were lost.
    Report(database::Report),
    /// Show what a customer gets in a placement, and why.
    Choose(database::Choose),
    /// Fill a template with a customer's values.
    Fill(database::Fill),
    /// Show the messages on their way out.
    Outbox(database::Outbox),
    /// Make messages of what workflows send, and write them into a folder.
    Deliver(database::Deliver),
    /// Check workflows, see what they would do, let them run, and see why.
    Workflow(database::Workflow),
    /// Service levels: check them, bring them into force, see how tickets stand.
    Sla(database::Sla),
    /// Work on accounts: organisations, and which stands above which.
    Account(database::Account),
    /// Work on users: whose leads and deals they are.
    User(database::User),
    /// Work on teams: who works together.
    Team(database::Team),
    /// Work on products: what is sold.
    Product(database::Product),
    /// Put two objects together, or show what belongs to one.
    Associate(database::Associate),
    /// Show what a seller sees of a customer.
    Contact(database::Contact),
    /// Two customers are one.
    Merge(database::Merge),
    /// Work on tickets: open, answer, move, merge, split, show.
    Ticket(database::Ticket),
    /// Work on tasks: open, complete, delegate, show what is to be done today.
    Task(database::Task),
    /// Show which tickets wait for whom.
    Inbox(database::Inbox),
    /// Show what changed in a database, oldest first.
    Changes(database::Changes),
    /// Show what the members of a group come to.
    Group(database::Group),
    /// Count how events break the contract.
    Violations(database::Violations),
    /// Put somebody on the list of those not to be contacted or processed.
    Suppress(database::Suppress),
    /// Remove what is older than it may be.
    Retain(database::Retain),
    /// Take a batch back: what it delivered never was.
    Retract(database::Retract),
    /// Erase a customer from a database, and every byte that only they held.
    Erase(database::Erase),
    /// Copy a database, also while it is used.
    Backup(database::Backup),
    /// Check whether a database is what was written.
    Check(database::Check),
    /// Find which rows of tables are about one person or organisation.
    Dedupe(dedupe::Dedupe),
    /// Measure clusters against the truth.
    Evaluate(evaluate::Evaluate),
    /// Explain why two rows are one party, or are not.
    Explain(explain::Explain),
    /// Print what each column of the files is taken for, as a mapping file to edit.
    Mapping(mapping::Mapping),
    /// Make up a sample of customers in several sources, with the truth.
    Sample(sample::Sample),
    /// Print the completions of a shell.
    Completions(Completions),
}

/// Print the completions of a shell.
#[derive(Debug, clap::Args)]
struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    fn run(self) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "onefold", &mut script);
        std::io::stdout().lock().write_all(&script)?;
        Ok(Outcome::Done)
    }
}

/// How a run ended. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All went well.
    Done,
    /// All went on, but something was set aside, and `--strict` was given.
    SetAside,
    /// It was refused, or nothing could be linked, and the reason was said.
    Refused,
    /// There is no such customer, or there is none any more.
    NotFound,
    /// The database is not what was written.
    Damaged,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::SetAside => ExitCode::from(3),
            Outcome::Refused => ExitCode::from(4),
            Outcome::NotFound => ExitCode::from(5),
            Outcome::Damaged => ExitCode::from(6),
        }
    }
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Unify(unify) => unify.run(),
        Command::Init(init) => init.run(),
        Command::Accept(accept) => accept.run(),
        Command::Import(import) => import.run(),
        Command::Customer(customer) => customer.run(),
        Command::Consent(consent) => consent.run(),
        Command::Interactions(interactions) => interactions.run(),
        Command::Find(find) => find.run(),
        Command::Export(export) => export.run(),
        Command::Adopt(adopt) => adopt.run(),
        Command::Segment(segment) => segment.run(),
        Command::Segments(segments) => segments.run(),
        Command::Pipeline(pipeline) => pipeline.run(),
        Command::Lead(lead) => lead.run(),
        Command::Deal(deal) => deal.run(),
        Command::Forecast(forecast) => forecast.run(),
        Command::Report(report) => report.run(),
        Command::Choose(choose) => choose.run(),
        Command::Fill(fill) => fill.run(),
        Command::Outbox(outbox) => outbox.run(),
        Command::Deliver(deliver) => deliver.run(),
        Command::Workflow(workflow) => workflow.run(),
        Command::Sla(sla) => sla.run(),
        Command::Account(account) => account.run(),
        Command::User(user) => user.run(),
        Command::Team(team) => team.run(),
        Command::Product(product) => product.run(),
        Command::Associate(associate) => associate.run(),
        Command::Contact(contact) => contact.run(),
        Command::Merge(merge) => merge.run(),
        Command::Ticket(ticket) => ticket.run(),
        Command::Task(task) => task.run(),
        Command::Inbox(inbox) => inbox.run(),
        Command::Changes(changes) => changes.run(),
        Command::Group(group) => group.run(),
        Command::Suppress(suppress) => suppress.run(),
        Command::Violations(violations) => violations.run(),
        Command::Retain(retain) => retain.run(),
        Command::Retract(retract) => retract.run(),
        Command::Erase(erase) => erase.run(),
        Command::Backup(backup) => backup.run(),
        Command::Check(check) => check.run(),
        Command::Completions(completions) => completions.run(),
        Command::Dedupe(dedupe) => dedupe.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Explain(explain) => explain.run(),
        Command::Mapping(mapping) => mapping.run(),
        Command::Sample(sample) => sample.run(),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do if even this cannot be said.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever reads our output may stop reading, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe))
}
