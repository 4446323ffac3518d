//! `onefold explain`: the evidence of a pair, and how its cluster formed.

use crate::dedupe::{PEOPLE, table};
use crate::scratch::Scratch;

#[test]
fn a_pair_is_taken_apart() {
    let scratch = Scratch::new("explain").file("people.csv", table(&PEOPLE));
    let run = scratch.onefold("explain people.csv --id no 3 12").ends_with(0);
    for piece in
        ["3 and 12\n", "bits  name: ", "They meet under: ", "They are in one cluster, 3, joined by their own evidence."]
    {
        assert!(run.stdout.contains(piece), "{piece}: {}", run.stdout);
    }
    let run = scratch.onefold("explain people.csv --id no 3 7").ends_with(0);
    for piece in ["They meet under no key", "They are in two clusters, 3 and 7.", "no match"] {
        assert!(run.stdout.contains(piece), "{piece}: {}", run.stdout);
    }
    let (_, nearest) = run.stdout.split_once("What came nearest:\n").unwrap();
    assert_eq!(nearest.lines().take(4).filter(|line| line.starts_with("    ") && line.contains(" / ")).count(), 4);
    let run = scratch.onefold("explain people.csv --id no 3 12 --json").ends_with(0);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(said["missed"].as_array().is_some_and(|missed| missed.iter().all(|key| key["oversized"] == false)));
    assert_eq!((&said["one_cluster"], &said["path"][0]["to"]), (&true.into(), &"12".into()));
}

#[test]
fn a_row_that_is_not_there_is_an_error() {
    let scratch = Scratch::new("explain-wrong").file("people.csv", table(&PEOPLE));
    let said = |call: &str| scratch.onefold(call).ends_with(1).stderr;
    insta::assert_snapshot!(said("explain people.csv --id no 3 99"), @"error: no row has `99` in its column `no`; expected an id that is there");
    insta::assert_snapshot!(said("explain people.csv --id no 3 3"), @"error: `3` and `3` are the same row; expected two");
    scratch.onefold("explain people.csv --id no").ends_with(2);
}
