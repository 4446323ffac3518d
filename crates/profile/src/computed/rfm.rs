//! [`Rfm`]: how recently, how often and for how much a customer buys, as scores.

use std::collections::BTreeSet;
use std::fmt;

use onefold_fact::{Configuration, Timestamp, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::accumulator::Accumulator;
use super::aggregate::{Aggregate, End, Measure};
use super::calendar::instant;
use super::definition::{Computation, ComputedAttribute, EventSelector, InvalidComputation, Occurrence};
use super::window::Window;
use crate::timeline::Timeline;

const DAY: i64 = 86_400_000_000;

/// Recency, frequency and monetary scores, as declared. The cut points are part of the declaration: a score means the
/// same tomorrow as today, until other cut points are adopted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rfm {
    /// Which events are purchases.
    pub purchases: EventSelector,
    /// What a purchase is worth; of one currency or none.
    pub amount: Measure,
    /// Within which time purchases count.
    pub window: Window,
    /// Where one score ends and the next begins.
    pub cuts: RfmCuts,
}

impl Rfm {
    /// The part of the configuration that it is: under a name, since a house may score its customers in several ways.
    pub const PART: &str = "rfm";

    /// As configuration: adopted, it is known by this name.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn named(&self, name: &str) -> Result<Configuration, serde_json::Error> {
        Ok(Configuration { part: Self::PART.to_owned(), name: name.to_owned(), json: serde_json::to_string(self)? })
    }
}

/// Where one score ends and the next begins: of each dimension 1 to 9 points in ascending order, which make one score
/// more than there are points. Scores begin at 1, and the larger is the better.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RfmCuts {
    /// Days since the last purchase: up to and including the first point is the best score.
    pub recency: Vec<Decimal>,
    /// Numbers of purchases: below the first point is the score 1.
    pub frequency: Vec<Decimal>,
    /// Sums: below the first point is the score 1.
    pub monetary: Vec<Decimal>,
}

/// What is scored of a customer who bought something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RfmValues {
    /// Whole days, of 24 hours, since the last purchase.
    pub recency: i64,
    /// How many purchases.
    pub frequency: u64,
    /// Their sum.
    pub monetary: Decimal,
}

/// The scores of a customer, each 1 (worst) to one more than there are cut points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RfmScore {
    /// How recently.
    pub recency: u8,
    /// How often.
    pub frequency: u8,
    /// For how much.
    pub monetary: u8,
}

/// `5-4-3`.
impl fmt::Display for RfmScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.recency, self.frequency, self.monetary)
    }
}

impl RfmCuts {
    /// Proposes cut points that divide a population into so many parts of each dimension, as equal as its values allow:
    /// data to look at and to adopt. A point that would divide nothing is left out, so there may be fewer scores.
    ///
    /// ```
    /// use onefold_profile::{RfmCuts, RfmValues};
    ///
    /// let population = (1..=10).map(|n| RfmValues { recency: n * 10, frequency: 1, monetary: n.into() });
    /// let cuts = RfmCuts::propose(population, 5);
    /// assert_eq!(cuts.recency, [20.into(), 40.into(), 60.into(), 80.into()]);
    /// assert_eq!(cuts.monetary, [3.into(), 5.into(), 7.into(), 9.into()]);
    /// assert!(cuts.frequency.is_empty()); // all buy once
    /// ```
    #[must_use]
    pub fn propose(population: impl IntoIterator<Item = RfmValues>, parts: u8) -> Self {
        let values: Vec<RfmValues> = population.into_iter().collect();
        let sorted = |of: &dyn Fn(&RfmValues) -> Decimal| {
            let mut sorted: Vec<Decimal> = values.iter().map(of).collect();
            sorted.sort_unstable();
            sorted
        };
        let parts = usize::from(parts.clamp(1, 10));
        // `from` is the first value of the better part, `to` the last value of the better part.
        let from = |sorted: Vec<Decimal>| {
            let points = (1..parts).filter_map(|part| sorted.get((part * sorted.len()).div_ceil(parts)).copied());
            let mut points: Vec<Decimal> = points.filter(|point| Some(point) > sorted.first()).collect();
            points.dedup();
            points
        };
        let to = |sorted: Vec<Decimal>| {
            let place = |part: usize| (part * sorted.len()).div_ceil(parts).checked_sub(1);
            let points = (1..parts).filter_map(|part| sorted.get(place(part)?).copied());
            let mut points: Vec<Decimal> = points.filter(|point| Some(point) < sorted.last()).collect();
            points.dedup();
            points
        };
        Self {
            recency: to(sorted(&|it| it.recency.into())),
            frequency: from(sorted(&|it| it.frequency.into())),
            monetary: from(sorted(&|it| it.monetary)),
        }
    }

    /// The scores of a customer.
    #[must_use]
    pub fn score(&self, values: &RfmValues) -> RfmScore {
        let count = |points: &[Decimal], holds: &dyn Fn(&Decimal) -> bool| -> u8 {
            points.iter().filter(|point| holds(point)).count().try_into().unwrap_or(u8::MAX).saturating_add(1)
        };
        RfmScore {
            recency: count(&self.recency, &|point| Decimal::from(values.recency) <= *point),
            frequency: count(&self.frequency, &|point| *point <= Decimal::from(values.frequency)),
            monetary: count(&self.monetary, &|point| *point <= values.monetary),
        }
    }

    fn check(&self) -> Result<(), String> {
        for (name, points) in [("recency", &self.recency), ("frequency", &self.frequency), ("monetary", &self.monetary)]
        {
            if points.is_empty() || points.len() > 9 {
                return Err(format!("the cuts of {name} are {} points; expected 1 to 9", points.len()));
            }
            if let Some(two) = points.windows(2).find(|two| two[0] >= two[1]) {
                return Err(format!(
                    "the cuts of {name} do not ascend: {} is followed by {}; each point must be larger than the one before",
                    two[0], two[1]
                ));
            }
        }
        Ok(())
    }
}

/// An [`Rfm`] that was checked: customers can be scored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RfmScoring {
    cuts: RfmCuts,
    recency: Computation,
    frequency: Computation,
    monetary: Computation,
}

/// The scores of a customer at a clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scored {
    /// What was scored, and the scores; `None` if nothing was bought.
    pub score: Option<(RfmValues, RfmScore)>,
    /// The first clock after this one at which time alone may change the scores.
    pub next_change_at: Option<Timestamp>,
}

impl RfmScoring {
    /// The names of the properties of events that scores are made from.
    #[must_use]
    pub fn reads(&self) -> BTreeSet<&str> {
        self.monetary.attribute().reads()
    }

    /// The checked form.
    ///
    /// # Errors
    /// When the cut points do not ascend or there are none, when the amount is of each currency, or when the events or
    /// the window [cannot be computed](Computation::new).
    pub fn new(rfm: Rfm) -> Result<Self, InvalidComputation> {
        rfm.cuts.check().map_err(InvalidComputation)?;
        let of = |aggregate| {
            Computation::new(ComputedAttribute { events: rfm.purchases.clone(), aggregate, window: rfm.window })
        };
        let sum = Aggregate::Sum(rfm.amount.clone());
        if sum.kind().is_none() {
            let problem = "the amount is of each currency; score one currency, or plain numbers";
            return Err(InvalidComputation(problem.to_owned()));
        }
        Ok(Self {
            recency: of(Aggregate::DaysSince { event: End::Last, zone: None })?,
            frequency: of(Aggregate::Count)?,
            monetary: of(sum)?,
            cuts: rfm.cuts,
        })
    }

    /// The cut points in force.
    #[must_use]
    pub fn cuts(&self) -> &RfmCuts {
        &self.cuts
    }

    /// The scores at a clock, computed anew from a timeline.
    #[must_use]
    pub fn evaluate(&self, timeline: &Timeline, clock: Timestamp) -> Scored {
        let mut state = RfmState::new(self, clock);
        for (nth, event) in timeline.iter().enumerate() {
            state.each(self, |accumulator, computation| accumulator.insert_nth(computation, event, nth));
        }
        state.read(self, clock)
    }
}

/// What is kept of a customer's purchases; like an [`Accumulator`] it follows one clock.
#[derive(Debug, Clone)]
pub struct RfmState {
    recency: Accumulator,
    frequency: Accumulator,
    monetary: Accumulator,
}

impl RfmState {
    /// Of no purchase yet, at a clock.
    #[must_use]
    pub fn new(scoring: &RfmScoring, clock: Timestamp) -> Self {
        let of = |computation| Accumulator::new(computation, clock);
        Self { recency: of(&scoring.recency), frequency: of(&scoring.frequency), monetary: of(&scoring.monetary) }
    }

    fn each(&mut self, scoring: &RfmScoring, mut change: impl FnMut(&mut Accumulator, &Computation)) {
        change(&mut self.recency, &scoring.recency);
        change(&mut self.frequency, &scoring.frequency);
        change(&mut self.monetary, &scoring.monetary);
    }

    /// Adds an event.
    pub fn insert(&mut self, scoring: &RfmScoring, event: &Occurrence<'_>) {
        self.each(scoring, |accumulator, computation| accumulator.insert(computation, event));
    }

    /// Takes an event away that was added before.
    pub fn remove(&mut self, scoring: &RfmScoring, event: &Occurrence<'_>) {
        self.each(scoring, |accumulator, computation| accumulator.remove(computation, event));
    }

    /// The scores at a clock. A clock before the last one that was named counts as that one.
    pub fn read(&mut self, scoring: &RfmScoring, clock: Timestamp) -> Scored {
        let (recency, last) = self.recency.read_last(&scoring.recency, clock);
        let frequency = self.frequency.read(&scoring.frequency, clock);
        let monetary = self.monetary.read(&scoring.monetary, clock);
        let by_events = [&recency, &frequency, &monetary].into_iter().filter_map(|it| it.next_change_at).min();
        let (Some(Value::Integer(days)), Some(Value::Decimal(sum)), Some(last)) = (recency.value, monetary.value, last)
        else {
            return Scored { score: None, next_change_at: by_events };
        };
        let values = RfmValues { recency: days, frequency: frequency.counted, monetary: sum };
        // Of the days only those matter at which a cut point is passed.
        let passes = scoring.cuts.recency.iter().find(|point| Decimal::from(days) <= **point);
        let passes = passes.and_then(|point| i64::try_from(point.floor()).ok()?.checked_add(1));
        let passes = passes.and_then(|days| instant(last.checked_add(days.checked_mul(DAY)?)?));
        let next_change_at = by_events.into_iter().chain(passes).min();
        Scored { score: Some((values, scoring.cuts.score(&values))), next_change_at }
    }
}
