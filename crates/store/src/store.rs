//! [`Store`]: what a store of facts does, and the values it takes and gives.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use onefold_fact::{Cell, Fact, FactId, Inserted, ViewTable};

use crate::error::StoreError;
use crate::text::{TextMatch, TextQuery, scan};

/// A place in the log. The first fact is at 1; a fact keeps its position for ever, also when it is erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// Before the first fact.
    pub const START: Self = Self(0);

    /// The position of the `number`th delivery that was taken, counted from 1.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// How many deliveries were taken up to here.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A delivery of a fact, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Where it stands in the log.
    pub position: Position,
    /// The fact as delivered.
    pub fact: Fact,
}

/// What is written in one step: all of it is on disk when the store returns, or none of it is ever seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Commit<'a> {
    /// Facts to append, in this order.
    pub facts: &'a [Fact],
    /// What changes in view tables.
    pub views: &'a [ViewWrite<'a>],
    /// Checkpoints to keep, each instead of the one of the same name.
    pub checkpoints: &'a [(&'a str, Checkpoint)],
}

impl<'a> Commit<'a> {
    fn derived(&self) -> Derived<'a> {
        let checkpoint = |(name, checkpoint): &(&str, Checkpoint)| ((*name).to_owned(), checkpoint.clone());
        Derived { views: self.views.to_vec(), checkpoints: self.checkpoints.iter().map(checkpoint).collect() }
    }
}

/// What changes in one view table.
#[derive(Debug, Clone)]
pub struct ViewWrite<'a> {
    /// The table. It is made if it is not there, and made anew, empty, if it was declared otherwise.
    pub table: &'a ViewTable,
    /// Where in the log the table stands afterwards; `None`: at the end, this commit's facts included.
    pub stands_at: Option<Position>,
    /// The changes, in order.
    pub rows: Vec<RowChange>,
}

/// A change of a view table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// All rows go.
    Clear,
    /// This row is there, instead of one with the same key. Cells stand in the order of the columns.
    Put(Vec<Cell>),
    /// The row with this key is gone, if it was there.
    Remove(Vec<Cell>),
}

/// A state that somebody wants back at the next opening, so that only what came after it is replayed. A store does not
/// look inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The version of the form of `bytes`. Whoever does not know it makes the state anew from the log.
    pub version: u32,
    /// The position of the log up to which the state was made.
    pub position: Position,
    /// The state.
    pub bytes: Vec<u8>,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The end of the log afterwards.
    pub position: Position,
    /// What became of each fact, in the order given, exactly as [`FactSet::insert`](onefold_fact::FactSet::insert)
    /// says.
    pub inserted: Vec<Inserted>,
}

/// What is to change beside the log.
#[derive(Debug, Clone, Default)]
pub struct Derived<'a> {
    /// What changes in view tables.
    pub views: Vec<ViewWrite<'a>>,
    /// Checkpoints to keep, each instead of the one of the same name.
    pub checkpoints: Vec<(String, Checkpoint)>,
}

/// Says what is to change beside the log, from the state with the facts appended and from what became of them. Facts
/// that are erased in the same step are still there.
pub type Derive<'f, 'a> = dyn FnMut(&dyn Read, &Committed) -> Result<Derived<'a>, StoreError> + 'f;

/// What an erasure removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The facts whose content was removed, by id. Ids that the log does not hold, or no longer, are not in it.
    pub facts: BTreeSet<FactId>,
    /// The deliveries that these facts had in the log.
    pub deliveries: u64,
    /// Whether former versions of the file's pages still stand in the write-ahead log because readers that began
    /// before the erasure are open. [`Store::finish_erasure`] removes them once those have gone.
    pub pending: bool,
}

/// What an integrity check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Deliveries in the log, erased ones included.
    pub deliveries: u64,
    /// Those that are erased.
    pub erased: u64,
    /// What is wrong, one line each; empty: the store is sound.
    pub problems: Vec<String>,
}

impl CheckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Reads one state of a store.
pub trait Read {
    /// The end of the log: the position of the last delivery that was taken.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn position(&self) -> Result<Position, StoreError>;

    /// The deliveries after a position, in the order in which they were taken, at most `limit` positions on. Erased
    /// ones are left out, so fewer than `limit` do not mean the end: that is [`position`](Self::position).
    ///
    /// # Errors
    /// When the store cannot be read, or what it holds is not what was written.
    fn facts(&self, after: Position, limit: usize) -> Result<Vec<Logged>, StoreError>;

    /// The deliveries at these positions, in the order given. Erased ones, and positions where none is, are left out.
    ///
    /// # Errors
    /// When the store cannot be read, or what it holds is not what was written.
    fn facts_at(&self, positions: &[Position]) -> Result<Vec<Logged>, StoreError>;

    /// The rows of a view table whose key begins with `prefix`, in the order of their keys. None, if there is no table
    /// of this declaration.
    ///
    /// # Errors
    /// When the store cannot be read, or the prefix does not fit the key.
    fn rows(&self, table: &ViewTable, prefix: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError>;

    /// At most `limit` rows of a view table whose key comes after `key`, in the order of their keys. None, if there is
    /// no table of this declaration.
    ///
    /// # Errors
    /// When the store cannot be read, or `key` is not a whole key of the table.
    fn rows_after(&self, table: &ViewTable, key: &[Cell], limit: usize) -> Result<Vec<Vec<Cell>>, StoreError>;

    /// At most `limit` rows of a view table with a column of prose ([`CellKind::Prose`](onefold_fact::CellKind::Prose))
    /// in which all that is asked for occurs, of those whose key begins with `within`; the best first, among equals in
    /// the order of their keys. How well one fits is measured against all rows of the table. None, if there is no table
    /// of this declaration.
    ///
    /// Unless a store has an index, it looks at all rows.
    ///
    /// ```
    /// use onefold_fact::{Cell, CellKind, ViewColumn, ViewTable};
    /// use onefold_store::{Commit, MemoryStore, Read, RowChange, Store, ViewWrite};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// const NOTES: ViewTable = ViewTable {
    ///     name: "notes",
    ///     key: &[ViewColumn { name: "number", kind: CellKind::Integer }],
    ///     values: &[ViewColumn { name: "text", kind: CellKind::Prose }],
    /// };
    /// let row = vec![Cell::Integer(7), Cell::Text("Wants the Müller contract by Friday".to_owned())];
    /// let views = [ViewWrite { table: &NOTES, stands_at: None, rows: vec![RowChange::Put(row)] }];
    /// let mut store = MemoryStore::default();
    /// store.commit(&Commit { views: &views, ..Commit::default() })?;
    ///
    /// let found = store.search(&NOTES, &"muller contr*".parse()?, &[], 10)?;
    /// assert_eq!(found[0].key, [Cell::Integer(7)]);
    /// assert_eq!(found[0].snippet.to_string(), "Wants the [Müller] [contract] by Friday");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the store cannot be read, `within` does not fit the key, or the table has no column of prose.
    fn search(
        &self,
        table: &ViewTable,
        query: &TextQuery,
        within: &[Cell],
        limit: usize,
    ) -> Result<Vec<TextMatch>, StoreError> {
        crate::memory::fits_prefix(table, within)?;
        scan(table, self.rows(table, &[])?, query, within, limit)
    }

    /// Where in the log a view table stands; [`Position::START`] if there is no table of this declaration.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn stands_at(&self, table: &ViewTable) -> Result<Position, StoreError>;

    /// The checkpoint of a name.
    ///
    /// # Errors
    /// When the store cannot be read, or the checkpoint is not what was written.
    fn checkpoint(&self, name: &str) -> Result<Option<Checkpoint>, StoreError>;

    /// Writes a copy of this state into a new SQLite file, which [`SqliteStore`](crate::SqliteStore) opens. The file is
    /// there when it is complete, not before; a writer goes on meanwhile.
    ///
    /// # Errors
    /// When there is a file at `to` already, or it cannot be written.
    fn backup(&self, to: &Path) -> Result<(), StoreError>;
}

/// Makes readers, from any thread and while the store is written.
pub trait Readers: Send + Sync + fmt::Debug {
    /// A reader of the state as it is now. It sees no later commit, blocks no writer and is not blocked by one.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn reader(&self) -> Result<Box<dyn Read + Send>, StoreError>;
}

/// A store: one writer, and readers beside it. Reading through the store itself gives the latest state.
pub trait Store: Read + Send + fmt::Debug {
    /// Appends facts, removes the contents of others, and changes what `derive` then says, all in one step. When this
    /// returns, what was written survives a crash of the process and of the machine. A delivery that is known (same id,
    /// content, batch and stamp) is not written again. An erased fact keeps its position and its id, so that delivering
    /// it again is known for what it is ([`Inserted::Erased`]) and restores nothing; view tables and checkpoints are
    /// their owners' to clean, in what `derive` says.
    ///
    /// # Errors
    /// When anything cannot be written, or `derive` fails; then nothing was. After an error of the disk no further
    /// commit is accepted until the store is opened again ([`StoreError::Refused`]), since what a failed sync has left
    /// is not known.
    fn commit_with(
        &mut self,
        facts: &[Fact],
        erased: &BTreeSet<FactId>,
        derive: &mut Derive<'_, '_>,
    ) -> Result<(Committed, Certificate), StoreError>;

    /// Writes in one step what is known beforehand.
    ///
    /// # Errors
    /// Those of [`commit_with`](Self::commit_with).
    fn commit(&mut self, commit: &Commit<'_>) -> Result<Committed, StoreError> {
        Ok(self.commit_with(commit.facts, &BTreeSet::new(), &mut |_, _| Ok(commit.derived()))?.0)
    }

    /// Appends facts: a [`commit`](Self::commit) of nothing else.
    ///
    /// # Errors
    /// Those of [`commit`](Self::commit).
    fn append(&mut self, facts: &[Fact]) -> Result<Committed, StoreError> {
        self.commit(&Commit { facts, ..Commit::default() })
    }

    /// Removes the contents of facts from the log, and, in the same step, makes `commit`.
    ///
    /// # Errors
    /// Those of [`commit_with`](Self::commit_with).
    fn erase(&mut self, facts: &BTreeSet<FactId>, commit: &Commit<'_>) -> Result<Certificate, StoreError> {
        Ok(self.commit_with(commit.facts, facts, &mut |_, _| Ok(commit.derived()))?.1)
    }

    /// The positions of the deliveries of a fact; none, if it is not known or is erased.
    #[must_use]
    fn positions(&self, fact: FactId) -> Vec<Position>;

    /// What makes readers.
    fn readers(&self) -> Arc<dyn Readers>;

    /// A reader of the state as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn reader(&self) -> Result<Box<dyn Read + Send>, StoreError> {
        self.readers().reader()
    }

    /// Removes what an erasure left pending. Gives whether nothing is pending any more.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn finish_erasure(&mut self) -> Result<bool, StoreError>;

    /// Gives space that is no longer used back.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn compact(&mut self) -> Result<(), StoreError>;

    /// Looks at everything that the store holds, whether it is what was written.
    ///
    /// # Errors
    /// When the store cannot be read at all. What can be read and is wrong is in the report.
    fn check(&self) -> Result<CheckReport, StoreError>;
}
