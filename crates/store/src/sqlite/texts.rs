//! Tables with a column of prose: beside each, SQLite's full-text index (FTS5) of its words.
//!
//! The words are folded here, so that the index needs no tokeniser but blanks, and finds what the plain scan finds. The
//! index holds no text of its own, and words that are taken out leave its pages at once (`secure-delete`). What may stay
//! of them stands between pages, see [`Texts::forget_borders`].

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
            table: name,
        })
    }

    /// How the index is declared.
    pub(super) fn declaration(&self) -> String {
        let index = &self.index;
        format!(
            "CREATE VIRTUAL TABLE {index} USING fts5 (words, content = '', tokenize = 'ascii');
             INSERT INTO {index} ({index}, rank) VALUES ('secure-delete', 1)"
        )
    }

    /// Applies a change to the table and the index.
    pub(super) fn change(&self, db: &Connection, put: &str, change: &RowChange) -> rusqlite::Result<()> {
        match change {
            RowChange::Clear => {
                db.execute(&format!("DELETE FROM {}", self.table), [])?;
                let index = &self.index;
                db.execute(&format!("INSERT INTO {index} ({index}) VALUES ('delete-all')"), []).map(drop)
            }
            RowChange::Remove(key) => self.take_out(db, key),
            RowChange::Put(row) => {
                self.take_out(db, row.get(..self.key).unwrap_or_default())?;
                let number = db.prepare_cached(put)?.insert(params_from_iter(row.iter().map(value)))?;
                if let Some(Cell::Text(text)) = row.get(self.prose) {
                    self.take_in(db, number, text)?;
                }
                Ok(())
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

    fn take_out(&self, db: &Connection, key: &[Cell]) -> rusqlite::Result<()> {
        let found: Option<(i64, Option<String>)> = db
            .prepare_cached(&self.find)?
            .query_row(params_from_iter(key.iter().map(value)), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((number, text)) = found else { return Ok(()) };
        let words = text.map(|text| folded(&text)).unwrap_or_default();
        if !words.is_empty() {
            let index = &self.index;
            db.prepare_cached(&format!("INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', ?1, ?2)"))?
                .execute((number, words))?;
        }
        db.prepare_cached(&self.remove)?.execute([number]).map(drop)
    }

    /// Takes out what the borders of pages hold of words that have gone. For each page but the first of a segment the
    /// index keeps, in its shadow table `_idx`, the first letters of a word: what parts the words of the page from those
    /// before. They stay as they are when that word goes. Letters with which no word begins any more are therefore
    /// replaced by the next word that is there, which parts the same pages.
    ///
    /// Source: <https://www.sqlite.org/fts5.html>, "Segment B-Trees" and "The fts5vocab Virtual Table Module".
    pub(super) fn forget_borders(&self, db: &Connection) -> rusqlite::Result<()> {
        let index = &self.index;
        db.execute_batch(&format!(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms_{index} USING fts5vocab (main, {index}, instance)"
        ))?;
        let borders: Vec<(i64, Vec<u8>)> = db
            .prepare_cached(&format!(
                "SELECT segid, term FROM {index}_idx WHERE length(term) > 1 ORDER BY segid, term"
            ))?
            .query_map([], |row| Ok((row.get(0)?, row.get_ref(1)?.as_bytes()?.to_vec())))?
            .collect::<rusqlite::Result<_>>()?;
        let mut next =
            db.prepare_cached(&format!("SELECT term FROM temp.terms_{index} WHERE term >= CAST(?1 AS TEXT) LIMIT 1"))?;
        let mut replace =
            db.prepare_cached(&format!("UPDATE {index}_idx SET term = ?3 WHERE segid = ?1 AND term = ?2"))?;
        let mut drop_page = db.prepare_cached(&format!("DELETE FROM {index}_idx WHERE segid = ?1 AND term = ?2"))?;
        for (segment, border) in &borders {
            // Before the letters stands a sign of the kind of index.
            let Some((kind, letters)) = border.split_first() else { continue };
            let word: Option<Vec<u8>> =
                next.query_row([letters], |row| Ok(row.get_ref(0)?.as_bytes()?.to_vec())).optional()?;
            match word {
                Some(word) if word.starts_with(letters) => {}
                Some(word) => {
                    let new = [std::slice::from_ref(kind), &word].concat();
                    replace.execute((segment, border, new))?;
                }
                None => {
                    drop_page.execute((segment, border))?;
                }
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use onefold_fact::{ViewColumn, ViewTable};

    use super::*;
    use crate::sqlite::views::declaration;

    const TEXTS: ViewTable = ViewTable {
        name: "texts",
        key: &[ViewColumn { name: "number", kind: CellKind::Integer }],
        values: &[ViewColumn { name: "text", kind: CellKind::Prose }],
    };

    /// Words of their own of a text, which begin alike.
    fn words(number: u64) -> Vec<String> {
        let mixed = |nth: u64| (number * 7 + nth).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        (0..7).map(|nth| format!("{}{:x}q", ["st", "sta", "stai", "é"][(nth % 4) as usize], mixed(nth))).collect()
    }

    /// Catches letters of a word that has gone, in pages and between them, and words that are not found any more because
    /// the borders of pages were moved. Mutation: leave `forget_borders` out.
    #[test]
    fn letters_of_words_that_have_gone_do_not_stay() -> rusqlite::Result<()> {
        let db = Connection::open_in_memory()?;
        let texts = Texts::of(&TEXTS).expect("a column of prose");
        let name = table_name(&TEXTS);
        db.execute_batch(&format!("CREATE TABLE {name} ({}); {}", declaration(&TEXTS), texts.declaration()))?;
        let put = format!("INSERT OR REPLACE INTO {name} (number, text) VALUES (?1, ?2)");
        let mut there: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for round in 0..6_u64 {
            db.execute_batch("BEGIN")?;
            for number in round * 600..(round + 1) * 600 {
                let words = words(number);
                let row = vec![Cell::Integer(number as i64), Cell::Text(words.join(" "))];
                texts.change(&db, &put, &RowChange::Put(row))?;
                there.insert(number, words);
            }
            let gone: Vec<u64> = there.keys().copied().filter(|number| (number ^ round) % 3 == 0).collect();
            for number in gone {
                texts.change(&db, &put, &RowChange::Remove(vec![Cell::Integer(number as i64)]))?;
                there.remove(&number);
            }
            texts.forget_borders(&db)?;
            db.execute_batch("COMMIT")?;
            // Every border is the beginning of a word that is there.
            let all: BTreeSet<&str> = there.values().flatten().map(String::as_str).collect();
            let begun: BTreeSet<String> = all.iter().map(|word| folded(word)).collect();
            let mut select = db.prepare("SELECT term FROM words_of_texts_idx WHERE length(term) > 1")?;
            let borders = select.query_map([], |row| Ok(row.get_ref(0)?.as_bytes()?[1..].to_vec()))?;
            let mut count = 0;
            for border in borders {
                let border = border?;
                assert!(begun.iter().any(|word| word.as_bytes().starts_with(&border)), "{border:?}");
                count += 1;
            }
            assert!(count > 8, "too few pages to say anything: {count}");
            db.execute_batch("INSERT INTO words_of_texts (words_of_texts) VALUES ('integrity-check')")?;
            let mut find = db.prepare("SELECT rowid FROM words_of_texts WHERE words_of_texts MATCH ?1")?;
            let found = |find: &mut rusqlite::Statement<'_>, word: &str| -> rusqlite::Result<usize> {
                Ok(find.query_map([format!("\"{}\"", folded(word))], |_| Ok(()))?.count())
            };
            for number in 0..(round + 1) * 600 {
                let expected = usize::from(there.contains_key(&number));
                assert_eq!(found(&mut find, &words(number)[(number % 7) as usize])?, expected, "{number} in {round}");
            }
        }
        Ok(())
    }
}
