//! The code of the README and of the guide, compiled and run as tests. The examples stand beside this folder.

pub mod segments;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/getting-started.md")]
pub struct GettingStarted;

#[cfg(doctest)]
#[doc = include_str!("../../docs/working-time.md")]
pub struct WorkingTime;

#[cfg(doctest)]
#[doc = include_str!("../../docs/embedding.md")]
pub struct Embedding;

#[cfg(doctest)]
#[doc = include_str!("../../docs/resolving.md")]
pub struct Resolving;

#[cfg(doctest)]
#[doc = include_str!("../../docs/attributes.md")]
pub struct Attributes;

#[cfg(doctest)]
#[doc = include_str!("../../docs/computed-attributes.md")]
pub struct ComputedAttributes;

#[cfg(doctest)]
#[doc = include_str!("../../docs/consent-and-roles.md")]
pub struct ConsentAndRoles;

#[cfg(doctest)]
#[doc = include_str!("../../docs/privacy.md")]
pub struct Privacy;

#[cfg(doctest)]
#[doc = include_str!("../../docs/segments.md")]
pub struct SegmentsChapter;

#[cfg(doctest)]
#[doc = include_str!("../../docs/sales.md")]
pub struct Sales;

#[cfg(doctest)]
#[doc = include_str!("../../docs/leads.md")]
pub struct Leads;

#[cfg(doctest)]
#[doc = include_str!("../../docs/pipelines.md")]
pub struct Pipelines;

#[cfg(doctest)]
#[doc = include_str!("../../docs/money.md")]
pub struct MoneyChapter;

#[cfg(doctest)]
#[doc = include_str!("../../docs/forecasting.md")]
pub struct Forecasting;

#[cfg(doctest)]
#[doc = include_str!("../../docs/importing.md")]
pub struct Importing;

#[cfg(doctest)]
#[doc = include_str!("../../docs/interactions.md")]
pub struct Interactions;

#[cfg(doctest)]
#[doc = include_str!("../../docs/mail.md")]
pub struct Mail;

#[cfg(doctest)]
#[doc = include_str!("../../docs/service-levels.md")]
pub struct ServiceLevels;

#[cfg(doctest)]
#[doc = include_str!("../../docs/personalisation.md")]
pub struct Personalisation;

#[cfg(doctest)]
#[doc = include_str!("../../docs/delivery.md")]
pub struct DeliveryChapter;

#[cfg(doctest)]
#[doc = include_str!("../../docs/tickets.md")]
pub struct Tickets;

#[cfg(doctest)]
#[doc = include_str!("../../docs/tasks.md")]
pub struct Tasks;

#[cfg(doctest)]
#[doc = include_str!("../../docs/workflows.md")]
pub struct WorkflowsChapter;
