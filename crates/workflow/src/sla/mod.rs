//! Service levels: how fast work on tickets has to be, and how it stands.

mod clock;
mod happening;
mod in_force;
mod policy;
mod run;
mod subject;
mod ticket;

pub use clock::{Clock, ClockState, Escalation, EscalationLevel};
pub use happening::{Happened, Happening, TicketStatus};
pub use in_force::Sla;
pub use policy::{Applies, CalendarChange, Hours, Metric, Policy, SlaSpec, Targets, Warning};
pub use ticket::TicketClocks;
