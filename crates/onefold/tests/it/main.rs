//! The facade through its public API.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

mod bad_input;
mod guard;
mod laws;
mod stitching;
mod support;
