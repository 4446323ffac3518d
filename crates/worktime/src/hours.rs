//! [`Hours`]: the hours of one day, on the wall clock.

use std::fmt;
use std::str::FromStr;

use crate::error::CalendarError;
use crate::time_of_day::TimeOfDay;

/// Seconds of a day without transitions.
pub(crate) const DAY: i64 = 86_400;

/// A part of a day, with its first moment and without its last: `09:00-17:00`. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    start: TimeOfDay,
    end: TimeOfDay,
}

impl Interval {
    /// From one time to a later one; `None` if it is not later.
    #[must_use]
    pub fn new(start: TimeOfDay, end: TimeOfDay) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Its first moment.
    #[must_use]
    pub fn start(self) -> TimeOfDay {
        self.start
    }

    /// The moment after its last.
    #[must_use]
    pub fn end(self) -> TimeOfDay {
        self.end
    }
}

impl FromStr for Interval {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let (start, end) = text.split_once(['-', '–']).ok_or_else(|| {
            CalendarError::text(format!("`{text}` is no interval"), "a start and an end, as in `09:00-17:00`")
        })?;
        let (start, end): (TimeOfDay, TimeOfDay) = (start.trim().parse()?, end.trim().parse()?);
        Self::new(start, end).ok_or_else(|| {
            let expected = if end == TimeOfDay::START || start == TimeOfDay::END {
                "an end after the start; the end of the day is `24:00`".to_owned()
            } else if start == end {
                "an end after the start; a whole day is `00:00-24:00`".to_owned()
            } else {
                format!("an end after the start; over midnight `{start}-24:00`, and `00:00-{end}` on the next day")
            };
            CalendarError::text(format!("`{text}` ends before it starts"), expected)
        })
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

/// The hours of one day on the wall clock: intervals in order, apart from each other. None at all is a closed day.
///
/// ```
/// use onefold_worktime::Hours;
///
/// let hours: Hours = "13:00-17:00, 09:00-12:00".parse()?;
/// let lunch: Hours = "11:30-13:30".parse()?;
/// assert_eq!(hours.difference(&lunch).to_string(), "09:00-11:30, 13:30-17:00");
/// assert_eq!("closed".parse::<Hours>()?, Hours::CLOSED);
/// # Ok::<(), onefold_worktime::CalendarError>(())
/// ```
// INVARIANT: intervals are sorted, and each starts after the one before it ends, so equal hours are equal lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours(Vec<Interval>);

impl Hours {
    /// No hours.
    pub const CLOSED: Self = Self(Vec::new());

    /// From midnight to midnight.
    #[must_use]
    pub fn all_day() -> Self {
        Self(vec![Interval { start: TimeOfDay::START, end: TimeOfDay::END }])
    }

    /// The intervals, earliest first.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this time is in them.
    #[must_use]
    pub fn contains(&self, time: TimeOfDay) -> bool {
        self.0.iter().any(|interval| interval.start <= time && time < interval.end)
    }

    /// How long they are, in seconds: 0 to 86,400.
    #[must_use]
    pub fn seconds(&self) -> u32 {
        self.0.iter().map(|interval| interval.end.seconds() - interval.start.seconds()).sum()
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other).copied().collect()
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let common = |a: &Interval, b: &Interval| Interval::new(a.start.max(b.start), a.end.min(b.end));
        self.iter().flat_map(|a| other.iter().filter_map(move |b| common(a, b))).collect()
    }

    /// What is in these and not in the others.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// The rest of the day.
    fn complement(&self) -> Self {
        let starts = [TimeOfDay::START].into_iter().chain(self.iter().map(|interval| interval.end));
        let ends = self.iter().map(|interval| interval.start).chain([TimeOfDay::END]);
        starts.zip(ends).filter_map(|(start, end)| Interval::new(start, end)).collect()
    }

    /// The intervals, earliest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Interval> {
        self.0.iter()
    }
}

/// The union of intervals in any order.
impl FromIterator<Interval> for Hours {
    fn from_iter<I: IntoIterator<Item = Interval>>(intervals: I) -> Self {
        let mut intervals: Vec<Interval> = intervals.into_iter().collect();
        intervals.sort_unstable();
        let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
        for interval in intervals {
            match merged.last_mut() {
                Some(last) if interval.start <= last.end => last.end = last.end.max(interval.end),
                _ => merged.push(interval),
            }
        }
        Self(merged)
    }
}

impl<'a> IntoIterator for &'a Hours {
    type Item = &'a Interval;
    type IntoIter = std::slice::Iter<'a, Interval>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromStr for Hours {
    type Err = CalendarError;

    /// Reads intervals with commas between them, or `closed`. Intervals that overlap are a mistake.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        if text.trim().eq_ignore_ascii_case("closed") {
            return Ok(Self::CLOSED);
        }
        Self::apart(text.split(',').map(|part| part.trim().parse()))
    }
}

impl Hours {
    /// The union of intervals that must not overlap.
    pub(crate) fn apart(
        intervals: impl Iterator<Item = Result<Interval, CalendarError>>,
    ) -> Result<Self, CalendarError> {
        let mut intervals: Vec<Interval> = intervals.collect::<Result<_, _>>()?;
        intervals.sort_unstable();
        for (a, b) in intervals.iter().zip(intervals.iter().skip(1)) {
            if b.start < a.end {
                return Err(CalendarError::text(format!("`{a}` and `{b}` overlap"), "intervals apart from each other"));
            }
        }
        Ok(intervals.into_iter().collect())
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_closed() {
            return f.write_str("closed");
        }
        for (at, interval) in self.iter().enumerate() {
            write!(f, "{}{interval}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
