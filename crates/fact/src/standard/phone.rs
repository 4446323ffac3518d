//! Telephone numbers, by the facts of ITU-T E.164 and a small table of numbering plans.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::phone_table::{calling_code, plan_of};
use super::{Country, Malformed, number, text};

/// A telephone number in standard form: `+` and all digits (E.164) when the country is known, else the digits as they
/// were written.
///
/// The country is known from an international prefix (`+`, `00`, `011`) or from the default that the caller gives. A
/// number with too few digits to be complete in the default country (a local number without its area) stays without
/// one. Lengths are held to E.164, not to the finer rules of each country: a number that nobody could be reached at
/// may still be read.
///
/// ```
/// use onefold_fact::standard::Phone;
///
/// let gb = Some("GB".parse()?);
/// for spelling in ["07700 900123", "+44 (0)7700 900-123", "0044 7700 900123", "tel:+447700900123"] {
///     assert_eq!(Phone::parse(spelling, gb)?.as_str(), "+447700900123");
/// }
/// assert_eq!(Phone::parse("07700 900123", None)?.as_str(), "07700900123");
/// assert_eq!(Phone::parse("07700 900123", None)?.significant(), "7700900123");
/// # Ok::<(), onefold_fact::standard::Malformed>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone {
    // INVARIANT: `+` and 6 to 15 digits, or 6 to 15 digits.
    text: String,
    /// Where the significant digits begin: past country code, trunk prefix and leading zeros.
    significant: usize,
    extension: Option<String>,
}

const EXPECTED: &str = "a telephone number such as `+44 20 7946 0000`";
const LEAST: usize = 6;
const MOST: usize = 15;

impl Phone {
    /// Reads a number; `default` is the country of numbers without an international prefix.
    ///
    /// Split off is an extension (`x12`, `ext. 12`, `#12`, `;ext=12`). Dots, dashes, slashes, spaces and brackets do
    /// not count.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when there are letters in it (`0800 FLOWERS`), fewer than 6 or more than 15 digits, or a country
    /// code that does not exist.
    pub fn parse(input: &str, default: Option<Country>) -> Result<Phone, Malformed> {
        let trimmed = input.trim();
        if trimmed.len() > 200 {
            return Err(Malformed::value(trimmed, "is too long for a telephone number", EXPECTED));
        }
        let written = Written::read(trimmed)?;
        let digits = written.digits.as_str();
        let prefixed = if written.plus { Some(digits) } else { without_prefix(digits, default) };
        let (number, significant) = match prefixed {
            Some(international) => match e164(international) {
                Some(found) => found,
                None if written.plus => {
                    return Err(Malformed::value(trimmed, "has a country code that does not exist", EXPECTED));
                }
                None => bare(digits),
            },
            None => default.and_then(|country| national(digits, country)).unwrap_or_else(|| bare(digits)),
        };
        let count = number.bytes().filter(u8::is_ascii_digit).count();
        if count < LEAST {
            return Err(Malformed::value(trimmed, "has fewer than six digits", EXPECTED));
        }
        if count > MOST {
            return Err(Malformed::value(trimmed, "has more than fifteen digits", EXPECTED));
        }
        Ok(Phone { text: number, significant, extension: written.extension })
    }

    /// The standard form, without extension.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The digits that two spellings of one number share: without country code, trunk prefix and leading zeros.
    ///
    /// In the few countries where a leading zero is dialled from abroad too (Italy) it is left out as well, so that a
    /// number written without its country still agrees.
    pub fn significant(&self) -> &str {
        self.text.get(self.significant..).unwrap_or_default()
    }

    /// Whether the country is known, so that the standard form begins with `+`.
    pub fn is_international(&self) -> bool {
        self.text.starts_with('+')
    }

    /// The calling code of the country, when it is known: `44`.
    pub fn dial_code(&self) -> Option<&str> {
        calling_code(self.text.strip_prefix('+')?)
    }

    /// This number with the extension of another.
    #[cfg(feature = "phone-e164")]
    pub(super) fn with_extension_of(self, other: Phone) -> Phone {
        Phone { extension: other.extension, ..self }
    }

    /// The extension, digits only.
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// Whether somebody typed anything to fill the field: one digit all along (`0000000000`) or digits in order
    /// (`1234567890`).
    pub fn is_placeholder(&self) -> bool {
        [self.text.trim_start_matches('+'), self.significant()].iter().any(|digits| is_filler(digits.as_bytes()))
            || self.significant().is_empty()
    }
}

/// What was written, before it is understood.
struct Written {
    plus: bool,
    digits: String,
    extension: Option<String>,
}

impl Written {
    fn read(text: &str) -> Result<Written, Malformed> {
        let mut body = text;
        if body.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("tel:")) {
            body = &body[4..];
        }
        let mut extension = None;
        if let Some((at, after)) = extension_sign(body) {
            let digits: String = body[after..].chars().filter_map(number::digit).collect();
            let rest = body[after..]
                .chars()
                .all(|c| number::digit(c).is_some() || matches!(c, ' ' | '.' | ':' | '=' | '-' | ')'));
            if digits.is_empty() || digits.len() > 11 || !rest {
                return Err(Malformed::value(text, "has an extension that is not a number", EXPECTED));
            }
            extension = Some(digits);
            body = &body[..at];
        }
        // Spreadsheets that took the number for a number leave this behind.
        body = body.strip_suffix(".0").unwrap_or(body);
        let mut digits = String::with_capacity(16);
        let mut plus = false;
        for c in body.chars() {
            if let Some(digit) = number::digit(c) {
                digits.push(digit);
            } else if matches!(c, '+' | '\u{FF0B}') && digits.is_empty() {
                plus = true;
            } else if c.is_alphabetic() {
                return Err(Malformed::value(text, "has letters in it", EXPECTED));
            } else if !(matches!(
                c,
                '-' | '.' | '/' | '(' | ')' | '[' | ']' | '\\' | '\'' | '"' | '_' | '~' | ',' | '\u{2010}'
                    ..='\u{2015}' | '\u{2212}'
            ) || c.is_whitespace()
                || text::is_invisible(c))
            {
                return Err(Malformed::value(text, "has a sign in it that telephone numbers do not have", EXPECTED));
            }
        }
        Ok(Written { plus, digits, extension })
    }
}

/// Where the sign for an extension begins and ends.
fn extension_sign(body: &str) -> Option<(usize, usize)> {
    let at = body.find(['x', 'X', 'e', 'E', '#', ';'])?;
    let sign = &body[at..];
    let length = ["extension", "ext", "ex", ";extension", ";ext", "x", "#"]
        .iter()
        .find(|word| sign.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))?
        .len();
    Some((at, at + length))
}

/// The number after an international prefix, if it has one.
fn without_prefix(digits: &str, default: Option<Country>) -> Option<&str> {
    let country = default.map_or("", Country::as_str);
    let own = match country {
        "AU" => "0011",
        "JP" => "010",
        "RU" | "KZ" | "BY" => "810",
        _ => "00",
    };
    if let Some(rest) = digits.strip_prefix(own).or_else(|| digits.strip_prefix("00")) {
        return Some(rest);
    }
    // Inside the North American plan 011 leads abroad. Elsewhere it begins ordinary numbers, which are shorter than
    // what 011 and ten digits make.
    let north_america = default.is_some_and(|country| country.dial_code() == "1");
    digits.strip_prefix("011").filter(|rest| north_america || (default.is_none() && rest.len() >= 10))
}

/// The form of a number that begins with its calling code, and where its significant digits begin.
fn e164(digits: &str) -> Option<(String, usize)> {
    let code = calling_code(digits)?;
    Some(joined(code, without_trunk(code, &digits[code.len()..])))
}

/// The form of a number as dialled inside `country`, if it is complete.
fn national(digits: &str, country: Country) -> Option<(String, usize)> {
    let code = country.dial_code();
    let (least, most) = plan_of(code).map_or((4, 12), |plan| plan.digits);
    // The international form with its `+` lost.
    if let Some(rest) = digits.strip_prefix(code) {
        let rest = without_trunk(code, rest);
        if (least..=most).contains(&rest.len()) && digits.len() > most {
            return Some(joined(code, rest));
        }
    }
    let rest = without_trunk(code, digits);
    (rest.len() >= least && code.len() + rest.len() <= MOST).then(|| joined(code, rest))
}

/// The national number without its trunk prefix, also where that should not have been written, as in `+44 (0)20`.
fn without_trunk<'a>(code: &str, national: &'a str) -> &'a str {
    let Some(plan) = plan_of(code) else { return national };
    match plan.trunk {
        // Mexico's mobile numbers had a 1 here until 2019.
        "" if code == "52" && national.len() == 11 => national.strip_prefix('1').unwrap_or(national),
        "" => national,
        // Here the trunk digit also begins real numbers; only the length tells.
        "1" | "8" => {
            let mut rest = national;
            while let Some(shorter) = rest.strip_prefix(plan.trunk).filter(|_| rest.len() > plan.digits.1) {
                rest = shorter;
            }
            rest
        }
        trunk => national.trim_start_matches(trunk),
    }
}

fn joined(code: &str, national: &str) -> (String, usize) {
    let mut text = String::with_capacity(1 + code.len() + national.len());
    text.push('+');
    text.push_str(code);
    text.push_str(national);
    let zeros = national.len() - national.trim_start_matches('0').len();
    let significant = 1 + code.len() + zeros;
    (text, significant)
}

fn bare(digits: &str) -> (String, usize) {
    (digits.to_owned(), digits.len() - digits.trim_start_matches('0').len())
}

fn is_filler(digits: &[u8]) -> bool {
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0');
    digits.len() >= 5 && (steps(0) || steps(1) || steps(9))
}

impl fmt::Display for Phone {
    /// The standard form; an extension follows as `;ext=12`, which [`Phone::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.extension {
            Some(extension) => write!(f, ";ext={extension}"),
            None => Ok(()),
        }
    }
}

impl std::str::FromStr for Phone {
    type Err = Malformed;

    /// As [`Phone::parse`] without a default country.
    fn from_str(input: &str) -> Result<Self, Malformed> {
        Phone::parse(input, None)
    }
}

impl TryFrom<String> for Phone {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(input: &str, country: &str) -> Result<Phone, Malformed> {
        Phone::parse(input, Country::from_alpha2(country))
    }

    #[test]
    fn numbers_are_read() {
        for (input, country, form, significant) in [
            ("020 7946 0000", "GB", "+442079460000", "2079460000"),
            ("+44 (0)20 7946 0000", "", "+442079460000", "2079460000"),
            ("447700900123", "GB", "+447700900123", "7700900123"),
            ("7700900123", "GB", "+447700900123", "7700900123"),
            ("+49 (0)30 901820", "", "+4930901820", "30901820"),
            ("030/90 18 20", "DE", "+4930901820", "30901820"),
            ("0049 30 901820", "", "+4930901820", "30901820"),
            ("(555) 123-4567", "US", "+15551234567", "5551234567"),
            ("1-555-123-4567", "US", "+15551234567", "5551234567"),
            ("+1 555.123.4567", "", "+15551234567", "5551234567"),
            ("011 44 20 7946 0000", "US", "+442079460000", "2079460000"),
            ("011 44 20 7946 0000", "", "+442079460000", "2079460000"),
            ("0115 987 6543", "", "01159876543", "1159876543"),
            ("555-1234", "US", "5551234", "5551234"),
            ("06 1234 5678", "IT", "+390612345678", "612345678"),
            ("+39 (0)6 12345678", "", "+390612345678", "612345678"),
            ("8 (912) 345-67-89", "RU", "+79123456789", "9123456789"),
            ("+7 843 123 45 67", "", "+78431234567", "8431234567"),
            ("843 123 45 67", "RU", "+78431234567", "8431234567"),
            ("+36 (06) 1 234 5678", "", "+3612345678", "12345678"),
            ("+52 1 55 1234 5678", "", "+525512345678", "5512345678"),
            ("0011 44 20 7946 0000", "AU", "+442079460000", "2079460000"),
            ("447700900123.0", "GB", "+447700900123", "7700900123"),
            ("٠٢٠٧٩٤٦٠٠٠٠", "GB", "+442079460000", "2079460000"),
            ("612345678", "ES", "+34612345678", "612345678"),
            ("+999 1234567", "", "+9991234567", "1234567"),
        ] {
            let phone = parse(input, country).unwrap_or_else(|error| panic!("{input}: {error}"));
            assert_eq!((phone.as_str(), phone.significant()), (form, significant), "{input}");
        }
    }

    #[test]
    fn extensions_are_split_off() {
        for input in [
            "+1 555 123 4567 x89",
            "+15551234567 ext. 89",
            "+15551234567;ext=89",
            "+15551234567 Extension: 89",
            "+1 555 123 4567#89",
        ] {
            let phone = parse(input, "").unwrap();
            assert_eq!((phone.as_str(), phone.extension()), ("+15551234567", Some("89")), "{input}");
            assert_eq!(phone.to_string().parse(), Ok(phone));
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (input, what) in [
            ("", "has fewer than six digits"),
            ("12345", "has fewer than six digits"),
            ("0800 FLOWERS", "has letters in it"),
            ("4.47701E+11", "has letters in it"),
            ("+44 20 7946 0000 0000", "has more than fifteen digits"),
            ("+0 123 456", "has a country code that does not exist"),
            ("020 7946 0000 x", "has an extension that is not a number"),
            ("555@1234", "has a sign in it that telephone numbers do not have"),
        ] {
            assert_eq!(parse(input, "GB").unwrap_err().problem(), format!("`{input}` {what}"));
        }
        assert!(parse(&"1".repeat(1_000_000), "US").is_err());
    }

    #[test]
    fn fillers_are_recognised() {
        for (input, country) in [
            ("0000000000", ""),
            ("1111111", "US"),
            ("1234567890", ""),
            ("01234567890", ""),
            ("+1 999 999 9999", ""),
            ("9876543210", "US"),
        ] {
            assert!(parse(input, country).unwrap().is_placeholder(), "{input}");
        }
        for input in ["+442079460000", "07700900123", "5551234567"] {
            assert!(!parse(input, "").unwrap().is_placeholder(), "{input}");
        }
    }

    proptest! {
        #[test]
        fn the_standard_form_is_read_as_itself(input in ".*|[+0-9 ()x#/.-]{0,24}|(\\+|00|0|011)[0-9]{5,14}", at in 0_usize..249) {
            for default in [None, Country::all().nth(at)] {
                if let Ok(phone) = Phone::parse(&input, default) {
                    prop_assert_eq!(Phone::parse(&phone.to_string(), default), Ok(phone.clone()));
                    prop_assert!(phone.as_str().ends_with(phone.significant()));
                    phone.is_placeholder();
                }
            }
        }
    }
}
