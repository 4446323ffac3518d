//! `cargo bench -p onefold-benches --bench read`: from the bytes of a file to drafts, on one thread.

use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{Criterion, Throughput};
use onefold::Silent;
use onefold::connect::{self, InferOptions, Mapping, SourceFile};
use onefold_benches::{Result, Sample};

fn main() -> Result<()> {
    onefold_benches::run(read)
}

fn read(criterion: &mut Criterion) -> Result<()> {
    let sample = Sample::of(10_000, env!("CARGO_TARGET_TMPDIR"))?;
    let mut group = criterion.benchmark_group("read");
    group.sample_size(10);
    for (name, file) in [
        ("csv-of-contacts", "crm_contacts.csv"),
        ("csv-of-orders", "shop_orders.csv"),
        ("jsonl-of-messages", "web_events.jsonl"),
        ("jsonl-of-objects", "support_requests.jsonl"),
    ] {
        let file = SourceFile::new(sample.data().join(file));
        let (mapped, _) = connect::map(&file, None, &InferOptions::default())?;
        let (schema, _) = Mapping { sources: [(file.source.clone(), mapped.clone())].into() }.schema();
        group.throughput(Throughput::Bytes(fs::metadata(&file.path)?.len()));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut drafts = 0;
                let read = connect::read(&file, &mapped, &schema, &mut Silent, &mut |entry| {
                    drafts += black_box(entry).drafts.len();
                    ControlFlow::Continue(())
                });
                (read.is_ok(), drafts)
            });
        });
    }
    group.finish();
    Ok(())
}
