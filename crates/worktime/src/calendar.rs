//! [`Calendar`]: working time between instants.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::days::WorkingDays;
use crate::line::Line;
use crate::spec::CalendarSpec;
use crate::week::WEEKDAYS;
use crate::zone;

/// A calendar that answers questions about working time, each in well under a microsecond.
///
/// It is open at an instant if the wall clock of its zone then shows a date and a time that are in its hours. That is
/// all that there is to know about daylight saving: an hour that the clock skips is not there to be worked in, one that
/// it shows twice is worked in twice if it is in the hours, and a date that never was has no hours.
///
/// A calendar knows the years 1900 to 2099 ([`Calendar::YEARS`]) and is closed before and after them. So every search
/// ends, and `None` is the answer if the calendar does not open, or holds so much work, any more.
///
/// ```
/// use chrono::TimeDelta;
/// use onefold_worktime::{Calendar, CalendarSpec, Week};
///
/// let spec = CalendarSpec::new("Europe/Berlin".parse()?, Week::weekdays("09:00-17:00".parse()?));
/// let calendar = Calendar::new(&spec);
/// let friday = "2026-03-27T15:00:00Z".parse()?; // 16:00 in Berlin, before the night in which summer time begins
/// let due = calendar.after(friday, TimeDelta::hours(2)).ok_or("there are hours enough")?;
/// assert_eq!(due.to_rfc3339(), "2026-03-30T08:00:00+00:00"); // 10:00 on Monday
/// assert_eq!(calendar.within(friday, due), TimeDelta::hours(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Calendar {
    pub(crate) zone: Tz,
    pub(crate) lines: Vec<Line>,
    pub(crate) spans: Vec<Span>,
    days: OnceLock<WorkingDays>,
}

/// A span of time with one offset, on one line.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// Its first second of UTC.
    pub(crate) start: i64,
    /// Seconds that the clock is ahead of UTC.
    pub(crate) offset: i64,
    /// The place of its line.
    pub(crate) line: usize,
    /// Seconds of work before it.
    before: i64,
    /// Added to what the line counts.
    base: i64,
}

impl Calendar {
    /// The years that a calendar knows, in its own zone. It is closed before and after them.
    pub const YEARS: RangeInclusive<i32> = 1900..=2099;

    /// The calendar that a specification describes.
    #[must_use]
    pub fn new(spec: &CalendarSpec) -> Self {
        let special = spec.special(Self::YEARS).into_iter().map(|(date, hours)| (zone::day_of(date), hours)).collect();
        let line = Line::new(WEEKDAYS.map(|weekday| spec.usual(weekday)), &special);
        let spans = zone::offsets(spec.zone).into_iter().map(|(start, offset)| (start, offset, 0));
        Self::of(spec.zone, vec![line], spans)
    }

    /// A calendar of spans (first second of UTC, offset, place of the line), the first of which has no beginning.
    pub(crate) fn of(zone: Tz, lines: Vec<Line>, spans: impl Iterator<Item = (i64, i64, usize)>) -> Self {
        let mut calendar = Self { zone, lines, spans: Vec::new(), days: OnceLock::new() };
        for (start, offset, line) in spans {
            let before = calendar.spans.last().map_or(0, |last| calendar.seconds_in(last, start).0);
            let skipped = if start == i64::MIN { 0 } else { calendar.lines[line].worked(start + offset).0 };
            calendar.spans.push(Span { start, offset, line, before, base: before - skipped });
        }
        calendar
    }

    /// Whose wall clock the days of the calendar are on.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether an instant is working time. The first instant of an interval is, its end is not.
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.seconds(at.timestamp()).1
    }

    /// The working time from one instant to another, exact to the nanosecond; negative if the second is the earlier.
    ///
    /// For any three instants `within(a, b) + within(b, c) == within(a, c)`.
    #[must_use]
    pub fn within(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        self.worked(to) - self.worked(from)
    }

    /// The earliest instant by which so much working time has passed; `None` if there is not so much any more.
    ///
    /// Eight hours from the start of an eight-hour day end when it ends, not when the next day begins. No working time
    /// at all has passed at once: `after(at, zero)` is `at`, be it open or not; for the moment at which work can begin
    /// there is [`next_open`](Self::next_open). A negative time goes back, as [`before`](Self::before).
    ///
    /// `within(at, after(at, work)) == work`.
    #[must_use]
    pub fn after(&self, at: DateTime<Utc>, work: TimeDelta) -> Option<DateTime<Utc>> {
        if work < TimeDelta::zero() {
            return self.before(at, -work);
        }
        if work.is_zero() {
            return Some(at);
        }
        let target = self.worked(at).checked_add(&work)?;
        match target.subsec_nanos() {
            // The end of the last second is earlier than the start of the next one.
            0 => self.nth(target.num_seconds() - 1)?.checked_add_signed(TimeDelta::seconds(1)),
            nanos => self.nth(target.num_seconds())?.checked_add_signed(TimeDelta::nanoseconds(nanos.into())),
        }
    }

    /// The latest instant from which on so much working time passes; `None` if there has not been so much.
    ///
    /// The mirror of [`after`](Self::after): `within(before(at, work), at) == work`.
    #[must_use]
    pub fn before(&self, at: DateTime<Utc>, work: TimeDelta) -> Option<DateTime<Utc>> {
        if work < TimeDelta::zero() {
            return self.after(at, -work);
        }
        if work.is_zero() {
            return Some(at);
        }
        let target = self.worked(at).checked_sub(&work).filter(|target| *target >= TimeDelta::zero())?;
        self.nth(target.num_seconds())?.checked_add_signed(TimeDelta::nanoseconds(target.subsec_nanos().into()))
    }

    /// The earliest instant of working time that is not before this one: the instant itself if it is open. `None` if
    /// the calendar does not open any more.
    #[must_use]
    pub fn next_open(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (worked, open) = self.seconds(at.timestamp());
        if open { Some(at) } else { self.nth(worked) }
    }

    /// The earliest instant not before this one that is not working time: the instant itself if it is closed. `None` if
    /// the calendar does not close any more.
    #[must_use]
    pub fn next_close(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut second = at.timestamp();
        if !self.seconds(second).1 {
            return Some(at);
        }
        let from = self.span_at(second);
        let ends = self.spans.iter().skip(from + 1).map(|span| span.start).chain([i64::MAX]);
        for (span, end) in self.spans.iter().skip(from).zip(ends) {
            let line = &self.lines[span.line];
            if !line.worked(second + span.offset).1 {
                return DateTime::from_timestamp(second, 0);
            }
            let closes = line.end_of(second + span.offset).map(|civil| civil - span.offset);
            if let Some(closes) = closes.filter(|closes| *closes < end) {
                return DateTime::from_timestamp(closes, 0);
            }
            second = end;
        }
        None
    }

    /// The earliest instant after this one at which the calendar opens or closes; `None` if it never does any more.
    #[must_use]
    pub fn next_change(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_open(at) { self.next_close(at) } else { self.next_open(at) }
    }

    /// The stretches of working time between two instants, earliest first, cut at both.
    pub fn periods(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = Period> {
        let mut at = Some(from);
        std::iter::from_fn(move || {
            let start = self.next_open(at?).filter(|start| *start < to)?;
            at = self.next_close(start);
            Some(Period { start, end: at.map_or(to, |end| end.min(to)) })
        })
    }

    /// Work before an instant in full precision.
    fn worked(&self, at: DateTime<Utc>) -> TimeDelta {
        let (worked, open) = self.seconds(at.timestamp());
        // A leap second is the last nanosecond of the second before it.
        let nanos = if open { at.timestamp_subsec_nanos().min(999_999_999) } else { 0 };
        TimeDelta::seconds(worked) + TimeDelta::nanoseconds(nanos.into())
    }

    /// Seconds of work before a second of UTC, and whether it is one of work.
    pub(crate) fn seconds(&self, second: i64) -> (i64, bool) {
        // INVARIANT: the first span has no beginning, so there is one at any time.
        self.seconds_in(&self.spans[self.span_at(second)], second)
    }

    fn seconds_in(&self, span: &Span, second: i64) -> (i64, bool) {
        let (worked, open) = self.lines[span.line].worked(second.saturating_add(span.offset));
        (span.base + worked, open)
    }

    /// The place of the span in which a second of UTC is.
    pub(crate) fn span_at(&self, second: i64) -> usize {
        self.spans.partition_point(|span| span.start <= second).saturating_sub(1)
    }

    /// The nth second of work, counted from 0.
    fn nth(&self, nth: i64) -> Option<DateTime<Utc>> {
        let span = self.spans.partition_point(|span| span.before <= nth).checked_sub(1)?;
        let span = self.spans.get(span)?;
        let civil = self.lines[span.line].nth(nth - span.base)?;
        DateTime::from_timestamp(civil - span.offset, 0)
    }

    pub(crate) fn working_dates(&self) -> &WorkingDays {
        self.days.get_or_init(|| WorkingDays::of(self))
    }
}

impl From<&CalendarSpec> for Calendar {
    fn from(spec: &CalendarSpec) -> Self {
        Self::new(spec)
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calendar").field("zone", &self.zone).field("lines", &self.lines.len()).finish_non_exhaustive()
    }
}

/// A stretch of working time, with its first instant and without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// The instant after its last.
    pub end: DateTime<Utc>,
}

impl Period {
    /// How long it is.
    #[must_use]
    pub fn duration(self) -> TimeDelta {
        self.end - self.start
    }
}
