//! Service levels and automation of customer work, as pure functions: what is due and when, and what happens next.
//!
//! - [`Sla`]: targets on tickets, with clocks that are exact over holidays, pauses and daylight saving.
//! - [`Template`]: texts with a customer's values, safe where one is missing.
//! - [`Placement`]: which content, offer and channel a customer gets, and why.
//! - [`Delivery`]: a message on its way out: retried within bounds, delivered at least once under a stable key.
//! - [`Workflow`]: what happens of itself, decided once and rehearsed on history.
//!
//! It never knows about objects of sales and service work, files, stores and senders, nor what time it is.

mod choice;
pub mod document;
mod outbox;
mod sla;
mod template;
mod workflow;

pub use choice::{Candidate, Cap, Choice, Considered, Order, Placement, Points, Share, Verdict};
pub use document::DocumentError;
pub use outbox::{
    Asks, Backoff, Delivery, DeliveryCommand, DeliveryOutcome, DeliveryRefusal, DeliveryState, Email, Failure, Message,
    Payload, Receipt, SendError, Sender,
};
pub use sla::{
    Applies, CalendarChange, Clock, ClockState, Escalation, EscalationLevel, Happened, Happening, Hours, Metric,
    Policy, Sla, SlaSpec, Targets, TicketClocks, TicketStatus, Warning,
};
pub use template::{Filled, Template, TemplateError, TextKind};
pub use workflow::{
    Branch, Capped, Cause, Command, Concurrency, DateMoment, Days, Decided, Decision, Difference, Does, End,
    EventMatch, EventMatchError, Every, FrequencyCap, Goal, Known, Length, May, MessageStep, Moved, Needs, NotStarted,
    Notice, Offset, Outcome, Part, PassedOver, Planned, Rehearsal, RuleText, Run, Runs, Sending, Sent, Signal, Step,
    Stimulus, Surroundings, Task, Trigger, WORKFLOW_RUN, Wait, Waiting, Webhook, Workflow, WorkflowError,
    WorkflowProblem, Workflows, simulate,
};
