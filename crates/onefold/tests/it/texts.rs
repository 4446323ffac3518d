//! What people wrote, found by its words.

use std::path::Path;

use onefold::fact::{CellKind, ObjectEvent, Retraction, ViewColumn, ViewTable};
use onefold::profile::Policy;
use onefold::store::{Commit, SqliteStore, Store as _, TextQuery, ViewWrite};
use onefold::{Body, CustomerId, Draft, Mention, Onefold, Options, RecordKey, Silent, Timestamp};
use proptest::prelude::*;

use crate::laws::{at, draft};
use crate::support::folder;

fn query(text: &str) -> TextQuery {
    text.parse().expect("words")
}

fn find(house: &Onefold, text: &str) -> Vec<Mention> {
    house.views().expect("views").find(&query(text), 100).expect("a search")
}

fn note(source: &str, key: &str, text: &str) -> Draft {
    Draft::new(source, Body::event("Note", [("text", text), ("sku", "B-77")])).key(RecordKey::person(key))
}

fn open(path: &Path) -> Onefold {
    Onefold::open(path, Options::default()).expect("a file")
}

fn now() -> Timestamp {
    at(0)
}

#[test]
fn notes_mails_and_objects_are_found_and_ids_are_not() {
    let house = Onefold::in_memory(Options::default());
    let mail = Body::event("Mail", [("subject", "Vertrag für Müller"), ("message_id", "contract-9@x.io")]);
    let ticket = Body::Object(ObjectEvent {
        kind: "ticket".to_owned(),
        id: "t-1".to_owned(),
        event: "opened".to_owned(),
        data: [("body".to_owned(), Some("the printer is broken".into()))].into(),
    });
    let set = Body::set([("full_name", "Ada Byron"), ("notes", "prefers the telephone")]);
    let drafts = [mail, ticket, set].map(|body| Draft::new("crm", body).key(RecordKey::person("1")));
    house.accept("monday", now(), drafts).expect("room");
    let what = |text: &str| find(&house, text).into_iter().map(|found| found.what).collect::<Vec<_>>();
    assert_eq!(what("muller vertrag"), ["Mail"]);
    assert_eq!(what("printer"), ["ticket"]);
    assert_eq!(what("teleph*"), ["attributes"]);
    assert_eq!(what("byron"), Vec::<String>::new());
    assert_eq!(what("contract"), Vec::<String>::new());
}

/// Catches a search that shows a role what its view of the customer would not hold: an event, a property, an attribute
/// that is too personal, what stands beside one of them; and a role that nobody declared.
#[test]
fn a_role_finds_what_it_may_see() {
    let house = Onefold::in_memory(Options::default());
    let policy = r#"{"roles": {
        "support": {"events": {"only": ["Mail"]}, "properties": {"except": ["message"]}, "attributes": {"only": ["notes"]}},
        "steward": {"attributes": "all", "up_to": "sensitive", "events": "all", "properties": "all"}
    }}"#;
    house.adopt(&serde_json::from_str::<Policy>(policy).expect("a policy"), now()).expect("a policy");
    let mut schema = onefold::Schema::default();
    let open = onefold::AttributeSpec {
        pii: onefold::fact::PiiClass::None,
        ..onefold::AttributeSpec::of(onefold::Kind::FreeText)
    };
    schema.attributes.insert("subject".into(), open);
    house.adopt(&schema, now()).expect("a schema");
    let told = |source: &str, body: Body| Draft::new(source, body).key(RecordKey::person("1"));
    let drafts = [
        told("mail", Body::event("Mail", [("subject", "the harbour at night")])),
        told("mail", Body::event("Mail", [("subject", "the harbour by day"), ("message", "a secret")])),
        told("shop", Body::event("Note", [("text", "met at the harbour")])),
        told("crm", Body::set([("notes", "grew up at the harbour")])),
    ];
    house.accept("monday", now(), drafts).expect("room");
    let views = house.views().expect("views");
    let found = |role: &str, of| {
        let found = views.find_for(role, of, &query("harbour"), 100).expect("a role");
        found.into_iter().map(|mention| mention.snippet.to_string()).collect::<Vec<_>>()
    };
    let customer =
        house.customers().expect("views").into_iter().find(|id| !found("support", Some((*id).into())).is_empty());
    assert_eq!(found("support", None), ["the [harbour] at night"]);
    assert_eq!(found("support", customer.map(Into::into)), ["the [harbour] at night"]);
    assert_eq!(found("steward", None).len(), 4);
    let unknown = views.find_for("intern", None, &query("harbour"), 100).expect_err("no such role").to_string();
    assert_eq!(unknown, "unknown role `intern`; declare it in the policy");
}

#[test]
fn what_does_not_stand_is_not_found() {
    let house = Onefold::in_memory(Options::default());
    house.accept("one", now(), [note("desk", "1", "about the harbour")]).expect("room");
    house
        .accept("two", now(), [note("desk", "1", "about the harbour"), note("desk", "2", "no harbour")])
        .expect("room");
    assert_eq!(find(&house, "harbour").len(), 2);
    // The first note stands by its other delivery.
    house.retract("one", at(1)).expect("room");
    assert_eq!(find(&house, "harbour").len(), 2);
    let fact = find(&house, "\"the harbour\"")[0].fact;
    house.accept("three", at(2), [Draft::new("desk", Body::Retract(Retraction::Fact(fact)))]).expect("room");
    assert_eq!(find(&house, "harbour").len(), 1);
    // Of two contents under one id the one that stands is found.
    let message = |text| note("mail", "3", text).message_id("m");
    house.accept("four", at(3), [message("a lighthouse")]).expect("room");
    house.accept("five", at(4), [message("a windmill")]).expect("room");
    assert_eq!((find(&house, "lighthouse").len(), find(&house, "windmill").len()), (1, 0));
}

#[test]
fn a_customer_is_searched_with_all_records() {
    let house = Onefold::in_memory(Options::default());
    let ada = |source, key| {
        let set = Body::set([("full_name", "Ada Byron"), ("email", "ada@x.io"), ("birth_date", "1815-12-10")]);
        Draft::new(source, set).key(RecordKey::person(key))
    };
    let drafts = [
        ada("crm", "17"),
        ada("shop", "c-204"),
        note("crm", "17", "asked for the harbour"),
        note("shop", "c-204", "ordered for the harbour"),
        note("crm", "18", "another harbour"),
    ];
    house.accept("monday", now(), drafts).expect("room");
    house.relink(&mut Silent).expect("room");
    let views = house.views().expect("views");
    let all = views.find(&query("harbour"), 100).expect("a search");
    let of_ada: CustomerId = all.iter().find(|found| found.snippet.text.contains("asked")).expect("a note").customer;
    let found = views.find_in(of_ada, &query("harbour"), 100).expect("a search");
    assert_eq!((all.len(), found.len()), (3, 2));
    assert!(found.iter().all(|found| found.customer == of_ada && all.contains(found)));
    assert_eq!(views.find_in(of_ada, &query("harbour"), 1).expect("a search"), found[..1]);
    assert_eq!(views.find(&query("harbour"), 1).expect("a search"), all[..1]);
}

/// Law 9. Catches texts that are left in their table, and words that are left in its index.
#[test]
fn an_erasure_takes_every_word_out_of_the_file() {
    let folder = folder("texts-erased");
    let path = folder.join("a.onefold");
    let house = open(&path);
    let drafts = (0..400).map(|number| note("desk", &number.to_string(), &format!("confidential{number:04} matter")));
    house.accept("feed", now(), drafts.clone()).expect("room");
    let holds = |text: &str| {
        std::fs::read_dir(&folder).expect("a folder").any(|entry| {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    for number in (0..400).step_by(40) {
        let word = format!("confidential{number:04}");
        let found = find(&house, &word);
        assert!(found.len() == 1 && holds(&word), "{word}");
        assert!(!house.erase(found[0].customer, at(1)).expect("room").expect("a customer").pending);
        assert!(find(&house, &word).is_empty() && !holds(&word), "{word}");
    }
    // Nor does the old feed bring it back.
    house.accept("feed", at(2), drafts).expect("room");
    assert!(!holds("confidential0040") && holds("confidential0041"));
    assert_eq!(find(&house, "matter").len(), 100);
    assert!(house.check().expect("a check").is_sound());
}

/// A file that was written before texts were searched is searched once it is opened.
#[test]
fn an_older_file_is_searched() {
    let path = folder("texts-older").join("a.onefold");
    let house = open(&path);
    let drafts = (0..9).map(|number| note("desk", &number.to_string(), "about the harbour"));
    house.accept("feed", now(), drafts).expect("room");
    drop(house);
    let key = &[ViewColumn { name: "record", kind: CellKind::Bytes }];
    let other = ViewTable { name: "texts", key, values: &[] };
    let views = [ViewWrite { table: &other, stands_at: None, rows: Vec::new() }];
    let mut store = SqliteStore::open(&path).expect("a file");
    store.commit(&Commit { views: &views, ..Commit::default() }).expect("room");
    drop(store);
    assert_eq!(find(&open(&path), "harbour").len(), 9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// What a file finds is what a house in memory finds, whatever came in which order, linked, taken back and erased.
    /// Mutations: keep the text of an erased fact; index a fact only when it is new.
    #[test]
    fn a_file_finds_what_memory_finds(
        drafts in prop::collection::vec(draft(), 1..12),
        notes in prop::collection::vec((0..4_u8, "(harbour|mill|note) (harbour|mill)"), 1..8),
        erased in any::<prop::sample::Index>(),
        reverted in any::<bool>(),
    ) {
        let path = folder("texts-law").join("a.onefold");
        let memory = Onefold::in_memory(Options::default());
        let mut file = open(&path);
        let notes: Vec<Draft> = notes.iter().map(|(key, text)| note("crm", &key.to_string(), text)).collect();
        for house in [&memory, &file] {
            house.accept("feed", at(100), drafts.clone()).expect("room");
            house.accept("notes", at(101), notes.clone()).expect("room");
            house.accept("notes again", at(102), notes.iter().rev().cloned()).expect("room");
            house.relink(&mut Silent).expect("room");
            if reverted {
                house.retract("notes again", at(103)).expect("room");
            }
            let customer = *erased.get(&house.customers().expect("views"));
            house.erase(customer, at(104)).expect("room");
        }
        drop(file);
        file = open(&path);
        for text in ["harbour", "mill", "\"note harbour\"", "h*"] {
            let found = find(&file, text);
            prop_assert_eq!(&found, &find(&memory, text), "{}", text);
            for found in found {
                let customer = file.customer(found.customer).expect("views").expect("a customer");
                prop_assert!(customer.timeline().iter().any(|event| event.provenance().fact() == found.fact));
            }
        }
    }
}
