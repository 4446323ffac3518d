//! `onefold mapping`, and its file edited and given back.

use crate::scratch::{GOOD, Run, Scratch, sample};

/// What is printed below the explanation at its top.
fn tables(mapping: &str) -> &str {
    mapping.split_once("\n\n").unwrap().1
}

#[test]
fn it_prints_what_each_column_is_taken_for() {
    let run = Scratch::with_good_file("mapping").onefold("mapping good.csv").ends_with(0);
    assert_eq!(run.stderr, "");
    assert!(run.stdout.starts_with("# How each source is read"));
    insta::assert_snapshot!(tables(&run.stdout), @r#"
    [good]
    file = "good.csv"
    party = "person"
    rows = "records"
    mode = "upsert"

    [good.columns]
    id         = "key"
    name       = { attribute = "full_name", kind = "full-name" }
    email      = { attribute = "email", kind = "email" }
    birth_date = { attribute = "birth_date", kind = "birth-date" }
    "#);
}

#[test]
fn given_back_it_changes_nothing() {
    let scratch = Scratch::new("mapping-back");
    let mapping = scratch.onefold(&format!("mapping {}", sample())).ends_with(0).stdout;
    let scratch = scratch.file("mapping.toml", &mapping);
    scratch.onefold(&format!("unify {} --out without", sample())).ends_with(0);
    scratch.onefold(&format!("unify {} --out with --mapping mapping.toml", sample())).ends_with(0);
    assert!(scratch.written("without") == scratch.written("with"));
    assert_eq!(scratch.onefold(&format!("mapping {} --mapping mapping.toml", sample())).ends_with(0).stdout, mapping);
}

/// Unifies `good.csv` by its own mapping in which `from` has become `to`.
fn edited(test: &str, from: &str, to: &str) -> (Scratch, Run) {
    let scratch = Scratch::with_good_file(test);
    let mapping = scratch.onefold("mapping good.csv").ends_with(0).stdout;
    let tables = tables(&mapping);
    assert_eq!(tables.matches(from).count(), 1, "`{from}` in\n{tables}");
    let scratch = scratch.file("edited.toml", tables.replace(from, to));
    let run = scratch.onefold("unify good.csv --out out --mapping edited.toml --strict");
    (scratch, run)
}

#[test]
fn a_column_made_to_be_ignored_is_not_read() {
    let (scratch, run) =
        edited("mapping-ignore", r#"{ attribute = "birth_date", kind = "birth-date" }"#, r#""ignore""#);
    run.ends_with(0);
    assert!(!scratch.read("out/customers.csv").contains("birth_date"));
}

#[test]
fn a_column_can_be_another_attribute() {
    let (scratch, run) = edited("mapping-rename", r#"attribute = "full_name""#, r#"attribute = "known_as""#);
    run.ends_with(0);
    let names: Vec<String> = scratch.table("out/customers.csv").iter().map(|row| row["known_as"].clone()).collect();
    assert!(names.contains(&"Ada Byron".to_owned()), "{names:?}");
}

#[test]
fn a_source_can_be_a_snapshot() {
    let (scratch, run) = edited("mapping-mode", r#"mode = "upsert""#, r#"mode = "snapshot""#);
    assert_eq!(run.ends_with(0).rows(), [3, 3, 0, 0]);
    assert_eq!(scratch.customers("out").len(), 3);
}

#[test]
fn what_it_names_wrongly_is_said_and_the_rest_holds() {
    let (_, run) = edited("mapping-source", "[good.columns]", "[goood.columns]");
    insta::assert_snapshot!(run.ends_with(3).account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      the mapping names a source `goood` that is not read; there are `good`
    ");
    let (_, run) = edited("mapping-column", "email ", "emial ");
    insta::assert_snapshot!(run.ends_with(3).account(), @r"
    rows: 3 read = 3 kept + 0 identical + 0 set aside; single values set aside: 0
      good.csv, column `emial`: the mapping names a column that is not there; did you mean `email`?
    ");
}

#[test]
fn a_broken_mapping_is_refused_with_the_line_and_what_would_be_right() {
    let (scratch, run) = edited("mapping-toml", "[good.columns]", "[good.columns");
    insta::assert_snapshot!(run.ends_with(1).stderr, @"error: `edited.toml`: mapping, line 7, column 14: unclosed table; expected `]`");
    assert!(!scratch.path("out").exists());
    let (_, run) = edited("mapping-value", r#"mode = "upsert""#, r#"mode = "replace""#);
    insta::assert_snapshot!(run.ends_with(1).stderr, @"error: `edited.toml`: mapping, line 5, column 8: unknown variant `replace`; expected `upsert` or `snapshot`");
    let (_, run) = edited("mapping-setting", "mode = ", "mood = ");
    insta::assert_snapshot!(run.ends_with(1).stderr, @"error: `edited.toml`: mapping, line 5, column 1: unknown field `mood`; expected one of `file`, `party`, `rows`, `mode`, `country`, `date-order`, `delimiter`, `encoding`, `columns`");
    let (_, run) = edited("mapping-role", r#""key""#, r#""kee""#);
    insta::assert_snapshot!(run.ends_with(1).stderr, @r#"error: `edited.toml`: mapping, line 8, column 14: unknown role `kee`; expected one of `key`, `message-id`, `occurred-at`, `event-name`, `member-role`, `until`, `deleted`, `ignore`, or a table such as { attribute = "city" }"#);
}

#[test]
fn a_missing_mapping_is_refused() {
    let run = Scratch::with_good_file("mapping-missing").onefold("unify good.csv --out out --mapping none.toml");
    insta::assert_snapshot!(run.ends_with(1).stderr, @"error: cannot read the mapping `none.toml`: No such file or directory (os error 2)");
}

#[test]
fn only_the_mapping_is_printed_where_the_mapping_goes() {
    let scratch = Scratch::new("mapping-findings").file("good.csv", GOOD).file("half.csv", "id,name\n");
    let run = scratch.onefold("mapping good.csv half.csv none.csv").ends_with(0);
    insta::assert_snapshot!(run.stderr, @"none.csv: cannot be read: No such file or directory (os error 2)");
    assert!(scratch.file("it.toml", run.stdout).onefold("mapping good.csv --mapping it.toml").code == Some(0));
}
