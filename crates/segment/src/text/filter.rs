//! Choices of events, and filters of their properties.

use std::collections::BTreeSet;

use onefold_fact::Filter;
use onefold_profile::EventSelector;

use super::parser::{Parser, Read};

impl Parser {
    /// Events by name and filter: `"Order Completed" where (status = "paid")`.
    pub(super) fn selector(&mut self) -> Read<EventSelector> {
        let names = if self.take("anything") {
            BTreeSet::new()
        } else if self.take("any of") {
            self.list(false, |parser| parser.text("the name of an event"))?.into_iter().collect()
        } else {
            [self.text("the name of an event")?].into()
        };
        let filter = if self.take("where") { self.filter_part()? } else { Filter::default() };
        Ok(EventSelector { names, filter })
    }

    pub(super) fn filter(&mut self) -> Read<Filter> {
        let mut any = vec![self.filter_all()?];
        while self.take("or") {
            any.push(self.filter_all()?);
        }
        Ok(match any.len() {
            1 => any.remove(0),
            _ => Filter::Any(any),
        })
    }

    fn filter_all(&mut self) -> Read<Filter> {
        let mut all = vec![self.filter_part()?];
        while self.take("and") {
            all.push(self.filter_part()?);
        }
        Ok(match all.len() {
            1 => all.remove(0),
            _ => Filter::All(all),
        })
    }

    fn filter_part(&mut self) -> Read<Filter> {
        self.deeper(|parser| {
            if parser.take("not") {
                return Ok(Filter::Not(Box::new(parser.filter_part()?)));
            }
            if parser.take("all of") {
                return Ok(Filter::All(parser.list(true, Parser::filter)?));
            }
            if parser.take("any of") {
                return Ok(Filter::Any(parser.list(true, Parser::filter)?));
            }
            if parser.take_sign("(") {
                let filter = parser.filter()?;
                parser.expect_sign(")")?;
                return Ok(filter);
            }
            let path = parser.property()?;
            if parser.take("has") {
                parser.expect_sign("(")?;
                let holds = Box::new(parser.filter()?);
                parser.expect_sign(")")?;
                return Ok(Filter::Element { path, holds });
            }
            let (is, negated) = parser.test()?;
            let filter = Filter::Property { path, is };
            Ok(if negated { Filter::Not(Box::new(filter)) } else { filter })
        })
    }
}
