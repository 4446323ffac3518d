//! What several tests need.

use std::path::{Path, PathBuf};

use onefold_fact::{Body, Digest, Draft, Fact, FactSet, Identifier, RecordKey, Timestamp};
use onefold_store::{Position, Read};

/// An empty folder of this test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("store-{name}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("a folder to clear");
    }
    std::fs::create_dir_all(&folder).expect("a folder to make");
    folder
}

pub(crate) fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    start + chrono::TimeDelta::minutes(minute)
}

/// A fact of its own for each number.
pub(crate) fn fact(number: u64) -> Fact {
    let body = Body::set([("email", format!("person{number}@x.example")), ("city", "Bonn".to_owned())]);
    Draft::new("crm", body)
        .key(RecordKey::person(number.to_string()))
        .identified_by(Identifier::new("email", format!("person{number}@x.example")))
        .received(format!("batch {}", number / 10), at(0))
}

/// All facts of a store.
pub(crate) fn facts(store: &dyn Read) -> Vec<Fact> {
    store.facts(Position::START, usize::MAX).expect("a log").into_iter().map(|logged| logged.fact).collect()
}

/// The digest of facts as a set.
pub(crate) fn digest(facts: impl IntoIterator<Item = Fact>) -> Digest {
    Digest::of(&facts.into_iter().collect::<FactSet>())
}
