//! [`discover`]: from paths to the files that are sources.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use onefold_fact::{Finding, Place, Reason, Source};
use serde::{Deserialize, Serialize};

/// A file and the source that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Where it is.
    pub path: PathBuf,
    /// What its facts say that they come from: the name of the file without folder and extension.
    pub source: Source,
    /// How it is written.
    pub format: Format,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// A table with a header: cells apart by a comma, a semicolon, a tab or a bar.
    Table,
    /// JSON Lines: one JSON object a line.
    JsonLines,
}

impl SourceFile {
    /// One file as a source of its own. The format follows from the extension; for an extension that says nothing,
    /// from whether the file begins with a brace.
    ///
    /// ```
    /// use onefold_connect::{Format, SourceFile};
    ///
    /// let file = SourceFile::new("exports/Web Events.jsonl");
    /// assert_eq!((file.source.as_str(), file.format), ("Web Events", Format::JsonLines));
    /// ```
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let stem = path.file_stem().map_or_else(|| "input".into(), |stem| stem.to_string_lossy());
        let format = by_extension(&path).unwrap_or_else(|| by_content(&path));
        Self { source: Source::from(stem.as_ref()), format, path }
    }

    /// The name that findings call the file by.
    pub(crate) fn name(&self) -> Arc<str> {
        file_name(&self.path)
    }
}

pub(crate) fn file_name(path: &Path) -> Arc<str> {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into()
}

fn by_extension(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" | "tsv" => Some(Format::Table),
        #[cfg(feature = "parquet")]
        "parquet" => Some(Format::Table),
        "jsonl" | "ndjson" => Some(Format::JsonLines),
        _ => None,
    }
}

fn by_content(path: &Path) -> Format {
    let mut beginning = Vec::new();
    // A file that cannot be read is reported by whoever reads it.
    let _ = regular(path).and_then(|file| file.take(1024).read_to_end(&mut beginning));
    let text = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&beginning);
    match text.trim_ascii_start().first() {
        Some(b'{') => Format::JsonLines,
        _ => Format::Table,
    }
}

/// Opens a file, but never a pipe or a device, on which reading could wait for ever.
pub(crate) fn regular(path: &Path) -> std::io::Result<File> {
    let about = fs::metadata(path)?;
    if about.is_file() {
        File::open(path)
    } else {
        let what = if about.is_dir() { "it is a folder" } else { "it is not a regular file" };
        Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, what))
    }
}

/// The files behind the paths, in the order given: a file is itself, a folder its `.csv`, `.tsv`, `.jsonl` and
/// `.ndjson` files by name, without folders in it. A file named twice counts once; of two files with the same name
/// the second source gets a number.
///
/// A path that is missing or cannot be read is a finding, and so is a folder without such files.
#[must_use]
pub fn discover(paths: &[PathBuf]) -> (Vec<SourceFile>, Vec<Finding>) {
    let mut found = Vec::new();
    let mut findings = Vec::new();
    let mut seen_paths = BTreeSet::new();
    let mut seen_sources = BTreeSet::new();
    for path in paths {
        let files = match files(path) {
            Ok(files) => files,
            Err(finding) => {
                findings.push(finding);
                continue;
            }
        };
        for path in files {
            if !seen_paths.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
                continue;
            }
            let mut file = SourceFile::new(path);
            let stem = file.source.clone();
            let mut number = 2;
            while !seen_sources.insert(file.source.clone()) {
                file.source = Source::from(format!("{stem}_{number}"));
                number += 1;
            }
            found.push(file);
        }
    }
    (found, findings)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Finding> {
    let finding = |reason, message: String| Finding::new(reason, message).at(Place::file(path.to_string_lossy()));
    let unreadable = |error| finding(Reason::Unreadable, format!("cannot be read: {error}"));
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        regular(path).map_err(unreadable)?;
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> = fs::read_dir(path)
        .map_err(unreadable)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| by_extension(path).is_some() && path.is_file())
        .collect();
    files.sort();
    if files.is_empty() {
        let message = "has no file to read; expected files ending in .csv, .tsv, .jsonl or .ndjson";
        return Err(finding(Reason::Empty, message.to_owned()));
    }
    Ok(files)
}
