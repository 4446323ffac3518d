//! Pairs that a person would decide at a glance, and that matchers get wrong.

use onefold_fact::{Kind, Silent};
use onefold_identity::{Column, Decisions, Linker, Model, Records};

const COLUMNS: [(&str, Kind); 7] = [
    ("given", Kind::GivenName),
    ("family", Kind::FamilyName),
    ("born", Kind::BirthDate),
    ("email", Kind::Email),
    ("phone", Kind::Phone),
    ("street", Kind::Street),
    ("postcode", Kind::Postcode),
];

/// Whether the first two rows are one person, among two thousand other people.
fn one_person(rows: &[[&str; 7]]) -> bool {
    let mut builder = Records::builder(COLUMNS.map(|(name, kind)| Column::new(name, kind)).into());
    for row in rows {
        builder.push(row.iter().copied().enumerate());
    }
    let letters = |mut n: usize| {
        let mut name = String::new();
        for _ in 0..4 {
            name.push(char::from(b'a' + u8::try_from(n % 26).expect("a letter")));
            n = n / 26 + 7;
        }
        name
    };
    for n in 0..2000 {
        let given = letters(n % 150 * 37);
        let family = letters(n * 11);
        let born = format!("{}-{:02}-{:02}", 1940 + n % 70, 1 + n % 12, 1 + n % 28);
        let (email, phone) = (format!("{given}{n}@mail.example"), format!("+44113{:07}", n * 97));
        let (street, postcode) =
            (format!("{} {} Street", 1 + n % 90, letters(n % 300 * 53)), format!("LS{} {}AB", n % 29, n % 9));
        builder.push([given, family, born, email, phone, street, postcode].iter().map(String::as_str).enumerate());
    }
    let records = builder.finish();
    let linker = Linker::new(&records, &mut Silent);
    let linkage = linker.link(&Model::untrained(&records), &Decisions::default(), &mut Silent);
    linkage.clusters()[0] == linkage.clusters()[1]
}

#[test]
fn one_person_in_two_spellings() {
    assert!(one_person(&[
        ["Katherine", "O'Neill", "1984-07-02", "k.oneill@work.example", "", "12 Mill Lane", "LS1 4AB"],
        ["Kate", "ONeill", "1984-07-20", "", "07700900123", "12 Mill Ln", "LS1 4AB"],
    ]));
}

#[test]
fn somebody_who_moved_and_kept_the_telephone() {
    assert!(one_person(&[
        ["Martin", "Winter", "1979-03-14", "", "+447700900456", "4 Orchard Close", "LS1 4AB"],
        ["Martin", "Winter", "", "", "07700 900456", "88 Station Road", "YO1 9ZZ"],
    ]));
}

#[test]
fn somebody_who_married_and_took_the_name() {
    assert!(one_person(&[
        ["Julia", "Sommer", "1981-10-02", "julia81@mail.example", "", "4 Orchard Close", "LS1 4AB"],
        ["Julia", "Winter", "1981-10-02", "julia81@mail.example", "", "9 Hill Top", "LS6 2CD"],
    ]));
}

#[test]
fn a_couple_with_one_house_mailbox_and_telephone() {
    assert!(!one_person(&[
        ["Martin", "Winter", "1979-03-14", "winters@mail.example", "+441134960123", "4 Orchard Close", "LS1 4AB"],
        ["Julia", "Winter", "1981-10-02", "winters@mail.example", "+441134960123", "4 Orchard Close", "LS1 4AB"],
    ]));
}

#[test]
fn twins() {
    assert!(!one_person(&[
        ["Emma", "Winter", "2011-05-23", "winters@mail.example", "+441134960123", "4 Orchard Close", "LS1 4AB"],
        ["Oscar", "Winter", "2011-05-23", "winters@mail.example", "+441134960123", "4 Orchard Close", "LS1 4AB"],
    ]));
}

#[test]
fn father_and_son_of_one_name() {
    assert!(!one_person(&[
        ["Martin", "Winter", "1979-03-14", "", "+441134960123", "4 Orchard Close", "LS1 4AB"],
        ["Martin", "Winter", "2004-11-30", "", "+441134960123", "4 Orchard Close", "LS1 4AB"],
    ]));
}

#[test]
fn strangers_with_a_recycled_telephone_number() {
    assert!(!one_person(&[
        ["Martin", "Winter", "1979-03-14", "", "+447700900456", "4 Orchard Close", "LS1 4AB"],
        ["Aisha", "Khan", "1996-08-21", "", "+447700900456", "88 Station Road", "YO1 9ZZ"],
    ]));
}

#[test]
fn companies_under_full_and_short_names() {
    let columns = vec![
        Column::new("company", Kind::Company),
        Column::new("phone", Kind::Phone),
        Column::new("city", Kind::City),
        Column::new("site", Kind::Url),
    ];
    let mut builder = Records::builder(columns);
    for row in [
        ["Bluestone Trading Ltd", "+441782651332", "Stoke-on-Trent", "https://www.bluestone.example/"],
        ["BLUESTONE TRADING LIMITED", "01782 651332", "Stoke on Trent", ""],
        ["Sable Systems GmbH", "+4930123456", "Berlin", "sable.example"],
        ["Sable Foods GmbH", "+4940765432", "Hamburg", "sable-foods.example"],
    ] {
        builder.push(row.into_iter().enumerate());
    }
    let records = builder.finish();
    let linker = Linker::new(&records, &mut Silent);
    let linkage = linker.link(&Model::untrained(&records), &Decisions::default(), &mut Silent);
    assert_eq!(linkage.clusters(), [0, 0, 2, 3]);
}
