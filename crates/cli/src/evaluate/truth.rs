//! [`Truth`]: which rows are one party, as somebody knows it.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use anyhow::Result;

use super::sheet::Sheet;

/// The party of each row, by its id, or by its source and id.
#[derive(Debug)]
pub(super) struct Truth {
    by_source: bool,
    parties: HashMap<String, Known>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    /// `None` if it is said twice and differently.
    party: Option<u32>,
    visited: bool,
}

impl Truth {
    pub(super) fn read(
        paths: &[PathBuf],
        id: &str,
        column: &str,
        between: Option<(&str, &str)>,
        clusters: &Sheet,
    ) -> Result<Self> {
        let mut sheets = Vec::with_capacity(paths.len());
        for path in paths {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            sheets.push((stem, Sheet::read(path, &[id, column], &["source"])?));
        }
        let sources: BTreeSet<&str> = clusters.rows().map(|[_, _, source]| source).collect();
        // A column `source` of the truth may mean something else: then it names no source of the clusters.
        let in_column = clusters.has(0)
            && sheets.iter().all(|(_, sheet)| sheet.has(0))
            && sheets.iter().flat_map(|(_, sheet)| sheet.rows()).any(|[_, _, source]| sources.contains(source));
        let in_names =
            clusters.has(0) && sheets.len() > 1 && sheets.iter().all(|(stem, _)| sources.contains(stem.as_str()));
        let mut truth = Self { by_source: in_column || in_names, parties: HashMap::new() };
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for (stem, sheet) in &sheets {
            for [id, party, source] in sheet.rows() {
                let party = match between {
                    Some((before, behind)) => piece(party, before, behind),
                    None => party,
                };
                if party.is_empty() {
                    continue;
                }
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                let party = *numbers.entry(party).or_insert(next);
                let key = truth.key(if in_column { source } else { stem }, id);
                let known = truth.parties.entry(key).or_insert(Known { party: Some(party), visited: false });
                if known.party != Some(party) {
                    known.party = None;
                }
            }
        }
        Ok(truth)
    }

    fn key(&self, source: &str, id: &str) -> String {
        if self.by_source { format!("{source}\u{1f}{id}") } else { id.to_owned() }
    }

    /// The party of a row.
    pub(super) fn of(&self, source: &str, id: &str) -> Option<u32> {
        self.parties.get(&self.key(source, id))?.party
    }

    /// The party of a row, which is known to have a cluster from then on.
    pub(super) fn visit(&mut self, source: &str, id: &str) -> Option<u32> {
        let key = self.key(source, id);
        let known = self.parties.get_mut(&key)?;
        known.visited = true;
        known.party
    }

    /// How many rows were never visited.
    pub(super) fn unvisited(&self) -> u64 {
        self.parties.values().filter(|known| !known.visited).count() as u64
    }

    /// How many ids have several parties.
    pub(super) fn contradicting(&self) -> u64 {
        self.parties.values().filter(|known| known.party.is_none()).count() as u64
    }

    pub(super) fn by_source(&self) -> bool {
        self.by_source
    }
}

/// What stands behind the first `before` and in front of the next `behind`; nothing if there is no `before`.
fn piece<'t>(text: &'t str, before: &str, behind: &str) -> &'t str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split_once(behind).map_or(rest, |(piece, _)| piece)
}

#[cfg(test)]
mod tests {
    use super::piece;

    #[test]
    fn the_truth_may_stand_between_two_texts() {
        assert_eq!(piece("rec-17-org", "rec-", "-"), "17");
        assert_eq!(piece("rec-17", "rec-", "-"), "17");
        assert_eq!(piece("17-org", "rec-", "-"), "");
    }
}
