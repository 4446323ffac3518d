//! Facts to fold, made by hand and at random.

use chrono::{TimeDelta, TimeZone, Utc};
use onefold_fact::{
    AttributeName, AttributeSpec, Body, Choice, Consent, CustomerId, Decision, Draft, Fact, FactSet, Identifier, Kind,
    Membership, RecordId, RecordKey, Retraction, Schema, Source, Standing, Survivorship, Timestamp, Value,
};
use onefold_profile::{Profile, fold};
use proptest::prelude::*;
use proptest::sample::select;

/// Midnight of a day of January 2026.
pub(crate) fn day(day: u32) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::days(i64::from(day) - 1)
}

/// A value from plain JSON.
pub(crate) fn value(json: &str) -> Value {
    Value::from_json(json).unwrap().value.unwrap()
}

/// A fact of `source`'s record `key`, said and received on a day.
pub(crate) fn fact(source: &str, key: &str, on: u32, body: Body) -> Fact {
    draft(source, key, body).occurred_at(day(on)).received("batch", day(on))
}

/// That `source`'s record `key` says, on a day, that `attribute` is this value (plain JSON).
pub(crate) fn says(source: &str, key: &str, on: u32, attribute: &str, json: &str) -> Fact {
    fact(source, key, on, Body::set([(attribute, value(json))]))
}

pub(crate) fn draft(source: &str, key: &str, body: Body) -> Draft {
    Draft::new(source, body).key(RecordKey::person(key))
}

pub(crate) fn record(source: &str, key: &str) -> RecordId {
    RecordId::of(&Source::from(source), &RecordKey::person(key))
}

/// A steward's pin of an attribute of `source`'s record `key`.
pub(crate) fn pin(source: &str, key: &str, on: u32, attribute: &str, json: &str) -> Fact {
    pin_draft(source, key, attribute, value(json)).occurred_at(day(on)).received("desk", day(on))
}

fn pin_draft(source: &str, key: &str, attribute: &str, value: Value) -> Draft {
    let attribute = attribute.into();
    Draft::new("steward", Body::Decision(Decision::Pin { record: record(source, key), attribute, value }))
}

pub(crate) fn ada() -> CustomerId {
    record("crm", "1").into()
}

/// The record that a fact is of; for a pin the record that it names.
pub(crate) fn of_record<'a>(standing: Standing<'a>) -> Option<(RecordId, Standing<'a>)> {
    let record = match standing.fact().body() {
        Body::Decision(Decision::Pin { record, .. }) => Some(*record),
        _ => standing.fact().record(),
    };
    Some((record?, standing))
}

/// The profile of all facts, which are one customer's.
pub(crate) fn profile(
    facts: &FactSet,
    schema: &Schema,
    known_at: Option<Timestamp>,
    as_of: Option<Timestamp>,
) -> Profile {
    fold(ada(), facts.standing(known_at).into_iter().filter_map(of_record), schema, as_of)
}

/// The latest profile of these facts, with one rule for the attribute `x`.
pub(crate) fn by_rule(kind: Kind, rule: Survivorship, facts: impl IntoIterator<Item = Fact>) -> Profile {
    profile(&facts.into_iter().collect(), &schema([("x", kind, rule)]), None, None)
}

pub(crate) fn schema<'a>(attributes: impl IntoIterator<Item = (&'a str, Kind, Survivorship)>) -> Schema {
    let spec = |(name, kind, rule)| (AttributeName::from(name), AttributeSpec::of(kind).surviving_by(rule));
    Schema { attributes: attributes.into_iter().map(spec).collect(), ..Schema::default() }
}

pub(crate) const SOURCES: [&str; 3] = ["crm", "shop", "web"];

pub(crate) fn any_rule() -> impl Strategy<Value = Survivorship> {
    select(vec![
        Survivorship::Latest,
        Survivorship::First,
        Survivorship::MostFrequent,
        Survivorship::SourcePriority(vec!["shop".into(), "web".into()]),
        Survivorship::Longest,
        Survivorship::Smallest,
        Survivorship::Largest,
        Survivorship::Union,
    ])
}

/// Few values, among them several spellings of one and several types, so that random facts agree and differ.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    select(vec![
        r#""Ada""#,
        r#""ADA""#,
        r#""Bo""#,
        r#""bo ""#,
        r#""Charlotte""#,
        r#""--""#,
        r#""??""#,
        "7",
        "10",
        "7.0",
        "7.50",
        "7.5",
        "true",
        r#"["a","b"]"#,
        r#"["B","c",null]"#,
        r#"["a","A"]"#,
        "[]",
        r#"{"k":1}"#,
    ])
    .prop_map(value)
}

fn any_key() -> impl Strategy<Value = (&'static str, &'static str)> {
    (select(&SOURCES[..]), select(&["1", "2"][..]))
}

fn days() -> std::ops::Range<u32> {
    1..8
}

/// A statement about the attribute `x`: a value, a withdrawal, rarely a pin; often without a stated time.
pub(crate) fn any_statement() -> impl Strategy<Value = (Draft, Timestamp)> {
    let body = prop_oneof![
        8 => any_value().prop_map(|value| Body::set([("x", value)])),
        1 => Just(Body::Unset([AttributeName::from("x")].into())),
    ];
    let said = (any_key(), body).prop_map(|((source, key), body)| draft(source, key, body));
    let pinned = (any_key(), any_value()).prop_map(|((source, key), value)| pin_draft(source, key, "x", value));
    stamped(prop_oneof![20 => said, 1 => pinned])
}

/// Whatever can be said about a customer.
pub(crate) fn any_fact() -> impl Strategy<Value = (Draft, Timestamp)> {
    let names = || select(&["x", "y"][..]);
    let purpose = (select(&["marketing", "analytics"][..]), select(vec![None, Some("email".to_owned())]));
    let choice = (select(&[Choice::Granted, Choice::Denied][..]), proptest::option::of(days().prop_map(day)));
    let consent = (purpose, choice).prop_map(|((purpose, channel), (choice, expires_at))| {
        let purpose = purpose.to_owned();
        Body::Consent(Consent { purpose, channel, choice, basis: None, proof: None, expires_at, collected_by: None })
    });
    let role = select(vec![None, Some("owner".to_owned())]);
    let member = (select(&["a", "b"][..]), role, any::<bool>(), any::<bool>());
    let member = member.prop_map(|(group, role, member, only)| {
        Body::Group(Membership { group: Identifier::new("group", group), role, member, only })
    });
    let body = prop_oneof![
        6 => (names(), any_value()).prop_map(|(name, value)| Body::set([(name, value)])),
        1 => names().prop_map(|name| Body::Unset([AttributeName::from(name)].into())),
        2 => any_value().prop_map(|value| Body::event("Viewed", [("what", value)])),
        1 => member,
        1 => consent,
    ];
    let identifier = select(&["ada@x.io", "ada@y.io"][..]).prop_map(|value| Identifier::new("email", value));
    let said = (any_key(), body, proptest::option::of(identifier)).prop_map(|((source, key), body, identifier)| {
        let draft = draft(source, key, body);
        match identifier {
            Some(identifier) => draft.identified_by(identifier),
            None => draft,
        }
    });
    let pinned =
        (any_key(), names(), any_value()).prop_map(|((source, key), name, value)| pin_draft(source, key, name, value));
    let retracted = any_value().prop_map(|value| {
        let fact = draft("crm", "1", Body::set([("x", value)])).received("any", day(1));
        Draft::new("steward", Body::Retract(Retraction::Fact(fact.id())))
    });
    stamped(prop_oneof![20 => said, 1 => pinned, 1 => retracted])
}

fn stamped(drafts: impl Strategy<Value = Draft>) -> impl Strategy<Value = (Draft, Timestamp)> {
    (drafts, proptest::option::of(days()), days()).prop_map(|(draft, said, received)| {
        let draft = match said {
            Some(on) => draft.occurred_at(day(on)),
            None => draft,
        };
        (draft, day(received))
    })
}

/// The facts, all in one batch.
pub(crate) fn received(statements: &[(Draft, Timestamp)]) -> FactSet {
    statements.iter().map(|(draft, at)| draft.clone().received("batch", *at)).collect()
}
