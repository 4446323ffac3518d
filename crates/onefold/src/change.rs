//! [`Change`]: what accepted facts did, kept in order and read from a cursor.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{
    AttributeName, Batch, Body, Cell, CellKind, CustomerId, Fact, RecordId, Retraction, Timestamp, ViewColumn,
    ViewTable,
};
use onefold_store::{Read, StoreError};
use serde::{Deserialize, Serialize};

/// One thing that was done, at its place in the order of all. It names no personal value: whoever wants one reads the
/// customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its place, from 1 on without a gap. Reading goes on after it.
    pub cursor: u64,
    /// The stamp of the facts that did it; of entering and leaving a segment, the clock at which it is so.
    pub at: Timestamp,
    /// What was done.
    #[serde(flatten)]
    pub what: What,
}

/// What was done. A record leads to its customer ([`Onefold::customer`](crate::Onefold::customer)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
#[non_exhaustive]
pub enum What {
    /// A source told of a record for the first time: a customer, until it is linked to others.
    Created {
        /// The record.
        record: RecordId,
    },
    /// A source said something new about attributes of a record, or took them back.
    Told {
        /// The record.
        record: RecordId,
        /// The attributes.
        attributes: BTreeSet<AttributeName>,
    },
    /// Something happened to a customer: an event, a consent, a membership.
    Happened {
        /// The record.
        record: RecordId,
        /// The event's name, or `consent`, `group`, `object`; nothing where the customer was erased since.
        event: String,
    },
    /// A steward decided something.
    Decided,
    /// A schema or another configuration came into force.
    Adopted {
        /// Which part of the configuration.
        part: String,
    },
    /// A source delivered a whole snapshot: what it leaves out is gone.
    Completed {
        /// The batch.
        batch: Batch,
    },
    /// A fact or a batch was taken back.
    Retracted {
        /// The batch, if it was one.
        batch: Option<Batch>,
    },
    /// Records were erased.
    Erased {
        /// The records.
        records: BTreeSet<RecordId>,
    },
    /// Linking found that a customer is part of another.
    Merged {
        /// The customer who was one of its own.
        customer: CustomerId,
        /// Whose part it is now.
        into: CustomerId,
    },
    /// Linking found that a customer is one of its own.
    Split {
        /// The customer.
        customer: CustomerId,
        /// Whose part it was before.
        from: CustomerId,
    },
    /// A customer came to meet the rule of a segment.
    Entered {
        /// The customer.
        customer: CustomerId,
        /// The segment; nothing where the customer was erased since.
        segment: String,
    },
    /// A customer ceased to, or is not there any more.
    Left {
        /// The customer.
        customer: CustomerId,
        /// The segment; nothing where the customer was erased since.
        segment: String,
    },
}

impl What {
    /// What a delivery of a fact did. `known` says whether its record was known.
    pub(crate) fn of(fact: &Fact, mut known: impl FnMut(RecordId) -> bool) -> Vec<Self> {
        let mut done = Vec::new();
        if let Some(record) = fact.record()
            && matches!(
                fact.body(),
                Body::Set(_)
                    | Body::Unset(_)
                    | Body::Event { .. }
                    | Body::Group(_)
                    | Body::Consent(_)
                    | Body::Object(_)
            )
        {
            if !known(record) {
                done.push(What::Created { record });
            }
            let happened = |event: &str| What::Happened { record, event: event.to_owned() };
            done.push(match fact.body() {
                Body::Set(set) => What::Told { record, attributes: set.keys().cloned().collect() },
                Body::Unset(unset) => What::Told { record, attributes: unset.clone() },
                Body::Event { name, .. } => happened(name),
                Body::Group(_) => happened("group"),
                Body::Object(object) => happened(&format!("{} {}", object.kind, object.event)),
                _ => happened("consent"),
            });
        }
        match fact.body() {
            Body::Decision(_) => done.push(What::Decided),
            Body::Adopt(configuration) => done.push(What::Adopted { part: configuration.part.clone() }),
            Body::Complete => done.push(What::Completed { batch: fact.batch().clone() }),
            Body::Retract(Retraction::Batch(batch)) => done.push(What::Retracted { batch: Some(batch.clone()) }),
            Body::Retract(Retraction::Fact(_)) => done.push(What::Retracted { batch: None }),
            Body::Erase(erasure) => done.push(What::Erased { records: erasure.records.clone() }),
            _ => {}
        }
        done
    }

    /// Takes out what only the records that are erased held: what happened to them, and in which segments they were. Whether
    /// that was anything.
    pub(crate) fn forget(&mut self, erased: &BTreeSet<RecordId>) -> bool {
        let (of, said) = match self {
            What::Happened { record, event } => (*record, event),
            What::Entered { customer, segment } | What::Left { customer, segment } => ((*customer).into(), segment),
            _ => return false,
        };
        let forgets = !said.is_empty() && erased.contains(&of);
        if forgets {
            said.clear();
        }
        forgets
    }

    /// What linking did, from the customer of each record before and after.
    pub(crate) fn between(
        before: &BTreeMap<RecordId, CustomerId>,
        after: &BTreeMap<RecordId, CustomerId>,
    ) -> Vec<Self> {
        let records: BTreeSet<RecordId> = before.keys().chain(after.keys()).copied().collect();
        let mut done = Vec::new();
        for record in records {
            let alone = CustomerId::from(record);
            let of = |view: &BTreeMap<RecordId, CustomerId>| view.get(&record).copied().unwrap_or(alone);
            // Every record that founds a customer on one side and not on the other tells of one merge or split.
            match (of(before) == alone, of(after) == alone) {
                (true, false) => done.push(What::Merged { customer: alone, into: of(after) }),
                (false, true) => done.push(What::Split { customer: alone, from: of(before) }),
                _ => {}
            }
        }
        done
    }
}

/// The changes, as they are kept.
pub(crate) const CHANGES: ViewTable = ViewTable {
    name: "changes",
    key: &[ViewColumn { name: "cursor", kind: CellKind::Integer }],
    values: &[ViewColumn { name: "at", kind: CellKind::Integer }, ViewColumn { name: "what", kind: CellKind::Text }],
};

impl Change {
    pub(crate) fn to_row(&self) -> Result<Vec<Cell>, StoreError> {
        let cursor = i64::try_from(self.cursor).unwrap_or(i64::MAX);
        let unwritable = |error: serde_json::Error| StoreError::View {
            table: CHANGES.name.to_owned(),
            what: format!("a change cannot be written as JSON: {error}"),
        };
        let what = serde_json::to_string(&self.what).map_err(unwritable)?;
        Ok(vec![Cell::Integer(cursor), Cell::Integer(self.at.timestamp_micros()), Cell::Text(what)])
    }

    /// `None` where a row is none that was written.
    pub(crate) fn of_row(row: &[Cell]) -> Option<Self> {
        let [Cell::Integer(cursor), Cell::Integer(at), Cell::Text(what)] = row else { return None };
        Some(Self {
            cursor: u64::try_from(*cursor).ok()?,
            at: Timestamp::from_timestamp_micros(*at)?,
            what: serde_json::from_str(what).ok()?,
        })
    }
}

/// The changes that tell of records which are erased, without what only these held. Their places stay as they are.
pub(crate) fn forgetting(read: &dyn Read, erased: &BTreeSet<RecordId>) -> Result<Vec<Change>, StoreError> {
    let ids: Vec<String> = erased.iter().map(ToString::to_string).collect();
    let names = |row: &[Cell]| match row.last() {
        Some(Cell::Text(what)) => ids.iter().any(|id| what.contains(id.as_str())),
        _ => false,
    };
    let mut changed = Vec::new();
    let mut after = [Cell::Integer(0)];
    loop {
        let page = read.rows_after(&CHANGES, &after, PAGE)?;
        let Some(last) = page.last() else { return Ok(changed) };
        after.clone_from_slice(&last[..1]);
        let told = page.iter().filter(|row| names(row)).filter_map(|row| Change::of_row(row));
        changed.extend(told.filter_map(|mut change| change.what.forget(erased).then_some(change)));
    }
}

/// Rows that are read at a time.
const PAGE: usize = 1 << 12;
