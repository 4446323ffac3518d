//! Countries by their ISO 3166-1 codes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::country_table::{COUNTRIES, Entry, NAMES};
use super::{Malformed, text};

/// A country or territory with an ISO 3166-1 code.
///
/// Reads alpha-2 and alpha-3 codes, the English name, the country's own name and its common names in neighbouring
/// languages; a part of the United Kingdom is the United Kingdom. Ordered by alpha-2 code.
///
/// ```
/// use onefold_fact::standard::Country;
///
/// for spelling in ["de", "DEU", "Germany", "Deutschland", "Allemagne"] {
///     assert_eq!(spelling.parse::<Country>()?.as_str(), "DE");
/// }
/// assert_eq!("Scotland".parse::<Country>()?.name(), "United Kingdom");
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(
    // INVARIANT: an index into `COUNTRIES`, which is sorted by alpha-2 code.
    u8,
);

impl Country {
    fn entry(self) -> &'static Entry {
        &COUNTRIES[usize::from(self.0)]
    }

    /// The ISO 3166-1 alpha-2 code, upper case.
    pub fn as_str(self) -> &'static str {
        self.entry().alpha2
    }

    /// The ISO 3166-1 alpha-3 code, upper case.
    pub fn alpha3(self) -> &'static str {
        self.entry().alpha3
    }

    /// The short English name.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The calling code of ITU E.164, digits only: `44`. Several countries share one: `1`, `7`, `44`, `590`.
    pub fn dial_code(self) -> &'static str {
        self.entry().dial
    }

    /// The country of an alpha-2 code, in either case.
    pub fn from_alpha2(code: &str) -> Option<Country> {
        let &[a, b] = code.as_bytes() else { return None };
        let code = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
        let at = COUNTRIES.binary_search_by(|entry| entry.alpha2.as_bytes().cmp(&code)).ok()?;
        u8::try_from(at).ok().map(Country)
    }

    /// All countries, by alpha-2 code.
    ///
    /// ```
    /// # use onefold_fact::standard::Country;
    /// assert_eq!(Country::all().count(), 249);
    /// ```
    pub fn all() -> impl Iterator<Item = Country> {
        (0..=u8::MAX).take(COUNTRIES.len()).map(Country)
    }
}

impl FromStr for Country {
    type Err = Malformed;

    fn from_str(input: &str) -> Result<Self, Malformed> {
        let trimmed = input.trim();
        if let Some(country) = Country::from_alpha2(trimmed) {
            return Ok(country);
        }
        if trimmed.len() == 3
            && let Some(at) = COUNTRIES.iter().position(|entry| entry.alpha3.eq_ignore_ascii_case(trimmed))
        {
            return Ok(Country(u8::try_from(at).unwrap_or_default()));
        }
        if trimmed.len() <= 256 {
            let folded = text::fold(trimmed);
            let found = NAMES.binary_search_by(|(name, _)| name.cmp(&folded.as_str()));
            let code = found.map_or(folded.as_str(), |at| NAMES[at].1);
            if let Some(country) = Country::from_alpha2(code) {
                return Ok(country);
            }
            if let Some(country) = Country::all().find(|country| country.alpha3().eq_ignore_ascii_case(code)) {
                return Ok(country);
            }
        }
        Err(Malformed::value(
            trimmed,
            "is not a country",
            "a country code such as `GB` or a name such as `United Kingdom`",
        ))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.as_str())
    }
}

impl AsRef<str> for Country {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl TryFrom<String> for Country {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(COUNTRIES.len(), 249);
        assert!(COUNTRIES.is_sorted_by(|a, b| a.alpha2 < b.alpha2));
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
        for country in Country::all() {
            for spelling in [country.as_str(), country.alpha3(), country.name(), &country.name().to_uppercase()] {
                assert_eq!(spelling.parse::<Country>(), Ok(country), "{spelling}");
            }
            assert!((1..=3).contains(&country.dial_code().len()));
        }
        for (name, code) in NAMES {
            assert_eq!(text::fold(name), *name);
            assert_eq!(name.parse::<Country>().unwrap().as_str(), *code, "{name}");
        }
    }

    #[test]
    fn names_are_read() {
        for (input, code) in [
            ("uk", "GB"),
            ("U.K.", "GB"),
            ("England", "GB"),
            ("U.S.A.", "US"),
            ("U. S. A.", "US"),
            ("The Netherlands", "NL"),
            ("ESPAÑA", "ES"),
            ("Österreich", "AT"),
            ("Türkei", "TR"),
            ("Turkey", "TR"),
            ("Россия", "RU"),
            ("中国", "CN"),
            ("日本", "JP"),
            ("Korea, Republic of", "KR"),
            (" de ", "DE"),
        ] {
            assert_eq!(input.parse::<Country>().map(Country::as_str), Ok(code), "{input}");
        }
        assert_eq!(
            "Atlantis".parse::<Country>().unwrap_err().to_string(),
            "`Atlantis` is not a country; expected a country code such as `GB` or a name such as `United Kingdom`"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(input in ".*|[A-Za-z.]{1,4}") {
            if let Ok(country) = input.parse::<Country>() {
                prop_assert_eq!(country.as_str().parse::<Country>(), Ok(country));
            }
        }
    }
}
