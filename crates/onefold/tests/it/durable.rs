//! Law 7 (durability), law 9 (erasure), law 10 (ids) and law 11 (conservation) over a file.

use std::path::Path;

use onefold::fact::{Decision, Inserted, Namespace};
use onefold::segment::{Rule, Segments};
use onefold::{
    Body, CustomerId, Draft, Identifier, Onefold, Options, RecordId, RecordKey, Silent, Timestamp, What, Whereabouts,
};
use proptest::prelude::*;

use crate::laws::{at, draft};
use crate::support::folder;

fn open(path: &Path) -> Onefold {
    Onefold::open(path, Options::default()).expect("a file")
}

/// A person whom nobody resembles.
fn person(number: u32) -> Draft {
    let email = format!("person{number}@only-{number}.example");
    Draft::new("crm", Body::set([("full_name", format!("Unique{number} Name{number}")), ("email", email.clone())]))
        .key(RecordKey::person(number.to_string()))
        .identified_by(Identifier::new("email", email))
}

fn id(number: u32) -> RecordId {
    RecordId::of(&"crm".into(), &RecordKey::person(number.to_string()))
}

/// Whether a file of the folder holds a text.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).expect("a folder").any(|entry| {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Law 7. A file opened again is the house that was left, linkage and changes included, and goes on like one that
    /// was never closed. Catches a linkage that is not kept, a cursor that starts anew, and a stamp that goes back.
    #[test]
    fn reopening_changes_nothing(
        first in prop::collection::vec(draft(), 1..16),
        second in prop::collection::vec(draft(), 1..16),
    ) {
        let path = folder("law-7").join("a.onefold");
        let memory = Onefold::in_memory(Options::default());
        let mut file = open(&path);
        for (minute, drafts) in [(100, first), (101, second)] {
            memory.accept(minute.to_string(), at(minute), drafts.clone()).expect("room");
            file.accept(minute.to_string(), at(minute), drafts).expect("room");
            prop_assert_eq!(memory.relink(&mut Silent).expect("room"), file.relink(&mut Silent).expect("room"));
            prop_assert_eq!(memory.digest().expect("views"), file.digest().expect("views"));
            drop(file);
            file = open(&path);
            prop_assert_eq!(memory.digest().expect("views"), file.digest().expect("views"));
            prop_assert_eq!(memory.changes(0, 1000).expect("changes"), file.changes(0, 1000).expect("changes"));
        }
        prop_assert!(file.check().expect("a check").is_sound());
    }

    /// Laws 9 and 10. After an erasure the others are as if the erased had never been there, replaying the old feed
    /// restores nothing, and every id that was given out still leads somewhere. Catches a fact that is found by its
    /// record only, an identifier left in an index, and a replay that is let in by reopening.
    #[test]
    fn erasure_leaves_the_others_and_no_trace(
        drafts in prop::collection::vec(draft(), 1..20),
        which in any::<prop::sample::Index>(),
    ) {
        let path = folder("law-9").join("a.onefold");
        let mut house = open(&path);
        house.accept("feed", at(100), drafts.clone()).expect("room");
        house.relink(&mut Silent).expect("room");
        let issued: Vec<CustomerId> = house.customers().expect("views");
        let erased = *which.get(&issued);
        let members = house.records_of(erased).expect("views").len();
        let certificate = house.erase(erased, at(101)).expect("room").expect("a customer");
        prop_assert!(!certificate.pending && !certificate.facts.is_empty() && members > 0);
        for _ in 0..2 {
            house.accept("feed again", at(102), drafts.clone()).expect("room");
            house.relink(&mut Silent).expect("room");
            prop_assert!(!house.customers().expect("views").iter().any(|customer| certificate.records.contains(&(*customer).into())));
            for id in &issued {
                let leads = house.whereabouts(*id).expect("views");
                let gone = certificate.records.contains(&(*id).into());
                prop_assert!(leads.is_some(), "{id} leads nowhere");
                prop_assert_eq!(gone, leads == Some(Whereabouts::Gone(certificate.erasure)));
            }
            drop(house);
            house = open(&path);
        }
        prop_assert!(house.check().expect("a check").is_sound());
    }

    /// Law 11. Of what is delivered everything is accounted for, erased records included. Catches a set-aside without a
    /// reason.
    #[test]
    fn everything_delivered_is_accounted_for(drafts in prop::collection::vec(draft(), 1..20)) {
        let house = Onefold::in_memory(Options::default());
        let first = house.accept("feed", at(100), drafts.clone()).expect("room");
        prop_assert_eq!(first.facts.len(), drafts.len());
        let customer = house.customers().expect("views")[0];
        house.erase(customer, at(101)).expect("room");
        let again = house.accept("feed", at(101), drafts.clone()).expect("room");
        prop_assert_eq!(again.facts.len(), drafts.len());
        let ids = |accepted: &onefold::Accepted| accepted.facts.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        prop_assert_eq!(ids(&first), ids(&again));
        let erased = again.facts.iter().filter(|(_, what)| *what == Inserted::Erased).count();
        prop_assert!(erased >= again.findings.len());
    }
}

#[test]
fn no_byte_of_the_file_holds_what_only_the_erased_held() {
    let folder = folder("erased");
    let house = open(&folder.join("a.onefold"));
    house.accept("feed", at(0), (0..300).map(person)).expect("room");
    // What was said before and stands no more, and what a steward pinned, goes too.
    house
        .accept("old", at(1), [Draft::new("crm", Body::set([("city", "Atlantis")])).key(RecordKey::person("7"))])
        .expect("room");
    house.retract("old", at(2)).expect("room");
    let visit = Draft::new("crm", Body::event("zebrafever", [("n", "1")])).key(RecordKey::person("7"));
    house.accept("visits", at(2), [visit]).expect("room");
    let ill: Rule = r#"did "zebrafever""#.parse().expect("a rule");
    house.adopt(&Segments::new([("ill".to_owned(), ill)]).expect("segments"), at(2)).expect("segments");
    let pin = Decision::Pin { record: id(7), attribute: "plan".into(), value: "utopia".into() };
    house.accept("pin", at(3), [Draft::new("steward", Body::Decision(pin))]).expect("room");
    house.relink(&mut Silent).expect("room");
    let in_segment = |segment: &str| {
        let changes = house.changes(0, 10_000).expect("changes");
        let places: Vec<u64> = changes.iter().map(|change| change.cursor).collect();
        assert_eq!(places, (1..=places.len() as u64).collect::<Vec<_>>());
        let of = |what: &What| matches!(what, What::Entered { segment: of, .. } | What::Left { segment: of, .. } if of == segment);
        (changes.iter().filter(|change| of(&change.what)).count(), changes.len())
    };
    let before = in_segment("ill");
    assert_eq!(before.0, 1);
    for text in ["person7@only-7.example", "Name7\"", "Atlantis", "utopia", r#""event":"zebrafever""#] {
        assert!(holds(&folder, text), "{text} is not there to begin with");
    }
    let certificate = house.erase(id(7), at(4)).expect("room").expect("a customer");
    assert_eq!((certificate.facts.len(), certificate.pending), (4, false));
    let after = in_segment("ill");
    assert!(after.0 == 0 && after.1 > before.1, "{after:?}");
    house.accept("feed", at(5), (0..300).map(person)).expect("room");
    for text in ["person7@only-7.example", "Name7\"", "Atlantis", "utopia", r#""event":"zebrafever""#] {
        assert!(!holds(&folder, text), "{text} is still there");
    }
    assert!(holds(&folder, "person8@only-8.example"));
    assert_eq!(house.customers().expect("views").len(), 299);
    // What states a later time is about a new beginning.
    house.accept("later", at(6), [person(7).occurred_at(at(6))]).expect("room");
    assert_eq!(house.customers().expect("views").len(), 300);
    assert_eq!(house.whereabouts(id(7)).expect("views"), Some(Whereabouts::Customer(id(7).into())));
}

/// Law 9. Catches a model in force that names what only one customer's many records held.
#[test]
fn no_model_gives_the_erased_away() {
    let folder = folder("erased-of-many-records");
    let path = folder.join("a.onefold");
    let house = open(&path);
    let often = |n: u32| {
        let email = "xanthippe@quisling.example";
        let says = Body::set([("full_name", "Xanthippe Quisling"), ("email", email), ("city", "Zzyzx")]);
        let key = RecordKey::person(format!("q-{n}"));
        Draft::new("crm", says).key(key).identified_by(Identifier::new("email", email))
    };
    house.accept("feed", at(0), (0..500).map(person).chain((0..12).map(often))).expect("room");
    house.relink(&mut Silent).expect("room");
    let hers = RecordId::of(&"crm".into(), &RecordKey::person("q-0"));
    assert_eq!(house.erase(hers, at(1)).expect("room").expect("a customer").records.len(), 12);
    drop(house);
    for text in ["Xanthippe", "xanthippe", "quisling", "Zzyzx", "zzyzx"] {
        assert!(!holds(&folder, text), "{text} is still there");
    }
    assert!(holds(&folder, "person8@only-8.example"));
}

/// Catches an erasure that knows who is gone by their records alone.
#[test]
fn the_erased_do_not_come_back_under_another_key() {
    let folder = folder("another-key");
    let path = folder.join("a.onefold");
    let mut house = open(&path);
    let plan = || Identifier::new("plan", "free");
    house.accept("feed", at(0), (0..40).map(|n| person(n).identified_by(plan()))).expect("room");
    house.relink(&mut Silent).expect("room");
    for erased in [1, 2] {
        // The plan is not theirs alone.
        assert_eq!(house.erase(id(erased), at(1)).expect("room").expect("a customer").identifiers, 1);
    }
    let other = |number: u32| {
        let email = Identifier::new("email", format!("person{number}@only-{number}.example"));
        Draft::new("shop", Body::set([("plan", "gold")]))
            .key(RecordKey::person(format!("s-{number}")))
            .identified_by(email)
    };
    for _ in 0..2 {
        let accepted = house.accept("shop", at(2), (0..3).map(other)).expect("room");
        let refused = accepted.facts.iter().filter(|(_, what)| *what == Inserted::Erased).count();
        assert_eq!((refused, accepted.findings.len()), (2, 2));
        assert!(!holds(&folder, "s-1\"") && !holds(&folder, "only-2.example"));
        drop(house);
        house = open(&path);
    }
    let again = house.accept("shop", at(3), [other(1).occurred_at(at(3))]).expect("room");
    assert!(again.findings.is_empty(), "a new beginning");
    let shared = Draft::new("web", Body::event("page", [("path", "/")])).key(RecordKey::person("w"));
    assert!(house.accept("web", at(4), [shared.identified_by(plan())]).expect("room").findings.is_empty());
    assert!(house.check().expect("a check").is_sound());
}

/// Catches an erasure that knows only who stands.
#[test]
fn who_was_retracted_can_be_erased() {
    let folder = folder("retracted-erased");
    let house = open(&folder.join("a.onefold"));
    let email = || Identifier::new("email", "zeta@quackenbush.example");
    let says = || Body::set([("full_name", "Zeta Quackenbush"), ("email", "zeta@quackenbush.example")]);
    let zeta = |key: &'static str| Draft::new("crm", says()).key(RecordKey::person(key)).identified_by(email());
    house.accept("feed", at(0), (0..40).map(person)).expect("room");
    house.accept("hers", at(1), [zeta("z-1")]).expect("room");
    house.retract("hers", at(2)).expect("room");
    assert!(house.customers_with(&email()).expect("views").is_empty() && holds(&folder, "quackenbush"));
    let hers = RecordId::of(&"crm".into(), &RecordKey::person("z-1"));
    assert_eq!(house.views().expect("views").gone_with(&email()).expect("the log"), [hers].into());
    let certificate = house.erase(hers, at(3)).expect("room").expect("what is kept of her");
    assert_eq!((certificate.facts.len(), certificate.identifiers), (1, 1));
    assert!(!holds(&folder, "uackenbush"));
    assert!(house.erase(hers, at(4)).expect("room").is_none(), "nothing is left");
    let again = house.accept("shop", at(5), [zeta("z-2")]).expect("room");
    assert_eq!(again.facts.iter().map(|(_, what)| *what).collect::<Vec<_>>(), [Inserted::Erased]);
    assert!(house.check().expect("a check").is_sound());
}

#[test]
fn the_past_is_read_as_it_was_known_and_as_it_was() {
    let house = Onefold::in_memory(Options::default());
    let says = |city: &str, minute| {
        Draft::new("crm", Body::set([("city", city)])).key(RecordKey::person("1")).occurred_at(at(minute))
    };
    house.accept("a", at(10), [says("Bonn", 1)]).expect("room");
    house.accept("b", at(20), [says("Ulm", 5)]).expect("room");
    let record = RecordId::of(&"crm".into(), &RecordKey::person("1"));
    let city = |profile: Option<onefold::Profile>| profile.and_then(|p| p.value("city").map(ToString::to_string));
    assert_eq!(city(house.customer(record).expect("views")).as_deref(), Some("Ulm"));
    assert_eq!(
        city(house.known_at(at(15)).expect("the past").customer(record).expect("views")).as_deref(),
        Some("Bonn")
    );
    assert_eq!(
        city(house.views().expect("views").customer_as_of(record, Some(at(3))).expect("views")).as_deref(),
        Some("Bonn")
    );
    assert_eq!(city(house.known_at(at(5)).expect("the past").customer(record).expect("views")), None);
}

/// Who was whom is read as it was linked then.
#[test]
fn the_past_knows_who_was_whom() {
    let path = folder("linked").join("a.onefold");
    let house = open(&path);
    let ada = |key: &str| {
        Draft::new("crm", Body::set([("full_name", "Ada Byron"), ("email", "ada@x.example")]))
            .key(RecordKey::person(key))
    };
    house.accept("a", at(10), [ada("1")]).expect("room");
    house.relink(&mut Silent).expect("room");
    house.accept("b", at(20), [ada("2")]).expect("room");
    house.relink(&mut Silent).expect("room");
    let merged = house.changes(0, 100).expect("changes").into_iter().filter(|c| matches!(c.what, What::Merged { .. }));
    assert_eq!(merged.count(), 1);
    let unlink = Decision::Unlink(id(1), id(2));
    house.accept("c", at(30), [Draft::new("steward", Body::Decision(unlink))]).expect("room");
    house.relink(&mut Silent).expect("room");
    drop(house);
    let house = open(&path);
    let customers = |at| house.known_at(at).expect("the past").customers().expect("views").len();
    assert_eq!([customers(at(10)), customers(at(20)), customers(at(30))], [1, 1, 2]);
    assert_eq!(house.customers().expect("views").len(), 2);
}

/// Many callers at once: each gets what became of its own facts, nothing is lost, and changes have no gap.
#[test]
fn many_threads_accept_beside_readers() {
    let path = folder("threads").join("a.onefold");
    let house = open(&path);
    std::thread::scope(|scope| {
        for thread in 0..8_u32 {
            let house = house.clone();
            scope.spawn(move || {
                for number in 0..25 {
                    let number = thread * 100 + number;
                    let accepted = house.accept(number.to_string(), at(number), [person(number)]).expect("room");
                    assert_eq!(accepted.facts.len(), 1);
                    assert_eq!(accepted.changes.first().map(|c| &c.what), Some(&What::Created { record: id(number) }));
                    assert!(house.customer(id(number)).expect("views").is_some(), "what was accepted is there");
                }
            });
        }
    });
    assert_eq!(house.customers().expect("views").len(), 200);
    let changes = house.changes(0, 1000).expect("changes");
    assert_eq!(changes.iter().map(|change| change.cursor).collect::<Vec<_>>(), (1..=400).collect::<Vec<_>>());
    let digest = house.digest().expect("views");
    drop(house);
    assert_eq!(open(&path).digest().expect("views"), digest);
}

#[test]
fn a_backup_is_a_house() {
    let folder = folder("backup");
    let house = open(&folder.join("a.onefold"));
    house.accept("feed", at(0), (0..20).map(person)).expect("room");
    house.backup(folder.join("b.onefold")).expect("a backup");
    let copy = open(&folder.join("b.onefold"));
    assert_eq!(copy.digest().expect("views"), house.digest().expect("views"));
    assert!(Onefold::open(folder.join("b.onefold"), Options::default()).is_err(), "one at a time");
    let held =
        copy.customers_with(&Identifier::new(Namespace::from("email"), "person3@only-3.example")).expect("views");
    assert_eq!(held, [CustomerId::from(id(3))]);
}

#[test]
fn stamps_never_go_back_over_reopening() {
    let path = folder("stamps").join("a.onefold");
    open(&path).accept("a", at(50), [person(1)]).expect("room");
    let house = open(&path);
    let accepted = house.accept("b", at(10), [person(2)]).expect("room");
    let stamp: Option<Timestamp> = accepted.changes.first().map(|change| change.at);
    assert_eq!(stamp, Some(at(50)));
}

/// Catches a checkpoint that outlasts an erasure, one that is opened as if nobody had been erased, and a model that names
/// what one customer only holds.
#[test]
fn what_linking_keeps_goes_with_an_erasure() {
    let folder = folder("checkpoint");
    let path = folder.join("a.onefold");
    let house = open(&path);
    house.accept("monday", at(100), (0..40).map(person)).expect("room");
    house.relink(&mut Silent).expect("room");
    house.checkpoint().expect("room");
    assert!(holds(&folder, "unique7"), "the standard form is in the checkpoint");
    house.erase(id(7), at(101)).expect("room").expect("a customer");
    house.checkpoint().expect("room");
    drop(house);
    for value in ["unique7", "Unique7", "only-7"] {
        assert!(!holds(&folder, value), "{value} is still there");
    }
    let house = open(&path);
    let again = person(7).key(RecordKey::person("other")).occurred_at(at(102));
    house.accept("tuesday", at(102), [again]).expect("room");
    assert_eq!(house.customers().expect("views").len(), 40);
}

/// Mutations: take what stands; take what no longer stands of records only; look at identifiers alone.
#[test]
fn what_was_retracted_of_another_record_goes_with_the_mailbox_that_it_names() {
    let folder = folder("withdrawn");
    let path = folder.join("a.onefold");
    let house = open(&path);
    house.accept("feed", at(0), (0..20).map(person)).expect("room");
    let email = |number: u32| format!("person{number}@only-{number}.example");
    let named = |key: &str, number: u32, note: &str| {
        Draft::new("shop", Body::set([("note", note)]))
            .key(RecordKey::person(key))
            .identified_by(Identifier::new("email", email(number)))
    };
    let said = Draft::new("shop", Body::set([("email", email(3))])).key(RecordKey::person("d"));
    house.accept("wrong", at(1), [named("a", 3, "withdrawn-3"), named("b", 4, "withdrawn-4"), said]).expect("room");
    house.retract("wrong", at(2)).expect("room");
    house.accept("right", at(3), [named("c", 5, "stands-5")]).expect("room");
    assert!(holds(&folder, "withdrawn-3"));

    let certificate = house.erase(id(3), at(4)).expect("room").expect("a customer");
    assert_eq!((certificate.facts.len(), certificate.records.len()), (3, 1));
    for text in ["withdrawn-3", "person3@only-3.example"] {
        assert!(!holds(&folder, text), "{text} is still there");
    }
    assert!(holds(&folder, "withdrawn-4") && holds(&folder, "stands-5"));
    assert_eq!(house.erase(id(5), at(5)).expect("room").expect("a customer").identifiers, 0);
    assert!(holds(&folder, "stands-5"), "what another record still says");
    assert!(house.check().expect("a check").is_sound());
    drop(house);
    let house = open(&path);
    assert!(house.check().expect("a check").is_sound());
}
