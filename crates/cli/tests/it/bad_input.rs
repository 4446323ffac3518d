//! Broken input: one clear line each, with file, row, column, what is wrong and what would be right. The rest goes on.

use crate::scratch::{Run, Scratch};

/// Unifies a broken file beside a good one: the good one is read whole, and `--strict` tells.
fn beside_a_good_one(name: &str, content: impl AsRef<[u8]>) -> (Scratch, Run) {
    let scratch = Scratch::with_good_file(&format!("bad-{name}")).file(name, content);
    let run = scratch.onefold(&format!("unify {name} good.csv --out out")).ends_with(0);
    assert_eq!(run.stderr, "");
    let [read, kept, identical, set_aside] = run.rows();
    assert_eq!(read, kept + identical + set_aside);
    let records = scratch.table("out/records.csv");
    assert_eq!(records.len() as u64, kept + identical);
    assert_eq!(records.iter().filter(|row| row["file"] == "good.csv").count(), 3);
    let strict = scratch.onefold(&format!("unify {name} good.csv --out out --strict")).ends_with(3);
    assert_eq!(strict.stdout, run.stdout);
    assert_eq!(scratch.table("out/set-aside.csv").len() + 1, run.account().lines().count());
    (scratch, run)
}

#[test]
fn missing_beside_a_good_one() {
    let scratch = Scratch::with_good_file("bad-missing");
    let run = scratch.onefold("unify none.csv good.csv --out out").ends_with(0);
    insta::assert_snapshot!(run.account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      none.csv: cannot be read: No such file or directory (os error 2)
    ");
    assert_eq!(scratch.table("out/set-aside.csv")[0]["file"], "none.csv");
    scratch.onefold("unify none.csv good.csv --out out --strict").ends_with(3);
}

#[test]
fn nothing_else_readable() {
    let scratch = Scratch::new("bad-nothing").folder("bare").file("bare/notes.txt", "hello");
    for call in ["unify none.csv bare --out out", "mapping none.csv bare"] {
        let run = scratch.onefold(call).ends_with(1);
        assert_eq!(run.stdout, "");
        insta::allow_duplicates! { insta::assert_snapshot!(run.stderr, @r"
        error: nothing could be read
          none.csv: cannot be read: No such file or directory (os error 2)
          bare: has no file to read; expected files ending in .csv, .tsv, .jsonl or .ndjson
        "); }
    }
    assert!(!scratch.path("out").exists());
}

#[test]
fn a_folder_without_files() {
    let scratch = Scratch::with_good_file("bad-folder").folder("bare").file("bare/notes.txt", "hello");
    let run = scratch.onefold("unify bare good.csv --out out").ends_with(0);
    insta::assert_snapshot!(run.account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      bare: has no file to read; expected files ending in .csv, .tsv, .jsonl or .ndjson
    ");
}

#[test]
fn empty() {
    let (_, run) = beside_a_good_one("empty.csv", "");
    insta::assert_snapshot!(run.account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      empty.csv: is empty; expected a header and rows
    ");
    let (_, run) = beside_a_good_one("empty.jsonl", "");
    insta::assert_snapshot!(run.account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      empty.jsonl: is empty; expected one JSON object a line
    ");
}

#[test]
fn only_a_header() {
    let (_, run) = beside_a_good_one("header.csv", "id,name,email\n");
    insta::assert_snapshot!(run.account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      header.csv: has a header but no rows; expected a line for each customer or event below it
    ");
}

#[test]
fn ragged_rows() {
    let (scratch, run) = beside_a_good_one(
        "ragged.csv",
        "id,name,email\n1,Ada Byron,ada@x.example\n2,Grace Hopper\n3,Mary Shelley,mary@z.example,extra,more\n",
    );
    insta::assert_snapshot!(run.account(), @r"
    rows: 6 read = 4 kept + 0 identical + 2 set aside; single values set aside: 0
      ragged.csv, row 2: has 2 cells, the header 3; expected as many, with cells that hold the delimiter in quotes
      ragged.csv, row 3: has 5 cells, the header 3; expected as many, with cells that hold the delimiter in quotes
    ");
    insta::assert_snapshot!(scratch.read("out/set-aside.csv"), @r#"
    file,row,column,class,reason,value
    ragged.csv,2,,ragged-row,"has 2 cells, the header 3; expected as many, with cells that hold the delimiter in quotes","2,Grace Hopper"
    ragged.csv,3,,ragged-row,"has 5 cells, the header 3; expected as many, with cells that hold the delimiter in quotes","3,Mary Shelley,mary@z.example,extra,more"
    "#);
}

#[test]
fn invalid_utf_8() {
    let mut rows = b"id,name,email\n".to_vec();
    for number in 1..=20 {
        rows.extend(format!("{number},Zo\u{eb} Br\u{fc}gge,zoe{number}@x.example\n").into_bytes());
    }
    rows.extend(b"21,Zo\xff Smith,zoe@y.example\n");
    let (_, run) = beside_a_good_one("broken.csv", rows);
    insta::assert_snapshot!(run.account(), @r"
    rows: 24 read = 24 kept + 0 identical + 0 set aside; single values set aside: 1
      broken.csv, row 21, column `name`: `Zo� Smith` has bytes that are not UTF-8, in a file that otherwise is; expected UTF-8
    ");
    let (_, run) =
        beside_a_good_one("broken.jsonl", b"{\"id\":\"1\",\"name\":\"Zo\xff\"}\n{\"id\":\"2\",\"name\":\"Ada\"}\n");
    insta::assert_snapshot!(run.account(), @r"
    rows: 5 read = 4 kept + 0 identical + 1 set aside; single values set aside: 0
      broken.jsonl, row 1: has bytes that are not UTF-8; expected JSON in UTF-8
    ");
}

#[test]
fn an_impossible_date() {
    let (scratch, run) = beside_a_good_one(
        "dates.csv",
        "id,name,birth_date\n1,Ada Byron,1985-12-10\n2,Grace Hopper,1976-02-31\n3,Mary Shelley,1987-08-30\n4,Jo,soon\n",
    );
    insta::assert_snapshot!(run.account(), @r"
    rows: 7 read = 7 kept + 0 identical + 0 set aside; single values set aside: 2
      dates.csv, row 2, column `birth_date`: `1976-02-31` is not a date: February 1976 has 29 days; expected a date such as `1990-03-12` or `12 March 1990`
      dates.csv, row 4, column `birth_date`: `soon` is not a date; expected a date such as `1990-03-12` or `12 March 1990`
    ");
    insta::assert_snapshot!(scratch.read("out/set-aside.csv"), @r"
    file,row,column,class,reason,value
    dates.csv,2,birth_date,malformed-value,`1976-02-31` is not a date: February 1976 has 29 days; expected a date such as `1990-03-12` or `12 March 1990`,1976-02-31
    dates.csv,4,birth_date,malformed-value,`soon` is not a date; expected a date such as `1990-03-12` or `12 March 1990`,soon
    ");
    // The rest of the row is kept.
    assert!(
        scratch.table("out/customers.csv").iter().any(|row| row["full_name"] == "Jo" && row["birth_date"].is_empty())
    );
}

#[test]
fn a_cell_of_ten_megabytes() {
    let cell = "x".repeat(10_000_000);
    let rows = format!("id,name,email\n1,Ada Byron,ada@x.example\n2,{cell},grace@y.example\n");
    let (scratch, run) = beside_a_good_one("large.csv", rows);
    insta::assert_snapshot!(run.account(), @r"
    rows: 5 read = 5 kept + 0 identical + 0 set aside; single values set aside: 1
      large.csv, row 2, column `name`: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` has 10000000 bytes; expected a cell of at most 1 MiB
    ");
    assert!(scratch.read("out/set-aside.csv").len() < 1000);
    let (_, run) = beside_a_good_one("large.jsonl", format!("{{\"id\":\"1\",\"name\":\"{cell}{cell}\"}}\n"));
    insta::assert_snapshot!(run.account(), @r"
    rows: 4 read = 3 kept + 0 identical + 1 set aside; single values set aside: 0
      large.jsonl, row 1: is longer than 10 MiB; expected one JSON object a line, with long lists broken up into a line for each item and without attachments
    ");
}

#[test]
fn a_json_line_cut_in_half() {
    let (_, run) = beside_a_good_one(
        "half.jsonl",
        "{\"id\":\"1\",\"name\":\"Ada Byron\"}\n{\"id\":\"2\",\"name\":\"Grace Ho\n{\"id\":\"3\",\"name\":\"Mary\"}\n[1]\n",
    );
    insta::assert_snapshot!(run.account(), @r"
    rows: 7 read = 5 kept + 0 identical + 2 set aside; single values set aside: 0
      half.jsonl, row 2: is cut off before its JSON ends; expected a whole JSON object
      half.jsonl, row 4: is a list; expected a JSON object
    ");
}

#[test]
fn a_quote_that_is_not_closed() {
    let (_, run) = beside_a_good_one(
        "quote.csv",
        "id,name,email\n1,Ada Byron,ada@x.example\n2,\"Grace,grace@y.example\n3,Mary Shelley,mary@z.example\n",
    );
    insta::assert_snapshot!(run.account(), @r"
    rows: 6 read = 5 kept + 0 identical + 1 set aside; single values set aside: 0
      quote.csv, row 2: opens a quote that is not closed; expected a second quote before the next comma or line end, and quotes inside a cell doubled
    ");
}

/// Bytes of no meaning, the same in every run.
#[test]
fn binary_garbage() {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    let garbage: Vec<u8> = std::iter::repeat_with(&mut next).take(20_000).collect();
    for name in ["garbage.csv", "garbage.jsonl"] {
        let scratch = Scratch::with_good_file(&format!("bad-{name}")).file(name, &garbage);
        let run = scratch.onefold(&format!("unify {name} good.csv --out out --strict")).ends_with(3);
        let [read, kept, identical, set_aside] = run.rows();
        assert_eq!(read, kept + identical + set_aside);
        assert!(run.account().lines().count() <= 12);
        let records = scratch.table("out/records.csv");
        assert_eq!(records.iter().filter(|row| row["file"] == "good.csv").count(), 3);
    }
}

#[test]
fn what_is_too_much_to_print_is_in_the_file() {
    let row = |number| format!("{number},Ada Byron,{}\n", if number < 50 { "1976-02-31" } else { "1985-12-10" });
    let rows: String = (0..200).map(row).collect();
    let scratch = Scratch::with_good_file("bad-many").file("many.csv", format!("id,name,birth_date\n{rows}"));
    let run = scratch.onefold("unify many.csv good.csv --out out").ends_with(0);
    assert!(run.account().ends_with("  … and 40 more, in set-aside.csv"), "{}", run.account());
    assert_eq!(scratch.table("out/set-aside.csv").len(), 50);
}
