//! Calendars made of two.

use std::collections::BTreeMap;

use crate::calendar::Calendar;
use crate::hours::Hours;

impl Calendar {
    /// The calendar that is open when both are. Its days are those of the first one's zone, and so are its years.
    ///
    /// ```
    /// use onefold_worktime::{Calendar, CalendarSpec, Week};
    ///
    /// let week = Week::weekdays("09:00-17:00".parse()?);
    /// let berlin = Calendar::new(&CalendarSpec::new("Europe/Berlin".parse()?, week.clone()));
    /// let boston = Calendar::new(&CalendarSpec::new("America/New_York".parse()?, week));
    /// let both = berlin.intersection(&boston);
    /// let night = "2026-06-01T00:00:00Z".parse()?;
    /// assert_eq!(both.next_open(night), Some("2026-06-01T13:00:00Z".parse()?)); // 15:00 in Berlin
    /// assert_eq!(both.next_change("2026-06-01T13:00:00Z".parse()?), Some("2026-06-01T15:00:00Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.combined(other, Hours::intersection)
    }

    /// The calendar that is open when either is. Its days are those of the first one's zone, and so are its years.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combined(other, Hours::union)
    }

    fn combined(&self, other: &Self, combine: impl Fn(&Hours, &Hours) -> Hours) -> Self {
        let mut starts: Vec<i64> = self.spans.iter().chain(&other.spans).map(|span| span.start).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut lines = Vec::new();
        // Lines by the two that they are made of and how far the first clock is ahead.
        let mut made: BTreeMap<(usize, usize, i64), usize> = BTreeMap::new();
        let mut spans = Vec::with_capacity(starts.len());
        for start in starts {
            let (mine, theirs) = (&self.spans[self.span_at(start)], &other.spans[other.span_at(start)]);
            let ahead = mine.offset - theirs.offset;
            let line = *made.entry((mine.line, theirs.line, ahead)).or_insert_with(|| {
                let (mine, theirs) = (&self.lines[mine.line], &other.lines[theirs.line]);
                lines.push(mine.combined(theirs, ahead, &combine));
                lines.len() - 1
            });
            spans.push((start, mine.offset, line));
        }
        Self::of(self.zone, lines, spans.into_iter())
    }
}
