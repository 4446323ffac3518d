//! The sample as a whole: hard enough, the same each time, and true to its own truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::{SampleOptions, Summary, write};

/// A sample in a folder that goes when it does.
struct Sample {
    folder: PathBuf,
    summary: Summary,
}

impl Sample {
    fn write(name: &str, customers: usize, seed: u64) -> Self {
        let folder = std::env::temp_dir().join(format!("onefold-sample-{name}-{}", std::process::id()));
        let summary = write(&SampleOptions { customers, seed }, &folder, &mut |_, _| {}).unwrap();
        Self { folder, summary }
    }

    fn rows(&self, file: &str, delimiter: u8) -> Vec<BTreeMap<String, String>> {
        // As Latin-1, letter by letter, for the one file that is; else as UTF-8.
        let bytes = fs::read(self.folder.join(file)).unwrap();
        let text = match file.ends_with("newsletter.csv") {
            true => bytes.into_iter().map(char::from).collect(),
            false => String::from_utf8(bytes).unwrap(),
        };
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        reader.deserialize().map(Result::unwrap).collect()
    }

    fn lines(&self, file: &str) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.folder.join(file)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn column(&self, file: &str, delimiter: u8, column: &str) -> BTreeSet<String> {
        self.rows(file, delimiter).into_iter().map(|mut row| row.remove(column).unwrap()).collect()
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for part in [folder.to_owned(), folder.join("data"), folder.join("truth")] {
        for entry in fs::read_dir(part).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn it_is_as_hard_as_it_should_be() {
    for (customers, seed) in [(300, 1), (3000, 2), (10_000, 3)] {
        let sample = Sample::write(&format!("hard-{seed}"), customers, seed);
        let summary = &sample.summary;
        println!("{summary}\n");
        assert!(summary.share_of_true_pairs_differing_in_two_fields_or_more > 1.0 / 3.0);
        assert!(summary.f1_of_linking_by_equal_mailbox_or_phone <= 0.72);
        assert!(summary.share_of_customers_sharing_a_mailbox_or_phone >= 0.10);
        let records_a_customer = summary.person_records as f64 / summary.people as f64;
        assert!((2.5..=3.5).contains(&records_a_customer), "{records_a_customer}");
        assert_eq!(summary.people, customers as u64);
    }
}

#[test]
fn the_same_options_give_the_same_bytes_and_another_seed_gives_others() {
    let [first, again, other] =
        [("first", 5), ("again", 5), ("other", 6)].map(|(name, seed)| Sample::write(name, 200, seed));
    let (first, again, other) = (files(&first.folder), files(&again.folder), files(&other.folder));
    assert_eq!(first.len(), 11);
    assert!(first == again);
    assert!(first.iter().all(|(name, bytes)| other[name] != *bytes));
}

/// Platforms and releases must agree; a change of this number changes every published figure about a sample.
#[test]
fn the_bytes_of_seed_1_are_these() {
    let sample = Sample::write("frozen", 50, 1);
    let text: Vec<String> =
        files(&sample.folder).into_values().map(|bytes| bytes.into_iter().map(char::from).collect()).collect();
    let parts: Vec<&str> = text.iter().map(String::as_str).collect();
    assert_eq!(format!("{:016x}", crate::world::hash(&parts)), "ba5795d800af2cd6");
}

#[test]
fn a_small_sample_is_small() {
    let sample = Sample::write("small", 300, 1);
    let bytes: u64 =
        fs::read_dir(sample.folder.join("data")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < 1_000_000, "{bytes}");
    for (file, rows) in &sample.summary.rows {
        assert!(*rows > 0, "{file}");
    }
}

#[test]
fn no_customers_give_empty_files() {
    let sample = Sample::write("none", 0, 1);
    assert_eq!(sample.summary.person_records, 0);
    assert!(sample.rows("people.csv", b',').is_empty());
}

#[test]
fn every_key_of_the_truth_is_in_its_file_and_belongs_to_one_person() {
    let sample = Sample::write("keys", 1000, 4);
    let by_email = |email: &str| format!("email:{}", email.trim().to_lowercase());
    let all_by_email =
        |emails: BTreeSet<String>| -> BTreeSet<String> { emails.iter().map(|email| by_email(email)).collect() };
    let mut shop = sample.column("data/shop_orders.csv", b';', "customer_id");
    shop.remove("");
    for row in sample.rows("data/shop_orders.csv", b';') {
        if row["customer_id"].is_empty() {
            shop.insert(by_email(&row["email"]));
        }
    }
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let live: BTreeSet<String> = sample
        .rows("data/crm_contacts.csv", b',')
        .into_iter()
        .filter(|row| row["is_deleted"] == "false")
        .map(|mut row| row.remove("contact_id").unwrap())
        .collect();
    let mut keys = BTreeMap::from([
        ("crm_contacts", live),
        ("shop_orders", shop),
        ("newsletter", all_by_email(sample.column("data/newsletter.csv", b',', "Email Address"))),
        (
            "web_events",
            sample.lines("data/web_events.jsonl").iter().filter_map(|message| text(&message["userId"])).collect(),
        ),
        (
            "support_requests",
            all_by_email(
                sample
                    .lines("data/support_requests.jsonl")
                    .iter()
                    .filter_map(|ticket| text(&ticket["requester"]["email"]))
                    .collect(),
            ),
        ),
    ]);
    let mut seen = BTreeSet::new();
    let mut customers = BTreeSet::new();
    for row in sample.rows("truth/records.csv", b',') {
        let (source, key) = (row["source"].as_str(), row["key"].as_str());
        assert!(seen.insert((source.to_owned(), key.to_owned())), "{source} {key} twice");
        assert!(keys.get_mut(source).unwrap().remove(key), "{source} lacks {key}");
        customers.insert(row["customer"].clone());
    }
    // And nothing in the files is missing from the truth.
    assert!(keys.values().all(BTreeSet::is_empty), "{keys:?}");
    assert_eq!(customers.len(), 1000);
}

#[test]
fn visits_and_people_are_those_of_the_files() {
    let sample = Sample::write("visits", 600, 8);
    let mut first_seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for message in sample.lines("data/web_events.jsonl") {
        if let Some(anonymous) = message["anonymousId"].as_str() {
            first_seen
                .entry(anonymous.to_owned())
                .or_default()
                .insert(message["receivedAt"].as_str().unwrap().to_owned());
        }
    }
    let visits = sample.rows("truth/visits.csv", b',');
    let mut devices: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for visit in &visits {
        let moments = &first_seen[&visit["anonymous_id"]];
        assert!(moments.last().unwrap() >= &visit["from"]);
        devices.entry(&visit["anonymous_id"]).or_default().insert(&visit["customer"]);
    }
    assert!(devices.values().any(|people| people.len() > 1), "no device is shared");
    assert!(first_seen.len() > devices.len(), "nobody only passes by");

    let ids = sample.column("people.csv", b',', "id");
    assert_eq!(ids, sample.column("truth/people.csv", b',', "id"));
    assert_eq!(ids.len() as u64, sample.summary.listed_people);
}

#[test]
fn dirt_of_every_kind_is_there() {
    let sample = Sample::write("dirt", 2000, 9);
    let people = sample.rows("people.csv", b',');
    let some = |column: &str, test: &dyn Fn(&str) -> bool| people.iter().any(|row| test(&row[column]));
    assert!(some("email", &|email| email == "test@test.com"));
    assert!(some("email", &|email| email.contains('+')));
    assert!(some("phone", &|phone| phone == "0000000000"));
    assert!(some("birthdate", &|born| born == "1900-01-01"));
    assert!(some("first_name", &|name| name.ends_with('.')));
    assert!(some("last_name", &|name| name.contains('-')));
    assert!(some("phone", &|phone| phone.starts_with("0044")));
    assert!(sample.rows("data/crm_contacts.csv", b',').iter().any(|row| row["is_deleted"] == "true"));

    let messages = sample.lines("data/web_events.jsonl");
    let kinds: BTreeSet<&str> = messages.iter().filter_map(|message| message["type"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["alias", "group", "identify", "page", "screen", "track"]));
    let ids: BTreeSet<&str> = messages.iter().filter_map(|message| message["messageId"].as_str()).collect();
    assert!(ids.len() < messages.len(), "no message is delivered twice");
    assert!(messages.iter().any(|message| message["traits"].get("phone").is_some_and(serde_json::Value::is_null)));
}

#[test]
fn an_error_leaves_to_its_source_what_the_system_said() {
    let at = std::env::temp_dir().join(format!("onefold-sample-file-{}", std::process::id()));
    fs::write(&at, "a file, not a folder").unwrap();
    let error = write(&SampleOptions { customers: 1, seed: 1 }, &at.join("out"), &mut |_, _| {}).unwrap_err();
    fs::remove_file(&at).unwrap();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(!error.to_string().contains(&source), "{error}");
    assert!(error.to_string().ends_with("; choose a folder that can be written to"), "{error}");
}
