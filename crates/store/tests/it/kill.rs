//! Law 7: a process that appends and acknowledges is killed at random instants.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use onefold_fact::{Cell, CellKind, Fact, ViewColumn, ViewTable};
use onefold_store::{Commit, Position, Read, RowChange, SqliteStore, Store, ViewWrite};

use crate::support::{digest, fact, facts, folder};

/// Facts in a commit of the child.
const SIZE: u64 = 25;

/// Beside the facts each commit writes how many there are, so that the two would tell of a commit cut in half.
const COUNTS: ViewTable = ViewTable {
    name: "counts",
    key: &[ViewColumn { name: "one", kind: CellKind::Integer }],
    values: &[ViewColumn { name: "commits", kind: CellKind::Integer }],
};

fn commit(number: u64) -> Vec<Fact> {
    (number * SIZE..(number + 1) * SIZE).map(fact).collect()
}

/// What the child process does, until it is killed.
#[test]
fn child_appends_and_acknowledges() {
    let Ok(path) = std::env::var("ONEFOLD_STORE_KILLED") else { return };
    let mut store = SqliteStore::open(&path).expect("the file");
    let first = store.position().expect("an end").number() / SIZE;
    let mut out = std::io::stdout();
    for number in first.. {
        let count = i64::try_from(number + 1).expect("a small number");
        let rows = vec![RowChange::Put(vec![Cell::Integer(1), Cell::Integer(count)])];
        let views = [ViewWrite { table: &COUNTS, stands_at: None, rows }];
        store.commit(&Commit { facts: &commit(number), views: &views, checkpoints: &[] }).expect("room");
        writeln!(out, "acknowledged {number}").and_then(|()| out.flush()).expect("somebody who reads");
        // Now and then what kills at other instants: copying the log, rewriting the file.
        if number % 97 == 96 {
            store.compact().expect("room");
        }
    }
}

/// Starts the child, kills it after so long, and gives the number of the last commit that it acknowledged.
fn run_and_kill(path: &Path, after: Duration) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["kill::child_appends_and_acknowledges", "--exact", "--nocapture"])
        .env("ONEFOLD_STORE_KILLED", path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child process");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    let reading = std::thread::spawn(move || {
        let lines = out.lines().map_while(Result::ok);
        lines.filter_map(|line| line.split("acknowledged ").nth(1)?.trim().parse::<u64>().ok()).last()
    });
    std::thread::sleep(after);
    child.kill().expect("a child to kill");
    child.wait().expect("its end");
    reading.join().expect("its lines")
}

/// Kills a child so many times. Gives how often it had acknowledged something since it was started.
fn kill(name: &str, times: u32) -> u32 {
    let path = folder(name).join("a.onefold");
    drop(SqliteStore::create(&path).expect("a new file"));
    let (mut acknowledged, mut progressed) = (0, 0);
    // A fixed sequence of waits: xorshift, as Marsaglia gives it.
    let mut state = 2_463_534_242_u32;
    for round in 0..times {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let last = run_and_kill(&path, Duration::from_micros(u64::from(3_000 + state % 150_000)));
        if let Some(last) = last {
            acknowledged = last + 1;
            progressed += 1;
        }
        let store = SqliteStore::open(&path).expect("a file that opens after a kill");
        let deliveries = store.position().expect("an end").number();
        assert!(deliveries.is_multiple_of(SIZE), "round {round}: a commit is there in half, at {deliveries}");
        let commits = deliveries / SIZE;
        // One more may have been written and not acknowledged any more.
        assert!((acknowledged..=acknowledged + 1).contains(&commits), "round {round}: {commits} of {acknowledged}");
        let counted = store.rows(&COUNTS, &[]).expect("rows");
        let expected = i64::try_from(commits).expect("a small number");
        match counted.first() {
            Some(row) => assert_eq!(row[1], Cell::Integer(expected), "round {round}: the view is of another commit"),
            None => assert_eq!(commits, 0),
        }
        assert_eq!(store.stands_at(&COUNTS).expect("a position"), Position::new(deliveries));
        let report = store.check().expect("a check");
        assert!(report.is_sound(), "round {round}: {:?}", report.problems);
        assert_eq!(digest(facts(&store)), digest((0..deliveries).map(fact)), "round {round}");
        acknowledged = commits;
        if deliveries > 40_000 {
            // A file that grows for ever would make each round slower than the one before.
            drop(store);
            std::fs::remove_file(&path).expect("a file to remove");
            drop(SqliteStore::create(&path).expect("a new file"));
            acknowledged = 0;
        }
    }
    progressed
}

/// Law 7, in short. Catches a commit that is acknowledged before it is synced, facts and views in two transactions, and
/// a file that does not open after a crash.
#[test]
fn what_was_acknowledged_survives_kills() {
    let progressed = kill("kill-short", 20);
    assert!(progressed > 3, "the child got somewhere only {progressed} times");
}

/// Law 7, at length. Its figures stand in `docs/reliability.md`.
#[test]
#[ignore = "takes minutes; run it by name in a release build"]
fn what_was_acknowledged_survives_a_thousand_kills() {
    let progressed = kill("kill-long", 1000);
    println!("1000 kills, {progressed} of them after something was acknowledged");
    assert!(progressed > 300, "the child got somewhere only {progressed} times");
}
