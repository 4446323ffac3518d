//! The ground floor of onefold: values and their kinds, identifiers, facts, and the schema that says what attributes mean.
//!
//! Everything that arrives is an immutable [`Fact`]; everything else in onefold is a view of the set of accepted
//! facts. This crate says what a fact is, when two facts are the same one, in which order facts count, and what the
//! values in them mean. It never knows about any other crate of the house: no files, no profiles, no matching.
//!
//! The one decision that shaped it: *a fact's identity and its place in the order come from the fact alone* (its
//! source, its content, its stated time, its stamp), never from when or how often it happened to arrive. From that
//! follows that any order, duplication or batching of the same facts gives the same [`FactSet`].
//!
//! ```
//! use onefold_fact::{Body, Conventions, Draft, FactSet, Kind, RecordKey, Value};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let email = Kind::Email.parse(" Ada@X.io ", &Conventions::default())?;
//! assert_eq!(email, Value::from("ada@x.io"));
//!
//! let draft = Draft::new("crm", Body::set([("email", email)])).key(RecordKey::person("17"));
//! let at = "2026-03-01T09:00:00Z".parse()?;
//! let mut facts = FactSet::default();
//! facts.insert(draft.clone().received("monday", at));
//! facts.insert(draft.received("monday again", at)); // the same fact, delivered twice
//! assert_eq!(facts.standing(None).len(), 1);
//! # Ok(())
//! # }
//! ```

mod body;
mod digest;
mod fact;
mod filter;
mod finding;
mod flat;
mod governing;
mod identifier;
mod kind;
mod name;
mod personal;
mod progress;
mod property;
mod row;
mod schema;
mod schema_change;
mod set;
pub mod standard;
mod text;
mod value;
mod view;

pub use body::{Basis, Body, Choice, Configuration, Consent, Decision, Erasure, Membership, ObjectEvent, Retraction};
pub use digest::{Digest, DigestInto, Digester};
pub use fact::{Draft, Fact, FactId, FactParts, Order, Timestamp};
pub use filter::{Filter, InvalidFilter, Test};
pub use finding::{Finding, Place, Reason};
pub use flat::{Entries, FlatMap};
pub use governing::Governing;
pub use identifier::{CustomerId, Identifier, Namespace, Party, RecordId, RecordKey, UnknownIdentifier, namespace};
pub use kind::{Conventions, Kind, UnknownKind};
pub use name::{AttributeName, Batch, Name, Source, is_of_name, is_same_name};
pub use personal::NATIONAL_ID_NAMES;
pub use progress::{Progress, Silent};
pub use property::{Properties, PropertyPath, UnknownPath};
pub use row::Row;
pub use schema::{
    AttributeGroup, AttributeSpec, GroupRule, NamespaceSpec, PiiClass, Schema, SourceMode, SourceSpec, Survivorship,
};
pub use schema_change::SchemaChange;
pub use set::{FactSet, Inserted, Standing};
pub use text::Text;
pub use value::{PlainJson, Value};
pub use view::{Cell, CellKind, ViewColumn, ViewTable};
