//! [`Explanation`]: why a subject is in or out, what would change that, and when time alone will.

use std::fmt;

use chrono::{Months, SubsecRound};
use onefold_fact::{FactId, Test, Timestamp, Value};
use onefold_profile::{Aggregate, Computation, ComputedAttribute, End, Event, Timeline};
use rust_decimal::Decimal;

use crate::condition::Condition;
use crate::reference::{Look, sequence};
use crate::segments::Definition;
use crate::subject::Subject;
use crate::text;

/// Why a rule holds of a subject at a clock, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whether it holds.
    pub holds: bool,
    /// The fewest conditions that decide so, whatever the others are.
    pub because: Vec<Reason>,
    /// The fewest conditions that would have to be otherwise for the verdict to be; empty if none can.
    pub would_flip: Vec<Flip>,
    /// The first clock within ten years at which time alone changes the verdict.
    pub flips_at: Option<Timestamp>,
}

/// A condition that decides, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The condition, as text.
    pub condition: String,
    /// Whether it holds.
    pub holds: bool,
    /// The value that it tests: of a field, or what was made of events. `None`: there is none.
    pub value: Option<Value>,
    /// The facts of the events that decide, oldest first.
    pub events: Vec<FactId>,
}

/// A condition that would have to be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The condition, as text.
    pub condition: String,
    /// Whether it would have to hold.
    pub must_hold: bool,
    /// How far its value is from the bound that it would have to reach, below it if positive.
    pub by: Option<Decimal>,
}

impl Definition {
    /// Why the rule holds of a subject at a clock, or does not.
    ///
    /// ```
    /// use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema};
    /// use onefold_profile::fold;
    /// use onefold_segment::{Definition, Rule};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let order = Draft::new("shop", Body::event("order", [("total", 40)])).key(RecordKey::person("17"));
    /// let order = order.occurred_at("2026-03-01T09:00:00Z".parse()?).received("a", "2026-03-01T09:00:00Z".parse()?);
    /// let id = order.record().ok_or("a fact about a record")?.into();
    /// let facts = FactSet::from_iter([order]);
    /// let of_ada = facts.standing(None).into_iter().filter_map(|s| Some((s.fact().record()?, s)));
    /// let ada = fold(id, of_ada, &Schema::default(), None);
    ///
    /// let rule: Rule = r#"sum of total of "order" >= 100 in the last 30d or did "call""#.parse()?;
    /// let why = Definition::try_from(rule)?.explain(&ada, "2026-03-02T00:00:00Z".parse()?);
    /// assert_eq!(why.to_string(), "\
    /// out, because
    ///   not: sum of total of \"order\" >= 100 in the last 30d: it is 40, from 1 event
    ///   not: did \"call\": it is 0
    /// it would be in, if
    ///   sum of total of \"order\" >= 100 in the last 30d: 60 more
    /// time alone does not change that");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn explain(&self, subject: &dyn Subject, clock: Timestamp) -> Explanation {
        let clock = clock.trunc_subsecs(6);
        let look = Look { subject, at: clock, is_past: false };
        let holds = look.holds(self.condition());
        let mut because: Vec<Reason> = Vec::new();
        for reason in look.proof(self.condition()) {
            if !because.contains(&reason) {
                because.push(reason);
            }
        }
        let until = clock.checked_add_months(Months::new(120)).unwrap_or(Timestamp::MAX_UTC);
        let would_flip = look.flip(self.condition()).unwrap_or_default();
        Explanation { holds, because, would_flip, flips_at: self.next_flip(subject, clock, until) }
    }
}

/// The shortest; among equals the first.
fn shortest<T>(lists: impl Iterator<Item = Vec<T>>) -> Option<Vec<T>> {
    lists.min_by_key(Vec::len)
}

impl Look<'_> {
    fn holds(&self, condition: &Condition) -> bool {
        self.read(condition).truth == Some(true)
    }

    /// The fewest reasons for which a condition is what it is.
    fn proof(&self, condition: &Condition) -> Vec<Reason> {
        let holds = self.holds(condition);
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                let decides_alone = matches!(condition, Condition::Any(_)) == holds;
                if !decides_alone {
                    return parts.iter().flat_map(|part| self.proof(part)).collect();
                }
                let deciding = parts.iter().filter(|part| self.holds(part) == holds);
                shortest(deciding.map(|part| self.proof(part))).unwrap_or_default()
            }
            Condition::Not(part) => self.proof(part),
            Condition::Score { parts, at_least } => {
                // Without proof, a part counts against the verdict.
                let mut sum: i64 =
                    parts.iter().map(|part| i64::from(part.weight)).filter(|it| (*it < 0) == holds).sum();
                let helps = |part: &&crate::Weighted| (self.holds(&part.condition) == (part.weight > 0)) == holds;
                let mut helping: Vec<_> = parts.iter().filter(helps).collect();
                helping.sort_by_key(|part| std::cmp::Reverse(part.weight.unsigned_abs()));
                let mut reasons = Vec::new();
                for part in helping {
                    if (sum >= *at_least) == holds {
                        break;
                    }
                    sum += i64::from(part.weight.unsigned_abs()) * if holds { 1 } else { -1 };
                    reasons.extend(self.proof(&part.condition));
                }
                reasons
            }
            leaf => {
                let (value, events) = self.evidence(leaf, holds);
                vec![Reason { condition: text::print(leaf).0, holds, value, events }]
            }
        }
    }

    /// What a condition tests, and the events that decide.
    fn evidence(&self, leaf: &Condition, holds: bool) -> (Option<Value>, Vec<FactId>) {
        match leaf {
            Condition::Field { path, is: _ } => (self.subject.field(path.attribute.as_str()).cloned(), Vec::new()),
            Condition::Events { of, is } => {
                let computation = Computation::new(of.clone()).ok();
                let value = computation.and_then(|it| it.evaluate(self.subject.timeline(), self.at).value);
                let counting = counting(of, self.subject.timeline(), self.at);
                let deciding = match (&of.aggregate, is) {
                    // So many are enough, and the latest last longest.
                    (Aggregate::Count, Test::AtLeast(Value::Integer(least))) if holds => {
                        let least = usize::try_from(*least).unwrap_or(0);
                        counting.get(counting.len().saturating_sub(least)..).unwrap_or_default()
                    }
                    (Aggregate::First(_) | Aggregate::DaysSince { event: End::First, .. }, _) => {
                        counting.get(..1).unwrap_or_default()
                    }
                    (Aggregate::Last(_) | Aggregate::DaysSince { event: End::Last, .. }, _) => {
                        counting.get(counting.len().saturating_sub(1)..).unwrap_or_default()
                    }
                    _ => &counting,
                };
                (value, deciding.iter().map(|event| event.provenance().fact()).collect())
            }
            Condition::Sequence(of) => {
                (None, sequence::steps(of, self.subject.timeline(), self.at).unwrap_or_default())
            }
            Condition::Lifecycle { of, stage: _ } => {
                let stage = of.evaluate(self.subject.timeline(), self.at).stage;
                (stage.map(|stage| Value::from(stage.to_string())), Vec::new())
            }
            Condition::Consent { purpose, channel, state: _ } => {
                let said = self.subject.consent(purpose, channel.as_deref(), self.at).state;
                (Some(Value::from(said.to_string())), Vec::new())
            }
            Condition::Members { relation, condition, .. } => {
                let related = self.subject.related(relation);
                let holding = related.iter().filter(|subject| Look { subject: **subject, ..*self }.holds(condition));
                (i64::try_from(holding.count()).ok().map(Value::Integer), Vec::new())
            }
            _ => (None, Vec::new()),
        }
    }

    /// The fewest conditions that would have to be otherwise for a condition to be; `None` if none can.
    fn flip(&self, condition: &Condition) -> Option<Vec<Flip>> {
        let holds = self.holds(condition);
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                let one_is_enough = matches!(condition, Condition::All(_)) == holds;
                if one_is_enough {
                    return shortest(parts.iter().filter_map(|part| self.flip(part)));
                }
                if parts.is_empty() {
                    return None;
                }
                let others = parts.iter().filter(|part| self.holds(part) == holds);
                others.map(|part| self.flip(part)).collect::<Option<Vec<_>>>().map(|flips| flips.concat())
            }
            Condition::Not(part) => self.flip(part),
            Condition::Score { parts, at_least } => {
                let holding = parts.iter().filter(|part| self.holds(&part.condition));
                let mut sum: i64 = holding.map(|part| i64::from(part.weight)).sum();
                // Those whose change moves the sum the right way, the heaviest first.
                let moves = |part: &&crate::Weighted| (self.holds(&part.condition) == (part.weight > 0)) == holds;
                let mut moving: Vec<_> = parts.iter().filter(moves).collect();
                moving.sort_by_key(|part| std::cmp::Reverse(part.weight.unsigned_abs()));
                let mut flips = Vec::new();
                for part in moving {
                    if (sum >= *at_least) != holds {
                        break;
                    }
                    if let Some(flip) = self.flip(&part.condition) {
                        sum += i64::from(part.weight.unsigned_abs()) * if holds { -1 } else { 1 };
                        flips.extend(flip);
                    }
                }
                ((sum >= *at_least) != holds).then_some(flips)
            }
            Condition::Random(_) => None,
            leaf => {
                Some(vec![Flip { condition: text::print(leaf).0, must_hold: !holds, by: self.distance(leaf, holds) }])
            }
        }
    }

    /// How far the number that a condition compares is from its bound.
    fn distance(&self, leaf: &Condition, holds: bool) -> Option<Decimal> {
        let (value, _) = if holds { return None } else { self.evidence(leaf, holds) };
        let value = value.as_ref().and_then(number)?;
        let test = match leaf {
            Condition::Events { of: _, is } | Condition::Field { path: _, is: crate::FieldTest::Is(is) } => is,
            _ => return None,
        };
        match test {
            Test::AtLeast(bound)
            | Test::AtMost(bound)
            | Test::Less(bound)
            | Test::Greater(bound)
            | Test::Equal(bound) => number(bound)?.checked_sub(value).map(|by| by.normalize()),
            _ => None,
        }
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// The events that count for a computed attribute at a clock: each that makes a difference to their number.
fn counting<'t>(of: &ComputedAttribute, timeline: &'t Timeline, clock: Timestamp) -> Vec<&'t Event> {
    let selected = timeline.iter().filter(|event| of.events.selects(event.name(), event.properties()));
    let times = sequence::frame(&of.window, timeline, clock.timestamp_micros()).0;
    selected.filter(|event| times.contains(&event.at().timestamp_micros())).collect()
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, then) = if self.holds { ("in", "out") } else { ("out", "in") };
        writeln!(f, "{now}, because")?;
        if self.because.is_empty() {
            writeln!(f, "  it cannot be otherwise")?;
        }
        for reason in &self.because {
            writeln!(f, "  {reason}")?;
        }
        if !self.would_flip.is_empty() {
            writeln!(f, "it would be {then}, if")?;
            for flip in &self.would_flip {
                writeln!(f, "  {flip}")?;
            }
        }
        match self.flips_at {
            Some(at) => write!(f, "by time alone it is {then} at {}", Value::Timestamp(at)),
            None => write!(f, "time alone does not change that"),
        }
    }
}

/// `plan = "pro": it is pro`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.holds { "" } else { "not: " }, self.condition)?;
        if let Some(value) = &self.value {
            write!(f, ": it is {value}")?;
        }
        match self.events.len() {
            0 => Ok(()),
            1 => write!(f, ", from 1 event"),
            events => write!(f, ", from {events} events"),
        }
    }
}

/// `did "order" at least 3 times: 2 more`.
impl fmt::Display for Flip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.must_hold { "" } else { "not: " }, self.condition)?;
        match self.by {
            Some(by) if by.is_sign_negative() => write!(f, ": {} less", by.abs()),
            Some(by) if !by.is_zero() => write!(f, ": {by} more"),
            _ => Ok(()),
        }
    }
}
