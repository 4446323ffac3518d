//! [`Records`]: the table that is matched, by column and interned.

mod assemble;
mod builder;
mod cells;
mod chances;
pub(crate) mod generic;
mod intern;
mod layout;
mod made;
mod named;
mod packed;
mod sketch;
mod sources;
mod standardise;
mod table;
mod terms;
mod values;

use std::collections::BTreeMap;

use onefold_fact::standard::Population;
use onefold_fact::{Conventions, Kind};
use rayon::prelude::*;

pub use builder::RecordsBuilder;
pub(crate) use cells::Cells;
use chances::Chances;
pub(crate) use intern::Symbol;
pub(crate) use layout::Layout;
pub(crate) use layout::{Address, Comparator, Comparison, MOST_COMPARISONS, Name, Place};
pub(crate) use sketch::Sketch;
use sources::Sources;
pub(crate) use table::{Row, Table};
pub(crate) use terms::Terms;
use values::Values;

use crate::weigh::{Model, ModelError};

/// A column of the records to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: String,
    kind: Kind,
    conventions: Conventions,
    exclusive: bool,
    joining: bool,
    most_names: Option<u16>,
    never: Vec<String>,
}

impl Column {
    /// A column by its name, which is shown in explanations, and its kind, which decides how it is compared.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            conventions: Conventions::default(),
            exclusive: false,
            joining: false,
            most_names: None,
            never: Vec::new(),
        }
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

    /// The column as one whose values join: two records with the same value are one party, whatever else they say, unless
    /// a value of an [`exclusive`](Self::exclusive) column or a steward tells them apart. Of the ids that people sign in
    /// with. It counts for columns of [`ExternalId`](Kind::ExternalId) and [`NationalId`](Kind::NationalId), up to 400
    /// records a value; a value that is [generic](Self::shared_by) joins nobody.
    #[must_use]
    pub fn joining(mut self) -> Self {
        self.joining = true;
        self
    }

    /// The column as one of which a value may be held under so many different names (pairs of initials) before it is
    /// generic and says nothing any more; 8 where nothing is said. Of columns that fill one field together, as e-mail
    /// columns do, the largest number holds.
    #[must_use]
    pub fn shared_by(mut self, names: u16) -> Self {
        self.most_names = Some(names);
        self
    }

    /// The column without some values: what fits a pattern says nothing. A `*` in a pattern stands for any characters;
    /// letters count in either case. It is held to the cell as written and to its standard form: `*@internal.example`.
    #[must_use]
    pub fn never(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.never.extend(patterns.into_iter().map(|pattern| pattern.into().to_lowercase()));
        self
    }

    /// Whether a text says nothing here.
    fn is_never(&self, text: &str) -> bool {
        !self.never.is_empty() && {
            let text = text.to_lowercase();
            self.never.iter().any(|pattern| fits(pattern, &text))
        }
    }

    /// Whether a party has at most one value of it, ever.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
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

/// Whether a text fits a pattern in which `*` stands for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let Some((last, between)) = parts.split_last() else { return true };
    for part in between {
        // The first place that fits leaves most to the parts behind it.
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
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
    /// By record: whether just one name is known of a person.
    one_name: Vec<bool>,
    /// The model that they are to be linked by, if one was given.
    under: Option<Box<Model>>,
}

impl Records {
    /// Starts a table with these columns.
    #[must_use]
    pub fn builder(columns: Vec<Column>) -> RecordsBuilder {
        RecordsBuilder::new(columns)
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

    /// Counts who holds which value.
    fn count(&mut self) {
        let (cells, len) = (&self.cells, self.len);
        self.values.par_iter_mut().enumerate().for_each(|(at, values)| {
            (0..len).for_each(|record| values.count(cells.of(record, at)));
        });
    }

    /// Works out what follows from the texts of values.
    fn sketch(&mut self) {
        let sketches = self.layout.sketches();
        self.values.par_iter_mut().zip(sketches).for_each(|(values, of)| values.sketch_all(of));
    }

    /// Weighs values by how many of these records hold them.
    fn weigh(&mut self) {
        self.expect_names();
        self.values.par_iter_mut().for_each(Values::weigh);
        let initials = named::all_initials(self);
        named::mark(self, &initials);
        made::mark(self, &made::common_providers(self, &initials), &made::frequent_names(self));
    }

    /// Expects names as often as in the population, as far as these records are of it.
    fn expect_names(&mut self) {
        for (field, population) in
            [(self.layout.given(), Population::GivenNames), (self.layout.family(), Population::FamilyNames)]
        {
            if let Some(values) = field.and_then(|field| self.values.get_mut(field)) {
                values.expect(Chances::Name(values.names(population)));
            }
        }
        let Some(Name { given, family, full, .. }) = self.layout.name() else { return };
        if let [Some(given), Some(family)] = [given, family].map(|field| self.values[field].chances().names()) {
            self.values[full].expect(Chances::FullName(given, family));
        }
    }

    /// Weighs values by how frequent they are where a model was made, rather than here.
    fn adopt(&mut self, model: &Model) -> Result<(), ModelError> {
        model.fits(self)?;
        self.weigh_under(model);
        Ok(())
    }

    /// The same under a model that fits.
    fn weigh_under(&mut self, model: &Model) {
        let terms = model.terms();
        self.values
            .par_iter_mut()
            .zip(terms.fields())
            .for_each(|(values, field)| values.weigh_by(field, terms.hidden(field)));
        let names = terms.names(&self.layout);
        made::mark(self, terms.providers(), &names);
        self.under = Some(model.clone().into());
    }

    /// The model that they are to be linked by, if one was given.
    pub(crate) fn under(&self) -> Option<&Model> {
        self.under.as_deref()
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

    /// Whether just one name is known of a person, be it said to be the given name, the family name or both. Then what it
    /// is said to be tells little.
    pub(crate) fn has_one_name(&self, record: u32) -> bool {
        self.one_name.get(record as usize).copied().unwrap_or(false)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_held_to_both_ends() {
        for (pattern, text) in [("a*", "a"), ("*@x.io", "me@x.io"), ("a*b*c", "abbc"), ("*", ""), ("ab", "ab")] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*", "ba"), ("*@x.io", "@x.io.de"), ("a*b*c", "acb"), ("ab*ba", "aba"), ("ab", "a")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
