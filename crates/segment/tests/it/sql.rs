//! Law 5 with databases as independent oracles: SQL says what the reference evaluator says.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use onefold_fact::{Body, Timestamp, Value};
use onefold_profile::Profile;
use onefold_segment::{Column, Definition, Dialect, Holds, Rule, Subject, Tables};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::{EVENTS, any_condition, definition, event, hour, profile};

fn tables() -> Tables {
    let column = |name: &str, holds| Column { name: name.to_owned(), holds };
    Tables {
        subjects: "subjects".to_owned(),
        id: "id".to_owned(),
        fields: [("plan".into(), column("plan", Holds::Text)), ("renewal".into(), column("renewal", Holds::Time))]
            .into(),
        events: "events".to_owned(),
        subject: "subject".to_owned(),
        at: "at".to_owned(),
        name: "name".to_owned(),
        place: "place".to_owned(),
        properties: [
            ("sku".to_owned(), column("sku", Holds::Text)),
            ("worth".to_owned(), column("worth", Holds::Integer)),
            (r"odd\.name\.`x`".to_owned(), column("odd \"x\"", Holds::Text)),
        ]
        .into(),
    }
}

const SCRIPT: [&str; 2] = [
    "CREATE TABLE subjects (id VARCHAR, plan VARCHAR, renewal BIGINT)",
    "CREATE TABLE events (subject VARCHAR, \"at\" BIGINT, name VARCHAR, place BIGINT, sku VARCHAR, worth BIGINT, \"odd \"\"x\"\"\" VARCHAR)",
];

/// Facts that fit the columns.
fn any_said() -> impl Strategy<Value = (Body, Timestamp)> {
    let properties = (select(&["\"a\"", "\"b\"", "null", "\"é'\""][..]), select(&["1", "2", "-4", "null", "7"][..]));
    let happened = (select(&EVENTS[..]), properties)
        .prop_map(|(name, (sku, worth))| event(name, &format!(r#"{{"sku":{sku},"worth":{worth}}}"#)));
    let plan = select(vec!["pro", "free", ""]).prop_map(|plan| Body::set([("plan", plan)]));
    let renewal = (0_i64..20).prop_map(|day| Body::set([("renewal", Value::Date(hour(day * 24).date_naive()))]));
    let at = (0_i64..480, -1_i64..2).prop_map(|(hours, odd)| hour(hours) + TimeDelta::microseconds(odd));
    (prop_oneof![8 => happened, 1 => plan, 1 => renewal], at)
}

fn rows(subjects: &[Profile]) -> serde_json::Value {
    let text = |value: Option<&Value>| value.and_then(Value::as_text).map(str::to_owned);
    let field = |subject: &Profile| {
        let renewal = match subject.value("renewal") {
            Some(Value::Date(day)) => Some(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros()),
            _ => None,
        };
        serde_json::json!([Subject::id(subject).to_string(), text(subject.value("plan")), renewal])
    };
    let fields: Vec<_> = subjects.iter().map(field).collect();
    let events: Vec<_> = subjects
        .iter()
        .flat_map(|subject| subject.timeline().iter().enumerate().map(move |(place, event)| (subject, place, event)))
        .map(|(subject, place, event)| {
            let worth = match event.property("worth") {
                Some(Value::Integer(number)) => Some(*number),
                _ => None,
            };
            let id = Subject::id(subject).to_string();
            let at = event.at().timestamp_micros();
            serde_json::json!([id, at, event.name(), place, text(event.property("sku")), worth, null])
        })
        .collect();
    serde_json::json!({"subjects": fields, "events": events})
}

/// What the databases answer; `None` where there is no Python.
fn ask(given: &serde_json::Value) -> Option<BTreeMap<String, Vec<Vec<String>>>> {
    let python = std::env::var("ONEFOLD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/oracle.py");
    let mut child = Command::new(python).arg(oracle).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(given.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the oracle failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Mutations: let a null be true in a negation; close a window at its beginning; compare an average with its rounded
/// value; let the steps of a sequence be at one instant; order the first and the last without the place.
#[test]
fn databases_say_what_the_reference_says() {
    let mut runner = TestRunner::deterministic();
    let mut sample = |many: usize| {
        let subjects = vec(vec(any_said(), 0..14), many).new_tree(&mut runner).unwrap().current();
        let rules = vec(any_condition(), 900).new_tree(&mut runner).unwrap().current();
        (subjects, rules)
    };
    let (subjects, conditions) = sample(60);
    let subjects: Vec<Profile> =
        subjects.iter().enumerate().map(|(nth, said)| profile(&nth.to_string(), said)).collect();
    let mut asked: Vec<(Definition, Timestamp)> = Vec::new();
    let mut queries: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (nth, condition) in conditions.into_iter().enumerate() {
        let definition = Definition::try_from(Rule::new(condition).unwrap()).unwrap();
        let clock = hour(i64::try_from(nth * 7 % 480).unwrap());
        let [sqlite, duckdb] = [Dialect::Sqlite, Dialect::DuckDb].map(|it| definition.to_sql(&tables(), it, clock));
        if let (Ok(sqlite), Ok(duckdb)) = (sqlite, duckdb) {
            queries.entry("sqlite").or_default().push(sqlite);
            queries.entry("duckdb").or_default().push(duckdb);
            asked.push((definition, clock));
        }
    }
    assert!(asked.len() > 200, "only {} rules compile", asked.len());
    let given = serde_json::json!({"script": SCRIPT, "rows": rows(&subjects), "queries": queries});
    let Some(answers) = ask(&given) else {
        println!("skipped: there is no Python to run the databases");
        return;
    };
    if !answers.contains_key("duckdb") {
        println!("DuckDB is skipped: `pip install duckdb`, or name a Python that has it in ONEFOLD_PYTHON");
    }
    for (database, answers) in answers {
        assert_eq!(answers.len(), asked.len());
        for (nth, ((definition, clock), answer)) in asked.iter().zip(answers).enumerate() {
            let holding = subjects.iter().filter(|subject| definition.evaluate(*subject, *clock).holds);
            let mut expected: Vec<String> = holding.map(|subject| Subject::id(subject).to_string()).collect();
            expected.sort_unstable();
            let shown = Rule::new(definition.condition().clone()).unwrap();
            assert_eq!(answer, expected, "{database}: {shown}\nat {clock}\n{}", queries[database.as_str()][nth]);
        }
    }
}

#[test]
fn what_cannot_be_said_is_named_at_its_place() {
    for (rule, dialect, message) in [
        (
            r#"plan = "a" and random 5% by "x""#,
            Dialect::DuckDb,
            "`random` cannot be said exactly in DuckDB, line 1, column 16",
        ),
        (r#"plan matches "x""#, Dialect::Sqlite, "`matches` cannot be said exactly in SQLite, line 1, column 1"),
        (r#"not (vip = true or plan = "a")"#, Dialect::Sqlite, "field `vip` has no column, line 1, column 6"),
        (r#"did "a" where (x = 1)"#, Dialect::Sqlite, "property `x` has no column, line 1, column 1"),
        (
            r#"did "a" in the latest session with gap 30m"#,
            Dialect::DuckDb,
            "a session cannot be said exactly in DuckDB, line 1, column 1",
        ),
        (
            r#"score of (1 if plan = "a", 2 if average of worth of "a" > 2.5) at least 1"#,
            Dialect::Sqlite,
            "a comparison of decimals cannot be said exactly in SQLite, line 1, column 33",
        ),
    ] {
        let error = definition(rule).to_sql(&tables(), dialect, hour(0)).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
