//! The facade through its public API.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

mod accuracy;
mod bad_input;
mod conversions;
mod decisions;
mod desk;
mod durable;
mod guard;
mod imports;
mod interactions;
mod laws;
mod live;
mod objects;
mod organisation;
mod owners;
mod policies;
mod sales;
mod schema;
mod segments;
#[cfg(all(feature = "smtp", feature = "webhook"))]
mod senders;
mod service;
mod stitching;
mod support;
mod texts;
mod workflows;
