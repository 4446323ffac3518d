//! [`Aggregate`]: an object of work as a fold over what happened to it, and how that is kept as facts.

use onefold_fact::{Body, FactId, ObjectEvent, Properties, Standing, Timestamp, Value};
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Map;

/// An object of work: what `apply` makes of its outcomes, in order.
pub trait Aggregate: Default {
    /// What the facts call this kind of object: `opportunity`.
    const KIND: &'static str;
    /// What can happen to it. It is written as JSON with the field `event`.
    type Outcome: Serialize + DeserializeOwned;

    /// What it is after an outcome. Any outcome can be applied to any state, since facts may be taken back: what makes no
    /// sense changes nothing.
    fn apply(&mut self, at: Timestamp, outcome: &Self::Outcome);
}

/// What facts fold to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded<A> {
    /// The object.
    pub state: A,
    /// Facts that were left out, with the reason of each.
    pub unreadable: Vec<Unreadable>,
}

/// A fact that is none of the kind's outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The fact.
    pub fact: FactId,
    /// What is wrong with it.
    pub why: String,
}

/// An outcome as the fact's body says it. The numbers of amounts stay numbers, so that rules can compare them.
///
/// # Errors
/// When the outcome has no JSON with a field `event`: then its type is not made for this.
pub fn to_event<A: Aggregate>(id: &str, outcome: &A::Outcome) -> Result<ObjectEvent, serde_json::Error> {
    let json = serde_json::to_string(outcome)?;
    let no_event = || serde::de::Error::custom("an outcome is an object with a field `event`");
    let Some(Value::Map(mut data)) = Value::from_json(&json)?.value else { return Err(no_event()) };
    let Some(Some(Value::Text(event))) = data.remove("event") else { return Err(no_event()) };
    Ok(ObjectEvent { kind: A::KIND.to_owned(), id: id.to_owned(), event: event.into(), data })
}

/// The outcome that a fact's body says.
fn of_event<A: Aggregate>(object: &ObjectEvent) -> Result<A::Outcome, serde_json::Error> {
    let mut fields: Map<String, serde_json::Value> = plain(&object.data)?;
    fields.insert("event".to_owned(), object.event.as_str().into());
    serde_json::from_value(fields.into())
}

fn plain(data: &Properties) -> Result<Map<String, serde_json::Value>, serde_json::Error> {
    let of = |value: &Option<Value>| serde_json::to_value(value.as_ref().map(Value::plain));
    data.iter().map(|(name, value)| Ok((name.to_string(), of(value)?))).collect()
}

/// What happened to an object and when, from the facts about it in canonical order. Facts that cannot be read are left out.
pub fn happened<'a, A: Aggregate>(facts: impl IntoIterator<Item = Standing<'a>>) -> Vec<(Timestamp, A::Outcome)> {
    let read = |standing: Standing<'a>| match standing.fact().body() {
        Body::Object(object) if object.kind == A::KIND => Some((standing.at(), of_event::<A>(object).ok()?)),
        _ => None,
    };
    facts.into_iter().filter_map(read).collect()
}

/// Many objects, each from the facts about it in canonical order, on all processors.
pub fn fold_each<A: Aggregate + Send>(facts: &[Vec<Standing<'_>>]) -> Vec<Folded<A>> {
    facts.par_iter().map(|facts| fold(facts.iter().copied())).collect()
}

/// An object from the facts about it, in canonical order. Facts of other kinds are passed over; one that cannot be read
/// is left out and said.
pub fn fold<'a, A: Aggregate>(facts: impl IntoIterator<Item = Standing<'a>>) -> Folded<A> {
    let mut folded = Folded { state: A::default(), unreadable: Vec::new() };
    for standing in facts {
        let Body::Object(object) = standing.fact().body() else { continue };
        if object.kind != A::KIND {
            continue;
        }
        match of_event::<A>(object) {
            Ok(outcome) => folded.state.apply(standing.at(), &outcome),
            Err(error) => folded.unreadable.push(Unreadable {
                fact: standing.fact().id(),
                why: format!("`{} {}` cannot be read: {error}", object.kind, object.event),
            }),
        }
    }
    folded
}
