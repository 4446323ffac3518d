//! [`TimeOfDay`]: a time on the wall clock.

use std::fmt;
use std::str::FromStr;

use crate::error::CalendarError;

/// A time on the wall clock from `00:00` to `24:00`, to the second. `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// `00:00`, where a day begins.
    pub const START: Self = Self(0);
    /// `24:00`, where a day ends.
    pub const END: Self = Self(86_400);

    /// The time with this hour, minute and second; `None` if no clock shows it.
    #[must_use]
    pub fn new(hour: u32, minute: u32, second: u32) -> Option<Self> {
        let seconds = (hour <= 24 && minute < 60 && second < 60).then_some(hour * 3_600 + minute * 60 + second)?;
        Self::from_seconds(seconds)
    }

    /// The time so many seconds from midnight, as the clock counts them; `None` beyond 86,400.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        (seconds <= Self::END.0).then_some(Self(seconds))
    }

    /// Seconds from midnight, as the clock counts them: 0 to 86,400.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = CalendarError;

    /// Reads `9:00`, `09:00` or `09:00:30`.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten();
        let parts: Vec<&str> = text.split(':').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let shown = matches!(lengths.as_slice(), [1 | 2, 2] | [1 | 2, 2, 2]);
        let parts: Option<Vec<u32>> = parts.into_iter().map(number).collect();
        let read = match parts.as_deref() {
            Some([hour, minute]) if shown => Self::new(*hour, *minute, 0),
            Some([hour, minute, second]) if shown => Self::new(*hour, *minute, *second),
            _ => None,
        };
        read.ok_or_else(|| CalendarError::text(format!("`{text}` is no time of day"), "`00:00` to `24:00`"))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        write!(f, "{hour:02}:{minute:02}")?;
        if second == 0 { Ok(()) } else { write!(f, ":{second:02}") }
    }
}
