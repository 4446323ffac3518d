//! Conditions: logic, fields, and everything that is asked by a word of its own.

use onefold_fact::Value;
use onefold_profile::ConsentState;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::lexer::Kind;
use super::parser::{Parser, Read};
use super::{KEYWORDS, Spot};
use crate::condition::{Bucket, Condition, Quantifier, Weighted};
use crate::field::{FieldPath, FieldTest};

type Placed = (Condition, Spot);

impl Parser {
    /// Conditions with `or` between them.
    pub(super) fn any(&mut self) -> Read<Placed> {
        self.joined("or", Parser::all, Condition::Any)
    }

    fn all(&mut self) -> Read<Placed> {
        self.joined("and", Parser::part, Condition::All)
    }

    fn joined(
        &mut self,
        word: &str,
        mut read: impl FnMut(&mut Self) -> Read<Placed>,
        join: impl FnOnce(Vec<Condition>) -> Condition,
    ) -> Read<Placed> {
        let start = self.start();
        let first = read(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.take(word) {
            all.push(read(self)?);
        }
        let (conditions, parts) = all.into_iter().unzip();
        Ok((join(conditions), Spot { span: self.since(start), parts }))
    }

    /// A condition without `and` or `or` around it.
    fn part(&mut self) -> Read<Placed> {
        self.deeper(|parser| {
            let start = parser.start();
            if parser.take_sign("(") {
                let inner = parser.any()?;
                parser.expect_sign(")")?;
                return Ok(inner);
            }
            let (condition, parts) = parser.keyword(start)?;
            Ok((condition, Spot { span: parser.since(start), parts }))
        })
    }

    fn keyword(&mut self, start: usize) -> Read<(Condition, Vec<Spot>)> {
        let alone = |condition: Condition| Ok((condition, Vec::new()));
        if self.take("not") {
            let (inner, spot) = self.part()?;
            return Ok((inner.negated(), vec![spot]));
        }
        if self.take("always") {
            return alone(Condition::All(Vec::new()));
        }
        if self.take("never") {
            return alone(Condition::Any(Vec::new()));
        }
        if self.take("has been") {
            let (condition, spot) = self.in_parentheses()?;
            self.expect("for")?;
            let span = self.length()?;
            return Ok((Condition::HasBeen { condition: Box::new(condition), span }, vec![spot]));
        }
        if let Some(members) = self.members()? {
            return Ok(members);
        }
        if self.is_word("all") || self.is_word("any") {
            let is_all = self.is_word("all");
            self.advance();
            self.expect("of")?;
            let (conditions, parts) = self.list(true, Parser::any)?.into_iter().unzip();
            return Ok((if is_all { Condition::All(conditions) } else { Condition::Any(conditions) }, parts));
        }
        if self.take("did") {
            let did = self.did();
            return self.negated_spot(start, did);
        }
        if let Some(aggregate) = self.aggregate()? {
            return self.negated_spot(start, Ok(aggregate));
        }
        if self.take("sequence") {
            return self.sequence().and_then(alone);
        }
        if self.take("lifecycle") {
            return self.lifecycle().and_then(alone);
        }
        if self.take("rfm") {
            let rfm = self.rfm();
            return self.negated_spot(start, rfm);
        }
        if self.take("in segment") {
            return self.text("the name of a segment").map(Condition::Segment).and_then(alone);
        }
        if self.take("consent to") {
            return self.consent().and_then(alone);
        }
        if self.take("random") {
            return self.random().and_then(alone);
        }
        if self.take("score of") {
            return self.score();
        }
        self.field(start)
    }

    /// The places of a condition that may stand within a negation of its own making.
    fn negated_spot(&self, start: usize, condition: Read<Condition>) -> Read<(Condition, Vec<Spot>)> {
        let condition = condition?;
        let inner = Spot { span: self.since(start), parts: Vec::new() };
        let parts = if matches!(condition, Condition::Not(_)) { vec![inner] } else { Vec::new() };
        Ok((condition, parts))
    }

    fn in_parentheses(&mut self) -> Read<Placed> {
        self.expect_sign("(")?;
        let inner = self.any()?;
        self.expect_sign(")")?;
        Ok(inner)
    }

    /// `any member of "account" (…)`, if that comes.
    fn members(&mut self) -> Read<Option<(Condition, Vec<Spot>)>> {
        let quantifier = if self.take("any member of") {
            Quantifier::AtLeast(std::num::NonZeroU32::MIN)
        } else if self.take("all members of") {
            Quantifier::All
        } else if self.take("no member of") {
            Quantifier::None
        } else if self.take("at least") {
            let least = self.literal("a number of members")?;
            self.expect("members of")?;
            Quantifier::AtLeast(least)
        } else {
            return Ok(None);
        };
        let relation = self.text("the name of a relation")?;
        let (condition, spot) = self.in_parentheses()?;
        Ok(Some((Condition::Members { quantifier, relation, condition: Box::new(condition) }, vec![spot])))
    }

    fn consent(&mut self) -> Read<Condition> {
        let purpose = self.text("a purpose")?;
        let channel = if self.take("by") { Some(self.text("a channel")?) } else { None };
        self.expect("is")?;
        let state = match self.peek() {
            Kind::Word(word) => CONSENTS.into_iter().find(|state| state.to_string() == *word),
            _ => None,
        };
        let Some(state) = state else {
            return Err(self.unexpected("`granted`, `denied`, `withdrawn` or `unknown`"));
        };
        self.advance();
        Ok(Condition::Consent { purpose, channel, state })
    }

    /// After `random`: `0% to 10% by "salt"`, or `10% by "salt"`.
    fn random(&mut self) -> Read<Condition> {
        let first = self.percent()?;
        let (from, until) = if self.take("to") { (first, self.percent()?) } else { (0, first) };
        self.expect("by")?;
        let salt = self.text("what the drawing is called")?;
        Ok(Condition::Random(Bucket { salt, from, until }))
    }

    fn percent(&mut self) -> Read<u16> {
        let span = self.span();
        let number: Decimal = self.literal("a percentage like `10%`")?;
        self.expect_sign("%")?;
        let hundredths = number.checked_mul(Decimal::ONE_HUNDRED).filter(Decimal::is_integer);
        match hundredths.and_then(|number| number.to_u16()).filter(|number| *number <= 10_000) {
            Some(hundredths) => Ok(hundredths),
            None => {
                Err(self.error(format!("`{number}%` is not a percentage"), span).help("0% to 100%, in steps of 0.01%"))
            }
        }
    }

    fn score(&mut self) -> Read<(Condition, Vec<Spot>)> {
        let parts = self.list(true, |parser| {
            let weight = parser.literal("a weight")?;
            parser.expect("if")?;
            let (condition, spot) = parser.any()?;
            Ok((Weighted { weight, condition }, spot))
        })?;
        self.expect("at least")?;
        let at_least = self.literal("a number")?;
        let (parts, spots) = parts.into_iter().unzip();
        Ok((Condition::Score { parts, at_least }, spots))
    }

    fn field(&mut self, start: usize) -> Read<(Condition, Vec<Spot>)> {
        let path = self.path_text("a condition", &KEYWORDS)?;
        let path = path.parse::<FieldPath>().map_err(|error| self.error(error.to_string(), self.span()))?;
        self.advance();
        let (is, negated) = self.field_test()?;
        let field = Condition::Field { path, is };
        self.negated_spot(start, Ok(if negated { field.negated() } else { field }))
    }

    fn field_test(&mut self) -> Read<(FieldTest, bool)> {
        if self.take("is present") {
            return Ok((FieldTest::Present, false));
        }
        if self.take("is missing") {
            return Ok((FieldTest::Present, true));
        }
        if self.take("is empty") {
            return Ok((FieldTest::Empty, false));
        }
        if self.take("is within the last") {
            return Ok((FieldTest::Last(self.length()?), false));
        }
        if self.take("is within the next") {
            return Ok((FieldTest::Next(self.length()?), false));
        }
        if self.take("was before the last") {
            return Ok((FieldTest::Before(self.length()?), false));
        }
        if self.take("every value") {
            let span = self.span();
            return match self.test()? {
                (test, false) => Ok((FieldTest::Every(test), false)),
                _ => Err(self.error("it is not clear what is negated", span).help("write `not` before the field")),
            };
        }
        if self.take("size") {
            let (test, negated) = self.test()?;
            return Ok((FieldTest::Size(test), negated));
        }
        if self.take("value") {
            let (test, negated) = self.test()?;
            return Ok((FieldTest::Is(test), negated));
        }
        if self.take("matches") {
            let span = self.span();
            let pattern = self.text("a pattern")?;
            let pattern =
                pattern.parse().map_err(|error: crate::InvalidPattern| self.error(error.to_string(), span))?;
            return Ok((FieldTest::Matches(pattern), false));
        }
        if self.take("has") {
            self.expect_sign("(")?;
            let filter = self.filter()?;
            self.expect_sign(")")?;
            return Ok((FieldTest::Has(filter), false));
        }
        let (test, negated) = self.test()?;
        Ok((FieldTest::Is(test), negated))
    }
}

pub(super) const CONSENTS: [ConsentState; 4] =
    [ConsentState::Granted, ConsentState::Denied, ConsentState::Withdrawn, ConsentState::Unknown];

/// Whether a path can stand without backquotes.
pub(super) fn is_plain(path: &str, keywords: &[&str]) -> bool {
    let is_name = |name: &str| {
        let mut letters = name.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    path.split('.').all(is_name) && !keywords.contains(&path)
}

/// The number of times that `did` can say.
pub(super) fn plain_times(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(times) => Some(*times),
        _ => None,
    }
}
