//! The fold of one customer: from the facts of all its records to one [`Profile`], the golden record in which every
//! value shows which fact put it there, which facts agree, and which lost and why.
//!
//! The one decision that shaped it: *a profile is a pure function of a set of facts*. [`fold`] sorts by the canonical
//! order before it looks, so arrival, duplication and batching cannot show in the result; nothing is updated in place,
//! so a correction, a merge or a look at the past is the same fold over other facts.
//!
//! ```
//! use onefold_fact::{AttributeSpec, Body, Draft, FactSet, Kind, RecordKey, Schema, Survivorship, Value};
//! use onefold_profile::fold;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let says = |source, key, email, at: &str| -> Result<_, Box<dyn std::error::Error>> {
//!     let draft = Draft::new(source, Body::set([("email", email)])).key(RecordKey::person(key));
//!     Ok(draft.occurred_at(at.parse()?).received("import", "2026-04-01T00:00:00Z".parse()?))
//! };
//! let crm = says("crm", "17", "ada@x.io", "2026-03-01T00:00:00Z")?;
//! let shop = says("shop", "9", "ada@old.io", "2025-01-02T00:00:00Z")?;
//! let id = crm.record().ok_or("a fact about a record")?.into();
//!
//! let facts = FactSet::from_iter([crm, shop]);
//! let of_ada = facts.standing(None).into_iter().filter_map(|s| Some((s.fact().record()?, s)));
//! let mut schema = Schema::default();
//! schema.attributes.insert("email".into(), AttributeSpec::of(Kind::Email).surviving_by(Survivorship::Latest));
//!
//! let ada = fold(id, of_ada, &schema, None);
//! assert_eq!(ada.value("email"), Some(&Value::from("ada@x.io")));
//! assert_eq!(
//!     ada.why("email").ok_or("she has one")?.to_string(),
//!     "email: ada@x.io, from crm record 17, 2026-03-01, because it is the latest\n\
//!      lost: ada@old.io (shop record 9, 2025-01-02): older",
//! );
//! # Ok(())
//! # }
//! ```
//!
//! It never knows how records came to be one customer (that is the work of identity), where facts are kept, or what
//! time it is.

mod attribute;
mod claims;
mod computed;
mod consent;
mod contract;
mod evolution;
mod explain;
mod export;
mod fold;
mod group;
mod history;
mod identifier;
mod mask;
mod nested;
mod packed;
mod plain;
mod profile;
mod prose;
mod provenance;
mod purchase;
mod retention;
mod roll_up;
mod rules;
mod sameness;
mod settle;
mod suppression;
mod survivorship;
mod timeline;
mod view;

pub use attribute::{Attribute, Element, Other, Supporters, Why};
pub use computed::{
    Accumulator, Aggregate, Calendar, Clock, Computation, Computations, Computed, ComputedAttribute, ComputedState,
    Contribution, End, EventSelector, Extent, InvalidComputation, Lifecycle, LifecycleState, Measure, Occurrence,
    Period, Reach, Rfm, RfmCuts, RfmScore, RfmScoring, RfmState, RfmValues, Scored, Session, Span, Stage, Staged, Unit,
    UnknownSpan, Window, days_between,
};
pub use consent::{ConsentChoice, ConsentState, HeldConsent};
pub use contract::{Contract, Counted, EventSpec, OnViolation, PropertyType, Violation, Violations};
pub use evolution::{ContractChange, Evolution};
pub use explain::Explanation;
pub use export::{Disclosure, Export, ExportedEvent, ExportedValue, Telling};
pub use fold::{fold, fold_by};
pub use group::GroupMembership;
pub use history::{History, HistoryPeriod, history};
pub use identifier::HeldIdentifier;
pub use mask::{keyed_hash, mask};
pub use packed::{PackedProfile, UnpackError};
pub use profile::Profile;
pub use prose::prose;
pub use provenance::{Provenance, SeenRecord};
pub use purchase::{GivenBack, Line, Order, OrderSpec, Orders, Return, Sum};
pub use retention::{Due, DueFact, Licence, Licences, Retention, RetentionRule};
pub use roll_up::{RollUp, Stay, stays};
pub use rules::{Contender, MissingRule, Rules};
pub use suppression::{Suppressed, Suppression};
pub use timeline::{Cursor, Event, InvalidCursor, Page, Timeline};
pub use view::{Access, GroupView, IdentifierView, Lens, Policy, PurposeSpec, Refusal, Sight, View};
