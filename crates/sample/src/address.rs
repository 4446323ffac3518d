//! Postal addresses: each country writes them its own way.

use crate::random::Random;
use crate::tables::{Country, Tables, Town};

/// A postal address in full.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) town: Town,
    pub(crate) postcode: String,
    pub(crate) country: Country,
}

impl Address {
    /// Draws an address in a country.
    pub(crate) fn draw(country: Country, tables: &Tables, random: &mut Random) -> Self {
        let tables = tables.country(country);
        let town = tables.town(random);
        let name = tables.streets.draw(random);
        let street_type = tables.street_types.as_ref().map_or("", |types| types.draw(random));
        let number = random.weighted(&[(40, 5), (150, 3), (300, 1)]);
        let number = random.between(1, number);
        let street = match country {
            Country::Uk if random.chance(180) => {
                format!("Flat {}, {number} {name} {street_type}", random.between(1, 24))
            }
            Country::Uk | Country::Ie => format!("{number} {name} {street_type}"),
            Country::Us if random.chance(250) => {
                format!("{number} {name} {street_type}, Apt {}", random.between(1, 40))
            }
            Country::Us => format!("{number} {name} {street_type}"),
            Country::De => format!("{name} {number}"),
            Country::Fr => format!("{number} {name}"),
            Country::Es => format!("{name} {number}, {}º {}", random.between(1, 6), random.pick(&["A", "B", "C", "D"])),
            Country::Pl => format!("ul. {name} {number}/{}", random.between(1, 60)),
        };
        Address { street, town, postcode: postcode(country, town, random), country }
    }
}

/// A postcode of a town.
pub(crate) fn postcode(country: Country, town: Town, random: &mut Random) -> String {
    let digits = |count, random: &mut Random| random.digits("0123456789", count);
    let letters = |count: usize, random: &mut Random| -> String {
        (0..count).map(|_| char::from(random.pick(b"ABDEFGHJLNPQRSTUWXYZ"))).collect()
    };
    match country {
        Country::Uk => {
            format!("{}{} {}{}", town.postcode, random.between(1, 19), random.between(1, 9), letters(2, random))
        }
        Country::De | Country::Fr | Country::Es => {
            format!("{}{}", town.postcode, digits(3, random))
        }
        Country::Pl => format!("{}-{}", town.postcode, digits(3, random)),
        Country::Us => format!("{}{}", town.postcode, digits(2, random)),
        Country::Ie => format!("{} {}{}", town.postcode, letters(1, random), digits(3, random)),
    }
}
