//! What calls that write return.

use std::collections::BTreeSet;

use onefold_fact::{Batch, CustomerId, Draft, FactId, Finding, Inserted, Party, RecordId};
use onefold_identity::LinkageReport;
use onefold_profile::{Violation, Violations};

use crate::change::Change;

/// What accepting did, fact by fact in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The batch that takes all of it back; none, if nothing was written.
    pub batch: Option<Batch>,
    /// The id of each fact, and what became of it.
    pub facts: Vec<(FactId, Inserted)>,
    /// What they did. The same is read later with [`Onefold::changes`](crate::Onefold::changes).
    pub changes: Vec<Change>,
    /// What was not taken, and why.
    pub findings: Vec<Finding>,
    /// How the events broke the contract in force, whether they were taken or set aside.
    pub violations: Violations,
    /// What the contract in force did not let in, whole and in the order given: to be kept, mended and accepted again. What
    /// is not taken since somebody was erased or is suppressed is not among it, and should not be kept.
    pub set_aside: Vec<SetAsideDraft>,
}

/// A statement that the contract in force did not let in.
///
/// ```
/// use onefold::profile::Contract;
/// use onefold::{Body, Draft, Onefold, Options, RecordKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let at = "2026-03-01T09:00:00Z".parse()?;
/// let house = Onefold::in_memory(Options::default());
/// let contract: Contract =
///     serde_json::from_str(r#"{"events": {"order": {"required": ["total"]}}, "on_violation": "set_aside"}"#)?;
/// house.adopt(&contract, at)?;
/// let order = Draft::new("shop", Body::event("order", [("sku", "A-1")])).key(RecordKey::person("17"));
/// let accepted = house.accept("monday", at, [order.clone()])?;
/// let aside = &accepted.set_aside[0];
/// assert_eq!((aside.place, &aside.draft), (0, &order));
/// assert_eq!(aside.violations[0].to_string(), "required property `total` is missing");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAsideDraft {
    /// Which one it was of those given, counted from 0; also its place in [`Accepted::facts`].
    pub place: usize,
    /// What was said, as it was given.
    pub draft: Draft,
    /// What is wrong with it.
    pub violations: Vec<Violation>,
}

/// What linking found, for persons and for organisations.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Relinked {
    /// By party: what linking did.
    pub parties: Vec<(Party, LinkageReport)>,
    /// The number of customers.
    pub customers: usize,
    /// Customers that were merged or split since the last linkage.
    #[serde(skip)]
    pub changes: Vec<Change>,
}

/// What an erasure removed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Certificate {
    /// The customer.
    pub customer: CustomerId,
    /// The fact that holds the erasure.
    pub erasure: FactId,
    /// The records that are gone. Their ids lead to the erasure from now on ([`Onefold::whereabouts`](crate::Onefold::whereabouts)).
    pub records: BTreeSet<RecordId>,
    /// How many identifiers nobody else held. What names one of them is not taken any more either, whatever record it is
    /// of, unless it states a time after the erasure; kept are keyed hashes only.
    pub identifiers: usize,
    /// The facts whose contents were removed.
    pub facts: BTreeSet<FactId>,
    /// The deliveries that they had.
    pub deliveries: u64,
    /// Whether former versions of pages still stand in the write-ahead log, since older readers are open
    /// ([`Onefold::finish_erasure`](crate::Onefold::finish_erasure)).
    pub pending: bool,
}
