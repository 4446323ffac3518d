//! A night shift over the weekend on which clocks go forward, Easter, and two offices that share a few hours a day.
//!
//! `cargo run -p onefold-examples --example working_time`

use std::io::Write;

use chrono::{DateTime, TimeDelta, Utc};
use onefold_worktime::{Calendar, CalendarSpec, Week};

const CONTROL_ROOM: &str = r#"
    zone = "Europe/Berlin"
    holidays = [
        { name = "Good Friday", on = "easter - 2" },
        { name = "Easter Monday", on = "easter + 1" },
    ]

    [hours]
    monday-friday = "08:00-16:00"
    saturday = "22:00-24:00"
    sunday = "00:00-06:00"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let spec = CalendarSpec::from_toml(CONTROL_ROOM)?;
    let room = Calendar::new(&spec);
    let show = |at: DateTime<Utc>| at.with_timezone(&room.zone()).format("%a %d %b %H:%M %Z").to_string();

    writeln!(out, "The night on which clocks go forward, and the week after it:")?;
    let (from, to) = ("2026-03-28T12:00:00Z".parse()?, "2026-04-08T00:00:00Z".parse()?);
    for period in room.periods(from, to) {
        let hours = period.duration().num_minutes() / 60;
        writeln!(out, "  {} to {}: {hours} h", show(period.start), show(period.end))?;
    }
    writeln!(out, "  together {} h", room.within(from, to).num_hours())?;

    writeln!(out, "What hours some dates have, and why:")?;
    for date in ["2026-04-03", "2026-04-04", "2026-04-06"] {
        let day = spec.day(date.parse()?);
        writeln!(out, "  {date}: {} ({})", day.hours, day.reason)?;
    }

    let asked: DateTime<Utc> = "2026-04-02T13:00:00Z".parse()?;
    let due = room.after(asked, TimeDelta::hours(16)).ok_or("the room has hours enough")?;
    writeln!(out, "Asked {}, due 16 working hours later: {}", show(asked), show(due))?;
    let later = room.after_days(asked, 2).ok_or("the room has days enough")?;
    writeln!(out, "Two working days later: {}", show(later))?;

    let week = Week::weekdays("09:00-17:00".parse()?);
    let boston = Calendar::new(&CalendarSpec::new("America/New_York".parse()?, week));
    let both = room.intersection(&boston);
    writeln!(out, "Hours that the room and Boston share:")?;
    for (from, to) in
        [("2026-03-27T00:00:00Z", "2026-03-28T00:00:00Z"), ("2026-03-30T00:00:00Z", "2026-03-31T00:00:00Z")]
    {
        for period in both.periods(from.parse()?, to.parse()?) {
            writeln!(out, "  {} to {}", show(period.start), show(period.end))?;
        }
    }
    Ok(())
}
