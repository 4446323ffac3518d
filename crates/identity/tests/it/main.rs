//! Record linkage through its public API.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

mod cases;
mod laws;
mod live;
mod missed;
mod policies;
mod strange;
