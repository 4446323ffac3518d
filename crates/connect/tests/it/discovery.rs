//! From paths to sources.

use std::fs;
use std::path::PathBuf;

use onefold_connect::{Format, discover};

use crate::support::folder;

#[test]
fn a_folder_is_its_tables_and_lines() {
    let folder = folder();
    for name in ["b.csv", "a.jsonl", "c.tsv", "d.ndjson", "notes.txt", "x.CSV"] {
        fs::write(folder.join(name), "id\n1\n").unwrap();
    }
    fs::create_dir(folder.join("deeper.csv")).unwrap();
    let (files, findings) = discover(std::slice::from_ref(&folder));
    let sources: Vec<(&str, Format)> = files.iter().map(|file| (file.source.as_str(), file.format)).collect();
    let expected = [
        ("a", Format::JsonLines),
        ("b", Format::Table),
        ("c", Format::Table),
        ("d", Format::JsonLines),
        ("x", Format::Table),
    ];
    assert_eq!(sources, expected);
    assert!(findings.is_empty());
}

#[test]
fn files_of_one_name_are_two_sources_and_a_file_named_twice_is_one() {
    let (first, second) = (folder(), folder());
    fs::write(first.join("crm.csv"), "id\n1\n").unwrap();
    fs::write(second.join("crm.csv"), "id\n1\n").unwrap();
    let (files, _) = discover(&[first.clone(), second, first.join("crm.csv")]);
    let sources: Vec<&str> = files.iter().map(|file| file.source.as_str()).collect();
    assert_eq!(sources, ["crm", "crm_2"]);
}

#[test]
fn what_is_missing_is_a_finding_and_the_rest_goes_on() {
    let folder = folder();
    let file = folder.join("export.txt");
    fs::write(&file, "  {\"id\": 1}\n").unwrap();
    let empty = crate::support::folder();
    let (files, findings) = discover(&[PathBuf::from("/nowhere/at.csv"), empty, file]);
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].format, Format::JsonLines);
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(findings[0].starts_with("/nowhere/at.csv: cannot be read: "), "{findings:?}");
    assert!(findings[1].contains("has no file to read; expected files ending in .csv"), "{findings:?}");
}
