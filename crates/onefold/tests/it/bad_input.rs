//! What no source should say, and every house must bear.

use onefold::{Body, Draft, Onefold, Options, RecordKey, Silent, Value};

#[test]
fn records_that_say_nothing_are_customers_of_their_own() {
    let house = Onefold::in_memory(Options::default());
    let empty = |key: String| Draft::new("crm", Body::Set(Default::default())).key(RecordKey::person(key));
    house
        .accept("batch", "2026-01-01T00:00:00Z".parse().expect("a time"), (0..50).map(|n| empty(n.to_string())))
        .expect("room");
    house.relink(&mut Silent).expect("room");
    assert_eq!(house.customers().expect("views").len(), 50);
}

#[test]
fn one_telephone_of_ten_thousand_people_joins_nobody() {
    let house = Onefold::in_memory(Options::default());
    let letters = |n: usize| char::from(b'a' + u8::try_from(n % 26).expect("a letter"));
    let person = |n: usize| {
        let name = format!("{}{}{}{}", letters(n), letters(n / 26), letters(n / 676), letters(n * 7));
        let body = Body::set([("given_name", name.clone()), ("family_name", format!("{}{name}", letters(n * 11)))]);
        let Body::Set(mut attributes) = body else { unreachable!("a set") };
        attributes.insert("phone".into(), Value::from("+441134960123"));
        Draft::new("crm", Body::Set(attributes)).key(RecordKey::person(n.to_string()))
    };
    house.accept("batch", "2026-01-01T00:00:00Z".parse().expect("a time"), (0..10_000).map(person)).expect("room");
    house.relink(&mut Silent).expect("room");
    assert!(house.customers().expect("views").len() > 9_900, "{} customers", house.customers().expect("views").len());
}

#[test]
fn a_megabyte_of_name_costs_no_more_than_itself() {
    let house = Onefold::in_memory(Options::default());
    let long = |n: usize| {
        Draft::new("crm", Body::set([("full_name", "x".repeat(1 << 20))])).key(RecordKey::person(n.to_string()))
    };
    house.accept("batch", "2026-01-01T00:00:00Z".parse().expect("a time"), (0..4).map(long)).expect("room");
    house.relink(&mut Silent).expect("room");
    assert!(!house.customers().expect("views").is_empty());
}
