//! Recurrences as text, in standard order.

use std::fmt::{self, Display};

use chrono::NaiveDateTime;

use super::Recurrence;
use super::rule::{Day, Ends, FREQUENCIES, RecurrenceRule, WEEKDAYS};

const DATE: &str = "%Y%m%d";
const TIME: &str = "%Y%m%dT%H%M%S";

impl Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.is_date { DATE } else { TIME };
        let parameter = || match (self.is_date, self.zone) {
            (true, _) => ";VALUE=DATE".to_owned(),
            (false, Some(zone)) if zone != chrono_tz::UTC => format!(";TZID={zone}"),
            _ => String::new(),
        };
        let mark = if self.zone == Some(chrono_tz::UTC) && !self.is_date { "Z" } else { "" };
        write!(f, "DTSTART{}:{}{mark}", parameter(), self.start.format(form))?;
        if let Some(rule) = &self.rule {
            write!(f, "\nRRULE:{rule}")?;
        }
        for (name, times) in [("RDATE", &self.more), ("EXDATE", &self.without)] {
            if !times.is_empty() {
                write!(f, "\n{name}{}:", parameter())?;
                let one = |f: &mut fmt::Formatter<'_>, time: &NaiveDateTime| write!(f, "{}{mark}", time.format(form));
                list(f, times, one)?;
            }
        }
        Ok(())
    }
}

impl Display for RecurrenceRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frequency = FREQUENCIES.iter().find(|(_, it)| *it == self.frequency).map_or("", |(name, _)| name);
        write!(f, "FREQ={frequency}")?;
        match self.ends {
            Ends::Never => {}
            Ends::Count(count) => write!(f, ";COUNT={count}")?,
            Ends::Day(day) => write!(f, ";UNTIL={}", day.format(DATE))?,
            Ends::Local(time) => write!(f, ";UNTIL={}", time.format(TIME))?,
            Ends::Utc(at) => write!(f, ";UNTIL={}Z", at.format(TIME))?,
        }
        if self.interval.get() != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        let number = |f: &mut fmt::Formatter<'_>, number: &i32| write!(f, "{number}");
        let unsigned = |f: &mut fmt::Formatter<'_>, number: &u32| write!(f, "{number}");
        let mut part = |name: &str, is_empty: bool, write: &dyn Fn(&mut fmt::Formatter<'_>) -> fmt::Result| {
            if is_empty {
                return Ok(());
            }
            write!(f, ";{name}=")?;
            write(f)
        };
        part("BYSECOND", self.by_second.is_empty(), &|f| list(f, &self.by_second, unsigned))?;
        part("BYMINUTE", self.by_minute.is_empty(), &|f| list(f, &self.by_minute, unsigned))?;
        part("BYHOUR", self.by_hour.is_empty(), &|f| list(f, &self.by_hour, unsigned))?;
        part("BYDAY", self.by_day.is_empty(), &|f| list(f, &self.by_day, |f, day| day.fmt(f)))?;
        part("BYMONTHDAY", self.by_month_day.is_empty(), &|f| list(f, &self.by_month_day, number))?;
        part("BYYEARDAY", self.by_year_day.is_empty(), &|f| list(f, &self.by_year_day, number))?;
        part("BYWEEKNO", self.by_week.is_empty(), &|f| list(f, &self.by_week, number))?;
        part("BYMONTH", self.by_month.is_empty(), &|f| list(f, &self.by_month, unsigned))?;
        part("BYSETPOS", self.by_position.is_empty(), &|f| list(f, &self.by_position, number))?;
        if self.week_start != chrono::Weekday::Mon {
            write!(f, ";WKST={}", Day { nth: None, weekday: self.week_start })?;
        }
        Ok(())
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(WEEKDAYS.iter().find(|(_, it)| *it == self.weekday).map_or("", |(name, _)| name))
    }
}

fn list<'a, T: 'a>(
    f: &mut fmt::Formatter<'_>,
    items: impl IntoIterator<Item = &'a T>,
    one: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (number, item) in items.into_iter().enumerate() {
        if number > 0 {
            f.write_str(",")?;
        }
        one(f, item)?;
    }
    Ok(())
}
