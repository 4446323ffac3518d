//! Which offer a customer gets, why, and how it reaches them: chosen by rules, consent and caps, filled in safely, queued as
//! a fact, and delivered at least once, here into a folder.
//!
//! `cargo run -p onefold-examples --example personalise`

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use chrono::TimeDelta;
use onefold::fact::{Choice, Consent};
use onefold::workflow::{Email, Message, Placement, Template, document};
use onefold::{Body, Draft, FileSender, Onefold, Options, RecordId, RecordKey, Senders, Timestamp};

const PLACEMENT: &str = r#"
name = "spring mail"
purpose = "marketing"

[[candidates]]
name = "come back"
content = "come-back"
offer = "10% off"
channel = "email"
when = 'did "order" and not did "order" in the last 90d'
priority = 20
cap = { most = 1, within = "30d" }

[[candidates]]
name = "news"
content = "news"
channel = "email"
"#;

const COME_BACK: &str = r#"
kind = "html"
subject = "{{ customer.given_name }}, we miss you"
body = "<p>Hello {{ customer.given_name }}, {{ offer }} on all in {{ customer.city | default('our shop') }}.</p>"
fallbacks = { "customer.given_name" = "You" }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let now: Timestamp = "2026-04-01T09:00:00Z".parse()?;
    let house = Onefold::in_memory(Options::default());
    let placement: Placement = document::read("spring.toml", PLACEMENT)?;
    house.adopt(placement.configuration()?, now)?;
    house.adopt(document::read::<Template>("come-back.toml", COME_BACK)?.configuration("come-back")?, now)?;
    let news = Template { subject: "News".into(), body: "All that is new.".into(), ..Template::default() };
    house.adopt(news.configuration("news")?, now)?;

    let granted = Consent {
        purpose: "marketing".into(),
        channel: Some("email".into()),
        choice: Choice::Granted,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    };
    let said = |key: &str, body: Body, days: i64| {
        Draft::new("shop", body).key(RecordKey::person(key)).occurred_at(now - TimeDelta::days(days))
    };
    let facts = [
        said("ada", Body::set([("email", "ada@x.example"), ("given_name", "Ada <3")]), 300),
        said("ada", Body::Consent(granted.clone()), 300),
        said("ada", Body::event("order", [("total", 40)]), 200),
        said("bob", Body::set([("email", "bob@x.example")]), 300),
        said("bob", Body::Consent(granted), 300),
        said("eve", Body::set([("email", "eve@x.example")]), 300),
    ];
    house.accept("shop", now, facts)?;

    let folder = std::env::temp_dir().join(format!("onefold-personalise-{}", std::process::id()));
    let mut senders = Senders::new();
    senders.insert("email".into(), Box::new(FileSender::new(&folder, "Shop <shop@x.example>")));
    for name in ["ada", "bob", "eve"] {
        let customer = RecordId::of(&"shop".into(), &RecordKey::person(name));
        let views = house.views()?;
        let choice = views.choose("spring mail", customer, now)?;
        write!(out, "{name}: {choice}")?;
        let Some(chosen) = choice.chosen.and_then(|place| placement.candidates.get(place)) else { continue };
        let beside =
            chosen.offer.iter().map(|offer| ("offer".to_owned(), offer.as_str().into())).collect::<BTreeMap<_, _>>();
        let text = views.fill(chosen.content.as_deref().unwrap_or_default(), customer, &beside)?;
        let mail =
            Email { to: format!("{name}@x.example"), subject: text.subject, html: Some(text.body), ..Email::default() };
        // One key for each thing that is to be sent once: asked twice, it is queued once.
        let message = Message::new(format!("spring-{name}"), "email", mail);
        house.queue(customer, &message, None, now)?;
        house.queue(customer, &message, None, now)?;
        let shown = placement.exposure(&choice).ok_or("something was chosen")?;
        house.accept(format!("shown {name}"), now, [said(name, shown, 0)])?;
    }
    let done = house.deliver(&mut senders, now)?;
    writeln!(out, "delivered: {}", done.delivered.join(", "))?;
    assert_eq!(done.delivered, ["spring-ada", "spring-bob"]);
    let mail = std::fs::read_to_string(folder.join("spring-ada.eml"))?;
    assert!(mail.contains("Subject: Ada <3, we miss you"));
    std::fs::remove_dir_all(&folder)?;

    // Ada had the offer; the cap gives her the news for thirty days.
    let ada = RecordId::of(&"shop".into(), &RecordKey::person("ada"));
    let again = house.views()?.choose("spring mail", ada, now + TimeDelta::days(1))?;
    write!(out, "a day later, ada: {again}")?;
    assert_eq!((again.chosen, again.next_change_at), (Some(1), Some(now + TimeDelta::days(30))));
    Ok(())
}
