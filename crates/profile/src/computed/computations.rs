//! [`Computations`]: the computed attributes of a configuration; and [`ComputedState`], what is kept of one customer.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use onefold_fact::{AttributeName, Configuration, Properties, Timestamp};

use super::accumulator::{Accumulator, Computed};
use super::definition::{Computation, ComputedAttribute, InvalidComputation, Occurrence};
use super::window::{Frame, Window};
use crate::timeline::Timeline;

/// The checked computed attributes of a configuration, in the order of their names.
///
/// As configuration they are an object of [`ComputedAttribute`]s by name.
#[derive(Debug, Clone, Default)]
pub struct Computations {
    names: Vec<AttributeName>,
    computations: Vec<Computation>,
    /// Each window once, and which of them each computation has.
    windows: Vec<Window>,
    window_of: Vec<usize>,
    /// The computations that hear of an event, by its name.
    by_name: HashMap<String, Vec<usize>, FixedState>,
    /// Those that hear of every event.
    of_all: Vec<usize>,
}

impl Computations {
    /// The checked form of declarations.
    ///
    /// # Errors
    /// When one of them cannot be computed ([`Computation::new`]); the message names it.
    pub fn new(
        attributes: impl IntoIterator<Item = (AttributeName, ComputedAttribute)>,
    ) -> Result<Self, InvalidComputation> {
        let attributes: BTreeMap<AttributeName, ComputedAttribute> = attributes.into_iter().collect();
        let mut checked = Self::default();
        for (at, (name, attribute)) in attributes.into_iter().enumerate() {
            let computation = Computation::new(attribute)
                .map_err(|InvalidComputation(problem)| InvalidComputation(format!("`{name}`: {problem}")))?;
            let window = checked.windows.iter().position(|window| window == computation.window());
            checked.window_of.push(window.unwrap_or(checked.windows.len()));
            if window.is_none() {
                checked.windows.push(*computation.window());
            }
            if computation.hears_all() {
                checked.of_all.push(at);
            } else {
                for event in &computation.attribute().events.names {
                    checked.by_name.entry(event.clone()).or_default().push(at);
                }
            }
            checked.names.push(name);
            checked.computations.push(computation);
        }
        Ok(checked)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The attributes by name.
    pub fn iter(&self) -> impl Iterator<Item = (&AttributeName, &Computation)> {
        self.names.iter().zip(&self.computations)
    }

    /// All values at a clock, computed anew from a timeline: those of a profile at any date.
    #[must_use]
    pub fn evaluate(&self, timeline: &Timeline, clock: Timestamp) -> BTreeMap<AttributeName, Computed> {
        let clock = self.clock(clock);
        let mut state = ComputedState::default();
        for (nth, event) in timeline.iter().enumerate() {
            let insert = |accumulator: &mut Accumulator, computation: &Computation| {
                accumulator.insert_nth(computation, event, nth);
            };
            state.each_that_hears(&clock, (event.name(), event.properties()), insert);
        }
        state.read_all(&clock)
    }

    /// The clock that the states of all customers follow.
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> Clock<'_> {
        let frames = self.windows.iter().map(|window| window.frame(at.timestamp_micros())).collect();
        Clock { computations: self, at, frames }
    }
}

impl Computations {
    /// The part of the configuration that they are.
    pub const PART: &str = "computations";
}

impl TryFrom<&Computations> for Configuration {
    type Error = serde_json::Error;

    fn try_from(computations: &Computations) -> Result<Self, Self::Error> {
        let attributes = computations.iter().map(|(name, computation)| (name, computation.attribute()));
        Ok(Self {
            part: Computations::PART.to_owned(),
            name: String::new(),
            json: serde_json::to_string(&attributes.collect::<BTreeMap<_, _>>())?,
        })
    }
}

/// A clock, with the windows of all computations as they are seen from it.
#[derive(Debug, Clone)]
pub struct Clock<'c> {
    computations: &'c Computations,
    at: Timestamp,
    frames: Vec<Frame>,
}

impl Clock<'_> {
    /// What it says.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Moves it on. It never goes back: an earlier time changes nothing.
    pub fn advance_to(&mut self, at: Timestamp) {
        self.at = self.at.max(at);
        for (frame, window) in self.frames.iter_mut().zip(&self.computations.windows) {
            frame.advance_to(window, at.timestamp_micros());
        }
    }
}

/// What is kept of one customer's events for all computed attributes. What no event touched takes a pointer.
///
/// ```
/// use onefold_fact::{Body, Draft, RecordKey, Standing, Value};
/// use onefold_profile::{Computations, ComputedState, Occurrence};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let configuration = r#"{
///     "orders": {"events": {"names": ["Order Completed"]}, "aggregate": "count", "window": "lifetime"},
///     "spent_30d": {"events": {"names": ["Order Completed"]}, "aggregate": {"sum": {"path": "total"}}, "window": {"sliding": "30d"}}
/// }"#;
/// let computations = Computations::new(serde_json::from_str::<std::collections::BTreeMap<_, _>>(configuration)?)?;
///
/// let order = |on: &str, total: i32| -> Result<_, Box<dyn std::error::Error>> {
///     let draft = Draft::new("shop", Body::event("Order Completed", [("total", total)])).key(RecordKey::person("17"));
///     Ok(draft.occurred_at(on.parse()?).received("stream", on.parse()?))
/// };
/// let (first, second) = (order("2026-01-05T09:00:00Z", 40)?, order("2026-03-01T09:00:00Z", 25)?);
///
/// let mut clock = computations.clock("2026-01-05T09:00:00Z".parse()?);
/// let mut state = ComputedState::default();
/// for fact in [&first, &second] {
///     clock.advance_to(fact.received_at());
///     state.insert(&clock, &Occurrence::of(Standing::alone(fact)).ok_or("an event")?);
/// }
/// let value = |state: &mut ComputedState, name| Some(state.read(&clock, name)?.value?.to_string());
/// assert_eq!(value(&mut state, "orders").as_deref(), Some("2"));
/// assert_eq!(value(&mut state, "spent_30d").as_deref(), Some("25"));
///
/// // The second order never was.
/// state.remove(&clock, &Occurrence::of(Standing::alone(&second)).ok_or("an event")?);
/// assert_eq!(value(&mut state, "orders").as_deref(), Some("1"));
/// assert_eq!(value(&mut state, "spent_30d").as_deref(), Some("0"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ComputedState {
    slots: Vec<Option<Box<Accumulator>>>,
}

impl ComputedState {
    /// Adds an event, each standing one once.
    pub fn insert(&mut self, clock: &Clock<'_>, event: &Occurrence<'_>) {
        let insert = |accumulator: &mut Accumulator, computation: &Computation| accumulator.insert(computation, event);
        self.each_that_hears(clock, (event.name, event.properties), insert);
    }

    /// Takes an event away that was added before: it was retracted or erased, or its record belongs to another customer.
    pub fn remove(&mut self, clock: &Clock<'_>, event: &Occurrence<'_>) {
        let remove = |accumulator: &mut Accumulator, computation: &Computation| accumulator.remove(computation, event);
        self.each_that_hears(clock, (event.name, event.properties), remove);
    }

    fn each_that_hears(
        &mut self,
        clock: &Clock<'_>,
        (name, properties): (&str, &Properties),
        mut change: impl FnMut(&mut Accumulator, &Computation),
    ) {
        let Computations { computations, window_of, by_name, of_all, .. } = clock.computations;
        self.slots.resize_with(computations.len(), || None);
        let named = by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        for &at in named.iter().chain(of_all) {
            let (computation, frame) = (&computations[at], clock.frames[window_of[at]]);
            if self.slots[at].is_none() && !computation.is_changed_by(name, properties) {
                continue;
            }
            let accumulator = self.slots[at].get_or_insert_with(|| Box::new(Accumulator::within(computation, frame)));
            accumulator.follow(frame);
            change(accumulator, computation);
        }
    }

    /// The value of an attribute at a clock; `None` if no attribute has this name.
    pub fn read(&mut self, clock: &Clock<'_>, name: &str) -> Option<Computed> {
        let at = clock.computations.names.binary_search_by(|other| other.as_str().cmp(name)).ok()?;
        Some(self.read_at(clock, at))
    }

    /// All values at a clock, by name.
    pub fn read_all(&mut self, clock: &Clock<'_>) -> BTreeMap<AttributeName, Computed> {
        let names = clock.computations.names.iter().enumerate();
        names.map(|(at, name)| (name.clone(), self.read_at(clock, at))).collect()
    }

    fn read_at(&mut self, clock: &Clock<'_>, at: usize) -> Computed {
        let Computations { computations, window_of, .. } = clock.computations;
        let (computation, frame) = (&computations[at], clock.frames[window_of[at]]);
        match self.slots.get_mut(at) {
            Some(Some(accumulator)) => accumulator.read_within(computation, frame),
            _ => Accumulator::within(computation, frame).read_within(computation, frame),
        }
    }

    /// The first clock after this one at which time alone may change one of the values.
    pub fn next_change_at(&mut self, clock: &Clock<'_>) -> Option<Timestamp> {
        (0..self.slots.len()).filter_map(|at| self.read_at(clock, at).next_change_at).min()
    }
}
