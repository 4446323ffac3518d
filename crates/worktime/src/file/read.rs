//! From a file to a specification.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::place::At;
use crate::calendar::Calendar;
use crate::error::CalendarError;
use crate::holiday::{Holiday, Observance};
use crate::hours::Hours;
use crate::rule::{self, HolidayRule};
use crate::spec::{CalendarSpec, Override};
use crate::week::{WEEKDAYS, Week};
use crate::words;

const A_ZONE: &str = "the IANA name of a time zone, such as `Europe/Berlin`";
const HOURS: &str = "hours, such as `09:00-12:00, 13:00-17:00`, or `closed`";
const A_RULE: &str = "a rule or a list of rules, such as `12-25` or `easter - 2`";

pub(super) fn spec(top: &At<'_>) -> Result<CalendarSpec, CalendarError> {
    let [zone, hours, breaks, holidays, overrides] = top.only(["zone", "hours", "breaks", "holidays", "overrides"])?;
    let missing = |name: &str, expected: &str| top.wrong(format!("`{name}` is missing"), expected);
    let zone = self::zone(&zone.ok_or_else(|| missing("zone", A_ZONE))?)?;
    let hours = week(&hours.ok_or_else(|| missing("hours", "a table of hours by weekday"))?)?;
    let mut spec = CalendarSpec::new(zone, hours);
    if let Some(breaks) = breaks {
        spec.breaks = week(&breaks)?;
    }
    if let Some(list) = holidays {
        let items = list.items().ok_or_else(|| list.wrong(list.node().what(), "a list of holidays"))?;
        spec.holidays = items.map(|item| holiday(&item)).collect::<Result<_, _>>()?;
    }
    if let Some(table) = overrides {
        spec.overrides = self::overrides(&table)?;
    }
    Ok(spec)
}

fn zone(at: &At<'_>) -> Result<Tz, CalendarError> {
    let name = at.text(A_ZONE)?;
    name.parse().map_err(|_| {
        let names = TZ_VARIANTS.iter().map(|zone| zone.name());
        // Some know the town only.
        let town = |known: &&str| known.rsplit('/').next().is_some_and(|town| town.eq_ignore_ascii_case(name));
        let meant = names.clone().find(town).or_else(|| words::meant(name, names));
        at.wrong(format!("unknown time zone `{name}`"), meant.map_or(A_ZONE.to_owned(), |meant| format!("`{meant}`")))
    })
}

/// A table by weekday, or the same hours for every day.
fn week(at: &At<'_>) -> Result<Week, CalendarError> {
    let Some(fields) = at.fields() else { return hours(at).map(Week::daily) };
    let mut week = Week::default();
    let mut said: Vec<Weekday> = Vec::new();
    for (name, field) in fields {
        let hours = hours(&field)?;
        for day in weekdays(name, &field)? {
            if said.contains(&day) {
                let problem = format!("the hours of {} are given twice", words::weekday_name(day));
                return Err(field.wrong(problem, "each weekday once"));
            }
            said.push(day);
            week.set(day, hours.clone());
        }
    }
    Ok(week)
}

/// `monday`, or `monday-friday`.
fn weekdays(name: &str, field: &At<'_>) -> Result<Vec<Weekday>, CalendarError> {
    let one = |word: &str| {
        words::weekday(word).ok_or_else(|| {
            let meant = words::meant(word, WEEKDAYS.map(words::weekday_name));
            let expected =
                meant.map_or("`monday` to `sunday`, or `monday-friday`".to_owned(), |day| format!("`{day}`"));
            field.wrong(format!("`{word}` is no weekday"), expected)
        })
    };
    let Some((first, last)) = name.split_once('-') else { return Ok(vec![one(name)?]) };
    let (first, last) = (one(first.trim())?, one(last.trim())?);
    let days = last.days_since(first) as usize + 1;
    Ok(WEEKDAYS.into_iter().cycle().skip(first.num_days_from_monday() as usize).take(days).collect())
}

/// A text with commas, or a list of intervals.
fn hours(at: &At<'_>) -> Result<Hours, CalendarError> {
    let Some(items) = at.items() else { return at.parse(HOURS) };
    let intervals = items.map(|item| item.parse("an interval, such as `09:00-17:00`"));
    Hours::apart(intervals).map_err(|error| at.here(error))
}

fn holiday(at: &At<'_>) -> Result<Holiday, CalendarError> {
    let [name, on, observed, since, until, open] = at.only(["name", "on", "observed", "since", "until", "open"])?;
    let name = name.ok_or_else(|| at.wrong("`name` is missing", "what people call the holiday"))?;
    let on = on.ok_or_else(|| at.wrong("`on` is missing", A_RULE))?;
    let rules: Vec<HolidayRule> = match on.items() {
        Some(items) => items.map(|item| item.parse(A_RULE)).collect::<Result<_, _>>()?,
        None => vec![on.parse(A_RULE)?],
    };
    let mut holiday = Holiday::new(name.text("what people call the holiday")?, rules);
    if let Some(observed) = observed {
        holiday.observed = observed.parse::<Observance>("`nearest weekday` or `next weekday`")?;
    }
    holiday.since = since.as_ref().map(year).transpose()?;
    holiday.until = until.as_ref().map(year).transpose()?;
    if let Some(until) = until.filter(|_| holiday.since.zip(holiday.until).is_some_and(|(since, until)| until < since))
    {
        return Err(until.wrong("the last year is before the first", "a year not before `since`"));
    }
    if let Some(open) = open {
        holiday.open = hours(&open)?;
    }
    Ok(holiday)
}

fn year(at: &At<'_>) -> Result<i32, CalendarError> {
    match at.node().value {
        super::node::Value::Whole(year) => i32::try_from(year).ok(),
        _ => None,
    }
    .ok_or_else(|| at.wrong(at.node().what(), "a year, such as `2021`"))
}

fn overrides(table: &At<'_>) -> Result<BTreeMap<NaiveDate, Override>, CalendarError> {
    let fields = table.fields().ok_or_else(|| table.wrong(table.node().what(), "a table by date"))?;
    let mut overrides = BTreeMap::new();
    for (name, field) in fields {
        let said = if field.items().is_some() { Override::Hours(hours(&field)?) } else { field.parse(HOURS)? };
        let (first, last) = dates(name).ok_or_else(|| {
            field.wrong(
                format!("`{name}` is no date"),
                "dates from 1900 to 2099, such as `2026-12-24` or `2026-12-28..2026-12-31`",
            )
        })?;
        for date in first.iter_days().take_while(|date| *date <= last) {
            if overrides.insert(date, said.clone()).is_some() {
                return Err(field.wrong(format!("{date} is given twice"), "each date once"));
            }
        }
    }
    Ok(overrides)
}

/// A date, or the first and the last of several.
fn dates(name: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (first, last) = name.split_once("..").unwrap_or((name, name));
    let known = |text: &str| rule::date_of(text.trim()).filter(|date| Calendar::YEARS.contains(&date.year()));
    let (first, last) = (known(first)?, known(last)?);
    (first <= last).then_some((first, last))
}

impl FromStr for Override {
    type Err = CalendarError;

    /// Reads `open`, `like monday`, or hours.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        match text.split_once(' ').filter(|(like, _)| *like == "like") {
            _ if text == "open" => Ok(Self::Open),
            Some((_, day)) => words::weekday(day.trim())
                .map(Self::Like)
                .ok_or_else(|| CalendarError::text(format!("`{day}` is no weekday"), "`like monday` to `like sunday`")),
            None if text.contains(':') || text == "closed" => text.parse().map(Self::Hours),
            None => Err(CalendarError::text(
                format!("`{text}` is nothing that a date can be"),
                "`closed`, `open`, `like monday`, or hours such as `10:00-14:00`",
            )),
        }
    }
}
