//! Texts on disk, against the plain scan in memory; and what is left of them after an erasure.

use std::collections::BTreeSet;

use onefold_fact::{Body, Cell, CellKind, Draft, Fact, RecordKey, ViewColumn, ViewTable};
use onefold_store::{Commit, MemoryStore, Read, RowChange, SqliteStore, Store, TextQuery, ViewWrite};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{at, folder};

const NOTES: ViewTable = ViewTable {
    name: "notes",
    key: &[
        ViewColumn { name: "record", kind: CellKind::Bytes },
        ViewColumn { name: "position", kind: CellKind::Integer },
    ],
    values: &[ViewColumn { name: "text", kind: CellKind::Prose }],
};

fn key(number: usize) -> Vec<Cell> {
    vec![Cell::Bytes(vec![(number % 3) as u8]), Cell::Integer(number as i64)]
}

fn put(number: usize, text: &str) -> RowChange {
    RowChange::Put(key(number).into_iter().chain([Cell::Text(text.to_owned())]).collect())
}

fn note(number: usize) -> Fact {
    let draft = Draft::new("desk", Body::event("note", [("number", number as i64)]));
    draft.key(RecordKey::person((number % 3).to_string())).received("desk", at(number as i64 / 4))
}

fn write(store: &mut dyn Store, rows: Vec<RowChange>) {
    let views = [ViewWrite { table: &NOTES, stands_at: None, rows }];
    store.commit(&Commit { views: &views, ..Commit::default() }).expect("room");
}

/// Words that share beginnings, fold to one another, or mean something to the language of SQLite.
fn any_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "müller",
        "Muller",
        "contract",
        "CONTRACTS",
        "a",
        "O'Brien",
        "ada@x.io",
        "AND",
        "NEAR(a",
        "words:",
        "--",
        "東京",
        "^a",
        "{}",
        "J.",
        "R.",
    ]);
    prop_oneof![3 => vec(word, 0..6).prop_map(|words| words.join(" ")), 1 => ".{0,12}"]
}

fn any_query() -> impl Strategy<Value = String> {
    (any_text(), any::<bool>(), any::<bool>()).prop_map(|(text, quoted, begun)| {
        let text = format!("{text}{}", if begun { "*" } else { "" });
        if quoted { format!("\"{text}\"") } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The index on disk finds what the plain scan in memory finds, with the same ranks, whatever is typed, after
    /// replacements, removals, erasures, compaction and reopening; and a query as it was understood is understood the
    /// same.
    /// Mutations: hand the query to SQLite unquoted; do not take the former words of a text out of the index; fold a
    /// text as a whole; leave the index out of the erasure; let rows have numbers that compaction changes.
    #[test]
    fn on_disk_as_in_memory(
        said in vec((0..8_usize, any_text()), 0..16),
        removed in vec(0..8_usize, 0..3),
        erased in vec(0..8_usize, 0..3),
        cleared in any::<bool>(),
        queries in vec(any_query(), 1..12),
        record in prop::option::of(0..3_u8),
    ) {
        let path = folder("texts-law").join("a.onefold");
        let mut disk = SqliteStore::create(&path).expect("a new file");
        let mut memory = MemoryStore::default();
        let notes: Vec<Fact> = (0..8).map(note).collect();
        let gone: BTreeSet<_> = erased.iter().map(|number| note(*number).id()).collect();
        for store in [&mut disk as &mut dyn Store, &mut memory] {
            store.append(&notes).expect("room");
            if cleared {
                write(store, vec![put(0, "contract"), RowChange::Clear]);
            }
            for batch in said.chunks(5) {
                write(store, batch.iter().map(|(number, text)| put(*number, text)).collect());
            }
            write(store, removed.iter().map(|number| RowChange::Remove(key(*number))).collect());
            let rows = erased.iter().map(|number| RowChange::Remove(key(*number))).collect();
            let views = [ViewWrite { table: &NOTES, stands_at: None, rows }];
            store.erase(&gone, &Commit { views: &views, ..Commit::default() }).expect("an erasure");
            store.compact().expect("a compaction");
        }
        drop(disk);
        let disk = SqliteStore::open(&path).expect("the file");
        let within: Vec<Cell> = record.map(|record| Cell::Bytes(vec![record])).into_iter().collect();
        for typed in &queries {
            let Ok(query) = typed.parse::<TextQuery>() else { continue };
            for limit in [2, usize::MAX] {
                let found = disk.search(&NOTES, &query, &within, limit).expect("a search");
                let expected = memory.search(&NOTES, &query, &within, limit).expect("a search");
                prop_assert_eq!(&found, &expected, "{}", typed);
                prop_assert!(found.iter().all(|found| !found.snippet.marks.is_empty()), "{}", typed);
            }
            let shown: TextQuery = query.to_string().parse().expect("a query");
            prop_assert_eq!(&shown, &query);
        }
        prop_assert_eq!(disk.check().expect("a check").problems, Vec::<String>::new());
    }
}

/// Law 9, at the level of bytes: enough texts that the index has several pages, split at words of erased ones.
/// Mutations: only note in the index that a text has gone; leave the text in the table.
#[test]
fn erased_words_are_in_no_byte_of_the_file() {
    let path = folder("texts-erased").join("a.onefold");
    let mut store = SqliteStore::create(&path).expect("a new file");
    let word = |number: usize| format!("{}x{number:05}", if number.is_multiple_of(2) { "secret" } else { "kept" });
    store.append(&(0..3000).map(note).collect::<Vec<_>>()).expect("room");
    for start in (0..3000).step_by(500) {
        write(
            &mut store,
            (start..start + 500).map(|number| put(number, &format!("about {} so", word(number)))).collect(),
        );
    }
    let bytes = || std::fs::read(&path).expect("the file");
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    store.finish_erasure().expect("an emptied log");
    assert!(holds(&bytes(), b"secret"));

    let gone = (0..3000_usize).filter(|number| number.is_multiple_of(2));
    let rows = gone.clone().map(|number| RowChange::Remove(key(number))).collect();
    let views = [ViewWrite { table: &NOTES, stands_at: None, rows }];
    let facts = gone.map(|number| note(number).id()).collect();
    assert!(!store.erase(&facts, &Commit { views: &views, ..Commit::default() }).expect("an erasure").pending);
    let left = bytes();
    assert!(!holds(&left, b"secr"));
    assert!(holds(&left, b"keptx"));
    assert_eq!(store.search(&NOTES, &"kept*".parse().expect("a query"), &[], 9999).expect("a search").len(), 1500);
}

/// What cannot be searched for is refused with what would be right.
#[test]
fn queries_without_words_are_refused() {
    let refused = |query: &str| query.parse::<TextQuery>().expect_err("no query").to_string();
    assert_eq!(refused("\" -- \" *"), "nothing to search for in `\" -- \" *`; expected at least one letter or digit");
    assert_eq!(refused(&"a ".repeat(65)), "65 words to search for; expected at most 64");
    let error =
        MemoryStore::default().search(&ViewTable { values: &[], ..NOTES }, &"a".parse().expect("a query"), &[], 1);
    assert!(error.expect_err("no prose").to_string().contains("it has no column of prose"));
}

/// A snippet shows what was found within a long text, and a word without end is cut.
#[test]
fn a_snippet_is_the_part_around_what_was_found() {
    let mut store = MemoryStore::default();
    let long = format!("{} the Contract of {} is due {}", "so ".repeat(99), "x".repeat(500), "and ".repeat(99));
    write(&mut store, vec![put(1, &long)]);
    let found = store.search(&NOTES, &"contract".parse().expect("a query"), &[], 9).expect("a search");
    let expected = format!("… so so so so the [Contract] of {}… is due and and and and and and …", "x".repeat(80));
    assert_eq!(found[0].snippet.to_string(), expected);
}
