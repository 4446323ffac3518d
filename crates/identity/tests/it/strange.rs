//! Input that no form would send: defined and bounded all the same.

use onefold_fact::{Kind, RecordId, RecordKey, Silent, Source, Timestamp};
use onefold_identity::{Change, Column, Linker, Records, Resolver, Search};

fn columns() -> Vec<Column> {
    vec![
        Column::new("name", Kind::FullName),
        Column::new("email", Kind::Email),
        Column::new("phone", Kind::Phone),
        Column::new("born", Kind::BirthDate),
    ]
}

fn resolver() -> Resolver {
    let mut builder = Records::builder(columns());
    builder.push([(0, "Ada Byron"), (1, "ada@x.example"), (3, "1815-12-10")]);
    builder.push([(0, "Ada Byron"), (2, "0113 496 0001"), (3, "1815-12-10")]);
    let records = builder.finish();
    Resolver::new(columns(), Linker::new(&records, &mut Silent).expected().clone()).expect("the same columns")
}

fn id(n: usize) -> RecordId {
    RecordId::of(&Source::from("test"), &RecordKey::person(n.to_string()))
}

/// Given and family names of many different initials.
fn name(n: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).expect("a letter"));
    format!("{}{}an {}{}olt", letter(n), letter(n / 26), letter(n / 7), letter(n / 182))
}

const AT: Timestamp = Timestamp::UNIX_EPOCH;

/// Catches records that are one because neither says anything.
#[test]
fn empty_records_are_customers_of_their_own() {
    let mut resolver = resolver();
    for n in 0..50 {
        let came = resolver.insert(id(n), AT, [(0, ""), (1, "  "), (2, "n/a"), (99, "x")]);
        assert_eq!(came.changes, [Change::Created { customer: id(n).into() }]);
        assert!(came.possible.is_empty());
    }
    assert_eq!(resolver.customers().count(), 50);
    assert!(resolver.search([], Search::default()).0.is_empty());
}

/// Catches a number that joins a crowd, one whose block grows without end, and customers that stay joined or apart when
/// the crowd goes.
#[test]
fn ten_thousand_records_with_one_phone() {
    let mut resolver = resolver();
    for n in 0..10_000 {
        resolver.insert(id(n), AT, [(0, name(n).as_str()), (2, "0113 496 0001")]);
    }
    assert_eq!(resolver.customers().filter(|(_, members)| members.iter().any(|of| *of == id(0))).count(), 1);
    let largest = resolver.customers().map(|(_, members)| members.len()).max();
    assert!(largest < Some(60), "{largest:?}");
    // Nothing but the number is known of these: it says nothing.
    for n in 10_000..10_050 {
        let came = resolver.insert(id(n), AT, [(2, "0113 496 0001")]);
        assert_eq!((came.changes, came.possible), (vec![Change::Created { customer: id(n).into() }], Vec::new()));
    }
    let (found, _) = resolver.search([(2, "0113 496 0001")], Search::default());
    assert!(found.is_empty(), "{found:?}");
    let mut loaded = self::resolver();
    let names: Vec<String> = (0..10_000).map(name).collect();
    let rows = names.iter().enumerate().map(|(n, name)| (id(n), AT, [(0, name.as_str()), (2, "0113 496 0001")]));
    loaded.load(rows);
    for n in 10_000..10_050 {
        resolver.remove(id(n));
    }
    assert!(loaded.snapshot() == resolver.snapshot());
}

/// Catches a text that is compared whole.
#[test]
fn a_megabyte_is_cut() {
    let mut resolver = resolver();
    let long = "Ada ".repeat(1 << 18);
    for n in 0..4 {
        resolver.insert(id(n), AT, [(0, long.as_str()), (1, long.as_str()), (2, long.as_str()), (3, long.as_str())]);
    }
    let bytes = resolver.snapshot().len() - self::resolver().snapshot().len();
    assert!(bytes < 8_000, "{bytes} bytes");
}

/// Catches what is known of persons' names only being asked of records that have none.
#[test]
fn records_without_names_are_loaded_and_more_come() {
    let columns = vec![Column::new("company", Kind::Company), Column::new("site", Kind::Url)];
    let row = |n: usize| [format!("Mill {n} Ltd"), format!("mill{n}.example")];
    let mut table = Records::builder(columns.clone());
    (0..20).for_each(|n| table.push(row(n).iter().map(String::as_str).enumerate()));
    let table = table.finish();
    let model = Linker::new(&table, &mut Silent).expected().clone().with_usual_keys(&table);
    let mut loaded = Resolver::new(columns, model).expect("the same columns");
    let rows: Vec<[String; 2]> = (0..20).map(row).collect();
    loaded.load(rows.iter().enumerate().map(|(n, row)| (id(n), AT, row.iter().map(String::as_str).enumerate())));
    let came = loaded.insert(id(20), AT, rows[7].iter().map(String::as_str).enumerate());
    assert_eq!(came.changes, [Change::Joined { record: id(20), customer: id(7).into() }]);
}

/// Catches an update that needs the record, and a removal that needs one.
#[test]
fn what_is_not_there_can_be_updated_and_removed() {
    let mut resolver = resolver();
    assert!(resolver.remove(id(7)).changes.is_empty());
    let came = resolver.insert(id(7), AT, [(0, "Ada Byron")]);
    assert_eq!(came.customer, Some(id(7).into()));
    assert!(resolver.decide(id(7), id(8), Some(true)).changes.is_empty());
    let came = resolver.insert(id(8), AT, [(0, "Mary Shelley")]);
    assert_eq!(came.moved.len(), 1);
    assert_eq!(resolver.customer(id(7)), resolver.customer(id(8)));
    assert_eq!((resolver.customer(id(9)), resolver.explain(id(7), id(9))), (None, None));
    assert!(resolver.decide(id(7), id(7), Some(false)).changes.is_empty());
}

/// Catches a contradiction that is settled by what was said last, and one of which nothing is left.
#[test]
fn an_unlink_that_contradicts_links_holds_as_far_as_it_can() {
    let decided = [(0, 1, true), (1, 2, true), (0, 2, false)];
    let parties: Vec<_> = [[0, 1, 2], [2, 1, 0], [1, 2, 0]]
        .map(|order| {
            let mut resolver = resolver();
            for n in 0..3 {
                resolver.insert(id(n), AT, [(0, name(n * 100).as_str())]);
            }
            for (a, b, same) in order.map(|at: usize| decided[at]) {
                resolver.decide(id(a), id(b), Some(same));
            }
            assert_ne!(resolver.customer(id(0)), resolver.customer(id(2)));
            resolver.snapshot()
        })
        .into();
    assert!(parties.iter().all(|bytes| *bytes == parties[0]));
    let mut resolver = Resolver::open(columns(), &parties[0]).expect("a snapshot");
    assert_eq!(resolver.customers().count(), 2);
    // Without what contradicts, all holds.
    resolver.decide(id(0), id(2), None);
    assert_eq!(resolver.customers().count(), 1);
}
