//! [`Terms`]: how frequent values are, as a model holds it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::made::{self, KnownNames};
use super::values::Values;
use super::{Layout, Records};

/// A value is told from others by how frequent it is where at least so many records hold it. Of rarer ones counts say
/// little, and a model names none of them: it is not to give away who was among the records.
pub(super) const FEWEST_NAMED: u32 = 5;

/// How frequent the values of all fields are, frozen: what agreement on a value is worth, and which mailboxes are made
/// of names, follows from it alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    fields: Vec<FieldTerms>,
    /// Providers of so many mailboxes that they say nothing of who somebody is.
    providers: BTreeSet<String>,
}

/// How frequent the values of a field are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldTerms {
    name: String,
    /// The bin of a value that is not named.
    rest: u8,
    /// By bin: the values that at least [`FEWEST_NAMED`] records hold.
    frequent: BTreeMap<u8, BTreeSet<String>>,
}

impl Terms {
    /// The frequencies that records were weighed by.
    pub(crate) fn of(records: &Records) -> Self {
        let field = |(values, name): (&Values, &str)| {
            let mut frequent: BTreeMap<u8, BTreeSet<String>> = BTreeMap::new();
            for symbol in values.symbols().filter(|symbol| values.is_frequent(*symbol)) {
                frequent.entry(values.bin(symbol)).or_default().insert(values.text(symbol).to_owned());
            }
            FieldTerms { name: name.to_owned(), rest: values.rest(), frequent }
        };
        let names = records.layout.names();
        Self {
            fields: records.values.par_iter().zip(names.collect::<Vec<_>>()).map(field).collect(),
            providers: made::common_providers(records),
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
            let named = field.frequent.keys().copied();
            named.chain([field.rest]).map(|bin| (field.name.as_str(), bin))
        })
    }
}

impl FieldTerms {
    pub(super) fn rest(&self) -> u8 {
        self.rest
    }

    /// The frequent values, with their bins.
    pub(super) fn frequent(&self) -> impl Iterator<Item = (u8, &str)> {
        self.frequent.iter().flat_map(|(bin, values)| values.iter().map(|value| (*bin, value.as_str())))
    }
}
