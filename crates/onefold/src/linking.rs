//! Who is who: from records to the matcher's columns and back, and the model that they are linked by.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{
    AttributeName, Body, Cell, Fact, Identifier, Kind, Namespace, NamespaceSpec, Party, Progress, RecordId, Schema,
    Standing, Timestamp, namespace,
};
use onefold_identity::{
    Column, Decisions, Explanation, LinkageReport, Linker, Model, Records as Table, RecordsBuilder, Resolver,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use onefold_store::{Read, StoreError};

use crate::tables::NAMES;

/// The attributes and the namespaces that records have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names {
    attributes: BTreeSet<AttributeName>,
    namespaces: BTreeSet<Namespace>,
}

impl Names {
    /// Adds what a fact names; `new` is told of attributes (0) and namespaces (1) that were not known.
    pub(crate) fn add(&mut self, fact: &Fact, mut new: impl FnMut(i64, &str)) {
        if let Body::Set(attributes) = fact.body() {
            for name in attributes.keys() {
                if !self.attributes.contains(name) {
                    new(0, name.as_str());
                    self.attributes.insert(name.clone());
                }
            }
        }
        for identifier in fact.identifiers() {
            if !self.namespaces.contains(identifier.namespace()) {
                new(1, identifier.namespace().as_str());
                self.namespaces.insert(identifier.namespace().clone());
            }
        }
    }

    /// As they are kept.
    pub(crate) fn read(read: &dyn Read) -> Result<BTreeMap<Party, Self>, StoreError> {
        let mut names: BTreeMap<Party, Self> = BTreeMap::new();
        for row in read.rows(&NAMES, &[])? {
            let [Cell::Integer(party), Cell::Integer(what), Cell::Text(name)] = row.as_slice() else { continue };
            let party = if *party == Party::Organisation as i64 { Party::Organisation } else { Party::Person };
            let of = names.entry(party).or_default();
            if *what == 0 {
                of.attributes.insert(name.as_str().into());
            } else {
                of.namespaces.insert(name.as_str().into());
            }
        }
        Ok(names)
    }

    /// These with what is usual for a party: a model of few records is for others that come.
    pub(crate) fn with_usual(&self, party: Party) -> Self {
        const PLACE: [Kind; 5] = [Kind::Email, Kind::Phone, Kind::Street, Kind::City, Kind::Postcode];
        const PERSON: [Kind; 4] = [Kind::GivenName, Kind::FamilyName, Kind::FullName, Kind::BirthDate];
        const ORGANISATION: [Kind; 2] = [Kind::Company, Kind::Url];
        let own: &[Kind] = if party == Party::Person { &PERSON } else { &ORGANISATION };
        let mut names = self.clone();
        names.attributes.extend(PLACE.iter().chain(own).filter_map(|kind| Some(kind.attribute()?.into())));
        names.namespaces.extend([namespace::EMAIL, namespace::PHONE].map(Into::into));
        names
    }

    pub(crate) fn attributes(&self) -> &BTreeSet<AttributeName> {
        &self.attributes
    }
}

/// Numbers, times and prose change with what happens, a balance or a last visit with every event: in a table they may tell
/// who somebody is, over time they do not.
const CHANGING: [Kind; 6] = [Kind::Integer, Kind::Decimal, Kind::Money, Kind::Date, Kind::Timestamp, Kind::FreeText];

/// Which attribute and which namespace goes into which column.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    columns: Vec<Column>,
    attributes: BTreeMap<AttributeName, usize>,
    namespaces: BTreeMap<Namespace, usize>,
}

impl Layout {
    pub(crate) fn of(names: &Names, schema: &Schema) -> Self {
        let mut layout = Self::default();
        for name in &names.attributes {
            let kind = schema.attribute(name).kind;
            if CHANGING.contains(&kind) {
                continue;
            }
            let mut column = Column::new(name.as_str(), kind);
            // What is never to be used under a namespace is not used under the attribute of its name either.
            if let Some(spec) = schema.namespaces.get(name.as_str()) {
                column = governed(column, spec);
            }
            layout.attributes.insert(name.clone(), layout.columns.len());
            layout.columns.push(column);
        }
        for name in &names.namespaces {
            let spec = schema.namespace(name);
            if spec.shareable {
                continue;
            }
            let kind = match name.as_str() {
                namespace::EMAIL => Kind::Email,
                namespace::PHONE => Kind::Phone,
                _ => Kind::ExternalId,
            };
            let mut column = governed(Column::new(name.as_str(), kind), &spec);
            if spec.exclusive {
                column = column.exclusive();
            }
            if spec.joins {
                column = column.joining();
            }
            layout.namespaces.insert(name.clone(), layout.columns.len());
            layout.columns.push(column);
        }
        layout
    }

    /// What a record ever said, by column: distinct, in a fixed order. Not only what it says last: somebody's former
    /// address still tells who they are.
    pub(crate) fn cells<'a>(&self, standing: &[Standing<'a>]) -> Vec<(usize, Cow<'a, str>)> {
        let mut cells = Vec::new();
        for fact in standing.iter().map(Standing::fact) {
            if let Body::Set(attributes) = fact.body() {
                for (name, value) in attributes {
                    if let Some(column) = self.attributes.get(name) {
                        cells.push((*column, value.to_text()));
                    }
                }
            }
            for identifier in fact.identifiers().iter().filter(|identifier| !is_attribute(fact, identifier)) {
                if let Some(column) = self.namespaces.get(identifier.namespace()) {
                    cells.push((*column, Cow::Borrowed(identifier.value())));
                }
            }
        }
        cells.sort_unstable();
        cells.dedup();
        cells
    }
}

/// A column with what its namespace says of values that say nothing.
fn governed(column: Column, spec: &NamespaceSpec) -> Column {
    let column = column.never(&spec.never);
    match spec.shared_by {
        Some(names) => column.shared_by(names),
        None => column,
    }
}

/// Whether an identifier only repeats an attribute of its own fact, as that of an e-mail address does.
fn is_attribute(fact: &Fact, identifier: &Identifier) -> bool {
    matches!(fact.body(), Body::Set(set) if set.values().any(|value| value.as_text() == Some(identifier.value())))
}

/// A model with the names that its columns come from, as adopted.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Adopted {
    names: Names,
    model: Box<RawValue>,
}

/// The model that is in force for a party.
#[derive(Debug)]
pub(crate) struct InForce {
    json: String,
    schema: Schema,
    pub(crate) layout: Layout,
    pub(crate) model: Model,
}

impl InForce {
    /// As it is adopted.
    pub(crate) fn to_json(names: &Names, model: &Model) -> serde_json::Result<String> {
        serde_json::to_string(&Adopted { names: names.clone(), model: serde_json::value::to_raw_value(model)? })
    }

    /// `None`, if it cannot be read or does not fit what the schema says of its columns now.
    pub(crate) fn read(json: &str, schema: &Schema) -> Option<Self> {
        let Adopted { names, model } = serde_json::from_str::<Adopted>(json).ok()?;
        let model = Model::from_json(model.get()).ok()?;
        let layout = Layout::of(&names, schema);
        Resolver::new(layout.columns.clone(), model.clone()).ok()?;
        Some(Self { json: json.to_owned(), schema: schema.clone(), layout, model })
    }

    pub(crate) fn is_of(&self, json: &str, schema: &Schema) -> bool {
        self.json == json && self.schema == *schema
    }

    /// The records that were in a resolver of this model. `None` if they were in one of another.
    pub(crate) fn reopened(&self, snapshot: &[u8]) -> Option<Resolver> {
        let resolver = Resolver::open(self.layout.columns.clone(), snapshot).ok()?;
        (*resolver.model() == self.model).then_some(resolver)
    }

    /// No records yet.
    pub(crate) fn resolver(&self) -> Option<Resolver> {
        Resolver::new(self.layout.columns.clone(), self.model.clone()).ok()
    }

    /// Why two records are one customer or are not, by what the model knows of values.
    pub(crate) fn explain(&self, a: &[Standing<'_>], b: &[Standing<'_>], ids: [RecordId; 2]) -> Option<Explanation> {
        let mut resolver = self.resolver()?;
        for (id, standing) in ids.into_iter().zip([a, b]) {
            let cells = self.layout.cells(standing);
            resolver.insert(id, Timestamp::UNIX_EPOCH, cells.iter().map(|(at, cell)| (*at, cell.as_ref())));
        }
        resolver.explain(ids[0], ids[1])
    }
}

/// Of fewer records than this the weights are not learned: what they show by chance would say too much.
pub(crate) const FEWEST_TRAINED: usize = 500;

/// The records of a party, gathered to be linked all at once. They come in the order of their ids.
pub(crate) struct Gathering {
    names: Names,
    ids: Vec<RecordId>,
    table: RecordsBuilder,
    /// The same in short, of few records.
    few: Option<RecordsBuilder>,
}

impl Gathering {
    /// None yet, of records that have these names, and which of them goes into which column. `few` says that there will be fewer than are learned from.
    pub(crate) fn new(names: &Names, party: Party, few: bool, schema: &Schema) -> (Layout, Self) {
        let names = if few { names.with_usual(party) } else { names.clone() };
        let layout = Layout::of(&names, schema);
        let table = || Table::builder(layout.columns.clone());
        let gathering = Self { table: table(), few: few.then(table), ids: Vec::new(), names };
        (layout, gathering)
    }

    /// Takes in what a record says who it is, by column of the layout.
    pub(crate) fn push(&mut self, id: RecordId, cells: &[(usize, String)]) {
        for table in std::iter::once(&mut self.table).chain(&mut self.few) {
            table.push(cells.iter().map(|(column, cell)| (*column, cell.as_str())));
        }
        self.ids.push(id);
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Learns a model where there are enough records, else takes what is to be expected, and links them.
    pub(crate) fn link(
        self,
        decided: &BTreeMap<(RecordId, RecordId), bool>,
        progress: &mut dyn Progress,
    ) -> (Model, Vec<Vec<RecordId>>, LinkageReport) {
        let mut table = self.table.finish();
        if let Some(few) = self.few {
            let expected = Linker::new(&table, &mut onefold_fact::Silent).expected().clone().with_usual_keys(&table);
            // Under its own names a model is never refused.
            table = few.finish_under(&expected).unwrap_or(table);
        }
        let linker = Linker::new(&table, progress);
        let learned = (table.len() >= FEWEST_TRAINED).then(|| linker.train().ok()).flatten();
        let model = learned.map_or_else(|| linker.expected().clone(), |(model, _)| model);
        let position = |id: &RecordId| self.ids.binary_search(id).ok().and_then(|at| u32::try_from(at).ok());
        let mut decisions = Decisions::default();
        for ((a, b), same) in decided {
            if let (Some(a), Some(b)) = (position(a), position(b)) {
                if *same { decisions.link(a, b) } else { decisions.unlink(a, b) }
            }
        }
        let linkage = linker.link(&model, &decisions, progress);
        let id = |at: u32| self.ids.get(at as usize).copied();
        let groups = linkage.members().into_iter().filter(|members| members.len() > 1);
        let groups = groups.map(|members| members.into_iter().filter_map(id).collect()).collect();
        (model, groups, linkage.report().clone())
    }
}

/// Why two records are one customer or are not, where no model is in force: by what is to be expected.
pub(crate) fn explain_alone(layout: &Layout, a: &[Standing<'_>], b: &[Standing<'_>]) -> Option<Explanation> {
    let mut table = Table::builder(layout.columns.clone());
    for standing in [a, b] {
        table.push(layout.cells(standing).iter().map(|(column, cell)| (*column, cell.as_ref())));
    }
    let table = table.finish();
    let linker = Linker::new(&table, &mut onefold_fact::Silent);
    linker.explain(linker.expected(), 0, 1)
}

#[cfg(test)]
mod tests {
    use onefold_fact::AttributeSpec;

    use super::*;

    /// Catches a balance or a last visit that is linked by: each of its values would make all be linked anew.
    #[test]
    fn what_changes_with_every_event_is_not_linked_by() {
        let kinds = [("balance", Kind::Money), ("last_visit", Kind::Timestamp), ("city", Kind::City)];
        let mut schema = Schema::default();
        schema.attributes.extend(kinds.map(|(name, kind)| (name.into(), AttributeSpec::of(kind))));
        let attributes = kinds.map(|(name, _)| AttributeName::from(name)).into();
        let layout = Layout::of(&Names { attributes, namespaces: BTreeSet::new() }, &schema);
        assert_eq!(layout.columns.iter().map(Column::name).collect::<Vec<_>>(), ["city"]);
    }
}
