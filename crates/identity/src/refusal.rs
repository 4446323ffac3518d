//! [`Refusal`]: why records cannot be linked.

use crate::records::{Comparator, Records};

/// Why records cannot be linked without being told more: any answer would be a guess.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There are no two records.
    #[error("there are fewer than two records: nothing can be linked")]
    TooFew,
    /// No column tells anything of who a record is about.
    #[error(
        "no column says who a record is about: names, birth dates, e-mails, phones, addresses and numbers of \
         authorities do. Name the kinds of the columns in a mapping"
    )]
    NothingToCompare,
    /// There is one thing to compare, and it is not one party's alone.
    #[error(
        "`{column}` is all that can be compared, and it does not tell parties apart: two that agree in it may be one or \
         two. Add columns, or if it does tell them apart, name its kind in a mapping, such as `external-id`"
    )]
    OnlyOne {
        /// What is compared: a column, or what several columns say together.
        column: String,
    },
    /// All records are the same.
    #[error(
        "all {records} records are equal in everything that is compared: whether they are one party or many cannot be \
         told from them"
    )]
    AllEqual {
        /// How many.
        records: usize,
    },
    /// No two records have anything in common.
    #[error(
        "no two of the {records} records have one value in common, in any column that is compared: there is nothing \
         to link by"
    )]
    AllDifferent {
        /// How many.
        records: usize,
    },
}

impl Refusal {
    /// Why these records cannot be linked, if they cannot.
    pub(crate) fn of(records: &Records) -> Option<Self> {
        let count = records.len();
        if count < 2 {
            return Some(Self::TooFew);
        }
        match records.comparisons() {
            // Of numbers and days nobody knows that they are somebody's.
            said if said.iter().all(|comparison| comparison.comparator.is_quantity()) => {
                return Some(Self::NothingToCompare);
            }
            [only] if only.comparator.pointing().is_none() && !matches!(only.comparator, Comparator::Name(_)) => {
                return Some(Self::OnlyOne { column: only.name.clone() });
            }
            _ => {}
        }
        let all = || 0..u32::try_from(count).unwrap_or(u32::MAX);
        // Of two records, that they are equal says as much as it ever does.
        if count > 2 && all().all(|record| records.fingerprint(record) == records.fingerprint(0)) {
            return Some(Self::AllEqual { records: count });
        }
        let fields = 0..records.layout().chances().len();
        let shared = fields
            .map(|field| records.field(field))
            .any(|field| field.symbols().any(|symbol| field.holders(symbol) > 1));
        (!shared).then_some(Self::AllDifferent { records: count })
    }
}
