//! [`infer`]: what columns mean, from their headers and their first values.

mod dates;
mod events;
mod evidence;
mod kinds;
mod names;
mod observed;
mod people;
mod roles;
mod times;
mod vocabulary;
mod words;

use onefold_fact::{AttributeName, Finding, Kind, Place, Reason, Schema, Source};

use self::evidence::Evidence;
use crate::mapping::{Role, SourceMapping};
use crate::suggest;

pub(crate) use self::names::{Names, of_header};

/// What the caller knows better than any inference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InferOptions {
    /// The column that is the source's own key of the customer. It becomes the key and nothing else.
    pub key: Option<String>,
    /// Columns that shall not be read.
    pub ignore: Vec<String>,
    /// What is declared already: columns of these names, in whatever spelling, are these attributes and of their kinds
    /// ([`Schema::stated`]), whatever their values look like.
    pub schema: Schema,
}

impl InferOptions {
    /// The options that name a known column, and a finding for each of the others.
    pub(crate) fn split<'a>(
        &self,
        source: &Source,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> (Self, Vec<Finding>) {
        let is_known = |column: &&String| known.clone().any(|name| name == column.as_str());
        let mut findings = Vec::new();
        let mut missed = |column: &str, what| findings.push(missing(source, column, what, known.clone()));
        for column in self.ignore.iter().filter(|column| !is_known(column)) {
            missed(column, "was to be ignored, but is");
        }
        for column in self.key.iter().filter(|column| !is_known(column)) {
            missed(column, "was asked for as the key, but is");
        }
        let ignore = self.ignore.iter().filter(is_known).cloned().collect();
        let key = self.key.clone().filter(|key| is_known(&key));
        (Self { key, ignore, schema: self.schema.clone() }, findings)
    }
}

/// The finding that a column which somebody named is not there.
fn missing<'a>(source: &Source, column: &str, what: &str, known: impl Iterator<Item = &'a str> + Clone) -> Finding {
    let message = format!("{what} not there; {}", suggest::help(column, known));
    Finding::new(Reason::Configuration, message).at(Place::file(source.as_str()).column(column))
}

/// The first rows of a source, by column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    pub(crate) header: Vec<String>,
    /// For each column its cell in each row; a blank one is empty.
    pub(crate) columns: Vec<Vec<String>>,
    /// For each column whether it holds lists, of which the sample has the first items.
    pub(crate) lists: Vec<bool>,
}

impl Sample {
    pub(crate) fn new(header: Vec<String>) -> Self {
        let columns = vec![Vec::new(); header.len()];
        let lists = vec![false; header.len()];
        Self { header, columns, lists }
    }

    /// Adds a row. Long cells are cut: their beginning says enough.
    pub(crate) fn push<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        const ENOUGH: usize = 1024;
        for (column, cell) in self.columns.iter_mut().zip(cells.chain(std::iter::repeat(""))) {
            column.push(match cell.char_indices().nth(ENOUGH) {
                Some((end, _)) => cell[..end].to_owned(),
                None => cell.to_owned(),
            });
        }
    }
}

/// What is known about a column before it has a role.
struct Column<'a> {
    header: &'a str,
    words: Vec<String>,
    evidence: Evidence,
    values: &'a [String],
    kind: Kind,
    plain: bool,
    id: Option<words::IdHeader>,
    list: bool,
    /// The attribute that is declared by this name.
    declared: Option<AttributeName>,
}

/// What the columns of a table mean, from the header and the first rows (about a thousand are enough), with what could
/// not be decided. Headers count in any spelling style and in a dozen languages of Europe; values decide where they cannot
/// be mistaken, overrule a header that they contradict, and tell names, birth dates and addresses where no header says a
/// name.
///
/// ```
/// use onefold_connect::{InferOptions, Role, infer};
/// use onefold_fact::Kind;
///
/// let header = ["Kundennummer", "Vorname", "Kontakt"].map(str::to_owned);
/// let rows = [["K-1", "Ada", "ada@x.io"], ["K-2", "Grace", "grace@x.io"]];
/// let (mapping, _) = infer("customers", &header, rows, &InferOptions::default());
/// assert_eq!(mapping.columns.get("Vorname"), Some(&Role::attribute("given_name", Kind::GivenName)));
/// assert_eq!(mapping.columns.get("Kontakt"), Some(&Role::attribute("email", Kind::Email)));
/// assert!(matches!(mapping.columns.get("Kundennummer"), Some(Role::Key { .. })));
/// ```
#[must_use]
pub fn infer<'a, R: AsRef<[&'a str]>>(
    source: impl Into<Source>,
    header: &[String],
    rows: impl IntoIterator<Item = R>,
    options: &InferOptions,
) -> (SourceMapping, Vec<Finding>) {
    let mut sample = Sample::new(header.to_vec());
    for row in rows {
        sample.push(row.as_ref().iter().copied());
    }
    infer_over(&source.into(), &sample, &SourceMapping::default(), options)
}

/// The mapping of a source: what is `given`, and for the rest what the sample says.
pub(crate) fn infer_over(
    source: &Source,
    sample: &Sample,
    given: &SourceMapping,
    options: &InferOptions,
) -> (SourceMapping, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut given = given.clone();
    let known = || sample.header.iter().map(String::as_str);
    let unknown = given.columns.iter().map(|(header, _)| header).filter(|column| !known().any(|name| name == *column));
    findings.extend(unknown.map(|column| missing(source, column, "the mapping names a column that is", known())));
    let there = given.columns.iter().filter(|(column, _)| known().any(|header| header == *column));
    given.columns = there.map(|(column, role)| (column, role.clone())).collect();
    let (options, unknown) = options.split(source, known());
    findings.extend(unknown);
    for column in &options.ignore {
        given.columns.insert(column, Role::Ignore);
    }
    if let Some(key) = &options.key {
        given.columns.insert(key, Role::Key { identifier: None });
    }
    let mut columns: Vec<Column<'_>> = sample
        .header
        .iter()
        .zip(&sample.columns)
        .zip(&sample.lists)
        .map(|((header, values), list)| {
            let words = words::words(header);
            let evidence = Evidence::of(values.iter().map(String::as_str));
            let kinds::Found { kind, plain } = kinds::kind_of(&words, &evidence);
            // A list of ids names several things, so it is not the id of one.
            let id = if *list { None } else { words::id_header(&words) };
            Column { header, words, evidence, values, kind, plain, id, list: *list, declared: None }
        })
        .collect();
    people::recognise(&mut columns, &given);
    let mut taken = Names::default();
    for column in &mut columns {
        if let Some((name, spec)) = options.schema.stated(names::of_header(column.header).as_str())
            && !taken.has(name)
        {
            taken.reserve(name.clone());
            (column.declared, column.kind, column.plain) = (Some(name.clone()), spec.kind, false);
        }
    }
    let mut inferred = roles::roles(source, &columns, &given);
    inferred.conventions.country = dates::country(&columns);
    let (date_order, finding) = dates::order(&columns, given.conventions.date_order);
    inferred.conventions.date_order = date_order;
    findings
        .extend(finding.map(|message| Finding::new(Reason::Configuration, message).at(Place::file(source.as_str()))));
    (given.over(inferred), findings)
}

/// The kind that a name suggests without any values.
pub(crate) fn kind_of_name(name: &str) -> Kind {
    kinds::kind_of(&words::words(name), &Evidence::default()).kind
}

/// The attribute that a field is, by its name alone: the common name if the name means one, and its kind.
pub(crate) fn attribute_of_name(name: &str) -> (AttributeName, Kind) {
    let words = words::words(name);
    let found = kinds::kind_of(&words, &Evidence::default());
    let common = vocabulary::canonical(found.kind).filter(|_| vocabulary::meaning(&words).is_some());
    (common.map_or_else(|| names::of_header(name), Into::into), found.kind)
}

/// What a field is that turns up after the sample, by its name alone.
pub(crate) fn role_of_name(name: &str, events: bool, taken: &Names) -> Role {
    let (attribute, kind) = attribute_of_name(name);
    let own = names::of_header(name);
    if events && !vocabulary::is_personal(kind) {
        return Role::Property { name: own.to_string(), kind };
    }
    let attribute = if taken.has(&attribute) { own } else { attribute };
    Role::Attribute { name: attribute, kind }
}
