//! View tables in the file: declared as data, written without knowing what they mean.

use std::collections::HashMap;

use onefold_fact::{CellKind, ViewTable};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::read::value;
use crate::store::{Position, RowChange, ViewWrite};

/// The name of a view table in the file.
pub(super) fn table_name(table: &ViewTable) -> String {
    format!("view_{}", table.name)
}

/// The columns of a table as SQL declares them. Kept in the file, it tells whether a table is declared otherwise now.
pub(super) fn declaration(table: &ViewTable) -> String {
    let kind = |kind| match kind {
        CellKind::Integer => "INTEGER",
        CellKind::Text => "TEXT",
        CellKind::Bytes => "BLOB",
    };
    let keys = table.key.iter().map(|column| format!("{} {} NOT NULL", column.name, kind(column.kind)));
    let values = table.values.iter().map(|column| format!("{} {}", column.name, kind(column.kind)));
    let columns: Vec<String> = keys.chain(values).collect();
    let key: Vec<&str> = table.key.iter().map(|column| column.name).collect();
    format!("{}, PRIMARY KEY ({})", columns.join(", "), key.join(", "))
}

/// What is said to the file of each table that was written since it was opened.
#[derive(Debug, Default)]
pub(super) struct Written(HashMap<&'static str, Statements>);

/// What is said to the file of a table that is there as declared.
#[derive(Debug)]
struct Statements {
    table: ViewTable,
    declaration: String,
    put: String,
    remove: String,
}

impl Statements {
    fn of(table: &ViewTable) -> Self {
        let name = table_name(table);
        let marks = (1..=table.columns().count()).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
        let of_key = table.key.iter().enumerate().map(|(at, column)| format!("{} = ?{}", column.name, at + 1));
        Self {
            table: *table,
            declaration: declaration(table),
            put: format!("INSERT OR REPLACE INTO {name} VALUES ({marks})"),
            remove: format!("DELETE FROM {name} WHERE {}", of_key.collect::<Vec<_>>().join(" AND ")),
        }
    }
}

impl Written {
    /// Applies changes to a table, which is made, or made anew, where it has to be.
    pub(super) fn write(&mut self, db: &Connection, write: &ViewWrite<'_>, end: u64) -> rusqlite::Result<()> {
        let ViewWrite { table, stands_at, rows } = write;
        if self.0.get(table.name).is_none_or(|known| known.table != **table) {
            self.0.insert(table.name, made(db, table)?);
        }
        let Some(Statements { declaration, put, remove, .. }) = self.0.get(table.name) else { return Ok(()) };
        for change in rows {
            match change {
                RowChange::Clear => db.execute(&format!("DELETE FROM {}", table_name(table)), [])?,
                RowChange::Put(row) => db.prepare_cached(put)?.execute(params_from_iter(row.iter().map(value)))?,
                RowChange::Remove(key) => {
                    db.prepare_cached(remove)?.execute(params_from_iter(key.iter().map(value)))?
                }
            };
        }
        let stands_at = stands_at.map_or(end, Position::number);
        db.prepare_cached("INSERT OR REPLACE INTO views VALUES (?1, ?2, ?3)")?.execute((
            table.name,
            declaration,
            stands_at,
        ))?;
        Ok(())
    }

    /// Forgets which tables are there, since making them may have been taken back.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// Sees to it that a table is there as it is declared.
fn made(db: &Connection, table: &ViewTable) -> rusqlite::Result<Statements> {
    let statements = Statements::of(table);
    let known: Option<String> = db
        .prepare_cached("SELECT declaration FROM views WHERE name = ?1")?
        .query_row([table.name], |row| row.get(0))
        .optional()?;
    if known.as_ref() != Some(&statements.declaration) {
        let (name, declared) = (table_name(table), &statements.declaration);
        db.execute_batch(&format!("DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({declared}) WITHOUT ROWID"))?;
    }
    Ok(statements)
}
