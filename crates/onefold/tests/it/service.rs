//! Service levels, templates, placements and delivery through the house.

use std::collections::BTreeMap;

use onefold::fact::{Name, ObjectEvent};
use onefold::workflow::{
    Backoff, ClockState, DeliveryCommand, DeliveryState, Email, EscalationLevel, Message, Metric, Payload, Placement,
    Receipt, SendError, Sender, SlaSpec, Template, document,
};
use onefold::worktime::CalendarSpec;
use onefold::{
    Body, CustomerId, Draft, Onefold, OnefoldError, Options, RecordKey, Senders, Timestamp, Value, WorkError,
    backoff_configuration, calendar_configuration,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

const LEVELS: &str = r#"
calendar = "support"
[[policies]]
name = "pro"
when = 'team = "pro"'
warn = ["50%"]
targets.default = { first_reply = "1h" }
[[policies]]
name = "all"
warn = ["25%"]
targets.urgent = { first_reply = "2h" }
targets.default = { first_reply = "8h", total_resolution = "40h" }
"#;

/// A house with service levels and a customer.
fn house() -> (Onefold, CustomerId) {
    let now = at("2026-03-01T09:00:00Z");
    let house = Onefold::in_memory(Options::default());
    let levels: SlaSpec = document::read("levels.toml", LEVELS).expect("levels");
    house.adopt(levels.configuration().expect("JSON"), now).expect("adopted");
    let support =
        CalendarSpec::from_toml("zone = 'Europe/Berlin'\nhours.monday-friday = '09:00-17:00'").expect("hours");
    house.adopt(calendar_configuration("support", &support), now).expect("adopted");
    let set = Body::set([("given_name", "Ada"), ("email", "ada@x.example"), ("plan", "free")]);
    house.accept("crm", now, [Draft::new("crm", set).key(RecordKey::person("17"))]).expect("accepted");
    let ada = house.customers().expect("customers")[0];
    (house, ada)
}

fn ticket(house: &Onefold, id: &str, event: &str, data: &[(&str, &str)], when: Timestamp) {
    let data = data.iter().map(|(name, value)| (Name::from(*name), Some(Value::from(*value)))).collect();
    let object = ObjectEvent { kind: "ticket".into(), id: id.into(), event: event.into(), data };
    let draft = Draft::new("desk", Body::Object(object)).key(RecordKey::person("17")).occurred_at(when);
    house.accept("desk", when, [draft]).expect("accepted");
}

#[test]
fn the_clocks_of_a_ticket_follow_from_its_facts() {
    let (house, _) = house();
    let monday = at("2026-03-02T14:00:00Z"); // 15:00 in Berlin
    ticket(
        &house,
        "t-1",
        "opened",
        &[("subject", "Help"), ("status", "new"), ("is", "open"), ("priority", "normal")],
        monday,
    );
    ticket(
        &house,
        "t-2",
        "opened",
        &[("subject", "Fire"), ("status", "new"), ("is", "open"), ("priority", "urgent")],
        monday,
    );
    let views = house.views().expect("views");
    let clocks = |id: &str, when| views.clocks(id, when).expect("read").expect("a ticket");
    let first = &clocks("t-1", at("2026-03-03T08:00:00Z"))[0];
    assert_eq!((first.metric, first.policy.as_str()), (Metric::FirstReply, "all"));
    assert_eq!(first.due_at, Some(at("2026-03-03T14:00:00Z")));
    assert_eq!(first.elapsed.num_minutes(), 120);
    let urgent = views.in_danger(at("2026-03-02T16:00:00Z")).expect("read");
    let said: Vec<_> = urgent.iter().map(|(id, clock)| (id.as_str(), clock.metric, clock.state)).collect();
    assert_eq!(said, [("t-2", Metric::FirstReply, ClockState::Breached)]);
    let escalations = views.escalations("t-2", monday, at("2026-03-02T15:45:00Z")).expect("read").expect("a ticket");
    assert_eq!(
        escalations.iter().map(|it| (it.at, it.level)).collect::<Vec<_>>(),
        [(at("2026-03-02T15:30:00Z"), EscalationLevel::Warned(0))]
    );

    // Another team has another policy, from then on; and the past is still what it was.
    ticket(&house, "t-1", "given", &[("team", "pro")], at("2026-03-02T14:30:00Z"));
    let views = house.views().expect("views");
    let clock = |when| views.clocks("t-1", when).expect("read").expect("a ticket").remove(0);
    assert_eq!(clock(at("2026-03-02T14:45:00Z")).due_at, Some(at("2026-03-02T15:00:00Z")));
    assert_eq!(clock(at("2026-03-02T14:15:00Z")).policy, "all");
    ticket(&house, "t-1", "public_reply", &[("by", "ben"), ("interaction", "i-1")], at("2026-03-02T14:50:00Z"));
    let views = house.views().expect("views");
    let clock = views.clocks("t-1", at("2026-03-05T00:00:00Z")).expect("read").expect("a ticket").remove(0);
    assert_eq!((clock.state, clock.elapsed.num_minutes()), (ClockState::Met, 50));
    assert!(views.clocks("t-9", monday).expect("read").is_none());
}

#[test]
fn what_makes_no_sense_is_not_adopted() {
    let (house, _) = house();
    let now = at("2026-03-01T10:00:00Z");
    let template = Template { body: "{{ customer.".into(), ..Template::default() };
    let refused = house.adopt(template.configuration("welcome").expect("JSON"), now);
    assert!(matches!(refused, Err(OnefoldError::Problems(_))), "{refused:?}");
    let levels =
        SlaSpec { calendar: Some("elsewhere".into()), ..house.views().expect("views").service_levels().clone() };
    house.adopt(levels.configuration().expect("JSON"), now).expect("calendars may come later");
    let missing = house.views().expect("views").sla().expect_err("no such calendar").to_string();
    assert!(missing.contains("there is no calendar `elsewhere`"), "{missing}");
}

#[test]
fn texts_and_choices_are_of_the_customer() {
    let (house, ada) = house();
    let now = at("2026-03-02T09:00:00Z");
    let template = Template {
        subject: "Hello {{ customer.given_name }}".into(),
        body: "Your plan is {{ customer.plan }}; yours, {{ agent }}".into(),
        ..Template::default()
    };
    house.adopt(template.configuration("plan").expect("JSON"), now).expect("adopted");
    let text = "name = 'banner'\n[[candidates]]\nname = 'upgrade'\nwhen = 'plan = \"free\"'\ncap = { most = 1, within = '7d' }\n";
    let placement: Placement = document::read("banner.toml", text).expect("readable");
    house.adopt(placement.configuration().expect("JSON"), now).expect("adopted");
    let views = house.views().expect("views");
    let beside = BTreeMap::from([("agent".to_owned(), Value::from("Ben"))]);
    let filled = views.fill("plan", ada, &beside).expect("filled");
    assert_eq!((filled.subject.as_str(), filled.body.as_str()), ("Hello Ada", "Your plan is free; yours, Ben"));
    let missing = views.fill("plann", ada, &beside).expect_err("no such template").to_string();
    assert_eq!(missing, "there is no template `plann`; there are `plan`");
    let choice = views.choose("banner", ada, now).expect("a choice");
    assert_eq!(choice.chosen, Some(0));
    let shown = placement.exposure(&choice).expect("something was shown");
    house
        .accept("web", now, [Draft::new("crm", shown).key(RecordKey::person("17")).occurred_at(now)])
        .expect("accepted");
    assert_eq!(house.views().expect("views").choose("banner", ada, now).expect("a choice").chosen, None);
}

/// Sends what it is told to, and counts.
struct Scripted<'a>(&'a mut Vec<String>, Vec<Result<(), SendError>>);

impl Sender for Scripted<'_> {
    fn send(&mut self, message: &Message, _: Timestamp) -> Result<Receipt, SendError> {
        self.0.push(message.key.clone());
        if self.1.is_empty() { Ok(Receipt("250 ok".into())) } else { self.1.remove(0).map(|()| Receipt::default()) }
    }
}

#[test]
fn messages_are_tried_until_they_arrive() {
    let (house, ada) = house();
    let now = at("2026-03-02T09:00:00Z");
    let backoff = Backoff { attempts: 3, ..Backoff::default() };
    house.adopt(backoff_configuration(&backoff).expect("JSON"), now).expect("adopted");
    let mail = Email { to: "ada@x.example".into(), subject: "Hello".into(), ..Email::default() };
    let message = Message::new("hello-17", "email", mail);
    assert_eq!(house.queue(ada, &message, None, now).expect("queued").facts.len(), 1);
    assert_eq!(house.queue(ada, &message, None, now).expect("queued already").facts.len(), 0);
    let other = Message { channel: "sms".into(), ..message.clone() };
    assert!(matches!(house.queue(ada, &other, None, now), Err(WorkError::Rejected(_))));

    let mut sent = Vec::new();
    let busy = || Err(SendError::Temporary("mailbox is busy".into()));
    let mut senders: Senders<'_> = BTreeMap::new();
    assert_eq!(house.deliver(&mut senders, now).expect("a round").unsent, [("hello-17".into(), "email".into())]);
    senders.insert("email".into(), Box::new(Scripted(&mut sent, vec![busy(), busy()])));
    let round = house.deliver(&mut senders, now).expect("a round");
    assert_eq!(round.failed, [("hello-17".to_owned(), "mailbox is busy".to_owned())]);
    let next = house.views().expect("views").next_delivery_at().expect("read").expect("a time");
    assert!(next >= now + chrono::TimeDelta::seconds(60) && next <= now + chrono::TimeDelta::seconds(76));
    assert_eq!(house.deliver(&mut senders, now).expect("a round"), Default::default(), "not before its time");
    assert_eq!(house.deliver(&mut senders, next).expect("a round").failed.len(), 1);
    let last = next + chrono::TimeDelta::hours(1);
    assert_eq!(house.deliver(&mut senders, last).expect("a round").delivered, ["hello-17"]);
    assert_eq!(house.deliver(&mut senders, last).expect("a round"), Default::default());
    drop(senders);
    assert_eq!(sent, ["hello-17"; 3]);
    let timeline = house.customer(ada).expect("read").expect("ada");
    let names: Vec<&str> = timeline.timeline().iter().map(onefold::profile::Event::name).collect();
    assert_eq!(names[0], "message queued");
    assert_eq!(names.last(), Some(&"message delivered"));
}

/// A crash after each step that is written: whoever opens the file again goes on where it stopped.
#[test]
fn a_crash_between_attempt_and_answer_sends_again_under_the_same_key() {
    let (house, ada) = house();
    let now = at("2026-03-02T09:00:00Z");
    let body = Payload::Webhook { url: "http://x.example".into(), body: "{\"rate\": 0.1}".into() };
    house.queue(ada, &Message::new("w-1", "webhook", body), None, now).expect("queued");
    // Somebody took it, and is heard of no more.
    house.message("w-1", &DeliveryCommand::Attempt, now).expect("an attempt");
    let mut sent = Vec::new();
    let mut senders: Senders<'_> = BTreeMap::new();
    senders.insert("webhook".into(), Box::new(Scripted(&mut sent, vec![])));
    assert_eq!(
        house.deliver(&mut senders, now + chrono::TimeDelta::seconds(299)).expect("a round"),
        Default::default()
    );
    assert_eq!(house.deliver(&mut senders, now + chrono::TimeDelta::seconds(301)).expect("a round").delivered, ["w-1"]);
    drop(senders);
    let delivery = house.views().expect("views").delivery("w-1").expect("read").expect("a message");
    assert_eq!((delivery.attempts, sent), (2, vec!["w-1".to_owned()]));
    assert!(matches!(delivery.state, DeliveryState::Delivered { .. }));
    let Some(Payload::Webhook { body, .. }) = delivery.message.map(|message| message.payload) else {
        panic!("a webhook")
    };
    assert_eq!(body, "{\"rate\": 0.1}", "to the letter");
    house.erase(ada, now + chrono::TimeDelta::days(1)).expect("erased");
    assert!(house.views().expect("views").delivery("w-1").expect("read").is_none(), "it goes with the customer");
}

/// A service level starts a workflow at the moment at which it is in danger, whether that is asked often or once, and an
/// answer in time starts nothing. Catches: clocks folded over what had not happened yet; warnings that come twice.
#[test]
fn a_service_level_in_danger_starts_a_workflow() {
    let escalate = r#"
        name = "escalate"
        again = true
        about = "ticket"
        trigger = [{ danger = "first_reply" }]
        step = [{ name = "lead", assign = "lead" }]
    "#;
    let monday = at("2026-03-02T09:00:00Z"); // 10:00 in Berlin
    let minutes = chrono::TimeDelta::minutes;
    let mut told = Vec::new();
    for every in [10, 6000] {
        let (house, _) = house();
        let flow: onefold::crm::Flow = serde_json::from_str(
            r#"{"statuses": [{"name": "new", "is": "open"}, {"name": "solved", "is": "solved"}]}"#,
        )
        .expect("a flow");
        house.adopt(flow.configuration("support").expect("JSON"), at("2026-03-01T10:00:00Z")).expect("adopted");
        let workflow = onefold::workflow::Workflow::from_toml(escalate).expect("a workflow");
        house.adopt(&workflow, at("2026-03-01T10:00:00Z")).expect("adopted");
        let ada = house.customers().expect("customers")[0];
        let opening = |priority: &str| onefold::crm::TicketOpening {
            priority: Some(priority.to_owned()),
            ..onefold::crm::TicketOpening::about("it hums")
        };
        for minute in 0..=6000 {
            let now = monday + minutes(minute);
            match minute {
                // Due after eight hours, on Tuesday: a quarter is left after six.
                0 => drop(house.open_ticket("t-1", ada, "support", &opening("normal"), now).expect("opened")),
                5 => drop(house.open_ticket("t-2", ada, "support", &opening("urgent"), now).expect("opened")),
                // In time.
                60 => {
                    let reply = onefold::crm::TicketCommand::Reply(onefold::crm::Words::new("ben", "m-1"));
                    house.ticket("t-2", &reply, now).expect("answered");
                }
                _ => {}
            }
            if minute % every == 0 {
                house.run_workflows(now).expect("driven");
            }
        }
        let records = house.views().expect("views").workflow_runs(None).expect("runs");
        let runs: Vec<_> = records.iter().filter_map(|record| record.outcomes.first()).cloned().collect();
        assert_eq!(
            house.views().expect("views").ticket("t-1").expect("read").expect("there").assignee.as_deref(),
            Some("lead")
        );
        told.push(runs);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].len(), 1, "{:#?}", told[0]);
    assert_eq!(told[0][0].0, at("2026-03-02T15:00:00Z"));
}
