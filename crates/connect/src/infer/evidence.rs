//! What the values of a column look like.

use std::collections::HashMap;

use onefold_fact::standard::date::{parse_date, parse_timestamp};
use onefold_fact::standard::number::{parse_boolean, parse_decimal, parse_integer};
use onefold_fact::standard::{Country, Email, PartialDate, Phone, money, text, url};

use super::vocabulary::has;

/// What the first values of a column look like, counted over the values that say something.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// Rows looked at.
    pub(super) rows: usize,
    /// Values that say something; all other counts are of these.
    pub(super) filled: usize,
    /// Different values.
    pub(super) distinct: usize,
    pub(super) email: usize,
    pub(super) at_sign: usize,
    pub(super) url: usize,
    /// Looks like the name of a host: `acme.example`.
    pub(super) host: usize,
    /// Any date, `1990` and `19900312` included.
    pub(super) date: usize,
    /// A whole date that cannot be taken for a number.
    pub(super) plain_date: usize,
    /// An instant that cannot be taken for a number.
    pub(super) timestamp: usize,
    /// An instant or seconds since 1970.
    pub(super) any_timestamp: usize,
    pub(super) integer: usize,
    pub(super) decimal: usize,
    pub(super) money: usize,
    /// With a sign or code of a currency.
    pub(super) currency: usize,
    pub(super) boolean: usize,
    /// `0` or `1`.
    pub(super) bit: usize,
    /// Begins with `+` or `00` and is a phone number.
    pub(super) international: usize,
    pub(super) phone: usize,
    pub(super) country: usize,
    /// Has a digit.
    pub(super) digit: usize,
    /// More digits than letters.
    pub(super) mostly_digits: usize,
    /// Has a letter.
    pub(super) letter: usize,
    /// Begins with a zero that a number would lose.
    pub(super) leading_zero: usize,
    /// Several words.
    pub(super) words: usize,
    /// A word for the state of some work: `open`, `paid`.
    pub(super) state: usize,
    /// A form of address: `Mr`.
    pub(super) title: usize,
    /// Ends in a legal form: `Ltd`.
    pub(super) legal_form: usize,
    /// A list or another structure, as JSON has it.
    pub(super) structure: usize,
    /// Several short things, divided by `;` or `|`.
    pub(super) listed: usize,
    pub(super) longest: usize,
    /// All characters, for the mean.
    characters: usize,
}

const STATES: &str = "open closed new pending active inactive done solved resolved paid unpaid cancelled canceled shipped \
     delivered returned refunded completed failed draft sent processing success enabled disabled won lost offen \
     geschlossen erledigt bezahlt";

const TITLES: &str = "mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend herr frau monsieur madame mademoiselle m \
     mme mlle senor senora senorita sr sra srta hon capt";

const LEGAL_FORMS: &str = "ltd limited inc llc llp plc corp corporation gmbh ag kg ug ohg se sa sas sarl sl srl spa bv nv ab as oy aps \
     co company group holding holdings pty ev eg gbr ek";

/// Most characters that things in a list have on average: what is longer is prose.
const LONGEST_ITEM: usize = 40;

impl Evidence {
    /// Looks at the values of a column; a blank one is an empty text.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut evidence = Self::default();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for value in values {
            evidence.rows += 1;
            let value = value.trim();
            if !text::is_blank(value) && !text::is_placeholder(value) {
                *counts.entry(value).or_default() += 1;
            }
        }
        evidence.distinct = counts.len();
        for (value, times) in counts {
            evidence.look(value, times);
        }
        evidence
    }

    fn look(&mut self, value: &str, times: usize) {
        let mut count = |counter: fn(&mut Self) -> &mut usize, holds: bool| {
            if holds {
                *counter(self) += times;
            }
        };
        let characters = value.chars().count();
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let letters = value.chars().filter(|c| c.is_alphabetic()).count();
        let pure_number = digits == value.len();
        let at_sign = value.contains('@');
        let short = value.len() <= 100;
        let mut words = value.split_whitespace();
        count(|e| &mut e.filled, true);
        count(|e| &mut e.at_sign, at_sign);
        count(|e| &mut e.digit, digits > 0);
        count(|e| &mut e.mostly_digits, digits > letters);
        count(|e| &mut e.letter, letters > 0);
        count(|e| &mut e.leading_zero, digits > 1 && pure_number && value.starts_with('0'));
        count(|e| &mut e.words, words.next().is_some() && words.next().is_some());
        count(|e| &mut e.structure, value.starts_with(['[', '{']));
        let items = value.split([';', '|']).filter(|item| !item.trim().is_empty()).count();
        count(|e| &mut e.listed, items > 1 && characters <= items * LONGEST_ITEM);
        if short {
            let scheme = value.starts_with("http://") || value.starts_with("https://") || value.starts_with("www.");
            let host = !at_sign && letters > digits && value.contains('.') && !value.contains(' ');
            count(|e| &mut e.email, at_sign && value.parse::<Email>().is_ok());
            count(|e| &mut e.url, scheme && url::standard(value).is_ok());
            count(|e| &mut e.host, host && url::standard(value).is_ok());
            if digits > 0 {
                let day = |date| matches!(date, Ok(PartialDate::Day(_)));
                let date = parse_date(value, None);
                let timestamp = parse_timestamp(value, None).is_ok();
                let timed = timestamp && value.contains(':');
                count(|e| &mut e.plain_date, !pure_number && !timed && day(date.clone()));
                count(|e| &mut e.date, date.is_ok());
                count(|e| &mut e.timestamp, timed);
                count(|e| &mut e.any_timestamp, timestamp);
                count(|e| &mut e.integer, parse_integer(value).is_ok() && !value.contains(['.', ',']));
                count(|e| &mut e.decimal, parse_decimal(value).is_ok());
                let sum = money::parse_money(value);
                count(|e| &mut e.money, sum.is_ok());
                count(|e| &mut e.currency, sum.is_ok_and(|(_, currency)| currency.is_some()));
                let phone = Phone::parse(value, None);
                let international = value.starts_with(['+', '(']) || value.starts_with("00");
                count(|e| &mut e.phone, phone.is_ok());
                count(|e| &mut e.international, international && phone.is_ok_and(|phone| phone.is_international()));
            }
            let folded = text::fold(value);
            count(|e| &mut e.state, has(STATES, &folded));
            count(|e| &mut e.title, has(TITLES, &folded));
            count(
                |e| &mut e.legal_form,
                folded.rsplit(' ').next().is_some_and(|last| folded.contains(' ') && has(LEGAL_FORMS, last)),
            );
            count(|e| &mut e.country, letters > 1 && value.parse::<Country>().is_ok());
            count(|e| &mut e.boolean, parse_boolean(value).is_ok());
            count(|e| &mut e.bit, matches!(value, "0" | "1"));
        }
        self.longest = self.longest.max(characters);
        self.characters += characters * times;
    }

    /// Whether at least so many in a hundred of the values are counted in `count`. Never of a column without values.
    pub(super) fn most(&self, count: usize, percent: usize) -> bool {
        self.filled > 0 && count * 100 >= self.filled * percent
    }

    /// The mean number of characters.
    pub(super) fn mean_length(&self) -> usize {
        self.characters.checked_div(self.filled).unwrap_or(0)
    }

    /// Whether hardly any value occurs twice and hardly any row has none: what a key looks like.
    pub(super) fn is_unique(&self) -> bool {
        self.filled > 0 && self.distinct * 100 >= self.filled * 98 && self.filled * 100 >= self.rows * 95
    }

    /// Whether values repeat as they do where many rows are about one thing.
    pub(super) fn repeats(&self) -> bool {
        self.filled > 1 && self.distinct * 10 <= self.filled * 9
    }

    /// Whether values look like ids: one word, not long, nearly always with a digit.
    pub(super) fn is_id_like(&self) -> bool {
        self.most(self.digit, 90)
            && self.words * 20 <= self.filled
            && self.longest <= 64
            && !self.most(self.plain_date + self.timestamp, 50)
            && !self.most(self.at_sign, 50)
    }
}
