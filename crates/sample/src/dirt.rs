//! Errors: what typing, hearing, scanning and habit do to a value.

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::FILLER_BIRTH;
use crate::email::DOTLESS_PROVIDER;
use crate::random::Random;
use crate::{rates, text};

/// How much dirt a source adds: its share of each rate, in percent.
#[derive(Clone, Copy)]
pub(crate) struct Dirt {
    pub(crate) percent: u32,
    /// Whether somebody wrote down what they heard, rather than the customer typing.
    pub(crate) heard: bool,
    /// Whether the source forces values where there are none, so that people enter fillers.
    pub(crate) fillers: bool,
}

impl Dirt {
    fn strikes(self, per_mille: u32, random: &mut Random) -> bool {
        random.chance(per_mille * self.percent / 100)
    }

    fn fills(self, per_mille: u32, random: &mut Random) -> bool {
        self.fillers && random.chance(per_mille)
    }

    /// A first or last name as entered.
    pub(crate) fn name(self, name: &str, random: &mut Random) -> String {
        let mut name = name.to_owned();
        if self.strikes(rates::NO_ACCENTS, random) {
            name = accents_away(&name, random);
        }
        let (typo, misheard) = if self.heard { (1, 2) } else { (2, 1) };
        if self.strikes(rates::NAME_TYPO * typo / 2, random) {
            name = mistyped(&name, random);
        }
        if self.strikes(rates::NAME_MISHEARD * misheard / 2, random) {
            name = misheard_or_misread(&name, random);
        }
        name
    }

    /// Upper or lower case throughout, for all parts of a name alike.
    pub(crate) fn case(self, names: [&mut String; 2], random: &mut Random) {
        if self.strikes(rates::NAME_CASE, random) {
            let upper = random.chance(500);
            for name in names {
                *name = if upper { name.to_uppercase() } else { name.to_lowercase() };
            }
        }
    }

    pub(crate) fn surname(self, surname: &str, random: &mut Random) -> String {
        match surname.split_once(['-', ' ']) {
            Some((first, second)) if self.strikes(rates::HALF_SURNAME, random) => {
                // Who drops one of two Spanish names drops the mother's; who drops half of a hyphened name, either.
                let half = if surname.contains(' ') || random.chance(400) { first } else { second };
                self.name(half, random)
            }
            _ => self.name(surname, random),
        }
    }

    pub(crate) fn swaps_names(self, random: &mut Random) -> bool {
        self.strikes(rates::NAMES_SWAPPED, random)
    }

    pub(crate) fn birth_date(self, born: NaiveDate, random: &mut Random) -> NaiveDate {
        if self.fills(rates::BIRTH_FILLER, random) {
            return FILLER_BIRTH;
        }
        if self.strikes(rates::BIRTH_SWAPPED, random) && born.day() <= 12 {
            return NaiveDate::from_ymd_opt(born.year(), born.day(), born.month()).unwrap_or(born);
        }
        if self.strikes(rates::BIRTH_YEAR, random) {
            let year = born.year() + random.pick(&[-10, -1, -1, 1, 1, 10]);
            return born.with_year(year).unwrap_or(born);
        }
        if self.strikes(rates::BIRTH_DAY, random) {
            return born + Days::new(u64::from(random.between(1, 9)));
        }
        born
    }

    /// An e-mail address as entered; a filler only where `keyed` is false, because there the address tells who the row is about.
    pub(crate) fn email(self, email: &str, keyed: bool, random: &mut Random) -> String {
        if !keyed && self.fills(rates::EMAIL_FILLER, random) {
            return random.pick(&["test@test.com", "none@none.com", "n/a", "noreply@example.com"]).to_owned();
        }
        let Some((local, domain)) = email.split_once('@') else { return email.to_owned() };
        let (mut local, mut domain) = (local.to_owned(), domain.to_owned());
        if domain == DOTLESS_PROVIDER && random.chance(rates::EMAIL_DOTS) {
            local = match local.contains('.') {
                true => local.replace('.', ""),
                false => local.split_at_checked(3).map_or(local.clone(), |(head, tail)| format!("{head}.{tail}")),
            };
        }
        if self.strikes(rates::EMAIL_TYPO, random) {
            local = mistyped(&local, random);
        }
        if self.strikes(rates::EMAIL_DOMAIN, random) {
            domain = domain.replace(".example", random.pick(&[".exmaple", ".exampel", ".examle", ".example.com"]));
        }
        if random.chance(rates::EMAIL_TAG) {
            local = format!("{local}+{}", random.pick(&["shop", "news", "web", "onefold"]));
        }
        let mut email = format!("{local}@{domain}");
        if self.strikes(rates::EMAIL_CASE, random) {
            email = if random.chance(300) { email.to_uppercase() } else { capitalised(&email) };
        }
        email
    }

    /// A telephone number as entered.
    pub(crate) fn phone(self, written: String, random: &mut Random) -> String {
        if self.fills(rates::PHONE_FILLER, random) {
            return random.pick(&["0000000000", "n/a", "00000", "-", "unknown"]).to_owned();
        }
        if !self.strikes(rates::PHONE_TYPO, random) {
            return written;
        }
        let mut letters: Vec<char> = written.chars().collect();
        let last = letters.len() - 1;
        // Only behind the prefix: a wrong country would not be a typo.
        let place = last - random.below(5);
        if letters[place].is_ascii_digit() {
            letters[place] = char::from(b'0' + random.below(10) as u8);
        }
        letters.into_iter().collect()
    }

    /// Street or town as entered.
    pub(crate) fn place(self, place: &str, random: &mut Random) -> String {
        let mut place = place.to_owned();
        if self.strikes(rates::STREET_SHORT, random) {
            place = shortened(&place, random);
        }
        if self.strikes(rates::NO_ACCENTS, random) {
            place = accents_away(&place, random);
        }
        if self.strikes(rates::ADDRESS_TYPO, random) {
            place = mistyped(&place, random);
        }
        place
    }

    pub(crate) fn postcode(self, postcode: &str, random: &mut Random) -> String {
        let mut postcode = postcode.to_owned();
        if self.strikes(rates::POSTCODE_SPACING, random) {
            postcode = postcode.replace([' ', '-'], "");
        }
        if self.strikes(rates::POSTCODE_TYPO, random) {
            postcode = mistyped(&postcode, random);
        }
        postcode
    }

    /// Nothing, or what people write where they have to write something.
    pub(crate) fn blank(self, random: &mut Random) -> String {
        if self.fills(rates::TEXT_FILLER, random) {
            return random.pick(&["n/a", "unknown", "-"]).to_owned();
        }
        String::new()
    }
}

fn accents_away(name: &str, random: &mut Random) -> String {
    if random.chance(350) { text::written_out(name) } else { text::plain(name) }
}

fn capitalised(email: &str) -> String {
    let mut letters = email.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// The rows of the keyboard; the wrong key is the one beside the right one.
const KEYBOARD: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

fn neighbour_key(letter: char, random: &mut Random) -> char {
    let lower = letter.to_ascii_lowercase();
    for row in KEYBOARD {
        if let Some(place) = row.find(lower) {
            let beside =
                if place == 0 || (place + 1 < row.len() && random.chance(500)) { place + 1 } else { place - 1 };
            let key = char::from(row.as_bytes()[beside]);
            return if letter.is_ascii_uppercase() { key.to_ascii_uppercase() } else { key };
        }
    }
    letter
}

/// One slip of the fingers: a letter doubled, lost, hit beside, or exchanged with the next. The first letter is spared, as it mostly is.
fn mistyped(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    let place = 1 + random.below(letters.len() - 1);
    match random.below(4) {
        0 => letters.insert(place, letters[place]),
        1 => {
            letters.remove(place);
        }
        2 => letters[place] = neighbour_key(letters[place], random),
        _ => {
            let last = letters.len() - 1;
            letters.swap(place, (place + 1).min(last));
        }
    }
    letters.into_iter().collect()
}

/// What sounds alike, and behind it what looks alike.
const CONFUSIONS: [(&str, &str); 28] = [
    ("ph", "f"),
    ("ck", "k"),
    ("ee", "ea"),
    ("ea", "ee"),
    ("ie", "y"),
    ("ll", "l"),
    ("tt", "t"),
    ("nn", "n"),
    ("ss", "s"),
    ("ey", "y"),
    ("ay", "ey"),
    ("ai", "ay"),
    ("ou", "ow"),
    ("ow", "ou"),
    ("th", "t"),
    ("sch", "sh"),
    ("cz", "ch"),
    ("son", "sen"),
    ("er", "ar"),
    ("ar", "er"),
    ("an", "en"),
    ("z", "s"),
    ("c", "k"),
    ("v", "w"),
    ("y", "i"),
    ("rn", "m"),
    ("m", "rn"),
    ("l", "1"),
];

fn misheard_or_misread(text: &str, random: &mut Random) -> String {
    let start = random.below(CONFUSIONS.len());
    for offset in 0..CONFUSIONS.len() {
        let (right, wrong) = CONFUSIONS[(start + offset) % CONFUSIONS.len()];
        // Behind the first letter, which people hear and read best.
        if let Some(place) =
            text.char_indices().nth(1).and_then(|(second, _)| text[second..].find(right).map(|found| found + second))
        {
            return format!("{}{wrong}{}", &text[..place], &text[place + right.len()..]);
        }
    }
    text.to_owned()
}

/// Words of addresses that people abbreviate.
const ABBREVIATIONS: [(&str, &[&str]); 11] = [
    ("Street", &["St", "St.", "Str"]),
    ("Road", &["Rd", "Rd."]),
    ("Avenue", &["Ave", "Av."]),
    ("Lane", &["Ln"]),
    ("Drive", &["Dr"]),
    ("Crescent", &["Cres"]),
    ("Gardens", &["Gdns"]),
    ("straße", &["str.", "strasse"]),
    ("Calle ", &["C/ ", "Cl. "]),
    ("ul. ", &[""]),
    ("boulevard", &["bd"]),
];

fn shortened(place: &str, random: &mut Random) -> String {
    for (long, short) in ABBREVIATIONS {
        if place.contains(long) {
            return place.replace(long, random.pick(short));
        }
    }
    place.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_the_first_letter_and_leaves_something() {
        let mut random = Random::new(3, 3);
        for name in ["Müller", "Jo", "Ó", "", "Łukasz", "Schmidt"] {
            for _ in 0..100 {
                for wrong in [mistyped(name, &mut random), misheard_or_misread(name, &mut random)] {
                    assert_eq!(wrong.chars().next(), name.chars().next());
                }
            }
        }
    }
}
