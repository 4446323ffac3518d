//! Conditions as SQL that is never null.

use chrono::NaiveTime;
use onefold_fact::{Filter, Test, Timestamp, Value};
use rust_decimal::Decimal;

use super::{Column, Dialect, Holds, Tables};
use crate::condition::Condition;
use crate::field::{FieldPath, FieldTest};
use crate::live::rfm;

/// A problem and the path of places to the condition.
pub(super) type Compiled = Result<String, (Vec<usize>, String)>;

pub(super) type Part<T> = Result<T, String>;

pub(super) struct Compiler<'a> {
    pub(super) tables: &'a Tables,
    pub(super) dialect: Dialect,
    pub(super) clock: i64,
}

impl Compiler<'_> {
    pub(super) fn condition(&self, condition: &Condition) -> Compiled {
        let parts = || -> Result<Vec<String>, (Vec<usize>, String)> {
            let compiled = condition.parts().into_iter().enumerate().map(|(nth, part)| {
                self.condition(part).map_err(|(mut at, message)| {
                    at.insert(0, nth);
                    (at, message)
                })
            });
            compiled.collect()
        };
        match condition {
            Condition::All(_) => Ok(joined(&parts()?, " AND ", "TRUE")),
            Condition::Any(_) => Ok(joined(&parts()?, " OR ", "FALSE")),
            Condition::Not(_) => Ok(format!("(NOT {})", parts()?.concat())),
            Condition::Score { parts: weighted, at_least } => {
                let parts = parts()?.into_iter().zip(weighted);
                let weights = parts.map(|(part, it)| format!("CASE WHEN {part} THEN {} ELSE 0 END", it.weight));
                Ok(format!("({} >= {at_least})", weights.collect::<Vec<_>>().join(" + ")))
            }
            Condition::Rfm { of, score, is } => {
                self.condition(&rfm(of, *score, is)).map_err(|(_, message)| (Vec::new(), message))
            }
            leaf => {
                self.leaf(leaf).map(|sql| format!("COALESCE({sql}, FALSE)")).map_err(|message| (Vec::new(), message))
            }
        }
    }

    /// A condition without parts; it may be null, which counts as false.
    fn leaf(&self, leaf: &Condition) -> Part<String> {
        match leaf {
            Condition::Field { path, is } => self.field(path, is),
            Condition::Events { of, is } => self.events(of, is),
            Condition::Sequence(sequence) => self.sequence(sequence),
            Condition::Lifecycle { of, stage } => self.lifecycle(of, *stage),
            Condition::HasBeen { .. } => Err(self.cannot("`has been`")),
            Condition::Members { .. } => Err(self.cannot("a condition on members")),
            Condition::Consent { .. } => Err(self.cannot("`consent to`")),
            Condition::Random(_) => Err(self.cannot("`random`")),
            _ => Err(self.cannot("this condition")),
        }
    }

    pub(super) fn cannot(&self, what: &str) -> String {
        format!("{what} cannot be said exactly in {}", self.dialect)
    }

    fn field(&self, path: &FieldPath, is: &FieldTest) -> Part<String> {
        let column = self.tables.fields.get(&path.attribute).filter(|_| path.within.is_none());
        let column = column.ok_or_else(|| format!("field `{path}` has no column"))?;
        let name = format!("s.{}", quoted(&column.name));
        let in_range = |from: Option<i64>, until: Option<i64>| {
            let bounds = [from.map(|from| format!("{name} >= {from}")), until.map(|until| format!("{name} < {until}"))];
            let bounds: Vec<String> = bounds.into_iter().flatten().collect();
            if column.holds == Holds::Time { bounds.join(" AND ") } else { "FALSE".to_owned() }
        };
        let micros = |span: &onefold_profile::Span| i64::from(span.seconds()) * 1_000_000;
        match is {
            FieldTest::Present => Ok(format!("{name} IS NOT NULL")),
            FieldTest::Empty if column.holds == Holds::Text => Ok(format!("{name} = ''")),
            FieldTest::Empty => Ok("FALSE".to_owned()),
            FieldTest::Is(test) | FieldTest::Every(test) => self.test(&name, column.holds, test),
            FieldTest::Size(test) => {
                self.test(&format!("(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)"), Holds::Integer, test)
            }
            FieldTest::Last(span) => {
                let from = self.clock.saturating_sub(micros(span)).saturating_add(1);
                Ok(in_range(Some(from), Some(self.clock.saturating_add(1))))
            }
            FieldTest::Next(span) => Ok(in_range(Some(self.clock), Some(self.clock.saturating_add(micros(span))))),
            FieldTest::Before(span) => {
                Ok(in_range(None, Some(self.clock.saturating_sub(micros(span)).saturating_add(1))))
            }
            FieldTest::Matches(_) => Err(self.cannot("`matches`")),
            FieldTest::Has(_) => Err(self.cannot("`has`")),
        }
    }

    /// A test of an expression of a type.
    pub(super) fn test(&self, name: &str, holds: Holds, test: &Test) -> Part<String> {
        if holds == Holds::Decimal && self.dialect == Dialect::Sqlite {
            return Err(self.cannot("a comparison of decimals"));
        }
        let compared = |sign: &str, value: &Value| {
            literal(value, holds).map_or("FALSE".to_owned(), |literal| format!("{name} {sign} {literal}"))
        };
        let text = |sql: String| if holds == Holds::Text { sql } else { "FALSE".to_owned() };
        Ok(match test {
            Test::Present => format!("{name} IS NOT NULL"),
            Test::Equal(value) => compared("=", value),
            Test::Less(value) => compared("<", value),
            Test::AtMost(value) => compared("<=", value),
            Test::Greater(value) => compared(">", value),
            Test::AtLeast(value) => compared(">=", value),
            Test::OneOf(values) => {
                let literals: Vec<String> = values.iter().filter_map(|value| literal(value, holds)).collect();
                if literals.is_empty() { "FALSE".to_owned() } else { format!("{name} IN ({})", literals.join(", ")) }
            }
            Test::Contains(part) | Test::StartsWith(part) | Test::EndsWith(part) if part.contains('\0') => {
                return Err(self.cannot("text with a null character"));
            }
            Test::Contains(part) if part.is_empty() => text(format!("{name} IS NOT NULL")),
            Test::Contains(part) => text(format!("INSTR({name}, {}) > 0", text_literal(part))),
            Test::StartsWith(part) => {
                text(format!("SUBSTR({name}, 1, {}) = {}", part.chars().count(), text_literal(part)))
            }
            Test::EndsWith(part) if part.is_empty() => text(format!("{name} IS NOT NULL")),
            Test::EndsWith(part) => {
                let length = part.chars().count();
                let end = format!("SUBSTR({name}, LENGTH({name}) - {}, {length})", length - 1);
                text(format!("(LENGTH({name}) >= {length} AND {end} = {})", text_literal(part)))
            }
            _ => return Err(self.cannot("this test")),
        })
    }

    /// A filter of the properties of an event by its alias; never null.
    pub(super) fn filter(&self, filter: &Filter, alias: &str) -> Part<String> {
        let each = |parts: &[Filter]| parts.iter().map(|part| self.filter(part, alias)).collect::<Part<Vec<_>>>();
        match filter {
            Filter::All(parts) => Ok(joined(&each(parts)?, " AND ", "TRUE")),
            Filter::Any(parts) => Ok(joined(&each(parts)?, " OR ", "FALSE")),
            Filter::Not(part) => Ok(format!("(NOT {})", self.filter(part, alias)?)),
            Filter::Property { path, is } => {
                let Column { name, holds } = self.property(&path.to_string())?;
                let test = self.test(&format!("{alias}.{}", quoted(name)), *holds, is)?;
                Ok(format!("COALESCE({test}, FALSE)"))
            }
            _ => Err(self.cannot("`has`")),
        }
    }

    pub(super) fn property(&self, path: &str) -> Part<&Column> {
        self.tables.properties.get(path).ok_or_else(|| format!("property `{path}` has no column"))
    }
}

fn joined(parts: &[String], with: &str, of_none: &str) -> String {
    if parts.is_empty() { of_none.to_owned() } else { format!("({})", parts.join(with)) }
}

/// A name in double quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value as a literal that compares with a column; `None` if it equals and orders with nothing in it.
fn literal(value: &Value, holds: Holds) -> Option<String> {
    let time = |at: Timestamp| Some(at.timestamp_micros().to_string());
    match (holds, value) {
        (Holds::Text, Value::Text(text)) if !text.contains('\0') => Some(text_literal(text)),
        (Holds::Boolean, Value::Boolean(value)) => Some(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        (Holds::Integer | Holds::Decimal, Value::Integer(number)) => Some(number.to_string()),
        (Holds::Integer | Holds::Decimal, Value::Decimal(number)) => Some(number_literal(number)),
        (Holds::Time, Value::Timestamp(at)) => time(*at),
        (Holds::Time, Value::Date(day)) => time(day.and_time(NaiveTime::MIN).and_utc()),
        (Holds::Time, Value::Text(text)) => match text.parse::<chrono::NaiveDate>() {
            Ok(day) => time(day.and_time(NaiveTime::MIN).and_utc()),
            Err(_) => time(chrono::DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
        },
        _ => None,
    }
}

pub(super) fn number_literal(number: &Decimal) -> String {
    number.normalize().to_string()
}
