//! The hours of a day, made ready for counting.

use crate::hours::Hours;

/// The hours of one day with the seconds of work that come before each interval.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    hours: Hours,
    pieces: Vec<Piece>,
    total: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    start: i64,
    end: i64,
    before: i64,
}

impl Pattern {
    pub(crate) fn new(hours: Hours) -> Self {
        let mut total = 0;
        let mut pieces = Vec::with_capacity(hours.intervals().len());
        for interval in &hours {
            let (start, end) = (i64::from(interval.start().seconds()), i64::from(interval.end().seconds()));
            pieces.push(Piece { start, end, before: total });
            total += end - start;
        }
        Self { hours, pieces, total }
    }

    pub(crate) fn hours(&self) -> &Hours {
        &self.hours
    }

    /// Seconds of work in the day.
    pub(crate) fn total(&self) -> i64 {
        self.total
    }

    /// Seconds of work before a second of the day, and whether that second is one.
    pub(crate) fn worked(&self, second: i64) -> (i64, bool) {
        for piece in &self.pieces {
            if second < piece.end {
                let inside = second >= piece.start;
                return (piece.before + if inside { second - piece.start } else { 0 }, inside);
            }
        }
        (self.total, false)
    }

    /// The second of the day that is the nth of work, counted from 0; `None` where the day has no such.
    pub(crate) fn nth(&self, nth: i64) -> Option<i64> {
        let piece = self.pieces.iter().find(|piece| nth < piece.before + piece.end - piece.start)?;
        Some(piece.start + nth - piece.before)
    }

    /// The end of the interval that a second is in.
    pub(crate) fn end_of(&self, second: i64) -> Option<i64> {
        let holding = self.pieces.iter().find(|piece| piece.start <= second && second < piece.end);
        holding.map(|piece| piece.end)
    }
}
