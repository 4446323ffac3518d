//! [`Terms`]: how frequent values are, as a model holds it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chances::Chances;
use super::made::{self, KnownNames};
use super::values::Values;
use super::{Layout, Records, named};

/// A value is told from others by how frequent it is where at least so many records hold it. Of rarer ones counts say
/// little.
pub(super) const FEWEST_COUNTED: u32 = 5;

/// How frequent the values of all fields are, frozen: what agreement on a value is worth, and which mailboxes are made
/// of names, follows from it alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    /// The key of the hashes in them, in hexadecimal digits.
    key: String,
    fields: Vec<FieldTerms>,
    /// Providers of so many mailboxes that they say nothing of who somebody is.
    providers: BTreeSet<String>,
}

/// How frequent the values of a field are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldTerms {
    name: String,
    /// How many records held any value.
    among: u32,
    /// How often two people have the same value by chance, where it is not named here.
    chances: Chances,
    /// By bin: the values that at least [`FEWEST_COUNTED`] records of people of different names hold.
    frequent: BTreeMap<u8, BTreeSet<String>>,
    /// By bin: hashes of the other values that at least [`FEWEST_COUNTED`] records hold. They may be one person's, who
    /// is not to be given away.
    hashed: BTreeMap<u8, BTreeSet<String>>,
}

impl Terms {
    /// The frequencies that records were weighed by.
    pub(crate) fn of(records: &Records) -> Self {
        // Of the content alone, so that the same records give the same model.
        let content = records.fingerprints.iter().fold(0_u64, |sum, print| sum.wrapping_add(*print));
        let key = format!("{content:016x}{:016x}", records.len());
        let hashes = Hashes::of(&key);
        let field = |(values, name): (&Values, &str)| {
            let [mut frequent, mut hashed]: [BTreeMap<u8, BTreeSet<String>>; 2] = Default::default();
            for symbol in values.symbols().filter(|symbol| values.is_frequent(*symbol)) {
                let (bin, text) = (values.bin(symbol), values.text(symbol));
                if values.is_named(symbol) {
                    frequent.entry(bin).or_default().insert(text.to_owned());
                } else {
                    hashed.entry(bin).or_default().insert(written(hashes.hash(name, text)));
                }
            }
            let (among, chances) = (values.among(), values.chances());
            FieldTerms { name: name.to_owned(), among, chances, frequent, hashed }
        };
        let names = records.layout.names();
        Self {
            fields: records.values.par_iter().zip(names.collect::<Vec<_>>()).map(field).collect(),
            providers: made::common_providers(records, &named::all_initials(records)),
            key,
        }
    }

    /// What is known of the values of a field that are not named.
    pub(super) fn hidden(&self, field: &FieldTerms) -> Hidden {
        let read = |(bin, hashes): (&u8, &BTreeSet<String>)| {
            hashes.iter().filter_map(|hash| Some((u64::from_str_radix(hash, 16).ok()?, *bin))).collect::<Vec<_>>()
        };
        Hidden {
            hashes: Hashes::of(&self.key),
            field: field.name.clone(),
            bins: field.hashed.iter().flat_map(read).collect(),
        }
    }

    pub(super) fn fields(&self) -> &[FieldTerms] {
        &self.fields
    }

    pub(super) fn providers(&self) -> &BTreeSet<String> {
        &self.providers
    }

    /// The names that many people bear.
    pub(super) fn names(&self, layout: &Layout) -> KnownNames {
        let of_people = [layout.given(), layout.family()].into_iter().flatten().filter_map(|at| self.fields.get(at));
        made::words(of_people.flat_map(FieldTerms::frequent).map(|(_, name)| name))
    }

    /// The names of the fields.
    pub(crate) fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// Every bin that is named, with its field: to be checked by who reads them.
    pub(crate) fn bins(&self) -> impl Iterator<Item = (&str, u8)> {
        self.fields.iter().flat_map(|field| {
            let bins = field.frequent.keys().chain(field.hashed.keys());
            bins.map(|bin| (field.name.as_str(), *bin))
        })
    }

    /// The first field whose chances are no probabilities: to be checked by who reads them.
    pub(crate) fn invalid(&self) -> Option<&str> {
        self.fields.iter().find(|field| !field.chances.are_valid()).map(|field| field.name.as_str())
    }
}

/// How a value that is not named is written: four bits a digit.
fn written(hash: u64) -> String {
    format!("{hash:016x}")
}

/// What a model says of the values of a field that it does not name: their bins, by a keyed hash.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    hashes: Hashes,
    field: String,
    bins: HashMap<u64, u8, FixedState>,
}

impl Hidden {
    /// The bin of a value, if it is one of these.
    pub(super) fn bin(&self, text: &str) -> Option<u8> {
        if self.bins.is_empty() {
            return None;
        }
        self.bins.get(&self.hashes.hash(&self.field, text)).copied()
    }
}

/// Hashes of values under the key of a model.
#[derive(Debug, Clone, Copy, Default)]
struct Hashes {
    key: [u8; blake3::KEY_LEN],
}

impl Hashes {
    fn of(key: &str) -> Self {
        Self { key: *blake3::hash(key.as_bytes()).as_bytes() }
    }

    fn hash(&self, field: &str, text: &str) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(field.as_bytes()).update(&[0]).update(text.as_bytes());
        let mut first = [0; 8];
        hasher.finalize_xof().fill(&mut first);
        u64::from_le_bytes(first)
    }
}

impl FieldTerms {
    pub(super) fn among(&self) -> u32 {
        self.among
    }

    pub(super) fn chances(&self) -> Chances {
        self.chances
    }

    /// The frequent values that are named, with their bins.
    pub(super) fn frequent(&self) -> impl Iterator<Item = (u8, &str)> {
        self.frequent.iter().flat_map(|(bin, values)| values.iter().map(|value| (*bin, value.as_str())))
    }
}
