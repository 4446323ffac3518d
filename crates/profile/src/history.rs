//! [`history`]: every winner of an attribute over time, with its fact, from when to when.

use std::collections::BTreeSet;

use onefold_fact::{AttributeName, RecordId, Schema, Standing, Survivorship, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::fold::{Numbers, attributes, in_order, statements};
use crate::provenance::{Provenance, Tellers};
use crate::rules::Rules;

/// How many statements are read for one history. Rules look at all that was said by a time, so the work of a history is
/// the number of its times by the number of its statements.
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
/// Of attributes about which more than some thousand facts speak, only the later part is told, and
/// [`History::not_before`] says from when on.
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
    let told = (MAX_READ / said.len().max(1)).max(1);
    let left_out = ends.len().saturating_sub(told);
    let (mut history, tellers) = (History::default(), Tellers::default());
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
