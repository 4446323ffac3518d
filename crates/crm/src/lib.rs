//! Sales and service work as pure folds: opportunities that move through pipelines, leads that become customers, forecasts;
//! tickets, tasks, and what recurs; interactions and their threads.
//!
//! The one decision that shaped it: *a command is decided, and what it decides is a fact*. `decide` looks at the state and
//! at the rules of the house and says no with every reason, or says what happens; what happens is kept as the
//! [`ObjectEvent`](onefold_fact::ObjectEvent)s of the customer whom it is about, and the state is what they fold to. So a
//! deal has its whole history, is read at any date, and is taken back like any other fact.
//!
//! ```
//! use onefold_crm::{Aggregate, Command, Money, Opening, Opportunity, Pipeline, Surroundings, decide};
//!
//! let pipeline: Pipeline = serde_json::from_str(r#"{"stages": [
//!     {"name": "qualified", "probability": "0.2"},
//!     {"name": "proposal", "probability": "0.6", "requires": ["amount"]},
//!     {"name": "won", "probability": "1", "closes": "won"},
//!     {"name": "lost", "probability": "0", "closes": "lost"}
//! ]}"#)?;
//! let around = Surroundings::of(&pipeline);
//! let at = "2026-03-01T09:00:00Z".parse()?;
//!
//! let mut deal = Opportunity::default();
//! let opened = decide(&deal, &Command::Open(Opening::named("300 licences")), &around, at)?;
//! opened.iter().for_each(|outcome| deal.apply(at, outcome));
//!
//! let no = decide(&deal, &Command::move_to("proposal"), &around, at).unwrap_err();
//! assert_eq!(no.to_string(), "`amount` is missing: stage `proposal` requires it (set `amount`)");
//! let worth = decide(&deal, &Command::worth(Money::new("9000".parse()?, "EUR".parse()?)), &around, at)?;
//! worth.iter().for_each(|outcome| deal.apply(at, outcome));
//! assert!(decide(&deal, &Command::move_to("proposal"), &around, at).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It never knows about matching, files and stores, nor what time it is.

mod account;
mod adjustment;
mod assign;
mod association;
mod category;
mod check;
mod field;
mod forecast;
mod hierarchy;
pub mod import;
mod inbox;
mod interaction;
mod lead;
mod life_cycle;
mod money;
mod object;
mod opportunity;
mod pipeline;
mod product;
mod recurrence;
mod rejection;
mod reports;
mod routing;
mod schedule;
mod score;
mod task;
mod team;
mod thread;
mod ticket;

pub use chrono_tz::Tz;

pub use account::{Account, AccountCommand, AccountOutcome, AccountRollUp, decide_account};
pub use adjustment::{AdjustmentOutcome, Adjustments, decide_adjustment};
pub use assign::{Assignment, Candidate, Method, PassedOver, assign};
pub use association::{AssociationOutcome, AssociationSpec, Associations, decide_association};
pub use category::ForecastCategory;
pub use check::PipelineProblem;
pub use field::{FieldSpec, FieldSpecs, Fielded, Object};
pub use forecast::{Adjustment, Expected, Forecast, ForecastAsked, OwnerForecast, forecast};
pub use hierarchy::Hierarchy;
pub use inbox::{Inbox, InboxAsked, InboxView};
pub use interaction::{
    ContactHistory, Details, Direction, Interaction, InteractionCommand, InteractionKind, InteractionOutcome,
    MessageIds, Ours, Owed, Participant, Permission, Recorded, Reference, Response, Revision, Role, Sentiment, Side,
    Talk, decide_interaction,
};
pub use lead::{
    Conversion, ConversionMap, ConversionTarget, Converted, Kept, Lead, LeadCommand, LeadOutcome, LeadStatus, convert,
    decide_lead,
};
pub use life_cycle::{LifeCycle, LifeCycleStage};
pub use money::{Currency, InvalidCurrency, Money, MoneyError, Rates, Totals};
pub use object::{Aggregate, Folded, Unreadable, fold, fold_each, happened, to_event};
pub use opportunity::{
    Closing, Command, Contact, LineItem, Opening, Opportunity, Outcome, Snapshot, StageTime, Surroundings, decide,
};
pub use pipeline::{Approval, Closes, Gate, Moves, Pipeline, Stage};
pub use product::{Product, ProductCommand, ProductOutcome, decide_product};
pub use recurrence::{Frequency, Instants, Occurrences, Recurrence, RecurrenceError, RecurrenceRule, instant_of};
pub use rejection::{Problem, Rejection, Why};
pub use reports::{FunnelStage, SalesReport, funnel, funnel_in};
pub use routing::{Routed, Routing, Workload};
/// The exact numbers of amounts, shares and likelihoods.
pub use rust_decimal::Decimal;
pub use schedule::{Instalment, check_schedule, instalments};
pub use score::{Score, ScorePart, Scoring};
pub use task::{
    Because, ChecklistItem, Completion, Delegation, Doing, Due, Reminder, Task, TaskCommand, TaskOpening, TaskOutcome,
    TaskStatus, TaskSurroundings, decide_task, today,
};
pub use team::{Team, TeamCommand, TeamOutcome, User, UserCommand, UserOutcome, decide_team, decide_user};
pub use thread::{MessageHead, Thread, ThreadEntry, Threads, base_subject};
pub use ticket::{
    Flow, FlowProblem, Happening, Keep, Macro, Message, MessageKind, Relation, Satisfaction, Status, StatusKind,
    Ticket, TicketCommand, TicketMerge, TicketOpening, TicketOutcome, TicketSplit, TicketSurroundings, Words,
    canonical, decide_merge, decide_split, decide_ticket,
};
