//! Customer data and customer work as one embeddable library: facts about people go in from any source, unified
//! profiles come out.
//!
//! Everything that arrives is an immutable [`Fact`]. Who is who, and what is known of whom, are views: pure functions
//! of the set of accepted facts. So any order and any repetition of arrival gives the same state, and every value can
//! say where it came from.
//!
//! [`Onefold`] is the type to embed. Whoever only wants to know which rows of a table are about one party takes
//! [`Dedupe`], which makes no facts. The crates behind it can be used alone; they are re-exported as [`fact`],
//! [`identity`], [`profile`], [`segment`], [`crm`], [`worktime`], [`workflow`], [`store`] and [`connect`].
//!
//! It never knows about terminals and command lines.

mod adoption;
mod change;
mod company;
mod computed_names;
mod consents;
pub mod dedupe;
mod delivery;
mod desk;
mod error;
mod folding;
mod governance;
mod house;
mod interactions;
mod linking;
mod live;
mod memberships;
mod objects;
mod onefold;
mod options;
mod outbox;
mod outcome;
mod personal;
mod policies;
mod profiles;
mod questions;
mod reading;
mod sales;
mod segments;
mod service;
mod service_levels;
mod settings;
mod shift;
mod tables;
mod tasks;
mod texts;
mod tickets;
mod views;
mod workflows;

/// Ids are hashes already, so a fast hash will do; what people see never follows its order.
type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::FixedState>;

pub use onefold_connect as connect;
pub use onefold_crm as crm;
pub use onefold_fact as fact;
pub use onefold_identity as identity;
pub use onefold_profile as profile;
pub use onefold_segment as segment;
pub use onefold_store as store;
pub use onefold_workflow as workflow;
pub use onefold_worktime as worktime;

pub use crate::change::{Change, What};
pub use crate::dedupe::{Dedupe, DedupeInput, DedupeOptions};
pub use crate::delivery::FileSender;
#[cfg(feature = "smtp")]
pub use crate::delivery::{SmtpSecurity, SmtpSender};
#[cfg(feature = "webhook")]
pub use crate::delivery::{WebhookSender, signature};
pub use crate::desk::Desk;
pub use crate::error::OnefoldError;
#[cfg(feature = "mail")]
pub use crate::interactions::mail_drafts;
pub use crate::interactions::{Conversation, CustomerInteractions};
#[cfg(feature = "calendar")]
pub use crate::interactions::{meeting_drafts, meeting_of};
pub use crate::objects::ObjectHistory;
pub use crate::onefold::Onefold;
pub use crate::options::Options;
pub use crate::outbox::{Delivered, Senders};
pub use crate::outcome::{Accepted, Certificate, Relinked, SetAsideDraft};
pub use crate::personal::TextError;
pub use crate::policies::{Outdated, Retained};
pub use crate::profiles::Asker;
pub use crate::sales::{
    ContactView, ConversionPreview, ConvertInto, ImportFile, Imported, ImportedFile, Joined, JoinedAs, TakesPart,
    WorkError,
};
pub use crate::segments::{Member, Movers};
pub use crate::service::{backoff_configuration, calendar_configuration};
pub use crate::texts::Mention;
pub use crate::views::{Views, Whereabouts, Why};
pub use crate::workflows::{Dispatched, Pending, Ran, RunRecord};
pub use onefold_fact::{
    AttributeName, AttributeSpec, Batch, Body, CustomerId, Draft, Fact, FactId, Finding, Identifier, Kind, Party,
    Progress, RecordId, RecordKey, Schema, Silent, Source, Survivorship, Timestamp, Value,
};
pub use onefold_profile::Profile;
