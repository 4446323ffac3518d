//! A support desk's day: mails become tickets, two of them are one matter, a macro answers, the inbox says who waits for
//! whom, a merge is taken back, and a rule finds whom the day annoyed.
//!
//! `cargo run -p onefold-examples --example support_desk`

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write;
use std::sync::Arc;

use chrono::TimeDelta;
use onefold::crm::{Flow, Happening, InboxAsked, InboxView, Macro, TicketCommand, TicketOpening, Words};
use onefold::{Body, CustomerId, Desk, Draft, Onefold, Options, RecordKey, Timestamp, WorkError};

const FLOW: &str = r#"{
    "statuses": [
        {"name": "new", "is": "open", "entry": true},
        {"name": "open", "is": "open"},
        {"name": "pending", "is": "pending"},
        {"name": "on hold", "is": "on_hold", "requires": ["supplier"]},
        {"name": "solved", "is": "solved", "requires": ["assignee"],
         "gates": [{"rule": "replies >= 1", "field": "replies", "fix": "answer the customer first"}]},
        {"name": "closed", "is": "closed"}
    ],
    "priorities": ["low", "normal", "high", "urgent"],
    "queues": ["devices", "billing"],
    "reopens_within_days": 14
}"#;

const SERIAL: &str = r#"{
    "description": "ask for the serial number",
    "commands": [{"reply": {}}, {"tag": ["serial asked"]}, {"move": {"to": "pending"}}]
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let morning: Timestamp = "2026-05-04T07:00:00Z".parse()?;
    let after = |minutes: i64| morning + TimeDelta::minutes(minutes);
    let house = Onefold::in_memory(Options::default());
    let (flow, serial): (Flow, Macro) = (serde_json::from_str(FLOW)?, serde_json::from_str(SERIAL)?);
    house.adopt(flow.configuration("support")?, morning)?;
    house.adopt(serial.configuration("serial")?, morning)?;
    let mut people: BTreeMap<&str, CustomerId> = BTreeMap::new();
    for (key, name) in [("1", "Ada Byron"), ("2", "Grace Hopper"), ("3", "Mary Somerville")] {
        let draft = Draft::new("crm", Body::set([("full_name", name)])).key(RecordKey::person(key));
        house.accept(format!("crm {key}"), morning, [draft])?;
        let known: BTreeSet<CustomerId> = people.values().copied().collect();
        people.extend(house.customers()?.into_iter().find(|id| !known.contains(id)).map(|id| (name, id)));
    }
    let mut desk = Desk::new(&house)?;
    let team = InboxAsked { team: Some("devices".into()), users: BTreeSet::new() };

    // The mails of the morning.
    let mails = [
        ("t-1", "Ada Byron", "The fan hums", 5),
        ("t-2", "Grace Hopper", "Where is my invoice?", 12),
        ("t-3", "Ada Byron", "Still humming", 40),
        ("t-4", "Mary Somerville", "It does not start", 55),
    ];
    for (number, (id, who, subject, minutes)) in mails.into_iter().enumerate() {
        let queue = if subject.contains("invoice") { "billing" } else { "devices" };
        let opening = TicketOpening {
            message: Some(Words::new(who, format!("mail-{number}"))),
            queue: Some(queue.into()),
            team: Some(queue.into()),
            requester: Some(who.into()),
            ..TicketOpening::about(subject)
        };
        house.open_ticket(id, *people.get(who).ok_or("known")?, "support", &opening, after(minutes))?;
    }
    house.ticket("t-4", &TicketCommand::Prioritise("urgent".into()), after(56))?;
    house.ticket("t-4", &TicketCommand::Expect(Some(after(120))), after(56))?;
    desk.refresh(&house)?;
    print(&mut out, "at eight", &desk.inbox().view(&team, after(60)))?;

    // Ada wrote twice about one matter.
    house.merge_tickets("t-3", "t-1", &BTreeMap::new(), after(62))?;
    house.ticket("t-1", &TicketCommand::assign("ben"), after(63))?;
    match house.ticket("t-1", &TicketCommand::move_to("solved"), after(64)) {
        Err(WorkError::Rejected(rejection)) => writeln!(out, "refused: {rejection}")?,
        _ => return Err("nobody has answered yet".into()),
    }
    house.apply_macro("t-1", "serial", "ben", "answer-1", after(70))?;
    // She answers to her second mail.
    let serial = TicketCommand::CustomerMessage(Words::new("Ada Byron", "mail-7"));
    house.ticket("t-3", &serial, after(95))?;
    let one = house.views()?.ticket("t-1")?.ok_or("a ticket")?;
    writeln!(out, "t-1 and t-3 are one: {} messages, {}", one.conversation.len(), one.status)?;
    assert_eq!((one.conversation.len(), one.status.as_str()), (4, "open"));

    desk.refresh(&house)?;
    let noon = desk.inbox().view(&team, after(300));
    print(&mut out, "at noon", &noon)?;
    assert_eq!(noon.overdue.first().map(|(_, id)| &**id), Some("t-4"));

    // They were two matters after all.
    house.unmerge_ticket("t-3", after(310))?;
    let views = house.views()?;
    for id in ["t-1", "t-3"] {
        let ticket = views.ticket(id)?.ok_or("a ticket")?;
        let said: Vec<&str> = ticket.conversation.iter().map(|message| message.interaction.as_str()).collect();
        writeln!(out, "{id} alone: {}", said.join(", "))?;
    }
    assert_eq!(views.ticket("t-3")?.ok_or("a ticket")?.conversation.len(), 2);

    // The afternoon.
    house.ticket("t-4", &TicketCommand::assign("ana"), after(320))?;
    house.ticket("t-4", &TicketCommand::Reply(Words::new("ana", "answer-2")), after(325))?;
    house.ticket("t-4", &TicketCommand::move_to("solved"), after(326))?;
    house.ticket("t-4", &TicketCommand::Rate { score: 2, comment: Some("five hours".into()) }, after(400))?;
    let ticket = house.views()?.ticket("t-4")?.ok_or("a ticket")?;
    let first = |is: fn(&Happening) -> bool| ticket.happenings().find(|(_, it)| is(it)).map(|(at, _)| at);
    let asked = first(|it| matches!(it, Happening::CustomerMessage)).ok_or("asked")?;
    let answered = first(|it| matches!(it, Happening::PublicReply { .. })).ok_or("answered")?;
    writeln!(out, "t-4 was answered after {} minutes", (answered - asked).num_minutes())?;
    assert_eq!((answered - asked).num_minutes(), 270);

    let views = house.views()?;
    let rule = views.read_rule(r#"did "ticket rated" where score <= 2"#)?;
    let rule = views.segments().definition(&rule)?;
    let annoyed = views.matching(&rule, after(500))?;
    assert_eq!(annoyed, [*people.get("Mary Somerville").ok_or("known")?]);
    writeln!(out, "annoyed today: {}", annoyed.len())?;
    Ok(())
}

fn print(out: &mut impl Write, when: &str, view: &InboxView) -> std::io::Result<()> {
    let ids = |list: &[(Timestamp, Arc<str>)]| list.iter().map(|(_, id)| &**id).collect::<Vec<_>>().join(" ");
    writeln!(
        out,
        "{when}: overdue [{}], unanswered [{}], waiting [{}], unassigned [{}]",
        ids(&view.overdue),
        ids(&view.unanswered),
        ids(&view.waiting),
        ids(&view.unassigned)
    )
}
