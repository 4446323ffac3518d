//! `cargo bench -p onefold-benches --bench fold`: from the facts of a customer to its profile, on one thread.

use criterion::{Criterion, Throughput};
use onefold_benches::{Result, Sample, fold, unified};

fn main() -> Result<()> {
    onefold_benches::run(profiles)
}

fn profiles(criterion: &mut Criterion) -> Result<()> {
    let house = unified(Sample::of(1_000, env!("CARGO_TARGET_TMPDIR"))?.data())?;
    let mut group = criterion.benchmark_group("fold");
    group.sample_size(20).throughput(Throughput::Elements(house.customers().len() as u64));
    group.bench_function("profiles", |bencher| bencher.iter(|| fold(&house)));
    group.finish();
    Ok(())
}
