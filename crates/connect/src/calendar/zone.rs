//! From the times of a calendar to instants: by the name of a zone, or by the rules that the calendar brings along.

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarFrequency, ICalendarProperty,
    ICalendarRecurrenceRule, ICalendarValue, ICalendarWeekday,
};
use chrono::{Datelike, Duration, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc, Weekday};
use onefold_fact::Timestamp;

/// The zones of a calendar.
pub(super) struct Zones<'a> {
    named: TzResolver<&'a str>,
    /// By name, those of which only the rules are known.
    ruled: Vec<(&'a str, Vec<Observance>)>,
}

/// A part of the year with one offset.
struct Observance {
    begins: NaiveDateTime,
    from: Duration,
    to: Duration,
    /// When it begins again: the month, the weekday, and which of them in the month, from its end if negative.
    yearly: Option<(u32, Weekday, i16)>,
}

impl<'a> Zones<'a> {
    pub(super) fn of(calendar: &'a ICalendar) -> Self {
        let ruled = calendar.timezones().filter(|zone| zone.timezone().is_none());
        let ruled = ruled.filter_map(|zone| {
            let name = zone.property(&ICalendarProperty::Tzid)?.values.first()?.as_text()?;
            let parts = zone.component_ids.iter().filter_map(|id| observance(calendar.component_by_id(*id)?));
            let parts: Vec<Observance> = parts.collect();
            (!parts.is_empty()).then_some((name, parts))
        });
        Self { ruled: ruled.collect(), named: calendar.build_tz_resolver() }
    }

    /// The instant of a time, and whether its zone is known. A time that a change of clocks skips is read by the offset
    /// before, one that comes twice is the first.
    pub(super) fn instant(&self, time: &PartialDateTime, zone: Option<&str>) -> (Option<Timestamp>, bool) {
        let day = |year: u16, month: u8, day: u8| NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
        let Some(day) = time.year.zip(time.month).zip(time.day).and_then(|((y, m), d)| day(y, m, d)) else {
            return (None, true);
        };
        let (hour, minute, second) = (time.hour.unwrap_or(0), time.minute.unwrap_or(0), time.second.unwrap_or(0));
        // A leap second is the one before it.
        let local = day.and_hms_opt(hour.into(), minute.into(), second.min(59).into());
        let Some(local) = local else { return (None, true) };
        if time.has_zone() {
            let offset = i64::from(time.tz_hour.unwrap_or(0)) * 60 + i64::from(time.tz_minute.unwrap_or(0));
            let offset = Duration::minutes(if time.tz_minus { -offset } else { offset });
            return (local.checked_sub_signed(offset).map(|at| at.and_utc()), true);
        }
        if let Some((_, parts)) = self.ruled.iter().find(|(name, _)| Some(*name) == zone) {
            return (local.checked_sub_signed(offset(parts, local)).map(|at| at.and_utc()), true);
        }
        // A day is the same wherever it is; a time is not.
        match zone.and_then(|zone| self.named.resolve(zone)).filter(|zone| !zone.is_floating()) {
            Some(zone) => (in_zone(zone, local), true),
            None => (Some(local.and_utc()), !time.has_time()),
        }
    }
}

fn in_zone(zone: Tz, local: NaiveDateTime) -> Option<Timestamp> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => {
            let before = zone.from_local_datetime(&local.checked_sub_signed(Duration::hours(3))?).earliest()?;
            let offset = Duration::seconds(before.offset().fix().local_minus_utc().into());
            local.checked_sub_signed(offset).map(|at| at.and_utc())
        }
    }
}

fn observance(component: &ICalendarComponent) -> Option<Observance> {
    let is_part =
        matches!(component.component_type, ICalendarComponentType::Standard | ICalendarComponentType::Daylight);
    let value = |property| component.property(&property).and_then(|entry| entry.values.first());
    let time = |property| match value(property) {
        Some(ICalendarValue::PartialDateTime(time)) => Some(time),
        _ => None,
    };
    let offset = |property| {
        let time = time(property)?;
        let minutes = i64::from(time.tz_hour?) * 60 + i64::from(time.tz_minute.unwrap_or(0));
        Some(Duration::minutes(if time.tz_minus { -minutes } else { minutes }))
    };
    let begins = time(ICalendarProperty::Dtstart)?.to_date_time()?.date_time;
    let yearly = match value(ICalendarProperty::Rrule) {
        Some(ICalendarValue::RecurrenceRule(rule)) => yearly(rule),
        _ => None,
    };
    let to = offset(ICalendarProperty::Tzoffsetto)?;
    let from = offset(ICalendarProperty::Tzoffsetfrom).unwrap_or(to);
    is_part.then_some(Observance { begins, from, to, yearly })
}

fn yearly(rule: &ICalendarRecurrenceRule) -> Option<(u32, Weekday, i16)> {
    let (month, day) = (rule.bymonth.first()?, rule.byday.first()?);
    let weekday = match day.weekday {
        ICalendarWeekday::Monday => Weekday::Mon,
        ICalendarWeekday::Tuesday => Weekday::Tue,
        ICalendarWeekday::Wednesday => Weekday::Wed,
        ICalendarWeekday::Thursday => Weekday::Thu,
        ICalendarWeekday::Friday => Weekday::Fri,
        ICalendarWeekday::Saturday => Weekday::Sat,
        ICalendarWeekday::Sunday => Weekday::Sun,
    };
    (rule.freq == ICalendarFrequency::Yearly).then(|| (month.month().into(), weekday, day.ordwk.unwrap_or(1)))
}

impl Observance {
    /// When it began last by a time of the wall clock.
    fn began(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let Some((month, weekday, nth)) = self.yearly else { return (self.begins <= local).then_some(self.begins) };
        let in_year = |year: i32| {
            let day = if nth > 0 {
                NaiveDate::from_weekday_of_month_opt(year, month, weekday, u8::try_from(nth).ok()?)?
            } else {
                let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                let last = NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt()?;
                let back = (7 + last.weekday().num_days_from_monday() - weekday.num_days_from_monday()) % 7;
                let weeks = i64::from(-nth - 1).max(0) * 7;
                last.checked_sub_signed(Duration::days(i64::from(back) + weeks))?
            };
            Some(day.and_time(self.begins.time())).filter(|at| *at >= self.begins && *at <= local)
        };
        in_year(local.year()).or_else(|| in_year(local.year() - 1))
    }
}

/// The offset of a zone that is known by its rules.
fn offset(parts: &[Observance], local: NaiveDateTime) -> Duration {
    let last = parts.iter().filter_map(|part| Some((part.began(local)?, part.to))).max_by_key(|(began, _)| *began);
    let first = || parts.iter().min_by_key(|part| part.begins).map(|part| part.from);
    last.map(|(_, to)| to).or_else(first).unwrap_or_default()
}
