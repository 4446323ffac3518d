//! Attributes computed from events, kept up to date by each event that comes, goes, or is outlived.

mod accumulator;
mod aggregate;
mod calendar;
mod computations;
mod contribution;
mod definition;
mod lifecycle;
mod reach;
mod rfm;
mod series;
mod sessions;
mod span;
mod tally;
mod window;

pub use accumulator::{Accumulator, Computed};
pub use aggregate::{Aggregate, End, Measure, Unit};
pub use calendar::Period;
pub use computations::{Clock, Computations, ComputedState};
pub use contribution::{Contribution, days_between};
pub use definition::{Computation, ComputedAttribute, EventSelector, InvalidComputation, Occurrence};
pub use lifecycle::{Lifecycle, LifecycleState, Stage, Staged};
pub use reach::Reach;
pub use rfm::{Rfm, RfmCuts, RfmScore, RfmScoring, RfmState, RfmValues, Scored};
pub use span::{Span, UnknownSpan};
pub use window::{Calendar, Extent, Session, Window};
