//! Contract, suppression, retention, licences and groups behind the house.

use onefold::fact::{Choice, Consent, Inserted, Membership, PiiClass, Reason, Retraction};
use onefold::profile::{
    Access, ConsentState, Contract, Disclosure, Licences, Policy, PurposeSpec, Retention, Sight, Suppressed,
    Suppression, Telling, View,
};
use onefold::segment::{Rule, Segments};
use onefold::{
    AttributeSpec, Body, Draft, Identifier, Kind, Onefold, Options, RecordId, RecordKey, Schema, Timestamp, What,
    Whereabouts,
};
use proptest::prelude::*;

use crate::support::folder;

fn day(day: u32) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    start + chrono::TimeDelta::days(day.into())
}

fn event(source: &str, key: &str, name: &str, property: (&str, &str)) -> Draft {
    Draft::new(source, Body::event(name, [property])).key(RecordKey::person(key))
}

fn id(source: &str, key: &str) -> RecordId {
    RecordId::of(&source.into(), &RecordKey::person(key))
}

fn contract(on_violation: &str) -> Contract {
    let json = format!(
        r#"{{"events": {{"order": {{"properties": {{"total": "number"}}, "required": ["total"]}}}},
            "on_violation": "{on_violation}"}}"#
    );
    serde_json::from_str(&json).expect("a contract")
}

#[test]
fn violations_are_counted_and_kept_or_set_aside() {
    let house = Onefold::in_memory(Options::default());
    let orders = || [event("shop", "1", "order", ("total", "12")), event("shop", "2", "order", ("sum", "12"))];
    house.adopt(&contract("keep"), day(0)).expect("a contract");
    let accepted = house.accept("one", day(1), orders()).expect("room");
    let lines: Vec<String> = accepted.violations.iter().map(|counted| counted.to_string()).collect();
    let expected = [
        "shop, event `order`: required property `total` is missing: 1",
        "shop, event `order`: property `total` is of another type: 1",
    ];
    assert_eq!((lines.as_slice(), accepted.findings.len()), (expected.map(str::to_owned).as_slice(), 0));
    assert_eq!(house.customers().expect("views").len(), 2);
    let views = house.views().expect("views");
    assert_eq!(views.violations(views.contract()).expect("a log"), accepted.violations);

    house.adopt(&contract("set_aside"), day(2)).expect("a contract");
    let other = event("shop", "4", "seen", ("sku", "A-1"));
    let late = [event("shop", "3", "order", ("sum", "12")), other];
    let accepted = house.accept("two", day(3), late).expect("room");
    let became: Vec<Inserted> = accepted.facts.iter().map(|(_, became)| *became).collect();
    assert_eq!(became, [Inserted::SetAside, Inserted::New]);
    assert_eq!(accepted.findings[0].reason, Reason::Contract);
    assert!(accepted.findings[0].message.contains("required property `total` is missing"), "{accepted:?}");
    assert_eq!(house.whereabouts(id("shop", "3")).expect("views"), None);
    let aside: Vec<_> = accepted.set_aside.iter().map(|it| (it.place, it.draft.clone(), it.violations.len())).collect();
    assert_eq!(aside, [(0, event("shop", "3", "order", ("sum", "12")), 1)]);
    assert_eq!(house.customers().expect("views").len(), 3);
    // What was set aside is taken where the contract lets it in.
    assert!(house.adopt(&contract("keep"), day(4)).is_ok());
    let again = house.accept("two", day(5), aside.into_iter().map(|(_, draft, _)| draft)).expect("room");
    assert_eq!((again.facts[0].1, again.set_aside.len()), (Inserted::New, 0));
}

#[test]
fn who_is_suppressed_is_not_taken_in_not_even_after_an_erasure() {
    let key: &[u8] = b"a secret kept elsewhere";
    let options = || {
        let mut options = Options::default();
        options.suppression_key = Some(key.into());
        options
    };
    let folder = folder("suppressed");
    let house = Onefold::open(folder.join("a.onefold"), options()).expect("a file");
    let email = |value: &str| Identifier::new("email", value);
    let person = |number: &str, mail: &str| {
        let set = Body::set([("email", mail)]);
        Draft::new("crm", set).key(RecordKey::person(number)).identified_by(email(mail))
    };
    house.accept("one", day(0), [person("1", "ada@x.example"), person("2", "bo@x.example")]).expect("room");
    let mut list = Suppression::default();
    list.suppress(key, &email("ada@x.example"), Suppressed::Process);
    list.suppress(key, &email("bo@x.example"), Suppressed::Contact);
    house.adopt(&list, day(1)).expect("a list");
    house.adopt(&contract("set_aside"), day(1)).expect("a contract");
    house.erase(id("crm", "1"), day(2)).expect("room").expect("a customer");
    // What is said to be later than the erasure would be a new beginning, were she not on the list.
    let later = person("77", "Ada@X.example").occurred_at(day(3));
    let again = house.accept("two", day(3), [later, person("3", "bo@x.example")]).expect("room");
    let became: Vec<Inserted> = again.facts.iter().map(|(_, became)| *became).collect();
    assert_eq!(became, [Inserted::SetAside, Inserted::New]);
    assert_eq!(again.findings[0].reason, Reason::Suppressed);
    let order = event("crm", "78", "order", ("sum", "1")).identified_by(email("ada@x.example"));
    let orders = house.accept("three", day(3), [order.occurred_at(day(4))]).expect("room");
    assert_eq!((orders.facts[0].1, orders.set_aside), (Inserted::SetAside, Vec::new()));
    let views = house.views().expect("views");
    assert_eq!(views.suppressed(id("crm", "3"), key).expect("views"), Some(Suppressed::Contact));
    assert_eq!(views.suppressed(id("crm", "3"), b"another").expect("views"), None);
    drop((views, house));
    let bytes = std::fs::read(folder.join("a.onefold")).expect("the file");
    assert!(!bytes.windows(8).any(|window| window.eq_ignore_ascii_case(b"ada@x.ex")));
}

#[test]
fn what_is_too_old_is_removed_and_its_record_leads_somewhere() {
    let folder = folder("retained");
    let house = Onefold::open(folder.join("a.onefold"), Options::default()).expect("a file");
    let retention: Retention =
        serde_json::from_str(r#"{"rules": {"views": {"event": "Viewed", "days": 30}}}"#).expect("a retention");
    house.adopt(&retention, day(0)).expect("a retention");
    let views = || [event("web", "1", "Viewed", ("page", "secret-page-1")), event("web", "2", "Viewed", ("page", "p"))];
    let drafts = [event("web", "2", "Bought", ("sku", "A-1"))];
    house.accept("one", day(1), views().into_iter().chain(drafts)).expect("room");
    house.accept("two", day(20), [event("web", "2", "Viewed", ("page", "later"))]).expect("room");
    let (due, next) = house.views().expect("views").due(day(1)).expect("views");
    assert_eq!((due.len(), next), (0, Some(day(31))));
    assert!(house.retain(day(30)).expect("room").removed.is_empty());
    let retained = house.retain(day(31)).expect("room");
    assert_eq!((retained.removed.len(), retained.deliveries, retained.pending), (2, 2, false));
    assert_eq!(retained.records, [id("web", "1")].into());
    assert!(matches!(house.whereabouts(id("web", "1")).expect("views"), Some(Whereabouts::Gone(_))));
    let kept = house.customer(id("web", "2")).expect("views").expect("a customer");
    let names: Vec<&str> = kept.timeline().iter().map(onefold::profile::Event::name).collect();
    assert_eq!(names, ["Bought", "Viewed"]);
    let bytes = std::fs::read(folder.join("a.onefold")).expect("the file");
    assert!(!bytes.windows(13).any(|window| window == b"secret-page-1"));
    // The old feed brings nothing back; what is new about them is taken.
    let again = house.accept("three", day(32), views()).expect("room");
    assert!(again.facts.iter().all(|(_, became)| *became == Inserted::Erased));
    house.accept("four", day(33), [event("web", "1", "Bought", ("sku", "B-2"))]).expect("room");
    assert_eq!(house.whereabouts(id("web", "1")).expect("views"), Some(Whereabouts::Customer(id("web", "1").into())));
    assert!(house.check().expect("a check").is_sound());
}

/// Catches contents that stay in the file because nobody is shown them any more.
#[test]
fn what_was_taken_back_is_kept_no_longer_than_the_rest() {
    let folder = folder("retained-retracted");
    let path = folder.join("a.onefold");
    let house = Onefold::open(&path, Options::default()).expect("a file");
    let retention = r#"{"rules": {"all": {"days": 30}}}"#;
    house.adopt(&serde_json::from_str::<Retention>(retention).expect("a retention"), day(0)).expect("room");
    house.accept("wrong", day(1), [event("web", "1", "Viewed", ("page", "taken-back-whole"))]).expect("room");
    let shown =
        [event("web", "1", "Viewed", ("page", "to-stay")), event("web", "2", "Viewed", ("page", "taken-back-1"))];
    let accepted = house.accept("right", day(2), shown).expect("room");
    house.retract("wrong", day(3)).expect("room");
    let fact = accepted.facts[1].0;
    house.accept("four", day(4), [Draft::new("desk", Body::Retract(Retraction::Fact(fact)))]).expect("room");
    // What a later snapshot is without is not shown either.
    let complete = || Draft::new("erp", Body::Complete);
    house.accept("monday", day(5), [event("erp", "3", "Paid", ("bill", "left-out-later")), complete()]).expect("room");
    house.accept("tuesday", day(6), [event("erp", "4", "Paid", ("bill", "to-be-left")), complete()]).expect("room");

    let has = |text: &str| {
        let bytes = std::fs::read(&path).expect("the file");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    assert!(house.retain(day(30)).expect("room").removed.is_empty());
    assert_eq!(house.retain(day(31)).expect("room").removed.len(), 1);
    assert!(!has("taken-back-whole"));
    let retained = house.retain(day(35)).expect("room");
    assert_eq!((retained.removed.len(), retained.pending), (3, false));
    assert_eq!(retained.records, [id("web", "1"), id("web", "2"), id("erp", "3")].into());
    assert!(!has("taken-back-1") && !has("to-stay") && !has("left-out-later"));
    assert!(matches!(house.whereabouts(id("web", "2")).expect("views"), Some(Whereabouts::Gone(_))));
    assert_eq!(house.customer(id("erp", "4")).expect("views").expect("a customer").timeline().len(), 1);
    assert!(house.check().expect("a check").is_sound());
}

/// Catches bought data that go on joining people after their licence: as the clock moves, and where the house is opened
/// later.
#[test]
fn bought_data_say_who_somebody_is_as_long_as_they_are_licensed() {
    let folder = folder("licences-link");
    let path = folder.join("a.onefold");
    let mut house = Onefold::open(&path, Options::default()).expect("a file");
    let licences: Licences = serde_json::from_str(r#"{"sources": {"bought": {"days": 10}}}"#).expect("licences");
    house.adopt(&licences, day(0)).expect("licences");
    let ada = |source: &str, key: &str, email: &str| {
        let set = [("full_name", "Ada Byron"), ("birth_date", "1815-12-10"), ("email", email)];
        Draft::new(source, Body::set(set)).key(RecordKey::person(key))
    };
    house.accept("own", day(1), [ada("crm", "1", "ada@x.example")]).expect("room");
    house.accept("list", day(2), [ada("bought", "7", "ada@x.example")]).expect("room");
    house.relink(&mut onefold::Silent).expect("a model");
    let together = |house: &Onefold| {
        let views = house.views().expect("views");
        let why = views.why(id("crm", "1"), id("bought", "7")).expect("views").expect("two records");
        why.same_customer
    };
    assert!(together(&house));
    house.advance_to(day(11)).expect("room");
    assert!(together(&house));
    let changes = house.advance_to(day(12)).expect("room");
    assert!(!together(&house), "{changes:?}");
    assert!(changes.iter().any(|change| matches!(change.what, What::Split { .. })), "{changes:?}");
    // Licensed anew they count again, and no longer than that.
    house.accept("list of next year", day(13), [ada("bought", "7", "ada@x.example")]).expect("room");
    assert!(together(&house));
    drop(house);
    house = Onefold::open(&path, Options::default()).expect("a file");
    house.advance_to(day(40)).expect("room");
    assert!(!together(&house));
    drop(house);
    // An end that comes by itself while the house is closed is seen by whoever comes next.
    house = Onefold::open(&path, Options::default()).expect("a file");
    house.accept("other", day(41), [ada("shop", "3", "ada@x.example")]).expect("room");
    assert!(!together(&house));
    let own = house.customer(id("crm", "1")).expect("views").expect("a customer");
    assert_eq!(own.records().len(), 2);
}

/// Catches an attribute, an event, a text or a membership that is shown beyond its licence, and a clock that does not
/// look at it.
#[test]
fn bought_data_are_shown_as_long_as_they_are_licensed() {
    let folder = folder("licences");
    let house = Onefold::open(folder.join("a.onefold"), Options::default()).expect("a file");
    let licences: Licences = serde_json::from_str(r#"{"sources": {"bought": {"days": 10}}}"#).expect("licences");
    let rich: Rule = r#"income = "high""#.parse().expect("a rule");
    house.adopt(&licences, day(0)).expect("licences");
    let bought = || Draft::new("bought", Body::set([("income", "high"), ("notes", "likes the harbour")]));
    house.accept("list", day(1), [bought().key(RecordKey::person("1"))]).expect("room");
    house.adopt(&Segments::new([("rich".to_owned(), rich)]).expect("segments"), day(2)).expect("segments");
    let customer = id("bought", "1");
    let shown = || {
        let views = house.views().expect("views");
        let profile = views.customer(customer).expect("views").expect("a customer");
        let found = views.find(&"harbour".parse().expect("a word"), 9).expect("views").len();
        let exported = views.export(customer, &Default::default(), day(9)).expect("views").expect("a customer");
        let exported = serde_json::to_string(&exported).expect("JSON").contains("high");
        (profile.value("income").is_some(), found, exported, views.members_of("rich").expect("views").len())
    };
    assert_eq!(shown(), (true, 1, true, 1));
    // Read later, though the house's clock stands still.
    let read_at = |clock| {
        let views = house.views().expect("views").at(clock);
        let profile = views.customer(customer).expect("views").expect("a customer");
        let found = views.find(&"harbour".parse().expect("a word"), 9).expect("views").len();
        let exported = house.views().expect("views").export(customer, &Default::default(), clock).expect("views");
        let exported = serde_json::to_string(&exported.expect("a customer")).expect("JSON").contains("high");
        (profile.value("income").is_some(), found, exported)
    };
    assert_eq!((read_at(day(10)), read_at(day(11))), ((true, 1, true), (false, 0, false)));
    assert_eq!(shown(), (true, 1, true, 1));
    house.advance_to(day(10)).expect("room");
    assert_eq!(shown(), (true, 1, true, 1));
    let changes = house.advance_to(day(15)).expect("room");
    assert_eq!(shown(), (false, 0, false, 0));
    assert!(
        matches!(&changes[..], [left] if left.at == day(11) && matches!(left.what, What::Left { .. })),
        "{changes:?}"
    );
    drop(house);
}

fn choice(choice: Choice, purpose: &str) -> Consent {
    Consent {
        purpose: purpose.to_owned(),
        channel: None,
        choice,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    }
}

/// Mutations: file a choice with the record that founded the customer alone; let licences end it; list it once for each
/// record.
#[test]
fn a_choice_stays_when_a_source_goes() {
    for ends_by_licence in [true, false] {
        let house = Onefold::in_memory(Options::default());
        let licences: Licences = serde_json::from_str(r#"{"sources": {"bought": {"days": 10}}}"#).expect("licences");
        house.adopt(&licences, day(0)).expect("licences");
        let ada = |source: &str, key: &str| {
            let set = [("full_name", "Ada Byron"), ("birth_date", "1815-12-10"), ("email", "ada@x.example")];
            Draft::new(source, Body::set(set)).key(RecordKey::person(key))
        };
        house.accept("list", day(1), [ada("bought", "7")]).expect("room");
        house.accept("own", day(2), [ada("crm", "1")]).expect("room");
        house.relink(&mut onefold::Silent).expect("a model");
        house.say_consent(id("crm", "1"), choice(Choice::Withdrawn, " Marketing"), day(3)).expect("a customer");
        let profile = |record| house.customer(record).expect("views").expect("a customer");
        let both = profile(id("crm", "1"));
        assert_eq!((both.records().len(), both.consents().len()), (2, 1));
        assert_eq!(both.consents()[0].choices().count(), 1);
        if ends_by_licence {
            house.advance_to(day(20)).expect("room");
            let bought = profile(id("bought", "7"));
            assert_eq!(bought.consent_state("marketing", Some("email"), day(20)), ConsentState::Withdrawn);
        } else {
            house.retract("list", day(20)).expect("room");
        }
        let own = profile(id("crm", "1"));
        assert_eq!(own.consent_state("MARKETING", Some("email"), day(20)), ConsentState::Withdrawn);
    }
}

/// Mutations: ask the policy, the schema or the consent of then.
#[test]
fn a_reading_of_the_past_shows_what_may_be_seen_now() {
    let house = Onefold::in_memory(Options::default());
    let policy = |closed: bool| {
        let sees =
            if closed { Sight { up_to: PiiClass::Personal, ..Sight::everything() } } else { Sight::everything() };
        let marketing = PurposeSpec { needs_consent: true, sees: sees.clone() };
        Policy { roles: [("desk".into(), sees)].into(), purposes: [("marketing".into(), marketing)].into() }
    };
    house.adopt(&policy(false), day(1)).expect("a policy");
    let ada = Draft::new("crm", Body::set([("plan", "pro"), ("iban", "DE00")])).key(RecordKey::person("1"));
    house.accept("one", day(2), [ada]).expect("room");
    house.say_consent(id("crm", "1"), choice(Choice::Granted, "marketing"), day(3)).expect("a customer");
    let then = house.known_at(day(3)).expect("views");
    let past = then.customer(id("crm", "1")).expect("views").expect("a customer");
    let sees = |of: &View| (of.value("plan").is_some(), of.value("iban").is_some());
    let now = || house.views().expect("views");
    assert_eq!(sees(&now().view("marketing", None, &past, day(4)).expect("consent")), (true, true));

    house.adopt(&policy(true), day(5)).expect("a policy");
    let mut schema = Schema::default();
    schema.attributes.insert("iban".into(), AttributeSpec::of(Kind::NationalId));
    house.adopt(&schema, day(6)).expect("a schema");
    assert_eq!(sees(&now().view_for("desk", &past).expect("a role")), (true, false));
    assert_eq!(sees(&now().view("marketing", None, &past, day(7)).expect("consent")), (true, false));

    house.say_consent(id("crm", "1"), choice(Choice::Withdrawn, "Marketing"), day(8)).expect("a customer");
    let refused = now().view("marketing", None, &past, day(9)).expect_err("they took it back");
    assert!(refused.to_string().contains("withdrawn"), "{refused}");
    house.retract("one", day(10)).expect("room");
    assert!(now().view("marketing", None, &past, day(11)).is_err());
}

/// Mutations: show a role events that it may not see; take a computed value for less personal than what it is computed from.
#[test]
fn a_role_sees_of_a_contact_what_it_may_see() {
    let house = Onefold::in_memory(Options::default());
    let computations = r#"{
        "last_diagnosis": {"events": {"names": ["visit"]}, "aggregate": {"last": "diagnosis"}, "window": "lifetime"},
        "visits": {"events": {"names": ["visit"]}, "aggregate": "count", "window": "lifetime"},
        "ill": {"events": {"names": ["visit"], "filter": {"property": {"path": "Diagnosis", "is": "present"}}},
            "aggregate": "count", "window": "lifetime"}
    }"#;
    let computations: std::collections::BTreeMap<_, _> = serde_json::from_str(computations).expect("JSON");
    let computations = onefold::profile::Computations::new(computations).expect("computations");
    house.adopt(&computations, day(0)).expect("room");
    let mut schema = Schema::default();
    schema.attributes.insert("diagnosis".into(), AttributeSpec::of(Kind::NationalId));
    house.adopt(&schema, day(0)).expect("a schema");
    let desk = Sight { up_to: PiiClass::Personal, ..Sight::everything() };
    let roles = [
        ("desk", desk.clone()),
        ("masked", Sight { masked: true, ..desk.clone() }),
        ("blind", Sight { events: Access::only(["order"]), ..desk }),
        ("all", Sight::everything()),
    ];
    let roles = roles.map(|(name, sees)| (name.to_owned(), sees)).into();
    house.adopt(&Policy { roles, ..Policy::default() }, day(0)).expect("a policy");
    let visited = event("clinic", "1", "visit", ("diagnosis", "asthma"));
    house.accept("one", day(1), [visited, event("clinic", "1", "order", ("n", "1"))]).expect("room");
    let views = house.views().expect("views");
    let seen = |role: &str| views.contact_for(role, id("clinic", "1"), day(2)).expect("a role").expect("a customer");
    let computed = |role: &str| seen(role).computed.into_iter().map(|(name, value)| format!("{name} {value}"));
    assert_eq!(computed("desk").collect::<Vec<_>>(), ["visits 1"]);
    assert_eq!(computed("masked").collect::<Vec<_>>(), ["ill ***", "last_diagnosis ***", "visits 1"]);
    assert_eq!(computed("all").count(), 3);
    let whole = views.contact(id("clinic", "1"), day(2)).expect("views").expect("a customer");
    assert_eq!((seen("all"), seen("desk").did.len()), (whole, 2));
    assert_eq!(seen("blind").did.into_keys().collect::<Vec<_>>(), ["order"]);
    assert!(views.contact_for("nobody", id("clinic", "1"), day(2)).is_err());
    let disclosure = Disclosure { sensitive: Telling::Masked, ..Disclosure::default() };
    let export = views.export(id("clinic", "1"), &disclosure, day(2)).expect("views").expect("a customer");
    assert!(!serde_json::to_string(&export).expect("JSON").contains("asthma"), "{export:?}");
}

fn member(key: &str, group: &str, role: &str, member: bool) -> Draft {
    let group = Identifier::new("account", group);
    Draft::new("crm", Body::Group(Membership { group, role: Some(role.to_owned()), member, only: false }))
        .key(RecordKey::person(key))
}

#[test]
fn a_group_comes_to_what_its_members_did() {
    let house = Onefold::in_memory(Options::default());
    let order = |key: &str, total: i64| {
        Draft::new("shop", Body::event("Order Completed", [("total", total)])).key(RecordKey::person(key))
    };
    house.accept("one", day(0), [member("1", "acme", "buyer", true), member("2", "acme", "user", true)]).expect("room");
    house
        .accept("two", day(1), [member("2", "acme", "user", false), member("3", "other", "user", true)])
        .expect("room");
    let crm = |key: &str, total| Draft::new("crm", order(key, total).received("", day(0)).body().clone());
    house.accept("three", day(2), [crm("1", 30).key(RecordKey::person("1"))]).expect("room");
    let acme = Identifier::new("account", "acme");
    let group = house.views().expect("views").group(&acme, day(3)).expect("views");
    assert_eq!(group.members.values().map(std::collections::BTreeSet::len).sum::<usize>(), 1);
    assert_eq!((group.left, group.orders, group.last_activity), (1, 1, Some(day(2))));
    assert_eq!(group.revenue.values().map(ToString::to_string).collect::<Vec<_>>(), ["30"]);
    house.retract("one", day(4)).expect("room");
    let group = house.views().expect("views").group(&acme, day(5)).expect("views");
    assert!(group.members.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A group is what asking each customer gives, whoever was erased and whatever was too old.
    /// Mutation: take the row of a group away with one of several facts about it.
    #[test]
    fn a_group_is_what_asking_each_customer_gives(
        said in prop::collection::vec((0..4_u8, 0..2_u8, any::<bool>(), 0..9_u32), 1..20),
        erased in prop::option::of(0..4_u8),
        retained in any::<bool>(),
    ) {
        let path = folder("groups-law").join("a.onefold");
        let house = Onefold::open(&path, Options::default()).expect("a file");
        let retention = r#"{"rules": {"all": {"days": 5}}}"#;
        house.adopt(&serde_json::from_str::<Retention>(retention).expect("a retention"), day(0)).expect("room");
        let draft = |(key, group, is, at): &(u8, u8, bool, u32)| {
            member(&key.to_string(), ["acme", "other"][usize::from(*group)], "user", *is).occurred_at(day(*at))
        };
        house.accept("feed", day(9), said.iter().map(draft)).expect("room");
        if let Some(key) = erased {
            house.erase(id("crm", &key.to_string()), day(10)).expect("room");
        }
        if retained {
            house.retain(day(10)).expect("room");
        }
        drop(house);
        let house = Onefold::open(&path, Options::default()).expect("a file");
        let views = house.views().expect("views");
        let profiles = views.profiles(&views.customers().expect("views")).expect("views");
        for name in ["acme", "other"] {
            let group = Identifier::new("account", name);
            let is_in = profiles.iter().filter(|profile| profile.groups().iter().any(|of| *of.group() == group));
            let expected: std::collections::BTreeSet<_> = is_in.map(onefold::Profile::id).collect();
            let found = views.group(&group, day(11)).expect("views");
            prop_assert_eq!(found.members.values().flatten().copied().collect::<std::collections::BTreeSet<_>>(), expected);
        }
    }
}
