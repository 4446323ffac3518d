//! [`ComputedAttribute`]: an attribute computed from events, as declared; and [`Computation`], its checked form.

use std::collections::BTreeSet;
use std::fmt;

use onefold_fact::{Filter, Order, Properties, PropertyPath, Standing, Timestamp};
use serde::{Deserialize, Serialize};

use super::aggregate::Aggregate;
use super::window::{Frame, Window};

/// Which events: by name, and by their properties.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventSelector {
    /// Their names, exactly; empty: whatever their name.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub names: BTreeSet<String>,
    /// What holds of their properties.
    #[serde(skip_serializing_if = "Filter::is_always")]
    pub filter: Filter,
}

impl EventSelector {
    /// The events of these names.
    pub fn named<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), filter: Filter::default() }
    }

    /// Those of them whose properties fulfil a filter.
    #[must_use]
    pub fn filtered(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Whether an event is one of them.
    #[must_use]
    pub fn selects(&self, name: &str, properties: &Properties) -> bool {
        (self.names.is_empty() || self.names.contains(name)) && self.filter.holds(properties)
    }
}

/// An attribute computed from events: what is made of which events within which time.
///
/// ```
/// use onefold_profile::{Aggregate, ComputedAttribute, Computation, EventSelector, Measure, Window};
///
/// let declared = r#"{
///     "events": {"names": ["Order Completed"], "filter": {"property": {"path": "status", "is": {"equal": {"text": "paid"}}}}},
///     "aggregate": {"sum": {"path": "revenue", "unit": {"money": "EUR"}, "currency": "currency"}},
///     "window": {"sliding": "90d"}
/// }"#;
/// let spent: ComputedAttribute = serde_json::from_str(declared)?;
/// assert_eq!(spent.window, Window::Sliding("90d".parse()?));
/// let spent = Computation::new(spent)?;
///
/// let wrong = Window::Absolute { from: Some("2026-02-01T00:00:00Z".parse()?), until: Some("2026-01-01T00:00:00Z".parse()?) };
/// let never = ComputedAttribute { events: EventSelector::default(), aggregate: Aggregate::Count, window: wrong };
/// assert!(Computation::new(never).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedAttribute {
    /// Which events.
    #[serde(default)]
    pub events: EventSelector,
    /// What is made of them.
    pub aggregate: Aggregate,
    /// Within which time.
    pub window: Window,
}

impl ComputedAttribute {
    /// The names of the properties of events that its value is made from, those that select the events among them.
    #[must_use]
    pub fn reads(&self) -> BTreeSet<&str> {
        let mut names = self.events.filter.names();
        match &self.aggregate {
            Aggregate::Count | Aggregate::DaysSince { .. } => {}
            Aggregate::Sum(of) | Aggregate::Average(of) | Aggregate::Smallest(of) | Aggregate::Largest(of) => {
                names.extend(of.path.names().chain(of.currency.iter().flat_map(PropertyPath::names)));
            }
            Aggregate::First(path)
            | Aggregate::Last(path)
            | Aggregate::MostFrequent(path)
            | Aggregate::DistinctCount(path)
            | Aggregate::DistinctList { path, .. } => names.extend(path.names()),
        }
        names
    }

    /// Those of them whose values are told as they stand: of the first, the last, the most frequent value, and of a list.
    #[must_use]
    pub fn repeats(&self) -> BTreeSet<&str> {
        match &self.aggregate {
            Aggregate::First(path)
            | Aggregate::Last(path)
            | Aggregate::MostFrequent(path)
            | Aggregate::DistinctList { path, .. } => path.names().collect(),
            _ => BTreeSet::new(),
        }
    }
}

/// A [`ComputedAttribute`] that was checked: it can be computed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Computation(ComputedAttribute);

impl Computation {
    /// The checked form.
    ///
    /// # Errors
    /// When the filter does not [`check`](Filter::check), an absolute window ends before it begins, a number of periods
    /// or a limit is out of its range, or plain numbers are given a currency.
    pub fn new(attribute: ComputedAttribute) -> Result<Self, InvalidComputation> {
        attribute.events.filter.check().map_err(|error| InvalidComputation(error.to_string()))?;
        attribute.aggregate.check().map_err(InvalidComputation)?;
        attribute.window.check().map_err(InvalidComputation)?;
        Ok(Self(attribute))
    }

    /// What was declared.
    #[must_use]
    pub fn attribute(&self) -> &ComputedAttribute {
        &self.0
    }

    pub(crate) fn window(&self) -> &Window {
        &self.0.window
    }

    pub(crate) fn aggregate(&self) -> &Aggregate {
        &self.0.aggregate
    }

    pub(crate) fn frame(&self, clock: i64) -> Frame {
        self.0.window.frame(clock)
    }

    /// Whether an event can change its value at any clock.
    pub(crate) fn is_changed_by(&self, name: &str, properties: &Properties) -> bool {
        matches!(self.0.window, Window::Session { .. }) || self.0.events.selects(name, properties)
    }

    /// Whether it must hear of events that it does not select: they may cut its sessions.
    pub(crate) fn hears_all(&self) -> bool {
        self.0.events.names.is_empty() || matches!(self.0.window, Window::Session { .. })
    }
}

/// A declaration that cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidComputation(pub(crate) String);

impl fmt::Display for InvalidComputation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidComputation {}

/// An event as it counts: its place in the canonical order, its name and its properties.
#[derive(Debug, Clone, Copy)]
pub struct Occurrence<'a> {
    pub(crate) order: Order,
    pub(crate) name: &'a str,
    pub(crate) properties: &'a Properties,
}

impl<'a> Occurrence<'a> {
    /// An event by its place, name and properties.
    #[must_use]
    pub fn new(order: Order, name: &'a str, properties: &'a Properties) -> Self {
        Self { order, name, properties }
    }

    /// The event that a fact is; `None` if it is none.
    #[must_use]
    pub fn of(standing: Standing<'a>) -> Option<Self> {
        match standing.fact().body() {
            onefold_fact::Body::Event { name, properties } => Some(Self::new(standing.order(), name, properties)),
            _ => None,
        }
    }

    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.order.at()
    }
}
