//! Record linkage: which records are one person, or one organisation.
//!
//! Block, compare, weigh, cluster, explain. [`Records`] is a table by column in which each distinct value stands once in
//! its standard form; a [`Model`] says what agreement is worth; a [`Linker`] trains it without labels, finds the parties, and
//! takes pairs apart.
//!
//! The one decision that shaped it: *a pair has more than two explanations*. Beside one party and two strangers there
//! are two relatives, who share a name, a house and a telephone, and two namesakes. What kinship explains is no evidence
//! for one person, so households stay several people.
//!
//! ```
//! use onefold_fact::{Kind, Silent};
//! use onefold_identity::{Column, Decisions, Linker, Records};
//!
//! let mut builder = Records::builder(vec![
//!     Column::new("name", Kind::FullName),
//!     Column::new("email", Kind::Email),
//!     Column::new("dob", Kind::BirthDate),
//! ]);
//! builder.push([(0, "Robert Allen"), (1, "bob.allen@x.io"), (2, "1971-05-24")]);
//! builder.push([(0, "Allen, Bob"), (1, "bob.allen@x.io")]);
//! builder.push([(0, "Mary Allen"), (1, "mary@y.io"), (2, "1973-11-02")]);
//! let records = builder.finish();
//! let linker = Linker::new(&records, &mut Silent);
//! // Three records teach nothing; from hundreds on, `linker.train()` learns the weights.
//! let model = linker.expected();
//! let linkage = linker.link(model, &Decisions::default(), &mut Silent);
//! assert_eq!(linkage.clusters(), [0, 0, 2]);
//! let why = linker.explain(model, 0, 1).map(|why| why.to_string());
//! assert!(why.is_some_and(|why| why.contains("another form of the given name")));
//! ```
//!
//! It never knows about profiles, stores or files, and is good alone, for somebody who only wants record linkage.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

mod block;
mod bytes;
mod candidates;
mod cluster;
mod compare;
mod decision;
mod estimate;
mod evaluate;
mod explain;
mod link;
mod live;
mod records;
mod refusal;
pub mod similarity;
mod threshold;
mod weigh;

pub use block::{MissedKey, PassReport};
pub use cluster::Cut;
pub use decision::Decisions;
pub use estimate::{Estimate, Estimated};
pub use evaluate::Evaluation;
pub use explain::{Explanation, Step};
pub use link::{Linkage, LinkageReport, Linker, ScoredPair};
pub use live::{Change, Found, History, Moved, Possible, Related, Resolution, Resolver, Search, SnapshotError};
pub use records::{Column, Records, RecordsBuilder};
pub use refusal::Refusal;
pub use weigh::{Class, ComparisonModel, LevelModel, MatchWeight, Model, ModelError, Training};
