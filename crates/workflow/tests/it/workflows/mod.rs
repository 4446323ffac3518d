//! Workflows.

mod deciding;
mod files;
mod laws;
mod support;
