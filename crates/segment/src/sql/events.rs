//! Conditions on events as subqueries.

use onefold_fact::{Test, Value};
use onefold_profile::{
    Aggregate, ComputedAttribute, End, EventSelector, Lifecycle, Measure, Span, Stage, Unit, Window,
};

use super::compile::{Compiler, Part, number_literal, quoted, text_literal};
use super::{Column, Dialect, Holds};
use crate::sequence::Sequence;

fn micros(span: Span) -> i64 {
    i64::from(span.seconds()) * 1_000_000
}

impl Compiler<'_> {
    /// From which rows: the events of the subject that are selected, under an alias.
    fn selected(&self, events: &EventSelector, alias: &str) -> Part<Vec<String>> {
        let mut conditions = vec![format!("{alias}.{} = s.{}", quoted(&self.tables.subject), quoted(&self.tables.id))];
        if !events.names.is_empty() {
            let names: Vec<String> = events.names.iter().map(|name| text_literal(name)).collect();
            conditions.push(format!("{alias}.{} IN ({})", quoted(&self.tables.name), names.join(", ")));
        }
        if !events.filter.is_always() {
            conditions.push(self.filter(&events.filter, alias)?);
        }
        Ok(conditions)
    }

    fn at(&self, alias: &str) -> String {
        format!("{alias}.{}", quoted(&self.tables.at))
    }

    /// That an event lies in a window.
    fn within(&self, window: &Window, alias: &str) -> Part<Vec<String>> {
        if matches!(window, Window::Session { .. }) {
            return Err(self.cannot("a session"));
        }
        let times = window.reach(self.clock).times;
        let at = self.at(alias);
        let from = (times.start > i64::MIN).then(|| format!("{at} >= {}", times.start));
        Ok(from.into_iter().chain([format!("{at} < {}", times.end)]).collect())
    }

    pub(super) fn events(
        &self,
        ComputedAttribute { events, aggregate, window }: &ComputedAttribute,
        is: &Test,
    ) -> Part<String> {
        let mut conditions = self.selected(events, "e")?;
        conditions.extend(self.within(window, "e")?);
        let table = quoted(&self.tables.events);
        let query = |what: &str, conditions: &[String], after: &str| {
            format!("(SELECT {what} FROM {table} AS e WHERE {}{after})", conditions.join(" AND "))
        };
        let column = |path: &dyn ToString| -> Part<(String, Holds)> {
            let Column { name, holds } = self.property(&path.to_string())?;
            Ok((format!("e.{}", quoted(name)), *holds))
        };
        let of_numbers = |measure: &Measure| -> Part<(String, Holds)> {
            if measure.unit != Unit::Number {
                return Err(self.cannot("money"));
            }
            match column(&measure.path)? {
                (_, Holds::Decimal) if self.dialect == Dialect::Sqlite => Err(self.cannot("a sum of decimals")),
                (name, holds @ (Holds::Integer | Holds::Decimal)) => Ok((name, holds)),
                _ => Err(format!("property `{}` has a column without numbers", measure.path)),
            }
        };
        match aggregate {
            Aggregate::Count => self.test(&query("COUNT(*)", &conditions, ""), Holds::Integer, is),
            Aggregate::Sum(measure) => {
                let (name, holds) = of_numbers(measure)?;
                self.test(&query(&format!("COALESCE(SUM({name}), 0)"), &conditions, ""), holds, is)
            }
            Aggregate::Average(measure) => {
                // Averages are not exact: the sum is compared with so many times the bound.
                let (name, _) = of_numbers(measure)?;
                let (sign, bound) = match is {
                    Test::Equal(bound) => ("=", bound),
                    Test::Less(bound) => ("<", bound),
                    Test::AtMost(bound) => ("<=", bound),
                    Test::Greater(bound) => (">", bound),
                    Test::AtLeast(bound) => (">=", bound),
                    Test::Present => return Ok(query(&format!("COUNT({name}) > 0"), &conditions, "")),
                    _ => return Err(self.cannot("this test of an average")),
                };
                let bound = match bound {
                    Value::Integer(bound) => bound.to_string(),
                    Value::Decimal(_) if self.dialect == Dialect::Sqlite => {
                        return Err(self.cannot("a comparison of decimals"));
                    }
                    Value::Decimal(bound) => number_literal(bound),
                    _ => return Ok("FALSE".to_owned()),
                };
                let compared = format!("COUNT({name}) > 0 AND SUM({name}) {sign} {bound} * COUNT({name})");
                Ok(query(&compared, &conditions, ""))
            }
            Aggregate::Smallest(measure) => {
                let (name, holds) = of_numbers(measure)?;
                self.test(&query(&format!("MIN({name})"), &conditions, ""), holds, is)
            }
            Aggregate::Largest(measure) => {
                let (name, holds) = of_numbers(measure)?;
                self.test(&query(&format!("MAX({name})"), &conditions, ""), holds, is)
            }
            Aggregate::First(path) | Aggregate::Last(path) => {
                let (name, holds) = column(path)?;
                let order = if matches!(aggregate, Aggregate::First(_)) { "" } else { " DESC" };
                let place = format!("e.{}", quoted(&self.tables.place));
                let after = format!(" AND {name} IS NOT NULL ORDER BY {}{order}, {place}{order} LIMIT 1", self.at("e"));
                self.test(&query(&name, &conditions, &after), holds, is)
            }
            Aggregate::MostFrequent(path) => {
                let (name, holds) = column(path)?;
                let after = format!(" AND {name} IS NOT NULL GROUP BY {name} ORDER BY COUNT(*) DESC, {name} LIMIT 1");
                self.test(&query(&name, &conditions, &after), holds, is)
            }
            Aggregate::DistinctCount(path) => {
                let (name, _) = column(path)?;
                self.test(&query(&format!("COUNT(DISTINCT {name})"), &conditions, ""), Holds::Integer, is)
            }
            Aggregate::DaysSince { event, zone: None } => {
                let end = if *event == End::First { "MIN" } else { "MAX" };
                let divided = if self.dialect == Dialect::DuckDb { "//" } else { "/" };
                let days = format!("({} - {end}({})) {divided} 86400000000", self.clock, self.at("e"));
                self.test(&query(&days, &conditions, ""), Holds::Integer, is)
            }
            Aggregate::DaysSince { .. } => Err(self.cannot("`days since` in a zone")),
            _ => Err(self.cannot("`distinct list`")),
        }
    }

    /// A row for each step, and none for what must not happen.
    pub(super) fn sequence(&self, of: &Sequence) -> Part<String> {
        let columns = of.agreeing.iter().map(|path| self.property(&path.to_string()).map(|it| quoted(&it.name)));
        let columns = columns.collect::<Part<Vec<String>>>()?;
        let table = quoted(&self.tables.events);
        let agree = |alias: &str| -> Vec<String> {
            columns.iter().map(|column| format!("{alias}.{column} = e0.{column}")).collect()
        };
        let none = |events: &EventSelector, between: &str| -> Part<String> {
            let mut conditions = self.selected(events, "x")?;
            conditions.extend(agree("x"));
            Ok(format!("NOT EXISTS (SELECT 1 FROM {table} AS x WHERE {} AND {between})", conditions.join(" AND ")))
        };
        let mut conditions = Vec::new();
        let mut tables = Vec::new();
        for (nth, step) in of.steps.iter().enumerate() {
            let alias = format!("e{nth}");
            tables.push(format!("{table} AS {alias}"));
            conditions.extend(self.selected(&step.event, &alias)?);
            conditions.extend(self.within(&of.window, &alias)?);
            conditions.extend(agree(&alias));
            let Some(before) = nth.checked_sub(1) else { continue };
            let (last, this) = (self.at(&format!("e{before}")), self.at(&alias));
            conditions.push(format!("{this} > {last}"));
            conditions.extend(step.after.map(|after| format!("{this} - {last} >= {}", micros(after))));
            conditions.extend(step.within.map(|within| format!("{this} - {last} <= {}", micros(within))));
            if let Some(without) = &step.without {
                let x = self.at("x");
                conditions.push(none(without, &format!("{x} > {last} AND {x} < {this}"))?);
            }
        }
        let end = self.at(&format!("e{}", of.steps.len().saturating_sub(1)));
        conditions.extend(of.within.map(|within| format!("{end} - {} <= {}", self.at("e0"), micros(within))));
        if let Some(silence) = &of.since {
            let (x, clock) = (self.at("x"), self.clock);
            conditions.push(format!("{end} <= {}", clock.saturating_sub(micros(silence.span))));
            conditions.push(none(&silence.event, &format!("{x} > {end} AND {x} <= {clock}"))?);
        }
        Ok(format!("EXISTS (SELECT 1 FROM {} WHERE {})", tables.join(", "), conditions.join(" AND ")))
    }

    pub(super) fn lifecycle(&self, of: &Lifecycle, stage: Stage) -> Part<String> {
        let Lifecycle { activity, new_for, active_for, lost_after, returned_for: _ } = of;
        let mut conditions = self.selected(activity, "e")?;
        let at = self.at("e");
        conditions.push(format!("{at} <= {}", self.clock));
        let ago = |span: &Span| self.clock.saturating_sub(micros(*span));
        let holds = match stage {
            Stage::Lost => format!("MAX({at}) <= {}", ago(lost_after)),
            Stage::Lapsing => format!("MAX({at}) <= {} AND MAX({at}) > {}", ago(active_for), ago(lost_after)),
            Stage::New => format!("MAX({at}) > {} AND MIN({at}) > {}", ago(active_for), ago(new_for)),
            Stage::Active | Stage::Returned => return Err(self.cannot(&format!("the stage `{stage}`"))),
        };
        let table = quoted(&self.tables.events);
        Ok(format!("(SELECT {holds} FROM {table} AS e WHERE {})", conditions.join(" AND ")))
    }
}
