//! `cargo bench -p onefold-benches --bench durable`: appending to a file, opening it, and reading a profile.
//!
//! Each append is synced, so these figures are the disk's as much as ours: `synced_write` is one write of 4 KiB with one
//! sync on the same disk, to compare with.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use criterion::{BatchSize, Criterion, Throughput};
use onefold::fact::Fact;
use onefold::store::{SqliteStore, Store};
use onefold::{Onefold, Options};
use onefold_benches::{Result, facts, instant};

const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

fn main() -> Result<()> {
    onefold_benches::run(durable)
}

fn fresh(name: &str) -> Result<PathBuf> {
    let folder = Path::new(SCRATCH).join(format!("durable-{name}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join("a.onefold"))
}

fn durable(criterion: &mut Criterion) -> Result<()> {
    let mut group = criterion.benchmark_group("durable");
    group.sample_size(20);

    let path = fresh("sync")?;
    let mut file = File::create(&path)?;
    group.bench_function("synced_write", |bencher| {
        bencher.iter(|| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&[1; 4096])?;
            file.sync_data()
        });
    });

    for size in [1_u64, 1000] {
        let mut store = SqliteStore::create(fresh(&format!("append-{size}"))?)?;
        let mut next = 0;
        group.throughput(Throughput::Elements(size));
        group.bench_function(format!("append_{size}"), |bencher| {
            bencher.iter_batched(
                || {
                    next += size;
                    facts(next - size..next).collect::<Vec<Fact>>()
                },
                |facts| store.append(&facts),
                BatchSize::PerIteration,
            );
        });
    }

    let path = fresh("open")?;
    let mut store = SqliteStore::create(&path)?;
    store.append(&facts(0..100_000).collect::<Vec<_>>())?;
    drop(store);
    group.throughput(Throughput::Elements(100_000));
    group.bench_function("open_store_100k_facts", |bencher| bencher.iter(|| SqliteStore::open(&path)));
    group.bench_function("open_house_100k_facts", |bencher| bencher.iter(|| Onefold::open(&path, Options::default())));

    let house = Onefold::open(&path, Options::default())?;
    let customers = house.customers()?;
    let mut at = 0;
    group.throughput(Throughput::Elements(1));
    group.bench_function("profile_warm", |bencher| {
        bencher.iter(|| {
            at = (at + 7919) % customers.len().max(1);
            customers.get(at).map(|id| house.customer(*id))
        });
    });
    let mut next = 100_000;
    group.bench_function("accept_single", |bencher| {
        bencher.iter(|| {
            next += 1;
            house.accept(next.to_string(), instant(), onefold_benches::drafts(next..next + 1))
        });
    });
    group.finish();
    Ok(())
}
