//! What several tests need: reading sources into a house.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use onefold::connect::{self, InferOptions, Mapping};
use onefold::{CustomerId, Draft, Onefold, Options, Silent};

/// A house with the sources read and linked.
pub(crate) struct Read {
    pub(crate) house: Onefold,
}

/// Reads files and folders as the command does, without a mapping.
pub(crate) fn read(paths: &[PathBuf], options: &InferOptions) -> Read {
    let (files, findings) = connect::discover(paths);
    assert!(findings.is_empty(), "{findings:?}");
    let mut mapping = Mapping::default();
    for file in &files {
        let (mapped, _) = connect::map(file, None, options).expect("a readable file");
        mapping.sources.insert(file.source.clone(), mapped);
    }
    let (schema, _) = mapping.schema();
    let at = "2026-07-01T00:00:00Z".parse().expect("a time");
    let house = Onefold::in_memory(Options::default());
    house.adopt(&schema, at).expect("a schema");
    for file in &files {
        let mut drafts: Vec<Draft> = Vec::new();
        connect::read(file, &mapping.sources[&file.source], &schema, &mut Silent, &mut |entry| {
            drafts.extend(entry.drafts);
            ControlFlow::Continue(())
        })
        .expect("a readable file");
        house.accept(file.source.as_str(), at, drafts).expect("room");
    }
    house.relink(&mut Silent).expect("room");
    Read { house }
}

impl Read {
    /// By source and key: the customer.
    pub(crate) fn customers(&self) -> BTreeMap<(String, String), CustomerId> {
        let mut customers = BTreeMap::new();
        for id in self.house.customers().expect("views") {
            for (source, key) in self.house.records_of(id).expect("views") {
                customers.insert((source.to_string(), key.to_string()), id);
            }
        }
        customers
    }
}

/// The sample that is committed with the code.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// An empty folder of this test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("a folder to clear");
    }
    std::fs::create_dir_all(&folder).expect("a folder to make");
    folder
}
