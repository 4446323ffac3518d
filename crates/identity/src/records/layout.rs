//! [`Layout`]: from the columns of a table to the fields that are stored and the comparisons that are made.

use std::collections::BTreeMap;

use onefold_fact::standard::{Email, PersonName, Street, name};
use onefold_fact::{Kind, Value};

use super::Column;
use super::generic::MOST_NAMES;
use super::sketch::SketchOf;

/// How two records are compared in one respect, and in which fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    /// A person's name as one: given and family name depend on each other.
    Name(Name),
    /// A person's given name, where family names are not known.
    Given(usize),
    /// A person's family name, where given names are not known.
    Family(usize),
    /// A day, or a month or year where no more is known.
    Birth(usize),
    /// A mailbox.
    Email(usize),
    /// A phone number.
    Phone(usize),
    /// An address as one: its parts depend on each other, so they are judged together.
    Address(Address),
    /// A point on the earth.
    Place(Place),
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
    /// Text whose meaning is not known, short or long.
    Text(usize),
    /// Names beside the given and the family name.
    Words(usize),
    /// A number whose meaning is not known.
    Number(usize),
    /// A day or an instant whose meaning is not known.
    Day(usize),
}

impl Comparator {
    /// Whether nobody knows what the column means.
    pub(crate) fn is_of_unknown_meaning(self) -> bool {
        matches!(self, Comparator::Text(_)) || self.is_quantity()
    }

    /// Whether numbers or days of unknown meaning are compared.
    pub(crate) fn is_quantity(self) -> bool {
        matches!(self, Comparator::Number(_) | Comparator::Day(_))
    }

    /// The field whose values belong to one party each, as a rule: one alone says who a record is about.
    pub(crate) fn pointing(self) -> Option<usize> {
        match self {
            Comparator::Email(field)
            | Comparator::Phone(field)
            | Comparator::National(field)
            | Comparator::External(field)
            | Comparator::Exclusive(field)
            | Comparator::Company(field)
            | Comparator::Url(field) => Some(field),
            _ => None,
        }
    }
}

/// Most comparisons that are made: of many columns of text, each says little, and together they would drown the rest.
pub(crate) const MOST_COMPARISONS: usize = 16;

/// The fields of a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) given: usize,
    pub(crate) family: usize,
    /// Both together.
    pub(crate) full: usize,
    /// Further names, word by word.
    pub(crate) words: Option<usize>,
}

/// The fields of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) street: usize,
    pub(crate) number: usize,
    pub(crate) city: usize,
    pub(crate) postcode: usize,
}

/// The fields of a point on the earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) latitude: usize,
    pub(crate) longitude: usize,
}

/// One respect in which records are compared, with the name that explanations show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) name: String,
    pub(crate) comparator: Comparator,
    /// Whether records with an equal value are one party.
    pub(crate) joins: bool,
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
    Words,
    GenderOfTitle,
    StreetName,
    StreetNumber,
    Amount,
}

impl Target {
    /// Whether it counts only where no other column fills the field.
    pub(super) fn is_fallback(self) -> bool {
        self.fallback
    }

    pub(super) fn field(self) -> usize {
        self.field
    }

    /// Whether each word of the form is a value.
    pub(super) fn is_by_word(self) -> bool {
        matches!(self.part, Part::Words)
    }

    /// The standard form of what this part of a value says; empty if nothing.
    pub(super) fn form(self, kind: Kind, value: &Value) -> String {
        let text = value.to_text();
        match self.part {
            Part::Form => kind.form(value),
            Part::Mailbox => text.parse::<Email>().map(|email| email.mailbox()).unwrap_or_default(),
            Part::GivenOfFull => name::form(&PersonName::parse_full(&text).given.join(" ")),
            Part::FamilyOfFull => name::form(&PersonName::parse_full(&text).family),
            Part::Words => name::form(&text),
            Part::Amount => match value {
                Value::Map(money) => {
                    money.get("amount").and_then(Option::as_ref).map(Value::to_text).unwrap_or_default().into_owned()
                }
                _ => text.into_owned(),
            },
            Part::GenderOfTitle => name::title_gender(&text).unwrap_or_default().to_owned(),
            Part::StreetName => Street::parse(&text).name,
            Part::StreetNumber => Street::parse(&text)
                .number
                .map(|number| Kind::HouseNumber.form(&Value::from(number)))
                .unwrap_or_default(),
        }
    }
}

/// How often two people have the same value of a field by chance, where a table is too small to tell: rough shares in
/// a large population. A given name is shared by one in two hundred, a birth date by one in twenty-five thousand (70
/// years), a mailbox by hardly anybody, a point by who shares a postal code.
mod chance {
    pub(super) const GIVEN: f64 = 0.005;
    pub(super) const FAMILY: f64 = 0.001;
    pub(super) const BIRTH: f64 = 0.000_04;
    pub(super) const MAILBOX: f64 = 0.000_001;
    pub(super) const STREET: f64 = 0.000_5;
    pub(super) const NUMBER: f64 = 0.02;
    pub(super) const CITY: f64 = 0.005;
    pub(super) const POSTCODE: f64 = 0.000_2;
    pub(super) const POINT: f64 = 0.000_2;
    pub(super) const ID: f64 = 0.000_001;
    pub(super) const COMPANY: f64 = 0.000_1;
    pub(super) const GENDER: f64 = 0.5;
    pub(super) const TEXT: f64 = 0.01;
}

/// The fields and comparisons of a table.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// By field: how often two people have the same value by chance.
    chances: Vec<f64>,
    /// By field: how people call it.
    names: Vec<String>,
    /// By column.
    targets: Vec<Vec<Target>>,
    comparisons: Vec<Comparison>,
    /// By field of which columns say so: under how many different names a value is held before it is generic.
    most_names: BTreeMap<usize, u16>,
    given: Option<usize>,
    family: Option<usize>,
    name: Option<Name>,
}

impl Layout {
    pub(crate) fn of(columns: &[Column]) -> Self {
        let mut layout = Self::default();
        let has = |wanted: &[Kind]| columns.iter().any(|column| wanted.contains(&column.kind()));
        let full = has(&[Kind::FullName]);
        layout.given = (full || has(&[Kind::GivenName])).then(|| layout.field("given name", chance::GIVEN));
        layout.family = (full || has(&[Kind::FamilyName])).then(|| layout.field("family name", chance::FAMILY));
        let (given, family) = (layout.given, layout.family);
        match (given, family) {
            (Some(given), Some(family)) => {
                let full = layout.field("full name", chance::GIVEN * chance::FAMILY);
                let words =
                    has(&[Kind::FullName, Kind::MiddleName]).then(|| layout.field("further names", chance::GIVEN));
                let name = Name { given, family, full, words };
                layout.name = Some(name);
                layout.compare("name", Comparator::Name(name));
                if let Some(words) = words {
                    layout.compare("further names", Comparator::Words(words));
                }
            }
            (Some(given), None) => layout.compare("given name", Comparator::Given(given)),
            (None, Some(family)) => layout.compare("family name", Comparator::Family(family)),
            (None, None) => {}
        }
        let birth = layout.shared(has(&[Kind::BirthDate]), "birth date", chance::BIRTH, Comparator::Birth);
        let gender = layout.shared(has(&[Kind::Gender, Kind::NameTitle]), "gender", chance::GENDER, Comparator::Gender);
        let email = layout.shared(has(&[Kind::Email]), "email", chance::MAILBOX, Comparator::Email);
        let phone = layout.shared(has(&[Kind::Phone]), "phone", chance::MAILBOX, Comparator::Phone);
        let address = has(&[Kind::Street, Kind::City, Kind::Postcode]).then(|| {
            let address = Address {
                street: layout.field("street", chance::STREET),
                number: layout.field("house number", chance::NUMBER),
                city: layout.field("town", chance::CITY),
                postcode: layout.field("postal code", chance::POSTCODE),
            };
            layout.compare("address", Comparator::Address(address));
            address
        });
        let place = (has(&[Kind::Latitude]) && has(&[Kind::Longitude])).then(|| {
            let place = Place {
                latitude: layout.field("latitude", chance::POINT),
                longitude: layout.field("longitude", chance::POINT),
            };
            layout.compare("place", Comparator::Place(place));
            place
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
                    .chain(layout.name.and_then(|name| name.words).map(|field| Target {
                        field,
                        part: Part::Words,
                        fallback: false,
                    }))
                    .collect(),
                Kind::MiddleName => direct(layout.name.and_then(|name| name.words), Part::Words),
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
                Kind::Latitude => direct(place.map(|place| place.latitude), Part::Form),
                Kind::Longitude => direct(place.map(|place| place.longitude), Part::Form),
                Kind::NationalId => layout.own(column, chance::ID, Comparator::National),
                Kind::ExternalId if column.exclusive => layout.own(column, chance::ID, Comparator::Exclusive),
                Kind::ExternalId => layout.own(column, chance::ID, Comparator::External),
                Kind::Company if is_person => layout.own(column, chance::TEXT, Comparator::Text),
                Kind::Company => layout.own(column, chance::COMPANY, Comparator::Company),
                Kind::Url => layout.own(column, chance::COMPANY, Comparator::Url),
                Kind::Gender => direct(gender, Part::Form),
                Kind::NameTitle => gender
                    .map(|field| Target { field, part: Part::GenderOfTitle, fallback: true })
                    .into_iter()
                    .collect(),
                Kind::Category | Kind::Text | Kind::FreeText => layout.own(column, chance::TEXT, Comparator::Text),
                Kind::Integer | Kind::Decimal => layout.own(column, chance::TEXT, Comparator::Number),
                Kind::Money => {
                    let targets = layout.own(column, chance::TEXT, Comparator::Number);
                    targets.into_iter().map(|target| Target { part: Part::Amount, ..target }).collect()
                }
                Kind::Date | Kind::Timestamp => layout.own(column, chance::TEXT, Comparator::Day),
                // Countries and regions say too little about who somebody is.
                _ => Vec::new(),
            };
            for target in targets.iter().filter(|_| column.most_names.is_some()) {
                let most = layout.most_names.entry(target.field).or_default();
                *most = column.most_names.map_or(*most, |names| names.max(*most));
            }
            layout.targets.push(targets);
        }
        // Of a very wide table the weakest comparisons are left out: columns of unknown meaning.
        layout.comparisons.sort_by_key(|comparison| comparison.comparator.is_of_unknown_meaning());
        layout.comparisons.truncate(MOST_COMPARISONS);
        layout
    }

    /// By field: how often two people have the same value by chance.
    pub(crate) fn chances(&self) -> &[f64] {
        &self.chances
    }

    /// Under how many different names a value of a field is held before it is generic.
    pub(crate) fn most_names(&self, field: usize) -> usize {
        self.most_names.get(&field).map_or(MOST_NAMES, |names| usize::from(*names))
    }

    /// By field: how people call it.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// By field: what tells its values apart at a glance.
    pub(crate) fn sketches(&self) -> Vec<SketchOf> {
        let mut of = vec![SketchOf::Words; self.chances.len()];
        let mut set = |field: usize, sketch| of[field] = sketch;
        for comparison in &self.comparisons {
            match comparison.comparator {
                Comparator::Name(name) => set(name.given, SketchOf::Given),
                Comparator::Given(field) | Comparator::Words(field) => set(field, SketchOf::Given),
                Comparator::Email(field) => set(field, SketchOf::Mailbox),
                Comparator::Phone(field) | Comparator::Birth(field) => set(field, SketchOf::Digits),
                Comparator::Address(address) => set(address.postcode, SketchOf::Code),
                _ => {}
            }
        }
        of
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

    /// The fields of names, where both parts are known.
    pub(crate) fn name(&self) -> Option<Name> {
        self.name
    }

    pub(super) fn targets(&self, column: usize) -> &[Target] {
        self.targets.get(column).map_or(&[], Vec::as_slice)
    }

    fn field(&mut self, name: &str, chance: f64) -> usize {
        self.names.push(name.to_owned());
        self.chances.push(chance);
        self.chances.len() - 1
    }

    fn compare(&mut self, name: &str, comparator: Comparator) {
        self.comparisons.push(Comparison { name: name.to_owned(), comparator, joins: false });
    }

    /// A field that all columns of a kind fill together.
    fn shared(&mut self, present: bool, name: &str, chance: f64, comparator: fn(usize) -> Comparator) -> Option<usize> {
        present.then(|| {
            let field = self.field(name, chance);
            self.compare(name, comparator(field));
            field
        })
    }

    /// A field of one column alone.
    fn own(&mut self, column: &Column, chance: f64, comparator: fn(usize) -> Comparator) -> Vec<Target> {
        let field = self.field(column.name(), chance);
        let joins = column.joining && matches!(column.kind(), Kind::ExternalId | Kind::NationalId);
        self.comparisons.push(Comparison { name: column.name().to_owned(), comparator: comparator(field), joins });
        vec![Target { field, part: Part::Form, fallback: false }]
    }
}
