//! [`history`]: every winner of an attribute over time, with its fact, from when to when.

use std::collections::{BTreeMap, BTreeSet};

use onefold_fact::{AttributeName, RecordId, Schema, Standing, Survivorship, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::claims::{Said, Statement};
use crate::fold::{Numbers, Told, attributes, in_order, statements};
use crate::provenance::{Provenance, Tellers};
use crate::rules::Rules;

/// How many statements are read for one history. Most rules look at all that was said by a time, so the work of a history
/// is the number of its times by the number of its statements.
const MAX_READ: usize = 20_000_000;

/// What an attribute was over time: periods that follow one another, oldest first, the first of them with a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    periods: Vec<HistoryPeriod>,
    not_before: Option<Timestamp>,
}

/// A time in which one fact decided an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPeriod {
    from: Timestamp,
    until: Option<Timestamp>,
    held: Option<(Value, Provenance)>,
}

impl HistoryPeriod {
    /// When it begins.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// When the next begins; `None` if it lasts.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// The value; `None` where nothing that was said could win.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.held.as_ref().map(|(value, _)| value)
    }

    /// The fact that won, as [`Attribute::provenance`](crate::Attribute::provenance) names it.
    #[must_use]
    pub fn provenance(&self) -> Option<&Provenance> {
        self.held.as_ref().map(|(_, provenance)| provenance)
    }
}

impl History {
    /// The periods, oldest first; a period begins where the value changes or another fact wins with the same.
    #[must_use]
    pub fn periods(&self) -> &[HistoryPeriod] {
        &self.periods
    }

    /// The period in force at a time.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<&HistoryPeriod> {
        let after = self.periods.partition_point(|period| period.from <= at);
        self.periods.get(after.checked_sub(1)?)
    }

    /// The same with what is told of each value.
    pub(crate) fn told(&self, told: impl Fn(&Value, &Provenance) -> Option<(Value, Provenance)>) -> Self {
        let periods = self.periods.iter().map(|HistoryPeriod { from, until, held }| {
            let held = held.as_ref().and_then(|(value, provenance)| told(value, provenance));
            HistoryPeriod { from: *from, until: *until, held }
        });
        Self { periods: periods.collect(), not_before: self.not_before }
    }

    /// The time before which nothing is told, since too much was said; `None` if the history is whole.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }
}

/// What an attribute was at any time up to `as_of`, as we know now: at each time the winner is that of
/// [`fold_by`](crate::fold_by) as of that time. As we knew it at a date, it is the history of the facts that
/// [stood](onefold_fact::FactSet::standing) then.
///
/// The latest and the first value are followed from fact to fact, however many there are. For other rules, and attributes
/// that win together, all that was said is weighed at each time: where more than some thousand facts speak, only the later
/// part is told, and [`History::not_before`] says from when on.
///
/// ```
/// use onefold_fact::{Body, Draft, FactSet, RecordKey, Schema, Value};
/// use onefold_profile::{Rules, history};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let says = |city: &str, at: &str| -> Result<_, Box<dyn std::error::Error>> {
///     let draft = Draft::new("crm", Body::set([("city", city)])).key(RecordKey::person("17"));
///     Ok(draft.occurred_at(at.parse()?).received("import", "2026-04-01T00:00:00Z".parse()?))
/// };
/// let facts = FactSet::from_iter([says("Bonn", "2025-01-01T00:00:00Z")?, says("Ulm", "2026-01-01T00:00:00Z")?]);
/// let of_ada = facts.standing(None).into_iter().filter_map(|it| Some((it.fact().record()?, it)));
///
/// let city = history(&"city".into(), of_ada, &Schema::default(), &Rules::default(), None);
/// assert_eq!(city.periods().len(), 2);
/// let in_june = city.at("2025-06-01T00:00:00Z".parse()?).ok_or("she lived somewhere")?;
/// assert_eq!(in_june.value(), Some(&Value::from("Bonn")));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn history<'a>(
    name: &AttributeName,
    facts: impl IntoIterator<Item = (RecordId, Standing<'a>)>,
    schema: &Schema,
    rules: &Rules,
    as_of: Option<Timestamp>,
) -> History {
    let facts = in_order(facts, as_of);
    let numbers = Numbers::of(&facts);
    let decisive = decisive(name, schema);
    let mut said = statements(&facts, &numbers);
    said.retain(|statement| decisive.contains(statement.name));

    // The statements stand in order of time, so those by a time are the first so many.
    let at = |told: usize| facts[told].order.at();
    let mut ends: Vec<usize> = said.chunk_by(|a, b| at(a.told) == at(b.told)).map(<[_]>::len).collect();
    ends.iter_mut().fold(0, |sum, len| {
        *len += sum;
        *len
    });
    let tellers = Tellers::default();
    if let Some(direction) = Direction::of(name, schema, &decisive) {
        return followed(&said, &ends, &facts, &tellers, direction, numbers.of_record.len());
    }
    let told = (MAX_READ / said.len().max(1)).max(1);
    let left_out = ends.len().saturating_sub(told);
    let mut history = History::default();
    for &end in ends.iter().skip(left_out) {
        let from = at(said[end - 1].told);
        if left_out > 0 {
            history.not_before.get_or_insert(from);
        }
        let held = attributes(said[..end].to_vec(), &facts, &tellers, schema, rules, numbers.of_record.len()).0;
        history.enter(from, held.get(name).map(|it| (it.value().clone(), it.provenance().clone())));
    }
    history
}

/// Which of the values that records have not taken back wins, where that is all that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Latest,
    First,
}

impl Direction {
    fn of(name: &AttributeName, schema: &Schema, decisive: &BTreeSet<&AttributeName>) -> Option<Self> {
        match schema.attribute(name).survivorship {
            _ if decisive.len() > 1 => None,
            Survivorship::Latest => Some(Self::Latest),
            Survivorship::First => Some(Self::First),
            _ => None,
        }
    }
}

/// The history of an attribute whose latest or first value wins: each record stands with one value at a time, and what a
/// fact changes is that of its record.
fn followed<'a>(
    said: &[Statement<'a>],
    ends: &[usize],
    facts: &[Told<'a>],
    tellers: &Tellers,
    direction: Direction,
    records: usize,
) -> History {
    let mut history = History::default();
    // By place in the order of facts: the values that records stand with.
    let mut standing: BTreeMap<usize, &Value> = BTreeMap::new();
    let mut of_record: Vec<Option<usize>> = vec![None; records];
    let mut pinned: Option<(usize, &Value)> = None;
    let mut start = 0;
    for &end in ends {
        for statement in &said[start..end] {
            let own = &mut of_record[statement.record];
            match statement.said {
                Said::Pin(value) => pinned = Some((statement.told, value)),
                Said::Value(_) if direction == Direction::First && own.is_some() => {}
                Said::Value(value) => {
                    own.replace(statement.told).map(|before| standing.remove(&before));
                    standing.insert(statement.told, value);
                }
                Said::Nothing => drop(own.take().map(|before| standing.remove(&before))),
            }
        }
        let last = match direction {
            Direction::Latest => standing.last_key_value(),
            Direction::First => standing.first_key_value(),
        };
        let held = pinned.or(last.map(|(told, value)| (*told, *value)));
        history.enter(
            facts[said[end - 1].told].order.at(),
            held.map(|(told, value)| (value.clone(), tellers.provenance(&facts[told]))),
        );
        start = end;
    }
    history
}

impl History {
    fn enter(&mut self, from: Timestamp, held: Option<(Value, Provenance)>) {
        let last = self.periods.last_mut();
        if last.as_ref().map_or(held.is_none(), |last| last.held == held) {
            return;
        }
        if let Some(last) = last {
            last.until = Some(from);
        }
        self.periods.push(HistoryPeriod { from, until: None, held });
    }
}

/// The attributes whose statements decide this one: itself, those that win together with it, and the one that says
/// whether it is verified.
fn decisive<'s>(name: &'s AttributeName, schema: &'s Schema) -> BTreeSet<&'s AttributeName> {
    let mut names = BTreeSet::from([name]);
    names.extend(schema.groups.values().filter(|group| group.attributes.contains(name)).flat_map(|it| &it.attributes));
    if let Some(Survivorship::VerifiedFirst { by }) = schema.attributes.get(name).map(|spec| &spec.survivorship) {
        names.insert(by);
    }
    names
}
