//! [`Mapping`]: what the columns of each source mean.

mod columns;
mod document;
mod role;
mod schema;

use std::collections::BTreeMap;

use onefold_fact::standard::{Country, DateOrder};
use onefold_fact::{Conventions, Party, Source, SourceMode};
use serde::{Deserialize, Serialize};

pub use self::columns::Columns;
pub use self::role::Role;
use crate::table::{Encoding, TableOptions};

/// What the columns of each source mean. It is inferred ([`map`](crate::map)), written for people to correct
/// ([`Mapping::to_toml`]), and read again ([`Mapping::from_toml`]). A mapping that a person writes needs to name only
/// what the inference gets wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping {
    /// By source.
    pub sources: BTreeMap<Source, SourceMapping>,
}

/// How one source is read. What is `None` is inferred by [`map`](crate::map); when read without inference it takes its
/// default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenSource", into = "WrittenSource")]
pub struct SourceMapping {
    /// The file that it was made for, for the reader of the mapping.
    pub file: Option<String>,
    /// What its keys name; by default persons.
    pub party: Option<Party>,
    /// What its rows are; by default records.
    pub rows: Option<Rows>,
    /// Whether a delivery adds to what was said before or replaces it; by default it adds.
    pub mode: Option<SourceMode>,
    /// What it takes for granted when it writes phone numbers and dates.
    pub conventions: Conventions,
    /// How the table is written, where that shall not be found out from its bytes.
    pub table: TableOptions,
    /// What each column is for, by its header. A column that is not named is inferred by [`map`](crate::map); when read
    /// without inference it is ignored.
    pub columns: Columns,
}

/// What a row is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rows {
    /// The present state of a customer.
    #[default]
    Records,
    /// That somebody is or was in a group, from when to when and as what: one of perhaps many memberships, which ends none
    /// of the others.
    Memberships,
    /// Something that happened, by this name: `order`.
    Events(String),
    /// What it itself says: JSON messages of type `identify`, `track`, `page`, `screen`, `group` or `alias`. In any
    /// source such a line is read as the message that it is; this says that no other lines are expected.
    Messages,
}

/// A source as people write it: on one level.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenSource {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<Party>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Rows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<SourceMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_order: Option<DateOrder>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::table::delimiter_as_text")]
    delimiter: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<Encoding>,
    #[serde(default, skip_serializing_if = "Columns::is_empty")]
    columns: Columns,
}

impl From<WrittenSource> for SourceMapping {
    fn from(written: WrittenSource) -> Self {
        let WrittenSource { file, party, rows, mode, country, date_order, delimiter, encoding, columns } = written;
        let conventions = Conventions { country, date_order };
        let table = TableOptions { delimiter, encoding };
        Self { file, party, rows, mode, conventions, table, columns }
    }
}

impl From<SourceMapping> for WrittenSource {
    fn from(mapping: SourceMapping) -> Self {
        let SourceMapping { file, party, rows, mode, conventions, table, columns } = mapping;
        let Conventions { country, date_order } = conventions;
        let TableOptions { delimiter, encoding } = table;
        Self { file, party, rows, mode, country, date_order, delimiter, encoding, columns }
    }
}

impl SourceMapping {
    /// This mapping where it says something, `inferred` where it does not.
    pub(crate) fn over(&self, mut inferred: Self) -> Self {
        let given = self.clone();
        inferred.columns.overlay(given.columns);
        Self {
            file: given.file.or(inferred.file),
            party: given.party.or(inferred.party),
            rows: given.rows.or(inferred.rows),
            mode: given.mode.or(inferred.mode),
            conventions: Conventions {
                country: given.conventions.country.or(inferred.conventions.country),
                date_order: given.conventions.date_order.or(inferred.conventions.date_order),
            },
            table: TableOptions {
                delimiter: given.table.delimiter.or(inferred.table.delimiter),
                encoding: given.table.encoding.or(inferred.table.encoding),
            },
            columns: inferred.columns,
        }
    }
}
