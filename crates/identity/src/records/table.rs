//! [`Table`]: records that come and go, under a model.

use std::collections::BTreeSet;

use super::assemble::{fingerprint, is_one_name};
use super::made::{KnownNames, is_made_of_name};
use super::sketch::SketchOf;
use super::standardise::Forms;
use super::{Column, Records, RecordsBuilder, Symbol};
use crate::weigh::{Model, ModelError};

/// Records that come and go. What a record is compared by follows from its own cells and the model alone, as it does
/// where all records are laid out at once.
#[derive(Debug)]
pub(crate) struct Table {
    records: Records,
    columns: Vec<Column>,
    sketches: Vec<SketchOf>,
    providers: BTreeSet<String>,
    names: KnownNames,
    /// Places that are empty.
    free: Vec<u32>,
}

/// What a record says, in standard form: by field the texts, in order.
pub(crate) type Row = Vec<Vec<String>>;

impl Table {
    /// An empty table.
    pub(crate) fn new(columns: Vec<Column>, model: &Model) -> Result<Self, ModelError> {
        let records = Records::builder(columns.clone()).lay_out();
        model.fits(&records)?;
        Ok(Self::within(records, columns, model))
    }

    /// A table of what a builder has gathered from these columns, record by record. The model has to fit them.
    pub(crate) fn of(builder: RecordsBuilder, columns: Vec<Column>, model: &Model) -> Self {
        Self::within(builder.lay_out(), columns, model)
    }

    /// A table of records of which nothing is counted or weighed yet.
    pub(super) fn within(mut records: Records, columns: Vec<Column>, model: &Model) -> Self {
        records.count();
        let names = model.terms().names(records.layout());
        let sketches = records.layout().sketches();
        // What the model says of a value is found when a record brings it.
        for (values, terms) in records.values.iter_mut().zip(model.terms().fields()) {
            terms.frequent().for_each(|(_, text)| {
                values.intern(text);
            });
        }
        records.sketch();
        records.weigh_under(model);
        let providers = model.terms().providers().clone();
        Self { records, columns, sketches, providers, names, free: Vec::new() }
    }

    pub(crate) fn records(&self) -> &Records {
        &self.records
    }

    /// The columns.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The standard forms of a record's cells, by column. Cells of columns that there are not say nothing.
    pub(crate) fn row<'a>(&self, cells: impl IntoIterator<Item = (usize, &'a str)>) -> Row {
        let layout = self.records.layout();
        let fields = layout.chances().len();
        let (mut said, mut instead): (Row, Row) = (vec![Vec::new(); fields], vec![Vec::new(); fields]);
        for (at, cell) in cells {
            let (Some(column), targets) = (self.columns.get(at), layout.targets(at)) else { continue };
            for (target, forms) in targets.iter().zip(Forms::of_cell(column, targets, cell)) {
                let into = if target.is_fallback() { &mut instead } else { &mut said };
                into[target.field()].extend(forms.all().map(str::to_owned));
            }
        }
        for (said, instead) in said.iter_mut().zip(instead) {
            if said.is_empty() {
                *said = instead;
            }
            said.sort_unstable();
            said.dedup();
        }
        if let Some(name) = layout.name()
            && let Some(words) = name.words
        {
            let mut further = std::mem::take(&mut said[words]);
            let is_own = |word: &String| {
                [name.given, name.family].iter().any(|at| said[*at].iter().any(|own| own.split(' ').any(|t| t == word)))
            };
            further.retain(|word| !is_own(word));
            said[words] = further;
        }
        said
    }

    /// Takes a record in, and says where it is.
    pub(crate) fn add(&mut self, mut row: Row) -> u32 {
        let print = fingerprint(row.iter().map(Vec::as_slice));
        let records = &mut self.records;
        if let Some(name) = records.layout.name()
            && let ([given], [family]) = (row[name.given].as_slice(), row[name.family].as_slice())
        {
            row[name.full] = vec![format!("{given} {family}")];
        }
        let record = self.free.pop().unwrap_or_else(|| {
            row.iter().for_each(|_| records.cells.push(&[]));
            records.fingerprints.push(0);
            records.one_name.push(false);
            records.len += 1;
            records.len - 1
        });
        let mut symbols = Vec::new();
        for (at, (texts, values)) in row.iter().zip(&mut records.values).enumerate() {
            let made = |text: &str| is_made_of_name(text, &self.providers, &self.names);
            symbols.clear();
            symbols.extend(texts.iter().map(|text| values.add(text, self.sketches[at], made)));
            values.count(&symbols);
            records.cells.replace(record, at, &symbols);
        }
        records.fingerprints[record as usize] = print;
        records.one_name[record as usize] = is_one_name(records, record);
        record
    }

    /// Takes a record out.
    pub(crate) fn remove(&mut self, record: u32) {
        for at in 0..self.records.values.len() {
            let mut symbols = self.records.cells.of(record, at).to_vec();
            symbols.extend(self.records.generic.remove(&(record, at)).unwrap_or_default());
            self.records.values[at].uncount(&symbols);
            self.records.cells.replace(record, at, &[]);
        }
        self.free.push(record);
    }

    /// Keeps a value of a record out of comparisons, because too many different people hold it.
    pub(crate) fn hide(&mut self, record: u32, field: usize, symbol: Symbol) {
        let kept: Vec<Symbol> =
            self.records.cells.of(record, field).iter().copied().filter(|of| *of != symbol).collect();
        self.records.cells.replace(record, field, &kept);
        self.records.generic.entry((record, field)).or_default().push(symbol);
    }

    /// Takes a value back into comparisons.
    pub(crate) fn show(&mut self, record: u32, field: usize, symbol: Symbol) {
        let mut symbols = self.records.cells.of(record, field).to_vec();
        symbols.push(symbol);
        let values = &self.records.values[field];
        symbols.sort_unstable_by(|a, b| values.text(*a).cmp(values.text(*b)));
        self.records.cells.replace(record, field, &symbols);
        if let Some(hidden) = self.records.generic.get_mut(&(record, field)) {
            hidden.retain(|of| *of != symbol);
        }
    }

    /// How many distinct values each field has.
    pub(crate) fn mark(&self) -> Vec<usize> {
        self.records.values.iter().map(super::values::Values::len).collect()
    }

    /// Forgets the values that came after a mark.
    pub(crate) fn reset(&mut self, mark: &[usize]) {
        self.records.values.iter_mut().zip(mark).for_each(|(values, len)| values.truncate(*len));
    }
}
