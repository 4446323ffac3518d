//! The CRM export: contacts and companies.

use std::path::Path;

use chrono::NaiveDate;

use super::sheet;
use crate::calendar::{self, FIRST_DAY, TODAY};
use crate::capture::{Draw, capture};
use crate::channel::CRM;
use crate::error::SampleError;
use crate::phone::Phone;
use crate::population::Person;
use crate::rates;
use crate::record::{Fields, Record};
use crate::sheet::{Sheet, line};
use crate::tables::Country;
use crate::world::{Company, Serial};

const CONTACTS: &str = "contact_id,salutation,first_name,last_name,email,phone,mobile,birthdate,street,city,postcode,country,company_id,\
company,job_title,is_deleted,updated_at\n";
const COMPANIES: &str =
    "\u{feff}company_id,company_name,website,phone,street,city,postcode,country,industry,updated_at\n";

pub(crate) struct Crm {
    contacts: Sheet,
    companies: Sheet,
    companies_written: usize,
}

impl Crm {
    pub(crate) fn create(folder: &Path, seed: u64) -> Result<Self, SampleError> {
        Ok(Self {
            contacts: sheet(folder, "crm_contacts.csv", CONTACTS.as_bytes(), seed)?,
            companies: sheet(folder, "crm_companies.csv", COMPANIES.as_bytes(), seed)?,
            companies_written: 0,
        })
    }

    /// Writes a person's contact, at times a duplicate, at times one that was deleted.
    pub(crate) fn add(
        &mut self,
        person: &Person,
        draw: &mut Draw,
        records: &mut Vec<Record>,
    ) -> Result<(), SampleError> {
        let copies = 1 + u32::from(draw.random.chance(rates::CRM_DUPLICATE));
        for _ in 0..copies {
            if let Some((key, fields)) = self.contact(person, false, draw)? {
                let country = person.home.now.country;
                records.push(Record { source: CRM.source, key, person: person.number, country, fields });
            }
        }
        if draw.random.chance(rates::CRM_DELETED) {
            let known = draw.evidence.len();
            self.contact(person, true, draw)?;
            // What was deleted ties nothing.
            draw.evidence.truncate(known);
        }
        Ok(())
    }

    fn contact(
        &mut self,
        person: &Person,
        deleted: bool,
        draw: &mut Draw,
    ) -> Result<Option<(String, Fields)>, SampleError> {
        let at = draw.random.day(person.first_day(), TODAY);
        let Some(mut fields) = capture(person, &CRM, at, draw) else { return Ok(None) };
        let key = format!("C{:07}", draw.world.scattered(Serial::Contact));
        let (companies, random) = (&draw.world.companies, &mut *draw.random);
        let job = person.job.as_ref().filter(|_| random.chance(850));
        numbers(person, at, &mut fields, random);
        if let Some(job) = job
            && random.chance(rates::SWITCHBOARD)
        {
            fields.phone = companies[job.company].switchboard.written(random);
        }
        if let Some(job) = job
            && random.chance(rates::ROLE_MAILBOX)
        {
            fields.email = format!("info@{}", companies[job.company].domain);
        }
        let company = job.map(|job| &companies[job.company]);
        let company_name = company.map_or(String::new(), |company| CRM.dirt.name(&company.name, random));
        let birth_date = fields.birth_date.map_or(String::new(), |born| born.to_string());
        let row = line(
            b',',
            &[
                &key,
                fields.title,
                &fields.first_name,
                &fields.last_name,
                &fields.email,
                &fields.phone,
                &fields.mobile,
                &birth_date,
                &fields.street,
                &fields.city,
                &fields.postcode,
                &fields.country,
                company.filter(|_| random.chance(900)).map_or("", |company| &company.id),
                &company_name,
                job.map_or("", |job| job.title),
                if deleted { "true" } else { "false" },
                &calendar::to_second(calendar::moment(at, random)),
            ],
        );
        self.contacts.push(row, 1)?;
        Ok(Some((key, fields)))
    }

    /// Writes the companies that have come up since the last call.
    pub(crate) fn add_companies(&mut self, draw: &mut Draw) -> Result<(), SampleError> {
        for index in self.companies_written..draw.world.companies.len() {
            let twice = draw.random.chance(rates::COMPANY_DUPLICATE);
            let other_id = if twice { format!("A{:07}", draw.world.scattered(Serial::Company)) } else { String::new() };
            let company = draw.world.companies[index].clone();
            let row = company_row(&company, &company.id, &company.name, draw);
            self.companies.push(row, 1)?;
            if twice {
                let name = company.name.replace("Ltd", "Limited").replace(" GmbH", "").replace("Inc.", "Incorporated");
                let row = company_row(&company, &other_id, &name.to_uppercase(), draw);
                self.companies.push(row, 1)?;
            }
        }
        self.companies_written = draw.world.companies.len();
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<[(&'static str, u64); 2], SampleError> {
        Ok([("crm_contacts.csv", self.contacts.finish()?), ("crm_companies.csv", self.companies.finish()?)])
    }
}

/// Sorts the number into its column, and adds the landline where the contact has both.
fn numbers(person: &Person, at: NaiveDate, fields: &mut Fields, random: &mut crate::random::Random) {
    let entered = std::mem::take(&mut fields.phone);
    let digits = crate::phone::standard_digits(&entered, person.home.now.country);
    if digits.is_some() && digits == person.landline.as_ref().map(Phone::digits) {
        fields.phone = entered;
        if random.chance(rates::BOTH_NUMBERS) {
            fields.mobile = CRM.dirt.phone(person.mobile.on(at).written(random), random);
        }
    } else {
        fields.mobile = entered;
        if let Some(landline) = person.landline.as_ref().filter(|_| random.chance(rates::BOTH_NUMBERS)) {
            fields.phone = CRM.dirt.phone(landline.written(random), random);
        }
    }
}

fn company_row(company: &Company, id: &str, name: &str, draw: &mut Draw) -> Vec<u8> {
    let random = &mut *draw.random;
    let website = random.weighted(&[("https://www.", 60), ("www.", 25), ("", 15)]).to_owned() + &company.domain;
    let street = match company.country {
        Country::Uk | Country::Ie | Country::Us => {
            format!("Unit {}, Riverside Business Park", random.between(1, 60))
        }
        Country::De => format!("Industriestraße {}", random.between(1, 90)),
        Country::Fr => format!("{} zone industrielle Nord", random.between(1, 60)),
        Country::Es => format!("Polígono Industrial Sur, nave {}", random.between(1, 60)),
        Country::Pl => format!("ul. Przemysłowa {}", random.between(1, 60)),
    };
    let updated_at = calendar::to_second(calendar::moment(random.day(FIRST_DAY, TODAY), random));
    line(
        b',',
        &[
            id,
            name,
            &website,
            &company.switchboard.written(random),
            &street,
            company.town.name,
            &crate::address::postcode(company.country, company.town, random),
            company.country.names()[0],
            random.pick(&draw.tables.industries),
            &updated_at,
        ],
    )
}
