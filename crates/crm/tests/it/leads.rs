//! Leads: qualified, scored, converted, and what is kept.

use std::collections::BTreeMap;

use onefold_crm::{
    Aggregate, ConversionMap, ConversionTarget, Lead, LeadCommand, LeadOutcome, LeadStatus, Opening, Scoring, Why,
    convert, decide_lead,
};
use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema, Value};
use onefold_profile::fold as fold_profile;

use crate::support::{day, facts, folded};

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(field, value)| ((*field).to_owned(), Value::from(*value))).collect()
}

fn captured() -> Lead {
    let says =
        fields(&[("full_name", "Ada Byron"), ("email", "ada@x.io"), ("company", "Analytical"), ("phone", "+4930123")]);
    let command = LeadCommand::Capture { source: "web form".into(), fields: says };
    let mut lead = Lead::default();
    lead.apply(day(1), &decide_lead(&lead, &command).expect("captured"));
    lead
}

#[test]
fn a_conversion_fills_what_is_blank_and_overwrites_nothing() {
    let mut lead = captured();
    lead.apply(day(2), &decide_lead(&lead, &LeadCommand::Assign(Some("ana".into()))).expect("assigned"));
    let target = ConversionTarget {
        contact: ("c-9".into(), fields(&[("phone", "+4930999"), ("email", "ada@x.io")])),
        account: Some(("a-1".into(), BTreeMap::new())),
        opportunity: Some(("o-1".into(), Opening::named("300 licences"))),
    };
    let preview = convert(&lead, &target, &ConversionMap::default()).expect("it may be converted");
    assert_eq!(preview.contact, fields(&[("full_name", "Ada Byron"), ("company", "Analytical")]));
    assert_eq!(preview.account, fields(&[("company", "Analytical"), ("phone", "+4930123")]));
    let kept: Vec<(&str, &str)> = preview.kept.iter().map(|kept| (kept.of, kept.field.as_str())).collect();
    assert_eq!(kept, [("contact", "phone")]);
    let opening = preview.opportunity.clone().expect("a deal");
    assert_eq!((opening.owner.as_deref(), opening.account.as_deref()), (Some("ana"), Some("a-1")));
    assert_eq!(lead.status, LeadStatus::New, "a preview does nothing");

    lead.apply(day(3), &preview.lead);
    assert_eq!(lead.status, LeadStatus::Converted);
    let again = convert(&lead, &target, &ConversionMap::default()).unwrap_err();
    assert_eq!(again.problems()[0].why, Why::Closed);
    let edit = decide_lead(&lead, &LeadCommand::Describe(BTreeMap::new())).unwrap_err();
    assert_eq!(
        edit.to_string(),
        "the lead was converted into contact `c-9` (change the contact, or take the conversion back)"
    );
}

/// Law 3. Mutation: a conversion changes the lead's fields.
#[test]
fn a_conversion_that_is_taken_back_leaves_the_lead_as_it_was() {
    let lead = captured();
    let says =
        fields(&[("full_name", "Ada Byron"), ("email", "ada@x.io"), ("company", "Analytical"), ("phone", "+4930123")]);
    let capture = decide_lead(&Lead::default(), &LeadCommand::Capture { source: "web form".into(), fields: says });
    let target = ConversionTarget { contact: ("c-9".into(), BTreeMap::new()), ..ConversionTarget::default() };
    let converted = convert(&lead, &target, &ConversionMap::default()).expect("converted").lead;
    let all = facts::<Lead>(&[(day(1), capture.expect("captured")), (day(2), converted)]);
    assert_eq!(folded::<Lead>(all.clone()).state.status, LeadStatus::Converted);
    assert_eq!(folded::<Lead>(all.into_iter().take(1)).state, lead);
}

#[test]
fn leads_are_refused_with_reasons() {
    let lead = captured();
    let refused = |lead: &Lead, command: LeadCommand| decide_lead(lead, &command).unwrap_err().problems()[0].why;
    assert_eq!(refused(&Lead::default(), LeadCommand::Qualify), Why::NotFound);
    assert_eq!(refused(&lead, LeadCommand::Disqualify { reason: " ".into() }), Why::Missing);
    let capture = LeadCommand::Capture { source: "x".into(), fields: BTreeMap::new() };
    assert_eq!(refused(&lead, capture), Why::Exists);
    let mut none = lead.clone();
    none.apply(day(2), &decide_lead(&lead, &LeadCommand::Disqualify { reason: "student".into() }).expect("said"));
    let no = convert(&none, &ConversionTarget::default(), &ConversionMap::default()).unwrap_err();
    assert_eq!(no.problems()[0].why, Why::NotAllowed);
}

#[test]
fn a_fact_that_cannot_be_read_is_said_and_left_out() {
    let mut all = facts::<Lead>(&[(day(1), LeadOutcome::assigned(Some("ana".into())))]);
    let broken = onefold_fact::ObjectEvent {
        kind: "lead".into(),
        id: "o-1".into(),
        event: "status".into(),
        data: [("status".to_owned(), Some(Value::from("asleep")))].into(),
    };
    all.push(Draft::new("sales", Body::Object(broken)).key(RecordKey::person("17")).received("b", day(2)));
    let folded = folded::<Lead>(all);
    assert_eq!(folded.state.owner.as_deref(), Some("ana"));
    assert_eq!(folded.unreadable.len(), 1);
    assert!(folded.unreadable[0].why.starts_with("`lead status` cannot be read: unknown variant `asleep`"));
}

#[test]
fn what_was_done_long_ago_counts_less() {
    let scoring: Scoring = serde_json::from_str(
        r#"{"parts": [
            {"fit": {"rule": "company is present and not email ends with \"@gmail.com\"", "points": 30}},
            {"engagement": {"event": "Demo Requested", "points": 40, "half_life_days": 10, "most": 50}}
        ]}"#,
    )
    .expect("a scoring");
    let asked = |on| {
        Draft::new("web", Body::event("Demo Requested", [("page", "pricing")]))
            .key(RecordKey::person("17"))
            .occurred_at(day(on))
            .message_id(on.to_string())
            .received("b", day(on))
    };
    let set = FactSet::from_iter([asked(1), asked(11)]);
    let record = set.iter().next().and_then(onefold_fact::Fact::record).expect("a record");
    let told = set.standing(None).into_iter().map(|standing| (record, standing));
    let profile = fold_profile(record.into(), told, &Schema::default(), None);
    let lead = captured();
    let points = |on| {
        let score = scoring.score(&lead.subject(Some(profile.timeline())), day(on)).expect("a score");
        (score.points.to_string(), score.parts.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(points(1).1, ["30", "40"]);
    // Half-way to the half-life: three quarters.
    assert_eq!(points(6).1, ["30", "30"]);
    // 20 of the first and 40 of the second, of which 50 count.
    assert_eq!(points(11).0, "80");
    assert_eq!(points(21).1, ["30", "30"]);
}
