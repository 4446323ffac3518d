//! View tables in the file: declared as data, written without knowing what they mean.

use std::collections::HashMap;

use onefold_fact::{CellKind, ViewTable};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::read::value;
use super::texts::{self, Texts};
use crate::store::{Position, RowChange, ViewWrite};

/// The name of a view table in the file.
pub(super) fn table_name(table: &ViewTable) -> String {
    format!("view_{}", table.name)
}

/// The columns of a table as SQL declares them. Kept in the file, it tells whether a table is declared otherwise now.
pub(super) fn declaration(table: &ViewTable) -> String {
    let kind = |kind| match kind {
        CellKind::Integer => "INTEGER",
        CellKind::Text | CellKind::Prose => "TEXT",
        CellKind::Bytes => "BLOB",
    };
    let keys = table.key.iter().map(|column| format!("{} {} NOT NULL", column.name, kind(column.kind)));
    let values = table.values.iter().map(|column| format!("{} {}", column.name, kind(column.kind)));
    let columns: Vec<String> = keys.chain(values).collect();
    let key: Vec<&str> = table.key.iter().map(|column| column.name).collect();
    match texts::column(table) {
        // An index of words refers to rows by number.
        Some(prose) => {
            format!(
                "{NUMBER} INTEGER PRIMARY KEY, {}, UNIQUE ({}) /* words of {prose}, which go at once */",
                columns.join(", "),
                key.join(", ")
            )
        }
        None => format!("{}, PRIMARY KEY ({})", columns.join(", "), key.join(", ")),
    }
}

/// The column by which an index of words refers to rows. No declared column can be called so.
pub(super) const NUMBER: &str = "_number";

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
    texts: Option<Texts>,
}

impl Statements {
    fn of(table: &ViewTable) -> Self {
        let name = table_name(table);
        let marks = (1..=table.columns().count()).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
        let of_key = table.key.iter().enumerate().map(|(at, column)| format!("{} = ?{}", column.name, at + 1));
        let columns: Vec<&str> = table.columns().map(|column| column.name).collect();
        Self {
            table: *table,
            declaration: declaration(table),
            put: format!("INSERT OR REPLACE INTO {name} ({}) VALUES ({marks})", columns.join(", ")),
            remove: format!("DELETE FROM {name} WHERE {}", of_key.collect::<Vec<_>>().join(" AND ")),
            texts: Texts::of(table),
        }
    }
}

impl Written {
    /// Applies changes to a table, which is made, or made anew, where it has to be. Of a commit that erases facts no word
    /// that it takes out of a table stays in the file.
    pub(super) fn write(
        &mut self,
        db: &Connection,
        write: &ViewWrite<'_>,
        end: u64,
        erases: bool,
    ) -> rusqlite::Result<()> {
        let ViewWrite { table, stands_at, rows } = write;
        if self.0.get(table.name).is_none_or(|known| known.table != **table) {
            self.0.insert(table.name, made(db, table)?);
        }
        let Some(Statements { declaration, put, remove, texts, .. }) = self.0.get(table.name) else { return Ok(()) };
        for change in rows {
            if let Some(texts) = texts {
                texts.change(db, put, change)?;
                continue;
            }
            match change {
                RowChange::Clear => db.execute(&format!("DELETE FROM {}", table_name(table)), [])?,
                RowChange::Put(row) => db.prepare_cached(put)?.execute(params_from_iter(row.iter().map(value)))?,
                RowChange::Remove(key) => {
                    db.prepare_cached(remove)?.execute(params_from_iter(key.iter().map(value)))?
                }
            };
        }
        if let Some(texts) = texts.as_ref().filter(|_| erases) {
            texts.forget_borders(db)?;
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
        let (rowid, index) = match &statements.texts {
            Some(texts) => ("", texts.declaration()),
            None => ("WITHOUT ROWID", String::new()),
        };
        db.execute_batch(&format!(
            "DROP TABLE IF EXISTS {}; DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({declared}) {rowid}; {index}",
            texts::index_name(table),
        ))?;
    }
    Ok(statements)
}
