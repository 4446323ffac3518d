//! The customer of whom the chapter on segments asks.

use std::error::Error;

use onefold::fact::{Choice, Consent, FactSet};
use onefold::profile::{Profile, fold};
use onefold::{Body, Draft, RecordKey, Schema, Timestamp, Value};
use onefold_segment::{Definition, Rule};

/// Noon of 20 January 2026, when the chapter asks.
///
/// # Errors
/// Never: the time is well formed.
pub fn now() -> Result<Timestamp, Box<dyn Error>> {
    Ok("2026-01-20T12:00:00Z".parse()?)
}

fn properties(json: &str) -> Result<Body, Box<dyn Error>> {
    let Some(Value::Map(mut event)) = Value::from_json(json)?.value else { return Err("an object".into()) };
    let Some(Some(Value::Text(name))) = event.remove("event") else { return Err("a name".into()) };
    Ok(Body::Event { name: name.as_str().into(), properties: event })
}

/// A customer with a few fields and events.
///
/// # Errors
/// Never: what is said of her is well formed.
pub fn ada() -> Result<Profile, Box<dyn Error>> {
    let address = r#"{"city": "Bonn", "phones": [{"kind": "home", "valid": true}, {"kind": "work", "valid": false}]}"#;
    let address = Value::from_json(address)?.value.ok_or("an object")?;
    let tags = Value::from_json(r#"["early", "loud"]"#)?.value.ok_or("a list")?;
    let consent = Consent {
        purpose: "news".to_owned(),
        channel: Some("email".to_owned()),
        choice: Choice::Granted,
        basis: None,
        proof: None,
        expires_at: Some("2026-07-01T00:00:00Z".parse()?),
        collected_by: None,
    };
    let said = [
        ("2026-01-01T00:00:00Z", Body::set([("plan", Value::from("pro")), ("age", 36.into()), ("note", "".into())])),
        ("2026-01-01T00:00:00Z", Body::set([("renewal", Value::Date("2026-01-27".parse()?)), ("tags", tags)])),
        ("2026-01-01T00:00:00Z", Body::set([("address", address)])),
        ("2026-01-02T00:00:00Z", Body::Consent(consent)),
        ("2026-01-05T09:00:00Z", properties(r#"{"event": "view", "sku": "A"}"#)?),
        ("2026-01-05T09:20:00Z", properties(r#"{"event": "cart", "sku": "A"}"#)?),
        ("2026-01-05T10:00:00Z", properties(r#"{"event": "order", "sku": "A", "total": 40, "status": "paid"}"#)?),
        ("2026-01-18T15:00:00Z", properties(r#"{"event": "order", "sku": "B", "total": 25, "status": "open"}"#)?),
        ("2026-01-20T11:00:00Z", properties(r#"{"event": "cart", "sku": "C"}"#)?),
    ];
    let mut facts = FactSet::default();
    for (at, body) in said {
        let at: Timestamp = at.parse()?;
        facts.insert(Draft::new("shop", body).key(RecordKey::person("ada")).occurred_at(at).received("stream", at));
    }
    let standing = facts.standing(None).into_iter().filter_map(|it| Some((it.fact().record()?, it)));
    let standing: Vec<_> = standing.collect();
    let id = standing.first().ok_or("a fact")?.0.into();
    Ok(fold(id, standing, &Schema::default(), None))
}

/// Whether a rule holds of her now.
///
/// # Errors
/// What is wrong with the rule.
pub fn holds(rule: &str) -> Result<bool, Box<dyn Error>> {
    let definition = Definition::try_from(rule.parse::<Rule>()?)?;
    Ok(definition.evaluate(&ada()?, now()?).holds)
}
