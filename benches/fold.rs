//! `cargo bench -p onefold-benches --bench fold`: from the facts of a customer to its profile, on one thread.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use onefold::fact::{Fact, FactSet, Order, Standing};
use onefold::profile::{ComputedState, Occurrence};
use onefold::{Body, RecordId, Schema, Timestamp};
use onefold_benches::{Result, Sample, computations, event, fold, unified};

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
