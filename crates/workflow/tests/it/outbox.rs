//! Delivery: once decided, at least once delivered, within bounds.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use onefold_fact::Timestamp;
use onefold_workflow::{
    Backoff, Delivery, DeliveryCommand, DeliveryOutcome, DeliveryRefusal, DeliveryState, Email, Message,
};
use proptest::prelude::*;

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("a time")
}

fn queue(key: &str) -> DeliveryCommand {
    let mail = Email { to: "ada@x.example".into(), subject: "Hello".into(), ..Email::default() };
    DeliveryCommand::Queue { message: Message::new(key, "email", mail), not_before: None }
}

/// What is on disk: what happened, in order.
#[derive(Default)]
struct Disk(Vec<(Timestamp, DeliveryOutcome)>);

impl Disk {
    /// What a machine that starts finds. It is read as it was written.
    fn read(&self) -> Delivery {
        let mut delivery = Delivery::default();
        for (at, outcome) in &self.0 {
            let json = serde_json::to_string(outcome).expect("JSON");
            delivery.apply(*at, &serde_json::from_str(&json).expect("an outcome"));
        }
        delivery
    }

    fn decide(&mut self, command: &DeliveryCommand, backoff: &Backoff, at: Timestamp) -> Result<(), DeliveryRefusal> {
        let outcome = self.read().decide(command, backoff, at)?;
        self.0.push((at, outcome));
        Ok(())
    }
}

#[test]
fn waits_double_up_to_the_longest() {
    let backoff = Backoff::default();
    let waits: Vec<i64> = (1..=12).map(|failures| backoff.wait(failures, "k").num_seconds()).collect();
    for (nth, wait) in waits.iter().enumerate() {
        let least = (60_i64 << nth).min(6 * 3_600);
        assert!((least..=least * 5 / 4).contains(wait), "{waits:?}");
    }
    assert_ne!(backoff.wait(3, "k"), backoff.wait(3, "l"));
    assert!(backoff.wait(u32::MAX, "k") <= TimeDelta::hours(8));
}

#[test]
fn what_is_over_is_over() {
    let (backoff, mut disk) = (Backoff::default(), Disk::default());
    assert_eq!(disk.decide(&DeliveryCommand::Attempt, &backoff, noon()), Err(DeliveryRefusal::Nothing));
    disk.decide(&queue("k"), &backoff, noon()).expect("queued");
    assert_eq!(disk.decide(&queue("k"), &backoff, noon()), Err(DeliveryRefusal::Queued("k".into())));
    disk.decide(&DeliveryCommand::Attempt, &backoff, noon()).expect("an attempt");
    // Somebody is at it.
    let lease = noon() + TimeDelta::minutes(5);
    assert_eq!(disk.decide(&DeliveryCommand::Attempt, &backoff, noon()), Err(DeliveryRefusal::NotDue(lease)));
    let fail =
        |attempt, is_permanent| DeliveryCommand::Fail { attempt, reason: "no such mailbox".into(), is_permanent };
    assert_eq!(disk.decide(&fail(7, true), &backoff, noon()), Err(DeliveryRefusal::Stale { said: 7, last: 1 }));
    disk.decide(&fail(1, true), &backoff, noon()).expect("failed");
    assert!(matches!(disk.read().state, DeliveryState::Dead { .. }));
    assert_eq!(disk.decide(&DeliveryCommand::Attempt, &backoff, noon()), Err(DeliveryRefusal::Over));
    disk.decide(&DeliveryCommand::Revive, &backoff, noon()).expect("revived");
    disk.decide(&DeliveryCommand::Attempt, &backoff, noon()).expect("an attempt");
    let deliver = DeliveryCommand::Deliver { attempt: 1, receipt: "250 ok".into() };
    disk.decide(&deliver, &backoff, noon()).expect("delivered");
    assert_eq!(disk.decide(&deliver, &backoff, noon()), Err(DeliveryRefusal::Over));
    let cancel = DeliveryCommand::Cancel { reason: "not needed".into() };
    assert_eq!(disk.decide(&cancel, &backoff, noon()), Err(DeliveryRefusal::Over));
}

/// How an attempt ends.
#[derive(Debug, Clone, Copy)]
enum Ends {
    Arrives,
    Fails,
    /// It arrives, and the machine stops before it can say so.
    ArrivesUntold,
    /// The machine stops before anything is sent.
    Stops,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever fails, and wherever the machine stops: a message that is not given up arrives at least once, always under
    /// its key; what was told to have arrived is never sent again; no more than the allowed attempts are made, none
    /// before its time; and it ends.
    /// Mutations: send before the attempt is noted; no lease; a wait that is not kept; count attempts in memory only.
    #[test]
    fn it_arrives_at_least_once_wherever_the_machine_stops(
        ends in prop::collection::vec(
            prop_oneof![Just(Ends::Arrives), Just(Ends::Fails), Just(Ends::ArrivesUntold), Just(Ends::Stops)], 0..14),
        attempts in 1_u32..8,
    ) {
        let backoff = Backoff { attempts, ..Backoff::default() };
        let mut disk = Disk::default();
        let mut arrived: BTreeMap<String, u32> = BTreeMap::new();
        let (mut now, mut ends, mut made) = (noon(), ends.into_iter(), 0);
        disk.decide(&queue("welcome-17"), &backoff, now).expect("queued");
        while let Some(due) = disk.read().due_at(&backoff) {
            if due > now {
                let early = due - TimeDelta::milliseconds(1);
                prop_assert_eq!(disk.decide(&DeliveryCommand::Attempt, &backoff, early), Err(DeliveryRefusal::NotDue(due)));
                now = due;
            }
            disk.decide(&DeliveryCommand::Attempt, &backoff, now).expect("it is due");
            let delivery = disk.read();
            if delivery.is_over() {
                break;
            }
            made += 1;
            let (attempt, key) = (delivery.attempts, delivery.message.expect("a message").key);
            let send = || *arrived.entry(key).or_default() += 1;
            // After all else it works.
            match ends.next().unwrap_or(Ends::Arrives) {
                Ends::Arrives => {
                    send();
                    let told = DeliveryCommand::Deliver { attempt, receipt: String::new() };
                    disk.decide(&told, &backoff, now).expect("told");
                }
                Ends::Fails => {
                    let told = DeliveryCommand::Fail { attempt, reason: "busy".into(), is_permanent: false };
                    disk.decide(&told, &backoff, now).expect("told");
                }
                Ends::ArrivesUntold => send(),
                Ends::Stops => {}
            }
        }
        prop_assert!(made <= attempts);
        prop_assert!(arrived.keys().all(|key| key == "welcome-17"));
        match disk.read().state {
            DeliveryState::Delivered { .. } => prop_assert!(arrived["welcome-17"] >= 1),
            DeliveryState::Dead { .. } => prop_assert_eq!(made, attempts),
            other => prop_assert!(false, "it did not end: {:?}", other),
        }
    }
}
