//! `cargo bench -p onefold-benches --bench link`: record linkage alone, from strings to parties.
//!
//! `standardise` counts records. `compare` (block and compare), `train`, `score` (weigh pairs that are compared) and
//! `link` (weigh and cluster) count candidate pairs. `one-name-comparison` is what a single similarity of two names costs on this machine: the yardstick for the
//! cost of a pair.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use onefold::Silent;
use onefold::identity::{Decisions, Linker};
use onefold_benches::{People, Result, Sample};

fn main() -> Result<()> {
    onefold_benches::run(|criterion| {
        for customers in [1_000, 10_000] {
            let people = Sample::of(customers, env!("CARGO_TARGET_TMPDIR"))?.people()?;
            linkage(criterion, customers, &people)?;
            if customers == 1_000 {
                comparison(criterion, &people);
            }
        }
        Ok(())
    })
}

fn linkage(criterion: &mut Criterion, customers: usize, people: &People) -> Result<()> {
    let size = || BenchmarkId::from_parameter(customers);
    let mut group = criterion.benchmark_group("standardise");
    group.sample_size(10).throughput(Throughput::Elements(people.rows()));
    group.bench_function(size(), |bencher| bencher.iter(|| people.standardised()));
    group.finish();

    let records = people.standardised();
    let linker = Linker::new(&records, &mut Silent);
    let (model, _) = linker.train()?;
    let link = || linker.link(&model, &Decisions::default(), &mut Silent);
    let pairs = Throughput::Elements(link().report().candidate_pairs as u64);

    let mut group = criterion.benchmark_group("compare");
    group.sample_size(10).throughput(pairs.clone());
    group.bench_function(size(), |bencher| bencher.iter(|| Linker::new(&records, &mut Silent)));
    group.finish();

    let mut group = criterion.benchmark_group("train");
    group.sample_size(10).throughput(pairs.clone());
    group.bench_function(size(), |bencher| bencher.iter(|| linker.train()));
    group.finish();

    // No pair reaches the threshold, so that nothing is gathered or sorted: weighing alone.
    let unreached = model.clone().with_threshold(1.0);
    let mut group = criterion.benchmark_group("score");
    group.throughput(pairs.clone());
    group.bench_function(size(), |bencher| bencher.iter(|| linker.pairs(&unreached)));
    group.finish();

    let mut group = criterion.benchmark_group("link");
    group.sample_size(10).throughput(pairs);
    group.bench_function(size(), |bencher| bencher.iter(link));
    group.finish();
    Ok(())
}

fn comparison(criterion: &mut Criterion, people: &People) {
    let names: Vec<&str> = people.family_names().collect();
    let mut group = criterion.benchmark_group("one-name-comparison");
    group.throughput(Throughput::Elements(names.len().saturating_sub(1) as u64));
    group.bench_function("jaro-winkler", |bencher| {
        bencher.iter(|| {
            let pairs = names.iter().zip(names.iter().skip(1));
            pairs.map(|(a, b)| strsim::jaro_winkler(black_box(a), black_box(b))).sum::<f64>()
        });
    });
    group.finish();
}
