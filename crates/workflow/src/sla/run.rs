//! [`Run`]: one clock of a ticket, from its start to its end.

use chrono::TimeDelta;
use onefold_fact::Timestamp;

use super::in_force::Sla;
use super::policy::{CalendarChange, Hours, Metric};

/// Which calendar: its place among those in force. `None`: all time is working time.
pub(super) type CalendarId = Option<usize>;

/// One clock. It counts in spans; what it has counted before the one that is open is kept as a sum.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) metric: Metric,
    pub(super) started: Timestamp,
    spans: Vec<Span>,
    /// What the closed spans come to, by the hours of the goal.
    counted: TimeDelta,
    /// Since when it counts, and by which calendar, if it does.
    counting: Option<(Timestamp, CalendarId)>,
    pub(super) ended: Option<End>,
    pub(super) goal: Option<Goal>,
    /// When it is late, if it counts on and has a goal.
    due: Option<Timestamp>,
    pub(super) breached: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    from: Timestamp,
    to: Timestamp,
    calendar: CalendarId,
}

/// How a clock stood when it ended. One that never pauses counts on behind it, for the case that it is opened again.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) at: Timestamp,
    pub(super) elapsed: TimeDelta,
    pub(super) due: Option<Timestamp>,
    /// Whether it ended without what it was for.
    pub(super) is_dropped: bool,
}

/// What a policy asks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Goal {
    /// The place of the policy.
    pub(super) policy: usize,
    pub(super) target: TimeDelta,
    pub(super) hours: Hours,
}

impl Run {
    pub(super) fn new(metric: Metric, started: Timestamp) -> Self {
        Self {
            metric,
            started,
            spans: Vec::new(),
            counted: TimeDelta::zero(),
            counting: None,
            ended: None,
            goal: None,
            due: None,
            breached: None,
        }
    }

    /// Notes a breach before a moment. One at the moment is left open: what happens then may still be in time.
    pub(super) fn settle(&mut self, at: Timestamp) {
        if self.breached.is_none() && self.ended.is_none() {
            self.breached = self.due.filter(|due| *due < at);
        }
    }

    /// Counts from a moment on. If it counts already, by another calendar maybe.
    pub(super) fn count(&mut self, sla: &Sla, at: Timestamp, calendar: CalendarId) {
        self.pause(sla, at);
        self.counting = Some((at, calendar));
        self.aim(sla);
    }

    pub(super) fn is_counting(&self) -> bool {
        self.counting.is_some()
    }

    /// Does not count from a moment on.
    pub(super) fn pause(&mut self, sla: &Sla, at: Timestamp) {
        if let Some((from, calendar)) = self.counting.take() {
            self.add(sla, from, at, calendar);
        }
        self.due = None;
    }

    fn add(&mut self, sla: &Sla, from: Timestamp, to: Timestamp, calendar: CalendarId) {
        if from < to {
            self.counted += self.measure(sla, from, to, calendar);
            self.spans.push(Span { from, to, calendar });
        }
    }

    pub(super) fn end(&mut self, sla: &Sla, at: Timestamp, is_dropped: bool) {
        self.settle(at);
        self.ended = Some(End { at, elapsed: self.elapsed(sla, at), due: self.due, is_dropped });
    }

    /// Is held to something else from a moment on.
    pub(super) fn retarget(&mut self, sla: &Sla, at: Timestamp, goal: Option<Goal>) {
        let is_counting = self.counting;
        self.pause(sla, at);
        let recount = goal.map(|goal| goal.hours) != self.goal.map(|goal| goal.hours);
        self.goal = goal;
        if recount {
            self.recount(sla, |calendar| calendar);
        }
        if let Some((_, calendar)) = is_counting {
            self.count(sla, at, calendar);
        }
    }

    /// Is measured by another calendar from a moment on; all of it, if the last one holds.
    pub(super) fn change_calendar(&mut self, sla: &Sla, at: Timestamp, to: CalendarId) {
        let is_counting = self.is_counting();
        self.pause(sla, at);
        if sla.calendar_change() == CalendarChange::Last {
            self.recount(sla, |_| to);
        }
        if is_counting {
            self.count(sla, at, to);
        }
    }

    fn recount(&mut self, sla: &Sla, by: impl Fn(CalendarId) -> CalendarId) {
        let mut spans = std::mem::take(&mut self.spans);
        self.counted = TimeDelta::zero();
        for span in &mut spans {
            span.calendar = by(span.calendar);
            self.counted += self.measure(sla, span.from, span.to, span.calendar);
        }
        self.spans = spans;
    }

    fn measure(&self, sla: &Sla, from: Timestamp, to: Timestamp, calendar: CalendarId) -> TimeDelta {
        match self.calendar(sla, calendar) {
            Some(calendar) => calendar.within(from, to),
            None => to - from,
        }
    }

    /// The calendar by which it counts now.
    fn calendar<'a>(&self, sla: &'a Sla, calendar: CalendarId) -> Option<&'a onefold_worktime::Calendar> {
        let works = self.goal.is_none_or(|goal| goal.hours == Hours::Working);
        calendar.filter(|_| works).and_then(|place| sla.calendar_at(place))
    }

    /// When so much will have been counted, if it counts on: at once, if it has been.
    pub(super) fn reaches(&self, sla: &Sla, work: TimeDelta) -> Option<Timestamp> {
        let (from, calendar) = self.counting?;
        let left = work - self.counted;
        if left <= TimeDelta::zero() {
            return Some(from);
        }
        match self.calendar(sla, calendar) {
            Some(calendar) => calendar.after(from, left),
            None => from.checked_add_signed(left),
        }
    }

    fn aim(&mut self, sla: &Sla) {
        self.due = self.goal.and_then(|goal| self.reaches(sla, goal.target));
    }

    /// When it is late, or was.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.breached.or(self.ended.map_or(self.due, |end| end.due))
    }

    /// When it was late by a moment.
    pub(super) fn breached_by(&self, at: Timestamp) -> Option<Timestamp> {
        self.breached.or_else(|| self.due.filter(|due| self.ended.is_none() && *due <= at))
    }

    /// What it has counted by a moment.
    pub(super) fn elapsed(&self, sla: &Sla, at: Timestamp) -> TimeDelta {
        match (self.ended, self.counting) {
            (Some(end), _) => end.elapsed,
            (None, Some((from, calendar))) if from < at => self.counted + self.measure(sla, from, at, calendar),
            _ => self.counted,
        }
    }
}
