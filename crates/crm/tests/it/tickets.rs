//! Tickets: what may be done to them, what was said, and tickets that are one.

use std::collections::{BTreeMap, BTreeSet};

use onefold_crm::{
    Aggregate, Flow, Happening, Inbox, InboxAsked, Keep, Macro, Relation, StatusKind, Ticket, TicketCommand,
    TicketOpening, TicketOutcome, TicketSurroundings, Why, Words, canonical, decide_merge, decide_split, decide_ticket,
};
use onefold_fact::Timestamp;
use onefold_segment::{Definition, Rule};
use proptest::prelude::*;

use crate::support::{day, facts, folded};

fn flow() -> Flow {
    serde_json::from_str(
        r#"{"statuses": [
            {"name": "new", "is": "open", "entry": true},
            {"name": "open", "is": "open"},
            {"name": "pending", "is": "pending"},
            {"name": "on hold", "is": "on_hold", "requires": ["vendor"]},
            {"name": "solved", "is": "solved", "requires": ["assignee"],
             "gates": [{"rule": "replies >= 1", "field": "replies", "fix": "answer first"}]},
            {"name": "closed", "is": "closed"}
        ], "queues": ["billing", "devices"], "reopens_within_days": 7}"#,
    )
    .expect("a flow")
}

fn run(ticket: &mut Ticket, command: &TicketCommand, at: Timestamp) {
    let outcomes = decide_ticket(ticket, command, &TicketSurroundings::of("t-1", &flow()), at).expect("it may be done");
    outcomes.iter().for_each(|outcome| ticket.apply(at, outcome));
}

fn refused(ticket: &Ticket, command: TicketCommand, at: Timestamp) -> Vec<(Why, String)> {
    let no = decide_ticket(ticket, &command, &TicketSurroundings::of("t-1", &flow()), at).expect_err("it may not be");
    no.problems().iter().map(|problem| (problem.why, problem.field.clone())).collect()
}

fn opened(subject: &str, on: u32) -> Ticket {
    let mut ticket = Ticket::default();
    let message = Some(Words::new("ada", format!("{subject} 1")));
    run(&mut ticket, &TicketCommand::open(TicketOpening { message, ..TicketOpening::about(subject) }), day(on));
    ticket
}

fn reply(interaction: &str) -> TicketCommand {
    TicketCommand::Reply(Words::new("ben", interaction))
}

fn hears(interaction: &str) -> TicketCommand {
    TicketCommand::CustomerMessage(Words::new("ada", interaction))
}

#[test]
fn a_ticket_from_its_first_message_to_a_mark() {
    let mut ticket = opened("it hums", 1);
    assert_eq!((ticket.status.as_str(), ticket.priority.as_str()), ("new", "normal"));
    assert_eq!(ticket.unanswered_since, Some(day(1)));
    assert_eq!(
        refused(&ticket, TicketCommand::move_to("solved"), day(2)),
        [(Why::Missing, "assignee".into()), (Why::Gate, "replies".into())]
    );
    run(&mut ticket, &TicketCommand::assign("ben"), day(2));
    run(&mut ticket, &TicketCommand::Note(Words::new("ben", "n-1")), day(2));
    assert_eq!(ticket.unanswered_since, Some(day(1)));
    run(&mut ticket, &reply("r-1"), day(3));
    run(&mut ticket, &TicketCommand::move_to("pending"), day(3));
    assert_eq!((ticket.unanswered_since, ticket.is), (None, StatusKind::Pending));
    run(&mut ticket, &hears("c-2"), day(4));
    assert_eq!((ticket.status.as_str(), ticket.reopened), ("open", 0));
    run(&mut ticket, &TicketCommand::Prioritise("urgent".into()), day(4));
    run(&mut ticket, &reply("r-2"), day(5));
    run(&mut ticket, &TicketCommand::move_to("solved"), day(5));
    run(&mut ticket, &TicketCommand::Rate { score: 4, comment: None }, day(6));
    run(&mut ticket, &hears("c-3"), day(10));
    assert_eq!((ticket.status.as_str(), ticket.reopened, ticket.done_at), ("open", 1, None));

    let log: Vec<&Happening> = ticket.happenings().map(|(_, happening)| happening).collect();
    let is = |kind| move |it: &&&Happening| matches!(it, Happening::Status { is, .. } if *is == kind);
    assert_eq!(log.iter().filter(|it| matches!(it, Happening::CustomerMessage)).count(), 3);
    assert_eq!(log.iter().filter(|it| matches!(it, Happening::PublicReply { by } if by == "ben")).count(), 2);
    assert_eq!(log.iter().filter(is(StatusKind::Open)).count(), 3);
    assert_eq!(log.iter().filter(is(StatusKind::Pending)).count(), 1);
    assert!(log.contains(&&Happening::Priority { priority: "urgent".into() }));
    assert!(ticket.log.is_sorted_by_key(|(at, _)| *at));
}

/// Mutation: how a ticket opened takes the place of what was said at the same instant.
#[test]
fn what_happens_at_the_instant_of_opening_comes_after_it() {
    let opened = history("one", &[]);
    let high = (opened[0].0, TicketOutcome::Prioritised { priority: "high".into() });
    let before = [vec![high.clone()], opened.clone()].concat();
    let after = [opened, vec![high]].concat();
    let each = [before, after].map(|outcomes| {
        let mut ticket = Ticket::default();
        outcomes.iter().for_each(|(at, outcome)| ticket.apply(*at, outcome));
        ticket
    });
    assert_eq!(each[0], each[1]);
    assert_eq!(each[0].priority, "high");
}

#[test]
fn a_rule_asks_a_ticket() {
    let mut ticket = opened("it hums", 1);
    run(&mut ticket, &TicketCommand::Tag(["noise".to_owned()].into()), day(1));
    run(&mut ticket, &TicketCommand::Describe([("device".to_owned(), Some("fan".into()))].into()), day(1));
    for (rule, holds) in [
        (r#"state = "open" and priority = "normal" and messages = 1 and device = "fan""#, true),
        ("replies >= 1", false),
        ("assignee is missing", true),
    ] {
        let rule: Rule = rule.parse().expect("a rule");
        let rule = Definition::try_from(rule).expect("of itself");
        assert_eq!(rule.evaluate(&ticket.subject(None), day(2)).holds, holds);
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_field() {
    let ticket = opened("it hums", 1);
    let one = |command| refused(&ticket, command, day(2)).remove(0);
    assert_eq!(one(TicketCommand::move_to("gone")), (Why::NotFound, "status".into()));
    assert_eq!(one(TicketCommand::Prioritise("highest".into())), (Why::NotFound, "priority".into()));
    assert_eq!(one(TicketCommand::Queue(Some("lost".into()))), (Why::NotFound, "queue".into()));
    assert_eq!(one(reply("it hums 1")), (Why::Exists, "interaction".into()));
    assert_eq!(one(TicketCommand::Reply(Words::default())), (Why::Missing, "by".into()));
    assert_eq!(one(TicketCommand::Relate(Relation::Parent, "t-1".into())), (Why::Invalid, "relations".into()));
    assert_eq!(one(TicketCommand::Relate(Relation::Related, "t-9".into())), (Why::NotFound, "relations".into()));
    assert_eq!(one(TicketCommand::Rate { score: 3, comment: None }), (Why::NotAllowed, "status".into()));
    assert_eq!(one(TicketCommand::Rate { score: 6, comment: None }), (Why::Invalid, "score".into()));
    assert_eq!(one(TicketCommand::Describe([("status".to_owned(), None)].into())), (Why::Invalid, "status".into()));
    assert_eq!(one(TicketCommand::open(TicketOpening::about("x"))), (Why::Exists, "id".into()));
    let nothing = Ticket::default();
    assert_eq!(refused(&nothing, reply("r"), day(1)), [(Why::NotFound, "id".into())]);
    let empty = TicketOpening { status: Some("solved".into()), ..TicketOpening::default() };
    assert_eq!(
        refused(&nothing, TicketCommand::open(empty), day(1)),
        [(Why::Missing, "subject".into()), (Why::NotAllowed, "status".into())]
    );

    let mut closed = ticket.clone();
    run(&mut closed, &TicketCommand::move_to("closed"), day(2));
    assert_eq!(refused(&closed, reply("r-1"), day(3)), [(Why::Closed, "status".into())]);
    assert_eq!(refused(&closed, hears("c-2"), day(20)), [(Why::Closed, "status".into())]);
    let no = decide_ticket(&closed, &hears("c-2"), &TicketSurroundings::of("t-1", &flow()), day(20)).unwrap_err();
    let text =
        "the ticket is done since 2026-03-02: after 7 days it is not opened again (open another that follows it)";
    assert_eq!(no.to_string(), text);
    run(&mut closed, &hears("c-2"), day(5));
    assert_eq!((closed.reopened, closed.is), (1, StatusKind::Open));
}

#[test]
fn no_ticket_is_a_part_of_itself() {
    let (mut a, mut b, c) = (opened("a", 1), opened("b", 1), opened("c", 1));
    b.apply(day(2), &TicketOutcome::Related { relation: Relation::Parent, ticket: "c".into() });
    a.apply(day(2), &TicketOutcome::Related { relation: Relation::Parent, ticket: "b".into() });
    let all: BTreeMap<&str, Ticket> = [("a", a), ("b", b), ("c", c.clone())].into();
    let flow = flow();
    let others = |id: &str| all.get(id).cloned();
    let around = TicketSurroundings { others: &others, ..TicketSurroundings::of("c", &flow) };
    let no = decide_ticket(&c, &TicketCommand::Relate(Relation::Parent, "a".into()), &around, day(3)).unwrap_err();
    let text =
        "`c` would be a part of itself: `a` is a part of `b` is a part of `c` (take one of these relations away first)";
    assert_eq!(no.to_string(), text);
}

#[test]
fn a_macro_is_named_commands() {
    let json = r#"{"commands": [{"reply": {}}, {"tag": ["refund"]}, {"move": {"to": "pending"}}]}"#;
    let refund: Macro = serde_json::from_str(json).expect("a macro");
    assert_eq!(refund.problem(), None);
    let mut ticket = opened("money", 1);
    for command in refund.applied("ben", "m-7") {
        run(&mut ticket, &command, day(2));
    }
    assert_eq!((ticket.is, ticket.conversation[1].interaction.as_str()), (StatusKind::Pending, "m-7"));
    let opens: Macro = serde_json::from_str(r#"{"commands": [{"open": {"subject": "x"}}]}"#).expect("a macro");
    assert!(opens.problem().is_some() && Macro::default().problem().is_some());
}

#[test]
fn a_merge_takes_what_is_missing_and_what_is_chosen() {
    let (mut part, mut whole) = (opened("hums", 1), opened("loud", 2));
    run(&mut part, &TicketCommand::Prioritise("high".into()), day(2));
    run(&mut part, &TicketCommand::Queue(Some("devices".into())), day(2));
    run(&mut part, &TicketCommand::assign("ana"), day(2));
    run(&mut part, &TicketCommand::Tag(["noise".to_owned()].into()), day(2));
    run(&mut whole, &TicketCommand::assign("ben"), day(2));
    let choices = BTreeMap::from([("subject".to_owned(), Keep::Other), ("priority".to_owned(), Keep::Own)]);
    let merge = decide_merge(("t-2", &part), ("t-1", &whole), &choices, &TicketSurroundings::of("t-1", &flow()))
        .expect("it may be");
    merge.whole.iter().for_each(|outcome| whole.apply(day(3), outcome));
    merge.part.iter().for_each(|outcome| part.apply(day(3), outcome));
    assert_eq!((whole.subject.as_str(), whole.priority.as_str()), ("hums", "normal"));
    assert_eq!((whole.queue.as_deref(), whole.assignee.as_deref()), (Some("devices"), Some("ben")));
    assert!(whole.tags.contains("noise") && !part.is_open());
    let together = whole.clone().together([&part]);
    assert_eq!((together.conversation.len(), together.unanswered_since), (2, Some(day(1))));
    assert_eq!(refused(&part, reply("r"), day(4)), [(Why::Closed, "id".into())]);

    let why = |part: (&str, &Ticket), whole: (&str, &Ticket)| {
        let flow = flow();
        let around = TicketSurroundings::of(whole.0, &flow);
        let no = decide_merge(part, whole, &BTreeMap::new(), &around).expect_err("it may not be");
        no.problems().iter().map(|problem| (problem.why, problem.field.clone())).collect::<Vec<_>>()
    };
    assert_eq!(why(("t-1", &whole), ("t-1", &whole)), [(Why::Invalid, "into".into())]);
    assert_eq!(why(("t-1", &whole), ("t-2", &part)), [(Why::Invalid, "into".into())]);
    assert_eq!(why(("t-2", &part), ("t-3", &opened("x", 1))), [(Why::Exists, "id".into())]);
    assert_eq!(why(("t-9", &Ticket::default()), ("t-1", &whole)), [(Why::NotFound, "id".into())]);
    let no = decide_merge(
        ("t-3", &opened("x", 1)),
        ("t-1", &whole),
        &[("mood".into(), Keep::Own)].into(),
        &TicketSurroundings::of("t-1", &flow()),
    );
    assert_eq!(no.unwrap_err().problems()[0].field, "mood");
}

#[test]
fn the_canonical_ticket_is_found_even_in_a_circle() {
    let of = |pairs: &'static [(&str, &str)]| {
        move |id: &str| pairs.iter().find(|(part, _)| *part == id).map(|(_, whole)| (*whole).to_owned())
    };
    assert_eq!(canonical("a", of(&[("a", "b"), ("b", "c")])), "c");
    assert_eq!(canonical("x", of(&[("a", "b"), ("b", "c")])), "x");
    let circle: &[(&str, &str)] = &[("a", "c"), ("c", "b"), ("b", "c")];
    assert!(["a", "b", "c"].iter().all(|id| canonical(id, of(circle)) == "b"));
}

#[test]
fn a_split_takes_messages_along() {
    let mut ticket = opened("two things", 1);
    run(&mut ticket, &hears("c-2"), day(2));
    run(&mut ticket, &reply("r-1"), day(3));
    let flow = flow();
    let around = TicketSurroundings::of("t-2", &flow);
    let opening = TicketOpening::about("the other thing");
    let moved: BTreeSet<String> = ["c-2".to_owned()].into();
    let split =
        decide_split(("t-1", &ticket), &Ticket::default(), &moved, &opening, &around, day(4)).expect("it may be");
    let mut new = Ticket::default();
    split.new.iter().for_each(|outcome| new.apply(day(4), outcome));
    split.from.iter().for_each(|outcome| ticket.apply(day(4), outcome));
    assert_eq!((ticket.conversation.len(), new.conversation.len()), (2, 1));
    assert_eq!((ticket.unanswered_since, new.unanswered_since), (None, Some(day(2))));
    assert_eq!(ticket.happenings().filter(|(_, it)| **it == Happening::CustomerMessage).count(), 1);
    let not = ["c-9".to_owned()].into();
    let no = decide_split(("t-1", &ticket), &Ticket::default(), &not, &opening, &around, day(4)).unwrap_err();
    assert_eq!(no.problems()[0].field, "interactions");
}

#[test]
fn an_inbox_says_who_waits_for_whom() {
    let mut tickets: BTreeMap<String, Ticket> = BTreeMap::new();
    for number in 1..=6_u32 {
        let mut ticket = opened(&format!("n {number}"), number);
        if number != 3 {
            run(&mut ticket, &TicketCommand::assign(if number % 2 == 0 { "ana" } else { "ben" }), day(number));
        }
        if number > 4 {
            run(&mut ticket, &reply("r"), day(number));
            run(&mut ticket, &TicketCommand::move_to("pending"), day(number));
        }
        run(&mut ticket, &TicketCommand::Give(Some("one".into())), day(number));
        run(&mut ticket, &TicketCommand::Expect(Some(day(number + 2))), day(number));
        tickets.insert(format!("t-{number}"), ticket);
    }
    let mut inbox = Inbox::of(tickets.iter().map(|(id, ticket)| (id.as_str(), ticket)));
    let ids =
        |list: &[(Timestamp, std::sync::Arc<str>)]| list.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>().join(" ");
    let asked = InboxAsked { team: Some("one".into()), users: BTreeSet::new() };
    let view = inbox.view(&asked, day(5));
    assert_eq!((ids(&view.unanswered), ids(&view.waiting)), ("t-1 t-2 t-3 t-4".into(), "t-5 t-6".into()));
    assert_eq!((ids(&view.overdue), ids(&view.unassigned)), ("t-1 t-2 t-3".into(), "t-3".into()));
    let ana = InboxAsked { users: ["ana".to_owned()].into(), ..asked.clone() };
    assert_eq!(ids(&inbox.view(&ana, day(5)).unanswered), "t-2 t-3 t-4");
    assert!(inbox.view(&InboxAsked { team: Some("two".into()), ..asked }, day(5)).unanswered.is_empty());
    inbox.due("t-4", Some(day(3)));
    inbox.put("t-1", None);
    let all = inbox.view(&InboxAsked::default(), day(5));
    assert_eq!((ids(&all.overdue), all.open["ana"], inbox.len()), ("t-4 t-2 t-3".into(), 3, 5));
}

/// What may be tried on tickets.
fn commands() -> impl Strategy<Value = Vec<(u32, TicketCommand)>> {
    let one = prop_oneof![
        (0..9_u32).prop_map(|n| hears(&format!("c{n}"))),
        (0..9_u32).prop_map(|n| reply(&format!("r{n}"))),
        prop::sample::select(vec!["open", "pending", "solved", "closed"]).prop_map(TicketCommand::move_to),
        prop::sample::select(vec!["low", "high"]).prop_map(|it| TicketCommand::Prioritise(it.into())),
        prop::sample::select(vec!["ana", "ben"]).prop_map(TicketCommand::assign),
        Just(TicketCommand::Tag(["x".to_owned()].into())),
        Just(TicketCommand::Queue(Some("billing".into()))),
    ];
    prop::collection::vec((1..20_u32, one), 0..15).prop_map(|mut all| {
        all.sort_by_key(|(day, _)| *day);
        all
    })
}

/// Carries out what may be, and gives what happened.
fn history(subject: &str, commands: &[(u32, TicketCommand)]) -> Vec<(Timestamp, TicketOutcome)> {
    let mut ticket = Ticket::default();
    let mut done = Vec::new();
    let open = (1, TicketCommand::open(TicketOpening::about(subject)));
    for (nth, (on, command)) in std::iter::once(&open).chain(commands).enumerate() {
        let at = day(*on) + chrono::TimeDelta::seconds(i64::try_from(nth).expect("few"));
        if let Ok(outcomes) = decide_ticket(&ticket, command, &TicketSurroundings::of("t", &flow()), at) {
            outcomes.iter().for_each(|outcome| ticket.apply(at, outcome));
            done.extend(outcomes.into_iter().map(|outcome| (at, outcome)));
        }
    }
    done
}

fn state(history: &[(Timestamp, TicketOutcome)]) -> Ticket {
    folded::<Ticket>(facts::<Ticket>(history)).state
}

proptest! {
    /// Law 3. A merge that is taken back leaves what was there, and what came between: that is what the facts say that were
    /// not taken back. Mutation: a merge overwrites what it does not name in its own outcomes.
    #[test]
    fn a_merge_that_is_taken_back_never_was(a in commands(), b in commands(), later in commands()) {
        let (part, whole) = (history("part", &a), history("whole", &b));
        let merge = decide_merge(("p", &state(&part)), ("w", &state(&whole)), &BTreeMap::new(), &TicketSurroundings::of("w", &flow()));
        let merge = merge.expect("both are there");
        let merged: Vec<_> = merge.whole.into_iter().map(|outcome| (day(20), outcome)).collect();
        // What is done on the merged ticket later.
        let mut ticket = state(&[whole.clone(), merged.clone()].concat());
        let mut after = Vec::new();
        for (nth, (_, command)) in later.iter().enumerate() {
            let when = day(21) + chrono::TimeDelta::hours(i64::try_from(nth).expect("few"));
            if let Ok(outcomes) = decide_ticket(&ticket, command, &TicketSurroundings::of("w", &flow()), when) {
                outcomes.iter().for_each(|outcome| ticket.apply(when, outcome));
                after.extend(outcomes.into_iter().map(|outcome| (when, outcome)));
            }
        }
        let with: Vec<_> = [whole.clone(), merged.clone(), after.clone()].concat();
        prop_assert_eq!(state(&with), ticket);
        let back = state(&[whole.clone(), after.clone()].concat());
        let mut plain = state(&whole);
        after.iter().for_each(|(at, outcome)| plain.apply(*at, outcome));
        prop_assert_eq!(&back, &plain);
        prop_assert!(back.merged.is_empty());
        if after.is_empty() {
            prop_assert_eq!(back, state(&whole));
        }
    }

    /// Law 1. Mutation: a message is put behind the last one whenever it came.
    #[test]
    fn the_order_of_facts_does_not_matter(commands in commands(), seed in any::<prop::sample::Index>()) {
        let history = history("one", &commands);
        let mut facts = facts::<Ticket>(&history);
        let once = folded::<Ticket>(facts.clone());
        prop_assert!(once.unreadable.is_empty());
        let middle = seed.index(facts.len());
        facts.rotate_left(middle);
        let repeated = facts[..middle.min(3)].to_vec();
        facts.extend(repeated);
        prop_assert_eq!(folded::<Ticket>(facts), once);
    }

    /// An inbox that is kept up to date is the one that is made anew. Mutation: a ticket stays with its former assignee.
    #[test]
    fn an_inbox_kept_is_one_made_anew(all in prop::collection::vec(commands(), 1..6)) {
        let mut kept = Inbox::default();
        let mut tickets: BTreeMap<String, Ticket> = BTreeMap::new();
        for (number, commands) in all.iter().enumerate() {
            let id = format!("t-{}", number % 3);
            let mut ticket = Ticket::default();
            for (at, outcome) in history(&id, commands) {
                ticket.apply(at, &outcome);
                kept.put(&id, Some(&ticket));
            }
            tickets.insert(id, ticket);
        }
        let anew = Inbox::of(tickets.iter().map(|(id, ticket)| (id.as_str(), ticket)));
        for users in [BTreeSet::new(), ["ana".to_owned()].into()] {
            let asked = InboxAsked { team: None, users };
            prop_assert_eq!(kept.view(&asked, day(25)), anew.view(&asked, day(25)));
        }
    }
}

#[test]
fn a_flow_is_checked() {
    let wrong = |json: &str| {
        let flow: Flow = serde_json::from_str(json).expect("JSON");
        flow.problems().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(flow().problems(), []);
    let none = wrong(r#"{"statuses": []}"#);
    assert_eq!(none.len(), 3);
    let twice = wrong(r#"{"statuses": [{"name": "a", "is": "open"}, {"name": "a", "is": "solved"}]}"#);
    assert!(twice[0].contains("a name of its own"));
    let ranks = wrong(
        r#"{"statuses": [{"name": "a", "is": "open"}, {"name": "b", "is": "solved"}], "default_priority": "top"}"#,
    );
    assert_eq!(ranks, ["`default_priority` names `top`, which is none of `priorities`"]);
}
