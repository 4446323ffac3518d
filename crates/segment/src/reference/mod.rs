//! The reference evaluator: a rule asked of one subject at a clock. It is short and obvious, and defines what every
//! condition means; whatever is faster has to agree with it.

pub(crate) mod sequence;

use chrono::{SubsecRound, TimeDelta};
use onefold_fact::{Digester, Timestamp, Value};
use onefold_profile::{Computation, RfmScoring, Span};
use uuid::Uuid;

use crate::condition::{Bucket, Condition, Dimension, Quantifier};
use crate::segments::Definition;
use crate::subject::Subject;

/// Whether a subject is in at a clock, and when that may change by time alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the rule holds of it.
    pub holds: bool,
    /// The first clock after this one at which time alone may change that; before it, nothing but other facts does.
    /// `None`: never.
    pub next_change_at: Option<Timestamp>,
}

impl Definition {
    /// Whether the rule holds of a subject at a clock.
    ///
    /// Of the timeline what happened by then counts; fields are taken as they are.
    ///
    /// ```
    /// use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema};
    /// use onefold_profile::fold;
    /// use onefold_segment::{Definition, Rule};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let visit = Draft::new("web", Body::event("Page Viewed", [("page", "pricing")])).key(RecordKey::person("17"));
    /// let visit = visit.occurred_at("2026-03-01T09:00:00Z".parse()?).received("stream", "2026-03-01T09:00:01Z".parse()?);
    /// let id = visit.record().ok_or("a fact about a record")?.into();
    /// let facts = FactSet::from_iter([visit]);
    /// let of_ada = facts.standing(None).into_iter().filter_map(|s| Some((s.fact().record()?, s)));
    /// let ada = fold(id, of_ada, &Schema::default(), None);
    ///
    /// let rule: Rule = r#"did "Page Viewed" where page = "pricing" in the last 2d"#.parse()?;
    /// let interested = Definition::try_from(rule)?;
    /// let now = interested.evaluate(&ada, "2026-03-01T12:00:00Z".parse()?);
    /// assert!(now.holds);
    /// let over = now.next_change_at.ok_or("a time")?;
    /// assert_eq!(over.to_rfc3339(), "2026-03-03T09:00:00+00:00");
    /// assert!(!interested.evaluate(&ada, over).holds);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn evaluate(&self, subject: &dyn Subject, clock: Timestamp) -> Verdict {
        let reading = Look { subject, at: clock.trunc_subsecs(6), is_past: false }.read(self.condition());
        Verdict { holds: reading.truth == Some(true), next_change_at: reading.next }
    }

    /// The first clock after this one, and by `until`, at which time alone changes whether the rule holds of a subject.
    #[must_use]
    pub fn next_flip(&self, subject: &dyn Subject, clock: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let now = self.evaluate(subject, clock);
        let mut next = now.next_change_at;
        while let Some(at) = next.filter(|at| *at <= until) {
            let then = self.evaluate(subject, at);
            if then.holds != now.holds {
                return Some(at);
            }
            next = then.next_change_at;
        }
        None
    }
}

/// What a condition is at a clock; `None` where it is not known, which is so only in the past.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) truth: Option<bool>,
    pub(crate) next: Option<Timestamp>,
}

impl Reading {
    fn known(truth: bool, next: Option<Timestamp>) -> Self {
        Self { truth: Some(truth), next }
    }
}

/// A look at a subject at a clock.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) subject: &'a dyn Subject,
    pub(crate) at: Timestamp,
    /// Whether it looks back: then fields are known only since they have been as they are.
    pub(crate) is_past: bool,
}

impl Look<'_> {
    pub(crate) fn read(&self, condition: &Condition) -> Reading {
        let timeline = self.subject.timeline();
        match condition {
            Condition::All(parts) => self.joined(parts, |truths| fold(truths, false)),
            Condition::Any(parts) => self.joined(parts, |truths| fold(truths, true)),
            Condition::Not(part) => {
                let Reading { truth, next } = self.read(part);
                Reading { truth: truth.map(|truth| !truth), next }
            }
            Condition::Field { path, is } => {
                let name = path.attribute.as_str();
                let (holds, next) = is.passes(path, self.subject.field(name), self.at.timestamp_micros());
                self.known_since(self.subject.field_since(name), Reading::known(holds, next.and_then(instant)))
            }
            Condition::Events { of, is } => match Computation::new(of.clone()) {
                Ok(computation) => {
                    let computed = computation.evaluate(timeline, self.at);
                    let holds = computed.value.is_some_and(|value| is.passes(&value));
                    Reading::known(holds, computed.next_change_at)
                }
                Err(_) => Reading::known(false, None),
            },
            Condition::Sequence(sequence) => sequence::read(sequence, timeline, self.at),
            Condition::HasBeen { condition, span } => self.has_been(condition, *span),
            Condition::Lifecycle { of, stage } => {
                let staged = of.evaluate(timeline, self.at);
                Reading::known(staged.stage == Some(*stage), staged.next_change_at)
            }
            Condition::Rfm { of, score, is } => match RfmScoring::new(of.clone()) {
                Ok(scoring) => {
                    let scored = scoring.evaluate(timeline, self.at);
                    let of_score = scored.score.map(|(_, scores)| match score {
                        Dimension::Recency => scores.recency,
                        Dimension::Frequency => scores.frequency,
                        Dimension::Monetary => scores.monetary,
                    });
                    let holds = of_score.is_some_and(|score| is.passes(&Value::Integer(score.into())));
                    Reading::known(holds, scored.next_change_at)
                }
                Err(_) => Reading::known(false, None),
            },
            // A definition has none.
            Condition::Segment(_) => Reading::known(false, None),
            Condition::Members { quantifier, relation, condition } => {
                let related = self.subject.related(relation);
                let readings = || related.iter().map(|subject| Look { subject: *subject, ..*self }.read(condition));
                let holding = readings().filter(|reading| reading.truth == Some(true)).count();
                Reading::known(quantifier.holds(holding, related.len()), readings().filter_map(|it| it.next).min())
            }
            Condition::Consent { purpose, channel, state } => {
                let said = self.subject.consent(purpose, channel.as_deref(), self.at);
                self.known_since(said.since, Reading::known(said.state == *state, said.next_change_at))
            }
            Condition::Random(bucket) => Reading::known(bucket.holds(self.subject.id()), None),
            Condition::Score { parts, at_least } => {
                let readings: Vec<(i64, Reading)> =
                    parts.iter().map(|part| (part.weight.into(), self.read(&part.condition))).collect();
                let sum = |counts: &dyn Fn(i64, Option<bool>) -> bool| -> i64 {
                    readings.iter().filter(|(weight, it)| counts(*weight, it.truth)).map(|(weight, _)| weight).sum()
                };
                // What is not known may count or not.
                let least = sum(&|weight, truth| truth.unwrap_or(weight < 0)) >= *at_least;
                let most = sum(&|weight, truth| truth.unwrap_or(weight > 0)) >= *at_least;
                let next = readings.iter().filter_map(|(_, it)| it.next).min();
                Reading { truth: (least == most).then_some(least), next }
            }
        }
    }

    fn joined(&self, parts: &[Condition], fold: impl Fn(Vec<Option<bool>>) -> Option<bool>) -> Reading {
        let readings: Vec<Reading> = parts.iter().map(|part| self.read(part)).collect();
        let next = readings.iter().filter_map(|reading| reading.next).min();
        Reading { truth: fold(readings.into_iter().map(|reading| reading.truth).collect()), next }
    }

    /// What is known only since a time, if this looks back.
    fn known_since(&self, since: Option<Timestamp>, reading: Reading) -> Reading {
        match since {
            _ if !self.is_past => reading,
            Some(since) if since <= self.at => reading,
            since => Reading { truth: None, next: since.into_iter().chain(reading.next).min() },
        }
    }

    /// Looks at each clock of the last while at which the condition may have changed.
    fn has_been(&self, condition: &Condition, span: Span) -> Reading {
        let span = TimeDelta::seconds(span.seconds().into());
        let start = self.at.checked_sub_signed(span).unwrap_or(Timestamp::MIN_UTC);
        let mut at = start;
        let mut held_from = None;
        let last = loop {
            let reading = Look { subject: self.subject, at, is_past: true }.read(condition);
            held_from = if reading.truth == Some(true) { held_from.or(Some(at)) } else { None };
            match reading.next {
                Some(next) if next <= self.at => at = next,
                next => break next,
            }
        };
        let holds = held_from == Some(start);
        let comes = held_from.filter(|_| !holds).and_then(|from| from.checked_add_signed(span));
        Reading::known(holds, last.into_iter().chain(comes).min())
    }
}

/// What truths are together: one that `decides` decides; else one that is not known leaves it open.
fn fold(truths: Vec<Option<bool>>, decides: bool) -> Option<bool> {
    if truths.contains(&Some(decides)) {
        return Some(decides);
    }
    if truths.contains(&None) { None } else { Some(!decides) }
}

impl Quantifier {
    pub(crate) fn holds(self, holding: usize, of: usize) -> bool {
        match self {
            Quantifier::All => holding == of,
            Quantifier::None => holding == 0,
            Quantifier::AtLeast(least) => holding >= usize::try_from(least.get()).unwrap_or(usize::MAX),
        }
    }
}

impl Bucket {
    /// The number of a subject, 0 to 9,999.
    pub(crate) fn number(&self, id: Uuid) -> u16 {
        let mut digester = Digester::default();
        digester.text("random").text(&self.salt).bytes(id.as_bytes());
        let digest = digester.finish();
        let number = digest.as_bytes().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        (number % 10_000).try_into().unwrap_or(0)
    }

    pub(crate) fn holds(&self, id: Uuid) -> bool {
        (self.from..self.until).contains(&self.number(id))
    }
}

pub(crate) fn instant(micros: i64) -> Option<Timestamp> {
    Timestamp::from_timestamp_micros(micros)
}
