//! A sales rep's morning: what must I do today, in which order, and why; tasks about deals, one that waits for a colleague,
//! and a weekly one that stays at nine when the clocks change.
//!
//! `cargo run -p onefold-examples --example sales_morning`

use std::error::Error;
use std::io::Write;

use chrono::TimeDelta;
use onefold::crm::{Due, Opening, Pipeline, Recurrence, Reminder, TaskCommand, TaskOpening, Tz, today};
use onefold::{Body, Draft, Onefold, Options, RecordKey, Timestamp, WorkError};

const BERLIN: Tz = Tz::Europe__Berlin;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let friday: Timestamp = "2026-03-27T07:30:00Z".parse()?;
    let house = Onefold::in_memory(Options::default());
    let pipeline: Pipeline = serde_json::from_str(
        r#"{"stages": [
            {"name": "talking", "probability": "0.3"},
            {"name": "won", "probability": "1", "closes": "won"},
            {"name": "lost", "probability": "0", "closes": "lost"}
        ]}"#,
    )?;
    house.adopt(pipeline.configuration("sales")?, friday)?;
    let ada = Draft::new("crm", Body::set([("full_name", "Ada Byron")])).key(RecordKey::person("1"));
    house.accept("crm", friday, [ada])?;
    let ada = house.customers()?.into_iter().next().ok_or("a customer")?;
    house.open_deal("o-1", ada, "sales", &Opening::named("300 licences"), friday)?;

    // What there is to do.
    let of_ana =
        |title: &str, due: Option<Due>| TaskOpening { due, owner: Some("ana".into()), ..TaskOpening::to(title) };
    let on = |day: &str| -> Result<Option<Due>, chrono::ParseError> { Ok(Some(Due::On(day.parse()?))) };
    let about = Some(("opportunity".to_owned(), "o-1".to_owned()));
    let offer = TaskOpening { about: about.clone(), priority: 5, ..of_ana("send the offer", on("2026-03-27")?) };
    house.open_task("offer", None, &offer, BERLIN, friday)?;
    house.open_task(
        "price",
        None,
        &TaskOpening { about, ..of_ana("have the discount approved", None) },
        BERLIN,
        friday,
    )?;
    house.task("offer", &TaskCommand::Need("price".into()), BERLIN, friday)?;
    house.task("offer", &TaskCommand::SetItem("terms".into(), "attach the terms".into()), BERLIN, friday)?;
    let call = TaskOpening {
        reminders: [Reminder::MinutesBefore(60)].into(),
        ..of_ana("call Grace", Some(Due::At("2026-03-27T09:00:00Z".parse()?)))
    };
    house.open_task("call", Some(ada.into()), &call, BERLIN, friday)?;
    house.open_task("visit", None, &of_ana("write up the visit", on("2026-03-25")?), BERLIN, friday)?;
    let weekly: Recurrence = "DTSTART:20260323T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO".parse()?;
    let report = TaskOpening { recurrence: Some(weekly), ..of_ana("weekly report", None) };
    house.open_task("report", None, &report, BERLIN, friday)?;
    house.open_task("trip", None, &of_ana("book the trip", on("2026-04-10")?), BERLIN, friday)?;

    let mut show = |what: &str, clock: Timestamp| -> Result<Vec<String>, Box<dyn Error>> {
        let tasks = house.views()?.tasks()?;
        let doing = today("ana", &tasks, clock, BERLIN);
        writeln!(out, "{what}:")?;
        for doing in &doing {
            let because: Vec<String> = doing.because.iter().map(ToString::to_string).collect();
            write!(out, "  {}: {}", doing.task.title, because.join(", "))?;
            for (needed, by) in &doing.waits_for {
                write!(out, "; waits for `{needed}` of {}", by.unwrap_or("nobody"))?;
            }
            writeln!(out)?;
        }
        Ok(doing.iter().map(|doing| doing.id.to_owned()).collect())
    };

    assert_eq!(show("Friday, half past eight", friday)?, ["report", "visit", "call", "price", "offer"]);

    // The discount is not ana's to approve. Without it the offer does not go.
    let give = TaskCommand::Delegate { by: "ana".into(), to: "eva".into() };
    house.task("price", &give, BERLIN, friday + TimeDelta::minutes(5))?;
    let done = |by: &str| TaskCommand::Complete { by: by.into() };
    match house.task("offer", &done("ana"), BERLIN, friday + TimeDelta::minutes(6)) {
        Err(WorkError::Rejected(rejection)) => assert_eq!(rejection.problems().len(), 2),
        _ => return Err("it is not approved yet".into()),
    }
    for (minutes, id) in [(20, "report"), (30, "visit")] {
        house.task(id, &done("ana"), BERLIN, friday + TimeDelta::minutes(minutes))?;
    }
    assert_eq!(show("nine", friday + TimeDelta::minutes(31))?, ["call", "offer"]);

    house.task("price", &done("eva"), BERLIN, friday + TimeDelta::hours(1))?;
    house.task("call", &done("ana"), BERLIN, friday + TimeDelta::hours(2))?;
    house.task("offer", &TaskCommand::Check("terms".into(), true), BERLIN, friday + TimeDelta::hours(3))?;
    house.task("offer", &done("ana"), BERLIN, friday + TimeDelta::hours(3))?;
    // The clocks change on Sunday; nine stays nine.
    let report = house.views()?.task("report")?.ok_or("a task")?;
    assert_eq!(report.due, Some(Due::At("2026-03-30T07:00:00Z".parse()?)));
    assert_eq!(show("Monday", "2026-03-30T06:00:00Z".parse()?)?, ["report"]);

    // All of it is on the customer's timeline.
    let profile = house.customer(ada)?.ok_or("a customer")?;
    let done = profile.timeline().iter().filter(|event| event.name() == "task completed").count();
    assert_eq!(done, 3);
    writeln!(
        out,
        "{done} tasks about {} done",
        profile.value("full_name").map(ToString::to_string).unwrap_or_default()
    )?;
    Ok(())
}
