//! Law 7 (durability) and law 1 (order) on disk, against the store in memory.

use onefold_fact::{Body, Draft, Fact, RecordKey};
use onefold_store::{MemoryStore, Read, SqliteStore, Store};
use proptest::prelude::*;

use crate::support::{at, digest, facts, folder};

/// What may happen to a store.
#[derive(Debug, Clone)]
enum Operation {
    Append(Vec<Fact>),
    Erase(Vec<prop::sample::Index>),
    Reopen,
    Compact,
}

fn fact() -> impl Strategy<Value = Fact> {
    let city = prop::sample::select(vec!["Bonn", "Ulm"]);
    let batch = prop::sample::select(vec!["monday", "tuesday"]);
    (city, batch, 0..4_u8, prop::option::of(0..3_u8), 0..3_i64).prop_map(|(city, batch, key, message, minute)| {
        let draft = Draft::new("crm", Body::set([("city", city)])).key(RecordKey::person(key.to_string()));
        let draft = match message {
            Some(message) => draft.message_id(message.to_string()),
            None => draft,
        };
        draft.received(batch, at(minute))
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => prop::collection::vec(fact(), 0..8).prop_map(Operation::Append),
        2 => prop::collection::vec(any::<prop::sample::Index>(), 1..3).prop_map(Operation::Erase),
        2 => Just(Operation::Reopen),
        1 => Just(Operation::Compact),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Law 7. Whatever is done to a file, it is the store in memory to which the same was done. Catches a ledger that
    /// is not read back, a repeated delivery whose content goes astray, and an erasure that is undone by reopening.
    #[test]
    fn a_file_is_what_was_done_to_it(operations in prop::collection::vec(operation(), 1..16)) {
        let path = folder("law-7").join("a.onefold");
        let mut file = SqliteStore::create(&path).expect("a new file");
        let mut memory = MemoryStore::default();
        for operation in operations {
            match operation {
                Operation::Append(batch) => {
                    prop_assert_eq!(file.append(&batch).expect("room"), memory.append(&batch).expect("room"));
                }
                Operation::Erase(which) => {
                    let known = facts(&memory);
                    if !known.is_empty() {
                        let ids = which.iter().map(|index| index.get(&known).id()).collect();
                        let erased = file.erase(&ids, &Default::default()).expect("an erasure");
                        prop_assert_eq!(erased, memory.erase(&ids, &Default::default()).expect("an erasure"));
                    }
                }
                Operation::Reopen => {
                    drop(file);
                    file = SqliteStore::open(&path).expect("the file");
                }
                Operation::Compact => file.compact().expect("a compaction"),
            }
            prop_assert_eq!(file.check().expect("a check"), memory.check().expect("a check"));
        }
        prop_assert_eq!(file.position().expect("an end"), memory.position().expect("an end"));
        prop_assert_eq!(facts(&file), facts(&memory));
    }

    /// Law 1. Any order and batching of the same deliveries is the same set. Catches a position that enters a fact.
    #[test]
    fn order_and_batching_do_not_show(
        mut all in prop::collection::vec(fact(), 1..24),
        size in 1..8_usize,
    ) {
        let mut straight = MemoryStore::default();
        straight.append(&all).expect("room");
        let mut file = SqliteStore::create(folder("law-1").join("a.onefold")).expect("a new file");
        all.reverse();
        for batch in all.chunks(size) {
            file.append(batch).expect("room");
        }
        prop_assert_eq!(digest(facts(&file)), digest(facts(&straight)));
    }
}
