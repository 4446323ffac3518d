//! Which blocking key missed a pair, and by what.

use onefold_fact::{Kind, Silent};
use onefold_identity::{Column, Linker, Model, Records, RecordsBuilder};

const KEYS: [&str; 3] = ["postal code and birth date", "birth date", "postal code and family name"];

/// Eight hundred people, and two records of one with the day and the month of birth exchanged.
fn people() -> RecordsBuilder {
    let columns = [("family", Kind::FamilyName), ("born", Kind::BirthDate), ("postcode", Kind::Postcode)];
    let mut builder = Records::builder(columns.map(|(name, kind)| Column::new(name, kind)).into());
    let letters = |n: usize| -> String {
        (0..4).map(|at| char::from(b'a' + u8::try_from(n / 26_usize.pow(at) % 26).expect("a letter"))).collect()
    };
    for n in 0..800_usize {
        // A hundred share one birth date, which is more than a block of a single piece may have.
        let born = if n < 100 {
            "1984-07-02".to_owned()
        } else {
            format!("{}-{:02}-{:02}", 1940 + n % 61, 1 + n % 11, 1 + n % 23)
        };
        builder.push([(0, letters(n * 7919).as_str()), (1, &born), (2, &format!("LS{} {}AB", n % 29, n % 9))]);
    }
    builder.push([(0, "Winter"), (1, "1979-12-05"), (2, "LS1 4AP")]);
    builder.push([(0, "Winter"), (1, "1979-05-12"), (2, "LS1 4AP")]);
    builder
}

/// Catches a key that is said to be missed though the two meet under it, a block left out for its size that is taken for
/// a difference, and keys that are told in no order.
#[test]
fn each_key_says_what_it_was_of_both() {
    let any = people().finish();
    let mut model: serde_json::Value =
        serde_json::from_str(&Linker::new(&any, &mut Silent).expected().to_json()).expect("JSON");
    model["keys"] = serde_json::json!(KEYS);
    let model = Model::from_json(&model.to_string()).expect("a model");
    let records = people().finish_under(&model).expect("the same columns");
    let linker = Linker::new(&records, &mut Silent);
    let said = |a, b| {
        let why = linker.explain(&model, a, b).expect("two records");
        (why.keys, why.missed.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let (met, missed) = said(800, 801);
    assert_eq!(met, ["postal code and family name"]);
    assert_eq!(
        missed,
        ["postal code and birth date: LS14AP, 1979-12-05 / LS14AP, 1979-05-12", "birth date: 1979-12-05 / 1979-05-12"]
    );
    let (met, missed) = said(0, 1);
    assert!(met.is_empty());
    assert_eq!(missed[0], "birth date: 1984-07-02 of both, but its block was left out for its size");
    assert_eq!(missed.len(), KEYS.len());
}
