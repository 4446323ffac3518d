//! Tables with a column of prose: beside each, SQLite's full-text index (FTS5) of its words.
//!
//! The words are folded here, so that the index needs no tokeniser but blanks, and finds what the plain scan finds. The
//! index holds no text of its own.

use onefold_fact::{Cell, CellKind, ViewTable};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::read::{cell, value};
use super::views::{NUMBER, table_name};
use crate::store::RowChange;
use crate::text::{Phrase, TextMatch, TextQuery, folded, snippet};

/// The name of a table's column of prose.
pub(super) fn column(table: &ViewTable) -> Option<&'static str> {
    table.columns().find(|column| column.kind == CellKind::Prose).map(|column| column.name)
}

/// The name of the index of a table's words. No view table can be called so.
pub(super) fn index_name(table: &ViewTable) -> String {
    format!("words_of_{}", table.name)
}

/// What is said to the file of the index of a table.
#[derive(Debug)]
pub(super) struct Texts {
    index: String,
    /// Of how many columns the key is, and the place of the prose.
    key: usize,
    prose: usize,
    find: String,
    remove: String,
    all: String,
    table: String,
}

impl Texts {
    /// `None` if the table has no column of prose.
    pub(super) fn of(table: &ViewTable) -> Option<Self> {
        let prose = table.columns().position(|column| column.kind == CellKind::Prose)?;
        let text = column(table)?;
        let name = table_name(table);
        let of_key = table.key.iter().enumerate().map(|(at, column)| format!("{} = ?{}", column.name, at + 1));
        let of_key = of_key.collect::<Vec<_>>().join(" AND ");
        Some(Self {
            index: index_name(table),
            key: table.key.len(),
            prose,
            find: format!("SELECT {NUMBER}, {text} FROM {name} WHERE {of_key}"),
            remove: format!("DELETE FROM {name} WHERE {NUMBER} = ?1"),
            all: format!("SELECT {NUMBER}, {text} FROM {name} ORDER BY {NUMBER}"),
            table: name,
        })
    }

    /// How the index is declared.
    pub(super) fn declaration(&self) -> String {
        format!("CREATE VIRTUAL TABLE {} USING fts5 (words, content = '', tokenize = 'ascii')", self.index)
    }

    /// Applies a change to the table and the index. Gives whether it took words out.
    pub(super) fn change(&self, db: &Connection, put: &str, change: &RowChange) -> rusqlite::Result<bool> {
        match change {
            RowChange::Clear => {
                db.execute(&format!("DELETE FROM {}", self.table), [])?;
                self.empty(db)?;
                Ok(false)
            }
            RowChange::Remove(key) => self.take_out(db, key),
            RowChange::Put(row) => {
                let is_taken_out = self.take_out(db, row.get(..self.key).unwrap_or_default())?;
                let number = db.prepare_cached(put)?.insert(params_from_iter(row.iter().map(value)))?;
                if let Some(Cell::Text(text)) = row.get(self.prose) {
                    self.take_in(db, number, text)?;
                }
                Ok(is_taken_out)
            }
        }
    }

    fn take_in(&self, db: &Connection, number: i64, text: &str) -> rusqlite::Result<()> {
        let words = folded(text);
        if !words.is_empty() {
            let index = &self.index;
            db.prepare_cached(&format!("INSERT INTO {index} (rowid, words) VALUES (?1, ?2)"))?
                .execute((number, words))?;
        }
        Ok(())
    }

    fn take_out(&self, db: &Connection, key: &[Cell]) -> rusqlite::Result<bool> {
        let found: Option<(i64, Option<String>)> = db
            .prepare_cached(&self.find)?
            .query_row(params_from_iter(key.iter().map(value)), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((number, text)) = found else { return Ok(false) };
        let words = text.map(|text| folded(&text)).unwrap_or_default();
        if !words.is_empty() {
            let index = &self.index;
            db.prepare_cached(&format!("INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', ?1, ?2)"))?
                .execute((number, words))?;
        }
        db.prepare_cached(&self.remove)?.execute([number])?;
        Ok(true)
    }

    fn empty(&self, db: &Connection) -> rusqlite::Result<()> {
        let index = &self.index;
        db.execute(&format!("INSERT INTO {index} ({index}) VALUES ('delete-all')"), []).map(drop)
    }

    /// Makes the index anew from the table. Taking words out of it only notes that they have gone, and its pages are
    /// split at words of texts that may have gone long ago; made anew it holds the words of the texts that are there.
    pub(super) fn index_anew(&self, db: &Connection) -> rusqlite::Result<()> {
        self.empty(db)?;
        let mut select = db.prepare_cached(&self.all)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(text) = row.get::<_, Option<String>>(1)? {
                self.take_in(db, row.get(0)?, &text)?;
            }
        }
        Ok(())
    }
}

/// Searches a table that is there as declared.
pub(super) fn search(
    db: &Connection,
    table: &ViewTable,
    query: &TextQuery,
    within: &[Cell],
    limit: usize,
) -> rusqlite::Result<Vec<TextMatch>> {
    let (index, name) = (index_name(table), table_name(table));
    let Some(text) = column(table) else {
        return Ok(Vec::new());
    };
    let key: Vec<String> = table.key.iter().map(|column| format!("rows.{}", column.name)).collect();
    let within_key = key.iter().zip(3..).take(within.len()).map(|(column, at)| format!(" AND {column} = ?{at}"));
    let mut select = db.prepare_cached(&format!(
        "SELECT round(bm25({index}) * -1e9) / 1e9 AS fits, rows.{text}, {key}
         FROM {index} JOIN {name} AS rows ON rows.{NUMBER} = {index}.rowid
         WHERE {index} MATCH ?1{within}
         ORDER BY fits DESC, {key} LIMIT ?2",
        key = key.join(", "),
        within = within_key.collect::<String>(),
    ))?;
    let limit = Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX));
    let asked = [Value::Text(expression(query)), limit].into_iter().chain(within.iter().map(value));
    let mut rows = select.query(params_from_iter(asked))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        let key = (0..key.len()).map(|at| Ok(cell(row.get_ref(at + 2)?))).collect::<rusqlite::Result<_>>()?;
        found.push(TextMatch { key, rank: row.get(0)?, snippet: snippet(&text, query) });
    }
    Ok(found)
}

/// The query in the language of FTS5. Words are letters and digits, so quotes hold them all.
fn expression(query: &TextQuery) -> String {
    let phrase =
        |Phrase { words, begun }: &Phrase| format!("\"{}\"{}", words.join(" "), if *begun { " *" } else { "" });
    query.phrases.iter().map(phrase).collect::<Vec<_>>().join(" AND ")
}
