//! [`History`]: who was whom, at any date.

use std::collections::BTreeMap;

use onefold_fact::{CustomerId, RecordId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Resolution;

/// Of whom each record was, and from when on: what each [`Resolution`] moved, with its stamp.
///
/// ```
/// use onefold_fact::{CustomerId, RecordId, RecordKey, Source};
/// use onefold_identity::{History, Moved, Resolution};
///
/// let id = |key| RecordId::of(&Source::from("crm"), &RecordKey::person(key));
/// let (monday, tuesday) = ("2026-03-02T09:00:00Z".parse()?, "2026-03-03T09:00:00Z".parse()?);
/// let came = Moved { record: id("18"), from: None, to: Some(id("18").into()) };
/// let merged = Moved { record: id("18"), from: Some(id("18").into()), to: Some(id("17").into()) };
/// let mut history = History::default();
/// history.note(monday, &Resolution { moved: vec![came], ..Resolution::default() });
/// history.note(tuesday, &Resolution { moved: vec![merged], ..Resolution::default() });
/// assert_eq!(history.customer_at(id("18"), monday), Some(CustomerId::from(id("18"))));
/// assert_eq!(history.customer_at(id("18"), tuesday), Some(CustomerId::from(id("17"))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    stays: BTreeMap<RecordId, Vec<(Timestamp, Option<CustomerId>)>>,
    last: Option<Timestamp>,
}

impl History {
    /// Keeps what a step moved. A stamp before the last one counts as the last: what is known becomes known in order.
    pub fn note(&mut self, at: Timestamp, resolution: &Resolution) {
        let at = self.last.map_or(at, |last| last.max(at));
        self.last = Some(at);
        for moved in &resolution.moved {
            let stays = self.stays.entry(moved.record).or_default();
            // Of several steps at one instant the last counts.
            if stays.last().is_some_and(|(since, _)| *since == at) {
                stays.pop();
            }
            if stays.last().and_then(|(_, customer)| *customer) != moved.to {
                stays.push((at, moved.to));
            }
        }
    }

    /// Of whom a record was at an instant; `None` where it was not there.
    #[must_use]
    pub fn customer_at(&self, record: RecordId, at: Timestamp) -> Option<CustomerId> {
        let stays = self.stays.get(&record)?;
        let past = stays.partition_point(|(since, _)| *since <= at);
        past.checked_sub(1).and_then(|last| stays.get(last)).and_then(|(_, customer)| *customer)
    }

    /// Of whom a record was, and from when on, the earliest first; `None` from when it was not there any more.
    #[must_use]
    pub fn of(&self, record: RecordId) -> &[(Timestamp, Option<CustomerId>)] {
        self.stays.get(&record).map_or(&[], Vec::as_slice)
    }

    /// The records that a customer had at an instant, by id. Looks at all records.
    #[must_use]
    pub fn members_at(&self, customer: CustomerId, at: Timestamp) -> Vec<RecordId> {
        let records = self.stays.keys().copied();
        records.filter(|record| self.customer_at(*record, at) == Some(customer)).collect()
    }
}
