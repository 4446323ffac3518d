//! What profiles take in memory, as one program that prints what it measured. `profiles [customers] [events each]`, by
//! default 200,000 and 20. It reads the resident size of the process, so it measures on Linux only.

use std::io::Write;
use std::time::Instant;

use onefold::fact::FactSet;
use onefold::profile::fold;
use onefold::{Body, Draft, Profile, RecordId, RecordKey, Schema, Source, Timestamp, Value};

type Failure = Box<dyn std::error::Error>;

/// The resident bytes of this process.
fn resident() -> Result<u64, Failure> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm")?.split(' ').nth(1).ok_or("a size")?.parse()?;
    Ok(pages * 4096)
}

/// What a customer says of themselves, and what they did.
fn facts(customer: u64, events: u64) -> Result<FactSet, Failure> {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let at = |nth: u64| start + std::time::Duration::from_secs(nth * 7_919 % 5_000_000 + customer % 1_000);
    let set = [
        ("full_name", Value::from(format!("Ada Byron {customer}"))),
        ("email", Value::from(format!("ada.byron.{customer}@mail.example"))),
        ("phone", Value::from(format!("+44113{customer:07}"))),
        ("city", Value::from("Ockham")),
        ("plan", Value::from("pro")),
    ];
    let key = RecordKey::person(customer.to_string());
    let mut drafts = vec![Draft::new("crm", Body::set(set)).key(key.clone()).occurred_at(start)];
    for nth in 0..events {
        let properties = [("sku", Value::from(format!("sku-{}", nth % 50))), ("total", Value::from(nth as i64 % 300))];
        let body = Body::event(["view", "cart", "order"][nth as usize % 3], properties);
        drafts.push(
            Draft::new("crm", body).key(key.clone()).occurred_at(at(nth)).message_id(format!("{customer}-{nth}")),
        );
    }
    Ok(drafts.into_iter().map(|draft| draft.received("feed", start)).collect())
}

fn main() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let mut given = std::env::args().skip(1).map(|it| it.parse::<u64>());
    let mut next = |default| given.next().unwrap_or(Ok(default));
    let (customers, events) = (next(200_000)?, next(20)?);
    let schema = Schema::default();
    // What is allocated once does not count.
    let mut profiles: Vec<Profile> = Vec::with_capacity(customers as usize);
    let (before, mut values, mut folded, mut took) = (resident()?, 0, 0, 0.0);
    for customer in 0..customers {
        let facts = facts(customer, events)?;
        let id = RecordId::of(&Source::from("crm"), &RecordKey::person(customer.to_string()));
        let standing = facts.standing(None);
        for standing in &standing {
            let (body, at) = (standing.fact().body(), standing.fact().occurred_at());
            values += (serde_json::to_string(body)?.len() + serde_json::to_string(&at)?.len()) as u64;
        }
        folded += standing.len();
        let begin = Instant::now();
        profiles.push(fold(id.into(), standing.into_iter().map(|it| (id, it)), &schema, None));
        took += begin.elapsed().as_secs_f64();
    }
    let each = (resident()?.saturating_sub(before)) / customers.max(1);
    let own = values / customers.max(1);
    let above = each.saturating_sub(own);
    writeln!(
        out,
        "{customers} profiles of {events} events: {each} bytes each, {above} above their own values as JSON"
    )?;
    writeln!(out, "{:.0} facts folded a second on one core", folded as f64 / took)?;
    Ok(())
}
