//! The tables that names, places and things are drawn from, read once.

mod given_names;
mod places;
mod surnames;
mod words;

use std::collections::BTreeMap;

use crate::random::Random;

/// Words by rank: the weight of rank r (from 0) is 1 / (r + offset), a flattened Zipf law.
pub(crate) struct Ranked {
    words: Vec<&'static str>,
    cumulative: Vec<u32>,
}

impl Ranked {
    fn new(words: Vec<&'static str>, offset: u32) -> Self {
        let mut sum = 0;
        let cumulative = (0..words.len() as u32)
            .map(|rank| {
                sum += 1_000_000 / (rank + offset);
                sum
            })
            .collect();
        Self { words, cumulative }
    }

    fn draw_rank(&self, random: &mut Random) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(0);
        let drawn = random.below(total as usize) as u32;
        self.cumulative.partition_point(|&sum| sum <= drawn)
    }

    pub(crate) fn draw(&self, random: &mut Random) -> &'static str {
        self.words[self.draw_rank(random)]
    }
}

/// A country of the sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Country {
    Uk,
    De,
    Fr,
    Es,
    Pl,
    Us,
    Ie,
}

impl Country {
    /// Each country with the share of households that live there, in thousandths.
    pub(crate) const SHARES: [(Self, u32); 7] = [
        (Self::Uk, 620),
        (Self::De, 90),
        (Self::Fr, 70),
        (Self::Es, 60),
        (Self::Pl, 60),
        (Self::Us, 60),
        (Self::Ie, 40),
    ];

    /// The ways to write its name, the commonest first and the two-letter code second.
    pub(crate) fn names(self) -> [&'static str; 3] {
        match self {
            Self::Uk => ["United Kingdom", "GB", "UK"],
            Self::De => ["Germany", "DE", "Deutschland"],
            Self::Fr => ["France", "FR", "FRANCE"],
            Self::Es => ["Spain", "ES", "España"],
            Self::Pl => ["Poland", "PL", "Polska"],
            Self::Us => ["United States", "US", "USA"],
            Self::Ie => ["Ireland", "IE", "Éire"],
        }
    }

    pub(crate) fn dialling_code(self) -> &'static str {
        match self {
            Self::Uk => "44",
            Self::De => "49",
            Self::Fr => "33",
            Self::Es => "34",
            Self::Pl => "48",
            Self::Us => "1",
            Self::Ie => "353",
        }
    }

    /// The digit that precedes a national number at home; none in some countries.
    pub(crate) fn trunk_prefix(self) -> &'static str {
        match self {
            Self::Uk | Self::De | Self::Fr | Self::Ie => "0",
            Self::Es | Self::Pl | Self::Us => "",
        }
    }

    pub(crate) fn currency(self) -> &'static str {
        match self {
            Self::Uk => "GBP",
            Self::De | Self::Fr | Self::Es | Self::Ie => "EUR",
            Self::Pl => "PLN",
            Self::Us => "USD",
        }
    }

    pub(crate) fn locale(self) -> &'static str {
        match self {
            Self::Uk => "en-GB",
            Self::De => "de-DE",
            Self::Fr => "fr-FR",
            Self::Es => "es-ES",
            Self::Pl => "pl-PL",
            Self::Us => "en-US",
            Self::Ie => "en-IE",
        }
    }
}

/// A town with the beginnings of its postcodes and telephone numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Town {
    pub(crate) name: &'static str,
    /// County, state or district, which some write behind the town.
    pub(crate) region: &'static str,
    pub(crate) postcode: &'static str,
    pub(crate) dialling: &'static str,
}

/// What one country offers.
pub(crate) struct CountryTables {
    pub(crate) women: Ranked,
    pub(crate) men: Ranked,
    pub(crate) surnames: Ranked,
    towns: Vec<Town>,
    town_ranks: Ranked,
    pub(crate) streets: Ranked,
    pub(crate) street_types: Option<Ranked>,
}

impl CountryTables {
    pub(crate) fn town(&self, random: &mut Random) -> Town {
        self.towns[self.town_ranks.draw_rank(random)]
    }
}

/// A product of the shop.
#[derive(Clone, Copy)]
pub(crate) struct Product {
    pub(crate) sku: &'static str,
    pub(crate) name: &'static str,
    /// In hundredths of the currency.
    pub(crate) price: u32,
}

/// Every table.
pub(crate) struct Tables {
    countries: [CountryTables; 7],
    short_forms: BTreeMap<&'static str, Vec<&'static str>>,
    pub(crate) surname_stems: Vec<&'static str>,
    pub(crate) surname_endings: Vec<&'static str>,
    pub(crate) company_first: Vec<&'static str>,
    pub(crate) company_second: Vec<&'static str>,
    pub(crate) industries: Vec<&'static str>,
    pub(crate) jobs: Vec<&'static str>,
    pub(crate) products: Vec<Product>,
    pub(crate) providers: Ranked,
    pub(crate) handles: Vec<&'static str>,
    pub(crate) requests: Vec<(&'static str, &'static str)>,
    pub(crate) return_reasons: Vec<&'static str>,
    pub(crate) pages: Vec<&'static str>,
}

/// Rank offsets: how flat each law is. The first of the surnames is borne by some 1.3 % of a country.
const SURNAME_OFFSET: u32 = 25;
const GIVEN_OFFSET: u32 = 12;
const TOWN_OFFSET: u32 = 5;
const STREET_OFFSET: u32 = 8;
const PROVIDER_OFFSET: u32 = 1;

impl Tables {
    pub(crate) fn new() -> Self {
        use {given_names as given, places, surnames as family};
        let english = Some(places::UK_STREET_TYPES);
        let american = Some(places::US_STREET_TYPES);
        Self {
            countries: [
                country(given::UK_WOMEN, given::UK_MEN, family::UK, places::UK_TOWNS, places::ENGLISH_STREETS, english),
                country(given::DE_WOMEN, given::DE_MEN, family::DE, places::DE_TOWNS, places::DE_STREETS, None),
                country(given::FR_WOMEN, given::FR_MEN, family::FR, places::FR_TOWNS, places::FR_STREETS, None),
                country(given::ES_WOMEN, given::ES_MEN, family::ES, places::ES_TOWNS, places::ES_STREETS, None),
                country(given::PL_WOMEN, given::PL_MEN, family::PL, places::PL_TOWNS, places::PL_STREETS, None),
                country(
                    given::US_WOMEN,
                    given::US_MEN,
                    family::US,
                    places::US_TOWNS,
                    places::ENGLISH_STREETS,
                    american,
                ),
                country(given::IE_WOMEN, given::IE_MEN, family::IE, places::IE_TOWNS, places::ENGLISH_STREETS, english),
            ],
            short_forms: given::SHORT_FORMS
                .split_whitespace()
                .filter_map(|entry| entry.split_once(':'))
                .map(|(full, short)| (full, short.split(',').collect()))
                .collect(),
            surname_stems: family::UK_STEMS.split_whitespace().collect(),
            surname_endings: family::UK_ENDINGS.split_whitespace().collect(),
            company_first: words::COMPANY_FIRST.split('|').collect(),
            company_second: words::COMPANY_SECOND.split('|').collect(),
            industries: words::INDUSTRIES.split('|').collect(),
            jobs: words::JOBS.split('|').collect(),
            products: words::PRODUCTS.split(';').map(product).collect(),
            providers: Ranked::new(words::PROVIDERS.split('|').collect(), PROVIDER_OFFSET),
            handles: words::HANDLES.split('|').collect(),
            requests: words::REQUESTS.split(';').filter_map(|request| request.split_once('|')).collect(),
            return_reasons: words::RETURN_REASONS.split('|').collect(),
            pages: words::PAGES.split('|').collect(),
        }
    }

    pub(crate) fn country(&self, country: Country) -> &CountryTables {
        &self.countries[country as usize]
    }

    /// The short forms of a given name, none for most names.
    pub(crate) fn short_forms(&self, given: &str) -> &[&'static str] {
        self.short_forms.get(given).map_or(&[], Vec::as_slice)
    }
}

fn country(
    women: &'static str,
    men: &'static str,
    surnames: &'static str,
    towns: &'static str,
    streets: &'static str,
    street_types: Option<&'static str>,
) -> CountryTables {
    let names = |list: &'static str, offset| Ranked::new(list.split_whitespace().collect(), offset);
    let towns: Vec<Town> = towns.split(';').map(town).collect();
    CountryTables {
        women: names(women, GIVEN_OFFSET),
        men: names(men, GIVEN_OFFSET),
        surnames: names(surnames, SURNAME_OFFSET),
        town_ranks: Ranked::new(towns.iter().map(|town| town.name).collect(), TOWN_OFFSET),
        towns,
        streets: Ranked::new(streets.split('|').collect(), STREET_OFFSET),
        street_types: street_types.map(|list| Ranked::new(list.split('|').collect(), 2)),
    }
}

fn town(line: &'static str) -> Town {
    let mut fields = line.split('|');
    let mut next = || fields.next().unwrap_or_default();
    Town { name: next(), region: next(), postcode: next(), dialling: next() }
}

fn product(line: &'static str) -> Product {
    let mut fields = line.split('|');
    let mut next = || fields.next().unwrap_or_default();
    Product { sku: next(), name: next(), price: next().parse().unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_complete() {
        let tables = Tables::new();
        for (country, _) in Country::SHARES {
            let tables = tables.country(country);
            assert!(tables.towns.iter().all(|town| !town.dialling.is_empty() && !town.postcode.is_empty()));
            assert!(tables.surnames.words.len() >= 80);
        }
        assert!(tables.products.iter().all(|product| product.price > 0));
        assert_eq!(tables.requests.len(), 12);
    }
}
