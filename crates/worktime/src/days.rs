//! Arithmetic of working days.

use chrono::{DateTime, Month, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use crate::calendar::Calendar;
use crate::hours::DAY;
use crate::zone::{END_DAY, FIRST_DAY, date_of, day_of};

/// A bit for each day that a calendar knows, and how many are set before each word.
#[derive(Debug, Clone)]
pub(crate) struct WorkingDays {
    words: Vec<u64>,
    before: Vec<i64>,
}

impl WorkingDays {
    /// The dates on which there is any working time.
    pub(crate) fn of(calendar: &Calendar) -> Self {
        let mut words = vec![0_u64; ((END_DAY - FIRST_DAY) as usize).div_ceil(64)];
        let ends = calendar.spans.iter().skip(1).map(|span| span.start).chain([i64::MAX]);
        for (span, end) in calendar.spans.iter().zip(ends) {
            let line = &calendar.lines[span.line];
            let civil = |utc: i64| utc.saturating_add(span.offset).clamp(FIRST_DAY * DAY, END_DAY * DAY);
            let (from, to) = (civil(span.start), civil(end));
            for day in from.div_euclid(DAY)..=(to - 1).div_euclid(DAY) {
                let (start, end) = ((day * DAY).max(from), ((day + 1) * DAY).min(to));
                if line.worked(end).0 > line.worked(start).0
                    && let Some(word) = words.get_mut((day - FIRST_DAY) as usize / 64)
                {
                    *word |= 1 << ((day - FIRST_DAY) % 64);
                }
            }
        }
        let mut count = 0;
        let before = words.iter().map(|word| {
            let before = count;
            count += i64::from(word.count_ones());
            before
        });
        Self { before: before.collect(), words }
    }

    fn holds(&self, day: i64) -> bool {
        let Ok(at) = usize::try_from(day - FIRST_DAY) else { return false };
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// How many come before a day.
    fn before(&self, day: i64) -> i64 {
        let at = (day.clamp(FIRST_DAY, END_DAY) - FIRST_DAY) as usize;
        let (Some(word), Some(before)) = (self.words.get(at / 64), self.before.get(at / 64)) else {
            return self.words.last().zip(self.before.last()).map_or(0, |(w, b)| b + i64::from(w.count_ones()));
        };
        before + i64::from((word & ((1 << (at % 64)) - 1)).count_ones())
    }

    /// The nth, counted from 0.
    fn nth(&self, nth: i64) -> Option<i64> {
        let at = self.before.partition_point(|before| *before <= nth).checked_sub(1)?;
        let mut word = *self.words.get(at)?;
        let skipped = nth - self.before.get(at)?;
        for _ in 0..skipped.min(64) {
            word &= word.wrapping_sub(1);
        }
        (word != 0).then(|| FIRST_DAY + at as i64 * 64 + i64::from(word.trailing_zeros()))
    }
}

/// A working day is a date, in the zone of the calendar, on which there is any working time.
impl Calendar {
    /// Whether a date is a working day.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        self.working_dates().holds(day_of(date))
    }

    /// How many working days there are from one date to another, without the second; negative if it is the earlier.
    ///
    /// ```
    /// # use onefold_worktime::{Calendar, CalendarSpec, Week};
    /// # let week = Week::weekdays("09:00-17:00".parse()?);
    /// # let calendar = Calendar::new(&CalendarSpec::new("Europe/Berlin".parse()?, week));
    /// assert_eq!(calendar.working_days("2026-02-01".parse()?, "2026-03-01".parse()?), 20);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn working_days(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        let days = self.working_dates();
        days.before(day_of(to)) - days.before(day_of(from))
    }

    /// The nth working day after a date, before it if `days` is negative; the date itself if it is 0. `None` if the
    /// calendar has not so many.
    #[must_use]
    pub fn add_working_days(&self, date: NaiveDate, days: i64) -> Option<NaiveDate> {
        let (known, day) = (self.working_dates(), day_of(date));
        if days == 0 {
            return Some(date);
        }
        let nth = if days > 0 {
            known.before(day + 1).checked_add(days - 1)?
        } else {
            known.before(day).checked_add(days)?
        };
        date_of(known.nth(nth)?)
    }

    /// The nth working day of a month, counted from 1; from the end if `nth` is negative, so that -1 is the last. `None`
    /// if the month has not so many.
    ///
    /// ```
    /// # use chrono::Month;
    /// # use onefold_worktime::{Calendar, CalendarSpec, Week};
    /// # let week = Week::weekdays("09:00-17:00".parse()?);
    /// # let calendar = Calendar::new(&CalendarSpec::new("Europe/Berlin".parse()?, week));
    /// assert_eq!(calendar.nth_working_day(2026, Month::May, -1), Some("2026-05-29".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn nth_working_day(&self, year: i32, month: Month, nth: i64) -> Option<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(year, month.number_from_month(), 1)?;
        let next = first.checked_add_months(chrono::Months::new(1))?;
        let found = match nth {
            0 => None,
            nth if nth > 0 => self.add_working_days(first.pred_opt()?, nth),
            nth => self.add_working_days(next, nth),
        };
        found.filter(|date| first <= *date && *date < next)
    }

    /// The same time on the wall clock so many working days later, or earlier if negative; from there on the next
    /// instant that is open. `None` if the calendar has not so many.
    ///
    /// Where the clock skips that time, it is the moment at which it does; where it shows it twice, the first.
    ///
    /// ```
    /// # use onefold_worktime::{Calendar, CalendarSpec, Week};
    /// # let week = Week::weekdays("09:00-17:00".parse()?);
    /// # let calendar = Calendar::new(&CalendarSpec::new("Europe/Berlin".parse()?, week));
    /// let friday = "2026-03-27T14:30:00Z".parse()?; // 15:30
    /// let monday = "2026-03-30T13:30:00Z".parse()?; // 15:30, in summer time
    /// assert_eq!(calendar.after_days(friday, 1), Some(monday));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn after_days(&self, at: DateTime<Utc>, days: i64) -> Option<DateTime<Utc>> {
        let clock = self.clock(at)?;
        let date = self.add_working_days(clock.date(), days)?;
        self.next_open(self.first_at(date.and_time(clock.time()))?)
    }

    /// What the wall clock shows at an instant.
    fn clock(&self, at: DateTime<Utc>) -> Option<NaiveDateTime> {
        let span = self.spans.get(self.span_at(at.timestamp()))?;
        at.naive_utc().checked_add_signed(TimeDelta::seconds(span.offset))
    }

    /// The first instant at which the wall clock shows this or later.
    fn first_at(&self, clock: NaiveDateTime) -> Option<DateTime<Utc>> {
        // No offset is more than a day.
        let early = clock.and_utc().checked_sub_signed(TimeDelta::days(2))?;
        let from = self.span_at(early.timestamp());
        let ends = self.spans.iter().skip(from + 1).map(|span| span.start).chain([i64::MAX]);
        self.spans.iter().skip(from).zip(ends).find_map(|(span, end)| {
            let shown = clock.and_utc().checked_sub_signed(TimeDelta::seconds(span.offset))?;
            let start = DateTime::from_timestamp(span.start, 0);
            (shown.timestamp() < end).then(|| start.map_or(shown, |start| start.max(shown)))
        })
    }
}
