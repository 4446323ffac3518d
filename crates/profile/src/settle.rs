//! One attribute settled: from all that was said about it to the value that won, those that agree and those that lost.

use std::cell::OnceCell;
use std::sync::Arc;

use onefold_fact::{AttributeSpec, Survivorship, Value};
use rust_decimal::Decimal;

use crate::attribute::{Attribute, Contest as Contested, Element, HeldRule, Other, Why};
use crate::claims::{Claims, Marks, Statement, claims, supersede};
use crate::fold::Told;
use crate::provenance::{Provenance, Tellers};
use crate::sameness::Sameness;
use crate::survivorship::{Candidate, Claim, Contest, Scope, amount, hears_all};

/// What became of an attribute.
pub(crate) enum Settled {
    Held(Attribute),
    /// Its records took back all that they had said.
    Withdrawn(Vec<Other>),
    /// Nothing was ever said.
    Unsaid,
}

/// The facts of the customer in canonical order, each with its provenance once it is asked for: a fact that says ten
/// attributes shares one among them.
pub(crate) struct Witnesses<'a> {
    facts: &'a [Told<'a>],
    tellers: &'a Tellers,
    provenances: Vec<OnceCell<Arc<Provenance>>>,
}

impl<'a> Witnesses<'a> {
    pub(crate) fn new(facts: &'a [Told<'a>], tellers: &'a Tellers) -> Self {
        Self { facts, tellers, provenances: vec![OnceCell::new(); facts.len()] }
    }

    fn provenance(&self, told: usize) -> Arc<Provenance> {
        self.provenances[told].get_or_init(|| Arc::new(self.tellers.provenance(&self.facts[told]))).clone()
    }
}

/// Settles one attribute from the statements about it, which stand in canonical order.
pub(crate) fn settle<'a>(
    statements: &[Statement<'a>],
    spec: &AttributeSpec,
    witnesses: &Witnesses<'a>,
    marks: &mut Marks,
    scope: &Scope<'_>,
) -> Settled {
    let rule = &spec.survivorship;
    let is_union = *rule == Survivorship::Union;
    let Claims { mut candidates, latest, pin } = claims(statements, is_union, witnesses.facts, marks);
    let sameness = Sameness::of(spec.kind, candidates.iter().map(|it| it.value));
    if !hears_all(rule) {
        supersede(&mut candidates, &sameness);
    }
    if let Some(record) = scope.record {
        let apart =
            |it: &&mut Candidate<'_>| it.record != record && matches!(it.claim, Claim::Current | Claim::Earlier);
        candidates.iter_mut().filter(apart).for_each(|it| it.claim = Claim::Apart);
    }
    let stale_after_days = spec.stale_after_days;
    let count = Count { rule, candidates: &candidates, sameness: &sameness, pin, witnesses, scope, stale_after_days };
    match rule {
        Survivorship::Union => count.union(latest),
        Survivorship::Sum | Survivorship::Average if pin.is_none() => count.combined(),
        _ => count.one(),
    }
}

/// All that decides one attribute.
struct Count<'c, 'a> {
    rule: &'c Survivorship,
    candidates: &'c [Candidate<'a>],
    sameness: &'c Sameness,
    /// The fact that pins the value.
    pin: Option<usize>,
    witnesses: &'c Witnesses<'a>,
    scope: &'c Scope<'c>,
    stale_after_days: Option<u32>,
}

impl Count<'_, '_> {
    /// One value wins.
    fn one(&self) -> Settled {
        let contest = Contest::new(self.rule, self.candidates, self.sameness, self.scope);
        let winner = match self.pin {
            Some(_) => (0..self.candidates.len()).find(|&place| self.is_pin(place)),
            None => contest.winner(),
        };
        let Some(winner) = winner else { return self.withdrawn(|place| contest.why_none(place)) };
        let class = self.sameness.class(winner);
        let agrees = |place| self.in_force(place) && self.sameness.class(place) == class;

        // Counted first: a growing vector takes up to four times the room, which counts in 100,000 profiles.
        let agreeing = (0..self.candidates.len()).filter(|&place| agrees(place)).count();
        let mut supporters = Vec::with_capacity(agreeing - 1);
        let mut others = Vec::with_capacity(self.candidates.len() - agreeing);
        for (place, candidate) in self.candidates.iter().enumerate() {
            if place == winner {
                continue;
            }
            if agrees(place) {
                supporters.push(self.witnesses.provenance(candidate.told));
            } else {
                others.push(self.other(place, || contest.why(winner, place)));
            }
        }
        let Candidate { value, told, .. } = self.candidates[winner];
        Settled::Held(Attribute {
            value: value.clone(),
            provenance: self.witnesses.provenance(told),
            rule: HeldRule::of(self.rule),
            contest: Contested {
                pinned: self.pin.is_some(),
                stale_after_days: self.stale_after_days,
                supporters: supporters.into(),
                elements: [].into(),
                others: others.into(),
            }
            .kept(),
        })
    }

    /// All values in force win; of a pinned union those that are pinned.
    fn union(&self, latest: Option<usize>) -> Settled {
        let Some(told) = self.pin.or(latest) else { return self.withdrawn(|_| Why::Superseded) };
        // The element of each class, and the fact that supported it last.
        let mut element_of: Vec<Option<usize>> = vec![None; self.sameness.len()];
        let mut elements: Vec<Element> = Vec::new();
        let mut founders: Vec<usize> = Vec::new();
        for (place, candidate) in self.candidates.iter().enumerate() {
            let founds = if self.pin.is_some() { self.is_pin(place) } else { self.in_force(place) };
            let element = &mut element_of[self.sameness.class(place)];
            if founds && element.is_none() {
                *element = Some(elements.len());
                founders.push(candidate.told);
                elements.push(Element {
                    value: candidate.value.clone(),
                    provenance: self.witnesses.provenance(candidate.told),
                    supporters: Vec::new(),
                });
            }
        }
        let mut last_support = founders.clone();
        let mut others = Vec::new();
        for (place, candidate) in self.candidates.iter().enumerate() {
            match element_of[self.sameness.class(place)].filter(|_| self.in_force(place)) {
                Some(element) => {
                    // A list that names one element in two spellings supports it once.
                    if ![founders[element], last_support[element]].contains(&candidate.told) {
                        last_support[element] = candidate.told;
                        let supporter = self.witnesses.provenance(candidate.told);
                        elements[element].supporters.push(supporter);
                    }
                }
                None => others.push(self.other(place, || Why::Older)),
            }
        }
        Settled::Held(Attribute {
            value: Value::List(elements.iter().map(|it| Some(it.value.clone())).collect()),
            provenance: self.witnesses.provenance(told),
            rule: HeldRule::of(self.rule),
            contest: Contested {
                pinned: self.pin.is_some(),
                stale_after_days: self.stale_after_days,
                supporters: [].into(),
                elements: elements.into(),
                others: others.into(),
            }
            .kept(),
        })
    }

    /// What the records say now is added up. The value is no fact's by itself: the latest stands for it, the others
    /// support it.
    fn combined(&self) -> Settled {
        let current = |place: &usize| self.candidates[*place].claim == Claim::Current;
        let latest = (0..self.candidates.len()).rev().filter(current);
        let Some((unit, _)) = latest.clone().find_map(|place| amount(self.candidates[place].value)) else {
            return self.withdrawn(|_| Why::NotAddable);
        };
        let mut sum = Decimal::ZERO;
        let mut added = Vec::new();
        // From the latest back, so that its unit counts and what no longer fits is the oldest.
        for place in latest {
            let own = amount(self.candidates[place].value).filter(|(other, _)| *other == unit);
            if let Some(more) = own.and_then(|(_, number)| sum.checked_add(number)) {
                sum = more;
                added.push(place);
            }
        }
        let values = Decimal::from(added.len());
        let total = if *self.rule == Survivorship::Average { sum.checked_div(values) } else { Some(sum) };
        let (Some(total), Some((&winner, rest))) = (total, added.split_first()) else {
            return self.withdrawn(|_| Why::NotAddable);
        };
        let total = Value::Decimal(total.normalize());
        let value = match unit {
            None => total,
            Some(currency) => {
                let currency = Some(Value::from(currency));
                Value::Map([("amount", Some(total)), ("currency", currency)].into())
            }
        };
        let lost = (0..self.candidates.len()).filter(|place| !added.contains(place));
        let why = |place: usize| match amount(self.candidates[place].value) {
            Some((other, _)) if other != unit => Why::OtherCurrency,
            _ => Why::NotAddable,
        };
        let supporting = rest.iter().rev();
        let element = |place: &usize| Element {
            value: self.candidates[*place].value.clone(),
            provenance: self.witnesses.provenance(self.candidates[*place].told),
            supporters: Vec::new(),
        };
        Settled::Held(Attribute {
            value,
            provenance: self.witnesses.provenance(self.candidates[winner].told),
            rule: HeldRule::of(self.rule),
            contest: Contested {
                pinned: false,
                stale_after_days: self.stale_after_days,
                supporters: supporting.map(|place| self.witnesses.provenance(self.candidates[*place].told)).collect(),
                elements: added.iter().rev().map(element).collect(),
                others: lost.map(|place| self.other(place, || why(place))).collect(),
            }
            .kept(),
        })
    }

    /// Nothing is in force.
    fn withdrawn(&self, why: impl Fn(usize) -> Why) -> Settled {
        if self.candidates.is_empty() {
            return Settled::Unsaid;
        }
        let lost = |place| self.other(place, || why(place));
        Settled::Withdrawn((0..self.candidates.len()).map(lost).collect())
    }

    /// Whether it is (of a union: part of) the pin that counts.
    fn is_pin(&self, place: usize) -> bool {
        let candidate = &self.candidates[place];
        candidate.claim == Claim::Pin && self.pin == Some(candidate.told)
    }

    fn in_force(&self, place: usize) -> bool {
        match self.candidates[place].claim {
            Claim::Current | Claim::Earlier | Claim::Pin => true,
            Claim::Superseded | Claim::Withdrawn { .. } | Claim::Apart => false,
        }
    }

    /// The candidate as a loser; `why` by the rule, if nothing came before it.
    fn other(&self, place: usize, why: impl FnOnce() -> Why) -> Other {
        let Candidate { value, told, claim, .. } = self.candidates[place];
        let why = match claim {
            Claim::Withdrawn { by } => {
                let by = &self.witnesses.facts[by];
                Why::Withdrawn { by: by.fact.id(), at: by.order.at() }
            }
            Claim::Superseded => Why::Superseded,
            Claim::Apart => Why::OtherRecord,
            _ if self.pin.is_some() => Why::Pinned,
            _ => why(),
        };
        Other { value: value.clone(), provenance: self.witnesses.provenance(told), why }
    }
}
