//! [`Records`]: the table that is matched, by column and interned.

mod field;
mod generic;
mod intern;
mod layout;

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use onefold_fact::{Conventions, Kind, Row, standard};

pub(crate) use field::Field;
pub(crate) use intern::Symbol;
use intern::Interner;
pub(crate) use layout::Layout;
use layout::{Pending, Target};
pub(crate) use layout::{Address, Comparator, Comparison};

/// Longest text that is compared, in bytes; what is longer is cut. Bounds the time that a broken cell can cost.
const MAX_FORM: usize = 256;

/// A column of the records to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: String,
    kind: Kind,
    conventions: Conventions,
    exclusive: bool,
}

impl Column {
    /// A column by its name, which is shown in explanations, and its kind, which decides how it is compared.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, conventions: Conventions::default(), exclusive: false }
    }

    /// The column with what its source takes for granted.
    #[must_use]
    pub fn with_conventions(mut self, conventions: Conventions) -> Self {
        self.conventions = conventions;
        self
    }

    /// The column as one of which a party has at most one value, ever: two values tell two parties. Of account ids.
    #[must_use]
    pub fn exclusive(mut self) -> Self {
        self.exclusive = true;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

/// The records to be matched: a table by column, in which each distinct value stands once in its standard form.
///
/// ```
/// use onefold_identity::{Column, Records};
/// use onefold_fact::Kind;
///
/// let mut builder = Records::builder(vec![
///     Column::new("first_name", Kind::GivenName),
///     Column::new("email", Kind::Email),
/// ]);
/// builder.push([(0, "Ada"), (1, "ADA@x.io")]);
/// builder.push([(1, "ada@x.io")]);
/// assert_eq!(builder.finish().len(), 2);
/// ```
#[derive(Debug)]
pub struct Records {
    len: u32,
    fields: Vec<Field>,
    layout: Layout,
    /// By record: a hash of its standard forms, without key and source. Ties are broken by it, so that neither the
    /// order of rows nor the spelling of ids shows in the result.
    fingerprints: Vec<u64>,
}

impl Records {
    /// Starts a table with these columns.
    #[must_use]
    pub fn builder(columns: Vec<Column>) -> RecordsBuilder {
        let layout = Layout::of(&columns);
        let fields: Vec<Field> = (0..layout.fields()).map(|_| Field::new()).collect();
        let caches = columns.iter().map(|_| Cache::default()).collect();
        let pending = Pending::new(fields.len());
        let records = Records { len: 0, fields, layout, fingerprints: Vec::new() };
        RecordsBuilder { columns, caches, pending, records }
    }

    /// The number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn field(&self, field: usize) -> &Field {
        &self.fields[field]
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn comparisons(&self) -> &[Comparison] {
        self.layout.comparisons()
    }

    pub(crate) fn fingerprint(&self, record: u32) -> u64 {
        self.fingerprints.get(record as usize).copied().unwrap_or(0)
    }
}

/// Builds [`Records`], a row at a time. Each distinct cell of a column is standardised once.
#[derive(Debug)]
pub struct RecordsBuilder {
    columns: Vec<Column>,
    caches: Vec<Cache>,
    pending: Pending,
    records: Records,
}

/// By distinct cell of a column: what it says, as (slot, symbol).
#[derive(Debug, Default)]
struct Cache {
    cells: Interner,
    says: Vec<Box<[(u16, Symbol)]>>,
}

impl RecordsBuilder {
    /// Adds a record: pairs of a column's position and a cell. A column may come several times; blank cells say
    /// nothing, and so do cells that are no value of the column's kind.
    pub fn push<'a>(&mut self, cells: impl IntoIterator<Item = (usize, &'a str)>) {
        for (column, cell) in cells {
            let (Some(cache), Some(spec)) = (self.caches.get_mut(column), self.columns.get(column)) else {
                continue;
            };
            let symbol = cache.cells.intern(cell);
            if symbol as usize == cache.says.len() {
                let says = says(spec, self.records.layout.targets(column), cell, &mut self.records.fields);
                cache.says.push(says);
            }
            for (slot, symbol) in cache.says.get(symbol as usize).into_iter().flatten() {
                self.pending.add(usize::from(*slot), *symbol);
            }
        }
        let mut fingerprint = FINGERPRINT;
        for (field, symbols) in self.records.fields.iter_mut().zip(self.pending.settle()) {
            symbols.sort_unstable_by(|a, b| field.text(*a).cmp(field.text(*b)));
            symbols.dedup();
            for symbol in symbols.iter() {
                fingerprint = FINGERPRINTS.hash_one((fingerprint, field.text(*symbol)));
            }
            fingerprint = FINGERPRINTS.hash_one(fingerprint);
            field.push(symbols);
        }
        self.records.fingerprints.push(fingerprint);
        self.records.len += 1;
    }

    /// Adds a row whose cells stand in the order of the columns.
    pub fn push_row(&mut self, row: Row<'_>) {
        let cells = (0..self.columns.len()).filter_map(|column| Some((column, row.cell(column)?)));
        self.push(cells);
    }

    /// The finished table.
    #[must_use]
    pub fn finish(self) -> Records {
        let mut records = self.records;
        generic::mark(&records.layout, &mut records.fields);
        records
    }
}

const FINGERPRINT: u64 = 0x6f6e_6566_6f6c_6400;
const FINGERPRINTS: FixedState = FixedState::with_seed(FINGERPRINT);

/// What a cell says about the record, field by field, in standard form.
fn says(column: &Column, targets: &[Target], cell: &str, fields: &mut [Field]) -> Box<[(u16, Symbol)]> {
    if standard::text::is_blank(cell) || (standard::text::is_placeholder(cell) && !is_name(column.kind)) {
        return Box::default();
    }
    let Ok(value) = column.kind.parse(cell, &column.conventions) else { return Box::default() };
    let mut says = Vec::with_capacity(1);
    for target in targets {
        let form = target.form(column.kind, &value);
        let form = cut(&form);
        if let (false, Some(field)) = (form.is_empty(), fields.get_mut(target.field())) {
            says.push((u16::try_from(target.slot()).unwrap_or(u16::MAX), field.intern(form)));
        }
    }
    says.into_boxed_slice()
}

/// Real names can look like placeholders (`Null`, `Test`).
fn is_name(kind: Kind) -> bool {
    matches!(kind, Kind::GivenName | Kind::FamilyName | Kind::FullName | Kind::MiddleName)
}

fn cut(form: &str) -> &str {
    let mut end = form.len().min(MAX_FORM);
    while !form.is_char_boundary(end) {
        end -= 1;
    }
    &form[..end]
}
