//! What a column declares of its values, all at once and one by one.

use std::collections::BTreeSet;

use onefold_fact::{Kind, RecordId, RecordKey, Silent, Source, Timestamp};
use onefold_identity::{Column, Decisions, Linker, Records, Resolver};

type Cells<'a> = &'a [(usize, &'a str)];

fn named() -> Vec<Column> {
    vec![Column::new("name", Kind::FullName), Column::new("email", Kind::Email)]
}

/// The parties of some rows, by both engines; they have to agree.
fn parties(columns: &[Column], rows: &[Cells<'_>]) -> BTreeSet<Vec<usize>> {
    let builder = || {
        let mut builder = Records::builder(columns.to_vec());
        rows.iter().for_each(|row| builder.push(row.iter().copied()));
        builder
    };
    let any = builder().finish();
    let linker = Linker::new(&any, &mut Silent);
    let model = linker.expected().clone();
    let parties = |linker: &Linker<'_>| -> BTreeSet<Vec<usize>> {
        let linkage = linker.link(&model, &Decisions::default(), &mut Silent);
        linkage.members().into_iter().map(|of| of.into_iter().map(|at| at as usize).collect()).collect()
    };
    let trained = parties(&linker);
    let records = builder().finish_under(&model).expect("the same columns");
    assert_eq!(parties(&Linker::new(&records, &mut Silent)), trained);

    let mut resolver = Resolver::new(columns.to_vec(), model.clone()).expect("the same columns");
    let ids: Vec<RecordId> =
        (0..rows.len()).map(|n| RecordId::of(&Source::from("test"), &RecordKey::person(n.to_string()))).collect();
    for (id, row) in ids.iter().zip(rows).rev() {
        resolver.insert(*id, Timestamp::UNIX_EPOCH, row.iter().copied());
    }
    let place = |id: RecordId| ids.iter().position(|of| *of == id).expect("a record");
    let live: BTreeSet<Vec<usize>> = resolver
        .customers()
        .map(|(_, members)| members.into_iter().map(place).collect::<BTreeSet<usize>>().into_iter().collect())
        .collect();
    assert_eq!(live, trained);
    live
}

/// Catches an id that is weighed like any other, and one under which records do not meet.
#[test]
fn who_signs_in_with_one_id_is_one_customer() {
    let columns = [named(), vec![Column::new("user", Kind::ExternalId).exclusive().joining()]].concat();
    let rows: [Cells<'_>; 4] = [
        &[(0, "Ada Byron"), (1, "ada@x.example"), (2, "u-1")],
        &[(2, "u-1")],
        &[(0, "Augusta King"), (1, "lovelace@y.example"), (2, "u-1")],
        &[(0, "Mary Shelley"), (1, "mary@y.example"), (2, "u-2")],
    ];
    assert_eq!(parties(&columns, &rows), [vec![0, 1, 2], vec![3]].into());
}

/// Catches joins that outweigh what tells two parties for certain: however many devices they share.
#[test]
fn two_values_of_an_exclusive_id_never_join() {
    let columns = [
        named(),
        vec![
            Column::new("user", Kind::ExternalId).exclusive().joining(),
            Column::new("device", Kind::ExternalId).joining(),
        ],
    ]
    .concat();
    let mut rows: Vec<Cells<'_>> = Vec::new();
    for _ in 0..60 {
        rows.push(&[(0, "Ada Byron"), (2, "u-1"), (3, "tablet")]);
        rows.push(&[(0, "Ada Byron"), (2, "u-2"), (3, "tablet")]);
    }
    let found = parties(&columns, &rows);
    assert_eq!(found, [(0..120).step_by(2).collect(), (1..120).step_by(2).collect()].into());
}

/// Catches an id that joins a crowd because somebody filled it in for want of a better.
#[test]
fn an_id_of_many_names_joins_nobody() {
    let user = Column::new("user", Kind::ExternalId).exclusive().joining();
    let names = ["Ada Byron", "Ben Cole", "Cid Dorn", "Dora Early", "Eva Frost", "Finn Gale", "Gus Hale", "Ida Jones"];
    let texts: Vec<[(usize, &str); 2]> = names.iter().map(|name| [(0, *name), (2, "unknown-9")]).collect();
    let mut rows: Vec<Cells<'_>> = texts.iter().map(<[_; 2]>::as_slice).collect();
    let columns = [named(), vec![user.clone()]].concat();
    assert_eq!(parties(&columns, &rows).len(), 1, "eight names are borne");
    rows.push(&[(0, "Kim Lund"), (2, "unknown-9")]);
    assert_eq!(parties(&columns, &rows).len(), 9);
    // Where a column says so, fewer or more names are borne.
    assert_eq!(parties(&[named(), vec![user.clone().shared_by(20)]].concat(), &rows).len(), 1);
    assert_eq!(parties(&[named(), vec![user.shared_by(3)]].concat(), &rows[..4]).len(), 4);
}

/// Catches a pattern that is held to the text as written, or for one column of several.
#[test]
fn what_fits_a_pattern_says_nothing() {
    let user = Column::new("user", Kind::ExternalId).joining();
    let rows: [Cells<'_>; 2] =
        [&[(0, "Ada Byron"), (2, "TEST-1")], &[(0, "Mary Shelley"), (1, "mary@y.example"), (2, "TEST-1")]];
    assert_eq!(parties(&[named(), vec![user.clone()]].concat(), &rows).len(), 1);
    assert_eq!(parties(&[named(), vec![user.never(["test-*"])]].concat(), &rows).len(), 2);
}

/// Catches relatives who are merged, strangers who are related, and a group that is asked of one side only.
#[test]
fn a_household_is_related_and_stays_two() {
    let columns: Vec<Column> = [
        ("given", Kind::GivenName),
        ("family", Kind::FamilyName),
        ("born", Kind::BirthDate),
        ("phone", Kind::Phone),
        ("street", Kind::Street),
        ("postcode", Kind::Postcode),
    ]
    .map(|(name, kind)| Column::new(name, kind))
    .into();
    let rows = [
        ["Martin", "Winter", "1979-03-14", "+441134960123", "4 Orchard Close", "LS1 4AB"],
        ["Julia", "Winter", "1981-10-02", "+441134960123", "4 Orchard Close", "LS1 4AB"],
        ["Aisha", "Khan", "1996-08-21", "+447700900456", "88 Station Road", "YO1 9ZZ"],
    ];
    let mut builder = Records::builder(columns.clone());
    rows.iter().for_each(|row| builder.push(row.iter().copied().enumerate()));
    let records = builder.finish();
    let model = Linker::new(&records, &mut Silent).expected().clone();
    let mut resolver = Resolver::new(columns, model).expect("the same columns");
    let id = |n: usize| RecordId::of(&Source::from("test"), &RecordKey::person(n.to_string()));
    for (n, row) in rows.iter().enumerate() {
        resolver.insert(id(n), Timestamp::UNIX_EPOCH, row.iter().copied().enumerate());
    }
    assert_eq!(resolver.customers().count(), 3);
    let mut of = |n: usize| resolver.related(id(n)).iter().map(|related| related.other).collect::<Vec<_>>();
    assert_eq!([of(0), of(1), of(2), of(3)], [vec![id(1)], vec![id(0)], vec![], vec![]]);
}
