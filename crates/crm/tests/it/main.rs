//! Behaviour through the public API, the laws among them.

#![cfg(test)]

mod assign;
mod deals;
mod forecasts;
mod interactions;
mod leads;
mod recurrence;
mod support;
mod tasks;
mod threads;
mod tickets;
