//! The file itself: what it holds, what SQL sees of it, who may have it open.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use onefold_fact::{Body, Cell, CellKind, Draft, Fact, Inserted, RecordKey, ViewColumn, ViewTable};
use onefold_store::{Commit, Position, Read, RowChange, SqliteStore, Store, StoreError, ViewWrite};
use rusqlite::Connection;

use crate::support::{at, digest, fact, facts, folder};

const NAMES: ViewTable = ViewTable {
    name: "names",
    key: &[ViewColumn { name: "number", kind: CellKind::Integer }],
    values: &[ViewColumn { name: "name", kind: CellKind::Text }],
};

fn named(number: i64, name: &str) -> RowChange {
    RowChange::Put(vec![Cell::Integer(number), Cell::Text(name.to_owned())])
}

/// Whether any file of the folder holds the bytes of a text.
fn holds(folder: &std::path::Path, text: &str) -> bool {
    std::fs::read_dir(folder).expect("a folder").any(|entry| {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// Law 9, at the level of bytes. Catches `secure_delete` left off, and a write-ahead log that keeps what was erased.
#[test]
fn erased_values_are_in_no_byte_of_the_files() {
    let folder = folder("erased-bytes");
    let mut store = SqliteStore::create(folder.join("a.onefold")).expect("a new file");
    let number = |fact: u64| i64::try_from(fact).expect("a small number");
    for batch in 0..50 {
        let all: Vec<Fact> = (batch * 40..batch * 40 + 40).map(fact).collect();
        let rows = (batch * 40..batch * 40 + 40).map(|n| named(number(n), &format!("person{n}@x.example"))).collect();
        let views = [ViewWrite { table: &NAMES, stands_at: None, rows }];
        store.commit(&Commit { facts: &all, views: &views, checkpoints: &[] }).expect("room");
    }
    let gone: Vec<u64> = (0..2000).filter(|number| number % 7 == 3).collect();
    let ids: BTreeSet<_> = gone.iter().map(|number| fact(*number).id()).collect();
    let rows = gone.iter().map(|n| RowChange::Remove(vec![Cell::Integer(number(*n))])).collect();
    let views = [ViewWrite { table: &NAMES, stands_at: None, rows }];
    assert!(holds(&folder, "person3@x.example"));
    let certificate = store.erase(&ids, &Commit { views: &views, ..Commit::default() }).expect("an erasure");
    assert_eq!((certificate.facts, certificate.pending), (ids, false));
    for number in gone {
        assert!(!holds(&folder, &format!("person{number}@x.example")), "person {number} is still there");
    }
    assert!(holds(&folder, "person4@x.example"));
    assert!(store.check().expect("a check").is_sound());
}

/// A reader from before the erasure still sees it, so the write-ahead log cannot go yet.
#[test]
fn an_erasure_is_pending_until_older_readers_have_gone() {
    let folder = folder("pending");
    let mut store = SqliteStore::create(folder.join("a.onefold")).expect("a new file");
    store.append(&[fact(1), fact(2)]).expect("room");
    let reader = store.reader().expect("a reader");
    let certificate = store.erase(&[fact(1).id()].into(), &Commit::default()).expect("an erasure");
    assert!(certificate.pending);
    assert!(holds(&folder, "person1@x.example"));
    assert_eq!(facts(&*reader).len(), 2);
    assert!(!store.finish_erasure().expect("a try"));
    drop(reader);
    assert!(store.finish_erasure().expect("a try"));
    assert!(!holds(&folder, "person1@x.example"));
}

/// Readers on threads of their own beside a writer that never pauses. Catches a reader that waits for the writer.
#[test]
fn a_writer_blocks_no_reader() {
    let mut store = SqliteStore::create(folder("readers").join("a.onefold")).expect("a new file");
    store.append(&[fact(0)]).expect("room");
    let readers: Vec<_> = (0..4).map(|_| store.reader().expect("a reader")).collect();
    let started = Instant::now();
    let slowest = std::thread::scope(|scope| {
        let reading: Vec<_> = readers
            .into_iter()
            .map(|reader| {
                scope.spawn(move || {
                    let mut slowest = Duration::ZERO;
                    while started.elapsed() < Duration::from_millis(700) {
                        let before = Instant::now();
                        assert_eq!(reader.facts(Position::START, 10).expect("facts").len(), 1);
                        slowest = slowest.max(before.elapsed());
                    }
                    slowest
                })
            })
            .collect();
        let mut number = 1;
        while started.elapsed() < Duration::from_millis(700) {
            store.append(&(number..number + 500).map(fact).collect::<Vec<_>>()).expect("room");
            number += 500;
        }
        reading.into_iter().map(|reader| reader.join().expect("a reader")).max()
    });
    // A loaded machine schedules late; a reader that waits for the lock of the writer would wait seconds.
    assert!(slowest < Some(Duration::from_millis(500)), "{slowest:?}");
}

#[test]
fn sql_sees_the_log_as_people_read_it() {
    let path = folder("sql").join("a.onefold");
    let mut store = SqliteStore::create(&path).expect("a new file");
    let draft =
        || Draft::new("crm", Body::set([("city", "Bonn")])).key(RecordKey::organisation("17")).occurred_at(at(5));
    store.append(&[fact(1), draft().received("monday", at(6)), draft().received("tuesday", at(7))]).expect("room");
    let db = Connection::open(&path).expect("any tool for SQLite");
    let mut query = db
        .prepare("SELECT source, batch, party, key, occurred_at, received_at, json_extract(body, '$.set.city.text') FROM fact_log")
        .expect("the view");
    let rows =
        query.query_map([], |row| (0..7).map(|at| row.get::<_, Option<String>>(at)).collect::<Result<Vec<_>, _>>());
    let rows: Vec<Vec<String>> = rows
        .expect("rows")
        .map(|row| row.expect("a row").into_iter().map(Option::unwrap_or_default).collect())
        .collect();
    assert_eq!(
        rows,
        [
            ["crm", "batch 0", "person", "1", "", "2026-01-01T00:00:00Z", "Bonn"],
            ["crm", "monday", "organisation", "17", "2026-01-01T00:05:00Z", "2026-01-01T00:06:00Z", "Bonn"],
            ["crm", "tuesday", "organisation", "17", "2026-01-01T00:05:00Z", "2026-01-01T00:07:00Z", "Bonn"],
        ]
    );
}

#[test]
fn a_backup_is_the_state_at_its_beginning() {
    let folder = folder("backup");
    let mut store = SqliteStore::create(folder.join("a.onefold")).expect("a new file");
    store.append(&(0..500).map(fact).collect::<Vec<_>>()).expect("room");
    let reader = store.reader().expect("a reader");
    store.append(&[fact(500)]).expect("room");
    reader.backup(&folder.join("b.onefold")).expect("a backup");
    store.backup(&folder.join("c.onefold")).expect("a backup");
    assert!(matches!(store.backup(&folder.join("c.onefold")), Err(StoreError::Exists { .. })));
    for (name, expected) in [("b.onefold", 500), ("c.onefold", 501)] {
        let mut copy = SqliteStore::open(folder.join(name)).expect("the backup");
        assert!(copy.check().expect("a check").is_sound());
        assert_eq!(digest(facts(&copy)), digest((0..expected).map(fact)));
        assert_eq!(copy.append(&[fact(3)]).expect("room").inserted, [Inserted::Identical]);
    }
}

#[test]
fn a_store_in_memory_is_backed_up_into_a_file() {
    let folder = folder("memory-backup");
    let mut store = onefold_store::MemoryStore::default();
    let views = [ViewWrite { table: &NAMES, stands_at: None, rows: vec![named(1, "Ada")] }];
    store.commit(&Commit { facts: &[fact(1), fact(2)], views: &views, checkpoints: &[] }).expect("room");
    store.backup(&folder.join("a.onefold")).expect("a backup");
    let copy = SqliteStore::open(folder.join("a.onefold")).expect("the backup");
    assert_eq!(facts(&copy), [fact(1), fact(2)]);
    assert_eq!(copy.rows(&NAMES, &[]).expect("rows").len(), 1);
    assert_eq!(copy.stands_at(&NAMES).expect("a position"), Position::new(2));
}

#[test]
fn compaction_gives_space_back() {
    let path = folder("compact").join("a.onefold");
    let mut store = SqliteStore::create(&path).expect("a new file");
    store.append(&(0..5000).map(fact).collect::<Vec<_>>()).expect("room");
    store.erase(&(0..4900).map(|number| fact(number).id()).collect(), &Commit::default()).expect("an erasure");
    let before = std::fs::metadata(&path).expect("the file").len();
    store.compact().expect("a compaction");
    let after = std::fs::metadata(&path).expect("the file").len();
    assert!(after * 2 < before, "{before} bytes, then {after}");
    assert_eq!(digest(facts(&store)), digest((4900..5000).map(fact)));
}

/// Files that earlier formats left are opened for ever. Each format adds one, and none is ever made anew.
#[test]
fn a_file_of_every_format_opens() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    for format in 1..=1 {
        let path = folder("formats").join("a.onefold");
        std::fs::copy(data.join(format!("format-{format}.onefold")), &path).expect("a file of this format");
        let mut store = SqliteStore::open(&path).expect("a file that opens");
        assert!(store.check().expect("a check").is_sound());
        assert_eq!(facts(&store), kept_in_formats());
        assert_eq!(store.rows(&NAMES, &[]).expect("rows"), [[Cell::Integer(1), Cell::Text("Ada".to_owned())]]);
        let checkpoint = store.checkpoint("state").expect("a checkpoint").expect("a checkpoint");
        assert_eq!((checkpoint.version, checkpoint.position.number(), &*checkpoint.bytes), (3, 2, &b"state"[..]));
        assert_eq!(store.append(&[fact(7)]).expect("room").inserted, [Inserted::Erased]);
        assert_eq!(store.append(&[fact(8)]).expect("room").inserted, [Inserted::New]);
    }
}

fn kept_in_formats() -> Vec<Fact> {
    let said = |city| Draft::new("crm", Body::set([("city", city)])).key(RecordKey::person("1")).message_id("m");
    vec![
        fact(1),
        said("Bonn").received("a", at(1)),
        said("Ulm").received("b", at(2)),
        said("Bonn").received("c", at(3)),
    ]
}

/// Makes the file of the latest format, once, when a format is added.
#[test]
#[ignore = "writes test data; run it by name when a format is added"]
fn write_the_file_of_the_latest_format() {
    let folder = folder("format");
    let mut store = SqliteStore::create(folder.join("a.onefold")).expect("a new file");
    let views = [ViewWrite { table: &NAMES, stands_at: None, rows: vec![named(1, "Ada")] }];
    let checkpoint = onefold_store::Checkpoint { version: 3, position: Position::new(2), bytes: b"state".to_vec() };
    store.append(&[fact(7)]).expect("room");
    let checkpoints = [("state", checkpoint)];
    store.commit(&Commit { facts: &kept_in_formats(), views: &views, checkpoints: &checkpoints }).expect("room");
    store.erase(&[fact(7).id()].into(), &Commit::default()).expect("an erasure");
    drop(store);
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/format-1.onefold");
    std::fs::copy(folder.join("a.onefold"), data).expect("a file written");
}

/// Mutation: leave the write-ahead log as it is when a store is closed.
#[test]
fn a_closed_store_is_in_its_file_alone() {
    let folder = folder("closed");
    let mut store = SqliteStore::create(folder.join("a.onefold")).expect("a new file");
    store.commit(&Commit { facts: &[fact(1)], ..Commit::default() }).expect("room");
    drop(store.readers().reader().expect("a reader"));
    drop(store);
    assert!(
        std::fs::metadata(folder.join("a.onefold-wal")).map_or(0, |log| log.len()) == 0,
        "nothing stands beside it"
    );
    std::fs::copy(folder.join("a.onefold"), folder.join("b.onefold")).expect("a copy");
    assert_eq!(facts(&SqliteStore::open(folder.join("b.onefold")).expect("a store")), [fact(1)]);
}
