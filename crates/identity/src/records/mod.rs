//! [`Records`]: the table that is matched, by column and interned.

mod cells;
mod generic;
mod intern;
mod layout;
mod made;
mod sources;
mod values;

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use onefold_fact::{Conventions, Kind, Row, standard};
use rayon::prelude::*;

use cells::Cells;
use intern::Interner;
pub(crate) use intern::Symbol;
pub(crate) use layout::Layout;
pub(crate) use layout::{Address, Comparator, Comparison, MOST_COMPARISONS, Name};
use layout::{Pending, Target};
use sources::Sources;
use values::Values;

/// Most words of a name that count.
const MOST_WORDS: usize = 8;

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
    cells: Cells,
    /// By field.
    values: Vec<Values>,
    /// By record and field: values that too many people hold, which are kept for explanations only.
    generic: BTreeMap<(u32, usize), Vec<Symbol>>,
    layout: Layout,
    sources: Sources,
    /// By record: a hash of its standard forms, without key and source. Ties are broken by it, so that neither the
    /// order of rows nor the spelling of ids shows in the result.
    fingerprints: Vec<u64>,
}

impl Records {
    /// Starts a table with these columns.
    #[must_use]
    pub fn builder(columns: Vec<Column>) -> RecordsBuilder {
        let layout = Layout::of(&columns);
        let fields = layout.chances().len();
        let caches = columns.iter().map(|_| Cache::default()).collect();
        let pending = Pending::new(fields);
        let records = Records {
            len: 0,
            cells: Cells::new(fields),
            values: layout.chances().iter().map(|chance| Values::new(*chance)).collect(),
            generic: BTreeMap::new(),
            layout,
            sources: Sources::default(),
            fingerprints: Vec::new(),
        };
        RecordsBuilder { columns, caches, pending, full: String::new(), records }
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

    pub(crate) fn field(&self, field: usize) -> Field<'_> {
        Field { values: &self.values[field], cells: &self.cells, at: field }
    }

    /// The values of a record in a field that too many people hold.
    pub(crate) fn generic(&self, record: u32, field: usize) -> &[Symbol] {
        self.generic.get(&(record, field)).map_or(&[], Vec::as_slice)
    }

    /// Whether two records are two parties because their source holds each once.
    pub(crate) fn tell_apart(&self, a: u32, b: u32) -> bool {
        self.sources.tell_apart(a, b)
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn comparisons(&self) -> &[Comparison] {
        self.layout.comparisons()
    }

    /// The records in the order of their fingerprints, which is as good as a random one and follows from the content.
    pub(crate) fn by_fingerprint(&self) -> Vec<u32> {
        let mut order: Vec<(u64, u32)> = self.fingerprints.iter().copied().zip(0..).collect();
        order.par_sort_unstable();
        order.into_iter().map(|(_, record)| record).collect()
    }

    pub(crate) fn fingerprint(&self, record: u32) -> u64 {
        self.fingerprints.get(record as usize).copied().unwrap_or(0)
    }
}

/// One field of the records: its distinct values, and which of them each record has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    values: &'a Values,
    cells: &'a Cells,
    at: usize,
}

impl<'a> Field<'a> {
    /// The values of a record, ordered by text.
    pub(crate) fn of(self, record: u32) -> &'a [Symbol] {
        self.cells.of(record, self.at)
    }

    /// The only or first value of a record.
    pub(crate) fn first(self, record: u32) -> Option<Symbol> {
        self.of(record).first().copied()
    }
}

impl std::ops::Deref for Field<'_> {
    type Target = Values;

    fn deref(&self) -> &Values {
        self.values
    }
}

/// Builds [`Records`], a row at a time. Each distinct cell of a column is standardised once.
#[derive(Debug)]
pub struct RecordsBuilder {
    columns: Vec<Column>,
    caches: Vec<Cache>,
    pending: Pending,
    /// Room to put a full name together.
    full: String,
    records: Records,
}

/// By distinct cell of a column: what it says, as (slot, symbol).
#[derive(Debug, Default)]
struct Cache {
    cells: Interner,
    says: Vec<Box<[(u16, Symbol)]>>,
}

impl RecordsBuilder {
    /// Begins a source: the records added from here on, up to the next, are of it. Two records of a source that is free
    /// of duplicates are never one party.
    ///
    /// ```
    /// use onefold_fact::{Kind, Silent};
    /// use onefold_identity::{Column, Decisions, Linker, Model, Records};
    ///
    /// let mut builder = Records::builder(vec![Column::new("name", Kind::FullName), Column::new("email", Kind::Email)]);
    /// for _ in 0..2 {
    ///     builder.begin_source(true);
    ///     builder.push([(0, "Ada Byron"), (1, "ada@x.io")]);
    /// }
    /// builder.push([(0, "Ada Byron"), (1, "ada@x.io")]);
    /// let records = builder.finish();
    /// let linker = Linker::new(&records, &mut Silent);
    /// let linkage = linker.link(&Model::untrained(&records), &Decisions::default(), &mut Silent);
    /// assert_eq!(linkage.report().clusters, 2);
    /// ```
    pub fn begin_source(&mut self, duplicate_free: bool) {
        self.records.sources.begin(self.records.len, duplicate_free);
    }

    /// Adds a record: pairs of a column's position and a cell. A column may come several times; blank cells say
    /// nothing, and so do cells that are no value of the column's kind.
    pub fn push<'a>(&mut self, cells: impl IntoIterator<Item = (usize, &'a str)>) {
        for (column, cell) in cells {
            let (Some(cache), Some(spec)) = (self.caches.get_mut(column), self.columns.get(column)) else {
                continue;
            };
            let symbol = cache.cells.intern(cell);
            if symbol as usize == cache.says.len() {
                let says = says(spec, self.records.layout.targets(column), cell, &mut self.records.values);
                cache.says.push(says);
            }
            for (slot, symbol) in cache.says.get(symbol as usize).into_iter().flatten() {
                self.pending.add(usize::from(*slot), *symbol);
            }
        }
        self.add_full_name();
        let mut fingerprint = FINGERPRINT;
        let words = self.records.layout.name().and_then(|name| Some((name, name.words?)));
        for (field, symbols) in (0..).zip(self.pending.settle()) {
            if let Some((name, words)) = words.filter(|(_, words)| *words == field) {
                // What is the given or the family name is no further name.
                let values = &self.records.values;
                let own = |symbol: &Symbol| {
                    let word = values[words].text(*symbol);
                    [name.given, name.family].into_iter().any(|part| {
                        let tokens = self.records.cells.of(self.records.len, part).iter();
                        tokens.flat_map(|token| values[part].text(*token).split(' ')).any(|token| token == word)
                    })
                };
                symbols.retain(|symbol| !own(symbol));
            }
            let values = &mut self.records.values[field];
            // By text, so that the order in which values were first seen does not show.
            symbols.sort_unstable_by(|a, b| values.text(*a).cmp(values.text(*b)));
            symbols.dedup();
            for symbol in symbols.iter() {
                fingerprint = FINGERPRINTS.hash_one((fingerprint, values.text(*symbol)));
            }
            fingerprint = FINGERPRINTS.hash_one(fingerprint);
            values.count(symbols);
            self.records.cells.push(symbols);
            symbols.clear();
        }
        self.records.fingerprints.push(fingerprint);
        self.records.len += 1;
    }

    /// Adds given and family name as one value, where the record has one of each.
    fn add_full_name(&mut self) {
        let Some(Name { given, family, full, .. }) = self.records.layout.name() else { return };
        if let (Some(first), Some(last)) = (self.pending.only(given), self.pending.only(family)) {
            let values = &mut self.records.values;
            self.full.clear();
            self.full.extend([values[given].text(first), " ", values[family].text(last)]);
            let symbol = values[full].intern(&self.full);
            self.pending.add(full * 2, symbol);
        }
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
        generic::set_aside(&mut records);
        made::mark(&mut records);
        records.values.iter_mut().for_each(Values::settle);
        records
    }
}

const FINGERPRINT: u64 = 0x6f6e_6566_6f6c_6400;
const FINGERPRINTS: FixedState = FixedState::with_seed(FINGERPRINT);

/// What a cell says about the record, field by field, in standard form.
fn says(column: &Column, targets: &[Target], cell: &str, values: &mut [Values]) -> Box<[(u16, Symbol)]> {
    if standard::text::is_blank(cell) || (standard::text::is_placeholder(cell) && !is_name(column.kind)) {
        return Box::default();
    }
    let Ok(value) = column.kind.parse(cell, &column.conventions) else {
        return misread(column, targets, cell, values);
    };
    let mut says = Vec::with_capacity(1);
    for target in targets {
        let form = target.form(column.kind, &value);
        let form = cut(&form);
        let Some(values) = values.get_mut(target.field()) else { continue };
        let mut say = |form: &str| says.push((u16::try_from(target.slot()).unwrap_or(u16::MAX), values.intern(form)));
        if target.is_by_word() {
            form.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).for_each(say);
        } else if !form.is_empty() {
            say(form);
        }
    }
    says.into_boxed_slice()
}

/// What a cell that is no value of its kind says all the same: a date with a slip in it is one digit off the right one.
fn misread(column: &Column, targets: &[Target], cell: &str, values: &mut [Values]) -> Box<[(u16, Symbol)]> {
    let form = (column.kind == Kind::BirthDate).then(|| misread_date(cell)).flatten();
    let Some((form, target)) = form.zip(targets.first()) else { return Box::default() };
    let symbol = values.get_mut(target.field()).map(|values| values.intern(&form));
    symbol.map(|symbol| (u16::try_from(target.slot()).unwrap_or(u16::MAX), symbol)).into_iter().collect()
}

/// The eight digits of a date that does not exist, in the order of ISO dates: `1856-86-18`, `1856/86/18`, `18.86.1856`.
fn misread_date(cell: &str) -> Option<String> {
    let groups: Vec<&str> = cell.trim().split(['-', '/', '.']).collect();
    let digits = |group: &str, count: usize| group.len() == count && group.bytes().all(|byte| byte.is_ascii_digit());
    let [a, b, c] = groups.as_slice() else { return None };
    let iso = digits(a, 4) && digits(b, 2) && digits(c, 2);
    let day_first = digits(a, 2) && digits(b, 2) && digits(c, 4);
    match (iso, day_first) {
        (true, _) => Some(format!("{a}-{b}-{c}")),
        (_, true) => Some(format!("{c}-{b}-{a}")),
        _ => None,
    }
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
