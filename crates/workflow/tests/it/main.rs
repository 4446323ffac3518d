//! Service levels and workflows through the public API.

#![cfg(test)]

mod choice;
mod outbox;
mod sla;
mod sla_reference;
mod template;
mod workflows;
