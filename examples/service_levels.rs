//! A support desk's two days before Easter: what is due when, who is warned before it is late, and what happened to clocks
//! over a pause, a holiday and a ticket that is opened again.
//!
//! `cargo run -p onefold-examples --example service_levels`

use std::error::Error;
use std::io::Write;

use onefold::crm::{Flow, TicketCommand, TicketOpening, Words};
use onefold::workflow::{ClockState, EscalationLevel, Metric, SlaSpec, document};
use onefold::worktime::CalendarSpec;
use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp, calendar_configuration};

const LEVELS: &str = r#"
calendar = "support"

[[policies]]
name = "urgent"
when = 'priority = "urgent"'
warn = ["50%", "15m"]
targets.default = { first_reply = "1h", total_resolution = "8h" }

[[policies]]
name = "all"
warn = ["25%"]
targets.default = { first_reply = "8h", next_reply = "4h", requester_wait = "24h" }
"#;

const SUPPORT: &str = r#"
zone = "Europe/Berlin"
hours.monday-friday = "09:00-17:00"
holidays = [{ name = "Good Friday", on = "easter - 2" }, { name = "Easter Monday", on = "easter + 1" }]
"#;

const FLOW: &str = r#"{"statuses": [
    {"name": "open", "is": "open"}, {"name": "waiting", "is": "pending"}, {"name": "solved", "is": "solved"}
], "priorities": ["normal", "urgent"]}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let at = |text: &str| -> Result<Timestamp, Box<dyn Error>> {
        Ok(format!("2026-04-{text}:00+02:00").parse::<Timestamp>()?)
    };
    let start = at("01T08:00")?;
    let house = Onefold::in_memory(Options::default());
    house.adopt(serde_json::from_str::<Flow>(FLOW)?.configuration("support")?, start)?;
    house.adopt(calendar_configuration("support", &CalendarSpec::from_toml(SUPPORT)?), start)?;
    house.adopt(document::read::<SlaSpec>("levels.toml", LEVELS)?.configuration()?, start)?;
    house.accept(
        "crm",
        start,
        [Draft::new("crm", Body::set([("email", "ada@x.example")])).key(RecordKey::person("17"))],
    )?;
    let ada = *house.customers()?.first().ok_or("ada")?;

    // Thursday at 15:00; Friday and Monday are holidays.
    let asked = at("02T15:00")?;
    house.open_ticket("t-1", ada, "support", &TicketOpening::about("it hums"), asked)?;
    let urgent = TicketOpening { priority: Some("urgent".into()), ..TicketOpening::about("it burns") };
    house.open_ticket("t-2", ada, "support", &urgent, asked)?;

    let views = house.views()?;
    let clocks = |ticket: &str, when| -> Result<_, Box<dyn Error>> {
        Ok(house.views()?.clocks(ticket, when)?.ok_or("a ticket")?)
    };
    let first = |ticket: &str, when| -> Result<_, Box<dyn Error>> {
        Ok(clocks(ticket, when)?.into_iter().find(|clock| clock.metric == Metric::FirstReply).ok_or("a clock")?)
    };
    let due = first("t-1", asked)?.due_at.ok_or("a time")?;
    writeln!(
        out,
        "t-1, asked Thursday at 15:00, is due {} (UTC): two hours on Thursday, six on Tuesday",
        due.format("%A %H:%M")
    )?;
    assert_eq!(due, at("07T15:00")?);

    for escalation in views.escalations("t-2", asked, at("02T17:00")?)?.ok_or("a ticket")? {
        let level = match escalation.level {
            EscalationLevel::Warned(nth) => format!("warning {}", nth + 1),
            EscalationLevel::Breached => "late".to_owned(),
        };
        writeln!(out, "t-2, {}: {level} at {}", escalation.metric, escalation.at.format("%H:%M"))?;
    }
    let late = house.views()?.in_danger(at("02T16:30")?)?;
    assert_eq!(
        late.iter().map(|(id, clock)| (id.as_str(), clock.state)).collect::<Vec<_>>(),
        [("t-2", ClockState::Breached)]
    );

    // It is no longer urgent: from then on it is held to less, and what was late stays late.
    house.ticket("t-2", &TicketCommand::Prioritise("normal".into()), at("02T16:40")?)?;
    let after = first("t-2", at("02T16:45")?)?;
    writeln!(
        out,
        "t-2, no longer urgent: {} by policy `{}`, late since {}",
        after.state,
        after.policy,
        after.breached_at.ok_or("a time")?.format("%H:%M")
    )?;
    assert_eq!((after.state, after.policy.as_str()), (ClockState::Breached, "all"));

    // A pause does not count for who waits, and a ticket that is opened again goes on.
    house.ticket("t-1", &TicketCommand::Reply(Words::new("ben", "i-1")), at("02T16:00")?)?;
    house.ticket("t-1", &TicketCommand::move_to("waiting"), at("02T16:00")?)?;
    house.ticket("t-1", &TicketCommand::CustomerMessage(Words::new("ada", "i-2")), at("07T10:00")?)?;
    let all = clocks("t-1", at("07T11:00")?)?;
    for clock in &all {
        writeln!(
            out,
            "t-1, {}: {}, {} minutes of {}",
            clock.metric,
            clock.state,
            clock.elapsed.num_minutes(),
            clock.target.num_minutes()
        )?;
    }
    let of = |metric| {
        all.iter().find(|clock| clock.metric == metric).map(|clock| (clock.state, clock.elapsed.num_minutes()))
    };
    assert_eq!(of(Metric::FirstReply), Some((ClockState::Met, 60)));
    assert_eq!(of(Metric::NextReply), Some((ClockState::Running, 60)));
    assert_eq!(of(Metric::RequesterWait), Some((ClockState::Running, 120)));
    Ok(())
}
