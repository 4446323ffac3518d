//! A line of civil days on which the clock never jumps: working time counted from its start.

use std::collections::{BTreeMap, BTreeSet};

use crate::hours::{DAY, Hours, Interval};
use crate::pattern::Pattern;
use crate::time_of_day::TimeOfDay;
use crate::zone::{END_DAY, FIRST_DAY};

/// The days that calendars know, with the hours of each, as a week that repeats and the days that differ from it.
/// Times are civil seconds: those from 1970-01-01 00:00 on a clock that is never put forward or back.
///
/// The work before a day is that of its whole weeks, that of the weekdays before it, and a correction that the special
/// days before it have added up to, so any question is one binary search away from its answer.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The patterns of Monday to Sunday.
    week: [Pattern; 7],
    /// The work of a week before each weekday, and of all of it.
    week_before: [i64; 8],
    /// The days that differ from their weekday, in order.
    special: Vec<Special>,
    /// The different patterns of special days.
    patterns: Vec<Pattern>,
    /// What a repeated week says about the time before the first day.
    origin: i64,
}

#[derive(Debug, Clone)]
struct Special {
    day: i64,
    /// The place of its pattern.
    pattern: usize,
    /// Work before it.
    before: i64,
    /// Added to what the repeated week says, from the day after it on.
    correction: i64,
}

impl Line {
    /// A line of usual hours from Monday to Sunday and of days that may differ from them.
    pub(crate) fn new(week: [Hours; 7], special: &BTreeMap<i64, Hours>) -> Self {
        let week = week.map(Pattern::new);
        let mut week_before = [0; 8];
        let mut sum = 0;
        for (before, pattern) in week_before.iter_mut().skip(1).zip(&week) {
            sum += pattern.total();
            *before = sum;
        }
        let mut line = Self { week, week_before, special: Vec::new(), patterns: Vec::new(), origin: 0 };
        line.origin = line.regular(FIRST_DAY);
        let mut places: BTreeMap<&Hours, usize> = BTreeMap::new();
        let mut correction = -line.origin;
        for (&day, hours) in special.range(FIRST_DAY..END_DAY) {
            let usual = line.usual(day);
            if usual.hours() == hours {
                continue;
            }
            let usual = usual.total();
            let place = *places.entry(hours).or_insert(line.patterns.len());
            if place == line.patterns.len() {
                line.patterns.push(Pattern::new(hours.clone()));
            }
            let before = line.regular(day) + correction;
            correction += i64::from(hours.seconds()) - usual;
            line.special.push(Special { day, pattern: place, before, correction });
        }
        line
    }

    /// Work before a civil second, and whether the second is one of work.
    pub(crate) fn worked(&self, second: i64) -> (i64, bool) {
        let day = second.div_euclid(DAY).clamp(FIRST_DAY, END_DAY);
        let of_day = (second - day * DAY).clamp(0, DAY);
        let outside = second < FIRST_DAY * DAY || day >= END_DAY;
        let of_day = if outside { 0 } else { of_day };
        let upto = self.special.partition_point(|special| special.day <= day);
        let last = upto.checked_sub(1).and_then(|at| self.special.get(at));
        let (before, pattern) = match last {
            Some(special) if special.day == day => (special.before, self.pattern(special)),
            Some(special) => (self.regular(day) + special.correction, self.usual(day)),
            None => (self.regular(day) - self.origin, self.usual(day)),
        };
        let (worked, open) = pattern.worked(of_day);
        (before + worked, open && !outside)
    }

    /// The civil second that is the nth of work, counted from 0; `None` where there are not so many.
    pub(crate) fn nth(&self, nth: i64) -> Option<i64> {
        let upto = self.special.partition_point(|special| special.before <= nth);
        let last = upto.checked_sub(1).and_then(|at| self.special.get(at));
        if let Some(special) = last
            && let Some(second) = self.pattern(special).nth(nth - special.before)
        {
            return Some(special.day * DAY + second);
        }
        let regular = nth - last.map_or(-self.origin, |special| special.correction);
        let [.., of_week] = self.week_before;
        let week = regular.checked_div_euclid(of_week)?;
        let rest = regular.rem_euclid(of_week);
        let weekday = self.week_before.partition_point(|before| *before <= rest).checked_sub(1)?;
        let day = week * 7 + weekday as i64 - MONDAY;
        let second = self.week.get(weekday)?.nth(rest - self.week_before.get(weekday)?)?;
        (day < END_DAY).then_some(day * DAY + second)
    }

    /// The end of the stretch of work that a civil second of work is in; `None` if it goes on to the end of the line.
    pub(crate) fn end_of(&self, mut second: i64) -> Option<i64> {
        loop {
            let day = second.div_euclid(DAY);
            if day >= END_DAY {
                return None;
            }
            let Some(end) = self.on(day).end_of(second - day * DAY) else { return Some(second) };
            if end < DAY {
                return Some(day * DAY + end);
            }
            second = (day + 1) * DAY;
            let [.., of_week] = self.week_before;
            if of_week == 7 * DAY {
                // Only a special day ends it.
                let next = self.special.partition_point(|special| special.day <= day);
                second = self.special.get(next)?.day * DAY;
            }
        }
    }

    /// The pattern of a day.
    fn on(&self, day: i64) -> &Pattern {
        let special = self.special.binary_search_by_key(&day, |special| special.day);
        let special = special.ok().and_then(|at| self.special.get(at));
        special.map_or_else(|| self.usual(day), |special| self.pattern(special))
    }

    /// Work before a day as the repeated week has it, from some fixed Monday.
    fn regular(&self, day: i64) -> i64 {
        let [.., of_week] = self.week_before;
        (day + MONDAY).div_euclid(7) * of_week + self.week_before[weekday(day)]
    }

    fn usual(&self, day: i64) -> &Pattern {
        &self.week[weekday(day)]
    }

    fn pattern(&self, special: &Special) -> &Pattern {
        // INVARIANT: special days hold places of patterns.
        &self.patterns[special.pattern]
    }

    /// Two lines made one, day by day of the first. The clock of the second shows `ahead` seconds less.
    pub(crate) fn combined(&self, other: &Self, ahead: i64, combine: impl Fn(&Hours, &Hours) -> Hours) -> Self {
        let mut monday = -MONDAY;
        let week = self.week.each_ref().map(|mine| {
            let theirs = shifted(monday, ahead, |day| other.usual(day).hours());
            monday += 1;
            combine(mine.hours(), &theirs)
        });
        // A day differs from its weekday only where a day of either does, or the second line begins or ends.
        let mut days: BTreeSet<i64> = self.special.iter().map(|special| special.day).collect();
        for theirs in other.special.iter().map(|special| special.day).chain([FIRST_DAY - 1, END_DAY]) {
            days.extend((theirs * DAY + ahead).div_euclid(DAY)..=((theirs + 1) * DAY + ahead).div_euclid(DAY));
        }
        days.extend([FIRST_DAY, FIRST_DAY + 1, END_DAY - 2, END_DAY - 1]);
        let of = |day| {
            let theirs = shifted(day, ahead, |day| other.known(day));
            (day, combine(self.on(day).hours(), &theirs))
        };
        Self::new(week, &days.into_iter().map(of).collect())
    }

    /// The hours of a day, none beyond the line.
    fn known(&self, day: i64) -> &Hours {
        static CLOSED: Hours = Hours::CLOSED;
        if (FIRST_DAY..END_DAY).contains(&day) { self.on(day).hours() } else { &CLOSED }
    }
}

/// Days from a Monday to 1970-01-01.
const MONDAY: i64 = 3;

/// Days from Monday, 0 to 6.
fn weekday(day: i64) -> usize {
    (day + MONDAY).rem_euclid(7) as usize
}

/// What the days of a clock that shows `ahead` seconds less have in a day of ours.
fn shifted<'a>(day: i64, ahead: i64, hours: impl Fn(i64) -> &'a Hours) -> Hours {
    let start = day * DAY;
    let (first, last) = ((start - ahead).div_euclid(DAY), (start + DAY - 1 - ahead).div_euclid(DAY));
    let time = |second: i64| TimeOfDay::from_seconds(u32::try_from(second.clamp(0, DAY)).ok()?);
    let moved = |theirs: i64, interval: &Interval| {
        let offset = theirs * DAY + ahead - start;
        let (from, to) = (i64::from(interval.start().seconds()), i64::from(interval.end().seconds()));
        Interval::new(time(from + offset)?, time(to + offset)?)
    };
    (first..=last).flat_map(|day| hours(day).iter().filter_map(move |interval| moved(day, interval))).collect()
}
