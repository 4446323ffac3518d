//! What a source takes for granted, found out from what it writes.

use std::collections::BTreeMap;

use onefold_fact::Kind;
use onefold_fact::standard::{Country, DateOrder, Phone};

use super::Column;

/// Whether the day or the month comes first, from the dates in which only one reading is possible. The message says
/// what a person should decide: no date decides, or dates contradict each other.
pub(super) fn order(columns: &[Column<'_>], given: Option<DateOrder>) -> (Option<DateOrder>, Option<String>) {
    let (mut day_first, mut month_first, mut open) = (0_usize, 0_usize, None);
    let dates = columns.iter().filter(|column| matches!(column.kind, Kind::Date | Kind::BirthDate | Kind::Timestamp));
    for value in dates.flat_map(|column| column.values) {
        match leading(value) {
            Some((first, second)) if first > 12 && second <= 12 => day_first += 1,
            Some((first, second)) if second > 12 && first <= 12 => month_first += 1,
            Some((first, second)) if first != second && open.is_none() => open = Some(value),
            _ => {}
        }
    }
    let decided = match day_first.cmp(&month_first) {
        std::cmp::Ordering::Greater => Some(DateOrder::DayFirst),
        std::cmp::Ordering::Less => Some(DateOrder::MonthFirst),
        std::cmp::Ordering::Equal => None,
    };
    let finding = match open {
        Some(value) if decided.is_none() && given.is_none() => Some(format!(
            "does not show whether `{value}` begins with the day or the month; read with the day first unless the mapping says \
             `date-order`"
        )),
        _ => None,
    };
    (decided, finding)
}

/// The first two numbers of a date such as `03/04/1990`.
fn leading(value: &str) -> Option<(u32, u32)> {
    let mut parts = value.trim().split(['/', '.', '-', ' ']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str, most: usize| {
        let whole = !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
        whole.then(|| part.parse::<u32>().ok()).flatten()
    };
    let year = year.split(['T', ',']).next()?;
    if !matches!(year.len(), 2 | 4) {
        return None;
    }
    number(year, 4)?;
    Some((number(first, 2)?, number(second, 2)?))
}

/// The country of phone numbers without a country code, if nearly all rows that tell are of one: by a column of
/// countries, else by the codes of the phone numbers that have one.
pub(super) fn country(columns: &[Column<'_>]) -> Option<Country> {
    let values = |kind: Kind| columns.iter().filter(move |column| column.kind == kind).flat_map(|column| column.values);
    let countries = values(Kind::Country).filter_map(|value| value.parse::<Country>().ok());
    let mut counts: BTreeMap<&str, (usize, Country)> = BTreeMap::new();
    for country in countries {
        counts.entry(country.as_str()).or_insert((0, country)).0 += 1;
    }
    if !counts.is_empty() {
        return dominant(counts.into_values());
    }
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    for phone in values(Kind::Phone).filter_map(|value| Phone::parse(value, None).ok()) {
        all += 1;
        if let Some(code) = phone.dial_code() {
            *codes.entry(code.to_owned()).or_default() += 1;
        }
    }
    // Where few numbers have a code these are the foreign ones, which say nothing about the rest.
    if codes.values().sum::<usize>() * 3 < all {
        return None;
    }
    let code = dominant(codes.into_iter().map(|(code, count)| (count, code)))?;
    // Of the countries that share a code the main one; their numbers are read alike.
    const MAIN: &[&str] = &["US", "GB", "RU", "IT", "AU", "NO", "FI", "MA"];
    let sharing: Vec<Country> = Country::all().filter(|country| country.dial_code() == code).collect();
    sharing.iter().find(|country| MAIN.contains(&country.as_str())).or(sharing.first()).copied()
}

fn dominant<T>(counts: impl Iterator<Item = (usize, T)>) -> Option<T> {
    let mut total = 0;
    let mut most: Option<(usize, T)> = None;
    for (count, value) in counts {
        total += count;
        if most.as_ref().is_none_or(|(best, _)| count > *best) {
            most = Some((count, value));
        }
    }
    most.filter(|(count, _)| count * 10 >= total * 9).map(|(_, value)| value)
}
