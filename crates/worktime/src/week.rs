//! [`Week`]: hours by weekday.

use chrono::Weekday;

use crate::hours::Hours;

/// The days of the week from Monday on.
pub(crate) const WEEKDAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// Hours by weekday; closed where nothing is said.
///
/// ```
/// use chrono::Weekday;
/// use onefold_worktime::Week;
///
/// let week = Week::weekdays("09:00-17:00".parse()?).with([Weekday::Fri], "09:00-15:00".parse()?);
/// assert_eq!(week.on(Weekday::Fri).to_string(), "09:00-15:00");
/// assert!(week.on(Weekday::Sat).is_closed());
/// # Ok::<(), onefold_worktime::CalendarError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week([Hours; 7]);

impl Week {
    /// The same hours from Monday to Friday.
    #[must_use]
    pub fn weekdays(hours: Hours) -> Self {
        Self::default().with(WEEKDAYS.into_iter().take(5), hours)
    }

    /// The same hours every day.
    #[must_use]
    pub fn daily(hours: Hours) -> Self {
        Self::default().with(WEEKDAYS, hours)
    }

    /// The same week with other hours on these days.
    #[must_use]
    pub fn with(mut self, days: impl IntoIterator<Item = Weekday>, hours: Hours) -> Self {
        for day in days {
            self.set(day, hours.clone());
        }
        self
    }

    /// Gives a day its hours.
    pub fn set(&mut self, day: Weekday, hours: Hours) {
        if let Some(slot) = self.0.get_mut(day.num_days_from_monday() as usize) {
            *slot = hours;
        }
    }

    /// The hours of a day.
    #[must_use]
    pub fn on(&self, day: Weekday) -> &Hours {
        // INVARIANT: a weekday is 0 to 6 days from Monday.
        &self.0[day.num_days_from_monday() as usize]
    }

    /// The days from Monday on, with their hours.
    pub fn days(&self) -> impl Iterator<Item = (Weekday, &Hours)> {
        WEEKDAYS.into_iter().zip(&self.0)
    }

    /// Whether every day is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.iter().all(Hours::is_closed)
    }
}
