//! What is made of events, windows of time, sequences, life cycles and RFM scores.

use chrono_tz::Tz;
use onefold_fact::standard::Currency;
use onefold_fact::{Test, Value};
use onefold_profile::{
    Aggregate, Calendar, ComputedAttribute, End, EventSelector, Extent, Lifecycle, Measure, Period, Rfm, RfmCuts,
    Session, Stage, Unit, Window,
};
use rust_decimal::Decimal;

use super::lexer::Kind;
use super::parser::{Parser, Read};
use crate::condition::{Condition, Dimension};
use crate::sequence::{Sequence, Silence, Step};

impl Parser {
    /// After `did`: `"Order Completed" at least 3 times in the last 30d`.
    pub(super) fn did(&mut self) -> Read<Condition> {
        let negated = self.take("not");
        let events = self.selector()?;
        let is = if self.take("at least") {
            Test::AtLeast(self.times()?)
        } else if self.take("at most") {
            Test::AtMost(self.times()?)
        } else if self.take("exactly") {
            Test::Equal(self.times()?)
        } else {
            Test::AtLeast(Value::Integer(1))
        };
        let window = self.window()?;
        let of = ComputedAttribute { events, aggregate: Aggregate::Count, window };
        let did = Condition::Events { of, is };
        Ok(if negated { did.negated() } else { did })
    }

    fn times(&mut self) -> Read<Value> {
        let times: i64 = self.literal("a number of times")?;
        if !self.take("times") {
            self.expect("time")?;
        }
        Ok(Value::Integer(times))
    }

    /// An aggregate of events with its test, if one comes.
    pub(super) fn aggregate(&mut self) -> Read<Option<Condition>> {
        let aggregate = if self.take("count of") {
            Aggregate::Count
        } else if self.take("sum of") {
            Aggregate::Sum(self.measure_of()?)
        } else if self.take("average of") {
            Aggregate::Average(self.measure_of()?)
        } else if self.take("smallest") {
            Aggregate::Smallest(self.measure_of()?)
        } else if self.take("largest") {
            Aggregate::Largest(self.measure_of()?)
        } else if self.take("first") {
            Aggregate::First(self.property_of()?)
        } else if self.take("last") {
            Aggregate::Last(self.property_of()?)
        } else if self.take("most frequent") {
            Aggregate::MostFrequent(self.property_of()?)
        } else if self.take("distinct count of") {
            Aggregate::DistinctCount(self.property_of()?)
        } else if self.take("distinct list of up to") {
            let limit = self.literal("a number up to 10000")?;
            Aggregate::DistinctList { path: self.property_of()?, limit }
        } else if self.take("days since") {
            let event = if self.take("first") {
                End::First
            } else {
                self.expect("last")?;
                End::Last
            };
            let zone = if self.take("in zone") { Some(self.zone()?) } else { None };
            Aggregate::DaysSince { event, zone }
        } else {
            return Ok(None);
        };
        let events = self.selector()?;
        let (is, negated) = self.test()?;
        let window = self.window()?;
        let condition = Condition::Events { of: ComputedAttribute { events, aggregate, window }, is };
        Ok(Some(if negated { condition.negated() } else { condition }))
    }

    fn property_of(&mut self) -> Read<onefold_fact::PropertyPath> {
        let path = self.property()?;
        self.expect("of")?;
        Ok(path)
    }

    fn measure_of(&mut self) -> Read<Measure> {
        let measure = self.measure()?;
        self.expect("of")?;
        Ok(measure)
    }

    /// `revenue in EUR with currency at currency`.
    fn measure(&mut self) -> Read<Measure> {
        let path = self.property()?;
        let unit = if self.take("in each currency") {
            Unit::EachCurrency
        } else if self.take("in") {
            let currency = match self.peek() {
                Kind::Word(code) => Currency::from_code(code),
                _ => None,
            };
            let Some(currency) = currency else {
                return Err(self.unexpected("the code of a currency like `EUR`, or `each currency`"));
            };
            self.advance();
            Unit::Money(currency)
        } else {
            Unit::Number
        };
        let currency = if self.take("with currency at") { Some(self.property()?) } else { None };
        Ok(Measure { path, unit, currency })
    }

    fn zone(&mut self) -> Read<Tz> {
        let span = self.span();
        let name = self.text("the name of a zone like \"Europe/Berlin\"")?;
        name.parse()
            .map_err(|_| self.error(format!("`{name}` is not the name of a zone"), span).help("like \"Europe/Berlin\""))
    }

    pub(super) fn window(&mut self) -> Read<Window> {
        if self.take("ever") {
            return Ok(Window::Lifetime);
        }
        if self.take("at any time") {
            return Ok(Window::Absolute { from: None, until: None });
        }
        if self.take("from") {
            let from = Some(self.instant()?);
            let until = if self.take("until") { Some(self.instant()?) } else { None };
            return Ok(Window::Absolute { from, until });
        }
        if self.take("until") {
            return Ok(Window::Absolute { from: None, until: Some(self.instant()?) });
        }
        if self.take("in the last") {
            return Ok(Window::Sliding(self.length()?));
        }
        if self.take("in the current session with gap") {
            return Ok(Window::Session { gap: self.length()?, which: Session::Current });
        }
        if self.take("in the latest session with gap") {
            return Ok(Window::Session { gap: self.length()?, which: Session::Latest });
        }
        if self.take("in the") {
            return self.calendar();
        }
        Ok(Window::Lifetime)
    }

    /// After `in the`: `3 months to date in zone "Europe/Berlin"`.
    fn calendar(&mut self) -> Read<Window> {
        let count = self.literal("a number of periods, `last`, `current session` or `latest session`")?;
        let before = if self.take("completed") {
            Some(Extent::Completed)
        } else if self.take("rolling") {
            Some(Extent::Rolling)
        } else {
            None
        };
        let period = match self.peek() {
            Kind::Word(word) => PERIODS.iter().find(|(_, one, many)| word == one || word == many),
            _ => None,
        };
        let Some((period, ..)) = period else {
            return Err(self.unexpected("`days`, `weeks`, `months`, `quarters` or `years`"));
        };
        self.advance();
        let extent = match before {
            Some(extent) => extent,
            None => {
                self.expect("to date")?;
                Extent::ToDate
            }
        };
        self.expect("in zone")?;
        Ok(Window::Calendar(Calendar { period: *period, extent, count, zone: self.zone()? }))
    }

    fn instant(&mut self) -> Read<onefold_fact::Timestamp> {
        let span = self.span();
        match self.value()? {
            Value::Timestamp(at) => Ok(at),
            Value::Date(day) => Ok(day.and_time(chrono::NaiveTime::MIN).and_utc()),
            _ => Err(self
                .error("expected an instant", span)
                .help("like `2026-03-01T09:00:00Z`, or a day for its midnight UTC")),
        }
    }

    /// After `sequence`.
    pub(super) fn sequence(&mut self) -> Read<Condition> {
        self.expect_sign("(")?;
        let mut steps = vec![Step::of(self.selector()?)];
        while self.take("then") {
            let mut step = Step::of(self.selector()?);
            if self.take("after") {
                step.after = Some(self.length()?);
            }
            if self.take("within") {
                step.within = Some(self.length()?);
            }
            if self.take("without") {
                step.without = Some(self.selector()?);
            }
            steps.push(step);
        }
        if !self.take_sign(")") {
            return Err(self.unexpected("`then`, `after`, `within`, `without`, or `)`"));
        }
        let within = if self.take("within") { Some(self.length()?) } else { None };
        let agreeing = if self.take("agreeing on") { self.list(false, Parser::property)? } else { Vec::new() };
        let since = if self.take("and since then no") {
            let event = self.selector()?;
            self.expect("for")?;
            Some(Silence { event, span: self.length()? })
        } else {
            None
        };
        let window = self.window()?;
        Ok(Condition::Sequence(Sequence { steps, within, agreeing, since, window }))
    }

    /// After `lifecycle`.
    pub(super) fn lifecycle(&mut self) -> Read<Condition> {
        self.expect("of")?;
        let activity = self.selector()?;
        let mut length = |words: &str| {
            self.expect(words)?;
            self.length()
        };
        let of = Lifecycle {
            activity,
            new_for: length("new for")?,
            active_for: length("active for")?,
            lost_after: length("lost after")?,
            returned_for: length("returned for")?,
        };
        self.expect("is")?;
        let stage = match self.peek() {
            Kind::Word(word) => STAGES.into_iter().find(|stage| stage.to_string() == *word),
            _ => None,
        };
        let Some(stage) = stage else {
            return Err(self.unexpected("`new`, `active`, `lapsing`, `lost` or `returned`"));
        };
        self.advance();
        Ok(Condition::Lifecycle { of, stage })
    }

    /// After `rfm`.
    pub(super) fn rfm(&mut self) -> Read<Condition> {
        let score = if self.take("recency") {
            Dimension::Recency
        } else if self.take("frequency") {
            Dimension::Frequency
        } else if self.take("monetary") {
            Dimension::Monetary
        } else {
            return Err(self.unexpected("`recency`, `frequency` or `monetary`"));
        };
        self.expect("of")?;
        let purchases: EventSelector = self.selector()?;
        self.expect("worth")?;
        let amount = self.measure()?;
        self.expect("cut at")?;
        let recency = self.list(true, Parser::number)?;
        let frequency = self.list(true, Parser::number)?;
        let monetary = self.list(true, Parser::number)?;
        let (is, negated) = self.test()?;
        let window = self.window()?;
        let of = Rfm { purchases, amount, window, cuts: RfmCuts { recency, frequency, monetary } };
        let rfm = Condition::Rfm { of, score, is };
        Ok(if negated { rfm.negated() } else { rfm })
    }

    fn number(&mut self) -> Read<Decimal> {
        self.literal("a number")
    }
}

pub(super) const STAGES: [Stage; 5] = [Stage::New, Stage::Active, Stage::Lapsing, Stage::Lost, Stage::Returned];

pub(super) const PERIODS: [(Period, &str, &str); 5] = [
    (Period::Day, "day", "days"),
    (Period::Week, "week", "weeks"),
    (Period::Month, "month", "months"),
    (Period::Quarter, "quarter", "quarters"),
    (Period::Year, "year", "years"),
];
