//! A series of mails about abandoned carts: rehearsed on last week's visits, compared with a version that waits longer,
//! brought into force, and run. Who orders hears no more of it, who has not agreed hears nothing, one of five is left
//! alone to compare with, and nobody gets more than two mails a week.
//!
//! `cargo run -p onefold-examples --example abandoned_cart_series`

use std::error::Error;
use std::io::Write;

use chrono::TimeDelta;
use onefold::fact::{Choice, Consent};
use onefold::workflow::{Command, Outcome, Sending, Workflow};
use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp};

const SERIES: &str = r#"
    name = "abandoned cart"
    again = true
    goal = { event = "order" }

    [[trigger]]
    event = "cart"
    where = "total >= 20"

    [[step]]
    name = "give it time"
    wait = "4h"

    [[step]]
    name = "draw"
    split = [{ share = 80, next = "remind" }]
    hold_out = 20

    [[step]]
    name = "remind"
    send = { template = "your cart", channel = "email", purpose = "marketing" }

    [[step]]
    name = "come back"
    wait = { event = "visit", within = "2d", timeout = "offer" }
    next = "end"

    [[step]]
    name = "offer"
    send = { template = "ten percent", channel = "email", purpose = "marketing", capped = "wait" }
"#;

/// A hundred shoppers and their week: who they are decides what they do.
fn week(start: Timestamp) -> Vec<(Timestamp, Draft)> {
    let mut week = Vec::new();
    for shopper in 0..100_i64 {
        let key = || RecordKey::person(format!("s-{shopper}"));
        let mut told = |hours: i64, body: Body| {
            let at = start + TimeDelta::minutes(hours * 60 + shopper);
            week.push((at, Draft::new("shop", body).key(key()).occurred_at(at)));
        };
        if shopper % 10 != 0 {
            told(0, Body::Consent(consent(Choice::Granted)));
        }
        told(2 + shopper % 48, Body::event("cart", [("total", 10 + shopper)]));
        match shopper % 4 {
            0 => told(3 + shopper % 48, Body::event("order", [("total", 10 + shopper)])),
            1 => told(20 + shopper % 48, Body::event("visit", [("page", 1)])),
            2 if shopper % 8 == 2 => told(5 + shopper % 48, Body::Consent(consent(Choice::Withdrawn))),
            _ => {}
        }
    }
    week.sort_by_key(|(at, _)| *at);
    week
}

fn consent(choice: Choice) -> Consent {
    Consent {
        purpose: "marketing".into(),
        channel: None,
        choice,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let start: Timestamp = "2026-03-23T06:00:00Z".parse()?; // the clocks change on Sunday
    let until = start + TimeDelta::days(14);
    let house = Onefold::in_memory(Options::default());
    let sending: Sending = serde_json::from_str(
        r#"{"zone": "Europe/Berlin", "hours": "08:00-20:00", "caps": [{"purpose": "marketing", "most": 2, "within": "7d"}]}"#,
    )?;
    house.adopt(&sending, start)?;

    // Rehearsal: on a house with the same week, with nothing in force.
    let rehearsal_house = Onefold::in_memory(Options::default());
    rehearsal_house.adopt(&sending, start)?;
    for (at, draft) in week(start) {
        rehearsal_house.accept("week", at, [draft])?;
    }
    let views = rehearsal_house.views()?;
    let series = Workflow::from_toml(SERIES)?;
    let patient = Workflow::from_toml(&SERIES.replace("4h", "8h"))?;
    let rehearsal = views.rehearse([series.clone()], start, until)?;
    let other = views.rehearse([patient], start, until)?;
    let difference = rehearsal.compared_with(&other);
    writeln!(out, "rehearsed: {} runs, {} mails", rehearsal.started().len(), rehearsal.planned().len())?;
    writeln!(
        out,
        "waiting 8 hours: {} mails fewer, {} more, {} at another time",
        difference.drops.len(),
        difference.adds.len(),
        difference.moves.len()
    )?;

    // Live: as it comes, driven every now and then.
    house.adopt(&series, start)?;
    for (at, draft) in week(start) {
        house.accept("week", at, [draft])?;
        house.run_workflows(at)?;
    }
    let ran = house.run_workflows(until)?;
    let mails = house.commands(0, usize::MAX)?;
    let with = |template: &str| {
        let is = |command: &Command| matches!(command, Command::Send(message) if message.template == template);
        mails.iter().filter(|pending| is(&pending.command)).count()
    };
    writeln!(out, "sent: {} reminders, {} offers", with("your cart"), with("ten percent"))?;
    assert_eq!(mails.len(), rehearsal.planned().len(), "what was rehearsed is what happened");
    assert!(ran.ended > 0);

    let records = house.views()?.workflow_runs(None)?;
    let ends = |what: &str| {
        let ended = |outcome: &Outcome| matches!(outcome, Outcome::Ended { how, .. } if format!("{how:?}") == what);
        records.iter().filter(|record| record.outcomes.iter().any(|(_, outcome)| ended(outcome))).count()
    };
    writeln!(out, "ordered before the end: {}, held out: {}", ends("Goal"), ends("HeldOut"))?;
    let refused = records.iter().flat_map(|record| &record.outcomes).find_map(|(at, outcome)| match outcome {
        Outcome::Passed { skipped: true, step, why, .. } => Some((at, step, why)),
        _ => None,
    });
    let (at, step, why) = refused.ok_or("somebody has not agreed")?;
    writeln!(out, "{}: `{step}` left out: {why}", at.format("%d %b %H:%M"))?;
    Ok(())
}
