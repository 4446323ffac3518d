//! `onefold dedupe`: what it writes, prints and refuses.

use std::collections::BTreeMap;

use crate::scratch::Scratch;

/// Two people with two rows each, and one alone.
pub(crate) const PEOPLE: [&str; 5] = [
    "10,Ada,Byron,1985-12-10,ada@x.example,London",
    "9,Ada,Byron,1985-12-10,ada@x.example,Ockham",
    "3,Grace,Hopper,1976-12-09,grace@y.example,New York",
    "12,Grace,Hoper,1976-12-09,grace@y.example,Arlington",
    "7,Mary,Shelley,1987-08-30,mary@z.example,London",
];

pub(crate) fn table(rows: &[&str]) -> String {
    format!("no,first_name,last_name,birth_date,email,city\n{}\n", rows.join("\n"))
}

fn clusters(scratch: &Scratch, name: &str) -> BTreeMap<String, String> {
    scratch.table(name).iter().map(|row| (row["no"].clone(), row["cluster_id"].clone())).collect()
}

#[test]
fn every_row_has_the_smallest_id_of_its_cluster() {
    let scratch = Scratch::new("dedupe-clusters").file("people.csv", table(&PEOPLE));
    let run = scratch.onefold("dedupe people.csv --id no --out clusters.csv").ends_with(0);
    insta::assert_snapshot!(scratch.read("clusters.csv"), @r"
    no,source,cluster_id
    10,people,9
    9,people,9
    3,people,3
    12,people,3
    7,people,7
    ");
    let said: Vec<&str> = run.stdout.lines().filter(|line| !line.starts_with("time: ")).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    rows: 5 read = 5 kept + 0 set aside; single values set aside: 0
    columns: first_name (given-name), last_name (family-name), birth_date (birth-date), email (email), city (city)
    left out: no
    pairs: 2 compared, 2 match at probability 0.5 or more

    5 records are 3 parties; 80.0 % of the records share theirs with another
    the largest: 3 (2 records), 9 (2 records)

    written: clusters.csv
    ");
}

/// Catches a cluster that is named by where its rows stand.
#[test]
fn the_name_of_a_cluster_does_not_depend_on_the_order_of_rows() {
    let mut back = PEOPLE;
    back.reverse();
    let scratch = Scratch::new("dedupe-order").file("forth.csv", table(&PEOPLE)).file("back.csv", table(&back));
    for name in ["forth", "back"] {
        scratch.onefold(&format!("dedupe {name}.csv --id no --out {name}-out.csv --pairs {name}-p.csv")).ends_with(0);
    }
    assert_eq!(clusters(&scratch, "forth-out.csv"), clusters(&scratch, "back-out.csv"));
    assert_eq!(scratch.read("forth-p.csv").replace("forth", "back"), scratch.read("back-p.csv"));
    let pairs = scratch.table("forth-p.csv");
    let sides: Vec<_> = pairs.iter().map(|row| (&*row["id_l"], &*row["id_r"])).collect();
    assert_eq!(sides, [("3", "12"), ("9", "10")]);
}

#[test]
fn files_that_are_free_of_duplicates_are_linked_to_each_other_only() {
    let scratch = Scratch::new("dedupe-link")
        .file("a.csv", table(&[PEOPLE[0], PEOPLE[1], PEOPLE[2]]))
        .file("b.csv", table(&[PEOPLE[3], PEOPLE[4]]));
    scratch.onefold("dedupe a.csv b.csv --id no --link --out clusters.csv").ends_with(0);
    insta::assert_snapshot!(scratch.read("clusters.csv"), @r"
    no,source,cluster_id
    10,a,a:10
    9,a,a:9
    3,a,a:3
    12,b,a:3
    7,b,b:7
    ");
}

#[test]
fn programs_get_one_line_of_json() {
    let scratch = Scratch::new("dedupe-json").file("people.csv", table(&PEOPLE));
    let run = scratch.onefold("dedupe people.csv --id no --json").ends_with(0);
    assert_eq!(run.stdout.lines().count(), 1);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&said["records"], &said["entities"], &said["matches"]), (&5.into(), &3.into(), &2.into()));
    for phase in ["read", "prepare", "compare", "train", "cluster", "write", "total"] {
        assert!(said["seconds"][phase].is_f64(), "{phase}");
    }
    assert!(said["lambda"].as_f64().is_some_and(|share| share > 0.0 && share < 1.0));
    if cfg!(target_os = "linux") {
        assert!(said["peak_memory_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 20));
    }
}

/// Catches a share that is no share, and an estimate that is made unasked: it takes time.
#[test]
fn how_good_the_clusters_are_is_estimated_where_asked() {
    let scratch = Scratch::new("dedupe-estimate").file("people.csv", table(&PEOPLE));
    let json =
        |call: &str| -> serde_json::Value { serde_json::from_str(&scratch.onefold(call).ends_with(0).stdout).unwrap() };
    assert!(json("dedupe people.csv --id no --json")["estimate"].is_null());
    let said = json("dedupe people.csv --id no --json --estimate");
    assert!(said["cut"].is_null(), "nothing was too large");
    assert_eq!(said["estimate"]["found_pairs"], 2);
    for measure in ["precision", "recall", "f1"] {
        let [low, value, high] = ["low", "value", "high"].map(|end| said["estimate"][measure][end].as_f64().unwrap());
        assert!(0.9 < value && low <= value && value <= high && high <= 1.0, "{measure}: {said}");
    }
    let run = scratch.onefold("dedupe people.csv --id no --estimate").ends_with(0);
    assert!(run.stdout.contains("\nexpected, if the model is right: precision "), "{}", run.stdout);
}

#[test]
fn rows_that_cannot_be_read_are_counted_and_the_number_of_the_row_is_an_id() {
    let rows = [PEOPLE[0], "oh,no", PEOPLE[1], PEOPLE[2]].map(|row| row.split_once(',').unwrap().1);
    let content = format!("first_name,last_name,birth_date,email,city\n{}\n", rows.join("\n"));
    let scratch = Scratch::new("dedupe-aside").file("people.csv", content);
    let run = scratch.onefold("dedupe people.csv --out clusters.csv").ends_with(0);
    insta::assert_snapshot!(run.account().lines().take(2).collect::<Vec<_>>().join("\n"), @r"
    rows: 4 read = 3 kept + 1 set aside; single values set aside: 0
      people.csv, row 2: has 1 cell, the header 5; expected as many, with cells that hold the delimiter in quotes
    ");
    insta::assert_snapshot!(scratch.read("clusters.csv"), @r"
    row,source,cluster_id
    1,people,1
    3,people,1
    4,people,4
    ");
}

#[test]
fn a_model_can_be_kept_and_used_again() {
    let scratch = Scratch::new("dedupe-model").file("people.csv", table(&PEOPLE));
    scratch.onefold("dedupe people.csv --id no --save-model model.json --out first.csv").ends_with(0);
    scratch.onefold("dedupe people.csv --id no --model model.json --out second.csv").ends_with(0);
    assert_eq!(scratch.read("first.csv"), scratch.read("second.csv"));
    let run = scratch.onefold("dedupe people.csv --id no --ignore email --model model.json").ends_with(1);
    assert!(run.stderr.starts_with("error: `model.json`: the model compares "), "{}", run.stderr);
    std::fs::write(scratch.path("broken.json"), "{}").expect("a file");
    let run = scratch.onefold("dedupe people.csv --id nr --model broken.json").ends_with(1);
    assert!(run.stderr.starts_with("error: `broken.json`: this is no model"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_linked_is_refused_with_a_code_of_its_own() {
    let scratch = Scratch::new("dedupe-refused").file("prices.csv", "price,amount\n1.50,3\n2.50,4\n");
    let run = scratch.onefold("dedupe prices.csv --json").ends_with(4);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.starts_with("refused: no column says who a record is about"), "{}", run.stderr);
}

#[test]
fn a_wrong_name_is_an_error_that_helps() {
    let scratch = Scratch::new("dedupe-wrong").file("people.csv", table(&PEOPLE)).file("b.csv", "nr,email\n1,a@x.io\n");
    let said = |call: &str| scratch.onefold(call).ends_with(1).stderr;
    insta::assert_snapshot!(said("dedupe people.csv --id nr"), @"error: column `nr` was asked for as the id, but is in no file; there are `no`, `first_name`, `last_name`, `birth_date`, `email`, `city`");
    insta::assert_snapshot!(said("dedupe people.csv --ignore e-mial"), @"error: column `e-mial` was to be ignored, but is in no file; did you mean `email`?");
    insta::assert_snapshot!(said("dedupe people.csv b.csv --id no"), @"error: `b.csv` has no column `no`, which names the rows of the other files; there are `nr`, `email`");
    insta::assert_snapshot!(said("dedupe people.csv --out people.csv"), @"error: `people.csv` is a source and would be written over; choose another file");
    insta::assert_snapshot!(said("dedupe people.csv --link"), @"error: `people.csv` is the only file and said to be free of duplicates: nothing is left to link; expected another file, or to look for duplicates within it");
    scratch.onefold("dedupe people.csv --threshold 1.5").ends_with(2);
    scratch.onefold("dedupe people.csv --threshold good").ends_with(2);
}
