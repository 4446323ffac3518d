//! View tables in the file: declared as data, written without knowing what they mean.

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

/// Applies changes to a table, which is made, or made anew, where it has to be.
pub(super) fn write(db: &Connection, write: &ViewWrite<'_>, end: u64) -> rusqlite::Result<()> {
    let ViewWrite { table, stands_at, rows } = write;
    let (name, declared) = (table_name(table), declaration(table));
    let known: Option<String> = db
        .prepare_cached("SELECT declaration FROM views WHERE name = ?1")?
        .query_row([table.name], |row| row.get(0))
        .optional()?;
    if known.as_ref() != Some(&declared) {
        db.execute_batch(&format!("DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({declared}) WITHOUT ROWID"))?;
    }
    let marks = |columns: usize| (1..=columns).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
    let put = format!("INSERT OR REPLACE INTO {name} VALUES ({})", marks(table.columns().count()));
    let of_key: Vec<String> = table.key.iter().enumerate().map(|(at, c)| format!("{} = ?{}", c.name, at + 1)).collect();
    let remove = format!("DELETE FROM {name} WHERE {}", of_key.join(" AND "));
    for change in rows {
        match change {
            RowChange::Clear => db.execute(&format!("DELETE FROM {name}"), [])?,
            RowChange::Put(row) => db.prepare_cached(&put)?.execute(params_from_iter(row.iter().map(value)))?,
            RowChange::Remove(key) => db.prepare_cached(&remove)?.execute(params_from_iter(key.iter().map(value)))?,
        };
    }
    let stands_at = stands_at.map_or(end, Position::number);
    db.prepare_cached("INSERT OR REPLACE INTO views VALUES (?1, ?2, ?3)")?
        .execute((table.name, declared, stands_at))?;
    Ok(())
}
