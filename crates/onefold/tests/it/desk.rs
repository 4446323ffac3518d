//! Tickets and tasks behind the house.

use std::collections::{BTreeMap, BTreeSet};

use onefold::crm::{
    Because, Due, Flow, InboxAsked, Keep, Macro, Recurrence, StatusKind, TaskCommand, TaskOpening, TicketCommand,
    TicketOpening, Tz, Why, Words, today,
};
use onefold::fact::{Choice, Consent};
use onefold::profile::ConsentState;
use onefold::{Body, CustomerId, Desk, Draft, Onefold, Options, RecordKey, Silent, Timestamp, Value, WorkError};

const BERLIN: Tz = Tz::Europe__Berlin;

fn day(day: u32) -> Timestamp {
    format!("2026-03-{day:02}T09:00:00Z").parse().expect("a time")
}

fn house() -> (Onefold, CustomerId) {
    let house = Onefold::in_memory(Options::default());
    let flow: Flow = serde_json::from_str(
        r#"{"statuses": [
            {"name": "new", "is": "open", "entry": true}, {"name": "open", "is": "open"},
            {"name": "pending", "is": "pending"},
            {"name": "solved", "is": "solved", "requires": ["assignee"]}, {"name": "closed", "is": "closed"}
        ]}"#,
    )
    .expect("a flow");
    house.adopt(flow.configuration("support").expect("JSON"), day(1)).expect("adopted");
    let ada = Draft::new("crm", Body::set([("full_name", "Ada Byron"), ("email", "ada@x.io")]));
    house.accept("crm", day(1), [ada.key(RecordKey::person("17"))]).expect("accepted");
    let ada = house.customers().expect("read")[0];
    (house, ada)
}

fn open(house: &Onefold, customer: CustomerId, id: &str, at: Timestamp) {
    let message = Some(Words::new("ada", format!("{id}-1")));
    let opening = TicketOpening { message, team: Some("one".into()), ..TicketOpening::about(id) };
    house.open_ticket(id, customer, "support", &opening, at).expect("opened");
}

fn rejected<T>(done: Result<T, WorkError>) -> Vec<(Why, String)> {
    match done {
        Err(WorkError::Rejected(rejection)) => {
            rejection.problems().iter().map(|problem| (problem.why, problem.field.clone())).collect()
        }
        _ => Vec::new(),
    }
}

fn reply(interaction: &str) -> TicketCommand {
    TicketCommand::Reply(Words::new("ben", interaction))
}

fn hears(interaction: &str) -> TicketCommand {
    TicketCommand::CustomerMessage(Words::new("ada", interaction))
}

/// Law 3. What comes between a merge and its undo stays with the ticket that it was said to. Mutation: what is said to a part
/// is kept with the whole.
#[test]
fn a_merge_is_taken_back_and_what_came_between_stays_where_it_belongs() {
    let (house, ada) = house();
    open(&house, ada, "t-1", day(2));
    open(&house, ada, "t-2", day(3));
    house.ticket("t-2", &TicketCommand::Prioritise("urgent".into()), day(3)).expect("done");
    let before = house.digest().expect("a digest");
    house.merge_tickets("t-2", "t-1", &BTreeMap::new(), day(4)).expect("merged");
    let ticket = |id: &str| house.views().expect("views").ticket(id).expect("read").expect("there");
    assert_eq!((ticket("t-1").priority.as_str(), ticket("t-1").conversation.len()), ("urgent", 2));
    assert_eq!(ticket("t-2"), ticket("t-1"));

    // In both ways, around a third, and with itself.
    open(&house, ada, "t-3", day(4));
    let merge = |a: &str, b: &str| rejected(house.merge_tickets(a, b, &BTreeMap::new(), day(5)));
    assert_eq!(merge("t-1", "t-2"), [(Why::Invalid, "into".into())]);
    assert_eq!(merge("t-1", "t-1"), [(Why::Invalid, "into".into())]);
    assert_eq!(merge("t-2", "t-3"), [(Why::Exists, "id".into())]);
    assert_eq!(merge("t-9", "t-3"), [(Why::NotFound, "id".into())]);
    house.retract("ticket t-3 2026-03-04T09:00:00.000000Z", day(5)).expect("taken back");

    house.unmerge_ticket("t-2", day(5)).expect("taken back");
    assert_eq!(house.digest().expect("a digest"), before);
    house.merge_tickets("t-2", "t-1", &BTreeMap::new(), day(6)).expect("merged again");
    house.ticket("t-2", &hears("t-2-2"), day(7)).expect("heard");
    house.ticket("t-2", &TicketCommand::assign("ben"), day(7)).expect("assigned");
    house.ticket("t-1", &reply("t-1-2"), day(8)).expect("answered");
    assert_eq!(ticket("t-2").conversation.len(), 4);
    house.unmerge_ticket("t-2", day(9)).expect("taken back");
    let (one, two) = (ticket("t-1"), ticket("t-2"));
    assert_eq!((one.conversation.len(), two.conversation.len()), (2, 2));
    assert_eq!((one.assignee.as_deref(), two.assignee.as_deref()), (Some("ben"), None));
    assert_eq!((one.unanswered_since, two.unanswered_since), (None, Some(day(3))));
    assert_eq!((one.priority.as_str(), two.priority.as_str()), ("normal", "urgent"));
    assert_eq!(rejected(house.unmerge_ticket("t-2", day(9))), [(Why::NotFound, "id".into())]);
    let known = house.known_at(day(8)).expect("views").ticket("t-2").expect("read").expect("there");
    assert_eq!(known.conversation.len(), 4);
}

#[test]
fn a_split_is_taken_back_as_long_as_nothing_was_done() {
    let (house, ada) = house();
    open(&house, ada, "t-1", day(2));
    house.ticket("t-1", &hears("t-1-2"), day(3)).expect("heard");
    let before = house.digest().expect("a digest");
    let moved: BTreeSet<String> = ["t-1-2".to_owned()].into();
    let opening = TicketOpening::about("another matter");
    house.split_ticket("t-1", "t-2", &moved, &opening, day(4)).expect("split");
    let views = house.views().expect("views");
    let tickets = views.tickets().expect("read");
    assert_eq!((tickets["t-1"].conversation.len(), tickets["t-2"].conversation.len()), (1, 1));
    assert_eq!(tickets["t-2"].team.as_deref(), Some("one"));
    house.unsplit_ticket("t-2", day(5)).expect("taken back");
    assert_eq!(house.digest().expect("a digest"), before);
    house.split_ticket("t-1", "t-2", &moved, &opening, day(6)).expect("split");
    house.ticket("t-2", &reply("t-2-1"), day(7)).expect("answered");
    assert_eq!(rejected(house.unsplit_ticket("t-2", day(8))), [(Why::NotAllowed, "id".into())]);
    house.merge_tickets("t-2", "t-1", &BTreeMap::new(), day(8)).expect("merged");
    let ticket = house.views().expect("views").ticket("t-1").expect("read").expect("there");
    assert_eq!(ticket.conversation.len(), 3);
}

#[test]
fn a_macro_is_all_or_none_and_a_desk_follows() {
    let (house, ada) = house();
    let refund: Macro = serde_json::from_str(
        r#"{"commands": [{"reply": {}}, {"tag": ["refund"]}, {"move": {"to": "open"}}, {"move": {"to": "pending"}}]}"#,
    )
    .expect("a macro");
    house.adopt(refund.configuration("refund").expect("JSON"), day(1)).expect("adopted");
    let solve: Macro =
        serde_json::from_str(r#"{"commands": [{"reply": {}}, {"move": {"to": "solved"}}]}"#).expect("one");
    house.adopt(solve.configuration("solve").expect("JSON"), day(1)).expect("adopted");
    let no = house.adopt(Macro::default().configuration("empty").expect("JSON"), day(1)).unwrap_err();
    assert_eq!(no.to_string(), "macro `empty`: a macro does something: give it commands");

    let mut desk = Desk::new(&house).expect("a desk");
    open(&house, ada, "t-1", day(2));
    open(&house, ada, "t-2", day(2));
    assert_eq!(desk.refresh(&house).expect("read"), 2);
    let before = house.digest().expect("a digest");
    assert_eq!(rejected(house.apply_macro("t-1", "solve", "ben", "m-1", day(3))), [(Why::Missing, "assignee".into())]);
    assert_eq!(rejected(house.apply_macro("t-1", "sovle", "ben", "m-1", day(3))), [(Why::NotFound, "macro".into())]);
    assert_eq!(house.digest().expect("a digest"), before);
    house.apply_macro("t-1", "refund", "ben", "m-1", day(3)).expect("applied");
    let ticket = house.views().expect("views").ticket("t-1").expect("read").expect("there");
    assert_eq!((ticket.is, ticket.tags.len()), (StatusKind::Pending, 1));
    assert_eq!(desk.refresh(&house).expect("read"), 1);
    let view = desk.inbox().view(&InboxAsked { team: Some("one".into()), users: BTreeSet::new() }, day(3));
    assert_eq!((view.waiting.len(), view.unanswered.len()), (1, 1));
    house.retract("ticket t-1 2026-03-03T09:00:00.000000Z", day(4)).expect("taken back");
    desk.refresh(&house).expect("read");
    house.merge_tickets("t-1", "t-2", &BTreeMap::new(), day(5)).expect("merged");
    assert_eq!(desk.refresh(&house).expect("read"), 2);
    assert_eq!(
        desk.inbox().view(&InboxAsked::default(), day(5)),
        house.views().expect("views").inbox(&InboxAsked::default(), day(5)).expect("read")
    );
    assert_eq!(desk.inbox().len(), 1);
}

/// Law 3, and the most restrictive of two choices. Mutation: a grant that is later than a refusal holds after a merge.
#[test]
fn organisations_are_merged_with_choices_and_apart_again() {
    let (house, _) = house();
    let said = |choice| {
        Body::Consent(Consent {
            purpose: "marketing".into(),
            channel: None,
            choice,
            basis: None,
            proof: None,
            expires_at: None,
            collected_by: None,
        })
    };
    for (n, name, city, choice, on) in [
        ("a", "Analytical Engines", "London", Choice::Denied, 2),
        ("b", "Spheres Limited", "Paris", Choice::Granted, 3),
    ] {
        let key = RecordKey::organisation(n);
        let set = Body::set([("company", name), ("city", city)]);
        let drafts = [Draft::new("crm", set), Draft::new("crm", said(choice)).occurred_at(day(on))];
        house.accept(n, day(on), drafts.map(|draft| draft.key(key.clone()))).expect("accepted");
    }
    for n in 0..40 {
        let other = Body::set([("company", format!("Company{n} Else{n}")), ("city", format!("Town{n}"))]);
        house
            .accept("more", day(3), [Draft::new("crm", other).key(RecordKey::organisation(format!("m{n}")))])
            .expect("accepted");
    }
    house.relink(&mut Silent).expect("linked");
    let id = |key: &str| onefold::RecordId::of(&"crm".into(), &RecordKey::organisation(key));
    open(&house, house.customer(id("b")).expect("read").expect("there").id(), "t-1", day(4));
    let count = house.customers().expect("read").len();
    let before = house.digest().expect("a digest");
    let choices = BTreeMap::from([("city".into(), Keep::Other)]);
    let accepted = house.merge_customers(id("a"), id("b"), &choices, day(5)).expect("merged");
    assert!(accepted.facts.len() >= 3);
    let profile = house.customer(id("a")).expect("read").expect("there");
    assert_eq!(house.customers().expect("read").len(), count - 1);
    assert_eq!(profile.id(), house.customer(id("b")).expect("read").expect("there").id());
    assert_eq!(profile.value("city"), Some(&Value::from("Paris")));
    assert_eq!(profile.value("company"), Some(&Value::from("Analytical Engines")));
    assert_eq!(profile.consent_state("marketing", None, day(6)), ConsentState::Denied);
    // Its tickets came along.
    assert!(profile.timeline().iter().any(|event| event.name() == "ticket opened"));
    assert_eq!(rejected(house.merge_customers(id("a"), id("b"), &choices, day(6))), [(Why::Invalid, "other".into())]);
    let person = onefold::RecordId::of(&"crm".into(), &RecordKey::person("17"));
    assert_eq!(rejected(house.merge_customers(id("a"), person, &choices, day(6))), [(Why::Invalid, "other".into())]);

    house.retract(format!("merge {} {} 2026-03-05T09:00:00.000000Z", id("a"), id("b")), day(7)).expect("taken back");
    assert_eq!(house.digest().expect("a digest"), before);
    assert_eq!(house.customers().expect("read").len(), count);
}

#[test]
fn tasks_are_about_customers_their_work_or_nobody() {
    let (house, ada) = house();
    open(&house, ada, "t-1", day(2));
    let due = Some(Due::On("2026-03-03".parse().expect("a day")));
    let about = TaskOpening {
        due,
        owner: Some("ana".into()),
        about: Some(("ticket".into(), "t-1".into())),
        ..TaskOpening::to("call them back")
    };
    house.open_task("1", None, &about, BERLIN, day(2)).expect("opened");
    let weekly: Recurrence = "DTSTART:20260302T083000\nRRULE:FREQ=WEEKLY".parse().expect("a rule");
    let report = TaskOpening { recurrence: Some(weekly), owner: Some("ana".into()), ..TaskOpening::to("report") };
    house.open_task("2", None, &report, BERLIN, day(1)).expect("opened");
    house.task("1", &TaskCommand::Need("2".into()), BERLIN, day(2)).expect("done");
    assert_eq!(
        rejected(house.task("2", &TaskCommand::Need("1".into()), BERLIN, day(2))),
        [(Why::Invalid, "needs".into())]
    );
    let gone = TaskOpening { about: Some(("ticket".into(), "t-9".into())), ..about.clone() };
    assert_eq!(rejected(house.open_task("3", None, &gone, BERLIN, day(2))), [(Why::NotFound, "id".into())]);

    let tasks = house.views().expect("views").tasks().expect("read");
    let doing = today("ana", &tasks, day(3), BERLIN);
    assert_eq!(doing.iter().map(|doing| doing.id).collect::<Vec<_>>(), ["2", "1"]);
    assert!(matches!(doing[0].because[..], [Because::Overdue(_), Because::NeededBy("1")]));
    let done = TaskCommand::Complete { by: "ana".into() };
    assert_eq!(rejected(house.task("1", &done, BERLIN, day(3))), [(Why::NotAllowed, "needs".into())]);
    house.task("1", &TaskCommand::Unneed("2".into()), BERLIN, day(3)).expect("done");
    let before = house.digest().expect("a digest");
    house.task("1", &done, BERLIN, day(4)).expect("done");
    let timeline = house.customer(ada).expect("read").expect("there");
    assert!(timeline.timeline().iter().any(|event| event.name() == "task completed"));
    house.retract("task 1 2026-03-04T09:00:00.000000Z", day(5)).expect("taken back");
    assert_eq!(house.digest().expect("a digest"), before);
    assert_eq!(house.customers().expect("read").len(), 1);
}
