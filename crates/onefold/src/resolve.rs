//! Which records are one customer: from records to the matcher's columns and back.

use std::borrow::Cow;
use std::collections::BTreeMap;

use onefold_fact::{
    AttributeName, Body, Fact, FactSet, Identifier, Kind, Namespace, Party, Progress, RecordId, Schema, namespace,
};
use onefold_identity::{Column, Decisions, Explanation, LinkageReport, Linker, Model, Records as Table};

use rayon::prelude::*;

use crate::records::{Names, Record, Records};

/// The columns of the matcher for records of one party, with the records that they were built from.
pub(crate) struct Matching {
    ids: Vec<RecordId>,
    table: Table,
    decisions: Decisions,
}

impl Matching {
    /// Lays out the records of a party. What a record ever said counts, not only what it says last: somebody's former
    /// address still tells who they are.
    pub(crate) fn of(facts: &FactSet, records: &Records, schema: &Schema, party: Party) -> Self {
        let of_party: Vec<&Record> =
            records.by_id.values().filter(|record| record.party() == party && !record.shareable).collect();
        let layout = records.names.get(&party).map(|names| Layout::of(names, schema)).unwrap_or_default();
        let gathered: Vec<Vec<(usize, Cow<'_, str>)>> =
            of_party.par_iter().map(|record| layout.cells(facts, record)).collect();
        let mut builder = Table::builder(layout.columns);
        for cells in &gathered {
            builder.push(cells.iter().map(|(column, cell)| (*column, cell.as_ref())));
        }
        let ids: Vec<RecordId> = of_party.iter().map(|record| record.id).collect();
        let position = |id: &RecordId| ids.binary_search(id).ok().and_then(|at| u32::try_from(at).ok());
        let mut decisions = Decisions::default();
        for (a, b, same) in &records.decided {
            if let (Some(a), Some(b)) = (position(a), position(b)) {
                if *same { decisions.link(a, b) } else { decisions.unlink(a, b) }
            }
        }
        Self { ids, table: builder.finish(), decisions }
    }

    /// Links the records: groups of two and more.
    pub(crate) fn link(&self, progress: &mut dyn Progress) -> (Vec<Vec<RecordId>>, LinkageReport) {
        let linker = Linker::new(&self.table, progress);
        let linkage = linker.link(&self.model(&linker), &self.decisions, progress);
        let groups = linkage
            .members()
            .into_iter()
            .filter(|members| members.len() > 1)
            .map(|members| members.into_iter().filter_map(|at| self.ids.get(at as usize).copied()).collect())
            .collect();
        (groups, linkage.report().clone())
    }

    /// Why two records are one customer or are not.
    pub(crate) fn explain(&self, a: RecordId, b: RecordId) -> Option<Explanation> {
        let position = |id: RecordId| u32::try_from(self.ids.binary_search(&id).ok()?).ok();
        let linker = Linker::new(&self.table, &mut onefold_fact::Silent);
        linker.explain(&self.model(&linker), position(a)?, position(b)?)
    }

    /// Learned from the records where there are enough of them, else what is to be expected.
    fn model(&self, linker: &Linker<'_>) -> Model {
        let learned = (self.table.len() >= FEWEST_TRAINED).then(|| linker.train().ok()).flatten();
        learned.map_or_else(|| linker.expected().clone(), |(model, _)| model)
    }
}

/// Of fewer records than this the weights are not learned: what they show by chance would say too much.
const FEWEST_TRAINED: usize = 500;

/// Whether an identifier only repeats an attribute of its own fact, as that of an e-mail address does.
fn is_attribute(fact: &Fact, identifier: &Identifier) -> bool {
    matches!(fact.body(), Body::Set(set) if set.values().any(|value| value.as_text() == Some(identifier.value())))
}

/// Which attribute and which namespace goes into which column.
#[derive(Default)]
struct Layout {
    columns: Vec<Column>,
    attributes: BTreeMap<AttributeName, usize>,
    namespaces: BTreeMap<Namespace, usize>,
}

impl Layout {
    /// What a record ever said, by column: distinct, in a fixed order.
    fn cells<'a>(&self, facts: &'a FactSet, record: &Record) -> Vec<(usize, Cow<'a, str>)> {
        let mut cells = Vec::new();
        for standing in record.facts.iter().filter_map(|order| facts.resolve(*order)) {
            let fact = standing.fact();
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

    fn of(names: &Names, schema: &Schema) -> Self {
        let mut layout = Self::default();
        for name in &names.attributes {
            let column = Column::new(name.as_str(), schema.attribute(name).kind);
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
            let mut column = Column::new(name.as_str(), kind);
            if spec.exclusive {
                column = column.exclusive();
            }
            layout.namespaces.insert(name.clone(), layout.columns.len());
            layout.columns.push(column);
        }
        layout
    }
}
