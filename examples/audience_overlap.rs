//! How audiences overlap: segments as sets, what an expression over them holds, and a sample of it.
//!
//! `cargo run -p onefold-examples --example audience_overlap`

use std::error::Error;
use std::io::Write;

use onefold::fact::Properties;
use onefold::{Timestamp, Value};
use onefold_segment::{Applied, Happening, Live, Members, Rule, Segments};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let rules = [
        ("buyers", r#"did "order" in the last 30d"#),
        ("big spenders", r#"sum of total of "order" >= 100 in the last 30d"#),
        ("readers", r#"did "view" at least 3 times in the last 7d"#),
        ("pilot", r#"random 10% by "pilot""#),
    ];
    let rules = rules.into_iter().map(|(name, rule)| Ok((name.to_owned(), rule.parse::<Rule>()?)));
    let segments = Segments::new(rules.collect::<Result<Vec<_>, Box<dyn Error>>>()?)?;
    let start: Timestamp = "2026-03-01T00:00:00Z".parse()?;
    let mut live = Live::new(&segments, start);

    for customer in 0..10_000_u32 {
        for nth in 0..customer % 5 {
            let name = if (customer / 7 + nth) % 3 == 0 { "order" } else { "view" };
            let properties = Properties::from([("total", Some(Value::from(i64::from(customer % 90))))]);
            let event = Happening { at: start, name, properties: &properties };
            assert_eq!(live.insert(Uuid::from_u128(customer.into()), &event), Applied::Done);
        }
    }

    let mut out = std::io::stdout().lock();
    let names: Vec<String> = live.names().to_vec();
    let sets: Vec<Members> = names.iter().filter_map(|name| live.members(name)).collect();
    for (name, set) in names.iter().zip(&sets) {
        let overlaps: Vec<String> = sets.iter().map(|other| format!("{:>6}", set.overlap(other))).collect();
        writeln!(out, "{name:>14}{}", overlaps.concat())?;
    }

    let of = |name: &str| live.members(name).ok_or("a segment");
    let (buyers, readers, pilot) = (of("buyers")?, of("readers")?, of("pilot")?);
    let campaign = &(&buyers | &readers) - &pilot;
    assert_eq!(
        campaign.len(),
        buyers.len() + readers.len() - buyers.overlap(&readers) - (&(&buyers | &readers) & &pilot).len()
    );
    writeln!(out, "buyers or readers, without the pilot: {}", campaign.len())?;
    for place in campaign.sample(3, "preview") {
        let customer = live.subject(place).ok_or("a subject")?;
        writeln!(out, "  such as {customer}")?;
    }
    Ok(())
}
