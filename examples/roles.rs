//! One profile read as marketing, as support and as a steward: each sees what the policy opens, and nothing else, of why a value
//! won too.
//!
//! `cargo run -p onefold-examples --example roles`

use std::error::Error;
use std::io::Write;

use onefold::fact::{Choice, Consent, FactSet};
use onefold::profile::{Policy, fold};
use onefold::{AttributeSpec, Body, Draft, Kind, RecordKey, Schema, Timestamp};

const POLICY: &str = r#"{
    "purposes": {
        "marketing": {
            "needs_consent": true,
            "sees": {"attributes": "all", "up_to": "personal", "events": {"only": ["order"]}, "properties": {"only": ["sku"]}}
        }
    },
    "roles": {
        "support": {"attributes": {"except": ["national_id"]}, "masked": true, "events": "all", "properties": "all"},
        "steward": {"attributes": "all", "up_to": "sensitive", "identifiers": "all", "events": "all", "properties": "all", "groups": "all"}
    }
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let policy: Policy = serde_json::from_str(POLICY)?;
    let mut schema = Schema::default();
    for (name, kind) in [("given_name", Kind::GivenName), ("email", Kind::Email), ("plan", Kind::Category)] {
        schema.attributes.insert(name.into(), AttributeSpec::of(kind));
    }
    schema.attributes.insert("national_id".into(), AttributeSpec::of(Kind::NationalId));

    let at: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    let consent = |channel: &str, choice| {
        let (purpose, channel) = ("marketing".to_owned(), Some(channel.to_owned()));
        Body::Consent(Consent {
            purpose,
            channel,
            choice,
            basis: None,
            proof: None,
            expires_at: None,
            collected_by: None,
        })
    };
    let said = [
        Body::set([("given_name", "Ada"), ("email", "ada@x.example"), ("plan", "pro"), ("national_id", "QQ123456C")]),
        Body::event("order", [("sku", "A-1"), ("total", "40")]),
        consent("email", Choice::Granted),
        consent("sms", Choice::Denied),
    ];
    let fact = |body| Draft::new("crm", body).key(RecordKey::person("17")).occurred_at(at).received("import", at);
    let before = Draft::new("shop", Body::set([("email", "ada@old.example")])).key(RecordKey::person("9"));
    let before = before.occurred_at("2025-11-12T10:00:00Z".parse()?).received("import", at);
    let facts: FactSet = said.into_iter().map(fact).chain([before]).collect();
    let of_ada = facts.standing(None).into_iter().filter_map(|it| Some((it.fact().record()?, it)));
    let id = of_ada.clone().next().ok_or("a fact")?.0.into();
    let ada = fold(id, of_ada, &schema, None);

    let mut out = std::io::stdout().lock();
    for channel in ["email", "sms"] {
        match ada.view("marketing", Some(channel), &policy, &schema, at) {
            Ok(view) => writeln!(out, "marketing by {channel}:\n{}", serde_json::to_string_pretty(&view)?)?,
            Err(refusal) => writeln!(out, "marketing by {channel}: {refusal}")?,
        }
    }
    for role in ["support", "steward"] {
        let view = ada.view_for(role, &policy, &schema)?;
        writeln!(out, "{role}:\n{view}\n{}\n", view.why("email").ok_or("an attribute that they may see")?)?;
    }
    Ok(())
}
