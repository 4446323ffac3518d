//! What each record claims an attribute to be: its current value, those it replaced, those it took back.

use onefold_fact::{AttributeName, Value};

use crate::fold::Told;
use crate::sameness::Sameness;
use crate::survivorship::{Candidate, Claim};

/// What one fact says about one attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement<'a> {
    pub(crate) name: &'a AttributeName,
    /// The fact, by its place among the customer's facts, which stand in canonical order.
    pub(crate) told: usize,
    /// The record, by number.
    pub(crate) record: usize,
    pub(crate) said: Said<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Said<'a> {
    Value(&'a Value),
    /// The record no longer has a value.
    Nothing,
    Pin(&'a Value),
}

/// What each record was found to say while the statements about one attribute are read backwards. One buffer serves
/// all attributes of a customer: a mark counts only if it bears the number of the present round.
pub(crate) struct Marks {
    round: usize,
    spoken: Vec<usize>,
    withdrawn: Vec<(usize, usize)>,
}

impl Marks {
    pub(crate) fn new(records: usize) -> Self {
        Self { round: 0, spoken: vec![0; records], withdrawn: vec![(0, 0); records] }
    }
}

/// What there is to choose from.
pub(crate) struct Claims<'a> {
    /// In canonical order; of a union each element by itself.
    pub(crate) candidates: Vec<Candidate<'a>>,
    /// The latest fact that is its record's current word.
    pub(crate) latest: Option<usize>,
    /// The latest pin.
    pub(crate) pin: Option<usize>,
}

/// Reads the statements backwards, so that each record's current value comes before those that it replaced, and a
/// withdrawal before what it takes back.
pub(crate) fn claims<'a>(
    statements: &[Statement<'a>],
    is_union: bool,
    facts: &[Told<'a>],
    marks: &mut Marks,
) -> Claims<'a> {
    marks.round += 1;
    let round = marks.round;
    let mut candidates = Vec::with_capacity(statements.len());
    let (mut latest, mut pin) = (None, None);
    for &Statement { told, record, said, name: _ } in statements.iter().rev() {
        let (value, claim) = match said {
            Said::Nothing => {
                marks.withdrawn[record] = (round, told);
                continue;
            }
            Said::Pin(value) => {
                pin = pin.or(Some(told));
                (value, Claim::Pin)
            }
            Said::Value(value) => {
                let claim = match marks.withdrawn[record] {
                    (marked, by) if marked == round => Claim::Withdrawn { by },
                    _ if marks.spoken[record] == round => Claim::Earlier,
                    _ => {
                        marks.spoken[record] = round;
                        latest = latest.or(Some(told));
                        Claim::Current
                    }
                };
                (value, claim)
            }
        };
        let source = facts[told].fact.source();
        let mut push = |value| candidates.push(Candidate { value, told, record, source, claim });
        match value {
            Value::List(items) if is_union => items.iter().flatten().rev().for_each(push),
            value => push(value),
        }
    }
    candidates.reverse();
    Claims { candidates, latest, pin }
}

/// Sets aside what a record said earlier and no longer says. What it says again now stays: it supports the value.
pub(crate) fn supersede(candidates: &mut [Candidate<'_>], sameness: &Sameness) {
    if candidates.iter().all(|it| it.claim != Claim::Earlier) {
        return;
    }
    let current = candidates.iter().enumerate().filter(|(_, it)| it.claim == Claim::Current);
    let mut said_now: Vec<(usize, usize)> = current.map(|(place, it)| (it.record, sameness.class(place))).collect();
    said_now.sort_unstable();
    for (place, candidate) in candidates.iter_mut().enumerate() {
        let now = (candidate.record, sameness.class(place));
        if candidate.claim == Claim::Earlier && said_now.binary_search(&now).is_err() {
            candidate.claim = Claim::Superseded;
        }
    }
}
