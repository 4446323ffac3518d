//! Writing a sample: household by household, so that memory grows only by the list of people and a few hashes.

use std::fmt;
use std::fs;
use std::path::Path;

use crate::capture::Draw;
use crate::difficulty::Difficulty;
use crate::error::SampleError;
use crate::population::{Household, Person};
use crate::random::Random;
use crate::rates;
use crate::record::Record;
use crate::sources::{Crm, Newsletter, Order, Presence, Shop, Support, Web};
use crate::tables::Tables;
use crate::truth::Truth;
use crate::world::World;

/// What to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SampleOptions {
    /// How many people have at least one record.
    pub customers: usize,
    /// What decides everything that is drawn: the same seed gives the same bytes on every platform.
    pub seed: u64,
}

impl Default for SampleOptions {
    /// 300 customers under seed 1: small enough to read, large enough to show every difficulty.
    fn default() -> Self {
        Self { customers: 300, seed: 1 }
    }
}

/// What was written, and how hard it is.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Summary {
    /// People with at least one record.
    pub people: u64,
    /// Households that they form, one for somebody alone.
    pub households: u64,
    /// Companies, not counting those entered twice.
    pub companies: u64,
    /// Each file of `data/` with its number of rows.
    pub rows: Vec<(String, u64)>,
    /// Person records: rows of `truth/records.csv`.
    pub person_records: u64,
    /// Rows of `people.csv`: person records with a name.
    pub listed_people: u64,
    /// Pairs of person records of one person.
    pub true_pairs: u64,
    /// Share, 0 to 1, of the people who have an e-mail address or telephone number that a record of somebody else has too.
    pub share_of_customers_sharing_a_mailbox_or_phone: f64,
    /// Share, 0 to 1, of the true pairs that differ in two or more of: first name, last name, birth date, e-mail, telephone, street, town,
    /// postcode. Only values on both sides count, in standard form: ways to write a number, or capitals, are no difference.
    pub share_of_true_pairs_differing_in_two_fields_or_more: f64,
    /// Pairwise F1, 0 to 1, of linking records by equal e-mail address or telephone number alone, closed transitively, fillers left out:
    /// what there is to beat.
    pub f1_of_linking_by_equal_mailbox_or_phone: f64,
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} customers in {} households, {} companies", self.people, self.households, self.companies)?;
        for (file, rows) in &self.rows {
            writeln!(out, "{rows:>9} rows in data/{file}")?;
        }
        writeln!(out, "{} person records, {} true pairs", self.person_records, self.true_pairs)?;
        let percent = |share: f64| share * 100.0;
        writeln!(
            out,
            "{:.0} % of the true pairs differ in two fields or more",
            percent(self.share_of_true_pairs_differing_in_two_fields_or_more)
        )?;
        writeln!(
            out,
            "{:.0} % of the customers share an e-mail address or telephone number with somebody else",
            percent(self.share_of_customers_sharing_a_mailbox_or_phone)
        )?;
        write!(
            out,
            "linking by equal e-mail or telephone alone: F1 {:.2}",
            self.f1_of_linking_by_equal_mailbox_or_phone
        )
    }
}

/// Progress is reported each time so many customers are done.
const REPORT_EVERY: u64 = 500;

/// Writes a sample into the folder `out`, which is created if it does not exist; files of an earlier sample are replaced.
///
/// `progress` is told the customers done and all of them, about every five hundred and at the end.
///
/// # Errors
///
/// [`SampleError::Write`] if a file or folder cannot be written.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), onefold_sample::SampleError> {
/// use onefold_sample::{SampleOptions, write};
///
/// let folder = std::env::temp_dir().join("onefold-sample-of-write");
/// let summary = write(&SampleOptions { customers: 50, seed: 7 }, &folder, &mut |_, _| {})?;
/// assert_eq!(summary.people, 50);
/// assert!(summary.true_pairs > 50);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok(())
/// # }
/// ```
pub fn write(options: &SampleOptions, out: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Summary, SampleError> {
    let data = out.join("data");
    for folder in [&data, &out.join("truth")] {
        fs::create_dir_all(folder).map_err(|source| SampleError::write(folder, source))?;
    }
    let tables = Tables::new();
    let mut world = World::default();
    let mut files = Files::create(&data, options.seed)?;
    let mut truth = Truth::create(out, options.seed)?;
    let mut difficulty = Difficulty::default();
    let (mut people, mut households, mut reported) = (0, 0, 0);
    while people < options.customers {
        households += 1;
        let mut random = Random::new(options.seed, households);
        let household = Household::draw(&tables, &mut world, &mut random, options.customers - people);
        let mut draw = Draw { tables: &tables, world: &mut world, random: &mut random, evidence: Vec::new() };
        let (records, presences) = files.add(&household, &mut draw)?;
        for record in &records {
            truth.add(record)?;
        }
        for presence in &presences {
            truth.add_presence(presence)?;
        }
        difficulty.add(&records);
        people += household.people.len();
        let done = people as u64;
        if done / REPORT_EVERY > reported {
            reported = done / REPORT_EVERY;
            progress(done, options.customers as u64);
        }
    }
    progress(people as u64, options.customers as u64);
    let people = people as u64;
    Ok(Summary {
        people,
        households,
        companies: world.companies.len() as u64,
        rows: files.finish()?,
        person_records: difficulty.person_records(),
        listed_people: truth.finish()?,
        true_pairs: difficulty.true_pairs(),
        share_of_customers_sharing_a_mailbox_or_phone: difficulty.share_sharing(people),
        share_of_true_pairs_differing_in_two_fields_or_more: difficulty.share_apart(),
        f1_of_linking_by_equal_mailbox_or_phone: difficulty.contact_link_f1(),
    })
}

/// The files of `data/`.
struct Files {
    crm: Crm,
    shop: Shop,
    newsletter: Newsletter,
    web: Web,
    support: Support,
}

impl Files {
    fn create(data: &Path, seed: u64) -> Result<Self, SampleError> {
        Ok(Self {
            crm: Crm::create(data, seed)?,
            shop: Shop::create(data, seed)?,
            newsletter: Newsletter::create(data, seed)?,
            web: Web::create(data, seed)?,
            support: Support::create(data, seed)?,
        })
    }

    /// Writes a household and returns the person records made of it.
    fn add(&mut self, household: &Household, draw: &mut Draw) -> Result<(Vec<Record>, Vec<Presence>), SampleError> {
        let (mut records, mut presences) = (Vec::new(), Vec::new());
        let mut order: Option<Order> = None;
        for person in &household.people {
            if draw.random.chance(rates::SHOP) {
                order = self.shop.add_account(person, draw, &mut records)?.or(order);
            }
            if draw.random.chance(rates::GUEST) {
                order = self.shop.add_guest(person, draw, &mut records)?.or(order);
            }
            if draw.random.chance(rates::NEWSLETTER) {
                self.newsletter.add(person, draw, &mut records)?;
            }
            if draw.random.chance(rates::SUPPORT) {
                self.support.add(person, order.as_ref(), draw, &mut records)?;
            }
        }
        let visitors: Vec<&Person> = household.people.iter().filter(|_| draw.random.chance(rates::WEB)).collect();
        self.web.add(&visitors, draw, &mut records, &mut presences)?;
        if draw.random.chance(rates::PASSING_VISITORS) {
            self.web.add_passing(household.people[0].home.now.country, draw)?;
        }
        for person in &household.people {
            let unknown = !records.iter().any(|record| record.person == person.number);
            if draw.random.chance(rates::CRM) || unknown {
                self.crm.add(person, draw, &mut records)?;
            }
        }
        self.crm.add_companies(draw)?;
        Ok((records, presences))
    }

    fn finish(self) -> Result<Vec<(String, u64)>, SampleError> {
        let mut rows = self.crm.finish()?.to_vec();
        rows.extend(self.shop.finish()?);
        rows.extend([self.newsletter.finish()?, self.web.finish()?, self.support.finish()?]);
        Ok(rows.into_iter().map(|(file, count)| (file.to_owned(), count)).collect())
    }
}
