//! `cargo bench -p onefold-benches --bench unify`: the whole path, from the files of a folder to the profiles of all
//! customers. `unify` counts rows of input. `accept` and `relink` are parts of it: `accept` counts statements and stamps
//! them on one thread; `relink` counts rows, and lays out the records beside linking them.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use onefold::{Onefold, Silent};
use onefold_benches::{Deliveries, Result, Sample, fold_in_parallel, unified};

fn main() -> Result<()> {
    onefold_benches::run(unify)
}

fn unify(criterion: &mut Criterion) -> Result<()> {
    for customers in [1_000, 10_000] {
        let folder = Sample::of(customers, env!("CARGO_TARGET_TMPDIR"))?.data();
        let deliveries = Deliveries::read(folder.clone())?;
        let rows = Throughput::Elements(deliveries.rows());

        let mut group = criterion.benchmark_group("accept");
        group.sample_size(10).throughput(Throughput::Elements(deliveries.drafts()));
        group.bench_function(BenchmarkId::from_parameter(customers), |bencher| {
            bencher.iter_batched(|| deliveries.clone(), Deliveries::accepted, BatchSize::PerIteration);
        });
        group.finish();

        let mut group = criterion.benchmark_group("relink");
        group.sample_size(10).throughput(rows.clone());
        group.bench_function(BenchmarkId::from_parameter(customers), |bencher| {
            // The house is given back, so that its end is not measured.
            let linked = |house: Result<Onefold>| {
                house.and_then(|house| {
                    house.relink(&mut Silent)?;
                    Ok(house)
                })
            };
            bencher.iter_batched(|| deliveries.clone().accepted(), linked, BatchSize::PerIteration);
        });
        group.finish();

        let mut group = criterion.benchmark_group("unify");
        group.sample_size(10).throughput(rows);
        group.bench_function(BenchmarkId::from_parameter(customers), |bencher| {
            bencher.iter(|| unified(folder.clone()).and_then(|house| fold_in_parallel(&house)));
        });
        group.finish();
    }
    Ok(())
}
