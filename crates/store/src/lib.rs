//! The log of facts and the view tables, in memory or in one SQLite file.
//!
//! The one decision that shaped it: *the log is the truth*. Facts are appended in batches that are on disk before they
//! are acknowledged and that are visible as a whole or not at all. Everything else in the file can be made anew from
//! them: a view table is a cache that knows the position of the log at which it stands, and whoever owns it brings it
//! up to date by reading the facts after that position.
//!
//! ```
//! use onefold_fact::{Body, Draft, Inserted, RecordKey};
//! use onefold_store::{Position, Read, SqliteStore, Store};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("onefold-store-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("customers.onefold");
//! # let _ = std::fs::remove_file(&path);
//! let draft = Draft::new("crm", Body::set([("city", "Bonn")])).key(RecordKey::person("17"));
//! let fact = draft.received("monday", "2026-03-01T09:00:00Z".parse()?);
//!
//! let mut store = SqliteStore::create(&path)?;
//! assert_eq!(store.append(&[fact.clone()])?.inserted, [Inserted::New]);
//! assert_eq!(store.append(&[fact.clone()])?.inserted, [Inserted::Identical]);
//! drop(store);
//!
//! let store = SqliteStore::open(&path)?;
//! assert_eq!(store.facts(Position::START, 10)?.first().map(|logged| &logged.fact), Some(&fact));
//! # drop(store);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Store`] is what a store does; [`MemoryStore`] and [`SqliteStore`] do it. Whoever writes another one holds it to
//! the same suite, [`conformance`]. [`Read::search`] finds words in a table that has a column of prose.
//!
//! It never knows what it stores: who is who, what a profile is, which facts stand.

pub mod conformance;
mod error;
mod memory;
mod sqlite;
mod store;
mod text;

pub use error::StoreError;
pub use memory::MemoryStore;
pub use sqlite::SqliteStore;
pub use store::{
    Certificate, CheckReport, Checkpoint, Commit, Committed, Derive, Derived, Logged, Position, Read, Readers,
    RowChange, Store, ViewWrite,
};
pub use text::{InvalidTextQuery, Snippet, TextMatch, TextQuery};
