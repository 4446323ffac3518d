//! The civil times of a recurrence, one after another.

use std::collections::BTreeSet;
use std::iter::Peekable;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use chrono_tz::Tz;

use super::Recurrence;
use super::rule::{Day, Ends, Frequency, RecurrenceRule};

/// Four centuries: after them the calendar is the same again.
const CYCLE: Days = Days::new(146_097);
/// The last year that four digits write.
const LAST_YEAR: i32 = 9999;

/// The civil times of a recurrence, in order, each once.
#[derive(Debug, Clone)]
pub struct Occurrences<'a> {
    by_rule: ByRule<'a>,
    /// What the rule gives next, if it was asked.
    ahead: Option<Option<NaiveDateTime>>,
    more: Peekable<std::collections::btree_set::Iter<'a, NaiveDateTime>>,
    without: &'a BTreeSet<NaiveDateTime>,
}

impl<'a> Occurrences<'a> {
    pub(super) fn new(of: &'a Recurrence, zone: Option<Tz>) -> Self {
        Self { by_rule: ByRule::new(of, zone), ahead: None, more: of.more.iter().peekable(), without: &of.without }
    }
}

impl Occurrences<'_> {
    /// Passes over what is before a time, as far as that is quick; some of it may still come.
    pub(super) fn skip_to(&mut self, time: NaiveDateTime) {
        self.by_rule.skip_to(time);
    }
}

impl Iterator for Occurrences<'_> {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        loop {
            let rule = *self.ahead.get_or_insert_with(|| self.by_rule.next());
            let more = self.more.peek().map(|time| **time);
            let first = rule.into_iter().chain(more).min()?;
            if rule == Some(first) {
                self.ahead = None;
            }
            if more == Some(first) {
                self.more.next();
            }
            if !self.without.contains(&first) {
                return Some(first);
            }
        }
    }
}

/// The times that the rule gives; without a rule the first time alone.
#[derive(Debug, Clone)]
struct ByRule<'a> {
    rule: Option<Resolved<'a>>,
    start: NaiveDateTime,
    until: Option<NaiveDateTime>,
    left: Option<u32>,
    /// Where the next period begins. `None`: there is none.
    period: Option<NaiveDateTime>,
    /// After this, nothing is looked for any more.
    horizon: NaiveDateTime,
    set: Set,
}

/// What a rule gives in one period: times of day on days, of these some by their place.
#[derive(Debug, Clone, Default)]
struct Set {
    days: Vec<NaiveDate>,
    times: Vec<NaiveTime>,
    places: Option<Vec<usize>>,
    next: usize,
}

impl Set {
    fn next(&mut self) -> Option<NaiveDateTime> {
        let place = match &self.places {
            Some(places) => *places.get(self.next)?,
            None => self.next,
        };
        let day = self.days.get(place.checked_div(self.times.len())?)?;
        let time = self.times.get(place % self.times.len())?;
        self.next += 1;
        Some(day.and_time(*time))
    }
}

impl<'a> ByRule<'a> {
    fn new(of: &'a Recurrence, zone: Option<Tz>) -> Self {
        let start = of.start.with_nanosecond(0).unwrap_or(of.start);
        let rule = of.rule.as_ref().map(|rule| Resolved::new(rule, start));
        let left = match of.rule.as_ref().map(|rule| rule.ends) {
            Some(Ends::Count(count)) => Some(count),
            _ => None,
        };
        let alone = Set { days: vec![start.date()], times: vec![start.time()], ..Set::default() };
        let period = rule.as_ref().filter(|rule| rule.meets_times(start)).and_then(|rule| rule.period_of(start));
        let set = if rule.is_some() { Set::default() } else { alone };
        let until = of.rule.as_ref().and_then(|rule| rule.until(zone));
        let mut this = Self { rule, start, until, left, period, horizon: start, set };
        this.look_from(start);
        this
    }

    /// Passes over what is before a time, where nothing is counted and periods are all of one length.
    fn skip_to(&mut self, time: NaiveDateTime) {
        if let (Some(rule), Some(period), None) = (&self.rule, self.period, self.left)
            && rule.rule.frequency <= Frequency::Weekly
            && period < time
        {
            let steps = (time - period).num_seconds() / rule.seconds();
            let passed = steps.checked_mul(rule.seconds()).map(TimeDelta::seconds);
            self.period = passed.and_then(|passed| period.checked_add_signed(passed));
            self.look_from(time);
        }
    }

    /// Something happened then: as far as four centuries on, or one interval, the next one is looked for.
    fn look_from(&mut self, time: NaiveDateTime) {
        let far = time.checked_add_days(CYCLE).unwrap_or(NaiveDateTime::MAX);
        let interval = self.rule.as_ref().zip(self.period).and_then(|(rule, period)| rule.after(period));
        self.horizon = far.max(interval.unwrap_or(far));
    }
}

impl Iterator for ByRule<'_> {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        if self.left == Some(0) {
            return None;
        }
        loop {
            if let Some(time) = self.set.next() {
                if time < self.start {
                    continue;
                }
                if self.until.is_some_and(|until| time > until) {
                    (self.left, self.period) = (Some(0), None);
                    return None;
                }
                self.left = self.left.map(|left| left - 1);
                self.look_from(time);
                return Some(time);
            }
            let rule = self.rule.as_ref()?;
            let period = self.period?;
            let is_over = self.until.is_some_and(|until| period > until && period > self.start);
            if is_over || period > self.horizon || period.year() > LAST_YEAR {
                self.period = None;
                return None;
            }
            (self.set, self.period) = match rule.passes(period) {
                Ok(()) => (rule.set(period), rule.after(period)),
                Err(next) => (Set::default(), next),
            };
        }
    }
}

/// A rule together with what it takes from the first time.
#[derive(Debug, Clone)]
struct Resolved<'a> {
    rule: &'a RecurrenceRule,
    months: BTreeSet<u32>,
    month_days: BTreeSet<i32>,
    days: Vec<Day>,
    hours: BTreeSet<u32>,
    minutes: BTreeSet<u32>,
    seconds: BTreeSet<u32>,
    /// The times of one day, for rules that count in days or more.
    times: Vec<NaiveTime>,
}

impl<'a> Resolved<'a> {
    fn new(rule: &'a RecurrenceRule, start: NaiveDateTime) -> Self {
        use Frequency::{Daily, Hourly, Minutely, Monthly, Secondly, Weekly, Yearly};
        let frequency = rule.frequency;
        let (mut months, mut month_days) = (rule.by_month.clone(), rule.by_month_day.clone());
        let mut days = rule.by_day.clone();
        let no_day = rule.by_year_day.is_empty() && month_days.is_empty() && days.is_empty();
        let weekday = Day { nth: None, weekday: start.weekday() };
        match frequency {
            Yearly if no_day && !rule.by_week.is_empty() => days.push(weekday),
            Yearly if no_day => {
                if months.is_empty() {
                    months.insert(start.month());
                }
                month_days.insert(i32::try_from(start.day()).unwrap_or(1));
            }
            Monthly if no_day => drop(month_days.insert(i32::try_from(start.day()).unwrap_or(1))),
            Weekly if days.is_empty() => days.push(weekday),
            _ => {}
        }
        let or_own = |said: &BTreeSet<u32>, own: u32, finer_than: Frequency| match said.is_empty() {
            true if frequency > finer_than => BTreeSet::from([own]),
            _ => said.clone(),
        };
        let hours = or_own(&rule.by_hour, start.hour(), Hourly);
        let minutes = or_own(&rule.by_minute, start.minute(), Minutely);
        // Civil times have no leap seconds.
        let seconds = or_own(&rule.by_second, start.second(), Secondly).into_iter().map(|second| second.min(59));
        let mut resolved =
            Self { rule, months, month_days, days, hours, minutes, seconds: seconds.collect(), times: Vec::new() };
        if frequency >= Daily {
            resolved.times = resolved.times(&resolved.hours, &resolved.minutes);
        }
        resolved
    }

    fn times(&self, hours: &BTreeSet<u32>, minutes: &BTreeSet<u32>) -> Vec<NaiveTime> {
        let of_minute = |hour: u32, minute: u32| {
            self.seconds.iter().filter_map(move |second| NaiveTime::from_hms_opt(hour, minute, *second))
        };
        let of_hour = |hour: u32| minutes.iter().flat_map(move |minute| of_minute(hour, *minute));
        hours.iter().flat_map(|hour| of_hour(*hour)).collect()
    }

    /// Whether a rule that counts in days or less ever comes to one of its times of day. Its positions have to be those of
    /// as many times as a period has; and steps from the first time lead to
    /// those only that are as far from it as a multiple of what the step and a day have in common.
    fn meets_times(&self, start: NaiveDateTime) -> bool {
        // How many times each of its periods has, and how long one is.
        let (count, unit) = match self.rule.frequency {
            Frequency::Secondly => (1, 1),
            Frequency::Minutely => (self.seconds.len(), 60),
            Frequency::Hourly => (self.minutes.len() * self.seconds.len(), 3_600),
            Frequency::Daily => (self.times.len(), 86_400),
            _ => return true,
        };
        let positions = &self.rule.by_position;
        let reached = |place: &i32| usize::try_from(place.unsigned_abs()).is_ok_and(|place| place <= count);
        if !positions.is_empty() && !positions.iter().any(reached) {
            return false;
        }
        if unit == 86_400 {
            return true;
        }
        let common = common_divisor(self.seconds(), 86_400);
        let own = i64::from(start.num_seconds_from_midnight()) / unit * unit;
        let may = |said: &BTreeSet<u32>, value: i64| {
            said.is_empty() || u32::try_from(value).is_ok_and(|value| said.contains(&value))
        };
        (0..86_400).step_by(usize::try_from(unit).unwrap_or(1)).any(|second: i64| {
            (second - own) % common == 0
                && may(&self.hours, second / 3_600)
                && (unit == 3_600 || may(&self.minutes, second / 60 % 60))
                && (unit >= 60 || may(&self.seconds, second % 60))
        })
    }

    /// Where the period begins that holds a time.
    fn period_of(&self, time: NaiveDateTime) -> Option<NaiveDateTime> {
        let day = time.date();
        Some(match self.rule.frequency {
            Frequency::Yearly => day.with_ordinal(1)?.and_time(NaiveTime::MIN),
            Frequency::Monthly => day.with_day(1)?.and_time(NaiveTime::MIN),
            Frequency::Weekly => week_start(day, self.rule.week_start)?.and_time(NaiveTime::MIN),
            Frequency::Daily => day.and_time(NaiveTime::MIN),
            Frequency::Hourly => day.and_hms_opt(time.hour(), 0, 0)?,
            Frequency::Minutely => day.and_hms_opt(time.hour(), time.minute(), 0)?,
            Frequency::Secondly => time,
        })
    }

    /// The seconds of one interval of a rule that counts in weeks or less.
    fn seconds(&self) -> i64 {
        let unit = match self.rule.frequency {
            Frequency::Secondly => 1,
            Frequency::Minutely => 60,
            Frequency::Hourly => 3_600,
            Frequency::Daily => 86_400,
            _ => 604_800,
        };
        unit * i64::from(self.rule.interval.get())
    }

    /// The beginning of the next period.
    fn after(&self, period: NaiveDateTime) -> Option<NaiveDateTime> {
        let interval = self.rule.interval.get();
        match self.rule.frequency {
            Frequency::Yearly => period.checked_add_months(Months::new(interval.checked_mul(12)?)),
            Frequency::Monthly => period.checked_add_months(Months::new(interval)),
            _ => period.checked_add_signed(TimeDelta::seconds(self.seconds())),
        }
    }

    /// Whether anything of a period can be; otherwise the next one that is worth a look, which spares counting through
    /// days of which nothing is.
    fn passes(&self, period: NaiveDateTime) -> Result<(), Option<NaiveDateTime>> {
        let frequency = self.rule.frequency;
        if frequency >= Frequency::Daily {
            return Ok(());
        }
        let lacks = |said: &BTreeSet<u32>, value: u32| !said.is_empty() && !said.contains(&value);
        let to = if !self.takes(period.date()) {
            period.date().succ_opt().map(|next| next.and_time(NaiveTime::MIN))
        } else if lacks(&self.hours, period.hour()) {
            let hour = period.date().and_hms_opt(period.hour(), 0, 0);
            hour.and_then(|hour| hour.checked_add_signed(TimeDelta::hours(1)))
        } else if frequency < Frequency::Hourly && lacks(&self.minutes, period.minute()) {
            let minute = period.date().and_hms_opt(period.hour(), period.minute(), 0);
            minute.and_then(|minute| minute.checked_add_signed(TimeDelta::minutes(1)))
        } else if frequency == Frequency::Secondly && lacks(&self.seconds, period.second()) {
            period.checked_add_signed(TimeDelta::seconds(1))
        } else {
            return Ok(());
        };
        let step = self.seconds();
        Err(to.and_then(|to| {
            let missing = (to - period).num_seconds();
            let steps = missing.div_euclid(step) + i64::from(missing.rem_euclid(step) > 0);
            period.checked_add_signed(TimeDelta::seconds(steps.checked_mul(step)?))
        }))
    }

    /// What the rule gives in a period.
    fn set(&self, period: NaiveDateTime) -> Set {
        let (frequency, first) = (self.rule.frequency, period.date());
        let length = match frequency {
            Frequency::Yearly => days_of_year(first),
            Frequency::Monthly => i64::from(first.num_days_in_month()),
            Frequency::Weekly => 7,
            _ => 1,
        };
        let days = first.iter_days().zip(0..length).map(|(day, _)| day).filter(|day| self.takes(*day)).collect();
        let times = match frequency {
            Frequency::Hourly => self.times(&BTreeSet::from([period.hour()]), &self.minutes),
            Frequency::Minutely => self.times(&BTreeSet::from([period.hour()]), &BTreeSet::from([period.minute()])),
            Frequency::Secondly => vec![period.time()],
            _ => self.times.clone(),
        };
        let mut set = Set { days, times, places: None, next: 0 };
        if !self.rule.by_position.is_empty() {
            let count = set.days.len() * set.times.len();
            let place = |position: &i32| match usize::try_from(*position) {
                Ok(position) => Some(position - 1).filter(|place| *place < count),
                Err(_) => count.checked_sub(position.unsigned_abs().try_into().ok()?),
            };
            let places: BTreeSet<usize> = self.rule.by_position.iter().filter_map(place).collect();
            set.places = Some(places.into_iter().collect());
        }
        set
    }

    /// Whether the rule has this day.
    fn takes(&self, day: NaiveDate) -> bool {
        let either = |set: &BTreeSet<i32>, from_start: i32, count: i32| {
            set.is_empty() || set.contains(&from_start) || set.contains(&(from_start - count - 1))
        };
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        (self.months.is_empty() || self.months.contains(&day.month()))
            && either(&self.month_days, number(day.day()), i32::from(day.num_days_in_month()))
            && (self.rule.by_year_day.is_empty()
                || either(
                    &self.rule.by_year_day,
                    number(day.ordinal()),
                    i32::try_from(days_of_year(day)).unwrap_or(366),
                ))
            && self.takes_weekday(day)
            && self.takes_week(day)
    }

    fn takes_weekday(&self, day: NaiveDate) -> bool {
        self.days.is_empty()
            || self.days.iter().filter(|it| it.weekday == day.weekday()).any(|it| {
                let Some(nth) = it.nth else { return true };
                let of_month = self.rule.frequency == Frequency::Monthly || !self.rule.by_month.is_empty();
                let (at, length) = if of_month {
                    (i64::from(day.day0()), i64::from(day.num_days_in_month()))
                } else {
                    (i64::from(day.ordinal0()), days_of_year(day))
                };
                if nth > 0 { at / 7 + 1 == i64::from(nth) } else { (length - 1 - at) / 7 + 1 == -i64::from(nth) }
            })
    }

    /// Weeks begin on the day that the rule says; the first of a year is the first with four days in it.
    fn takes_week(&self, day: NaiveDate) -> bool {
        if self.rule.by_week.is_empty() {
            return true;
        }
        let first_of = |year: i32| week_start(NaiveDate::from_ymd_opt(year, 1, 4)?, self.rule.week_start);
        let number = || {
            let start = week_start(day, self.rule.week_start)?;
            let year = start.checked_add_days(Days::new(3))?.year();
            let week = (start - first_of(year)?).num_days() / 7 + 1;
            let weeks = (first_of(year + 1)? - first_of(year)?).num_days() / 7;
            Some((i32::try_from(week).ok()?, i32::try_from(weeks).ok()?))
        };
        number().is_some_and(|(week, weeks)| {
            self.rule.by_week.contains(&week) || self.rule.by_week.contains(&(week - weeks - 1))
        })
    }
}

fn common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// The first day of the week that holds a day.
fn week_start(day: NaiveDate, first: Weekday) -> Option<NaiveDate> {
    day.checked_sub_days(Days::new(day.weekday().days_since(first).into()))
}

fn days_of_year(day: NaiveDate) -> i64 {
    if day.leap_year() { 366 } else { 365 }
}
