//! `cargo bench -p onefold-benches --bench dedupe`: from a table of people on disk to clusters, training included.
//!
//! About 10,000 and 100,000 rows of made-up people; with `ONEFOLD_MILLION=1` a million as well. The phases of one run
//! stand in `onefold dedupe --json`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use onefold::connect::SourceFile;
use onefold::identity::Decisions;
use onefold::{Dedupe, DedupeOptions, Silent};
use onefold_benches::{Result, Sample};

/// Customers of whom there are about ten thousand, a hundred thousand and a million rows.
const CUSTOMERS: [usize; 3] = [3_620, 36_200, 362_000];

fn main() -> Result<()> {
    let sizes = if std::env::var_os("ONEFOLD_MILLION").is_some() { 3 } else { 2 };
    onefold_benches::run(|criterion| {
        for customers in CUSTOMERS.into_iter().take(sizes) {
            let sample = Sample::of(customers, env!("CARGO_TARGET_TMPDIR"))?;
            end_to_end(criterion, customers, &SourceFile::new(sample.people_file()))?;
        }
        Ok(())
    })
}

fn end_to_end(criterion: &mut Criterion, customers: usize, file: &SourceFile) -> Result<()> {
    let options = DedupeOptions { id: Some("id".to_owned()), ..DedupeOptions::default() };
    let dedupe = || -> Result<(usize, Vec<u8>)> {
        let rows = Dedupe::read(std::slice::from_ref(file), &options, &mut Silent)?.prepare();
        let linker = rows.linker(&mut Silent);
        let (model, _) = linker.train()?;
        let linkage = linker.link(&model, &Decisions::default(), &mut Silent);
        let mut table = Vec::new();
        rows.clusters(&linkage).write(&mut table)?;
        Ok((rows.records().len(), table))
    };
    let (rows, _) = dedupe()?;
    let mut group = criterion.benchmark_group("dedupe");
    group.sample_size(10).throughput(Throughput::Elements(rows as u64));
    group.bench_function(BenchmarkId::from_parameter(customers), |bencher| {
        bencher.iter(|| black_box(dedupe().map(|(_, table)| table.len()).unwrap_or_default()));
    });
    group.finish();
    Ok(())
}
