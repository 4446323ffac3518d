//! A support desk under load, as one program that prints what it measured: tickets folded from facts in memory, inboxes of
//! all of them, and single messages. `desk [tickets]`, by default 100,000 with ten facts each.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use onefold::crm::{
    Aggregate, Flow, Folded, Inbox, InboxAsked, StatusKind, Ticket, TicketCommand, TicketOutcome, TicketSurroundings,
    Words, decide_ticket, fold_each, to_event,
};
use onefold::fact::{FactSet, Standing};
use onefold::{Body, Draft, RecordKey};

type Failure = Box<dyn std::error::Error>;

const FLOW: &str = r#"{"statuses": [{"name": "new", "is": "open", "entry": true}, {"name": "open", "is": "open"},
    {"name": "pending", "is": "pending"}, {"name": "solved", "is": "solved"}, {"name": "closed", "is": "closed"}]}"#;

/// What happens to a ticket, ten things in order; it stays open.
fn history(number: i64) -> Vec<TicketOutcome> {
    let words = |by: &str, nth: u8| Words::new(by, format!("mail {number} {nth}"));
    let changed = |from: &str, to: &str, is| TicketOutcome::StatusChanged {
        from: from.to_owned(),
        to: to.to_owned(),
        is,
        reason: None,
    };
    let user = format!("user {}", number % 50);
    vec![
        TicketOutcome::Opened {
            subject: format!("ticket {number}"),
            flow: "support".to_owned(),
            status: "new".to_owned(),
            is: StatusKind::Open,
            priority: "normal".to_owned(),
        },
        TicketOutcome::CustomerMessage(words("customer", 1)),
        TicketOutcome::Given { team: Some(format!("team {}", number % 4)) },
        TicketOutcome::Assigned { assignee: (number % 10 > 0).then(|| user.clone()) },
        TicketOutcome::Expected { due_at: Some(DateTime::UNIX_EPOCH + TimeDelta::days(20_500 + number % 300)) },
        TicketOutcome::PublicReply(words(&user, 2)),
        changed("new", "pending", StatusKind::Pending),
        TicketOutcome::CustomerMessage(words("customer", 3)),
        changed("pending", "open", StatusKind::Open),
        match number % 3 {
            0 => TicketOutcome::PublicReply(words(&user, 4)),
            1 => changed("open", "pending", StatusKind::Pending),
            _ => TicketOutcome::Tagged { tags: BTreeSet::from(["device".to_owned()]) },
        },
    ]
}

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let tickets: i64 = std::env::args().nth(1).map_or(Ok(100_000), |it| it.parse())?;
    let start: DateTime<Utc> = "2026-01-01T09:00:00Z".parse()?;
    let made = |number: i64| -> Result<FactSet, Failure> {
        let key = RecordKey::person((number % 20_000).to_string());
        let id = format!("t-{number}");
        let fact = |(nth, outcome): (usize, &TicketOutcome)| -> Result<_, Failure> {
            let at = start + TimeDelta::minutes(number % 100_000 + 20 * i64::try_from(nth)?);
            let body = Body::Object(to_event::<Ticket>(&id, outcome)?);
            Ok(Draft::new("desk", body).key(key.clone()).occurred_at(at).received("feed", at))
        };
        history(number).iter().enumerate().map(fact).collect()
    };
    let sets: Vec<FactSet> = (0..tickets).map(made).collect::<Result<_, _>>()?;
    let standing: Vec<Vec<Standing<'_>>> = sets.iter().map(|set| set.standing(None)).collect();
    let facts: usize = standing.iter().map(Vec::len).sum();

    let begin = Instant::now();
    let folded: Vec<Folded<Ticket>> = fold_each(&standing);
    writeln!(out, "{tickets} tickets of {facts} facts folded on all cores: {:.2} s", begin.elapsed().as_secs_f64())?;
    if folded.iter().any(|folded| !folded.unreadable.is_empty()) {
        return Err("a fact could not be read".into());
    }
    let mut all: BTreeMap<String, Ticket> =
        folded.into_iter().enumerate().map(|(nth, folded)| (format!("t-{nth}"), folded.state)).collect();

    let begin = Instant::now();
    let mut inbox = Inbox::of(all.iter().map(|(id, ticket)| (id.as_str(), ticket)));
    writeln!(out, "an inbox of {} open tickets made: {:.0} ms", inbox.len(), begin.elapsed().as_secs_f64() * 1e3)?;
    let clock = start + TimeDelta::days(80);
    let users: BTreeSet<String> = (0..50).map(|nth| format!("user {nth}")).collect();
    for (name, asked) in [
        ("a team of 50 that has all tickets", InboxAsked { team: None, users: users.clone() }),
        ("one of four teams", InboxAsked { team: Some("team 1".to_owned()), users }),
        ("one user", InboxAsked { team: None, users: BTreeSet::from(["user 7".to_owned()]) }),
    ] {
        let begin = Instant::now();
        let view = inbox.view(&asked, clock);
        let taken = begin.elapsed().as_secs_f64() * 1e3;
        writeln!(
            out,
            "the inbox of {name}: {taken:.1} ms ({} unanswered, {} overdue, {} waiting, {} unassigned)",
            view.unanswered.len(),
            view.overdue.len(),
            view.waiting.len(),
            view.unassigned.len()
        )?;
    }

    let flow: Flow = serde_json::from_str(FLOW)?;
    let begin = Instant::now();
    let mut done = 0_u32;
    for (nth, (id, ticket)) in all.iter_mut().enumerate().take(50_000) {
        let words = Words::new("customer", format!("more {nth}"));
        let around = TicketSurroundings::of(id, &flow);
        for outcome in decide_ticket(ticket, &TicketCommand::CustomerMessage(words), &around, clock)? {
            ticket.apply(clock, &outcome);
        }
        inbox.put(id, Some(ticket));
        done += 1;
    }
    let each = begin.elapsed().as_secs_f64() * 1e6 / f64::from(done.max(1));
    writeln!(out, "a message decided, applied and put into the inbox: {each:.2} microseconds")?;
    Ok(())
}
