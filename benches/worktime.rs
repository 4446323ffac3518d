//! `cargo bench -p onefold-benches --bench worktime`: questions to working calendars, over a year.
//!
//! Each pass asks 1,000 questions with instants spread over 2026 and the year after; time is that of the pass, so
//! microseconds of it are nanoseconds a question.

use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, Throughput};
use onefold_benches::Result;
use onefold_worktime::{Calendar, CalendarSpec};

/// Questions of a pass.
const QUESTIONS: u64 = 1_000;

/// An office with two shifts, breaks and twelve holidays.
const OFFICE: &str = r#"
    breaks = "12:30-13:00"
    holidays = [
        { name = "New Year", on = "01-01", observed = "next weekday" },
        { name = "Carnival", on = "easter - 48" },
        { name = "Good Friday", on = "easter - 2" },
        { name = "Easter Monday", on = "easter + 1" },
        { name = "Labour Day", on = "05-01" },
        { name = "Ascension", on = "easter + 39" },
        { name = "Whit Monday", on = "easter + 50" },
        { name = "Unity", on = "10-03" },
        { name = "Thanks", on = "4th thursday of november" },
        { name = "Christmas Eve", on = "12-24", open = "00:00-12:00" },
        { name = "Christmas", on = "12-25", observed = "next weekday" },
        { name = "Second day of Christmas", on = "12-26", observed = "next weekday" },
    ]

    [hours]
    monday-thursday = "08:00-12:00, 12:15-18:00"
    friday = "08:00-15:00"
"#;

fn main() -> Result<()> {
    onefold_benches::run(|criterion| {
        let spec = |zone: &str| CalendarSpec::from_toml(&format!("zone = \"{zone}\"\n{OFFICE}"));
        let (berlin, boston) = (spec("Europe/Berlin")?, spec("America/New_York")?);
        let calendar = Calendar::new(&berlin);
        ask(criterion, "one-zone", &calendar)?;
        let other = Calendar::new(&boston);
        ask(criterion, "two-zones", &calendar.union(&other))?;
        criterion.bench_function("worktime/make", |bencher| bencher.iter(|| Calendar::new(black_box(&berlin))));
        criterion
            .bench_function("worktime/intersect", |bencher| bencher.iter(|| calendar.intersection(black_box(&other))));
        Ok(())
    })
}

fn ask(criterion: &mut Criterion, name: &str, calendar: &Calendar) -> Result<()> {
    let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse()?;
    let instants: Vec<_> = (0..QUESTIONS)
        .filter_map(|at| Some(start + TimeDelta::seconds(i64::try_from(at * 7_919 * 977 % 31_536_000).ok()?)))
        .collect();
    let year = calendar.within(start, start + TimeDelta::days(365));
    let mut group = criterion.benchmark_group(format!("worktime/{name}"));
    group.throughput(Throughput::Elements(QUESTIONS));
    let mut bench = |name: &str, ask: &dyn Fn(DateTime<Utc>) -> bool| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| instants.iter().filter(|at| ask(black_box(**at))).count());
        });
    };
    bench("is-open", &|at| calendar.is_open(at));
    bench("within-a-year", &|at| calendar.within(at, at + TimeDelta::days(365)) > TimeDelta::zero());
    bench("after-a-year", &|at| calendar.after(at, year).is_some());
    bench("before-a-year", &|at| calendar.before(at, year).is_some());
    bench("next-open", &|at| calendar.next_open(at).is_some());
    bench("next-close", &|at| calendar.next_close(at).is_some());
    bench("after-200-days", &|at| calendar.after_days(at, 200).is_some());
    group.finish();
    Ok(())
}
