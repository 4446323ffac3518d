//! What profiles take in memory, as one program that prints what it measured. `profiles [customers] [events each] [packed]`,
//! by default 200,000 and 20; they are kept as they are folded, or packed. It reads the resident size of the process, so it
//! measures on Linux only.

use std::io::Write;
use std::time::Instant;

use onefold::fact::FactSet;
use onefold::profile::{PackedProfile, fold};
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
    let mut given: Vec<String> = std::env::args().skip(1).collect();
    let is_packed = given.pop_if(|form| form == "packed").is_some();
    let mut given = given.iter().map(|it| it.parse::<u64>());
    let mut next = |default| given.next().unwrap_or(Ok(default));
    let (customers, events) = (next(200_000)?, next(20)?);
    let schema = Schema::default();
    // What is allocated once does not count.
    let mut profiles: Vec<Profile> = Vec::with_capacity(if is_packed { 0 } else { customers as usize });
    let mut packed: Vec<PackedProfile> = Vec::with_capacity(if is_packed { customers as usize } else { 0 });
    let (before, mut values, mut folded, mut took, mut packing) = (resident()?, 0, 0, 0.0, 0.0);
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
        let profile = fold(id.into(), standing.into_iter().map(|it| (id, it)), &schema, None);
        took += begin.elapsed().as_secs_f64();
        if is_packed {
            let begin = Instant::now();
            packed.push(profile.pack());
            packing += begin.elapsed().as_secs_f64();
        } else {
            profiles.push(profile);
        }
    }
    let each = (resident()?.saturating_sub(before)) / customers.max(1);
    let own = values / customers.max(1);
    writeln!(out, "{customers} profiles of {events} events: {each} bytes each; their own values as JSON: {own}")?;
    writeln!(out, "{:.0} facts folded a second on one core", folded as f64 / took)?;
    if is_packed {
        let begin = Instant::now();
        let mut happened = 0;
        for packed in &packed {
            happened += packed.unpack()?.timeline().len();
        }
        let micros = |seconds: f64| seconds / customers.max(1) as f64 * 1e6;
        let unpacking = micros(begin.elapsed().as_secs_f64());
        writeln!(out, "packed in {:.1} µs each, unpacked in {unpacking:.1} µs; {happened} events", micros(packing))?;
    }
    Ok(())
}
