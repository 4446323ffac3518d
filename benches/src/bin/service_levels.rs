//! Service levels under load, as one program that prints what it measured: tickets folded from what happened to them, and
//! all of them evaluated. `service_levels [tickets]`, by default 100,000 of about ten happenings each.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use onefold_workflow::{ClockState, Happened, Happening, Sla, SlaSpec, TicketClocks, TicketStatus, document};
use onefold_worktime::CalendarSpec;

type Failure = Box<dyn std::error::Error>;

const LEVELS: &str = r#"
calendar = "support"

[[policies]]
name = "pro"
when = 'plan = "pro"'
warn = ["25%", "15m"]
[policies.targets]
urgent = { first_reply = "30m", next_reply = "1h", total_resolution = "8h" }
default = { first_reply = "2h", next_reply = "4h", periodic_update = "16h", requester_wait = "40h", agent_work = "24h" }

[[policies]]
name = "all"
warn = ["25%"]
[policies.targets]
default = { first_reply = "8h", next_reply = "8h", pausable_update = "40h", total_resolution = "80h" }
"#;

const SUPPORT: &str = r#"
zone = "Europe/Berlin"
holidays = [{ name = "Good Friday", on = "easter - 2" }, { name = "Easter Monday", on = "easter + 1" }]
[hours]
monday-friday = "09:00-12:30, 13:00-17:00"
"#;

/// What happens to a ticket over a week or two.
fn history(number: i64, start: DateTime<Utc>) -> Vec<Happened> {
    let at = |minutes: i64| start + TimeDelta::minutes(number % 9_000 + minutes);
    let plan = if number % 3 == 0 { "pro" } else { "free" };
    let created = Happening::Created {
        priority: (number % 5 == 0).then(|| "urgent".to_owned()),
        calendar: None,
        attributes: BTreeMap::from([("plan".to_owned(), plan.into())]),
    };
    let mut all = vec![Happened::new(at(0), created)];
    if number % 4 != 0 {
        let status = |to| Happening::Status { to };
        let more = [
            (30 + number % 400, Happening::PublicReply),
            (32 + number % 400, status(TicketStatus::Pending)),
            (900 + number % 700, Happening::CustomerMessage),
            (900 + number % 700, status(TicketStatus::Open)),
            (1_700, Happening::InternalNote),
            (1_800, Happening::Priority { to: Some("urgent".to_owned()) }),
            (2_900 + number % 600, Happening::PublicReply),
            (2_901 + number % 600, status(TicketStatus::OnHold)),
            (5_000, Happening::CustomerMessage),
            (5_001, status(TicketStatus::Open)),
        ];
        all.extend(more.into_iter().map(|(minutes, what)| Happened::new(at(minutes), what)));
    }
    all
}

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let tickets: i64 = std::env::args().nth(1).map_or(Ok(100_000), |it| it.parse())?;
    let spec: SlaSpec = document::read("levels.toml", LEVELS)?;
    let calendars = BTreeMap::from([("support".to_owned(), CalendarSpec::from_toml(SUPPORT)?)]);
    let sla = Sla::new(&spec, &calendars).map_err(|problems| format!("{problems:?}"))?;
    let start: DateTime<Utc> = "2026-03-23T08:00:00Z".parse()?;
    let histories: Vec<Vec<Happened>> = (0..tickets).map(|number| history(number, start)).collect();
    let happenings: usize = histories.iter().map(Vec::len).sum();

    let begin = Instant::now();
    let folded: Vec<TicketClocks> = histories.iter().map(|happened| TicketClocks::fold(&sla, happened, None)).collect();
    let took = begin.elapsed().as_secs_f64();
    writeln!(out, "{tickets} tickets folded from {happenings} happenings on one core: {took:.2} s")?;

    let now = start + TimeDelta::days(12);
    let begin = Instant::now();
    let (mut clocks, mut breached, mut next) = (0_usize, 0_usize, None);
    for ticket in &folded {
        let found = ticket.clocks(&sla, now);
        clocks += found.len();
        breached += found.iter().filter(|clock| clock.state == ClockState::Breached).count();
        let change = found.iter().filter_map(|clock| clock.next_change_at).min();
        next = [next, change].into_iter().flatten().min();
    }
    let took = begin.elapsed().as_secs_f64();
    writeln!(
        out,
        "all evaluated on one core: {took:.2} s, {clocks} clocks, {breached} breached, next change {next:?}"
    )?;
    Ok(())
}
