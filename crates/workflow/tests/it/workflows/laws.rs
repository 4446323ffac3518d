//! The laws of workflows.

use chrono::{TimeDelta, Timelike};
use onefold_fact::{Choice, Draft, Timestamp, Value};
use onefold_workflow::{Command, Decided, Outcome, Runs, Sending, Workflows, simulate};
use proptest::prelude::*;

use super::support::{about, at, consent, customer, drive, event, no_segments, says, workflows};

const FLOWS: [&str; 3] = [
    r#"
    name = "cart"
    again = true
    goal = { event = "order" }
    [[trigger]]
    event = "cart"
    [[step]]
    name = "draw"
    split = [{ share = 60, next = "wait" }]
    hold_out = 20
    [[step]]
    name = "first"
    list = "carts"
    [[step]]
    name = "wait"
    wait = "45m"
    [[step]]
    name = "remind"
    send = { template = "cart", channel = "email", purpose = "marketing", capped = "wait" }
    [[step]]
    name = "come back"
    wait = { event = "visit", within = "2h", timeout = "ring" }
    next = "wait"
    [[step]]
    name = "ring"
    task = { title = "ring them" }
    "#,
    r#"
    name = "queue"
    again = true
    concurrency = "queued"
    about = "ticket"
    [[trigger]]
    event = "opened"
    [[step]]
    name = "answer"
    wait = { event = "answered", within = "90m", timeout = "tell" }
    next = "thank"
    [[step]]
    name = "tell"
    notify = { who = "lead", text = "late" }
    [[step]]
    name = "thank"
    send = { template = "thanks", channel = "email", purpose = "marketing" }
    "#,
    r#"
    name = "restart"
    again = true
    concurrency = "restart"
    suppress = 'did "order" in the last 30m'
    [[trigger]]
    event = "visit"
    [[trigger]]
    every = "day"
    at = "10:00"
    [[step]]
    name = "rest"
    wait = { rule = 'did "cart" in the last 20m', within = "3h", timeout = "note" }
    [[step]]
    name = "note"
    update = { seen = true }
    [[step]]
    name = "mail"
    send = { template = "news", channel = "email", purpose = "marketing" }
    "#,
];

fn sending() -> Sending {
    serde_json::from_str(r#"{"caps": [{"most": 2, "within": "3h"}]}"#).expect("how it is sent")
}

fn all() -> Workflows {
    workflows(&FLOWS, sending())
}

fn happening() -> impl Strategy<Value = Draft> {
    let minute = 0..1500_i64;
    let name = prop::sample::select(vec!["cart", "order", "visit"]);
    let desk = prop::sample::select(vec!["opened", "answered"]);
    prop_oneof![
        3 => (name, minute.clone()).prop_map(|(name, minute)| event(name, minute)),
        2 => (desk, 1..3_u8, minute.clone()).prop_map(|(name, ticket, minute)| about(name, &ticket.to_string(), minute)),
        1 => (any::<bool>(), minute).prop_map(|(yes, minute)| {
            consent("marketing", if yes { Choice::Granted } else { Choice::Withdrawn }, minute)
        }),
    ]
}

fn history() -> impl Strategy<Value = Vec<Draft>> {
    prop::collection::vec(happening(), 1..25).prop_map(|mut history| {
        history.push(consent("marketing", Choice::Granted, -5));
        history
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Law 12. A crash after each single outcome that was written, and after all of them, gives the same outcomes as none.
    /// Catches: a wait that is met by the event during which it began; an enrolment that does not remember its signal; a
    /// queue that starts only when a run ends; caps that are counted in memory alone.
    #[test]
    fn a_crash_anywhere_changes_nothing(history in history()) {
        let (all, ada, until) = (all(), customer(history), at(3000));
        let (log, _) = drive(&all, &ada, until, &[]);
        for position in 1..=log.len() {
            let (crashed, _) = drive(&all, &ada, until, &[position]);
            prop_assert_eq!(&crashed, &log, "after {}", position);
        }
        let everywhere: Vec<usize> = (1..=log.len()).collect();
        prop_assert_eq!(drive(&all, &ada, until, &everywhere).0, log);
    }

    /// Each step of a run is decided once per visit, and no key is given out twice.
    /// Catches: a key without the visit; a step that is decided again when its run is looked at.
    #[test]
    fn a_step_is_decided_once_a_visit(history in history()) {
        let (log, _) = drive(&all(), &customer(history), at(3000), &[]);
        let mut keys: Vec<_> = log.iter().filter_map(|decided| match &decided.outcome {
            Outcome::Did { key, .. } => Some(*key),
            _ => None,
        }).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), count);
    }

    /// Law 1. The runs follow from the set of what was decided: any order and repetition gives the same; and so does what
    /// was kept as facts and read back.
    /// Catches: runs in the order of arrival; an ordinal that is counted instead of kept.
    #[test]
    fn runs_are_a_fold_of_a_set(history in history(), seed in any::<u64>(), cut in 0..400_usize) {
        let (mut log, _) = drive(&all(), &customer(history), at(3000), &[]);
        // Also in the middle of everything.
        log.truncate(cut.max(1));
        let folded = Runs::fold(log.iter().cloned());
        let mut step_by_step = Runs::default();
        log.iter().for_each(|decided| step_by_step.apply(decided));
        prop_assert_eq!(&step_by_step, &folded);
        let mut shuffled = log.clone();
        shuffled.extend(log.iter().take(5).cloned());
        let mut state = seed | 1;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(place, (state >> 33) as usize % (place + 1));
        }
        prop_assert_eq!(&Runs::fold(shuffled), &folded);
        let kept = log.iter().map(|decided| {
            let event = decided.to_event().expect("JSON");
            Decided::of_event(&event, decided.at).expect("readable")
        });
        prop_assert_eq!(kept.collect::<Vec<_>>(), log);
    }

    /// At no time are there more messages in a window than a cap says, across all workflows.
    /// Catches: caps that count one workflow's messages; a window that is one message too long.
    #[test]
    fn caps_hold(history in history()) {
        let (log, _) = drive(&all(), &customer(history), at(3000), &[]);
        let sent: Vec<Timestamp> = log.iter().filter_map(|decided| match &decided.outcome {
            Outcome::Did { command: Command::Send(_), .. } => Some(decided.at),
            _ => None,
        }).collect();
        for last in &sent {
            let lately = sent.iter().filter(|at| *at <= last && *last - **at < TimeDelta::hours(3)).count();
            prop_assert!(lately <= 2, "{:?}", sent);
        }
    }

    /// What is rehearsed is what happens.
    /// Catches: a rehearsal that looks at timers in another order, or at events of its own runs.
    #[test]
    fn a_rehearsal_is_what_happens(history in history()) {
        let (all, ada) = (all(), customer(history));
        let (log, passed) = drive(&all, &ada, at(3000), &[]);
        let rehearsal = simulate(&all, &no_segments(), &ada, at(-1), at(3000));
        let mut by_run: std::collections::BTreeMap<_, Vec<Decided>> = Default::default();
        log.into_iter().for_each(|decided| by_run.entry(decided.run).or_default().push(decided));
        prop_assert_eq!(rehearsal.runs, by_run);
        prop_assert_eq!(rehearsal.passed_over, passed);
    }

    /// Messages are sent in the hours of the customer's own clock, also on the days on which it is changed, and none is
    /// lost. Catches: hours in the zone of the house; an opening that is counted in seconds from midnight.
    #[test]
    fn quiet_hours_hold_over_changes_of_the_clock(
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana"]),
        day in prop::sample::select(vec!["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-04-04", "2026-03-07", "2026-11-01"]),
        minute in 0..2880_i64,
    ) {
        let text = r#"
            name = "note"
            [[trigger]]
            event = "cart"
            [[step]]
            name = "mail"
            send = { template = "note", channel = "email", purpose = "marketing" }
        "#;
        let start: Timestamp = format!("{day}T00:00:00Z").parse().expect("a time");
        let happens = start + TimeDelta::minutes(minute);
        let minutes = (happens - at(0)).num_minutes();
        let ada = customer([
            says([("time_zone", Value::from(zone))]),
            consent("marketing", Choice::Granted, -5),
            event("cart", minutes),
        ]);
        let sending = serde_json::from_str(r#"{"hours": "08:00-20:00", "weekend": "10:00-18:00"}"#).expect("how");
        let (log, _) = drive(&workflows(&[text], sending), &ada, happens + TimeDelta::days(5), &[]);
        let sent = log.iter().find(|decided| matches!(decided.outcome, Outcome::Did { .. })).expect("sent").at;
        let wall = sent.with_timezone(&zone.parse::<chrono_tz::Tz>().expect("a zone"));
        let weekend = matches!(chrono::Datelike::weekday(&wall), chrono::Weekday::Sat | chrono::Weekday::Sun);
        let (opens, closes) = if weekend { (10, 18) } else { (8, 20) };
        prop_assert!((opens..closes).contains(&wall.hour()), "{}", wall);
        // It waits no longer than it must.
        prop_assert!(sent == happens || (wall.hour() == opens && wall.minute() == 0), "{} {}", happens, wall);
    }
}
