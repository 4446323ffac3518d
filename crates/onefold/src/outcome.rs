//! What calls that write return.

use std::collections::BTreeSet;

use onefold_fact::{Batch, CustomerId, FactId, Finding, Inserted, Party, RecordId};
use onefold_identity::LinkageReport;
use onefold_profile::Violations;

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
