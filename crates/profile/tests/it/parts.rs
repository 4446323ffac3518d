//! Records, identifiers, timeline, groups and consent.

use onefold_fact::{Body, Choice, Consent, Identifier, Membership, Party, RecordKey, Schema, Value};
use onefold_profile::{Event, PackedProfile, Profile, UnpackError, fold};

use crate::support::{ada, day, draft, fact, pin, profile, record, says, value};

fn folded(facts: impl IntoIterator<Item = onefold_fact::Fact>) -> Profile {
    profile(&facts.into_iter().collect(), &Schema::default(), None, None)
}

#[test]
fn records_span_the_time_of_their_facts() {
    let ada = folded([
        says("shop", "9", 4, "x", "1"),
        says("crm", "1", 3, "x", "1"),
        says("shop", "9", 2, "x", "1"),
        pin("crm", "1", 7, "x", "2"),
    ]);
    let records: Vec<_> = ada
        .records()
        .iter()
        .map(|it| (it.source().as_str(), it.key().to_string(), it.first_seen(), it.last_seen()))
        .collect();
    assert_eq!(records, [("crm", "1".into(), day(3), day(3)), ("shop", "9".into(), day(2), day(4))]);
    assert_eq!(ada.party(), Party::Person);
    assert_eq!(ada.id(), record("crm", "1").into());
}

#[test]
fn an_organisation_is_one() {
    let fact = onefold_fact::Draft::new("crm", Body::set([("name", "Acme")]))
        .key(RecordKey::organisation("17"))
        .received("b", day(1));
    assert_eq!(folded([fact]).party(), Party::Organisation);
}

/// Mutation: take the record of a fact from its key, which the stretches of a shared device have in common.
#[test]
fn the_caller_says_which_record_a_fact_is_of() {
    let device = draft("web", "device", Body::set([("x", "1")])).received("b", day(1));
    let stretch = record("web", "device").stretch(&Identifier::new("user_id", "u1"));
    let standing = onefold_fact::Standing::alone(&device);
    let ada = fold(ada(), [(stretch, standing)], &Schema::default(), None);
    assert_eq!(ada.records()[0].id(), stretch);
    assert_eq!(ada.attribute("x").unwrap().provenance().record(), stretch);
}

/// Mutation: apply pins of records that are not given.
#[test]
fn a_pin_of_another_customer_does_not_count() {
    let (said, pinned) = (says("crm", "1", 1, "x", r#""a""#), pin("crm", "2", 2, "x", r#""b""#));
    let given = [&said, &pinned].map(|fact| (record("crm", "1"), onefold_fact::Standing::alone(fact)));
    assert_eq!(fold(ada(), given, &Schema::default(), None).value("x"), Some(&"a".into()));
}

#[test]
fn identifiers_count_facts_and_not_deliveries() {
    let email = || Identifier::new("email", "ada@x.io");
    let seen = |source: &str, x: &str| draft(source, "1", Body::set([("x", x)])).identified_by(email());
    let ada = folded([
        seen("crm", "1").received("a", day(1)),
        seen("crm", "1").received("b", day(3)),
        seen("shop", "1").occurred_at(day(2)).received("b", day(3)),
        draft("crm", "1", Body::event("Viewed", [("x", "1")]))
            .identified_by(Identifier::new("anonymous", "z"))
            .received("b", day(5)),
    ]);
    let held: Vec<_> = ada
        .identifiers()
        .iter()
        .map(|it| (it.identifier().to_string(), it.first_seen(), it.last_seen(), it.sources().len(), it.facts()))
        .collect();
    assert_eq!(held, [("anonymous:z".into(), day(5), day(5), 1, 1), ("email:ada@x.io".into(), day(1), day(3), 2, 2)]);
}

#[test]
fn the_timeline_is_by_event_time_and_read_by_range() {
    let event = |name: &str, on| fact("web", "1", on, Body::event(name, [("n", name)]));
    let ada = folded([event("c", 3), event("a", 1), event("d", 4), event("b", 2)]);
    let timeline = ada.timeline();
    let names = |events: &[Event]| events.iter().map(Event::name).collect::<String>();
    assert_eq!(names(timeline.between(..)), "abcd");
    assert_eq!(names(timeline.between(day(2)..day(4))), "bc");
    assert_eq!(names(timeline.between(day(2)..=day(4))), "bcd");
    assert_eq!(names(timeline.between(day(5)..)), "");
    assert_eq!(names(timeline.between((std::ops::Bound::Excluded(day(1)), std::ops::Bound::Unbounded))), "bcd");
    let backwards = (std::ops::Bound::Included(day(4)), std::ops::Bound::Excluded(day(2)));
    assert_eq!(names(timeline.between(backwards)), "");
    assert_eq!(timeline.newest_first().map(Event::name).collect::<String>(), "dcba");
    assert_eq!(timeline.len(), 4);
    let first = timeline.iter().next().unwrap();
    assert_eq!(first.property("n"), Some(&"a".into()));
    assert!(first.provenance().is_stated());
}

/// Mutation: keep the first role, or restart `since` at a change of role.
#[test]
fn a_membership_holds_until_its_end_and_keeps_its_beginning() {
    let member = |source: &str, on, group: &str, role: &str, member| {
        let role = Some(role.to_owned());
        fact(
            source,
            "1",
            on,
            Body::Group(Membership { group: Identifier::new("group", group), role, member, only: false }),
        )
    };
    let ada = folded([
        member("crm", 1, "acme", "intern", true),
        member("crm", 2, "acme", "intern", false),
        member("crm", 3, "acme", "engineer", true),
        member("web", 5, "acme", "director", true),
        member("crm", 1, "left", "member", true),
        member("web", 4, "left", "member", false),
    ]);
    let held: Vec<_> = ada.groups().iter().map(|it| (it.group().value(), it.role(), it.since())).collect();
    assert_eq!(held, [("acme", Some("director"), day(3))]);
    assert_eq!(ada.groups()[0].provenance().at(), day(5));
}

/// Mutation: let an earlier choice win, or let one channel's choice speak for another.
#[test]
fn consent_is_the_latest_choice_of_each_purpose_and_channel() {
    let chose = |on, channel: Option<&str>, choice, expires_at| {
        let channel = channel.map(str::to_owned);
        let consent = Consent {
            purpose: "marketing".into(),
            channel,
            choice,
            basis: None,
            proof: None,
            expires_at,
            collected_by: None,
        };
        fact("web", "1", on, Body::Consent(consent))
    };
    let ada = folded([
        chose(3, Some("email"), Choice::Withdrawn, None),
        chose(1, Some("email"), Choice::Granted, None),
        chose(2, None, Choice::Granted, Some(day(8))),
    ]);
    assert_eq!(ada.consents().len(), 2);
    assert!(!ada.consent("marketing", Some("email")).unwrap().is_granted_at(day(4)));
    let general = ada.consent("marketing", None).unwrap();
    assert!(general.is_granted_at(day(7)));
    assert!(!general.is_granted_at(day(8)));
    assert!(ada.consent("marketing", Some("sms")).is_none());
    assert!(ada.consent("analytics", None).is_none());
}

#[test]
fn nothing_known_is_an_empty_profile() {
    let nobody = folded([]);
    assert!(nobody.records().is_empty() && nobody.attributes().is_empty() && nobody.timeline().is_empty());
    assert!(nobody.why("x").is_none());
}

/// Mutations: lose the zeros, the sign, or what is below a second; read a form of another version.
#[test]
fn values_of_every_type_are_packed_as_they_are_spelt() {
    let times = ["1969-12-31T23:59:59.000001Z", "2999-01-01T00:00:00Z", "2026-06-30T23:59:59.999999999Z"];
    let time = |text: &str| Value::from(text.parse::<onefold_fact::Timestamp>().unwrap());
    let list = Value::List(times.iter().map(|text| Some(time(text))).chain([None]).collect());
    let values = [
        ("least", Value::from(i64::MIN)),
        ("most", Value::from(i64::MAX)),
        ("no", Value::from(false)),
        ("price", value("-7.50")),
        ("tiny", value("0.0000000000000000000000000001")),
        ("born", Value::from(chrono::NaiveDate::from_ymd_opt(1815, 12, 10).unwrap())),
        ("empty", Value::from("")),
        ("long", Value::from("ä".repeat(500))),
        ("deep", value(r#"{"a": [{"b": [[null, {"c": "long"}]]}], "d": {}}"#)),
        ("times", list),
    ];
    let facts = [fact("crm", "1", 1, Body::event("Said", values.clone())), fact("crm", "1", 2, Body::set(values))];
    let folded = profile(&facts.into_iter().collect(), &Schema::default(), None, None);
    let unpacked = folded.pack().unpack().unwrap();
    assert_eq!((&unpacked, unpacked.digest()), (&folded, folded.digest()));
    assert_eq!(serde_json::to_string(&unpacked.plain()).unwrap(), serde_json::to_string(&folded.plain()).unwrap());
    assert_eq!(unpacked.value("price").unwrap().to_string(), "-7.50");

    let mut other = folded.pack().as_bytes().to_vec();
    other[0] = 9;
    let refused = PackedProfile::from_bytes(other).unpack().unwrap_err();
    let expected = "a profile of form 9 was given, this release reads form 1; fold it from its facts again";
    assert_eq!(refused.to_string(), expected);
    let nothing = PackedProfile::from_bytes([]).unpack().unwrap_err();
    assert_eq!(nothing, UnpackError::Damaged { at: 0 });
}
