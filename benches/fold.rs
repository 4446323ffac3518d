//! `cargo bench -p onefold-benches --bench fold`: from the facts of a customer to its profile, on one thread.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use onefold::fact::{AttributeName, Fact, FactSet, Order, Standing};
use onefold::profile::{Computations, ComputedAttribute, ComputedState, Occurrence};
use onefold::{Body, Draft, RecordId, RecordKey, Schema, Timestamp, Value};
use onefold_benches::{Result, Sample, fold, unified};

fn main() -> Result<()> {
    onefold_benches::run(|criterion| {
        profiles(criterion)?;
        computed(criterion)?;
        dated(criterion)
    })
}

fn profiles(criterion: &mut Criterion) -> Result<()> {
    let house = unified(Sample::of(1_000, env!("CARGO_TARGET_TMPDIR"))?.data())?;
    let mut group = criterion.benchmark_group("fold");
    group.sample_size(20).throughput(Throughput::Elements(house.customers()?.len() as u64));
    group.bench_function("profiles", |bencher| bencher.iter(|| fold(&house)));
    group.finish();
    Ok(())
}

/// Twenty computed attributes as a shop has them, over four kinds of events.
const ATTRIBUTES: &str = r#"{
    "orders": {"events": {"names": ["order"]}, "aggregate": "count", "window": "lifetime"},
    "orders_30d": {"events": {"names": ["order"]}, "aggregate": "count", "window": {"sliding": "30d"}},
    "spent": {"events": {"names": ["order"]}, "aggregate": {"sum": {"path": "total", "unit": {"money": "EUR"}, "currency": "currency"}}, "window": "lifetime"},
    "spent_90d": {"events": {"names": ["order"]}, "aggregate": {"sum": {"path": "total"}}, "window": {"sliding": "90d"}},
    "spent_this_month": {"events": {"names": ["order"]}, "aggregate": {"sum": {"path": "total"}}, "window": {"calendar": {"period": "month", "extent": "to_date", "count": 1, "zone": "Europe/Berlin"}}},
    "average_order": {"events": {"names": ["order"]}, "aggregate": {"average": {"path": "total"}}, "window": "lifetime"},
    "largest_order": {"events": {"names": ["order"]}, "aggregate": {"largest": {"path": "total"}}, "window": "lifetime"},
    "first_sku": {"events": {"names": ["order"]}, "aggregate": {"first": "sku"}, "window": "lifetime"},
    "days_since_order": {"events": {"names": ["order"]}, "aggregate": {"days_since": {"event": "last", "zone": null}}, "window": "lifetime"},
    "big_orders": {"events": {"names": ["order"], "filter": {"property": {"path": "total", "is": {"at_least": {"integer": 100}}}}}, "aggregate": "count", "window": "lifetime"},
    "views": {"events": {"names": ["view"]}, "aggregate": "count", "window": "lifetime"},
    "views_7d": {"events": {"names": ["view"]}, "aggregate": "count", "window": {"sliding": "7d"}},
    "favourite": {"events": {"names": ["view"]}, "aggregate": {"most_frequent": "sku"}, "window": {"sliding": "90d"}},
    "skus_seen": {"events": {"names": ["view"]}, "aggregate": {"distinct_count": "sku"}, "window": "lifetime"},
    "last_seen_sku": {"events": {"names": ["view"]}, "aggregate": {"last": "sku"}, "window": {"sliding": "30d"}},
    "carts_7d": {"events": {"names": ["cart"]}, "aggregate": "count", "window": {"sliding": "7d"}},
    "carts": {"events": {"names": ["cart"]}, "aggregate": "count", "window": "lifetime"},
    "tickets": {"events": {"names": ["ticket"]}, "aggregate": "count", "window": "lifetime"},
    "tickets_last_month": {"events": {"names": ["ticket"]}, "aggregate": "count", "window": {"calendar": {"period": "month", "extent": "completed", "count": 1, "zone": "Europe/Berlin"}}},
    "topics": {"events": {"names": ["ticket"]}, "aggregate": {"distinct_list": {"path": "sku", "limit": 10}}, "window": "lifetime"}
}"#;

fn computations() -> Result<Computations> {
    Ok(Computations::new(serde_json::from_str::<BTreeMap<AttributeName, ComputedAttribute>>(ATTRIBUTES)?)?)
}

/// The nth event of the stream: six views, two carts, one order and one ticket of ten, over two years.
fn event(nth: u64, customer: u64) -> Result<Fact> {
    let name = ["view", "view", "cart", "view", "order", "view", "view", "cart", "view", "ticket"][(nth % 10) as usize];
    let mixed = nth.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let properties = [
        ("sku", Value::from(format!("sku-{}", mixed % 50))),
        ("total", Value::Integer((mixed % 300) as i64)),
        ("currency", Value::from("EUR")),
    ];
    let at = "2024-03-01T00:00:00Z".parse::<Timestamp>()? + std::time::Duration::from_secs(nth * 63);
    let draft = Draft::new("shop", Body::event(name, properties)).key(RecordKey::person(customer.to_string()));
    Ok(draft.occurred_at(at).message_id(nth.to_string()).received("stream", at))
}

/// Facts as they come, into the computed attributes of 100,000 customers, on one thread.
fn computed(criterion: &mut Criterion) -> Result<()> {
    const FACTS: u64 = 1_000_000;
    const CUSTOMERS: u64 = 100_000;
    let computations = computations()?;
    let facts = (0..FACTS)
        .map(|nth| {
            let customer = nth.wrapping_mul(0xD129_0B26_54A9_27B5) >> 20;
            Ok((event(nth, customer % CUSTOMERS)?, (customer % CUSTOMERS) as usize))
        })
        .collect::<Result<Vec<(Fact, usize)>>>()?;
    let mut group = criterion.benchmark_group("fold");
    group.sample_size(10).throughput(Throughput::Elements(FACTS));
    group.bench_function("twenty-computed-attributes", |bencher| {
        bencher.iter(|| {
            let mut states = vec![ComputedState::default(); CUSTOMERS as usize];
            let mut clock = computations.clock(Timestamp::UNIX_EPOCH);
            for (fact, customer) in &facts {
                clock.advance_to(fact.received_at());
                let Body::Event { name, properties } = fact.body() else { continue };
                let event = Occurrence::new(Order::of(fact, fact.received_at()), name, properties);
                states[*customer].insert(&clock, &event);
            }
            black_box(states)
        });
    });
    group.finish();
    Ok(())
}

/// The profile of a customer with 10,000 facts at a past date, with twenty computed attributes.
fn dated(criterion: &mut Criterion) -> Result<()> {
    let facts = (0..10_000).map(|nth| event(nth * 100, 1)).collect::<Result<FactSet>>()?;
    let computations = computations()?;
    let of_customer: Vec<(RecordId, Standing<'_>)> =
        facts.standing(None).into_iter().filter_map(|it| Some((it.fact().record()?, it))).collect();
    let (record, _) = *of_customer.first().ok_or("facts")?;
    let at: Timestamp = "2025-12-01T00:00:00Z".parse()?;
    let schema = Schema::default();
    let mut group = criterion.benchmark_group("fold");
    group.sample_size(20).throughput(Throughput::Elements(10_000));
    group.bench_function("profile-of-10000-facts-at-a-date", |bencher| {
        bencher.iter(|| {
            let profile = onefold::profile::fold(record.into(), of_customer.iter().copied(), &schema, Some(at));
            black_box((computations.evaluate(profile.timeline(), at), profile))
        });
    });
    group.finish();
    Ok(())
}
