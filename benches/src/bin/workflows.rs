//! `cargo run --release -p onefold-benches --bin workflows -- RUNS EVENTS`: lets so many customers begin a run of one of 200
//! workflows each, all of which then wait, and sends events through them: some begin runs, some end them or let them go on,
//! some are of nobody's concern, and two weeks go by, so that waits end and messages are sent. Prints as JSON how many events go through in a second,
//! by the clock and of the processor, what a run takes in memory, and how much was decided.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::time::Instant;

use chrono::TimeDelta;
use onefold::fact::{Properties, Timestamp, Value};
use onefold::profile::{ConsentState, Timeline};
use onefold::segment::{Consented, Subject};
use onefold::workflow::{Outcome, Runs, Sending, Signal, Stimulus, Surroundings, Workflow, Workflows};
use onefold_benches::Result;
use uuid::Uuid;

/// Events of so many names begin workflows, four of each.
const NAMES: u32 = 50;

/// A customer of whom nothing is known but that they agree to be written to.
struct Somebody {
    id: Uuid,
    timeline: Timeline,
}

impl Subject for Somebody {
    fn id(&self) -> Uuid {
        self.id
    }

    fn field(&self, _: &str) -> Option<&Value> {
        None
    }

    fn field_since(&self, _: &str) -> Option<Timestamp> {
        None
    }

    fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    fn consent(&self, _: &str, _: Option<&str>, _: Timestamp) -> Consented {
        Consented { state: ConsentState::Granted, since: None, next_change_at: None }
    }
}

fn workflow(number: u32) -> Result<Workflow> {
    let (name, part) = (number % NAMES, number / NAMES);
    Ok(Workflow::from_toml(&format!(
        r#"
        name = "workflow {number}"
        again = true
        goal = {{ event = "order" }}
        [[trigger]]
        event = "event {name}"
        where = "part = {part}"
        [[step]]
        name = "time"
        wait = "{}h"
        [[step]]
        name = "write"
        send = {{ template = "hello", channel = "email", purpose = "marketing" }}
        [[step]]
        name = "answer"
        wait = {{ event = "visit", within = "{}d", timeout = "ring" }}
        next = "write"
        [[step]]
        name = "ring"
        task = {{ title = "ring them" }}
        "#,
        24 * 3 + number,
        5 + number % 20,
    ))?)
}

/// The runs of all, and whose turn it is when.
#[derive(Default)]
struct All {
    runs: Vec<Runs>,
    wakes: Vec<Option<Timestamp>>,
    agenda: BTreeSet<(Timestamp, u32)>,
    decided: HashMap<&'static str, u64>,
}

impl All {
    fn react(&mut self, workflows: &Workflows, somebody: &mut Somebody, who: u32, signal: &Signal<'_>) {
        let place = who as usize;
        somebody.id = Uuid::from_u128(u128::from(who));
        let decision = workflows.react(&mut self.runs[place], somebody, signal);
        if decision.decided.is_empty() {
            return;
        }
        for decided in &decision.decided {
            let what = match decided.outcome {
                Outcome::Enrolled { .. } => "enrolled",
                Outcome::Did { .. } => "did",
                Outcome::Ended { .. } => "ended",
                _ => "else",
            };
            *self.decided.entry(what).or_default() += 1;
        }
        let next = workflows.next_change_at(&self.runs[place], somebody, signal.at);
        if let Some(before) = std::mem::replace(&mut self.wakes[place], next) {
            self.agenda.remove(&(before, who));
        }
        self.agenda.extend(next.map(|next| (next, who)));
    }

    fn advance_to(&mut self, workflows: &Workflows, somebody: &mut Somebody, at: Timestamp) {
        while let Some((due, who)) = self.agenda.first().copied().filter(|(due, _)| *due <= at) {
            self.agenda.pop_first();
            self.wakes[who as usize] = None;
            let key = format!("clock {}", due.timestamp_micros());
            let what = Stimulus::Clock { since: due - TimeDelta::microseconds(1) };
            self.react(workflows, somebody, who, &Signal { at: due, key: &key, what, causes: &[] });
        }
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let runs: u32 = arguments.next().ok_or("expected a number of runs")?.parse()?;
    let events: u32 = arguments.next().ok_or("expected a number of events")?.parse()?;
    let sending: Sending = serde_json::from_str(r#"{"hours": "07:00-21:00", "caps": [{"most": 3, "within": "7d"}]}"#)?;
    let all: Result<Vec<Workflow>> = (0..4 * NAMES).map(workflow).collect();
    let workflows = Workflows::new(all?, Surroundings { sending, ..Surroundings::default() });
    let start: Timestamp = "2026-03-01T00:00:00Z".parse()?;
    let names: Vec<String> = (0..NAMES).map(|name| format!("event {name}")).collect();
    let parts: Vec<Properties> =
        (0..4_i64).map(|part| Properties::from([("part".to_owned(), Some(Value::from(part)))])).collect();
    let nothing = Properties::new();
    let mut somebody = Somebody { id: Uuid::nil(), timeline: Timeline::default() };

    let before = resident()?;
    let mut state =
        All { runs: vec![Runs::default(); runs as usize], wakes: vec![None; runs as usize], ..All::default() };
    for who in 0..runs {
        let at = start + TimeDelta::microseconds(i64::from(who) * 100);
        let properties = &parts[(who / NAMES % 4) as usize];
        let what = Stimulus::Event { name: &names[(who % NAMES) as usize], properties, occurred_at: at };
        state.react(&workflows, &mut somebody, who, &Signal { at, key: &format!("fact {who}"), what, causes: &[] });
    }
    let waiting: usize = state.runs.iter().map(|runs| runs.live().len()).sum();
    let bytes = (resident()?.saturating_sub(before)) as f64 / f64::from(runs);

    state.decided.clear();
    let (clock, cpu) = (Instant::now(), processor()?);
    let mut draw = 7_u64;
    let mut at = start + TimeDelta::days(3);
    let pause = TimeDelta::days(14) / i32::try_from(events)?;
    for number in 0..events {
        draw = draw.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let (who, kind) = (u32::try_from((draw >> 33) % u64::from(runs))?, (draw >> 20) % 10);
        at += pause;
        state.advance_to(&workflows, &mut somebody, at);
        let (name, properties) = match kind {
            0..=2 => (names[(who % NAMES) as usize].as_str(), &parts[(number % 4) as usize]),
            3..=4 => ("visit", &nothing),
            5 => ("order", &nothing),
            _ => ("page", &nothing),
        };
        let what = Stimulus::Event { name, properties, occurred_at: at };
        let key = format!("event {number}");
        state.react(&workflows, &mut somebody, who, &Signal { at, key: &key, what, causes: &[] });
    }
    let (clock, cpu) = (clock.elapsed().as_secs_f64(), processor()? - cpu);
    let of = |what: &str| state.decided.get(what).copied().unwrap_or_default();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        r#"{{"workflows": {}, "runs_waiting": {waiting}, "bytes_a_run": {bytes:.0}, "events": {events}, "events_a_second": {:.0}, "events_a_processor_second": {:.0}, "enrolled": {}, "commands": {}, "ended": {}, "other_outcomes": {}}}"#,
        workflows.iter().count(),
        f64::from(events) / clock,
        f64::from(events) / cpu,
        of("enrolled"),
        of("did"),
        of("ended"),
        of("else"),
    )?;
    Ok(())
}

/// What the program takes in memory, in bytes.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no resident size")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<u64>()? * 1024)
}

/// Seconds of the processor so far, of the program and of the system for it.
fn processor() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(11) + ticks(12)) / 100.0)
}
