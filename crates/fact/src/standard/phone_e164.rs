//! Telephone numbers held to the numbering plans of all countries: the feature `phone-e164`.

use rlibphonenumber::{PhoneNumber, Region};

use super::{Country, Malformed, Phone};

const EXPECTED: &str = "a number that its country gives out";

impl Phone {
    /// Reads a number and holds it to the numbering plan of its country: the E.164 form of a number that can exist.
    /// `default` is the country of numbers without an international prefix.
    ///
    /// # Errors
    ///
    /// [`Malformed`] where [`parse`](Phone::parse) has one, when the country is not known, and when the country gives out no
    /// such number.
    ///
    /// ```
    /// use onefold_fact::standard::Phone;
    ///
    /// let gb = Some("GB".parse()?);
    /// assert_eq!(Phone::parse_valid("020 7946 0018", gb)?.as_str(), "+442079460018");
    /// assert!(Phone::parse_valid("020 7946 001", gb).is_err());
    /// assert!(Phone::parse_valid("020 7946 0018", None).is_err());
    /// # Ok::<(), onefold_fact::standard::Malformed>(())
    /// ```
    pub fn parse_valid(input: &str, default: Option<Country>) -> Result<Phone, Malformed> {
        let plain = Phone::parse(input, default)?;
        let no_such = || Malformed::value(input.trim(), "is no number that its country gives out", EXPECTED);
        if !plain.is_international() && default.is_none() {
            return Err(Malformed::value(input.trim(), "does not say its country", EXPECTED));
        }
        // What is written is read anew: the plan knows better what a trunk prefix is. `(0)` behind a country code is one.
        let region = default.and_then(|country| Region::from_code(country.as_str()).ok());
        let readings = [PhoneNumber::parse(input.trim(), region), PhoneNumber::parse(plain.as_str(), region)];
        let valid = readings.into_iter().flatten().find(PhoneNumber::is_valid).ok_or_else(no_such)?;
        // The standard form leaves nothing out of a number that is written in full.
        let form = Phone::parse(&valid.to_string(), None)?;
        if form.as_str() != valid.to_string() {
            return Ok(plain);
        }
        Ok(form.with_extension_of(plain))
    }

    /// Whether the numbering plan of its country has such a number. Of a number without a country it is not known, so it
    /// has not.
    pub fn is_valid(&self) -> bool {
        Phone::parse_valid(self.as_str(), None).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rlibphonenumber::PHONE_NUMBER_UTIL;

    #[test]
    fn numbers_that_exist_take_their_e164_form() {
        for (input, country, form) in [
            ("020 7946 0018", "GB", "+442079460018"),
            ("+44 (0)20 7946 0018", "", "+442079460018"),
            ("+49 (0)30 901820", "", "+4930901820"),
            ("030 901820", "DE", "+4930901820"),
            ("(650) 253-0000", "US", "+16502530000"),
            ("06 1234 5678", "FR", "+33612345678"),
            ("06 698 12345", "IT", "+390669812345"),
            ("8 (912) 345-67-89", "RU", "+79123456789"),
            ("+1 650 253 0000 x89", "", "+16502530000;ext=89"),
        ] {
            let phone = Phone::parse_valid(input, Country::from_alpha2(country)).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(phone.to_string(), form, "{input}");
            assert!(phone.is_valid());
        }
    }

    #[test]
    fn what_no_country_gives_out_says_why() {
        for (input, country, what) in [
            ("020 7946 001", "GB", "is no number that its country gives out"),
            ("(123) 456-7890", "US", "is no number that its country gives out"),
            ("+49 30", "", "has fewer than six digits"),
            ("07700 900123", "", "does not say its country"),
        ] {
            let error = Phone::parse_valid(input, Country::from_alpha2(country)).unwrap_err();
            assert_eq!(error.problem(), format!("`{input}` {what}"));
        }
    }

    /// The plain reading takes nothing from a number that the plans have, in any country: so turning the feature on
    /// changes no number that was read right. Catches a trunk prefix that begins real numbers.
    #[test]
    fn an_example_of_each_country_is_its_own_form() {
        let mut other = Vec::new();
        for country in Country::all() {
            let Ok(region) = Region::from_code(country.as_str()) else { continue };
            let Ok(example) = PHONE_NUMBER_UTIL.get_example_number(region) else { continue };
            let e164 = example.to_string();
            if Phone::parse(&e164, None).map(|phone| phone.as_str().to_owned()) != Ok(e164.clone()) {
                other.push(e164);
            }
        }
        assert!(other.is_empty(), "{other:?}");
    }
}
