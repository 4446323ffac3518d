//! Writing a condition so that reading it gives back the same tree.

use std::fmt::{Display, Write};

use onefold_fact::{Filter, PropertyPath, Test, Value};
use onefold_profile::{
    Aggregate, Calendar, ComputedAttribute, End, EventSelector, Extent, Lifecycle, Measure, Period, Rfm, Session, Unit,
    Window,
};
use rust_decimal::Decimal;

use super::condition::{is_plain, plain_times};
use super::events::PERIODS;
use super::{FILTER_KEYWORDS, KEYWORDS, Spot};
use crate::condition::{Bucket, Condition, Dimension, Quantifier};
use crate::field::FieldTest;
use crate::sequence::Sequence;

/// The text of a condition, and where its parts stand in it.
pub(crate) fn print(condition: &Condition) -> (String, Spot) {
    let mut printer = Printer(String::new());
    let spot = printer.condition(condition, Around::Nothing);
    (printer.0, spot)
}

/// What stands around a condition or filter, which decides whether it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    Nothing,
    Or,
    And,
}

struct Printer(String);

impl Printer {
    fn put(&mut self, text: impl Display) {
        // Writing to a `String` does not fail.
        let _ = write!(self.0, "{text}");
    }

    fn condition(&mut self, condition: &Condition, around: Around) -> Spot {
        let own = match condition {
            Condition::All(parts) if parts.len() > 1 => Around::And,
            Condition::Any(parts) if parts.len() > 1 => Around::Or,
            _ => Around::Nothing,
        };
        let in_parentheses = own != Around::Nothing && around >= own;
        if in_parentheses {
            self.put('(');
        }
        let start = self.0.len();
        let parts = self.inner(condition);
        let span = start..self.0.len();
        if in_parentheses {
            self.put(')');
        }
        Spot { span, parts }
    }

    /// A condition without parentheses around it, and where its parts stand.
    fn inner(&mut self, condition: &Condition) -> Vec<Spot> {
        match condition {
            Condition::All(parts) => return self.joined(parts, "always", "all", (" and ", Around::And)),
            Condition::Any(parts) => return self.joined(parts, "never", "any", (" or ", Around::Or)),
            Condition::Not(part) => {
                self.put("not ");
                return vec![self.condition(part, Around::And)];
            }
            Condition::Field { path, is } => {
                self.path(&path.to_string(), &KEYWORDS);
                self.field_test(is);
            }
            Condition::Events { of, is } => self.events(of, is),
            Condition::Sequence(sequence) => self.sequence(sequence),
            Condition::HasBeen { condition, span } => {
                let part = self.within("has been (", condition);
                self.put(format_args!(" for {span}"));
                return vec![part];
            }
            Condition::Lifecycle { of, stage } => {
                let Lifecycle { activity, new_for, active_for, lost_after, returned_for } = of;
                self.put("lifecycle of ");
                self.selector(activity);
                self.put(format_args!(" new for {new_for} active for {active_for} lost after {lost_after}"));
                self.put(format_args!(" returned for {returned_for} is {stage}"));
            }
            Condition::Rfm { of, score, is } => self.rfm(of, *score, is),
            Condition::Segment(name) => {
                self.put("in segment ");
                self.text(name);
            }
            Condition::Members { quantifier, relation, condition } => {
                match quantifier {
                    Quantifier::All => self.put("all members of "),
                    Quantifier::None => self.put("no member of "),
                    Quantifier::AtLeast(least) if least.get() == 1 => self.put("any member of "),
                    Quantifier::AtLeast(least) => self.put(format_args!("at least {least} members of ")),
                }
                self.text(relation);
                return vec![self.within(" (", condition)];
            }
            Condition::Consent { purpose, channel, state } => {
                self.put("consent to ");
                self.text(purpose);
                if let Some(channel) = channel {
                    self.put(" by ");
                    self.text(channel);
                }
                self.put(format_args!(" is {state}"));
            }
            Condition::Random(Bucket { salt, from, until }) => {
                let percent = |hundredths: u16| Decimal::new(hundredths.into(), 2).normalize();
                self.put("random ");
                if *from > 0 {
                    self.put(format_args!("{}% to ", percent(*from)));
                }
                self.put(format_args!("{}% by ", percent(*until)));
                self.text(salt);
            }
            Condition::Score { parts, at_least } => {
                self.put("score of (");
                let mut spots = Vec::new();
                for (nth, part) in parts.iter().enumerate() {
                    self.put(if nth > 0 { ", " } else { "" });
                    self.put(format_args!("{} if ", part.weight));
                    spots.push(self.condition(&part.condition, Around::Nothing));
                }
                self.put(format_args!(") at least {at_least}"));
                return spots;
            }
        }
        Vec::new()
    }

    fn joined(&mut self, parts: &[Condition], none: &str, word: &str, (join, around): (&str, Around)) -> Vec<Spot> {
        match parts {
            [] => {
                self.put(none);
                Vec::new()
            }
            [one] => {
                self.put(format_args!("{word} of "));
                vec![self.within("(", one)]
            }
            parts => {
                let mut spots = Vec::new();
                for (nth, part) in parts.iter().enumerate() {
                    self.put(if nth > 0 { join } else { "" });
                    spots.push(self.condition(part, around));
                }
                spots
            }
        }
    }

    fn within(&mut self, before: &str, condition: &Condition) -> Spot {
        self.put(before);
        let spot = self.condition(condition, Around::Nothing);
        self.put(')');
        spot
    }

    fn field_test(&mut self, test: &FieldTest) {
        match test {
            FieldTest::Present => self.put(" is present"),
            FieldTest::Empty => self.put(" is empty"),
            FieldTest::Is(Test::Present) => self.put(" value is present"),
            FieldTest::Is(test) => self.test(test),
            FieldTest::Every(test) => {
                self.put(" every value");
                self.test(test);
            }
            FieldTest::Size(test) => {
                self.put(" size");
                self.test(test);
            }
            FieldTest::Matches(pattern) => {
                self.put(" matches ");
                self.text(pattern.as_str());
            }
            FieldTest::Has(filter) => {
                self.put(" has (");
                self.filter(filter, Around::Nothing);
                self.put(')');
            }
            FieldTest::Last(span) => self.put(format_args!(" is within the last {span}")),
            FieldTest::Next(span) => self.put(format_args!(" is within the next {span}")),
            FieldTest::Before(span) => self.put(format_args!(" was before the last {span}")),
        }
    }

    fn events(&mut self, ComputedAttribute { events, aggregate, window }: &ComputedAttribute, is: &Test) {
        let said = match (aggregate, is) {
            (Aggregate::Count, Test::AtLeast(times)) => plain_times(times).map(|times| ("at least", times)),
            (Aggregate::Count, Test::AtMost(times)) => plain_times(times).map(|times| ("at most", times)),
            (Aggregate::Count, Test::Equal(times)) => plain_times(times).map(|times| ("exactly", times)),
            _ => None,
        };
        if let Some((word, times)) = said {
            self.put("did ");
            self.selector(events);
            if (word, times) != ("at least", 1) {
                self.put(format_args!(" {word} {times} {}", if times == 1 { "time" } else { "times" }));
            }
        } else {
            self.aggregate(aggregate);
            self.selector(events);
            self.test(is);
        }
        self.window(window);
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        match aggregate {
            Aggregate::Sum(measure) => self.of_measure("sum of ", measure),
            Aggregate::Average(measure) => self.of_measure("average of ", measure),
            Aggregate::Smallest(measure) => self.of_measure("smallest ", measure),
            Aggregate::Largest(measure) => self.of_measure("largest ", measure),
            Aggregate::First(path) => self.of_property("first ", path),
            Aggregate::Last(path) => self.of_property("last ", path),
            Aggregate::MostFrequent(path) => self.of_property("most frequent ", path),
            Aggregate::DistinctCount(path) => self.of_property("distinct count of ", path),
            Aggregate::DistinctList { path, limit } => {
                self.put(format_args!("distinct list of up to {limit} "));
                self.of_property("", path);
            }
            Aggregate::DaysSince { event, zone } => {
                self.put("days since ");
                self.put(if *event == End::First { "first " } else { "last " });
                if let Some(zone) = zone {
                    self.put(format_args!("in zone \"{zone}\" "));
                }
            }
            _ => self.put("count of "),
        }
    }

    fn of_measure(&mut self, before: &str, measure: &Measure) {
        self.put(before);
        self.measure(measure);
        self.put(" of ");
    }

    fn of_property(&mut self, before: &str, path: &PropertyPath) {
        self.put(before);
        self.property(path);
        self.put(" of ");
    }

    fn measure(&mut self, Measure { path, unit, currency }: &Measure) {
        self.property(path);
        match unit {
            Unit::Money(currency) => self.put(format_args!(" in {}", currency.as_str())),
            Unit::EachCurrency => self.put(" in each currency"),
            _ => {}
        }
        if let Some(currency) = currency {
            self.put(" with currency at ");
            self.property(currency);
        }
    }

    fn window(&mut self, window: &Window) {
        match window {
            Window::Sliding(span) => self.put(format_args!(" in the last {span}")),
            Window::Absolute { from: None, until: None } => self.put(" at any time"),
            Window::Absolute { from, until } => {
                if let Some(from) = from {
                    self.put(format_args!(" from {}", Value::Timestamp(*from)));
                }
                if let Some(until) = until {
                    self.put(format_args!(" until {}", Value::Timestamp(*until)));
                }
            }
            Window::Calendar(calendar) => self.calendar(calendar),
            Window::Session { gap, which: Session::Current } => {
                self.put(format_args!(" in the current session with gap {gap}"));
            }
            Window::Session { gap, which: Session::Latest } => {
                self.put(format_args!(" in the latest session with gap {gap}"));
            }
            _ => {}
        }
    }

    fn calendar(&mut self, Calendar { period, extent, count, zone }: &Calendar) {
        let name = |(_, one, many): &(Period, &'static str, &'static str)| if *count == 1 { *one } else { *many };
        let period = PERIODS.iter().find(|(known, ..)| known == period).map(name).unwrap_or_default();
        self.put(format_args!(" in the {count} "));
        match extent {
            Extent::ToDate => self.put(format_args!("{period} to date")),
            Extent::Completed => self.put(format_args!("completed {period}")),
            Extent::Rolling => self.put(format_args!("rolling {period}")),
        }
        self.put(format_args!(" in zone \"{zone}\""));
    }

    fn sequence(&mut self, Sequence { steps, within, agreeing, since, window }: &Sequence) {
        self.put("sequence (");
        for (nth, step) in steps.iter().enumerate() {
            self.put(if nth > 0 { " then " } else { "" });
            self.selector(&step.event);
            if let Some(after) = step.after {
                self.put(format_args!(" after {after}"));
            }
            if let Some(within) = step.within {
                self.put(format_args!(" within {within}"));
            }
            if let Some(without) = &step.without {
                self.put(" without ");
                self.selector(without);
            }
        }
        self.put(')');
        if let Some(within) = within {
            self.put(format_args!(" within {within}"));
        }
        if !agreeing.is_empty() {
            self.put(" agreeing on ");
            self.list(agreeing, Printer::property);
        }
        if let Some(silence) = since {
            self.put(" and since then no ");
            self.selector(&silence.event);
            self.put(format_args!(" for {}", silence.span));
        }
        self.window(window);
    }

    fn rfm(&mut self, Rfm { purchases, amount, window, cuts }: &Rfm, score: Dimension, is: &Test) {
        self.put(match score {
            Dimension::Recency => "rfm recency of ",
            Dimension::Frequency => "rfm frequency of ",
            Dimension::Monetary => "rfm monetary of ",
        });
        self.selector(purchases);
        self.put(" worth ");
        self.measure(amount);
        self.put(" cut at ");
        for points in [&cuts.recency, &cuts.frequency, &cuts.monetary] {
            self.list(points, |printer, point| printer.put(point));
            self.put(if std::ptr::eq(points, &cuts.monetary) { "" } else { " " });
        }
        self.test(is);
        self.window(window);
    }

    fn selector(&mut self, EventSelector { names, filter }: &EventSelector) {
        let names: Vec<&String> = names.iter().collect();
        match names.as_slice() {
            [] => self.put("anything"),
            [name] => self.text(name),
            names => {
                self.put("any of ");
                self.list(names, |printer, name| printer.text(name));
            }
        }
        if !filter.is_always() {
            self.put(" where (");
            self.filter(filter, Around::Nothing);
            self.put(')');
        }
    }

    fn filter(&mut self, filter: &Filter, around: Around) {
        let (parts, own, word, join) = match filter {
            Filter::All(parts) => (parts, Around::And, "all of ", " and "),
            Filter::Any(parts) => (parts, Around::Or, "any of ", " or "),
            Filter::Not(part) => {
                self.put("not ");
                self.filter(part, Around::And);
                return;
            }
            Filter::Property { path, is } => {
                self.property(path);
                self.test(is);
                return;
            }
            Filter::Element { path, holds } => {
                self.property(path);
                self.put(" has (");
                self.filter(holds, Around::Nothing);
                self.put(')');
                return;
            }
            _ => return,
        };
        if parts.len() < 2 {
            self.put(word);
            self.list(parts, |printer, part| printer.filter(part, Around::Nothing));
            return;
        }
        let in_parentheses = around >= own;
        self.put(if in_parentheses { "(" } else { "" });
        for (nth, part) in parts.iter().enumerate() {
            self.put(if nth > 0 { join } else { "" });
            self.filter(part, own);
        }
        self.put(if in_parentheses { ")" } else { "" });
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Equal(value) => self.compared(" = ", value),
            Test::Less(value) => self.compared(" < ", value),
            Test::AtMost(value) => self.compared(" <= ", value),
            Test::Greater(value) => self.compared(" > ", value),
            Test::AtLeast(value) => self.compared(" >= ", value),
            Test::OneOf(values) => {
                self.put(" in ");
                self.list(values, Printer::value);
            }
            Test::Contains(part) => self.said(" contains ", part),
            Test::StartsWith(part) => self.said(" starts with ", part),
            Test::EndsWith(part) => self.said(" ends with ", part),
            _ => self.put(" is present"),
        }
    }

    fn compared(&mut self, sign: &str, value: &Value) {
        self.put(sign);
        self.value(value);
    }

    fn said(&mut self, word: &str, text: &str) {
        self.put(word);
        self.text(text);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Text(text) => self.text(text),
            // A dot tells a decimal without places from an integer.
            Value::Decimal(number) if number.scale() == 0 => self.put(format_args!("{number}.")),
            other => self.put(other),
        }
    }

    fn list<T>(&mut self, things: &[T], each: impl Fn(&mut Self, &T)) {
        self.put('(');
        for (nth, thing) in things.iter().enumerate() {
            self.put(if nth > 0 { ", " } else { "" });
            each(self, thing);
        }
        self.put(')');
    }

    fn text(&mut self, text: &str) {
        self.put('"');
        for letter in text.chars() {
            match letter {
                '"' => self.put("\\\""),
                '\\' => self.put("\\\\"),
                '\n' => self.put("\\n"),
                '\r' => self.put("\\r"),
                '\t' => self.put("\\t"),
                letter if letter.is_control() => self.put(format_args!("\\u{{{:x}}}", u32::from(letter))),
                letter => self.0.push(letter),
            }
        }
        self.put('"');
    }

    fn property(&mut self, path: &PropertyPath) {
        self.path(&path.to_string(), &FILTER_KEYWORDS);
    }

    fn path(&mut self, path: &str, keywords: &[&str]) {
        if is_plain(path, keywords) {
            self.put(path);
        } else {
            self.put(format_args!("`{}`", path.replace('`', "``")));
        }
    }
}
