//! [`Holiday`]: a day on which people do not work as usual.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::error::CalendarError;
use crate::hours::Hours;
use crate::rule::HolidayRule;

/// The day off for a holiday that falls on a weekend (Saturday and Sunday), beside the holiday itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observance {
    /// None.
    #[default]
    None,
    /// The Friday before a Saturday, the Monday after a Sunday: `nearest weekday`.
    NearestWeekday,
    /// The next weekday that is no holiday itself: `next weekday`.
    NextWeekday,
    /// The same, for a Sunday only: `next weekday if sunday`.
    NextWeekdayIfSunday,
}

impl Observance {
    const ALL: [Self; 4] = [Self::None, Self::NearestWeekday, Self::NextWeekday, Self::NextWeekdayIfSunday];
}

impl fmt::Display for Observance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::NearestWeekday => "nearest weekday",
            Self::NextWeekday => "next weekday",
            Self::NextWeekdayIfSunday => "next weekday if sunday",
        })
    }
}

impl FromStr for Observance {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::ALL.into_iter().find(|observance| observance.to_string() == text).ok_or_else(|| {
            let expected = "`nearest weekday`, `next weekday`, `next weekday if sunday` or `none`";
            CalendarError::text(format!("`{text}` is no observance"), expected)
        })
    }
}

/// A day on which people do not work as usual, by rule.
///
/// ```
/// use onefold_worktime::{Holiday, Observance};
///
/// let mut independence = Holiday::new("Independence Day", ["07-04".parse()?]);
/// independence.observed = Observance::NearestWeekday; // 2026-07-04 is a Saturday: Friday is off too
/// # Ok::<(), onefold_worktime::CalendarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// What people call it.
    pub name: String,
    /// On which dates it falls: on those of each rule.
    pub on: Vec<HolidayRule>,
    /// The day off if it falls on a weekend.
    pub observed: Observance,
    /// The first year that has it.
    pub since: Option<i32>,
    /// The last year that has it.
    pub until: Option<i32>,
    /// The part of the day on which work goes on as on any other; none by default. `00:00-12:00` gives the afternoon
    /// off.
    pub open: Hours,
}

impl Holiday {
    /// A whole day off, every year in which a rule gives a date.
    #[must_use]
    pub fn new(name: impl Into<String>, on: impl IntoIterator<Item = HolidayRule>) -> Self {
        let (observed, open) = (Observance::None, Hours::CLOSED);
        Self { name: name.into(), on: on.into_iter().collect(), observed, since: None, until: None, open }
    }

    /// Its dates whose anchor is in a year.
    fn in_year(&self, year: i32) -> impl Iterator<Item = NaiveDate> {
        let has = self.since.is_none_or(|since| since <= year) && self.until.is_none_or(|until| year <= until);
        self.on.iter().filter(move |_| has).filter_map(move |rule| rule.in_year(year))
    }
}

/// The dates in these years that are holidays, observed ones included, with their holidays in the order given.
pub(crate) fn holidays_in(holidays: &[Holiday], years: RangeInclusive<i32>) -> BTreeMap<NaiveDate, Vec<&Holiday>> {
    // A rule reaches a year and a day beyond the year of its anchor, and what is moved there may move others on.
    let around = years.start().saturating_sub(2)..=years.end().saturating_add(2);
    let mut fallen: Vec<(NaiveDate, usize)> = Vec::new();
    for (at, holiday) in holidays.iter().enumerate() {
        fallen.extend(around.clone().flat_map(|year| holiday.in_year(year)).map(|date| (date, at)));
    }
    fallen.sort_unstable();
    fallen.dedup();
    let mut taken: BTreeSet<NaiveDate> = fallen.iter().map(|(date, _)| *date).collect();
    let observed: Vec<(NaiveDate, usize)> = fallen
        .iter()
        .filter_map(|(date, at)| {
            let day = observed_on(*date, holidays.get(*at)?.observed, &taken)?;
            taken.insert(day);
            Some((day, *at))
        })
        .collect();
    let mut all: BTreeMap<NaiveDate, Vec<&Holiday>> = BTreeMap::new();
    fallen.extend(observed);
    fallen.sort_unstable();
    fallen.dedup();
    for (date, at) in fallen.into_iter().filter(|(date, _)| years.contains(&date.year())) {
        all.entry(date).or_default().extend(holidays.get(at));
    }
    all
}

/// The day off for a holiday on this date, if it is another.
fn observed_on(date: NaiveDate, observed: Observance, taken: &BTreeSet<NaiveDate>) -> Option<NaiveDate> {
    let next = || date.iter_days().skip(1).find(|day| !is_weekend(*day) && !taken.contains(day));
    match (observed, date.weekday()) {
        (Observance::NearestWeekday, Weekday::Sat) => date.checked_sub_days(Days::new(1)),
        (Observance::NearestWeekday, Weekday::Sun) => date.checked_add_days(Days::new(1)),
        (Observance::NextWeekday, Weekday::Sat | Weekday::Sun) => next(),
        (Observance::NextWeekdayIfSunday, Weekday::Sun) => next(),
        _ => None,
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}
