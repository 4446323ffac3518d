//! What must not show in a linkage: the order of rows and the number of threads.

use onefold_fact::{Kind, Silent};
use onefold_identity::{Column, Decisions, Estimate, Linker, Records};
use proptest::prelude::*;

type Row = [String; 4];

fn row() -> impl Strategy<Value = Row> {
    let one = |values: &'static [&'static str]| prop::sample::select(values).prop_map(str::to_owned);
    (
        one(&["Ada", "Adah", "A", "Grace", "Bob", "Robert", ""]),
        one(&["Byron", "Biron", "Hopper", "Byron-King", ""]),
        one(&["1815-12-10", "1815-10-12", "1906-12-09", "1906", ""]),
        one(&["ada@x.example", "family@x.example", "grace@y.example", ""]),
    )
        .prop_map(Row::from)
}

fn records<'a>(rows: impl Iterator<Item = &'a Row>) -> Records {
    let columns =
        [("given", Kind::GivenName), ("family", Kind::FamilyName), ("born", Kind::BirthDate), ("email", Kind::Email)];
    let mut builder = Records::builder(columns.map(|(name, kind)| Column::new(name, kind)).into());
    for row in rows {
        builder.push(row.iter().map(String::as_str).enumerate());
    }
    builder.finish()
}

/// The clusters as the rows that are in them. Rows that are equal in everything are one and the same here: which of them
/// goes where cannot be told, only how many.
/// With them, how good they are expected to be.
fn clusters(rows: &[&Row], trained: bool) -> (Vec<Vec<Row>>, Estimate) {
    let records = records(rows.iter().copied());
    let linker = Linker::new(&records, &mut Silent);
    let model = if trained {
        linker.train().map_or_else(|_| linker.expected().clone(), |(model, _)| model)
    } else {
        linker.expected().clone()
    };
    let linkage = linker.link(&model, &Decisions::default(), &mut Silent);
    let mut clusters: Vec<Vec<Row>> = linkage
        .members()
        .into_iter()
        .map(|members| members.into_iter().map(|at| rows[at as usize].clone()).collect())
        .collect();
    clusters.iter_mut().for_each(|members| members.sort());
    clusters.sort();
    (clusters, linker.estimate(&model, &linkage))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Catches a tie broken by position, a comparison that is not symmetric, a value that is remembered from another
    /// order, and probabilities that are added up in the order of rows.
    #[test]
    fn the_order_of_rows_does_not_show(rows in prop::collection::vec(row(), 0..24), trained: bool) {
        let straight: Vec<&Row> = rows.iter().collect();
        let reversed: Vec<&Row> = rows.iter().rev().collect();
        let (straight, reversed) = (clusters(&straight, trained), clusters(&reversed, trained));
        let of = |(_, estimate): &(_, Estimate)| (estimate.f1, estimate.precision, estimate.recall);
        prop_assert_eq!(of(&straight), of(&reversed));
        prop_assert_eq!(straight.0, reversed.0);
    }
}

/// Catches a sum over threads, and work that is shared out by their number.
#[test]
fn the_number_of_threads_does_not_show() {
    let rows: Vec<Row> = (0..600_usize)
        .map(|n| {
            let given = ["Ada", "Grace", "Alan", "Robert", "Bob", "Mary"][n % 6];
            let family = ["Byron", "Hopper", "Turing", "Smith", "Smyth"][n / 6 % 5];
            let born = format!("19{:02}-0{}-1{}", n / 30 % 20 * 4, 1 + n % 7, n % 9);
            [given.to_owned(), family.to_owned(), born, format!("{given}{}@x.example", n / 40)]
        })
        .collect();
    let rows: Vec<&Row> = rows.iter().collect();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| clusters(&rows, true))
    };
    assert!(with(1) == with(2));
    assert!(with(1) == with(5));
}
