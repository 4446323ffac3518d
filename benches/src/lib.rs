//! What the benches share: made-up customers as input, and the whole path from their files to profiles.
//!
//! Every bench makes its input itself, under a fixed seed, so that everybody measures the same bytes.

mod computed;

use std::error::Error;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use criterion::Criterion;
use onefold::connect::{self, InferOptions, Mapping};
use onefold::identity::{Column, Records};
use onefold::{Body, Draft, Fact, Identifier, Kind, Onefold, Options, RecordKey, Schema, Silent, Timestamp};
use onefold_sample::SampleOptions;

pub use computed::{computations, event};

/// What a bench returns.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The seed of all samples.
const SEED: u64 = 1;

/// Runs a bench as `cargo bench` asks for it.
///
/// # Errors
/// When its input cannot be made or read.
pub fn run(bench: impl FnOnce(&mut Criterion) -> Result<()>) -> Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// A made-up company's files: `data/` as it exported them, `people.csv` with its person records in one table.
#[derive(Debug)]
pub struct Sample {
    folder: PathBuf,
}

impl Sample {
    /// Makes up so many customers in a folder of their own below `scratch`.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn of(customers: usize, scratch: &str) -> Result<Self> {
        let folder = Path::new(scratch).join(format!("customers-{customers}"));
        onefold_sample::write(&SampleOptions { customers, seed: SEED }, &folder, &mut |_, _| {})?;
        Ok(Self { folder })
    }

    /// The folder of the exports.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The file of the person records.
    #[must_use]
    pub fn people_file(&self) -> PathBuf {
        self.folder.join("people.csv")
    }

    /// The person records, as strings.
    ///
    /// # Errors
    /// When `people.csv` cannot be read.
    pub fn people(&self) -> Result<People> {
        let mut table = csv::Reader::from_path(self.people_file())?;
        let header = table.headers()?.clone();
        let columns: Option<Vec<usize>> =
            PEOPLE.iter().map(|(name, _)| header.iter().position(|column| column == *name)).collect();
        let columns = columns.ok_or("people.csv lacks a column")?;
        let rows = table.into_records().collect::<std::result::Result<_, _>>()?;
        Ok(People { columns, rows })
    }
}

/// What `people.csv` says about a person.
const PEOPLE: [(&str, Kind); 9] = [
    ("first_name", Kind::GivenName),
    ("last_name", Kind::FamilyName),
    ("birthdate", Kind::BirthDate),
    ("email", Kind::Email),
    ("phone", Kind::Phone),
    ("street", Kind::Street),
    ("city", Kind::City),
    ("postcode", Kind::Postcode),
    ("country", Kind::Country),
];

/// Person records as rows of strings.
#[derive(Debug)]
pub struct People {
    columns: Vec<usize>,
    rows: Vec<csv::StringRecord>,
}

impl People {
    /// How many there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The records as the matcher takes them: each distinct value once, in its standard form.
    #[must_use]
    pub fn standardised(&self) -> Records {
        let mut builder = Records::builder(Self::columns());
        for row in &self.rows {
            builder.push(self.columns.iter().enumerate().filter_map(|(at, column)| Some((at, row.get(*column)?))));
        }
        builder.finish()
    }

    /// What is compared of a person.
    #[must_use]
    pub fn columns() -> Vec<Column> {
        PEOPLE.map(|(name, kind)| Column::new(name, kind)).into()
    }

    /// The cells of each person, by column; without those that are empty.
    pub fn cells(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, &str)>> {
        let cell = |row: &'_ csv::StringRecord, column: usize| -> bool {
            row.get(column).is_some_and(|cell| !cell.is_empty())
        };
        self.rows.iter().map(move |row| {
            let filled = self.columns.iter().enumerate().filter(move |(_, column)| cell(row, **column));
            filled.filter_map(|(at, column)| Some((at, row.get(*column)?)))
        })
    }

    /// The values of one column of people, as they stand: given name, family name, birth date, and so on.
    pub fn column(&self, column: usize) -> impl Iterator<Item = &str> {
        let at = self.columns.get(column).copied();
        self.rows.iter().filter_map(move |row| row.get(at?)).filter(|text| !text.is_empty())
    }

    /// The family names, as they stand.
    pub fn family_names(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(|row| row.get(*self.columns.get(1)?)).filter(|name| !name.is_empty())
    }
}

/// What is said of made-up customers, five statements each: a name and an e-mail address, a street, two purchases and a
/// visit.
pub fn drafts(numbers: std::ops::Range<u64>) -> impl Iterator<Item = Draft> {
    numbers.map(|number| {
        let customer = number / 5;
        let email = format!("person{customer}@mail{}.example", customer % 1000);
        let body = match number % 5 {
            0 => Body::set([
                ("full_name", format!("Given{} Family{}", customer % 4096, customer % 77_777)),
                ("email", email.clone()),
            ]),
            1 => Body::set([("street", format!("{} Mill Lane", customer % 300)), ("city", "Leeds".to_owned())]),
            2 | 3 => Body::event("Order Completed", [("sku", format!("A-{}", number % 9973))]),
            _ => Body::event("Page Viewed", [("path", format!("/p/{}", number % 997))]),
        };
        Draft::new("crm", body)
            .key(RecordKey::person(customer.to_string()))
            .identified_by(Identifier::new("email", email))
            .message_id(number.to_string())
    })
}

/// The same, accepted in batches of 1,000.
pub fn facts(numbers: std::ops::Range<u64>) -> impl Iterator<Item = Fact> {
    let first = numbers.start;
    let stamped = drafts(numbers).enumerate();
    stamped.map(move |(at, draft)| draft.received(format!("batch {}", (first + at as u64) / 1000), instant()))
}

/// When made-up facts are received.
#[must_use]
pub fn instant() -> Timestamp {
    Timestamp::from_timestamp(1_767_225_600, 0).unwrap_or_default()
}

/// What the files of a folder say: mapped and read, not yet accepted.
#[derive(Debug, Clone)]
pub struct Deliveries {
    schema: Schema,
    /// When they are received: the latest time that they state.
    at: Timestamp,
    /// By file: what it says.
    drafts: Vec<(String, Vec<Draft>)>,
    /// The rows that were read.
    rows: u64,
}

impl Deliveries {
    /// Maps the columns of the files of a folder and reads their rows.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(folder: PathBuf) -> Result<Self> {
        let (files, _) = connect::discover(&[folder]);
        let mut mapping = Mapping::default();
        for file in &files {
            mapping.sources.insert(file.source.clone(), connect::map(file, None, &InferOptions::default())?.0);
        }
        let (schema, _) = mapping.schema();
        let mut deliveries = Self { schema, at: Timestamp::UNIX_EPOCH, drafts: Vec::new(), rows: 0 };
        for file in &files {
            let mapped = mapping.sources.get(&file.source).ok_or("a mapping for each file")?;
            let mut drafts: Vec<Draft> = Vec::new();
            let read = connect::read(file, mapped, &deliveries.schema, &mut Silent, &mut |entry| {
                drafts.extend(entry.drafts);
                ControlFlow::Continue(())
            })?;
            deliveries.at = drafts.iter().filter_map(Draft::stated_time).fold(deliveries.at, Timestamp::max);
            deliveries.drafts.push((file.source.to_string(), drafts));
            deliveries.rows += read.read;
        }
        Ok(deliveries)
    }

    /// How many rows were read.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many statements they are.
    #[must_use]
    pub fn drafts(&self) -> u64 {
        self.drafts.iter().map(|(_, drafts)| drafts.len() as u64).sum()
    }

    /// A house that has accepted them and has not linked yet.
    ///
    /// # Errors
    /// When the schema cannot be adopted.
    pub fn accepted(self) -> Result<Onefold> {
        let house = Onefold::in_memory(Options::default());
        house.adopt(&self.schema, self.at)?;
        for (batch, drafts) in self.drafts {
            house.accept(batch, self.at, drafts)?;
        }
        Ok(house)
    }
}

/// From the files of a folder to customers, as the command goes: map, read, accept, link.
///
/// # Errors
/// When a file cannot be read.
pub fn unified(folder: PathBuf) -> Result<Onefold> {
    let house = Deliveries::read(folder)?.accepted()?;
    house.relink(&mut Silent)?;
    Ok(house)
}

/// Reads and folds the profiles of all customers, one after the other. Returns how many attributes they have.
///
/// # Errors
/// When they cannot be read.
pub fn fold(house: &Onefold) -> Result<usize> {
    let views = house.views()?;
    let mut attributes = 0;
    for customer in views.customers()? {
        attributes += views.customer(customer)?.map_or(0, |profile| black_box(profile).attributes().len());
    }
    Ok(attributes)
}

/// Reads the profiles of all customers and folds them side by side, as the command does.
///
/// # Errors
/// When they cannot be read.
pub fn fold_in_parallel(house: &Onefold) -> Result<usize> {
    let views = house.views()?;
    let mut attributes = 0;
    for customers in views.customers()?.chunks(1 << 12) {
        let profiles = views.profiles(customers)?;
        attributes += profiles.into_iter().map(|profile| black_box(profile).attributes().len()).sum::<usize>();
    }
    Ok(attributes)
}
