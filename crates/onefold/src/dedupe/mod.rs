//! [`Dedupe`]: which rows of one or several tables are about one party, without facts and profiles.
//!
//! The rows of the tables go straight into the columns of the matcher, so that a million of them take seconds. The steps
//! are apart, so that whoever wants to can time them, keep a model, or take a pair apart:
//!
//! ```
//! use onefold::connect::SourceFile;
//! use onefold::identity::Decisions;
//! use onefold::{Dedupe, DedupeOptions, Silent};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = std::env::temp_dir().join(format!("onefold-dedupe-{}.csv", std::process::id()));
//! std::fs::write(&path, "id,name,email\n7,Ada Byron,ada@x.io\n5,\"Byron, Ada\",ada@x.io\n6,Mary Shelley,mary@y.io\n")?;
//!
//! let options = DedupeOptions { id: Some("id".to_owned()), ..DedupeOptions::default() };
//! let rows = Dedupe::read(&[SourceFile::new(&path)], &options, &mut Silent)?.prepare();
//! let linker = rows.linker(&mut Silent);
//! let (model, _) = linker.train()?;
//! let linkage = linker.link(&model, &Decisions::default(), &mut Silent);
//!
//! let mut table = Vec::new();
//! rows.clusters(&linkage).write(&mut table)?;
//! let table = String::from_utf8(table)?;
//! assert_eq!(table.lines().next(), Some("id,source,cluster_id"));
//! assert!(table.lines().nth(1).is_some_and(|line| line.starts_with("7,") && line.ends_with(",5")), "{table}");
//! # std::fs::remove_file(&path)?;
//! # Ok(())
//! # }
//! ```

mod clusters;
mod error;
mod ids;
mod pairs;
mod plan;
mod read;
mod text;

use onefold_connect::{Mapping, SetAside, SourceFile};
use onefold_fact::{Finding, Progress, Source};
use onefold_identity::{Column, Linker, Model, ModelError, Records, RecordsBuilder};

pub use self::clusters::Clusters;
pub use self::error::DedupeError;
use self::ids::Ids;

/// How tables are read to be deduplicated.
#[derive(Debug, Clone, Default)]
pub struct DedupeOptions {
    /// The column that names each row. It is not compared. By default the one that is recognised as each record's own
    /// key, if it tells all rows apart, else the number of the row.
    pub id: Option<String>,
    /// Columns that are left out.
    pub ignore: Vec<String>,
    /// What columns mean, where that shall not be found out from headers and first rows.
    pub mapping: Mapping,
    /// Whether each file is free of duplicates, so that only rows of different files can be one party.
    pub duplicate_free: bool,
}

/// Rows that were read and wait to be laid out. Made by [`Dedupe::read`].
#[derive(Debug)]
pub struct DedupeInput {
    builder: RecordsBuilder,
    rows: Rows,
}

/// What is known of the rows beside what is compared.
#[derive(Debug)]
struct Rows {
    files: Vec<DedupeFile>,
    columns: Vec<Column>,
    left_out: Vec<String>,
    findings: Vec<Finding>,
    id_column: String,
    ids: Ids,
    /// Whether no two rows of a file have one id, and none has a blank one.
    ids_differ: bool,
}

/// What became of a file: `read` rows are `records` and those that were set aside.
#[derive(Debug, Clone)]
pub struct DedupeFile {
    /// What its rows say that they come from: the name of the file without folder and extension.
    pub source: Source,
    /// Rows read.
    pub read: u64,
    /// Rows that became records.
    pub records: u32,
    /// Rows set aside, with the reasons.
    pub set_aside: Vec<SetAside>,
    /// How many single cells were set aside.
    pub values_set_aside: u64,
    /// The position of its first record.
    first: u32,
}

/// The rows of one or several tables, ready to be linked.
#[derive(Debug)]
pub struct Dedupe {
    records: Records,
    rows: Rows,
}

impl Dedupe {
    /// Reads tables, in one pass. Columns of several files with the same header are one column.
    ///
    /// # Errors
    /// When a file cannot be read or is no table, or an option names a column that is not there.
    pub fn read(
        files: &[SourceFile],
        options: &DedupeOptions,
        progress: &mut dyn Progress,
    ) -> Result<DedupeInput, DedupeError> {
        read::read(files, options, None, progress)
    }

    /// As [`read`](Self::read), for rows that are to be [prepared under](DedupeInput::prepare_under) a model: whether it
    /// compares what the columns have is known before a row is read.
    ///
    /// # Errors
    /// As [`read`](Self::read), and when the model compares other things.
    pub fn read_under(
        files: &[SourceFile],
        options: &DedupeOptions,
        model: &Model,
        progress: &mut dyn Progress,
    ) -> Result<DedupeInput, DedupeError> {
        read::read(files, options, Some(model), progress)
    }

    /// The records, in the order of the files and of their rows.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Finds the pairs that are worth weighing, and compares them.
    #[must_use]
    pub fn linker(&self, progress: &mut dyn Progress) -> Linker<'_> {
        Linker::new(&self.records, progress)
    }

    /// The columns that are compared, with their kinds.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.rows.columns
    }

    /// The columns that are not read: the one with the ids, those that were ignored, and those whose role says nothing
    /// about who a row is about.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.rows.left_out
    }

    /// What became of each file.
    #[must_use]
    pub fn files(&self) -> &[DedupeFile] {
        &self.rows.files
    }

    /// What is to be said about the files and their columns.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.rows.findings
    }

    /// The name of the column that names each row; `row` where that is the number of the row.
    #[must_use]
    pub fn id_column(&self) -> &str {
        &self.rows.id_column
    }

    /// The id of a record; empty if there is no such record.
    #[must_use]
    pub fn id(&self, record: u32) -> &str {
        self.rows.ids.get(record)
    }

    /// The source of a record; empty if there is no such record.
    #[must_use]
    pub fn source(&self, record: u32) -> &str {
        self.rows.file(record).map_or("", |file| self.rows.files[file].source.as_str())
    }

    /// What a record is called: its id, with its source before a colon if there are several files.
    #[must_use]
    pub fn label(&self, record: u32) -> String {
        let id = self.id(record);
        if self.rows.files.len() > 1 { format!("{}:{id}", self.source(record)) } else { id.to_owned() }
    }

    /// The records that an id names, or a source and an id with a colon between them.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<u32> {
        let all = || 0..self.rows.ids.len();
        let by_id: Vec<u32> = all().filter(|record| self.id(*record) == name).collect();
        if !by_id.is_empty() {
            return by_id;
        }
        let is_it = |record: &u32| {
            let rest = name.strip_prefix(self.source(*record)).and_then(|rest| rest.strip_prefix(':'));
            rest == Some(self.id(*record))
        };
        all().filter(is_it).collect()
    }
}

impl DedupeInput {
    /// Lays the rows out for comparison.
    #[must_use]
    pub fn prepare(self) -> Dedupe {
        Dedupe { records: self.builder.finish(), rows: self.rows }
    }

    /// Lays the rows out to be linked as a model says.
    ///
    /// # Errors
    /// When the model compares other things than the rows have.
    pub fn prepare_under(self, model: &Model) -> Result<Dedupe, ModelError> {
        Ok(Dedupe { records: self.builder.finish_under(model)?, rows: self.rows })
    }
}

impl Rows {
    /// The position of the file that a record is from.
    fn file(&self, record: u32) -> Option<usize> {
        self.files.partition_point(|file| file.first <= record).checked_sub(1)
    }
}
