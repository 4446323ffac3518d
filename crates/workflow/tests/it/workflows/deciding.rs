//! What starts, ends and moves on.

use onefold_fact::{Choice, Value};
use onefold_workflow::{Cause, NotStarted, Outcome, Runs, Sending, Signal, Stimulus};

use super::support::{about, at, consent, customer, drive, event, lines, nothing, says, workflows};

const CART: &str = r#"
    name = "cart"
    again = true
    goal = { event = "order" }
    suppress = 'staff = true'

    [[trigger]]
    event = "cart"
    where = "total > 20"

    [[step]]
    name = "time"
    wait = "60m"

    [[step]]
    name = "remind"
    send = { template = "cart", channel = "email", purpose = "marketing" }
"#;

#[test]
fn a_message_is_sent_after_a_wait_and_the_run_ends() {
    let ada = customer([consent("marketing", Choice::Granted, -10), event("cart", 5)]);
    let (log, _) = drive(&workflows(&[CART], Sending::default()), &ada, at(1000), &[]);
    assert_eq!(
        lines(&log),
        [
            "5 enrolled cart 0",
            "5 time waits: time",
            "65 time: the time has come",
            "65 remind 1: send",
            "65 Completed: all steps are done"
        ]
    );
}

#[test]
fn a_goal_ends_a_run_and_a_second_cart_starts_none_while_it_runs() {
    let ada =
        customer([consent("marketing", Choice::Granted, -10), event("cart", 5), event("cart", 6), event("order", 7)]);
    let (log, passed) = drive(&workflows(&[CART], Sending::default()), &ada, at(1000), &[]);
    assert_eq!(lines(&log), ["5 enrolled cart 0", "5 time waits: time", "7 Goal: the goal is reached"]);
    assert_eq!(passed.iter().map(|over| over.why).collect::<Vec<_>>(), [NotStarted::Running]);
}

#[test]
fn consent_is_asked_at_the_moment_of_sending() {
    let ada = customer([
        consent("marketing", Choice::Granted, -10),
        event("cart", 5),
        consent("marketing", Choice::Withdrawn, 30),
    ]);
    let (log, _) = drive(&workflows(&[CART], Sending::default()), &ada, at(1000), &[]);
    assert_eq!(lines(&log)[3], "65 remind: consent to `marketing` by `email` is withdrawn");
    assert!(matches!(log[3].outcome, Outcome::Passed { skipped: true, .. }));
}

#[test]
fn who_is_suppressed_is_not_enrolled() {
    let ada = customer([says([("staff", Value::from(true))]), event("cart", 5)]);
    let (log, passed) = drive(&workflows(&[CART], Sending::default()), &ada, at(1000), &[]);
    assert!(log.is_empty());
    assert_eq!(passed[0].why, NotStarted::Suppressed);
}

fn with_concurrency(mode: &str) -> String {
    CART.replace("goal = { event = \"order\" }", &format!("concurrency = \"{mode}\""))
}

#[test]
fn runs_beside_after_and_instead_of_one_another() {
    let ada = customer([consent("marketing", Choice::Granted, -10), event("cart", 5), event("cart", 6)]);
    let of =
        |mode: &str| lines(&drive(&workflows(&[&with_concurrency(mode)], Sending::default()), &ada, at(1000), &[]).0);
    assert_eq!(of("parallel").iter().filter(|line| line.contains("send")).count(), 2);
    let restarted = of("restart");
    assert_eq!(restarted[2], "6 Restarted: it was started again");
    assert_eq!(restarted.iter().filter(|line| line.contains("send")).collect::<Vec<_>>(), ["66 remind 1: send"]);
    let queued = of("queued");
    assert_eq!(queued[2], "6 queued cart 1");
    assert!(
        queued.contains(&"65 started".to_owned()) && queued.contains(&"125 remind 1: send".to_owned()),
        "{queued:?}"
    );
}

#[test]
fn what_a_workflow_caused_does_not_start_it() {
    let ada = customer([event("cart", 5)]);
    let workflows = workflows(&[CART], Sending::default());
    let (at, props) = (at(5), onefold_fact::Properties::from([("total".to_owned(), Some(Value::from(40)))]));
    let what = Stimulus::Event { name: "cart", properties: &props, occurred_at: at };
    let cause = [Cause { run: uuid::Uuid::nil(), workflow: "cart".into() }];
    let looped = workflows.decide(&Runs::default(), &ada, &Signal { at, key: "x", what, causes: &cause });
    assert!(looped.decided.is_empty());
    assert_eq!(looped.passed_over[0].why, NotStarted::Loop);
    let other = [Cause { run: uuid::Uuid::nil(), workflow: "another".into() }];
    let started = workflows.decide(&Runs::default(), &ada, &Signal { at, key: "x", what, causes: &other });
    assert!(matches!(&started.decided[0].outcome, Outcome::Enrolled { causes, .. } if causes == &other));
    // An event without what `where` asks for is none.
    let nothing = nothing();
    let what = Stimulus::Event { name: "cart", properties: &nothing, occurred_at: at };
    assert!(workflows.decide(&Runs::default(), &ada, &Signal { at, key: "x", what, causes: &[] }).decided.is_empty());
}

const ESCALATE: &str = r#"
    name = "escalate"
    again = true
    about = "ticket"

    [[trigger]]
    event = "opened"

    [[step]]
    name = "answer"
    wait = { event = "answered", within = "4h", timeout = "tell" }
    next = "end"

    [[step]]
    name = "tell"
    notify = { who = "lead", text = "nobody answered" }

    [[step]]
    name = "second"
    wait = { event = "answered", within = "4h" }
"#;

#[test]
fn runs_about_different_things_are_apart_and_an_unresolved_wait_ends() {
    let ada = customer([about("opened", "1", 0), about("opened", "2", 10), about("answered", "2", 60)]);
    let (log, _) = drive(&workflows(&[ESCALATE], Sending::default()), &ada, at(10_000), &[]);
    assert_eq!(
        lines(&log)[4..],
        [
            "60 answer: `answered` happened",
            "60 Completed: all steps are done",
            "240 answer: what was waited for did not come in time",
            "240 tell 1: notify",
            "240 second waits: `answered`",
            "480 TimedOut: what step `second` waited for did not come in time",
        ]
    );
}

#[test]
fn a_birthday_comes_each_year_and_a_day_off_the_contract_once() {
    let text = r#"
        name = "birthday"
        again = true
        [[trigger]]
        date = "birth_date"
        yearly = true
        at = "09:00"
        [[trigger]]
        date = "renews_on"
        before = "30d"
        [[step]]
        name = "congratulate"
        task = { title = "write a card" }
    "#;
    let day = |text: &str| Value::Date(text.parse().expect("a day"));
    let zone = ("time_zone", Value::from("America/New_York"));
    let ada = customer([says([("birth_date", day("1990-05-04")), ("renews_on", day("2026-08-30")), zone])]);
    let until = "2028-01-01T00:00:00Z".parse().expect("a time");
    let (log, _) = drive(&workflows(&[text], Sending::default()), &ada, until, &[]);
    let days: Vec<String> = log
        .iter()
        .filter(|decided| matches!(decided.outcome, Outcome::Enrolled { .. }))
        .map(|decided| decided.at.to_rfc3339())
        .collect();
    assert_eq!(days, ["2026-05-04T13:00:00+00:00", "2026-07-31T04:00:00+00:00", "2027-05-04T13:00:00+00:00"]);
}

#[test]
fn a_split_holds_out_as_many_as_it_says_and_always_the_same() {
    let text = r#"
        name = "test"
        again = true
        [[trigger]]
        event = "cart"
        [[step]]
        name = "draw"
        split = [{ share = 40, next = "a" }, { share = 40, next = "b" }]
        hold_out = 20
        [[step]]
        name = "a"
        list = "a"
        next = "end"
        [[step]]
        name = "b"
        list = "b"
    "#;
    let ada = customer((0..1000).map(|minute| event("cart", minute)));
    let workflows = workflows(&[text], Sending::default());
    let (log, _) = drive(&workflows, &ada, at(2000), &[]);
    let of = |what: &str| lines(&log).iter().filter(|line| line.contains(what)).count();
    let (a, b, held) = (of("a 1: list"), of("b 1: list"), of("HeldOut"));
    assert_eq!(a + b + held, 1000);
    assert!((350..450).contains(&a) && (350..450).contains(&b) && (150..250).contains(&held), "{a} {b} {held}");
    assert_eq!(drive(&workflows, &ada, at(2000), &[]).0, log);
}
