//! Behaviour through the public API, the laws among them.

mod assign;
mod deals;
mod forecasts;
mod leads;
mod support;
