//! Laws 1, 3 and 4 while records are linked as they are accepted: whatever happened on the way, the state is that of
//! the facts, made from scratch.

use std::collections::BTreeSet;

use onefold::fact::{Decision, Retraction};
use onefold::segment::Segments;
use onefold::{Body, CustomerId, Draft, Onefold, Options, RecordId, RecordKey, Schema, Silent, What};
use proptest::prelude::*;

use crate::laws::{at, draft};
use crate::support::folder;

/// What may happen to a house.
#[derive(Debug, Clone)]
enum Step {
    Accept(Vec<Draft>),
    /// The same, as a whole snapshot of the shop.
    Snapshot(Vec<Draft>),
    /// Takes an earlier step back.
    Retract(prop::sample::Index),
    Decide(u8, u8, bool),
    Relink,
    Erase(prop::sample::Index),
    /// A schema in which a browser is one person's.
    Adopt,
    Reopen,
    /// Keeps what linking holds in memory.
    Checkpoint,
    /// Lets minutes pass.
    Advance(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let drafts = || prop::collection::vec(draft(), 1..6);
    prop_oneof![
        8 => drafts().prop_map(Step::Accept),
        1 => drafts().prop_map(Step::Snapshot),
        2 => any::<prop::sample::Index>().prop_map(Step::Retract),
        2 => (0..6_u8, 0..6_u8, any::<bool>()).prop_map(|(a, b, same)| Step::Decide(a, b, same)),
        1 => Just(Step::Relink),
        1 => any::<prop::sample::Index>().prop_map(Step::Erase),
        1 => Just(Step::Adopt),
        2 => Just(Step::Reopen),
        1 => Just(Step::Checkpoint),
        2 => (1..90_u32).prop_map(Step::Advance),
    ]
}

fn shop(mut draft: Draft) -> Draft {
    draft = draft.identified_by(onefold::Identifier::new("email", "shop@x.example"));
    draft
}

fn schema() -> Schema {
    let mut schema = Schema::default();
    schema.namespaces.entry("anonymous".into()).or_default().shareable = false;
    schema
}

fn segments() -> Segments {
    let rules = [
        ("busy", r#"did "page" at least 2 times in the last 100m"#),
        ("quiet", r#"family_name = "Byron" and not did "page" in the last 120m"#),
        ("both", r#"in segment "quiet" or given_name = "Grace""#),
    ];
    let rule = |(name, text): (&str, &str)| (name.to_owned(), text.parse().expect("a rule"));
    Segments::new(rules.map(rule)).expect("segments")
}

/// Law 5 through the house: who is kept as a member is who meets the rule, and the changes tell of it.
fn are_members(house: &Onefold) -> Result<(), TestCaseError> {
    let views = house.views().expect("views");
    let clock = views.clock().expect("views").expect("segments");
    let mut told: BTreeSet<(String, CustomerId)> = BTreeSet::new();
    for change in house.changes(0, usize::MAX >> 1).expect("changes") {
        match change.what {
            What::Entered { customer, segment } => drop(told.insert((segment, customer))),
            What::Left { customer, segment } => drop(told.remove(&(segment, customer))),
            _ => {}
        }
    }
    for name in views.segments().names() {
        let kept: Vec<CustomerId> = views.members_of(name).expect("views").into_iter().map(|of| of.customer).collect();
        let meeting = views.matching(views.segments().get(name).expect("a segment"), clock).expect("views");
        prop_assert_eq!(&kept, &meeting, "in {}", name);
        let told: Vec<CustomerId> = told.iter().filter(|(of, _)| of == name).map(|(_, who)| *who).collect();
        prop_assert_eq!(kept, told, "told of {}", name);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Laws 1, 3 and 4. After any steps the views are what the log makes from scratch. Catches a record that is not
    /// made anew when a fact ceases to stand, a stretch that keeps its former owner, a link that outlives its evidence,
    /// a table that is not cleaned, a resolver that forgets a decision over reopening, and one that is
    /// opened as it was kept without what came since; a member who is not asked again when time has passed or another
    /// record has joined, and one who entered or left untold.
    #[test]
    fn whatever_happened_the_state_is_that_of_the_facts(steps in prop::collection::vec(step(), 1..14)) {
        let path = folder("live").join("a.onefold");
        let mut house = Onefold::open(&path, Options::default()).expect("a file");
        house.adopt(&segments(), at(99)).expect("room");
        for (number, step) in steps.iter().enumerate() {
            let minute = 100 + u32::try_from(number).expect("few");
            let batch = number.to_string();
            match step {
                Step::Accept(drafts) => drop(house.accept(batch, at(minute), drafts.clone()).expect("room")),
                Step::Snapshot(drafts) => {
                    let complete = Draft::new("shop", Body::Complete);
                    let drafts = drafts.iter().cloned().map(shop).chain([complete]);
                    house.accept(batch, at(minute), drafts).expect("room");
                }
                Step::Retract(which) => {
                    let retracted = which.index(number + 1).to_string();
                    let body = Body::Retract(Retraction::Batch(retracted.into()));
                    house.accept(batch, at(minute), [Draft::new("steward", body)]).expect("room");
                }
                Step::Decide(a, b, same) => {
                    let id = |key: &u8| RecordId::of(&"crm".into(), &RecordKey::person(key.to_string()));
                    let decision = if *same { Decision::Link } else { Decision::Unlink };
                    let body = Body::Decision(decision(id(a), id(b)));
                    house.accept(batch, at(minute), [Draft::new("steward", body)]).expect("room");
                }
                Step::Relink => drop(house.relink(&mut Silent).expect("room")),
                Step::Erase(which) => {
                    let customers = house.customers().expect("views");
                    if !customers.is_empty() {
                        house.erase(*which.get(&customers), at(minute)).expect("room");
                    }
                }
                Step::Adopt => drop(house.adopt(&schema(), at(minute)).expect("room")),
                Step::Checkpoint => house.checkpoint().expect("room"),
                Step::Advance(minutes) => {
                    let clock = house.views().expect("views").clock().expect("views").expect("segments");
                    house.advance_to(clock + chrono::TimeDelta::minutes((*minutes).into())).expect("room");
                }
                Step::Reopen => {
                    drop(house);
                    house = Onefold::open(&path, Options::default()).expect("a file");
                }
            }
            let scratch = house.known_at(at(1_000)).expect("the past");
            let customers = |customers: onefold::Views| customers.customers().expect("views");
            prop_assert_eq!(house.digest().expect("views"), scratch.digest().expect("views"), "after {:?}", step);
            prop_assert_eq!(customers(house.views().expect("views")), customers(scratch));
            let views = house.views().expect("views");
            for id in house.customers().expect("views") {
                let profile = views.customer(id).expect("views").expect("a customer");
                let happened = views.timeline(id, None).expect("views").expect("a customer");
                prop_assert_eq!(profile.timeline(), &happened);
            }
            are_members(&house)?;
        }
    }
}

/// Once linked, a house links what comes, and tells of it.
#[test]
fn records_are_linked_as_they_come() {
    let house = Onefold::in_memory(Options::default());
    let ada = |source: &str, key: &str, name: &str| {
        Draft::new(source, Body::set([("full_name", name), ("email", "ada@x.example")])).key(RecordKey::person(key))
    };
    house.accept("a", at(0), [ada("crm", "1", "Ada Byron")]).expect("room");
    house.relink(&mut Silent).expect("room");
    let accepted = house.accept("b", at(1), [ada("shop", "7", "Byron, Ada")]).expect("room");
    assert_eq!(house.customers().expect("views").len(), 1);
    assert!(accepted.changes.iter().any(|change| matches!(change.what, What::Created { .. })));
    house.retract("a", at(2)).expect("room");
    let shop = RecordId::of(&"shop".into(), &RecordKey::person("7"));
    assert_eq!(house.customers().expect("views"), [shop.into()]);
}

/// A record of which only an event is told after linking was kept in memory is one that a decision joins, also when all is
/// made anew from what was kept.
/// Mutation: of what came since look only at what identifies somebody.
#[test]
fn who_only_did_something_is_joined_when_linking_is_opened_again() {
    let house = Onefold::open(folder("live-opened").join("a.onefold"), Options::default()).expect("a file");
    let set = |key: &str, email: &str| Draft::new("crm", Body::set([("email", email)])).key(RecordKey::person(key));
    let id = |key: &str| RecordId::of(&"crm".into(), &RecordKey::person(key));
    house.accept("people", at(100), [set("2", "ada@x.example")]).expect("room");
    house.relink(&mut Silent).expect("room");
    let link = Body::Decision(Decision::Link(id("1"), id("0")));
    house.accept("link", at(102), [Draft::new("steward", link)]).expect("room");
    house.accept("more", at(103), [set("0", "bo@x.example")]).expect("room");
    house.checkpoint().expect("room");
    let page = Body::event("page", [("path", "/")]);
    house.accept("events", at(105), [Draft::new("crm", page).key(RecordKey::person("1"))]).expect("room");
    assert_eq!(house.customers().expect("views").len(), 2);
    house.adopt(&schema(), at(106)).expect("room");
    assert_eq!(house.customers().expect("views").len(), 2);
}

/// A record of very many facts is read a part at a time, wherever what tells who it is stands.
/// Mutations: look at the first part only, or at the last; leave out what is said before a commit, or in it.
#[test]
fn a_record_of_many_facts_says_all_that_it_ever_said() {
    let path = folder("live-large").join("a.onefold");
    let house = Onefold::open(&path, Options::default()).expect("a file");
    let said = |source: &str, name: &str, email: &str, minute: u32| {
        let body = Body::set([("full_name", name), ("email", email)]);
        Draft::new(source, body).key(RecordKey::person("1")).occurred_at(at(minute))
    };
    let many = (0..9_000).map(|minute| {
        let email = match minute {
            4_500 => "ada@x.example".to_owned(),
            minute => format!("ada{}@y.example", minute % 7),
        };
        said("crm", "Ada Byron", &email, minute)
    });
    house.accept("many", at(9_000), many).expect("room");
    house.accept("one", at(9_000), [said("shop", "Ada Byron", "ada@x.example", 1)]).expect("room");
    house.relink(&mut Silent).expect("room");
    assert_eq!(house.customers().expect("views").len(), 1);

    // What comes when nothing is held in memory is added to what was said before.
    drop(house);
    let house = Onefold::open(&path, Options::default()).expect("a file");
    house.accept("more", at(9_001), [said("crm", "Ada Byron", "ada@z.example", 9_001)]).expect("room");
    house.accept("two", at(9_002), [said("web", "Ada Byron", "ada@z.example", 2)]).expect("room");
    assert_eq!(house.customers().expect("views").len(), 1);
    let past = house.known_at(at(9_500)).expect("the past");
    assert_eq!(past.customers().expect("views").len(), 1);
}
