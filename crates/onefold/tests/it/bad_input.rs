//! What no source should say, and every house must bear.

use std::path::Path;

use onefold::connect::SourceFile;
use onefold::dedupe::DedupeError;
use onefold::{Body, Dedupe, DedupeOptions, Draft, Onefold, Options, Progress, RecordKey, Silent, Timestamp, Value};

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

/// Tells whether any work was begun.
#[derive(Default)]
struct Begun(bool);

impl Progress for Begun {
    fn begin(&mut self, _: &str, _: Option<u64>) {
        self.0 = true;
    }

    fn done(&mut self, _: u64) {}
}

/// Catches a model that is compared with the rows only after all of them were read.
#[test]
fn a_model_that_does_not_fit_is_known_before_a_row_is_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("a-model-that-does-not-fit");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = SourceFile::new(folder.join("people.csv"));
    std::fs::write(&file.path, "id,name,email\n7,Ada Byron,ada@x.io\n5,\"Byron, Ada\",ada@x.io\n").expect("a file");
    let options = |ignore: &[&str]| DedupeOptions {
        id: Some("id".to_owned()),
        ignore: ignore.iter().map(|column| (*column).to_owned()).collect(),
        ..DedupeOptions::default()
    };
    let rows = Dedupe::read(std::slice::from_ref(&file), &options(&[]), &mut Silent).expect("the rows").prepare();
    let model = rows.linker(&mut Silent).expected().clone();
    let read = |ignore: &[&str]| {
        let mut begun = Begun::default();
        (Dedupe::read_under(std::slice::from_ref(&file), &options(ignore), &model, &mut begun), begun.0)
    };
    assert!(matches!(read(&[]), (Ok(_), true)));
    assert!(matches!(read(&["email"]), (Err(DedupeError::Model(_)), false)));
}

/// A customer with very many events: where each fact is, is found out in one reading of the record. Catches: making the
/// record anew for each fact, which takes hours here.
#[test]
fn a_hundred_thousand_events_of_one_customer_are_found() {
    let house = Onefold::in_memory(Options::default());
    let at: Timestamp = "2026-03-01T09:00:00Z".parse().expect("a time");
    let visit = |number: i64| {
        let when = at - chrono::TimeDelta::seconds(number);
        Draft::new("web", Body::event("visit", [("page", number)])).key(RecordKey::person("1")).occurred_at(when)
    };
    let facts = house.accept("visits", at, (0..100_000).map(visit)).expect("accepted").facts;
    let ids: Vec<_> = facts.iter().map(|(id, _)| *id).collect();
    let homes = house.homes_of(&ids).expect("read");
    assert!(homes.iter().all(|home| home.is_some() && *home == homes[0]));
    let customer = house.customer(homes[0].expect("a home").1).expect("read").expect("there");
    assert_eq!(customer.timeline().len(), 100_000);
}
