//! Who somebody is, where only the values say so: names, birth dates and addresses under headers that mean nothing to us.

use onefold_fact::Kind;
use onefold_fact::standard::date::parse_date;
use onefold_fact::standard::{PartialDate, Population, Street, text};

use super::Column;
use super::vocabulary::{about_others, has, meaning};
use crate::mapping::SourceMapping;

/// Of fewer values nothing is concluded.
const FEWEST: usize = 20;

/// Of given names about half are among the thousand commonest of the census; of family names, towns, streets and companies
/// at most a quarter.
const GIVEN: f64 = 0.4;

/// Of family names a quarter to two thirds are among the three thousand commonest of the census. Towns and occupations
/// come near that, so family names are looked for only beside given names.
const FAMILY: f64 = 0.25;

/// Half of all birth dates are further apart than so many years. What happened to customers of one house is not.
const LIFETIMES: i32 = 12;

const GENDERS: &str = "m f w male female man woman maennlich weiblich mann frau masculin feminin homme femme masculino \
     femenino feminino hombre mujer maschio femmina masculino man vrouw mezczyzna kobieta kvinna";

/// Gives the columns that tell who people are their kinds, where no header says a name: a person has a given and a family
/// name, or a full one. A header that says something is believed.
pub(super) fn recognise(columns: &mut [Column<'_>], given: &SourceMapping) {
    believe_values(columns, given);
    let names = [Kind::GivenName, Kind::FamilyName, Kind::FullName, Kind::Company];
    if columns.iter().any(|column| names.contains(&column.kind)) {
        return;
    }
    let free: Vec<usize> = (0..columns.len()).filter(|at| is_free(&columns[*at], given)).collect();
    if !recognise_names(columns, &free) {
        return;
    }
    let mut is_first = |kind: Kind, holds: fn(&Column<'_>) -> bool| {
        let taken = columns.iter().any(|column| column.kind == kind);
        let found = free.iter().find(|at| is_open(&columns[**at]) && holds(&columns[**at]));
        if let Some(at) = found.filter(|_| !taken) {
            columns[*at].kind = kind;
        }
    };
    is_first(Kind::BirthDate, are_birth_dates);
    is_first(Kind::Gender, are_genders);
    is_first(Kind::Street, are_streets);
    recognise_town(columns, &free);
}

/// The word for a given name is also that for any name, in Spanish and Portuguese: without a family name beside it, a column
/// of several words is one of full names.
fn believe_values(columns: &mut [Column<'_>], given: &SourceMapping) {
    if columns.iter().any(|column| column.kind == Kind::FamilyName) {
        return;
    }
    for column in columns.iter_mut().filter(|column| column.kind == Kind::GivenName) {
        if given.columns.get(column.header).is_none() && Words::of(column).several >= 0.5 {
            column.kind = Kind::FullName;
        }
    }
}

/// Whether nothing but the values says what a column is.
fn is_free(column: &Column<'_>, given: &SourceMapping) -> bool {
    given.columns.get(column.header).is_none()
        && column.id.is_none()
        && !column.list
        && !about_others(&column.words)
        && meaning(&column.words).is_none()
        && column.evidence.filled >= FEWEST
}

/// Whether no kind says yet what the values of a column are.
fn is_open(column: &Column<'_>) -> bool {
    matches!(column.kind, Kind::Text | Kind::Category | Kind::Date | Kind::Integer)
}

/// Recognises full names, or given names with the family names beside them. Returns whether there are any.
fn recognise_names(columns: &mut [Column<'_>], free: &[usize]) -> bool {
    let texts = free.iter().filter(|at| matches!(columns[**at].kind, Kind::Text | Kind::Category));
    let words: Vec<(usize, Words)> = texts.map(|at| (*at, Words::of(&columns[*at]))).collect();
    let single = || words.iter().filter(|(_, words)| words.several < 0.2);
    let mut given: Vec<&(usize, Words)> =
        single().filter(|(_, words)| words.given >= GIVEN && words.given > words.family).collect();
    given.sort_by_key(|(at, _)| std::cmp::Reverse(columns[*at].evidence.filled));
    let family = || single().filter(|(_, words)| words.family >= FAMILY && words.family > words.given);
    let most = family().map(|(_, words)| words.family).fold(0.0, f64::max);
    let full = || words.iter().filter(|(_, words)| words.several >= 0.8 && words.given.max(words.given_last) >= GIVEN);
    full().for_each(|(at, _)| columns[*at].kind = Kind::FullName);
    let in_parts = !given.is_empty() && most > 0.0;
    if in_parts {
        for (place, (at, _)) in given.iter().enumerate() {
            columns[*at].kind = if place == 0 { Kind::GivenName } else { Kind::MiddleName };
        }
        // A second family name is one as surely as the first; a town is not.
        family()
            .filter(|(_, words)| words.family >= 0.75 * most)
            .for_each(|(at, _)| columns[*at].kind = Kind::FamilyName);
    }
    in_parts || full().next().is_some()
}

/// What shares of the values of a column are names of people.
struct Words {
    /// Begin with a common given name.
    given: f64,
    /// End with a common given name.
    given_last: f64,
    /// End with a common family name.
    family: f64,
    /// Have several words, but not many.
    several: f64,
}

impl Words {
    fn of(column: &Column<'_>) -> Self {
        let [mut given, mut given_last, mut family, mut several] = [0_u32; 4];
        for value in column.values.iter().filter(|value| !value.bytes().any(|byte| byte.is_ascii_digit())) {
            let folded = text::fold(value);
            let mut words = folded.split(' ').filter(|word| word.len() > 1);
            let Some(first) = words.next() else { continue };
            let others = words.clone().count();
            let last = words.next_back().unwrap_or(first);
            given += u32::from(Population::GivenNames.share(first).is_some());
            given_last += u32::from(Population::GivenNames.share(last).is_some());
            family += u32::from(Population::FamilyNames.share(last).is_some());
            several += u32::from((1..4).contains(&others));
        }
        let share = |count: u32| f64::from(count) / column.evidence.filled as f64;
        Self { given: share(given), given_last: share(given_last), family: share(family), several: share(several) }
    }
}

/// Whether dates are spread over lifetimes.
fn are_birth_dates(column: &Column<'_>) -> bool {
    let is_date = match column.kind {
        Kind::Date => true,
        // `19900312`
        Kind::Integer => column.evidence.longest == 8 && column.evidence.most(column.evidence.date, 95),
        _ => false,
    };
    if !is_date {
        return false;
    }
    let years = column.values.iter().filter_map(|value| parse_date(value, None).ok()).map(PartialDate::year);
    let mut years: Vec<i32> = years.collect();
    years.sort_unstable();
    let quarter = years.len() / 4;
    match (years.get(quarter), years.get(years.len().saturating_sub(quarter + 1))) {
        (Some(first), Some(last)) => last - first >= LIFETIMES,
        _ => false,
    }
}

/// Whether values are both genders and hardly anything else.
fn are_genders(column: &Column<'_>) -> bool {
    let evidence = &column.evidence;
    if !(2..=8).contains(&evidence.distinct) {
        return false;
    }
    let genders = column.values.iter().filter(|value| has(GENDERS, &text::fold(value))).count();
    evidence.most(genders, 95)
}

/// Whether many values say that they are a street and most have a number.
fn are_streets(column: &Column<'_>) -> bool {
    let evidence = &column.evidence;
    let streets = column.values.iter().filter(|value| Street::parse(value).says_street()).count();
    evidence.most(streets, 40) && evidence.most(evidence.words, 80) && evidence.mean_length() <= 80
}

/// Recognises the town: text that repeats, next to a street or a postal code.
fn recognise_town(columns: &mut [Column<'_>], free: &[usize]) {
    if columns.iter().any(|column| column.kind == Kind::City) {
        return;
    }
    let is_place = |at: Option<usize>| {
        at.and_then(|at| columns.get(at)).is_some_and(|column| matches!(column.kind, Kind::Street | Kind::Postcode))
    };
    let is_town = |at: usize| {
        let Column { kind, evidence, .. } = &columns[at];
        matches!(kind, Kind::Text | Kind::Category)
            && !evidence.most(evidence.digit, 10)
            && !evidence.most(evidence.state, 10)
            && evidence.distinct >= FEWEST
            && evidence.repeats()
            && evidence.longest <= 40
    };
    let beside = free.iter().copied().filter(|at| is_place(at.checked_sub(1)) || is_place(Some(at + 1)));
    // Of a town and a region the town has more names.
    if let Some(at) = beside.filter(|at| is_town(*at)).max_by_key(|at| columns[*at].evidence.distinct) {
        columns[at].kind = Kind::City;
    }
}
