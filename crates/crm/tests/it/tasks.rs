//! Tasks: what may be done to them, when they are due again, and what is to be done today.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use onefold_crm::{
    Aggregate, Because, Due, Recurrence, Reminder, Task, TaskCommand, TaskOpening, TaskOutcome, TaskStatus,
    TaskSurroundings, Why, decide_task, today,
};
use onefold_fact::Timestamp;
use proptest::prelude::*;

use crate::support::{at, day, facts, folded};

const BERLIN: Tz = Tz::Europe__Berlin;

fn run(tasks: &mut BTreeMap<String, Task>, id: &str, command: &TaskCommand, at: Timestamp) -> Vec<TaskOutcome> {
    let others = |id: &str| tasks.get(id).cloned();
    let around = TaskSurroundings { id, zone: BERLIN, others: &others };
    let outcomes = decide_task(&others(id).unwrap_or_default(), command, &around, at).expect("it may be done");
    let task = tasks.entry(id.to_owned()).or_default();
    outcomes.iter().for_each(|outcome| task.apply(at, outcome));
    outcomes
}

fn refused(tasks: &BTreeMap<String, Task>, id: &str, command: TaskCommand) -> Vec<(Why, String)> {
    let others = |id: &str| tasks.get(id).cloned();
    let around = TaskSurroundings { id, zone: BERLIN, others: &others };
    let no = decide_task(&others(id).unwrap_or_default(), &command, &around, day(9)).expect_err("it may not be done");
    no.problems().iter().map(|problem| (problem.why, problem.field.clone())).collect()
}

fn open(title: &str, user: &str, due: Option<Due>) -> TaskCommand {
    TaskCommand::Open(TaskOpening { due, owner: Some(user.into()), ..TaskOpening::to(title) })
}

fn on(text: &str) -> Option<Due> {
    Some(Due::On(text.parse().expect("a day")))
}

fn done(by: &str) -> TaskCommand {
    TaskCommand::Complete { by: by.into() }
}

#[test]
fn a_task_is_done_after_its_parts_and_what_it_needs() {
    let mut tasks = BTreeMap::new();
    run(&mut tasks, "offer", &open("send the offer", "ana", on("2026-03-10")), day(2));
    run(&mut tasks, "price", &open("ask for the price", "ana", None), day(2));
    run(&mut tasks, "offer", &TaskCommand::Need("price".into()), day(2));
    run(&mut tasks, "offer", &TaskCommand::SetItem("1".into(), "attach the terms".into()), day(2));
    assert_eq!(
        refused(&tasks, "offer", done("ana")),
        [(Why::NotAllowed, "needs".into()), (Why::NotAllowed, "checklist".into())]
    );
    run(&mut tasks, "price", &TaskCommand::Delegate { by: "ana".into(), to: "ben".into() }, day(3));
    run(&mut tasks, "price", &done("ben"), day(4));
    run(&mut tasks, "offer", &TaskCommand::Check("1".into(), true), day(4));
    run(&mut tasks, "offer", &done("ana"), day(5));
    assert_eq!((tasks["offer"].status, tasks["offer"].completions.len()), (TaskStatus::Done, 1));
    assert_eq!(tasks["price"].delegations[0].to, "ben");
    assert_eq!(refused(&tasks, "offer", done("ana")), [(Why::Closed, "status".into())]);
    run(&mut tasks, "offer", &TaskCommand::Reopen, day(6));
    run(&mut tasks, "offer", &TaskCommand::Cancel { reason: "they bought elsewhere".into() }, day(6));
    assert_eq!(tasks["offer"].status, TaskStatus::Cancelled);
}

#[test]
fn what_cannot_be_is_refused_with_the_field() {
    let mut tasks = BTreeMap::new();
    for id in ["a", "b", "c"] {
        run(&mut tasks, id, &open(id, "ana", None), day(1));
    }
    run(&mut tasks, "a", &TaskCommand::Need("b".into()), day(1));
    run(&mut tasks, "b", &TaskCommand::Need("c".into()), day(1));
    let one = |command| refused(&tasks, "c", command).remove(0);
    assert_eq!(one(TaskCommand::Need("c".into())), (Why::Invalid, "needs".into()));
    assert_eq!(one(TaskCommand::Need("x".into())), (Why::NotFound, "needs".into()));
    assert_eq!(one(TaskCommand::Check("1".into(), true)), (Why::NotFound, "item".into()));
    assert_eq!(one(TaskCommand::Remind(Reminder::MinutesBefore(5))), (Why::Missing, "due".into()));
    assert_eq!(one(TaskCommand::Delegate { by: "zoe".into(), to: "ben".into() }), (Why::NotAllowed, "by".into()));
    assert_eq!(one(TaskCommand::Cancel { reason: " ".into() }), (Why::Missing, "reason".into()));
    assert_eq!(one(TaskCommand::Reopen), (Why::Exists, "status".into()));
    assert_eq!(refused(&tasks, "z", done("ana")), [(Why::NotFound, "id".into())]);
    let others = |id: &str| tasks.get(id).cloned();
    let around = TaskSurroundings { id: "c", zone: BERLIN, others: &others };
    let no = decide_task(&tasks["c"], &TaskCommand::Need("a".into()), &around, day(2)).unwrap_err();
    let text =
        "`c` would wait for itself: it needs `a`, which needs `b`, which needs `c` (take one of these away first)";
    assert_eq!(no.to_string(), text);
    let never: Recurrence =
        "DTSTART:20260101T090000\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31".parse().expect("a rule");
    let opening = TaskOpening { recurrence: Some(never), ..TaskOpening::to("wait") };
    assert_eq!(refused(&tasks, "z", TaskCommand::Open(opening)), [(Why::Invalid, "recurrence".into())]);
}

#[test]
fn a_recurring_task_is_due_again() {
    let mut tasks = BTreeMap::new();
    let weekly: Recurrence = "DTSTART:20260323T090000\nRRULE:FREQ=WEEKLY;COUNT=5".parse().expect("a rule");
    let opening = TaskOpening { recurrence: Some(weekly), owner: Some("ana".into()), ..TaskOpening::to("report") };
    run(&mut tasks, "t", &TaskCommand::Open(opening), day(1));
    run(&mut tasks, "t", &TaskCommand::SetItem("1".into(), "numbers".into()), day(1));
    assert_eq!(tasks["t"].due, Some(Due::At(at("2026-03-23T08:00:00Z"))));
    run(&mut tasks, "t", &TaskCommand::Check("1".into(), true), day(2));
    // Early is for this time; the clocks change before the next.
    run(&mut tasks, "t", &done("ana"), at("2026-03-20T08:00:00Z"));
    assert_eq!(tasks["t"].due, Some(Due::At(at("2026-03-30T07:00:00Z"))));
    assert_eq!(tasks["t"].checklist["1"].done_at, None);
    run(&mut tasks, "t", &TaskCommand::Check("1".into(), true), day(31));
    // Late is for all that passed by.
    let outcomes = run(&mut tasks, "t", &done("ana"), at("2026-04-07T08:00:00Z"));
    assert!(matches!(outcomes[0], TaskOutcome::Completed { missed: 1, .. }));
    assert_eq!(tasks["t"].due, Some(Due::At(at("2026-04-13T07:00:00Z"))));
    for month_day in [13, 20] {
        run(&mut tasks, "t", &TaskCommand::Check("1".into(), true), at("2026-04-10T08:00:00Z"));
        run(&mut tasks, "t", &done("ana"), at(&format!("2026-04-{month_day}T08:00:00Z")));
    }
    assert_eq!((tasks["t"].status, tasks["t"].completions.len()), (TaskStatus::Done, 4));

    let daily: Recurrence = "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY".parse().expect("a rule");
    let opening = TaskOpening { recurrence: Some(daily), owner: Some("ana".into()), ..TaskOpening::to("tidy") };
    run(&mut tasks, "d", &TaskCommand::Open(opening), day(1));
    let outcomes = run(&mut tasks, "d", &done("ana"), day(5));
    assert!(matches!(outcomes[0], TaskOutcome::Completed { missed: 2, .. }));
    assert_eq!(tasks["d"].due, on("2026-03-05"));
}

#[test]
fn what_is_to_be_done_today_in_order_with_reasons() {
    let mut tasks = BTreeMap::new();
    let clock = at("2026-03-10T08:00:00Z");
    for (id, due) in [
        ("late", on("2026-03-08")),
        ("today", on("2026-03-10")),
        ("noon", Some(Due::At(at("2026-03-10T11:00:00Z")))),
        ("passed", Some(Due::At(at("2026-03-10T07:00:00Z")))),
        ("tomorrow", on("2026-03-11")),
        ("some day", None),
        ("blocked", on("2026-03-09")),
        ("helps", None),
        ("reminded", on("2026-03-20")),
    ] {
        run(&mut tasks, id, &open(id, "ana", due), day(1));
    }
    run(&mut tasks, "other", &open("other", "ben", on("2026-03-09")), day(1));
    run(&mut tasks, "blocked", &TaskCommand::Need("other".into()), day(1));
    run(&mut tasks, "noon", &TaskCommand::Need("helps".into()), day(1));
    run(&mut tasks, "reminded", &TaskCommand::Remind(Reminder::At(at("2026-03-10T07:30:00Z"))), day(1));
    let doing = today("ana", &tasks, clock, BERLIN);
    let ids: Vec<&str> = doing.iter().map(|doing| doing.id).collect();
    assert_eq!(ids, ["late", "passed", "today", "reminded", "helps", "blocked", "noon"]);
    assert_eq!(doing[0].because, [Because::Overdue(at("2026-03-08T23:00:00Z"))]);
    assert_eq!(doing[4].because, [Because::NeededBy("noon")]);
    assert_eq!(doing[5].waits_for, [("other", Some("ben"))]);
    assert_eq!(doing[3].because[0].to_string(), "reminder of 2026-03-10 07:30Z");
    run(&mut tasks, "reminded", &TaskCommand::Seen, clock);
    assert!(today("ana", &tasks, clock, BERLIN).iter().all(|doing| doing.id != "reminded"));
    // It is tomorrow there already.
    let tokyo: Vec<String> =
        today("ana", &tasks, at("2026-03-10T16:00:00Z"), Tz::Asia__Tokyo).iter().map(|it| it.id.to_owned()).collect();
    assert!(tokyo.contains(&"tomorrow".to_owned()));
    assert_eq!(tasks["noon"].next_change_at(clock, BERLIN), Some(at("2026-03-10T11:00:00Z")));
    assert!(today("zoe", &tasks, clock, BERLIN).is_empty());
}

fn commands() -> impl Strategy<Value = Vec<(usize, TaskCommand)>> {
    let id = |n: usize| format!("t{n}");
    let one = prop_oneof![
        (0..4_usize).prop_map(move |n| TaskCommand::Need(id(n))),
        (0..4_usize).prop_map(move |n| TaskCommand::Unneed(id(n))),
        Just(done("ana")),
        Just(TaskCommand::Reopen),
        (1..28_u32).prop_map(|n| TaskCommand::Due(Some(Due::At(day(n))))),
        Just(TaskCommand::SetItem("1".into(), "part".into())),
        any::<bool>().prop_map(|done| TaskCommand::Check("1".into(), done)),
    ];
    prop::collection::vec((0..4_usize, one), 0..40)
}

proptest! {
    /// Whatever is tried, no task waits for itself, what is done had nothing open before it, and facts fold to what was
    /// decided. Mutation: only the tasks that are needed directly are looked at.
    #[test]
    fn nothing_waits_for_itself(commands in commands()) {
        let mut tasks: BTreeMap<String, Task> = BTreeMap::new();
        let mut histories: BTreeMap<String, Vec<(Timestamp, TaskOutcome)>> = BTreeMap::new();
        let opens = (0..4).map(|n| (n, open("do", "ana", None)));
        for (nth, (n, command)) in opens.chain(commands).enumerate() {
            let id = format!("t{n}");
            let when = day(1) + chrono::TimeDelta::minutes(i64::try_from(nth).expect("few"));
            let others = |id: &str| tasks.get(id).cloned();
            let around = TaskSurroundings { id: &id, zone: BERLIN, others: &others };
            let Ok(outcomes) = decide_task(&others(&id).unwrap_or_default(), &command, &around, when) else { continue };
            if matches!(command, TaskCommand::Complete { .. }) {
                prop_assert!(tasks[&id].needs.iter().all(|needed| !tasks[needed].is_open()));
            }
            let task = tasks.entry(id.clone()).or_default();
            outcomes.iter().for_each(|outcome| task.apply(when, outcome));
            histories.entry(id).or_default().extend(outcomes.into_iter().map(|outcome| (when, outcome)));
        }
        for id in tasks.keys() {
            let mut reached: Vec<&String> = tasks[id].needs.iter().collect();
            let mut seen = std::collections::BTreeSet::new();
            while let Some(next) = reached.pop() {
                prop_assert_ne!(next, id);
                if seen.insert(next) {
                    reached.extend(&tasks[next].needs);
                }
            }
            let folded = folded::<Task>(facts::<Task>(&histories[id]));
            prop_assert_eq!(&folded.state, &tasks[id]);
        }
        let doing = today("ana", &tasks, day(14), BERLIN);
        prop_assert!(doing.iter().all(|doing| !doing.because.is_empty() && doing.task.is_open()));
    }
}
