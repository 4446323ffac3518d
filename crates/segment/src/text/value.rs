//! Values and the tests of one value.

use chrono::NaiveDate;
use onefold_fact::{Test, Timestamp, Value};
use rust_decimal::Decimal;

use super::lexer::Kind;
use super::parser::{Parser, Read};

impl Parser {
    pub(super) fn value(&mut self) -> Read<Value> {
        let value = match self.peek() {
            Kind::Text(text) => Value::from(text.as_str()),
            Kind::Word(word) if word == "true" => Value::Boolean(true),
            Kind::Word(word) if word == "false" => Value::Boolean(false),
            Kind::Literal(literal) => match of_literal(literal) {
                Some(value) => value,
                None => {
                    let error = self.error(format!("`{literal}` is not a value"), self.span());
                    return Err(
                        error.help("numbers are like `12.5`, days like `2026-03-01`, text stands in double quotes")
                    );
                }
            },
            _ => return Err(self.unexpected("a value")),
        };
        self.advance();
        Ok(value)
    }

    /// A test of one value, and whether it is negated.
    pub(super) fn test(&mut self) -> Read<(Test, bool)> {
        let of = |test: Test| Ok((test, false));
        if self.take_sign("=") {
            return of(Test::Equal(self.value()?));
        }
        if self.take_sign("!=") {
            return Ok((Test::Equal(self.value()?), true));
        }
        if self.take_sign("<=") {
            return of(Test::AtMost(self.value()?));
        }
        if self.take_sign("<") {
            return of(Test::Less(self.value()?));
        }
        if self.take_sign(">=") {
            return of(Test::AtLeast(self.value()?));
        }
        if self.take_sign(">") {
            return of(Test::Greater(self.value()?));
        }
        if self.take("in") {
            return of(Test::OneOf(self.list(false, Parser::value)?));
        }
        if self.take("not in") {
            return Ok((Test::OneOf(self.list(false, Parser::value)?), true));
        }
        if self.take("is present") {
            return of(Test::Present);
        }
        if self.take("is missing") {
            return Ok((Test::Present, true));
        }
        if self.take("contains") {
            return of(Test::Contains(self.text("text")?));
        }
        if self.take("starts with") {
            return of(Test::StartsWith(self.text("text")?));
        }
        if self.take("ends with") {
            return of(Test::EndsWith(self.text("text")?));
        }
        let error = self.unexpected("a test");
        Err(error.help("like `= 5`, `>= 5`, `in (\"a\", \"b\")`, `is present`, `is missing`, `contains \"x\"`"))
    }
}

/// A literal of a whole number has no dot, one of a decimal has one: `5` and `5.` are kept apart.
fn of_literal(literal: &str) -> Option<Value> {
    let digits = literal.trim_start_matches(['-', '+']);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return match literal.strip_suffix('.') {
            Some(whole) => whole.parse::<Decimal>().ok().map(Value::Decimal),
            None if literal.contains('.') => Decimal::from_str_exact(literal).ok().map(Value::Decimal),
            None => literal.parse::<i64>().ok().map(Value::Integer),
        };
    }
    match literal.parse::<NaiveDate>() {
        Ok(day) => Some(Value::Date(day)),
        Err(_) => literal.parse::<Timestamp>().ok().map(Value::Timestamp),
    }
}
