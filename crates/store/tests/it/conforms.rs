//! Both stores against the suite that every store is held to.

use std::path::PathBuf;

use onefold_store::conformance::{Subject, run};
use onefold_store::{MemoryStore, SqliteStore, Store, StoreError};

use crate::support::folder;

struct Memory;

impl Subject for Memory {
    fn create(&mut self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(MemoryStore::default()))
    }

    fn reopen(&mut self, store: Box<dyn Store>) -> Result<Box<dyn Store>, StoreError> {
        Ok(store)
    }
}

struct Sqlite {
    folder: PathBuf,
    made: usize,
}

impl Sqlite {
    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.onefold", self.made))
    }
}

impl Subject for Sqlite {
    fn create(&mut self) -> Result<Box<dyn Store>, StoreError> {
        self.made += 1;
        Ok(Box::new(SqliteStore::create(self.path())?))
    }

    fn reopen(&mut self, store: Box<dyn Store>) -> Result<Box<dyn Store>, StoreError> {
        drop(store);
        Ok(Box::new(SqliteStore::open(self.path())?))
    }
}

#[test]
fn memory_conforms() {
    run(&mut Memory).expect("a store as it should be");
}

#[test]
fn sqlite_conforms() {
    run(&mut Sqlite { folder: folder("conforms"), made: 0 }).expect("a store as it should be");
}

/// A store that takes a delivery twice does not pass: the suite can fail.
#[test]
fn a_store_that_forgets_does_not_conform() {
    struct Forgetful;
    impl Subject for Forgetful {
        fn create(&mut self) -> Result<Box<dyn Store>, StoreError> {
            Ok(Box::new(MemoryStore::default()))
        }

        fn reopen(&mut self, _: Box<dyn Store>) -> Result<Box<dyn Store>, StoreError> {
            Ok(Box::new(MemoryStore::default()))
        }
    }
    let failure = run(&mut Forgetful).expect_err("facts are lost at reopening").to_string();
    assert!(failure.starts_with("a delivery is kept once: "), "{failure}");
}
