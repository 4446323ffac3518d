//! The ground floor through its public API.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

mod filters;
mod kinds;
mod laws;
mod standing;
mod support;
