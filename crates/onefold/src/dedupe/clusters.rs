//! [`Clusters`]: a linkage with the names of its rows.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use foldhash::fast::FixedState;
use onefold_identity::Linkage;

use super::text::Writer;
use super::{Dedupe, ids};

/// Which rows are one party, under names that do not depend on the order of the rows. Made by [`Dedupe::clusters`].
#[derive(Debug)]
pub struct Clusters<'a> {
    rows: &'a Dedupe,
    /// By record: the first record of its cluster.
    of: &'a [u32],
    /// By first record of a cluster: the member with the smallest id, and how many members there are.
    about: Vec<(u32, u32)>,
    /// By first record: which of the clusters of one name it is, where ids do not tell all rows apart.
    repeated: BTreeMap<u32, usize>,
}

impl Dedupe {
    /// The clusters of a linkage of these rows.
    #[must_use]
    pub fn clusters<'a>(&'a self, linkage: &'a Linkage) -> Clusters<'a> {
        let of = linkage.clusters();
        let mut about: Vec<(u32, u32)> = Vec::with_capacity(of.len());
        for (record, first) in (0_u32..).zip(of) {
            about.push((record, 0));
            if let Some((smallest, members)) = about.get_mut(*first as usize) {
                *members += 1;
                if *smallest != record && self.order(record, *smallest).is_lt() {
                    *smallest = record;
                }
            }
        }
        let (mut names, mut repeated) = (HashSet::with_hasher(FixedState::default()), Vec::new());
        // Clusters can have one name only where rows have one id.
        let to_check = if self.rows.ids_differ { &[] } else { of };
        for (record, first) in (0_u32..).zip(to_check) {
            let smallest = about.get(record as usize).map_or(record, |about| about.0);
            if record == *first && !names.insert((self.rows.file(smallest), self.id(smallest))) {
                repeated.push((record, smallest));
            }
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let number = |(first, smallest)| {
            let number = seen.entry(self.label(smallest)).or_insert(1);
            *number += 1;
            (first, *number)
        };
        let repeated = repeated.into_iter().map(number).collect();
        Clusters { rows: self, of, about, repeated }
    }

    /// The order of rows by source and id, which does not depend on where they stand.
    pub(super) fn order(&self, a: u32, b: u32) -> Ordering {
        let by_source = if self.rows.files.len() > 1 { self.source(a).cmp(self.source(b)) } else { Ordering::Equal };
        by_source.then_with(|| ids::order(self.id(a), self.id(b)))
    }
}

impl Clusters<'_> {
    /// How many clusters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        (0_u32..).zip(self.of).filter(|(record, first)| record == *first).count()
    }

    /// Whether there is no cluster, because there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// How many rows share their cluster with another.
    #[must_use]
    pub fn shared(&self) -> usize {
        self.about.iter().filter(|(_, members)| *members > 1).map(|(_, members)| *members as usize).sum()
    }

    /// The largest clusters, at most so many, the largest first and by the order of ids among equals: the name and the
    /// number of members.
    #[must_use]
    pub fn largest(&self, most: usize) -> Vec<(String, usize)> {
        let mut several: Vec<(u32, u32)> = self.about.iter().copied().filter(|(_, members)| *members > 1).collect();
        several.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| self.rows.order(a.0, b.0)));
        several.truncate(most);
        several.into_iter().map(|(smallest, members)| (self.name(smallest), members as usize)).collect()
    }

    /// The name of the cluster of a record: the smallest id among its members, where whole numbers go by their value and
    /// before all others; with several files with the source before a colon. Empty if there is no such record.
    ///
    /// Where ids do not tell all rows apart and two clusters would have one name, the second has `#2` behind it.
    #[must_use]
    pub fn name(&self, record: u32) -> String {
        let Some(first) = self.of.get(record as usize) else { return String::new() };
        let smallest = self.about.get(*first as usize).map_or(record, |about| about.0);
        let name = self.rows.label(smallest);
        match self.repeated.get(first) {
            Some(number) => format!("{name}#{number}"),
            None => name,
        }
    }

    /// Writes a table as CSV: a row for each record in the order of the files and their rows, with its id, its source and
    /// the name of its cluster.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = Writer::new(out);
        let id_column = self.rows.id_column();
        // Two columns of one name could not be told apart.
        let fixed =
            ["source", "cluster_id"].map(|name| if name == id_column { format!("{name}_2") } else { name.into() });
        writer.row([id_column, &fixed[0], &fixed[1]])?;
        let several = self.rows.rows.files.len() > 1;
        for (record, first) in (0_u32..).zip(self.of) {
            let (id, source) = (self.rows.id(record), self.rows.source(record));
            if several || self.repeated.contains_key(first) {
                writer.row([id, source, &self.name(record)])?;
            } else {
                let smallest = self.about.get(*first as usize).map_or(record, |about| about.0);
                writer.row([id, source, self.rows.id(smallest)])?;
            }
        }
        writer.finish()
    }
}
