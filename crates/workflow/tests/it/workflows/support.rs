//! What several tests need: subjects, and a driver that is as plain as can be.

use chrono::TimeDelta;
use onefold_fact::{Body, Choice, Consent, Draft, FactSet, Properties, RecordKey, Timestamp, Value};
use onefold_profile::{Profile, fold};
use onefold_segment::{Segments, Subject};
use onefold_workflow::{
    Decided, Outcome, PassedOver, Runs, Sending, Signal, Stimulus, Surroundings, Workflow, Workflows,
};

pub(crate) fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-03-02T09:00:00Z".parse().expect("a time");
    start + TimeDelta::minutes(minutes)
}

pub(crate) fn event(name: &str, minutes: i64) -> Draft {
    Draft::new("shop", Body::event(name, [("total", 40)])).key(RecordKey::person("17")).occurred_at(at(minutes))
}

pub(crate) fn about(name: &str, ticket: &str, minutes: i64) -> Draft {
    Draft::new("desk", Body::event(name, [("ticket", ticket)])).key(RecordKey::person("17")).occurred_at(at(minutes))
}

pub(crate) fn consent(purpose: &str, choice: Choice, minutes: i64) -> Draft {
    let consent = Consent {
        purpose: purpose.into(),
        channel: None,
        choice,
        basis: None,
        proof: None,
        expires_at: None,
        collected_by: None,
    };
    Draft::new("shop", Body::Consent(consent)).key(RecordKey::person("17")).occurred_at(at(minutes))
}

pub(crate) fn says<const N: usize>(attributes: [(&str, Value); N]) -> Draft {
    Draft::new("shop", Body::set(attributes)).key(RecordKey::person("17")).occurred_at(at(-10_000))
}

/// A customer, from all that was told.
pub(crate) fn customer(drafts: impl IntoIterator<Item = Draft>) -> Profile {
    let told = drafts.into_iter().map(|draft| {
        let at = draft.stated_time().expect("a stated time");
        draft.received("batch", at)
    });
    let facts = FactSet::from_iter(told);
    let id = onefold_fact::RecordId::of(&"shop".into(), &RecordKey::person("17"));
    fold(id.into(), facts.standing(None).into_iter().map(|standing| (id, standing)), &Default::default(), None)
}

pub(crate) fn workflows(texts: &[&str], sending: Sending) -> Workflows {
    let read = texts.iter().map(|text| Workflow::from_toml(text).expect("a workflow"));
    Workflows::new(read, Surroundings { sending, ..Surroundings::default() })
}

/// What was decided, in order, and what was passed over.
pub(crate) type Log = (Vec<Decided>, Vec<PassedOver>);

/// Drives workflows through a customer's events and timers. Each outcome is written down one by one; when as many are
/// written as `crashes` says, all else is forgotten, the state is folded from what is written, and the signal comes again.
pub(crate) fn drive(workflows: &Workflows, subject: &Profile, until: Timestamp, crashes: &[usize]) -> Log {
    let (mut log, mut passed_over): Log = (Vec::new(), Vec::new());
    let mut runs = Runs::default();
    let mut deliver = |runs: &mut Runs, signal: Signal<'_>| {
        'again: loop {
            let decision = workflows.decide(runs, subject, &signal);
            for decided in decision.decided {
                log.push(decided);
                if crashes.contains(&log.len()) {
                    *runs = Runs::fold(log.iter().cloned());
                    continue 'again;
                }
            }
            *runs = Runs::fold(log.iter().cloned());
            passed_over.extend(decision.passed_over);
            break;
        }
    };
    let mut clock = at(-1);
    let events: Vec<_> = Subject::timeline(subject).iter().filter(|event| event.at() >= at(0)).collect();
    let mut events = events.into_iter().peekable();
    loop {
        let timer = workflows.next_change_at(&runs, subject, clock);
        let tick = workflows.next_tick(clock);
        let event = events.peek().map(|event| event.at());
        let Some(now) = timer.into_iter().chain(tick).chain(event).min().filter(|now| *now <= until) else { break };
        while let Some(event) = events.next_if(|event| event.at() == now) {
            let key = event.provenance().fact().to_string();
            let what = Stimulus::Event { name: event.name(), properties: event.properties(), occurred_at: now };
            deliver(&mut runs, Signal { at: now, key: &key, what, causes: &[] });
        }
        let what = Stimulus::Clock { since: clock };
        deliver(&mut runs, Signal { at: now, key: &format!("clock {}", now.to_rfc3339()), what, causes: &[] });
        clock = now;
    }
    (log, passed_over)
}

/// A line for each outcome: minutes since the start, and what.
pub(crate) fn lines(log: &[Decided]) -> Vec<String> {
    let line = |decided: &Decided| {
        let minutes = (decided.at - at(0)).num_minutes();
        let what = match &decided.outcome {
            Outcome::Enrolled { workflow, ordinal, queued, .. } => {
                format!("{} {workflow} {ordinal}", if *queued { "queued" } else { "enrolled" })
            }
            Outcome::Started => "started".to_owned(),
            Outcome::Did { step, visit, command, .. } => format!("{step} {visit}: {}", command.name()),
            Outcome::Passed { step, why, .. } => format!("{step}: {why}"),
            Outcome::Waits { step, why, .. } => format!("{step} waits: {why}"),
            Outcome::Refused { step, why, .. } => format!("{step} refused: {why}"),
            Outcome::Ended { how, why } => format!("{how:?}: {why}"),
            _ => String::new(),
        };
        format!("{minutes} {what}")
    };
    log.iter().map(line).collect()
}

pub(crate) fn nothing() -> Properties {
    Properties::new()
}

pub(crate) fn no_segments() -> Segments {
    Segments::default()
}
