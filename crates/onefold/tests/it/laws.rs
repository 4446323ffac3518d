//! Law 1 (order) and law 3 (undo) through the facade.

use onefold::fact::{Decision, Retraction};
use onefold::{Body, Draft, Identifier, Onefold, Options, RecordId, RecordKey, Silent, Timestamp};
use proptest::prelude::*;

pub(crate) fn at(minute: u32) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    start + std::time::Duration::from_secs(u64::from(minute) * 60)
}

/// Drafts that collide: few people, shared mailboxes, a shared device.
pub(crate) fn draft() -> impl Strategy<Value = Draft> {
    let given = prop::sample::select(vec!["Ada", "Adah", "Grace", "Alan"]);
    let family = prop::sample::select(vec!["Byron", "Hopper", "Turing"]);
    let mail = prop::sample::select(vec!["ada@x.example", "family@x.example", "grace@y.example"]);
    let key = (prop::sample::select(vec!["crm", "shop"]), 0..6_u8);
    let device = prop::option::of(prop::sample::select(vec!["d1", "d2"]));
    let time = prop::option::of(0..50_u32);
    (given, family, mail, key, device, time, any::<bool>()).prop_map(
        |(given, family, mail, (source, key), device, time, event)| {
            let body = if event {
                Body::event("page", [("path", given)])
            } else {
                Body::set([("given_name", given), ("family_name", family), ("email", mail)])
            };
            let mut draft = Draft::new(source, body);
            draft = match device {
                Some(device) if event => draft.key(RecordKey::of(&Identifier::new("anonymous", device))),
                _ => draft.key(RecordKey::person(key.to_string())),
            };
            if let Some(device) = device {
                draft = draft.identified_by(Identifier::new("anonymous", device));
            }
            match time {
                Some(minute) => draft.occurred_at(at(minute)),
                None => draft,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Law 1. Any order and any number of deliveries of one batch give the same state. Catches a customer named after
    /// the record that arrived first, a sign-in that counts by arrival, and a set that counts a fact twice.
    #[test]
    fn order_and_repetition_do_not_show(
        drafts in prop::collection::vec(draft(), 1..24),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let straight = Onefold::in_memory(Options::default());
        straight.accept("batch", at(100), drafts.clone()).expect("room");
        straight.relink(&mut Silent).expect("room");

        let shuffled = Onefold::in_memory(Options::default());
        let again = order.iter().map(|index| index.get(&drafts).clone());
        for draft in again.chain(drafts.iter().rev().cloned()) {
            shuffled.accept("batch", at(100), [draft]).expect("room");
        }
        shuffled.relink(&mut Silent).expect("room");
        prop_assert_eq!(straight.digest().expect("views"), shuffled.digest().expect("views"));
    }

    /// Law 3, for imports. Taking a batch back leaves what was there before it. Catches a retraction that leaves a
    /// record, a link or a value behind.
    #[test]
    fn an_import_taken_back_leaves_no_trace(
        before in prop::collection::vec(draft(), 0..10),
        import in prop::collection::vec(draft(), 1..10),
    ) {
        let without = Onefold::in_memory(Options::default());
        without.accept("before", at(100), before.clone()).expect("room");
        without.relink(&mut Silent).expect("room");

        let house = Onefold::in_memory(Options::default());
        house.accept("before", at(100), before).expect("room");
        house.accept("import", at(101), import).expect("room");
        house.relink(&mut Silent).expect("room");
        let retract = Body::Retract(Retraction::Batch("import".into()));
        house.accept("steward", at(102), [Draft::new("steward", retract)]).expect("room");
        house.relink(&mut Silent).expect("room");
        prop_assert_eq!(without.digest().expect("views"), house.digest().expect("views"));
    }
}

/// Law 3, for decisions: linked and unlinked by a steward, and the decisions taken back.
#[test]
fn decisions_hold_until_they_are_taken_back() {
    let house = Onefold::in_memory(Options::default());
    let person = |key: &str, given: &str| {
        let body = Body::set([("given_name", given), ("family_name", "Byron"), ("email", "ada@x.example")]);
        Draft::new("crm", body).key(RecordKey::person(key))
    };
    house.accept("first", at(0), [person("1", "Ada"), person("2", "Ada"), person("3", "Zoltan")]).expect("room");
    let id = |key: &str| RecordId::of(&"crm".into(), &RecordKey::person(key));
    let together = |house: &Onefold, a: &str, b: &str| {
        house.relink(&mut Silent).expect("room");
        house.why(id(a), id(b)).expect("views").expect("both records").same_customer
    };
    assert!(together(&house, "1", "2"));
    assert!(!together(&house, "1", "3"));

    let decisions = [Decision::Unlink(id("1"), id("2")), Decision::Link(id("1"), id("3"))];
    house
        .accept("decided", at(1), decisions.map(|decision| Draft::new("steward", Body::Decision(decision))))
        .expect("room");
    assert!(!together(&house, "1", "2"));
    assert!(together(&house, "1", "3"));

    let retract = Body::Retract(Retraction::Batch("decided".into()));
    house.accept("taken back", at(2), [Draft::new("steward", retract)]).expect("room");
    assert!(together(&house, "1", "2"));
    assert!(!together(&house, "1", "3"));
}
