//! Recurrences from text.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::Recurrence;
use super::rule::{Day, Ends, FREQUENCIES, Frequency, RecurrenceRule, WEEKDAYS};

/// Why a text is no recurrence: where, what, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RecurrenceError {
    line: usize,
    column: usize,
    message: String,
}

impl RecurrenceError {
    /// The line, from 1 on.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The character in the line, from 1 on.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for RecurrenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

/// A piece of the text, which knows where it is.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Piece<'a> {
    fn wrong<T>(self, message: impl Into<String>) -> Result<T, RecurrenceError> {
        Err(RecurrenceError { line: self.line, column: self.column, message: message.into() })
    }

    fn split(self, at: char) -> impl Iterator<Item = Piece<'a>> {
        let mut column = self.column;
        self.text.split(at).map(move |text| {
            let piece = Piece { text, column, ..self };
            column += text.chars().count() + 1;
            piece
        })
    }

    /// Before and after a character.
    fn cut(self, at: char) -> Option<(Piece<'a>, Piece<'a>)> {
        let (before, after) = self.text.split_once(at)?;
        let column = self.column + before.chars().count() + 1;
        Some((Piece { text: before, ..self }, Piece { text: after, column, ..self }))
    }

    fn is(self, name: &str) -> bool {
        self.text.eq_ignore_ascii_case(name)
    }
}

impl FromStr for RecurrenceRule {
    type Err = RecurrenceError;

    fn from_str(text: &str) -> Result<Self, RecurrenceError> {
        rule(Piece { text: text.trim_end(), line: 1, column: 1 })
    }
}

impl FromStr for Recurrence {
    type Err = RecurrenceError;

    /// Of lines `DTSTART`, `RRULE`, `RDATE` and `EXDATE`, the first of which says the first time.
    fn from_str(text: &str) -> Result<Self, RecurrenceError> {
        let mut recurrence: Option<Recurrence> = None;
        for (number, text) in text.lines().enumerate() {
            let line = Piece { text: text.trim_end(), line: number + 1, column: 1 };
            if line.text.is_empty() {
                continue;
            }
            let Some((head, value)) = line.cut(':') else {
                return line.wrong("expected DTSTART:, RRULE:, RDATE: or EXDATE:");
            };
            let mut parameters = head.split(';');
            let name = parameters.next().unwrap_or(head);
            let meant = meaning(parameters)?;
            match &mut recurrence {
                None if name.is("DTSTART") => recurrence = Some(first(value, meant)?),
                None => return name.wrong("the first time comes first: begin with DTSTART:"),
                Some(_) if name.is("DTSTART") => return name.wrong("a second DTSTART: give one"),
                Some(it) if name.is("RRULE") => {
                    if it.rule.replace(rule(value)?).is_some() {
                        return name.wrong("a second RRULE: give one");
                    }
                }
                Some(it) if name.is("RDATE") || name.is("EXDATE") => {
                    let times: Vec<NaiveDateTime> =
                        value.split(',').map(|time| like(time, meant, it)).collect::<Result<_, _>>()?;
                    if name.is("RDATE") { it.more.extend(times) } else { it.without.extend(times) }
                }
                Some(_) => {
                    let message = format!("`{}` is no part of a recurrence: give RRULE, RDATE or EXDATE", name.text);
                    return name.wrong(message);
                }
            }
        }
        let empty = Piece { text, line: 1, column: 1 };
        recurrence.map_or_else(|| empty.wrong("there is nothing: begin with DTSTART:"), Ok)
    }
}

/// What the parameters of a line say.
#[derive(Debug, Clone, Copy, Default)]
struct Meaning {
    zone: Option<Tz>,
    is_date: bool,
}

fn meaning<'a>(parameters: impl Iterator<Item = Piece<'a>>) -> Result<Meaning, RecurrenceError> {
    let mut meant = Meaning::default();
    for parameter in parameters {
        match parameter.cut('=') {
            Some((name, value)) if name.is("TZID") => match value.text.parse() {
                Ok(zone) => meant.zone = Some(zone),
                Err(_) => {
                    return value.wrong(format!("`{}` is no time zone: give one such as Europe/Berlin", value.text));
                }
            },
            Some((name, value)) if name.is("VALUE") && value.is("DATE") => meant.is_date = true,
            Some((name, value)) if name.is("VALUE") && value.is("DATE-TIME") => {}
            _ => return parameter.wrong(format!("`{}` is not known: give TZID= or VALUE=DATE", parameter.text)),
        }
    }
    Ok(meant)
}

/// A time as written.
enum Written {
    Day(NaiveDate),
    Local(NaiveDateTime),
    Utc(DateTime<Utc>),
}

fn written(piece: Piece<'_>) -> Result<Written, RecurrenceError> {
    let wrong =
        || piece.wrong(format!("`{}` is no time: write 20260301, 20260301T090000 or 20260301T090000Z", piece.text));
    let upper = piece.text.to_ascii_uppercase();
    let (time, is_utc) = upper.strip_suffix('Z').map_or((upper.as_str(), false), |time| (time, true));
    let is_digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|it| it.is_ascii_digit());
    match time.split_once('T') {
        None if is_digits(time, 8) && !is_utc => {
            NaiveDate::parse_from_str(time, "%Y%m%d").map_or_else(|_| wrong(), |it| Ok(Written::Day(it)))
        }
        Some((day, clock)) if is_digits(day, 8) && is_digits(clock, 6) => {
            let Ok(local) = NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%S") else { return wrong() };
            Ok(if is_utc { Written::Utc(local.and_utc()) } else { Written::Local(local) })
        }
        _ => wrong(),
    }
}

fn first(value: Piece<'_>, meant: Meaning) -> Result<Recurrence, RecurrenceError> {
    let (start, is_date, zone) = match written(value)? {
        Written::Day(day) => (day.and_time(NaiveTime::MIN), true, meant.zone),
        _ if meant.is_date => return value.wrong("VALUE=DATE asks for a day such as 20260301"),
        Written::Local(time) => (time, false, meant.zone),
        Written::Utc(_) if meant.zone.is_some() => {
            return value.wrong("a time in UTC has no TZID: leave one of both out");
        }
        Written::Utc(at) => (at.naive_utc(), false, Some(chrono_tz::UTC)),
    };
    let (more, without) = (BTreeSet::new(), BTreeSet::new());
    Ok(Recurrence { start, is_date, zone: zone.filter(|_| !is_date), rule: None, more, without })
}

/// A time on top or left out, in the terms of the first one.
fn like(piece: Piece<'_>, meant: Meaning, of: &Recurrence) -> Result<NaiveDateTime, RecurrenceError> {
    let to_zone = |at: DateTime<Utc>| match of.zone {
        Some(zone) => Ok(at.with_timezone(&zone).naive_local()),
        None => piece.wrong("a time in UTC asks for a zone of DTSTART: give it a TZID"),
    };
    match written(piece)? {
        // A day stands for the time of day of the first.
        Written::Day(day) => Ok(day.and_time(of.start.time())),
        Written::Local(time) => match meant.zone {
            Some(zone) if Some(zone) != of.zone => to_zone(super::instant_of(time, zone)),
            _ => Ok(time),
        },
        Written::Utc(at) => to_zone(at),
    }
}

fn rule(text: Piece<'_>) -> Result<RecurrenceRule, RecurrenceError> {
    let mut rule = RecurrenceRule::every(NonZeroU32::MIN, Frequency::Daily);
    let mut seen: Vec<Piece<'_>> = Vec::new();
    for part in text.split(';') {
        let Some((name, value)) = part.cut('=') else {
            return part.wrong(format!("`{}` says nothing: write NAME=VALUE, as in FREQ=DAILY", part.text));
        };
        if seen.iter().any(|other| other.is(name.text)) {
            return name.wrong(format!("`{}` is said twice: say it once", name.text));
        }
        seen.push(name);
        let upper = name.text.to_ascii_uppercase();
        match upper.as_str() {
            "FREQ" => match FREQUENCIES.iter().find(|(known, _)| value.is(known)) {
                Some((_, frequency)) => rule.frequency = *frequency,
                None => {
                    let message = format!(
                        "`{}` is no frequency: give YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY or SECONDLY",
                        value.text
                    );
                    return value.wrong(message);
                }
            },
            "INTERVAL" => match value.text.parse() {
                Ok(interval) => rule.interval = interval,
                Err(_) => {
                    return value.wrong(format!("`{}` is no interval: give a whole number from 1 on", value.text));
                }
            },
            "COUNT" => match value.text.parse::<NonZeroU32>() {
                Ok(count) if rule.ends == Ends::Never => rule.ends = Ends::Count(count.get()),
                Ok(_) => return name.wrong("COUNT and UNTIL both say when it ends: leave one out"),
                Err(_) => {
                    return value.wrong(format!("`{}` is not a count: give a whole number from 1 on", value.text));
                }
            },
            "UNTIL" if rule.ends != Ends::Never => {
                return name.wrong("COUNT and UNTIL both say when it ends: leave one out");
            }
            "UNTIL" => {
                rule.ends = match written(value)? {
                    Written::Day(day) => Ends::Day(day),
                    Written::Local(time) => Ends::Local(time),
                    Written::Utc(at) => Ends::Utc(at),
                }
            }
            "WKST" => rule.week_start = day(value)?.weekday,
            "BYSECOND" => rule.by_second = unsigned(value, 0, 60)?,
            "BYMINUTE" => rule.by_minute = unsigned(value, 0, 59)?,
            "BYHOUR" => rule.by_hour = unsigned(value, 0, 23)?,
            "BYMONTH" => rule.by_month = unsigned(value, 1, 12)?,
            "BYMONTHDAY" => rule.by_month_day = signed(value, 31)?,
            "BYYEARDAY" => rule.by_year_day = signed(value, 366)?,
            "BYWEEKNO" => rule.by_week = signed(value, 53)?,
            "BYSETPOS" => rule.by_position = signed(value, 366)?,
            "BYDAY" => rule.by_day = value.split(',').map(day).collect::<Result<_, _>>()?,
            _ => {
                let message =
                    format!("`{}` is no part of a rule: give FREQ, INTERVAL, COUNT, UNTIL, BY… or WKST", name.text);
                return name.wrong(message);
            }
        }
    }
    together(text, &seen, &rule)?;
    Ok(rule)
}

/// What the parts may not be beside each other (RFC 5545, section 3.3.10).
fn together(text: Piece<'_>, seen: &[Piece<'_>], rule: &RecurrenceRule) -> Result<(), RecurrenceError> {
    let said = |name: &str| seen.iter().copied().find(|part| part.is(name));
    if said("FREQ").is_none() {
        return text.wrong("FREQ is missing: begin with FREQ=DAILY or another frequency");
    }
    let frequency = rule.frequency;
    if let Some(part) = said("BYWEEKNO").filter(|_| frequency != Frequency::Yearly) {
        return part.wrong("BYWEEKNO is for FREQ=YEARLY only");
    }
    let coarse = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly];
    if let Some(part) = said("BYYEARDAY").filter(|_| coarse.contains(&frequency)) {
        return part.wrong("BYYEARDAY is not for DAILY, WEEKLY and MONTHLY: use BYMONTHDAY, or FREQ=YEARLY");
    }
    if let Some(part) = said("BYMONTHDAY").filter(|_| frequency == Frequency::Weekly) {
        return part.wrong("BYMONTHDAY is not for FREQ=WEEKLY: use FREQ=MONTHLY or DAILY");
    }
    let counted = rule.by_day.iter().any(|day| day.nth.is_some());
    let may_count = frequency == Frequency::Monthly || (frequency == Frequency::Yearly && rule.by_week.is_empty());
    if let Some(part) = said("BYDAY").filter(|_| counted && !may_count) {
        return part
            .wrong("the nth day of the week is of a month or a year: use FREQ=MONTHLY, or YEARLY without BYWEEKNO");
    }
    if let Some(part) = said("BYSETPOS") {
        let others = ["BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH"];
        if others.iter().all(|other| said(other).is_none()) {
            return part.wrong("BYSETPOS chooses among what another BY part gives: add one");
        }
    }
    Ok(())
}

fn unsigned(list: Piece<'_>, least: u32, most: u32) -> Result<BTreeSet<u32>, RecurrenceError> {
    list.split(',')
        .map(|piece| match piece.text.parse::<u32>() {
            Ok(number) if number >= least && number <= most && !piece.text.starts_with('+') => Ok(number),
            _ => piece.wrong(format!("`{}` is not between {least} and {most}", piece.text)),
        })
        .collect()
}

fn signed(list: Piece<'_>, most: i32) -> Result<BTreeSet<i32>, RecurrenceError> {
    list.split(',')
        .map(|piece| match piece.text.parse::<i32>() {
            Ok(number) if number != 0 && number.abs() <= most => Ok(number),
            _ => piece.wrong(format!("`{}` is not between 1 and {most}, or -1 and -{most}", piece.text)),
        })
        .collect()
}

fn day(piece: Piece<'_>) -> Result<Day, RecurrenceError> {
    let wrong = || piece.wrong(format!("`{}` is no day of the week: give MO, TU, WE, TH, FR, SA or SU", piece.text));
    let cut = piece.text.len().checked_sub(2).and_then(|at| piece.text.split_at_checked(at));
    let Some((nth, name)) = cut else { return wrong() };
    let Some((_, weekday)) = WEEKDAYS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) else {
        return wrong();
    };
    let nth = match nth.parse::<i32>() {
        _ if nth.is_empty() => None,
        Ok(nth) if nth != 0 && nth.abs() <= 53 => Some(nth),
        _ => return piece.wrong(format!("`{nth}` is not between 1 and 53, or -1 and -53")),
    };
    Ok(Day { nth, weekday: *weekday })
}
