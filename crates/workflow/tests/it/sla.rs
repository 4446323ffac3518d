//! Service levels: the table of metrics, and equality with the slow reference.

use std::collections::BTreeMap;

use chrono::{DateTime, Offset, TimeDelta, TimeZone};
use onefold_fact::{Timestamp, Value};
use onefold_workflow::{
    Applies, CalendarChange, Clock, ClockState, EscalationLevel, Happened, Happening, Hours, Metric, Policy, Sla,
    SlaSpec, Targets, TicketClocks, TicketStatus, document,
};
use onefold_worktime::{Calendar, CalendarSpec, Tz};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::sla_reference::{Said, clocks as slowly};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn office(zone: Tz, hours: &str) -> Calendar {
    let text = format!("zone = '{zone}'\nhours = '{hours}'\noverrides.2026-03-30 = 'closed'");
    Calendar::new(&CalendarSpec::from_toml(&text).expect("a calendar"))
}

fn created() -> Happening {
    Happening::Created { priority: None, calendar: None, attributes: BTreeMap::new() }
}

fn to(to: TicketStatus) -> Happening {
    Happening::Status { to }
}

/// Service levels without calendars, of one policy with targets of an hour.
fn hourly() -> Sla {
    let hour = "1h".parse().ok();
    let targets = Targets {
        first_reply: hour,
        next_reply: hour,
        periodic_update: hour,
        pausable_update: hour,
        requester_wait: hour,
        agent_work: hour,
        total_resolution: hour,
    };
    let policy = Policy {
        name: "all".into(),
        when: None,
        hours: Hours::Always,
        warn: vec!["50%".parse().expect("a warning"), "10m".parse().expect("a warning")],
        targets: BTreeMap::from([("default".to_owned(), targets)]),
    };
    Sla::new(&SlaSpec { policies: vec![policy], ..SlaSpec::default() }, &BTreeMap::new()).expect("no problems")
}

/// The clocks of a ticket at a minute, after things at minutes.
fn clocks(sla: &Sla, happened: &[(i64, Happening)], minute: i64) -> Vec<Clock> {
    let start = at("2026-03-02T09:00:00Z");
    let happened: Vec<Happened> =
        happened.iter().map(|(at, what)| Happened::new(start + TimeDelta::minutes(*at), what.clone())).collect();
    TicketClocks::fold(sla, &happened, None).clocks(sla, start + TimeDelta::minutes(minute))
}

fn of(clocks: &[Clock], metric: Metric) -> Vec<(ClockState, i64)> {
    let of = clocks.iter().filter(|clock| clock.metric == metric);
    of.map(|clock| (clock.state, clock.elapsed.num_minutes())).collect()
}

#[test]
fn the_table_of_metrics() {
    use ClockState::{Breached, InDanger, Met, Missed, Paused, Running};
    let sla = hourly();
    let story = [
        (0, created()),
        (5, Happening::CustomerMessage),
        (10, Happening::InternalNote),
        (20, Happening::PublicReply),
        (30, to(TicketStatus::Pending)),
        (45, Happening::CustomerMessage),
        (47, Happening::CustomerMessage),
        (50, to(TicketStatus::OnHold)),
        (55, to(TicketStatus::Open)),
        (70, Happening::PublicReply),
        (75, to(TicketStatus::Solved)),
    ];
    let by = |minute: i64| {
        let so_far: Vec<_> = story.iter().filter(|(at, _)| *at <= minute).cloned().collect();
        clocks(&sla, &so_far, minute)
    };
    // Before the first reply nothing else is owed than that.
    assert_eq!(of(&by(15), Metric::FirstReply), [(Running, 15)]);
    assert_eq!(of(&by(15), Metric::NextReply), []);
    assert_eq!(of(&by(44), Metric::FirstReply), [(Met, 20)]);
    assert_eq!(of(&by(44), Metric::PeriodicUpdate), [(Running, 24)]);
    assert_eq!(of(&by(44), Metric::PausableUpdate), [(Paused, 10)]);
    assert_eq!(of(&by(44), Metric::RequesterWait), [(Paused, 30)]);
    // From the oldest message that nobody answered.
    assert_eq!(of(&by(60), Metric::NextReply), [(Running, 15)]);
    assert_eq!(of(&by(52), Metric::AgentWork), [(Paused, 30)]);
    assert_eq!(of(&by(52), Metric::RequesterWait), [(InDanger, 32)]);
    assert_eq!(of(&by(65), Metric::TotalResolution), [(Breached, 65)]);
    let done = by(500);
    assert_eq!(of(&done, Metric::NextReply), [(Met, 25)]);
    assert_eq!(of(&done, Metric::PeriodicUpdate), [(Met, 50), (Met, 5)]);
    assert_eq!(of(&done, Metric::PausableUpdate), [(Met, 30), (Met, 5)]);
    assert_eq!(of(&done, Metric::RequesterWait), [(Met, 55)]);
    assert_eq!(of(&done, Metric::AgentWork), [(Met, 50)]);
    assert_eq!(of(&done, Metric::TotalResolution), [(Missed, 75)]);
}

#[test]
fn a_ticket_that_is_opened_again_goes_on_and_may_be_late_at_once() {
    let sla = hourly();
    let story =
        [(0, created()), (1, Happening::PublicReply), (10, to(TicketStatus::Solved)), (90, to(TicketStatus::Open))];
    let clocks = clocks(&sla, &story, 95);
    assert_eq!(of(&clocks, Metric::TotalResolution), [(ClockState::Breached, 95)]);
    let late = clocks.iter().find(|clock| clock.metric == Metric::TotalResolution).expect("a clock");
    assert_eq!(late.breached_at, Some(at("2026-03-02T10:30:00Z")));
    assert_eq!(of(&clocks, Metric::AgentWork), [(ClockState::Running, 15)]);
}

#[test]
fn closed_without_a_reply_is_no_reply() {
    let sla = hourly();
    let of_first = |story: &[(i64, Happening)], minute| of(&clocks(&sla, story, minute), Metric::FirstReply);
    let solved = [(0, created()), (10, to(TicketStatus::Solved))];
    assert_eq!(of_first(&solved, 20), [(ClockState::Running, 20)]);
    let closed = [(0, created()), (10, to(TicketStatus::Closed))];
    assert_eq!(of_first(&closed, 200), [(ClockState::Dropped, 10)]);
}

#[test]
fn a_reply_at_the_very_moment_is_in_time() {
    let sla = hourly();
    let of_first = |story: &[(i64, Happening)], minute| of(&clocks(&sla, story, minute), Metric::FirstReply);
    assert_eq!(of_first(&[(0, created()), (60, Happening::PublicReply)], 90), [(ClockState::Met, 60)]);
    assert_eq!(of_first(&[(0, created()), (61, Happening::PublicReply)], 90), [(ClockState::Missed, 61)]);
    assert_eq!(of_first(&[(0, created())], 60), [(ClockState::Breached, 60)]);
}

#[test]
fn escalations_come_before_the_breach() {
    let sla = hourly();
    let start = at("2026-03-02T09:00:00Z");
    let ticket = TicketClocks::fold(&sla, &[Happened::new(start, created())], None);
    let minute = |minute| start + TimeDelta::minutes(minute);
    let found = ticket.escalations(&sla, start, minute(55));
    let first: Vec<_> = found.iter().filter(|it| it.metric == Metric::FirstReply).map(|it| (it.at, it.level)).collect();
    assert_eq!(first, [(minute(30), EscalationLevel::Warned(0)), (minute(50), EscalationLevel::Warned(1))]);
    assert_eq!(ticket.next_change_at(&sla, start), Some(minute(30)));
    assert_eq!(ticket.next_change_at(&sla, minute(50)), Some(minute(60)));
    assert_eq!(ticket.next_change_at(&sla, minute(60)), None);
    let late = ticket.escalations(&sla, minute(55), minute(60));
    assert!(late.iter().all(|it| it.level == EscalationLevel::Breached && it.at == minute(60)) && late.len() == 4);
}

#[test]
fn problems_of_a_specification_are_found() {
    let text = r#"
        calendar = "suport"
        [[policies]]
        name = "all"
        targets.default = { first_reply = "4h" }
        [[policies]]
        name = "all"
        when = 'plan = "pro" and not plan = "pro"'
        targets.default = {}
    "#;
    let spec: SlaSpec = document::read("levels.toml", text).expect("readable");
    let problems: Vec<String> = spec.problems(["support"].into_iter()).iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 5, "{problems:?}");
    assert_eq!(problems[0], "calendar: there is no calendar `suport` (did you mean `support`?)");
    assert!(problems[1].starts_with("policies[1].name: "));
    assert!(problems[2].starts_with("policies[1]: it never comes into play: `all` before it takes every ticket"));
    assert!(problems[3].starts_with("policies[1].targets: it asks for nothing"));
    assert!(problems[4].starts_with("policies[1].when: no ticket can ever meet it"));
    let json = serde_json::to_string(&spec).expect("JSON");
    assert_eq!(document::read::<SlaSpec>("x.json", &json), Ok(spec));
}

/// The turns of a zone's clock between 2015 and 2027, to the hour.
fn turns(zone: Tz) -> Vec<i64> {
    let offset = |second: i64| {
        let utc = DateTime::from_timestamp(second, 0).expect("a time").naive_utc();
        zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    };
    let (from, until) = (at("2015-01-01T00:00:00Z").timestamp(), at("2027-01-01T00:00:00Z").timestamp());
    let days: Vec<i64> = (from..until).step_by(86_400).collect();
    let turned = days.windows(2).filter(|pair| offset(pair[0]) != offset(pair[1]));
    turned
        .map(|pair| (pair[0]..pair[1]).step_by(3_600).find(|it| offset(it + 3_600) != offset(*it)).unwrap_or(pair[0]))
        .collect()
}

/// A zone, and a moment shortly before its clock turns, if it ever does.
fn any_turn() -> impl Strategy<Value = (Tz, i64)> {
    (select(chrono_tz::TZ_VARIANTS.to_vec()), any::<Index>(), 0_i64..2_000).prop_map(|(zone, index, before)| {
        let turns = turns(zone);
        let turn = if turns.is_empty() { at("2026-03-29T00:00:00Z").timestamp() } else { *index.get(&turns) };
        (zone, turn - turn.rem_euclid(60) - before * 60)
    })
}

fn any_status() -> impl Strategy<Value = TicketStatus> {
    select(vec![
        TicketStatus::Open,
        TicketStatus::Pending,
        TicketStatus::OnHold,
        TicketStatus::Solved,
        TicketStatus::Closed,
    ])
}

fn any_happening() -> impl Strategy<Value = Happening> {
    let plan = |plan: Option<&str>| Happening::Attributes {
        set: BTreeMap::from([("plan".to_owned(), plan.map(Value::from))]),
    };
    let priority = |to: Option<&str>| Happening::Priority { to: to.map(str::to_owned) };
    let calendar = |to: Option<&str>| Happening::Calendar { to: to.map(str::to_owned) };
    prop_oneof![
        3 => any_status().prop_map(to),
        3 => select(vec![Happening::CustomerMessage, Happening::PublicReply, Happening::InternalNote]),
        1 => select(vec![plan(Some("pro")), plan(Some("free")), plan(None)]),
        1 => select(vec![priority(Some("urgent")), priority(Some("low")), priority(None)]),
        1 => select(vec![calendar(Some("night")), calendar(Some("day")), calendar(None)]),
    ]
}

/// Targets of a few minutes up to two days.
fn any_targets() -> impl Strategy<Value = Targets> {
    let span = || {
        prop::option::weighted(0.8, select(vec!["7m", "45m", "3h", "480m", "20h", "48h"]))
            .prop_map(|it| it.map(|it| it.parse().expect("a span")))
    };
    (span(), span(), span(), span(), span(), span(), span()).prop_map(|(a, b, c, d, e, f, g)| Targets {
        first_reply: a,
        next_reply: b,
        periodic_update: c,
        pausable_update: d,
        requester_wait: e,
        agent_work: f,
        total_resolution: g,
    })
}

fn any_policy(name: &'static str, when: Option<&'static str>) -> impl Strategy<Value = Policy> {
    let warn = select(vec![vec![], vec!["25%"], vec!["30m", "50%"]]);
    (any_targets(), any_targets(), prop::bool::ANY, warn).prop_map(move |(usual, urgent, always, warn)| Policy {
        name: name.to_owned(),
        when: when.map(|rule| rule.parse().expect("a rule")),
        hours: if always { Hours::Always } else { Hours::Working },
        warn: warn.into_iter().map(|it| it.parse().expect("a warning")).collect(),
        targets: BTreeMap::from([("default".to_owned(), usual), ("urgent".to_owned(), urgent)]),
    })
}

fn any_spec() -> impl Strategy<Value = SlaSpec> {
    let policies = (any_policy("pro", Some("plan = \"pro\"")), any_policy("all", None));
    (policies, prop::bool::ANY, prop::bool::weighted(0.3), prop::bool::ANY).prop_map(
        |((pro, all), last, once, usual)| SlaSpec {
            calendar: usual.then(|| "day".to_owned()),
            calendar_change: if last { CalendarChange::Last } else { CalendarChange::Spans },
            applies: if once { Applies::Once } else { Applies::Anew },
            policies: vec![pro, all],
        },
    )
}

fn any_story() -> impl Strategy<Value = Vec<(i64, Happening)>> {
    prop::collection::vec((0_i64..4_500, any_happening()), 0..14)
}

fn said(clocks: &[Clock]) -> Vec<Said> {
    let said = |clock: &Clock| Said {
        metric: clock.metric,
        policy: clock.policy.clone(),
        started_at: clock.started_at,
        state: clock.state,
        elapsed: clock.elapsed.num_seconds(),
        breached_at: clock.breached_at,
        ended_at: clock.ended_at,
    };
    clocks.iter().map(said).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The clocks are those of the slow reference, in every zone around the turns of its clock, at any minute; whether
    /// folded at once or one by one; and nothing changes between now and `next_change_at`.
    /// Mutations: count a pause; the target of the present priority for what ended; a breach of the target that applied
    /// before; the gap of a reopened ticket left out, or counted for work; next reply from the latest message; an update
    /// that goes on when solved; a calendar for the whole time where each has its span; the due time one minute off; a
    /// breach taken back by a longer target.
    #[test]
    fn the_clocks_are_those_of_the_reference(
        (zone, start) in any_turn(),
        spec in any_spec(),
        story in any_story(),
        pro in prop::bool::ANY,
        look in 0_i64..5_000,
    ) {
        let calendars = BTreeMap::from([
            ("day".to_owned(), office(zone, "09:00-12:30, 13:00-17:00")),
            ("night".to_owned(), office(zone, "00:00-05:00, 22:00-24:00")),
        ]);
        prop_assume!(spec.problems(["day", "night"].into_iter()).is_empty());
        let sla = Sla::with(&spec, calendars.clone()).expect("no problems");
        let minute = |minute: i64| DateTime::from_timestamp(start + minute * 60, 0).expect("a time");
        let attributes = pro.then(|| ("plan".to_owned(), Value::from("pro"))).into_iter().collect();
        let mut happened = vec![Happened::new(minute(0), Happening::Created { priority: None, calendar: None, attributes })];
        happened.extend(story.into_iter().map(|(at, what)| Happened::new(minute(at), what)));
        happened.sort_by_key(|it| it.at);
        let now = minute(look);
        let so_far: Vec<Happened> = happened.iter().filter(|it| it.at <= now).cloned().collect();
        let ticket = TicketClocks::fold(&sla, &so_far, None);
        let found = ticket.clocks(&sla, now);
        prop_assert_eq!(said(&found), slowly(&spec, &calendars, &so_far, now), "{} at {}", zone, now);
        for clock in &found {
            prop_assert_eq!(clock.elapsed + clock.remaining, clock.target);
        }

        // The next change is one, and there is none before it.
        let states = |at: Timestamp| -> Vec<_> {
            ticket.clocks(&sla, at).iter().map(|it| (it.metric, it.started_at, it.state, it.warnings)).collect()
        };
        if let Some(next) = ticket.next_change_at(&sla, now) {
            prop_assert!(next > now);
            prop_assert_eq!(states(next - TimeDelta::seconds(1)), states(now));
            prop_assert_ne!(states(next), states(now));
            if next < minute(12_000) && next.timestamp() % 60 == 0 {
                prop_assert_eq!(said(&ticket.clocks(&sla, next)), slowly(&spec, &calendars, &so_far, next));
            }
        } else {
            prop_assert_eq!(states(now + TimeDelta::days(3_000)), states(now));
        }
    }
}
