//! Workflows: what happens of itself, decided once, explained, and rehearsed on history.

mod check;
mod decide;
mod definition;
mod file;
mod moment;
mod near;
mod plain;
mod plan;
mod rehearsal;
mod run;
mod sending;
mod signal;
mod step;
mod text;
mod trigger;

pub use check::{Known, WorkflowProblem};
pub use definition::{Capped, Command, Concurrency, Goal, MessageStep, Needs, Notice, Task, Webhook, Workflow};
pub use file::WorkflowError;
pub use moment::{DateMoment, Days, Every, Offset};
pub use plan::{Surroundings, Workflows};
pub use rehearsal::{Difference, Moved, Planned, Rehearsal, simulate};
pub use run::{Cause, Decided, End, Outcome, Run, Runs, Sent, WORKFLOW_RUN, Waiting};
pub use sending::{FrequencyCap, May, Sending};
pub use signal::{Decision, NotStarted, PassedOver, Signal, Stimulus};
pub use step::{Branch, Does, Length, Part, Step, Wait};
pub use text::{EventMatch, EventMatchError, RuleText};
pub use trigger::Trigger;
