//! Input that is out of the ordinary: what becomes of it is defined, bounded and reported.

use chrono::{TimeZone, Utc};
use onefold_fact::{Body, Choice, Consent, FactSet, Kind, Schema, Survivorship, Value};
use onefold_profile::{ConsentState, Contract, EventSpec, OnViolation, PropertyType, Violations};

use crate::support::{by_rule, day, draft, fact, profile};

#[test]
fn events_of_1970_and_2999_stand_in_their_place() {
    let in_year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap();
    let viewed = |year| {
        let draft = draft("web", "1", Body::event("Viewed", [("year", Value::from(i64::from(year)))]));
        draft.occurred_at(in_year(year)).received("batch", day(1))
    };
    let facts: FactSet = [viewed(2999), viewed(1970)].into_iter().collect();
    let years = |as_of| {
        let profile = profile(&facts, &Schema::default(), None, as_of);
        profile.timeline().iter().map(|it| it.property("year").unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(years(None), ["1970", "2999"]);
    assert_eq!(years(Some(day(1))), ["1970"]);
}

#[test]
fn a_property_that_changes_type_is_kept_and_counted() {
    let spec = EventSpec { properties: [("total".to_owned(), PropertyType::Number)].into(), ..EventSpec::default() };
    let mut contract = Contract { events: [("order".to_owned(), spec)].into(), ..Contract::default() };
    let order = |on, total: Value| fact("shop", "1", on, Body::event("order", [("total", total)]));
    let facts = [order(1, Value::from(7_i64)), order(2, Value::from("7")), order(3, Value::from("seven"))];

    let mut violations = Violations::default();
    assert!(facts.iter().all(|it| violations.admit(&contract, it)));
    assert_eq!(violations.iter().map(|it| it.times).collect::<Vec<_>>(), [2]);
    contract.on_violation = OnViolation::SetAside;
    assert_eq!(facts.map(|it| violations.admit(&contract, &it)), [true, false, false]);
}

#[test]
fn a_customer_with_100_000_events_folds() {
    let viewed = |at: u32| {
        let draft = draft("web", "1", Body::event("Viewed", [("n", Value::from(i64::from(at)))]));
        draft.occurred_at(day(1 + at % 300)).received("batch", day(1))
    };
    let facts: FactSet = (0..100_000).map(viewed).collect();
    assert_eq!(profile(&facts, &Schema::default(), None, None).timeline().len(), 100_000);
    assert_eq!(profile(&facts, &Schema::default(), None, Some(day(1))).timeline().len(), 334);
}

/// A source gone wrong: a million rows under one key, each with another value.
#[test]
fn a_million_values_of_one_attribute_have_one_winner() {
    let facts = (0..1_000_000).map(|at| {
        let body = Body::set([("x", Value::from(i64::from(at)))]);
        draft("crm", "1", body).received("batch", day(1))
    });
    let profile = by_rule(Kind::Integer, Survivorship::Largest, facts);
    assert!(profile.value("x").is_some());
    assert!(serde_json::to_string(&profile).is_ok());
}

#[test]
fn a_consent_without_a_date_grants_nothing_that_was_refused() {
    let consent = |choice| {
        let purpose = "marketing".to_owned();
        let consent =
            Consent { purpose, channel: None, choice, basis: None, proof: None, expires_at: None, collected_by: None };
        draft("crm", "1", Body::Consent(consent))
    };
    let undated = consent(Choice::Granted).received("batch", day(9));
    let refused = consent(Choice::Denied).occurred_at(day(2)).received("batch", day(2));
    let state = |facts: &[_]| {
        let facts: FactSet = facts.iter().cloned().collect();
        profile(&facts, &Schema::default(), None, None).consent_state("marketing", None, day(20))
    };
    assert_eq!(state(std::slice::from_ref(&undated)), ConsentState::Granted);
    assert_eq!(state(&[undated, refused]), ConsentState::Denied);
}
