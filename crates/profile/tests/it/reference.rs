//! Each survivorship rule again, slow and obvious, and equality with it on random facts.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use onefold_fact::{Body, Decision, Fact, FactId, Kind, RecordId, Source, Standing, Survivorship, Value};
use onefold_profile::{Attribute, Profile, Provenance, Supporters};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{any_rule, any_statement, of_record, profile, received, schema};

/// A value that a record said of the attribute, or that a steward pinned.
struct Claim<'a> {
    fact: &'a Fact,
    record: RecordId,
    value: &'a Value,
    /// Its place in the canonical order.
    place: usize,
    is_pin: bool,
    /// Whether the record took it back later.
    withdrawn: bool,
    /// Whether it is the last that the record said.
    last: bool,
}

fn claims<'a>(standing: &[(RecordId, Standing<'a>)]) -> Vec<Claim<'a>> {
    let sets = |body: &'a Body| match body {
        Body::Set(values) => values.values().next(),
        _ => None,
    };
    let mut claims = Vec::new();
    for (place, (record, it)) in standing.iter().enumerate() {
        let fact = it.fact();
        let later = || standing[place + 1..].iter().filter(|(other, _)| other == record).map(|(_, it)| it.fact());
        if let Body::Decision(Decision::Pin { value, .. }) = fact.body() {
            let (withdrawn, last) = (false, false);
            claims.push(Claim { fact, record: *record, value, place, is_pin: true, withdrawn, last });
        } else if let Some(value) = sets(fact.body()) {
            let withdrawn = later().any(|fact| matches!(fact.body(), Body::Unset(_)));
            let last = !withdrawn && !later().any(|fact| sets(fact.body()).is_some());
            claims.push(Claim { fact, record: *record, value, place, is_pin: false, withdrawn, last });
        }
    }
    claims
}

/// Equality of values: numbers by number, other values by standard form, or as they stand if they have none.
fn same(a: &Value, b: &Value) -> bool {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a == b;
    }
    let (form_a, form_b) = (Kind::Text.form(a), Kind::Text.form(b));
    // Text may spell a number.
    let folded = |value: &Value, form: String| number(value).map_or(form, |number| number.to_string());
    let (form_a, form_b) = (folded(a, form_a), folded(b, form_b));
    if form_a.is_empty() && form_b.is_empty() { a.to_text() == b.to_text() } else { form_a == form_b }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(_) | Value::Decimal(_) => value.to_text().parse().ok(),
        _ => None,
    }
}

fn order(a: &Value, b: &Value) -> Ordering {
    if same(a, b) {
        return Ordering::Equal;
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a.total_cmp(&b);
    }
    if let (Value::Text(_), Value::Text(_)) = (a, b) {
        // What has no form comes after all that has one.
        let key = |value: &Value| {
            let form = Kind::Text.form(value);
            if form.is_empty() { (1, value.to_text().into_owned()) } else { (0, form) }
        };
        return key(a).cmp(&key(b));
    }
    a.cmp(b)
}

fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::List(items) => items.iter().flatten().collect(),
        one => vec![one],
    }
}

/// The claim that wins under every rule but the union.
fn winner<'c, 'a>(claims: &'c [Claim<'a>], rule: &Survivorship) -> Option<&'c Claim<'a>> {
    if let Some(pin) = claims.iter().rfind(|claim| claim.is_pin) {
        return Some(pin);
    }
    let held = || claims.iter().filter(|claim| !claim.withdrawn);
    let last = || claims.iter().filter(|claim| claim.last);
    let records_saying = |value: &Value| last().filter(|claim| same(claim.value, value)).count();
    let chars = |claim: &Claim<'_>| match claim.value {
        Value::Decimal(number) => number.normalize().to_string().len(),
        value => value.to_text().chars().count(),
    };
    // The last of those that nobody beats.
    let best = |beats: &dyn Fn(&Claim<'a>, &Claim<'a>) -> bool| {
        last().filter(|claim| !last().any(|other| beats(other, claim))).last()
    };
    match rule {
        Survivorship::Latest => held().next_back(),
        Survivorship::First => held().next(),
        Survivorship::MostFrequent => best(&|a, b| records_saying(a.value) > records_saying(b.value)),
        Survivorship::SourcePriority(sources) => {
            let of = |source: &Source| last().rfind(|claim| claim.fact.source() == source);
            sources.iter().find_map(of).or_else(|| last().next_back())
        }
        Survivorship::Longest => best(&|a, b| chars(a) > chars(b)),
        Survivorship::Smallest => best(&|a, b| order(a.value, b.value) == Ordering::Less),
        Survivorship::Largest => best(&|a, b| order(a.value, b.value) == Ordering::Greater),
        other => panic!("no reference for {other:?}"),
    }
}

/// What a union should hold, an element each: the value, the fact that says it first, and those that agree.
fn union<'a>(claims: &[Claim<'a>]) -> Vec<(&'a Value, FactId, Vec<FactId>)> {
    let pin = claims.iter().rfind(|claim| claim.is_pin);
    let says = |claim: &Claim<'_>, value: &Value| elements(claim.value).iter().any(|it| same(it, value));
    // Who says an element now: a record whose last value has it, with all its claims that were not taken back; a pin.
    let in_force = |claim: &Claim<'_>, value: &Value| {
        let last = claims.iter().find(|other| other.last && other.record == claim.record);
        says(claim, value) && (claim.is_pin || !claim.withdrawn && last.is_some_and(|last| says(last, value)))
    };
    let mut union: Vec<(&Value, FactId, Vec<FactId>)> = Vec::new();
    for claim in claims.iter().filter(|claim| pin.is_none_or(|pin| pin.place == claim.place)) {
        for value in elements(claim.value) {
            if in_force(claim, value) && !union.iter().any(|(known, ..)| same(known, value)) {
                let agree = claims.iter().filter(|other| other.place != claim.place && in_force(other, value));
                union.push((value, claim.fact.id(), agree.map(|other| other.fact.id()).collect()));
            }
        }
    }
    union
}

fn ids(provenances: Supporters<'_>) -> Vec<FactId> {
    provenances.map(Provenance::fact).collect()
}

fn check(folded: &Profile, claims: &[Claim<'_>], rule: &Survivorship) -> Result<(), TestCaseError> {
    if *rule == Survivorship::Union {
        let expected = union(claims);
        let found: Vec<_> = folded.attribute("x").map(Attribute::elements).unwrap_or_default().iter().collect();
        prop_assert_eq!(found.len(), expected.len());
        for (found, (value, fact, agree)) in found.iter().zip(expected) {
            prop_assert_eq!(found.value(), value);
            prop_assert_eq!(found.provenance().fact(), fact);
            prop_assert_eq!(ids(found.supporters()), agree);
        }
        return Ok(());
    }
    let Some(winner) = winner(claims, rule) else {
        prop_assert!(folded.attribute("x").is_none());
        prop_assert_eq!(folded.withdrawn().get("x").map_or(0, Vec::len), claims.len());
        return Ok(());
    };
    let found = folded.attribute("x").expect("a value");
    prop_assert_eq!(found.value(), winner.value);
    prop_assert_eq!(found.provenance().fact(), winner.fact.id());
    prop_assert_eq!(found.is_pinned(), winner.is_pin);

    let hears_all = matches!(rule, Survivorship::Latest | Survivorship::First);
    let agree = claims.iter().filter(|claim| {
        let says_now = claims.iter().any(|it| it.last && it.record == claim.record && same(it.value, claim.value));
        claim.place != winner.place
            && same(claim.value, winner.value)
            && (claim.is_pin || !claim.withdrawn && (hears_all || says_now))
    });
    let agree: Vec<FactId> = agree.map(|claim| claim.fact.id()).collect();
    prop_assert_eq!(ids(found.supporters()), agree.clone());
    // Every claim is accounted for: it won, it agrees, or it lost.
    prop_assert_eq!(1 + agree.len() + found.others().len(), claims.len());
    let places: BTreeSet<usize> = claims.iter().map(|claim| claim.place).collect();
    prop_assert_eq!(places.len(), claims.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    /// Mutations: let a tie fall to the earlier; count a record that says a value twice as two; let an earlier value
    /// of a record compete; let a withdrawal reach other records; compare numbers as text.
    #[test]
    fn rules_agree_with_their_definitions(facts in vec(any_statement(), 0..14), rule in any_rule()) {
        let facts = received(&facts);
        let folded = profile(&facts, &schema([("x", Kind::Text, rule.clone())]), None, None);
        let mut standing: Vec<_> = facts.standing(None).into_iter().filter_map(of_record).collect();
        standing.sort_by_key(|(_, it)| it.order());
        check(&folded, &claims(&standing), &rule)?;
    }
}
