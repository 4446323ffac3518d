//! Telephone numbers: what they are and the many ways to write one.

use crate::random::Random;
use crate::tables::{Country, Town};

/// A telephone number: its country and the national digits without trunk prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Phone {
    pub(crate) country: Country,
    pub(crate) national: String,
    /// How many of the digits are the area or network code, for blanks and brackets.
    code: usize,
}

impl Phone {
    /// A mobile number, as far as the national plan leaves room from a range that nobody has.
    pub(crate) fn mobile(country: Country, random: &mut Random) -> Self {
        let (code, rest): (String, usize) = match country {
            Country::Uk => (random.digits("7", 1) + &random.digits("12", 3), 6),
            Country::De => ("154".to_owned() + &random.digits("0123456789", 1), 7),
            Country::Fr => ("639".to_owned(), 6),
            Country::Es => (random.digits("6", 3), 6),
            Country::Pl => (random.digits("5", 3), 6),
            Country::Us => {
                return Self::of_american(random.pick(&["212", "312", "415", "503", "617", "713"]), random);
            }
            Country::Ie => ("82".to_owned(), 7),
        };
        let national = code.clone() + &random.digits("0123456789", rest);
        Self { country, national, code: code.len() }
    }

    /// A landline number in a town.
    pub(crate) fn landline(country: Country, town: Town, random: &mut Random) -> Self {
        if country == Country::Us {
            return Self::of_american(town.dialling, random);
        }
        let code = town.dialling.trim_start_matches('0').to_owned();
        let rest = match country {
            Country::Uk | Country::De => 10 - code.len(),
            Country::Ie => 7,
            Country::Fr | Country::Es | Country::Pl | Country::Us => 9 - code.len(),
        };
        let national = code.clone() + &random.digits("456789", rest);
        Self { country, national, code: code.len() }
    }

    /// The exchange 555, which fiction uses; `area` does not tell whether the telephone is a mobile.
    fn of_american(area: &str, random: &mut Random) -> Self {
        let national = area.to_owned() + "555" + &random.digits("0123456789", 4);
        Self { country: Country::Us, national, code: 3 }
    }

    /// The digits that decide equality: dialling code and national number.
    pub(crate) fn digits(&self) -> String {
        self.country.dialling_code().to_owned() + &self.national
    }

    /// One of the ways to write it.
    pub(crate) fn written(&self, random: &mut Random) -> String {
        let (trunk, dialling) = (self.country.trunk_prefix(), self.country.dialling_code());
        let (code, rest) = self.national.split_at(self.code);
        let (head, tail) = rest.split_at(rest.len() / 2);
        match random.weighted(&[(0, 30), (1, 22), (2, 16), (3, 8), (4, 8), (5, 6), (6, 5), (7, 5)]) {
            0 => format!("{trunk}{code}{rest}"),
            1 => format!("{trunk}{code} {rest}"),
            2 => format!("+{dialling} {code} {rest}"),
            3 => format!("+{dialling}{code}{rest}"),
            4 => format!("{trunk}{code} {head} {tail}"),
            5 => format!("00{dialling}{code}{rest}"),
            6 => format!("({trunk}{code}) {head} {tail}"),
            _ if trunk.is_empty() => format!("{code}-{head}-{tail}"),
            _ => format!("+{dialling} ({trunk}){code} {rest}"),
        }
    }
}

/// The digits of a number as written in `country`, so that two ways to write it are equal; `None` for a filler or nothing.
pub(crate) fn standard_digits(written: &str, country: Country) -> Option<String> {
    let trimmed = written.trim().replace("(0)", "");
    let digits: String = trimmed.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 7 || digits.bytes().all(|digit| digit == digits.as_bytes()[0]) {
        return None;
    }
    if trimmed.starts_with('+') {
        return Some(digits);
    }
    if let Some(international) = digits.strip_prefix("00") {
        return Some(international.to_owned());
    }
    let national = digits.strip_prefix(country.trunk_prefix()).unwrap_or(&digits);
    Some(country.dialling_code().to_owned() + national)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_number_has_the_same_digits() {
        let mut random = Random::new(7, 7);
        for (country, _) in Country::SHARES {
            for _ in 0..200 {
                let phone = Phone::mobile(country, &mut random);
                let written = phone.written(&mut random);
                assert_eq!(standard_digits(&written, country), Some(phone.digits()), "{written}");
            }
        }
    }
}
