//! The facade through its public API.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

mod accuracy;
mod bad_input;
mod decisions;
mod durable;
mod guard;
mod interactions;
mod laws;
mod live;
mod objects;
mod policies;
mod sales;
mod schema;
mod segments;
mod stitching;
mod support;
mod texts;
