//! Which kind a column has: what the header says, unless the values say otherwise.

use onefold_fact::Kind;

use super::evidence::Evidence;
use super::vocabulary::{self, about_others};
use super::words::id_header;

/// Of fewer values a single one that can be of the kind that the header says confirms it.
const FEW: usize = 20;

/// The kind of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: Kind,
    /// Whether the header is the plain word for the kind, so that the column has the first claim to its common name.
    pub(super) plain: bool,
}

/// The kind of the column with these words over these values.
pub(super) fn kind_of(words: &[String], evidence: &Evidence) -> Found {
    let said = vocabulary::meaning(words);
    let others = about_others(words);
    if evidence.most(evidence.structure, 50) {
        return Found { kind: Kind::Text, plain: false };
    }
    // What cannot be mistaken needs no header. About others it is a fact, but not the customer's own address.
    if let Some(kind) = unmistakable(said.map(|meaning| meaning.kind), evidence) {
        let plain = said.is_some_and(|meaning| meaning.plain && meaning.kind == kind);
        let kind = if others { shape_of_text(evidence) } else { kind };
        return Found { kind, plain };
    }
    if let Some(meaning) = said
        && plausible(meaning.kind, evidence)
    {
        return Found { kind: meaning.kind, plain: meaning.plain };
    }
    if id_header(words).is_some() && !evidence.most(evidence.words, 20) {
        return Found { kind: Kind::ExternalId, plain: false };
    }
    Found { kind: by_values(words, evidence), plain: false }
}

/// The kind that the values have whatever stands over them.
fn unmistakable(said: Option<Kind>, evidence: &Evidence) -> Option<Kind> {
    let most = |count| evidence.most(count, 80);
    if most(evidence.email) {
        Some(Kind::Email)
    } else if most(evidence.url) {
        Some(Kind::Url)
    } else if most(evidence.international) {
        Some(Kind::Phone)
    } else if most(evidence.timestamp) {
        Some(if said == Some(Kind::BirthDate) { Kind::BirthDate } else { Kind::Timestamp })
    } else if most(evidence.plain_date) {
        Some(if said == Some(Kind::BirthDate) { Kind::BirthDate } else { Kind::Date })
    } else {
        None
    }
}

/// Whether the values can be of the kind that the header says. A column without values takes the header's word.
fn plausible(kind: Kind, evidence: &Evidence) -> bool {
    if evidence.filled == 0 {
        return true;
    }
    // A few values that are broken say less than the header.
    let few = evidence.filled < FEW;
    let parsed = |count, percent| evidence.most(count, percent) || (few && count > 0);
    let most = |count| evidence.most(count, 50);
    let few_digits = !evidence.most(evidence.digit, 30);
    match kind {
        Kind::Email => parsed(evidence.at_sign, 20),
        Kind::Phone => parsed(evidence.phone, 50),
        Kind::Url => parsed(evidence.url.max(evidence.host), 50),
        Kind::BirthDate => parsed(evidence.date, 50),
        Kind::NameTitle => most(evidence.title),
        Kind::GivenName | Kind::MiddleName | Kind::FamilyName => few_digits && evidence.mean_length() <= 30,
        Kind::FullName => few_digits && most(evidence.words) && evidence.mean_length() <= 50,
        Kind::Gender => evidence.mean_length() <= 12,
        Kind::HouseNumber => most(evidence.digit) && evidence.mean_length() <= 8,
        Kind::Postcode => most(evidence.digit) && evidence.mean_length() <= 12,
        Kind::Country => parsed(evidence.country, 50),
        Kind::City => few_digits && evidence.mean_length() <= 40,
        Kind::Region => {
            !most(evidence.state) && !evidence.most(evidence.mostly_digits, 30) && evidence.mean_length() <= 40
        }
        Kind::Street | Kind::AddressLine => !most(evidence.email) && evidence.mean_length() <= 120,
        Kind::Company => !evidence.most(evidence.mostly_digits, 50),
        Kind::NationalId => most(evidence.digit) && evidence.mean_length() <= 24,
        Kind::Money => parsed(evidence.money, 80),
        Kind::Latitude | Kind::Longitude => parsed(evidence.decimal, 80) && evidence.longest <= 24,
        Kind::Category => {
            !most(evidence.decimal.max(evidence.date)) && evidence.mean_length() <= 40 && !most(evidence.boolean)
        }
        Kind::FreeText => most(evidence.letter) && evidence.mean_length() > 3,
        _ => true,
    }
}

/// The kind by the values, where the header says nothing that they agree with.
fn by_values(words: &[String], evidence: &Evidence) -> Kind {
    let has = |word: &str| words.iter().any(|w| w == word);
    let about_time = has("at")
        || has("time")
        || has("timestamp")
        || has("datetime")
        || has("created")
        || has("updated")
        || has("ts");
    let about_dates =
        about_time || has("date") || has("day") || has("datum") || has("since") || has("until") || has("on");
    let is_flag = words.first().is_some_and(|first| {
        [
            "is",
            "has",
            "was",
            "can",
            "opt",
            "opted",
            "allow",
            "subscribed",
            "active",
            "enabled",
            "deleted",
            "consent",
            "newsletter",
        ]
        .contains(&first.as_str())
    });
    let nearly_all = |count| evidence.most(count, 95);
    let most = |count| evidence.most(count, 80);
    if evidence.filled == 0 {
        return match () {
            () if about_time => Kind::Timestamp,
            () if about_dates => Kind::Date,
            () => Kind::Text,
        };
    }
    if about_time && most(evidence.any_timestamp) {
        return Kind::Timestamp;
    }
    if about_dates && most(evidence.date) {
        return Kind::Date;
    }
    // Names and the like that happen to be `Da` or `X` are no answers.
    if nearly_all(evidence.boolean) && (evidence.bit == 0 || is_flag) && evidence.distinct <= 4 {
        return Kind::Boolean;
    }
    if nearly_all(evidence.currency) {
        return Kind::Money;
    }
    // A number that begins with zero is a code.
    if evidence.leading_zero == 0 && evidence.longest <= 19 {
        if nearly_all(evidence.integer) {
            return Kind::Integer;
        }
        if nearly_all(evidence.decimal) {
            return Kind::Decimal;
        }
    }
    shape_of_text(evidence)
}

/// The kind of text that means nothing in particular: a limited vocabulary, prose, or neither. Long lists of short things
/// are no prose.
fn shape_of_text(evidence: &Evidence) -> Kind {
    let prose = evidence.mean_length() > 60 || (evidence.mean_length() > 30 && evidence.longest > 200);
    let prose = prose && !evidence.most(evidence.listed, 50);
    let limited = evidence.filled >= 10 && evidence.distinct * 5 <= evidence.filled && evidence.mean_length() <= 40;
    if prose {
        Kind::FreeText
    } else if limited {
        Kind::Category
    } else {
        Kind::Text
    }
}
