//! How the command is called: exit codes, usage, and output that nobody reads to its end.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::scratch::{GOOD, Run, Scratch, sample};

#[test]
fn a_wrong_call_is_a_usage_error() {
    let scratch = Scratch::with_good_file("calls-usage");
    for call in ["", "frob", "unify", "unify good.csv", "unify --out out", "mapping", "sample", "unify good.csv --frob"]
    {
        let run = scratch.onefold(call).ends_with(2);
        assert_eq!(run.stdout, "", "{call}");
        assert!(run.stderr.contains("Usage: onefold"), "{call}: {}", run.stderr);
    }
    let run = scratch.onefold("unify good.csv --out out --at yesterday").ends_with(2);
    insta::assert_snapshot!(run.stderr.lines().next().unwrap(), @"error: invalid value 'yesterday' for '--at <AT>': `yesterday` is not a date; expected a date such as `1990-03-12` or `12 March 1990`");
    scratch.onefold("sample --customers many --out out").ends_with(2);
    assert!(!scratch.path("out").exists());
}

#[test]
fn help_tells_what_it_is_for() {
    let scratch = Scratch::new("calls-help");
    insta::assert_snapshot!(scratch.onefold("--help").ends_with(0).stdout, @r"
    Customer data from scattered files to unified profiles

    Usage: onefold <COMMAND>

    Commands:
      unify         Unify customers from files: profiles in which every value shows where it came from
      init          Make an empty database
      accept        Accept what files say into a database
      import        Import mail, calendars, contacts, and the sales work that other systems export
      customer      Show a customer of a database
      consent       Show what a customer chose about the use of their data, or write it down
      interactions  Show what a customer and the house wrote and said to each other
      find          Find words in what people wrote
      export        Export all that is known of a customer
      adopt         Bring a part of the configuration into force, or show what is
      segment       Show who meets a rule
      segments      Show and define the segments of a database
      pipeline      Show, check and define the pipelines of a database
      lead          Work on leads: capture, assign, qualify, convert
      deal          Work on deals: open, move, show their history
      forecast      Show what deals are expected to come to
      report        Show what became of deals: how many were won, how fast, and where they were lost
      choose        Show what a customer gets in a placement, and why
      fill          Fill a template with a customer's values
      outbox        Show the messages on their way out
      deliver       Make messages of what workflows send, and write them into a folder
      workflow      Check workflows, see what they would do, let them run, and see why
      sla           Service levels: check them, bring them into force, see how tickets stand
      account       Work on accounts: organisations, and which stands above which
      user          Work on users: whose leads and deals they are
      team          Work on teams: who works together
      product       Work on products: what is sold
      associate     Put two objects together, or show what belongs to one
      contact       Show what a seller sees of a customer
      merge         Two customers are one
      ticket        Work on tickets: open, answer, move, merge, split, show
      task          Work on tasks: open, complete, delegate, show what is to be done today
      inbox         Show which tickets wait for whom
      changes       Show what changed in a database, oldest first
      group         Show what the members of a group come to
      violations    Count how events break the contract
      suppress      Put somebody on the list of those not to be contacted or processed
      retain        Remove what is older than it may be
      retract       Take a batch back: what it delivered never was
      erase         Erase a customer from a database, and every byte that only they held
      backup        Copy a database, also while it is used
      check         Check whether a database is what was written
      dedupe        Find which rows of tables are about one person or organisation
      evaluate      Measure clusters against the truth
      explain       Explain why two rows are one party, or are not
      mapping       Print what each column of the files is taken for, as a mapping file to edit
      sample        Make up a sample of customers in several sources, with the truth
      completions   Print the completions of a shell
      help          Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version
    ");
    for command in ["unify", "dedupe", "evaluate", "explain", "mapping", "sample"] {
        assert!(scratch.onefold(&format!("{command} --help")).ends_with(0).stdout.contains("--"));
    }
    assert!(scratch.onefold("--version").ends_with(0).stdout.starts_with("onefold "));
}

#[test]
fn a_column_that_no_file_has_is_said_with_those_there_are() {
    let scratch = Scratch::with_good_file("calls-columns");
    let run = scratch.onefold("unify good.csv --out out --id serial").ends_with(0);
    insta::assert_snapshot!(run.account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      good.csv, column `serial`: was asked for as the key, but is not there; there are `id`, `name`, `email`, `birth_date`
    ");
    let run = scratch.onefold("unify good.csv --out out --ignore e-mail --strict").ends_with(3);
    insta::assert_snapshot!(run.account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      good.csv, column `e-mail`: was to be ignored, but is not there; did you mean `email`?
    ");
    let run = scratch.onefold("mapping good.csv --id serial").ends_with(0);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
}

/// As `onefold … | head -1` does.
#[test]
fn whoever_stops_reading_is_not_told_off() {
    let scratch = Scratch::new("calls-pipe");
    for call in [format!("unify {} --out out", sample()), format!("mapping {}", sample())] {
        let mut command = scratch.command(&call);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((said.as_str(), child.wait().unwrap().code()), ("", Some(0)), "{call}");

        let mut command = scratch.command(&call);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().unwrap()).ends_with(0);
        assert_eq!(run.stderr, "", "{call}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let scratch = Scratch::with_good_file("calls-out");
    let run = scratch.onefold("unify good.csv --out good.csv").ends_with(1);
    assert!(run.stderr.starts_with("error: cannot create the folder `good.csv`: "), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), run.stderr.lines().count()), ("", 1));
    let scratch = scratch.folder("out").folder("out/records.csv");
    let run = scratch.onefold("unify good.csv --out out").ends_with(1);
    assert!(run.stderr.contains("cannot create `out/records.csv`: "), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), run.stderr.lines().count()), ("", 1));
    let scratch = scratch.file("customers.csv", GOOD);
    let run = scratch.onefold("unify customers.csv --out .").ends_with(1);
    insta::assert_snapshot!(run.stderr, @"error: `customers.csv` is a source and would be written over; choose another folder");
    assert_eq!(scratch.read("customers.csv"), GOOD);
    let run = scratch.onefold("sample --customers 3 --out good.csv").ends_with(1);
    assert!(run.stderr.starts_with("error: cannot write "), "{}", run.stderr);
}
