//! All segments of all customers from scratch; and the same as a database would have it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use onefold::Profile;
use onefold_segment::{Column, Dialect, Holds, Live, Segments, Subject, Tables};

use crate::data::{Customers, DAYS, Failure, start};

/// How many customers are made before they are read.
const AT_ONCE: u64 = 20_000;

/// Measures reading all customers, as profiles in memory; making them does not count.
pub(crate) fn scratch(
    segments: &Segments,
    customers: u64,
    events: u64,
    mut row: impl FnMut(std::fmt::Arguments<'_>) -> std::io::Result<()>,
) -> Result<(Duration, Live), Failure> {
    let clock = start()? + TimeDelta::days(DAYS);
    let mut made = Customers::new(customers, events)?;
    let begin = Instant::now();
    let mut live = Live::new(segments, clock);
    let mut took = begin.elapsed();
    let mut left = customers;
    while left > 0 {
        let mut profiles: Vec<Profile> = Vec::new();
        for _ in 0..left.min(AT_ONCE) {
            let (number, happened, profile) = made.next()?;
            for (place, (at, name, kind)) in happened.iter().enumerate() {
                let (worth, sku) = (kind % 100, kind % 4);
                row(format_args!("{number},{},event {name},{place},{worth},s{sku}\n", at.timestamp_micros()))?;
            }
            profiles.push(profile);
        }
        left -= left.min(AT_ONCE);
        let begin = Instant::now();
        live.load(profiles.iter().map(|profile| profile as &dyn Subject));
        took += begin.elapsed();
    }
    Ok((took, live))
}

/// Writes the customers and twenty rules for `peer_duckdb.py`, with what we found and how long it took.
pub(crate) fn peer(segments: &Segments, customers: u64, events: u64, folder: &Path) -> Result<(), Failure> {
    let clock = start()? + TimeDelta::days(DAYS);
    let column = |name: &str, holds| (name.to_owned(), Column { name: name.to_owned(), holds });
    let tables = Tables {
        subjects: "customers".to_owned(),
        id: "id".to_owned(),
        fields: [].into(),
        events: "events".to_owned(),
        subject: "customer".to_owned(),
        at: "at".to_owned(),
        name: "name".to_owned(),
        place: "place".to_owned(),
        properties: [column("worth", Holds::Integer), column("sku", Holds::Text)].into(),
    };
    let sql = |name: &str| segments.get(name)?.to_sql(&tables, Dialect::DuckDb, clock).ok();
    let queries: Vec<(&str, String)> = segments.names().filter_map(|name| Some((name, sql(name)?))).take(20).collect();
    let rule = |name: &str| {
        Ok((name.to_owned(), onefold_segment::Rule::new(segments.get(name).ok_or("a rule")?.condition().clone())?))
    };
    let twenty = queries.iter().map(|(name, _)| rule(name)).collect::<Result<Vec<_>, Failure>>()?;
    let twenty = Segments::new(twenty)?;
    std::fs::create_dir_all(folder)?;
    let mut csv = BufWriter::new(File::create(folder.join("events.csv"))?);
    csv.write_all(b"customer,at,name,place,worth,sku\n")?;
    let (took, live) = scratch(&twenty, customers, events, |row| csv.write_fmt(row))?;
    csv.flush()?;
    let of = |(name, sql): (&str, String)| {
        let members = live.members(name).map_or(0, |members| members.len());
        let rule = segments.get(name).and_then(|rule| onefold_segment::Rule::new(rule.condition().clone()).ok());
        serde_json::json!({"rule": rule.map(|rule| rule.to_string()), "sql": sql, "members": members})
    };
    let queries: Vec<_> = queries.into_iter().map(of).collect();
    let all = serde_json::json!({"customers": customers, "seconds": took.as_secs_f64(), "queries": queries});
    serde_json::to_writer_pretty(File::create(folder.join("queries.json"))?, &all)?;
    Ok(())
}
