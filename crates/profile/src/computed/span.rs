//! [`Span`]: an exact length of time.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A positive, exact length of time in whole seconds, at most 100 years. A day is 24 hours; lengths in calendar days or
/// months are [`Window::Calendar`](crate::Window)'s.
///
/// ```
/// use onefold_profile::Span;
///
/// let span: Span = "36h".parse()?;
/// assert_eq!((span.seconds(), span.to_string().as_str()), (129_600, "36h"));
/// assert_eq!("14d".parse::<Span>()?.to_string(), "14d");
/// # Ok::<(), onefold_profile::UnknownSpan>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Span(NonZeroU32);

/// The units of a span in seconds, largest first.
const UNITS: [(&str, u32); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

impl Span {
    /// The longest span: 36,500 days.
    pub const MAX_SECONDS: u32 = 36_500 * 86_400;

    /// So many days of 24 hours; `None` of 0 or more than 36,500.
    #[must_use]
    pub fn days(days: u32) -> Option<Self> {
        Self::of_seconds(days.checked_mul(86_400)?)
    }

    /// So many seconds; `None` of 0 or more than [`MAX_SECONDS`](Self::MAX_SECONDS).
    #[must_use]
    pub fn of_seconds(seconds: u32) -> Option<Self> {
        NonZeroU32::new(seconds).filter(|seconds| seconds.get() <= Self::MAX_SECONDS).map(Self)
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0.get()
    }

    pub(crate) fn micros(self) -> i64 {
        i64::from(self.seconds()) * 1_000_000
    }
}

/// In the largest unit that divides it: `90d`, `36h`, `90s`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.seconds();
        let (unit, length) = UNITS.into_iter().find(|(_, length)| seconds.is_multiple_of(*length)).unwrap_or(UNITS[3]);
        write!(f, "{}{unit}", seconds / length)
    }
}

/// Text that is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a length of time; expected a number and one of `d`, `h`, `m`, `s`, like `30d`, up to `36500d`"
)]
pub struct UnknownSpan {
    text: String,
}

impl FromStr for Span {
    type Err = UnknownSpan;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (unit, length) = UNITS.into_iter().find(|(unit, _)| text.ends_with(unit))?;
            let digits = text.strip_suffix(unit)?;
            let number: u32 = if digits.starts_with('+') { None } else { digits.parse().ok() }?;
            Self::of_seconds(number.checked_mul(length)?)
        };
        read().ok_or_else(|| UnknownSpan { text: text.to_owned() })
    }
}

impl TryFrom<String> for Span {
    type Error = UnknownSpan;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}
