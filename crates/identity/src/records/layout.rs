//! [`Layout`]: from the columns of a table to the fields that are stored and the comparisons that are made.

use onefold_fact::standard::{Email, PersonName, Street, name};
use onefold_fact::{Kind, Value};

use super::{Column, Symbol};

/// How two records are compared in one respect, and in which fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    /// A person's given name, beside the family name that it may have been swapped with.
    Given { given: usize, family: Option<usize> },
    /// A person's family name, beside the given name.
    Family { family: usize, given: Option<usize> },
    /// A day, or a month or year where no more is known.
    Birth(usize),
    /// A mailbox.
    Email(usize),
    /// A phone number.
    Phone(usize),
    /// An address as one: its parts depend on each other, so they are judged together.
    Address(Address),
    /// A number that an authority gave to one person or organisation.
    National(usize),
    /// An id in some system: to have the same is evidence, to have another is none.
    External(usize),
    /// An id of which a party has at most one.
    Exclusive(usize),
    /// The name of an organisation.
    Company(usize),
    /// A web site.
    Url(usize),
    /// A gender.
    Gender(usize),
    /// Short text.
    Text(usize),
}

/// The fields of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) street: usize,
    pub(crate) number: usize,
    pub(crate) city: usize,
    pub(crate) postcode: usize,
}

/// One respect in which records are compared, with the name that explanations show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) name: String,
    pub(crate) comparator: Comparator,
}

/// Where a column's values go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    field: usize,
    part: Part,
    /// Counts only where no other column fills the field.
    fallback: bool,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Form,
    Mailbox,
    GivenOfFull,
    FamilyOfFull,
    StreetName,
    StreetNumber,
}

impl Target {
    /// The position of the field's waiting values while a record is read.
    pub(super) fn slot(self) -> usize {
        self.field * 2 + usize::from(self.fallback)
    }

    pub(super) fn field(self) -> usize {
        self.field
    }

    /// The standard form of what this part of a value says; empty if nothing.
    pub(super) fn form(self, kind: Kind, value: &Value) -> String {
        let text = value.to_text();
        match self.part {
            Part::Form => kind.form(value),
            Part::Mailbox => text.parse::<Email>().map(|email| email.mailbox()).unwrap_or_default(),
            Part::GivenOfFull => name::form(&PersonName::parse_full(&text).given.join(" ")),
            Part::FamilyOfFull => name::form(&PersonName::parse_full(&text).family),
            Part::StreetName => Street::parse(&text).name,
            Part::StreetNumber => Street::parse(&text)
                .number
                .map(|number| Kind::HouseNumber.form(&Value::from(number)))
                .unwrap_or_default(),
        }
    }
}

/// The fields and comparisons of a table.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    fields: usize,
    /// By column.
    targets: Vec<Vec<Target>>,
    comparisons: Vec<Comparison>,
    given: Option<usize>,
    family: Option<usize>,
}

impl Layout {
    pub(super) fn of(columns: &[Column]) -> Self {
        let mut layout = Self::default();
        let has = |wanted: &[Kind]| columns.iter().any(|column| wanted.contains(&column.kind()));
        let full = has(&[Kind::FullName]);
        layout.given = (full || has(&[Kind::GivenName])).then(|| layout.field());
        layout.family = (full || has(&[Kind::FamilyName])).then(|| layout.field());
        let (given, family) = (layout.given, layout.family);
        if let Some(given) = given {
            layout.compare("given name", Comparator::Given { given, family });
        }
        if let Some(family) = family {
            layout.compare("family name", Comparator::Family { family, given });
        }
        let birth = layout.shared(has(&[Kind::BirthDate]), "birth date", Comparator::Birth);
        let email = layout.shared(has(&[Kind::Email]), "email", Comparator::Email);
        let phone = layout.shared(has(&[Kind::Phone]), "phone", Comparator::Phone);
        let address = has(&[Kind::Street, Kind::City, Kind::Postcode]).then(|| {
            let address = Address {
                street: layout.field(),
                number: layout.field(),
                city: layout.field(),
                postcode: layout.field(),
            };
            layout.compare("address", Comparator::Address(address));
            address
        });
        let is_person = given.is_some() || family.is_some() || birth.is_some();
        for column in columns {
            let direct = |field: Option<usize>, part| {
                field.map(|field| Target { field, part, fallback: false }).into_iter().collect::<Vec<_>>()
            };
            let targets = match column.kind() {
                Kind::GivenName => direct(given, Part::Form),
                Kind::FamilyName => direct(family, Part::Form),
                Kind::FullName => [(given, Part::GivenOfFull), (family, Part::FamilyOfFull)]
                    .into_iter()
                    .filter_map(|(field, part)| Some(Target { field: field?, part, fallback: true }))
                    .collect(),
                Kind::BirthDate => direct(birth, Part::Form),
                Kind::Email => direct(email, Part::Mailbox),
                Kind::Phone => direct(phone, Part::Form),
                Kind::Street => {
                    let mut targets = direct(address.map(|a| a.street), Part::StreetName);
                    targets.extend(address.map(|a| Target {
                        field: a.number,
                        part: Part::StreetNumber,
                        fallback: true,
                    }));
                    targets
                }
                Kind::HouseNumber => direct(address.map(|a| a.number), Part::Form),
                Kind::City => direct(address.map(|a| a.city), Part::Form),
                Kind::Postcode => direct(address.map(|a| a.postcode), Part::Form),
                Kind::NationalId => layout.own(column, Comparator::National),
                Kind::ExternalId if column.exclusive => layout.own(column, Comparator::Exclusive),
                Kind::ExternalId => layout.own(column, Comparator::External),
                Kind::Company if is_person => layout.own(column, Comparator::Text),
                Kind::Company => layout.own(column, Comparator::Company),
                Kind::Url => layout.own(column, Comparator::Url),
                Kind::Gender => layout.own(column, Comparator::Gender),
                Kind::Category | Kind::Text => layout.own(column, Comparator::Text),
                // Titles, countries, amounts, times and prose say too little about who somebody is.
                _ => Vec::new(),
            };
            layout.targets.push(targets);
        }
        layout
    }

    pub(crate) fn fields(&self) -> usize {
        self.fields
    }

    pub(crate) fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    pub(crate) fn given(&self) -> Option<usize> {
        self.given
    }

    pub(crate) fn family(&self) -> Option<usize> {
        self.family
    }

    pub(super) fn targets(&self, column: usize) -> &[Target] {
        self.targets.get(column).map_or(&[], Vec::as_slice)
    }

    fn field(&mut self) -> usize {
        self.fields += 1;
        self.fields - 1
    }

    fn compare(&mut self, name: &str, comparator: Comparator) {
        self.comparisons.push(Comparison { name: name.to_owned(), comparator });
    }

    /// A field that all columns of a kind fill together.
    fn shared(&mut self, present: bool, name: &str, comparator: fn(usize) -> Comparator) -> Option<usize> {
        present.then(|| {
            let field = self.field();
            self.compare(name, comparator(field));
            field
        })
    }

    /// A field of one column alone.
    fn own(&mut self, column: &Column, comparator: fn(usize) -> Comparator) -> Vec<Target> {
        let field = self.field();
        self.compare(column.name(), comparator(field));
        vec![Target { field, part: Part::Form, fallback: false }]
    }
}

/// The values of the record being read, by slot: for each field what counts, and what counts for want of better.
#[derive(Debug)]
pub(super) struct Pending(Vec<Vec<Symbol>>);

impl Pending {
    pub(super) fn new(fields: usize) -> Self {
        Self(vec![Vec::new(); fields * 2])
    }

    pub(super) fn add(&mut self, slot: usize, symbol: Symbol) {
        if let Some(waiting) = self.0.get_mut(slot) {
            waiting.push(symbol);
        }
    }

    /// The values of each field; fallbacks only where there is nothing better.
    pub(super) fn settle(&mut self) -> impl Iterator<Item = &mut Vec<Symbol>> {
        self.0.chunks_exact_mut(2).filter_map(|slots| match slots {
            [direct, fallback] => {
                if direct.is_empty() {
                    direct.append(fallback);
                }
                fallback.clear();
                Some(direct)
            }
            _ => None,
        })
    }
}
