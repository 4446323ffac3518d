//! Following up on leads: who asks for a price is called within four working hours, and if nobody reaches them the lead
//! goes elsewhere. Working time is that of the office: nights, weekends and Easter do not count.
//!
//! `cargo run -p onefold-examples --example lead_follow_up`

use std::error::Error;
use std::io::Write;

use chrono::TimeDelta;
use onefold::fact::Configuration;
use onefold::workflow::{Command, Outcome, Workflow};
use onefold::worktime::CalendarSpec;
use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp};

const OFFICE: &str = r#"
    zone = "Europe/Berlin"
    holidays = [{ name = "Good Friday", on = "easter - 2" }, { name = "Easter Monday", on = "easter + 1" }]

    [hours]
    monday-friday = "09:00-12:30, 13:00-17:00"
"#;

const FOLLOW_UP: &str = r#"
    name = "follow up"
    again = true
    concurrency = "restart"
    suppress = 'did "unsubscribed"'

    [[trigger]]
    event = "asked for a price"

    [[step]]
    name = "size"
    branch = [{ when = 'seats >= 100', next = "large" }]

    [[step]]
    name = "small"
    task = { title = "call them", owner = "ana", due = "1d" }
    next = "reached"

    [[step]]
    name = "large"
    task = { title = "call them today", owner = "ben", due = "4h" }

    [[step]]
    name = "reached"
    wait = { event = "call", where = 'outcome = "reached"', working = "4h", calendar = "office", timeout = "hand over" }
    next = "won over"

    [[step]]
    name = "hand over"
    assign = "cleo"

    [[step]]
    name = "tell"
    notify = { who = "cleo", text = "nobody reached them" }
    next = "end"

    [[step]]
    name = "won over"
    update = { reached = true }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let at = |text: &str| text.parse::<Timestamp>();
    let house = Onefold::in_memory(Options::default());
    let office = CalendarSpec::from_toml(OFFICE)?;
    let calendar = Configuration { part: "calendar".into(), name: "office".into(), json: office.to_json() };
    house.adopt(calendar, at("2026-04-01T06:00:00Z")?)?;
    let told = |key: &str, body: Body| Draft::new("crm", body).key(RecordKey::person(key));
    house.accept(
        "crm",
        at("2026-04-01T06:00:00Z")?,
        [
            told("small", Body::set([("full_name", "Mary Somerville")])),
            told("small", Body::set([("seats", 12)])),
            told("large", Body::set([("full_name", "Ada Byron")])),
            told("large", Body::set([("seats", 300)])),
        ],
    )?;
    house.adopt(&Workflow::from_toml(FOLLOW_UP)?, at("2026-04-01T06:30:00Z")?)?;

    // Thursday before Easter, an hour before the office closes.
    let asked = at("2026-04-02T14:00:00Z")?;
    let asks = |key: &str| told(key, Body::event("asked for a price", [("page", "pricing")]));
    house.accept("web", asked, [asks("small"), asks("large")])?;
    let call = told("large", Body::event("call", [("outcome", "reached")]));
    house.accept("calls", asked + TimeDelta::minutes(40), [call])?;
    house.run_workflows(at("2026-04-30T00:00:00Z")?)?;

    let views = house.views()?;
    for record in views.workflow_runs(None)? {
        let profile = views.customer(record.customer.ok_or("a customer")?)?.ok_or("a profile")?;
        let name = profile.value("full_name").map(|name| name.to_text().into_owned()).unwrap_or_default();
        writeln!(out, "{name}")?;
        for (at, outcome) in &record.outcomes {
            let said = match outcome {
                Outcome::Enrolled { why, .. } => why.clone(),
                Outcome::Did { step, command, .. } => format!("{step}: {}", command.name()),
                Outcome::Passed { step, why, .. } => format!("{step}: {why}"),
                Outcome::Waits { step, until: Some(until), .. } => {
                    format!("{step}: until {}", until.format("%a %d %H:%M"))
                }
                Outcome::Ended { why, .. } => why.clone(),
                _ => continue,
            };
            writeln!(out, "  {}  {said}", at.format("%a %d %b %H:%M"))?;
        }
        if name == "Mary Somerville" {
            // One working hour on Thursday, and three on Tuesday.
            let given_up = record.outcomes.iter().find(
                |(_, outcome)| matches!(outcome, Outcome::Did { command: Command::Assign(user), .. } if user == "cleo"),
            );
            assert_eq!(given_up.map(|(at, _)| at.to_rfc3339()).as_deref(), Some("2026-04-07T10:00:00+00:00"));
            assert_eq!(profile.value("owner").and_then(|owner| owner.as_text()), Some("cleo"));
        } else {
            assert!(profile.value("reached").is_some());
        }
    }
    Ok(())
}
