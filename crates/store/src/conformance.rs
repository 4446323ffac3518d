//! The suite that every [`Store`] is held to, for whoever writes one.
//!
//! ```
//! use onefold_store::conformance::{self, Subject};
//! use onefold_store::{MemoryStore, Store, StoreError};
//!
//! struct Memory;
//!
//! impl Subject for Memory {
//!     fn create(&mut self) -> Result<Box<dyn Store>, StoreError> {
//!         Ok(Box::new(MemoryStore::default()))
//!     }
//!
//!     fn reopen(&mut self, store: Box<dyn Store>) -> Result<Box<dyn Store>, StoreError> {
//!         Ok(store) // a store on disk drops this one and opens it again
//!     }
//! }
//!
//! # fn main() -> Result<(), conformance::Failure> {
//! conformance::run(&mut Memory)
//! # }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{
    Body, Cell, CellKind, Digest, Draft, Fact, FactId, FactSet, Identifier, Inserted, Party, RecordKey, Retraction,
    Timestamp, ViewColumn, ViewTable,
};

use crate::error::StoreError;
use crate::store::{Checkpoint, Commit, Derived, Logged, Position, Read, RowChange, Store, ViewWrite};

/// Makes the stores that are looked at.
pub trait Subject {
    /// A new, empty store.
    ///
    /// # Errors
    /// When it cannot be made, which fails the suite.
    fn create(&mut self) -> Result<Box<dyn Store>, StoreError>;

    /// The same store, closed and opened again.
    ///
    /// # Errors
    /// When it cannot be opened, which fails the suite.
    fn reopen(&mut self, store: Box<dyn Store>) -> Result<Box<dyn Store>, StoreError>;
}

/// What a store does otherwise than it should.
#[derive(Debug, thiserror::Error)]
#[error("{check}: {what}")]
pub struct Failure {
    check: &'static str,
    what: String,
}

type Outcome = Result<(), Wrong>;

/// What a check found, before it is known which check it was.
struct Wrong(String);

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        Wrong(error.to_string())
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected { Ok(()) } else { Err(Wrong(format!("{what}: found {found:?}, expected {expected:?}"))) }
}

fn holds(what: &str, found: bool) -> Outcome {
    if found { Ok(()) } else { Err(Wrong(what.to_owned())) }
}

/// Looks at everything that [`Store`] and [`Read`] promise, but for [`Read::backup`] and crashes, which need more than
/// the trait.
///
/// # Errors
/// The first promise that is not kept.
pub fn run(subject: &mut dyn Subject) -> Result<(), Failure> {
    type Check = fn(&mut dyn Subject) -> Outcome;
    const CHECKS: [(&str, Check); 11] = [
        ("an empty store", empty),
        ("a delivery is kept once", kept_once),
        ("the log is read from any position", read_from),
        ("facts of every form come back", every_form),
        ("a commit is whole or nothing", whole_or_nothing),
        ("what a commit says in the middle", said_in_the_middle),
        ("view tables", view_tables),
        ("search", search),
        ("checkpoints", checkpoints),
        ("a reader keeps its state", readers),
        ("erasure", erasure),
    ];
    CHECKS.iter().try_for_each(|(check, run)| run(subject).map_err(|Wrong(what)| Failure { check, what }))
}

/// The facts of a store by what [`FactSet`] makes of them.
fn digest(store: &dyn Read) -> Result<Digest, Wrong> {
    Ok(Digest::of(&all(store)?.into_iter().map(|logged| logged.fact).collect::<FactSet>()))
}

fn all(store: &dyn Read) -> Result<Vec<Logged>, Wrong> {
    let limit = usize::try_from(store.position()?.number()).unwrap_or(usize::MAX);
    Ok(store.facts(Position::START, limit)?)
}

fn sound(store: &dyn Store) -> Outcome {
    let report = store.check()?;
    equal("problems that the check finds", &report.problems, &Vec::new())?;
    equal("deliveries that the check counts", &report.deliveries, &store.position()?.number())
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_timestamp(1_767_225_600 + minute * 60, 0).unwrap_or_default()
}

/// Facts that collide in ids, contents and deliveries, the same at each run.
fn colliding(number: usize) -> Vec<Fact> {
    // Numerical Recipes' linear congruential generator.
    let mut state = 1_u32;
    let mut any = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let fact = |_| {
        let mut draft =
            Draft::new(["crm", "web"][any(2) as usize], Body::set([("city", ["Bonn", "Ulm"][any(2) as usize])]))
                .key(RecordKey::person(any(3).to_string()));
        if any(2) == 0 {
            draft = draft.message_id(any(4).to_string());
        }
        if any(2) == 0 {
            draft = draft.occurred_at(at(any(3).into()));
        }
        draft.received(["monday", "tuesday"][any(2) as usize], at(any(3).into()))
    };
    (0..number).map(fact).collect()
}

fn plain(number: i64) -> Fact {
    Draft::new("crm", Body::set([("number", number)]))
        .key(RecordKey::person(number.to_string()))
        .received("b", at(number))
}

fn empty(subject: &mut dyn Subject) -> Outcome {
    let store = subject.create()?;
    equal("the end of the log", &store.position()?, &Position::START)?;
    equal("facts", &store.facts(Position::START, 10)?, &Vec::new())?;
    equal("rows", &store.rows(&TABLE, &[])?, &Vec::new())?;
    equal("where a table stands", &store.stands_at(&TABLE)?, &Position::START)?;
    equal("a checkpoint", &store.checkpoint("state")?, &None)?;
    sound(&*store)
}

fn kept_once(subject: &mut dyn Subject) -> Outcome {
    let facts = colliding(600);
    let (mut store, mut set) = (subject.create()?, FactSet::default());
    for (number, batch) in facts.chunks(7).chain(facts.chunks(31)).enumerate() {
        let expected: Vec<Inserted> = batch.iter().map(|fact| set.insert(fact.clone())).collect();
        equal("what became of facts", &store.append(batch)?.inserted, &expected)?;
        if number % 40 == 39 {
            store = subject.reopen(store)?;
        }
    }
    let kept = all(&*store)?;
    let distinct: BTreeSet<(FactId, Digest, Timestamp, &str)> =
        facts.iter().map(|fact| (fact.id(), fact.content(), fact.received_at(), fact.batch().as_str())).collect();
    equal("deliveries in the log", &kept.len(), &distinct.len())?;
    equal("the digest", &digest(&*store)?, &Digest::of(&set))?;
    sound(&*store)
}

fn read_from(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    let facts: Vec<Fact> = (0..25).map(plain).collect();
    equal("the position of a commit", &store.append(&facts)?.position, &Position::new(25))?;
    for after in [0, 1, 24, 25, 26, u64::MAX] {
        for limit in [0, 1, 10, 100, usize::MAX] {
            let found: Vec<Fact> =
                store.facts(Position::new(after), limit)?.into_iter().map(|logged| logged.fact).collect();
            let from = usize::try_from(after).unwrap_or(usize::MAX);
            let expected: Vec<Fact> = facts.iter().skip(from).take(limit).cloned().collect();
            equal(&format!("facts after {after}, at most {limit}"), &found, &expected)?;
        }
    }
    let positions: Vec<u64> = all(&*store)?.iter().map(|logged| logged.position.number()).collect();
    equal("positions", &positions, &(1..=25).collect())
}

fn every_form(subject: &mut dyn Subject) -> Outcome {
    let keyed = |body| Draft::new("crm \u{0} ' \" ;", body).key(RecordKey::new(Party::Organisation, "a:b\u{0}"));
    let facts: Vec<Fact> = [
        keyed(Body::set([("name", "\u{0}\u{1F600} ' \" \\")])),
        keyed(Body::Unset(["name".into()].into())),
        keyed(Body::event("seen", [("count", i64::MIN)])).occurred_at(at(-1_000_000_000)),
        keyed(Body::Complete).identified_by(Identifier::new("a:b", "")).identified_by(Identifier::new("", "c:d")),
        Draft::new("", Body::Retract(Retraction::Batch("".into()))),
        keyed(Body::set([("n", i64::MAX)]))
            .identified_by(Identifier::new("email", "b"))
            .identified_by(Identifier::new("email", "a")),
    ]
    .into_iter()
    .map(|draft| draft.received("", at(0)))
    .collect();
    let mut store = subject.create()?;
    store.append(&facts)?;
    store = subject.reopen(store)?;
    let found: Vec<Fact> = all(&*store)?.into_iter().map(|logged| logged.fact).collect();
    equal("facts", &found, &facts)?;
    sound(&*store)
}

fn whole_or_nothing(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    store.append(&[plain(1)])?;
    let write = ViewWrite { table: &TABLE, stands_at: None, rows: vec![RowChange::Put(vec![Cell::Integer(1)])] };
    let refused = store.commit(&Commit { facts: &[plain(2)], views: &[write], checkpoints: &[] });
    holds("a row that does not fit is accepted", matches!(refused, Err(StoreError::View { .. })))?;
    equal("the end of the log after a refused commit", &store.position()?, &Position::new(1))?;
    equal("a fact of a refused commit", &store.append(&[plain(2)])?.inserted, &vec![Inserted::New])?;
    store = subject.reopen(store)?;
    equal("the end of the log", &store.position()?, &Position::new(2))
}

fn said_in_the_middle(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    store.append(&[plain(1)])?;
    let facts = [plain(1), plain(2), plain(3)];
    let mut seen = (Vec::new(), Position::START, 0);
    let (committed, _) = store.commit_with(&facts, &BTreeSet::new(), &mut |read, committed| {
        let there = read.facts_at(&[Position::new(3), Position::new(9), Position::new(1)])?;
        let there = there.iter().map(|logged| logged.fact.clone()).collect();
        seen = (there, read.position()?, committed.inserted.len());
        let views = vec![ViewWrite { table: &TABLE, stands_at: None, rows: vec![put(1, "a", None)] }];
        Ok(Derived { views, checkpoints: Vec::new() })
    })?;
    equal("what is seen in the middle", &seen, &(vec![plain(3), plain(1)], Position::new(3), 3))?;
    let expected = vec![Inserted::Identical, Inserted::New, Inserted::New];
    equal("what became of facts", &committed.inserted, &expected)?;
    equal("rows said in the middle", &store.rows(&TABLE, &[])?, &vec![row(1, "a", None)])?;
    equal("where a fact stands", &store.positions(plain(3).id()), &vec![Position::new(3)])?;
    let refused = store.commit_with(&[plain(4)], &BTreeSet::new(), &mut |_, _| {
        Err(StoreError::View { table: "members".to_owned(), what: "refused".to_owned() })
    });
    holds("a commit that is refused in the middle is accepted", refused.is_err())?;
    equal("the end of the log after a refusal", &store.position()?, &Position::new(3))?;
    equal("where a refused fact stands", &store.positions(plain(4).id()), &Vec::new())?;
    equal("a fact of a refused commit", &store.append(&[plain(4)])?.inserted, &vec![Inserted::New])?;
    let reader = store.readers().reader()?;
    equal("facts that a reader finds", &reader.facts_at(&[Position::new(4)])?.len(), &1)?;
    sound(&*store)
}

const TABLE: ViewTable = ViewTable {
    name: "members",
    key: &[ViewColumn { name: "customer", kind: CellKind::Bytes }, ViewColumn { name: "record", kind: CellKind::Text }],
    values: &[ViewColumn { name: "since", kind: CellKind::Integer }],
};

fn row(customer: u8, record: &str, since: Option<i64>) -> Vec<Cell> {
    vec![Cell::Bytes(vec![customer]), Cell::Text(record.to_owned()), since.map_or(Cell::Null, Cell::Integer)]
}

fn put(customer: u8, record: &str, since: Option<i64>) -> RowChange {
    RowChange::Put(row(customer, record, since))
}

fn view_tables(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    let write = |store: &mut Box<dyn Store>, facts: &[Fact], stands_at, rows| {
        let views = [ViewWrite { table: &TABLE, stands_at, rows }];
        store.commit(&Commit { facts, views: &views, checkpoints: &[] })
    };
    let rows = vec![put(2, "b", Some(1)), put(1, "b", None), put(1, "a", Some(2)), put(1, "a", Some(3))];
    write(&mut store, &[plain(1), plain(2)], None, rows)?;
    equal("where the table stands", &store.stands_at(&TABLE)?, &Position::new(2))?;
    store = subject.reopen(store)?;
    let expected = vec![row(1, "a", Some(3)), row(1, "b", None), row(2, "b", Some(1))];
    equal("all rows", &store.rows(&TABLE, &[])?, &expected)?;
    equal(
        "rows by prefix",
        &store.rows(&TABLE, &[Cell::Bytes(vec![1])])?,
        &expected.get(..2).unwrap_or_default().to_vec(),
    )?;
    let one = [Cell::Bytes(vec![1]), Cell::Text("b".to_owned())];
    equal("one row", &store.rows(&TABLE, &one)?, &vec![row(1, "b", None)])?;
    let after = [Cell::Bytes(vec![1]), Cell::Text("a".to_owned())];
    equal("rows after a key", &store.rows_after(&TABLE, &after, 1)?, &vec![row(1, "b", None)])?;
    equal("rows after a key", &store.rows_after(&TABLE, &after, 9)?.len(), &2)?;
    holds("half a key is accepted", store.rows_after(&TABLE, &[Cell::Bytes(vec![1])], 9).is_err())?;
    holds("a prefix of another kind is accepted", store.rows(&TABLE, &[Cell::Integer(1)]).is_err())?;

    write(&mut store, &[], Some(Position::new(1)), vec![RowChange::Remove(one.to_vec())])?;
    equal("rows after one is removed", &store.rows(&TABLE, &[])?.len(), &2)?;
    equal("where the table stands", &store.stands_at(&TABLE)?, &Position::new(1))?;
    write(&mut store, &[], None, vec![RowChange::Clear, put(9, "z", None)])?;
    equal("rows after clearing", &store.rows(&TABLE, &[])?, &vec![row(9, "z", None)])?;

    let other = ViewTable { values: &[], ..TABLE };
    equal("rows of another declaration", &store.rows(&other, &[])?, &Vec::new())?;
    equal("where a table of another declaration stands", &store.stands_at(&other)?, &Position::START)?;
    let views = [ViewWrite { table: &other, stands_at: None, rows: Vec::new() }];
    store.commit(&Commit { views: &views, ..Commit::default() })?;
    equal("rows after another declaration", &store.rows(&other, &[])?, &Vec::new())?;
    equal("rows of the former declaration", &store.rows(&TABLE, &[])?, &Vec::new())?;

    let bad = [
        ViewTable { name: "a b", ..TABLE },
        ViewTable { name: "select;", ..TABLE },
        ViewTable { key: &[], ..TABLE },
        ViewTable { values: &[ViewColumn { name: "record", kind: CellKind::Text }], ..TABLE },
    ];
    for table in &bad {
        let views = [ViewWrite { table, stands_at: None, rows: Vec::new() }];
        let refused = store.commit(&Commit { views: &views, ..Commit::default() });
        holds(&format!("the declaration {table:?} is accepted"), matches!(refused, Err(StoreError::View { .. })))?;
    }
    sound(&*store)
}

const NOTES: ViewTable = ViewTable {
    name: "notes",
    key: &[ViewColumn { name: "record", kind: CellKind::Text }, ViewColumn { name: "number", kind: CellKind::Integer }],
    values: &[ViewColumn { name: "text", kind: CellKind::Prose }, ViewColumn { name: "kind", kind: CellKind::Integer }],
};

fn search(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    let key = |record: &str, number| vec![Cell::Text(record.to_owned()), Cell::Integer(number)];
    let note = |record: &str, number, text: Option<&str>| {
        let text = text.map_or(Cell::Null, |text| Cell::Text(text.to_owned()));
        RowChange::Put(key(record, number).into_iter().chain([text, Cell::Null]).collect())
    };
    let rows = vec![
        note("a", 1, Some("Wants the M\u{fc}ller contract")),
        note("a", 2, Some("Contract of Muller, contract, contract: signed")),
        note("b", 1, Some("no contract for Mueller")),
        note("b", 2, None),
        note("b", 3, Some("something else")),
        note("c", 1, Some("a third matter")),
    ];
    let typed = |text: &str| text.parse().map_err(|error: crate::text::InvalidTextQuery| Wrong(error.to_string()));
    let write = |store: &mut Box<dyn Store>, rows| {
        let views = [ViewWrite { table: &NOTES, stands_at: None, rows }];
        store.commit(&Commit { views: &views, ..Commit::default() })
    };
    equal("what is found where nothing is", &store.search(&NOTES, &typed("contract")?, &[], 9)?, &Vec::new())?;
    write(&mut store, rows.clone())?;
    store = subject.reopen(store)?;
    for (query, within, limit, expected) in [
        ("CONTRACT m\u{fc}ll*", None, 9, vec![("a", 1), ("a", 2)]),
        ("contract muller", None, 1, vec![("a", 1)]),
        ("\"muller contract\"", None, 9, vec![("a", 1), ("a", 2)]),
        ("\"the muller\"", None, 9, vec![("a", 1)]),
        ("contr*", Some("b"), 9, vec![("b", 1)]),
        ("contract", None, 9, vec![("a", 2), ("a", 1), ("b", 1)]),
        ("contr", None, 9, vec![]),
        ("contract contract:", Some("c"), 9, vec![]),
    ] {
        let within: Vec<Cell> = within.map(|record: &str| Cell::Text(record.to_owned())).into_iter().collect();
        let found = store.search(&NOTES, &typed(query)?, &within, limit)?;
        let found: Vec<Vec<Cell>> = found.into_iter().map(|found| found.key).collect();
        equal(query, &found, &expected.into_iter().map(|(record, number)| key(record, number)).collect())?;
    }
    // As the plain scan finds it, ranks and snippets too.
    let query = typed("contract")?;
    let scanned = crate::text::scan(&NOTES, store.rows(&NOTES, &[])?, &query, &[], 9)?;
    equal("ranks", &store.search(&NOTES, &query, &[], 9)?, &scanned)?;
    let reader = store.reader()?;
    write(&mut store, vec![note("a", 1, Some("otherwise")), RowChange::Remove(key("a", 2))])?;
    equal("texts after a change", &store.search(&NOTES, &query, &[], 9)?.len(), &1)?;
    equal("texts that an older reader finds", &reader.search(&NOTES, &query, &[], 9)?, &scanned)?;
    drop(reader);
    write(&mut store, vec![RowChange::Clear])?;
    equal("texts after clearing", &store.search(&NOTES, &query, &[], 9)?.len(), &0)?;
    holds("a table without prose is searched", store.search(&TABLE, &query, &[], 9).is_err())?;
    holds("a prefix of another kind is accepted", store.search(&NOTES, &query, &[Cell::Integer(1)], 9).is_err())?;
    let twice = ViewTable {
        values: &[ViewColumn { name: "a", kind: CellKind::Prose }, ViewColumn { name: "b", kind: CellKind::Prose }],
        ..NOTES
    };
    let views = [ViewWrite { table: &twice, stands_at: None, rows: Vec::new() }];
    let refused = store.commit(&Commit { views: &views, ..Commit::default() });
    holds("two columns of prose are accepted", refused.is_err())?;
    let other = ViewTable { values: &[], ..NOTES };
    let views = [ViewWrite { table: &other, stands_at: None, rows: Vec::new() }];
    store.commit(&Commit { views: &views, ..Commit::default() })?;
    sound(&*store)
}

fn checkpoints(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    let checkpoint = |version, bytes: &[u8]| Checkpoint { version, position: Position::START, bytes: bytes.to_vec() };
    let pairs = [("one", checkpoint(1, &[0, 255])), ("two", checkpoint(7, &[]))];
    store.commit(&Commit { checkpoints: &pairs, ..Commit::default() })?;
    store.commit(&Commit { checkpoints: &[("one", checkpoint(2, b"later"))], ..Commit::default() })?;
    store = subject.reopen(store)?;
    equal("a checkpoint written twice", &store.checkpoint("one")?, &Some(checkpoint(2, b"later")))?;
    equal("another", &store.checkpoint("two")?, &Some(checkpoint(7, &[])))?;
    sound(&*store)
}

fn readers(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    let mut readers: BTreeMap<u64, Box<dyn Read + Send>> = BTreeMap::new();
    for number in 0..4 {
        readers.insert(number, store.reader()?);
        let stands = [ViewWrite { table: &TABLE, stands_at: None, rows: vec![put(number as u8, "r", None)] }];
        store.commit(&Commit { facts: &[plain(number as i64)], views: &stands, checkpoints: &[] })?;
    }
    for (number, reader) in &readers {
        equal("the end that a reader sees", &reader.position()?, &Position::new(*number))?;
        equal("the facts that a reader sees", &all(&**reader)?.len(), &(*number as usize))?;
        equal("the rows that a reader sees", &reader.rows(&TABLE, &[])?.len(), &(*number as usize))?;
    }
    Ok(())
}

fn erasure(subject: &mut dyn Subject) -> Outcome {
    let mut store = subject.create()?;
    let said = |city| Draft::new("crm", Body::set([("city", city)])).key(RecordKey::person("1")).message_id("m");
    let gone = [said("Bonn").received("a", at(1)), said("Ulm").received("b", at(2)), said("Bonn").received("c", at(3))];
    store.append(&[plain(1), plain(2)])?;
    store.append(&gone)?;
    store.append(&[plain(3)])?;
    let unknown = plain(99).id();
    let ids: BTreeSet<FactId> = gone.iter().map(Fact::id).chain([plain(2).id(), unknown]).collect();
    let reader = store.reader()?;
    let decided = Draft::new("steward", Body::Complete).received("decided", at(9));
    let certificate = store.erase(&ids, &Commit { facts: &[decided], ..Commit::default() })?;
    equal("deliveries erased", &certificate.deliveries, &4)?;
    equal("facts erased", &certificate.facts, &ids.iter().copied().filter(|id| *id != unknown).collect())?;
    equal("facts that an older reader sees", &all(&*reader)?.len(), &6)?;
    drop(reader);
    holds("the erasure is pending without a reader", store.finish_erasure()?)?;

    for pass in ["before", "after"] {
        let kept: Vec<u64> = all(&*store)?.iter().map(|logged| logged.position.number()).collect();
        equal(&format!("positions {pass} reopening"), &kept, &vec![1, 6, 7])?;
        let again = store.append(&[gone[0].clone(), plain(2), plain(3)])?.inserted;
        let expected = vec![Inserted::Erased, Inserted::Erased, Inserted::Identical];
        equal(&format!("what becomes of erased facts {pass} reopening"), &again, &expected)?;
        equal(&format!("what the check counts {pass} reopening"), &store.check()?.erased, &4)?;
        sound(&*store)?;
        store = subject.reopen(store)?;
    }
    let again = store.erase(&ids, &Commit::default())?;
    equal("deliveries erased a second time", &again.deliveries, &0)?;
    store.compact()?;
    equal("facts after compaction", &all(&*store)?.len(), &3)?;
    sound(&*store)
}
