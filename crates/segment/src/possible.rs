//! Whether conditions can hold at once: a search over all cases that they tell apart.

use std::collections::BTreeMap;

use chrono::{NaiveTime, TimeDelta};
use onefold_fact::{Schema, Test, Value};
use onefold_profile::{Aggregate, ComputedAttribute, EventSelector, Window};
use rust_decimal::Decimal;

use crate::analysis::is_single;
use crate::condition::{Condition, Weighted};
use crate::field::{FieldPath, FieldTest};

/// How many cases are looked at; conditions that tell more apart count as possible.
const MAX_CASES: usize = 20_000;

/// Something that conditions test: its cases are those that their tests tell apart.
struct Quantity<'a> {
    tests: Vec<&'a Condition>,
    cases: Vec<Case>,
    /// Of a number of events.
    counts: Option<(&'a EventSelector, &'a Window)>,
}

/// Which tests hold, and of a number of events which numbers those are.
struct Case {
    holds: Vec<bool>,
    from: i64,
    to: i64,
}

/// Whether conditions can each be what is asked for at once. If not, that is certain.
pub(crate) fn possible(asked: &[(&Condition, bool)], schema: &Schema) -> bool {
    let mut leaves = Vec::new();
    asked.iter().for_each(|(condition, _)| collect(condition, &mut leaves));
    let quantities = quantities(&leaves, schema);
    let cases = quantities.iter().try_fold(1_usize, |cases, it| cases.checked_mul(it.cases.len()));
    match cases {
        Some(cases) if cases <= MAX_CASES => search(&quantities, &mut Vec::new(), asked),
        _ => true,
    }
}

/// Tries each case of each quantity.
fn search(quantities: &[Quantity<'_>], chosen: &mut Vec<usize>, asked: &[(&Condition, bool)]) -> bool {
    if chosen.len() == quantities.len() {
        let leaf = |leaf: &Condition| {
            let found = quantities.iter().zip(chosen.iter()).find_map(|(quantity, case)| {
                let test = quantity.tests.iter().position(|test| *test == leaf)?;
                Some(quantity.cases[*case].holds[test])
            });
            found.unwrap_or(false)
        };
        return asked.iter().all(|(condition, so)| truth(condition, &leaf) == *so);
    }
    (0..quantities[chosen.len()].cases.len()).any(|case| {
        chosen.push(case);
        let found = agrees(quantities, chosen) && search(quantities, chosen, asked);
        chosen.pop();
        found
    })
}

/// Whether the last number of events that was chosen agrees with the others: within a longer time there are no fewer.
fn agrees(quantities: &[Quantity<'_>], chosen: &[usize]) -> bool {
    let Some(last) = chosen.len().checked_sub(1) else { return true };
    let case = |nth: usize| &quantities[nth].cases[chosen[nth]];
    let Some((events, window)) = quantities[last].counts else { return true };
    (0..last).all(|nth| match quantities[nth].counts {
        Some((others, other)) if others == events => {
            let (here, there) = (case(last), case(nth));
            let too_many = is_within(window, other) && here.from > there.to;
            !(too_many || is_within(other, window) && there.from > here.to)
        }
        _ => true,
    })
}

fn is_within(window: &Window, other: &Window) -> bool {
    match (window, other) {
        (_, Window::Lifetime) => true,
        (Window::Sliding(window), Window::Sliding(other)) => window <= other,
        _ => false,
    }
}

fn truth(condition: &Condition, leaf: &dyn Fn(&Condition) -> bool) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| truth(part, leaf)),
        Condition::Any(parts) => parts.iter().any(|part| truth(part, leaf)),
        Condition::Not(part) => !truth(part, leaf),
        Condition::Score { parts, at_least } => {
            let holding = parts.iter().filter(|part| truth(&part.condition, leaf));
            holding.map(|Weighted { weight, .. }| i64::from(*weight)).sum::<i64>() >= *at_least
        }
        other => leaf(other),
    }
}

fn collect<'a>(condition: &'a Condition, leaves: &mut Vec<&'a Condition>) {
    match condition {
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Score { .. } => {
            condition.parts().into_iter().for_each(|part| collect(part, leaves));
        }
        leaf if leaves.contains(&leaf) => {}
        leaf => leaves.push(leaf),
    }
}

fn quantities<'a>(leaves: &[&'a Condition], schema: &Schema) -> Vec<Quantity<'a>> {
    let mut fields: BTreeMap<&FieldPath, Vec<&'a Condition>> = BTreeMap::new();
    let mut events: Vec<(&ComputedAttribute, Vec<&'a Condition>)> = Vec::new();
    let mut found = Vec::new();
    for leaf in leaves {
        match leaf {
            Condition::Field { path, is: FieldTest::Is(test) } if is_single(schema, path) && is_plain(test) => {
                fields.entry(path).or_default().push(leaf);
            }
            Condition::Field { path, is: FieldTest::Present | FieldTest::Empty } if is_single(schema, path) => {
                fields.entry(path).or_default().push(leaf);
            }
            Condition::Events { of, is } if is_plain(is) => match events.iter_mut().find(|(known, _)| *known == of) {
                Some((_, tests)) => tests.push(leaf),
                None => events.push((of, vec![leaf])),
            },
            leaf => {
                let case = |holds| Case { holds: vec![holds], from: 0, to: 0 };
                found.push(Quantity { tests: vec![leaf], cases: vec![case(true), case(false)], counts: None });
            }
        }
    }
    for (path, tests) in fields {
        let values = values(tests.iter().flat_map(|leaf| literals(leaf)).collect());
        let passes = |leaf: &&Condition, value: Option<&Value>| match leaf {
            Condition::Field { is, .. } => is.passes(path, value, 0).0,
            _ => false,
        };
        found.push(quantity(tests, values, passes, None));
    }
    for (of, tests) in events {
        let literals = tests.iter().flat_map(|leaf| literals(leaf)).collect();
        let (values, counts) = match of.aggregate {
            Aggregate::Count => (numbers(literals, false), Some((&of.events, &of.window))),
            Aggregate::DistinctCount(_) => (numbers(literals, false), None),
            Aggregate::DaysSince { .. } => (numbers(literals, true), None),
            _ => (values(literals), None),
        };
        let passes = |leaf: &&Condition, value: Option<&Value>| match leaf {
            Condition::Events { is, .. } => value.is_some_and(|value| is.passes(value)),
            _ => false,
        };
        found.push(quantity(tests, values, passes, counts));
    }
    found
}

/// A quantity of which these values show all cases.
fn quantity<'a>(
    tests: Vec<&'a Condition>,
    values: Vec<Option<Value>>,
    passes: impl Fn(&&Condition, Option<&Value>) -> bool,
    counts: Option<(&'a EventSelector, &'a Window)>,
) -> Quantity<'a> {
    let mut cases: Vec<Case> = Vec::new();
    let largest = values.last().cloned().flatten();
    for value in values {
        let holds: Vec<bool> = tests.iter().map(|test| passes(test, value.as_ref())).collect();
        let number = match &value {
            Some(Value::Integer(number)) => *number,
            _ => 0,
        };
        let to = if value == largest { i64::MAX } else { number };
        match cases.iter_mut().find(|case| case.holds == holds) {
            Some(case) => (case.from, case.to) = (case.from.min(number), case.to.max(to)),
            None => cases.push(Case { holds, from: number, to }),
        }
    }
    Quantity { tests, cases, counts }
}

/// Whether a test compares with values that can be listed.
fn is_plain(test: &Test) -> bool {
    !matches!(test, Test::Contains(_) | Test::StartsWith(_) | Test::EndsWith(_))
}

fn literals(leaf: &Condition) -> Vec<Value> {
    let test = match leaf {
        Condition::Field { path: _, is: FieldTest::Is(test) } | Condition::Events { of: _, is: test } => test,
        _ => return Vec::new(),
    };
    match test {
        Test::Equal(value) | Test::Less(value) | Test::AtMost(value) | Test::Greater(value) | Test::AtLeast(value) => {
            vec![value.clone()]
        }
        Test::OneOf(values) => values.clone(),
        _ => Vec::new(),
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// Whole numbers from 0 on each side of each literal, in order; perhaps none.
fn numbers(literals: Vec<Value>, or_none: bool) -> Vec<Option<Value>> {
    let whole = literals.iter().filter_map(|value| i64::try_from(decimal(value)?.floor()).ok());
    let mut numbers: Vec<i64> =
        whole.flat_map(|number| [number.saturating_sub(1), number, number.saturating_add(1)]).collect();
    numbers.push(0);
    numbers.retain(|number| *number >= 0);
    numbers.sort_unstable();
    numbers.dedup();
    let beyond = numbers.last().map_or(1, |last| last.saturating_add(1));
    let none = or_none.then_some(None);
    none.into_iter().chain(numbers.into_iter().chain([beyond]).map(|number| Some(Value::Integer(number)))).collect()
}

/// No value, each literal, and values on each side of it, of its own and of another type.
fn values(literals: Vec<Value>) -> Vec<Option<Value>> {
    let mut values: Vec<Value> =
        vec!["".into(), "\u{10ffff}".into(), true.into(), false.into(), Value::List([].into())];
    let mut numbers: Vec<Decimal> = literals.iter().filter_map(decimal).collect();
    numbers.sort_unstable();
    let between = numbers.windows(2).filter_map(|two| two[0].checked_add(two[1])?.checked_div(Decimal::TWO));
    let outside = [
        numbers.first().and_then(|first| first.checked_sub(Decimal::ONE)),
        numbers.last().and_then(|last| last.checked_add(Decimal::ONE)),
    ];
    values.extend(between.chain(outside.into_iter().flatten()).map(Value::Decimal));
    for literal in &literals {
        let instant = match literal {
            Value::Timestamp(at) => Some(*at),
            Value::Date(day) => Some(day.and_time(NaiveTime::MIN).and_utc()),
            Value::Text(text) => {
                // Nothing lies between a text and itself with the smallest letter behind it.
                values.push(Value::from(format!("{text}\0")));
                text.parse::<onefold_fact::Timestamp>().ok()
            }
            _ => None,
        };
        for micros in [-1, 1] {
            let beside = instant.and_then(|at| at.checked_add_signed(TimeDelta::microseconds(micros)));
            values.extend(beside.map(Value::Timestamp));
        }
    }
    values.extend(literals);
    std::iter::once(None).chain(values.into_iter().map(Some)).collect()
}
