//! How well the committed sample is matched: the guard that every clone has.

use std::collections::BTreeMap;

use onefold::connect::InferOptions;
use onefold::identity::Evaluation;

use crate::support::{examples, folder, read};

/// By source and key: the true person.
fn truth() -> BTreeMap<(String, String), String> {
    let mut table = csv::Reader::from_path(examples().join("truth/records.csv")).expect("the truth");
    let rows = table.deserialize::<(String, String, String)>();
    rows.map(|row| row.expect("a row of the truth")).map(|(source, key, person)| ((source, key), person)).collect()
}

/// Catches a comparison, a blocking key or a default weight that stopped working: unifying is good, and much
/// better than linking by equal e-mail or phone.
#[test]
fn the_committed_sample_is_matched_well() {
    let read = read(&[examples().join("data")], &InferOptions::default());
    let (found, truth) = (read.customers(), truth());
    let missing: Vec<_> = truth.keys().filter(|record| !found.contains_key(*record)).collect();
    assert!(missing.is_empty(), "records of the truth that were not read: {missing:?}");
    let unified = Evaluation::of(truth.iter().map(|(record, person)| (found[record], person)));

    let by_contact = equal_contacts(&read.house);
    let alone = Evaluation::of(truth.iter().map(|(record, person)| (by_contact[record].clone(), person)));
    println!(
        "committed sample, {} person records, closed pairs: precision {:.3}, recall {:.3}, F1 {:.3}; by equal e-mail \
         or phone alone: precision {:.3}, recall {:.3}, F1 {:.3}",
        truth.len(),
        unified.precision(),
        unified.recall(),
        unified.f1(),
        alone.precision(),
        alone.recall(),
        alone.f1()
    );
    assert!(unified.f1() >= 0.92, "F1 {:.3}", unified.f1());
    assert!(alone.f1() <= 0.75, "the sample has become too easy: {:.3}", alone.f1());
}

/// By source and key: a name of the group that equal e-mail addresses and phone numbers join, over any number of steps.
fn equal_contacts(house: &onefold::Onefold) -> BTreeMap<(String, String), (String, String)> {
    let mut group: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    let mut first: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut facts = Vec::new();
    house.views().expect("views").each_fact(|fact| facts.push(fact)).expect("views");
    for fact in &facts {
        let Some(key) = fact.key() else { continue };
        let record = (fact.source().to_string(), key.to_string());
        group.entry(record.clone()).or_insert_with(|| record.clone());
        for identifier in fact.identifiers() {
            if !matches!(identifier.namespace().as_str(), "email" | "phone") {
                continue;
            }
            let other = first.entry(identifier.to_string()).or_insert_with(|| record.clone());
            let (a, b) = (group[&record].clone(), group[&*other].clone());
            if a != b {
                group.values_mut().filter(|of| **of == b).for_each(|of| *of = a.clone());
            }
        }
    }
    group
}

/// Catches a tie broken by the place in the file, by an id, or by the order in which values were first seen.
#[test]
fn shuffled_rows_and_renamed_ids_change_only_names() {
    let straight = read(&[examples().join("people.csv")], &key("id"));
    let folder = folder("shuffled");
    let text = std::fs::read_to_string(examples().join("people.csv")).expect("the people");
    let mut lines: Vec<&str> = text.lines().collect();
    let header = lines.remove(0);
    // Any fixed permutation that leaves nothing in place will do: every 389th row, with other ids.
    let count = lines.len();
    let other_id = |at: usize| format!("Z{:05}", (at * 7919) % 100_003);
    let mut shuffled = String::from(header);
    for i in 0..count {
        let at = (i * 389 + 11) % count;
        let (_, rest) = lines[at].split_once(',').expect("an id and the rest");
        shuffled.push_str(&format!("\n{},{rest}", other_id(at)));
    }
    assert_ne!(count % 389, 0, "a permutation");
    std::fs::write(folder.join("people.csv"), shuffled).expect("a file to write");
    let again = read(&[folder.join("people.csv")], &key("id"));

    let groups = |read: &crate::support::Read, name: &dyn Fn(&str) -> String| {
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for ((_, key), customer) in read.customers() {
            groups.entry(customer.to_string()).or_default().push(name(&key));
        }
        let mut groups: Vec<Vec<String>> = groups.into_values().collect();
        groups.iter_mut().for_each(|group| group.sort());
        groups.sort();
        groups
    };
    let names: BTreeMap<String, String> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| (other_id(at), line.split(',').next().unwrap_or_default().to_owned()))
        .collect();
    assert_eq!(names.len(), count);
    assert!(groups(&straight, &str::to_owned) == groups(&again, &|id| names[id].clone()));
}

fn key(column: &str) -> InferOptions {
    InferOptions { key: Some(column.to_owned()), ..InferOptions::default() }
}

/// The public files, where they are: `ONEFOLD_DATA` names their folder. They must be read without a mapping, and well.
#[test]
fn public_files_are_matched_without_a_mapping() {
    let Some(data) = std::env::var_os("ONEFOLD_DATA").map(std::path::PathBuf::from) else {
        println!("skipped: ONEFOLD_DATA names no folder of public data (CONTRIBUTING.md says which files)");
        return;
    };
    // Floors well under what is reached: they catch what is broken, not what could be better.
    let files = [("fake_1000.csv", "unique_id", 0.50), ("febrl3.csv", "rec_id", 0.95)];
    for (file, id, floor) in files {
        let options =
            InferOptions { key: Some(id.to_owned()), ignore: vec!["cluster".to_owned()], ..InferOptions::default() };
        let read = read(&[data.join(file)], &options);
        let found = read.customers();
        let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(data.join(file)).expect("a file");
        let rows = table.deserialize::<BTreeMap<String, String>>().map(|row| row.expect("a row"));
        let person = |row: &BTreeMap<String, String>| match row.get("cluster") {
            Some(cluster) => cluster.clone(),
            None => row[id].split('-').nth(1).expect("a number in the id").to_owned(),
        };
        let source = file.trim_end_matches(".csv").to_owned();
        let pairs: Vec<_> = rows.map(|row| (found[&(source.clone(), row[id].clone())], person(&row))).collect();
        let result = Evaluation::of(pairs);
        println!("{file}: precision {:.3}, recall {:.3}, F1 {:.3}", result.precision(), result.recall(), result.f1());
        assert!(result.f1() >= floor, "{file}: {:.3}", result.f1());
    }
}
