//! Kinds: how they read, and which values are one value.

use onefold_fact::{Conventions, Kind, Value};

#[test]
fn kinds_read_what_people_write() {
    let read = |kind: Kind, text: &str| kind.parse(text, &Conventions::default()).map(|value| value.to_string());
    let cases = [
        (Kind::Email, " Ada@X.IO ", "ada@x.io"),
        (Kind::Phone, "+44 (0)20 7946 0958", "+442079460958"),
        (Kind::BirthDate, "12 March 1990", "1990-03-12"),
        (Kind::BirthDate, "1990", "1990"),
        (Kind::Country, "Deutschland", "DE"),
        (Kind::Postcode, "sw1a 1aa", "SW1A1AA"),
        (Kind::Url, "HTTPS://www.Acme.example/", "acme.example"),
        (Kind::Boolean, "yes", "true"),
        (Kind::Decimal, "1,234.5", "1234.5"),
        (Kind::FamilyName, "  O'Neill\u{200B} ", "O'Neill"),
        (Kind::Timestamp, "2026-03-01 10:00", "2026-03-01T10:00:00Z"),
    ];
    for (kind, text, expected) in cases {
        assert_eq!(read(kind, text).as_deref(), Ok(expected), "{kind} `{text}`");
    }
}

#[test]
fn what_is_refused_is_named_with_what_would_be_right() {
    let refused = [
        (Kind::Email, "ada"),
        (Kind::Phone, "0000000000"),
        (Kind::BirthDate, "1990-02-30"),
        (Kind::Date, "1990"),
        (Kind::Integer, "twelve"),
        (Kind::Country, "Atlantis"),
    ];
    for (kind, text) in refused {
        let error = kind.parse(text, &Conventions::default()).expect_err("not a value of this kind").to_string();
        assert!(error.contains(text) && error.contains("expected"), "{kind}: {error}");
    }
}

#[test]
fn forms_join_spellings_of_one_value_and_no_others() {
    let form = |kind: Kind, text: &str| kind.form(&Value::from(text));
    let same = [
        (Kind::FamilyName, "Müller", "MULLER"),
        (Kind::Phone, "+44 7700 900123", "07700 900123"),
        (Kind::Street, "12 High St", "12 High Street"),
        (Kind::Company, "Acme Ltd.", "ACME Limited"),
        (Kind::City, "St. Albans", "Saint Albans"),
        (Kind::NationalId, "AB 12-34", "ab1234"),
    ];
    for (kind, a, b) in same {
        assert_eq!(form(kind, a), form(kind, b), "{kind}");
    }
    assert_ne!(form(Kind::Street, "12 High Street"), form(Kind::Street, "14 High Street"));
    assert_ne!(form(Kind::Company, "Acme"), form(Kind::Company, "Acme Foods"));
}

#[test]
fn names_of_kinds_come_back() {
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
    let error = "e-mial".parse::<Kind>().expect_err("no kind").to_string();
    assert!(error.contains("`e-mial`") && error.contains("email"), "{error}");
}
