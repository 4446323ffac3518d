//! [`Tables`] and [`Dialect`]: a rule as SQL over declared tables.

mod compile;
mod events;

use std::collections::BTreeMap;

use onefold_fact::{AttributeName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::RuleError;
use crate::segments::Definition;

/// The tables that a rule is compiled for: one row a subject, and one row an event. What has no column in them cannot
/// be asked.
///
/// Instants and days are whole microseconds since 1970, a day that of its midnight UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// The table of subjects.
    pub subjects: String,
    /// Its column with the id of the subject.
    pub id: String,
    /// Its column of each field.
    pub fields: BTreeMap<AttributeName, Column>,
    /// The table of events.
    pub events: String,
    /// Its column with the id of the subject.
    pub subject: String,
    /// Its column with the time.
    pub at: String,
    /// Its column with the name.
    pub name: String,
    /// Its column with the place of the event in the timeline of its subject, which decides between events of one
    /// instant.
    pub place: String,
    /// Its column of each property, by path.
    pub properties: BTreeMap<String, Column>,
}

/// A column that holds one value at most, and otherwise null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Exact decimal numbers, which SQLite does not have.
    Decimal,
    /// Yes or no.
    Boolean,
    /// Instants or days, in microseconds since 1970.
    Time,
}

/// A database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// SQLite.
    Sqlite,
}

impl std::fmt::Display for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Dialect::DuckDb => "DuckDB",
            Dialect::Sqlite => "SQLite",
        })
    }
}

impl Definition {
    /// The query for the ids of those of whom the rule holds at a clock, in order.
    ///
    /// ```
    /// use onefold_segment::{Column, Definition, Dialect, Holds, Rule, Tables};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let column = |name: &str, holds| Column { name: name.to_owned(), holds };
    /// let tables = Tables {
    ///     subjects: "customers".to_owned(),
    ///     id: "id".to_owned(),
    ///     fields: [("plan".into(), column("plan", Holds::Text))].into(),
    ///     events: "events".to_owned(),
    ///     subject: "customer".to_owned(),
    ///     at: "at".to_owned(),
    ///     name: "name".to_owned(),
    ///     place: "place".to_owned(),
    ///     properties: [("total".to_owned(), column("total", Holds::Decimal))].into(),
    /// };
    /// let rule: Rule = r#"plan = "pro" and did "order" in the last 1d"#.parse()?;
    /// let sql = Definition::try_from(rule)?.to_sql(&tables, Dialect::DuckDb, "2026-03-02T00:00:00Z".parse()?)?;
    /// assert_eq!(sql, "SELECT s.\"id\" FROM \"customers\" AS s WHERE (COALESCE(s.\"plan\" = 'pro', FALSE) AND \
    ///     COALESCE((SELECT COUNT(*) FROM \"events\" AS e WHERE e.\"customer\" = s.\"id\" AND e.\"name\" IN ('order') AND \
    ///     e.\"at\" >= 1772323200000001 AND e.\"at\" < 1772409600000001) >= 1, FALSE)) ORDER BY 1");
    ///
    /// let quiet: Rule = r#"plan = "pro" and has been (did not "order") for 7d"#.parse()?;
    /// let error = Definition::try_from(quiet)?.to_sql(&tables, Dialect::DuckDb, "2026-03-02T00:00:00Z".parse()?);
    /// let message = error.unwrap_err().to_string();
    /// assert_eq!(message, "`has been` cannot be said exactly in DuckDB, line 1, column 18");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When something in it has no column, or cannot be said exactly in the dialect; the message names it, and the place
    /// is that in the text of the rule.
    pub fn to_sql(&self, tables: &Tables, dialect: Dialect, clock: Timestamp) -> Result<String, RuleError> {
        let (text, spot) = crate::text::print(self.condition());
        let compiler = compile::Compiler { tables, dialect, clock: clock.timestamp_micros() };
        let condition = compiler
            .condition(self.condition())
            .map_err(|(at, message)| crate::rule::place(&text, &spot, &at, message))?;
        let (subjects, id) = (compile::quoted(&tables.subjects), compile::quoted(&tables.id));
        Ok(format!("SELECT s.{id} FROM {subjects} AS s WHERE {condition} ORDER BY 1"))
    }
}
