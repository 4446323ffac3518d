//! A support desk's month: tickets come day and night, agents answer most of them, and what nobody answers within two
//! working hours goes to the lead, within four more to the head of support. Each escalation is about one ticket, and
//! nights, weekends and Easter do not count.
//!
//! `cargo run -p onefold-examples --example escalation`

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use chrono::TimeDelta;
use onefold::crm::{Flow, TicketCommand, TicketOpening, Words};
use onefold::fact::Configuration;
use onefold::workflow::{Command, End, Outcome, Workflow};
use onefold::worktime::{Calendar, CalendarSpec};
use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp};

const OFFICE: &str = r#"
    zone = "Europe/Berlin"
    holidays = [{ name = "Good Friday", on = "easter - 2" }, { name = "Easter Monday", on = "easter + 1" }]

    [hours]
    monday-friday = "08:00-18:00"
"#;

const ESCALATE: &str = r#"
    name = "escalate"
    again = true
    about = "ticket"
    goal = { event = "ticket public_reply" }

    [[trigger]]
    event = "ticket opened"

    [[step]]
    name = "first"
    wait = { working = "2h", calendar = "office" }

    [[step]]
    name = "lead"
    assign = "lead"

    [[step]]
    name = "tell the lead"
    notify = { who = "lead", text = "two hours without an answer" }

    [[step]]
    name = "second"
    wait = { working = "4h", calendar = "office" }

    [[step]]
    name = "head"
    assign = "head"

    [[step]]
    name = "tell the head"
    notify = { who = "head", text = "six hours without an answer" }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let start: Timestamp = "2026-03-25T00:00:00Z".parse()?; // with a change of the clock, and Easter
    let house = Onefold::in_memory(Options::default());
    let office = CalendarSpec::from_toml(OFFICE)?;
    house.adopt(Configuration { part: "calendar".into(), name: "office".into(), json: office.to_json() }, start)?;
    let flow: Flow = serde_json::from_str(
        r#"{"statuses": [{"name": "open", "is": "open"}, {"name": "waiting", "is": "pending"},
                         {"name": "solved", "is": "solved"}]}"#,
    )?;
    house.adopt(flow.configuration("support")?, start)?;
    house.adopt(&Workflow::from_toml(ESCALATE)?, start)?;
    let ada = Draft::new("crm", Body::set([("email", "ada@example.com")])).key(RecordKey::person("17"));
    let ben = Draft::new("crm", Body::set([("email", "ben@example.com")])).key(RecordKey::person("18"));
    house.accept("crm", start, [ada, ben])?;
    let customers = house.customers()?;

    // A ticket every five hours and a bit; how long its answer takes follows from its number, and every ninth has none.
    let mut happens: BTreeMap<(Timestamp, u32), Option<TicketCommand>> = BTreeMap::new();
    for number in 0..140_u32 {
        let opened = start + TimeDelta::minutes(i64::from(number) * 307);
        happens.insert((opened, number), None);
        if number % 9 != 0 {
            let answered = opened + TimeDelta::minutes(20 + i64::from(number * 37 % 1400));
            let reply = TicketCommand::Reply(Words::new("agent", format!("mail-{number}")));
            happens.insert((answered, number), Some(reply));
        }
    }
    for ((at, number), command) in &happens {
        let id = format!("t-{number}");
        house.run_workflows(*at)?;
        match command {
            Some(reply) => house.ticket(&id, reply, *at)?,
            None => {
                let customer = customers[usize::try_from(*number)? % customers.len()];
                house.open_ticket(&id, customer, "support", &TicketOpening::about("it hums"), *at)?
            }
        };
    }
    house.run_workflows(start + TimeDelta::days(45))?;

    // What the records say, against working time counted by hand.
    let calendar = Calendar::new(&office);
    let (views, mut told) = (house.views()?, BTreeMap::<&str, usize>::new());
    let answered = |number: u32| happens.keys().filter(|(_, of)| *of == number).nth(1).map(|(at, _)| *at);
    for record in views.workflow_runs(None)? {
        let Some((opened, Outcome::Enrolled { about: Some(ticket), .. })) = record.outcomes.first() else { continue };
        let number: u32 = ticket.trim_start_matches("t-").parse()?;
        let waited = answered(number).map(|at| calendar.within(*opened, at));
        for (hours, who) in [(2, "lead"), (6, "head")] {
            let is_told = record.outcomes.iter().any(|(_, outcome)| {
                matches!(outcome, Outcome::Did { command: Command::Notify(notice), .. } if notice.who == who)
            });
            assert_eq!(is_told, waited.is_none_or(|waited| waited > TimeDelta::hours(hours)), "{ticket} {who}");
            *told.entry(who).or_default() += usize::from(is_told);
        }
        let in_time =
            record.outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Ended { how: End::Goal, .. }));
        *told.entry("answered").or_default() += usize::from(in_time);
    }
    for (what, count) in &told {
        writeln!(out, "{what}: {count} of 140")?;
    }
    let held = views.ticket("t-0")?.ok_or("a ticket")?.assignee;
    writeln!(out, "the first ticket, which nobody answers, is with the {}", held.unwrap_or_default())?;
    Ok(())
}
