//! What households share: addresses that are taken, numbers given up, companies, and whom a key belongs to.

use std::collections::{HashMap, HashSet};

use crate::phone::Phone;
use crate::random::Random;
use crate::rates;
use crate::tables::{Country, Tables, Town};

/// A company of the company file.
#[derive(Clone)]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) domain: String,
    pub(crate) switchboard: Phone,
    pub(crate) country: Country,
    pub(crate) town: Town,
}

/// How many given-up numbers wait for a new holder in each country.
const RELEASED_NUMBERS: usize = 40;

/// The state that passes from household to household.
///
/// Its maps are only asked, never walked, so their order cannot reach the output.
#[derive(Default)]
pub(crate) struct World {
    taken: HashSet<u64>,
    owners: HashMap<u64, u32>,
    released: Vec<Phone>,
    pub(crate) companies: Vec<Company>,
    serials: [u32; 7],
}

/// What is numbered.
#[derive(Clone, Copy)]
pub(crate) enum Serial {
    Contact,
    Company,
    Shopper,
    Order,
    Return,
    Ticket,
    Person,
}

impl World {
    /// The next number of its kind, scattered so that neighbours in a household are no neighbours in a file.
    pub(crate) fn scattered(&mut self, serial: Serial) -> u32 {
        // A step coprime to ten million walks through all of its residues before it repeats one.
        (u64::from(self.next(serial)) * 7_368_787 % 10_000_000) as u32
    }

    /// The next number of its kind, from 1.
    pub(crate) fn next(&mut self, serial: Serial) -> u32 {
        let counter = &mut self.serials[serial as usize];
        *counter += 1;
        *counter
    }

    /// Whether nobody has `text` yet; from now on somebody has.
    pub(crate) fn take(&mut self, text: &str) -> bool {
        self.taken.insert(hash(&[text]))
    }

    /// Whether `key` belongs to `person` in `source`; a key without an owner is theirs from now on.
    pub(crate) fn claim(&mut self, source: &str, key: &str, person: u32) -> bool {
        *self.owners.entry(hash(&[source, key])).or_insert(person) == person
    }

    /// A number that nobody else was given.
    pub(crate) fn fresh_phone(&mut self, mut draw: impl FnMut() -> Phone) -> Phone {
        let mut phone = draw();
        // In a very large sample a town runs out of numbers; then two households share one, which is only more dirt.
        for _ in 0..16 {
            if self.take(&phone.digits()) {
                break;
            }
            phone = draw();
        }
        phone
    }

    /// Puts a given-up number back on the market.
    pub(crate) fn release(&mut self, phone: Phone) {
        if self.released.len() > RELEASED_NUMBERS {
            self.released.remove(0);
        }
        self.released.push(phone);
    }

    /// A number of `country` that a stranger has given up.
    pub(crate) fn recycled(&mut self, country: Country) -> Option<Phone> {
        let position = self.released.iter().position(|phone| phone.country == country)?;
        Some(self.released.remove(position))
    }

    /// An employer in `country`, by its place in [`World::companies`]: a known one or a new one.
    pub(crate) fn employer(&mut self, tables: &Tables, country: Country, random: &mut Random) -> usize {
        if !self.companies.is_empty() && random.chance(rates::KNOWN_COMPANY) {
            // Only among companies met recently: so none grows without end as the sample does.
            let window = self.companies.len().min(60);
            for _ in 0..8 {
                let index = self.companies.len() - 1 - random.below(window);
                if self.companies[index].country == country {
                    return index;
                }
            }
        }
        let town = tables.country(country).town(random);
        let words = (random.pick(&tables.company_first), random.pick(&tables.company_second));
        let mut stem = format!("{} {}", words.0, words.1);
        if !self.take(&stem) {
            stem = format!("{} {} {}", words.0, words.1, town.name);
        }
        let form = match country {
            Country::Uk | Country::Ie => "Ltd",
            Country::De => "GmbH",
            Country::Fr => "SARL",
            Country::Es => "S.L.",
            Country::Pl => "Sp. z o.o.",
            Country::Us => "Inc.",
        };
        let mut domain = format!("{}-{}", words.0, words.1).to_lowercase();
        let mut suffix = 1;
        while !self.take(&domain) {
            suffix += 1;
            domain = format!("{}-{}{suffix}", words.0, words.1).to_lowercase();
        }
        let company = Company {
            id: format!("A{:07}", self.scattered(Serial::Company)),
            name: format!("{stem} {form}"),
            domain: domain + ".example",
            switchboard: self.fresh_phone(|| Phone::landline(country, town, random)),
            country,
            town,
        };
        self.companies.push(company);
        self.companies.len() - 1
    }
}

/// FNV-1a over the parts: the same on every platform and release, unlike the hasher of a map.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state
}
